"""Dividing an estate that is smaller than the claims on it, such as a subsidy after a cut.

Sources: O'Neill (1982); Aumann and Maschler (1985); Thomson (2003).
"""

from __future__ import annotations

from math import comb

import numpy as np
import pandas as pd

from binnenstad.costs.nucleolus import Amounts, subset_sums
from binnenstad.costs.split import raise_faults

# random arrival goes through all 2^n groups
MOST_CLAIMANTS = 20


def divide_estate(claims: pd.Series, estate: float, rule: str, ranks: pd.Series | None = None) -> pd.Series:
    """Divide an estate [EUR] over claims [EUR] on it by a rule; none looks at the order of the rows.

    ``proportional`` to the claims; ``cea`` (constrained equal awards): the same for everybody, but nobody more
    than its claim; ``cel`` (constrained equal losses): everybody misses the same, but nobody gets less than
    nothing; ``talmud``: awards equal up to half of each claim, beyond that losses equal; ``random_arrival``: the
    mean over all orders in which claimants come and take what is left, at most 20 of them. With ``ranks`` there is
    priority: rank 1 in full first, and the rank that is not reached whole by the rule. Raises ``AllocationError``
    with every fault of claims, estate, rule and ranks.

    >>> divide_estate(pd.Series({"first": 100.0, "second": 200.0, "third": 300.0}), 200.0, "talmud").to_dict()
    {'first': 50.0, 'second': 75.0, 'third': 75.0}
    """
    order = pd.Series(1, claims.index) if ranks is None else ranks.reindex(claims.index)
    raise_faults(_faults(claims, estate, rule, order))
    shares, left = claims * 0.0, estate
    for _, group in claims.sort_values(kind="stable").groupby(order):
        given = min(left, float(group.sum()))
        shares[group.index] = RULES[rule](group.to_numpy(dtype=float), given)
        left -= given
    return shares


def _proportional(claims: Amounts, estate: float) -> Amounts:
    return claims * (estate / (claims.sum() or 1.0))


def _equal_awards(claims: Amounts, estate: float) -> Amounts:
    # the level lies where those below it get their claim and the others share what is left
    levels = (estate - (claims.cumsum() - claims)) / np.arange(len(claims), 0, -1)
    awards: Amounts = np.minimum(claims, max(levels[levels <= claims], default=np.inf))
    return awards


def _equal_losses(claims: Amounts, estate: float) -> Amounts:
    return claims - _equal_awards(claims, float(claims.sum()) - estate)


def _talmud(claims: Amounts, estate: float) -> Amounts:
    half, awards = claims / 2, min(estate, float(claims.sum()) / 2)
    return _equal_awards(half, awards) + _equal_losses(half, estate - awards)


def _random_arrival(claims: Amounts, estate: float) -> Amounts:
    # the Shapley value of what a group takes that comes first: what each adds to all groups of the others
    count, taken = len(claims), np.minimum(estate, subset_sums(claims))
    before = subset_sums(np.ones(count)).astype(int)
    orders = np.array([1 / (count * comb(count - 1, size)) for size in range(count)])
    shares = np.empty(count)
    for at in range(count):
        groups = taken.reshape(-1, 2, 1 << at)
        shares[at] = (orders[before.reshape(-1, 2, 1 << at)[:, 0]] * (groups[:, 1] - groups[:, 0])).sum()
    return shares


RULES = {
    "proportional": _proportional,
    "cea": _equal_awards,
    "cel": _equal_losses,
    "talmud": _talmud,
    "random_arrival": _random_arrival,
}


def _faults(claims: pd.Series, estate: float, rule: str, ranks: pd.Series) -> list[str]:
    """Return every fault; an estate above all claims leaves a surplus, and every claim can be met in full."""
    faults = [f"claimant {name!r} stands twice; sum its claims" for name in claims.index[claims.index.duplicated()]]
    wrong = claims.index[~((claims >= 0) & (claims < np.inf))]
    faults += [f"the claim of {name} is negative, missing or infinite; correct it" for name in wrong]
    faults += [f"{name} has no rank; give it one" for name in ranks.index[ranks.isna()]]
    faults += [f"{rule!r} is no rule; write {', '.join(RULES)}"] * (rule not in RULES)
    if rule == "random_arrival" and len(claims) > MOST_CLAIMANTS:
        faults.append(f"{len(claims)} claimants are more than {MOST_CLAIMANTS}; use talmud or proportional")
    if not 0 <= estate < np.inf:
        faults.append(f"the estate is {estate:g}; give an amount of 0 or more")
    elif not len(wrong) and estate > claims.sum() + 1e-6:
        faults.append(f"the estate ({estate:,.2f}) is larger than all claims together ({claims.sum():,.2f}); every "
                      "claim can be met in full, so divide the estate less the claims by a key")  # fmt: skip
    return faults
