"""Customers: what of the budget is for each segment, and what the partners that speak for it pay."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.costs.money import cost_per_effort, known_payers, of_year, programme_money, spread
from binnenstad.costs.split import per_effort
from binnenstad.efforts.network import segment_weights

# residents, visitors and companies are the customers of centre management
SEGMENTS = ["residents", "visitors", "companies"]


def per_segment(tables: Mapping[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """Return per customer segment what of the budget is for it, against what those who speak for it pay [EUR].

    Parameters: the tables of the contract. Returns the three segments, "" and ``total``: ``costs``
    (``network.segment_weights``, to the cent; "" what leads to no segment), ``income`` that fills the budget, by the
    segment its payer speaks for ("" for none), a column per kind of what comes outside the budget, which are never
    added, and ``ratio`` (costs / income of a segment; NaN without income).
    Costs are NaN and not 0 if nothing leads to any segment, and so is, where it is not known who pays
    (``money.known_payers``), income and what nobody is known to bring; and a sum of which a part is not known.
    """
    budget, payments = (of_year(tables[name], year) for name in ("budget", "payments"))
    costs = cost_per_effort(budget)
    parts = per_effort(costs, segment_weights(costs.index, tables)).sum()
    speaks = payments["partner"].map(tables["partners"].set_index("id")["segment"]).fillna("")
    paid = payments.assign(segment=speaks)
    filling = programme_money(paid)
    income = filling.groupby("segment")["amount_eur"].sum()
    beside = spread(paid.drop(filling.index), "segment", "kind").reindex([*SEGMENTS, ""], fill_value=0.0)
    known = known_payers(tables, year)
    beside = beside.where(known | (beside > 0))
    table = pd.DataFrame({"costs": parts, "income": income}).reindex(beside.index).fillna(0.0).join(beside).round(2)
    if filling.empty or not known:
        table["income"] = float("nan")
    table.loc["total"] = table.sum(skipna=False)
    if not table.loc[SEGMENTS, "costs"].any():
        table.loc[SEGMENTS, "costs"] = float("nan")
    customers = table.loc[SEGMENTS]
    return table.assign(ratio=customers["costs"] / customers["income"].where(customers["income"] > 0))
