"""Picture of what efforts contribute beside what they cost: two axes, no score."""

from __future__ import annotations

import pandas as pd
from matplotlib.figure import Figure

from binnenstad.blocks import Block
from binnenstad.figures.canvas import GREY, LINE, bar, canvas, nothing, picture, width_of, wrap, write
from binnenstad.text import Words


def draw_contribution(table: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw per effort its contribution (left, summed strength of its lines) beside its cost (right).

    Parameters: the result of ``efforts.contribution`` with titles as index; efforts without a line to a
    goal are not drawn, for unknown is not 0.
    """
    known = table.dropna(subset=["strength"])
    if known.empty:
        return nothing(words)
    heads = [words.say("contribution: strength of the lines to goals, summed"), words.say("cost [EUR]")]
    written = [[words.number(x) for x in known["strength"]], [words.number(x) for x in known["cost"]]]

    def _draw(width: int) -> Figure:
        half = width / 2 - 8
        starts = (0.0, width / 2 + 8)
        tops = [wrap(head, half, most=3) for head in heads]
        labels = [wrap(str(name), width, bold=True, most=2) for name in known.index]
        top = LINE * max(map(len, tops)) + 14.0
        figure, ax = canvas(width, top + sum(30 + LINE * len(label) for label in labels))
        for start, lines in zip(starts, tops, strict=True):
            write(ax, start, 0, lines, color=GREY)
        for row, label in enumerate(labels):
            write(ax, 0, top, label, weight="bold")
            top += LINE * len(label) + 2
            for axis, name in enumerate(("strength", "cost")):
                room = half - max(map(width_of, written[axis])) - 8
                length = room * known[name].iloc[row] / (known[name].max() or 1)
                bar(ax, starts[axis] + 1, top, length, 16, axis)
                write(ax, starts[axis] + length + 7, top, written[axis][row])
            top += 28
        return figure

    return picture(title, alt, source, _draw)
