"""A message as it goes over the wire, byte for byte the same every time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from email.header import Header
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import formataddr
from functools import lru_cache
from typing import NamedTuple

from binnenstad.mail.body import SPOKEN, Body
from binnenstad.mail.settings import Settings


class Recipient(NamedTuple):
    """One row of the table ``recipients``."""

    id: str
    name: str
    address: str
    audience: str
    partner: str
    language: str
    attachment: str


def message_bytes(
    recipient: Recipient, subject: str, ids: Sequence[str], body: Body, files: Mapping[str, bytes], settings: Settings
) -> bytes:
    """Return a message as it goes over the wire, without a date: that is set when its mailing begins.

    multipart/mixed [ alternative [ text/plain, related [ text/html, pictures ] ], attached files ]; the same bytes
    every time. The last of ``ids`` is its own, those before it are of the mails it corrects.
    """
    about = {"recipient": recipient, "subject": subject, "ids": ids, "settings": settings, "encoded": _encoded}
    head = SPOKEN.get_template("head.txt.j2").render(about).replace("\n", "\r\n")
    return head.encode() + _content(body.html, body.plain, tuple(body.pngs.items()), tuple(files.items()))


@lru_cache(maxsize=8)  # a council gets the same, each under its own head
def _content(html: str, plain: str, pngs: Sequence[tuple[str, bytes]], files: Sequence[tuple[str, bytes]]) -> bytes:
    message = EmailMessage(policy=SMTP)
    message.set_content(plain, cte="quoted-printable")
    message.add_alternative(html, subtype="html", cte="quoted-printable")
    _, page = message.iter_parts()
    for cid, png in pngs:
        page.add_related(png, "image", "png", cid=f"<{cid}>", disposition="inline", filename=cid.split(".")[0] + ".png")
    if pngs:
        page.set_param("type", "text/html")
    message.make_mixed()
    for name, content in files:
        kinds = ("text", "html", {"charset": "utf-8"}) if name.endswith(".html") else ("application", "pdf", {})
        message.add_attachment(content, *kinds[:2], filename=name, params=kinds[2])
    seed = hashlib.sha256(html.encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{number}")
    return message.as_bytes()


def _encoded(header: str, text: str, address: str = "") -> str:
    """Return a text, or a name before an address, for a header: in encoded-words of at most 75 characters (RFC 2047).

    The library's own way makes longer ones, or begins a long subject with an empty line. What is short and plain
    stays as it is.
    """
    if text.isascii() and text.isprintable() and len(text) <= 60 and "=?" not in text:
        return formataddr((text, address)) if address else text
    words = Header(text, "utf-8", 75, header).encode()
    return f"{words}\n <{address}>" if address else words
