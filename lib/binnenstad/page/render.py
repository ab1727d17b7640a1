"""An executed notebook -> one self-contained, accessible HTML file; refused when anything is amiss."""

from __future__ import annotations

import base64
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from html import unescape
from importlib.resources import files
from itertools import pairwise
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup, Tag
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from binnenstad.page.blocks import Block
from binnenstad.page.provenance import Provenance
from binnenstad.words import Words
from binnenstad.words.errors import ReportRefused

if TYPE_CHECKING:
    from nbconvert.exporters import TemplateExporter

FONTS = [
    ("Open Sans", 400, "OpenSans-Regular.ttf"), ("Open Sans", 700, "OpenSans-Bold.ttf"),
    ("Binnenstad Symbols", 400, "BinnenstadSymbols.ttf"),
]  # fmt: skip
STOP_WORDS = {"nl": {"de", "het", "een", "van", "is", "niet", "en"}, "en": {"the", "of", "is", "not", "and", "to"}}
ADDRESSES = {"src", "href", "xlink:href", "srcset", "action", "poster", "data"}
SPOKEN = {"aria-label", "alt", "title", "data-label", "content"}
NO_TEXT = re.compile(r"(?<!\w)(?<!\w-)(nan|NaN|NaT|None|<NA>|inf)(?![\w-])")
# blocks of a page that are taken apart at once: its tree takes some fifty times the memory of its text
MOST = 50
POLICY = "Content-Security-Policy"
OUTSIDE_URL = re.compile(r"@import|url\(\s*['\"]?(?!#|data:)[^)]", re.I)
PLACEHOLDERS = {"figure", "figuur", "image", "afbeelding", "grafiek", "chart", "plot", "alt"}


def render_report(notebook: NotebookNode, provenance: Provenance, language: str) -> str:
    """Return the report of an executed notebook as HTML that needs nothing from outside.

    Only what blocks show is published; cells tagged ``remove-cell`` are not. A block that rests on an
    example figure puts the banner up. Raises ``ReportRefused`` with every reason why this may not be
    published: a cell in error or not run, output that is no block, and whatever ``faults`` finds.
    """
    reasons = list(_cell_faults(notebook))
    if reasons:
        raise ReportRefused(reasons)
    return checked_page([_html(output) for _, output in _shown(notebook)], provenance, language)


def checked_page(blocks: Sequence[str | Block], provenance: Provenance, language: str) -> str:
    """Return blocks as one page: head, banner, contents, blocks and footer; raises ``ReportRefused``."""
    pieces = [block._repr_mimebundle_()["text/html"] if isinstance(block, Block) else block for block in blocks]
    html = _rendered(pieces, provenance, language)
    reasons = faults(html, language) if len(pieces) <= MOST else _faults_in_parts(html, pieces, provenance, language)
    if reasons:
        raise ReportRefused(reasons)
    return html


def _rendered(pieces: Sequence[str], provenance: Provenance, language: str) -> str:
    words = Words(language)
    body = "\n".join(pieces)
    heading = re.search(r"<h1>(.*?)</h1>", body)
    page = {
        "language": language,
        "title": unescape(heading.group(1)) if heading else provenance.programme,
        "style": _style(),
        "words": _page_words(words),
        "programme": provenance.programme,
        "period": provenance.period,
        "illustrative": '<div class="block" data-illustrative="true">' in body,
        "contents": re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', body),
        "blocks": pieces,
        "provenance": _footer(provenance, words),
    }
    html, _ = exporter().from_notebook_node(new_notebook(), resources={"page": page})
    return str(html)


def _faults_in_parts(html: str, pieces: Sequence[str], provenance: Provenance, language: str) -> list[str]:
    """Return the faults of a page of many blocks, each part of it with the title before it taken for a page."""
    twice = _twice(re.findall(r'(?<=\sid=")[^"]+', html))
    found: dict[str, None] = {}
    for at in range(1, len(pieces), MOST):
        part = _rendered([pieces[0], *pieces[at : at + MOST]], provenance, language)
        found |= dict.fromkeys(faults(part, language))
    return [*found, *(reason for reason in twice if reason not in found)]


@lru_cache
def exporter() -> TemplateExporter:
    """Return the one exporter of this process: to find and compile its template takes longer than a page."""
    # who only plans reports should not wait for it
    from nbconvert.exporters import TemplateExporter

    templates = str(files("binnenstad.page") / "templates")
    return TemplateExporter(template_name="report", template_file="index.html.j2", extra_template_basedirs=[templates])


def _page_words(words: Words) -> dict[str, str]:
    return {
        "skip": words.say("Go to the content"),
        "contents": words.say("Contents"),
        "attention": words.say("Please note."),
        "illustrative": words.say(
            "This report contains illustrative figures: they show how the report works and were not measured."
        ),
        "provenance": words.say("How this report was made"),
    }


class _Page:
    """A page taken apart in one walk: its tags in order and by name, and its texts. A selector walks it again."""

    def __init__(self, html: str):
        self.soup = BeautifulSoup(html, "html.parser")
        self.tags: list[Tag] = []
        self.texts: list[str] = []
        self._named: defaultdict[str, list[Tag]] = defaultdict(list)
        for piece in self.soup.descendants:
            if isinstance(piece, Tag):
                self.tags.append(piece)
                self._named[piece.name].append(piece)
            elif piece.parent is not None and piece.parent.name != "style":
                self.texts.append(str(piece))

    def named(self, *names: str) -> list[Tag]:
        """Return the tags with one of these names; of several names not in the order of the page."""
        return [tag for name in names for tag in self._named[name]]


def faults(html: str, language: str) -> list[str]:
    """Return every reason why a page may not be published; empty when it may.

    Stricter than axe, which passes an empty report, an alt text of one word, and Dutch marked as English.
    """
    page = _Page(html)
    checks = (
        _outline_faults,
        _lead_faults,
        _id_faults,
        _section_faults,
        _text_faults,
        _picture_faults,
        _outside_faults,
    )
    found = [reason for check in checks for reason in check(page)] + list(_language_faults(page, language))
    # a tree holds itself: it would stay until the collector comes
    for top in list(page.soup.contents):
        top.decompose()
    return found


def _shown(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    for cell in notebook.cells:
        if cell.cell_type == "code" and "remove-cell" not in cell.metadata.get("tags", []):
            yield from ((cell, output) for output in cell.outputs if output.get("name") != "stderr")


def shown_outputs(notebook: NotebookNode) -> list[NotebookNode]:
    """Return the outputs of an executed notebook that its report shows, in order."""
    return [output for _, output in _shown(notebook)]


def _html(output: NotebookNode) -> str:
    html = output.get("data", {}).get("text/html", "")
    return "".join(html) if isinstance(html, list) else str(html)


def _cell_faults(notebook: NotebookNode) -> Iterator[str]:
    for number, cell in enumerate(notebook.cells, start=1):
        if cell.cell_type != "code":
            continue
        error = next((output for output in cell.outputs if output.output_type == "error"), None)
        if error:
            yield f"cell {number} ({cell.get('id', '')}) failed: {error.ename}: {error.evalue}"
        elif cell.source.strip() and cell.execution_count is None:
            yield f"cell {number} ({cell.get('id', '')}) was not run"
    for cell, output in _shown(notebook):
        if output.output_type != "error" and not _html(output).startswith('<div class="block"'):
            yield f"cell {cell.get('id', '')} shows something that is no block; use paragraph, table or picture"


def _outline_faults(page: _Page) -> Iterator[str]:
    headings = [tag for tag in page.tags if re.fullmatch("h[1-6]", tag.name) and tag.find_parent("main")]
    levels = [int(heading.name[1]) for heading in headings]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "the report needs one title (h1), first of all headings"
    if any(after - before > 1 for before, after in pairwise(levels)):
        yield "a heading skips a level"


def _lead_faults(page: _Page) -> Iterator[str]:
    leads = [tag for tag in page.tags if "lead" in (tag.get("class") or [])]
    if not any(lead.get_text(strip=True) for lead in leads):
        yield "the lead, the sentence with the finding, is missing"


def _id_faults(page: _Page) -> Iterator[str]:
    yield from _twice(str(tag["id"]) for tag in page.tags if tag.has_attr("id"))


def _twice(ids: Iterable[str]) -> list[str]:
    return [f"the id {name!r} stands twice" for name, count in sorted(Counter(ids).items()) if count > 1]


def _section_faults(page: _Page) -> Iterator[str]:
    for section in page.named("section"):
        titles = " ".join(heading.get_text(" ", strip=True) for heading in section.find_all(["h2", "h3"]))
        if section.get_text(" ", strip=True) == titles and not section.find("svg"):
            yield f"section {titles!r} is empty"


def _text_faults(page: _Page) -> Iterator[str]:
    spoken = [str(tag.get(name)) for name in ("alt", "aria-label") for tag in page.tags if tag.has_attr(name)]
    texts = page.texts + spoken
    if not NO_TEXT.search("\n".join(texts)):
        return
    for text in texts:
        found = NO_TEXT.search(text)
        if found:
            yield f"{found.group(0)!r} stands in the text: {' '.join(text.split())[:80]!r}"


def _picture_faults(page: _Page) -> Iterator[str]:
    outer = [svg for svg in page.named("svg") if not svg.find_parent("svg")]
    for picture in page.named("img") + outer:
        alt = str(picture.get("alt") or picture.get("aria-label") or "").strip()
        if not alt:
            yield "a picture has no alt text"
        elif alt.lower().rstrip(".0123456789 ") in PLACEHOLDERS or len(alt) < 15:
            yield f"the alt text {alt!r} says nothing"
    for table in page.named("table"):
        if not table.find("caption") or not table.find("th"):
            yield "a table has no caption or headers"


def _outside_faults(page: _Page) -> Iterator[str]:
    refresh = [tag for tag in page.named("meta") if tag.get("http-equiv", POLICY) != POLICY]
    for tag in page.named("script", "iframe", "object", "embed", "link", "base", "form") + refresh:
        yield f"<{tag.name}> is not allowed in a report"
    for tag in page.tags:
        for name, value in tag.attrs.items():
            yield from _attribute_faults(
                tag.name, name.lower(), " ".join(value) if isinstance(value, list) else str(value)
            )
    for style in page.named("style"):
        if OUTSIDE_URL.search(style.get_text()):
            yield "external address in a style sheet"


def _attribute_faults(tag: str, name: str, value: str) -> Iterator[str]:
    if name.startswith("on"):
        yield f"event attribute {name} on <{tag}>"
    elif name in ADDRESSES and not re.match(
        r"#|(?:[\w-][\w.-]*/)*[\w-][\w.-]*\.html$" if name.endswith("href") else r"data:", value
    ):
        yield f"external address {value!r} on <{tag}>"
    elif OUTSIDE_URL.search(value) and name not in SPOKEN:
        yield f"external address in {name} on <{tag}>"


def _language_faults(page: _Page, language: str) -> Iterator[str]:
    html = page.soup.html
    if not html or html.get("lang") != language:
        yield f"the page does not say that its language is {language!r}"
    found = re.findall(r"[a-z]+", " ".join(main.get_text(" ") for main in page.named("main")).lower())
    counts = {name: sum(word in stops for word in found) for name, stops in STOP_WORDS.items()}
    if max(counts, key=lambda name: counts[name]) != language and max(counts.values()) > 5:
        yield f"the text is not in the language it is marked as ({language})"


def _footer(provenance: Provenance, words: Words) -> list[tuple[str, str]]:
    parameters = ", ".join(f"{name}={value}" for name, value in sorted(provenance.parameters.items()) if value)
    # an index judges nothing, and has no parameters
    cut_offs = words.say("cut-offs of Eurostat (95% and 60% of a straight path, 0)")
    rows = [
        (words.say("Programme"), provenance.programme),
        (words.say("Period"), provenance.period),
        (words.say("Known until"), provenance.as_of),
        (words.say("Verdicts"), cut_offs if parameters else ""),
        (words.say("Parameters"), parameters),
        (words.say("Fingerprint of the data"), provenance.data),
        (words.say("Version"), provenance.code),
    ]
    return [(name, value) for name, value in rows if value]


@lru_cache
def _style() -> str:
    faces = [
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url(data:font/ttf;base64,'
        f"{base64.b64encode((files('binnenstad.page') / 'fonts' / name).read_bytes()).decode()}); }}"
        for family, weight, name in FONTS
    ]
    return "\n".join([*faces, (files("binnenstad.page") / "templates" / "report.css").read_text(encoding="utf-8")])
