"""Pictures of money: who pays by what, and who pays against who benefits."""

from __future__ import annotations

from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from binnenstad.blocks import Block
from binnenstad.figures.canvas import (
    BLUE,
    GREY,
    ORANGE,
    PALE,
    PALETTE,
    bar,
    canvas,
    key_places,
    nothing,
    picture,
    wrap,
    write,
)  # fmt: skip
from binnenstad.text import Words


def draw_shares(shares: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw share of the costs (square) against share of the benefit (round), per partner, in their order.

    Parameters: the result of ``fairness.compare_shares`` with the partners' titles as index.
    """
    both = shares[["cost_share", "benefit_share"]]
    if both.dropna().empty:
        return nothing(words)
    most = max(0.1, ceil(both.max().max() * 10 - 1e-9) / 10)
    row, head = 50, 30

    def _draw(width: int) -> Figure:
        figure, ax = canvas(width, head + row * len(shares) + 26)
        left, right = 10, width - 14
        _axis(ax, (left, right), (head, head + row * len(shares)), most, words)
        keys = [words.say("share of the costs"), words.say("share of the benefit")]
        for text, (x, y), marker, color in zip(keys, key_places(keys, width), "so", (ORANGE, BLUE), strict=True):
            ax.scatter(x + 8, y + 9, marker=marker, s=70, color=color)
            write(ax, x + 22, y, text)
        for number, (partner, share) in enumerate(shares.iterrows()):
            top = head + row * number
            cost, benefit = (left + (right - left) * share[name] / most for name in both.columns)
            write(ax, 0, top + 4, wrap(str(partner), width - 110, bold=True, most=1), weight="bold")
            points = words.signed(share["difference"] * 100)
            write(ax, width, top + 4, words.say("{points} points", points=points), ha="right", color=GREY)
            ax.plot([cost, benefit], [top + 33] * 2, color=GREY, linewidth=2, zorder=1)
            ax.scatter(benefit, top + 33, s=95, color=BLUE, zorder=2)
            ax.scatter(cost, top + 33, s=80, marker="s", color=ORANGE, edgecolor="white", zorder=3)
        return figure

    return picture(title, alt, source, _draw)


def _axis(ax: Axes, sides: tuple[float, float], ends: tuple[float, float], most: float, words: Words) -> None:
    for tick in range(0, round(most * 100) + 1, 20 if most > 0.5 else 10):
        x = sides[0] + (sides[1] - sides[0]) * tick / 100 / most
        ax.plot([x, x], ends, color=PALE, linewidth=1, zorder=0)
        write(ax, x, ends[1] + 4, words.percent(tick / 100), ha="center" if tick else "left", color=GREY)


def draw_stacked(amounts: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw amounts [EUR] as one bar per row, stacked by column, with its total; at most five columns.

    Parameters: ``amounts`` rows x series, with the titles a reader knows as index and columns.
    Raises ``ValueError`` for more series than can be told apart.
    """
    filled = amounts.loc[:, amounts.sum() > 0]
    if filled.empty:
        return nothing(words)
    if len(filled.columns) > len(PALETTE):
        raise ValueError(f"{len(filled.columns)} series cannot be told apart; sum the smallest into one")
    row, names = 46, [str(name) for name in filled.columns]

    def _draw(width: int) -> Figure:
        places = key_places(names, width)
        top = places[-1][1] + 30
        figure, ax = canvas(width, top + row * len(filled))
        for series, (x, y) in enumerate(places):
            bar(ax, x + 1, y + 2, 14, 12, series)
            write(ax, x + 22, y, names[series])
        scale = (width - 2) / filled.sum(axis=1).max()
        for number, (name, parts) in enumerate(filled.iterrows()):
            y = top + row * number
            write(ax, 0, y, wrap(str(name), width - 110, bold=True, most=1), weight="bold")
            write(ax, width, y, words.eur(parts.sum()), ha="right")
            begins = 1 + scale * (parts.cumsum() - parts)
            for series, (x, part) in enumerate(zip(begins, parts, strict=True)):
                bar(ax, x, y + 19, part * scale, 17, series)
        return figure

    return picture(title, alt, source, _draw)
