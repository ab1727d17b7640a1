"""Trends: how a goal moved through the years, and where it goes if that goes on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.lines import Line2D

from binnenstad.goals import decimal_year, fan, on_scale
from binnenstad.goals.status import begin_to_value, status_label
from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.words import Words

PLOT = 110  # px, the height of a plot
LETTERS = 12  # px, of the labels


def draw_trend(
    goal: pd.Series, values: pd.DataFrame, turned: pd.DataFrame, span: tuple[int, int], words: Words
) -> Block:
    """Draw a goal through the years: measured values, target line, path, and the forecast with its 80 % fan.

    Parameters: a row of the result of ``goals.assess``; ``values`` as ``goals.series``, with the 95 % interval;
    ``turned`` from ``goals.turns``; ``span`` from ``span_of``. What was measured before a bridged break of method
    stands on the scale of now. Years without a value leave a gap; provisional values are open dots. A goal without
    agreed baseline, or with a level to keep, has no path; one without enough values no fan. Nothing without values.
    """
    own = on_scale(values[values["indicator"] == goal["id"]], pd.Series({goal["id"]: goal["date"]}))
    if own.empty:
        return Block("", "")
    told = goal.mask(goal.index == "forecast") if goal["forecast_wide"] else goal
    points, ahead = _points(told, own), fan(told)
    reach, events = _reach(told, points, ahead), decimal_year(turned.loc[turned["indicator"] == goal["id"], "date"])

    def _draw(width: int) -> Figure:
        figure, ax, _ = chart.rows(width, [()], [PLOT + 40])
        place = 8, 8, width - 24 - _room_beside(told, words)
        _Plot(ax, *place, span, told, points, ahead, reach, events, words).draw()
        return figure

    what = words.say("Line through the years of {goal}", goal=goal["title"])
    return chart.picture(_course(goal, words), what, "", _draw, illustrative=own["illustrative"], small=True)


def span_of(assessed: pd.DataFrame, values: pd.DataFrame) -> tuple[int, int]:
    """Return the first and last year that lines of these goals show, the same for all."""
    dates = pd.concat([assessed["target_date"], assessed["baseline_date"], values["date"]]).dropna()
    return int(dates.dt.year.min()), int(dates.dt.year.max())


def key_of_trends(words: Words) -> str:
    """Return what the lines and colours of ``draw_trend`` are."""
    return words.say(
        "Blue: measured, with 95% margin; open dot: provisional. Dotted: path. Black: target. Pale area: where it goes "
        "if the development goes on (80%). Orange, upright: an event. Each on its own scale."
    )


def _points(goal: pd.Series, values: pd.DataFrame) -> pd.DataFrame:
    """Return what is drawn of a goal: its values, and before them the baseline they are held against."""
    own: pd.DataFrame = values[values["indicator"] == goal["id"]]
    if pd.isna(goal["baseline"]) or not goal["baseline_date"] < own["date"].min():
        return own
    begin = {"date": goal["baseline_date"], "value": goal["baseline"], "method_break": False, "status": "final"}
    return pd.concat([pd.DataFrame([begin]), own], ignore_index=True)


def _course(goal: pd.Series, words: Words) -> str:
    """Return the two values a goal is held by, in words; the only one, or why there is none."""
    if pd.isna(goal["value"]):
        return status_label(goal["status"], words)
    old, new = begin_to_value(goal, words)
    told = {"new": new, "year": goal["date"].year}
    if not goal["change_since"] < goal["date"]:
        return words.say("{new} ({year})", **told)
    return words.say("from {old} ({since}) to {new} ({year})", old=old, since=goal["change_since"].year, **told)


def _room_beside(goal: pd.Series, words: Words) -> float:
    """Return how much room the label at the right of a plot takes [px]."""
    return max(54.0, *(chart.width_of(label, size=LETTERS, bold=True) for label in ["", *_target_label(goal, words)]))


def _target_label(goal: pd.Series, words: Words) -> list[str]:
    """Return what stands beside the line of the target, in two lines."""
    if pd.isna(goal["target"]):
        return []
    return words.say("target {value}", value=words.measure(goal["target"], goal["unit"])).split(" ", 1)


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
    events: pd.Series
    words: Words

    def draw(self) -> None:
        """Draw the years, the target, what was measured, and what is expected."""
        bottom, sides = self.top + PLOT, [self.left, self.left + self.width]
        self._line(sides, [bottom, bottom], color=chart.GREY, linewidth=0.8)
        for year in self.years:
            at = self._x(year + 0.5)
            self._line([at, at], [bottom, bottom + 3], color=chart.GREY, linewidth=0.8)
            self.ax.text(at, bottom + 5, str(year), ha="center", va="top", fontsize=LETTERS, color=chart.GREY)
        for at in self._x(self.events):
            self._line([at, at], [self.top, bottom], color=chart.ORANGE, linewidth=1.2)
        if pd.notna(self.goal["target"]):
            self._draw_target()
        if self.values.empty:
            return
        if len(self.ahead):
            x = self._x(self.ahead["year"].to_numpy())
            low, high, middle = self._y(self.ahead[["low", "high", "forecast"]].to_numpy().T)
            edge = np.clip([*low, *high[::-1]], self.top, bottom)
            self.ax.fill([*x, *x[::-1]], edge, facecolor=chart.PALE, linewidth=0)
            # dashed, in the area between its limits
            self._line(x, middle, color=chart.LIGHT, linewidth=1.6, linestyle=(0, (4, 2)))
        self._draw_values()

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

    def _draw_target(self) -> None:
        y, label = self._y(self.goal["target"]), "\n".join(_target_label(self.goal, self.words))
        right = self.left + self.width
        self._line([self.left, right], [y, y], color=chart.BLACK, linewidth=1.4)
        self.ax.text(right + 4, y, label, va="center", fontsize=LETTERS, weight="bold", linespacing=1)
        begin, target = self.goal["baseline"], self.goal["target"]
        if pd.notna(begin) and not self.goal["keep"]:
            ends = decimal_year(pd.Series([self.goal["baseline_date"], self.goal["target_date"]]))
            growth = self.goal["path_shape"] == "growth" and min(begin, target, self.goal["value"]) > 0
            part = np.linspace(0, 1, 13 if growth else 2)
            path = begin * (target / begin) ** part if growth else begin + (target - begin) * part
            at = self._x(ends[0] + (ends[1] - ends[0]) * part)
            self._line(at, self._y(path), color=chart.GREY, linestyle=":", linewidth=1.8)

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
