"""Small multiples: how each goal moved through the years, and where it goes if that goes on."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.collections import LineCollection
from matplotlib.figure import Figure
from matplotlib.lines import Line2D
from matplotlib.patches import Polygon, Rectangle
from matplotlib.transforms import Affine2D

from binnenstad.goals import decimal_year, fan
from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.words import Words

PLOT, ROW = 84, 172  # px: the height of one small multiple, and with its name and years
UNDER_NAME = 64  # px, from the top of a goal to its plot
LETTERS = 12  # px, of the labels
DASHED = (0, (4, 2))


def draw_trends(assessed: pd.DataFrame, values: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
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
    labels = [label for goal, own, _ in goals for label in (*_target_label(goal, words), _last_label(goal, own, words))]
    margin = 14 + max(54.0, *(chart.width_of(label, size=LETTERS, bold=True) for label in labels))
    key = words.say(
        "Blue: measured, with 95% margin; open dot: provisional. Dotted: path. Black: target. "
        "Pale area: where it goes if the development goes on (80%). Each on its own scale."
    )

    def _draw(width: int) -> Figure:
        across = 3 if width == chart.WIDE else 1
        cell, down = width / across, -(-len(goals) // across)
        figure, ax, places = chart.rows(width, [()] * down, [ROW] * down, head=chart.wrap(key, width), above=10)
        corners = ((cell * column, place) for place in places for column in range(across))
        for (goal, own, ahead), (left, top) in zip(goals, corners, strict=False):
            name = chart.wrap(f"{goal['id']}  {goal['title']}", cell - 34, size=LETTERS, bold=True, most=3)
            for line, text in enumerate(name):
                ax.text(left + 4, top + 4 + 15 * line, text, weight="bold", va="top", fontsize=LETTERS)
            _Plot(ax, left + 8, top + UNDER_NAME, cell - margin, years, goal, own, ahead, words).draw()
        return figure

    return chart.picture(title, alt, source, _draw, illustrative=values["illustrative"])


def _target_label(goal: pd.Series, words: Words) -> list[str]:
    """Return what stands beside the line of the target, in two lines."""
    if pd.isna(goal["target"]):
        return []
    return words.say("target {value}", value=words.measure(goal["target"], goal["unit"])).split(" ", 1)


def _last_label(goal: pd.Series, values: pd.DataFrame, words: Words) -> str:
    return words.measure(values["value"].iloc[-1], goal["unit"], goal["target"]) if len(values) else ""


@dataclass(frozen=True)
class _Plot:
    """One goal at its place on the canvas: px from the top left, and what years and values lie there.

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
    words: Words

    def draw(self) -> None:
        """Draw the years, the target, what was measured, and what is expected."""
        floor: dict[str, Any] = {"color": chart.GREY, "linewidth": 0.8}
        bottom = self.top + PLOT
        self._line(self._reach[0], [self._reach[1][0]] * 2, **floor)
        for year in self.years:
            at = self._x(year + 0.5)
            self.ax.add_artist(Line2D([at, at], [bottom, bottom + 3], **floor))
            self.ax.text(at, bottom + 5, str(year), ha="center", va="top", fontsize=LETTERS, color=chart.GREY)
        if pd.notna(self.goal["target"]):
            self._draw_target()
        if self.values.empty:
            middle = self.left + self.width / 2, self.top + PLOT / 2
            self._label(*middle, self.words.say("no measurement"), ha="center", va="center", color=chart.GREY)
            return
        if len(self.ahead):
            there = pd.concat([self.ahead, self.ahead[::-1]])["year"]
            edge = np.clip([*self.ahead["low"], *self.ahead["high"][::-1]], *self._reach[1])
            area = Polygon(np.column_stack([there, edge]), facecolor=chart.PALE, linewidth=0, transform=self._to_px)
            self.ax.add_artist(area)
            # dashed, in the area between its limits
            self._line(self.ahead["year"], self.ahead["forecast"], color=chart.LIGHT, linewidth=1.6, linestyle=DASHED)
        self._draw_values()
        self._label_last()
        if len(self.values) > 1:
            self._label_first()

    @cached_property
    def _reach(self) -> tuple[tuple[float, float], tuple[float, float]]:
        """Return from and to which year and value the plot goes."""
        # a year is the stretch between two whole numbers: 31 December 2019 lies at 2020.0
        across = float(self.years[0]), self.years[1] + 1.3
        drawn = [self.values[["value", "low", "high"]], self.goal[["target", "baseline"]], self.ahead["forecast"]]
        points = pd.Series(np.concatenate([np.ravel(part) for part in drawn]), dtype=float).dropna()
        if points.empty:
            return across, (0.0, 1.0)
        pad = (points.max() - points.min()) * 0.32 or 1
        # a fan on three values can be wider than anything measured: it may not flatten the line
        fanned = self.ahead[["low", "high"]].clip(points.min() - 3 * pad, points.max() + 3 * pad)
        low, high = np.fmin(points.min() - pad, fanned["low"].min()), np.fmax(points.max() + pad, fanned["high"].max())
        return across, (float(low), float(high))

    def _x(self, year: Any) -> Any:
        """Return where a year, or each of several, lies in px."""
        first, until = self._reach[0]
        return self.left + (year - first) * self.width / (until - first)

    def _y(self, value: Any) -> Any:
        """Return where a value, or each of several, lies in px from the top."""
        low, high = self._reach[1]
        return self.top + (high - value) * PLOT / (high - low)

    @cached_property
    def _to_px(self) -> Any:
        (first, until), (low, high) = self._reach
        scaled = Affine2D().translate(-first, -high).scale(self.width / (until - first), -PLOT / (high - low))
        return scaled.translate(self.left, self.top) + self.ax.transData

    @cached_property
    def _dates(self) -> pd.Series:
        return decimal_year(self.values["date"])

    def _line(self, years: Any, values: Any, **style: Any) -> None:
        """Draw a line through points of the data."""
        self.ax.add_artist(Line2D(years, values, transform=self._to_px, label=self.goal["id"], **style))

    def _label(self, x: float, y: float, text: str, *, ha: str = "left", va: str = "top", **style: Any) -> None:
        """Write beside a point in px, on a pale ground: a line that passes does not strike it through."""
        wide = chart.width_of(text, size=LETTERS, bold=style.get("weight") == "bold")
        across = {"left": x, "center": x - wide / 2, "right": x - wide}[ha]
        under = {"top": y, "center": y - LETTERS / 2, "bottom": y - LETTERS}[va]
        ground: dict[str, Any] = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "zorder": 2.6}
        self.ax.add_artist(Rectangle((across, under - 1), wide, LETTERS + 2, **ground))
        self.ax.text(x, y, text, ha=ha, va=va, fontsize=LETTERS, **style)

    def _draw_target(self) -> None:
        target, label = self.goal["target"], "\n".join(_target_label(self.goal, self.words))
        self._line(self._reach[0], [target] * 2, color=chart.BLACK, linewidth=1.4)
        beside: dict[str, Any] = {"va": "center", "fontsize": LETTERS, "weight": "bold", "linespacing": 1}
        self.ax.text(self.left + self.width + 4, self._y(target), label, **beside)
        if pd.notna(self.goal["baseline"]):
            ends = decimal_year(self.goal[["baseline_date", "target_date"]].astype("datetime64[ns]"))
            self._line(ends, self.goal[["baseline", "target"]], color=chart.GREY, linestyle=":", linewidth=1.8)

    def _draw_values(self) -> None:
        values, at = self.values, self._dates
        ends = [[(x, low), (x, high)] for x, low, high in zip(at, values["low"], values["high"], strict=True)]
        bands: dict[str, Any] = {"color": chart.LIGHT, "linewidth": 4, "alpha": 0.55}
        self.ax.add_artist(LineCollection(ends, transform=self._to_px, label=self.goal["id"], **bands))
        for _, part in values.groupby(values["method_break"].cumsum()):
            # a year without a value leaves a gap
            gaps = np.flatnonzero(part["date"].dt.year.diff() > 1)
            line = np.insert(np.array([at[part.index], part["value"]], dtype=float), gaps, np.nan, axis=1)
            self._line(*line, color=chart.BLUE, linewidth=2)
        for year in at[values["method_break"]]:
            self._line([year - 0.5] * 2, self._reach[1], color=chart.GREY, linewidth=1, linestyle=(0, (2, 3)))
        size = 5.1 if len(values) < 13 else 3
        dots: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": size, "markeredgewidth": 1.4}
        for is_open, part in values.groupby(values["status"] == "provisional"):
            face = "white" if is_open else chart.BLUE
            self._line(at[part.index], part["value"], mec=chart.BLUE, mfc=face, zorder=2.5, **dots)

    def _label_last(self) -> None:
        """Write the last value beside its dot, or in the margin clear of the target."""
        last, text = self.values.iloc[-1], _last_label(self.goal, self.values, self.words)
        y = self._y(last["value"])
        # upward is less; NaN without target
        gap = self._y(self.goal["target"]) - y
        style: dict[str, Any] = {"color": chart.BLUE, "weight": "bold"}
        if last["date"].year < self.years[1]:
            # clear of the target if that is near, of the forecast if not
            up = gap >= 0 if abs(gap) < 24 else not self.goal["drift"] > 0
            x, y, va = self._x(self._dates.iloc[-1]) + 1, y - 6 if up else y + 6, "bottom" if up else "top"
            self._label(x, y, text, va=va, **style)
        else:
            # the two lines of the target's label take 24 px around its own line
            away = 0.0 if pd.isna(gap) else max(0.0, 23 - abs(gap)) * (1 if gap >= 0 else -1)
            self._label(self.left + self.width + 4, y - away, text, va="center", **style)

    def _label_first(self) -> None:
        """Write the first value beside its margin, unless a line or the last value is there: the table has it."""
        first, target = self.values.iloc[0], self.goal["target"]
        text = self.words.measure(first["value"], self.goal["unit"])
        high, low = (self._y(first["value"] if pd.isna(first[side]) else first[side]) for side in ("high", "low"))
        is_under = -2 < high - self._y(target) < 20
        across, up = self._x(self._dates).to_numpy(), self._y(self.values["value"]).to_numpy()
        wide = chart.width_of(text, size=LETTERS)
        # to the left of its dot the label is clear of a line that climbs, if there is room
        side = "right" if across[0] - self.left > wide else "left"
        edge, va = (min(low + 6, self.top + PLOT - LETTERS - 3), "top") if is_under else (high - 6, "bottom")
        middle = edge + LETTERS / 2 * (1 if is_under else -1)
        if side == "left":
            passing = np.interp(np.linspace(across[0] - 3, across[0] + wide, 20), across, up)
            beside_last = across[0] + wide > across[-1] and abs(middle - up[-1]) < 18
            if beside_last or (abs(passing - middle) < LETTERS / 2).any():
                return
        self._label(across[0] - 3, edge, text, ha=side, va=va, color=chart.GREY)
