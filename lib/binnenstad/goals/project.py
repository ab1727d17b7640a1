"""The projection: where a goal arrives if its development goes on, by a random walk with drift.

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


def walks(values: pd.DataFrame, last_break: pd.Series) -> pd.DataFrame:
    """Return the random walk behind each yearly series since its last method break: a row per indicator.

    Parameters: ``values`` with ``indicator``, ``date``, ``value`` and ``error``, sorted; ``last_break`` per
    indicator, NaT for none. Quarters and months are no yearly series; half years and single values are. Returns
    ``points`` used (at most 6, the last of each calendar year), ``drift`` [unit/year], ``variance`` [unit^2/year]
    of the changes (NaN below two changes), ``length`` [year], and year, value and error of the ends.
    """
    comparable = values[~(values["date"] < lookup(last_break, values["indicator"]))]
    time, by = decimal_year(comparable["date"]), comparable["indicator"]
    usual = time.groupby(by).diff().groupby(by).transform("median")
    yearly = comparable.assign(time=time, year=comparable["date"].dt.year)[~(usual < HALF_A_YEAR)]
    used = yearly.drop_duplicates(["indicator", "year"], keep="last").groupby("indicator").tail(LAST)
    grouped, by = used.groupby("indicator"), used["indicator"]
    first, last = (edge.set_index("indicator") for edge in (grouped.head(1), grouped.tail(1)))
    walk = pd.DataFrame({"points": grouped.size(), "length": last["time"] - first["time"]})
    walk["drift"] = (last["value"] - first["value"]) / walk["length"].where(walk["length"] > 0)
    gap, change = grouped["time"].diff(), grouped["value"].diff()
    residual = (change - lookup(walk["drift"], by) * gap) ** 2 / gap
    variance = residual.groupby(by).sum() / (walk["points"] - 2).where(walk["points"] > 2)
    # a straight line leaves nothing but rounding
    walk["variance"] = variance.mask(variance < (1e-9 * used["value"].abs().groupby(by).max()) ** 2, 0.0)
    walk["first_error"], walk["last_error"] = first["error"], last["error"]
    walk["last_year"], walk["last_value"] = last["time"], last["value"]
    return walk


def forecast(walk: pd.DataFrame | pd.Series, years: pd.Series) -> pd.DataFrame:
    """Return the ``forecast`` of walks ``years`` after their last point, its ``error`` and 80 % interval.

    error = sqrt(variance (h + h^2/L)), never below what the margins of first and last point alone give,
    sqrt(se_n^2 (1 + h/L)^2 + se_1^2 (h/L)^2). Student's t on the changes less one.
    """
    step = years / walk["length"]
    floor = (walk["last_error"] ** 2 * (1 + step) ** 2 + walk["first_error"] ** 2 * step**2) ** 0.5
    # an unknown margin sets no least
    error = np.fmax((walk["variance"] * years * (1 + step)) ** 0.5, floor)
    centre, half = walk["last_value"] + years * walk["drift"], stdtrit(walk["points"] - 2, 0.9) * error
    return pd.DataFrame({"forecast": centre, "error": error, "low": centre - half, "high": centre + half})


def project(goals: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Return where each goal arrives at its target date if its development goes on.

    Parameters: ``goals`` with ``id``, ``reference``, ``target``, ``target_date``, ``in_period`` (measured in the
    period of that date), ``sign`` (-1 for goals that must fall), ``last_break`` and natural limits; ``values`` as
    ``goals.series``, up to the value each goal is judged by. Returns, in the order of the goals: the walk (``points``,
    ``drift``, ...); ``forecast``, ``forecast_low`` and ``forecast_high`` (80 %, kept within the natural limits; NaN
    below 3 points and once that period is measured, or the target date over); and ``outlook``: likely (chance of
    meeting the target >= 0.8), unlikely (<= 0.2), uncertain, or empty below 4 points or where changes do not differ.
    """
    walk = walks(values, goals.set_index("id")["last_break"]).reindex(goals["id"]).set_axis(goals.index)
    walk["points"] = walk["points"].fillna(0).astype(int)
    over = goals["in_period"] | (goals["reference"] > goals["target_date"])
    ahead = decimal_year(goals["target_date"]) - walk["last_year"]
    found = forecast(walk, ahead.where((walk["points"] >= 3) & (ahead > 0) & goals["target"].notna() & ~over))
    distance = goals["sign"] * (found["forecast"] - goals["target"]) / found["error"]
    chance = stdtr(walk["points"] - 2, distance)
    told = (walk["points"] >= 4) & (walk["variance"] > 0) & distance.notna()
    words = np.select([~told, chance >= LIKELY, chance <= UNLIKELY], ["", "likely", "unlikely"], "uncertain")
    kept = found[["forecast", "low", "high"]].clip(goals["lower_limit"], goals["upper_limit"], axis=0)
    return walk[WALK].join(kept.rename(columns={"low": "forecast_low", "high": "forecast_high"})).assign(outlook=words)


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
