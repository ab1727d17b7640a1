"""What a mail needs of a report, kept beside it when it is rendered: its blocks as HTML, text and PNG."""

from __future__ import annotations

import base64
import hashlib
import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binnenstad.page.blocks import PNG_TYPE

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from binnenstad.page.provenance import Provenance

# the reports a mail is made of: the page for who has one minute, and the partner its own
SUMMARISED = "overview", "partner-"


@dataclass(frozen=True)
class Piece:
    """One block of a report: HTML, the same as text, and whether it rests on an example figure."""

    html: str
    plain: str
    illustrative: bool


@dataclass(frozen=True)
class Summary:
    """The blocks of a report in order, its pictures as PNG by name, and which HTML it belongs to."""

    programme: str
    period: str
    html_sha256: str
    pieces: Sequence[Piece]
    pngs: dict[str, bytes]


def summary_path(report: Path) -> Path:
    """Return where the summary of a report is kept.

    >>> summary_path(Path("overview.en.html")).name
    'overview.en.mail.json'
    """
    return report.with_suffix(".mail.json")


def summary_text(notebook: NotebookNode, provenance: Provenance, html: str) -> str:
    """Return the summary of an executed notebook and its rendered page as JSON; the same for the same page."""
    # nbconvert takes long to import: who only mails should not wait for it
    from binnenstad.page.exporter import shown_outputs

    pieces, pngs = list[dict[str, Any]](), dict[str, str]()
    for _, output in shown_outputs(notebook):
        block = output["data"]["text/html"]
        example = 'data-illustrative="true"' in block[:60]
        pieces.append({"html": block, "plain": output["data"]["text/plain"], "illustrative": example})
        pngs |= output["data"].get(PNG_TYPE, {})
    kept = {"programme": provenance.programme, "period": provenance.period}
    kept |= {"html_sha256": hashlib.sha256(html.encode()).hexdigest()}
    return json.dumps(kept | {"pieces": pieces, "pngs": pngs}, ensure_ascii=False, indent=0) + "\n"


def read_summary(path: Path) -> Summary:
    """Return a summary that was kept; raises ``ValueError`` or ``OSError`` for a file that is none."""
    kept = json.loads(path.read_text(encoding="utf-8"))
    try:
        pieces = [Piece(piece["html"], piece["plain"], piece["illustrative"]) for piece in kept["pieces"]]
        pngs = {name: base64.b64decode(png, validate=True) for name, png in kept["pngs"].items()}
        return Summary(kept["programme"], kept["period"], kept["html_sha256"], pieces, pngs)
    except (KeyError, TypeError, AttributeError) as error:
        raise ValueError(f"{path.name} is no summary of a report") from error


def is_whole(path: Path, html_sha256: str) -> bool:
    """Return whether a summary can be read, and belongs to the page with this digest."""
    try:
        return read_summary(path).html_sha256 == html_sha256
    except (OSError, ValueError):
        return False
