"""Every reason why a report may not be published: of the notebook it is made of, and of the page it became.

Stricter than axe, which passes an empty report, an alt text of one word, and Dutch marked as English.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from itertools import pairwise

from bs4 import BeautifulSoup
from nbformat import NotebookNode

from binnenstad.words.errors import ReportRefused

STOP_WORDS = {"nl": {"de", "het", "een", "van", "is", "niet", "en"}, "en": {"the", "of", "is", "not", "and", "to"}}
FORBIDDEN = ["script", "iframe", "object", "embed", "link", "base", "form"]
POLICY = "Content-Security-Policy"
ADDRESSES = {"src", "href", "xlink:href", "srcset", "action", "poster", "data"}
# what an address may be: a place on the page, a report beside it or a table as a file, and for a picture its own bytes
WITHIN = re.compile(r"#|(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.html$|data:text/csv;base64,[\w+/]+=*$")
SPOKEN = {"aria-label", "alt", "title", "data-label", "content"}
OUTSIDE_URL = re.compile(r"@import|url\(\s*['\"]?(?!#|data:)[^)]", re.I)
NO_TEXT = re.compile(r"(?<!\w)(?<!\w-)(nan|NaN|NaT|None|<NA>|inf)(?![\w-])")
PLACEHOLDERS = {"figure", "figuur", "image", "afbeelding", "grafiek", "chart", "plot", "alt"}
SHORTEST_ALT = 15  # letters: "Leegstand: 9,9%"


def refuse(reasons: Iterable[str]) -> None:
    """Raise ``ReportRefused`` with every reason, if there is any."""
    found = list(reasons)
    if found:
        raise ReportRefused(found)


def cell_faults(notebook: NotebookNode) -> Iterator[str]:
    """Yield what is amiss with the run of a notebook: cells in error or not run, also those that are not published."""
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        error = next((output for output in cell.outputs if output.output_type == "error"), None)
        if error:
            yield f"cell {number} ({cell.get('id', '')}) failed: {error.ename}: {error.evalue}"
        elif cell.source.strip() and cell.execution_count is None:
            yield f"cell {number} ({cell.get('id', '')}) was not run"


def output_faults(shown: Iterable[tuple[str, NotebookNode]]) -> Iterator[str]:
    """Yield which outputs, each with the id of its cell, are no block; an error is a fault of its cell."""
    for cell, output in shown:
        html = output.get("data", {}).get("text/html", "")
        if output.output_type != "error" and not html.startswith('<div class="block"'):
            yield f"cell {cell} shows something that is no block; use paragraph, table or picture"


def page_faults(html: str, language: str) -> list[str]:
    """Return every reason why a page may not be published; empty when it may."""
    page = BeautifulSoup(html, "html.parser")
    checks = (
        _outline_faults, _lead_faults, _id_faults, _section_faults, _text_faults, _picture_faults, _outside_faults,
    )  # fmt: skip
    return [reason for check in checks for reason in check(page)] + list(_language_faults(page, language))


def _outline_faults(page: BeautifulSoup) -> Iterator[str]:
    headings = page.find_all(re.compile("^h[1-6]$"))
    levels = [int(heading.name[1]) for heading in headings if heading.find_parent("main")]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "the report needs one title (h1), first of all headings"
    if any(after - before > 1 for before, after in pairwise(levels)):
        yield "a heading skips a level"


def _lead_faults(page: BeautifulSoup) -> Iterator[str]:
    if not any(lead.get_text(strip=True) for lead in page.find_all(class_="lead")):
        yield "the lead, the sentence with the finding, is missing"


def _id_faults(page: BeautifulSoup) -> Iterator[str]:
    ids = Counter(str(tag["id"]) for tag in page.find_all(id=True))
    yield from (f"the id {name!r} stands twice" for name, count in sorted(ids.items()) if count > 1)


def _section_faults(page: BeautifulSoup) -> Iterator[str]:
    for section in page.find_all("section"):
        titles = " ".join(heading.get_text(" ", strip=True) for heading in section.find_all(["h2", "h3"]))
        if section.get_text(" ", strip=True) == titles and not section.find("svg"):
            yield f"section {titles!r} is empty"


def _text_faults(page: BeautifulSoup) -> Iterator[str]:
    spoken = [str(tag[name]) for tag in page.find_all(True) for name in ("alt", "aria-label") if tag.has_attr(name)]
    for text in [*page.strings, *spoken]:
        found = NO_TEXT.search(text)
        if found:
            yield f"{found.group(0)!r} stands in the text: {' '.join(text.split())[:80]!r}"


def _picture_faults(page: BeautifulSoup) -> Iterator[str]:
    # what is drawn in a table stands in the cells beside it
    outer = [svg for svg in page.find_all("svg") if not svg.find_parent(["svg", "td"])]
    for picture in [*page.find_all("img"), *outer]:
        alt = str(picture.get("alt") or picture.get("aria-label") or "").strip()
        if not alt:
            yield "a picture has no alt text"
        elif alt.lower().rstrip(".0123456789 ") in PLACEHOLDERS or len(alt) < SHORTEST_ALT:
            yield f"the alt text {alt!r} says nothing"
    for table in page.find_all("table"):
        if not table.find("caption") or not table.find("th"):
            yield "a table has no caption or headers"


def _outside_faults(page: BeautifulSoup) -> Iterator[str]:
    refresh = [tag for tag in page.find_all("meta") if tag.get("http-equiv", POLICY) != POLICY]
    for tag in [*page.find_all(FORBIDDEN), *refresh]:
        yield f"<{tag.name}> is not allowed in a report"
    for tag in page.find_all(True):
        for name in tag.attrs:
            yield from _attribute_faults(tag.name, name.lower(), " ".join(map(str, tag.get_attribute_list(name))))
    if any(OUTSIDE_URL.search(style.get_text()) for style in page.find_all("style")):
        yield "external address in a style sheet"


def _attribute_faults(tag: str, name: str, value: str) -> Iterator[str]:
    if name.startswith("on"):
        yield f"event attribute {name} on <{tag}>"
    elif name in ADDRESSES and not (WITHIN.match(value) if name.endswith("href") else value.startswith("data:")):
        yield f"external address {value!r} on <{tag}>"
    elif OUTSIDE_URL.search(value) and name not in SPOKEN:
        yield f"external address in {name} on <{tag}>"


def _language_faults(page: BeautifulSoup, language: str) -> Iterator[str]:
    if not page.html or page.html.get("lang") != language:
        yield f"the page does not say that its language is {language!r}"
    found = re.findall(r"[a-z]+", " ".join(main.get_text(" ") for main in page.find_all("main")).lower())
    counts = {name: sum(word in stops for word in found) for name, stops in STOP_WORDS.items()}
    if max(counts, key=lambda name: counts[name]) != language and max(counts.values()) > 5:
        yield f"the text is not in the language it is marked as ({language})"
