"""Tables of money: amounts, shares, splits, and whether they add up."""

from __future__ import annotations

import numpy as np
import pandas as pd

from binnenstad.blocks import Block
from binnenstad.tables.table import MISSING, table, written
from binnenstad.text import Words


def tabulate_amounts(
    caption: str, amounts: pd.DataFrame, words: Words, *, decimals: int = 0, across: bool = True
) -> Block:
    """Return amounts [EUR] as rows x series with totals; a cell without money is a dash; nothing without any.

    ``amounts`` has the titles a reader knows as index and columns, and the word for a row as name
    of its index (``partner`` or ``effort``). ``across`` adds the total of each row.
    """
    if not amounts.to_numpy().sum():
        return Block("", "")
    heads = {"partner": words.say("partner"), "effort": words.say("effort")}
    total = words.say("total")
    cells = np.vstack([amounts.to_numpy(), amounts.sum().to_numpy()])
    names = [str(name) for name in amounts.columns]
    if across and len(names) > 1:
        cells, names = np.column_stack([cells, cells.sum(axis=1)]), [*names, total]
    columns = [(heads[str(amounts.index.name)], [*map(str, amounts.index), total])]
    for name, column in zip(names, cells.T, strict=True):
        columns.append((name, [words.number(amount, decimals) if amount else MISSING for amount in column]))
    return table(_in_euro(caption, words), columns, last=True)


def tabulate_splits(splits: pd.DataFrame, words: Words) -> Block:
    """Return what each partner pays now and would pay under each key, to the cent (``keys.compare_keys``)."""
    names = {
        "now": words.say("now"),
        "equal": words.say("equal"),
        "proportional": words.say("proportional"),
        "per_effort": words.say("per effort"),
    }
    caption = words.say("What each partner would pay")
    return tabulate_amounts(caption, splits.rename(columns=names), words, decimals=2, across=False)


def tabulate_shares(shares: pd.DataFrame, words: Words) -> Block:
    """Return share of costs and benefit per partner, their difference and ratio (``fairness.compare_shares``)."""
    if shares[["cost_share", "benefit_share"]].dropna().empty:
        return Block("", "")
    columns = [
        (words.say("partner"), [str(partner) for partner in shares.index]),
        (words.say("share of the costs"), [words.percent(share, 1) for share in shares["cost_share"]]),
        (words.say("share of the benefit"), [words.percent(share, 1) for share in shares["benefit_share"]]),
        (words.say("difference (points)"), [words.signed(share * 100, 1) for share in shares["difference"]]),
        (words.say("costs : benefit"), [written(r, lambda ratio: words.number(ratio, 2)) for r in shares["ratio"]]),
    ]
    return table(words.say("Share of the costs against share of the benefit"), columns)


def tabulate_reconciliation(rows: pd.DataFrame, words: Words) -> Block:
    """Return budget against payments per fund and year (``finance.reconcile``), to the cent."""
    if rows.empty:
        return Block("", "")
    columns = [(words.say("fund"), list(rows["fund"])), (words.say("year"), [str(year) for year in rows["year"]])]
    heads = [words.say("budgeted"), words.say("brought in"), words.say("difference")]
    for head, name in zip(heads, ("budgeted", "paid", "difference"), strict=True):
        columns.append((head, [words.number(amount, 2) for amount in rows[name]]))
    return table(_in_euro(words.say("Budget against what partners bring in"), words), columns)


def _in_euro(caption: str, words: Words) -> str:
    return words.say("{caption} ({unit})", caption=caption, unit=words.say("amounts in euro"))
