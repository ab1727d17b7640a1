"""The strip of verdicts: what each report so far said of a goal."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from binnenstad.goals.status import KNOWN, SYMBOLS, UNKNOWN, reserve, status_label
from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.words import Words

CELL = 19  # px
# pale behind black symbols: a grey print and a colour-blind reader have the symbol
GOOD, OFF, BAD = "#c9d6e8", "#f6e3d3", "#e6bfa3"
SHADES = {
    "met": GOOD, "on_course": GOOD, "behind": OFF, "far_behind": OFF, "no_change": OFF, "worsening": BAD,
    "norm_broken": BAD, "not_met": BAD,
}  # fmt: skip


def draw_history(past: pd.DataFrame, words: Words, title: str, what: str, source: str) -> Block:
    """Draw per goal a strip with the verdict of each report, oldest on the left.

    Parameters: the result of ``goals.history``; title, what text and source line. Nothing for one report: a
    strip of one cell shows no course.
    """
    periods = sorted(past["period"].unique())
    if len(periods) < 2:
        return Block("", "")
    goals = list(past.groupby("id", sort=False))

    def _draw(width: int) -> Figure:
        strip, entries = CELL * len(periods), chart.key(_entries(past, words), width)
        beside = strip < width / 2
        left, room = (width - strip, width - strip - 16) if beside else (0, width)
        names = [chart.wrap(f"{id}  {own['title'].iloc[-1]}", room, most=3) for id, own in goals]
        tall = [chart.LINE * len(name) for name in names]
        heights = [max(name, CELL) + 8 if beside else name + CELL + 12 for name in tall]
        head, foot = 2 * chart.LINE + 4, 14 + entries[-1][2] + chart.LINE
        figure, ax, places = chart.rows(width, [()] * len(goals), heights, above=head, foot=foot)
        _years(ax, left, periods)
        spots = []
        for name, (_, own), top, under in zip(names, goals, places, tall, strict=True):
            chart.write(ax, 0, top, name)
            spots += [(left + CELL * periods.index(at), top if beside else top + under + 2) for at in own["period"]]
        _cells(ax, spots, pd.concat(dict(goals)), words)
        for text, x, y in entries:
            chart.write(ax, x, head + sum(heights) + 10 + y, text, color=chart.GREY)
        return figure

    return chart.picture(title, what, source, _draw, illustrative=past["illustrative"])


def _entries(past: pd.DataFrame, words: Words) -> list[str]:
    """Return the key: each symbol in the strip with its words, once, from good to unknown; what a dotted edge means."""
    found = set(zip(past["status"], past["keep"], strict=True))
    order = [(key, keep) for key in (*KNOWN, *UNKNOWN) for keep in (False, True) if (key, keep) in found]
    unsure = any(reserve(goal, words) for _, goal in past.iterrows())
    edge = [words.say("Dotted edge: less certain, as the table says")] * unsure
    return [f"{SYMBOLS[key]} {status_label(key, words, keep=keep)}" for key, keep in order] + edge


def _years(ax: Axes, left: float, periods: Sequence[pd.Period]) -> None:
    """Write the quarters above the strip, and their years above those; years alone stand upright in two digits."""
    quarters = periods[0].freqstr.startswith("Q")
    for number, period in enumerate(periods):
        middle = left + CELL * number + CELL / 2 - 1
        text = str(period.quarter) if quarters else f"’{period.year % 100:02d}"
        ax.text(middle, chart.LINE, text, ha="center", va="top", fontsize=11, color=chart.GREY)
        # a year needs the room of two cells, and stands at its first quarter
        if quarters and (number == 0 or period.quarter == 1) and number < len(periods) - 1:
            ax.text(left + CELL * number, 0, str(period.year), va="top", fontsize=11, color=chart.GREY)


def _cells(ax: Axes, at: Sequence[tuple[float, float]], past: pd.DataFrame, words: Words) -> None:
    """Draw a box with a symbol for each verdict; the boxes as one collection, which is drawn in one go."""
    corners = np.array(at)[:, None] + (CELL - 2) * np.array([(0, 0), (1, 0), (1, 1), (0, 1)])
    colours = [SHADES.get(status, "white") for status in past["status"]]
    edges = [":" if reserve(goal, words) else "-" for _, goal in past.iterrows()]
    boxes = PolyCollection(corners, facecolors=colours, edgecolors=chart.GREY, linewidths=0.8, linestyles=edges)
    ax.add_collection(boxes, autolim=False)
    for (x, y), status in zip(at, past["status"], strict=True):
        ax.text(x + CELL / 2 - 1, y + CELL / 2 - 1, SYMBOLS[status], ha="center", va="center", fontsize=12)
