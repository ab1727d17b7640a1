"""Trends: how a goal moved through the years, and where it goes if that goes on."""

from __future__ import annotations

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from binnenstad.goals import decimal_year, fan, on_scale
from binnenstad.goals.status import begin_to_value, status_label
from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.words import Words

PLOT, HEIGHT = 110, 144  # px: the height of the plot, and of the picture with its years
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
    label = [words.say("target"), words.measure(goal["target"], goal["unit"])]
    events = decimal_year(turned.loc[turned["indicator"] == goal["id"], "date"])

    def _draw(width: int) -> Figure:
        figure = Figure(figsize=(width / 72, HEIGHT / 72))
        beside = max(54.0, *(chart.width_of(line, size=LETTERS, bold=True) for line in label))
        box = (8 / width, 1 - (8 + PLOT) / HEIGHT, (width - 24 - beside) / width, PLOT / HEIGHT)
        ax = figure.add_axes(box, xlim=(span[0], span[1] + 1.3), ylim=_reach(told, points, ahead), yticks=[])
        ax.set_xticks([year + 0.5 for year in span], [str(year) for year in span], fontsize=LETTERS)
        ax.spines["left"].set_visible(False)
        for at in events:
            ax.axvline(at, color=chart.ORANGE, linewidth=1.2)
        _draw_target(ax, told, "\n".join(label))
        ax.fill_between(ahead["year"], ahead["low"], ahead["high"], facecolor=chart.PALE, linewidth=0)
        # dashed, in the area between its limits
        ax.plot(ahead["year"], ahead["forecast"], color=chart.LIGHT, linewidth=1.6, linestyle=(0, (4, 2)))
        _draw_values(ax, points.assign(year=decimal_year(points["date"])))
        return figure

    what = words.say("Line through the years of {goal}", goal=goal["title"])
    return chart.picture(_course(goal, words), what, "", _draw, illustrative=own["illustrative"], small=True)


def span_of(assessed: pd.DataFrame, values: pd.DataFrame) -> tuple[int, int]:
    """Return the first and last year that lines of these goals show, the same for all; 0 where there are no dates."""
    dates = pd.concat([assessed["target_date"], assessed["baseline_date"], values["date"]]).dropna()
    return (int(dates.dt.year.min()), int(dates.dt.year.max())) if len(dates) else (0, 0)


def key_of_trends(words: Words) -> str:
    """Return what the lines and colours of ``draw_trend`` are."""
    return words.say(
        "Blue: measured, with 95% margin; open dot: provisional. Dotted: path. Black: target. Pale area: where it goes "
        "if the development goes on (80%). Orange, upright: an event. Each on its own scale."
    )


def _points(goal: pd.Series, values: pd.DataFrame) -> pd.DataFrame:
    """Return what is drawn of a goal: its values, and before them the baseline they are held against."""
    if pd.isna(goal["baseline"]) or not goal["baseline_date"] < values["date"].min():
        return values
    begin = {"date": goal["baseline_date"], "value": goal["baseline"], "method_break": False, "status": "final"}
    return pd.concat([pd.DataFrame([begin]), values], ignore_index=True)


def _course(goal: pd.Series, words: Words) -> str:
    """Return the two values a goal is held by, in words; the only one, or why there is none."""
    if pd.isna(goal["value"]):
        return status_label(goal["status"], words)
    old, new = begin_to_value(goal, words)
    told = {"new": new, "year": goal["date"].year}
    if not goal["change_since"] < goal["date"]:
        return words.say("{new} ({year})", **told)
    return words.say("from {old} ({since}) to {new} ({year})", old=old, since=goal["change_since"].year, **told)


def _reach(goal: pd.Series, values: pd.DataFrame, ahead: pd.DataFrame) -> tuple[float, float]:
    """Return from and to which value the plot of a goal goes."""
    drawn = [*values["value"], *values["low"], *values["high"], *ahead["forecast"], goal["target"], goal["baseline"]]
    points = pd.Series(drawn, dtype=float).dropna()
    pad = (points.max() - points.min()) * 0.32 or 1
    # a fan on three values can be wider than anything measured: it may not flatten the line
    fanned = ahead[["low", "high"]].clip(points.min() - 3 * pad, points.max() + 3 * pad)
    low, high = fanned["low"].min(), fanned["high"].max()
    return float(np.fmin(points.min() - pad, low)), float(np.fmax(points.max() + pad, high))


def _draw_target(ax: Axes, goal: pd.Series, label: str) -> None:
    if pd.isna(goal["target"]):
        return
    begin, target = goal["baseline"], goal["target"]
    ax.axhline(target, color=chart.BLACK, linewidth=1.4)
    chart.label_lines(ax, [(target, label, "bold")], PLOT)
    if pd.notna(begin) and not goal["keep"]:
        ends = decimal_year(pd.Series([goal["baseline_date"], goal["target_date"]]))
        growth = goal["path_shape"] == "growth" and min(begin, target, goal["value"]) > 0
        part = np.linspace(0, 1, 13 if growth else 2)
        path = begin * (target / begin) ** part if growth else begin + (target - begin) * part
        ax.plot(ends[0] + (ends[1] - ends[0]) * part, path, color=chart.GREY, linestyle=":", linewidth=1.8)


def _draw_values(ax: Axes, values: pd.DataFrame) -> None:
    ax.vlines(values["year"], values["low"], values["high"], color=chart.LIGHT, linewidth=4, alpha=0.55)
    for _, part in values.groupby(values["method_break"].cumsum()):
        # a year without a value leaves a gap
        gaps = np.flatnonzero(part["date"].dt.year.diff() > 1)
        line = np.insert(part[["year", "value"]].to_numpy(), gaps, np.nan, axis=0)
        ax.plot(*line.T, color=chart.BLUE, linewidth=2)
    for year in values.loc[values["method_break"], "year"]:
        ax.axvline(year - 0.5, color=chart.GREY, linewidth=1, linestyle=(0, (2, 3)))
    size = 5.1 if len(values) < 13 else 3
    for is_open, part in values.groupby(values["status"] == "provisional"):
        inside = "white" if is_open else chart.BLUE
        ax.plot(
            part["year"], part["value"], "o", mec=chart.BLUE, mfc=inside, ms=size, mew=1.4, zorder=2.5, clip_on=False
        )
