"""Costs against income per partner and per customer segment: who is served, and who pays for it."""

from __future__ import annotations

import pandas as pd

# residents, visitors and companies are the customers of centre management; other partners are none
SEGMENTS = ("residents", "visitors", "companies")


def cost_to_income(segment: pd.Series, costs: pd.Series, income: pd.Series, beside: pd.Series) -> pd.DataFrame:
    """Return the costs made for each partner against the income from it.

    Parameters, each per partner id: ``segment`` of every partner (missing if it is no customer), ``costs``
    of the efforts spread over who benefits, ``income`` that fills the budget, and ``beside``: money beside
    the budget, hours and goods [EUR]. Returns: per partner, in the order of the segments, these four
    (segment "" for who is no customer) and ``ratio`` (costs / income; NaN without income). Costs or income
    of which nothing is known are NaN for everybody, not 0. A partner with none of the three is left out.

    >>> segment = pd.Series({"shops": "companies", "city": None, "choir": "visitors"})
    >>> costs, income = pd.Series({"shops": 100.0}), pd.Series({"shops": 25.0, "city": 75.0})
    >>> cost_to_income(segment, costs, income, pd.Series(dtype=float))
             segment  costs  income  beside  ratio
    shops  companies  100.0    25.0     0.0    4.0
    city                0.0    75.0     0.0    0.0
    """
    amounts = {"costs": costs, "income": income, "beside": beside}
    table = pd.DataFrame({name: values.reindex(segment.index).fillna(0.0) for name, values in amounts.items()})
    known = table[(table != 0).any(axis=1)].assign(
        **{name: float("nan") for name in ("costs", "income") if not table[name].any()}
    )
    places = segment.fillna("").rename("segment")[known.index]
    order = places.map([*SEGMENTS, ""].index).sort_values(kind="stable").index
    return _with_ratio(pd.concat([places, known], axis=1).loc[order])


def per_segment(table: pd.DataFrame) -> pd.DataFrame:
    """Return ``cost_to_income`` summed per segment: residents, visitors, companies, and "" for who is none.

    A segment without a partner of which anything is known has NaN everywhere, not 0.
    """
    sums = table.groupby("segment")[["costs", "income", "beside"]].sum(min_count=1)
    others = [""] if "" in sums.index else []
    return _with_ratio(sums.reindex(pd.Index([*SEGMENTS, *others], name="segment")))


def _with_ratio(table: pd.DataFrame) -> pd.DataFrame:
    return table.assign(ratio=table["costs"] / table["income"].where(table["income"] > 0))
