"""Picture of what efforts contribute beside what they cost: two axes, no score."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from binnenstad.page.blocks import Block
from binnenstad.page.chart import GREY, LINE, bar, canvas, nothing, picture, width_of, wrap, write
from binnenstad.words import Words

AXES = ("strength", "cost")


def draw_contribution(table: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw per effort its contribution (left, summed strength of its lines) beside its cost (right).

    Parameters: the result of ``efforts.contribution`` with titles as index; efforts without a line to a
    goal are not drawn, for unknown is not 0.
    """
    known = table.dropna(subset=["strength"])
    if known.empty:
        return nothing(words)
    heads = [words.say("contribution: strength of the lines to goals, summed"), words.say("cost [EUR]")]
    written = [list(map(words.number, known[name])) for name in AXES]

    def _draw(width: int) -> Figure:
        half = width / 2 - 8
        starts = (0.0, width / 2 + 8)
        tops = [wrap(head, half, most=3) for head in heads]
        labels = [wrap(str(name), width, bold=True, most=2) for name in known.index]
        top = LINE * max(map(len, tops)) + 14.0
        figure, ax = canvas(width, top + 30 * len(labels) + LINE * sum(map(len, labels)))
        for start, lines in zip(starts, tops, strict=True):
            write(ax, start, 0, lines, color=GREY)
        for row, label in enumerate(labels):
            write(ax, 0, top, label, weight="bold")
            top += LINE * len(label) + 2
            for axis, start in enumerate(starts):
                _bar(ax, (start, top), half, known[AXES[axis]], row, written[axis])
            top += 28
        return figure

    return picture(title, alt, source, _draw)


def _bar(ax: Axes, place: tuple[float, float], width: float, values: pd.Series, row: int, written: list[str]) -> None:
    room = width - max(map(width_of, written)) - 8
    length = room * values.iloc[row] / (values.max() or 1)
    bar(ax, place[0] + 1, place[1], length, 16, AXES.index(str(values.name)))
    write(ax, place[0] + length + 7, place[1], written[row])
