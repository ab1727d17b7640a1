"""Small multiples: how each goal moved through the years, and where it goes if that goes on."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
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
from binnenstad.page.blocks import Block
from binnenstad.page.chart import (
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
from binnenstad.words import Words

PLOT = 84  # px, the height of one small multiple
UNDER_NAME = 64  # px, from the top of a goal to its plot
LETTERS = 12  # px, of the labels


@dataclass(frozen=True)
class _Plot:
    """The place of one goal on the canvas: px from the top left, and what years and values lie there.

    An axes of its own would cost more than all that is drawn in it.
    """

    ax: Axes
    name: str
    left: float
    top: float
    width: float
    years: tuple[float, float]
    values: tuple[float, float]

    @property
    def right(self) -> float:
        """Return the right edge in px."""
        return self.left + self.width

    @property
    def bottom(self) -> float:
        """Return the lower edge in px."""
        return self.top + PLOT

    def x(self, year: Any) -> Any:
        """Return where a year, or each of several, lies in px."""
        return self.left + (year - self.years[0]) * self.width / (self.years[1] - self.years[0])

    def y(self, value: Any) -> Any:
        """Return where a value, or each of several, lies in px from the top."""
        return self.top + (self.values[1] - value) * PLOT / (self.values[1] - self.values[0])

    def line(self, years: Any, values: Any, **style: Any) -> None:
        """Draw a line through points of the data."""
        self.ax.add_artist(Line2D(years, values, transform=self._to_px(), label=self.name, **style))

    def area(self, years: pd.Series, low: pd.Series, high: pd.Series, color: str) -> None:
        """Fill between two lines, within the plot."""
        edge = np.clip([*low, *high[::-1]], *self.values)
        corners = np.column_stack([[*years, *years[::-1]], edge])
        self.ax.add_artist(Polygon(corners, facecolor=color, linewidth=0, transform=self._to_px()))

    def bands(self, years: pd.Series, low: pd.Series, high: pd.Series, **style: Any) -> None:
        """Draw an upright band per year; none where a limit is missing."""
        ends = [[(at, under), (at, above)] for at, under, above in zip(years, low, high, strict=True)]
        self.ax.add_artist(LineCollection(ends, transform=self._to_px(), label=self.name, **style))

    def label(self, x: float, y: float, text: str, *, ha: str = "left", va: str = "top", **style: Any) -> None:
        """Write beside a point in px, on a pale ground: a line that passes does not strike it through."""
        wide = width_of(text, size=LETTERS, bold=style.get("weight") == "bold")
        across = {"left": x, "center": x - wide / 2, "right": x - wide}[ha]
        under = {"top": y, "center": y - LETTERS / 2, "bottom": y - LETTERS}[va]
        ground: dict[str, Any] = {"facecolor": "white", "alpha": 0.8, "linewidth": 0, "zorder": 2.6}
        self.ax.add_artist(Rectangle((across, under - 1), wide, LETTERS + 2, **ground))
        self.ax.text(x, y, text, ha=ha, va=va, fontsize=LETTERS, **style)

    def _to_px(self) -> Any:
        (first, until), (low, high) = self.years, self.values
        across, up = self.width / (until - first), PLOT / (high - low)
        to_px = Affine2D().translate(-first, -high).scale(across, -up).translate(self.left, self.top)
        return to_px + self.ax.transData


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
    goals = [(goal, values[values["indicator"] == goal["id"]], fan(goal)) for _, goal in assessed.iterrows()]
    margin = _room_beside(goals, words)
    key = words.say(
        "Blue: measured, with 95% margin; open dot: provisional. Dotted: path. Black: target. "
        "Pale area: where it goes if the development goes on (80%). Each on its own scale."
    )

    def _draw(width: int) -> Figure:
        columns = 3 if width == WIDE else 1
        head = wrap(key, width)
        above = LINE * len(head) + 10
        cell = width / columns
        figure, ax = canvas(width, above + row_height * -(-len(goals) // columns))
        write(ax, 0, 0, head, color=GREY)
        for number, (goal, own, ahead) in enumerate(goals):
            left, top = cell * (number % columns), above + row_height * (number // columns)
            name = wrap(f"{goal['id']}  {goal['title']}", cell - 34, size=LETTERS, bold=True, most=3)
            for line, text in enumerate(name):
                ax.text(left + 4, top + 4 + 15 * line, text, weight="bold", va="top", fontsize=LETTERS)
            place = left + 8, top + UNDER_NAME, cell - margin
            _trend(_Plot(ax, goal["id"], *place, *_reach(goal, own, ahead, years)), goal, own, ahead, years, words)
        return figure

    return picture(title, alt, source, _draw, illustrative=bool(values["illustrative"].any()))


def _room_beside(goals: Sequence[tuple[pd.Series, pd.DataFrame, pd.DataFrame]], words: Words) -> float:
    """Return how much room the labels at the right of the plots take [px]."""
    labels = [_target_label(goal, words) for goal, _, _ in goals]
    labels += [words.measure(own["value"].iloc[-1], goal["unit"], goal["target"]) for goal, own, _ in goals if len(own)]
    lines = [line for label in labels for line in label.split("\n")]
    return 14 + max(54.0, *(width_of(line, size=LETTERS, bold=True) for line in lines))


def _target_label(goal: pd.Series, words: Words) -> str:
    if pd.isna(goal["target"]):
        return ""
    return words.say("target {value}", value=words.measure(goal["target"], goal["unit"])).replace(" ", "\n", 1)


def _reach(
    goal: pd.Series, values: pd.DataFrame, ahead: pd.DataFrame, years: tuple[int, int]
) -> tuple[tuple[float, float], tuple[float, float]]:
    """Return from and to which year and value the plot of a goal goes."""
    ends = [*values["value"], *values["low"], *values["high"], goal["target"], goal["baseline"]]
    points = pd.Series([*ends, *ahead["forecast"]], dtype=float).dropna()
    # a year is the stretch between two whole numbers: 31 December 2019 lies at 2020.0
    across = float(years[0]), years[1] + 1.3
    if points.empty:
        return across, (0.0, 1.0)
    pad = (points.max() - points.min()) * 0.32 or 1
    # a fan on three values can be wider than anything measured: it may not flatten the line
    fanned = ahead[["low", "high"]].clip(points.min() - 3 * pad, points.max() + 3 * pad)
    low = np.fmin(points.min() - pad, fanned["low"].min())
    return across, (float(low), float(np.fmax(points.max() + pad, fanned["high"].max())))


def _trend(
    plot: _Plot, goal: pd.Series, values: pd.DataFrame, ahead: pd.DataFrame, years: tuple[int, int], words: Words
) -> None:
    floor: dict[str, Any] = {"color": GREY, "linewidth": 0.8}
    plot.line(plot.years, [plot.values[0]] * 2, **floor)
    for year in years:
        at = plot.x(year + 0.5)
        plot.ax.add_artist(Line2D([at, at], [plot.bottom, plot.bottom + 3], **floor))
        plot.ax.text(at, plot.bottom + 5, str(year), ha="center", va="top", fontsize=LETTERS, color=GREY)
    if pd.notna(goal["target"]):
        _target(plot, goal, words)
    if values.empty:
        middle = plot.left + plot.width / 2, plot.top + PLOT / 2
        plot.label(*middle, words.say("no measurement"), ha="center", va="center", color=GREY)
        return
    if len(ahead):
        # dashed, in the area between its limits
        plot.area(ahead["year"], ahead["low"], ahead["high"], PALE)
        plot.line(ahead["year"], ahead["forecast"], color=LIGHT, linewidth=1.6, linestyle=(0, (4, 2)))
    _measured(plot, values)
    _label_ends(plot, goal, values, years, words)


def _measured(plot: _Plot, values: pd.DataFrame) -> None:
    at = decimal_year(values["date"])
    plot.bands(at, values["low"], values["high"], color=LIGHT, linewidth=4, alpha=0.55)
    for _, part in values.groupby(values["method_break"].cumsum()):
        # a year without a value leaves a gap
        missed = part["date"].dt.year.diff() > 1
        line = part["value"].to_numpy(dtype=float)
        holes = np.flatnonzero(missed.to_numpy())
        where = np.insert(at[part.index].to_numpy(), holes, np.nan)
        plot.line(where, np.insert(line, holes, np.nan), color=BLUE, linewidth=2)
    for year in at[values["method_break"]]:
        plot.line([year - 0.5] * 2, plot.values, color=GREY, linewidth=1, linestyle=(0, (2, 3)))
    size = 5.1 if len(values) < 13 else 3
    dots: dict[str, Any] = {"linestyle": "", "marker": "o", "markersize": size, "markeredgewidth": 1.4, "zorder": 2.5}
    for is_open, part in values.groupby(values["status"] == "provisional"):
        face = "white" if is_open else BLUE
        plot.line(at[part.index], part["value"], markeredgecolor=BLUE, markerfacecolor=face, **dots)


def _target(plot: _Plot, goal: pd.Series, words: Words) -> None:
    plot.line(plot.years, [goal["target"]] * 2, color=BLACK, linewidth=1.4)
    beside: dict[str, Any] = {"va": "center", "fontsize": LETTERS, "weight": "bold", "linespacing": 1}
    plot.ax.text(plot.right + 4, plot.y(goal["target"]), _target_label(goal, words), **beside)
    if pd.notna(goal["baseline"]):
        ends = decimal_year(pd.Series([goal["baseline_date"], goal["target_date"]]))
        plot.line(ends, [goal["baseline"], goal["target"]], color=GREY, linestyle=":", linewidth=1.8)


def _label_ends(plot: _Plot, goal: pd.Series, values: pd.DataFrame, years: tuple[int, int], words: Words) -> None:
    """Write the last value beside its dot, or in the margin clear of the target; the first beside its margin."""
    first, last, unit, target = values.iloc[0], values.iloc[-1], goal["unit"], goal["target"]
    text, y = words.measure(last["value"], unit, target), plot.y(last["value"])
    # upward is less
    gap = np.nan if pd.isna(target) else plot.y(target) - y
    at = decimal_year(values["date"])
    end: dict[str, Any] = {"color": BLUE, "weight": "bold"}
    if last["date"].year < years[1]:
        # clear of the target if that is near, of the forecast if not
        up = gap >= 0 if abs(gap) < 24 else not goal["drift"] > 0
        plot.label(plot.x(at.iloc[-1]) + 1, y - 6 if up else y + 6, text, va="bottom" if up else "top", **end)
    else:
        # the two lines of the target's label take 24 px around its own line
        away = 0.0 if pd.isna(gap) else max(0.0, 23 - abs(gap)) * (1 if gap >= 0 else -1)
        plot.label(plot.right + 4, y - away, text, va="center", **end)
    if len(values) > 1:
        _label_first(plot, values, at, words.measure(first["value"], unit), target)


def _label_first(plot: _Plot, values: pd.DataFrame, at: pd.Series, text: str, target: float) -> None:
    """Write the first value above or below its margin, unless a line or the last value is there: the table has it."""
    first = values.iloc[0]
    high, low = (plot.y(first["value"] if pd.isna(first[side]) else first[side]) for side in ("high", "low"))
    is_under = pd.notna(target) and -2 < high - plot.y(target) < 20
    across, up = plot.x(at).to_numpy(), plot.y(values["value"]).to_numpy()
    wide = width_of(text, size=LETTERS)
    # to the left of its dot the label is clear of a line that climbs, if there is room
    side = "right" if across[0] - plot.left > wide else "left"
    edge, va = (min(low + 6, plot.bottom - LETTERS - 3), "top") if is_under else (high - 6, "bottom")
    middle = edge + LETTERS / 2 * (1 if is_under else -1)
    if side == "left":
        passing = np.interp(np.linspace(across[0] - 3, across[0] + wide, 20), across, up)
        beside_last = across[0] + wide > across[-1] and abs(middle - up[-1]) < 18
        if beside_last or (abs(passing - middle) < LETTERS / 2).any():
            return
    plot.label(across[0] - 3, edge, text, ha=side, va=va, color=GREY)
