"""The figures and verdicts that a page gives, and which of them another version of it gives otherwise."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from functools import cache

from bs4 import BeautifulSoup, Tag

# table, row and column; a sentence has its words as column
Figures = Mapping[tuple[str, str, str], str]
NUMBER = re.compile(r"\d+(?:[.,]\d+)*")


def figures(html: str, of: str = "") -> dict[tuple[str, str, str], str]:
    """Return what stands in each cell of the tables of a page, what is bold, and the numbers of each of its sentences.

    Bold is a verdict in words, of what its heading or sentence says further. ``of`` names the page, so that those of
    several are kept apart. How it is laid out, and what its footer says of how it was made, is not in it.

    >>> figures('<table><caption>Doelen</caption><tr><th scope="row">1a</th><td data-label="stand">op koers</td></tr>'
    ...         '</table><p>Dat is 72% van 3.580 uur.</p>')
    {('Doelen', '1a', 'stand'): 'op koers', ('', '', 'Dat is #% van # uur.'): '72 3.580'}
    """
    soup, found = BeautifulSoup(html, "html.parser"), dict[tuple[str, str, str], list[str]]()
    for apart in soup.select("footer, nav, style, figcaption, .source"):
        apart.decompose()
    for cell in soup.select("tbody th[scope=row] ~ td, table > tr > th[scope=row] ~ td"):
        table, head = cell.find_parent("table"), cell.find_previous_sibling("th")
        caption = _text(table.caption) if table and table.caption else ""
        key = caption, _text(head) if head else "", str(cell.get("data-label", ""))
        found.setdefault(key, []).append(_text(cell))
    for said in soup.select("h2, h3, h4, p, li, dd"):
        if verdicts := [_text(bold.extract()) for bold in said.select("b, strong")]:
            of_what = _text(said).strip(" :.,") or _text(said.find_previous(["h2", "h3", "h4"]) or said)
            found.setdefault(("", of_what, of_what), []).extend(verdicts)
        if numbers := NUMBER.findall(_text(said)):
            found.setdefault(("", "", NUMBER.sub("#", _text(said))), []).extend(numbers)
    return {(of + table, row, column): " ".join(texts) for (table, row, column), texts in found.items()}


def revised(before: Figures, after: Figures) -> list[str]:
    """Return what two versions of the same pages give differently, words first: "1a, stand: op koers → loopt achter".

    A row that came or went counts, in a table that kept its columns; a table, column or sentence that one of the two
    does not have at all is another layout, and does not. What several tables and sentences give is said once.

    >>> before = {("Doelen", "1a", "stand"): "op koers", ("", "", "nog #"): "3", ("", "", "al #"): "4"}
    >>> revised(before, {("Doelen", "1a", "stand"): "behaald", ("", "", "al #"): "5"})
    ['1a, stand: op koers → behaald', 'al 4 → al 5']
    """
    shared = {(table, column) for table, _, column in before} & {(table, column) for table, _, column in after}
    changed = [(key, before.get(key, "–"), after.get(key, "–")) for key in {**before, **after} if key[::2] in shared]
    said = dict[tuple[str, ...], str]()
    changed.sort(key=lambda change: (not change[0][1], bool(NUMBER.search("".join(change[1:])))))
    for key, old, new in changed:
        line = f"{_told(key, before)} → {_told(key, after).removeprefix(_place(key))}"
        steps = {step for step in zip(old.split(), new.split(), strict=False) if step[0] != step[1]}
        # a sentence may say what the cells of its row said
        cells = {(was, now) for row, was, now, _ in said if row and row.split(" ")[0] in line}
        if old != new and (key[1] or not 0 < len(steps) == len(steps & cells)):
            said.setdefault((key[1], old, new, key[2] * (not key[1])), line)
    return list(said.values())


def write_figures(pages: Iterable[Figures]) -> str:
    """Return the figures of pages as text, the same for the same figures; ``read_figures`` reads it again."""
    return json.dumps(sorted([*key, text] for page in pages for key, text in page.items()), ensure_ascii=False)


@cache
def read_figures(text: str) -> Figures:
    """Return the figures that ``write_figures`` wrote."""
    return {(table, row, column): cell for table, row, column, cell in json.loads(text)}


def _place(key: tuple[str, str, str]) -> str:
    return ", ".join(dict.fromkeys(key[1:])) + ": " if key[1] else ""


def _told(key: tuple[str, str, str], page: Figures) -> str:
    """Return a cell with where it stands, or a sentence with its numbers in it."""
    numbers = iter(page.get(key, "").split())
    return _place(key) + (page.get(key, "–") if key[1] else re.sub("#", lambda _: next(numbers, "#"), key[2]))


def _text(tag: Tag) -> str:
    return " ".join(tag.get_text(" ").split())
