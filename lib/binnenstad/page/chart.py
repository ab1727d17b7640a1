"""What all pictures share: style, fonts, labelled rows, a key, and the way to SVG."""

from __future__ import annotations

import hashlib
import io
import re
import textwrap
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from functools import lru_cache, partial
from html import escape
from importlib.resources import files
from typing import Any, cast

import matplotlib as mpl
import numpy as np
import pandas as pd
from matplotlib import font_manager
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ft2font import LoadFlags
from matplotlib.patches import Rectangle

from binnenstad.page.blocks import Block, paragraph
from binnenstad.words import Words

WIDE, NARROW = 816, 340
LINE = 17  # px from one line of text to the next
Line = tuple[float, str, str]  # how high a level line lies, what is written beside it, and how bold
Lines = Sequence[str]  # of a text, wrapped
# at least 3:1 on white and 21.8 CIEDE2000 apart under every colour blindness (docs/method.md)
PALETTE = ("#105090", "#d07030", "#101010", "#7090d0", "#705050")
HATCHES = ("", "//", "\\\\", "x", "-")
BLUE, ORANGE, BLACK, LIGHT = PALETTE[:4]
GREY, PALE = "#595959", "#e4e8ee"
# what a matplotlibrc of the reader's machine, or of the folder of the command, could set otherwise
_KINDS = ("agg", "axes", "figure", "font", "grid", "hatch", "lines", "markers", "patch", "path", "savefig", "scatter",
          "svg", "text", "xtick", "ytick")  # fmt: skip
STYLE: dict[str, Any] = {
    str(name): value for name, value in mpl.rcParamsDefault.items() if name.partition(".")[0] in _KINDS
} | {
    "font.family": ["Open Sans", "Binnenstad Symbols"], "font.size": 13, "text.color": BLACK, "text.parse_math": False,
    # letters as wide as a browser draws them, whatever FreeType makes of a small size
    "text.hinting": "none", "svg.fonttype": "none", "svg.hashsalt": "binnenstad", "hatch.linewidth": 0.8,
    "axes.spines.top": False, "axes.spines.right": False, "axes.edgecolor": GREY, "xtick.color": GREY,
}  # fmt: skip

_NAMES = ("OpenSans-Regular.ttf", "OpenSans-Bold.ttf", "BinnenstadSymbols.ttf")
FONTS = [str(files("binnenstad.page") / "fonts" / name) for name in _NAMES]
for _font in FONTS:
    font_manager.fontManager.addfont(_font)
# the symbols have one weight: they stand in for themselves in bold text
font_manager.fontManager.ttflist.append(replace(font_manager.fontManager.ttflist[-1], weight=700))


def picture(
    title: str, what: str, source: str, draw: Callable[[int], Figure], *, illustrative: bool | pd.Series = False,
    small: bool = False,
) -> Block:  # fmt: skip
    """Return a chart as a block: caption, SVG for page and phone, source line; a ``small`` one is the same on both.

    ``draw`` gives the figure for a width in px; ``title`` states the finding and ``what`` names the picture (bar chart
    of ...): together they are its alt text, for the numbers stand in the table. Raises ``ValueError`` if one is empty.
    """
    if not title.strip() or not what.strip():
        raise ValueError("a picture needs a title and what it is; generate them from the data (a module `say`)")
    alt = f"{what}. {title}."
    svg = _svg(draw, NARROW if small else WIDE, alt)
    name = "p" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    if not small:
        narrow = f'<div class="narrow" style="display:none">{_svg(draw, NARROW, alt)}</div>'
        svg = f'<div class="wide">{svg}</div>\n{narrow}'
    below = f'<p class="source">{escape(source)}</p>\n' if source else ""
    html = f'<figure data-png="{name}">\n<figcaption>{escape(title)}</figcaption>\n{svg}\n{below}</figure>'
    pngs = ((f"{name}-narrow", partial(_png, draw, NARROW)),)
    return Block(html, f"{textwrap.fill(alt, 78)}\n{source}".strip(), bool(np.any(illustrative)), pngs)


def nothing(words: Words) -> Block:
    """Return what stands where there is nothing to draw."""
    return paragraph(words.say("There are no figures to draw here."))


def _svg(draw: Callable[[int], Figure], width: int, alt: str) -> str:
    svg = _drawn(draw, width, format="svg", transparent=True, metadata={"Date": None}).decode()
    svg = re.sub(r"\s*<metadata>.*?</metadata>", "", svg[svg.index("<svg") :], flags=re.S)
    svg = re.sub(r' (width|height)="[\d.]+pt"', "", svg, count=2)
    # ids must be unique over all pictures of a report
    prefix = "f" + hashlib.sha256(svg.encode()).hexdigest()[:8]
    svg = re.sub(r"<[^>]+>", lambda tag: re.sub(r'(\bid="|href="#|url\(#)', rf"\g<1>{prefix}-", tag.group()), svg)
    head = f'<svg role="img" aria-label="{escape(alt)}" style="max-width:{width}px" '
    return svg.replace("<svg ", head, 1).strip()


def _png(draw: Callable[[int], Figure], width: int) -> bytes:
    """Draw a picture as PNG, at twice its width for sharp screens; the same bytes every time."""
    # 72 dots to the inch is one px of the canvas
    return _drawn(draw, width, format="png", dpi=144, facecolor="white", metadata={"Software": None})


def _drawn(draw: Callable[[int], Figure], width: int, **how: Any) -> bytes:
    with mpl.rc_context(cast(Any, STYLE)):
        buffer = io.BytesIO()
        draw(width).savefig(buffer, **how)
    return buffer.getvalue()


def rows(
    width: int, labels: Sequence[Lines], below: Sequence[float], *, head: Lines = (), above: float = 0, foot: float = 0
) -> tuple[Figure, Axes, Iterator[float]]:
    """Return a figure of labelled rows, its axes in px from the top left, and where in each row there is room to draw.

    Parameters: the lines of each label and the room [px] below it; the grey lines of a key on top, the room
    above the first row, and under the last. A label is written when its row is asked for, so that a
    reader who walks the texts meets the rows one after the other.
    """
    top = LINE * len(head) + above
    heights = [LINE * len(label) + room for label, room in zip(labels, below, strict=True)]
    height = top + sum(heights) + foot
    figure = Figure(figsize=(width / 72, height / 72))
    ax = figure.add_axes((0, 0, 1, 1), xlim=(0, width), ylim=(height, 0))
    ax.axis("off")
    write(ax, 0, 0, head, color=GREY)

    def _places(top: float) -> Iterator[float]:
        for label, row in zip(labels, heights, strict=True):
            write(ax, 0, top, label, weight="bold")
            yield top + LINE * len(label)
            top += row

    return figure, ax, _places(top)


def write(ax: Axes, x: float, y: float, lines: str | Lines, **style: Any) -> None:
    """Write lines of text from (x, y) downward."""
    for number, line in enumerate([lines] if isinstance(lines, str) else lines):
        ax.text(x, y + LINE * number, line, va="top", **style)


def width_of(text: str, *, size: int = 13, bold: bool = False) -> float:
    """Return how wide a text is in px, measured in the font it is drawn with, and 4 % for a browser's rounding."""
    return sum(_advance(letter, bold) for letter in text) * size * 1.04


@lru_cache(maxsize=1024)
def _advance(letter: str, bold: bool) -> float:
    """Return the width of a letter in a font of size 1; these fonts have no pairs that are set closer."""
    own, symbols = (font_manager.get_font([name]) for name in (FONTS[1 if bold else 0], FONTS[2]))
    font = own if own.get_char_index(ord(letter)) else symbols
    font.set_size(100, 72)
    return float(font.load_char(ord(letter), flags=LoadFlags.NO_HINTING).linearHoriAdvance) / 65536 / 100


def wrap(text: str, width: float, *, size: int = 13, bold: bool = False, most: int = 9) -> list[str]:
    """Break a text into lines that fit ``width`` px, too long words as well; beyond ``most`` lines it ends in dots."""

    def _fits(line: str) -> bool:
        return width_of(line, size=size, bold=bold) <= width

    lines, rest = [""], text.split()
    while rest:
        word = rest.pop(0)
        longer = f"{lines[-1]} {word}".strip()
        if _fits(longer) or len(word) == 1:
            lines[-1] = longer
        elif lines[-1]:
            lines.append("")
            rest.insert(0, word)
        else:
            cut = next(n for n in range(len(word) - 1, 0, -1) if n == 1 or _fits(word[:n] + "-"))
            # where the word has a sign of its own to break after, it needs no hyphen
            cut = max(word.rfind("-", 0, cut), word.rfind("/", 0, cut)) + 1 or cut
            lines[-1:] = [word[:cut] + "-" * (word[cut - 1] not in "-/"), ""]
            rest.insert(0, word[cut:])
    if len(lines) <= most:
        return lines
    last = lines[most - 1]
    while last and not _fits(last + "…"):
        last = last[:-1]
    return [*lines[: most - 1], last.rstrip() + "…"]


def label_lines(ax: Axes, lines: Sequence[Line], height: float) -> None:
    """Write beside level lines of a plot of this height [px] what they are, pushed apart where two lie close."""
    low, high = ax.get_ylim()
    px, place = height / (high - low), float("-inf")
    for level, text, weight in sorted(lines, key=lambda line: line[0]):
        place = max(place + LINE - 2, level * px)
        at: Any = {"xy": (1, level), "xycoords": ("axes fraction", "data"), "xytext": (6, place - level * px)}
        at |= {"textcoords": "offset points", "fontsize": 12, "color": BLACK if weight == "bold" else GREY}
        ax.annotate(text, va="center", weight=weight, annotation_clip=False, **at)


def bar(ax: Axes, x: float, y: float, length: float, height: float, series: int) -> None:
    """Draw a bar in the colour and hatch of a series."""
    colour, hatch = PALETTE[series], HATCHES[series]
    # the limits of a canvas are given: nothing need be measured for them
    ax.add_artist(Rectangle((x, y), length, height, facecolor=colour, hatch=hatch, edgecolor="white", linewidth=0.8))


def key(texts: Sequence[str], width: int) -> list[tuple[str, float, int]]:
    """Return the entries of a key, each cut to what one line holds, and where they go: as many on a line as fit."""
    entries = []
    x, y = 0.0, 0
    for text in texts:
        entry = wrap(text, width - 24, most=1)[0]
        need = 22 + width_of(entry)
        if x and x + need > width:
            x, y = 0.0, y + 20
        entries.append((entry, x, y))
        x += need + 18
    return entries
