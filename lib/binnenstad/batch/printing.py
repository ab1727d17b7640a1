"""Printing: a PDF beside each report that is ready, and none of an earlier one beside a new report."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path

from binnenstad.batch.job import Outcome
from binnenstad.pdf import render_pdf


def print_reports(place: Path, outcomes: Sequence[Outcome], *, wanted: bool) -> list[Path]:
    """Print the reports of a run below ``place`` that are ready, if ``wanted``; return the files made.

    A PDF that an earlier run left of a report of this one is removed either way. Raises ``UsageError``
    without the optional extra ``pdf``.
    """
    made = []
    for outcome in outcomes:
        page = place / outcome.file
        paper = page.with_suffix(".pdf")
        paper.unlink(missing_ok=True)
        if wanted and outcome.status == "ok":
            _write_whole(paper, render_pdf(page.read_text(encoding="utf-8")))
            made.append(paper)
    return made


def _write_whole(path: Path, content: bytes) -> None:
    with tempfile.NamedTemporaryFile(dir=path.parent, prefix=f".{path.name}.", delete=False) as file:
        file.write(content)
    os.chmod(file.name, 0o644)
    os.replace(file.name, path)
