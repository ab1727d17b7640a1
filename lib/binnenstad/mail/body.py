"""The body of a mail: the blocks of the overview as HTML that mail readers keep, and as text."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any, NamedTuple

import css_inline
from bs4 import BeautifulSoup
from jinja2 import Environment, PackageLoader, StrictUndefined

from binnenstad.page.summary import Piece, Summary
from binnenstad.words import Words

# Gmail cuts a message off at 102 kB of HTML
MOST_BYTES = 102_000
# Outlook knows no display: none on a picture, but its own word for it
HIDDEN = "display:none;mso-hide:all;"
TEMPLATES = Environment(loader=PackageLoader("binnenstad.mail"), autoescape=True, undefined=StrictUndefined)


class Body(NamedTuple):
    """A mail without its envelope: subject, HTML, text, the pictures the HTML shows by content id, what is left out."""

    title: str
    html: str
    plain: str
    pngs: dict[str, bytes]
    left_out: list[str]


def compose_body(summary: Summary, attached: Sequence[str], unsubscribe: str, correction: bool, words: Words) -> Body:
    """Return the body of a mail from the overview's blocks in order, with what is said before and after them.

    A block that would make the HTML longer than a mail reader shows is left out and named at the end, so
    that nothing is lost in silence; the first, with the finding, always stays.
    """
    said = {"attached": attached, "unsubscribe": unsubscribe, "correction": correction}
    about = {"summary": summary, "words": words, **said}
    first, *rest = summary.pieces
    shown, left_out = [first], list[Piece]()
    for piece in rest:
        fits = len(_body([*shown, piece], left_out, about).html.encode()) <= MOST_BYTES
        (shown if fits else left_out).append(piece)
    return _body(shown, left_out, about)


def _body(shown: Sequence[Piece], left_out: Sequence[Piece], about: Mapping[str, Any]) -> Body:
    soup, summary = BeautifulSoup("\n".join(piece.html for piece in shown), "html.parser"), about["summary"]
    _show_pngs(soup, summary.pngs)
    _simplify(soup)
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
    pngs = {name: summary.pngs[name] for name in re.findall(r'src="cid:([\w-]+)"', html)}
    return Body(made["title"], html, TEMPLATES.get_template("mail.txt.j2").render(made), pngs, made["left_out"])


def _show_pngs(soup: BeautifulSoup, pngs: Mapping[str, bytes]) -> None:
    """Put a picture by content id where a figure has its drawings: one for a screen, one for a phone."""
    for figure in soup.select("figure[data-png]"):
        for place in figure.select("div.wide, div.narrow"):
            kind = str(place["class"][0])
            name = f"{figure['data-png']}-{kind}"
            # drawn at twice the width it is shown at; the head of the file says how wide
            width = int.from_bytes(pngs[name][16:20], "big") // 2
            image = soup.new_tag("img", attrs={"src": f"cid:{name}", "width": str(width), "class": kind})
            image["alt"] = place.select("svg")[0]["aria-label"]
            image["style"] = HIDDEN if kind == "narrow" else ""
            place.replace_with(image)


def _simplify(soup: BeautifulSoup) -> None:
    """Leave only what a mail reader keeps; an id could clash with the reader's own page."""
    for frame in soup.select("div.scroll"):
        frame.unwrap()
    for tag in soup.select("table, figcaption"):
        tag["class"] = "data" if tag.name == "table" else "caption"
    for cell in soup.select("td[data-label]"):
        # few mail readers draw what a style sheet writes before a cell, so the words stand in it
        label = soup.new_tag("span", string=f"{cell['data-label']}: ", attrs={"class": "label", "style": HIDDEN})
        cell.insert(0, label)
    names = {"section": "div", "figure": "div", "figcaption": "p"}
    kept = {"class", "src", "width", "alt", "style", "scope", "role"}
    for tag in soup.find_all(True):
        tag.name = names.get(tag.name, tag.name)
        tag.attrs = {name: value for name, value in tag.attrs.items() if name in kept and value}
