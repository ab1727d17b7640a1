"""Goal attainment: how far each goal is, at what pace, with how much certainty.

Method and every edge case: ``docs/method.md``. All functions are pure: tables
of the contract in, one row per indicator out, in the unit of that indicator.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

# Eurostat's cut-offs for progress towards a quantified target, on a linear path
# (Sustainable development in the European Union, annex on assessment, 2019 edition)
ON_COURSE, BEHIND = 0.95, 0.60
TOLERANCE = 1e-9
Z95 = 1.959963984540054  # standard normal quantile at 0.975

# from best to worst; "unknown" says nothing about the goal and is never counted as bad or good
KNOWN = (
    "met",
    "on_course",
    "at_start",
    "not_met_no_baseline",
    "behind",
    "far_behind",
    "worsening",
    "norm_broken",
    "not_met",
)
UNKNOWN = ("no_measurement", "no_target", "not_measured_in_target_year", "invalid")


COMPUTED = ["gap", "attainment", "path", "pace", "lead", "needed_per_year", "change_per_year"]


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
    newest = known.sort_values(["indicator", "date", "published"]).groupby(["indicator", "date"], sort=True).tail(1)
    return newest.reset_index(drop=True)


def target_values(indicators: pd.DataFrame, baseline: pd.Series) -> pd.Series:
    """Return the target T of each indicator: absolute x, change b + x, or relative b(1 + x).

    >>> goals = pd.DataFrame({"target_kind": ["change", "relative", "absolute"], "target_value": [7000, 0.05, 614]})
    >>> target_values(goals, pd.Series([93_000, 200, float("nan")])).tolist()
    [100000.0, 210.0, 614.0]
    """
    kind, value = indicators["target_kind"], indicators["target_value"].astype(float)
    by_kind = {"change": baseline + value, "relative": baseline * (1 + value), "absolute": value}
    return pd.Series(np.select([kind == k for k in by_kind], list(by_kind.values()), np.nan), index=indicators.index)


def attainment(goals: pd.DataFrame) -> pd.Series:
    """Return the share of the agreed change that has been reached, per goal.

    1 is the target, 0 the baseline; not clipped. Goals that must fall need no
    other formula: the sign of ``target - baseline`` carries the direction.

    Parameters: one row per goal with ``baseline``, ``target`` and ``value``, each in the unit of
    that goal. Returns: share [1], NaN where nothing was measured or where baseline and target are
    equal (a goal to keep a level).

    >>> attainment(pd.DataFrame({"baseline": [93_000], "target": [100_000], "value": [98_600]}))
    0    0.8
    dtype: float64
    """
    agreed = goals["target"] - goals["baseline"]
    return (goals["value"] - goals["baseline"]) / agreed.where(agreed != 0)


def wilson(share: pd.Series, respondents: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the 95 % Wilson interval of shares (Wilson 1927; Newcombe 1998, method 3).

    Newcombe's first example, 81 of 263:

    >>> low, high = wilson(pd.Series([81 / 263]), pd.Series([263]))
    >>> round(float(low[0]), 4), round(float(high[0]), 4)
    (0.2553, 0.3662)
    """
    square = Z95**2
    centre = (share + square / (2 * respondents)) / (1 + square / respondents)
    half = Z95 * np.sqrt(share * (1 - share) / respondents + square / (4 * respondents**2)) / (1 + square / respondents)
    return centre - half, centre + half


def series(
    indicators: pd.DataFrame, measurements: pd.DataFrame, reference: pd.Timestamp, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Return ``known_values`` with the 95 % interval of each value: ``low`` and ``high``, NaN without a margin."""
    values = known_values(measurements, reference, as_of)
    return values.join(_intervals(values, _lookup(indicators.set_index("id")["kind"], values["indicator"])))


def assess(
    indicators: pd.DataFrame, measurements: pd.DataFrame, reference: pd.Timestamp, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Assess every indicator at a reference date, with what had been published on ``as_of``.

    Parameters: the tables ``indicators`` and ``measurements`` of the contract. Returns: the
    indicators in their order, with: ``value``, ``date``, ``provisional``, ``illustrative``, ``age``
    [year], ``stale``; ``baseline``, ``target``, ``gap`` (positive: still to go), ``met``,
    ``keep`` (the baseline already satisfied the target: nothing agreed to reach, so no attainment);
    ``attainment`` and ``pace`` [1], ``path`` (the value the linear path asks at the value's own
    date), ``lead`` [year]; ``change_per_year`` since ``change_since``, ``needed_per_year``;
    ``low``, ``high`` and ``certainty`` of the level; ``broken`` (method break since the baseline),
    ``final_pending`` (target year, its measurement not in); ``status``. Missing is NaN, never 0.
    """
    goals = _with_values(indicators, known_values(measurements, reference, as_of))
    goals["target"] = target_values(goals, goals["signed_baseline"])
    sign = np.where(goals["direction"] == "at_least", 1.0, -1.0)
    start, at, end = (decimal_year(goals[name]) for name in ("baseline_date", "date", "target_date"))
    # 200 * 1.1 is 220.00000000000003, and a value of 220 is exactly equal all the same
    gap: pd.Series = (goals["target"] - goals["value"]) * sign
    goals["gap"] = gap.mask(gap.abs() <= 1e-12 * goals["target"].abs(), 0.0)
    goals["met"] = goals["gap"] <= 0
    goals["keep"] = sign * (goals["baseline"] - goals["target"]) >= 0
    goals["attainment"] = attainment(goals).where((at >= start) & ~goals["keep"])
    elapsed = at - start
    path = goals["baseline"] + (goals["target"] - goals["baseline"]) * elapsed / (end - start)
    goals["path"] = path.mask(goals["keep"])
    moving = elapsed > 0
    goals["pace"] = (goals["attainment"] / (elapsed / (end - start))).where(moving)
    goals["lead"] = (goals["attainment"] * (end - start) - elapsed).where(moving)
    years = goals["target_date"].dt.year
    open_still = ~goals["met"] & (goals["date"].dt.year < years) & (reference.year <= years)
    goals["needed_per_year"] = ((goals["target"] - goals["value"]) / (end - at)).where(open_still)
    now = decimal_year(pd.Series(reference, index=goals.index))
    goals["age"] = now - at
    # what was measured in the target year decides, however long ago
    final = goals["date"].dt.year == goals["target_date"].dt.year
    goals["stale"] = _stale(goals, reference) & ~final
    goals[["low", "high"]] = _intervals(goals, goals["kind"])
    goals["certainty"] = _level_certainty(goals)
    goals["status"] = _status(goals, reference)
    # of what is not valid nothing is computed
    goals.loc[goals["status"] == "invalid", COMPUTED] = np.nan
    goals.loc[goals["status"] == "invalid", "met"] = False
    goals["final_pending"] = (years == reference.year) & (goals["date"].dt.year != years)
    return goals.drop(columns=["signed_baseline", "measured_later"])


def _stale(goals: pd.DataFrame, reference: pd.Timestamp) -> pd.Series:
    """Return whether a value is older than its maximum age, by the calendar: a leap year ages nothing."""
    months = (goals["maximum_age_years"].fillna(1.0) * 12).round().astype(int)
    allowed = [reference - pd.DateOffset(months=int(count)) for count in months]
    return goals["date"] < pd.Series(allowed, index=goals.index, dtype="datetime64[s]")


def _with_values(indicators: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Join each indicator to the value it is judged by, its usable baseline, and its change so far."""
    goals = indicators.reset_index(drop=True)
    last_year = goals.set_index("id")["target_date"].dt.year
    # what was measured after the target year cannot change the verdict on it
    judged = known[~(known["date"].dt.year > _lookup(last_year, known["indicator"]))]
    goals["measured_later"] = goals["id"].isin(known["indicator"]) & ~goals["id"].isin(judged["indicator"])
    value = judged.groupby("indicator").tail(1).set_index("indicator")
    columns = ["value", "date", "published", "standard_error", "respondents", "illustrative", "source"]
    joined = value[columns].reindex(goals["id"]).reset_index(drop=True).rename(columns={"source": "value_source"})
    goals = goals.join(joined)
    goals["illustrative"] = goals["illustrative"].fillna(False).astype(bool)
    goals["provisional"] = _lookup(value["status"], goals["id"]).eq("provisional")
    breaks = judged[judged["method_break"]].groupby("indicator")["date"].max()
    goals["broken"] = goals["baseline_date"] < _lookup(breaks, goals["id"])
    goals["signed_baseline"] = goals["baseline_value"].where(goals["anchor"] != "moving", _revised(goals, known))
    goals["baseline"] = goals["signed_baseline"].mask(goals["broken"])
    since_break = judged[~(judged["date"] < _lookup(breaks, judged["indicator"]))]
    first = since_break.groupby("indicator").head(1).set_index("indicator")
    own = goals["baseline"].notna()
    goals["change_since"] = goals["baseline_date"].where(own, _lookup(first["date"], goals["id"]))
    begin = goals["baseline"].where(own, _lookup(first["value"], goals["id"]))
    years = decimal_year(goals["date"]) - decimal_year(goals["change_since"])
    goals["change_per_year"] = (goals["value"] - begin) / years.where(years > 0)
    return goals


def _intervals(measured: pd.DataFrame, kinds: pd.Series) -> pd.DataFrame:
    # a given standard error carries the weighting of the survey; Wilson only knows the number of answers
    by_error = Z95 * measured["standard_error"]
    share = (kinds == "survey_share") & measured["standard_error"].isna()
    low, high = wilson(measured["value"].where(share), measured["respondents"])
    return pd.DataFrame(
        {"low": low.where(share, measured["value"] - by_error), "high": high.where(share, measured["value"] + by_error)}
    )


def _lookup(values: pd.Series, keys: pd.Series) -> pd.Series:
    # Series.map turns an empty mapper into floats; reindex keeps dates dates
    return values.reindex(keys).set_axis(keys.index)


def _revised(goals: pd.DataFrame, known: pd.DataFrame) -> pd.Series:
    """Return the baseline as last measured on the baseline date, or as signed where it was not measured."""
    pairs = pd.MultiIndex.from_frame(goals[["id", "baseline_date"]])
    measured = known.set_index(["indicator", "date"])["value"].reindex(pairs)
    return pd.Series(measured.to_numpy(dtype=float), index=goals.index).fillna(goals["baseline_value"])


def _level_certainty(goals: pd.DataFrame) -> np.ndarray:
    excludes = (goals["low"] > goals["target"]) | (goals["high"] < goals["target"])
    no_verdict = goals["value"].isna() | goals["target"].isna()
    counted = goals["kind"].isin(["stock", "cumulative"]) & goals["low"].isna()
    rows = [no_verdict, counted, goals["low"].isna(), excludes]
    return np.select(rows, ["", "count", "unknown", "certain"], "within_margin")


def _status(goals: pd.DataFrame, reference: pd.Timestamp) -> np.ndarray:
    """Return the status keys: the table of docs/method.md, first match wins."""
    value, target, baseline, pace = (goals[name] for name in ("value", "target", "baseline", "pace"))
    outside = (value < goals["lower_limit"]) | (value > goals["upper_limit"])
    infinite = pd.Series(np.isinf(goals[["value", "target", "baseline"]]).any(axis=1), index=goals.index)
    invalid = (goals["target_date"] <= goals["baseline_date"]) | ~goals["direction"].isin(["at_least", "at_most"])
    target_year, value_year = goals["target_date"].dt.year, goals["date"].dt.year
    keep = goals["keep"]
    table = [
        (invalid | infinite | outside, "invalid"),
        (value.isna() & ~goals["measured_later"], "no_measurement"),
        (target.isna(), "no_target"),
        ((reference.year > target_year) & (value_year != target_year), "not_measured_in_target_year"),
        ((value_year == target_year) & ~keep, np.where(goals["met"], "met", "not_met")),
        (baseline.isna(), np.where(goals["met"], "met", "not_met_no_baseline")),
        (keep, np.where(goals["met"], "met", "norm_broken")),
        (goals["met"], "met"),
        (goals["date"] <= goals["baseline_date"], "at_start"),
        (pace >= ON_COURSE - TOLERANCE, "on_course"),
        (pace >= BEHIND - TOLERANCE, "behind"),
        (pace >= -TOLERANCE, "far_behind"),
        (pace < -TOLERANCE, "worsening"),
    ]
    conditions = [np.asarray(condition, dtype=bool) for condition, _ in table]
    return np.select(conditions, [np.broadcast_to(np.asarray(key), len(goals)) for _, key in table], "invalid")


def roll_up(assessed: pd.DataFrame) -> pd.DataFrame:
    """Count goals per status, for each strategic goal and for the programme (row ``programme``).

    Parameters: the result of ``assess``. Returns: a column per status key plus ``total``,
    ``unknown`` and ``worst`` (the worst known status, NaN where none is known).
    """
    counts = pd.crosstab(assessed["goal"], assessed["status"]).reindex(columns=[*KNOWN, *UNKNOWN], fill_value=0)
    counts.loc["programme"] = counts.sum()
    total, unknown = counts.sum(axis=1), counts[list(UNKNOWN)].sum(axis=1)
    known = counts[list(KNOWN)]
    worst = known.gt(0).iloc[:, ::-1].idxmax(axis=1).where(known.any(axis=1))
    return counts.assign(total=total, unknown=unknown, worst=worst)
