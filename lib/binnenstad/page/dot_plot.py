"""A dot plot in groups: labelled rows of one scale, under the name of the group they belong to."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import groupby
from typing import NamedTuple

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
    if not dots:
        return Block("", "")
    groups = [(name, list(own)) for name, own in groupby(dots, lambda dot: dot.group)]
    widest, most = max(chart.width_of(dot.label) for dot in dots) + 13, max(dot.value for dot in dots) or 1
    behind = max(chart.width_of(dot.written) for dot in dots) + MARGIN

    def _draw(width: int) -> Figure:
        left = min(width * 0.5, widest)
        tall = [sum(chart.LINE * len(chart.wrap(dot.label, left - 12)) + GAP for dot in own) + 10 for _, own in groups]
        heads = [chart.wrap(name, width, bold=True) for name, _ in groups]
        figure, ax, places = chart.rows(width, heads, tall, head=chart.wrap(key, width), above=12)
        for (_, own), y in zip(groups, places, strict=True):
            for dot in own:
                x, label = left + 7 + (width - left - 7 - behind) * dot.value / most, chart.wrap(dot.label, left - 12)
                chart.write(ax, 0, y + 3, label)
                ax.plot([left, x], [y + 12, y + 12], color=chart.PALE, linewidth=3, zorder=0)
                fill = chart.BLUE if dot.solid else "white"
                ax.scatter(x, y + 12, s=75, facecolor=fill, edgecolor=chart.BLUE, linewidth=1.8, zorder=2)
                chart.write(ax, x + 13, y + 3, dot.written)
                y += chart.LINE * len(label) + GAP
        return figure

    return chart.picture(title, what, source, _draw)
