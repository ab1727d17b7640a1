"""A mailing: who gets what, from the reports of a run, and the fingerprint it is approved under."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from email.headerregistry import Address
from email.message import EmailMessage
from email.policy import SMTP
from email.utils import make_msgid
from functools import cache, partial
from itertools import chain, pairwise
from pathlib import Path
from typing import NamedTuple

from binnenstad.mail.body import Body, compose_body
from binnenstad.mail.guard import message_faults
from binnenstad.mail.ledger import Ledger, Line
from binnenstad.mail.outputs import output_faults
from binnenstad.mail.settings import Settings
from binnenstad.page.pdf import render_pdf
from binnenstad.page.summary import SUMMARISED, read_summary, summary_path
from binnenstad.programme.checked import Programme
from binnenstad.words import Words
from binnenstad.words.addresses import hides
from binnenstad.words.errors import BinnenstadError


class MailRefused(BinnenstadError):  # noqa: N818
    """A mailing that may not be sent; carries every reason, and nothing of it has left."""


class Request(NamedTuple):
    """What a mailing is made of: the programme, the folder with the reports of a period, and the settings.

    ``test`` is the one address that all messages go to instead; ``again`` is to include whom nothing changed for, and
    so is ``by_name`` for some recipient ids.
    """

    programme: Programme
    place: Path
    settings: Settings
    words: Words
    test: str = ""
    again: bool = False
    by_name: Sequence[str] = ()


class Recipient(NamedTuple):
    """One row of the table ``recipients``."""

    id: str
    name: str
    address: str
    audience: str
    partner: str
    language: str
    attachment: str


class Message(NamedTuple):
    """One message, ready but for its date; ``content`` is a digest of what the recipient gets to see."""

    recipient: Recipient
    subject: str
    body: Body
    attachments: Mapping[str, bytes]
    content_bytes: bytes
    content: str


class Mailing(NamedTuple):
    """The messages of one mailing, who is left out because nothing changed, and its fingerprint."""

    number: int
    messages: Sequence[Message]
    unchanged: Sequence[str]
    fingerprint: str


class _Draft(NamedTuple):
    """What does not depend on earlier mailings; ``body`` makes the body of a first mail or of a correction.

    ``content`` is a digest of body and attachments, what the recipient gets to read, and behind a dash one of
    that and the address.
    """

    recipient: Recipient
    body: Callable[[bool], Body]
    attachments: Mapping[str, bytes]
    content: str


def compose(request: Request, ledger: Ledger) -> Mailing:
    """Return the mailing that is to be sent now.

    That is the last one, if it is the same and not finished or finished with nothing new; otherwise the
    next. Who has, or may have, the same content is left out, unless asked for.
    Raises ``MailRefused`` with every reason why not all of it may go out.
    """
    begun, lines, drafts = ledger.mailings(), ledger.deliveries(), _drafts(request)
    last = max(begun, default=0)
    if last:
        mailing = _numbered(request, drafts, lines, last)
        open_still = any((line.number, line.state) == (last, "planned") for line in lines)
        if mailing.fingerprint == begun[last][0] and (open_still or not request.again):
            return mailing
    return _numbered(request, drafts, lines, last + 1)


def _drafts(request: Request) -> list[_Draft]:
    """Return a draft per recipient, in order of their ids; raises ``MailRefused`` with every reason why not."""
    say, drafts = request.words.say, list[_Draft]()
    body, attachment = cache(partial(_body, request)), cache(partial(_attachment, request))
    for one in _recipients(request):
        files = _attached(one, request)
        made = partial(body, one.language, tuple(files))
        # the footer says how a report was made: another version with the same figures is no correction
        pages = [attachment(file, "html").partition(b"<footer>")[0] for file in files.values()]
        read = _digest(made(False).html.encode(), made(False).plain.encode(), *pages)[:32]
        content = f"{read}-{_digest(read.encode(), one.address.encode())[:32]}"
        attachments = {name: attachment(file, one.attachment) for name, file in files.items()}
        drafts.append(_Draft(one, made, attachments, content))
    # what hides in a subject is named before it is wrapped, and looked for again in the bytes
    reason = say("the subject holds a character that cannot be seen")
    _refuse([f"{one.recipient.id}: {reason}" for one in drafts if hides(one.body(False).title)], request.words)
    return drafts


def _recipients(request: Request) -> list[Recipient]:
    """Return who is written to, in order of their ids, once nothing is known against any of it."""
    say, table = request.words.say, request.programme["recipients"].fillna("").sort_values("id")
    table = table.assign(address=request.test or table["address"])[list(Recipient._fields)]
    recipients = [Recipient._make(row) for row in table.itertuples(index=False)]
    overviews = [_file(SUMMARISED, one.language) for one in recipients]
    attached = list(chain.from_iterable(_attached(one, request).values() for one in recipients))
    reasons = output_faults(request.place, request.programme.delivered, overviews, attached, request.words)
    if not recipients:
        reasons += [say("recipients.csv has no rows; recipients.example.csv shows what it holds")]
    listed = tuple(f"@{domain.lower()}" for domain in request.settings.domains) or ""
    strange = [one.id for one in recipients if not one.address.lower().endswith(listed)]
    reasons += [say("{name}: the domain of the address is not in domains of mail.toml", name=name) for name in strange]
    _refuse(reasons, request.words)
    return recipients


def _refuse(reasons: Sequence[str], words: Words) -> None:
    if reasons:
        count = len(reasons)
        heading = words.say_many("{count} reason why nothing is mailed", "{count} reasons why nothing is mailed", count)
        raise MailRefused("\n  ".join([f"{heading}:", *reasons]))


def _file(report: str, language: str) -> str:
    return f"{report}.html" if language == "nl" else f"{report}.{language}.html"


def _attached(recipient: Recipient, request: Request) -> dict[str, str]:
    """Return the file of each report that goes along, by the name it gets."""
    if recipient.attachment == "none":
        return {}
    # a partner gets its own page and never another's
    named = request.settings.reports.get(recipient.audience, (SUMMARISED,))
    reports = [f"partner-{recipient.partner}"] if recipient.audience == "partner" else named
    stem, kind = f"{request.programme.id}-{request.place.name}", recipient.attachment
    return {f"{stem}-{report}.{kind}": _file(report, recipient.language) for report in reports}


def _attachment(request: Request, file: str, kind: str) -> bytes:
    """Return a report as it goes along: as it is, or printed."""
    page = (request.place / file).read_bytes()
    return page if kind == "html" else render_pdf(page.decode())


def _body(request: Request, language: str, attached: Sequence[str], correction: bool) -> Body:
    summary = read_summary(summary_path(request.place / _file(SUMMARISED, language)))
    return compose_body(summary, attached, request.settings.unsubscribe, correction, Words(language))


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(f"{len(part)}\0".encode() + part for part in parts)).hexdigest()


def _numbered(request: Request, drafts: Sequence[_Draft], lines: Sequence[Line], number: int) -> Mailing:
    had = [line for line in lines if line.number < number and line.state not in ("planned", "dropped")]
    latest = {line.recipient: line.content for line in had}
    messages, unchanged, reasons = list[Message](), list[str](), list[str]()
    for draft in drafts:
        one = draft.recipient
        if not request.again and one.id not in request.by_name and latest.get(one.id) == draft.content:
            unchanged.append(one.id)
            continue
        message = _message(request, draft, number, _corrections(draft, had))
        faults = message_faults(message.content_bytes, message.recipient.address, request.words)
        reasons += [f"{one.id}: {fault}" for fault in faults]
        messages.append(message)
    _refuse(reasons, request.words)
    return Mailing(number, messages, unchanged, _digest(*(message.content_bytes for message in messages))[:12])


def _corrections(draft: _Draft, had: Sequence[Line]) -> int:
    """Return how often what this recipient gets to read has changed since the first mail, this one included.

    The same again, or the same to another address, corrects nothing.
    """
    own = [line.content for line in had if line.recipient == draft.recipient.id and line.state != "refused"]
    read = [content.partition("-")[0] for content in (*own, draft.content)]
    return sum(before != after for before, after in pairwise(read))


def _message(request: Request, draft: _Draft, number: int, correction: int) -> Message:
    recipient, words = draft.recipient, Words(draft.recipient.language)
    domain = request.settings.sender.rpartition("@")[2]
    body = draft.body(correction > 0)
    subject = body.title
    message_id = f"<{request.programme.id}.{request.place.name}.{number}.{recipient.id}@{domain}>"
    if correction:
        subject = words.say("{title} (correction {number})", title=subject, number=words.number(correction))
    if request.test:
        subject = words.say("[test for {name}] {title}", name=recipient.id, title=subject)
        # a mail reader drops a second message with the same one
        message_id = make_msgid(domain=domain)
    raw = message_bytes(recipient, subject, message_id, body, draft.attachments, request.settings)
    return Message(recipient, subject, body, draft.attachments, raw, draft.content)


def message_bytes(
    recipient: Recipient, subject: str, message_id: str, body: Body, files: Mapping[str, bytes], settings: Settings
) -> bytes:
    """Return a message as it goes over the wire, without a date: that is set when its mailing begins.

    multipart/mixed [ alternative [ text/plain, related [ text/html, pictures ] ], attached files ]; the same bytes
    every time.
    """
    message = EmailMessage(policy=SMTP)
    headers = {
        "From": Address(settings.sender_name, addr_spec=settings.sender),
        "To": Address(recipient.name, addr_spec=recipient.address),
        "Subject": subject,
        "Message-ID": message_id,
        "Reply-To": settings.reply_to,
        "List-Id": settings.list_id and f"<{settings.list_id}>",
        "List-Unsubscribe": settings.unsubscribe and f"<mailto:{settings.unsubscribe}?subject=unsubscribe>",
        # RFC 3834, and what Exchange calls it (MS-OXCMAIL 2.1.3.2.20): no out-of-office answers, please, but bounces
        "Auto-Submitted": "auto-generated",
        "X-Auto-Response-Suppress": "OOF, AutoReply",
    }
    for name, value in headers.items():
        if value:
            message[name] = value
    message.set_content(body.plain, cte="quoted-printable")
    message.add_alternative(body.html, subtype="html", cte="quoted-printable")
    _, page = message.iter_parts()
    for name, png in body.pngs.items():
        page.add_related(png, "image", "png", cid=f"<{name}>", disposition="inline", filename=f"{name}.png")
    message.make_mixed()
    # set before, it would have gone into the first part with the other Content headers
    message["Content-Language"] = recipient.language
    for name, content in files.items():
        html = name.endswith(".html")
        main, kind, params = ("text", "html", {"charset": "utf-8"}) if html else ("application", "pdf", {})
        message.add_attachment(content, main, kind, filename=name, params=params)
    seed = hashlib.sha256(message_id.encode()).hexdigest()[:24]
    for number, part in enumerate(part for part in message.walk() if part.is_multipart()):
        part.set_boundary(f"=_{seed}_{number}")
    # folded at 78, a long subject would begin with an empty line
    return message.as_bytes(policy=SMTP.clone(max_line_length=998))
