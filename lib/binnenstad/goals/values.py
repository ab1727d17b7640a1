"""Values as they were known: which publication counts, which value a goal is judged by, and its baseline."""

from __future__ import annotations

import pandas as pd

from binnenstad.goals.margins import HIDE_BELOW, SURVEYS, intervals, standard_errors

VALUE = [
    "value", "date", "published", "standard_error", "respondents", "effective_respondents", "valid_weeks",
    "illustrative", "source",
]  # fmt: skip


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
    known = measurements[(measurements["date"] <= reference) & (measurements["published"] <= as_of)]
    ordered = known.sort_values(["indicator", "date", "published"])
    return ordered.drop_duplicates(["indicator", "date"], keep="last").reset_index(drop=True)


def series(
    indicators: pd.DataFrame, measurements: pd.DataFrame, reference: pd.Timestamp, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return ``known_values`` with the 95 % interval of each, ``low`` and ``high``, and its ``error``.

    All three are NaN without a margin. Survey values that rest on fewer than 30 answers are left out.
    """
    values, _ = shown(known_values(measurements, reference, as_of), indicators)
    kinds = lookup(indicators.set_index("id")["kind"], values["indicator"])
    return values.join(intervals(values, kinds)).assign(error=standard_errors(values, kinds))


def shown(known: pd.DataFrame, indicators: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return the values that may be shown, and the indicators whose newest value may not.

    A survey value on fewer than 30 answers says more about chance than about the city.
    """
    kinds = lookup(indicators.set_index("id")["kind"], known["indicator"])
    hidden = kinds.isin(SURVEYS) & (known["respondents"] < HIDE_BELOW)
    newest = ~known["indicator"].duplicated(keep="last")
    return known[~hidden].reset_index(drop=True), known.loc[hidden & newest, "indicator"]


def judged_values(indicators: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Join each indicator to the value it is judged by, its usable baseline, and its change so far.

    ``known`` are the values that may be shown. Adds the columns of ``VALUE`` (``source`` as
    ``value_source``), ``signed_baseline``, ``baseline`` (NaN across a method break), the standard errors
    of value, baseline and ``begin`` of the change, ``change_since`` and ``change_per_year``.
    """
    goals = indicators.reset_index(drop=True)
    last_year = goals.set_index("id")["target_date"].dt.year
    # what was measured after the target year cannot change the verdict on it
    judged = known[~(known["date"].dt.year > lookup(last_year, known["indicator"]))]
    goals["measured_later"] = goals["id"].isin(known["indicator"]) & ~goals["id"].isin(judged["indicator"])
    judged = judged.assign(error=standard_errors(judged, lookup(goals.set_index("id")["kind"], judged["indicator"])))
    value = judged.drop_duplicates("indicator", keep="last").set_index("indicator")
    columns = [*VALUE, "error", "status"]
    joined = value[columns].reindex(goals["id"]).reset_index(drop=True)
    goals = goals.join(joined.rename(columns={"source": "value_source", "error": "value_error"}))
    goals["illustrative"] = goals["illustrative"].fillna(False).astype(bool)
    goals["provisional"] = goals.pop("status").eq("provisional")
    return _begin(_baseline(goals, judged, known), judged)


def _baseline(goals: pd.DataFrame, judged: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    breaks = judged[judged["method_break"]].groupby("indicator")["date"].max()
    goals["last_break"] = lookup(breaks, goals["id"])
    goals["broken"] = goals["baseline_date"] < goals["last_break"]
    pairs = pd.MultiIndex.from_frame(goals[["id", "baseline_date"]])
    on_day = known.assign(error=standard_errors(known, lookup(goals.set_index("id")["kind"], known["indicator"])))
    measured = on_day.set_index(["indicator", "date"])[["value", "error"]].reindex(pairs)
    revised = pd.Series(measured["value"].to_numpy(dtype=float), index=goals.index).fillna(goals["baseline_value"])
    goals["signed_baseline"] = goals["baseline_value"].where(goals["anchor"] != "moving", revised)
    goals["baseline"] = goals["signed_baseline"].mask(goals["broken"])
    error = goals["baseline_standard_error"].fillna(pd.Series(measured["error"].to_numpy(dtype=float), goals.index))
    counted = goals["kind"].isin(["stock", "cumulative"]) & goals["baseline"].notna()
    goals["baseline_error"] = error.mask(error.isna() & counted, 0.0).where(goals["baseline"].notna())
    return goals


def _begin(goals: pd.DataFrame, judged: pd.DataFrame) -> pd.DataFrame:
    """Add where the change so far begins: the baseline, or else the first value since the last break."""
    since_break = judged[~(judged["date"] < lookup(goals.set_index("id")["last_break"], judged["indicator"]))]
    first = since_break.drop_duplicates("indicator").set_index("indicator")[["date", "value", "error"]]
    first = first.reindex(goals["id"]).reset_index(drop=True)
    own = goals["baseline"].notna()
    goals["change_since"] = goals["baseline_date"].where(own, first["date"])
    goals["begin"] = goals["baseline"].where(own, first["value"])
    goals["begin_error"] = goals["baseline_error"].where(own, first["error"])
    years = decimal_year(goals["date"]) - decimal_year(goals["change_since"])
    change = (goals["value"] - goals["begin"]) / years.where(years > 0)
    # January beside December says more of the season than of the goal
    goals["change_per_year"] = change.mask(goals["seasonal"].astype(bool)) if "seasonal" in goals else change
    return goals


def lookup(values: pd.Series, keys: pd.Series) -> pd.Series:
    """Return the value per key, in the order of the keys and with their index."""
    # Series.map turns an empty mapper into floats; reindex keeps dates dates
    return values.reindex(keys).set_axis(keys.index)
