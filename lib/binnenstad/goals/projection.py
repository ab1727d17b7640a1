"""Projection: where a goal arrives if its development goes on, by a random walk with drift.

A yearly series of 3 to 8 points carries no more than its mean change and how much the changes differ
(Harvey 1989, *Forecasting, structural time series models*, ch. 2). The drift is the weighted least
squares estimate of the change per year, each change weighted by the inverse of its gap.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtr, stdtrit

from binnenstad.goals.values import decimal_year, lookup

LAST = 6  # points; older ones say little about a policy of today
HALF_A_YEAR = 0.375  # between a quarter and half a year, which is now 181 and then 184 days
LIKELY, UNLIKELY = 0.8, 0.2
WALK = ["points", "drift", "variance", "length", "first_error", "last_error", "last_year", "last_value"]


def is_yearly(values: pd.DataFrame) -> pd.Series:
    """Return per indicator whether it is measured once or twice a year; quarters and months are not projected.

    Parameters: ``indicator`` and ``date``, sorted by both. One value is taken as yearly.
    """
    gaps = decimal_year(values["date"]).groupby(values["indicator"]).diff()
    return ~(gaps.groupby(values["indicator"]).median() < HALF_A_YEAR)


def walks(values: pd.DataFrame, last_break: pd.Series) -> pd.DataFrame:
    """Return the random walk behind each yearly series since its last method break: a row per indicator.

    Parameters: ``values`` with ``indicator``, ``date``, ``value`` and ``error``, sorted; ``last_break`` per
    indicator, NaT for none. Returns ``points`` used (at most 6, the last of each calendar year), ``drift``
    [unit/year], ``variance`` [unit^2/year] of the changes (NaN below two changes), ``length`` [year], and
    year, value and error of the ends.
    """
    comparable = values[~(values["date"] < lookup(last_break, values["indicator"]))]
    yearly = comparable[lookup(is_yearly(comparable), comparable["indicator"]).astype(bool)]
    years = yearly["date"].dt.year
    yearly = yearly[~yearly.assign(year=years).duplicated(["indicator", "year"], keep="last")]
    used = yearly[yearly.groupby("indicator").cumcount(ascending=False) < LAST]
    time = decimal_year(used["date"])
    by = used["indicator"]
    gap, change = time.groupby(by).diff(), used["value"].groupby(by).diff()
    ends = pd.DataFrame({"time": time, "value": used["value"], "error": used["error"]}).groupby(by)
    # nth keeps a missing error missing, where first and last would skip it
    first, last = (used.assign(time=time)[edge].set_index("indicator") for edge in _edges(by))
    walk = pd.DataFrame({"points": ends.size()})
    walk["length"] = last["time"] - first["time"]
    walk["drift"] = (last["value"] - first["value"]) / walk["length"].where(walk["length"] > 0)
    residual = (change - lookup(walk["drift"], by) * gap) ** 2 / gap
    walk["variance"] = residual.groupby(by).sum() / (walk["points"] - 2).where(walk["points"] > 2)
    # a straight line leaves nothing but rounding
    largest = used["value"].abs().groupby(by).max()
    walk["variance"] = walk["variance"].mask(walk["variance"] < (1e-9 * largest) ** 2, 0.0)
    walk["first_error"], walk["last_error"] = first["error"], last["error"]
    walk["last_year"], walk["last_value"] = last["time"], last["value"]
    return walk


def _edges(by: pd.Series) -> tuple[pd.Series, pd.Series]:
    return ~by.duplicated(), ~by.duplicated(keep="last")


def forecast(walk: pd.DataFrame, years: pd.Series) -> pd.DataFrame:
    """Return the ``forecast`` of each walk ``years`` after its last point, its ``error`` and 80 % interval.

    error = sqrt(variance (h + h^2/L)), never below what the margins of first and last point alone give,
    sqrt(se_n^2 (1 + h/L)^2 + se_1^2 (h/L)^2). Student's t on the changes less one. NaN below 3 points.
    """
    enough = walk["points"] >= 3
    step = years.where(enough) / walk["length"]
    error = (walk["variance"] * years * (1 + step)) ** 0.5
    floor = (walk["last_error"] ** 2 * (1 + step) ** 2 + walk["first_error"] ** 2 * step**2) ** 0.5
    error = error.where(~(floor > error), floor)
    centre = (walk["last_value"] + years * walk["drift"]).where(enough)
    half = stdtrit((walk["points"] - 2).where(enough), 0.9) * error
    return pd.DataFrame({"forecast": centre, "error": error, "low": centre - half, "high": centre + half})


def project(goals: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Return where each goal arrives at its target date if its development goes on.

    Parameters: ``goals`` with ``id``, ``target``, ``target_date``, ``direction``, ``last_break`` and natural
    limits; ``values`` as ``goals.series``, up to the value each goal is judged by. Returns, in the order
    of the goals: the walk (``points``, ``drift``, ...); ``forecast``, ``forecast_low`` and
    ``forecast_high`` (80 %, kept within the natural limits); and ``outlook``: likely (chance of meeting the
    target >= 0.8), unlikely (<= 0.2), uncertain, or empty below 4 points or where changes do not differ.
    """
    walk = walks(values, goals.set_index("id")["last_break"]).reindex(goals["id"]).set_axis(goals.index)
    walk["points"] = walk["points"].fillna(0).astype(int)
    ahead = decimal_year(goals["target_date"]) - walk["last_year"]
    ahead = ahead.where((ahead > 0) & goals["target"].notna())
    found = forecast(walk, ahead)
    sign = np.where(goals["direction"] == "at_least", 1.0, -1.0)
    distance = sign * (found["forecast"] - goals["target"]) / found["error"]
    told = (walk["points"] >= 4) & (walk["variance"] > 0) & distance.notna()
    chance = pd.Series(stdtr((walk["points"] - 2).where(told), distance), index=goals.index)
    words = np.select([~told, chance >= LIKELY, chance <= UNLIKELY], ["", "likely", "unlikely"], "uncertain")
    limits = goals["lower_limit"].astype(float), goals["upper_limit"].astype(float)
    kept = found[["forecast", "low", "high"]].clip(*limits, axis=0)
    kept.columns = pd.Index(["forecast", "forecast_low", "forecast_high"])
    return walk[WALK].join(kept).assign(outlook=words)


def fan(goal: pd.Series) -> pd.DataFrame:
    """Return the forecast of one goal year by year, from its last value to its target date.

    Parameters: a row of ``goals.assess``. Returns ``year`` (decimal), ``forecast``, ``low`` and ``high``
    (80 %); no rows without a forecast.
    """
    if pd.isna(goal["forecast"]):
        return pd.DataFrame(columns=["year", "forecast", "low", "high"], dtype=float)
    end = decimal_year(pd.Series([goal["target_date"]])).iloc[0]
    ahead = pd.Series([*np.arange(0.0, end - goal["last_year"], 0.25), end - goal["last_year"]])
    walk = pd.DataFrame([goal[WALK]] * len(ahead), columns=WALK).astype(float).reset_index(drop=True)
    found = forecast(walk, ahead)[["forecast", "low", "high"]]
    found = found.clip(lower=goal["lower_limit"], upper=goal["upper_limit"])
    return found.assign(year=goal["last_year"] + ahead)
