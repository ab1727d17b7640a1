"""Goal attainment: every row of the status table, every decided edge case, and what holds for any goal."""

from __future__ import annotations

import math
from fractions import Fraction
from functools import cache

import pandas as pd
import pytest
from goal_tables import (
    END,
    FALL,
    HALF,
    INF,
    LATER,
    NAN,
    NO_BASELINE,
    NO_TARGET,
    START,
    few,
    indicators,
    judge,
    judge_all,
    judge_each,
    judge_lists,
    measured,
)  # fmt: skip
from hypothesis import given
from hypothesis import strategies as st

from binnenstad.goals import assess, decimal_year, series
from binnenstad.goals.assess import attainment, target_values
from binnenstad.goals.status import KNOWN, UNKNOWN
from binnenstad.goals.values import known_values

# --- the status table -------------------------------------------------------------------------------------------
AFTER = "2023-12-31"
STOCK, BREAK = {"kind": "stock"}, {"method_break": True}
STATUS_TABLE = [
    # row 0
    ("target date on the baseline date", {"target_date": START}, [(HALF, 150)], HALF, "invalid"),
    ("target date before the baseline date", {"target_date": "2015-12-31"}, [(HALF, 150)], HALF, "invalid"),
    ("no direction", {"direction": None}, [(HALF, 150)], HALF, "invalid"),
    ("unknown direction", {"direction": "upwards"}, [(HALF, 150)], HALF, "invalid"),
    ("infinite value", {}, [(HALF, INF)], HALF, "invalid"),
    ("infinite negative value", {}, [(HALF, -INF)], HALF, "invalid"),
    ("infinite baseline", {"baseline_value": INF}, [(HALF, 150)], HALF, "invalid"),
    ("infinite target", {"target_value": INF}, [(HALF, 150)], HALF, "invalid"),
    ("below the lower limit", {"lower_limit": 0}, [(HALF, -1)], HALF, "invalid"),
    ("above the upper limit", {"upper_limit": 300}, [(HALF, 301)], HALF, "invalid"),
    # row 1
    ("nothing measured", {}, [], HALF, "no_measurement"),
    ("measured only after the reference date", {}, [("2020-01-01", 150)], HALF, "no_measurement"),
    # row 2
    ("no target", NO_TARGET, [(HALF, 150)], HALF, "no_target"),
    ("change on no baseline", NO_BASELINE | {"target_kind": "change"}, [(HALF, 150)], HALF, "no_target"),
    # what cannot be compared
    ("change across a break", {"target_kind": "change"}, [(START, 100), (HALF, 900, BREAK)], HALF, "not_comparable"),
    ("part across a break", {"target_kind": "relative"}, [(START, 100), (END, 900, BREAK)], AFTER, "not_comparable"),
    # row 3
    ("last value before the target year", {}, [("2021-12-31", 150)], AFTER, "not_measured_in_target_year"),
    ("measured after the target year only", {}, [("2023-06-30", 250)], AFTER, "not_measured_in_target_year"),
    ("around the target year", {}, [("2021-12-31", 9), ("2023-06-30", 9)], AFTER, "not_measured_in_target_year"),
    # row 4
    ("met in the target year", {}, [("2022-07-01", 200)], END, "met"),
    ("not met in the target year", {}, [("2022-07-01", 199.99)], END, "not_met"),
    ("deadline passed, met in time", STOCK, [(END, 201), ("2023-07-01", 150)], AFTER, "met"),
    ("deadline passed, met too late", STOCK, [(END, 150), ("2023-07-01", 250)], AFTER, "not_met"),
    ("at the deadline without a baseline, met", NO_BASELINE, [(END, 200)], END, "met"),
    ("at the deadline without a baseline, not met", NO_BASELINE, [(END, 199)], END, "not_met"),
    ("measured in the target year after its day", {"target_date": "2022-06-30"}, [(END, 199)], END, "not_met"),
    # row 5
    ("no baseline, met", NO_BASELINE, [(HALF, 200)], HALF, "met"),
    ("no baseline, not met", NO_BASELINE, [(HALF, 199)], HALF, "not_met_no_baseline"),
    # row 6
    ("keep a level, kept", {"baseline_value": 210}, [(HALF, 205)], HALF, "met"),
    ("keep a level, broken", {"baseline_value": 210}, [(HALF, 199)], HALF, "norm_broken"),
    ("baseline equals target, kept", {"baseline_value": 200}, [(HALF, 200)], HALF, "met"),
    ("baseline equals target, broken", {"baseline_value": 200}, [(HALF, 199)], HALF, "norm_broken"),
    ("keep at most, kept", FALL | {"baseline_value": 90}, [(HALF, 100)], HALF, "met"),
    ("keep at most, broken", FALL | {"baseline_value": 90}, [(HALF, 101)], HALF, "norm_broken"),
    ("keep, kept at the deadline", {"baseline_value": 210}, [(END, 200)], END, "met"),
    ("keep, broken at the deadline", {"baseline_value": 210}, [(END, 199)], AFTER, "norm_broken"),
    # rows 7 to 12
    ("met before the deadline", {}, [(HALF, 200)], HALF, "met"),
    ("measured on the baseline date", {}, [(START, 100)], HALF, "at_start"),
    ("on the path", {}, [(HALF, 150)], HALF, "on_course"),
    ("just on course", {}, [(HALF, 147.5)], HALF, "on_course"),
    ("just behind", {}, [(HALF, 147.4999)], HALF, "behind"),
    ("almost far behind", {}, [(HALF, 130)], HALF, "behind"),
    ("just far behind", {}, [(HALF, 129.9999)], HALF, "far_behind"),
    ("still at the baseline", {}, [(HALF, 100)], HALF, "far_behind"),
    ("below the baseline", {}, [(HALF, 99.9999)], HALF, "worsening"),
]  # fmt: skip
# where two rows hold, the first wins
FIRST_WINS = [
    ("0 before 1", {"target_date": START}, [], HALF, "invalid"),
    ("0 before 2", NO_TARGET | {"direction": None}, [(HALF, 150)], HALF, "invalid"),
    ("0 before 7", {"upper_limit": 250}, [(HALF, 260)], HALF, "invalid"),
    ("1 before 2", NO_TARGET, [], HALF, "no_measurement"),
    ("1 before 3", {}, [], AFTER, "no_measurement"),
    ("2 before 3", {"target_value": NAN}, [("2021-12-31", 150)], AFTER, "no_target"),
    ("3 before 5", NO_BASELINE, [("2021-12-31", 250)], AFTER, "not_measured_in_target_year"),
    ("3 before 6", {"baseline_value": 210}, [("2021-12-31", 205)], AFTER, "not_measured_in_target_year"),
    ("3 before 7", {}, [("2021-12-31", 250)], AFTER, "not_measured_in_target_year"),
    ("4 before 9", {}, [("2022-01-01", 199)], END, "not_met"),
    ("7 before 8", {}, [(START, 200)], HALF, "met"),
    ("8 before 12", {}, [(START, 80)], HALF, "at_start"),
]


# a goal that must fall from 200 to 100 mirrors the goal of the plain cases
MIRRORED = [
    (f"mirror of {name}", FALL | changes, [(day, 300 - value) for day, value in rows], on, key)
    for name, changes, rows, on, key in STATUS_TABLE
    if changes in ({}, STOCK)
]
CASES = [*STATUS_TABLE, *FIRST_WINS, *MIRRORED]


@cache
def statuses(on: str) -> pd.Series:
    """Judge all cases of a date side by side, as the goals of one programme."""
    cases = [case for case in CASES if case[3] == on]
    goals = indicators(*(changes | {"id": name} for name, changes, *_ in cases))
    rows = [
        (day, value, {"indicator": name} | dict(*more)) for name, _, rows, *_ in cases for day, value, *more in rows
    ]
    return assess(goals, measured(*rows), pd.Timestamp(on), pd.Timestamp(LATER)).set_index("id")["status"]


@pytest.mark.parametrize("case", CASES, ids=lambda case: case[0])
def test_status(case):
    name, _, _, on, key = case
    assert statuses(on)[name] == key


def test_status_table_above_shows_every_key():
    # the others are how a status is said (``as_said``)
    assert {case[-1] for case in STATUS_TABLE} == {*KNOWN, *UNKNOWN} - {"no_change", "too_few", "part_year"}


COMPUTED = ["gap", "attainment", "pace", "path", "lead", "needed_per_year", "change_per_year"]


def test_nothing_is_computed_from_invalid_input():
    cases = [({"target_date": "2015-12-31"}, 150), ({"direction": None}, 150), ({"lower_limit": 0}, -5)]
    for result in judge_each(*((changes, [(HALF, value)]) for changes, value in cases)):
        assert result[COMPUTED].isna().all(), result
        assert not result.met, result


def test_value_on_its_natural_limit_is_valid():
    limits = {"lower_limit": 0, "upper_limit": 300}
    on_the_limit = judge_each(*((limits, [(HALF, value)]) for value in (0.0, 300.0)))
    assert "invalid" not in [goal.status for goal in on_the_limit]


# --- level, path, pace, lead ------------------------------------------------------------------------------------
def test_figures_of_a_goal_halfway():
    result = judge({}, ("2017-12-31", 110), (HALF, 130))
    expected = {
        "value": 130, "baseline": 100, "target": 200, "gap": 70, "attainment": 0.3, "path": 150, "pace": 0.6,
        "lead": -1.2, "change_per_year": 10, "needed_per_year": 70 / 3, "age": 0,
    }  # fmt: skip
    assert result[list(expected)].astype(float).to_dict() == pytest.approx(expected)
    assert result.date == pd.Timestamp(HALF)
    assert (result.met, result.keep, result.stale, result.broken, result.final_pending) == (False,) * 5


def test_attainment_is_not_clipped():
    found = judge_each(*(({}, [(HALF, value)]) for value in (50, 100, 250)))
    assert [goal.attainment for goal in found] == [-0.5, 0, 1.5]


def test_pace_is_computed_at_the_date_of_the_value_not_of_the_report():
    on_time, old = judge_each(*(({}, [("2018-12-31", 130)], day) for day in ("2018-12-31", "2020-12-31")))
    assert old.pace == on_time.pace == pytest.approx(0.9)
    assert (old.path, old.lead) == (on_time.path, on_time.lead)
    assert (old.status, old.stale, on_time.status, on_time.stale) == ("behind", True, "behind", False)


def test_needed_per_year_counts_from_the_value_to_the_target_date():
    assert judge({}, ("2020-12-31", 140), on="2021-06-30").needed_per_year == pytest.approx(30)


def test_nothing_more_is_needed_of_a_goal_that_is_met():
    for result in judge_each(*(({}, [(day, 200)], day) for day in (HALF, END))):
        assert math.isnan(result.needed_per_year), result
        assert result.met, result


def test_a_path_ends_at_its_target():
    """Measured half a year after the target date, in the year of that date: the path asked no more than the target."""
    due = {"target_date": "2022-06-30"}
    found = judge_each(*((due | shape, [(END, 180)], END) for shape in ({}, {"path_shape": "growth"})))
    assert [goal.path for goal in found] == pytest.approx([200, 200])


def test_on_the_target_date_no_time_is_left():
    """Nothing is needed, ahead or foreseen, also where the final measurement is not in yet."""
    rows = [("2018-12-31", 140), (HALF, 155), ("2020-12-31", 165), ("2021-12-31", 187)]
    before, due = judge_each(*(({}, rows, day) for day in ("2022-12-30", END)))
    told = ["lead", "needed_per_year", "forecast"]
    assert before[told].notna().all() and due[told].isna().all()
    assert (due.status, due.final_pending, due.path) == ("on_course", True, before.path)


def test_without_a_baseline_the_change_counts_from_the_first_value():
    result = judge(NO_BASELINE, ("2017-12-31", 110), ("2018-12-31", 200), (HALF, 130))
    assert result.change_per_year == pytest.approx(10)
    assert result.change_since == pd.Timestamp("2017-12-31")
    assert result[["attainment", "pace", "path", "lead", "baseline"]].isna().all()
    assert result.needed_per_year == pytest.approx(70 / 3)


def test_one_value_without_a_baseline_shows_no_change():
    assert math.isnan(judge(NO_BASELINE, (HALF, 130)).change_per_year)


def test_at_the_start_there_is_no_pace_or_lead():
    assert judge({}, (START, 100))[["pace", "lead", "change_per_year"]].isna().all()


def test_attainment_is_missing_where_baseline_equals_target():
    result = judge({"baseline_value": 200}, (HALF, 210))
    assert result[["attainment", "pace", "lead"]].isna().all()
    assert result.keep


def test_target_of_zero():
    goal = {"direction": "at_most", "target_value": 0}
    result, met = judge_each((goal, [(HALF, 40)]), (goal, [(HALF, 0)]))
    expected = {"attainment": 0.6, "pace": 1.2, "path": 50, "gap": 40, "lead": 0.6, "needed_per_year": -40 / 3}
    assert result[list(expected)].astype(float).to_dict() == pytest.approx(expected)
    assert met.status == "met"


def test_negative_values():
    loss = {"baseline_value": -80, "target_value": -20}
    result, worse, met = judge_each(*((loss, [(HALF, value)]) for value in (-65, -90, -20)))
    assert (result.attainment, result.path, result.gap) == pytest.approx((0.25, -50, 45))
    assert (worse.status, met.status) == ("worsening", "met")


GROWTH = {"path_shape": "growth"}


def test_who_follows_a_path_of_growth_has_pace_one_and_no_lead():
    """100 becomes 200 in six years: every year 2^(1/6), 12.2 % more."""
    cases = [(HALF, 100 * 2**0.5), ("2017-12-31", 100 * 2 ** (1 / 6)), ("2022-12-30", 200.0)]
    *growing, straight = judge_each(*((GROWTH, [case], case[0]) for case in cases), ({}, cases[:1]))
    for goal, (day, value) in zip(growing, cases, strict=True):
        assert goal["path"] == pytest.approx(value, rel=1e-3), day
        assert goal["pace"] == pytest.approx(1.0, rel=1e-3), day
        assert goal["lead"] == pytest.approx(0.0, abs=1e-2), day
        assert goal["status"] in ("on_course", "met"), day
    assert straight["status"] == "behind"


def test_a_path_of_growth_never_passes_zero():
    below = {"baseline_value": -100.0}
    goal, straight, without, begun = judge_each(
        (GROWTH | below, [(HALF, 50.0)]), (below, [(HALF, 50.0)]), (GROWTH | NO_BASELINE, [(HALF, 150.0)]),
        (GROWTH, [(START, 100.0)]),
    )  # fmt: skip
    assert goal[["path", "pace", "lead"]].tolist() == straight[["path", "pace", "lead"]].tolist()
    assert pd.isna(without["path"])
    assert begun["status"] == "at_start"


def test_decimal_year_keeps_whole_years_whole_and_knows_leap_years():
    days = pd.Series(pd.to_datetime(["2019-12-31", "2020-12-31", "2020-07-01", "2019-01-01"]))
    assert decimal_year(days).tolist() == [2020.0, 2021.0, 2020.5, 2019 + 1 / 365]


# --- targets and anchors ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "x", "baseline", "target"),
    [
        ("absolute", 614, NAN, 614), ("absolute", 0, 50, 0), ("absolute", NAN, 50, NAN), (None, NAN, 50, NAN),
        ("change", 7000, 93_000, 100_000), ("change", -20, 50, 30), ("change", 7000, NAN, NAN),
        ("relative", 0.05, 200, 210), ("relative", -0.25, 200, 150), ("relative", 0.5, -80, -120),
        ("relative", 0.05, NAN, NAN),
    ],
)  # fmt: skip
def test_target(kind, x, baseline, target):
    goals = pd.DataFrame({"target_kind": [kind], "target_value": [x]})
    assert target_values(goals, pd.Series([baseline]))[0] == pytest.approx(target, nan_ok=True)


def test_exactly_equal_is_met_and_a_hair_short_is_not():
    """As the reader computes it: 200 and 10 % more is 220, whatever binary fractions make of it."""
    cases = [
        ("absolute", 0.6, 0.5, 0.6, "at_least"), ("change", 7000, 93_000, 100_000, "at_least"),
        ("change", 0.2, 0.1, 0.3, "at_least"), ("change", 0.1, 0.7, 0.8, "at_least"),
        ("change", -0.1, 0.8, 0.7, "at_most"), ("relative", 0.1, 200, 220, "at_least"),
        ("relative", -0.3, 12_000, 8_400, "at_most"),
    ]  # fmt: skip
    goals = [
        ({"target_kind": kind, "target_value": x, "baseline_value": baseline, "direction": direction}, value)
        for kind, x, baseline, value, direction in cases
    ]
    equal = judge_each(*((goal, [(day, value)], day) for goal, value in goals for day in (HALF, END)))
    assert {tuple(goal[["target_kind", "target_value", "date"]]): goal.status for goal in equal if not goal.met} == {}
    assert {goal.status for goal in equal} == {"met"}
    short = judge_each(*(({}, [(END, 200 - hair)], END) for hair in (1e-3, 1e-6)))
    assert [goal.status for goal in short] == ["not_met"] * 2


def test_anchor_decides_whether_a_revised_baseline_moves_the_target():
    targets = {
        ("contract", "change", 100): 200, (None, "change", 100): 200, ("moving", "change", 100): 210,
        ("contract", "relative", 0.5): 150, ("moving", "relative", 0.5): 165, ("moving", "absolute", 200): 200,
    }  # fmt: skip
    rows = [(START, 100), (START, 110, {"published": "2018-03-01"}), (HALF, 130)]
    changes = [dict(zip(("anchor", "target_kind", "target_value"), case, strict=True)) for case in targets]
    for case, result in zip(targets, judge_each(*((change, rows) for change in changes)), strict=True):
        target, baseline = targets[case], 110
        assert (result.target, result.baseline) == pytest.approx((target, baseline)), case
        assert result.attainment == pytest.approx((130 - baseline) / (target - baseline)), case


def test_moving_anchor_stays_at_the_signed_baseline_until_the_revision_is_published():
    moving = {"anchor": "moving", "target_kind": "change", "target_value": 100}
    rows = [(START, 110, {"published": "2020-03-01"}), (HALF, 130)]
    assert judge(moving, *rows, as_of="2020-02-29").target == 200
    assert judge(moving, *rows, as_of="2020-03-01").target == 210
    assert judge(moving, (HALF, 130)).target == 200


# --- cut-offs ---------------------------------------------------------------------------------------------------
PAIRS = [("0.1", "0.3"), ("93000", "100000"), ("6.08", "6.5"), ("-3.3", "7.7"), ("9.4", "0"), ("0.61", "0.07")]


@pytest.mark.parametrize(
    ("cut", "at", "below"),
    [("0.95", "on_course", "behind"), ("0.60", "behind", "far_behind"), ("0", "far_behind", "worsening")],
)
def test_pace_exactly_on_a_cut_off_reaches_it(cut, at, below):
    ends = [tuple(map(Fraction, pair)) for pair in PAIRS]
    paces = [Fraction(cut) + Fraction(hair, 10**7) for hair in (0, -1, 1)]
    found = judge_lists(*([("", b, t, b + (t - b) * pace / 2, HALF) for b, t in ends] for pace in paces))
    statuses = [goals["status"].tolist() for goals in found]
    assert statuses == [[status] * len(PAIRS) for status in (at, below, at)]


# --- freshness, flags, deadline ---------------------------------------------------------------------------------
def test_value_is_stale_when_older_than_one_year():
    cases = [
        (HALF, HALF, False), ("2018-12-31", "2019-12-31", False), ("2018-12-30", "2019-12-31", True),
        ("2019-12-31", "2020-12-31", False),
        # a year is a year, also where 29 February makes it longer
        ("2019-03-31", "2020-03-31", False), ("2019-06-30", "2020-06-30", False), ("2019-09-30", "2020-09-30", False),
        ("2019-09-29", "2020-09-30", True), ("2020-09-30", "2021-09-30", False), ("2020-09-30", "2021-10-01", True),
    ]  # fmt: skip
    found = judge_each(*(({}, [(day, 150)], on) for day, on, _ in cases))
    assert [(*case[:2], goal.stale) for case, goal in zip(cases, found, strict=True)] == cases


def test_indicator_may_have_a_maximum_age_of_its_own():
    stale = {0.25: True, 1.0: True, 2.0: False, NAN: True}
    found = judge_each(*(({"maximum_age_years": limit}, [("2018-06-30", 150)]) for limit in stale))
    assert dict(zip(stale, (goal.stale for goal in found), strict=True)) == stale
    assert [goal.age for goal in found] == pytest.approx([1 + 184 / 365] * len(stale))


def test_nothing_measured_has_no_age_and_no_flags():
    result = judge({"kind": "stock"})
    assert result.certainty == ""
    assert result[["value", "age", "gap", "attainment", "needed_per_year"]].isna().all()
    assert not result[["stale", "provisional", "illustrative", "met", "broken"]].any()


@pytest.mark.parametrize("flag", [{"status": "provisional"}, {"illustrative": True}])
def test_flags_are_those_of_the_value_used(flag):
    name = "provisional" if "status" in flag else "illustrative"
    last, earlier = [("2018-12-31", 120), (HALF, 150, flag)], [("2018-12-31", 120, flag), (HALF, 150)]
    assert [bool(goal[name]) for goal in judge_each(({}, last), ({}, earlier))] == [True, False]


def test_target_year_before_its_measurement_is_judged_on_the_last_value():
    cases = [
        ([("2021-12-31", 190)], "2021-12-31", "on_course", False),
        ([("2021-12-31", 190)], "2022-03-31", "on_course", True),
        ([("2021-12-31", 200)], END, "met", True),
        ([("2021-12-31", 160)], END, "behind", True),
        ([("2021-12-31", 160), ("2022-10-01", 160)], END, "not_met", False),
        ([("2021-12-31", 160)], AFTER, "not_measured_in_target_year", False),
    ]
    found = judge_each(*(({}, rows, on) for rows, on, *_ in cases))
    assert [(*case[:2], *goal[VERDICT]) for case, goal in zip(cases, found, strict=True)] == cases


VERDICT = ["status", "final_pending"]
QUARTERS = {"kind": "stock"}, [("2021-09-30", 198), ("2021-12-31", 199.64), ("2022-03-31", 198.75)]
MONTHS = {"kind": "stock"}, [("2021-11-30", 190), ("2021-12-31", 190), ("2022-01-31", 201)]
HALF_YEARS = {"kind": "stock"}, [("2021-06-30", 190), ("2021-12-31", 190), ("2022-06-30", 180)]
YEARS = {"kind": "stock"}, [("2020-07-01", 180), ("2021-07-01", 190), ("2022-07-01", 201)]


def test_the_final_verdict_comes_once_the_target_date_is_there():
    """And by the value of the month, quarter or year of that date: what January says never ends a year."""
    cases = [
        (QUARTERS, [], "2022-03-31", "on_course", True), (MONTHS, [], "2022-01-31", "met", True),
        (HALF_YEARS, [], "2022-09-30", "behind", True), (YEARS, [], "2022-09-30", "met", True),
        (QUARTERS, [], END, "on_course", True), (QUARTERS, [], AFTER, "not_measured_in_target_year", False),
        (QUARTERS, [(END, 199)], END, "not_met", False), (QUARTERS, [(END, 200)], AFTER, "met", False),
        (MONTHS, [("2022-12-15", 199)], END, "not_met", False), (YEARS, [], END, "met", False),
        (HALF_YEARS, [("2022-09-30", 199)], END, "not_met", False),
        (QUARTERS, [(END, 199), ("2023-03-31", 250)], AFTER, "not_met", False),
    ]  # fmt: skip
    found = judge_each(*((changes, rows + more, on) for (changes, rows), more, on, *_ in cases))
    assert [(*case[:3], *goal[VERDICT]) for case, goal in zip(cases, found, strict=True)] == cases


def test_a_deadline_within_a_year_falls_on_its_own_quarter():
    rows = [(f"{day}", 100 + at * 4.5) for at, day in enumerate(pd.date_range(START, "2022-12-31", freq="QE").date)]
    due = {"target_date": "2022-06-30", "kind": "stock"}
    before, then, later = judge_each(*((due, rows, on) for on in ("2022-03-31", "2022-06-30", AFTER)))
    assert [tuple(goal[VERDICT]) for goal in (before, then)] == [("on_course", True), ("not_met", False)]
    assert (later.status, later.value) == ("not_met", 199)


def test_without_a_target_or_with_faulty_input_no_verdict_is_to_come():
    faulty = NO_TARGET | {"target_date": END}, {"direction": None}
    found = judge_each(*((changes, [("2021-12-31", 150)], END) for changes in faulty))
    assert [bool(goal.final_pending) for goal in found] == [False, False]


DAYS = [("2019-01-31", "2019-02-28", "2019-03-31"), ("2019-01-31", "2019-03-31", "2019-05-31"),
        ("2018-12-31", "2019-03-31", "2019-06-30"), ("2019-01-31", "2019-05-31", "2019-09-30"),
        ("2018-06-30", "2018-12-31", "2019-06-30"), ("2016-10-01", "2017-10-03", "2019-09-28")]  # fmt: skip


def rhythms_of(*series: tuple[str, ...] | list[str]) -> list[float]:
    """The rhythm of each series of dates."""
    return [goal.rhythm for goal in judge_each(*(({"kind": "stock"}, [(day, 150) for day in days]) for days in series))]


def test_the_rhythm_of_a_series_is_seen_from_its_dates():
    assert rhythms_of(*DAYS, DAYS[0][:1]) == [1, 2, 3, 4, 6, 12, 12]


def test_a_missing_quarter_leaves_the_rhythm_and_more_frequent_counting_changes_it_soon():
    missing = ["2018-09-30", "2018-12-31", "2019-06-30", "2019-09-30"]
    sooner = ["2015-12-31", "2016-12-31", "2017-12-31", "2018-12-31", "2019-03-31", "2019-06-30"]
    assert rhythms_of(missing, sooner) == [3, 3]


def test_final_measurement_counts_from_its_publication():
    rows = [("2021-12-31", 190), ("2022-10-01", 199, {"published": "2023-02-01"})]
    before, after = (judge({}, *rows, on=END, as_of=day) for day in ("2023-01-31", "2023-02-01"))
    assert (before.status, before.final_pending, before.value) == ("on_course", True, 190)
    assert (after.status, after.final_pending, after.value) == ("not_met", False, 199)


# --- vintages ---------------------------------------------------------------------------------------------------
REVISED = [
    (HALF, 140, {"published": "2020-01-31", "status": "provisional"}),
    (HALF, 150, {"published": "2020-06-15"}),
    (HALF, 120, {"published": "2021-06-15"}),
]
ORDERS = {"a": REVISED, "b": REVISED[::-1]}
HALFWAY = pd.Timestamp(HALF)


@pytest.mark.parametrize(
    ("as_of", "value", "provisional"),
    [
        ("2020-01-30", NAN, False), ("2020-01-31", 140, True), ("2020-06-14", 140, True), ("2020-06-15", 150, False),
        (LATER, 120, False),
    ],
)  # fmt: skip
def test_last_value_published_up_to_the_as_of_date_is_used(as_of, value, provisional):
    # in whatever order they stand in the file
    rows = [(day, value, more | {"indicator": name}) for name, own in ORDERS.items() for day, value, more in own]
    found = assess(indicators(*({"id": name} for name in ORDERS)), measured(*rows), HALFWAY, pd.Timestamp(as_of))
    assert found["value"].tolist() == pytest.approx([value] * 2, nan_ok=True)
    assert found["provisional"].tolist() == [provisional] * 2


def test_a_late_revision_of_an_old_value_does_not_replace_a_newer_one():
    assert judge({}, ("2018-12-31", 120), (HALF, 150), ("2018-12-31", 125, {"published": "2021-01-01"})).value == 150


# few dates, so that vintages of one value are common; START makes them revise a baseline
DATES = st.sampled_from([START, "2017-12-31", "2018-12-31", "2020-06-30", "2020-12-31", "2021-06-30"])
VINTAGE = st.tuples(st.sampled_from("ab"), DATES, st.integers(0, 900), st.integers(0, 400), st.booleans())
VINTAGES = st.lists(VINTAGE, max_size=9, unique_by=lambda vintage: vintage[:3])
AS_OF = pd.Timestamp("2021-02-14")


def rows_of(vintages: list[tuple], published_from: str = START) -> list[tuple]:
    """Rows of the two goals a and b out of drawn vintages: indicator, date, days until published, value, break."""
    rows = []
    for indicator, day, lag, value, broken in vintages:
        published = max(pd.Timestamp(day) + pd.Timedelta(days=lag), pd.Timestamp(published_from))
        rows.append((day, value, {"indicator": indicator, "published": published, "method_break": broken}))
    return rows


def assert_equal_on_as_of(one: list[tuple], other: list[tuple]) -> None:
    """That the goals a and b come out the same by rows of either kind, judged side by side."""
    goals = [{"id": "a"}, {"id": "b", "anchor": "moving", "target_kind": "change"}]
    table = indicators(*(goal | {"id": goal["id"] + world} for world in "12" for goal in goals))
    rows = [
        (day, value, more | {"indicator": more["indicator"] + world})
        for world, own in zip("12", (one, other), strict=True)
        for day, value, more in own
    ]
    found = assess(table, measured(*rows), pd.Timestamp("2020-12-31"), AS_OF).assign(id=["a", "b"] * 2)
    pd.testing.assert_frame_equal(found[:2], found[2:].reset_index(drop=True))


@few
@given(VINTAGES, VINTAGES)
def test_unpublished_vintages_never_change_an_older_result(vintages, later):
    rows, unpublished = rows_of(vintages), rows_of(later, published_from="2021-02-15")
    assert_equal_on_as_of(rows, rows + unpublished)


@few
@given(VINTAGES.flatmap(lambda vintages: st.tuples(st.just(vintages), st.permutations(vintages))))
def test_row_order_never_matters(orders):
    assert_equal_on_as_of(*map(rows_of, orders))


def test_goals_are_judged_each_by_its_own_values_in_the_order_given():
    goals = indicators({"id": "b"}, {"id": "a"}, {"id": "c"})
    values = measured((HALF, 150), (HALF, 90, {"indicator": "b"}), (HALF, 150, {"indicator": "elsewhere"}))
    result = assess(goals, values, pd.Timestamp(HALF), pd.Timestamp(LATER))
    assert result["id"].tolist() == ["b", "a", "c"]
    assert result["status"].tolist() == ["worsening", "on_course", "no_measurement"]


# --- method breaks ----------------------------------------------------------------------------------------------


def test_attainment_is_never_computed_across_a_method_break():
    cases = [
        ({}, 150, "not_met_no_baseline"),
        ({}, 200, "met"),
        ({"target_kind": "change", "target_value": 100}, 199, "not_comparable"),
        ({"baseline_value": 210}, 190, "not_met_no_baseline"),
    ]
    rows = [("2017-12-31", 110), ("2018-12-31", 140, BREAK)]
    found = judge_each(*((changes, [*rows, (HALF, value)]) for changes, value, _ in cases))
    for (*case, status), result in zip(cases, found, strict=True):
        assert (result.broken, result.status, result.target) == (True, status, 200), case
        assert result[["attainment", "pace", "path", "lead", "baseline"]].isna().all(), case


def test_after_a_break_the_change_counts_from_the_first_value_of_the_new_method():
    result = judge({}, ("2017-12-31", 110), ("2018-12-31", 140, BREAK), (HALF, 150))
    assert (result.change_since, result.change_per_year) == (pd.Timestamp("2018-12-31"), 10)


@pytest.mark.parametrize(
    "rows",
    [
        [(START, 100, BREAK), (HALF, 150)],
        [("2015-12-31", 90, BREAK), (HALF, 150)],
        [(HALF, 150), ("2020-06-30", 150, BREAK)],
        [("2018-12-31", 140, BREAK | {"published": "2020-09-01"}), (HALF, 150)],
        [("2018-12-31", 140, BREAK), ("2018-12-31", 140, {"published": "2019-06-01"}), (HALF, 150)],
    ],
    ids=["on the baseline date", "before it", "after the reference date", "not yet published", "withdrawn"],
)
def test_break_that_does_not_lie_between_baseline_and_value_breaks_nothing(rows):
    result = judge({}, *rows, as_of="2020-02-14")
    assert (result.broken, result.attainment, result.status) == (False, 0.5, "on_course")


def test_only_the_goal_with_the_break_is_broken():
    values = measured((HALF, 150), ("2018-12-31", 1, BREAK | {"indicator": "b"}), (HALF, 150, {"indicator": "b"}))
    result = assess(indicators({}, {"id": "b"}), values, pd.Timestamp(HALF), pd.Timestamp(LATER))
    assert result["broken"].tolist() == [False, True]


# --- what holds for any goal ------------------------------------------------------------------------------------
NUMBER = st.integers(-500, 500)
DIRECTION = st.sampled_from(["at_least", "at_most"])
DAY = st.sampled_from([START, "2017-07-01", HALF, "2021-12-31", "2022-07-01"])
GOALS = st.lists(st.tuples(DIRECTION, NUMBER, NUMBER, NUMBER, DAY), min_size=1, max_size=12)
SCALE_FREE = ["attainment", "pace", "lead"]


def assert_same_course(one: pd.DataFrame, other: pd.DataFrame) -> None:
    pd.testing.assert_frame_equal(one[SCALE_FREE], other[SCALE_FREE], rtol=1e-9, atol=1e-9)
    assert one["status"].tolist() == other["status"].tolist()


@few
@given(GOALS, st.sampled_from([0.01, 0.45359237, 1000.0]))
def test_attainment_pace_and_status_do_not_depend_on_the_unit(goals, factor):
    plain, scaled = judge_lists(goals, [(way, b * factor, t * factor, v * factor, day) for way, b, t, v, day in goals])
    assert_same_course(plain, scaled)
    assert scaled["gap"].tolist() == pytest.approx((plain["gap"] * factor).tolist())


@few
@given(GOALS)
def test_mirroring_values_and_direction_changes_nothing_and_met_is_nothing_left_to_go(goals):
    other = {"at_least": "at_most", "at_most": "at_least"}
    plain, mirror = judge_lists(goals, [(other[way], -b, -t, -v, day) for way, b, t, v, day in goals])
    assert_same_course(plain, mirror)
    assert mirror[["gap", "keep", "met"]].equals(plain[["gap", "keep", "met"]])
    assert mirror["path"].tolist() == pytest.approx((-plain["path"]).tolist(), nan_ok=True)
    # met exactly when nothing is left to go
    assert (plain["met"] == (plain["gap"] <= 0)).all()
    assert (plain["met"] == (plain["status"] == "met")).all()


@few
@given(st.tuples(DIRECTION, NUMBER, NUMBER, DAY), st.lists(NUMBER, min_size=2, max_size=12))
def test_a_better_value_never_gives_a_worse_status(goal, values):
    direction, baseline, target, day = goal
    worst_first = sorted(values, reverse=direction == "at_most")
    result = judge_all([(direction, baseline, target, value, day) for value in worst_first])
    ranks = [KNOWN.index(status) for status in result["status"]]
    assert ranks == sorted(ranks, reverse=True)


@few
@given(st.lists(st.tuples(NUMBER, NUMBER).filter(lambda pair: pair[0] != pair[1]), min_size=1, max_size=12))
def test_value_on_the_path_has_pace_one_and_no_lead(pairs):
    halfway = [(b + t) / 2 for b, t in pairs]
    result = judge_all([("", b, t, value, HALF) for (b, t), value in zip(pairs, halfway, strict=True)])
    assert result["path"].tolist() == pytest.approx(halfway)
    assert result["pace"].tolist() == pytest.approx([1] * len(pairs))
    assert result["lead"].tolist() == pytest.approx([0] * len(pairs), abs=1e-9)


def test_attainment_of_several_goals_at_once():
    goals = pd.DataFrame({"baseline": [93_000, 40, 5, NAN], "target": [100_000, 0, 5, 9], "value": [98_600, 50, 6, 7]})
    assert attainment(goals).tolist() == pytest.approx([0.8, -0.25, NAN, NAN], nan_ok=True)


# --- empty tables -----------------------------------------------------------------------------------------------
def test_without_measurements_every_goal_says_so():
    goals = indicators({}, {"id": "b"} | NO_BASELINE, {"id": "c"} | NO_TARGET)
    result = assess(goals, measured(), pd.Timestamp(HALF), pd.Timestamp(LATER))
    assert result["status"].tolist() == ["no_measurement"] * 3
    assert known_values(measured(), pd.Timestamp(HALF), pd.Timestamp(LATER)).empty
    assert series(goals, measured(), pd.Timestamp(HALF), pd.Timestamp(LATER)).empty


@pytest.mark.parametrize("rows", [[], [(HALF, 150)]])
def test_without_indicators_nothing_is_assessed(rows):
    result = assess(indicators(), measured(*rows), pd.Timestamp(HALF), pd.Timestamp(LATER))
    assert result.empty
    assert {"status", "attainment", "certainty"} <= set(result.columns)
