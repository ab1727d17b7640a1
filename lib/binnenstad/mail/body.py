"""The body of a mail: the blocks of the overview as HTML that mail readers keep, and as text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from html import escape
from importlib.resources import files

import css_inline
from bs4 import BeautifulSoup
from bs4.element import Tag

from binnenstad.page.summary import Piece, Summary
from binnenstad.words import Words

# Gmail cuts a message off at 102 kB of HTML
MOST_BYTES = 102_000


@dataclass(frozen=True)
class Body:
    """A mail without its envelope: subject, HTML, text, and the pictures the HTML shows by content id."""

    title: str
    html: str
    plain: str
    pngs: dict[str, bytes]
    left_out: tuple[str, ...] = ()


@dataclass(frozen=True)
class Notes:
    """What a mail says around the report: before it (a correction), and after it (attachment, who sends it)."""

    before: tuple[str, ...]
    after: tuple[str, ...]


def compose_body(summary: Summary, notes: Notes, words: Words, most: int = MOST_BYTES) -> Body:
    """Return the body of a mail from the overview's blocks in order, at most ``most`` bytes of HTML.

    A block that would make it too long is left out and named at the end, so that nothing is lost in
    silence; the first, with the finding, always stays.
    """
    first, *rest = summary.pieces
    shown, left_out = [first], list[str]()
    for piece in rest:
        if len(_page(summary, [*shown, piece], notes, left_out, words).encode()) <= most:
            shown.append(piece)
        else:
            left_out.append(_heading(piece))
    html = _page(summary, shown, notes, left_out, words)
    names = re.findall(r'src="cid:([\w-]+)"', html)
    title = BeautifulSoup(first.html, "html.parser").select_one("h1")
    return Body(
        title.get_text() if title else summary.programme,
        html,
        _plain(shown, notes, left_out, words),
        {name: summary.pngs[name] for name in names},
        tuple(left_out),
    )


def _heading(piece: Piece) -> str:
    heading = BeautifulSoup(piece.html, "html.parser").find(["h2", "h3", "caption"])
    return heading.get_text() if heading else piece.plain.splitlines()[0]


def _plain(shown: Sequence[Piece], notes: Notes, left_out: Sequence[str], words: Words) -> str:
    parts = [*notes.before, *_warning(shown, words), *(piece.plain for piece in shown)]
    parts += [*_more(left_out, words), "-- ", *notes.after]
    return "\n\n".join(part.strip("\n") for part in parts) + "\n"


def _warning(shown: Sequence[Piece], words: Words) -> list[str]:
    if not any(piece.illustrative for piece in shown):
        return []
    text = words.say("This report contains illustrative figures: they show how the report works and were not measured.")
    return [f"{words.say('Please note.')} {text}"]


def _more(left_out: Sequence[str], words: Words) -> list[str]:
    return [words.say("Only in the full report: {sections}.", sections="; ".join(left_out))] if left_out else []


def _page(summary: Summary, shown: Sequence[Piece], notes: Notes, left_out: Sequence[str], words: Words) -> str:
    soup = BeautifulSoup("\n".join(piece.html for piece in shown), "html.parser")
    _show_pngs(soup, summary.pngs)
    _free_tables(soup)
    _strip(soup)
    before = "".join(f'<p class="note">{escape(text)}</p>' for text in (*notes.before, *_warning(shown, words)))
    after = "".join(f"<p>{escape(text)}</p>" for text in notes.after)
    more = "".join(f"<p>{escape(text)}</p>" for text in _more(left_out, words))
    title = soup.select_one("h1")
    html = (
        f'<!DOCTYPE html>\n<html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{escape(title.get_text() if title else summary.programme)}</title>"
        f"<style>{_style()}</style></head>\n"
        '<body><table role="presentation" class="page" align="center" width="640" cellpadding="0" cellspacing="0">'
        f'<tr><td class="of">{escape(summary.programme)} · {escape(summary.period)}</td></tr>\n'
        f'<tr><td class="main">{before}{soup}{more}</td></tr>\n'
        f'<tr><td class="after">{after}</td></tr></table></body></html>'
    )
    # nothing is fetched: a style sheet elsewhere would be a request in the reader's name
    return css_inline.inline(html, keep_at_rules=True, load_remote_stylesheets=False)


def _show_pngs(soup: BeautifulSoup, pngs: Mapping[str, bytes]) -> None:
    """Put a picture by content id where a figure has its drawings: one for a screen, one for a phone."""
    for figure in soup.select("figure[data-png]"):
        svg = figure.select_one("svg")
        alt = str(svg["aria-label"]) if svg else ""
        for place in figure.select("div.wide, div.narrow"):
            kind = str(place["class"][0])
            name = f"{figure['data-png']}-{kind}"
            place.replace_with(_image(soup, name, _width(pngs[name]), alt, kind))
        figure.name = "div"


def _width(png: bytes) -> int:
    """Return how wide a picture is to be shown [px]: half of what its head says, for it is drawn at twice that."""
    return int.from_bytes(png[16:20], "big") // 2


def _image(soup: BeautifulSoup, name: str, width: int, alt: str, kind: str) -> Tag:
    image = soup.new_tag("img", attrs={"src": f"cid:{name}", "width": str(width), "alt": alt, "class": kind})
    if kind == "narrow":
        # Outlook knows no display: none on a picture, but its own word for it
        image["style"] = "display:none;mso-hide:all;"
    return image


def _free_tables(soup: BeautifulSoup) -> None:
    """Take tables out of their scrolling frame, which no mail reader keeps."""
    for frame in soup.select("div.scroll"):
        frame.unwrap()
    for place in soup.select("table"):
        place["class"] = "data"
    for cell in soup.select("td[data-label]"):
        # few mail readers draw what a style sheet writes before a cell, so the words stand in it
        label = soup.new_tag("span", attrs={"class": "label", "style": "display:none;mso-hide:all;"})
        label.string = f"{cell['data-label']}: "
        cell.insert(0, label)


def _strip(soup: BeautifulSoup) -> None:
    """Leave only what a mail reader keeps; an id could clash with the reader's own page."""
    names = {"section": "div", "figcaption": "p"}
    for tag in soup.find_all(True):
        if tag.name == "figcaption":
            tag["class"] = "caption"
        tag.name = names.get(tag.name, tag.name)
        kept = {"class", "src", "width", "alt", "style", "scope", "role"}
        tag.attrs = {name: value for name, value in tag.attrs.items() if name in kept}


@lru_cache
def _style() -> str:
    return (files("binnenstad.mail") / "templates" / "mail.css").read_text(encoding="utf-8")
