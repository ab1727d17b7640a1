"""Money in and money out: budget and payments of a year, and whether they agree."""

from __future__ import annotations

import pandas as pd


def of_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the rows of ``budget`` or ``payments`` of one year."""
    return table[table["year"] == year]


def spread(table: pd.DataFrame, rows: str, columns: str) -> pd.DataFrame:
    """Return amounts [EUR] summed as rows x columns, 0 where there is none; largest row and column first.

    >>> budget = pd.DataFrame({"fund": ["A", "A", "B"], "year": [2019, 2020, 2019], "amount_eur": [1.0, 2.0, 9.0]})
    >>> spread(budget, "fund", "year").to_dict("index")
    {'B': {2019: 9.0, 2020: 0.0}, 'A': {2019: 1.0, 2020: 2.0}}
    """
    filled = table.assign(**{columns: table[columns].fillna("")})
    sums = filled.pivot_table(index=rows, columns=columns, values="amount_eur", aggfunc="sum", fill_value=0.0)
    order = [total.sort_values(ascending=False, kind="stable").index for total in (sums.sum(axis=1), sums.sum())]
    return sums.loc[order[0], order[1]]


def cost_per_effort(budget: pd.DataFrame) -> pd.Series:
    """Return the budgeted amount [EUR] per effort id."""
    return budget.groupby("effort")["amount_eur"].sum()


def by_kind(payments: pd.DataFrame) -> pd.DataFrame:
    """Return what each partner brings as cash, as hours and in kind [EUR]: partner x kind, those that occur.

    >>> rows = [("shops", "cash", 5.0), ("shops", "in_kind", 2.0)]
    >>> by_kind(pd.DataFrame(rows, columns=["partner", "kind", "amount_eur"])).to_dict("index")
    {'shops': {'cash': 5.0, 'in_kind': 2.0}}
    """
    table = spread(payments, "partner", "kind")
    return table[[kind for kind in ("cash", "hours", "in_kind") if kind in table]]


def in_cash(payments: pd.DataFrame) -> pd.DataFrame:
    """Return the payments in money; hours and what is given in kind are never added to it."""
    return payments[payments["kind"] == "cash"]


def programme_money(payments: pd.DataFrame) -> pd.DataFrame:
    """Return the payments in cash that fill a fund of the programme budget; the rest runs beside it."""
    cash = in_cash(payments)
    return cash[cash["fund"].notna()]


def reconcile(budget: pd.DataFrame, payments: pd.DataFrame) -> pd.DataFrame:
    """Set what is budgeted per fund and year against what partners bring for it, in cash.

    Parameters: the tables of the contract. Returns: a row per ``fund`` and ``year`` with
    ``budgeted``, ``paid`` and ``difference`` (paid minus budgeted) [EUR], rounded to cents.
    Money beside the programme budget (no fund) is left out.
    """
    keys = ["fund", "year"]
    cash = programme_money(payments)
    table = pd.DataFrame(
        {"budgeted": budget.groupby(keys)["amount_eur"].sum(), "paid": cash.groupby(keys)["amount_eur"].sum()}
    ).fillna(0.0)
    table["difference"] = (table["paid"] - table["budgeted"]).round(2)
    return table.reset_index()
