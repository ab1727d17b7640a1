"""What holds for a whole programme: the settings in ``programme.toml``."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from binnenstad.words import Words
from binnenstad.words.errors import Fault

SETTINGS_FILE = "programme.toml"
REQUIRED: dict[str, type] = {"title": str, "start": dt.date, "end": dt.date}
TEXTS = ("title_en", "source", "scope_body", "scope_body_en")
KINDS: dict[str, type] = REQUIRED | {"report_after_days": int} | dict.fromkeys(TEXTS, str)


def read_about(path: Path, words: Words) -> tuple[dict[str, Any], list[Fault]]:
    """Return the settings of a programme and their faults.

    A setting at fault gives way to one that breaks no rule elsewhere, so that the tables can still be checked.
    """
    span = {"start": dt.date(1, 1, 1), "end": dt.date(9999, 12, 31)}
    settings: dict[str, Any] = {name: kind() for name, kind in KINDS.items() if kind is not dt.date} | span
    try:
        given = tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except FileNotFoundError:
        way_out = words.say("Add it; data/README.md says what it holds.")
        return settings, [Fault(path.name, 0, "", "", words.say("the file is missing"), way_out)]
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        way_out = words.say("Mend the line named here.")
        return settings, [Fault(path.name, 0, "", "", words.say("is not readable: {why}", why=error), way_out)]
    faults = list(_faults(path.name, given, words))
    settings |= {name: given[name] for name in given.keys() - {fault.column for fault in faults}}
    if settings["end"] < settings["start"]:
        rule, way_out = words.say("is before the start"), words.say("Correct one of the two dates.")
        faults.append(Fault(path.name, 0, "end", str(settings["end"]), rule, way_out))
        settings |= span
    return settings, faults


def _faults(file: str, given: dict[str, Any], words: Words) -> Iterator[Fault]:
    see = words.say("data/README.md says what it holds.")
    for name in REQUIRED.keys() - given.keys():
        yield Fault(file, 0, name, "", words.say("the setting is missing"), see)
    for name, value in given.items():
        if name not in KINDS:
            way_out = words.say("Remove it or rename it to one of: {names}.", names=", ".join(KINDS))
            yield Fault(file, 0, name, "", words.say("is no setting"), way_out)
        # a type is asked for exactly: true is an int to Python, and a date with a time is a date
        elif type(value) is not KINDS[name] or value == "" or (name == "report_after_days" and given[name] < 0):
            yield Fault(file, 0, name, str(value), words.say("is of the wrong kind"), see)
