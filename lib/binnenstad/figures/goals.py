"""Pictures of goals: how far each is, and how it moved through the years."""

from __future__ import annotations

from typing import Any

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from binnenstad.blocks import SYMBOLS, Block, status_label
from binnenstad.figures.canvas import (
    BLACK,
    BLUE,
    GREY,
    LIGHT,
    LINE,
    PALE,
    WIDE,
    canvas,
    nothing,
    picture,
    width_of,
    wrap,
    write,
)
from binnenstad.text import Words

PLOT = 84  # px, the height of one small multiple


def draw_attainment(assessed: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw each goal as a bar from baseline to target; a goal without attainment says why instead.

    Parameters: the result of ``goals.assess``; title, alt text and source line.
    """
    goals = [goal for _, goal in assessed.iterrows()]
    key = words.say("Bar: part of the agreed change. Dashed line: where the straight path is now. Thick line: target.")

    def _draw(width: int) -> Figure:
        names = [wrap(f"{goal['id']}  {goal['title']}", width, bold=True) for goal in goals]
        lines = [wrap(_in_words(goal, words), width) for goal in goals]
        head = wrap(key, width)
        text = [LINE * (len(name) + len(line)) for name, line in zip(names, lines, strict=True)]
        rest = [58 if pd.notna(goal["attainment"]) else 20 for goal in goals]
        top = LINE * len(head) + 14
        figure, ax = canvas(width, top + sum(text) + sum(rest))
        write(ax, 0, 0, head, color=GREY)
        for row, goal in enumerate(goals):
            write(ax, 0, top, names[row], weight="bold")
            write(ax, 0, top + LINE * len(names[row]), lines[row])
            if pd.notna(goal["attainment"]):
                _bullet(ax, goal, top + text[row] + 4, width, words)
            top += text[row] + rest[row]
        return figure

    return picture(title, alt, source, _draw, illustrative=bool(assessed["illustrative"].any()))


def _in_words(goal: pd.Series, words: Words) -> str:
    unit, target = goal["unit"], goal["target"]
    parts = [f"{SYMBOLS[goal['status']]} {status_label(goal['status'], words, keep=goal['keep'])}"]
    if pd.notna(goal["value"]):
        parts.append(words.quantity(goal["value"], unit, goal["unit_label"], target))
    if pd.notna(goal["attainment"]):
        parts.append(words.say("{share} of the agreed change", share=words.percent(goal["attainment"])))
    elif pd.notna(target):
        bound = words.at_least if goal["direction"] == "at_least" else words.at_most
        parts.append(words.say("target {bound}", bound=bound(words.measure(target, unit))))
    return "; ".join(parts)


def _bullet(ax: Axes, goal: pd.Series, top: float, width: int, words: Words) -> None:
    left, right, height = 26, width - 14, 18
    scale, unit = right - left, goal["unit"]
    ax.add_patch(Rectangle((left, top), scale, height, facecolor=PALE, edgecolor=GREY, linewidth=0.8))
    length = min(max(goal["attainment"], -0.06), 1.0)
    fill: dict[str, Any] = {"facecolor": "white", "hatch": "////"} if length < 0 else {"facecolor": BLUE}
    start = (left + min(length, 0) * scale, top + 4)
    ax.add_patch(Rectangle(start, abs(length) * scale, height - 8, edgecolor=BLUE, **fill))
    ends = [words.measure(goal[name], unit) for name in ("baseline", "target")]
    below = top + height + 8
    if pd.notna(goal["path"]):
        at = left + scale * (goal["path"] - goal["baseline"]) / (goal["target"] - goal["baseline"])
        ax.plot([at, at], [top - 3, top + height + 3], color=BLACK, linewidth=1.6, linestyle=(0, (3, 2)))
        path = words.say("path {value}", value=words.measure(goal["path"], unit))
        half = width_of(path) / 2 + 6
        # where it would run into the label of an end, the dashed line speaks for itself
        if left + width_of(ends[0]) < at - half and at + half < width - width_of(ends[1], bold=True):
            write(ax, at, below, path, ha="center")
    ax.plot([right, right], [top - 4, top + height + 4], color=BLACK, linewidth=4, solid_capstyle="butt")
    write(ax, left, below, ends[0], color=GREY)
    write(ax, width, below, ends[1], ha="right", weight="bold")


def draw_trends(assessed: pd.DataFrame, values: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw each goal through the years: measured values, target line and, where a baseline is agreed, the path.

    Parameters: the result of ``goals.assess``; ``values`` as ``goals.series``, with the 95 % interval.
    Years without a value leave a gap; provisional values are open dots.
    """
    if values.empty:
        return nothing(words)
    dates = pd.concat([assessed["target_date"], assessed["baseline_date"], values["date"]]).dropna()
    years = int(dates.dt.year.min()), int(dates.dt.year.max())
    row_height = 172
    last = values.groupby("indicator")["value"].last().reindex(assessed["id"])
    labels = [_target_label(goal, words) for _, goal in assessed.iterrows()]
    labels += [
        words.measure(value, goal["unit"], goal["target"])
        for value, (_, goal) in zip(last, assessed.iterrows(), strict=True)
    ]
    margin = 14 + max(54.0, *(width_of(line, size=12, bold=True) for label in labels for line in label.split("\n")))
    key = words.say(
        "Blue: measured, with 95% margin; open dot: provisional. Dotted: path. Black: target. Each on its own scale."
    )

    def _draw(width: int) -> Figure:
        columns = 3 if width == WIDE else 1
        head = wrap(key, width)
        above = LINE * len(head) + 10
        cell, height = width / columns, above + row_height * -(-len(assessed) // columns)
        figure = Figure(figsize=(width / 72, height / 72))
        for line, text in enumerate(head):
            figure.text(0, 1 - LINE * line / height, text, va="top", color=GREY)
        for number, (_, goal) in enumerate(assessed.iterrows()):
            left, top = cell * (number % columns), above + row_height * (number // columns)
            name = "\n".join(wrap(f"{goal['id']}  {goal['title']}", cell - 34, size=12, bold=True, most=3))
            place = ((left + 4) / width, 1 - (top + 4) / height)
            figure.text(*place, name, weight="bold", va="top", fontsize=12, linespacing=1.1)
            box = ((left + 8) / width, 1 - (top + 148) / height, (cell - margin) / width, PLOT / height)
            _trend(figure.add_axes(box), goal, values[values["indicator"] == goal["id"]], years, words)
        return figure

    return picture(title, alt, source, _draw, illustrative=bool(values["illustrative"].any()))


def _target_label(goal: pd.Series, words: Words) -> str:
    if pd.isna(goal["target"]):
        return ""
    return words.say("target {value}", value=words.measure(goal["target"], goal["unit"])).replace(" ", "\n", 1)


def _trend(ax: Axes, goal: pd.Series, values: pd.DataFrame, years: tuple[int, int], words: Words) -> None:
    ends = [*values["value"], *values["low"], *values["high"], goal["target"], goal["baseline"]]
    points = pd.Series(ends, dtype=float).dropna()
    pad = (points.max() - points.min()) * 0.32 or 1
    if len(points):
        ax.set_ylim(points.min() - pad, points.max() + pad)
    ax.set_xlim(years[0] - 0.3, years[1] + 0.3)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xticks(list(years), [str(year) for year in years], fontsize=12)
    ax.tick_params(length=3, pad=2)
    if pd.notna(goal["target"]):
        _target(ax, goal, words)
    if values.empty:
        middle: Any = {"transform": ax.transAxes, "ha": "center", "va": "center"}
        ax.text(0.5, 0.5, words.say("no measurement"), color=GREY, **middle)
        return
    at = values["date"].dt.year
    ax.vlines(at, values["low"], values["high"], color=LIGHT, linewidth=4, alpha=0.55)
    for _, part in values.groupby(values["method_break"].cumsum()):
        years_of = part["date"].dt.year
        every = (
            part.set_index(years_of)["value"].groupby(level=0).last().reindex(range(years_of.min(), years_of.max() + 1))
        )
        ax.plot(every.index, every, color=BLUE, linewidth=2)
    for year in at[values["method_break"]]:
        ax.axvline(year - 0.5, color=GREY, linewidth=1, linestyle=(0, (2, 3)))
    faces = ["white" if status == "provisional" else BLUE for status in values["status"]]
    ax.scatter(at, values["value"], s=26, color=faces, edgecolor=BLUE, linewidth=1.4, zorder=3)
    _label_ends(ax, goal, values, years, words)


def _target(ax: Axes, goal: pd.Series, words: Words) -> None:
    ax.axhline(goal["target"], color=BLACK, linewidth=1.4)
    label = _target_label(goal, words)
    place: Any = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "annotation_clip": False}
    ax.annotate(label, (1, goal["target"]), (4, 0), va="center", fontsize=12, weight="bold", linespacing=1, **place)
    if pd.notna(goal["baseline"]):
        ends = [goal["baseline_date"].year, goal["target_date"].year]
        ax.plot(ends, [goal["baseline"], goal["target"]], color=GREY, linestyle=":", linewidth=1.8)


def _label_ends(ax: Axes, goal: pd.Series, values: pd.DataFrame, years: tuple[int, int], words: Words) -> None:
    """Write the last value beside its dot, or in the margin clear of the target; the first beside its margin."""
    first, last, unit, target = values.iloc[0], values.iloc[-1], goal["unit"], goal["target"]
    px = PLOT / (ax.get_ylim()[1] - ax.get_ylim()[0])
    style: Any = {"textcoords": "offset points", "fontsize": 12, "annotation_clip": False}
    end: Any = {"color": BLUE, "weight": "bold", "ha": "left", "va": "center", **style}
    text = words.measure(last["value"], unit, target)
    if last["date"].year < years[1]:
        ax.annotate(text, (last["date"].year, last["value"]), (8, 0), **end)
    else:
        gap = 0.0 if pd.isna(target) else (last["value"] - target) * px
        # the two lines of the target's label take 24 px around its own line
        away = max(0.0, 23 - abs(gap)) * (1 if gap >= 0 else -1) if pd.notna(target) else 0.0
        ax.annotate(text, (1, last["value"]), (4, away), xycoords=("axes fraction", "data"), **end)
    if len(values) > 1:
        _label_first(ax, first, last, words.measure(first["value"], unit), target)


def _label_first(ax: Axes, first: pd.Series, last: pd.Series, text: str, target: float) -> None:
    """Write the first value above or below its margin, unless the last one stands there: the table has both."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    across, up = ax.bbox.width / ax.figure.dpi * 72 / (right - left), PLOT / (top - bottom)
    high, low = (first["value"] if pd.isna(first[side]) else first[side] for side in ("high", "low"))
    under = pd.notna(target) and -2 < (target - high) * up < 20
    at, wide = (first["date"].year - left) * across, width_of(text, size=12)
    # to the left of its dot the label is clear of a line that climbs, if there is room
    side = "right" if at > wide else "left"
    y = (low if under else high) * up + (-12 if under else 12)
    if side == "left" and at + wide > (last["date"].year - left) * across and abs(y - last["value"] * up) < 18:
        return
    style: Any = {"textcoords": "offset points", "fontsize": 12, "annotation_clip": False, "color": GREY}
    place = (first["date"].year, low if under else high), (-3, -5 if under else 5)
    ax.annotate(text, *place, ha=side, va="top" if under else "bottom", **style)
