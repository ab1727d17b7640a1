"""The strip of verdicts: what each report so far said of a goal."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import PolyCollection
from matplotlib.figure import Figure

from binnenstad.goals.status import KNOWN, SYMBOLS, UNKNOWN, status_label
from binnenstad.page.blocks import Block
from binnenstad.page.chart import GREY, LINE, canvas, key_places, key_texts, picture, wrap, write
from binnenstad.words import Words

CELL = 19  # px
# pale behind black symbols: a grey print and a colour-blind reader have the symbol
GOOD, OFF, BAD = "#c9d6e8", "#f6e3d3", "#e6bfa3"
SHADES = {
    "met": GOOD, "on_course": GOOD, "behind": OFF, "far_behind": OFF, "worsening": BAD, "norm_broken": BAD,
    "not_met": BAD,
}  # fmt: skip


def draw_history(past: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw per goal a strip with the verdict of each report, oldest on the left.

    Parameters: the result of ``goals.history``; title, alt text and source line. Nothing for one report: a
    strip of one cell shows no course.
    """
    periods = sorted(past["period"].unique())
    if len(periods) < 2:
        return Block("", "")
    goals = [own for _, own in past.groupby("id", sort=False)]
    entries = _entries(past, words)

    def _draw(width: int) -> Figure:
        strip = CELL * len(periods)
        beside = strip < width / 2
        room = width - strip - 16 if beside else width
        names = [wrap(f"{own['id'].iloc[0]}  {own['title'].iloc[-1]}", room, most=3) for own in goals]
        rows = [max(LINE * len(name), CELL) + 8 if beside else LINE * len(name) + CELL + 12 for name in names]
        head, places = 2 * LINE + 4, key_places(entries, width)
        figure, ax = canvas(width, head + sum(rows) + 14 + places[-1][1] + LINE)
        left = width - strip if beside else 0
        _years(ax, left, periods)
        top, spots, said = float(head), [], []
        for name, height, own in zip(names, rows, goals, strict=True):
            write(ax, 0, top, name)
            down = top if beside else top + LINE * len(name) + 2
            spots += [(left + CELL * periods.index(period), down) for period in own["period"]]
            said += list(own["status"])
            top += height
        _cells(ax, spots, said)
        for text, (x, y) in zip(key_texts(entries, width), places, strict=True):
            write(ax, x, top + 10 + y, text, color=GREY)
        return figure

    return picture(title, alt, source, _draw, illustrative=bool(past["illustrative"].any()))


def _entries(past: pd.DataFrame, words: Words) -> list[str]:
    """Return the key: each symbol in the strip with its words, once, from good to unknown."""
    found = set(zip(past["status"], past["keep"], strict=True))
    order = [(key, keep) for key in (*KNOWN, *UNKNOWN) for keep in (False, True) if (key, keep) in found]
    return [f"{SYMBOLS[key]} {status_label(key, words, keep=keep)}" for key, keep in order]


def _years(ax: Axes, left: float, periods: Sequence[pd.Period]) -> None:
    """Write the quarters above the strip, and their years above those; years alone stand upright in two digits."""
    quarters = periods[0].freqstr.startswith("Q")
    for number, period in enumerate(periods):
        middle = left + CELL * number + CELL / 2 - 1
        text = str(period.quarter) if quarters else f"’{period.year % 100:02d}"
        ax.text(middle, LINE, text, ha="center", va="top", fontsize=11, color=GREY)
        # a year needs the room of two cells, and stands at its first quarter
        if quarters and (number == 0 or period.quarter == 1) and number < len(periods) - 1:
            ax.text(left + CELL * number, 0, str(period.year), va="top", fontsize=11, color=GREY)


def _cells(ax: Axes, at: Sequence[tuple[float, float]], statuses: Sequence[str]) -> None:
    """Draw a box with a symbol for each verdict; the boxes as one collection, which is drawn in one go."""
    side = CELL - 2
    corners = [[(x, y), (x + side, y), (x + side, y + side), (x, y + side)] for x, y in at]
    colours = [SHADES.get(status, "white") for status in statuses]
    ax.add_collection(PolyCollection(corners, facecolors=colours, edgecolors=GREY, linewidths=0.6), autolim=False)
    for (x, y), status in zip(at, statuses, strict=True):
        ax.text(x + CELL / 2 - 1, y + CELL / 2 - 1, SYMBOLS[status], ha="center", va="center", fontsize=12)
