"""What the reports say of change: decisions, verdicts that moved, earlier reports, the final verdict."""

from __future__ import annotations

import pandas as pd
import pytest
from goal_tables import END, HALF, NO_BASELINE, START, indicators, judge, measured

from binnenstad.goals import assess, attainment_mean, roll_up
from binnenstad.goals.history import CHANGE
from binnenstad.goals.say import changes as find
from binnenstad.goals.show.goal_tables import tabulate_roll_up
from binnenstad.programme import Moment
from binnenstad.words import Words, parse_period


def at(text: str) -> Moment:
    period = parse_period(text)
    day = period.end_time.normalize()
    return Moment(period, day, day + pd.Timedelta(days=45))


MOMENTS = [at("2018"), at("2019")]


@pytest.fixture
def goals() -> pd.DataFrame:
    found = assess(indicators({}), measured((HALF, 150.0)), pd.Timestamp(HALF), pd.Timestamp("2099-12-31"))
    return found.assign(title="Bezoek", unit="count", unit_label="bezoekers", seasonal=False, fault=None)


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
        ({"subject": "scope", "indicator": None, "new": "ook de markt"}, "de reikwijdte van niets naar ook de markt"),
    ],
    ids=lambda value: value["subject"] if isinstance(value, dict) else "",
)
def test_a_decision_is_told_with_body_day_and_reason(goals, nl, cells, said):
    (sentence,) = find.describe_changes(decided(**cells), goals, MOMENTS, nl)
    assert sentence.startswith("Besluit van raad op 15 juni 2019: ")
    assert said in sentence
    assert sentence.endswith("Reden: Daarom.")


def test_of_a_first_report_nothing_is_told(goals, nl):
    none = decided(subject="scope").iloc[:0]
    assert find.describe_changes(none, goals, MOMENTS[1:], nl) == []
    assert find.lead_changes(none, goals, MOMENTS[1:], nl) == ""


def test_without_any_change_the_report_says_so(goals, nl):
    none = decided(subject="scope").iloc[:0]
    assert find.describe_changes(none, goals, MOMENTS, nl) == ["Sinds het rapport over 2018 is niets veranderd."]
    assert find.lead_changes(none, goals, MOMENTS, nl) == "Sinds het rapport over 2018 is geen oordeel veranderd."


def new_figures(count: int) -> pd.DataFrame:
    days = pd.date_range("2019-01-31", periods=count, freq="ME")
    rows = [{"kind": "measured", "indicator": "a", "date": day, "new": 150.0} for day in days]
    return pd.DataFrame(rows).reindex(columns=CHANGE).astype(object)


def test_new_figures_are_named_unless_they_are_many_or_stand_in_a_table(goals, nl):
    named = find.describe_changes(new_figures(2), goals, MOMENTS, nl)
    assert named[0] == "a: nieuw cijfer, 150 bezoekers (31 januari 2019)."
    assert len(named) == 2
    assert find.describe_changes(new_figures(13), goals, MOMENTS, nl) == ["13 nieuwe cijfers zijn erbij gekomen."]
    counted = find.describe_changes(new_figures(1), goals, MOMENTS, nl, figures=False)
    assert counted == ["1 nieuw cijfer is erbij gekomen."]


def past_of(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Rows as (goal, quarter, status)."""
    frame = pd.DataFrame(rows, columns=["id", "period", "status"]).assign(keep=False, illustrative=False)
    return frame.assign(period=pd.PeriodIndex(frame["period"], freq="Q"))


@pytest.mark.parametrize(
    ("last", "title"),
    [
        (("met", "behind"), "Sinds het 1e kwartaal van 2019 is elk oordeel veranderd"),
        (("on_course", "on_course"), "Sinds het 1e kwartaal van 2019 is geen enkel oordeel veranderd"),
        (
            ("met", "on_course"),
            "Bij 1 van de 2 doelen is het oordeel sinds het 1e kwartaal van 2019 hetzelfde gebleven",
        ),
    ],
)
def test_the_title_of_the_strip_counts_the_verdicts_that_stayed(nl, last, title):
    first = [("a", "2019Q1", "on_course"), ("b", "2019Q1", "on_course")]
    past = past_of(*first, ("a", "2019Q2", last[0]), ("b", "2019Q2", last[1]))
    said, alt = find.about_history(past, nl)
    assert said.startswith(title)
    assert alt.startswith("a: 1e kwartaal 2019")


def test_equal_verdicts_in_a_row_are_told_as_one_run(nl):
    quarters = ["2019Q1", "2019Q2", "2019Q3"]
    past = past_of(*(("a", quarter, "behind" if quarter != "2019Q3" else "met") for quarter in quarters))
    assert find.verdicts(past, nl) == {
        "a": "1e kwartaal 2019 t/m 2e kwartaal 2019: loopt achter; 3e kwartaal 2019: behaald"
    }


def test_the_final_verdict_comes_in_the_last_year_and_names_every_goal_once(nl):
    statuses = ["met", "not_met", "norm_broken", "no_measurement", "on_course"]
    goals = pd.DataFrame({"id": list("abcde"), "title": list("ABCDE"), "status": statuses})
    goals["final_pending"] = [False, False, False, False, True]
    assert find.final_verdict(goals, at("2021"), 2022, nl) == []
    said = find.final_verdict(goals, at("2022"), 2022, nl)
    assert said == [
        "Behaald: a A.", "Niet behaald: b B en c C.", "De eindmeting volgt nog: e E.", "Geen oordeel mogelijk: d D.",
    ]  # fmt: skip


def test_a_roll_up_of_many_statuses_is_turned_and_names_the_weighted_mean():
    statuses = ["met", "on_course", "behind", "far_behind", "worsening", "not_met", "no_measurement"]
    rows = {"goal": ["1", "1", "1", "2", "2", "2", "2"], "status": statuses, "weight": 1.0}
    assessed = pd.DataFrame(rows).assign(attainment=[1.2, 0.5, 0.3, 0.1, -1.0, 0.8, float("nan")])
    titles = pd.Series({"1": "Meer bezoek", "2": "Minder leegstand"})
    means = attainment_mean(assessed, pd.DataFrame({"id": ["1", "2"], "weight": [1.0, 1.0]}))
    lines = tabulate_roll_up(roll_up(assessed), titles, Words("nl"), illustrative=False, means=means).plain.split("\n")
    assert lines[1] == "stand: ✓ behaald; 1 Meer bezoek: 1; 2 Minder leegstand: 0; hele programma: 1"
    # (1 + 0.5 + 0.3)/3 = 60 %; (0.1 + 0 + 0.8)/3 = 30 %; the programme is their mean, (60 + 30)/2, over what is known
    assert lines[-1].startswith("stand: gewogen gemiddelde; 1 Meer bezoek: 60%; 2 Minder leegstand: 30%; ")
    few = tabulate_roll_up(roll_up(assessed.iloc[:3]), titles, Words("nl"), illustrative=False).plain.split("\n")
    assert few[1].startswith("strategisch doel: 1 Meer bezoek; ✓ behaald: 1")


GROWTH = {"path_shape": "growth"}


@pytest.mark.parametrize(("day", "value"), [(HALF, 100 * 2**0.5), ("2017-12-31", 100 * 2 ** (1 / 6)), (END, 200.0)])
def test_who_follows_a_path_of_growth_has_pace_one_and_no_lead(day, value):
    """100 becomes 200 in six years: every year 2^(1/6), 12.2 % more."""
    goal = judge(GROWTH, (day, value), on=day)
    assert goal["path"] == pytest.approx(value)
    assert goal["pace"] == pytest.approx(1.0)
    assert goal["lead"] == pytest.approx(0.0, abs=1e-9)
    assert judge({}, (HALF, 100 * 2**0.5))["status"] == "behind"
    assert goal["status"] in ("on_course", "met")


def test_a_path_of_growth_never_passes_zero():
    goal = judge(GROWTH | {"baseline_value": -100.0}, (HALF, 50.0))
    straight = judge({"baseline_value": -100.0}, (HALF, 50.0))
    assert goal[["path", "pace", "lead"]].tolist() == straight[["path", "pace", "lead"]].tolist()
    assert pd.isna(judge(GROWTH | NO_BASELINE, (HALF, 150.0))["path"])
    assert judge(GROWTH, (START, 100.0))["status"] == "at_start"
