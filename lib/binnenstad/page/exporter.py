"""The nbconvert exporter ``binnenstad``: an executed notebook -> one self-contained, accessible page, or a refusal."""

from __future__ import annotations

import base64
import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from html import unescape
from importlib.resources import files
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbconvert.preprocessors import TagRemovePreprocessor
from nbformat import NotebookNode
from traitlets.config import Config

from binnenstad.page.checks import cell_faults, output_faults, page_faults, refuse
from binnenstad.page.provenance import Provenance, provenance_of
from binnenstad.words import Words

HERE = files("binnenstad.page")
FONTS = [
    ("Open Sans", 400, "OpenSans-Regular.ttf"), ("Open Sans", 700, "OpenSans-Bold.ttf"),
    ("Binnenstad Symbols", 400, "BinnenstadSymbols.ttf"),
]  # fmt: skip


class ReportExporter(TemplateExporter):
    """Makes a report of what the blocks of an executed notebook show.

    Found by its entry point: ``jupyter nbconvert --to binnenstad`` and JupyterLab's "Save and Export Notebook As" give
    the page that ``binnenstad run`` gives.
    """

    export_from_notebook = "Binnenstad"
    output_mimetype = "text/html"

    @property
    def default_config(self) -> Config:
        """Return the settings of this exporter: its own template, and the filter ``blocks`` of a notebook."""
        templates = [str(HERE / "templates")]
        own = {"file_extension": ".html", "template_name": "report", "extra_template_basedirs": templates}
        # a notebook is valid once if it is valid each time
        return Config({"ReportExporter": own | {"filters": {"blocks": blocks}, "optimistic_validation": True}})

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: Mapping[str, Any] | None = None, **options: Any
    ) -> tuple[str, dict[str, Any]]:
        """Return the page of an executed notebook, with what nbconvert has to know of it.

        ``resources`` may hold the ``provenance`` and ``language`` of the page; else the parameters of the notebook
        tell them. Raises ``ReportRefused`` with every reason why this may not be published: a cell in error or not
        run, output that is no block, and whatever ``page_faults`` finds.
        """
        refuse([*cell_faults(nb), *output_faults(shown_outputs(nb))])
        given = dict(resources or {})
        provenance = given.get("provenance") or provenance_of(nb, given.get("metadata", {}).get("name", ""))
        language = given.get("language") or provenance.parameters["language"]
        given["page"] = _page(blocks(nb), provenance, language)
        html, told = super().from_notebook_node(nb, given, **options)
        refuse(page_faults(html, language))
        return html, told


def shown_outputs(notebook: NotebookNode) -> list[tuple[str, NotebookNode]]:
    """Return the outputs that the report of a notebook shows, in order, each with the id of its cell.

    Nothing of a cell tagged ``remove-cell``, and no warnings.
    """
    tags = TagRemovePreprocessor(remove_cell_tags={"remove-cell"})
    kept, _ = tags.preprocess(NotebookNode(notebook), {})
    outputs = [(cell.get("id", ""), output) for cell in kept.cells for output in cell.get("outputs", [])]
    return [(cell, output) for cell, output in outputs if output.get("name") != "stderr"]


def blocks(notebook: NotebookNode) -> list[str]:
    """Return the HTML of the blocks that the report of a notebook shows."""
    return [output["data"]["text/html"] for _, output in shown_outputs(notebook)]


def _page(pieces: Sequence[str], provenance: Provenance, language: str) -> dict[str, Any]:
    """Return what the template shows around the blocks; a block on an example figure puts the banner up."""
    words, body = Words(language), "\n".join(pieces)
    heading = re.search(r"<h1>(.*?)</h1>", body)
    return {
        "language": language,
        "title": unescape(heading.group(1)) if heading else provenance.programme,
        "style": _style(),
        "programme": provenance.programme,
        "period": provenance.period,
        "illustrative": '<div class="block" data-illustrative="true">' in body,
        "contents": re.findall(r'<h2 id="([^"]+)">(.*?)</h2>', body),
        "provenance": _footer(provenance, words),
        "words": words,
    }


def _footer(provenance: Provenance, words: Words) -> list[tuple[str, str]]:
    parameters = ", ".join(f"{name}={value}" for name, value in sorted(provenance.parameters.items()) if value)
    # an index judges nothing, and has no parameters
    cut_offs = words.say("cut-offs of Eurostat (95% and 60% of a straight path, 0)")
    rows = [
        (words.say("Programme"), provenance.programme), (words.say("Period"), provenance.period),
        (words.say("Known until"), provenance.as_of), (words.say("Verdicts"), cut_offs if parameters else ""),
        (words.say("Parameters"), parameters), (words.say("Fingerprint of the data"), provenance.data),
        (words.say("Version"), provenance.code),
    ]  # fmt: skip
    return [(name, value) for name, value in rows if value]


@lru_cache
def _style() -> str:
    faces = [
        f'@font-face {{ font-family: "{family}"; font-weight: {weight}; src: url(data:font/ttf;base64,'
        f"{base64.b64encode((HERE / 'fonts' / name).read_bytes()).decode()}); }}"
        for family, weight, name in FONTS
    ]
    return "\n".join([*faces, (HERE / "templates" / "report.css").read_text(encoding="utf-8")])
