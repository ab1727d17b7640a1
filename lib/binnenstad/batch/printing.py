"""Printing: a PDF beside each report that is ready."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from binnenstad.page.pdf import render_pdf


def paper_of(page: Path) -> Path:
    """Return where the PDF of a report is kept.

    >>> paper_of(Path("overview.en.html")).name
    'overview.en.pdf'
    """
    return page.with_suffix(".pdf")


def print_reports(out: Path, reports: Sequence[str]) -> list[Path]:
    """Print the ``reports`` below ``out`` that are ready and have no PDF yet; return the files.

    One that is there is of the report as it is, for the batch removes it before it makes a report anew.
    Raises ``UsageError`` without the optional extra ``pdf``.
    """
    printed = []
    for page in (out / report for report in reports):
        paper = paper_of(page)
        if page.exists() and not paper.exists():
            _write_whole(paper, render_pdf(page.read_text(encoding="utf-8")))
            printed.append(paper)
    return printed


def _write_whole(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
