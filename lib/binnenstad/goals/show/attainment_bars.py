"""Pictures of goals: how far each is on the way from its baseline to its target."""

from __future__ import annotations

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from binnenstad.goals.status import bound_of, marked, reached
from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.words import Words


def draw_attainment(assessed: pd.DataFrame, words: Words, title: str, what: str, source: str) -> Block:
    """Draw each goal as a bar from baseline to target; a goal without attainment says why instead.

    Parameters: the result of ``goals.assess``; title, what text and source line.
    """
    goals = [goal for _, goal in assessed.iterrows()]
    key = words.say("Bar: part of the agreed change. Dashed: the path on the day of the figure. Thick line: target.")

    def _draw(width: int) -> Figure:
        names = [chart.wrap(f"{goal['id']}  {goal['title']}", width, bold=True) for goal in goals]
        said = [chart.wrap(_in_words(goal, words), width) for goal in goals]
        rest = assessed["attainment"].isna().map({True: 20, False: 58})
        below = [chart.LINE * len(lines) + room for lines, room in zip(said, rest, strict=True)]
        figure, ax, places = chart.rows(width, names, below, head=chart.wrap(key, width), above=14)
        for goal, lines, place in zip(goals, said, places, strict=True):
            chart.write(ax, 0, place, lines)
            if pd.notna(goal["attainment"]):
                _bullet(ax, goal, place + chart.LINE * len(lines) + 4, width, words)
        return figure

    return chart.picture(title, what, source, _draw, illustrative=assessed["illustrative"])


def _in_words(goal: pd.Series, words: Words) -> str:
    unit, target = goal["unit"], goal["target"]
    parts = [marked(goal, words)]
    if pd.notna(goal["value"]):
        parts.append(words.quantity(goal["value"], unit, goal["unit_label"], target))
    if goal["attainment"] >= 0:
        parts.append(words.say("{share} of the agreed change", share=reached(goal, words)))
    elif pd.notna(target):
        parts.append(words.say("target {bound}", bound=bound_of(goal, words)))
    return "; ".join(parts)


def _bullet(ax: Axes, goal: pd.Series, top: float, width: int, words: Words) -> None:
    left, right, height = 26, width - 14, 18
    scale, unit = right - left, goal["unit"]
    ax.add_patch(Rectangle((left, top), scale, height, facecolor=chart.PALE, edgecolor=chart.GREY, linewidth=0.8))
    length = min(max(goal["attainment"], -0.06), 1.0)
    # a change that cannot be told from chance has no colour
    color = chart.GREY if goal["change_certainty"] == "no_change" else chart.BLUE
    face, hatch = ("white", "////") if length < 0 else (color, None)
    start, long = (left + min(length, 0) * scale, top + 4), abs(length) * scale
    ax.add_patch(Rectangle(start, long, height - 8, edgecolor=color, facecolor=face, hatch=hatch))
    ends = [words.measure(goal[name], unit) for name in ("baseline", "target")]
    below = top + height + 8
    if pd.notna(goal["path"]):
        at = left + scale * (goal["path"] - goal["baseline"]) / (goal["target"] - goal["baseline"])
        ax.plot([at, at], [top - 3, top + height + 3], color=chart.BLACK, linewidth=1.6, linestyle=(0, (3, 2)))
        path = words.say("path {value}", value=words.measure(goal["path"], unit))
        half = chart.width_of(path) / 2 + 6
        # where it would run into the label of an end, the dashed line speaks for itself
        if left + chart.width_of(ends[0]) < at - half and at + half < width - chart.width_of(ends[1], bold=True):
            chart.write(ax, at, below, path, ha="center")
    ax.plot([right, right], [top - 4, top + height + 4], color=chart.BLACK, linewidth=4, solid_capstyle="butt")
    chart.write(ax, left, below, ends[0], color=chart.GREY)
    chart.write(ax, width, below, ends[1], ha="right", weight="bold")
