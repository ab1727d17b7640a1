"""Text cells -> values of the contract; what can be misread, does not fit its column, or breaks a rule, is a fault."""

from __future__ import annotations

import datetime as dt
import operator
import re
from collections.abc import Callable
from typing import Any, NamedTuple

import pandas as pd

from binnenstad.programme.contract import columns, contract
from binnenstad.programme.reading import RawTable, Typed
from binnenstad.words import Words
from binnenstad.words.errors import Fault

TRUE, FALSE = {"true", "waar", "ja", "yes", "1"}, {"false", "onwaar", "nee", "no", "0"}
PLAIN = re.compile(r"[+-]?([0-9]+([.,][0-9]+)?|[.,][0-9]+)")
# one separator with three digits behind it and no leading zero: 1.234 may be 1234 or 1,234
AMBIGUOUS = re.compile(r"[+-]?[1-9][0-9]{0,2}[.,][0-9]{3}")
# a year such as 0217 is a slip of the keyboard, and would move the first period of a programme
YEAR = r"(?:19|20|21)[0-9]{2}"
DUTCH_DATE = re.compile(rf"([0-9]{{1,2}})[-/]([0-9]{{1,2}})[-/]({YEAR})")
ISO_DATE = re.compile(rf"({YEAR})-([0-9]{{2}})-([0-9]{{2}})(?:[ T]00:00(?::00)?)?")
BOUNDS = {"minimum": ("≥", operator.ge), "maximum": ("≤", operator.le), "exclusiveMinimum": (">", operator.gt)}
# an empty cell is not a number, not a date, not a text, and false
DTYPES: dict[str, Any] = {
    "number": "float64", "integer": "float64", "year": "float64", "date": "datetime64[s]", "boolean": "bool",
    "string": "str",
}  # fmt: skip


class Wrong(NamedTuple):
    """What is wrong with a cell, and the way out."""

    rule: str
    way_out: str


class Broken(NamedTuple):
    """A rule with the rows that break it (true), its column or columns (with a comma), and the way out.

    ``lookup`` is the table and column in which the rows are looked up, if any.
    """

    rows: pd.Series
    column: str
    rule: str
    way_out: str
    lookup: tuple[str, str] = ("", "")

    @property
    def columns(self) -> list[str]:
        """Return the column or columns, one by one."""
        return self.column.split(", ")


def read_cells(table: RawTable, words: Words) -> tuple[pd.DataFrame, list[Fault]]:
    """Return a table in the types of the contract, and the faults of its cells; the index is the row in its file.

    A cell that cannot be read one way only is missing; one that breaks a rule of its column is kept. A cell is at
    fault once; of a column that is absent, nothing is said.
    """
    frame, faults, decimal = {}, [], _decimal_mark(table)
    for place, (name, field) in enumerate(columns(table.name).items()):
        values: list[Any] = []
        for number, cells in table.rows.items():
            cell = Typed(cells[place]) if decimal and decimal in cells[place] else cells[place]
            value, wrong = _value(cell, field, words)
            values.append(value)
            if wrong and name not in table.absent:
                shown = cell if value is None else written(value)
                faults.append(Fault(table.file, number, name, shown, *wrong))
        frame[name] = pd.array(values, dtype=DTYPES[field["type"]])
    return pd.DataFrame(frame, index=pd.Index(list(table.rows), dtype="int64", name="row")), faults


def _value(cell: str, field: dict[str, Any], words: Words) -> tuple[Any, Wrong | None]:
    """Return what a cell holds, None if nothing or if it cannot be read, and what is wrong with it."""
    value = READERS[field["type"]](cell, words) if cell else None
    limits = field.get("constraints", {})
    return (None, value) if isinstance(value, Wrong) else (value, _broken_limit(value, limits, words))


def _decimal_mark(table: RawTable) -> str:
    """Return the mark this file certainly uses for decimals: comma, point, or neither shown."""
    numeric = [place for place, field in enumerate(columns(table.name).values()) if field["type"] == "number"]
    cells = (row[place] for row in table.rows.values() for place in numeric)
    clear = [cell for cell in cells if not isinstance(cell, Typed) and PLAIN.fullmatch(cell)
             and not AMBIGUOUS.fullmatch(cell)]  # fmt: skip
    marks = [mark for mark in ".," if any(mark in cell for cell in clear)]
    return marks[0] if len(marks) == 1 else ""


def _broken_limit(value: Any, limits: dict[str, Any], words: Words) -> Wrong | None:
    if value is None:
        empty = Wrong(words.say("the cell is empty"), words.say("This column must be filled in every row."))
        return empty if limits.get("required") else None
    if value not in limits.get("enum", [value]):
        way_out = words.say("Choose: {names}.", names=", ".join(limits["enum"]))
        return Wrong(words.say("is not one of the known words"), way_out)
    if "pattern" in limits and not re.fullmatch(limits["pattern"], value):
        return Wrong(words.say("is not a code"), words.say("Use lower case letters, digits, - and _ only."))
    bounds = {name: bound for name, bound in BOUNDS.items() if name in limits}
    if all(holds(value, limits[name]) for name, (_, holds) in bounds.items()):
        return None
    allowed = ", ".join(f"{sign} {limits[name]}" for name, (sign, _) in bounds.items())
    return Wrong(words.say("is out of bounds"), words.say("Allowed: {bounds}.", bounds=allowed))


def read_number(cell: str, words: Words) -> float | Wrong:
    """Return a number with a comma or a point for its decimals, or what is wrong with it.

    >>> read_number("1234,5", Words("en")), read_number("1.234", Words("en")).way_out
    (1234.5, 'Write 1234 or 1,2340.')
    """
    if re.fullmatch(r"[+-]?[0-9.,\s]*[0-9][0-9.,\s]*", cell) and not PLAIN.fullmatch(cell):
        way_out = words.say("Write the number without them, such as 1234,5.")
        return Wrong(words.say("has thousands separators"), way_out)
    if not PLAIN.fullmatch(cell):
        way_out = words.say("Write digits only, such as 1234,5; leave it empty if unknown.")
        return Wrong(words.say("is not a number"), way_out)
    if AMBIGUOUS.fullmatch(cell) and not isinstance(cell, Typed):
        whole, part = re.sub(r"[.,]", "", cell), re.sub(r"[.,]", ",", cell) + "0"
        rule = words.say("can be read in two ways (thousands or decimals)")
        return Wrong(rule, words.say("Write {whole} or {part}.", whole=whole, part=part))
    return float(cell.replace(",", "."))


def _integer(cell: str, words: Words) -> float | Wrong:
    wrong = Wrong(words.say("is not a whole number"), words.say("Write digits only, such as 1234."))
    return float(cell) if re.fullmatch(r"[+-]?[0-9]+", cell) else wrong


def _year(cell: str, words: Words) -> float | Wrong:
    wrong = Wrong(words.say("is not a year"), words.say("Write four digits, such as 2019."))
    return float(cell) if re.fullmatch(YEAR, cell) else wrong


def _date(cell: str, words: Words) -> dt.date | Wrong:
    dutch, iso = DUTCH_DATE.fullmatch(cell), ISO_DATE.fullmatch(cell)
    parts = dutch.groups()[::-1] if dutch else iso.groups() if iso else ()
    try:
        return dt.date(*map(int, parts))
    except (TypeError, ValueError):
        return Wrong(words.say("is not a date"), words.say("Write it as 2019-12-31 or 31-12-2019."))


def _boolean(cell: str, words: Words) -> bool | Wrong:
    wrong = Wrong(words.say("is neither true nor false"), words.say("Write true or false."))
    return cell.lower() in TRUE if cell.lower() in TRUE | FALSE else wrong


READERS: dict[str, Callable[[str, Words], Any]] = {
    "string": lambda cell, _: str(cell), "number": read_number, "integer": _integer, "year": _year, "date": _date,
    "boolean": _boolean,
}  # fmt: skip


def written(value: object) -> str:
    """Return a value as a fault shows it: 2019-12-31, 1234.5, or nothing where it is missing."""
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, dt.date):
        return value.isoformat()[:10]
    return f"{value:.15g}" if isinstance(value, float) else str(value)


def settled(frame: pd.DataFrame, table: str, language: str) -> pd.DataFrame:
    """Return a table without faults in its final form: whole years, one language, rows from 0 by their key.

    The order of the rows in a file means nothing, but among decisions of one day.
    """
    spoken = {}
    for name, field in columns(table).items():
        if not name.endswith("_en"):
            column, twin = frame[name], f"{name}_en"
            column = frame[twin].fillna(column) if language == "en" and twin in frame else column
            whole = field["type"] == "year" and column.notna().all()
            spoken[name] = column.astype("int64") if whole else column
    schema, rows = contract()[table]["schema"], pd.DataFrame(spoken)
    [key] = [schema["primaryKey"]] if "primaryKey" in schema else schema.get("uniqueKeys", [[]])
    return rows.sort_values(key, key=_in_order, ignore_index=True) if key else rows.reset_index(drop=True)


def _in_order(column: pd.Series) -> pd.Series:
    """Return what a column is put in order by: in a code 2 comes before 10."""
    padded = "[0-9]+", lambda number: number[0].zfill(9)
    return column.str.replace(*padded, regex=True) if column.dtype == "str" else column
