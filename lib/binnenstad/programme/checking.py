"""Checking a programme folder against the contract: all faults at once, each with its way out."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import pandas as pd

from binnenstad.programme.cells import Broken, read_cells, written
from binnenstad.programme.reading import RawTable
from binnenstad.programme.stated_rules import broken_rules
from binnenstad.words import Words
from binnenstad.words.errors import Fault


def check_tables(
    raw: Mapping[str, RawTable], years: tuple[int, int], words: Words
) -> tuple[dict[str, pd.DataFrame], list[Fault]]:
    """Check the tables of a folder; ``years`` are the first and the last of the programme.

    Returns the typed tables (a table that is not there is empty; the index is the row in its file) and all
    faults: of headers, cells, keys, references and between tables. One cell is at fault once, and nothing is
    said of what could not be read.
    """
    frames: dict[str, pd.DataFrame] = {}
    faults: list[Fault] = []
    for name, table in raw.items():
        frames[name], found = read_cells(table, words)
        faults += table.faults + found
    at_fault = {(fault.file, fault.row, fault.column) for fault in faults}
    for name, broken in broken_rules(frames, years, words):
        looked_up, among = broken.lookup
        unknown = raw[name].absent.intersection(broken.columns) or (looked_up and among in raw[looked_up].absent)
        for fault in [] if unknown else _faults(raw[name].file, frames[name], broken):
            places = {(fault.file, fault.row, column) for column in broken.columns}
            if not places & at_fault:
                at_fault |= places
                faults.append(fault)
    return frames, faults


def _faults(file: str, frame: pd.DataFrame, broken: Broken) -> Iterator[Fault]:
    for row in broken.rows.index[broken.rows]:
        value = ", ".join(written(frame.at[row, column]) for column in broken.columns)
        yield Fault(file, int(row), broken.column, value, broken.rule, broken.way_out)
