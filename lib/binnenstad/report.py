"""An executed notebook -> one self-contained, accessible HTML file; refused when anything is amiss."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from importlib.resources import files

from bs4 import BeautifulSoup, Tag
from nbconvert import HTMLExporter
from nbformat import NotebookNode
from nbformat.v4 import new_notebook

from binnenstad.blocks import Block
from binnenstad.errors import ReportRefused
from binnenstad.text import Words

FONTS = [
    ("Open Sans", 400, "OpenSans-Regular.ttf"), ("Open Sans", 700, "OpenSans-Bold.ttf"),
    ("Binnenstad Symbols", 400, "BinnenstadSymbols.ttf"),
]  # fmt: skip
STOP_WORDS = {"nl": {"de", "het", "een", "van", "is", "niet", "en"}, "en": {"the", "of", "is", "not", "and", "a", "to"}}
PLACEHOLDERS = {"figure", "figuur", "image", "afbeelding", "grafiek", "chart", "plot", "alt"}


@dataclass(frozen=True)
class Provenance:
    """What a report was made of: shown in its footer so that anybody can make it again."""

    programme: str
    period: str
    as_of: str
    parameters: dict[str, str]
    data: str
    code: str


def render_report(notebook: NotebookNode, provenance: Provenance, language: str) -> str:
    """Return the report of an executed notebook as HTML that needs nothing from outside.

    Only what blocks show is published; cells tagged ``remove-cell`` are not. A block that rests on an
    example figure puts the banner up. Raises ``ReportRefused`` with every reason why this may not be
    published: a cell in error or not run, output that is no block, and whatever ``faults`` finds.
    """
    reasons = list(_cell_faults(notebook))
    if reasons:
        raise ReportRefused(reasons)
    html = render_page([_html(output) for _, output in _shown(notebook)], provenance, language)
    reasons = faults(html, language)
    if reasons:
        raise ReportRefused(reasons)
    return html


def render_page(blocks: Sequence[str | Block], provenance: Provenance, language: str) -> str:
    """Return blocks as one page: head, banner, contents, blocks and footer; nothing is checked here."""
    words = Words(language)
    pieces = [block._repr_mimebundle_()["text/html"] if isinstance(block, Block) else block for block in blocks]
    body = "\n".join(pieces)
    heading = re.search(r"<h1>(.*?)</h1>", body)
    page = {
        "language": language,
        "title": BeautifulSoup(heading.group(1), "html.parser").text if heading else provenance.programme,
        "style": _style(),
        "words": {
            "skip": words.say("Go to the content"), "contents": words.say("Contents"),
            "attention": words.say("Please note."), "provenance": words.say("How this report was made"),
        },
        "programme": provenance.programme,
        "period": provenance.period,
        "banner": words.say("This report contains illustrative figures: they show how the report works and were not measured.")
        if "data-illustrative" in body else "",
        "contents": re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', body),
        "blocks": pieces,
        "provenance": _footer(provenance, words),
    }  # fmt: skip
    exporter = HTMLExporter(template_name="report", extra_template_basedirs=[str(files("binnenstad") / "templates")])
    html, _ = exporter.from_notebook_node(new_notebook(), resources={"page": page})
    return str(html)


def faults(html: str, language: str) -> list[str]:
    """Return every reason why a page may not be published; empty when it may.

    Stricter than axe, which passes an empty report, an alt text of one word, and Dutch marked as English.
    """
    soup = BeautifulSoup(html, "html.parser")
    checks = (_outline_faults, _text_faults, _picture_faults, _outside_faults)
    return [reason for check in checks for reason in check(soup)] + list(_language_faults(soup, language))


def _shown(notebook: NotebookNode) -> Iterator[tuple[NotebookNode, NotebookNode]]:
    for cell in notebook.cells:
        if cell.cell_type == "code" and "remove-cell" not in cell.metadata.get("tags", []):
            yield from ((cell, output) for output in cell.outputs if output.get("name") != "stderr")


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
        if output.output_type != "error" and '<div class="block"' not in _html(output):
            yield f"cell {cell.get('id', '')} shows something that is no block; use paragraph, table or picture"


def _outline_faults(soup: BeautifulSoup) -> Iterator[str]:
    main = soup.find("main")
    headings = main.find_all(re.compile(r"^h[1-6]$")) if isinstance(main, Tag) else []
    levels = [int(heading.name[1]) for heading in headings]
    if levels[:1] != [1] or levels.count(1) != 1:
        yield "the report needs one title (h1), first of all headings"
    if any(after - before > 1 for before, after in zip(levels, levels[1:], strict=False)):
        yield "a heading skips a level"
    lead = soup.find(class_="lead")
    if lead is None or not lead.get_text(strip=True):
        yield "the lead, the sentence with the finding, is missing"
    for section in soup.find_all("section"):
        heading = section.find(re.compile(r"^h[1-6]$"))
        title = heading.get_text(strip=True) if heading else ""
        if section.get_text(" ", strip=True) == title and not section.find("svg"):
            yield f"section {title!r} is empty"
    ids = [tag["id"] for tag in soup.find_all(id=True)]
    for twice in sorted({name for name in ids if ids.count(name) > 1}):
        yield f"the id {twice!r} stands twice"


def _text_faults(soup: BeautifulSoup) -> Iterator[str]:
    alts = [str(tag.get(name)) for name in ("alt", "aria-label") for tag in soup.find_all(attrs={name: True})]
    for text in [*soup.find_all(string=True), *alts]:
        if getattr(text, "parent", None) is not None and text.parent.name == "style":
            continue
        found = re.search(r"(?<![\w-])(nan|NaN|NaT|None|<NA>|inf)(?![\w-])", text)
        if found:
            yield f"{found.group(0)!r} stands in the text: {' '.join(text.split())[:80]!r}"


def _picture_faults(soup: BeautifulSoup) -> Iterator[str]:
    for picture in soup.find_all(["img", "svg"]):
        alt = str(picture.get("alt") or picture.get("aria-label") or "").strip()
        if picture.find_parent("svg") is not None:
            continue
        if not alt:
            yield "a picture has no alt text"
        elif alt.lower().rstrip(".0123456789 ") in PLACEHOLDERS or len(alt) < 15:
            yield f"the alt text {alt!r} says nothing"
    for table in soup.find_all("table"):
        if not table.find("caption") or not table.find("th"):
            yield "a table has no caption or headers"


def _outside_faults(soup: BeautifulSoup) -> Iterator[str]:
    for tag in soup.find_all(True):
        if tag.name in ("script", "iframe", "object", "embed", "link", "base", "form"):
            yield f"<{tag.name}> is not allowed in a report"
        for name, value in tag.attrs.items():
            text = " ".join(value) if isinstance(value, list) else str(value)
            if name.lower().startswith("on"):
                yield f"event attribute {name} on <{tag.name}>"
            elif name in ("src", "href", "xlink:href", "srcset", "action", "poster") and not re.match(r"(#|data:|[\w.-]+\.html$)", text):
                yield f"external address {text!r} on <{tag.name}>"
            elif re.search(r"url\(\s*['\"]?(?!#|data:)[^)]", text):
                yield f"external address in {name} on <{tag.name}>"
    for style in soup.find_all("style"):
        if re.search(r"@import|url\(\s*['\"]?(?!#|data:)[^)]", style.get_text()):
            yield "external address in a style sheet"


def _language_faults(soup: BeautifulSoup, language: str) -> Iterator[str]:
    if not soup.html or soup.html.get("lang") != language:
        yield f"the page does not say that its language is {language!r}"
    main = soup.find("main")
    found = re.findall(r"[a-z]+", main.get_text(" ").lower()) if main else []
    counts = {name: sum(word in stops for word in found) for name, stops in STOP_WORDS.items()}
    if max(counts, key=lambda name: counts[name]) != language and max(counts.values()) > 5:
        yield f"the text is not in the language it is marked as ({language})"


def _footer(provenance: Provenance, words: Words) -> list[tuple[str, str]]:
    parameters = ", ".join(f"{name}={value}" for name, value in sorted(provenance.parameters.items()))
    return [
        (words.say("Programme"), provenance.programme),
        (words.say("Period"), provenance.period),
        (words.say("Known until"), provenance.as_of),
        (words.say("Verdicts"), words.say("cut-offs of Eurostat (95% and 60% of a straight path, 0)")),
        (words.say("Parameters"), parameters),
        (words.say("Fingerprint of the data"), provenance.data),
        (words.say("Version"), provenance.code),
    ]


@lru_cache
def _style() -> str:
    faces = [
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url(data:font/ttf;base64,'
        f"{base64.b64encode((files('binnenstad') / 'fonts' / name).read_bytes()).decode()}); }}"
        for family, weight, name in FONTS
    ]
    return "\n".join([*faces, (files("binnenstad") / "templates" / "report.css").read_text(encoding="utf-8")])



