"""Small multiples: how each goal moved through the years, and where it goes if that goes on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from itertools import starmap
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Rectangle

from binnenstad.goals import decimal_year, fan
from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.words import Words

PLOT, ROW = 84, 172  # px: the height of one small multiple, and with its name and years
UNDER_NAME = 64  # px, from the top of a goal to its plot
LETTERS = 12  # px, of the labels
SHIFT = {"left": 0, "top": 0, "center": 0.5, "right": 1, "bottom": 1}  # of a text's own size, before where it stands


def draw_trends(
    assessed: pd.DataFrame, values: pd.DataFrame, words: Words, title: str, what: str, source: str
) -> Block:
    """Draw each goal through the years: measured values, target line, path, and the forecast with its 80 % fan.

    Parameters: the result of ``goals.assess``; ``values`` as ``goals.series``, with the 95 % interval.
    Years without a value leave a gap; provisional values are open dots. A goal without agreed baseline
    has no path, one without enough values no fan.
    """
    if values.empty:
        return chart.nothing(words)
    dates = pd.concat([assessed["target_date"], assessed["baseline_date"], values["date"]]).dropna()
    years = int(dates.dt.year.min()), int(dates.dt.year.max())
    goals = [(goal, values[values["indicator"] == goal["id"]], fan(goal)) for _, goal in assessed.iterrows()]
    reaches = list(starmap(_reach, goals))
    beside = max(_room_beside(goal, own, words) for goal, own, _ in goals)
    key = words.say(
        "Blue: measured, with 95% margin; open dot: provisional. Dotted: path. Black: target. "
        "Pale area: where it goes if the development goes on (80%). Each on its own scale."
    )

    def _draw(width: int) -> Figure:
        across = 3 if width == chart.WIDE else 1
        cell, down = width / across, -(-len(goals) // across)
        figure, ax, places = chart.rows(width, [()] * down, [ROW] * down, head=chart.wrap(key, width), above=10)
        corners = ((cell * column, place) for place in places for column in range(across))
        for (goal, own, ahead), reach, (left, top) in zip(goals, reaches, corners, strict=False):
            name = chart.wrap(f"{goal['id']}  {goal['title']}", cell - 34, size=LETTERS, bold=True, most=3)
            for line, text in enumerate(name):
                ax.text(left + 4, top + 4 + 15 * line, text, weight="bold", va="top", fontsize=LETTERS)
            _Plot(ax, left + 8, top + UNDER_NAME, cell - 14 - beside, years, goal, own, ahead, reach, words).draw()
        return figure

    return chart.picture(title, what, source, _draw, illustrative=values["illustrative"])


def _room_beside(goal: pd.Series, values: pd.DataFrame, words: Words) -> float:
    """Return how much room the labels at the right of a plot take [px]."""
    labels = *_target_label(goal, words), _last_label(goal, values, words)
    return max(54.0, *(chart.width_of(label, size=LETTERS, bold=True) for label in labels))


def _target_label(goal: pd.Series, words: Words) -> list[str]:
    """Return what stands beside the line of the target, in two lines."""
    if pd.isna(goal["target"]):
        return []
    return words.say("target {value}", value=words.measure(goal["target"], goal["unit"])).split(" ", 1)


def _last_label(goal: pd.Series, values: pd.DataFrame, words: Words) -> str:
    return words.measure(values["value"].iloc[-1], goal["unit"], goal["target"]) if len(values) else ""


def _reach(goal: pd.Series, values: pd.DataFrame, ahead: pd.DataFrame) -> tuple[float, float]:
    """Return from and to which value the plot of a goal goes."""
    drawn = [*values["value"], *values["low"], *values["high"], *ahead["forecast"], goal["target"], goal["baseline"]]
    points = pd.Series(drawn, dtype=float).dropna()
    if points.empty:
        return 0.0, 1.0
    pad = (points.max() - points.min()) * 0.32 or 1
    # a fan on three values can be wider than anything measured: it may not flatten the line
    fanned = ahead[["low", "high"]].clip(points.min() - 3 * pad, points.max() + 3 * pad)
    low, high = fanned["low"].min(), fanned["high"].max()
    return float(np.fmin(points.min() - pad, low)), float(np.fmax(points.max() + pad, high))


@dataclass(frozen=True)
class _Plot:
    """One goal at its place on the canvas, all in px from the top left.

    An axes of its own would cost more than all that is drawn in it.
    """

    ax: Axes
    left: float
    top: float
    width: float
    years: tuple[int, int]
    goal: pd.Series
    values: pd.DataFrame
    ahead: pd.DataFrame
    reach: tuple[float, float]
    words: Words

    def draw(self) -> None:
        """Draw the years, the target, what was measured, and what is expected."""
        bottom, sides = self.top + PLOT, [self.left, self.left + self.width]
        self._line(sides, [bottom, bottom], color=chart.GREY, linewidth=0.8)
        for year in self.years:
            at = self._x(year + 0.5)
            self._line([at, at], [bottom, bottom + 3], color=chart.GREY, linewidth=0.8)
            self.ax.text(at, bottom + 5, str(year), ha="center", va="top", fontsize=LETTERS, color=chart.GREY)
        if pd.notna(self.goal["target"]):
            self._draw_target()
        if self.values.empty:
            middle = self.left + self.width / 2, self.top + PLOT / 2
            self._label(*middle, self.words.say("no measurement"), ha="center", va="center", color=chart.GREY)
            return
        if len(self.ahead):
            x = self._x(self.ahead["year"].to_numpy())
            low, high, middle = self._y(self.ahead[["low", "high", "forecast"]].to_numpy().T)
            edge = np.clip([*low, *high[::-1]], self.top, bottom)
            self.ax.fill([*x, *x[::-1]], edge, facecolor=chart.PALE, linewidth=0)
            # dashed, in the area between its limits
            self._line(x, middle, color=chart.LIGHT, linewidth=1.6, linestyle=(0, (4, 2)))
        self._draw_values()
        self._label_last()
        if len(self.values) > 1:
            self._label_first()

    def _x(self, year: Any) -> Any:
        """Return where a year, or each of several, lies; one is the stretch between two whole numbers."""
        first, last = self.years
        return self.left + (year - first) * self.width / (last + 1.3 - first)

    def _y(self, value: Any) -> Any:
        """Return where a value, or each of several, lies."""
        low, high = self.reach
        return self.top + (high - value) * PLOT / (high - low)

    @cached_property
    def _at(self) -> pd.DataFrame:
        """Return where the values and their margins lie."""
        years = decimal_year(self.values["date"])
        y, low, high = self._y(self.values[["value", "low", "high"]].to_numpy().T)
        return self.values.assign(year=years, x=self._x(years.to_numpy()), y=y, low=low, high=high)

    def _line(self, x: Any, y: Any, **style: Any) -> None:
        # quicker than to plot it: nothing need be measured for a line on a canvas
        self.ax.add_artist(Line2D(x, y, label=self.goal["id"], **style))

    def _label(self, x: float, y: float, text: str, *, ha: str = "left", va: str = "top", **style: Any) -> None:
        """Write beside a point, on a pale ground: a line that passes does not strike it through."""
        wide = chart.width_of(text, size=LETTERS, bold=style.get("weight") == "bold")
        corner = x - wide * SHIFT[ha], y - LETTERS * SHIFT[va] - 1
        ground = Rectangle(corner, wide, LETTERS + 2, facecolor="white", alpha=0.8, linewidth=0, zorder=2.6)
        self.ax.add_artist(ground)
        self.ax.text(x, y, text, ha=ha, va=va, fontsize=LETTERS, **style)

    def _draw_target(self) -> None:
        y, label = self._y(self.goal["target"]), "\n".join(_target_label(self.goal, self.words))
        right = self.left + self.width
        self._line([self.left, right], [y, y], color=chart.BLACK, linewidth=1.4)
        self.ax.text(right + 4, y, label, va="center", fontsize=LETTERS, weight="bold", linespacing=1)
        if pd.notna(self.goal["baseline"]):
            ends = decimal_year(pd.Series([self.goal["baseline_date"], self.goal["target_date"]]))
            path = [self._y(self.goal["baseline"]), y]
            self._line(self._x(ends), path, color=chart.GREY, linestyle=":", linewidth=1.8)

    def _draw_values(self) -> None:
        at = self._at
        self.ax.vlines(at["x"], at["low"], at["high"], color=chart.LIGHT, linewidth=4, alpha=0.55)
        for _, part in at.groupby(at["method_break"].cumsum()):
            # a year without a value leaves a gap
            gaps = np.flatnonzero(part["date"].dt.year.diff() > 1)
            line = np.insert(part[["x", "y"]].to_numpy(), gaps, np.nan, axis=0)
            self._line(*line.T, color=chart.BLUE, linewidth=2)
        for year in at.loc[at["method_break"], "year"]:
            x, ends = self._x(year - 0.5), [self.top + PLOT, self.top]
            self._line([x, x], ends, color=chart.GREY, linewidth=1, linestyle=(0, (2, 3)))
        size = 5.1 if len(at) < 13 else 3
        for is_open, part in at.groupby(at["status"] == "provisional"):
            dots = {"mec": chart.BLUE, "mfc": "white" if is_open else chart.BLUE, "ms": size, "mew": 1.4}
            self._line(part["x"], part["y"], linestyle="", marker="o", zorder=2.5, **dots)

    def _label_last(self) -> None:
        """Write the last value beside its dot, or in the margin clear of the target."""
        last, text = self._at.iloc[-1], _last_label(self.goal, self.values, self.words)
        y = last["y"]
        # upward is less; NaN without target
        gap = self._y(self.goal["target"]) - y
        if last["date"].year < self.years[1]:
            # clear of the target if that is near, of the forecast if not
            up = gap >= 0 if abs(gap) < 24 else not self.goal["drift"] > 0
            x, y, va = last["x"] + 1, y - 6 if up else y + 6, "bottom" if up else "top"
        else:
            # the two lines of the target's label take 24 px around its own line
            away = 0.0 if pd.isna(gap) else max(0.0, 23 - abs(gap)) * (1 if gap >= 0 else -1)
            x, y, va = self.left + self.width + 4, y - away, "center"
        self._label(x, y, text, va=va, color=chart.BLUE, weight="bold")

    def _label_first(self) -> None:
        """Write the first value beside its margin, unless a line or the last value is there: the table has it."""
        first, last = self._at.iloc[0], self._at.iloc[-1]
        text = self.words.measure(first["value"], self.goal["unit"])
        x, wide = first["x"] - 3, chart.width_of(text, size=LETTERS)
        high, low = first[["high", "low"]].fillna(first["y"])
        if -2 < high - self._y(self.goal["target"]) < 20:
            y, va, middle = min(low + 6, self.top + PLOT - LETTERS - 3), "top", LETTERS / 2
        else:
            y, va, middle = high - 6, "bottom", -LETTERS / 2
        # to the left of its dot the label is clear of a line that climbs, if there is room
        side = "right" if first["x"] - self.left > wide else "left"
        if side == "left":
            passing = np.interp(np.linspace(x, x + 3 + wide, 20), self._at["x"], self._at["y"])
            beside_last = x + 3 + wide > last["x"] and abs(y + middle - last["y"]) < 18
            if beside_last or (abs(passing - y - middle) < LETTERS / 2).any():
                return
        self._label(x, y, text, ha=side, va=va, color=chart.GREY)
