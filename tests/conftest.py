"""What the tests share: the Almelo example as shipped, and copies of it to spoil."""

from __future__ import annotations

import csv
import gc
import io
import re
import shutil
import signal
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from hypothesis import settings

from binnenstad.cli import main
from binnenstad.goals import assess
from binnenstad.page.blocks import Block
from binnenstad.programme.checked import Moment, Programme, check_programme
from binnenstad.words import Words

# tests that press Ctrl-C must be heard, also where what started them does not listen (nohup, a job in the background)
signal.signal(signal.SIGINT, signal.default_int_handler)

# how long an example takes says more of the machine than of the code
settings.register_profile("binnenstad", deadline=None)
settings.load_profile("binnenstad")
# small tables by the thousand: a collection that looks at all of pandas each time takes a tenth of the tests
gc.freeze()
gc.set_threshold(200_000, 50, 100)
ROOT = Path(__file__).resolve().parents[1]
ALMELO = ROOT / "data" / "almelo"


def cells_of(block: Block) -> dict[str, list[str]]:
    """The cells of a table by the head of their column, as its HTML has them."""
    soup = BeautifulSoup(block.html, "html.parser")
    rows = [[cell.text for cell in row.select("th, td")] for row in soup.select("tbody tr")]
    return dict(zip([head.text for head in soup.select("thead th")], map(list, zip(*rows, strict=True)), strict=True))


@pytest.fixture(scope="session")
def almelo() -> Programme:
    """The Almelo programme as shipped, in Dutch."""
    return check_programme(ALMELO)


@pytest.fixture(scope="session")
def nl() -> Words:
    return Words("nl")


@pytest.fixture(scope="session")
def moment(almelo) -> Moment:
    """The last quarter of 2019 of Almelo."""
    return almelo.moment("2019Q4")


@pytest.fixture(scope="session")
def tables(almelo, moment) -> tuple[pd.DataFrame, pd.DataFrame, pd.Timestamp, pd.Timestamp]:
    """What ``assess`` asks for."""
    return almelo["indicators"], almelo["measurements"], moment.reference, moment.as_of


@pytest.fixture(scope="session")
def assessed_once(tables) -> pd.DataFrame:
    """The goals of Almelo at the end of 2019, for all tests."""
    return assess(*tables)


@pytest.fixture
def assessed(assessed_once) -> pd.DataFrame:
    """The goals of Almelo at the end of 2019, which a test may change."""
    return assessed_once.copy()


@pytest.fixture
def visitors(assessed) -> pd.DataFrame:
    """Goal 1a, the one with a baseline."""
    return assessed.iloc[[0]].copy()


@pytest.fixture(scope="session")
def assert_clean() -> Callable[[list[str]], None]:
    """Whole sentences, nothing left unfilled, no missing value written out."""

    def check(sentences: list[str]) -> None:
        assert sentences
        for sentence in sentences:
            assert sentence[-1] in ".?!" and not sentence.endswith("..")
            assert not re.search(r"[{}]|\bnan\b|\bNaT\b|\bNone\b|\binf\b|  | [.,;]", sentence), sentence

    return check


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A copy of the Almelo folder that a test may spoil, below a data root of its own."""
    return Path(shutil.copytree(ALMELO, tmp_path / "data" / "almelo"))


@pytest.fixture(scope="session")
def reports(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The output folder of a run of Almelo, 2019Q4, with the page of one partner: made once, to be read only."""
    out = tmp_path_factory.mktemp("reports")
    options = ["--period", "2019Q4", "--partner", "gemeente", "--data", str(ALMELO.parent), "--out", str(out)]
    result = CliRunner().invoke(main, ["run", "almelo", *options])
    assert result.exit_code == 0, result.output
    return out


# the pages of a folder by what it held and what was asked: several tests look at those of one as shipped
MADE: dict[tuple, dict[str, str]] = {}


@pytest.fixture
def pages(folder: Path, tmp_path: Path) -> Callable[..., dict[str, str]]:
    """Make reports of the copy and return the text of each by its file name, one space between words."""

    def run(*only: str, period: str = "2019Q4", partner: str = "gemeente", name: str = "almelo") -> dict[str, str]:
        held = {path.name: path.read_bytes() for path in sorted((folder.parent / name).glob("*.*"))}
        key = *held.items(), name, only, period, partner
        if key not in MADE:
            out = tmp_path / f"pages{len(MADE)}"
            arguments = ["run", name, "--period", period, "--partner", partner, "--data", folder.parent, "--out", out]
            asked = [*map(str, arguments), *(part for one in only for part in ("--only", one))]
            result = CliRunner().invoke(main, asked)
            assert result.exit_code == 0, result.output
            MADE[key] = {path.stem: text(path) for path in (out / name / period).glob("*.html")}
        return dict(MADE[key])

    return run


def text(page: Path) -> str:
    soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
    for row in soup.select("main tr"):
        row.insert_after(soup.new_string(f" [{' | '.join(cell.text for cell in row.select('th, td'))}] "))
        row.decompose()
    for part in soup.select("svg, style, script, .download"):
        part.decompose()
    return " ".join(soup.get_text(" ").split())


Rows = list[dict[str, str]]


@pytest.fixture
def edit(folder: Path) -> Callable[..., Path]:
    """Rewrite one table of the copy, or begin one: ``edit("goals", change)``, ``change`` edits a list of row dicts."""

    def rewrite(
        table: str, change: Callable[[Rows], Any], *, delimiter: str = ";", encoding: str = "utf-8-sig"
    ) -> Path:
        path = folder / f"{table}.csv"
        text = path.read_text(encoding="utf-8-sig") if path.exists() else ""
        rows = list(csv.DictReader(io.StringIO(text, newline=""), delimiter=";"))
        names = list(rows[0]) if rows else []
        change(rows)
        names += [name for row in rows for name in row if name not in names]
        with path.open("w", encoding=encoding, newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(names)), delimiter=delimiter, lineterminator="\r\n")
            writer.writeheader()
            writer.writerows(rows)
        return path

    return rewrite
