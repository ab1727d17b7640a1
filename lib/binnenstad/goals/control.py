"""XmR control chart: whether a quarterly or monthly series moves more than it always does.

Limits after Wheeler and Chambers (1992, *Understanding Statistical Process Control*): the mean, plus and
minus 2.66 times the mean moving range.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

FACTOR = 2.66  # 3 / 1.128: three sigma, with sigma estimated by the mean range of two values
DRAWN, FULL = 8, 13  # points from which limits are drawn, and from which they are no longer provisional
RUN = 7
SIGNALS = ("outside", "side", "trend", "two_of_three")


def periods_of(dates: pd.Series) -> str:
    """Return "M" or "Q" for a series measured about monthly or quarterly, "" for any other.

    >>> periods_of(pd.Series(pd.to_datetime(["2019-03-31", "2019-06-30", "2019-09-30"])))
    'Q'
    """
    days = dates.sort_values().diff().dt.days.median()
    if len(dates) < 3 or not days > 0:
        return ""
    return "M" if days < 46 else "Q" if days < 137 else ""


def control_series(values: pd.DataFrame, *, seasonal: bool = False) -> pd.Series:
    """Return the values of one indicator per quarter or month, ready for ``control_chart``.

    Parameters: rows of ``goals.series`` of one indicator. ``seasonal`` gives the ratio [1] to the same period
    a year earlier instead, for counts that rise and fall with the year. Only values since the last method
    break are comparable. Of several values in one period the last counts; a missing period is NaN. Empty for a
    series that is neither quarterly nor monthly.
    """
    ordered = values.sort_values("date", kind="stable")
    comparable = ordered[ordered["method_break"].cumsum() == ordered["method_break"].sum()]
    freq = periods_of(comparable["date"])
    if not freq:
        return pd.Series(dtype=float, index=pd.PeriodIndex([], freq="Q"))
    per = comparable.groupby(comparable["date"].dt.to_period(freq))["value"].last()
    every: pd.Series = per.reindex(pd.period_range(per.index[0], per.index[-1]))
    if not seasonal:
        return every
    ratio = every / every.shift({"M": 12, "Q": 4}[freq]).where(lambda before: before > 0)
    return ratio[ratio.notna().cummax()]


def control_chart(points: pd.Series, rebased: Sequence[pd.Period] = ()) -> pd.DataFrame:
    """Return centre, limits and signals of a series of at least one period, a row per period.

    Parameters: ``points`` as ``control_series``; ``rebased`` the periods from which a person decided that new
    limits hold. Returns ``value``, ``centre``, ``lower``, ``upper`` (NaN below 8 values), ``limits`` ("none",
    "provisional" below 13 values, "full") and ``signal``: outside the limits; 7 in a row on one side of the
    centre; 7 in a row that each rise or each fall; 2 of 3 beyond two thirds of the way to the same limit. The
    first that holds is named, empty for none. No range and no run crosses a missing period.
    """
    part = pd.Series(sum((points.index >= period).astype(int) for period in rebased), index=points.index)
    return pd.concat([_limits(own) for _, own in points.groupby(part)])


def _limits(points: pd.Series) -> pd.DataFrame:
    """Return the chart of a series between two decisions on its limits."""
    count, half = points.count(), FACTOR * points.diff().abs().mean()
    # without two periods in a row there is no range to draw limits from
    firm = "none" if count < DRAWN or pd.isna(half) else "provisional" if count < FULL else "full"
    centre = np.nan if firm == "none" else points.mean()
    chart = pd.DataFrame({"value": points, "centre": centre, "lower": centre - half, "upper": centre + half})
    return chart.assign(limits=firm, signal="" if firm == "none" else _signals(chart))


def _signals(chart: pd.DataFrame) -> np.ndarray:
    """Return the sign at each point, the first of ``SIGNALS`` that holds, empty for none."""
    value, away = chart["value"], chart["value"] - chart["centre"]
    side, steps = away.apply(np.sign), value.diff().apply(np.sign)
    far = side.where(away.abs() > (chart["upper"] - chart["centre"]) * 2 / 3, 0.0)
    # a trend of 7 points has 6 steps; the point before the first step belongs to it
    rising = _in_run(steps, RUN - 1)
    trend = rising | rising.shift(-1, fill_value=False)
    outside = (value > chart["upper"]) | (value < chart["lower"])
    return np.select([outside, _in_run(side, RUN), trend, _two_of_three(far, value.notna())], list(SIGNALS), "")


def _in_run(signs: pd.Series, length: int) -> pd.Series:
    """Return which points lie in a run of at least ``length`` equal signs; 0 and missing end a run."""
    told = signs.fillna(0.0)
    runs = (told != told.shift()).cumsum()
    size = runs.groupby(runs).transform("size")
    return (told != 0) & (size >= length)


def _two_of_three(far: pd.Series, measured: pd.Series) -> pd.Series:
    """Return which points lie far from the centre beside another on that side, or next but one to it."""
    same = {lag: far == far.shift(lag) for lag in (1, -1, 2, -2)}
    next_but_one = (same[2] & measured.shift(fill_value=False)) | (same[-2] & measured.shift(-1, fill_value=False))
    return (far != 0) & (same[1] | same[-1] | next_but_one)


def control_charts(
    indicators: pd.DataFrame, values: pd.DataFrame, decisions: pd.DataFrame, as_of: pd.Timestamp
) -> dict[str, pd.DataFrame]:
    """Return the control chart of every quarterly or monthly series, by the id of its indicator.

    Parameters: ``values`` from ``goals.series``; ``decisions`` of the contract, of which those on
    ``control_limits`` up to ``as_of`` set new limits from their ``effective`` date. A column ``measured`` holds
    what was measured, where ``value`` is the ratio to a year earlier.
    """
    rebases = decisions[(decisions["subject"] == "control_limits") & (decisions["date"] <= as_of)]
    charts = {}
    for _, goal in indicators.iterrows():
        own = values[values["indicator"] == goal["id"]]
        points = control_series(own, seasonal=bool(goal["seasonal"]))
        if len(points):
            days = rebases.loc[rebases["indicator"] == goal["id"], "effective"]
            chart = control_chart(points, [pd.Period(day, freq=periods_of(own["date"])) for day in days])
            charts[str(goal["id"])] = chart.assign(measured=control_series(own).reindex(chart.index))
    return charts


def structural(chart: pd.DataFrame, target: float, direction: str) -> str:
    """Return whether the process as it is meets a target: always, never, sometimes, or empty without limits.

    The target is held against the natural limits of the last part of the chart (``control_chart``).
    """
    last = chart.iloc[-1]
    if last["limits"] == "none" or pd.isna(target):
        return ""
    ends = (last["lower"], last["upper"])
    meets = [limit >= target if direction == "at_least" else limit <= target for limit in ends]
    return "always" if all(meets) else "sometimes" if any(meets) else "never"
