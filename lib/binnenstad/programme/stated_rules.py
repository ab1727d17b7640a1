"""The rules that the contract states of every table (keys, references, bounds), and who breaks these and the others."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import chain

import pandas as pd

from binnenstad.programme.cells import Broken
from binnenstad.programme.contract import columns, contract
from binnenstad.programme.rules import RULES, YEARS, Frames
from binnenstad.words import Words


def broken_rules(frames: Frames, years: tuple[int, int], words: Words) -> Iterator[tuple[str, Broken]]:
    """Give every rule of every table with the rows that break it; cells that are missing break none.

    ``frames`` are the typed tables indexed by row in the file, ``years`` the first and last one of the programme.
    """
    for table, rows in frames.items():
        if len(rows):
            of_contract = _keys(table, rows, words), _references(table, rows, frames, words), _cells(table, rows, words)
            of_table = (rule(rows, frames, words) for rule in RULES.get(table, ()))
            of_years = _years(rows[YEARS[table]], years, words) if table in YEARS else ()
            for broken in chain(*of_contract, *of_table, of_years):
                yield table, broken


def _keys(table: str, rows: pd.DataFrame, words: Words) -> Iterator[Broken]:
    schema = contract()[table]["schema"]
    for key in filter(None, [schema.get("primaryKey"), *schema.get("uniqueKeys", [])]):
        rule = words.say("stands twice: the key is already used in an earlier row")
        yield Broken(rows.duplicated(key), ", ".join(key), rule, words.say("Make it unique or remove one of the rows."))


def _references(table: str, rows: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    for key in contract()[table]["schema"].get("foreignKeys", []):
        [column], target = key["fields"], key["reference"]["resource"]
        unknown = rows[column].notna() & ~rows[column].isin(frames[target]["id"])
        way_out = words.say("Add it to {table} or correct it here.", table=target)
        yield Broken(unknown, column, words.say("is no id of {table}", table=target), way_out, (target, "id"))


def _cells(table: str, rows: pd.DataFrame, words: Words) -> Iterator[Broken]:
    """Give amounts with parts of a cent, cells below what they may not be below, and those that need another."""
    rule, way_out = words.say("has parts of a cent"), words.say("Round it to whole cents.")
    for name, field in columns(table).items():
        if field.get("unit") == "EUR":
            # what a workbook computed may lie a little beside the amount it shows
            yield Broken((rows[name] - rows[name].round(2)).abs() > 1e-4, name, rule, way_out)
        for low in field.get("notBelow", ()):
            day = field["type"] in ("date", "year")
            less = words.say("is before {column}", column=low) if day else words.say("is below {column}", column=low)
            yield Broken(rows[name] < rows[low], name, less, words.say("Correct one of the two."), (table, low))
        for other in field.get("needs", ()):
            # 0 is given, and false is not
            given, met = (rows[of].notna() & (rows[of].astype("str") != "False") for of in (name, other))
            fill = words.say("Fill in {column}, or leave it empty.", column=other)
            yield Broken(given & ~met, name, words.say("is filled while {column} is not", column=other), fill)


def _years(year: pd.Series, years: tuple[int, int], words: Words) -> Iterator[Broken]:
    rule = words.say("lies outside the programme ({start}-{end})", start=years[0], end=years[1])
    way_out = words.say("Correct the year, or the start and end in programme.toml.")
    yield Broken(year.notna() & ~year.between(*years), str(year.name), rule, way_out)
