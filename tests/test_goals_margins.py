"""Margins of values, of attainment and of change: published examples, simulation, and what hides a value."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from goal_tables import FALL, HALF, LATER, NAN, NO_BASELINE, NO_TARGET, START, indicators, judge, measured, some
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats
from statsmodels.stats.proportion import proportion_confint

from binnenstad.goals import assess, series
from binnenstad.goals.assess import attainment, target_values
from binnenstad.goals.margins import Z95, attainment_error, intervals, wilson


# --- certainty of the level, intervals --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("changes", "row", "certainty"),
    [
        ({"kind": "survey_mean"}, {"standard_error": 20}, "certain"),
        ({"kind": "survey_mean"}, {"standard_error": 30}, "within_margin"),
        ({"kind": "survey_mean", "target_value": 110}, {"standard_error": 20}, "certain"),
        (FALL | {"kind": "survey_mean"}, {"standard_error": 20}, "certain"),
        ({"kind": "survey_mean"}, {"respondents": 900}, "unknown"), ({"kind": "flow_per_week"}, {}, "unknown"),
        ({"kind": "stock"}, {}, "count"), ({"kind": "cumulative"}, {}, "count"),
        ({"kind": "stock"}, {"standard_error": 20}, "certain"), (NO_TARGET, {"standard_error": 20}, ""),
    ],
)  # fmt: skip
def test_certainty_of_the_level(changes, row, certainty):
    assert judge(changes, (HALF, 150, row)).certainty == certainty


SHARE = {"kind": "survey_share", "baseline_value": 0.5, "target_value": 0.6}


def test_a_share_gets_the_wilson_interval_of_its_respondents():
    result = judge(SHARE, (HALF, 15 / 148, {"respondents": 148}))
    assert (result.low, result.high) == pytest.approx((0.0624, 0.1605), abs=5e-5)
    assert result.certainty == "certain"
    assert judge(SHARE, (HALF, 0.57, {"respondents": 884})).certainty == "within_margin"
    assert judge(SHARE, (HALF, 0.57)).certainty == "unknown"


def test_a_given_standard_error_goes_before_the_number_of_respondents():
    result = judge(SHARE, (HALF, 0.5, {"respondents": 100, "standard_error": 0.1}))
    assert (result.low, result.high) == pytest.approx((0.5 - 0.1 * Z95, 0.5 + 0.1 * Z95))


def test_series_gives_each_known_value_with_its_own_interval():
    rows = [(HALF, 0.5, {"respondents": 100}), ("2018-12-31", 0.4, {"standard_error": 0.1}), ("2017-12-31", 0.3)]
    late = (HALF, 0.9, {"published": LATER})
    result = series(indicators(SHARE), measured(*rows, late), pd.Timestamp(HALF), pd.Timestamp("2020-02-14"))
    assert result["value"].tolist() == [0.3, 0.4, 0.5]
    assert result["low"].tolist() == pytest.approx([NAN, 0.4 - 0.1 * Z95, 0.4038], abs=5e-5, nan_ok=True)
    assert result["high"].tolist() == pytest.approx([NAN, 0.4 + 0.1 * Z95, 0.5962], abs=5e-5, nan_ok=True)


@pytest.mark.parametrize(
    ("hits", "of", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_gives_the_published_examples(hits, of, low, high):
    """Newcombe 1998, Table I, method 3."""
    found = wilson(pd.Series([hits / of]), pd.Series([of]))
    assert [float(edge[0]) for edge in found] == pytest.approx([low, high], abs=5e-5)


@some
@given(st.integers(1, 5000), st.data())
def test_wilson_bounds_are_where_the_score_test_turns(of, data):
    share = data.draw(st.integers(0, of)) / of
    low, high = (float(edge[0]) for edge in wilson(pd.Series([share]), pd.Series([of])))
    assert -1e-12 <= low <= share + 1e-12
    assert share - 1e-12 <= high <= 1 + 1e-12
    for edge in (low, high):
        assert (share - edge) ** 2 == pytest.approx(Z95**2 * edge * (1 - edge) / of, abs=1e-12)
    mirror = [float(edge[0]) for edge in wilson(pd.Series([1 - share]), pd.Series([of]))]
    assert mirror == pytest.approx([1 - high, 1 - low])


@some
@given(st.integers(1, 500), st.data())
def test_wilson_agrees_with_statsmodels(of, data):
    hits = data.draw(st.integers(0, of))
    low, high = (float(edge[0]) for edge in wilson(pd.Series([hits / of]), pd.Series([of])))
    assert (low, high) == pytest.approx(proportion_confint(hits, of, method="wilson"), abs=1e-12)


def test_a_survey_mean_takes_t_on_its_effective_answers():
    kind = {"kind": "survey_mean"}
    rows = [{"respondents": 200, "effective_respondents": 31}, {"respondents": 31}, {}]
    goals = indicators(*(kind | {"id": str(number)} for number in range(3)))
    values = [(HALF, 150, {"indicator": str(n), "standard_error": 2} | row) for n, row in enumerate(rows)]
    result = assess(goals, measured(*values), pd.Timestamp(HALF), pd.Timestamp(LATER))
    quantile = stats.t.ppf(0.975, 30)
    assert (result["high"] - 150).tolist() == pytest.approx([2 * quantile, 2 * quantile, 2 * Z95])


# --- standard error of attainment -------------------------------------------------------------------------------
def of_kind(kind: str, target_value: float, value: float, value_error: float, baseline_error: float) -> pd.DataFrame:
    """One goal with baseline 6.4 and its attainment."""
    goal = pd.DataFrame({"baseline": [6.4], "target_kind": [kind], "target_value": [target_value], "value": [value]})
    goal["target"] = target_values(goal, goal["baseline"])
    return goal.assign(attainment=attainment(goal), value_error=value_error, baseline_error=baseline_error)


KINDS_OF_TARGET = [("absolute", 7.2), ("change", 0.8), ("relative", 0.125)]


@pytest.mark.parametrize(("kind", "x"), KINDS_OF_TARGET)
@pytest.mark.parametrize("value", [6.2, 6.8, 7.2, 7.9])
def test_error_of_attainment_is_the_spread_of_many_surveys(kind, x, value):
    """Draw value and baseline 400,000 times; the target follows the drawn baseline where it is a change on it."""
    goal = of_kind(kind, x, value, 0.03, 0.02)
    chance = np.random.default_rng(7)
    drawn = pd.DataFrame({"baseline": 6.4 + 0.02 * chance.standard_normal(400_000), "target_kind": kind})
    drawn["target"] = target_values(drawn.assign(target_value=x), drawn["baseline"])
    drawn["value"] = value + 0.03 * chance.standard_normal(400_000)
    assert attainment_error(goal)[0] == pytest.approx(attainment(drawn).std(), rel=0.01)


@pytest.mark.parametrize(("kind", "x"), KINDS_OF_TARGET)
@some
@given(st.floats(5, 9), st.floats(0.001, 0.5), st.floats(0.001, 0.09))
def test_error_of_attainment_is_the_first_order_rule(kind, x, value, value_error, baseline_error):
    goal, step = of_kind(kind, x, value, value_error, baseline_error), 1e-6

    def slope(name: str) -> float:
        ends = []
        for way in (step, -step):
            moved = goal.assign(**{name: goal[name] + way})
            moved["target"] = target_values(moved, moved["baseline"])
            ends.append(attainment(moved)[0])
        return (ends[0] - ends[1]) / (2 * step)

    expected = np.hypot(slope("value") * value_error, slope("baseline") * baseline_error)
    assert attainment_error(goal)[0] == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize(("baseline_error", "given_one"), [(0.0999, True), (0.1, False), (0.2, False), (NAN, False)])
def test_error_of_attainment_is_given_only_where_the_agreed_change_exceeds_eight_errors(baseline_error, given_one):
    assert attainment_error(of_kind("absolute", 7.2, 6.8, 0.05, baseline_error)).notna()[0] == given_one


def test_no_attainment_has_no_error():
    assert np.isnan(attainment_error(of_kind("absolute", 6.4, 6.8, 0.05, 0.01))[0])
    assert np.isnan(judge({"baseline_standard_error": 1, "baseline_value": 210}, (HALF, 205)).attainment_error)


# --- certainty of change ----------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("errors", "value", "certainty"),
    [
        ((3, 4), 100 + 5 * Z95 + 1e-6, "change"), ((3, 4), 100 + 5 * Z95 - 1e-6, "no_change"),
        ((3, 4), 100 - 5 * Z95 - 1e-6, "change"), ((NAN, 4), 150, "unknown"), ((3, NAN), 150, "unknown"),
    ],
)  # fmt: skip
def test_a_change_is_shown_from_196_times_its_error(errors, value, certainty):
    changes = {"kind": "survey_mean", "baseline_standard_error": errors[1]}
    assert judge(changes, (HALF, value, {"standard_error": errors[0]})).change_certainty == certainty


def test_a_full_count_that_moved_needs_no_margin():
    result = judge({"kind": "stock"}, (HALF, 101))
    assert (result.change_certainty, result.baseline_error, result.value_error) == ("count", 0, 0)


def test_the_change_begins_at_the_first_value_where_there_is_no_baseline():
    rows = [("2017-12-31", 140, {"standard_error": 3}), (HALF, 150, {"standard_error": 4})]
    result = judge(NO_BASELINE | {"kind": "survey_mean"}, *rows)
    assert (result.begin, result.begin_error, result.change_certainty) == (140, 3, "change")
    assert judge(NO_BASELINE | {"kind": "survey_mean"}, rows[1]).change_certainty == ""


def test_the_baseline_may_take_its_error_from_the_measurement_on_its_day():
    rows = [(START, 100, {"standard_error": 2}), (HALF, 150, {"standard_error": 1})]
    agreed = {"kind": "survey_mean", "baseline_standard_error": 5}
    assert (
        judge(agreed, *rows).baseline_error
        == judge(agreed | {"baseline_standard_error": NAN}, *rows).baseline_error
        == 2
    )
    assert judge(agreed, (START, 100), rows[1]).baseline_error == judge(agreed, rows[1]).baseline_error == 5


@pytest.mark.parametrize("share", [0.0, 0.3, 1.0])
def test_a_share_of_nobody_or_everybody_is_not_certain(share):
    """A sample in which nobody said so leaves room for chance: p(1 - p) = 0 is no standard error of 0."""
    row = pd.DataFrame({"value": [share], "standard_error": NAN, "answers": 40.0})
    low, high = wilson(row["value"], row["answers"])
    assert intervals(row, pd.Series(["survey_share"]))["error"][0] == pytest.approx((high - low)[0] / (2 * Z95))
    still = {"kind": "survey_share", "baseline_value": share, "target_value": 0.5}
    rows = [(START, share, {"respondents": 40}), (HALF, share, {"respondents": 40})]
    assert judge(still, *rows).change_certainty == "no_change"


# --- too few answers, incomplete years --------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("kind", "respondents", "hidden", "few"),
    [
        ("survey_mean", 29, True, False), ("survey_mean", 30, False, True), ("survey_share", 99, False, True),
        ("survey_share", 100, False, False), ("survey_share", NAN, False, False), ("stock", 12, False, False),
    ],
)  # fmt: skip
def test_below_30_answers_a_value_is_hidden_and_below_100_flagged(kind, respondents, hidden, few):
    changes = {"kind": kind, "baseline_value": 0.2, "target_value": 0.8}
    rows = [("2018-12-31", 0.4, {"respondents": 500}), (HALF, 0.5, {"respondents": respondents})]
    result = judge(changes, *rows)
    assert (result.too_few, result.few, result.value) == (hidden, few, 0.4 if hidden else 0.5)
    shown = series(indicators(changes), measured(*rows), pd.Timestamp(HALF), pd.Timestamp(LATER))
    assert shown["value"].tolist() == ([0.4] if hidden else [0.4, 0.5])


def test_a_goal_with_all_its_values_hidden_is_not_measured_and_says_why():
    rows = [(day, 0.4, {"respondents": 12}) for day in ("2018-12-31", HALF)]
    result = judge({"kind": "survey_share"}, *rows)
    assert (result.status, result.too_few, result.points) == ("no_measurement", True, 0)
    assert np.isnan([result.value, result.attainment, result.forecast]).all()


def test_an_old_value_on_few_answers_hides_nothing_of_the_newest():
    rows = [("2018-12-31", 0.4, {"respondents": 12}), (HALF, 0.5, {"respondents": 400})]
    assert not judge({"kind": "survey_share"}, *rows).too_few


@pytest.mark.parametrize(("weeks", "incomplete"), [(39, True), (40, False), (52, False), (NAN, False)])
def test_a_mean_over_fewer_than_40_weeks_is_incomplete(weeks, incomplete):
    assert judge({}, (HALF, 150, {"valid_weeks": weeks})).incomplete == incomplete


def test_of_an_invalid_goal_nothing_is_said_and_the_others_are_assessed_all_the_same():
    """A value outside its limits spoils its own goal alone."""
    kept = {"kind": "survey_mean", "baseline_value": 210, "baseline_standard_error": 1, "upper_limit": 204}
    goals = indicators(kept, {"id": "b", "kind": "survey_mean", "baseline_standard_error": 1})
    rows = [(f"{year}-12-31", 226 - 3 * (year - 2010), {"standard_error": 1}) for year in range(2013, 2018)]
    rows += [(HALF, 205, {"standard_error": 1}), (HALF, 150, {"indicator": "b", "standard_error": 2})]
    both = assess(goals, measured(*rows), pd.Timestamp(HALF), pd.Timestamp(LATER))
    alone = assess(goals[1:], measured(*rows), pd.Timestamp(HALF), pd.Timestamp(LATER))
    wrong = both.iloc[0]
    assert wrong.status == "invalid"
    assert wrong[["low", "high", "attainment_error", "gap", "forecast"]].isna().all()
    assert (wrong.certainty, wrong.change_certainty, wrong.outlook) == ("", "", "")
    assert not wrong[["met", "keep", "at_risk"]].any()
    pd.testing.assert_frame_equal(both[1:].reset_index(drop=True), alone, check_dtype=False)
