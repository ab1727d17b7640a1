"""Small multiples: how each goal moved through the years, and where it goes if that goes on."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from binnenstad.blocks import Block
from binnenstad.figures.canvas import BLACK, BLUE, GREY, LIGHT, LINE, PALE, WIDE, nothing, picture, width_of, wrap
from binnenstad.goals import decimal_year, fan
from binnenstad.text import Words

PLOT = 84  # px, the height of one small multiple
# behind a label, so that a line that passes does not strike it through
CLEAR: dict[str, Any] = {"facecolor": "white", "edgecolor": "none", "pad": 0.6, "alpha": 0.8}


def draw_trends(assessed: pd.DataFrame, values: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw each goal through the years: measured values, target line, path, and the forecast with its 80 % fan.

    Parameters: the result of ``goals.assess``; ``values`` as ``goals.series``, with the 95 % interval.
    Years without a value leave a gap; provisional values are open dots. A goal without agreed baseline
    has no path, one without enough values no fan.
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
        "Blue: measured, with 95% margin; open dot: provisional. Dotted: path. Black: target. "
        "Pale area: where it goes if the development goes on (80%). Each on its own scale."
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
    ahead = fan(goal)
    ends = [*values["value"], *values["low"], *values["high"], goal["target"], goal["baseline"]]
    points = pd.Series([*ends, *ahead["forecast"]], dtype=float).dropna()
    pad = (points.max() - points.min()) * 0.32 or 1
    if len(points):
        # a fan on three values can be wider than anything measured: it may not flatten the line
        reach = ahead[["low", "high"]].clip(points.min() - 3 * pad, points.max() + 3 * pad)
        low, high = np.fmin(points.min() - pad, reach["low"].min()), np.fmax(points.max() + pad, reach["high"].max())
        ax.set_ylim(low, high)
    # a year is the stretch between two whole numbers: 31 December 2019 lies at 2020.0
    ax.set_xlim(years[0], years[1] + 1.3)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xticks([year + 0.5 for year in years], [str(year) for year in years], fontsize=12)
    ax.tick_params(length=3, pad=2)
    if pd.notna(goal["target"]):
        _target(ax, goal, words)
    if values.empty:
        middle: Any = {"transform": ax.transAxes, "ha": "center", "va": "center", "bbox": CLEAR}
        ax.text(0.5, 0.5, words.say("no measurement"), color=GREY, **middle)
        return
    _ahead(ax, ahead)
    _measured(ax, values)
    _label_ends(ax, goal, values, years, words)


def _ahead(ax: Axes, ahead: pd.DataFrame) -> None:
    """Draw the forecast: dashed, in the area between its limits; the axis stays that of what was measured."""
    ax.fill_between(ahead["year"], ahead["low"], ahead["high"], color=PALE, linewidth=0)
    ax.plot(ahead["year"], ahead["forecast"], color=LIGHT, linewidth=1.6, linestyle=(0, (4, 2)))


def _measured(ax: Axes, values: pd.DataFrame) -> None:
    at = decimal_year(values["date"])
    ax.vlines(at, values["low"], values["high"], color=LIGHT, linewidth=4, alpha=0.55)
    for _, part in values.groupby(values["method_break"].cumsum()):
        # a year without a value leaves a gap
        missed = part["date"].dt.year.diff() > 1
        line = part["value"].to_numpy(dtype=float)
        holes = np.flatnonzero(missed.to_numpy())
        ax.plot(
            np.insert(at[part.index].to_numpy(), holes, np.nan), np.insert(line, holes, np.nan), color=BLUE, linewidth=2
        )
    for year in at[values["method_break"]]:
        ax.axvline(year - 0.5, color=GREY, linewidth=1, linestyle=(0, (2, 3)))
    faces = ["white" if status == "provisional" else BLUE for status in values["status"]]
    ax.scatter(
        at, values["value"], s=26 if len(values) < 13 else 9, color=faces, edgecolor=BLUE, linewidth=1.4, zorder=3
    )


def _target(ax: Axes, goal: pd.Series, words: Words) -> None:
    ax.axhline(goal["target"], color=BLACK, linewidth=1.4)
    label = _target_label(goal, words)
    place: Any = {"xycoords": ("axes fraction", "data"), "textcoords": "offset points", "annotation_clip": False}
    ax.annotate(label, (1, goal["target"]), (4, 0), va="center", fontsize=12, weight="bold", linespacing=1, **place)
    if pd.notna(goal["baseline"]):
        ends = decimal_year(pd.Series([goal["baseline_date"], goal["target_date"]]))
        ax.plot(ends, [goal["baseline"], goal["target"]], color=GREY, linestyle=":", linewidth=1.8)


def _label_ends(ax: Axes, goal: pd.Series, values: pd.DataFrame, years: tuple[int, int], words: Words) -> None:
    """Write the last value beside its dot, or in the margin clear of the target; the first beside its margin."""
    first, last, unit, target = values.iloc[0], values.iloc[-1], goal["unit"], goal["target"]
    px = PLOT / (ax.get_ylim()[1] - ax.get_ylim()[0])
    style: Any = {"textcoords": "offset points", "fontsize": 12, "annotation_clip": False}
    end: Any = {"color": BLUE, "weight": "bold", "ha": "left", "va": "center", "bbox": CLEAR, **style}
    text = words.measure(last["value"], unit, target)
    at = decimal_year(values["date"])
    if last["date"].year < years[1]:
        # clear of the target if that is near, of the forecast if not
        near = pd.notna(target) and abs(last["value"] - target) * px < 24
        up = last["value"] >= target if near else not goal["drift"] > 0
        end |= {"va": "bottom" if up else "top"}
        ax.annotate(text, (at.iloc[-1], last["value"]), (1, 5 if up else -5), **end)
    else:
        gap = 0.0 if pd.isna(target) else (last["value"] - target) * px
        # the two lines of the target's label take 24 px around its own line
        away = max(0.0, 23 - abs(gap)) * (1 if gap >= 0 else -1) if pd.notna(target) else 0.0
        ax.annotate(text, (1, last["value"]), (4, away), xycoords=("axes fraction", "data"), **end)
    if len(values) > 1:
        _label_first(ax, first, last, (at.iloc[0], at.iloc[-1]), words.measure(first["value"], unit), target)


def _label_first(
    ax: Axes, first: pd.Series, last: pd.Series, ends: tuple[float, float], text: str, target: float
) -> None:
    """Write the first value above or below its margin, unless the last one stands there: the table has both."""
    (left, right), (bottom, top) = ax.get_xlim(), ax.get_ylim()
    across, up = ax.bbox.width / ax.figure.dpi * 72 / (right - left), PLOT / (top - bottom)
    high, low = (first["value"] if pd.isna(first[side]) else first[side] for side in ("high", "low"))
    under = pd.notna(target) and -2 < (target - high) * up < 20
    at, wide = (ends[0] - left) * across, width_of(text, size=12)
    # to the left of its dot the label is clear of a line that climbs, if there is room
    side = "right" if at > wide else "left"
    y = (low if under else high) * up + (-12 if under else 12)
    if side == "left" and at + wide > (ends[1] - left) * across and abs(y - last["value"] * up) < 18:
        return
    style: Any = {"textcoords": "offset points", "fontsize": 12, "annotation_clip": False, "color": GREY, "bbox": CLEAR}
    place = (ends[0], low if under else high), (-3, -5 if under else 5)
    ax.annotate(text, *place, ha=side, va="top" if under else "bottom", **style)
