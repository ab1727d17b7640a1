"""Decisions: a chain that ends at the table is sound, any other is named by row, column, value and rule."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest

from binnenstad.goals import agreed, history
from binnenstad.goals.say import verdicts
from binnenstad.goals.say.goal import heading, sentences
from binnenstad.programme.checked import check_programme
from binnenstad.words import Words
from binnenstad.words.errors import DataError, Fault

HEAD = ["date", "body", "indicator", "effort", "subject", "old", "new", "effective", "reason"]
ROW = {"date": "2020-06-30", "body": "raad", "indicator": "1a", "subject": "target_value", "reason": "Minder budget."}
DISAGREES = "is not what the table, or the next decision, says"
UNFIT = "does not fit the column it is about"
OUTSIDE = "lies outside the natural limits of its goal"


def decide(folder: Path, *rows: dict[str, str]) -> Path:
    """Write the table of decisions; the target of 1a is a change of 7000 now."""
    with (folder / "decisions.csv").open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, HEAD, delimiter=";", lineterminator="\r\n")
        writer.writeheader()
        writer.writerows([ROW | row for row in rows])
    return folder


def faults(folder: Path) -> list[Fault]:
    with pytest.raises(DataError) as caught:
        check_programme(folder, "en")
    assert all(fault.way_out.endswith(".") for fault in caught.value.faults)
    return caught.value.faults


def test_a_chain_of_decisions_that_ends_at_the_table_is_sound(folder: Path) -> None:
    chain = [{"old": "9000", "new": "8000,5"}, {"date": "2021-01-31", "old": "8000.5", "new": "7000"}]
    chain += [{"subject": "target_date", "old": "2021-12-31", "new": "2022-12-31"}]
    programme = check_programme(decide(folder, *chain, {"subject": "weight", "old": "2", "new": ""}))
    then = agreed(programme["indicators"], "indicator", programme["decisions"], pd.Timestamp("2020-12-31"))
    assert then.set_index("id").loc["1a", "target_value"] == 8000.5


def test_decisions_for_mention_only_need_no_goal(folder: Path) -> None:
    rows = [{"indicator": "", "subject": subject, "old": "100", "new": "50"} for subject in ("budget", "scope")]
    assert len(check_programme(decide(folder, *rows))["decisions"]) == 2


@pytest.mark.parametrize(
    ("row", "column", "value", "rule"),
    [
        ({"new": "6000"}, "new", "6000", DISAGREES), ({"new": ""}, "new", "", DISAGREES),
        ({"subject": "target_date", "new": "2021-12-31"}, "new", "2021-12-31", DISAGREES),
        ({"subject": "target_kind", "new": "absolute"}, "new", "absolute", DISAGREES),
        ({"old": "veel", "new": "7000"}, "old", "veel", UNFIT),
        ({"old": "inf", "new": "7000"}, "old", "inf", UNFIT), ({"old": "nan", "new": "7000"}, "old", "nan", UNFIT),
        ({"old": "9.000", "new": "7000"}, "old", "9.000", UNFIT),
        ({"old": "9_000", "new": "7000"}, "old", "9_000", UNFIT),
        ({"subject": "target_date", "old": "05-03-2021", "new": "2022-12-31"}, "old", "05-03-2021", UNFIT),
        ({"subject": "target_kind", "old": "absolut", "new": "change"}, "old", "absolut", UNFIT),
        ({"indicator": "", "new": "7000"}, "indicator", "", "is empty, and the decision needs it"),
        ({"indicator": "9z", "new": "7000"}, "indicator", "9z", "is no id of indicators"),
        ({"subject": "state", "new": "agreed"}, "effort", "", "is empty, and the decision needs it"),
        ({"subject": "control_limits"}, "effective", "", "is empty, and the decision needs it"),
        ({"subject": "slogan", "new": "x"}, "subject", "slogan", "is not one of the known words"),
        ({"date": "", "new": "7000"}, "date", "", "the cell is empty"),
        ({"reason": "", "new": "7000"}, "reason", "", "the cell is empty"),
        ({"indicator": "4c", "old": "57", "new": "0,6"}, "old", "57", OUTSIDE),
        ({"indicator": "3a", "subject": "baseline_value", "old": "65", "new": ""}, "old", "65", OUTSIDE),
    ],
)  # fmt: skip
def test_a_decision_that_cannot_be_right_is_named(folder, row, column, value, rule):
    [fault] = faults(decide(folder, {"subject": "scope"}, row))
    assert (fault.file, fault.row, fault.column, fault.value, fault.rule) == ("decisions.csv", 3, column, value, rule)


def test_an_old_target_is_held_to_the_limits_only_as_the_kind_it_was(folder: Path) -> None:
    kind = {"indicator": "4c", "subject": "target_kind", "old": "change", "new": "absolute"}
    assert check_programme(decide(folder, kind, {"indicator": "4c", "old": "-0,1", "new": "0,6"}))


def test_the_first_of_two_decisions_must_end_where_the_next_begins(folder: Path) -> None:
    rows = [{"date": "2021-01-31", "old": "8000", "new": "7000"}, {"old": "9000", "new": "8500"}]
    [fault] = faults(decide(folder, *rows))
    assert (fault.row, fault.column, fault.value, fault.rule) == (3, "new", "8500", DISAGREES)


def told_of_3a(folder: Path, row: dict[str, str], nl: Words) -> tuple[str, list[str]]:
    """What the report on 2022, of 14 February 2023, says of 3a (6.97, target 7.0) and at the end of the programme."""
    programme = check_programme(decide(folder, ROW | {"indicator": "3a"} | row))
    moments = programme.moments("2022")
    past = history(programme["indicators"], programme["measurements"], programme["decisions"], moments)
    now = past[past["period"] == moments[-1].period].reset_index(drop=True)
    goal = now.set_index("id", drop=False).loc["3a"]
    said = " ".join([heading(goal, nl), *(text for text, _ in sentences(goal, nl))])
    return said, verdicts.final_verdict(now, moments[-1], 2022, nl)


def test_a_target_lowered_after_measurement_and_deadline_is_not_met_by_it(folder: Path, edit, nl: Words) -> None:
    edit("indicators", lambda rows: rows[3].update(target_value="6,9"))
    said, final = told_of_3a(folder, {"date": "2023-01-20", "old": "7", "new": "6,9"}, nl)
    assert "✗\u00a0niet behaald (binnen de marge) Gemeten: rapportcijfer 6,97" in said
    assert "streefwaarde: minstens 7,0." in said and "6,9." not in said
    assert "3a Waardering van het evenementenaanbod (binnen de marge)" in final[1] and final[1].startswith(
        "Niet behaald"
    )


def test_a_deadline_moved_after_it_leaves_the_first_one_missed(folder: Path, edit, nl: Words) -> None:
    edit("indicators", lambda rows: rows[3].update(target_date="2024-12-31"))
    row = {"date": "2023-01-20", "subject": "target_date", "old": "2022-12-31", "new": "2024-12-31"}
    said, final = told_of_3a(folder, row, nl)
    original = (
        "Oorspronkelijk minstens 7,0 op 31 december 2022 (nulmeting: onbekend); op 20 januari 2023 gewijzigd (raad) in "
        "minstens 7,0 op 31 december 2024. Tegen het oorspronkelijke doel: niet behaald (binnen de marge)."
    )
    assert original in said and f"3a: {original}" in final
    assert "De streefdatum is uitgesteld: 3a Waardering van het evenementenaanbod (31 december 2024)." in final
    assert not any("Geen oordeel mogelijk" in one for one in final)
