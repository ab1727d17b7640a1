"""Checking a programme folder against the contract: all faults at once, each with its way out."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import numpy as np
import pandas as pd

from binnenstad.programme.cells import normalise
from binnenstad.programme.contract import columns, contract
from binnenstad.programme.crossing import cross_faults
from binnenstad.programme.reading import RawTable
from binnenstad.words import Words
from binnenstad.words.errors import Fault

# bounds that exclude their edge came with version 2 of the standard
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
Frames = dict[str, pd.DataFrame]


def check_tables(
    raw: dict[str, RawTable], found: Iterable[Fault], start: int, end: int, words: Words
) -> tuple[Frames, list[Fault]]:
    """Check the tables of a folder; ``start`` and ``end`` are the programme's first and last year.

    Parameters: every table as read and the faults ``found`` then (``read_tables``). Returns the typed tables
    (a table that is not there is empty; the index is the row in its file) and all faults: of files, headers,
    cells, keys, references and between tables. One cell is at fault once, and nothing is said of what could
    not be read.
    """
    faults = list(found)
    for table in raw.values():
        faults += table.faults + normalise(table, words)
    frames = {name: typed(table) for name, table in raw.items()}
    faults += _new(_schema_faults(raw, words), faults)
    return frames, faults + _new(_cross_faults(raw, frames, (start, end), words), faults)


def _new(found: Iterable[Fault], known: Iterable[Fault]) -> list[Fault]:
    """Return the faults found, less those of a cell, or of a key with a cell, that is known to be at fault."""
    seen = {(fault.file, fault.row, name) for fault in known for name in fault.column.split(", ")}
    new = []
    for fault in found:
        places = {(fault.file, fault.row, name) for name in fault.column.split(", ")}
        if not fault.row or not places & seen:
            new.append(fault)
            seen |= places
    return new


def _cross_faults(raw: dict[str, RawTable], frames: Frames, years: tuple[int, int], words: Words) -> Iterator[Fault]:
    files = {table.file: table for table in raw.values()}
    for fault in cross_faults(frames, {name: table.file for name, table in raw.items()}, *years, words):
        table = files[fault.file]
        of_unread_budget = table.name != "budget" and fault.column == "fund" and raw["budget"].unread
        if not (table.unread or fault.column in table.absent or of_unread_budget):
            yield fault


def _schema_faults(raw: dict[str, RawTable], words: Words) -> Iterator[Fault]:
    # half a second to import, so only who checks pays for it
    from frictionless import Package

    resources = [
        {"name": name, "data": [list(columns(name)), *_plain(table)], "schema": contract()[name]["schema"]}
        for name, table in raw.items()
    ]
    report = Package.from_descriptor({"$schema": PROFILE, "resources": resources}).validate()
    for task in report.tasks:
        table = raw[task.name]
        for error in task.errors:
            fault = _fault(table, error, words)
            target = raw.get(getattr(error, "reference_name", ""))
            unknown_target = target is not None and (target.unread or "id" in target.absent)
            if not (table.unread or unknown_target or table.absent & set(fault.column.split(", "))):
                yield fault


def _plain(table: RawTable) -> list[list[str]]:
    return [[str(cell) for cell in row] for _, row in table.rows]


def _fault(table: RawTable, error: Any, words: Words) -> Fault:
    """Say one frictionless error in the reader's language, at the row of the file."""
    # frictionless counts the header as row 1 and knows nothing of blank rows left out before
    at = getattr(error, "row_number", 0) - 2
    row = table.rows[at][0] if 0 <= at < len(table.rows) else 0
    column = getattr(error, "field_name", "")
    if error.type == "foreign-key":
        target = error.reference_name
        column, value = ", ".join(error.field_names), ", ".join(map(str, error.field_cells))
        rule = words.say("is no id of {table}", table=target)
        return Fault(
            table.file, row, column, value, rule, words.say("Add it to {table} or correct it here.", table=target)
        )
    if error.type == "primary-key":
        key = contract()[table.name]["schema"]["primaryKey"]
        names = [key] if isinstance(key, str) else key
        value = ", ".join(table.rows[at][1][list(columns(table.name)).index(name)] for name in names)
        rule = words.say("stands twice: the key is already used in an earlier row")
        return Fault(
            table.file, row, ", ".join(names), value, rule, words.say("Make it unique or remove one of the rows.")
        )
    value = "" if getattr(error, "cell", None) is None else str(error.cell)
    return Fault(table.file, row, column, value, *_rule(table.name, column, error, words))


def _rule(table: str, column: str, error: Any, words: Words) -> tuple[str, str]:
    limits = columns(table).get(column, {}).get("constraints", {})
    if not getattr(error, "cell", None):
        return words.say("the cell is empty"), words.say("This column must be filled in every row.")
    if error.type == "constraint-error" and "enum" in limits:
        return words.say("is not one of the known words"), words.say(
            "Choose: {names}.", names=", ".join(limits["enum"])
        )
    if error.type == "constraint-error" and "pattern" in limits:
        return words.say("is not a code"), words.say("Use lower case letters, digits, - and _ only.")
    if error.type == "constraint-error":
        bounds = {"minimum": "≥", "maximum": "≤", "exclusiveMinimum": ">"}
        allowed = ", ".join(f"{sign} {limits[name]}" for name, sign in bounds.items() if name in limits)
        return words.say("is out of bounds"), words.say("Allowed: {bounds}.", bounds=allowed)
    return words.say("does not fit the column"), f"{error.note}."


def typed(table: RawTable) -> pd.DataFrame:
    """Return a normalised table in the types of the contract; the index is the row in its file."""
    index = pd.Index([number for number, _ in table.rows], dtype="int64", name="row")
    cells = zip(*(row for _, row in table.rows), strict=True) if table.rows else iter([()] * len(columns(table.name)))
    return pd.DataFrame(
        {
            name: _column(column, field["type"])
            for (name, field), column in zip(columns(table.name).items(), cells, strict=True)
        },
        index=index,
    )


def _column(cells: Sequence[str], kind: str) -> Any:
    """Return the cells of a column, each normalised or empty, as an array of its kind."""
    if kind in ("number", "integer", "year"):
        return np.array([float(cell) if cell else np.nan for cell in cells], dtype="float64")
    if kind == "date":
        return np.array([cell or "NaT" for cell in cells], dtype="datetime64[s]")
    if kind == "boolean":
        return np.array([cell == "true" for cell in cells], dtype=bool)
    return pd.array([cell or None for cell in cells], dtype="str")


def settled(frame: pd.DataFrame, table: str, language: str) -> pd.DataFrame:
    """Return a table without faults in its final form: whole years, one language, rows from 0."""
    spoken = {}
    for name, field in columns(table).items():
        column, twin = frame[name], f"{name}_en"
        if language == "en" and twin in frame:
            column = frame[twin].fillna(column)
        if not name.endswith("_en"):
            spoken[name] = column.to_numpy().astype("int64") if field["type"] == "year" else column.array
    return pd.DataFrame(spoken | {name: frame[name].array for name in frame.columns if name not in columns(table)})
