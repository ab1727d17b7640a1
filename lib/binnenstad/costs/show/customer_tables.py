"""Table of customers: what is for each segment against what is paid by who speaks for it."""

from __future__ import annotations

from functools import partial

import pandas as pd

from binnenstad.costs.say.canvas_blocks import segment_names
from binnenstad.page.blocks import Block
from binnenstad.page.table import Column, table
from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def tabulate_segments(by_segment: pd.DataFrame, year: int, words: Words, *, illustrative: bool = False) -> Block:
    """Return costs against income per customer segment (``segments.per_segment``); unknown is a word and no dash."""
    heads = {"costs": words.say("in the budget"), "income": words.say("paid for the budget")}
    outside, kinds = words.pattern("outside the budget: {kind}"), code_names("payments", "kind", words.language)
    heads |= {kind: outside.format(kind=name) for kind, name in kinds.items() if kind in by_segment}
    columns = [
        Column(words.say("customer"), by_segment.index.map(segment_names(words))),
        *(Column(head, by_segment[name].map(words.number)) for name, head in heads.items()),
    ]
    if by_segment["ratio"].any():
        head = words.say("in the budget for each euro that is paid")
        columns.append(Column(head, by_segment["ratio"], partial(words.number, decimals=2)))
    caption = words.say("What is for each customer group and who pays, {year} (amounts in euros)", year=year)
    return table(caption, columns, illustrative=illustrative, last=True)
