"""Printing: a PDF beside each report that is ready, and none of an earlier one beside a new report."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Collection, Sequence
from pathlib import Path

from binnenstad.pdf import render_pdf


def print_reports(out: Path, reports: Sequence[str], made: Collection[str], *, wanted: bool) -> list[Path]:
    """Print the ``reports`` below ``out`` that are ready and have no PDF yet, if ``wanted``; return the files.

    Of the reports that were ``made`` anew, the PDF that an earlier run left is removed either way. Raises
    ``UsageError`` without the optional extra ``pdf``.
    """
    printed = []
    for report in reports:
        page = out / report
        paper = page.with_suffix(".pdf")
        if report in made:
            paper.unlink(missing_ok=True)
        if wanted and page.exists() and not paper.exists():
            _write_whole(paper, render_pdf(page.read_text(encoding="utf-8")))
            printed.append(paper)
    return printed


def _write_whole(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
