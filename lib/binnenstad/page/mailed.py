"""The blocks of a page as HTML that mail readers keep, short enough for a phone."""

from __future__ import annotations

from collections.abc import Mapping

from bs4 import BeautifulSoup, Tag

KEPT = {"class", "src", "width", "height", "alt", "style", "scope", "role"}
NAMES = {"section": "div", "figure": "div", "figcaption": "p"}


def for_mail(html: str, pngs: Mapping[str, bytes], cids: Mapping[str, str]) -> BeautifulSoup:
    """Return the HTML of a block with only what a mail reader keeps, and its pictures by content id.

    What stands behind its picture or its first table is left to the report, and so is a picture without PNG.
    ``pngs`` and ``cids`` are by name of the picture, such as ``p1-narrow``.
    """
    soup = BeautifulSoup(html, "html.parser")
    for figure in soup.select("figure[data-png]"):
        _show_png(figure, f"{figure['data-png']}-narrow", pngs, cids)
    for more in soup.select("details, figure ~ div.scroll, div.scroll ~ *"):
        more.decompose()
    for table in soup.select("table:has(th:nth-child(4))"):
        _narrow(table)
    for frame in soup.select("div.scroll"):
        frame.unwrap()
    for tag in soup.select("table, figcaption"):
        tag["class"] = "data" if tag.name == "table" else "caption"
    for tag in soup.find_all(True):
        tag.name = NAMES.get(tag.name, tag.name)
        # an id could clash with the reader's own page
        tag.attrs = {name: value for name, value in tag.attrs.items() if name in KEPT and value}
    return soup


def _narrow(table: Tag) -> None:
    """Leave of a wide table its first words and first two numbers, these in one column; without words, the last."""
    heads = table.select("thead th")
    numbers = [place for place, head in enumerate(heads) if "n" in head.get_attribute_list("class")]
    words = [place for place in range(1, len(heads)) if not heads[place].get("class")]
    kept, under = ({0, words[0], *numbers[:1]}, numbers[1:2]) if words else ({0, *numbers[-1:]}, [])
    for row in table.select("tr"):
        cells = row.select("th, td")
        for place in under:
            cells[numbers[0]].extend([BeautifulSoup().new_tag("br"), *cells[place].contents])
        for place, cell in enumerate(cells):
            if place not in kept:
                cell.decompose()


def _show_png(figure: Tag, name: str, pngs: Mapping[str, bytes], cids: Mapping[str, str]) -> None:
    """Put a picture by content id where a figure has its drawings; without it the figure goes."""
    drawn = figure.select("div.wide, div.narrow")
    if name not in pngs:
        figure.decompose()
    else:
        # drawn at twice the size it is shown at; the head of the file says how large
        width, height = (str(int.from_bytes(pngs[name][at : at + 4], "big") // 2) for at in (16, 20))
        said = {"src": f"cid:{cids[name]}", "width": width, "height": height}
        said["alt"] = str(drawn[0].select("svg")[0]["aria-label"])
        drawn[0].replace_with(BeautifulSoup().new_tag("img", attrs=said))
        drawn[1].decompose()
