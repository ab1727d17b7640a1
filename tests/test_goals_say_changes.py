"""What the reports say of change: decisions, verdicts that moved, figures revised and new."""

from __future__ import annotations

import pandas as pd
import pytest
from goal_tables import HALF, at, indicators, measured

from binnenstad.goals import assess
from binnenstad.goals.history import CHANGE
from binnenstad.goals.say.changes import describe_changes

MOMENTS = [at("2018"), at("2019")]


@pytest.fixture
def goals() -> pd.DataFrame:
    found = assess(indicators({}), measured((HALF, 150.0)), pd.Timestamp(HALF), pd.Timestamp("2099-12-31"))
    both = pd.concat([found.assign(period=moment.period) for moment in MOMENTS])
    return both.assign(title="Bezoek", unit="count", unit_label="bezoekers")


def decided(**cells: object) -> pd.DataFrame:
    row = {
        "kind": "decision", "indicator": "a", "date": pd.Timestamp("2019-06-15"), "body": "raad", "reason": "Daarom.",
    } | cells  # fmt: skip
    return pd.DataFrame([row]).reindex(columns=CHANGE).astype(object)


@pytest.mark.parametrize(
    ("cells", "said"),
    [
        ({"subject": "target_value", "old": "250", "new": "200"}, "de streefwaarde (a) van 250 naar 200"),
        ({"subject": "baseline_value", "old": "90", "new": "100"}, "de nulmeting (a) van 90 naar 100"),
        (
            {"subject": "target_date", "old": "2021-12-31", "new": "2022-12-31"},
            "de streefdatum (a) van 31 december 2021 naar 31 december 2022",
        ),
        (
            {"subject": "baseline_date", "old": "2015-12-31", "new": "2016-12-31"},
            "de datum van de nulmeting (a) van 31 december 2015 naar 31 december 2016",
        ),
        ({"subject": "target_kind", "old": "change", "new": "absolute"}, "de soort streefwaarde (a) van"),
        ({"subject": "weight", "old": "1", "new": "2"}, "het gewicht (a) van 1 naar 2"),
        (
            {"subject": "state", "indicator": None, "effort": "kade", "old": "running", "new": "stopped"},
            "de stand (kade) van loopt naar gestopt",
        ),
        ({"subject": "control_limits"}, "de grenzen van de regelkaart (a). Reden: Daarom."),
        (
            {"subject": "budget", "indicator": None, "old": "300000", "new": "265000"},
            "het budget van €\u00a0300.000 naar €\u00a0265.000",
        ),
        (
            {"subject": "budget", "indicator": None, "old": "onbekend", "new": "265000"},
            "het budget van onbekend naar €\u00a0265.000",
        ),
        ({"subject": "scope", "indicator": None, "new": "ook de markt"}, "de omvang van niets naar ook de markt"),
    ],
    ids=lambda value: value["subject"] if isinstance(value, dict) else "",
)
def test_a_decision_is_told_with_body_day_and_reason(goals, nl, cells, said):
    (sentence,) = describe_changes(decided(**cells), goals, MOMENTS, nl)
    assert sentence.startswith("Besluit van 15 juni 2019 (raad): ")
    assert said in sentence
    assert sentence.endswith("Reden: Daarom.")


def test_of_a_first_report_nothing_is_told(goals, nl):
    none = decided(subject="scope").iloc[:0]
    assert describe_changes(none, goals, MOMENTS[1:], nl) == []


def test_a_verdict_that_moved_is_told_with_how_certain_it_was_and_is(goals, nl):
    goals.loc[goals["period"] == MOMENTS[0].period, ["status", "provisional"]] = ["on_course", True]
    moved = pd.DataFrame([{"kind": "status", "indicator": "a"}]).reindex(columns=CHANGE)
    now = goals.assign(status=["on_course", "met"], certainty="within_margin")
    assert describe_changes(moved, now, MOMENTS, nl) == [
        "a Bezoek: het oordeel was ‘op koers (voorlopig)’ en is nu ‘behaald (binnen de marge)’."
    ]


@pytest.mark.parametrize(("day", "stays"), [("2022-12-31", False), ("2023-01-20", True)])
def test_of_a_decision_after_the_target_date_it_is_said_that_the_verdict_stays(goals, nl, day, stays):
    said = describe_changes(
        decided(subject="target_value", old="200", new="190", date=pd.Timestamp(day)), goals, MOMENTS, nl
    )
    assert said[0].endswith("De streefdatum was toen al voorbij; het oordeel blijft staan.") is stays
    limits = decided(subject="control_limits", date=pd.Timestamp(day))
    assert describe_changes(limits, goals, MOMENTS, nl)[0].endswith("Reden: Daarom.")


def test_without_any_change_the_report_says_so(goals, nl):
    none = decided(subject="scope").iloc[:0]
    assert describe_changes(none, goals, MOMENTS, nl) == ["Sinds het rapport over 2018 is niets veranderd."]


def new_figures(count: int) -> pd.DataFrame:
    days = pd.date_range("2019-01-31", periods=count, freq="ME")
    rows = [{"kind": "measured", "indicator": "a", "date": day, "new": 150.0} for day in days]
    return pd.DataFrame(rows).reindex(columns=CHANGE).astype(object)


def test_new_figures_are_named_unless_they_are_many_or_stand_in_a_table(goals, nl):
    named = describe_changes(new_figures(2), goals, MOMENTS, nl)
    assert named[0] == "a: nieuw cijfer, 150 bezoekers (31 januari 2019)."
    assert len(named) == 2
    assert describe_changes(new_figures(13), goals, MOMENTS, nl) == ["13 nieuwe cijfers zijn erbij gekomen."]
    counted = describe_changes(new_figures(1), goals, MOMENTS, nl, figures=False)
    assert counted == ["1 nieuw cijfer is erbij gekomen."]
