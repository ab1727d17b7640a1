"""The page of an executed notebook, or of blocks alone, as the exporter ``binnenstad`` renders it."""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from typing import TYPE_CHECKING

from nbformat import NotebookNode, from_dict

from binnenstad.page.blocks import Block
from binnenstad.page.provenance import Provenance

if TYPE_CHECKING:
    from binnenstad.page.exporter import ReportExporter


@lru_cache
def exporter() -> ReportExporter:
    """Return the one exporter of this process: to find and compile its template takes longer than a page."""
    # nbconvert takes long to import: who only plans reports should not wait for it
    from binnenstad.page.exporter import ReportExporter

    return ReportExporter()  # type: ignore[no-untyped-call]


def render_report(notebook: NotebookNode, provenance: Provenance, language: str) -> str:
    """Return the report of an executed notebook as HTML that needs nothing from outside.

    Only what blocks show is published; cells tagged ``remove-cell`` are not. Raises ``ReportRefused`` with every
    reason why it may not be published.
    """
    html, _ = exporter().from_notebook_node(notebook, {"provenance": provenance, "language": language})
    return html


def checked_page(blocks: Sequence[Block], provenance: Provenance, language: str) -> str:
    """Return blocks as one page, without a notebook; raises ``ReportRefused`` as ``render_report`` does."""
    outputs = [{"output_type": "display_data", "metadata": {}, "data": block._repr_mimebundle_()} for block in blocks]
    cell = {"id": "blocks", "cell_type": "code", "metadata": {}, "source": "", "outputs": outputs}
    notebook = {"metadata": {}, "nbformat": 4, "nbformat_minor": 5, "cells": [cell | {"execution_count": None}]}
    return render_report(from_dict(notebook), provenance, language)
