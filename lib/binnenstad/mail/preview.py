"""The preview: every message as .eml, and one page that lists and shows them all."""

from __future__ import annotations

import base64
import shutil
from collections.abc import Mapping
from html import escape
from pathlib import Path

from binnenstad.mail.body import TEMPLATES, Body
from binnenstad.mail.compose import Mailing
from binnenstad.words import Words


def preview_page(place: Path, fingerprint: str) -> Path:
    """Return where the preview of a mailing stands, below the folder of its period."""
    return place / "mail" / fingerprint / "index.html"


def write_preview(place: Path, mailing: Mailing, states: Mapping[str, str], words: Words) -> Path:
    """Write the preview of a mailing in the place of an earlier one; return its page.

    ``states`` says in words how each recipient id stands in the ledger.
    """
    shutil.rmtree(place / "mail", ignore_errors=True)
    page = preview_page(place, mailing.fingerprint)
    page.parent.mkdir(parents=True)
    for message in mailing.messages:
        (page.parent / f"{message.recipient.id}.eml").write_bytes(message.content_bytes)
    # last, for where this page is the mailing was previewed
    page.write_text(_page(mailing, states, words), encoding="utf-8", newline="\n")
    return page


def _page(mailing: Mailing, states: Mapping[str, str], words: Words) -> str:
    bodies = dict[str, tuple[Body, list[str]]]()
    for message in mailing.messages:
        # each body once, so that a hundred messages are still one page to read
        bodies.setdefault(message.body.html + message.body.plain, (message.body, []))[1].append(message.recipient.id)
    shown = [(names, escape(_with_pictures(body)), escape(body.plain)) for body, names in bodies.values()]
    page = TEMPLATES.get_template("preview.html.j2")
    return page.render(words=words, mailing=mailing, states=states, bodies=shown) + "\n"


def _with_pictures(body: Body) -> str:
    page = body.html
    for name, png in body.pngs.items():
        page = page.replace(f'src="cid:{name}"', f'src="data:image/png;base64,{base64.b64encode(png).decode()}"')
    return page
