"""Settings of the mail: ``mail.toml``, and the environment over it; secrets never stand in the file."""

from __future__ import annotations

import os
import re
import tomllib
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

from binnenstad.programme.contract import columns
from binnenstad.words import Words
from binnenstad.words.addresses import hides, is_address
from binnenstad.words.errors import DataError, Fault

FILE = "mail.toml"
PREFIX = "BINNENSTAD_MAIL_"
SECRETS = ("password", "token")
LOGINS = ("none", "password", "token")
# RFC 6409 for submission with STARTTLS, RFC 8314 for implicit TLS
PORTS = {"starttls": 587, "implicit": 465}
COUNTED = ("per_minute", "attempts", "timeout_seconds", "final_seconds", "size_limit_mb", "keep_days")
LINK = re.compile(r"https://[a-z0-9-]+(\.[a-z0-9-]+)+(:\d{1,5})?(/[\w.~-]+)*/?", re.ASCII | re.IGNORECASE)


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
    token_command: Sequence[str] = ()
    reply_to: str = ""
    list_id: str = ""
    unsubscribe: str = ""
    link_base: str = ""
    per_minute: int = 30
    size_limit_mb: int = 20
    attempts: int = 3
    retry_seconds: int = 60
    timeout_seconds: int = 60
    # RFC 5321, 4.5.3.2.6: a server may take its time over a whole text, and who gives up sooner sends it twice
    final_seconds: int = 600
    keep_days: int = 30
    domains: Sequence[str] = ()
    reports: Mapping[str, Sequence[str]] = field(default_factory=dict)

    @property
    def domain(self) -> str:
        """That of the sender: the name of this machine is nobody's business, and asking for it can take long."""
        return self.sender.rpartition("@")[2]


KINDS: dict[str, str] = {item.name: str(item.type) for item in fields(Settings)}


def read_settings(path: Path, words: Words, environment: Mapping[str, str] = os.environ) -> Settings:
    """Return the settings in ``mail.toml`` and the environment; raises ``DataError`` with every fault in them.

    A variable BINNENSTAD_MAIL_HOST stands above ``host`` in the file, and so on; a list is written
    with commas there. Without the file the variables must say it all.
    """
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig")) if path.exists() else {}
    except (OSError, ValueError) as error:
        found = [("", "", words.say("is not readable: {why}", why=error), words.say("Mend the line named here."))]
    else:
        names = [name for name in KINDS if name != "reports" and PREFIX + name.upper() in environment]
        given |= {name: _from_text(environment[PREFIX + name.upper()], KINDS[name]) for name in names}
        found = list(_faults(given, words))
    if found:
        raise DataError([Fault(path.name, 0, *fault) for fault in found], path.name, words)
    given["port"] = given.get("port") or PORTS[given.get("tls", "starttls")]
    return Settings(**given)


def _from_text(text: str, kind: str) -> Any:
    if kind == "int":
        return int(text) if text.isdecimal() else text
    return [part.strip() for part in text.split(",") if part.strip()] if kind.startswith("Sequence") else text


def _faults(given: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str, str, str]]:
    say, see = words.say, words.say("mail.example.toml says what it holds.")
    for name in sorted(given.keys() - KINDS.keys()):
        if name in SECRETS:
            way_out = say("Remove it; give it as {name} in the environment.", name=PREFIX + name.upper())
            yield name, "", say("a secret does not belong in a file"), way_out
        else:
            way_out = say("Remove it or rename it to one of: {names}.", names=", ".join(KINDS))
            yield name, "", say("is no setting"), way_out
    needed = ("host", "sender", "sender_name", *["user"] * (given.get("login", "none") != "none"))
    yield from ((name, "", say("the setting is missing"), see) for name in needed if not given.get(name))
    wrong = [name for name, kind in KINDS.items() if name in given and not _fits(kind, given[name])]
    yield from ((name, str(given[name]), say("is of the wrong kind"), see) for name in wrong)
    if not wrong:
        yield from _value_faults(given, words)


def _fits(kind: str, value: Any) -> bool:
    if kind.startswith("Sequence"):
        return isinstance(value, list) and all(isinstance(part, str) for part in value)
    if kind.startswith("Mapping"):
        return isinstance(value, dict) and all(_fits("Sequence", reports) for reports in value.values())
    return type(value).__name__ == kind and (kind == "str" or value >= 0)


def _value_faults(given: Mapping[str, Any], words: Words) -> Iterator[tuple[str, str, str, str]]:
    say, choose = words.say, words.pattern("Choose: {names}.").format
    unknown, outside = say("is not one of the known words"), say("is out of bounds")
    address, as_address = say("is no e-mail address"), say("Write it as name@example.org, one address.")
    hidden, anew = say("holds a character that cannot be seen"), say("Type it anew, do not paste it.")
    link, as_link = say("is no https address"), say("Write it as https://www.example.org/reports.")
    listed, as_listed = say("is no name of a list"), say("Write it as list.example.org.")
    # settings, what is good, rule, way out
    checks: list[tuple[Sequence[str], Callable[[Any], object], str, str]] = [
        (["tls"], PORTS.__contains__, unknown, choose(names=", ".join(PORTS))),
        (["login"], LOGINS.__contains__, unknown, choose(names=", ".join(LOGINS))),
        (["sender", "reply_to", "unsubscribe"], is_address, address, as_address),
        (["sender_name", "host", "user", "ca_file"], lambda text: not hides(text), hidden, anew),
        (COUNTED, range(1, 100_000).__contains__, outside, say("Allowed: {bounds}.", bounds="1-99999")),
        (["port", "retry_seconds"], range(65_536).__contains__, outside, say("Allowed: {bounds}.", bounds="0-65535")),
        (["link_base"], LINK.fullmatch, link, as_link),
        (["list_id"], lambda name: is_address(f"list@{name}"), listed, as_listed),
    ]
    for names, good, rule, way_out in checks:
        wrong = [name for name in names if given.get(name, "") != "" and not good(given[name])]
        yield from ((name, str(given[name]), rule, way_out) for name in wrong)
    audiences = [name for name in columns("recipients")["audience"]["constraints"]["enum"] if name != "partner"]
    for audience, reports in given.get("reports", {}).items():
        if audience not in audiences:
            yield "reports", audience, unknown, choose(names=", ".join(audiences))
        for report in filter(re.compile("partner").match, reports):
            way_out = say("Remove it; give the recipient audience partner.")
            yield "reports", report, say("is a page for one partner only"), way_out
