"""Dividing an estate that is smaller than the claims on it, such as a subsidy after a cut.

Sources: O'Neill (1982); Aumann and Maschler (1985); Thomson (2003).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from math import comb

import numpy as np
import pandas as pd

from binnenstad.costs.nucleolus import Amounts, subset_sums
from binnenstad.costs.split import to_cents
from binnenstad.programme.rules import MOST_CLAIMANTS


def divide_estate(claims: pd.Series, estate: float, rule: str, ranks: pd.Series | None = None) -> pd.Series:
    """Divide an estate [EUR], less than the claims, over claims [EUR] by a rule; the order of the rows is nothing.

    ``proportional`` to the claims; ``cea`` (constrained equal awards): the same for everybody, but nobody more
    than its claim; ``cel`` (constrained equal losses): everybody misses the same, but nobody gets less than
    nothing; ``talmud``: awards equal up to half of each claim, beyond that losses equal; ``random_arrival``: the
    mean over all orders in which claimants come and take what is left. With ``ranks`` there is priority: rank 1 in
    full first, and the rank that is not reached whole by the rule.

    >>> divide_estate(pd.Series({"first": 100.0, "second": 200.0, "third": 300.0}), 200.0, "talmud").to_dict()
    {'first': 50.0, 'second': 75.0, 'third': 75.0}
    """
    order = pd.Series(1, claims.index) if ranks is None else ranks.reindex(claims.index)
    shares, left = claims * 0.0, estate
    for _, group in claims.sort_index().sort_values(kind="stable").groupby(order):
        given = min(left, float(group.sum()))
        shares[group.index] = RULES[rule](group.to_numpy(dtype=float), given)
        left -= given
    return shares


def losses_by_rule(claims: pd.Series, estate: float, ranks: pd.Series) -> pd.DataFrame:
    """Return what each claimant loses by every rule [EUR], to the cent: claimant x rule, all of one sum.

    ``priority`` is by ``ranks``, who has none after all others, and within a rank proportional; it is left out where
    nobody has one, and random arrival where claimants are more than 20.

    >>> losses_by_rule(pd.Series({"park": 300.0, "market": 100.0}), 200.0, pd.Series({"market": 1.0})).loc["market"]
    proportional       50.0
    cea                 0.0
    cel               100.0
    talmud             50.0
    random_arrival     50.0
    priority            0.0
    Name: market, dtype: float64
    """
    rules = [rule for rule in RULES if rule != "random_arrival" or len(claims) <= MOST_CLAIMANTS]
    given = {rule: divide_estate(claims, estate, rule) for rule in rules}
    if ranks.notna().any():
        given["priority"] = divide_estate(claims, estate, "proportional", ranks.reindex(claims.index).fillna(np.inf))
    return pd.DataFrame({rule: (claims - to_cents(shares, estate)).round(2) for rule, shares in given.items()})


def cuts_ahead(tables: Mapping[str, pd.DataFrame], year: int) -> Iterator[tuple[pd.Series, pd.DataFrame]]:
    """Yield each row of ``cuts`` of a year and later, with what each effort of its fund has and loses [EUR].

    The frame is effort x ``now`` (what is budgeted) and the rules of ``losses_by_rule``, the rule chosen first and the
    largest effort first. By year and fund; none without the table, nor for a cut that is in the budget already.
    """
    budget, cuts = tables["budget"], tables["cuts"]
    for _, cut in cuts[cuts["year"] >= year].sort_values(["year", "fund"]).iterrows():
        rows = budget[(budget["fund"] == cut["fund"]) & (budget["year"] == cut["year"])]
        rows = rows.set_index("effort").sort_index()
        if round(rows["amount_eur"].sum(), 2) <= cut["new_amount_eur"]:
            continue
        losses = losses_by_rule(rows["amount_eur"], cut["new_amount_eur"], rows["rank"])
        losses.insert(0, cut["rule"], losses.pop(cut["rule"]))
        table = pd.concat([rows["amount_eur"].rename("now"), losses], axis=1)
        yield cut, table.sort_values("now", ascending=False, kind="stable")


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
