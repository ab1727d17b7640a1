"""Pictures of money: who pays by what, and who pays against who benefits."""

from __future__ import annotations

from math import ceil

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from binnenstad.page.blocks import Block
from binnenstad.page.chart import (
    BLUE,
    GREY,
    LIGHT,
    LINE,
    ORANGE,
    PALE,
    PALETTE,
    bar,
    canvas,
    key_places,
    key_texts,
    nothing,
    picture,
    width_of,
    wrap,
    write,
)
from binnenstad.words import Words


def draw_shares(shares: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw share of the costs (square) against share of the benefit (round), per partner, in their order.

    Parameters: the result of ``fairness.compare_shares`` with the partners' titles as index; with
    ``low`` and ``high`` (``checks.share_ranges``) a band shows how far the benefit may lie elsewhere.
    """
    both = shares[["cost_share", "benefit_share"]]
    if both.dropna().empty:
        return nothing(words)
    banded = {"low", "high"} <= set(shares.columns)
    widest = max(both.max().max(), shares["high"].max() if banded else 0.0)
    most = max(0.1, ceil(widest * 10 - 1e-9) / 10)
    keys = [words.say("share of the costs"), words.say("share of the benefit")]
    keys += [words.say("benefit if interests weigh otherwise")] * banded

    def _draw(width: int) -> Figure:
        places, row = key_places(keys, width), 50
        head = places[-1][1] + 30
        figure, ax = canvas(width, head + row * len(shares) + 26)
        left, right = 10, width - 14
        _axis(ax, (left, right), (head, head + row * len(shares)), most, words)
        for text, (x, y), marker, color in zip(keys, places, "so_", (ORANGE, BLUE, LIGHT), strict=False):
            ax.scatter(x + 8, y + 9, marker=marker, s=70, color=color, linewidth=8 if marker == "_" else None)
            write(ax, x + 22, y, text)
        for number, (partner, share) in enumerate(shares.iterrows()):
            top = head + row * number
            cost, benefit = (left + (right - left) * share[name] / most for name in both.columns)
            points = words.say("{points} points", points=words.signed(share["difference"] * 100))
            name = wrap(str(partner), width - width_of(points) - 12, bold=True, most=1)
            write(ax, 0, top + 4, name, weight="bold")
            write(ax, width, top + 4, points, ha="right", color=GREY)
            if banded and pd.notna(share["low"]):
                ends = [left + (right - left) * share[name] / most for name in ("low", "high")]
                ax.plot(ends, [top + 33] * 2, color=LIGHT, linewidth=9, solid_capstyle="butt", alpha=0.6, zorder=0.5)
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
    filled = _told_apart(amounts)
    if filled.empty:
        return nothing(words)
    names, totals = [str(name) for name in filled.columns], [words.eur(total) for total in filled.sum(axis=1)]

    def _draw(width: int) -> Figure:
        texts = key_texts(names, width)
        places = key_places(texts, width)
        room = width - max(map(width_of, totals)) - 12
        labels = [wrap(str(name), room, bold=True, most=2) for name in filled.index]
        top = places[-1][1] + 30.0
        figure, ax = canvas(width, top + sum(29 + LINE * len(label) for label in labels))
        for series, (x, y) in enumerate(places):
            bar(ax, x + 1, y + 2, 14, 12, series)
            write(ax, x + 22, y, texts[series])
        scale = (width - 2) / filled.sum(axis=1).max()
        for label, total, (_, parts) in zip(labels, totals, filled.iterrows(), strict=True):
            write(ax, 0, top, label, weight="bold")
            write(ax, width, top, total, ha="right")
            _stack(ax, top + LINE * len(label) + 2, parts * scale)
            top += LINE * len(label) + 29
        return figure

    return picture(title, alt, source, _draw)


def _told_apart(amounts: pd.DataFrame) -> pd.DataFrame:
    filled = amounts.loc[:, (amounts.sum() > 0).to_numpy()]
    if len(filled.columns) > len(PALETTE):
        raise ValueError(f"{len(filled.columns)} series cannot be told apart; sum the smallest into one")
    return filled


def _stack(ax: Axes, top: float, lengths: pd.Series) -> None:
    for series, (x, length) in enumerate(zip(1 + lengths.cumsum() - lengths, lengths, strict=True)):
        bar(ax, x, top, length, 17, series)
