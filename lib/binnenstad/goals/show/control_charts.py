"""Control charts: a quarterly or monthly series between the limits of what it always does."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.words import Words

PLOT, ROW = 130, 210  # px: the height of one chart, and of a chart with its name and axis


def draw_control(
    charts: Mapping[str, pd.DataFrame], assessed: pd.DataFrame, words: Words, title: str, what: str, source: str
) -> Block:
    """Draw one control chart per series, by the id of its goal; nothing without any.

    Parameters: the results of ``control.control_chart``; ``assessed`` from ``goals.assess`` for names, units
    and targets. Points with a signal are open and orange with a ring, so that grey print shows them too.
    """
    if not charts:
        return Block("", "")
    ratio = assessed["seasonal"].astype(bool)
    # a target holds for the values, not for their ratio to those of a year earlier
    held = assessed.assign(unit=assessed["unit"].mask(ratio, "share"), target=assessed["target"].mask(ratio))
    goals = {goal["id"]: goal for _, goal in held.iterrows()}
    key = words.say("Line: mean. Dashed: computed limits. Thick line: target. Ring: a sign. A gap: not measured.")

    def _draw(width: int) -> Figure:
        keys = chart.wrap(key, width)
        top = chart.LINE * len(keys) + 10
        height = top + ROW * len(charts)
        figure = Figure(figsize=(width / 72, height / 72))
        for line, text in enumerate(keys):
            figure.text(0, 1 - chart.LINE * line / height, text, va="top", color=chart.GREY)
        for name, values in charts.items():
            goal = goals[name]
            head = words.pattern("{name}: ratio to the same period a year earlier") if goal["seasonal"] else "{name}"
            name = head.format(name=f"{goal['id']}  {goal['title']}")
            label = "\n".join(chart.wrap(name, width - 8, bold=True, most=2))
            figure.text(0, 1 - top / height, label, weight="bold", va="top", linespacing=1.1)
            lines = _lines(goal, values.iloc[-1], words)
            margin = 12 + max(chart.width_of(text, size=12) for _, text, _ in [*lines, (0, "", "")])
            box = (10 / width, 1 - (top + 42 + PLOT) / height, (width - 10 - margin) / width, PLOT / height)
            _plot(figure.add_axes(box), values, goal["target"], lines, words)
            top += ROW
        return figure

    return chart.picture(title, what, source, _draw, illustrative=assessed["illustrative"])


def _lines(goal: pd.Series, last: pd.Series, words: Words) -> list[chart.Line]:
    """Return the lines that are named at the right."""
    names = ["upper", "centre", "lower"]
    written = dict(zip(names, words.measures(list(last[names]), goal["unit"]), strict=True))
    written["centre"] = words.say("mean {value}", value=written["centre"])
    lines = [(last[name], text, "normal") for name, text in written.items() if pd.notna(last["centre"])]
    if pd.notna(goal["target"]):
        target = words.say("target {value}", value=words.measure(goal["target"], goal["unit"]))
        lines.append((goal["target"], target, "bold"))
    return lines


def _plot(ax: Axes, values: pd.DataFrame, target: float, lines: Sequence[chart.Line], words: Words) -> None:
    periods, values = values.index, values.reset_index(drop=True)
    for _, part in values.groupby("stretch"):
        for name, style in (("centre", "-"), ("lower", (0, (4, 3))), ("upper", (0, (4, 3)))):
            stretch = [part.index[0] - 0.4, part.index[-1] + 0.4]
            ax.plot(stretch, [part[name].iloc[0]] * 2, color=chart.GREY, linewidth=1.2, linestyle=style)
    if pd.notna(target):
        ax.axhline(target, color=chart.BLACK, linewidth=2.4)
    ax.plot(values["value"], color=chart.BLUE, linewidth=1.6)
    usual, signs = (values.loc[(values["signal"] != "") == is_sign, "value"] for is_sign in (False, True))
    ax.scatter(usual.index, usual, s=18, color=chart.BLUE, zorder=3)
    ax.scatter(signs.index, signs, s=60, facecolor="white", edgecolor=chart.ORANGE, linewidth=2, zorder=3)
    ax.scatter(signs.index, signs, s=12, color=chart.BLACK, zorder=4)
    ends = sorted({0, len(values) - 1})
    ax.set_xticks(ends, [words.period(periods[end]) for end in ends], fontsize=12)
    ax.get_xticklabels()[-1].set_horizontalalignment("right")
    ax.get_xticklabels()[0].set_horizontalalignment("left")
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xlim(-0.5, len(values) - 0.5)
    chart.label_lines(ax, lines, PLOT)
