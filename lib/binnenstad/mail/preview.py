"""The preview: every message as .eml, and one page that lists and shows them all; for the eyes of its maker only."""

from __future__ import annotations

import shutil
import time
from base64 import b64encode
from collections.abc import Mapping
from pathlib import Path

from binnenstad.mail.body import TEMPLATES
from binnenstad.mail.compose import Mailing
from binnenstad.words import Words


def preview_page(private: Path, period: str, fingerprint: str) -> Path:
    """Return where the preview of a mailing stands, below the private folder of its programme."""
    return private / period / fingerprint / "index.html"


def write_preview(page: Path, mailing: Mailing, states: Mapping[str, str], words: Words) -> None:
    """Write the preview of a mailing in the place of an earlier one; ``states`` is how each recipient id stands."""
    shutil.rmtree(page.parents[1], ignore_errors=True)
    for folder in (page.parents[2], page.parents[1], page.parent):
        folder.mkdir(0o700, parents=True, exist_ok=True)
    told = {"words": words, "mailing": mailing, "states": states, "encode": b64encode}
    html = TEMPLATES.get_template("preview.html.j2").render(told) + "\n"
    files = {f"{message.recipient.id}.eml": message.content_bytes for message in mailing.messages}
    # last, for where this page is the mailing was previewed
    for name, content in (files | {page.name: html.encode()}).items():
        (page.parent / name).touch(0o600)
        (page.parent / name).write_bytes(content)


def purge(private: Path, days: int) -> None:
    """Remove the previews of a programme that were made, and sent if they were, more than so many days ago."""
    for page in private.glob("*/*/index.html"):
        if page.stat().st_mtime < time.time() - days * 86_400:
            shutil.rmtree(page.parent)
