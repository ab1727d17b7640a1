"""Picture of the network: efforts on the left, goals on the right, a line for each substantial contribution."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from binnenstad.efforts.network import layout
from binnenstad.efforts.roles import NO_TRACK
from binnenstad.goals.status import marked
from binnenstad.page import chart
from binnenstad.page.blocks import Block, paragraph
from binnenstad.programme.contract import code_names
from binnenstad.words import Words

MOST = 20  # efforts in one picture; beyond that every track has its own
DASHES: dict[str, str | tuple[int, tuple[int, ...]]] = {
    "running": "solid", "agreed": (0, (5, 3)), "done": (0, (9, 3, 2, 3)), "stopped": (0, (1, 2)),
}  # fmt: skip
WIDTHS = {2: 1.4, 3: 4.0}
GAP, KEY = 12, 34  # px: between two names, and for a sample in the key


def draw_networks(
    lines: pd.DataFrame, efforts: pd.DataFrame, assessed: pd.DataFrame, tracks: pd.Series, words: Words,
    title: str, what: str, source: str,
) -> list[Block]:  # fmt: skip
    """Draw the network as one picture, or as one per track where there are more than 20 efforts to draw.

    Parameters: ``lines`` of ``effort_indicators`` to draw, with strength 2 or 3; ``efforts`` and ``assessed`` goals;
    titles of ``tracks`` by id; title, what text and source line. The title speaks of the whole programme, so where each
    track has its picture it stands above them. Nothing for no line.
    """
    drawn = efforts[efforts["id"].isin(lines["effort"])]
    if len(drawn) <= MOST:
        return [_draw_network(lines, drawn, assessed, words, title, what, source)] * bool(len(drawn))
    blocks, named = [paragraph(title)], {id: f"{id} {name}" for id, name in tracks.items()}
    for track, own in sorted(drawn.groupby(drawn["track"].fillna(NO_TRACK)), key=lambda part: (not part[0], part[0])):
        mine = lines[lines["effort"].isin(own["id"])]
        goals = assessed[assessed["id"].isin(mine["indicator"])]
        head = named.get(track, words.say("no track"))
        blocks.append(_draw_network(mine, own, goals, words, head, what, source))
    return blocks


def _draw_network(
    lines: pd.DataFrame, efforts: pd.DataFrame, assessed: pd.DataFrame, words: Words, title: str, what: str, source: str
) -> Block:
    left, right = layout(lines, list(efforts["id"]), list(assessed["id"]))
    work, goals = efforts.set_index("id").loc[left], assessed.set_index("id").loc[right]
    key = words.say("Thick line: contributes 3 by estimate; thin line: 2.")
    states = [state for state in DASHES if state in set(work["state"])]

    def _draw(width: int) -> Figure:
        names = [chart.wrap(str(name), width * 0.36, most=5) for name in work["title"]]
        ends = [_goal(str(id), goal, width * 0.42, words) for id, goal in goals.iterrows()]
        told = chart.wrap(key, width)
        head = chart.LINE * (len(told) + len(states)) + 12
        tall = [sum(chart.LINE * len(text) + GAP for text in column) for column in (names, ends)]
        figure, ax, _ = chart.rows(width, [], [], head=told, above=head - chart.LINE * len(told) + max(tall))
        _draw_key(ax, states, chart.LINE * len(told), words)
        places = dict(zip(left, _column(ax, width * 0.36, names, head, max(tall) - tall[0], "right"), strict=True))
        places |= dict(zip(right, _column(ax, width * 0.58, ends, head, max(tall) - tall[1]), strict=True))
        for effort, goal, strength in lines[["effort", "indicator", "strength"]].itertuples(index=False):
            y, state = (places[effort], places[goal]), str(work.at[effort, "state"])
            _line(ax, (width * 0.37, width * 0.57), y, state, strength)
        return figure

    return chart.picture(title, what, source, _draw, illustrative=assessed["illustrative"])


def _goal(id: str, goal: pd.Series, width: float, words: Words) -> list[str]:
    """Return the lines of a goal: its name, and its verdict as symbol and word."""
    return [*chart.wrap(f"{id}  {goal['title']}", width, most=5), *chart.wrap(marked(goal, words), width)]


def _column(
    ax: Axes, x: float, texts: Sequence[Sequence[str]], top: float, spare: float, side: str = "left"
) -> list[float]:
    """Write a column of names from ``top`` down, the room to spare between them; return the middle of each."""
    tall = [chart.LINE * len(text) + GAP + spare / len(texts) for text in texts]
    tops = [top + before for before in accumulate(tall, initial=0.0)]
    for text, at, room in zip(texts, tops, tall, strict=False):
        chart.write(ax, x, at + (room - chart.LINE * len(text)) / 2, text, ha=side)
    return [at + room / 2 - 2 for at, room in zip(tops, tall, strict=False)]


def _line(ax: Axes, x: tuple[float, float], y: tuple[float, float], state: str, strength: int) -> None:
    ax.plot(x, y, color=chart.BLUE, linewidth=WIDTHS[int(strength)], linestyle=DASHES[state], solid_capstyle="butt")


def _draw_key(ax: Axes, states: Sequence[str], top: float, words: Words) -> None:
    """Draw what the pattern of a line means, a line each."""
    names = code_names("efforts", "state", words.language)
    for number, state in enumerate(states):
        y = top + chart.LINE * number
        _line(ax, (0, KEY), (y + chart.LINE / 2, y + chart.LINE / 2), state, min(WIDTHS))
        chart.write(ax, KEY + 8, y, names[state], color=chart.GREY)
