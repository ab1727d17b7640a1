"""Tariffs: what each payer is charged by the value of its property or another size, to the cent."""

from __future__ import annotations

from typing import Literal

import numpy as np
import pandas as pd

from binnenstad.costs.split import raise_faults


def brackets(base: pd.Series, table: pd.DataFrame, edge: Literal["upper", "lower"]) -> pd.Series:
    """Charge each payer the flat tariff of the bracket its base falls in [EUR].

    Parameters: ``base`` per payer, such as the WOZ value [EUR]; ``table`` with ``low`` and ``tariff_eur`` per
    bracket, in any order: each runs to where the next begins, the last has no end; ``edge`` says to which of two
    brackets a base on their border belongs: to the one it is the upper (inclusive) limit of, or the lower.
    Raises ``AllocationError`` with every fault: two brackets from one value, a negative or missing tariff,
    payers whose base is missing, 0 or below every bracket, and another word for the edge.

    >>> table = pd.DataFrame({"low": [0, 250_000], "tariff_eur": [300.0, 500.0]})
    >>> woz = pd.Series({"bakery": 250_000, "hotel": 900_000})
    >>> brackets(woz, table, "upper").to_dict(), brackets(woz, table, "lower").to_dict()
    ({'bakery': 300.0, 'hotel': 500.0}, {'bakery': 500.0, 'hotel': 500.0})
    """
    rows = table.sort_values("low", ignore_index=True)
    place = rows["low"].searchsorted(base, "left" if edge == "upper" else "right") - 1
    unknown = rows.loc[~(rows["tariff_eur"] >= 0), "low"]
    below = base.index[(place < 0) & (base > 0)]
    faults = [f"two brackets begin at {low:,.2f}; keep one" for low in rows.loc[rows["low"].duplicated(), "low"]]
    faults += [f"the tariff of the bracket from {low:,.2f} is negative or missing; fill it in" for low in unknown]
    faults += [f"the base of {name} is below every bracket; add one for it" for name in below]
    faults += [f"{edge!r} is no side of an edge; write upper or lower"] * (edge not in ("upper", "lower"))
    raise_faults(_faults_of(base) + faults)
    return pd.Series(rows["tariff_eur"].to_numpy()[place], base.index)


def rate(
    base: pd.Series,
    rate: float,
    *,
    threshold: float = 0.0,
    cap: float = np.inf,
    minimum: float = 0.0,
    discounts: pd.Series | None = None,
) -> pd.Series:
    """Charge each payer a rate on its base [EUR], to the cent.

    The part of the base up to ``threshold`` is free; who has no more than that pays nothing. The charge
    is at least ``minimum`` and at most ``cap`` [EUR], and ``discounts`` (a share of 1 per payer, from
    its group) goes off last. Raises ``AllocationError`` with every fault: a base that is missing,
    negative or 0, a rate, threshold or minimum below 0, a cap below the minimum, and a discount outside 0-1 or of
    who is no payer.

    >>> woz = pd.Series({"kiosk": 50_000.0, "bakery": 250_000.0, "hotel": 900_000.0})
    >>> rate(woz, 0.001, threshold=60_000, cap=700, discounts=pd.Series({"bakery": 0.5})).to_dict()
    {'kiosk': 0.0, 'bakery': 95.0, 'hotel': 700.0}
    """
    off = pd.Series(dtype=float) if discounts is None else discounts
    given = {"rate": rate, "threshold": threshold, "minimum": minimum}
    faults = [f"the {name} is {value:g}; give 0 or more" for name, value in given.items() if not value >= 0]
    faults += [f"the cap ({cap:,.2f}) is below the minimum ({minimum:,.2f}); correct them"] * (not cap >= minimum)
    faults += [f"the discount of {name} is no share from 0 to 1; correct it" for name in off.index[~off.between(0, 1)]]
    faults += [f"{name} has a discount but is no payer; correct it" for name in off.index.difference(base.index)]
    raise_faults(_faults_of(base) + faults)
    charge = ((base - threshold) * rate).clip(minimum, cap).where(base > threshold, 0.0)
    return (charge * (1 - off.reindex(base.index, fill_value=0.0)) + 1e-9).round(2)


def _faults_of(base: pd.Series) -> list[str]:
    wrong = base.index[~((base > 0) & (base < np.inf))]
    return [f"the base of {name} (such as its WOZ value) is missing, infinite, 0 or less; correct it" for name in wrong]
