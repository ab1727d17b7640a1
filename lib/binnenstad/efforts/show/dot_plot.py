"""A dot plot in groups: labelled rows of one scale, under the name of the group they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from functools import partial
from itertools import groupby
from typing import NamedTuple

from matplotlib.axes import Axes
from matplotlib.figure import Figure

from binnenstad.page import chart
from binnenstad.page.blocks import Block

GAP = 7  # px under each row
MARGIN = 22  # px between a dot and the end of what is written behind it


class Dot(NamedTuple):
    """A row: the group it stands in, its label, its value (0 or more) and how that is written; a dot filled or open."""

    group: str
    label: str
    value: float
    written: str
    solid: bool


def draw_dots(dots: Sequence[Dot], key: str, title: str, what: str, source: str) -> Block:
    """Draw a row with a dot for each of ``dots``, group by group in their order; nothing for none.

    All values are of one unit; ``key`` tells what the dots and labels mean. ``title``, ``what`` and ``source`` as in
    ``chart.picture``.
    """
    return chart.picture(title, what, source, partial(_draw, dots, key)) if dots else Block("", "")


def _draw(dots: Sequence[Dot], key: str, width: int) -> Figure:
    groups = [(name, list(own)) for name, own in groupby(dots, lambda dot: dot.group)]
    _, labels, values, written, _ = zip(*dots, strict=True)
    left, behind = min(width * 0.5, max(map(chart.width_of, labels)) + 13), max(map(chart.width_of, written)) + MARGIN
    scale = (width - left - 7 - behind) / (max(values) or 1)
    tall = [sum(_height(dot, left) for dot in own) + 10 for _, own in groups]
    heads = [chart.wrap(name, width, bold=True) for name, _ in groups]
    figure, ax, places = chart.rows(width, heads, tall, head=chart.wrap(key, width), above=12)
    for (_, own), y in zip(groups, places, strict=True):
        for dot in own:
            _draw_row(ax, dot, left, left + 7 + scale * dot.value, y)
            y += _height(dot, left)
    return figure


def _height(dot: Dot, left: float) -> float:
    return chart.LINE * len(chart.wrap(dot.label, left - 12)) + GAP


def _draw_row(ax: Axes, dot: Dot, left: float, x: float, y: float) -> None:
    """Draw a dot at the end of the thin line of its row, its label before it and its value behind it."""
    chart.write(ax, 0, y + 3, chart.wrap(dot.label, left - 12))
    ax.plot([left, x], [y + 12, y + 12], color=chart.PALE, linewidth=3, zorder=0)
    fill = chart.BLUE if dot.solid else "white"
    ax.scatter(x, y + 12, s=75, facecolor=fill, edgecolor=chart.BLUE, linewidth=1.8, zorder=2)
    chart.write(ax, x + 13, y + 3, dot.written)
