"""One message as bytes: text before HTML, pictures by content id, the report attached; the same bytes every time."""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass
from email.headerregistry import Address
from email.message import EmailMessage, MIMEPart
from email.policy import SMTP

from binnenstad.mail.body import Body
from binnenstad.mail.settings import Settings


@dataclass(frozen=True)
class Attachment:
    """A file that goes along: its name, its kind (``html`` or ``pdf``), its bytes, and what a reader reads in it."""

    name: str
    kind: str
    content: bytes
    read: bytes


@dataclass(frozen=True)
class Envelope:
    """What stands on the outside of one message, less its date."""

    name: str
    address: str
    subject: str
    message_id: str
    language: str


def build_message(envelope: Envelope, body: Body, attachments: Sequence[Attachment], settings: Settings) -> bytes:
    """Return a message as it goes over the wire, without a date: that is set when its mailing begins.

    multipart/mixed [ alternative [ text/plain, related [ text/html, pictures ] ], attachments ].
    """
    message = EmailMessage(policy=SMTP)
    _address(message, envelope, settings)
    message.set_content(body.plain, cte="quoted-printable")
    message.add_alternative(body.html, subtype="html", cte="quoted-printable")
    page = message.get_payload(1)
    assert isinstance(page, MIMEPart)
    for name, png in body.pngs.items():
        page.add_related(png, "image", "png", cid=f"<{name}>", disposition="inline", filename=f"{name}.png")
    message.make_mixed()
    # set before, it would have gone into the first part with the other Content headers
    message["Content-Language"] = envelope.language
    for attachment in attachments:
        if attachment.kind == "html":
            params = {"charset": "utf-8"}
            message.add_attachment(attachment.content, "text", "html", filename=attachment.name, params=params)
        else:
            message.add_attachment(attachment.content, "application", "pdf", filename=attachment.name)
    seed = hashlib.sha256(envelope.message_id.encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{number}")
    # folded at 78, a long subject would begin with an empty line
    return message.as_bytes(policy=SMTP.clone(max_line_length=998))


def _address(message: EmailMessage, envelope: Envelope, settings: Settings) -> None:
    message["From"] = Address(settings.sender_name, addr_spec=settings.sender)
    message["To"] = Address(envelope.name, addr_spec=envelope.address)
    message["Subject"] = envelope.subject
    message["Message-ID"] = envelope.message_id
    if settings.reply_to:
        message["Reply-To"] = Address(addr_spec=settings.reply_to)
    if settings.list_id:
        message["List-Id"] = f"<{settings.list_id}>"
    if settings.unsubscribe:
        message["List-Unsubscribe"] = f"<mailto:{settings.unsubscribe}?subject=unsubscribe>"
    # RFC 3834, and what Exchange calls it: no out-of-office answers, please
    message["Auto-Submitted"] = "auto-generated"
    message["X-Auto-Response-Suppress"] = "All"


def dated(message: bytes, date: str) -> bytes:
    """Return a message with its date in front.

    >>> dated(b"From: a@example.org\\r\\n\\r\\n", "Sat, 21 Nov 2026 09:00:00 +0000")[:11]
    b'Date: Sat, '
    """
    return f"Date: {date}\r\n".encode() + message
