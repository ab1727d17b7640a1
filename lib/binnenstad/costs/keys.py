"""Splitting an amount by a key: equal, proportional, mixed, or per effort; to the cent.

Tariffs by bracket or rate are in ``tariffs``: they charge what they charge, whatever the amount.
"""

from __future__ import annotations

import numpy as np
import pandas as pd

from binnenstad.costs.coalitions import checked_efforts, raise_faults


def equal(payers: pd.Index, amount: float) -> pd.Series:
    """Split an amount [EUR] into equal shares over the payers, to the cent.

    The sum is exact; raises ``AllocationError`` without payers.

    >>> equal(pd.Index(["municipality", "owners", "shops"]), 100.0).tolist()
    [33.34, 33.33, 33.33]
    """
    return proportional(pd.Series(1.0, index=payers), amount)


def proportional(base: pd.Series, amount: float) -> pd.Series:
    """Split an amount [EUR] in proportion to a base value per payer, to the cent.

    ``base`` may be any size that is not negative (floor area, property value, weight); who has 0 of it pays
    nothing, and changes nobody's share. The sum
    is exact. Raises ``AllocationError`` for a negative, missing or infinite base and for bases that sum to 0.

    >>> proportional(pd.Series({"owners": 3, "shops": 1}), 1000.0).to_dict()
    {'owners': 750.0, 'shops': 250.0}
    """
    wrong = base[(base < 0) | ~np.isfinite(base)]
    raise_faults(
        [f"base of {', '.join(map(str, wrong.index))} is negative, missing or infinite; give each payer a size"]
        if len(wrong)
        else ["the base values sum to 0; nobody would pay"] * (not base.sum() > 0)
    )
    return to_cents(base / base.sum() * amount, amount)


def mixed(bases: pd.DataFrame, weights: pd.Series, amount: float) -> pd.Series:
    """Split an amount [EUR] by several keys at once, to the cent.

    Parameters: ``bases`` payer x key, the size of each payer under each key; ``weights`` [1] per key,
    summing to 1. Raises ``AllocationError`` with every fault: weights that do not add up or are
    negative, a key without weight or without base, and whatever ``proportional`` refuses.

    >>> bases = pd.DataFrame({"floor": [100, 300], "equal": [1, 1]}, index=["shop", "hotel"])
    >>> mixed(bases, pd.Series({"floor": 0.5, "equal": 0.5}), 1000.0).to_dict()
    {'shop': 375.0, 'hotel': 625.0}
    """
    faults = [f"key {name} has no weight; give it one" for name in bases.columns.difference(weights.index)]
    faults += [f"key {name} has no base values; add a column" for name in weights.index.difference(bases.columns)]
    faults += [
        f"the weight of key {name} is negative or missing; correct it" for name in weights.index[~(weights >= 0)]
    ]
    if not abs(weights.sum() - 1) < 1e-9:
        faults.append(f"the weights of the keys sum to {weights.sum():g}, not to 1; correct them")
    raise_faults(faults)
    used = weights[weights > 0].index
    shares = sum(bases[name] / bases[name].sum() * weights[name] for name in used)
    for name in used:
        proportional(bases[name], amount)
    return to_cents(shares * amount, amount)


def per_effort(costs: pd.Series, weights: pd.DataFrame) -> pd.DataFrame:
    """Split each effort over its own beneficiaries in proportion to their weight, to the cent.

    Parameters: ``costs`` [EUR] per effort; ``weights`` effort x beneficiary, 0 for who does not
    benefit. Returns: effort x beneficiary [EUR]; each row sums to the cost of its effort, so no
    effort is paid by who has nothing to do with it. Raises ``AllocationError`` with every fault
    (``coalitions.checked_efforts``).

    >>> costs = pd.Series({"parking": 300.0, "greening": 50.0})
    >>> per_effort(costs, pd.DataFrame({"shops": [2, 0], "residents": [1, 1]}, index=costs.index))
              shops  residents
    parking   200.0      100.0
    greening    0.0       50.0
    """
    rows = checked_efforts(costs, weights)
    split = [proportional(row, cost) for (_, row), cost in zip(rows.iterrows(), costs, strict=True)]
    return pd.DataFrame(split, index=costs.index, columns=weights.columns)


def spread_costs(costs: pd.Series, weights: pd.DataFrame) -> tuple[pd.DataFrame, pd.Series]:
    """Return ``per_effort`` for the efforts that have a beneficiary, and the costs of those that have none."""
    shared = weights.index[weights.sum(axis=1) > 0]
    return per_effort(costs[shared], weights.loc[shared]), costs.drop(shared)


def compare_keys(paid: pd.Series, base: pd.Series, benefit: pd.DataFrame) -> pd.DataFrame:
    """Return what each payer pays now and would pay under each key, side by side [EUR].

    Parameters: ``paid`` now per payer; ``base`` the size for the proportional key; ``benefit`` the
    result of ``per_effort``, whose total every key splits. Returns: payer x ``now``, ``equal``,
    ``proportional``, ``per_effort``, largest under the last first; no rows where nobody benefits, and
    NaN for a key without any size.
    """
    columns = ["now", "equal", "proportional", "per_effort"]
    total = benefit.to_numpy().sum()
    if not total:
        return pd.DataFrame(columns=columns, index=paid.index[:0].rename("partner"), dtype=float)
    own = benefit.sum()
    takers = own.index[own > 0]
    sizes = base.reindex(takers).fillna(0.0)
    by_size = proportional(sizes, total) if sizes.sum() > 0 else sizes * float("nan")
    table = pd.concat([paid, equal(takers, total), by_size, own], axis=1, keys=columns).round(2)
    known = [name for name in columns if table[name].notna().any()]
    table[known] = table[known].fillna(0.0)
    return table.sort_values("per_effort", ascending=False, kind="stable")


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
