"""Control charts: a quarterly or monthly series between the limits of what it always does."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from binnenstad.page.blocks import Block
from binnenstad.page.chart import BLACK, BLUE, GREY, LINE, ORANGE, picture, width_of, wrap
from binnenstad.words import Words

PLOT, ROW = 130, 210  # px: the height of one chart, and of a chart with its name and axis


def draw_control(
    charts: Mapping[str, pd.DataFrame], assessed: pd.DataFrame, words: Words, title: str, alt: str, source: str
) -> Block:
    """Draw one control chart per series, by the id of its goal; nothing without any.

    Parameters: the results of ``goals.control_chart``; ``assessed`` from ``goals.assess`` for names, units
    and targets. Points with a signal are open and orange with a ring, so that grey print shows them too.
    """
    if not charts:
        return Block("", "")
    goals = {goal["id"]: goal for _, goal in assessed.iterrows()}
    key = words.say(
        "Line: mean. Dashed: limits of what is usual. Thick line: target. Ring: more than usual. A gap: not measured."
    )

    def _draw(width: int) -> Figure:
        head = wrap(key, width)
        above = LINE * len(head) + 10
        height = above + ROW * len(charts)
        figure = Figure(figsize=(width / 72, height / 72))
        for line, text in enumerate(head):
            figure.text(0, 1 - LINE * line / height, text, va="top", color=GREY)
        for number, (name, chart) in enumerate(charts.items()):
            goal, top = goals[name], above + ROW * number
            label = "\n".join(wrap(_name(goal, words), width - 8, bold=True, most=2))
            figure.text(0, 1 - top / height, label, weight="bold", va="top", linespacing=1.1)
            labels = _labels(goal, chart, words)
            margin = 12 + max(width_of(text, size=12) for text in [*labels.values(), ""])
            box = (10 / width, 1 - (top + 42 + PLOT) / height, (width - 10 - margin) / width, PLOT / height)
            _chart(figure.add_axes(box), chart, labels, goal, words)
        return figure

    return picture(title, alt, source, _draw, illustrative=bool(assessed["illustrative"].any()))


def _name(goal: pd.Series, words: Words) -> str:
    name = f"{goal['id']}  {goal['title']}"
    return words.say("{name}, against a year earlier", name=name) if goal["seasonal"] else name


def _labels(goal: pd.Series, chart: pd.DataFrame, words: Words) -> dict[str, str]:
    """Return what stands beside the lines at the right: their names and values."""
    unit, last = "share" if goal["seasonal"] else goal["unit"], chart.iloc[-1]
    labels = {}
    if pd.notna(last["centre"]):
        labels["upper"] = words.measure(last["upper"], unit)
        labels["centre"] = words.say("mean {value}", value=words.measure(last["centre"], unit))
        labels["lower"] = words.measure(last["lower"], unit)
    if pd.notna(goal["target"]) and not goal["seasonal"]:
        labels["target"] = words.say("target {value}", value=words.measure(goal["target"], unit))
    return labels


def _chart(ax: Axes, chart: pd.DataFrame, labels: Mapping[str, str], goal: pd.Series, words: Words) -> None:
    at = pd.Series(range(len(chart)), index=chart.index)
    for _, part in chart.groupby((chart["centre"] != chart["centre"].shift()).cumsum()):
        stretch = [at[part.index[0]] - 0.4, at[part.index[-1]] + 0.4]
        ax.plot(stretch, [part["centre"].iloc[0]] * 2, color=GREY, linewidth=1.2)
        for side in ("lower", "upper"):
            ax.plot(stretch, [part[side].iloc[0]] * 2, color=GREY, linewidth=1.2, linestyle=(0, (4, 3)))
    if "target" in labels:
        ax.axhline(goal["target"], color=BLACK, linewidth=2.4)
    ax.plot(at, chart["value"], color=BLUE, linewidth=1.6)
    signal = chart["signal"] != ""
    ax.scatter(at[~signal], chart.loc[~signal, "value"], s=18, color=BLUE, zorder=3)
    ring: Any = {"s": 60, "facecolor": "white", "edgecolor": ORANGE, "linewidth": 2, "zorder": 3}
    ax.scatter(at[signal], chart.loc[signal, "value"], **ring)
    ax.scatter(at[signal], chart.loc[signal, "value"], s=12, color=BLACK, zorder=4)
    ends = list(dict.fromkeys([0, len(chart) - 1]))
    ax.set_xticks(ends, [""] * len(ends))
    for end, side in zip(ends, ("left", "right"), strict=False):
        place: Any = {"xycoords": ("data", "axes fraction"), "textcoords": "offset points", "fontsize": 12}
        ax.annotate(words.period(chart.index[end]), (end, 0), (0, -8), ha=side, va="top", color=GREY, **place)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xlim(-0.5, len(chart) - 0.5)
    _name_lines(ax, chart, labels, goal)


def _name_lines(ax: Axes, chart: pd.DataFrame, labels: Mapping[str, str], goal: pd.Series) -> None:
    """Write the labels beside their lines, pushed apart where two lines lie close."""
    last = chart.iloc[-1]
    heights = {name: goal["target"] if name == "target" else last[name] for name in labels}
    low, high = ax.get_ylim()
    px = PLOT / (high - low)
    place = float("-inf")
    for name in sorted(heights, key=lambda one: heights[one]):
        place = max(place + LINE - 2, heights[name] * px)
        style: Any = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "annotation_clip": False}
        weight = "bold" if name == "target" else "normal"
        color = BLACK if name == "target" else GREY
        ax.annotate(
            labels[name], (1, heights[name]), (6, place - heights[name] * px), va="center", fontsize=12,
            weight=weight, color=color, **style,
        )  # fmt: skip
