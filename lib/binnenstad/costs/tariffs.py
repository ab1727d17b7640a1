"""Tariffs: what each payer is charged by the value of its property or another size, to the cent."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Literal

import numpy as np
import pandas as pd

from binnenstad.costs.coalitions import raise_faults


def brackets(base: pd.Series, table: pd.DataFrame, edge: Literal["upper", "lower"]) -> pd.Series:
    """Charge each payer the flat tariff of the bracket its base falls in [EUR].

    Parameters: ``base`` per payer, such as the WOZ value [EUR]; ``table`` with ``low``, ``high``
    (missing: no end) and ``tariff_eur`` per bracket, in any order; ``edge`` says to which of two
    brackets a base on their border belongs: to the one it is the upper (inclusive) limit of, or the lower.
    Raises ``AllocationError`` with every fault: brackets with a gap or overlap, a negative or missing
    tariff, payers whose base is missing, 0 or in no bracket, and another word for the edge.

    >>> table = pd.DataFrame({"low": [0, 250_000], "high": [250_000, None], "tariff_eur": [300, 500]})
    >>> woz = pd.Series({"bakery": 250_000, "hotel": 900_000})
    >>> brackets(woz, table, "upper").to_dict(), brackets(woz, table, "lower").to_dict()
    ({'bakery': 300.0, 'hotel': 500.0}, {'bakery': 500.0, 'hotel': 500.0})
    """
    rows = table.assign(high=table["high"].fillna(np.inf)).astype(float).sort_values("low", kind="stable")
    faults = [*_bracket_faults(rows), *_missing(base), *_nothing(base)]
    faults += [f"{edge!r} is no side of an edge; write upper or lower"] * (edge not in ("upper", "lower"))
    limits = rows["low"].to_numpy()
    side: Literal["left", "right"] = "left" if edge == "upper" else "right"
    values = base.to_numpy(dtype=float)
    place = np.searchsorted(limits, values, side) - 1
    ends = rows["high"].to_numpy()[place.clip(0)]
    outside = (place < 0) | ((values > ends) if edge == "upper" else (values >= ends))
    faults += [
        f"the base of {name} ({value:,.2f}) is in no bracket; add a bracket for it or leave the payer out"
        for name, value in base[outside & base.notna().to_numpy() & (values != 0)].items()
    ]
    raise_faults(faults)
    return pd.Series(rows["tariff_eur"].to_numpy()[place], index=base.index)


def _bracket_faults(rows: pd.DataFrame) -> Iterator[str]:
    if rows.empty:
        yield "the table has no brackets; give at least one"
    for low, high, tariff in rows[["low", "high", "tariff_eur"]].itertuples(index=False):
        if not low < high:
            yield f"the bracket from {low:,.2f} to {high:,.2f} is empty; its end must lie above its start"
        if not tariff >= 0:
            yield f"the tariff of the bracket from {low:,.2f} is negative or missing; fill it in"
    for end, start in zip(rows["high"][:-1], rows["low"][1:], strict=True):
        if start > end:
            yield f"a gap between {end:,.2f} and {start:,.2f}: no tariff; let the brackets join"
        elif start < end:
            yield f"an overlap between {start:,.2f} and {end:,.2f}: two tariffs; let the brackets join"


def rate(
    base: pd.Series, rate: float, *, threshold: float = 0.0, cap: float = np.inf, minimum: float = 0.0,
    discounts: pd.Series | None = None,
) -> pd.Series:  # fmt: skip
    """Charge each payer a rate on its base [EUR], to the cent.

    The part of the base up to ``threshold`` is free; who has no more than that pays nothing. The charge
    is at least ``minimum`` and at most ``cap`` [EUR], and ``discounts`` (a share of 1 per payer, from
    its group) goes off last. Raises ``AllocationError`` with every fault: a base that is missing,
    negative or 0, a rate or threshold below 0, a cap below the minimum, a discount outside 0-1, and
    discounts for who is no payer.

    >>> woz = pd.Series({"kiosk": 50_000.0, "bakery": 250_000.0, "hotel": 900_000.0})
    >>> rate(woz, 0.001, threshold=60_000, cap=700, discounts=pd.Series({"bakery": 0.5})).to_dict()
    {'kiosk': 0.0, 'bakery': 95.0, 'hotel': 700.0}
    """
    off = pd.Series(dtype=float) if discounts is None else discounts
    faults = [*_missing(base), *_rate_faults(rate, threshold, cap, minimum), *_nothing(base)]
    faults += [f"the discount of {name} is {share:g}; write a share from 0 to 1"
               for name, share in off.items() if not 0 <= share <= 1]  # fmt: skip
    faults += [f"{name} has a discount but is no payer; correct the name" for name in off.index.difference(base.index)]
    raise_faults(faults)
    charge = ((base - threshold) * rate).clip(minimum, cap).where(base > threshold, 0.0)
    return (charge * (1 - off.reindex(base.index).fillna(0.0)) + 1e-9).round(2)


def _rate_faults(rate: float, threshold: float, cap: float, minimum: float) -> Iterator[str]:
    for name, value in (("rate", rate), ("threshold", threshold), ("minimum", minimum)):
        if not value >= 0:
            yield f"the {name} is {value:g}; give 0 or more"
    if not cap >= minimum:
        yield f"the cap ({cap:,.2f}) is below the minimum ({minimum:,.2f}); swap or correct them"


def _nothing(base: pd.Series) -> Iterator[str]:
    for name in base.index[base == 0]:
        yield f"the base of {name} is 0: a tariff on it says nothing; give its value or leave the payer out"


def _missing(base: pd.Series) -> Iterator[str]:
    for name, value in base.items():
        if pd.isna(value):
            yield f"the base of {name} (such as its WOZ value) is missing; fill it in or leave the payer out"
        elif not (np.isfinite(value) and value >= 0):
            yield f"the base of {name} is negative or infinite ({value:g}); correct it"
