"""A table as a screen reader can walk it: the numbers behind a picture."""

from __future__ import annotations

import base64
import csv
import io
import re
from collections.abc import Callable, Iterable, Sequence
from html import escape
from typing import Any, NamedTuple

import numpy as np
import pandas as pd

from binnenstad.page.blocks import Block, slug

MISSING = "–"
FORMULA = re.compile(r"^(?:[=@\t\r]|[-+](?![\d.,]+%?$))")


class Column(NamedTuple):
    """A column: its head, what it holds, how that is written, and whether it holds words or numbers.

    ``values`` may be a frame: ``write`` then takes the cells of a row, such as a value and its unit. A
    value that is missing, or the first of a row, is a dash. A cell may be a ``Block``: a link, or a drawing.
    """

    head: str
    values: Iterable[Any]
    write: Callable[..., Any] = str
    text: bool = False

    def cells(self) -> list[Any]:
        """Return the cells as they are written."""
        values = self.values
        rows = values.itertuples(index=False, name=None) if isinstance(values, pd.DataFrame) else ((v,) for v in values)
        return [MISSING if pd.isna(v) else v if isinstance(v, Block) else self.write(v, *more) for v, *more in rows]


def table(
    caption: str, columns: Sequence[tuple[Any, ...]], *, text: Sequence[str] = (), last: bool = False,
    illustrative: bool | pd.Series = False,
) -> Block:  # fmt: skip
    """Return a table block of columns (``Column``, or its parts), the first heading the rows; nothing for none.

    Columns of words, or named in ``text``, are not aligned as numbers. ``last`` sets the last row apart as
    a total; any of ``illustrative`` marks the table. Raises ``ValueError`` for columns of unequal length.
    """
    specs = [Column(*column) for column in columns]
    names, rows = [spec.head for spec in specs], list(zip(*(spec.cells() for spec in specs), strict=True))
    if not rows:
        return Block("", "")
    sides = [
        ["drawn"] if at and isinstance(cell, Block) else ["n"] * bool(at and not spec.text and spec.head not in text)
        for at, (spec, cell) in enumerate(zip(specs, rows[0], strict=True))
    ]
    # the roles keep it a table for a screen reader when a phone shows each row as a block
    head = "".join(
        f'<th role="columnheader" scope="col"{_classes(side)}>{soft(name)}</th>'
        for name, side in zip(names, sides, strict=True)
    )
    body = "\n".join(_row(row, names, sides, total=last and row is rows[-1]) for row in rows)
    anchor = "t-" + slug(caption + head + body)
    look = _classes(["dense"] * (len(names) > 6) + ["short"] * (len(rows) <= 8) + ["lines"] * (["drawn"] in sides))
    html = (
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{anchor}"><table role="table"{look}>\n'
        f'<caption id="{anchor}">{escape(caption)}</caption>\n'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{body}\n</tbody>\n</table></div>'
    )
    plain, file = _spoken(caption, names, rows), _download(caption, [names, *rows])
    return Block(html, plain, bool(np.any(illustrative)), download=file)


def _spoken(caption: str, names: Sequence[str], rows: Sequence[Sequence[str | Block]]) -> str:
    told = [[(name, _words(cell)) for name, cell in zip(names, row, strict=True)] for row in rows]
    return "\n".join([caption, *("; ".join(f"{name}: {cell}" for name, cell in row if cell) for row in told)])


def _words(cell: str | Block) -> str:
    return cell.plain if isinstance(cell, Block) else cell


def _download(caption: str, rows: Sequence[Sequence[str | Block]]) -> str:
    """Return a link to rows as a file for a spreadsheet, which takes none of their texts for a formula."""
    file = io.StringIO()
    plain = [["" if cell == MISSING else _words(cell).replace("−", "-") for cell in row] for row in rows]
    csv.writer(file, delimiter=";").writerows([FORMULA.sub(r"'\g<0>", cell) for cell in row] for row in plain)
    data, name = base64.b64encode(file.getvalue().encode("utf-8-sig")).decode(), slug(caption)[:-13]
    link = f'<a download="{name}.csv" href="data:text/csv;base64,{data}">{escape(caption)} (CSV)</a>'
    return f'\n<p class="source download">{link}</p>'


def _row(cells: Sequence[str | Block], names: Sequence[str], sides: Sequence[list[str]], *, total: bool) -> str:
    """Return a row; a cell is left out on a phone where there is nothing."""
    rest = ""
    for name, cell, side in list(zip(names, cells, sides, strict=True))[1:]:
        look = _classes(side + ["none"] * (cell == MISSING))
        rest += f'<td role="cell"{look} data-label="{escape(name)}">{soft(cell)}</td>'
    mark = _classes(["total"] * total)
    return f'<tr role="row"{mark}><th role="rowheader" scope="row">{soft(cells[0])}</th>{rest}</tr>'


def _classes(classes: Sequence[str]) -> str:
    return f' class="{" ".join(classes)}"' if classes else ""


def soft(text: str | Block) -> str:
    """Escape a text, and let a word longer than a column break: one such word would push the numbers off a page."""
    if isinstance(text, Block):
        return text.html
    # a hyphen is a place to break already
    parts = re.split(r"([^\s-]{25,})", text)
    return "".join(
        "<wbr>".join(escape(part[at : at + 10]) for at in range(0, len(part), 10)) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )
