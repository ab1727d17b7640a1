"""What the tests share: the Almelo example as shipped, and copies of it to spoil."""

from __future__ import annotations

import csv
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from binnenstad.programme import Programme, check_programme
from binnenstad.text import Words

ROOT = Path(__file__).resolve().parents[1]
ALMELO = ROOT / "data" / "almelo"


@pytest.fixture(scope="session")
def almelo() -> Programme:
    """The Almelo programme as shipped, in Dutch."""
    return check_programme(ALMELO)


@pytest.fixture(scope="session")
def nl() -> Words:
    return Words("nl")


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the Almelo folder that a test may spoil, below a data root of its own."""
    return Path(shutil.copytree(ALMELO, tmp_path / "data" / "almelo"))


Rows = list[dict[str, str]]


@pytest.fixture
def edit(folder: Path) -> Callable[..., Path]:
    """Rewrite one table of the copy: ``edit("goals", change)`` where ``change`` edits a list of row dicts."""

    def rewrite(
        table: str, change: Callable[[Rows], Any], *, delimiter: str = ";", encoding: str = "utf-8-sig"
    ) -> Path:
        path = folder / f"{table}.csv"
        with path.open(encoding="utf-8-sig", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        names = list(rows[0])
        change(rows)
        names += [name for row in rows for name in row if name not in names]
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(names)), delimiter=delimiter, lineterminator="\r\n")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return rewrite
