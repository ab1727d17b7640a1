"""The body of a mail: the blocks of the overview as HTML that mail readers keep, and as text."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import css_inline
from jinja2 import Environment, PackageLoader, StrictUndefined

from binnenstad.page.mailed import for_mail
from binnenstad.page.summary import Piece, Summary
from binnenstad.words import Words

# Gmail cuts a message off at 102 kB of HTML
MOST_BYTES = 102_000
TEMPLATES = Environment(loader=PackageLoader("binnenstad.mail"), autoescape=True, undefined=StrictUndefined)
# what is said at the terminal, where a line of a template is a line
SPOKEN = TEMPLATES.overlay(autoescape=False, trim_blocks=True, lstrip_blocks=True, keep_trailing_newline=True)


class Body(NamedTuple):
    """A mail without its envelope: subject, HTML, text, the pictures the HTML shows by content id, what is left out."""

    title: str
    html: str
    plain: str
    pngs: dict[str, bytes]
    left_out: list[str]


def compose_body(summary: Summary, words: Words, domain: str, **said: Any) -> Body:
    """Return the body of a mail from the overview's blocks in order, with what is said before and after them.

    Its pictures are named for the whole world, below the ``domain`` of the sender. ``said`` has the names that are
    ``attached``, the address to ``unsubscribe``, and what was ``revised`` since an earlier mail.
    A block that would make the HTML longer than a mail reader shows is left out and named at the end, so
    that nothing is lost in silence; the first, with the finding, always stays.
    """
    cids = {name: f"{name}.{hashlib.sha256(png).hexdigest()[:24]}@{domain}" for name, png in summary.pngs.items()}
    about = {"summary": summary, "words": words, "cids": cids, **said}
    first, *rest = summary.pieces
    shown, left_out = [first], list[Piece]()
    for piece in rest:
        fits = len(_body([*shown, piece], left_out, about).html.encode()) <= MOST_BYTES
        (shown if fits else left_out).append(piece)
    return _body(shown, left_out, about)


def _body(shown: Sequence[Piece], left_out: Sequence[Piece], about: Mapping[str, Any]) -> Body:
    summary = about["summary"]
    soup = for_mail("\n".join(piece.html for piece in shown), summary.pngs, about["cids"])
    headline = soup.select_one("h1")
    made = {
        **about,
        "title": headline.get_text() if headline else summary.programme,
        "illustrative": any(piece.illustrative for piece in shown),
        "html": str(soup),
        "plain": [piece.plain.strip("\n") for piece in shown],
        "left_out": [piece.plain.strip().splitlines()[0] for piece in left_out],
    }
    # nothing is fetched: a style sheet elsewhere would be a request in the reader's name
    page = TEMPLATES.get_template("mail.html.j2").render(made)
    html = css_inline.inline(page, keep_at_rules=True, load_remote_stylesheets=False)
    pngs = {cid: summary.pngs[name] for name, cid in about["cids"].items() if f'src="cid:{cid}"' in html}
    return Body(made["title"], html, TEMPLATES.get_template("mail.txt.j2").render(made), pngs, made["left_out"])
