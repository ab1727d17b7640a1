"""The body of a mail: the blocks of reports as HTML that mail readers keep, and as text, in two screens of a phone."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Sequence
from textwrap import shorten
from typing import Any, NamedTuple

import css_inline
from bs4 import Tag
from jinja2 import Environment, PackageLoader, StrictUndefined

from binnenstad.page.mailed import for_mail
from binnenstad.page.summary import Piece, Summary
from binnenstad.words import Words

# Gmail cuts a message off at 102 kB of HTML
MOST_BYTES = 102_000
# what fits in two screens of 360 x 740 beside what is said around it, and in one line of them
LINES, LINE, LINE_PX = 58, 38, 22
# of the changes in a correction so many are named, of the others how many there are
MOST_REVISED = 8
Made = tuple[Piece, Tag]
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


def compose_body(summary: Summary, words: Words, domain: str, own: Summary | None = None, **said: Any) -> Body:
    """Return the body of a mail from the overview's blocks in order, with what is said before and after them.

    A partner's ``own`` finding and figures come first. Pictures are named for the whole world, below the ``domain`` of
    the sender. ``said`` has the names that are ``attached``, the ``links`` to pages by name, whether ``whole``, the
    overview itself, is one of these, the address to ``unsubscribe``, and what was ``revised`` since an earlier mail.
    What would make it longer than two screens of a phone is left out and named at the end, so that nothing is lost in
    silence; findings stay, and room is first for a partner's own figures and, but in a correction, what changed.
    """
    cids = {name: f"{name}.{hashlib.sha256(png).hexdigest()[:24]}@{domain}" for name, png in summary.pngs.items()}
    ours = own.pieces[:2] if own else ()
    made = [(piece, for_mail(piece.html, summary.pngs, cids)) for piece in (*ours, *summary.pieces)]
    lead = [_text(page.select_one(".lead") or page.h1) for _, page in made if page.h1]
    # a correction takes room too
    room = LINES - sum(2 + len(change) // LINE for change in said["revised"][:MOST_REVISED])
    news = () if said["revised"] else words.say("What changed?")
    shown, left_out = _fit(made, ours, news, room)
    title = f"{summary.programme}: {in_short(lead[-1])} ({summary.period})"
    about = {**said, "words": words, "summary": summary, "left_out": left_out, "finding": lead[0], "title": title}
    shortened = any(piece.html.count("<td") > len(page.select("td")) for piece, page in shown)
    about |= {"shown": shown, "shortened": shortened, "most": MOST_REVISED}
    html, plain = (TEMPLATES.get_template(f"mail.{kind}.j2").render(about) for kind in ("html", "txt"))
    # nothing is fetched: a style sheet elsewhere would be a request in the reader's name
    html = css_inline.inline(html, keep_at_rules=True, load_remote_stylesheets=False)
    pngs = {cid: summary.pngs[name] for name, cid in cids.items() if f'src="cid:{cid}"' in html}
    return Body(title, html, plain, pngs, left_out)


def _fit(made: Sequence[Made], ours: Sequence[Piece], news: str | tuple[()], room: int) -> tuple[list[Made], list[str]]:
    """Return the findings and the blocks that fit in a number of lines, ``ours`` and ``news`` before others.

    And the titles of what is left out.
    """
    shown = set[int]()
    ranks = [(not page.h1, piece not in ours and not piece.plain.startswith(news)) for piece, page in made]
    for at, (_, page) in sorted(enumerate(made), key=lambda one: ranks[one[0]]):
        if page.h1 or _lines(page) <= max(room, 0):
            shown.add(at)
            room -= _lines(page)
    left_out = [piece.plain.strip().splitlines()[0] for at, (piece, _) in enumerate(made) if at not in shown]
    return [made[at] for at in sorted(shown)], left_out


def in_short(text: str, most: int = 78) -> str:
    """Return of a text what fits in a subject: up to the end of a sentence, else of a clause, and then with dots.

    >>> in_short("Als het doorgaat: 1x niet gehaald, 6x onzeker. Het oordeel: 1x behaald.", 50)
    'Als het doorgaat: 1x niet gehaald, 6x onzeker'
    >>> in_short("Als het doorgaat: 1x niet gehaald, 6x onzeker. Het oordeel: 1x behaald.", 40)
    'Als het doorgaat: 1x niet gehaald…'
    """
    for ends, dots in (("[.!?]", ""), ("[,;]", "…")):
        if whole := re.match(rf".{{1,{most - 1}}}(?={ends}(\s|$))", text):
            return whole.group() + dots
    return shorten(text, most, placeholder="…")


def _text(page: Tag) -> str:
    return " ".join(page.get_text(" ").split())


def _lines(page: Tag) -> int:
    """Return how many lines a block takes on a phone, its pictures included."""
    texts = page.select("h1, h2, h3, p, li, caption, thead, tbody tr")
    pictures = (int(str(image["height"])) // LINE_PX for image in page.select("img"))
    return sum(1 + len(_text(tag)) // LINE for tag in texts) + sum(pictures) + len(page.select("h1, h2"))
