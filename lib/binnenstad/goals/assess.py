"""The assessment: the status of each goal at a moment, with everything that can be said beside it."""

from __future__ import annotations

import numpy as np
import pandas as pd

from binnenstad.goals.margins import SURVEYS, WARN_BELOW, attainment_error, change_certainty, level_certainty
from binnenstad.goals.project import project
from binnenstad.goals.values import decimal_year, judged_values, known_values, period_number, shown

# Eurostat's cut-offs for progress towards a quantified target, on a linear path
# (Sustainable development in the European Union, annex on assessment, 2019 edition)
ON_COURSE, BEHIND = 0.95, 0.60
TOLERANCE = 1e-9
WEEKS = 40  # of a year, or its part of them; a mean per week over fewer is not a figure of that year


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


def assess(
    indicators: pd.DataFrame, measurements: pd.DataFrame, reference: pd.Timestamp, as_of: pd.Timestamp
) -> pd.DataFrame:
    """Assess every indicator at a reference date, with what had been published on ``as_of``.

    Parameters: the tables ``indicators`` and ``measurements`` of the contract. Returns: the
    indicators in their order, with:

    - what is known: ``value``, ``date``, ``age`` [year], ``provisional``, ``illustrative``, ``target``,
      ``promised`` (the target before any bridge);
      ``agreed_baseline``, ``baseline`` (as best known, NaN across a method break); ``begin`` and ``change_since``
      (baseline, or first figure since a method break); ``later_value`` and ``later_date`` (after the target date);
    - what it is a figure of: ``rhythm`` [month], ``year_mean`` (the mean of a full year), ``periods_known``, how
      many are known of the year to ``known_until`` that is not full, ``part_year`` (so there is no value);
    - the goal: ``gap`` (positive: still to go), ``met``, ``keep`` (the baseline already satisfied the
      target: nothing agreed to reach, so no attainment), ``attainment`` and ``pace`` [1], ``path`` (the
      value asked at the value's own date), ``lead`` [year] at that date, ``change_per_year``, ``needed_per_year``;
    - certainty: ``low`` and ``high`` (95 %), ``certainty`` of the level, ``change_certainty``,
      ``attainment_error`` [1];
    - where it goes: the columns of ``goals.project``;
    - beside the status: ``stale``, ``broken`` (method break since the baseline), ``final_pending`` (target year, and no
      final verdict yet), ``at_risk`` (a kept norm that the forecast breaks), ``too_few`` (newest survey value
      hidden), ``few`` (under 100 answers), ``incomplete`` (under 40 weeks a year);
    - ``status``: first match of the table in docs/method.md.

    Missing is NaN, never 0.
    """
    return assess_known(indicators.assign(reference=reference), known_values(measurements, reference, as_of))


def assess_known(indicators: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Assess indicators that each have a ``reference`` date of their own, on the values known then.

    Parameters: ``indicators`` of the contract with ``reference``; ``known`` their values by ``id``, sorted by
    indicator and date. Returns what ``assess`` returns.
    """
    known, hidden = shown(known, indicators)
    goals, figures = judged_values(indicators, known)
    goals["promised"] = target_values(goals, goals["anchored"])
    agreed = goals["promised"] * goals["bridged"].mask(goals["target_kind"] == "absolute", 1.0)
    goals["sign"] = np.where(goals["direction"] == "at_least", 1.0, -1.0)
    goals["wrong"] = _is_wrong(goals.assign(target=agreed))
    # a change can be judged on one way of measuring only
    goals["apart"] = goals["broken"] & goals["target_kind"].isin(["change", "relative"])
    # of what is not valid nothing is computed, and without a target nothing that needs one
    goals["target"] = agreed.mask(goals["wrong"] | goals["apart"])
    goals.loc[goals["wrong"], ["low", "high", "change_per_year"]] = np.nan
    goals = _course(_deadline(goals))
    goals["certainty"] = level_certainty(goals)
    goals["change_certainty"] = change_certainty(goals)
    goals["attainment_error"] = attainment_error(goals)
    goals = goals.join(project(goals, figures))
    goals["status"] = _status(goals)
    return _beside(goals).assign(target=agreed, too_few=goals["id"].isin(hidden))


def _is_wrong(goals: pd.DataFrame) -> pd.Series:
    """Return which goals have input at fault: dates turned round, no direction, a value that cannot be."""
    outside = (goals["value"] < goals["lower_limit"]) | (goals["value"] > goals["upper_limit"])
    infinite = goals[["value", "target", "baseline"]].isin([np.inf, -np.inf]).any(axis=1)
    turned = (goals["target_date"] <= goals["baseline_date"]) | ~goals["direction"].isin(["at_least", "at_most"])
    return outside | infinite | turned


def _deadline(goals: pd.DataFrame) -> pd.DataFrame:
    """Add whether the value is of the period of the target date, whether that is over, and whether the value decides.

    The period is the month, quarter or year in which the target date lies, as often as the goal is measured.
    """
    goals["in_period"] = period_number(goals["date"], goals["rhythm"]) == goals["due"]
    goals["over"] = period_number(goals["reference"], goals["rhythm"]) > goals["due"]
    goals["final"] = goals["in_period"] & (goals["reference"] >= goals["target_date"])
    this_year = goals["target"].notna() & (goals["target_date"].dt.year == goals["reference"].dt.year)
    goals["final_pending"] = this_year & ~goals["final"] & ~goals["over"]
    return goals


def _course(goals: pd.DataFrame) -> pd.DataFrame:
    """Add how far each goal is, and how that compares with its path."""
    start, at, end = (decimal_year(goals[name]) for name in ("baseline_date", "date", "target_date"))
    # 200 * 1.1 is 220.00000000000003, and a value of 220 is exactly equal all the same
    gap: pd.Series = (goals["target"] - goals["value"]) * goals["sign"]
    goals["gap"] = gap.mask(gap.abs() <= 1e-12 * goals["target"].abs(), 0.0)
    goals["met"] = goals["gap"] <= 0
    goals["keep"] = goals["sign"] * (goals["baseline"] - goals["target"]) >= 0
    goals["attainment"] = attainment(goals).mask(goals["keep"])
    elapsed, agreed_years = at - start, end - start
    part, path = _on_path(goals, (elapsed / agreed_years).clip(upper=1.0))
    goals["path"] = path.mask(goals["keep"])
    # after a deadline that nobody measured there is no course to be on, and on its day nothing to be ahead of
    moving, ahead = (elapsed > 0) & (goals["in_period"] | ~goals["over"]), goals["reference"] < goals["target_date"]
    goals["pace"] = (part / (elapsed / agreed_years)).where(moving)
    goals["lead"] = (part * agreed_years - elapsed).where(moving & (goals["in_period"] | ahead))
    open_still = ~goals["met"] & ~goals["in_period"] & ahead
    goals["needed_per_year"] = ((goals["target"] - goals["value"]) / (end - at)).where(open_still)
    goals["age"] = decimal_year(goals["reference"]) - at
    return goals


def _on_path(goals: pd.DataFrame, elapsed: pd.Series) -> tuple[pd.Series, pd.Series]:
    """Return the part of the path covered, and the value the path asks after this part of the time.

    A path of growth is straight on a logarithmic scale; it exists where baseline, value and target are
    all above 0, and is linear elsewhere.
    """
    baseline, target, value = goals["baseline"], goals["target"], goals["value"]
    positive = (goals[["baseline", "target", "value"]] > 0).all(axis=1)
    growth = (goals["path_shape"] == "growth") & positive & goals["attainment"].notna()
    ratio = (target / baseline).where(growth)
    part = (value / baseline).where(growth).apply(np.log) / ratio.apply(np.log)
    linear = baseline + (target - baseline) * elapsed
    return part.where(growth, goals["attainment"]), (baseline * ratio**elapsed).where(growth, linear)


def _beside(goals: pd.DataFrame) -> pd.DataFrame:
    """Add what stands beside the status and never replaces it."""
    months = (goals["maximum_age_years"].fillna(1.0) * 12).round().astype(int)
    # by the calendar: a leap year ages nothing
    oldest = [day - pd.DateOffset(months=count) for day, count in zip(goals["reference"], months, strict=True)]
    # what was measured in the period of the target date decides, however long ago
    goals["stale"] = (goals["date"] < pd.to_datetime(pd.Series(oldest, goals.index))) & ~goals["in_period"]
    goals["few"] = goals["kind"].isin(SURVEYS) & (goals["answers"] < WARN_BELOW)
    goals["incomplete"] = goals["valid_weeks"] < WEEKS * goals["months"] / 12
    breaks_norm = goals["sign"] * (goals["forecast"] - goals["target"]) < 0
    goals["at_risk"] = goals["keep"] & goals["met"] & (goals["points"] >= 4) & breaks_norm & ~goals["forecast_wide"]
    return goals


def _status(goals: pd.DataFrame) -> np.ndarray:
    """Return the status keys: the table of docs/method.md, first match wins."""
    value, pace = goals["value"], goals["pace"]
    table = [
        (goals["wrong"], "invalid"),
        (value.isna() & goals["later_value"].isna(), "no_measurement"),
        (goals["apart"], "not_comparable"),
        (goals["target"].isna(), "no_target"),
        (goals["over"] & ~goals["in_period"], "not_measured_in_target_year"),
        (goals["met"], "met"),
        (goals["keep"], "norm_broken"),
        (goals["final"], "not_met"),
        (goals["baseline"].isna(), "not_met_no_baseline"),
        (goals["date"] == goals["baseline_date"], "at_start"),
        (pace >= ON_COURSE - TOLERANCE, "on_course"),
        (pace >= BEHIND - TOLERANCE, "behind"),
        (pace >= -TOLERANCE, "far_behind"),
        (pace < -TOLERANCE, "worsening"),
    ]
    conditions, keys = zip(*table, strict=True)
    return np.select([np.asarray(condition, dtype=bool) for condition in conditions], keys, "invalid")
