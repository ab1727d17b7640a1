"""A table as a screen reader can walk it: the numbers behind a picture."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import pandas as pd

from binnenstad.page.blocks import Block, slug

MISSING = "–"
Column = tuple[str, list[str]]


def table(
    caption: str, columns: Sequence[Column], *, text: Sequence[str] = (), last: bool = False, illustrative: bool = False
) -> Block:
    """Return a table block from columns of written cells (head, cells), the first heading its rows; nothing for none.

    ``text`` names the columns that hold words; the others are aligned as numbers. ``last`` sets the
    last row apart as a total. Raises ``ValueError`` for columns of unequal length.
    """
    names, rows = [name for name, _ in columns], list(zip(*(cells for _, cells in columns), strict=True))
    if not rows:
        return Block("", "")
    sides = ["" if name in text or not at else ' class="n"' for at, name in enumerate(names)]
    # the roles keep it a table for a screen reader when a phone shows each row as a block
    head = "".join(
        f'<th role="columnheader" scope="col"{side}>{_soft(name)}</th>' for name, side in zip(names, sides, strict=True)
    )
    body = "\n".join(_row(row, names, text, total=last and row is rows[-1]) for row in rows)
    anchor = "t-" + slug(caption + head + body)
    look = _look(len(names), len(rows))
    html = (
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{anchor}"><table role="table"{look}>\n'
        f'<caption id="{anchor}">{escape(caption)}</caption>\n'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{body}\n</tbody>\n</table></div>'
    )
    return Block(html, "\n".join([caption, *(_spoken(names, row) for row in rows)]), illustrative)


def _spoken(names: Sequence[str], row: Sequence[str]) -> str:
    return "; ".join(f"{name}: {cell}" for name, cell in zip(names, row, strict=True))


def _look(columns: int, rows: int) -> str:
    classes = " ".join(["dense"] * (columns > 6) + ["short"] * (rows <= 8))
    return f' class="{classes}"' if classes else ""


def _row(cells: Sequence[str], names: Sequence[str], text: Sequence[str], *, total: bool) -> str:
    mark = ' class="total"' if total else ""
    rest = "".join(
        f'<td role="cell"{_classes(name, cell, text)} data-label="{escape(name)}">{_soft(cell)}</td>'
        for name, cell in zip(names[1:], cells[1:], strict=True)
    )
    return f'<tr role="row"{mark}><th role="rowheader" scope="row">{_soft(cells[0])}</th>{rest}</tr>'


def _classes(name: str, cell: str, text: Sequence[str]) -> str:
    """Return the class of a cell: aligned as a number, and left out on a phone where there is nothing."""
    classes = ["n"] * (name not in text) + ["none"] * (cell == MISSING)
    return f' class="{" ".join(classes)}"' if classes else ""


def _soft(text: str) -> str:
    """Escape a text, and let a word longer than a column break: one such word would push the numbers off a page."""
    # a hyphen is a place to break already
    parts = re.split(r"([^\s-]{25,})", text)
    return "".join(
        "<wbr>".join(escape(part[at : at + 10]) for at in range(0, len(part), 10)) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def written(value: Any, write: Callable[[Any], str]) -> str:
    """Return a value as ``write`` writes it, and a dash where it is missing."""
    return MISSING if pd.isna(value) else write(value)
