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
PERIODS = {1: "M", 3: "Q"}  # of a rhythm in months


def control_series(values: pd.DataFrame, *, seasonal: bool = False) -> pd.Series:
    """Return the values of one indicator per quarter or month, ready for ``control_chart``.

    Parameters: rows of ``goals.series`` of one indicator. ``seasonal`` gives the ratio [1] to the same period
    a year earlier instead, for counts that rise and fall with the year. Only values since the last method
    break are comparable. Of several values in one period the last counts; a missing period is NaN. Empty for a
    series that is neither quarterly nor monthly by its ``rhythm``, and below 3 values.
    """
    ordered = values.sort_values("date", kind="stable")
    comparable = ordered[ordered["method_break"].cumsum() == ordered["method_break"].sum()]
    freq = PERIODS.get(comparable["rhythm"].max(), "")
    if not freq or len(comparable) < 3:
        return pd.Series(dtype=float, index=pd.PeriodIndex([], freq="Q"))
    per = comparable.groupby(comparable["date"].dt.to_period(freq))["value"].last()
    every: pd.Series = per.reindex(pd.period_range(per.index[0], per.index[-1]))
    if not seasonal:
        return every
    ratio = every / every.shift({"M": 12, "Q": 4}[freq]).where(lambda before: before > 0)
    return ratio[ratio.notna().cummax()]


def control_chart(points: pd.Series, rebased: Sequence[pd.Period] = ()) -> pd.DataFrame:
    """Return centre, limits and signs of a series of at least one period, a row per period.

    Parameters: ``points`` as ``control_series``; ``rebased`` the periods from which a person decided that new
    limits hold. Returns ``value``, ``stretch`` (how many of these decisions held), ``centre``, ``lower``, ``upper``
    (NaN below 8 values), ``limits`` ("none", "provisional" below 13 values, "full"); a column per sign, 1 above and
    -1 below, 0 for none: ``outside`` the limits; ``side``, 7 in a row on one side of the centre; ``trend``, 7 in a row
    that each rise or each fall; ``two_of_three`` beyond two thirds of the way to the same limit; and ``signal``, the
    first that holds, empty for none. No range and no run crosses a missing period.
    """
    part = pd.Series(sum((points.index >= period).astype(int) for period in rebased), index=points.index)
    return pd.concat([_limits(own).assign(stretch=number) for number, own in points.groupby(part)])


def _limits(points: pd.Series) -> pd.DataFrame:
    """Return the chart of a series between two decisions on its limits."""
    count, half = points.count(), FACTOR * points.diff().abs().mean()
    # without two periods in a row there is no range to draw limits from
    firm = "none" if count < DRAWN or pd.isna(half) else "provisional" if count < FULL else "full"
    centre = np.nan if firm == "none" else points.mean()
    chart = pd.DataFrame({"value": points, "centre": centre, "lower": centre - half, "upper": centre + half})
    signs = _signs(chart)
    return chart.join(signs).assign(limits=firm, signal=np.select([signs[name] != 0 for name in SIGNALS], SIGNALS, ""))


def _signs(chart: pd.DataFrame) -> pd.DataFrame:
    """Return per sign where it holds, and which way; nowhere without limits."""
    value, away = chart["value"], chart["value"] - chart["centre"]
    side, steps = away.apply(np.sign), value.diff().where(chart["centre"].notna()).apply(np.sign)
    far = side.where(away.abs() > (chart["upper"] - chart["centre"]) * 2 / 3, 0.0)
    # a trend of 7 points has 6 steps; the point before the first step belongs to it
    rising = steps.where(_in_run(steps, RUN - 1), 0.0)
    signs = {"outside": side.where((value > chart["upper"]) | (value < chart["lower"]), 0.0)}
    signs |= {"side": side.where(_in_run(side, RUN), 0.0), "trend": rising.mask(rising == 0, rising.shift(-1))}
    return pd.DataFrame(signs | {"two_of_three": far.where(_two_of_three(far, value.notna()), 0.0)}).fillna(0.0)


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
            chart = control_chart(points, [pd.Period(day, freq=PERIODS[own["rhythm"].max()]) for day in days])
            charts[str(goal["id"])] = chart.assign(measured=control_series(own).reindex(chart.index))
    return charts


def present(chart: pd.DataFrame) -> pd.DataFrame:
    """Return the part of a chart (``control_chart``) since the last decision on its limits."""
    return chart[chart["stretch"].eq(chart["stretch"].max())]


def level_since(chart: pd.DataFrame) -> pd.Series:
    """Return the run on one side of the mean that the present stretch of a chart ends in, if most lay on the other.

    Empty for none: a dip pulls the mean down, and what lies above it before and after is one level.
    """
    now = present(chart)
    runs = (now["side"] != now["side"].shift()).cumsum()
    last, before = now["side"][runs == runs.iloc[-1]], (now["value"] - now["centre"])[runs < runs.iloc[-1]]
    return last[last * before.median() < 0]


def structural(chart: pd.DataFrame, target: float, direction: str) -> str:
    """Return whether the process as it is meets a target: always, never, sometimes.

    Empty where nothing can be said: without limits, without target, and for a process that is not stable, which has a
    sign in its present stretch.
    """
    now, last = present(chart), chart.iloc[-1]
    if last["limits"] == "none" or pd.isna(target) or (now["signal"] != "").any():
        return ""
    meets = [limit >= target if direction == "at_least" else limit <= target for limit in last[["lower", "upper"]]]
    return "always" if all(meets) else "sometimes" if any(meets) else "never"
