"""Pictures of money: who pays by what, and who pays against who benefits."""

from __future__ import annotations

from math import ceil

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.words import Words


def draw_shares(shares: pd.DataFrame, words: Words, title: str, what: str, source: str) -> Block:
    """Draw share of the costs (square) against share of the benefit (round), per partner, in their order.

    Parameters: the result of ``checks.compare_shares`` with the partners' titles as index; with
    ``low`` and ``high`` (``checks.share_ranges``) a band shows how far the benefit may lie elsewhere.
    """
    drawn = shares.filter(["cost_share", "benefit_share", "low", "high"])
    if drawn[["cost_share", "benefit_share"]].dropna().empty:
        return chart.nothing(words)
    most = max(0.1, ceil(drawn.max().max() * 10 - 1e-9) / 10)
    texts = [words.say("share of the budget"), words.say("share of the benefit")]
    texts += [words.say("benefit if interests weigh otherwise")] * ("low" in drawn)
    points = [words.say("{points} percentage points", points=words.signed(100 * gap)) for gap in shares["difference"]]

    def _draw(width: int) -> Figure:
        entries = chart.key(texts, width)
        top, left, scale = entries[-1][2] + 30, 10, (width - 24) / most
        room = width - max(map(chart.width_of, points)) - 12
        names = [chart.wrap(str(name), room, bold=True, most=1) for name in shares.index]
        figure, ax, places = chart.rows(width, names, [33] * len(names), above=top + 4, foot=22)
        for tick in range(0, round(most * 100) + 1, 20 if most > 0.5 else 10):
            x, bottom = left + scale * tick / 100, top + 50 * len(names)
            ax.plot([x, x], [top, bottom], color=chart.PALE, linewidth=1, zorder=0)
            side = "center" if tick else "left"
            chart.write(ax, x, bottom + 4, words.percent(tick / 100), ha=side, color=chart.GREY)
        for (text, x, y), marker, color in zip(entries, "so_", (chart.ORANGE, chart.BLUE, chart.LIGHT), strict=False):
            ax.scatter(x + 8, y + 9, marker=marker, s=70, color=color, linewidth=8 if marker == "_" else None)
            chart.write(ax, x + 22, y, text)
        for place, said, (_, share) in zip(places, points, drawn.iterrows(), strict=True):
            chart.write(ax, width, place - chart.LINE, said, ha="right", color=chart.GREY)
            _dots(ax, left + scale * share, place + 12)
        return figure

    return chart.picture(title, what, source, _draw)


def _dots(ax: Axes, at: pd.Series, y: float) -> None:
    """Draw both shares of a partner, and the band of its benefit where that is known."""
    if pd.notna(at.get("low")):
        ax.plot(
            at[["low", "high"]], [y] * 2, color=chart.LIGHT, linewidth=9, solid_capstyle="butt", alpha=0.6, zorder=0.5
        )
    ax.plot(at[["cost_share", "benefit_share"]], [y] * 2, color=chart.GREY, linewidth=2, zorder=1)
    ax.scatter(at["benefit_share"], y, s=95, color=chart.BLUE, zorder=2)
    ax.scatter(at["cost_share"], y, s=80, marker="s", color=chart.ORANGE, edgecolor="white", zorder=3)


def draw_stacked(amounts: pd.DataFrame, words: Words, title: str, what: str, source: str) -> Block:
    """Draw amounts [EUR] as one bar per row, stacked by column, with its total.

    Parameters: ``amounts`` rows x series, with the titles a reader knows as index and columns. Of more
    series than can be told apart the smallest are drawn as one. A row of which a part is not known has no bar.
    """
    known = amounts.dropna()
    drawn = _told_apart(known.loc[:, (known.sum() > 0).to_numpy()], words)
    if drawn.empty:
        return chart.nothing(words)
    sums = drawn.sum(axis=1)
    totals = [words.eur(total) for total in sums]

    def _draw(width: int) -> Figure:
        entries = chart.key([str(name) for name in drawn.columns], width)
        room = width - max(map(chart.width_of, totals)) - 12
        labels = [chart.wrap(str(name), room, bold=True, most=2) for name in drawn.index]
        figure, ax, places = chart.rows(width, labels, [29] * len(labels), above=entries[-1][2] + 30)
        for series, (text, x, y) in enumerate(entries):
            chart.bar(ax, x + 1, y + 2, 14, 12, series)
            chart.write(ax, x + 22, y, text)
        lengths = (drawn * (width - 2) / sums.max()).to_numpy()
        for place, label, total, parts in zip(places, labels, totals, lengths, strict=True):
            chart.write(ax, width, place - chart.LINE * len(label), total, ha="right")
            for series, length in enumerate(parts):
                chart.bar(ax, 1 + parts[:series].sum(), place + 2, length, 17, series)
        return figure

    return chart.picture(title, what, source, _draw)


def _told_apart(filled: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Return the largest series as they stand, and the sum of those for which there is no colour left."""
    if len(filled.columns) <= len(chart.PALETTE):
        return filled
    from_large = filled.sum().to_numpy().argsort(kind="stable")[::-1]
    kept, small = (filled.iloc[:, sorted(part)] for part in np.split(from_large, [len(chart.PALETTE) - 1]))
    return pd.concat([kept, small.sum(axis=1).rename(words.say("other"))], axis=1)
