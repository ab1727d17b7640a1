"""Tables of customers: costs against income per segment and per partner."""

from __future__ import annotations

from functools import partial

import pandas as pd

from binnenstad.costs.say.canvas_blocks import segment_names
from binnenstad.page.blocks import Block
from binnenstad.page.table import Column, table
from binnenstad.words import Words


def tabulate_segments(by_segment: pd.DataFrame, year: int, words: Words, *, illustrative: bool = False) -> Block:
    """Return costs against income per customer segment (``per_segment``)."""
    caption = words.say("Costs against income per customer, {year} (amounts in euro)", year=year)
    columns = [Column(words.say("customer"), by_segment.index.map(segment_names(words))), *_amounts(by_segment, words)]
    return table(caption, columns, illustrative=illustrative)


def tabulate_customers(
    by_partner: pd.DataFrame, names: pd.Series, year: int, words: Words, *, illustrative: bool = False
) -> Block:
    """Return costs against income per partner (``cost_to_income``); ``names`` titles the partners by id."""
    columns = [
        Column(words.say("partner"), names[by_partner.index]),
        Column(words.say("customer"), by_partner["segment"].map(segment_names(words)), text=True),
        *_amounts(by_partner, words),
    ]
    caption = words.say("Costs against income per partner, {year} (amounts in euro)", year=year)
    return table(caption, columns, illustrative=illustrative)


def _amounts(rows: pd.DataFrame, words: Words) -> list[Column]:
    """Return the columns of amounts, where unknown is a word and no dash."""
    heads = {"costs": words.say("costs"), "income": words.say("income"), "beside": words.say("beside the budget")}
    ratios = rows["ratio"].map(partial(words.number, decimals=2))
    ratios = ratios.mask(rows["ratio"].isna() & rows["costs"].notna(), words.say("no income"))
    columns = [Column(head, rows[name].map(words.number)) for name, head in heads.items()]
    return [*columns, Column(words.say("costs for each euro of income"), ratios)]
