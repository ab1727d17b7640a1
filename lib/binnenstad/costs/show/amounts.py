"""Tables of amounts: rows x series with totals, and whether budget and payments agree."""

from __future__ import annotations

import numpy as np
import pandas as pd

from binnenstad.page.blocks import Block
from binnenstad.page.table import MISSING, table
from binnenstad.words import Words


def tabulate_amounts(
    caption: str, amounts: pd.DataFrame, words: Words, *, decimals: int = 0, across: bool = True,
    down: bool = True,
) -> Block:  # fmt: skip
    """Return amounts [EUR] as rows x series with totals; a cell without money is a dash; nothing without any.

    ``amounts`` has the titles a reader knows as index and columns, and the word for a row as name
    of its index (``partner`` or ``effort``). ``across`` adds the total of each row, ``down`` that of each column.
    """
    if not amounts.to_numpy().sum():
        return Block("", "")
    heads = {"partner": words.say("partner"), "effort": words.say("effort")}
    total = words.say("total")
    cells = np.vstack([amounts.to_numpy(), amounts.sum().to_numpy()]) if down else amounts.to_numpy()
    names = [str(name) for name in amounts.columns]
    if across and len(names) > 1:
        cells, names = np.column_stack([cells, cells.sum(axis=1)]), [*names, total]
    columns = [(heads[str(amounts.index.name)], [*map(str, amounts.index), *[total] * down])]
    for name, column in zip(names, cells.T, strict=True):
        columns.append((name, [words.number(amount, decimals) if amount else MISSING for amount in column]))
    return table(in_euro(caption, words), columns, last=down)


def tabulate_reconciliation(rows: pd.DataFrame, words: Words) -> Block:
    """Return budget against payments per fund and year (``finance.reconcile``), to the cent."""
    columns = [(words.say("fund"), list(rows["fund"])), (words.say("year"), [str(year) for year in rows["year"]])]
    heads = [words.say("budgeted"), words.say("brought in"), words.say("difference")]
    for head, name in zip(heads, ("budgeted", "paid", "difference"), strict=True):
        columns.append((head, [words.number(amount, 2) for amount in rows[name]]))
    return table(in_euro(words.say("Budget against what partners bring in"), words), columns)


def in_euro(caption: str, words: Words) -> str:
    """Return a caption that says its amounts are in euro."""
    return words.say("{caption} ({unit})", caption=caption, unit=words.say("amounts in euro"))
