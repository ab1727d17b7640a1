"""Picture of what efforts contribute beside what they cost: two axes, no score."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.words import Words

AXES = ("strength", "cost")


def draw_contribution(table: pd.DataFrame, words: Words, title: str, what: str, source: str) -> Block:
    """Draw per effort its contribution (left, summed strength of its lines) beside its cost (right).

    Parameters: the result of ``network.contribution`` with titles as index; efforts without a line to a
    goal are not drawn, for unknown is not 0.
    """
    known = table.dropna(subset=["strength"])
    if known.empty:
        return chart.nothing(words)
    heads = [words.say("contribution: strength of the lines to goals, summed"), words.say("cost [EUR]")]
    written = [list(map(words.number, known[name])) for name in AXES]

    def _draw(width: int) -> Figure:
        half, starts = width / 2 - 8, (0.0, width / 2 + 8)
        tops = [chart.wrap(head, half, most=3) for head in heads]
        labels = [chart.wrap(str(name), width, bold=True, most=2) for name in known.index]
        figure, ax, places = chart.rows(width, labels, [30] * len(labels), above=chart.LINE * max(map(len, tops)) + 14)
        for start, lines in zip(starts, tops, strict=True):
            chart.write(ax, start, 0, lines, color=chart.GREY)
        for row, place in enumerate(places):
            for series, (name, start) in enumerate(zip(AXES, starts, strict=True)):
                room = half - max(map(chart.width_of, written[series])) - 8
                length = room * known[name].iloc[row] / (known[name].max() or 1)
                chart.bar(ax, start + 1, place + 2, length, 16, series)
                chart.write(ax, start + length + 7, place + 2, written[series][row])
        return figure

    return chart.picture(title, what, source, _draw)
