"""Pictures: computed frames -> SVG a council member can read, wide and on a phone.

Each picture is drawn twice, for a page and for a phone, because a wide chart
scaled to a phone has letters of 6 px. Style sheets show one of the two.
Text stays text; colours come last, after shape and word.
"""

from __future__ import annotations

import hashlib
import io
import re
import textwrap
from collections.abc import Callable
from dataclasses import replace
from html import escape
from importlib.resources import files

import matplotlib as mpl
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Rectangle

from binnenstad.blocks import SYMBOLS, Block, paragraph, status_label
from binnenstad.text import Words

WIDE, NARROW = 720, 340
# at least 3:1 on white and 21.8 CIEDE2000 apart under every colour blindness (measured, docs/method.md)
PALETTE = ("#105090", "#d07030", "#101010", "#7090d0", "#705050")
HATCHES = ("", "//", "\\\\", "x", "-")
BLUE, ORANGE, BLACK = PALETTE[:3]
GREY, PALE = "#595959", "#e4e8ee"
STYLE = {
    "font.family": ["Open Sans", "Binnenstad Symbols"], "font.size": 13, "svg.fonttype": "none", "text.color": BLACK,
    "svg.hashsalt": "binnenstad", "hatch.linewidth": 0.8, "axes.spines.top": False, "axes.spines.right": False,
    "axes.edgecolor": GREY, "xtick.color": GREY, "ytick.color": GREY, "text.parse_math": False,
}  # fmt: skip

for _font in ("OpenSans-Regular.ttf", "OpenSans-Bold.ttf", "BinnenstadSymbols.ttf"):
    font_manager.fontManager.addfont(str(files("binnenstad") / "fonts" / _font))
# the symbols have one weight: they stand in for themselves in bold text
_symbols = font_manager.fontManager.ttflist[-1]
font_manager.fontManager.ttflist.append(replace(_symbols, weight=700))


def picture(title: str, alt: str, draw: Callable[[int], Figure], source: str, *, illustrative: bool = False) -> Block:
    """Return a chart as a block: caption, SVG for page and phone, source line.

    ``draw`` gives the figure for a width in px; ``alt`` says in words what it shows. Raises
    ``ValueError`` for an empty title or alt text: a picture without words is no picture.
    """
    if not title.strip() or not alt.strip():
        raise ValueError("a picture needs a title and an alt text; generate them from the data (module findings)")
    svgs = [
        f'<div class="{name}"{hidden}>{_svg(draw, width, alt)}</div>'
        for name, width, hidden in [("wide", WIDE, ""), ("narrow", NARROW, ' style="display:none"')]
    ]
    html = (
        f"<figure>\n<figcaption>{escape(title)}</figcaption>\n" + "\n".join(svgs)
        + f'\n<p class="source">{escape(source)}</p>\n</figure>'
    )  # fmt: skip
    return Block(html, f"{title}\n{textwrap.fill(alt, 78)}\n{source}", illustrative)


def _svg(draw: Callable[[int], Figure], width: int, alt: str) -> str:
    with mpl.rc_context(STYLE):
        buffer = io.StringIO()
        draw(width).savefig(buffer, format="svg", transparent=True, metadata={"Date": None})
    svg = buffer.getvalue()
    svg = svg[svg.index("<svg") :]
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg, flags=re.S)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    # ids must be unique over all pictures of a report
    prefix = "f" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r'\bid="', f'id="{prefix}-', svg)
    svg = re.sub(r'(href="#|url\(#)', rf"\g<1>{prefix}-", svg)
    head = f'<svg role="img" aria-label="{escape(alt)}" style="max-width:{width}px" '
    return svg.replace("<svg ", head, 1).strip()


def draw_attainment(assessed: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw each goal as a bar from baseline to target; a goal without attainment says why instead.

    Parameters: the result of ``goals.assess``; title, alt text and source line.
    """
    if assessed.empty:
        return _nothing(words)
    rows = [(goal, *_goal_words(goal, words)) for _, goal in assessed.iterrows()]

    def draw(width: int) -> Figure:
        wrapped = [(g, _wrap(f"{g['id']}  {g['title']}", width, bold=True), _wrap(line, width)) for g, line in rows]
        heights = [17 * (len(name) + len(line)) + (56 if pd.notna(g["attainment"]) else 20) for g, name, line in wrapped]
        key = _wrap(words.say("Bar: part of the agreed change. Dashed line: where the straight path is now. Thick line: target."), width)
        top = 17 * len(key) + 14
        figure, ax = _canvas(width, top + sum(heights))
        _write(ax, 0, 0, key, color=GREY)
        for height, (goal, name, line) in zip(heights, wrapped, strict=True):
            _write(ax, 0, top, name, weight="bold")
            _write(ax, 0, top + 17 * len(name), line)
            if pd.notna(goal["attainment"]):
                _bullet(ax, goal, top + 17 * (len(name) + len(line)) + 4, width, words)
            top += height
        return figure

    return picture(title, alt, draw, source, illustrative=bool(assessed["illustrative"].any()))


def _goal_words(goal: pd.Series, words: Words) -> tuple[str]:
    unit, label = goal["unit"], status_label(goal["status"], words, keep=goal["keep"])
    parts = [f"{SYMBOLS[goal['status']]} {label}"]
    if pd.notna(goal["value"]):
        parts.append(f"{words.measure(goal['value'], unit, goal['target'])} {goal['unit_label']}")
    if pd.notna(goal["target"]) and pd.isna(goal["attainment"]):
        bound = words.pattern("at least {target}") if goal["direction"] == "at_least" else words.pattern("at most {target}")
        parts.append(words.say("target {bound}", bound=bound.format(target=words.measure(goal["target"], unit))))
    if pd.notna(goal["attainment"]):
        parts.append(words.say("{share} of the agreed change", share=words.percent(goal["attainment"])))
    return ("; ".join(parts),)


def _bullet(ax: Axes, goal: pd.Series, top: float, width: int, words: Words) -> None:
    left, right, height = 26, width - 14, 18
    scale = right - left
    ax.add_patch(Rectangle((left, top), scale, height, facecolor=PALE, edgecolor=GREY, linewidth=0.8))
    length = min(max(goal["attainment"], -0.06), 1.0)
    hatch = "////" if length < 0 else ""
    start = left + min(length, 0) * scale
    ax.add_patch(Rectangle((start, top + 4), abs(length) * scale, height - 8, facecolor="white" if hatch else BLUE, edgecolor=BLUE, hatch=hatch))
    if pd.notna(goal["path"]) and not goal["keep"]:
        at = left + scale * (goal["path"] - goal["baseline"]) / (goal["target"] - goal["baseline"])
        ax.plot([at, at], [top - 3, top + height + 3], color=BLACK, linewidth=1.6, linestyle=(0, (3, 2)))
        _write(ax, at, top + height + 4, [words.say("path {value}", value=words.measure(goal["path"], goal["unit"]))], ha="center")
    ax.plot([right, right], [top - 4, top + height + 4], color=BLACK, linewidth=4)
    _write(ax, left, top + height + 4, [words.measure(goal["baseline"], goal["unit"])], color=GREY)
    _write(ax, width, top + height + 4, [words.measure(goal["target"], goal["unit"])], ha="right", weight="bold")


def draw_trends(assessed: pd.DataFrame, values: pd.DataFrame, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw each goal through the years: measured values, target line and, where a baseline is agreed, the path.

    Parameters: the result of ``goals.assess``; ``values`` as ``goals.known_values`` with ``low`` and
    ``high`` of the 95 % interval. Years without a value leave a gap; provisional values are open dots.
    """
    if values.empty:
        return _nothing(words)
    years = _years(assessed, values)

    def draw(width: int) -> Figure:
        columns = 3 if width == WIDE else 1
        rows = -(-len(assessed) // columns)
        height, cell = 178, width / columns
        figure = Figure(figsize=(width / 72, rows * height / 72))
        for number, (_, goal) in enumerate(assessed.iterrows()):
            column, row = number % columns, number // columns
            name = _wrap(f"{goal['id']}  {goal['title']}", cell - 12, bold=True, most=3)
            box = [(column * cell + 8) / width, 1 - (row * height + 152) / (rows * height), (cell - 62) / width, 84 / (rows * height)]
            figure.text(column * cell / width + 4 / width, 1 - (row * height + 4) / (rows * height), "\n".join(name), weight="bold", va="top", fontsize=12, linespacing=1.1)
            _trend(figure.add_axes(box), goal, values[values["indicator"] == goal["id"]], years, words)
        return figure

    illustrative = bool(values["illustrative"].any())
    return picture(title, alt, draw, source, illustrative=illustrative)


def _years(assessed: pd.DataFrame, values: pd.DataFrame) -> tuple[int, int]:
    dates = pd.concat([assessed["target_date"], assessed["baseline_date"], values["date"]]).dropna()
    return (int(dates.dt.year.min()), int(dates.dt.year.max())) if len(dates) else (2000, 2001)


def _trend(ax: Axes, goal: pd.Series, values: pd.DataFrame, years: tuple[int, int], words: Words) -> None:
    unit, at = goal["unit"], values["date"].dt.year
    points = [*values["value"], goal["target"], goal["baseline"]]
    points = [p for p in points if pd.notna(p)] or [0, 1]
    pad = (max(points) - min(points)) * 0.18 or 1
    ax.set_xlim(years[0] - 0.3, years[1] + 0.3)
    ax.set_ylim(min(points) - pad, max(points) + pad)
    ax.set_yticks([])
    ax.spines["left"].set_visible(False)
    ax.set_xticks([years[0], years[1]], [str(y) for y in years], fontsize=12)
    ax.tick_params(length=3, pad=2)
    if pd.notna(goal["target"]):
        ax.axhline(goal["target"], color=BLACK, linewidth=1.4)
        _beside(ax, goal["target"], words.say("target {value}", value=words.measure(goal["target"], unit)), weight="bold")
    if pd.notna(goal["baseline"]) and pd.notna(goal["target"]):
        ax.plot([goal["baseline_date"].year, goal["target_date"].year], [goal["baseline"], goal["target"]], color=GREY, linestyle=":", linewidth=1.8)
    if values.empty:
        ax.text(0.5, 0.5, words.say("no measurement"), transform=ax.transAxes, ha="center", va="center", color=GREY)
        return
    ax.vlines(at, values["low"], values["high"], color=PALETTE[3], linewidth=4, alpha=0.55)
    every = values.set_index(at)["value"].groupby(level=0).last().reindex(range(at.min(), at.max() + 1))
    ax.plot(every.index, every, color=BLUE, linewidth=2)
    faces = ["white" if status == "provisional" else BLUE for status in values["status"]]
    ax.scatter(at, values["value"], s=26, color=faces, edgecolor=BLUE, linewidth=1.4, zorder=3)
    last = values.iloc[-1]
    offset = 1 if pd.isna(goal["target"]) or last["value"] >= goal["target"] else -1
    ax.annotate(words.measure(last["value"], unit, goal["target"]), (at.iloc[-1], last["value"]), (0, 9 * offset), textcoords="offset points", ha="center", va="bottom" if offset > 0 else "top", color=BLUE, weight="bold", fontsize=12)


def _beside(ax: Axes, y: float, text: str, **style: str) -> None:
    first, _, rest = text.partition(" ")
    ax.annotate(f"{first}\n{rest}", (1, y), (4, 0), xycoords=("axes fraction", "data"), textcoords="offset points", va="center", fontsize=12, linespacing=1.0, annotation_clip=False, **style)


def draw_shares(shares: pd.DataFrame, names: pd.Series, words: Words, title: str, alt: str, source: str) -> Block:
    """Draw share of the costs (square) against share of the benefit (round), per partner, sorted.

    Parameters: the result of ``fairness.compare_shares``; ``names`` the title per partner id.
    """
    if shares[["cost_share", "benefit_share"]].dropna().empty:
        return _nothing(words)
    most = max(0.1, -(-shares[["cost_share", "benefit_share"]].max().max() // 0.1) * 0.1)

    def draw(width: int) -> Figure:
        row, top = 50, 30
        figure, ax = _canvas(width, top + row * len(shares) + 26)
        left, right = 10, width - 14
        _key(ax, [("s", ORANGE, words.say("share of the costs")), ("o", BLUE, words.say("share of the benefit"))], width)
        for tick in range(0, round(most * 100) + 1, 20 if most > 0.5 else 10):
            x = left + (right - left) * tick / 100 / most
            ax.plot([x, x], [top, top + row * len(shares)], color=PALE, linewidth=1, zorder=0)
            _write(ax, x, top + row * len(shares) + 4, [words.percent(tick / 100)], ha="center" if tick else "left", color=GREY)
        for partner, share in shares.iterrows():
            _write(ax, left - 10, top + 4, [names[partner]], weight="bold")
            points = words.number(share["difference"] * 100)
            sign = "+" if share["difference"] > 0 else ""
            _write(ax, width, top + 4, [words.say("{points} points", points=sign + points)], ha="right", color=GREY)
            at = [left + (right - left) * share[name] / most for name in ("cost_share", "benefit_share")]
            ax.plot(at, [top + 33] * 2, color=GREY, linewidth=2, zorder=1)
            ax.scatter(at[1], top + 33, s=95, color=BLUE, zorder=2)
            ax.scatter(at[0], top + 33, s=80, marker="s", color=ORANGE, edgecolor="white", zorder=3)
            top += row
        return figure

    return picture(title, alt, draw, source)


def draw_stacked(amounts: pd.DataFrame, names: pd.Series, series: dict[str, str], words: Words, title: str, alt: str, source: str) -> Block:
    """Draw amounts [EUR] as one bar per row, stacked by column, the total at its label; at most five columns.

    Parameters: ``amounts`` rows x series; ``names`` the title per row; ``series`` the title per column.
    """
    if not amounts.to_numpy().sum():
        return _nothing(words)

    def draw(width: int) -> Figure:
        shown = [column for column in amounts.columns if amounts[column].sum() > 0][: len(PALETTE)]
        keys = [("s", PALETTE[i], series[column], HATCHES[i]) for i, column in enumerate(shown)]
        top = _key_height(keys, width) + 8
        row = 46
        figure, ax = _canvas(width, top + row * len(amounts))
        _key(ax, keys, width)
        scale = (width - 2) / max(amounts.sum(axis=1).max(), 1)
        for name, amount in amounts.iterrows():
            _write(ax, 0, top, _wrap(names[name], width - 110, bold=True, most=1), weight="bold")
            _write(ax, width, top, [words.eur(amount.sum())], ha="right")
            x = 1.0
            for i, column in enumerate(shown):
                length = amount[column] * scale
                ax.add_patch(Rectangle((x, top + 19), length, 17, facecolor=PALETTE[i], hatch=HATCHES[i], edgecolor="white", linewidth=0.8))
                x += length
            top += row
        return figure

    return picture(title, alt, draw, source)


def _nothing(words: Words) -> Block:
    return paragraph(words.say("There are no figures to draw here."))


def _canvas(width: int, height: float) -> tuple[Figure, Axes]:
    """Return a figure whose one axes is measured in px from the top left."""
    figure = Figure(figsize=(width / 72, height / 72))
    ax = figure.add_axes((0, 0, 1, 1))
    ax.set_xlim(0, width)
    ax.set_ylim(height, 0)
    ax.axis("off")
    return figure, ax


def _write(ax: Axes, x: float, y: float, lines: list[str], **style: str) -> None:
    for number, line in enumerate(lines):
        ax.text(x, y + 17 * number, line, va="top", **style)


def _wrap(text: str, width: float, *, bold: bool = False, most: int = 9) -> list[str]:
    lines = textwrap.wrap(text, max(8, int(width / (7.6 if bold else 7.0))))
    return lines if len(lines) <= most else [*lines[: most - 1], lines[most - 1][:-1] + "…"]


def _key_height(keys: list[tuple[str, ...]], width: int) -> int:
    return 20 * (len(keys) if width == NARROW else -(-len(keys) // 2))


def _key(ax: Axes, keys: list[tuple[str, ...]], width: int) -> None:
    columns = 1 if width == NARROW and len(keys) > 2 else 2
    for number, (marker, color, text, *hatch) in enumerate(keys):
        x, y = width / 2 * (number % columns), 20 * (number // columns)
        if hatch:
            ax.add_patch(Rectangle((x + 1, y + 2), 14, 12, facecolor=color, hatch=hatch[0], edgecolor="white", linewidth=0.8))
        else:
            ax.scatter(x + 8, y + 9, marker=marker, s=70, color=color)
        _write(ax, x + 22, y, [text])
