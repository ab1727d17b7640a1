"""Splits side by side: what each partner pays now, and would pay under each rule."""

from __future__ import annotations

from collections.abc import Callable

import pandas as pd

from binnenstad.costs.checks import Checks, check_efforts, what_if
from binnenstad.costs.coalitions import game_from_efforts
from binnenstad.costs.games import effort_shapley
from binnenstad.costs.keys import compare_keys, per_effort, to_cents
from binnenstad.costs.nucleolus import nucleolus

# of more beneficiaries the 2^n groups take longer than a report may
MOST_FOR_NUCLEOLUS = 20
# the what-if computes a nucleolus per effort, at 0.1 to 0.5 s each
MOST_FOR_WHAT_IF = 20
Rule = Callable[[pd.Series], pd.Series]


def compare_splits(paid: pd.Series, base: pd.Series, costs: pd.Series, weights: pd.DataFrame) -> pd.DataFrame:
    """Return what each payer pays now and would pay under each rule, side by side [EUR], to the cent.

    Parameters: ``paid`` now per payer; ``base`` the size for the proportional key; ``costs`` [EUR] per
    effort and ``weights`` effort x beneficiary, of efforts that have a beneficiary. Returns payer x
    ``now``, ``equal``, ``proportional``, ``per_effort``, ``shapley`` (each effort equally over its
    beneficiaries) and ``nucleolus`` (missing for more than 20 beneficiaries); every rule divides the
    sum of ``costs``. No rows where nobody benefits from anything.
    """
    table = compare_keys(paid, base, per_effort(costs, weights))
    if table.empty:
        return table.reindex(columns=[*table.columns, "shapley", "nucleolus"])
    for name, rule in _of_games(weights).items():
        table[name] = rule(costs).reindex(table.index).fillna(0.0)
    return table.reindex(columns=[*table.columns, *({"nucleolus"} - set(table.columns))])


def _of_games(weights: pd.DataFrame) -> dict[str, Rule]:
    used = weights.loc[:, weights.sum() > 0]
    rules: dict[str, Rule] = {"shapley": lambda costs: to_cents(effort_shapley(costs, used), float(costs.sum()))}
    if len(used.columns) <= MOST_FOR_NUCLEOLUS:
        rules["nucleolus"] = lambda costs: to_cents(nucleolus(game_from_efforts(costs, used)), float(costs.sum()))
    return rules


def check_splits(splits: pd.DataFrame, costs: pd.Series, weights: pd.DataFrame) -> dict[str, Checks]:
    """Return the checks of every split of ``compare_splits`` that is known and divides the costs to the cent.

    What is paid now may be more or less than these costs; then nobody can be said to pay too much.
    """
    total = float(costs.sum())
    whole = [name for name, split in splits.items() if split.notna().all() and abs(split.sum() - total) < 0.005]
    return {str(name): check_efforts(splits[name], costs, weights) for name in whole}


def rewarded_for_cost(costs: pd.Series, weights: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return per rule who would pay less if one effort cost 1 % more (``checks.what_if``).

    The nucleolus is in it up to 20 efforts. Amounts are not rounded to cents here: a cent that moves by
    rounding is no reward.
    """
    used = weights.loc[:, weights.sum() > 0]
    rules: dict[str, Rule] = {
        "per_effort": lambda changed: _shared(changed, used),
        "shapley": lambda changed: _shared(changed, (used > 0).astype(float)),
    }
    if len(used.columns) <= MOST_FOR_NUCLEOLUS and len(costs) <= MOST_FOR_WHAT_IF:
        rules["nucleolus"] = lambda changed: nucleolus(game_from_efforts(changed, used))
    return {name: what_if(rule, costs) for name, rule in rules.items()}


def _shared(costs: pd.Series, uses: pd.DataFrame) -> pd.Series:
    """Return each effort shared by weight, summed per beneficiary."""
    parts = uses.to_numpy(dtype=float)
    return pd.Series(costs.to_numpy() @ (parts / parts.sum(axis=1, keepdims=True)), index=uses.columns)
