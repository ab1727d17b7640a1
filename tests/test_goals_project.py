"""Projection: the random walk with drift against weighted least squares, its edges, and a published rule beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
import statsmodels.api as sm
from goal_tables import FALL, HALF, LATER, NAN, NO_BASELINE, NO_TARGET, few, indicators, judge, measured
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from binnenstad.goals import assess, fan

FORESEEN = ["points", "drift", "variance", "length", "forecast", "forecast_low", "forecast_high", "outlook"]
ENDS = ["forecast", "forecast_low", "forecast_high"]
# no baseline of its own, so that the points are the values given; ten years to go
OPEN = NO_BASELINE | {"target_value": 200.0, "target_date": "2029-12-31"}
YEARS = st.lists(st.integers(2008, 2019), min_size=2, max_size=9, unique=True).map(sorted)
SERIES = YEARS.flatmap(
    lambda years: st.lists(
        st.tuples(st.integers(-400, 400), st.sampled_from(["12-31", "11-15"])),
        min_size=len(years), max_size=len(years),
    ).map(lambda cells: [(f"{year}-{day}", value) for year, (value, day) in zip(years, cells, strict=True)])
)  # fmt: skip


def yearly(*values: float, last: int = 2019, **more: object) -> list[tuple]:
    return [(f"{last - len(values) + 1 + at}-12-31", value, more) for at, value in enumerate(values)]


def projected(changes: dict, rows: list[tuple]) -> pd.Series:
    return judge(OPEN | changes, *rows)


def moment_of(day: str) -> float:
    date = pd.Timestamp(day)
    return date.year + date.day_of_year / (366 if date.is_leap_year else 365)


def wls_of(rows: list[tuple]) -> tuple[dict[str, float], str | None]:
    """Drift, variance, forecast in 2030.0 with its 80 % interval, and the word on 200, by statsmodels; None on an edge.

    Each change is drift times its gap plus noise with a variance that grows with the gap: weights 1 / gap.
    """
    times = np.array([moment_of(day) for day, _ in rows])
    changes, gaps = np.diff([value for _, value in rows]), np.diff(times)
    fit = sm.WLS(changes, gaps, weights=1 / gaps).fit()
    ahead = 2030.0 - times[-1]
    centre = rows[-1][1] + ahead * fit.params[0]
    # what has still to happen is noise of its own, the drift is known up to its standard error
    error = np.sqrt(fit.scale * ahead + (ahead * fit.bse[0]) ** 2)
    half = stats.t.ppf(0.9, fit.df_resid) * error
    found = {"drift": fit.params[0], "variance": fit.scale, "forecast": centre}
    found |= {"forecast_low": centre - half, "forecast_high": centre + half}
    chance = float(stats.t.cdf((centre - 200) / error, fit.df_resid))
    word = "likely" if chance >= 0.8 else "unlikely" if chance <= 0.2 else "uncertain"
    spread = max(value for _, value in rows) - min(value for _, value in rows)
    if word != "uncertain" and (2 * half > spread or abs(fit.params[0]) <= fit.bse[0]):
        word = ""
    near = abs(chance - 0.8), abs(chance - 0.2), abs(2 * half - spread), abs(abs(fit.params[0]) - fit.bse[0])
    return found, word if min(near) > 1e-6 else None


@few
@given(st.lists(SERIES, min_size=4, max_size=12))
def test_projection_agrees_with_weighted_least_squares_of_the_changes(many):
    goals = indicators(*(OPEN | {"id": str(number)} for number in range(len(many))))
    values = [(*row, {"indicator": str(number)}) for number, rows in enumerate(many) for row in rows]
    result = assess(goals, measured(*values), pd.Timestamp(HALF), pd.Timestamp(LATER))
    for rows, (_, found) in zip(many, result.iterrows(), strict=True):
        used = rows[-6:]
        assert found.points == len(used)
        if len(used) == 2:
            assert np.isnan(found[ENDS].to_numpy(dtype=float)).all()
            continue
        expected, word = wls_of(used)
        if expected["variance"] <= max(1e-6, (0.00301 * expected["drift"]) ** 2):
            assert found.outlook == ""
            continue
        assert found[list(expected)].astype(float).to_dict() == pytest.approx(expected, rel=1e-6, abs=1e-6)
        assert found.outlook == ("" if len(used) < 4 else word) or word is None


@few
@given(SERIES, st.sampled_from([0.001, 0.37, 12.5, 1000.0]))
def test_projection_keeps_its_verdict_in_another_unit_and_in_the_mirror(rows, factor):
    other = [(day, value * factor, {"indicator": "b"}) for day, value in rows]
    mirror = [(day, -value, {"indicator": "c"}) for day, value in rows]
    scaled = OPEN | {"id": "b", "target_value": 200 * factor}
    goals = indicators(OPEN, scaled, OPEN | {"id": "c", "target_value": -200, "direction": "at_most"})
    plain, unit, turned = (row for _, row in assess(goals, measured(*rows, *other, *mirror),
                           pd.Timestamp(HALF), pd.Timestamp(LATER)).iterrows())  # fmt: skip
    assert plain.outlook == unit.outlook == turned.outlook
    ends, other_unit = (goal[ENDS].to_numpy(dtype=float) for goal in (plain, unit))
    assert other_unit / factor == pytest.approx(ends, rel=1e-6, abs=1e-6, nan_ok=True)
    reflected = turned[["forecast", "forecast_high", "forecast_low"]].to_numpy(dtype=float)
    assert reflected == pytest.approx(-ends, rel=1e-9, abs=1e-9, nan_ok=True)


@few
@given(SERIES.flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_row_order_never_matters_to_a_projection(orders):
    given_order, shuffled = orders
    pd.testing.assert_series_equal(projected({}, given_order), projected({}, shuffled))


# --- how many points say how much -------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("values", "target", "drift", "has_forecast", "outlook"),
    [
        ((100,), 135, NAN, False, ""), ((100, 110), 135, 10, False, ""), ((100, 104, 112), 135, 6, True, ""),
        ((100, 112, 118, 136), 135, 12, True, "likely"), ((100, 112, 118, 136), 148, 12, True, "uncertain"),
        ((100, 112, 118, 136), 160, 12, True, "unlikely"), ((100, 130, 90, 130), 160, 10, True, "uncertain"),
    ],
)  # fmt: skip
def test_the_number_of_points_decides_what_is_said(values, target, drift, has_forecast, outlook):
    found = projected({"target_value": float(target), "target_date": "2020-12-31"}, yearly(*values))
    assert (found.points, found.outlook) == (len(values), outlook)
    assert found.drift == pytest.approx(drift, nan_ok=True)
    assert found[["forecast", "forecast_low", "forecast_high"]].notna().tolist() == [has_forecast] * 3


def test_three_points_have_one_degree_of_freedom():
    """Changes 4 and 8: drift 6, variance 8, L = 2, h = 10; t(0.9; 1) = 3.0777 in any printed table."""
    found = projected({}, yearly(100, 104, 112))
    half = 3.0777 * (8 * (10 + 100 / 2)) ** 0.5
    assert (found.variance, found.forecast) == pytest.approx((8, 172))
    assert found.forecast_high - found.forecast == pytest.approx(half, rel=1e-4)


def test_only_the_last_six_points_count():
    tail = (100, 103, 108, 109, 115, 118)
    long, short = projected({}, yearly(9999, -500, *tail)), projected({}, yearly(*tail))
    pd.testing.assert_series_equal(long[FORESEEN], short[FORESEEN])


@pytest.mark.parametrize("value", [100.0, 0.1, 1e-7, -3e9])
def test_changes_that_do_not_differ_give_no_chance(value):
    found = projected({}, yearly(*(value * (1 + step / 10) for step in range(5))))
    assert (found.variance, found.outlook) == (0, "")
    assert found.forecast == pytest.approx(value * 2.4)
    assert found[["forecast_low", "forecast_high"]].isna().all()


def test_the_margins_of_the_ends_are_the_least_there_is():
    """se >= sqrt(se_n^2 (1 + h/L)^2 + se_1^2 (h/L)^2): h = 10, L = 3."""
    kind = {"kind": "survey_mean"}
    rows = yearly(100, 111, 119, 130, standard_error=3)
    found = projected(kind, [*rows[:-1], (HALF, 130, {"standard_error": 4})])
    floor = np.hypot(4 * (1 + 10 / 3), 3 * 10 / 3)
    assert found.forecast_high - found.forecast == pytest.approx(stats.t.ppf(0.9, 2) * floor)
    assert found.outlook == ""
    wide = projected(kind, yearly(100, 180, 90, 130, standard_error=0.1))
    assert wide.forecast_high - wide.forecast == pytest.approx(
        stats.t.ppf(0.9, 2) * (wide.variance * (10 + 100 / 3)) ** 0.5
    )


def test_a_margin_known_at_one_end_is_the_least_all_the_same():
    rows = [*yearly(100, 111, 119, last=2018), (HALF, 131, {"standard_error": 50})]
    found = projected({"kind": "survey_mean"}, rows)
    assert found.forecast_high - found.forecast == pytest.approx(stats.t.ppf(0.9, 2) * 50 * (1 + 10 / 3))


# --- which points -----------------------------------------------------------------------------------------------
def test_the_baseline_is_a_point_and_its_own_measurement_goes_before_it():
    ends = {"target_date": "2022-12-31"}
    rows = [("2017-12-31", 112), ("2018-12-31", 121), (HALF, 130)]
    assert judge(ends, *rows).points == 4
    assert judge(ends, *rows).drift == pytest.approx(10)
    again = judge(ends, ("2016-12-31", 103), *rows)
    assert (again.points, again.drift) == (4, pytest.approx(9))


def test_points_before_a_method_break_do_not_count_and_nor_does_the_baseline():
    rows = [*yearly(400, 300, last=2014), ("2015-12-31", 100, {"method_break": True}), *yearly(104, 112, 117, 124)]
    found = judge({"baseline_date": "2013-12-31", "target_date": "2029-12-31"}, *rows)
    assert (found.points, found.drift, found.broken) == (5, pytest.approx(6), True)


def quarters(count: int, months: int = 3, end: str = HALF) -> list[tuple]:
    days = pd.date_range(end=end, periods=count, freq=pd.DateOffset(months=months)) + pd.offsets.MonthEnd(0)
    return [(str(day.date()), 100 + 5 * at + 3 * (at % 2)) for at, day in enumerate(days)]


def test_gaps_are_not_filled():
    found = projected({}, [("2013-12-31", 100), ("2015-12-31", 112), ("2016-12-31", 115), (HALF, 130)])
    assert (found.points, found.length, found.drift) == (4, 6, pytest.approx(5))
    assert found.variance == pytest.approx(((12 - 10) ** 2 / 2 + (3 - 5) ** 2 + (15 - 15) ** 2 / 3) / 2)


# --- limits, deadline, keep goals -------------------------------------------------------------------------------
def test_a_forecast_stays_within_the_natural_limits():
    share = {"kind": "survey_share", "lower_limit": 0, "upper_limit": 1, "target_value": 0.99}
    found = projected(share, yearly(0.5, 0.58, 0.7, 0.76))
    assert (found.forecast, found.forecast_high) == (1, 1)
    assert 0 <= found.forecast_low <= 1
    fallen = projected(share | {"lower_limit": NAN}, yearly(0.76, 0.7, 0.58, 0.5))
    assert fallen.forecast < 0


def test_once_the_target_year_is_measured_or_over_nothing_is_foreseen():
    rows = yearly(100, 112, 118, 136)
    for target_date, on in [("2019-06-30", HALF), ("2018-12-31", HALF), ("2020-12-31", "2021-06-30")]:
        found = judge(OPEN | {"target_date": target_date}, *rows, on=on)
        assert np.isnan([found.forecast, found.forecast_low, found.forecast_high]).all()
        assert found.outlook == ""


def test_without_a_target_there_is_a_drift_and_no_forecast():
    found = judge(NO_BASELINE | NO_TARGET, *yearly(100, 112, 118, 136))
    assert (found.drift, found.outlook) == (pytest.approx(12), "")
    assert np.isnan(found.forecast)


@pytest.mark.parametrize(
    ("values", "at_risk"),
    [
        ((230, 226, 215, 205), True), ((230, 226, 228, 229), False), ((230, 205), False),
        # broken already is no risk but a fact
        ((230, 226, 215, 195), False),
    ],
)  # fmt: skip
def test_a_kept_norm_is_at_risk_when_its_forecast_breaks_it(values, at_risk):
    kept = {"baseline_value": 240, "baseline_date": "2015-12-31"}
    rows = yearly(*values)
    mirrored = [(day, -value, more) for day, value, more in rows]
    turned = {"baseline_value": -240, "baseline_date": "2015-12-31", "direction": "at_most", "target_value": -200}
    assert judge(kept, *rows).at_risk == judge(turned, *mirrored).at_risk == at_risk


def test_a_goal_to_reach_is_never_at_risk():
    assert not judge({"baseline_date": "2015-12-31"}, *yearly(230, 226, 215, 205)).at_risk


# --- the fan ----------------------------------------------------------------------------------------------------
def test_the_fan_runs_from_the_last_value_to_the_forecast():
    goal = projected({}, yearly(100, 112, 118, 136))
    found = fan(goal)
    assert found["year"].iloc[[0, -1]].tolist() == pytest.approx([2020, 2030])
    assert found.loc[0, ["forecast", "low", "high"]].tolist() == pytest.approx([136] * 3)
    ends = goal[["forecast", "forecast_low", "forecast_high"]].astype(float).tolist()
    assert found[["forecast", "low", "high"]].iloc[-1].tolist() == pytest.approx(ends)
    assert (found["high"] - found["low"]).is_monotonic_increasing
    assert found["year"].diff().max() <= 0.25 + 1e-9


def test_without_a_forecast_there_is_no_fan():
    assert fan(projected({}, yearly(100, 110))).empty


# --- beside a published rule ------------------------------------------------------------------------------------
# Federal Statistical Office of Germany, indicators of the German Sustainable Development Strategy: the mean of the last
# five yearly changes is carried on to the target year; sun when the target is missed by under 5 % of what is still to
# go, slightly cloudy to 20 %, cloudy above, thunderstorm when it moves away (dns-indikatoren.de/en/status). Data and
# printed symbols per year: tables and metadata of 7.2.b (renewable share of electricity, 80 % in 2030) and 16.1
# (offences per 100,000 inhabitants, under 6500 in 2030) of the platform's public data files.
ELECTRICITY = [25.3, 27.5, 31.6, 31.8, 36.2, 37.9, 42.2, 45.5, 41.7, 46.3, 52.9, 54.4]  # 2013 to 2024
OFFENCES = [
    7556.892, 7509.802, 7384.652, 7467.62, 7465.7, 7403.6, 7530.3, 7796.6, 7754.8, 6982.4, 6710.185, 6548.365,
]  # fmt: skip  # 2008 to 2019
PRINTED = [
    ("at_least", 80, ELECTRICITY, 2013, {2018: "cloud", 2019: "few clouds", 2020: "few clouds", 2021: "cloud",
     2022: "cloud", 2023: "cloud", 2024: "cloud"}),
    ("at_most", 6500, OFFENCES, 2008, {2013: "cloud", 2014: "storm", 2015: "storm", 2016: "storm", 2017: "sun",
     2018: "sun", 2019: "sun"}),
]  # fmt: skip


def symbol(goal: pd.Series) -> str:
    sign = 1 if goal.direction == "at_least" else -1
    missed = sign * (goal.target - goal.forecast) / goal.gap
    if goal.gap <= 0 or missed < 0.05:
        return "sun"
    return "storm" if sign * goal.drift <= 0 else "few clouds" if missed <= 0.2 else "cloud"


@pytest.mark.parametrize(("direction", "target", "values", "first", "printed"), PRINTED)
def test_our_drift_and_forecast_give_the_symbols_that_destatis_printed(direction, target, values, first, printed):
    ends = {"direction": direction, "target_value": target, "target_date": "2030-12-31"}
    rows = [(f"{first + at}-12-31", value) for at, value in enumerate(values)]
    found = {year: judge(NO_BASELINE | ends, *rows, on=f"{year}-12-31") for year in printed}
    assert {year: symbol(goal) for year, goal in found.items()} == printed


def test_the_published_rule_looks_at_the_last_years_and_our_status_at_the_agreed_path():
    """Offences from 1993 (8354.095) to 6500 in 2030: in 2014 a thunderstorm there and behind here, in 2017 sun."""
    ends = FALL | {"baseline_value": 8354.095, "baseline_date": "1993-12-31", "target_value": 6500}
    ends |= {"target_date": "2030-12-31"}
    rows = [(f"{2008 + at}-12-31", value) for at, value in enumerate(OFFENCES)]
    # of an agreed baseline our own forecast counts all years since: that of six years has none
    on = {year: f"{year}-12-31" for year in (2014, 2016, 2017)}
    recent, agreed = ({at: judge(ends | base, *rows, on=day) for at, day in on.items()} for base in (NO_BASELINE, {}))
    assert {year: (symbol(recent[year]), goal.status) for year, goal in agreed.items()} == {
        2014: ("storm", "behind"), 2016: ("storm", "far_behind"), 2017: ("sun", "on_course"),
    }  # fmt: skip


# --- how sure a forecast can be ---------------------------------------------------------------------------------
def test_equal_steps_on_the_first_of_april_give_no_word_and_no_interval_of_nothing():
    """605 companies, five more every year: "waarschijnlijk niet gehaald (605, tussen 605 en 605)" was no finding."""
    for unit in ("count", "mark", "share", "m2"):
        scale = 1000 if unit in ("mark", "share") else 1
        rows = [(f"{year}-04-01", (580 + 5 * (year - 2015)) / scale) for year in range(2015, 2020)]
        goal = {"unit": unit, "target_value": 614 / scale, "target_date": "2020-12-31", "kind": "stock"}
        found = projected(goal, rows)
        assert (found.variance, found.outlook, found.forecast_wide) == (0, "", False)
        assert found[["forecast_low", "forecast_high"]].isna().all() and pd.notna(found.forecast)
        assert fan(found)[["low", "high"]].isna().all(axis=None) and len(fan(found)) > 2


def test_two_points_with_known_margins_give_what_the_margins_give():
    """At least: 4 and 3 over 1 year, ten years ahead; normal, for two points say nothing of their spread."""
    rows = [("2018-12-31", 100, {"standard_error": 3}), (HALF, 110, {"standard_error": 4})]
    found = projected({"kind": "survey_mean"}, rows)
    assert (found.points, found.forecast, found.outlook) == (2, pytest.approx(210), "")
    assert found.forecast_high - found.forecast == pytest.approx(1.2815516 * np.hypot(4 * 11, 3 * 10))
    for bare in ([rows[0], (HALF, 110)], [rows[0][:2], rows[1]], [rows[0][:2], (HALF, 110)]):
        assert np.isnan(projected({"kind": "survey_mean", "unit": "mark"}, bare).forecast)


@pytest.mark.parametrize(
    ("values", "outlook"),
    # 10, -10, 10: the drift of 3.3 is less than its error of 6.7; 10, 4, 10: 8 is far more than 2
    [((100, 110, 100, 110), ""), ((100, 110, 114, 124), "unlikely")],
)
def test_a_drift_within_its_own_error_gives_no_word(values, outlook):
    found = projected({"target_value": 900.0, "target_date": "2020-12-31"}, yearly(*values))
    assert (abs(found.drift) <= (found.variance / found.length) ** 0.5) == (outlook == "")
    assert (found.outlook, found.forecast_wide) == (outlook, outlook == "")


def test_a_drift_is_also_held_against_the_margins_of_its_ends():
    rows = yearly(6.0, 6.02, 6.03, 6.05, standard_error=0.06)
    goal = {"kind": "survey_mean", "target_value": 7.0, "target_date": "2020-12-31"}
    assert projected(goal, rows).outlook == ""
    assert projected(goal, [(day, value) for day, value, _ in rows]).outlook == "unlikely"


def test_an_interval_wider_than_the_series_is_flagged_and_gives_no_word():
    """ "Tussen 38.879 en 353.761": nobody can say more of it."""
    wild = projected({"target_value": 900_000.0}, yearly(150_000, 190_000, 160_000, 200_000))
    assert wild.forecast_high - wild.forecast_low > 50_000
    assert (wild.forecast_wide, wild.outlook) == (True, "")
    calm = projected({"target_date": "2020-12-31"}, yearly(100, 112, 118, 136))
    assert (calm.forecast_wide, calm.outlook) == (False, "unlikely")
    assert not judge({}).forecast_wide


# --- which years a forecast rests on ----------------------------------------------------------------------------
def test_a_forecast_rests_on_the_years_since_the_baseline():
    """ "Op koers" since 2016 beside "waarschijnlijk niet gehaald" over all years: now both count from 2016."""
    before = [(f"{year}-12-31", 200 - 15 * (year - 2009)) for year in range(2009, 2016)]
    since = [("2017-12-31", 118), ("2018-12-31", 131), (HALF, 150)]
    found = judge({}, *before, *since)
    assert (found.status, found.points, found.forecast_from) == ("on_course", 4, 2016)
    assert found.drift == pytest.approx(found.change_per_year) == pytest.approx(50 / 3)
    assert found.outlook != "unlikely"
    # two points since the baseline are too few: then the last six of all, and the frame says from when
    early = judge({}, *before, since[0], on="2017-12-31")
    assert (early.points, early.forecast_from) == (6, 2012)
    assert judge(NO_BASELINE, *before, *since).forecast_from == 2013


def test_all_years_since_the_baseline_count_also_more_than_six():
    rows = [(f"{2011 + at}-12-31", 110 + 10 * at + at % 2) for at in range(9)]
    found = judge({"baseline_date": "2010-12-31"}, *rows)
    assert (found.points, found.forecast_from) == (10, 2010)
    assert found.drift == pytest.approx(found.change_per_year)


WHY = {"exceptional_reason": "de markt was dicht."}


@pytest.mark.parametrize("kind", ["stock", "flow_per_week"])
def test_an_exceptional_year_is_left_out_of_the_forecast_and_nowhere_else(kind):
    rows = [("2016-12-31", 100), ("2017-12-31", 112), (HALF, 40, {"exceptional": True} | WHY), ("2018-12-31", 118)]
    rows += [("2020-12-31", 148)]
    usual = [row for row in rows if row[0] != HALF]
    found, without = (judge(OPEN | {"kind": kind}, *given, on="2020-12-31")[FORESEEN] for given in (rows, usual))
    pd.testing.assert_series_equal(found, without)
    left_out = judge(OPEN | {"kind": kind}, *rows, on="2020-12-31").left_out
    assert left_out == "2019 (de markt was dicht)" and pd.isna(judge(OPEN, *usual, on="2020-12-31").left_out)
    assert judge({"kind": kind}, *rows[:3]).status == "worsening"


def test_one_exceptional_quarter_makes_an_exceptional_year():
    rows = [(day, value, {"exceptional": True} | WHY if day == "2019-06-30" else {}) for day, value in quarters(24)]
    found = judge({"target_date": "2029-12-31"} | NO_BASELINE, *rows)
    assert (found.points, found.last_year, found.left_out) == (5, 2019, "2019 (de markt was dicht)")


@pytest.mark.parametrize("kind", ["stock", "survey_mean"])
def test_a_half_yearly_series_forecasts_june_from_junes(kind):
    rows = [(f"{year}-{day}", 100 + 10 * (year - 2012) + fair) for year in range(2014, 2020) for day, fair in
            [("06-30", 0), ("12-31", 500)]]  # fmt: skip
    found = judge(OPEN | {"kind": kind}, *rows[:-1])
    assert (found.last_value, found.drift, found.points) == (170, pytest.approx(10, rel=1e-3), 6)
    assert judge(OPEN | {"kind": kind}, *rows).last_value == 670


def test_a_quarterly_flow_is_foreseen_by_its_years():
    rows = [(day, value + (40 if day.endswith("12-31") else 0)) for day, value in quarters(20)]
    found = judge(OPEN, *rows)
    assert (found.points, found.drift) == (5, pytest.approx(20))
    assert found.last_value == pytest.approx(np.mean([value for _, value in rows[-4:]]))
