"""Splitting costs by key and over who benefits, to the cent; and every split side by side."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial

import numpy as np
import pandas as pd

from binnenstad.costs.nucleolus import coalition_costs, nucleolus
from binnenstad.words.errors import AllocationError

Rule = Callable[[pd.Series], pd.Series]
# of more beneficiaries the 2^n groups take longer than a report may
MOST_FOR_NUCLEOLUS = 20
# sizes of a partner by which a total can be split: columns of ``partners``
SIZES = ["woz_eur", "floor_area_m2", "members"]
SPLITS = ["now", "equal", "proportional", *SIZES, "per_effort", "shapley", "nucleolus"]


def to_cents(shares: pd.Series, amount: float) -> pd.Series:
    """Round shares [EUR] down to cents and give the rest out by largest remainder; the sum is ``amount``.

    Equal remainders go to the first in order, so the result is the same every time.

    >>> to_cents(pd.Series({"a": 0.005, "b": 0.005}), 0.01).to_dict()
    {'a': 0.01, 'b': 0.0}
    """
    cents = (shares * 100).round(6)
    whole = np.floor(cents)
    rest = round(amount * 100) - int(whole.sum())
    # float noise must not decide between remainders that are equal
    order = (whole - cents).round(6).to_numpy().argsort(kind="stable")
    whole.iloc[order[:rest]] += 1
    exact: pd.Series = whole / 100
    return exact


def equal(payers: pd.Index, amount: float) -> pd.Series:
    """Split an amount [EUR] into equal shares over the payers, to the cent; errors as ``proportional``.

    >>> equal(pd.Index(["municipality", "owners", "shops"]), 100.0).tolist()
    [33.34, 33.33, 33.33]
    """
    return proportional(pd.Series(1.0, index=payers), amount)


def proportional(base: pd.Series, amount: float) -> pd.Series:
    """Split an amount [EUR] in proportion to a size per payer, to the cent; the sum is exact.

    ``base`` may be any size that is not negative (floor area, property value, members); who has 0 of it pays
    nothing, and changes nobody's share. Raises ``AllocationError`` for a size that is negative, missing or
    infinite, and for sizes that sum to 0.

    >>> proportional(pd.Series({"owners": 3, "shops": 1}), 1000.0).to_dict()
    {'owners': 750.0, 'shops': 250.0}
    """
    wrong = ", ".join(map(str, base.index[~((base >= 0) & (base < np.inf))]))
    if wrong or not base.sum():
        raise AllocationError(f"a size is negative, missing or infinite ({wrong}), or all sum to 0; correct them")
    return to_cents(base / base.sum() * amount, amount)


def per_effort(costs: pd.Series, weights: pd.DataFrame) -> pd.DataFrame:
    """Split each effort over its own beneficiaries in proportion to their weight, to the cent.

    Parameters: ``costs`` [EUR] per effort; ``weights`` effort x beneficiary, 0 for who does not
    benefit. Returns: effort x beneficiary [EUR]; each row sums to the cost of its effort, so no
    effort is paid by who has nothing to do with it. Costs and weights are those of checked tables, and every
    effort has a beneficiary.

    >>> costs = pd.Series({"parking": 300.0, "greening": 50.0})
    >>> per_effort(costs, pd.DataFrame({"shops": [2, 0], "residents": [1, 1]}, index=costs.index))
              shops  residents
    parking   200.0      100.0
    greening    0.0       50.0
    """
    shares = weights.div(weights.sum(axis=1), axis=0).mul(costs, axis=0).loc[costs.index]
    split = [to_cents(share, cost) for (_, share), cost in zip(shares.iterrows(), costs, strict=True)]
    return pd.DataFrame(split, index=costs.index, columns=weights.columns)


def spread_costs(costs: pd.Series, weights: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return ``per_effort`` for the efforts that have a beneficiary, and the costs of those that have none."""
    shared = weights.index[weights.sum(axis=1) > 0]
    return per_effort(costs[shared], weights.loc[shared]), costs.drop(shared)


def share_efforts(costs: pd.Series, weights: pd.DataFrame) -> pd.Series:
    """Return ``per_effort`` summed per beneficiary [EUR], not rounded.

    With the same weight for all who benefit this is the Shapley value (1953) of the effort game, for any number
    of them.

    >>> costs = pd.Series({"parking": 300.0, "greening": 50.0})
    >>> uses = pd.DataFrame({"shops": [2, 0], "residents": [1, 1]}, index=costs.index)
    >>> share_efforts(costs, uses > 0).to_dict()
    {'shops': 150.0, 'residents': 200.0}
    """
    shares: pd.Series = costs @ weights.div(weights.sum(axis=1), axis=0)
    return shares


def rules_of_efforts(weights: pd.DataFrame) -> dict[str, Rule]:
    """Return the rules that look at who benefits from what, each from costs per effort to shares [EUR], not rounded.

    ``weights`` as for ``per_effort``, of efforts that have a beneficiary. More than 20 beneficiaries have no nucleolus.
    """
    used = weights.loc[:, weights.sum() > 0]
    rules: dict[str, Rule] = {
        "per_effort": partial(share_efforts, weights=used),
        "shapley": partial(share_efforts, weights=used > 0),
    }
    if len(used.columns) <= MOST_FOR_NUCLEOLUS:
        rules["nucleolus"] = lambda costs: pd.Series(nucleolus(coalition_costs(costs, used)), used.columns)
    return rules


def compare_splits(
    paid: pd.Series, base: pd.Series, costs: pd.Series, weights: pd.DataFrame, sizes: pd.DataFrame | None = None
) -> pd.DataFrame:
    """Return what each payer pays now and would pay under each rule, side by side [EUR], to the cent.

    Parameters: ``paid`` now per payer; ``base`` the size for the proportional key; ``costs`` [EUR] per
    effort and ``weights`` effort x beneficiary, of efforts that have a beneficiary; ``sizes`` payer x ``SIZES``.
    Returns: payer x ``now``, ``equal``, ``proportional`` (missing without any size), those of ``SIZES`` that are
    known of all who benefit, ``per_effort``, ``shapley`` (each effort equally over its beneficiaries) and
    ``nucleolus`` (missing for more than 20 beneficiaries), largest per effort first; every rule divides the sum of
    ``costs``. No rows where nobody benefits from anything.
    """
    own, total = per_effort(costs, weights).sum(), float(costs.sum())
    takers = own.index[own > 0]
    if takers.empty:
        return pd.DataFrame(columns=SPLITS, index=paid.index[:0].rename("partner"), dtype=float)
    keys = pd.DataFrame(index=takers) if sizes is None else sizes.reindex(takers)
    keys = keys.assign(proportional=base.reindex(takers).fillna(0.0))
    splits = {"now": paid} | {name: to_cents(rule(costs), total) for name, rule in rules_of_efforts(weights).items()}
    splits |= {"equal": equal(takers, total), "per_effort": own}
    splits |= {str(key): proportional(size, total) for key, size in keys.items() if size.sum() and size.notna().all()}
    table = pd.concat(splits, axis=1).reindex(columns=[name for name in SPLITS if name in splits or name not in SIZES])
    known = table.columns[table.notna().any()]
    table[known] = table[known].fillna(0.0)
    return table.round(2).sort_values("per_effort", ascending=False, kind="stable")


def lacking_sizes(splits: pd.DataFrame, sizes: pd.DataFrame) -> dict[str, list[str]]:
    """Return of which payers a size is missing, per key that can so not be computed; a size of nobody is no key.

    ``splits`` of ``compare_splits``, ``sizes`` payer x ``SIZES``.
    """
    own = sizes.reindex(splits.index[splits["per_effort"] > 0])
    return {str(key): list(size.index[size.isna()]) for key, size in own.items() if 0 < size.count() < len(size)}
