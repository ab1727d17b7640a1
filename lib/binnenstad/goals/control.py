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
    per = comparable.set_index(comparable["date"].dt.to_period(freq))["value"]
    per = per[~per.index.duplicated(keep="last")]
    every: pd.Series = per.reindex(pd.period_range(per.index.min(), per.index.max(), freq=freq))
    if not seasonal:
        return every
    ratio = every / every.shift({"M": 12, "Q": 4}[freq]).where(lambda before: before > 0)
    return ratio.loc[ratio.first_valid_index() :] if ratio.notna().any() else ratio.iloc[:0]


def control_chart(points: pd.Series, rebased: Sequence[pd.Period] = ()) -> pd.DataFrame:
    """Return centre, limits and signals of a series, a row per period.

    Parameters: ``points`` as ``control_series``; ``rebased`` the periods from which a person decided that new
    limits hold. Returns ``value``, ``centre``, ``lower``, ``upper`` (NaN below 8 values), ``limits`` ("none",
    "provisional" below 13 values, "full") and ``signal``: outside the limits; 7 in a row on one side of the
    centre; 7 in a row that each rise or each fall; 2 of 3 beyond two thirds of the way to the same limit. The
    first that holds is named, empty for none. No range and no run crosses a missing period.
    """
    part = pd.Series(sum((points.index >= period).astype(int) for period in rebased), index=points.index)
    charts = [_limits(own) for _, own in points.groupby(part if len(rebased) else np.zeros(len(points), dtype=int))]
    if not charts:
        columns = ["value", "centre", "lower", "upper", "limits", "signal"]
        return pd.DataFrame(columns=columns, index=points.index)
    return pd.concat(charts)


def _limits(points: pd.Series) -> pd.DataFrame:
    count = int(points.notna().sum())
    centre, half = points.mean(), FACTOR * points.diff().abs().mean()
    # without two periods in a row there is no range to draw limits from
    drawn = count >= DRAWN and pd.notna(half)
    chart = pd.DataFrame({"value": points.astype(float)})
    chart["centre"] = centre if drawn else np.nan
    chart["lower"], chart["upper"] = (centre - half, centre + half) if drawn else (np.nan, np.nan)
    chart["limits"] = ("full" if count >= FULL else "provisional") if drawn else "none"
    chart["signal"] = _signals(chart) if drawn else ""
    return chart


def _signals(chart: pd.DataFrame) -> np.ndarray:
    value, centre = chart["value"], chart["centre"]
    side = pd.Series(np.sign(value - centre), index=chart.index)
    third = (chart["upper"] - centre) * 2 / 3
    far = side.where((value - centre).abs() > third, 0.0)
    steps = pd.Series(np.sign(value.diff()), index=chart.index)
    # a trend of 7 points has 6 steps; the point before the first step belongs to it
    rising = _in_run(steps, RUN - 1)
    trend = rising | rising.shift(-1, fill_value=False)
    found = [
        (value > chart["upper"]) | (value < chart["lower"]),
        _in_run(side, RUN),
        trend,
        _two_of_three(far, value.notna()),
    ]
    return np.select(found, list(SIGNALS), "")


def _in_run(signs: pd.Series, length: int) -> pd.Series:
    """Return which points lie in a run of at least ``length`` equal signs; 0 and missing end a run."""
    told = signs.fillna(0.0)
    runs = (told != told.shift()).cumsum()
    size = runs.groupby(runs).transform("size")
    return (told != 0) & (size >= length)


def _two_of_three(far: pd.Series, measured: pd.Series) -> pd.Series:
    hit = pd.Series(False, index=far.index)
    for sign in (1.0, -1.0):
        beyond = far == sign
        beside = beyond & beyond.shift(fill_value=False)
        apart = beyond & beyond.shift(2, fill_value=False) & measured.shift(fill_value=False)
        # both points of the pair are the signal
        hit |= beside | apart | beside.shift(-1, fill_value=False) | apart.shift(-2, fill_value=False)
    return hit


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
            freq = periods_of(own["date"])
            chart = control_chart(points, [pd.Period(day, freq=freq) for day in days])
            charts[str(goal["id"])] = chart.assign(measured=control_series(own).reindex(chart.index))
    return charts


def structural(chart: pd.DataFrame, target: float, direction: str) -> str:
    """Return whether the process as it is meets a target: always, never, sometimes, or empty without limits.

    The target is held against the natural limits of the last part of the chart (``control_chart``).
    """
    if chart.empty or chart["limits"].iloc[-1] == "none" or pd.isna(target):
        return ""
    lower, upper = chart["lower"].iloc[-1], chart["upper"].iloc[-1]
    if direction == "at_most":
        lower, upper, target = -upper, -lower, -target
    if lower >= target:
        return "always"
    return "never" if upper < target else "sometimes"
