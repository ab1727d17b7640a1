"""What tests of a programme folder share: its faults, their places, and a shipped table as text."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from conftest import ALMELO

from binnenstad.programme.checked import Programme, check_programme
from binnenstad.programme.contract import contract
from binnenstad.words.errors import DataError, Fault

Place = tuple[str, int, str, str]
# a private table is in no clone, and Almelo has no votes or decisions to show
SHIPPED = [name for name in contract() if (ALMELO / f"{name}.csv").exists()]


def faults(folder: Path, language: str = "nl") -> list[Fault]:
    with pytest.raises(DataError) as caught:
        check_programme(folder, language)
    return caught.value.faults


def places(folder: Path) -> list[Place]:
    return [(fault.file, fault.row, fault.column, fault.value) for fault in faults(folder)]


def cells(table: str) -> list[list[str]]:
    """Return header and rows of a shipped table as text."""
    with (ALMELO / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def replace(folder: Path, file: str, old: str, new: str) -> None:
    """Replace the first ``old`` in a file of the copy."""
    raw = (folder / file).read_bytes()
    assert old.encode() in raw
    (folder / file).write_bytes(raw.replace(old.encode(), new.encode(), 1))


def assert_same_tables(read: Programme, expected: Programme) -> None:
    assert list(read.tables) == list(expected.tables) == list(contract())
    for name, frame in expected.tables.items():
        pd.testing.assert_frame_equal(read[name], frame, obj=name)
