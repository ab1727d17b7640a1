"""Which figure judges: one of a full year, on one scale, against the baseline as it is best known."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from goal_tables import END, HALF, LATER, NAN, NO_BASELINE, START, few, indicators, judge, measured
from hypothesis import given
from hypothesis import strategies as st

from binnenstad import goals
from binnenstad.goals import history
from binnenstad.goals.values import known_values, shown, year_figures
from binnenstad.programme.checked import Programme, check_programme

ONE = {"status": "final", "illustrative": "false", "source": "Telling"}


def quarter_ends(first: str, count: int, freq: str = "Q") -> list[str]:
    return [str(period.end_time.date()) for period in pd.period_range(first, periods=count, freq=freq)]


def quarterly(first: str, values: list[float], freq: str = "Q", **more: object) -> list[tuple]:
    return [(day, value, more) for day, value in zip(quarter_ends(first, len(values), freq), values, strict=True)]


def counted(edit: Callable[..., Path], rows: list[tuple], **goal: str) -> Programme:
    """Almelo with other values of 1a, each published on its own day, and perhaps another goal."""

    def replace_values(table: list[dict[str, str]]) -> None:
        own = [{"indicator": "1a", "date": day, "value": f"{value:.15g}", "published": day} for day, value, _ in rows]
        table[:] = [row for row in table if row["indicator"] != "1a"] + [ONE | row for row in own]

    folder = edit("measurements", replace_values).parent
    edit("indicators", lambda table: table[0].update(goal))
    return check_programme(folder)


def judged(programme: Programme, period: str) -> pd.DataFrame:
    """1a in every report up to a period."""
    moments = programme.moments(period)
    past = history(programme["indicators"], programme["measurements"], programme["decisions"], moments)
    return past[past["id"] == "1a"].set_index("period")


# --- one figure a year ------------------------------------------------------------------------------------------
YEAR_BY_YEAR = [93_000 + 900 * year + season for year in range(1, 7) for season in (-9_000, -1_500, -1_500, 12_000)]


@pytest.mark.parametrize("goal", [{}, {"kind": "stock", "seasonal": "true"}])
def test_a_seasonal_series_gets_one_steady_verdict(edit, goal):
    """1a with -9,000 in winter and +12,000 before Christmas, and 900 more each year of which 1,167 was agreed."""
    found = judged(counted(edit, quarterly("2017Q1", YEAR_BY_YEAR), **goal), "2022Q3")
    assert found["status"].unique().tolist() == ["behind"]
    assert found["year_mean"].all()
    # the mean of four quarters rises with each: 900 a year, and nothing of the 21,000 between winter and Christmas
    assert found["value"].diff().dropna().abs().max() == pytest.approx(225)
    assert found["value"].iloc[-1] == pytest.approx(np.mean(YEAR_BY_YEAR[19:23]))


def test_the_first_quarter_of_the_last_year_judges_nothing(edit):
    """99,640 at the end of 2021 and 98,750 in March 2022: no final verdict, and no fall."""
    rising = [93_500 + 291 * at for at in range(19)]
    programme = counted(edit, quarterly("2017Q1", [*rising, 99_640, 98_750]))
    now = judged(programme, "2022Q1").iloc[-1]
    assert (now["status"], now["final_pending"], now["year_mean"]) == ("on_course", True, True)
    assert now["value"] == pytest.approx((rising[17] + rising[18] + 99_640 + 98_750) / 4)


def test_the_final_value_of_a_flow_is_the_mean_of_the_target_year():
    rows = quarterly("2020Q1", [150, 150, 150, 150, 160, 160, 160, 160, 180, 190, 210, 220])
    result = judge({}, *rows, on=END)
    assert (result.value, result.status, result.date) == (200, "met", pd.Timestamp(END))
    assert judge({}, *rows[:-1], ("2022-12-31", 219.9), on=END).status == "not_met"
    # three quarters of that year are no figure of it, however high
    over = judge({}, *rows[:-1], on="2023-06-30")
    assert (over.status, over.value) == ("not_measured_in_target_year", 185)


def test_stocks_and_marks_are_judged_by_their_last_value():
    rows = quarterly("2018Q1", [150, 150, 150, 150, 150, 150, 150, 130])
    for kind in ("stock", "cumulative", "survey_mean"):
        result = judge({"kind": kind}, *rows)
        assert (result.value, result.year_mean, result.part_year) == (130, False, False)
    assert judge({"kind": "survey_mean", "seasonal": True}, *rows).value == 145


@pytest.mark.parametrize("count", [12, 6, 4, 3, 2])
def test_a_year_takes_all_its_periods(count):
    days = pd.date_range(end=HALF, periods=2 * count, freq=f"{12 // count}ME")
    rows = [(str(day.date()), 100.0 + at) for at, day in enumerate(days)]
    assert judge({}, *rows).value == pytest.approx(100 + count + (count - 1) / 2)
    # of the last year one is missing: what judges is the year that ended with the period before it
    gap = [*rows[: count + 1], *rows[count + 2 :]] if count > 2 else rows[:-1]
    assert judge({}, *gap).value == pytest.approx(101 + (count - 1) / 2)


def test_before_a_full_year_there_is_no_figure_and_the_report_can_say_of_how_much():
    rows = quarterly("2019Q2", [150, 160, 170])
    result = judge({}, *rows)
    assert (result.status, result.part_year) == ("no_measurement", True)
    assert (result.periods_known, 12 / result.rhythm) == (3, 4)
    assert np.isnan([result.value, result.attainment, result.gap]).all()
    whole = judge({}, ("2019-03-31", 120), *rows)
    assert (whole.value, whole.part_year) == (150, False)
    assert np.isnan(whole.periods_known)
    assert not judge({}).part_year


def test_a_yearly_value_is_a_figure_of_a_year_also_before_a_series_became_quarterly():
    yearly = [("2016-12-31", 100), ("2017-12-31", 110), ("2018-12-31", 130)]
    rows = quarterly("2019Q1", [90, 130, 130, 190])
    found = [judge({}, *yearly, *rows[:count], on="2020-12-31") for count in range(5)]
    assert [one.value for one in found] == [130, 130, 130, 130, 135]
    assert [one.year_mean for one in found] == [False] * 4 + [True]
    assert found[-1].change_per_year == pytest.approx(35 / 3)


@pytest.mark.parametrize(
    ("days", "months"),
    [
        (["2017-12-31", "2018-12-31", "2019-12-31"], [12, 12, 12]),
        (["2017-12-31", "2018-12-31", "2019-03-31", "2019-06-30"], [12, 12, 3, 3]),
        (["2018-12-31", "2019-03-31", "2019-06-30", "2019-12-31"], [3, 3, 3, 3]),
        (["2018-09-30", "2018-12-31", "2019-03-31", "2020-03-31"], [3, 3, 3, 3]),
        (["2015-12-31", "2017-12-31"], [12, 12]), (["2018-11-30", "2018-12-31", "2019-02-28"], [1, 1, 1]),
    ],
)  # fmt: skip
def test_how_many_months_a_value_covers(days, months):
    known = known_values(measured(*((day, 1) for day in days)), pd.Timestamp(LATER), pd.Timestamp(LATER))
    assert shown(known, indicators({}))[0]["months"].tolist() == months


def test_the_margin_of_a_year_follows_from_its_parts():
    rows = [
        (day, 150, {"standard_error": error})
        for day, error in zip(quarter_ends("2019Q1", 4), (2, 4, 6, 8), strict=True)
    ]
    result = judge({}, *rows)
    error = (4 + 16 + 36 + 64) ** 0.5 / 4
    assert result.value_error == pytest.approx(error)
    assert (result.low, result.high) == pytest.approx((150 - 1.96 * error, 150 + 1.96 * error), abs=1e-3)
    assert judge({}, *rows[:-1], (HALF, 150)).certainty == "unknown"
    assert judge({"kind": "stock", "seasonal": True}, *quarterly("2019Q1", [150] * 4)).certainty == "count"


def test_a_year_is_as_provisional_illustrative_and_incomplete_as_its_parts():
    flags = [{"status": "provisional"}, {"illustrative": True}, {}, {}]
    rows = [(day, 150, {"valid_weeks": 13} | flag) for day, flag in zip(quarter_ends("2019Q1", 4), flags, strict=True)]
    result = judge({}, *rows)
    assert (result.provisional, result.illustrative, result.incomplete) == (True, True, False)
    assert judge({}, *rows[:-1], (HALF, 150, {"valid_weeks": 0.5})).incomplete
    kind = {"kind": "survey_mean", "seasonal": True}
    assert not judge(kind, *quarterly("2019Q1", [150] * 4, respondents=40)).few


@pytest.mark.parametrize(("weeks", "incomplete"), [(13, False), (10, False), (9, True)])
def test_a_quarter_of_a_stock_has_13_weeks_and_not_40(weeks, incomplete):
    rows = quarterly("2018Q4", [150] * 5, valid_weeks=weeks)
    assert judge({"kind": "stock"}, *rows).incomplete == incomplete


def test_a_year_never_spans_a_method_break():
    rows = quarterly("2018Q1", [100] * 4) + [
        ("2019-03-31", 200, {"method_break": True}),
        *quarterly("2019Q2", [200] * 3),
    ]
    found = [judge({}, *rows[:count], on=END, as_of=END) for count in range(4, 9)]
    assert [one.value for one in found] == [100] * 4 + [200]
    assert [one.broken for one in found] == [False] * 4 + [True]


@few
@given(st.lists(st.integers(0, 400), min_size=4, max_size=16))
def test_a_figure_is_the_mean_of_the_quarters_and_never_of_others(values):
    rows = quarterly("2016Q1", [float(value) for value in values])
    known = known_values(measured(*rows), pd.Timestamp(LATER), pd.Timestamp(LATER))
    table = indicators({})
    found = year_figures(shown(known, table)[0], table)
    assert found["value"].tolist() == pytest.approx([np.mean(values[at - 3 : at + 1]) for at in range(3, len(values))])
    assert found["date"].tolist() == known["date"].tolist()[3:]


# --- method breaks and bridges ----------------------------------------------------------------------------------
BREAK, CHANGE = {"method_break": True}, {"target_kind": "change", "target_value": 100}
BRIDGE = BREAK | {"bridge": 1.2, "bridge_error": 0.03}
RELATIVE = {"target_kind": "relative", "target_value": 1.0}


@pytest.mark.parametrize("target", [CHANGE, RELATIVE])
@pytest.mark.parametrize(("value", "on"), [(250, HALF), (150, HALF), (250, END)])
def test_a_change_across_a_method_break_is_not_comparable(target, value, on):
    rows = [("2017-12-31", 110), ("2018-12-31", 140, BREAK), (on, value)]
    result = judge(target, *rows, on=on)
    assert (result.status, result.broken, result.target) == ("not_comparable", True, 200)
    assert result[["gap", "attainment", "needed_per_year", "forecast", "baseline"]].isna().all()
    assert (result.met, result.certainty, result.outlook) == (False, "", "")
    # what was agreed whatever the method stays judged, and what moved since the break is known
    assert judge({}, *rows, on=on).status == ("met" if value == 250 else "not_met_no_baseline")
    assert result.change_since == pd.Timestamp("2018-12-31")


@pytest.mark.parametrize("target", [CHANGE, RELATIVE])
def test_a_bridge_puts_what_was_before_the_break_on_the_new_scale(target):
    rows = [("2017-12-31", 110), ("2018-12-31", 140, BRIDGE), (HALF, 180)]
    result = judge(target | {"kind": "stock"}, *rows)
    assert (result.status, result.broken) == ("on_course", False)
    assert (result.baseline, result.agreed_baseline, result.target) == pytest.approx((120, 120, 240))
    assert (result.value, result.attainment, result.change_per_year) == pytest.approx((180, 0.5, 20))
    # 120 and 132 carry the error of the bridge: 120 x 0.03/1.2
    assert (result.baseline_error, result.value_error) == pytest.approx((3, 0))
    assert (result.points, result.drift) == (4, pytest.approx(20))


def test_two_bridges_follow_each_other_and_a_later_one_leaves_an_earlier_verdict():
    rows = [("2017-12-31", 110, BRIDGE), ("2018-12-31", 140, BREAK | {"bridge": 0.5, "bridge_error": 0.02}), (HALF, 80)]
    result = judge(CHANGE | {"kind": "stock"}, *rows)
    assert (result.baseline, result.target) == pytest.approx((60, 120))
    assert result.baseline_error == pytest.approx(60 * ((0.03 / 1.2) ** 2 + (0.02 / 0.5) ** 2) ** 0.5)
    due = [(START, 100), (END, 200), ("2023-12-31", 300, BRIDGE)]
    over = judge({"kind": "stock"}, *due, on="2023-12-31")
    assert (over.value, over.baseline, over.target, over.status) == (200, 100, 200, "met")
    assert (over.later_value, over.later_date) == (300, pd.Timestamp("2023-12-31"))


def test_a_year_may_span_a_bridged_break():
    rows = [*quarterly("2019Q1", [100, 100]), ("2019-09-30", 130, BRIDGE), (HALF, 130)]
    result = judge({}, *rows)
    assert result.value == pytest.approx((120 + 120 + 130 + 130) / 4)
    assert result.baseline == pytest.approx(120)


def test_a_bridge_after_the_judged_year_leaves_it_on_its_own_scale():
    """The quarter after it is missing, so the year of the bridge is no figure yet."""
    rows = [*quarterly("2019Q1", [180, 190, 210, 220]), ("2020-06-30", 300, BRIDGE)]
    result = judge({"target_value": 200.0}, *rows, on="2020-06-30")
    assert (result.value, result.baseline, result.status) == (200, 100, "met")


def test_a_measured_baseline_without_a_margin_keeps_the_agreed_one():
    changes = {"kind": "survey_mean", "baseline_standard_error": 4}
    result = judge(changes, (START, 90), (HALF, 150, {"standard_error": 3}))
    assert (result.baseline, result.baseline_error, result.begin_error, result.change_certainty) == (90, 4, 4, "change")


def test_a_baseline_agreed_after_the_break_lifts_it():
    rows = [("2017-12-31", 110), ("2018-12-31", 140, BREAK), (HALF, 180)]
    result = judge(CHANGE | {"baseline_value": 140, "baseline_date": "2018-12-31"}, *rows)
    assert (result.broken, result.target, result.attainment) == (False, 240, pytest.approx(0.4))


def test_the_break_of_a_hidden_value_still_breaks():
    """12 answers say nothing of the city, and all the same that the question is another."""
    goal = CHANGE | {"kind": "survey_share", "baseline_value": 0.3, "target_value": 0.1}
    rows = [("2017-12-31", 0.3, {"respondents": 400}), ("2018-12-31", 0.9, BREAK | {"respondents": 12})]
    result = judge(goal, *rows, (HALF, 0.44, {"respondents": 400}))
    assert (result.status, result.broken, result.change_since) == ("not_comparable", True, pd.Timestamp(HALF))
    shown_values = goals.series(
        indicators(goal), measured(*rows, (HALF, 0.44)), pd.Timestamp(HALF), pd.Timestamp(LATER)
    )
    assert shown_values["method_break"].tolist() == [False, True]


# --- anchor and baseline ----------------------------------------------------------------------------------------
def test_a_revised_baseline_counts_for_attainment_and_the_contract_for_the_target(edit):
    """Agreed 93,000 and 7,000 more; 2016 turns out to have been 90,000, so 95,000 is halfway to 100,000."""
    rows = [("2016-12-31", 90_000, {}), ("2017-12-31", 91_500, {}), ("2018-12-31", 93_000, {}), (HALF, 95_000, {})]
    contract, moving = (
        judged(counted(edit, rows, anchor=anchor), "2019Q4").iloc[-1] for anchor in ("contract", "moving")
    )
    assert (contract["agreed_baseline"], contract["baseline"], contract["target"]) == (93_000, 90_000, 100_000)
    assert contract["attainment"] == pytest.approx(0.5)
    # the pace so far and where it leads rest on the same years: 95,000 + 3 x 1,667
    assert contract["change_per_year"] == pytest.approx(contract["drift"]) == pytest.approx(5_000 / 3)
    assert (contract["forecast"], contract["forecast_from"]) == (pytest.approx(100_000), 2016)
    assert (moving["baseline"], moving["target"]) == (90_000, 97_000)


def test_the_baseline_counts_as_measured_from_its_publication_on():
    rows = [(START, 90, {"published": "2020-03-01", "standard_error": 2}), (HALF, 150)]
    before, after = (judge({"baseline_standard_error": 5}, *rows, as_of=day) for day in ("2020-02-29", "2020-03-01"))
    assert [(one.baseline, one.agreed_baseline, one.baseline_error) for one in (before, after)] == [
        (100, 100, 5), (90, 100, 2),
    ]  # fmt: skip


def test_a_baseline_stands_on_the_footing_of_the_figures():
    rows = [*quarterly("2016Q1", [60, 80, 100, 120]), *quarterly("2019Q1", [140, 145, 155, 160])]
    result = judge({}, *rows)
    assert (result.baseline, result.value) == (90, 150)
    assert judge({"kind": "stock"}, *rows).baseline == 120


def test_a_value_from_before_the_baseline_is_no_measurement_since():
    result = judge({}, ("2015-12-31", 250))
    assert result.status == "no_measurement"
    assert np.isnan([result.value, result.attainment]).all()
    assert judge(NO_BASELINE, ("2015-12-31", 250)).status == "met"


# --- after the deadline -----------------------------------------------------------------------------------------
@pytest.mark.parametrize("rows", [[("2021-12-31", 190)], [("2021-12-31", 190), ("2023-12-31", 150)]])
def test_after_a_deadline_nobody_measured_there_is_no_pace_and_no_lead(rows):
    result = judge({"kind": "stock"}, *rows, on="2023-12-31")
    assert result.status == "not_measured_in_target_year"
    assert result[["pace", "lead"]].isna().all()
    later = rows[1:] or [(None, NAN)]
    assert (result.later_date, result.later_value) == (pd.Timestamp(later[0][0]), later[0][1]) or len(rows) == 1
    assert judge({"kind": "stock"}, rows[0], on="2021-12-31")[["pace", "lead"]].notna().all()


def test_a_later_fall_is_told_beside_a_goal_that_was_met():
    result = judge({"kind": "stock"}, (END, 210), ("2023-12-31", 150), ("2024-12-31", 140), on="2024-12-31")
    assert (result.status, result.value) == ("met", 210)
    assert (result.later_value, result.later_date) == (140, pd.Timestamp("2024-12-31"))
    assert judge({"kind": "stock"}, (END, 210), on=END)[["later_value", "later_date"]].isna().all()


def test_a_norm_to_keep_has_no_path():
    assert np.isnan(judge({"baseline_value": 210}, (HALF, 205)).path)


@pytest.mark.parametrize(
    ("effective", "hidden", "few_answers"), [(12, True, False), (31, False, True), (300, False, False)]
)
def test_the_effective_number_of_answers_counts(effective, hidden, few_answers):
    answers = {"respondents": 900, "effective_respondents": effective}
    result = judge({"kind": "survey_mean"}, ("2018-12-31", 120, {"respondents": 900}), (HALF, 150, answers))
    assert (result.too_few, result.few, result.value) == (hidden, few_answers, 120 if hidden else 150)
