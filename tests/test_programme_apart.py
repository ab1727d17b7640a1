"""Goals with faulty input, set apart in real folders so that the others can still be assessed."""

import csv
import shutil
from pathlib import Path

import pandas as pd
import pytest
from test_cli import call, text_of

from binnenstad.goals import assess
from binnenstad.goals.say import unknowns
from binnenstad.programme import DESPITE_VARIABLE, Programme, check_programme
from binnenstad.words import Words
from binnenstad.words.errors import DataError

HAVENSTAD = Path(__file__).parent / "havenstad"
FAULTS = {
    "text": ("measurements", "b1", "value", "veel"),
    "twice": ("measurements", "b1", "date", "2019-12-31"),
    "unit": ("indicators", "b1", "unit", "kilo"),
    "early": ("indicators", "b1", "target_date", "2015-12-31"),
}


def spoil(tmp_path: Path, table: str, goal: str, column: str, cell: str) -> Path:
    """A copy of Havenstad with one other cell, in the last row of a goal."""
    folder = Path(shutil.copytree(HAVENSTAD, tmp_path / "havenstad"))
    path = folder / f"{table}.csv"
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file, delimiter=";"))
    key = "indicator" if table == "measurements" else "id"
    own = [row for row in rows if row[key] == goal]
    if column == "date":
        same = next(row for row in own if row["date"] == cell)
        rows.append(same | {"value": "5751"})
    else:
        own[-1][column] = cell
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(rows[0]), delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows(rows)
    return folder


def judged(programme: Programme) -> pd.DataFrame:
    moment = programme.moment("2020Q4")
    return assess(programme["indicators"], programme["measurements"], moment.reference, moment.as_of).set_index("id")


@pytest.mark.parametrize("fault", FAULTS)
def test_one_faulty_cell_is_named_and_costs_only_its_own_goal(tmp_path, monkeypatch, fault):
    table, goal, column, cell = FAULTS[fault]
    folder = spoil(tmp_path, table, goal, column, cell)
    with pytest.raises(DataError) as refused:
        check_programme(folder)
    assert f"{table}.csv, rij " in str(refused.value) and column in str(refused.value)
    monkeypatch.setenv(DESPITE_VARIABLE, "1")
    found, sound = judged(check_programme(folder)), judged(check_programme(HAVENSTAD))
    assert found.at[goal, "status"] == "invalid"
    assert pd.isna(found.at[goal, "value"]) and pd.isna(found.at[goal, "target"])
    columns = sound.columns.intersection(found.columns)
    pd.testing.assert_frame_equal(found.loc[found.index != goal, columns], sound.loc[sound.index != goal, columns])


@pytest.mark.parametrize(("language", "place"), [("nl", "rij"), ("en", "row")])
def test_the_report_names_the_fault_in_the_language_of_its_reader(tmp_path, monkeypatch, language, place):
    monkeypatch.setenv(DESPITE_VARIABLE, "1")
    programme = check_programme(spoil(tmp_path, *FAULTS["unit"]), language)
    found, moment = judged(programme).reset_index(), programme.moment("2020Q4")
    notes = unknowns.unknown_about_goals(found, programme["measurements"], moment, Words(language))
    (named,) = [note for note in notes if "kilo" in note]
    assert named.startswith(f"b1: indicators.csv, {place} ")


@pytest.mark.parametrize(
    ("table", "row", "column", "cell"),
    [
        ("indicators", "b1", "id", "B 1!"),
        ("indicators", "b1", "goal", "z"),
        ("measurements", "b1", "indicator", "zz"),
        ("goals", "b", "id", ""),
        ("efforts", "podium", "state", "klaar"),
    ],
)
def test_a_fault_about_more_than_one_goal_still_refuses_the_programme(tmp_path, monkeypatch, table, row, column, cell):
    monkeypatch.setenv(DESPITE_VARIABLE, "1")
    with pytest.raises(DataError):
        check_programme(spoil(tmp_path, table, row, column, cell))


@pytest.mark.parametrize("fault", FAULTS)
def test_a_batch_despite_faults_makes_the_reports_and_names_the_fault(tmp_path, monkeypatch, fault):
    """The process of a report reads the folder again, and must find the same faults in it."""
    # the command sets it for the processes it starts
    monkeypatch.setenv(DESPITE_VARIABLE, "")
    table, goal, column, cell = FAULTS[fault]
    spoil(tmp_path / "data", table, goal, column, cell)
    options = ["--period", "2020Q4", "--data", tmp_path / "data", "--only", "goals", "--despite-faults"]
    result = call("run", "havenstad", *options)
    assert result.exit_code == 0, result.output
    text = text_of(tmp_path / "reports" / "havenstad" / "2020Q4" / "goals.html")
    assert "invoerfout" in text and f"{table}.csv, rij" in text
