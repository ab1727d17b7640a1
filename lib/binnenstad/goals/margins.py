"""Margins: how far a measured value, and the attainment that follows from it, may be off by chance."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy.special import stdtrit

Z95 = 1.959963984540054  # standard normal quantile at 0.975
# below these numbers of answers a survey figure is not shown, or shown with a warning (goals.md of the method)
HIDE_BELOW, WARN_BELOW = 30, 100
SURVEYS = ("survey_mean", "survey_share")
COUNTS = ("stock", "cumulative")


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


def intervals(measured: pd.DataFrame, kinds: pd.Series) -> pd.DataFrame:
    """Return the 95 % interval of measured values, ``low`` and ``high``, and their standard ``error``; NaN if unknown.

    A share without a standard error gets Wilson's interval, and half of it over 1.96 as its error: nobody or
    everybody in a sample leaves room for chance. A survey mean gets t times its standard error, any other value
    1.96 times it. A full count has an error of 0. Parameters: ``value``, ``standard_error``, ``answers`` (effective).
    """
    answers, given = measured["answers"], measured["standard_error"]
    share = (kinds == "survey_share") & given.isna()
    low, high = wilson(measured["value"].where(share), answers)
    by_t = (kinds == "survey_mean") & (answers > 1)
    quantile = pd.Series(Z95, index=measured.index).mask(by_t, stdtrit((answers - 1).where(by_t), 0.975))
    half, error = quantile * given, given.fillna((high - low) / (2 * Z95))
    around = {"low": (measured["value"] - half).fillna(low), "high": (measured["value"] + half).fillna(high)}
    return pd.DataFrame(around | {"error": error.mask(error.isna() & kinds.isin(COUNTS), 0.0)})


def attainment_error(goals: pd.DataFrame) -> pd.Series:
    """Return the standard error [1] of attainment, NaN where it would mislead.

    With a fixed target sqrt(se_v^2 + (1 - A)^2 se_b^2) / |T - b|; with a target that is a change x on the
    baseline sqrt(se_v^2 + se_b^2) / |x|; with a relative one sqrt(se_v^2 + (v/b)^2 se_b^2) / |T - b| (first
    order in both errors). Only given where |T - b| > 8 se_b: below that the ratio has no useful spread.

    Parameters: ``value``, ``baseline``, ``target``, ``attainment``, ``target_kind``, ``value_error``,
    ``baseline_error``, one row per goal.

    >>> goal = {"value": 6.8, "baseline": 6.4, "target": 7.2, "attainment": 0.5, "target_kind": "absolute"}
    >>> attainment_error(pd.DataFrame([goal | {"value_error": 0.05, "baseline_error": 0.05}])).round(4).tolist()
    [0.0699]
    """
    kind, agreed = goals["target_kind"], (goals["target"] - goals["baseline"]).abs()
    pulls = [1 - goals["attainment"], goals["value"] / goals["baseline"]]
    pull = np.select([kind == "absolute", kind == "relative"], pulls, 1.0)
    error: pd.Series = (goals["value_error"] ** 2 + pull**2 * goals["baseline_error"] ** 2) ** 0.5 / agreed
    return error.where(goals["attainment"].notna() & (agreed > 8 * goals["baseline_error"]))


def level_certainty(goals: pd.DataFrame) -> np.ndarray:
    """Return how sure the verdict on the level is: certain, within_margin, unknown, count or empty.

    Parameters: ``value``, ``target``, ``low``, ``high`` and ``kind``, one row per goal.
    """
    excludes = (goals["low"] > goals["target"]) | (goals["high"] < goals["target"])
    no_verdict = goals["value"].isna() | goals["target"].isna()
    counted = goals["kind"].isin(COUNTS) & goals["low"].isna()
    rows = [no_verdict, counted, goals["low"].isna(), excludes]
    return np.select(rows, ["", "count", "unknown", "certain"], "within_margin")


def change_certainty(goals: pd.DataFrame) -> np.ndarray:
    """Return whether the value really moved since ``begin``: change, no_change, count, unknown or empty.

    A change counts as shown from 1.96 times its standard error, sqrt(se_v^2 + se_begin^2). Parameters:
    ``value``, ``begin``, ``value_error``, ``begin_error``, ``kind``, ``change_per_year``, one row per goal.
    """
    error = (goals["value_error"] ** 2 + goals["begin_error"] ** 2) ** 0.5
    moved = (goals["value"] - goals["begin"]).abs() >= Z95 * error
    rows = [goals["change_per_year"].isna(), goals["kind"].isin(COUNTS) & (error == 0), error.isna(), moved]
    return np.select(rows, ["", "count", "unknown", "change"], "no_change")
