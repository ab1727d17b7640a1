"""Values as they were known: which publication counts, which value a goal is judged by, and its baseline."""

from __future__ import annotations

import numpy as np
import pandas as pd

from binnenstad.goals.margins import COUNTS, HIDE_BELOW, SURVEYS, intervals, standard_errors
from binnenstad.programme.as_of import known_at

JUDGED = ["value", "date", "respondents", "valid_weeks", "illustrative", "source", "status", "error", "low", "high"]
RHYTHMS = np.array([1, 2, 3, 4, 6, 12])  # months: what a year can be divided into


def decimal_year(dates: pd.Series) -> pd.Series:
    """Return dates as decimal years; 31 December 2019 is 2020.0, so that whole years stay whole.

    >>> decimal_year(pd.Series(pd.to_datetime(["2016-12-31", "2019-07-01"]))).round(3).tolist()
    [2017.0, 2019.499]
    """
    decimal: pd.Series = dates.dt.year + dates.dt.day_of_year / (365 + dates.dt.is_leap_year.astype(float))
    return decimal


def known_values(measurements: pd.DataFrame, reference: pd.Timestamp, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return what was known at a moment: per indicator and date the last value published up to ``as_of``.

    Only dates up to ``reference`` count. Columns as the table ``measurements``, sorted by
    indicator and date; empty in, empty out. Row order of the input does not matter.
    """
    return known_at(measurements[measurements["date"] <= reference], as_of, ["indicator", "date"])


def rhythm(values: pd.DataFrame) -> pd.Series:
    """Return in how many months the indicator of each value is measured again: 1, 2, 3, 4, 6 or 12.

    The one nearest to the median of the last four gaps, so that a series counted more often than before is soon
    known as such; of two in the middle the smaller. 12 for a single value. Parameters: ``indicator`` and ``date``,
    sorted by both.

    >>> days = pd.to_datetime(["2019-03-31", "2019-06-30", "2019-12-31", "2020-03-31"])
    >>> rhythm(pd.DataFrame({"indicator": "1a", "date": days})).tolist()
    [3, 3, 3, 3]
    """
    by, gaps = values["indicator"], values.groupby("indicator")["date"].diff().dt.days / 30.4375
    usual = gaps.groupby(by).tail(4).groupby(by).quantile(interpolation="lower").fillna(12.0)
    nearest = np.abs(lookup(usual, by).to_numpy()[:, None] - RHYTHMS).argmin(axis=1)
    return pd.Series(RHYTHMS[nearest], index=values.index)


def period_number(dates: pd.Series, months: pd.Series) -> pd.Series:
    """Return in which period of so many months each date lies, counted on through the years; NaN for no date."""
    number: pd.Series = (dates.dt.year * 12 + dates.dt.month - 1) // months
    return number


def series(
    indicators: pd.DataFrame, measurements: pd.DataFrame, reference: pd.Timestamp, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return ``known_values`` with the 95 % interval of each, ``low`` and ``high``, its ``error`` and ``rhythm``.

    The first three are NaN without a margin. Survey values that rest on fewer than 30 answers are left out.
    """
    return shown(known_values(measurements, reference, as_of), indicators)[0]


def shown(known: pd.DataFrame, indicators: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the values that may be shown with their margins, and the indicators whose newest value may not.

    A survey value on fewer than 30 answers says more about chance than about the city.
    """
    kinds = lookup(indicators.set_index("id")["kind"], known["indicator"])
    hidden = kinds.isin(SURVEYS) & (known["respondents"] < HIDE_BELOW)
    newest = ~known["indicator"].duplicated(keep="last")
    told = known.join(intervals(known, kinds)).assign(error=standard_errors(known, kinds), rhythm=rhythm(known))
    return told[~hidden].reset_index(drop=True), known.loc[hidden & newest, "indicator"]


def judged_values(indicators: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Join each indicator to the value it is judged by, its usable baseline, and its change so far.

    ``known`` are the values that may be shown (``shown``). Adds ``rhythm``, ``due`` (the period of the target date,
    ``period_number``), the columns of ``JUDGED`` (``source`` as ``value_source``, ``status`` as ``provisional``),
    ``signed_baseline``, ``baseline`` (NaN across a method break),
    the standard errors of value, baseline and ``begin`` of the change, ``change_since`` and ``change_per_year``.
    """
    goals = indicators.reset_index(drop=True)
    goals["rhythm"] = lookup(known.drop_duplicates("indicator").set_index("indicator")["rhythm"], goals["id"]).fillna(
        12
    )
    goals["due"] = period_number(goals["target_date"], goals["rhythm"])
    # what was measured after the period of the target date cannot change the verdict on it
    due = lookup(goals.set_index("id")["due"], known["indicator"])
    judged = known[~(period_number(known["date"], known["rhythm"]) > due)]
    goals["measured_later"] = goals["id"].isin(known["indicator"]) & ~goals["id"].isin(judged["indicator"])
    value = judged.drop_duplicates("indicator", keep="last").set_index("indicator")[JUDGED]
    goals = goals.join(value.rename(columns={"source": "value_source", "error": "value_error"}), on="id")
    goals["illustrative"] = goals["illustrative"].eq(True)
    goals["provisional"] = goals.pop("status").eq("provisional")
    return _begin(_baseline(goals, judged, known), judged)


def _baseline(goals: pd.DataFrame, judged: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Add the baseline of each goal as signed and as usable, with its standard error."""
    goals["last_break"] = lookup(judged[judged["method_break"]].groupby("indicator")["date"].max(), goals["id"])
    goals["broken"] = goals["baseline_date"] < goals["last_break"]
    on_day = known.set_index(["indicator", "date"])[["value", "error"]].astype(float)
    measured = on_day.reindex(pd.MultiIndex.from_frame(goals[["id", "baseline_date"]])).set_axis(goals.index)
    moves = (goals["anchor"] == "moving") & measured["value"].notna()
    goals["signed_baseline"] = goals["baseline_value"].mask(moves, measured["value"])
    goals["baseline"] = goals["signed_baseline"].mask(goals["broken"])
    error = goals["baseline_standard_error"].fillna(measured["error"])
    error = error.mask(error.isna() & goals["kind"].isin(COUNTS), 0.0)
    goals["baseline_error"] = error.where(goals["baseline"].notna())
    return goals


def _begin(goals: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Add where the change so far begins: the baseline, or else the first value since the last break."""
    since_break = judged[~(judged["date"] < lookup(goals.set_index("id")["last_break"], judged["indicator"]))]
    first = since_break.drop_duplicates("indicator").set_index("indicator").reindex(goals["id"]).set_axis(goals.index)
    own = goals["baseline"].notna()
    goals["change_since"] = goals["baseline_date"].where(own, first["date"])
    goals["begin"] = goals["baseline"].where(own, first["value"])
    goals["begin_error"] = goals["baseline_error"].where(own, first["error"])
    years = decimal_year(goals["date"]) - decimal_year(goals["change_since"])
    change = (goals["value"] - goals["begin"]) / years.where(years > 0)
    # January beside December says more of the season than of the goal
    goals["change_per_year"] = change.mask(goals["seasonal"])
    return goals


def lookup(values: pd.Series, keys: pd.Series) -> pd.Series:
    """Return the value per key, in the order of the keys and with their index."""
    # Series.map turns an empty mapper into floats; reindex keeps dates dates
    return values.reindex(keys).set_axis(keys.index)
