"""What can be held against a split: what each partner and each group would pay, and shares side by side."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from binnenstad.costs.split import rules_of_efforts, share_efforts, to_cents

CENT = 0.005
# paying out of balance with the benefit is listed below and above these ratios (docs/method.md, fairness)
LOW, HIGH = 0.5, 2.0
# the what-if computes a nucleolus per effort, at 0.1 to 0.5 s each
MOST_FOR_WHAT_IF = 20


@dataclass(frozen=True)
class Checks:
    """What was found about one split; amounts in EUR.

    ``alone`` is what partners pay beyond their stand-alone cost, ``group`` the group that overpays most and
    ``excess`` by how much (nobody and 0 if no group does). ``subsidised`` is what partners fall short of what
    they add to the costs, ``unbalanced`` the rows of ``compare_shares`` that are ``out_of_balance`` with the benefit.
    """

    alone: pd.Series
    group: tuple[str, ...]
    excess: float
    subsidised: pd.Series
    unbalanced: pd.DataFrame


def check_splits(splits: pd.DataFrame, costs: pd.Series, weights: pd.DataFrame) -> dict[str, Checks]:
    """Return the checks of every split of ``split.compare_splits`` that is known and divides anything.

    What is paid now may be more or less than these costs; it is checked as scaled to them (``scaled``).
    """
    known = splits.columns[splits.notna().all() & (splits.sum() > 0)]
    return {str(name): check_efforts(scaled(splits[name], float(costs.sum())), costs, weights) for name in known}


def scaled(paid: pd.Series, estate: float) -> pd.Series:
    """Return what is paid, scaled to an estate [EUR] to the cent: who pays which part of it stays as it is.

    What is unknown, or nothing, stays so.

    >>> scaled(pd.Series({"city": 299.99, "shops": 100.0}), 800.0).to_dict()
    {'city': 599.99, 'shops': 200.01}
    """
    return to_cents(paid / paid.sum() * estate, estate) if paid.sum() else paid


def check_efforts(split: pd.Series, costs: pd.Series, weights: pd.DataFrame) -> Checks:
    """Check a split [EUR] of the costs of efforts over their beneficiaries, however many there are.

    A group alone would pay every effort somebody in it has. The group that overpays most is found
    without going through all of them: which players and efforts to take is a closure problem, whose
    linear programme has whole numbers as its optimum (Picard 1976). Payers who benefit from nothing
    would pay nothing alone.

    >>> costs = pd.Series({"parking": 300.0, "greening": 50.0})
    >>> uses = pd.DataFrame({"shops": [1, 0], "residents": [0, 1]}, index=costs.index)
    >>> check_efforts(pd.Series({"shops": 250.0, "residents": 100.0}), costs, uses).group
    ('residents',)
    """
    everybody = weights.columns.union(split.index, sort=False)
    uses = (weights > 0).astype(float).reindex(columns=everybody, fill_value=0.0)
    paid = split.reindex(everybody, fill_value=0.0)
    group = _overpaying(paid, costs, uses)
    excess = round(float(paid[group].sum() - costs[uses[group].any(axis=1)].sum()), 2)
    # what rounding to cents may have added to each payment is no complaint
    if excess <= CENT * (len(group) + 1):
        group, excess = [], 0.0
    return Checks(
        _above(paid - costs @ uses),
        tuple(map(str, group)),
        excess,
        _above(costs.where(uses.sum(axis=1) == 1, 0.0) @ uses - paid),
        # of who has no interests the benefit is not known
        out_of_balance(compare_shares(paid, share_efforts(costs, weights).reindex(everybody))),
    )


def _overpaying(paid: pd.Series, costs: pd.Series, uses: pd.DataFrame) -> list[str]:
    """Return the group whose payments exceed its own costs most; the smallest such group, or nobody."""
    effort, player = np.nonzero(uses.to_numpy())
    rows, each = np.zeros((len(effort), len(paid) + len(costs))), np.arange(len(effort))
    rows[each, player], rows[each, len(paid) + effort] = 1, -1
    # half a cent off each payment keeps out who neither pays nor costs
    gain = np.concatenate([paid - CENT, -costs])
    taken = milp(-gain, constraints=LinearConstraint(rows, ub=0), bounds=Bounds(0, 1)).x[: len(paid)]
    return list(paid.index[taken > 0.5])


def _above(amounts: pd.Series) -> pd.Series:
    return amounts[amounts > CENT].round(2).sort_values(ascending=False, kind="stable")


def rewarded_for_cost(costs: pd.Series, weights: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return per rule of ``split.rules_of_efforts`` who would pay less if one effort cost 1 % more (``what_if``).

    The nucleolus is in it up to 20 efforts. Amounts are not rounded to cents here: a cent that moves by
    rounding is no reward.
    """
    rules = rules_of_efforts(weights)
    if len(costs) > MOST_FOR_WHAT_IF:
        rules.pop("nucleolus", None)
    return {name: what_if(rule, costs) for name, rule in rules.items()}


def what_if(divide: Callable[[pd.Series], pd.Series], costs: pd.Series) -> pd.DataFrame:
    """Return who would pay less if one effort cost 1 % more: a rule that rewards dearer plans.

    ``divide`` gives what each partner pays [EUR] for costs per effort. Returns: ``effort``, ``partner`` and
    ``less`` [EUR], without rows if nobody gains more than a cent.
    """
    now = divide(costs)
    less = {effort: now - divide(costs.where(costs.index != effort, costs * 1.01)) for effort in costs.index}
    rows = pd.concat(less, names=["effort", "partner"]).rename("less")
    found: pd.DataFrame = rows[rows > 2 * CENT + 1e-9].round(2).reset_index()
    return found


def share_ranges(costs: pd.Series, draws: np.ndarray, partners: pd.Index) -> pd.DataFrame:
    """Return how far each partner's share of the benefit moves with the weights.

    Parameters: ``costs`` [EUR] per effort; ``draws`` draw x effort x partner, the varied weights in
    that order. Efforts without weight in a draw are in no share. Returns per partner ``low`` and
    ``high`` [1]: the 5th and 95th percentile over the draws.
    """
    whole = draws.sum(axis=2, keepdims=True)
    paid = np.einsum("e,dep->dp", costs, np.divide(draws, whole, out=np.zeros_like(draws), where=whole > 0))
    total = paid.sum(axis=1, keepdims=True)
    low, high = np.quantile(paid / np.where(total > 0, total, np.nan), [0.05, 0.95], axis=0)
    return pd.DataFrame({"low": low, "high": high}, index=partners)


def _shares_of(**amounts: pd.Series) -> pd.DataFrame:
    """Return amounts side by side as shares of their own whole [1], missing where that is 0.

    Who is not in one of them has 0 of it; what is given as missing stays missing.
    """
    everybody = pd.DataFrame(amounts).index
    return pd.DataFrame(
        {name: part.reindex(everybody, fill_value=0.0) / (part.sum() or np.nan) for name, part in amounts.items()}
    )


def three_shares(interest: pd.Series, payment: pd.Series, say: pd.Series) -> pd.DataFrame:
    """Set interest, payment and say side by side, as shares of the whole [1] per partner.

    Each is in any unit; a partner in one of them only has 0 in the others. What is missing stays missing: the
    shares are of what is known, and a whole of 0 (no seats known) gives missing shares. Returns:
    ``interest``, ``payment``, ``say`` and ``gap``, the largest less the smallest of those known (missing where
    fewer than two are), largest gap first.

    >>> weights, seats = pd.Series({"city": 1, "shops": 3}), pd.Series({"city": 3, "shops": 1})
    >>> three_shares(weights, pd.Series({"city": 9, "shops": 1}), seats)["gap"].round(2).to_dict()
    {'city': 0.65, 'shops': 0.65}
    """
    table = _shares_of(interest=interest, payment=payment, say=say)
    table["gap"] = (table.max(axis=1) - table.min(axis=1)).where(table.count(axis=1) > 1)
    return table.sort_values("gap", ascending=False, kind="stable")


def compare_shares(cost: pd.Series, benefit: pd.Series) -> pd.DataFrame:
    """Set what partners pay against what they get, as shares of the whole.

    Parameters: ``cost`` and ``benefit`` per partner, in any one unit each; a partner in only one
    of them has 0 in the other. Returns: per partner ``cost_share`` and ``benefit_share`` [1],
    ``difference`` (cost minus benefit) and ``ratio`` (cost / benefit; NaN without benefit),
    sorted from paying least to paying most compared with the benefit. NaN where a whole is 0.

    >>> compare_shares(pd.Series({"city": 90, "shops": 10}), pd.Series({"city": 30, "shops": 70})).round(2)
           cost_share  benefit_share  difference  ratio
    shops         0.1            0.7        -0.6   0.14
    city          0.9            0.3         0.6   3.00
    """
    table = _shares_of(cost_share=cost, benefit_share=benefit)
    table["difference"] = table["cost_share"] - table["benefit_share"]
    table["ratio"] = table["cost_share"] / table["benefit_share"].where(table["benefit_share"] > 0)
    return table.sort_values("difference", kind="stable")


def out_of_balance(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``compare_shares`` that pay under half or over twice their share of the benefit."""
    cost, benefit = shares["cost_share"], shares["benefit_share"]
    return shares[(cost < LOW * benefit) | (cost > HIGH * benefit)]
