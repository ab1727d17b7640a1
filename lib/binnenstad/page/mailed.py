"""The blocks of a page as HTML that mail readers keep."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from bs4 import BeautifulSoup

# Outlook knows no display: none on a picture, but its own word for it
HIDDEN = "display:none;mso-hide:all;"
KEPT = {"class", "src", "width", "alt", "style", "scope", "role"}
NAMES = {"section": "div", "figure": "div", "figcaption": "p"}


def for_mail(html: str, pngs: Mapping[str, bytes], cids: Mapping[str, str]) -> BeautifulSoup:
    """Return the HTML of blocks with only what a mail reader keeps, and its pictures by content id.

    ``pngs`` and ``cids`` are by name of the picture, such as ``p1-wide``; raises ``KeyError`` for one without.
    """
    soup = BeautifulSoup(html, "html.parser")
    _show_pngs(soup, pngs, cids)
    for frame in soup.select("div.scroll"):
        frame.unwrap()
    for tag in soup.select("table, figcaption"):
        tag["class"] = "data" if tag.name == "table" else "caption"
    for cell in soup.select("td[data-label]"):
        # few mail readers draw what a style sheet writes before a cell, so the words stand in it
        label = soup.new_tag("span", string=f"{cell['data-label']}: ", attrs={"class": "label", "style": HIDDEN})
        cell.insert(0, label)
    for tag in soup.find_all(True):
        tag.name = NAMES.get(tag.name, tag.name)
        # an id could clash with the reader's own page
        tag.attrs = {name: value for name, value in tag.attrs.items() if name in KEPT and value}
    return soup


def pictures(html: Iterable[str]) -> set[str]:
    """Return the names of the pictures that blocks show: each figure has one for a screen and one for a phone."""
    figures = [figure for block in html for figure in BeautifulSoup(block, "html.parser").select("figure[data-png]")]
    return {f"{figure['data-png']}-{kind}" for figure in figures for kind in ("wide", "narrow")}


def _show_pngs(soup: BeautifulSoup, pngs: Mapping[str, bytes], cids: Mapping[str, str]) -> None:
    """Put a picture by content id where a figure has its drawings."""
    for figure in soup.select("figure[data-png]"):
        for place in figure.select("div.wide, div.narrow"):
            kind = str(place["class"][0])
            name = f"{figure['data-png']}-{kind}"
            # drawn at twice the width it is shown at; the head of the file says how wide
            width = int.from_bytes(pngs[name][16:20], "big") // 2
            image = soup.new_tag("img", attrs={"src": f"cid:{cids[name]}", "width": str(width), "class": kind})
            image["alt"] = place.select("svg")[0]["aria-label"]
            image["style"] = HIDDEN if kind == "narrow" else ""
            place.replace_with(image)
