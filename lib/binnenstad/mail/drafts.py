"""Drafts: what each recipient of the table gets from the reports of a run."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import pandas as pd

from binnenstad.mail.body import Body, Notes, compose_body
from binnenstad.mail.message import Attachment
from binnenstad.mail.outputs import Outputs
from binnenstad.mail.settings import Settings
from binnenstad.programme import Programme
from binnenstad.words import Words
from binnenstad.words.errors import BinnenstadError


class MailRefused(BinnenstadError):  # noqa: N818
    """A mailing that may not be sent; carries every reason, and nothing of it has left."""

    def __init__(self, reasons: Sequence[str], heading: str):
        self.reasons = list(reasons)
        super().__init__("\n".join([heading, *(f"  {reason}" for reason in self.reasons)]))


@dataclass(frozen=True)
class Recipient:
    """One row of the table ``recipients``."""

    id: str
    name: str
    address: str
    audience: str
    partner: str
    language: str
    attachment: str


@dataclass(frozen=True)
class Request:
    """What a mailing is made of: the programme, its period, the reports, the settings, and how to print a PDF."""

    programme: Programme
    period: str
    outputs: Outputs
    settings: Settings
    words: Words
    print_pdf: Callable[[str], bytes]
    test: str = ""


def recipients_of(table: pd.DataFrame) -> list[Recipient]:
    """Return the rows of the checked table ``recipients`` in order of their ids.

    >>> recipients_of(pd.DataFrame(columns=["id", "name", "address", "audience", "partner", "language", "attachment"]))
    []
    """
    rows = table.fillna("").sort_values("id").to_dict("records")
    return [Recipient(**{str(name): str(cell) for name, cell in row.items()}) for row in rows]


@dataclass(frozen=True)
class Draft:
    """What does not depend on earlier mailings; ``body`` makes the body of the first mail (0) or a correction.

    ``content`` is a digest of body and attachments, what the recipient gets to read, and behind a dash one of
    that and the address.
    """

    recipient: Recipient
    body: Callable[[int], Body]
    attachments: tuple[Attachment, ...]
    content: str


def make_drafts(request: Request) -> list[Draft]:
    """Return a draft per recipient, in order of their ids.

    Raises ``MailRefused`` with every reason why one of them cannot be made.
    """
    recipients = recipients_of(request.programme["recipients"])
    reasons = list(_recipient_faults(recipients, request))
    attach, body = _attacher(request), _bodies(request)
    drafts = []
    for recipient in recipients:
        attachments = attach(recipient)
        first = body(recipient.language, tuple(one.name for one in attachments), 0)
        if first is not None:
            read = digest(first.html, first.plain, *(one.read for one in attachments))[:32]
            content = f"{read}-{digest(read, recipient.address)[:32]}"
            drafts.append(Draft(recipient, _maker(body, recipient, attachments), attachments, content))
    reasons += request.outputs.faults
    if reasons:
        raise refused(reasons, request.words)
    return drafts


def _maker(
    body: Callable[[str, tuple[str, ...], int], Body | None], recipient: Recipient, attachments: Sequence[Attachment]
) -> Callable[[int], Body]:
    def _make(correction: int) -> Body:
        made = body(recipient.language, tuple(one.name for one in attachments), correction)
        assert made is not None
        return made

    return _make


def refused(reasons: Sequence[str], words: Words) -> MailRefused:
    """Return the error that tells why a mailing is not sent."""
    heading = words.say_many(
        "{count} reason why nothing is mailed", "{count} reasons why nothing is mailed", len(reasons)
    )
    return MailRefused(reasons, heading + ":")


def _recipient_faults(recipients: Sequence[Recipient], request: Request) -> Iterable[str]:
    say = request.words.say
    if not recipients:
        yield say("recipients.csv has no rows; recipients.example.csv shows what it holds")
    for recipient in recipients:
        if not request.settings.admits(request.test or recipient.address):
            yield say("{name}: the domain of the address is not in domains of mail.toml", name=recipient.id)


def _attacher(request: Request) -> Callable[[Recipient], tuple[Attachment, ...]]:
    printed = lru_cache(maxsize=None)(request.print_pdf)

    def _attach(recipient: Recipient) -> tuple[Attachment, ...]:
        if recipient.attachment == "none":
            return ()
        # a partner gets its own page and never another's
        own = recipient.audience == "partner"
        reports = (f"partner-{recipient.partner}",) if own else request.settings.attached(recipient.audience)
        pages = {report: request.outputs.page(report, recipient.language) for report in reports}
        stem = f"{request.programme.id}-{request.period}"
        return tuple(
            Attachment(
                f"{stem}-{report}.{recipient.attachment}",
                recipient.attachment,
                page if recipient.attachment == "html" else printed(page.decode()),
                # the footer says how a report was made: another version with the same figures is no correction
                page.partition(b"<footer>")[0],
            )
            for report, page in pages.items()
            if page
        )

    return _attach


def _bodies(request: Request) -> Callable[[str, tuple[str, ...], int], Body | None]:
    @cache
    def _body(language: str, attached: tuple[str, ...], correction: int) -> Body | None:
        summary = request.outputs.summary(language)
        if summary is None:
            return None
        notes = _notes(summary.programme, request.settings.unsubscribe, attached, correction, Words(language))
        return compose_body(summary, notes, Words(language))

    return _body


def _notes(title: str, unsubscribe: str, attached: Sequence[str], correction: int, words: Words) -> Notes:
    before = (
        [words.say("This mail replaces the earlier one on the same period: figures or verdicts were revised.")]
        if correction
        else []
    )
    after = [words.say("Attached: {names}.", names=", ".join(attached))] if attached else []
    after.append(words.say("You get this mail because you are on the list of recipients of {title}.", title=title))
    if unsubscribe:
        after.append(words.say("No longer? Write to {address}.", address=unsubscribe))
    return Notes(tuple(before), tuple(after))


def digest(*parts: str | bytes) -> str:
    """Return a digest of parts in their order."""
    found = hashlib.sha256()
    for part in parts:
        raw = part.encode() if isinstance(part, str) else part
        found.update(f"{len(raw)}\0".encode() + raw)
    return found.hexdigest()
