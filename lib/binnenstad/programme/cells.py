"""Cells as people type them -> cells as the contract reads them; what can be misread is refused."""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Callable, Iterable

from binnenstad.programme.contract import columns
from binnenstad.programme.reading import RawTable, Typed
from binnenstad.words import Words
from binnenstad.words.errors import Fault

TRUE, FALSE = {"true", "waar", "ja", "yes", "1"}, {"false", "onwaar", "nee", "no", "0"}
PLAIN = re.compile(r"[+-]?([0-9]+([.,][0-9]+)?|[.,][0-9]+)")
# one separator with three digits behind it and no leading zero: 1.234 may be 1234 or 1,234
AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")


def normalise(table: RawTable, words: Words) -> list[Fault]:
    """Rewrite the cells of a table to one form (1234.5, 2019-12-31, true), in place.

    Returns the faults of cells that cannot be read one way only; such a cell is emptied.
    """
    faults: list[Fault] = []
    decimal = _decimal_mark(table)
    readers: dict[str, Callable[[str], tuple[str, str, str]]] = {
        "number": lambda cell: _number(cell, decimal, words),
        "integer": lambda cell: _integer(cell, words),
        "year": lambda cell: _year(cell, words),
        "date": lambda cell: _date(cell, words),
        "boolean": lambda cell: _boolean(cell, words),
    }
    for at, (name, field) in enumerate(columns(table.name).items()):
        reader = readers.get(field["type"])
        for number, row in table.rows:
            if reader and row[at]:
                cell, rule, way_out = reader(row[at])
                if rule:
                    faults.append(Fault(table.file, number, name, cell, rule, way_out))
                row[at] = "" if rule else cell
    return faults


def _decimal_mark(table: RawTable) -> str:
    """Return the mark this file certainly uses for decimals: comma, point, or neither shown."""
    numeric = [at for at, field in enumerate(columns(table.name).values()) if field["type"] == "number"]
    cells = (row[at] for _, row in table.rows for at in numeric if not isinstance(row[at], Typed))
    marks = {mark for cell in cells if PLAIN.fullmatch(cell) and not AMBIGUOUS.fullmatch(cell)
             for mark in ".," if mark in cell}  # fmt: skip
    return marks.pop() if len(marks) == 1 else ""


def _number(cell: str, decimal: str, words: Words) -> tuple[str, str, str]:
    if not PLAIN.fullmatch(cell):
        if re.fullmatch(r"[+-]?[0-9.,\s\u00a0]+", cell) and re.search(r"[0-9]", cell):
            rule = words.say("has thousands separators")
            return cell, rule, words.say("Write the number without them, such as 1234,5.")
        return (
            cell,
            words.say("is not a number"),
            words.say("Write digits only, such as 1234,5; leave it empty if unknown."),
        )
    if AMBIGUOUS.fullmatch(cell) and not isinstance(cell, Typed) and not (decimal and decimal in cell):
        digits = re.sub(r"[.,]", "", cell)
        plain = re.sub(r"[.,]", ",", cell) + "0"
        rule = words.say("can be read in two ways (thousands or decimals)")
        return cell, rule, words.say("Write {whole} or {part}.", whole=digits, part=plain)
    return cell.replace(",", "."), "", ""


def _integer(cell: str, words: Words) -> tuple[str, str, str]:
    if re.fullmatch(r"[+-]?[0-9]+", cell):
        return cell, "", ""
    return cell, words.say("is not a whole number"), words.say("Write digits only, such as 1234.")


def _year(cell: str, words: Words) -> tuple[str, str, str]:
    if re.fullmatch(r"(19|20|21)[0-9]{2}", cell):
        return cell, "", ""
    return cell, words.say("is not a year"), words.say("Write four digits, such as 2019.")


def _date(cell: str, words: Words) -> tuple[str, str, str]:
    # a year such as 0217 is a slip of the keyboard, and would move the first period of a programme
    dutch = re.fullmatch(r"([0-9]{1,2})[-/]([0-9]{1,2})[-/]((?:19|20|21)[0-9]{2})", cell)
    iso = re.fullmatch(r"((?:19|20|21)[0-9]{2})-([0-9]{2})-([0-9]{2})(?:[ T]00:00(?::00)?)?", cell)
    parts: Iterable[str] = reversed(dutch.groups()) if dutch else iso.groups() if iso else ()
    try:
        return dt.date(*map(int, parts)).isoformat(), "", ""
    except (TypeError, ValueError):
        return cell, words.say("is not a date"), words.say("Write it as 2019-12-31 or 31-12-2019.")


def _boolean(cell: str, words: Words) -> tuple[str, str, str]:
    lower = cell.lower()
    if lower in TRUE | FALSE:
        return str(lower in TRUE).lower(), "", ""
    return cell, words.say("is neither true nor false"), words.say("Write true or false.")
