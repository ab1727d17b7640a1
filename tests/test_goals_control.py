"""Control charts: a published example, each rule with a planted case, missing periods, new limits by decision."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from goal_tables import HALF, LATER, NAN, few, indicators, measured, some
from hypothesis import assume, given
from hypothesis import strategies as st

from binnenstad.goals import assess, series
from binnenstad.goals.control import control_chart, control_charts, control_series, level_since, structural
from binnenstad.goals.say.limits import about_control, describe_control
from binnenstad.goals.show.control_charts import draw_control

CALM = [10.0, 12, 10, 12, 10, 12, 10, 12, 10, 12, 10, 12, 10, 12]  # ranges of 2: limits 11 +- 5.32


def chart_of(values: list[float], freq: str = "Q", rebased: tuple = ()) -> pd.DataFrame:
    index = pd.period_range("2015Q1" if freq == "Q" else "2015-01", periods=len(values), freq=freq)
    return control_chart(pd.Series(values, index=index, dtype=float), rebased)


def of_days(days: list[str], values: list[float], breaks: tuple[int, ...] = ()) -> pd.DataFrame:
    rows = [
        (day, value, {"method_break": at in breaks}) for at, (day, value) in enumerate(zip(days, values, strict=True))
    ]
    return series(indicators({}), measured(*rows), pd.Timestamp(HALF), pd.Timestamp(LATER))


def ends_of(first: str, count: int, freq: str = "Q") -> list[str]:
    return [str(period.end_time.date()) for period in pd.period_range(first, periods=count, freq=freq)]


def test_limits_are_those_of_the_handbook_of_nist():
    """NIST/SEMATECH e-Handbook of Statistical Methods, 6.3.2.2: ten batches, mean 50.81, mean range 1.8778.

    It prints 45.8159 and 55.8041 with 3 / 1.128 where Wheeler rounds to 2.66.
    """
    chart = chart_of([49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1])
    last = chart.iloc[-1]
    assert last.centre == pytest.approx(50.81)
    assert (last.lower, last.upper) == pytest.approx((45.8159, 55.8041), abs=1e-3)
    assert last.limits == "provisional"
    assert (chart["signal"] == "").all()


@pytest.mark.parametrize(
    ("count", "limits"), [(1, "none"), (7, "none"), (8, "provisional"), (12, "provisional"), (13, "full"), (30, "full")]
)
def test_the_number_of_values_decides_how_firm_the_limits_are(count, limits):
    chart = chart_of((CALM * 3)[:count])
    assert (chart["limits"] == limits).all()
    assert chart[["centre", "lower", "upper"]].notna().all(axis=None) == (limits != "none")
    assert chart["value"].tolist() == (CALM * 3)[:count]


def test_missing_periods_do_not_count_as_values():
    assert chart_of([*CALM[:4], NAN, *CALM[:3]])["limits"].unique().tolist() == ["none"]
    assert chart_of([*CALM[:4], NAN, *CALM[:4]])["limits"].unique().tolist() == ["provisional"]


# --- each rule --------------------------------------------------------------------------------------------------
def signals(values: list[float]) -> dict[int, str]:
    found = chart_of(values)["signal"]
    return {at: signal for at, signal in enumerate(found) if signal}


def test_a_calm_series_gives_no_signal():
    assert signals(CALM * 2) == {}


@pytest.mark.parametrize("far", [22.0, 0.0])
def test_a_value_outside_the_limits(far):
    assert signals([*CALM, far, *CALM]) == {14: "outside"}


def test_a_value_on_its_limit_is_inside():
    chart = chart_of([10.0, 10, 10, 10, 10, 10, 10, 10])
    assert (chart["upper"] == chart["value"]).all()
    assert (chart["signal"] == "").all()


@pytest.mark.parametrize(("count", "found"), [(6, {}), (7, dict.fromkeys(range(11, 18), "side"))])
def test_seven_on_one_side_of_the_centre(count, found):
    above = [13.0, 12.4, 13.1, 12.3, 13.2, 12.2, 13.3][:count]
    below = [9.0, 12, 8.5, 12.1, 8.8, 12.3, 9.1, 12.2] * 2
    assert signals([*CALM[:11], *above, *below]) == found


@pytest.mark.parametrize("way", [1, -1])
@pytest.mark.parametrize(("count", "length"), [(6, 0), (7, 7), (9, 9)])
def test_seven_in_a_row_that_rise_or_fall(way, count, length):
    # first and last step of the surroundings go against the trend
    trend = [way * (at - (count - 1) / 2) * 0.5 for at in range(count)]
    calm = [3.0 * way, -3.0 * way] * 5
    found = signals([*calm[:-1], trend[0] + way, *trend, trend[-1] - way, *calm])
    assert found == dict.fromkeys(range(10, 10 + length), "trend")


def test_equal_values_end_a_trend():
    assert "trend" not in signals([-3.0, 3, -3, 3, -3, -1.5, -1, -0.5, -0.5, 0, 0.5, 1, 1.5, -3, 3, -3, 3]).values()


@pytest.mark.parametrize(
    ("planted", "found"),
    [
        ([15.8, 11.2, 15.8], [14, 16]), ([15.8, 15.8], [14, 15]), ([6.2, 11.2, 6.2], [14, 16]),
        ([15.8, 11.2, 10.8, 15.8], []), ([15.8, 6.2], []), ([15.8, 10.8, 6.2], []),
        ([15.8, NAN, 15.8], []), ([15.8, 15.8, NAN, 15.8], [14, 15]),
    ],
)  # fmt: skip
def test_two_of_three_beyond_two_thirds_of_the_way_to_the_same_limit(planted, found):
    assert signals([*CALM, *planted, *CALM]) == dict.fromkeys(found, "two_of_three")


def test_the_first_rule_that_holds_is_named():
    assert signals([*CALM, 40.0, 39.0, *CALM])[14] == "outside"


def test_no_range_and_no_run_crosses_a_missing_period():
    values = [*CALM, NAN, *[value + 30 for value in CALM]]
    chart = chart_of(values)
    assert chart.loc[chart.index[14], "signal"] == ""
    assert chart["upper"].iloc[0] - chart["centre"].iloc[0] == pytest.approx(2.66 * 2)
    runs = chart_of([*CALM, 13, 12.4, 13.1, 12.3, NAN, 12.2, 13.3, 12.6, *[value - 2 for value in CALM]])
    assert "side" not in runs["signal"].iloc[14:22].tolist()
    steps = chart_of([*[-3.0, 3] * 5, -1.5, -1, -0.5, 0, NAN, 0.5, 1, 1.5, *[-3, 3] * 5])
    assert "trend" not in steps["signal"].tolist()


def test_without_two_periods_in_a_row_there_are_no_limits():
    chart = chart_of([value for pair in zip(CALM, [NAN] * 14, strict=True) for value in pair])
    assert chart["limits"].unique().tolist() == ["none"]
    assert structural(chart, 11, "at_least") == ""


@some
@given(st.lists(st.integers(-50, 50), min_size=8, max_size=25), st.sampled_from([0.01, 3.0, 1000.0]))
def test_signals_are_the_same_in_another_unit_and_in_the_mirror(values, factor):
    plain = chart_of([float(value) for value in values])
    away, half = (plain["value"] - plain["centre"]).abs(), plain["upper"] - plain["centre"]
    # within rounding of an edge a value may fall on either side of it
    assume(all((away - part * half).abs().min() > 1e-6 for part in (0, 2 / 3, 1)))
    for scaled in (chart_of([value * factor for value in values]), chart_of([-float(value) for value in values])):
        assert scaled["signal"].tolist() == plain["signal"].tolist()


# --- new limits by decision -------------------------------------------------------------------------------------
def test_new_limits_hold_from_the_period_a_person_named():
    values = [*CALM, *[value + 30 for value in CALM[:9]]]
    start = pd.Period("2015Q1", "Q")
    plain, rebased = chart_of(values), chart_of(values, rebased=(start + 14,))
    assert (plain["signal"] != "").any()
    assert (rebased["signal"] == "").all()
    assert rebased["centre"].iloc[[0, -1]].tolist() == pytest.approx([11, 30 + sum(CALM[:9]) / 9])
    assert rebased["limits"].iloc[[0, -1]].tolist() == ["full", "provisional"]
    assert rebased.index.equals(plain.index)
    twice = chart_of(values, rebased=(start + 14, start + 20))
    assert twice["limits"].iloc[[13, 14, 20]].tolist() == ["full", "none", "none"]


# --- the target against the limits ------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("target", "at_least", "at_most"),
    [(5.0, "always", "never"), (5.68, "always", "sometimes"), (5.7, "sometimes", "sometimes"),
     (16.3, "sometimes", "sometimes"), (16.33, "never", "always"), (NAN, "", "")],
)  # fmt: skip
def test_a_target_is_met_by_the_process_as_it_is_always_never_or_sometimes(target, at_least, at_most):
    chart = chart_of(CALM)  # 5.68 to 16.32
    if target == 5.68:
        target = chart["lower"].iloc[-1]
    assert (structural(chart, target, "at_least"), structural(chart, target, "at_most")) == (at_least, at_most)


def test_below_eight_values_nothing_is_said_of_the_process():
    assert structural(chart_of(CALM[:7]), 11, "at_least") == ""


def test_the_last_limits_are_held_against_the_target():
    chart = chart_of([*CALM, *[value + 30 for value in CALM]], rebased=(pd.Period("2018Q3", "Q"),))
    assert structural(chart, 30, "at_least") == "always"


# --- the series behind the chart --------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("first", "freq", "count", "found"),
    [("2018Q1", "Q", 3, 3), ("2018-01", "M", 3, 3), ("2012", "Y", 6, 0), ("2018Q1", "Q", 2, 0), ("2018Q1", "Q", 0, 0),
     ("2018-01", "2M", 6, 0), ("2016-01", "4M", 6, 0), ("2016-01", "6M", 6, 0)],
)  # fmt: skip
def test_only_quarters_and_months_are_charted(first, freq, count, found):
    """A series with gaps of two months is no quarterly one."""
    days = [str(period.end_time.date()) for period in pd.period_range(first, periods=count, freq=freq)]
    assert len(control_series(of_days(days, CALM[:count]))) == found


def test_a_yearly_series_has_no_control_chart():
    assert control_series(of_days(ends_of("2012", 6, "Y"), CALM[:6])).empty


def test_a_missing_quarter_is_missing_and_the_last_value_in_a_quarter_counts():
    days = ["2018-03-31", "2018-05-31", "2018-06-30", "2018-12-31", "2019-03-31", "2019-06-30", "2019-09-30"]
    found = control_series(of_days(days, [1, 98, 2, 4, 5, 6, 7]))
    assert found.index.astype(str).tolist() == [f"2018Q{at}" for at in range(1, 5)] + [
        f"2019Q{at}" for at in range(1, 4)
    ]
    assert found.tolist() == pytest.approx([1, 2, NAN, 4, 5, 6, 7], nan_ok=True)


def test_only_values_since_the_last_method_break_are_comparable():
    found = control_series(of_days(ends_of("2017Q1", 9), list(range(9)), breaks=(2, 5)))
    assert found.tolist() == [5, 6, 7, 8]


@pytest.mark.parametrize(("first", "freq", "lag"), [("2016Q1", "Q", 4), ("2017-01", "M", 12)])
def test_a_seasonal_series_is_the_ratio_to_the_year_before(first, freq, lag):
    values = [100.0 + at % lag * 10 for at in range(2 * lag)] + [0.0] * lag
    values[lag:] = [value * 1.1 for value in values[lag:]]
    found = control_series(of_days(ends_of(first, 3 * lag, freq), values), seasonal=True)
    assert found.tolist() == pytest.approx([1.1] * lag + [0.0] * lag)
    assert str(found.index[0]) == str(pd.Period(first, freq) + lag)


def test_no_ratio_to_nothing_and_none_without_a_year_before():
    zero = of_days(ends_of("2018Q1", 8), [0, 0, 0, 0, 5, 6, 7, 8])
    assert control_series(zero, seasonal=True).empty
    assert control_series(of_days(ends_of("2018Q1", 4), [1, 2, 3, 4]), seasonal=True).empty


@few
@given(st.permutations(range(9)))
def test_row_order_never_matters_to_a_control_series(order):
    values = of_days(ends_of("2017Q1", 9), list(range(9)), breaks=(2,))
    shuffled = control_series(values.iloc[order])
    pd.testing.assert_series_equal(shuffled, control_series(values))
    assert np.isfinite(control_chart(shuffled)["value"]).all()


# --- is the process stable, and what is said of it --------------------------------------------------------------
NEAR = [0.0, 300, -250, 120, -90, 260, -310, 80, 200, -150, 40, -60, 280, -200]
STEP = [93_000 + noise for noise in NEAR] + [99_000 + noise for noise in NEAR[:10]]


def told(values: list[float], nl, first: str = "2014Q1", **goal: object) -> tuple[str, str]:
    """Title and sentence of a chart that ends at HALF or before, of a goal of at least 100,000 visitors."""
    rows = [(day, value) for day, value in zip(ends_of(first, len(values)), values, strict=True)]
    changes = {
        "baseline_value": 93_000.0,
        "baseline_date": "2013-12-31",
        "target_value": 100_000.0,
        "unit": "count",
    } | goal
    tables = indicators(changes), measured(*rows), pd.Timestamp(HALF), pd.Timestamp(LATER)
    decisions = pd.DataFrame(columns=["subject", "date", "indicator", "effective"])
    charts = control_charts(tables[0], series(*tables), decisions, tables[3])
    return about_control(charts, nl)[0], describe_control(charts, assess(*tables), nl)[1]


def test_a_changed_level_is_not_what_is_usual(nl):
    """Fourteen quarters near 93,000 and ten near 99,000: all 24 lay outside what was called usual."""
    title, said = told(STEP, nl)
    assert title == "1 reeks is niet stabiel"
    assert said.startswith(
        "a: het niveau is veranderd sinds het 3e kwartaal van 2017 (verbetering); stel nieuwe grenzen vast. "
    )
    assert "gewoonlijk" not in said and "streefwaarde" not in said and "Geen teken" not in said
    # every run is named whole, also where some of its quarters lie outside the limits
    run = "Zeven of meer op rij aan een kant van het gemiddelde"
    assert f"{run} (onder): 1e kwartaal 2014 t/m 2e kwartaal 2017." in said
    assert f"{run} (boven): 3e kwartaal 2017 t/m 4e kwartaal 2019." in said


def test_the_picture_calls_no_limits_usual(nl):
    """The limits of a process that is not stable lie around no process at all."""
    rows = [(day, value) for day, value in zip(ends_of("2014Q1", len(STEP)), STEP, strict=True)]
    tables = indicators({"unit": "count"}), measured(*rows), pd.Timestamp(HALF), pd.Timestamp(LATER)
    decisions = pd.DataFrame(columns=["subject", "date", "indicator", "effective"])
    charts = control_charts(tables[0], series(*tables), decisions, tables[3])
    picture = draw_control(charts, assess(*tables).assign(title="Bezoek"), nl, *about_control(charts, nl), "").html
    assert "Gestreept: grenzen" in picture and "gewoon" not in picture


def test_what_improves_depends_on_the_direction_of_the_goal(nl):
    fall = {"direction": "at_most", "target_value": 90_000.0}
    said = told(STEP, nl, **fall)[1]
    assert "is veranderd sinds het 3e kwartaal van 2017 (verslechtering)" in said


@pytest.mark.parametrize("kind", ["stock", "flow_per_week"])
def test_one_value_outside_changes_no_level_and_leaves_the_target_unsaid(nl, kind):
    """The mean lies below all but the dip, and before and after it is one level."""
    values = [93_000 + noise for noise in [*NEAR, *NEAR[:10]]]
    values[9] = 80_000
    assert told(values, nl, kind=kind)[1] == (
        "a: deze reeks is niet stabiel, dus wat gewoon is, valt niet te zeggen. "
        "Buiten de grenzen (onder): 2e kwartaal 2016. "
        "Zeven of meer op rij aan een kant van het gemiddelde (boven): 1e kwartaal 2014 t/m 1e kwartaal 2016 "
        "en 3e kwartaal 2016 t/m 4e kwartaal 2019."
    )


def test_a_quarter_above_a_target_for_years_does_not_meet_it(nl):
    values = [93_000 + noise for noise in [*NEAR, *NEAR[:10]]]
    assert "streefwaarde" not in told(values, nl, target_value=93_000.0, kind="flow_per_week")[1]


def test_a_stable_series_says_what_is_usual_and_whether_that_is_enough(nl):
    values = [93_000 + noise for noise in [*NEAR, *NEAR[:10]]]
    assert told(values, nl)[0] == "In geen reeks een teken van een echte verandering"
    for target, end in [(90_000.0, "De streefwaarde wordt steeds gehaald (structureel)."),
                        (93_000.0, "Zoals het nu gaat, wordt de streefwaarde wisselend gehaald."),
                        (100_000.0, "Zoals het nu gaat, wordt de streefwaarde niet gehaald.")]:  # fmt: skip
        said = told(values, nl, target_value=target, kind="stock")[1]
        assert said.startswith("a: gewoonlijk tussen 92.") and said.endswith(
            f"Geen teken van een echte verandering. {end}"
        )


def test_no_chart_contradicts_a_goal_on_course(nl):
    """Rising a little less each quarter than it shakes: on course for 2030, and the chart shows no sign."""
    values = [93_000 + 30 * at + 3 * noise for at, noise in enumerate([*NEAR, *NEAR[:10]])]
    goal = {"target_value": 94_500.0, "target_date": "2029-12-31", "kind": "flow_per_week"}
    assert "streefwaarde niet gehaald" not in told(values, nl, **goal)[1]
    rising = told([93_000 + 300 * at + noise / 10 for at, noise in enumerate(NEAR)], nl, first="2016Q3")[1]
    assert "niet gehaald" not in rising
    assert "Zeven of meer op rij stijgend of dalend (verbetering): 3e kwartaal 2016 t/m 4e kwartaal 2019." in rising


def test_a_ratio_chart_says_of_what_it_is_the_ratio(nl):
    values = [1_000.0 + 100 * (at % 4) + at for at in range(24)]
    said = told(values, nl, seasonal=True, kind="stock")[1]
    assert said.endswith(
        "De kaart toont de verhouding tot dezelfde periode een jaar eerder: een herstel geeft een jaar na een dip "
        "vanzelf een piek."
    )


def test_only_the_present_stretch_counts():
    chart = chart_of([*CALM, *[value + 30 for value in CALM]], rebased=(pd.Period("2018Q3", "Q"),))
    old = chart.assign(side=np.where(chart["stretch"] == 0, 1.0, 0.0))
    assert level_since(old).empty
    assert structural(chart.assign(signal=np.where(chart["stretch"] == 0, "side", "")), 30, "at_least") == "always"
    assert structural(chart.assign(signal=np.where(chart["stretch"] == 1, "side", "")), 30, "at_least") == ""
