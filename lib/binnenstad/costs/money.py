"""Money in and money out: of a year and until when; and whether budget and payments agree."""

from __future__ import annotations

import pandas as pd

from binnenstad.programme.contract import code_names

CERTAINTIES = list(code_names("payments", "certainty", "en"))
# tables of money of which rows may be examples
MARKED = ("budget", "payments", "scenario_lines", "votes", "cuts", "partners")


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
    return table[[kind for kind in code_names("payments", "kind", "en") if kind in table]]


def in_cash(payments: pd.DataFrame) -> pd.DataFrame:
    """Return the payments in money; hours and what is given in kind are never added to it."""
    return payments[payments["kind"] == "cash"]


def programme_money(payments: pd.DataFrame) -> pd.DataFrame:
    """Return the payments in cash that fill a fund of the programme budget; the rest runs beside it."""
    cash = in_cash(payments)
    return cash[cash["fund"].notna()]


def per_partner(payments: pd.DataFrame) -> pd.Series:
    """Return what each partner brings [EUR], by id."""
    return payments.groupby("partner")["amount_eur"].sum()


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


def rests_on_example(*tables: pd.DataFrame) -> bool:
    """Return whether any row of ``budget`` or ``payments`` is an example and no real amount."""
    return any(bool(table["illustrative"].any()) for table in tables)


def published_totals(budget: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Set the total a source prints against the sum of the budget rows it is printed over.

    Parameters: the tables ``budget`` and ``budget_totals`` of the contract. Returns: a row per ``fund`` and
    ``year`` of the totals with ``published``, ``rows`` (their sum; 0 without any), ``difference`` (published
    minus rows), ``income`` as printed [EUR], and ``rounding``: whether rounding alone can explain the
    difference, each number being at most half a unit of the rounding off. Nothing is repaired.

    >>> budget = pd.DataFrame({"fund": "A", "year": 2024, "amount_eur": [1_800_000.0, 500_000.0]})
    >>> total = {"fund": ["A"], "year": [2024], "costs_eur": [2_400_000.0], "income_eur": [0.0]}
    >>> published_totals(budget, pd.DataFrame(total | {"rounded_to_eur": [100_000.0]})).iloc[0].to_dict()
    {'fund': 'A', 'year': 2024, 'published': 2400000.0, 'rows': 2300000.0, 'difference': 100000.0, \
'income': 0.0, 'rounding': True}
    """
    keys = ["fund", "year"]
    amounts = budget.groupby(keys)["amount_eur"].agg(["sum", "count"])
    found = totals.merge(amounts, how="left", left_on=keys, right_index=True).fillna({"sum": 0.0, "count": 0})
    difference = (found["costs_eur"] - found["sum"]).round(2)
    margin = (found["count"] + 1) * found["rounded_to_eur"].fillna(0.0) / 2
    return pd.DataFrame(
        {
            "fund": found["fund"], "year": found["year"], "published": found["costs_eur"], "rows": found["sum"],
            "difference": difference, "income": found["income_eur"], "rounding": difference.abs() <= margin,
        }
    ).reset_index(drop=True)  # fmt: skip


def certain_for_a_year(money: pd.DataFrame, year: int) -> pd.Series:
    """Return the certainty of money as it is after a year: voluntary money is certain for one year at most.

    >>> money = pd.DataFrame({"instrument": "voluntary", "year": [2019, 2020], "certainty": "certain"})
    >>> certain_for_a_year(money, 2019).tolist()
    ['certain', 'uncertain']
    """
    promised = (money["instrument"] == "voluntary") & (money["year"] > year) & (money["certainty"] == "certain")
    return money["certainty"].mask(promised, "uncertain")


def continuity(money: pd.DataFrame, needed: pd.Series) -> pd.DataFrame:
    """Set what comes in against what is needed, per year [EUR].

    Parameters: ``money`` with ``year``, ``amount_eur`` and ``certainty`` (certain: in force or decided;
    expected: intended; uncertain: voluntary); ``needed`` per year. Returns per year ``certain``, ``expected``,
    ``uncertain``, ``needed`` and ``short``: what certain money falls short, 0 if it does not.

    >>> money = pd.DataFrame({"year": [2019, 2020], "amount_eur": [9.0, 5.0], "certainty": ["certain", "uncertain"]})
    >>> continuity(money, pd.Series({2019: 9.0, 2020: 6.0}))["short"].to_dict()
    {2019: 0.0, 2020: 6.0}
    """
    sums = money.pivot_table(index="year", columns="certainty", values="amount_eur", aggfunc="sum", fill_value=0.0)
    years = needed.index.union(sums.index.astype(needed.index.dtype))
    table = sums.reindex(index=years, columns=CERTAINTIES, fill_value=0.0).rename_axis(columns=None)
    table["needed"] = needed.reindex(years, fill_value=0.0)
    table["short"] = (table["needed"] - table["certain"]).clip(lower=0.0).round(2)
    return table.astype(float)


def funded_until(table: pd.DataFrame) -> int | None:
    """Return the last year up to which certain money covers every year of ``continuity``; none if not the first.

    >>> funded_until(pd.DataFrame({"short": [0.0, 0.0, 5.0, 0.0]}, index=[2019, 2020, 2021, 2022]))
    2020
    """
    covered = (table["short"] == 0).cumprod().astype(bool)
    return int(table.index[covered].max()) if covered.any() else None
