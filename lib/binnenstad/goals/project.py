"""The projection: where a goal arrives if its development goes on, by a random walk with drift.

A yearly series of 3 to 8 points carries no more than its mean change and how much the changes differ
(Harvey 1989, *Forecasting, structural time series models*, ch. 2). The drift is the weighted least
squares estimate of the change per year, each change weighted by the inverse of its gap.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from binnenstad.goals.values import decimal_year, lookup, period_number
from binnenstad.words.numbers import DECIMALS

LAST = 6  # points; without a baseline to count from, older ones say little about a policy of today
LIKELY, UNLIKELY = 0.8, 0.2
LEAP = 0.003  # year: what a leap year makes of the time between equal dates
# a value is at least as uncertain as half the last digit in which it is printed, percentages in whole ones
HALF_DIGIT = {unit: 0.5 * 10.0 ** -(places + 2 * (unit == "share")) for unit, places in DECIMALS.items()}


def points(goals: pd.DataFrame, figures: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the figures a projection rests on, one a year, in the season of the figure each goal is judged by.

    The usable baseline counts in any season; figures marked ``exceptional`` do not count: the second table has those.
    They are those since the baseline; where that leaves fewer than 3, or there is no baseline, the last 6 of all.
    Parameters: both results of ``judged_values``. Adds ``least``, the least standard error a figure can have: what is
    known of its margin, half the last digit printed, or the root of a count.
    """
    own, by = goals.set_index("id"), figures["indicator"]
    start = lookup(own["baseline_date"].where(own["baseline"].notna()), by)
    away = lookup(period_number(own["date"], own["rhythm"]), by) - period_number(figures["date"], figures["rhythm"])
    usual = (away % (12 // figures["rhythm"]) == 0) | (figures["date"] == start)
    years = figures.assign(away=away, since=figures["date"] >= start, shock=figures["exceptional"] > 0)[usual]
    used = years[~years["shock"]].drop_duplicates(["indicator", "away"], keep="last")
    grouped, unit = used.groupby("indicator"), lookup(own["unit"], used["indicator"])
    count = used["value"].clip(lower=0).where(unit == "count") ** 0.5
    least = np.fmax(np.fmax(np.fmax(used["error"], unit.map(HALF_DIGIT).astype(float)), count), 0.0)
    enough = grouped["since"].transform("sum") >= 3
    used = used.assign(least=least)[used["since"].where(enough, grouped.cumcount(ascending=False) < LAST)]
    first = lookup(used.groupby("indicator")["date"].min(), years["indicator"])
    return used, years[years["shock"] & (years["date"] > first)]


def walks(used: pd.DataFrame) -> pd.DataFrame:
    """Return the random walk behind the ``points`` of each goal: a row per indicator.

    Returns ``points`` (how many), ``margins`` (whether those of both ends are known), ``forecast_from`` (year of the
    first), ``drift`` [unit/year] and its ``drift_error``, ``variance`` [unit^2/year] of the changes (NaN below two
    changes, 0 for equal steps), ``length`` [year], ``reach`` (highest less lowest), and year, value and least error of
    the ends.
    """
    used = used.assign(time=decimal_year(used["date"]))
    grouped, by = used.groupby("indicator"), used["indicator"]
    first, last = (edge.set_index("indicator") for edge in (grouped.head(1), grouped.tail(1)))
    walk = pd.DataFrame({"points": grouped.size(), "length": last["time"] - first["time"]})
    walk["drift"] = (last["value"] - first["value"]) / walk["length"].where(walk["length"] > 0)
    gap, change = grouped["time"].diff(), grouped["value"].diff()
    residual = (change - lookup(walk["drift"], by) * gap) ** 2 / gap
    variance = residual.groupby(by).sum() / (walk["points"] - 2).where(walk["points"] > 2)
    # equal steps leave nothing but rounding, and the odd day of a leap year
    nothing = np.fmax(1e-9 * used["value"].abs().groupby(by).max(), LEAP * walk["drift"].abs())
    walk["variance"] = variance.mask(variance <= nothing**2, 0.0)
    walk["first_error"], walk["last_error"] = first["least"], last["least"]
    ends = np.hypot(first["least"], last["least"]) / walk["length"]
    walk["drift_error"] = np.fmax((walk["variance"] / walk["length"]) ** 0.5, ends)
    walk["margins"] = (first["error"] > 0) & (last["error"] > 0)
    walk["forecast_from"], walk["reach"] = first["date"].dt.year, grouped["value"].max() - grouped["value"].min()
    walk["last_year"], walk["last_value"] = last["time"], last["value"]
    return walk


def forecast(walk: pd.DataFrame | pd.Series, years: pd.Series) -> pd.DataFrame:
    """Return the ``forecast`` of walks ``years`` after their last point, its ``error`` and 80 % interval.

    error = sqrt(variance (h + h^2/L)), never below what the least errors of first and last point alone give,
    sqrt(se_n^2 (1 + h/L)^2 + se_1^2 (h/L)^2), which is all there is of two points. Student's t on the changes less
    one, the normal distribution for two points. Equal steps have no spread to draw an interval from.
    """
    step = years / walk["length"]
    floor = np.hypot(walk["last_error"] * (1 + step), walk["first_error"] * step)
    error = np.fmax((walk["variance"] * years * (1 + step)) ** 0.5, floor)
    freedom = np.where(walk["points"] > 2, walk["points"] - 2, np.inf)
    spread = np.where(walk["variance"] == 0, np.nan, error)
    centre, half = walk["last_value"] + years * walk["drift"], stdtrit(freedom, 0.9) * spread
    return pd.DataFrame({"forecast": centre, "error": error, "low": centre - half, "high": centre + half})


def project(goals: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Return where each goal arrives at its target date if its development goes on.

    Parameters: ``goals`` and ``figures`` of ``judged_values``, the goals with ``reference``, ``target``, ``in_period``
    (measured in the period of the target date), ``sign`` (-1 for goals that must fall) and natural limits. Returns, in
    the order of the goals: the walk (``points``, ``drift``, ...); ``forecast``, ``forecast_low`` and
    ``forecast_high`` (80 %, kept within the natural limits; no ends for equal steps; NaN below 3 points, or 2 with
    known margins, and once that period is measured, or the target date there); ``forecast_wide`` (the interval is wider
    than the points lie apart); ``left_out`` (the exceptional years, with their reason); and ``outlook``: likely (chance
    of meeting the target >= 0.8), unlikely (<= 0.2), uncertain, or empty: below 4 points and for equal steps, and in
    the place of likely or unlikely for a wide interval or a drift within its own standard error.
    """
    used, shocks = points(goals, figures)
    walk = walks(used).reindex(goals["id"]).set_axis(goals.index)
    named = shocks["date"].dt.strftime("%Y (") + shocks["exceptional_reason"].astype("str").str.rstrip(". ") + ")"
    walk["left_out"] = lookup(named.groupby(shocks["indicator"]).agg("; ".join), goals["id"])
    walk["points"] = walk["points"].fillna(0).astype(int)
    over = goals["in_period"] | (goals["reference"] >= goals["target_date"])
    ahead = decimal_year(goals["target_date"]) - walk["last_year"]
    enough = (walk["points"] > 2) | ((walk["points"] == 2) & walk["margins"].eq(True))
    found = forecast(walk, ahead.where(enough & (ahead > 0) & goals["target"].notna() & ~over))
    chance = stdtr(walk["points"] - 2, goals["sign"] * (found["forecast"] - goals["target"]) / found["error"])
    kept = found[["forecast", "low", "high"]].clip(goals["lower_limit"], goals["upper_limit"], axis=0)
    wide = kept["high"] - kept["low"] > walk["reach"]
    silent = ~(walk["points"] >= 4) | ~(walk["variance"] > 0) | found["forecast"].isna()
    open_still = (chance > UNLIKELY) & (chance < LIKELY)
    rows = [silent, open_still, wide | (walk["drift"].abs() <= walk["drift_error"]), chance >= LIKELY]
    words = np.select(rows, ["", "uncertain", "", "likely"], "unlikely")
    kept = kept.rename(columns={"low": "forecast_low", "high": "forecast_high"})
    return walk.join(kept).assign(forecast_wide=wide, outlook=words)


def fan(goal: pd.Series) -> pd.DataFrame:
    """Return the forecast of one goal year by year, from its last value to its target date.

    Parameters: a row of ``goals.assess``. Returns ``year`` (decimal), ``forecast``, ``low`` and ``high``
    (80 %); no rows without a forecast.
    """
    if pd.isna(goal["forecast"]):
        return pd.DataFrame(columns=["year", "forecast", "low", "high"], dtype=float)
    end = decimal_year(pd.Series([goal["target_date"]])).iloc[0]
    ahead = pd.Series([*np.arange(0.0, end - goal["last_year"], 0.25), end - goal["last_year"]])
    found = forecast(goal, ahead)[["forecast", "low", "high"]].clip(goal["lower_limit"], goal["upper_limit"])
    return found.assign(year=goal["last_year"] + ahead)
