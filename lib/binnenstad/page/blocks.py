"""Blocks of a report: one object that is both accessible HTML and plain text.

A notebook shows blocks; the report takes their HTML, a plain-text mail their
text, so the two cannot drift apart. Figures and tables are blocks too, and any
block can be put in a section. All text given here is escaped.
"""

from __future__ import annotations

import base64
import hashlib
import re
import textwrap
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

PNG_TYPE = "application/vnd.binnenstad.png+json"
Pngs = tuple[tuple[str, Callable[[], bytes]], ...]


@dataclass(frozen=True)
class Block:
    """A piece of a report as HTML and as text; ``illustrative`` if it rests on an example figure.

    ``pngs`` draw the pictures in it for a mail, by the name their place in the HTML has in ``data-png``; they are
    drawn if it is ``mailed``. ``download`` is a link to its cells as a file, which stands below it where it is folded.
    """

    html: str
    plain: str
    illustrative: bool = False
    pngs: Pngs = ()
    mailed: bool = False
    download: str = ""

    def _repr_mimebundle_(self, include: object = None, exclude: object = None) -> dict[str, Any]:
        mark = ' data-illustrative="true"' if self.illustrative else ""
        bundle: dict[str, Any] = {"text/html": f'<div class="block"{mark}>{self.html}</div>', "text/plain": self.plain}
        if self.mailed:
            bundle[PNG_TYPE] = {name: base64.b64encode(draw()).decode() for name, draw in self.pngs}
        return bundle


def headline(title: str, lead: str, *, illustrative: bool = False) -> Block:
    """Return the title of a report with the sentence that states its finding."""
    html = f'<h1>{escape(title)}</h1>\n<p class="lead">{escape(lead)}</p>'
    return Block(html, f"{title}\n{'=' * len(title)}\n{lead}\n", illustrative)


def section(title: str, *parts: Block, mailed: bool = False, level: int = 2, anchor: str = "") -> Block:
    """Return a headed part of the report; its anchor follows from the title, unless it is given.

    ``mailed`` keeps its pictures as PNG too, for a mail shows no SVG: it doubles the time that they take. ``level`` is
    that of the heading: 3 for a part of a part. A part with an ``anchor`` of its own is a card: others link to it.
    """
    look, anchor = ' class="card"' if anchor else "", anchor or "s-" + slug(title)
    body = "\n".join(part.html for part in parts)
    heading = f'<h{level} id="{anchor}">{escape(title)}</h{level}>'
    html = f'<section{look} aria-labelledby="{anchor}">\n{heading}\n{body}\n</section>'
    plain = "\n\n".join([f"{title}\n{'-' * len(title)}", *(part.plain for part in parts if part.plain)])
    pngs = tuple(png for part in parts for png in part.pngs)
    return Block(html, plain, any(part.illustrative for part in parts), pngs, mailed)


def optional_section(title: str, *parts: Block) -> Block:
    """Return a headed part of the report that is left out where there is nothing to say."""
    return section(title, *parts) if any(part.html for part in parts) else Block("", "")


def folded(summary: str, *parts: Block) -> Block:
    """Return parts behind a line that opens them, which stand open on paper; nothing for nothing."""
    html = "\n".join(part.html + part.download for part in parts if part.html)
    plain = "\n\n".join(part.plain for part in parts if part.plain)
    fold = f"<details>\n<summary>{escape(summary)}</summary>\n{html}\n</details>" if html else ""
    return Block(fold, plain, any(part.illustrative for part in parts))


def described(items: Sequence[tuple[str, str]], *, illustrative: bool = False) -> Block:
    """Return terms with what is said of each."""
    rows = "".join(f"<div><dt>{escape(term)}</dt><dd>{escape(text)}</dd></div>" for term, text in items)
    plain = "\n".join(textwrap.fill(f"{term}. {text}", 78, subsequent_indent="  ") for term, text in items)
    return Block(f'<dl class="described">{rows}</dl>' if items else "", plain, illustrative)


def paragraph(text: str, *, illustrative: bool = False, small: bool = False) -> Block:
    """Return a paragraph, ``small`` for the key to a drawing, which plain text lacks; nothing for no text."""
    look = ' class="source"' if small else ""
    return Block(f"<p{look}>{escape(text)}</p>" if text else "", textwrap.fill(text, 78) * (not small), illustrative)


def bullets(items: Sequence[str], *, illustrative: bool = False) -> Block:
    """Return a list of sentences; nothing for none."""
    html = "<ul>" + "".join(f"<li>{escape(item)}</li>" for item in items) + "</ul>" if items else ""
    return Block(html, "\n".join(f"- {item}" for item in items), illustrative)


def links(targets: Mapping[str, str]) -> Block:
    """Return a list of links from file name to text."""
    items = "".join(f'<li><a href="{escape(to)}">{escape(text)}</a></li>' for to, text in targets.items())
    return Block(f"<ul>{items}</ul>", "\n".join(f"- {text}: {to}" for to, text in targets.items()))


def board(cells: Mapping[str, tuple[str, str, Sequence[Block]]]) -> Block:
    """Return headed cells that a style sheet lays out as a board, and a reader meets one after the other.

    ``cells`` by name, the class the style sheet knows: title, the question it answers, and its parts.
    """
    html, plain = [], []
    for name, (title, question, parts) in cells.items():
        anchor = "c-" + slug(title)
        body = "".join(part.html for part in parts)
        html.append(
            f'<section class="{escape(name)}" aria-labelledby="{anchor}">\n<h3 id="{anchor}">{escape(title)}</h3>\n'
            f'<p class="question">{escape(question)}</p>\n{body}\n</section>'
        )
        plain.append("\n".join([title, question, *(part.plain for part in parts if part.plain)]))
    example = any(part.illustrative for _, _, parts in cells.values() for part in parts)
    return Block('<div class="board">\n' + "\n".join(html) + "\n</div>", "\n\n".join(plain), example)


def slug(text: str) -> str:
    """Return a short name for use as an anchor; different texts give different names.

    >>> slug("Wie betaalt?")
    'wie-betaalt-696377c9c4de'
    """
    # four digits are the same for two of a thousand titles that begin alike
    words = re.sub(r"[^a-z0-9]+", "-", text.lower()).strip("-")[:40]
    return f"{words}-{hashlib.sha256(text.encode()).hexdigest()[:12]}"
