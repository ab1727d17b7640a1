"""Settings of the mail: ``mail.toml``, and the environment over it; secrets never stand in the file."""

from __future__ import annotations

import os
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from binnenstad.programme.addresses import hides, is_address
from binnenstad.programme.contract import columns
from binnenstad.words import Words
from binnenstad.words.errors import DataError, Fault

FILE = "mail.toml"
PREFIX = "BINNENSTAD_MAIL_"
SECRETS = ("password", "token")
TLS = ("starttls", "implicit")
LOGINS = ("none", "password", "token")
# RFC 6409 for submission with STARTTLS, RFC 8314 for implicit TLS
PORTS = {"starttls": 587, "implicit": 465}


@dataclass(frozen=True)
class Settings:
    """How the mail leaves the house, and in whose name."""

    host: str
    sender: str
    sender_name: str
    port: int = 0
    tls: str = "starttls"
    ca_file: str = ""
    login: str = "none"
    user: str = ""
    token_command: tuple[str, ...] = ()
    reply_to: str = ""
    list_id: str = ""
    unsubscribe: str = ""
    per_minute: int = 30
    size_limit_mb: int = 20
    attempts: int = 3
    retry_seconds: int = 60
    timeout_seconds: int = 60
    domains: tuple[str, ...] = ()
    reports: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    def attached(self, audience: str) -> tuple[str, ...]:
        """Return the reports an audience gets attached; the overview if nothing was said."""
        return self.reports.get(audience, ("overview",))

    def admits(self, address: str) -> bool:
        """Return whether mail may go to the domain of an address; to every domain if none is listed."""
        return not self.domains or address.rpartition("@")[2].lower() in {name.lower() for name in self.domains}


KINDS: dict[str, str] = {item.name: str(item.type) for item in fields(Settings)}


def read_settings(path: Path, words: Words, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings in ``mail.toml`` and the environment; raises ``DataError`` with every fault in them.

    A variable BINNENSTAD_MAIL_HOST stands above ``host`` in the file, and so on; a list is written
    with commas there. Without the file the variables must say it all.
    """
    given, faults = _from_file(path, words)
    for name, kind in KINDS.items():
        text = environment.get(PREFIX + name.upper())
        if text is not None and name != "reports":
            given[name] = _from_text(text, kind)
    faults += _faults(path.name, given, words)
    if faults:
        heading = words.say_many("{count} fault in {name}", "{count} faults in {name}", len(faults), name=path.name)
        raise DataError(faults, heading + ":", words.say("row"), words.say("column"))
    settled = {name: tuple(value) if isinstance(value, list) else value for name, value in given.items()}
    settled["reports"] = {name: tuple(value) for name, value in given.get("reports", {}).items()}
    return Settings(**settled | {"port": given.get("port") or PORTS[given.get("tls", "starttls")]})


def _from_file(path: Path, words: Words) -> tuple[dict[str, Any], list[Fault]]:
    if not path.exists():
        return {}, []
    try:
        return tomllib.loads(path.read_text(encoding="utf-8-sig")), []
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        way_out = words.say("Mend the line named here.")
        return {}, [Fault(path.name, 0, "", "", words.say("is not readable: {why}", why=error), way_out)]


def _from_text(text: str, kind: str) -> Any:
    if kind == "int":
        return int(text) if text.isdigit() else text
    return [part.strip() for part in text.split(",") if part.strip()] if kind.startswith("tuple") else text


def _faults(file: str, given: dict[str, Any], words: Words) -> Iterator[Fault]:
    yield from _misplaced(file, given, words)
    see = words.say("mail.example.toml says what it holds.")
    for name in ("host", "sender", "sender_name"):
        if not given.get(name):
            yield Fault(file, 0, name, "", words.say("the setting is missing"), see)
    wrong = [name for name, value in given.items() if not _fits(KINDS[name], value)]
    for name in wrong:
        yield Fault(file, 0, name, str(given[name]), words.say("is of the wrong kind"), see)
    if not wrong:
        yield from _value_faults(file, given, words)


def _misplaced(file: str, given: dict[str, Any], words: Words) -> Iterator[Fault]:
    """Take out what does not belong among the settings, and say so."""
    for name in SECRETS:
        if given.pop(name, None) is not None:
            way_out = words.say("Remove it; give it as {name} in the environment.", name=PREFIX + name.upper())
            yield Fault(file, 0, name, "", words.say("a secret does not belong in a file"), way_out)
    for name in sorted(set(given) - set(KINDS)):
        del given[name]
        way_out = words.say("Remove it or rename it to one of: {names}.", names=", ".join(KINDS))
        yield Fault(file, 0, name, "", words.say("is no setting"), way_out)


def _fits(kind: str, value: Any) -> bool:
    if kind == "int":
        return type(value) is int and value >= 0
    if kind.startswith("tuple"):
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    if kind == "str":
        return isinstance(value, str)
    return isinstance(value, dict) and all(_fits("tuple", reports) for reports in value.values())


def _value_faults(file: str, given: dict[str, Any], words: Words) -> Iterator[Fault]:
    yield from _word_faults(file, given, words)
    for name in ("sender", "reply_to", "unsubscribe"):
        if given.get(name) and not is_address(given[name]):
            way_out = words.say("Write it as name@example.org, one address.")
            yield Fault(file, 0, name, given[name], words.say("is no e-mail address"), way_out)
    for name in ("sender_name", "list_id", "host", "user"):
        if hides(given.get(name, "")):
            way_out = words.say("Type it anew, do not paste it.")
            yield Fault(file, 0, name, given[name], words.say("holds a character that cannot be seen"), way_out)
    for name in ("per_minute", "attempts", "timeout_seconds", "size_limit_mb"):
        if given.get(name) == 0:
            way_out = words.say("Allowed: {bounds}.", bounds="≥ 1")
            yield Fault(file, 0, name, "0", words.say("is out of bounds"), way_out)


def _word_faults(file: str, given: dict[str, Any], words: Words) -> Iterator[Fault]:
    audiences = [name for name in columns("recipients")["audience"]["constraints"]["enum"] if name != "partner"]
    choices = [("tls", TLS, [given.get("tls", TLS[0])]), ("login", LOGINS, [given.get("login", LOGINS[0])])]
    for name, known, values in [*choices, ("reports", audiences, list(given.get("reports", {})))]:
        for value in values:
            if value not in known:
                way_out = words.say("Choose: {names}.", names=", ".join(known))
                yield Fault(file, 0, name, value, words.say("is not one of the known words"), way_out)
    yield from _report_faults(file, given.get("reports", {}), words)
    if given.get("login", "none") != "none" and not given.get("user"):
        way_out = words.say("Say who logs in, or make login none.")
        yield Fault(file, 0, "user", "", words.say("the setting is missing"), way_out)


def _report_faults(file: str, reports: Mapping[str, list[str]], words: Words) -> Iterator[Fault]:
    for name in sorted({name for names in reports.values() for name in names}):
        if name.startswith("partner"):
            way_out = words.say("Remove it; give the recipient audience partner.")
            yield Fault(file, 0, "reports", name, words.say("is a page for one partner only"), way_out)
