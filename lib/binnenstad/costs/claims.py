"""Dividing an estate that is smaller than the claims on it, such as a subsidy after a cut.

No rule looks at the order of the rows. Sources: O'Neill (1982); Aumann and Maschler (1985); Thomson (2003).
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from binnenstad.costs.coalitions import MOST_PLAYERS, Amounts, Game, raise_faults, sums
from binnenstad.costs.games import shapley

# claims are compared to a ten-thousandth of a cent
NOTHING = 1e-6


def proportional_claims(claims: pd.Series, estate: float) -> pd.Series:
    """Divide the estate [EUR] in proportion to the claims; errors as ``check_claims``.

    >>> proportional_claims(pd.Series({"events": 100.0, "greening": 300.0}), 200.0).to_dict()
    {'events': 50.0, 'greening': 150.0}
    """
    check_claims(claims, estate)
    return claims * 0.0 if not claims.sum() else claims / claims.sum() * estate


def cea(claims: pd.Series, estate: float) -> pd.Series:
    """Divide by constrained equal awards [EUR]: everybody the same, but nobody more than its claim.

    >>> cea(pd.Series({"events": 100.0, "greening": 300.0}), 250.0).to_dict()
    {'events': 100.0, 'greening': 150.0}
    """
    check_claims(claims, estate)
    return pd.Series(_equal_up_to(claims.to_numpy(dtype=float), estate), index=claims.index)


def cel(claims: pd.Series, estate: float) -> pd.Series:
    """Divide by constrained equal losses [EUR]: everybody misses the same, but nobody gets less than nothing.

    >>> cel(pd.Series({"events": 100.0, "greening": 300.0}), 250.0).to_dict()
    {'events': 25.0, 'greening': 225.0}
    """
    check_claims(claims, estate)
    amounts = claims.to_numpy(dtype=float)
    return pd.Series(amounts - _equal_up_to(amounts, float(claims.sum()) - estate), index=claims.index)


def talmud(claims: pd.Series, estate: float) -> pd.Series:
    """Divide as the Talmud does [EUR]: awards equal up to half of each claim, beyond that losses equal.

    >>> talmud(pd.Series({"first": 100.0, "second": 200.0, "third": 300.0}), 200.0).to_dict()
    {'first': 50.0, 'second': 75.0, 'third': 75.0}
    """
    check_claims(claims, estate)
    half = claims / 2
    if estate <= half.sum():
        return cea(half, estate)
    return half + cel(half, estate - half.sum())


def random_arrival(claims: pd.Series, estate: float) -> pd.Series:
    """Divide by random arrival [EUR]: the mean over all orders in which claimants come and take what is left.

    Exact, as the Shapley value of the bankruptcy game; at most 24 claimants.

    >>> random_arrival(pd.Series({"events": 100.0, "greening": 300.0}), 200.0).to_dict()
    {'events': 50.0, 'greening': 150.0}
    """
    return pd.Series(shapley(bankruptcy_game(claims, estate)).to_numpy(), index=claims.index)


def priority(claims: pd.Series, estate: float, ranks: pd.Series) -> pd.Series:
    """Divide by priority [EUR]: rank 1 in full first; what does not reach a whole rank is split proportionally.

    Raises ``AllocationError`` naming the claimants without a rank.

    >>> claims = pd.Series({"safety": 100.0, "events": 50.0, "greening": 150.0})
    >>> priority(claims, 160.0, pd.Series({"safety": 1, "events": 2, "greening": 2})).to_dict()
    {'safety': 100.0, 'events': 15.0, 'greening': 45.0}
    """
    check_claims(claims, estate)
    order = ranks.reindex(claims.index)
    raise_faults([f"{name} has no rank; give it one" for name in order.index[order.isna()]])
    shares, left = claims * 0.0, estate
    for _, group in claims.groupby(order):
        given = min(left, float(group.sum()))
        shares[group.index] = proportional_claims(group, given)
        left -= given
    return shares


def bankruptcy_game(claims: pd.Series, estate: float) -> Game:
    """Return the gain game of an estate: a group is sure of what the others' claims leave (O'Neill 1982)."""
    check_claims(claims, estate)
    count = len(claims)
    raise_faults([f"{count} claimants are more than {MOST_PLAYERS}; use talmud or proportional_claims"]
                 * (count > MOST_PLAYERS))  # fmt: skip
    others = float(claims.sum()) - sums(claims.to_numpy(dtype=float))
    return Game(tuple(map(str, claims.index)), np.maximum(0.0, estate - others), "gain")


def check_claims(claims: pd.Series, estate: float) -> None:
    """Raise ``AllocationError`` with every fault of claims [EUR] on an estate [EUR].

    At fault are a claim or an estate that is negative, missing or infinite, a claimant that stands
    twice, an estate nobody claims, and an estate larger than all claims together: then there is
    nothing to divide but a surplus, and every claim can be met in full.
    """
    faults = [f"claimant {name!r} stands twice; sum its claims" for name in claims.index[claims.index.duplicated()]]
    faults += [
        f"the claim of {name} is negative, missing or infinite; correct it"
        for name, claim in claims.items() if not (np.isfinite(claim) and claim >= 0)
    ]  # fmt: skip
    if not (np.isfinite(estate) and estate >= 0):
        faults.append(f"the estate is {estate:g}; give an amount of 0 or more")
    elif not faults and estate > claims.sum() + NOTHING:
        faults.append(
            f"the estate ({estate:,.2f}) is larger than all claims together ({claims.sum():,.2f}); every claim can be "
            "met in full, so divide the estate less the claims by a key"
        )
    raise_faults(faults)


def _equal_up_to(caps: Amounts, total: float) -> Amounts:
    """Return min(cap, level) with the one level at which they sum to ``total``."""
    order = np.sort(caps)
    below = order.cumsum() - order
    # the level lies where those below it get their cap and the others share what is left
    levels = (total - below) / np.arange(len(order), 0, -1)
    fits = np.flatnonzero(levels <= order)
    shares: Amounts = np.minimum(caps, levels[fits[0]]) if len(fits) else caps
    return shares
