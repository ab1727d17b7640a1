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
    measured,
)  # fmt: skip
from hypothesis import given
from hypothesis import strategies as st

from binnenstad.goals import assess, decimal_year, roll_up, series
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


@pytest.mark.parametrize(
    ("changes", "value"), [({"target_date": "2015-12-31"}, 150), ({"direction": None}, 150), ({"lower_limit": 0}, -5)]
)
def test_nothing_is_computed_from_invalid_input(changes, value):
    result = judge(changes, (HALF, value))
    assert result[COMPUTED].isna().all()
    assert not result.met


@pytest.mark.parametrize("value", [0.0, 300.0])
def test_value_on_its_natural_limit_is_valid(value):
    assert judge({"lower_limit": 0, "upper_limit": 300}, (HALF, value)).status != "invalid"


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


@pytest.mark.parametrize(("value", "share"), [(50, -0.5), (100, 0), (250, 1.5)])
def test_attainment_is_not_clipped(value, share):
    assert judge({}, (HALF, value)).attainment == share


def test_pace_is_computed_at_the_date_of_the_value_not_of_the_report():
    on_time, old = (judge({}, ("2018-12-31", 130), on=day) for day in ("2018-12-31", "2020-12-31"))
    assert old.pace == on_time.pace == pytest.approx(0.9)
    assert (old.path, old.lead) == (on_time.path, on_time.lead)
    assert (old.status, old.stale, on_time.status, on_time.stale) == ("behind", True, "behind", False)


def test_needed_per_year_counts_from_the_value_to_the_target_date():
    assert judge({}, ("2020-12-31", 140), on="2021-06-30").needed_per_year == pytest.approx(30)


@pytest.mark.parametrize("day", [HALF, END])
def test_nothing_more_is_needed_of_a_goal_that_is_met(day):
    result = judge({}, (day, 200), on=day)
    assert math.isnan(result.needed_per_year)
    assert result.met


def test_a_path_ends_at_its_target():
    """Measured half a year after the target date, in the year of that date: the path asked no more than the target."""
    for shape in ({}, {"path_shape": "growth"}):
        assert judge({"target_date": "2022-06-30"} | shape, (END, 180), on=END).path == pytest.approx(200)


def test_on_the_target_date_no_time_is_left():
    """Nothing is needed, ahead or foreseen, also where the final measurement is not in yet."""
    rows = [("2018-12-31", 140), (HALF, 155), ("2020-12-31", 165), ("2021-12-31", 187)]
    before, due = (judge({}, *rows, on=day) for day in ("2022-12-30", END))
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
    result = judge({"direction": "at_most", "target_value": 0}, (HALF, 40))
    expected = {"attainment": 0.6, "pace": 1.2, "path": 50, "gap": 40, "lead": 0.6, "needed_per_year": -40 / 3}
    assert result[list(expected)].astype(float).to_dict() == pytest.approx(expected)
    assert judge({"direction": "at_most", "target_value": 0}, (HALF, 0)).status == "met"


def test_negative_values():
    loss = {"baseline_value": -80, "target_value": -20}
    result = judge(loss, (HALF, -65))
    assert (result.attainment, result.path, result.gap) == pytest.approx((0.25, -50, 45))
    assert judge(loss, (HALF, -90)).status == "worsening"
    assert judge(loss, (HALF, -20)).status == "met"


GROWTH = {"path_shape": "growth"}


@pytest.mark.parametrize(
    ("day", "value"), [(HALF, 100 * 2**0.5), ("2017-12-31", 100 * 2 ** (1 / 6)), ("2022-12-30", 200.0)]
)
def test_who_follows_a_path_of_growth_has_pace_one_and_no_lead(day, value):
    """100 becomes 200 in six years: every year 2^(1/6), 12.2 % more."""
    goal = judge(GROWTH, (day, value), on=day)
    assert goal["path"] == pytest.approx(value, rel=1e-3)
    assert goal["pace"] == pytest.approx(1.0, rel=1e-3)
    assert goal["lead"] == pytest.approx(0.0, abs=1e-2)
    assert judge({}, (HALF, 100 * 2**0.5))["status"] == "behind"
    assert goal["status"] in ("on_course", "met")


def test_a_path_of_growth_never_passes_zero():
    goal = judge(GROWTH | {"baseline_value": -100.0}, (HALF, 50.0))
    straight = judge({"baseline_value": -100.0}, (HALF, 50.0))
    assert goal[["path", "pace", "lead"]].tolist() == straight[["path", "pace", "lead"]].tolist()
    assert pd.isna(judge(GROWTH | NO_BASELINE, (HALF, 150.0))["path"])
    assert judge(GROWTH, (START, 100.0))["status"] == "at_start"


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


@pytest.mark.parametrize(
    ("kind", "x", "baseline", "value", "direction"),
    [
        ("absolute", 0.6, 0.5, 0.6, "at_least"), ("change", 7000, 93_000, 100_000, "at_least"),
        ("change", 0.2, 0.1, 0.3, "at_least"), ("change", 0.1, 0.7, 0.8, "at_least"),
        ("change", -0.1, 0.8, 0.7, "at_most"), ("relative", 0.1, 200, 220, "at_least"),
        ("relative", -0.3, 12_000, 8_400, "at_most"),
    ],
)  # fmt: skip
def test_exactly_equal_is_met(kind, x, baseline, value, direction):
    """As the reader computes it: 200 and 10 % more is 220, whatever binary fractions make of it."""
    changes = {"target_kind": kind, "target_value": x, "baseline_value": baseline, "direction": direction}
    assert judge(changes, (HALF, value)).status == "met"
    assert judge(changes, (END, value), on=END).status == "met"


@pytest.mark.parametrize("short", [1e-3, 1e-6])
def test_a_hair_short_is_not_met(short):
    assert judge({}, (END, 200 - short), on=END).status == "not_met"


@pytest.mark.parametrize(
    ("anchor", "kind", "x", "target", "baseline"),
    [
        ("contract", "change", 100, 200, 110), (None, "change", 100, 200, 110), ("moving", "change", 100, 210, 110),
        ("contract", "relative", 0.5, 150, 110), ("moving", "relative", 0.5, 165, 110),
        ("moving", "absolute", 200, 200, 110),
    ],
)  # fmt: skip
def test_anchor_decides_whether_a_revised_baseline_moves_the_target(anchor, kind, x, target, baseline):
    changes = {"anchor": anchor, "target_kind": kind, "target_value": x}
    result = judge(changes, (START, 100), (START, 110, {"published": "2018-03-01"}), (HALF, 130))
    assert (result.target, result.baseline) == pytest.approx((target, baseline))
    assert result.attainment == pytest.approx((130 - baseline) / (target - baseline))


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
    def status(pace: Fraction) -> list[str]:
        ends = [tuple(map(Fraction, pair)) for pair in PAIRS]
        return judge_all([("", b, t, b + (t - b) * pace / 2, HALF) for b, t in ends])["status"].tolist()

    assert status(Fraction(cut)) == [at] * len(PAIRS)
    assert status(Fraction(cut) - Fraction(1, 10**7)) == [below] * len(PAIRS)
    assert status(Fraction(cut) + Fraction(1, 10**7)) == [at] * len(PAIRS)


# --- freshness, flags, deadline ---------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("day", "on", "stale"),
    [
        (HALF, HALF, False), ("2018-12-31", "2019-12-31", False), ("2018-12-30", "2019-12-31", True),
        ("2019-12-31", "2020-12-31", False),
        # a year is a year, also where 29 February makes it longer
        ("2019-03-31", "2020-03-31", False), ("2019-06-30", "2020-06-30", False), ("2019-09-30", "2020-09-30", False),
        ("2019-09-29", "2020-09-30", True), ("2020-09-30", "2021-09-30", False), ("2020-09-30", "2021-10-01", True),
    ],
)  # fmt: skip
def test_value_is_stale_when_older_than_one_year(day, on, stale):
    assert judge({}, (day, 150), on=on).stale == stale


@pytest.mark.parametrize(("limit", "stale"), [(0.25, True), (1.0, True), (2.0, False), (NAN, True)])
def test_indicator_may_have_a_maximum_age_of_its_own(limit, stale):
    result = judge({"maximum_age_years": limit}, ("2018-06-30", 150))
    assert result.stale == stale
    assert result.age == pytest.approx(1 + 184 / 365)


def test_nothing_measured_has_no_age_and_no_flags():
    result = judge({"kind": "stock"})
    assert result.certainty == ""
    assert result[["value", "age", "gap", "attainment", "needed_per_year"]].isna().all()
    assert not result[["stale", "provisional", "illustrative", "met", "broken"]].any()


@pytest.mark.parametrize("flag", [{"status": "provisional"}, {"illustrative": True}])
def test_flags_are_those_of_the_value_used(flag):
    name = "provisional" if "status" in flag else "illustrative"
    assert judge({}, ("2018-12-31", 120), (HALF, 150, flag))[name]
    assert not judge({}, ("2018-12-31", 120, flag), (HALF, 150))[name]


@pytest.mark.parametrize(
    ("rows", "on", "status", "pending"),
    [
        ([("2021-12-31", 190)], "2021-12-31", "on_course", False),
        ([("2021-12-31", 190)], "2022-03-31", "on_course", True),
        ([("2021-12-31", 200)], END, "met", True),
        ([("2021-12-31", 160)], END, "behind", True),
        ([("2021-12-31", 160), ("2022-10-01", 160)], END, "not_met", False),
        ([("2021-12-31", 160)], AFTER, "not_measured_in_target_year", False),
    ],
)
def test_target_year_before_its_measurement_is_judged_on_the_last_value(rows, on, status, pending):
    result = judge({}, *rows, on=on)
    assert (result.status, result.final_pending) == (status, pending)


QUARTERS = {"kind": "stock"}, [("2021-09-30", 198), ("2021-12-31", 199.64), ("2022-03-31", 198.75)]
MONTHS = {"kind": "stock"}, [("2021-11-30", 190), ("2021-12-31", 190), ("2022-01-31", 201)]
HALF_YEARS = {"kind": "stock"}, [("2021-06-30", 190), ("2021-12-31", 190), ("2022-06-30", 180)]
YEARS = {"kind": "stock"}, [("2020-07-01", 180), ("2021-07-01", 190), ("2022-07-01", 201)]


@pytest.mark.parametrize(
    ("series", "more", "on", "status", "pending"),
    [
        (QUARTERS, [], "2022-03-31", "on_course", True), (MONTHS, [], "2022-01-31", "met", True),
        (HALF_YEARS, [], "2022-09-30", "behind", True), (YEARS, [], "2022-09-30", "met", True),
        (QUARTERS, [], END, "on_course", True), (QUARTERS, [], AFTER, "not_measured_in_target_year", False),
        (QUARTERS, [(END, 199)], END, "not_met", False), (QUARTERS, [(END, 200)], AFTER, "met", False),
        (MONTHS, [("2022-12-15", 199)], END, "not_met", False), (YEARS, [], END, "met", False),
        (HALF_YEARS, [("2022-09-30", 199)], END, "not_met", False),
        (QUARTERS, [(END, 199), ("2023-03-31", 250)], AFTER, "not_met", False),
    ],
)  # fmt: skip
def test_the_final_verdict_comes_once_the_target_date_is_there(series, more, on, status, pending):
    """And by the value of the month, quarter or year of that date: what January says never ends a year."""
    changes, rows = series
    result = judge(changes, *rows, *more, on=on)
    assert (result.status, result.final_pending) == (status, pending)


@pytest.mark.parametrize(("on", "status"), [("2022-03-31", "on_course"), ("2022-06-30", "not_met")])
def test_a_deadline_within_a_year_falls_on_its_own_quarter(on, status):
    rows = [(f"{day}", 100 + at * 4.5) for at, day in enumerate(pd.date_range(START, "2022-12-31", freq="QE").date)]
    result = judge({"target_date": "2022-06-30", "kind": "stock"}, *rows, on=on)
    assert (result.status, result.final_pending) == (status, status == "on_course")
    later = judge({"target_date": "2022-06-30", "kind": "stock"}, *rows, on=AFTER)
    assert (later.status, later.value) == ("not_met", 199)


def test_without_a_target_or_with_faulty_input_no_verdict_is_to_come():
    assert not judge(NO_TARGET | {"target_date": END}, ("2021-12-31", 150), on=END).final_pending
    assert not judge({"direction": None}, ("2021-12-31", 150), on=END).final_pending


DAYS = [("2019-01-31", "2019-02-28", "2019-03-31"), ("2019-01-31", "2019-03-31", "2019-05-31"),
        ("2018-12-31", "2019-03-31", "2019-06-30"), ("2019-01-31", "2019-05-31", "2019-09-30"),
        ("2018-06-30", "2018-12-31", "2019-06-30"), ("2016-10-01", "2017-10-03", "2019-09-28")]  # fmt: skip


@pytest.mark.parametrize(("days", "months"), [*zip(DAYS, [1, 2, 3, 4, 6, 12], strict=True), (DAYS[0][:1], 12)])
def test_the_rhythm_of_a_series_is_seen_from_its_dates(days, months):
    assert judge({"kind": "stock"}, *((day, 150) for day in days)).rhythm == months


def test_a_missing_quarter_leaves_the_rhythm_and_more_frequent_counting_changes_it_soon():
    missing = ["2018-09-30", "2018-12-31", "2019-06-30", "2019-09-30"]
    sooner = ["2015-12-31", "2016-12-31", "2017-12-31", "2018-12-31", "2019-03-31", "2019-06-30"]
    found = [judge({"kind": "stock"}, *((day, 150) for day in days)).rhythm for days in (missing, sooner)]
    assert found == [3, 3]


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


@pytest.mark.parametrize(
    ("as_of", "value", "provisional"),
    [
        ("2020-01-30", NAN, False), ("2020-01-31", 140, True), ("2020-06-14", 140, True), ("2020-06-15", 150, False),
        (LATER, 120, False),
    ],
)  # fmt: skip
def test_last_value_published_up_to_the_as_of_date_is_used(as_of, value, provisional):
    for rows in (REVISED, REVISED[::-1]):
        result = judge({}, *rows, as_of=as_of)
        assert result.value == pytest.approx(value, nan_ok=True)
        assert result.provisional == provisional


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


def result_on_as_of(rows: list[tuple]) -> pd.DataFrame:
    goals = indicators({}, {"id": "b", "anchor": "moving", "target_kind": "change"})
    return assess(goals, measured(*rows), pd.Timestamp("2020-12-31"), AS_OF)


@few
@given(VINTAGES, VINTAGES)
def test_unpublished_vintages_never_change_an_older_result(vintages, later):
    rows, unpublished = rows_of(vintages), rows_of(later, published_from="2021-02-15")
    pd.testing.assert_frame_equal(result_on_as_of(rows), result_on_as_of(rows + unpublished))


@few
@given(VINTAGES.flatmap(lambda vintages: st.tuples(st.just(vintages), st.permutations(vintages))))
def test_row_order_never_matters(orders):
    given_order, shuffled = map(rows_of, orders)
    pd.testing.assert_frame_equal(result_on_as_of(given_order), result_on_as_of(shuffled))


def test_goals_are_judged_each_by_its_own_values_in_the_order_given():
    goals = indicators({"id": "b"}, {"id": "a"}, {"id": "c"})
    values = measured((HALF, 150), (HALF, 90, {"indicator": "b"}), (HALF, 150, {"indicator": "elsewhere"}))
    result = assess(goals, values, pd.Timestamp(HALF), pd.Timestamp(LATER))
    assert result["id"].tolist() == ["b", "a", "c"]
    assert result["status"].tolist() == ["worsening", "on_course", "no_measurement"]


# --- method breaks ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("changes", "value", "status"),
    [
        ({}, 150, "not_met_no_baseline"),
        ({}, 200, "met"),
        ({"target_kind": "change", "target_value": 100}, 199, "not_comparable"),
        ({"baseline_value": 210}, 190, "not_met_no_baseline"),
    ],
)
def test_attainment_is_never_computed_across_a_method_break(changes, value, status):
    result = judge(changes, ("2017-12-31", 110), ("2018-12-31", 140, BREAK), (HALF, value))
    assert (result.broken, result.status, result.target) == (True, status, 200)
    assert result[["attainment", "pace", "path", "lead", "baseline"]].isna().all()


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
    plain = judge_all(goals)
    scaled = judge_all([(way, b * factor, t * factor, v * factor, day) for way, b, t, v, day in goals])
    assert_same_course(plain, scaled)
    assert scaled["gap"].tolist() == pytest.approx((plain["gap"] * factor).tolist())


@few
@given(GOALS)
def test_mirroring_values_and_direction_changes_nothing(goals):
    other = {"at_least": "at_most", "at_most": "at_least"}
    plain, mirror = judge_all(goals), judge_all([(other[way], -b, -t, -v, day) for way, b, t, v, day in goals])
    assert_same_course(plain, mirror)
    assert mirror[["gap", "keep", "met"]].equals(plain[["gap", "keep", "met"]])
    assert mirror["path"].tolist() == pytest.approx((-plain["path"]).tolist(), nan_ok=True)


@few
@given(st.tuples(DIRECTION, NUMBER, NUMBER, DAY), st.lists(NUMBER, min_size=2, max_size=12))
def test_a_better_value_never_gives_a_worse_status(goal, values):
    direction, baseline, target, day = goal
    worst_first = sorted(values, reverse=direction == "at_most")
    result = judge_all([(direction, baseline, target, value, day) for value in worst_first])
    ranks = [KNOWN.index(status) for status in result["status"]]
    assert ranks == sorted(ranks, reverse=True)


@few
@given(GOALS)
def test_met_exactly_when_nothing_is_left_to_go(goals):
    result = judge_all(goals)
    assert (result["met"] == (result["gap"] <= 0)).all()
    assert (result["met"] == (result["status"] == "met")).all()


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
    assert roll_up(result).loc["programme", "total"] == 0
