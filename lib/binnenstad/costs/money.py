"""Money in and money out: of a year and until when; and whether budget and payments agree."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.programme.contract import code_names

CERTAINTIES = list(code_names("payments", "certainty", "en"))
# tables of money of which rows may be examples
MARKED = ("budget", "payments", "scenario_lines", "votes", "cuts", "partners")
FUND_YEAR = ["fund", "year"]


def of_year(table: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return the rows of ``budget`` or ``payments`` of one year."""
    return table[table["year"] == year]


def spread(table: pd.DataFrame, rows: str, columns: str) -> pd.DataFrame:
    """Return amounts [EUR] summed as rows x columns, 0 where there is none; largest row and column first.

    A sum of which a part is not known is missing.

    >>> budget = pd.DataFrame({"fund": ["A", "A", "B"], "year": [2019, 2020, 2019], "amount_eur": [1.0, 2.0, 9.0]})
    >>> spread(budget, "fund", "year").to_dict("index")
    {'B': {2019: 9.0, 2020: 0.0}, 'A': {2019: 1.0, 2020: 2.0}}
    """
    filled = table.assign(**{columns: table[columns].fillna("")})
    sums = filled.groupby([rows, columns])["amount_eur"].sum(skipna=False).unstack(fill_value=0)
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


def known_payers(tables: Mapping[str, pd.DataFrame], year: int) -> bool:
    """Return whether it is known who pays in a year: cash for every fund of its budget, or any where there is none.

    Otherwise nobody's part of the whole is known, and what is missing is no 0. ``tables`` of the contract.
    """
    budget, payments = (of_year(tables[name], year) for name in ("budget", "payments"))
    cash = in_cash(payments).dropna(subset="amount_eur")
    funds = budget.loc[budget["amount_eur"] > 0, "fund"]
    return bool(funds.isin(cash["fund"]).all() if len(funds) else len(cash))


def for_the_centre(payments: pd.DataFrame) -> pd.DataFrame:
    """Return the payments in cash but for a subsidy beside the budget, which pays for something else."""
    cash = in_cash(payments)
    return cash[cash["fund"].notna() | (cash["instrument"] != "subsidy")]


def per_partner(payments: pd.DataFrame) -> pd.Series:
    """Return what each partner brings [EUR], by id; missing where a part of it is not known."""
    return payments.groupby("partner")["amount_eur"].sum(skipna=False)


def reconcile(budget: pd.DataFrame, payments: pd.DataFrame) -> pd.DataFrame:
    """Set what is budgeted per fund and year against what partners bring for it, in cash.

    Parameters: the tables of the contract. Returns: a row per ``fund`` and ``year`` with
    ``budgeted``, ``paid`` and ``difference`` (paid minus budgeted) [EUR], rounded to cents, and ``rounding``:
    whether rounding alone can explain the difference, each amount being at most half a unit of its rounding off.
    Money beside the programme budget (no fund) is left out. Without any payment ``paid`` is not known, and no 0.
    """
    sides = {"budgeted": budget, "paid": programme_money(payments)}
    sums = {name: rows.groupby(FUND_YEAR)["amount_eur"].sum() for name, rows in sides.items()}
    table = pd.DataFrame(sums).fillna({"budgeted": 0.0})
    table["difference"] = (table["paid"] - table["budgeted"]).round(2)
    table["rounding"] = table["difference"].abs() <= rounded_off(pd.concat(sides.values()))
    return table.reset_index()


def rounded_off(rows: pd.DataFrame) -> pd.Series:
    """Return how far rounding can have moved the sum of rows per fund and year [EUR]; 0 where none is rounded."""
    return rows.groupby(FUND_YEAR)["rounded_to_eur"].sum() / 2


def rests_on_example(*tables: pd.DataFrame) -> bool:
    """Return whether any row of ``budget`` or ``payments`` is an example and no real amount."""
    return any(bool(table["illustrative"].any()) for table in tables)


def published_totals(budget: pd.DataFrame, totals: pd.DataFrame) -> pd.DataFrame:
    """Set the total a source prints against the sum of the budget rows it is printed over.

    Parameters: the tables ``budget`` and ``budget_totals`` of the contract. Returns: a row per ``fund`` and
    ``year`` of the totals with ``published``, ``rows`` (their sum; 0 without any), ``difference`` (published
    minus rows; missing where a row is of a later day than the total), ``income`` as printed [EUR], and ``rounding``:
    whether rounding alone can explain the difference, each number being at most half a unit of the rounding off.
    Nothing is repaired.

    >>> day = pd.Timestamp("2024-12-31")
    >>> budget = {"fund": "A", "year": 2024, "published": day, "amount_eur": [1_800_000.0, 500_000.0]}
    >>> budget = pd.DataFrame(budget)
    >>> total = {"fund": ["A"], "year": [2024], "published": [day], "costs_eur": [2_400_000.0], "income_eur": [0.0]}
    >>> published_totals(budget, pd.DataFrame(total | {"rounded_to_eur": [100_000.0]})).iloc[0].to_dict()
    {'fund': 'A', 'year': 2024, 'published': 2400000.0, 'rows': 2300000.0, 'difference': 100000.0, \
'income': 0.0, 'rounding': True}
    """
    sums = {"rows": ("amount_eur", "sum"), "count": ("amount_eur", "count"), "day": ("published", "max")}
    of_fund = budget.groupby(FUND_YEAR).agg(**sums)
    found = totals.merge(of_fund, how="left", left_on=FUND_YEAR, right_index=True).fillna({"rows": 0.0, "count": 0})
    changed = found.pop("day") > found.pop("published")
    found = found.rename(columns={"costs_eur": "published", "income_eur": "income"})
    found["difference"] = (found["published"] - found["rows"]).round(2).mask(changed)
    found["rounding"] = found["difference"].abs() <= (found["count"] + 1) * found["rounded_to_eur"].fillna(0.0) / 2
    return found[[*FUND_YEAR, "published", "rows", "difference", "income", "rounding"]].reset_index(drop=True)


def certain_for_a_year(money: pd.DataFrame, year: int) -> pd.Series:
    """Return the certainty of money as it is after a year: voluntary money is certain for one year at most.

    >>> money = pd.DataFrame({"instrument": "voluntary", "year": [2019, 2020], "certainty": "certain"})
    >>> certain_for_a_year(money, 2019).tolist()
    ['certain', 'uncertain']
    """
    promised = (money["instrument"] == "voluntary") & (money["year"] > year) & (money["certainty"] == "certain")
    return money["certainty"].mask(promised, "uncertain")


def continuity(money: pd.DataFrame, budget: pd.DataFrame, year: int) -> pd.DataFrame:
    """Set what comes in against what is budgeted, per year from ``year`` on [EUR].

    Parameters: ``money`` with ``fund``, ``year``, ``amount_eur``, ``rounded_to_eur`` and ``certainty`` (certain: in
    force or decided; expected: intended; uncertain: voluntary); ``budget`` of the contract. Returns per year
    ``certain``, ``expected``, ``uncertain``, ``needed`` and ``short``: what certain money falls short, fund by fund,
    for what one has too much fills no other, and not counting what rounding can explain. A year between of which
    nothing is known is missing, and so is what falls short where of a fund nothing is known to come in.

    >>> row = {"fund": "A", "amount_eur": [9.0, 5.0], "rounded_to_eur": None, "year": [2019, 2020]}
    >>> money, budget = pd.DataFrame(row | {"certainty": ["certain", "uncertain"]}), pd.DataFrame(row)
    >>> continuity(money, budget, 2019)["short"].to_dict()
    {2019: 0.0, 2020: 5.0}
    """
    rows = pd.concat([budget.assign(certainty="needed"), money])
    rows = rows[rows["year"] >= year]
    sums = rows.groupby([*FUND_YEAR, "certainty"])["amount_eur"].sum().unstack()
    sums = sums.reindex(columns=[*CERTAINTIES, "needed"]).rename_axis(columns=None)
    known = sums[CERTAINTIES].notna().any(axis=1)
    sums = sums.fillna(0.0).where(known, sums[["needed"]])
    short = (sums["needed"] - sums["certain"]).round(2)
    margin = rounded_off(rows[rows["certainty"].isin(["certain", "needed"])]).reindex(sums.index, fill_value=0.0)
    table = sums.groupby("year").sum(min_count=1)
    table["short"] = short.mask(short <= margin, 0.0).groupby("year").sum(skipna=False)
    return table.reindex(range(year, int(table.index.max()) + 1)) if len(table) else table


def funded_until(table: pd.DataFrame) -> int | None:
    """Return the last year up to which certain money covers every year of ``continuity``; none if not the first.

    >>> funded_until(pd.DataFrame({"short": [0.0, 0.0, 5.0, 0.0]}, index=[2019, 2020, 2021, 2022]))
    2020
    """
    covered = (table["short"] == 0).cumprod().astype(bool)
    return int(table.index[covered].max()) if covered.any() else None
