"""A mailing: who gets what, from the reports of a run, and the fingerprint it is approved under."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import pairwise

from binnenstad.mail.body import Body
from binnenstad.mail.drafts import Draft, Recipient, Request, digest, make_drafts, refused
from binnenstad.mail.guard import message_faults
from binnenstad.mail.ledger import MAYBE_THERE, Delivery, Ledger
from binnenstad.mail.message import Attachment, Envelope, build_message
from binnenstad.programme.addresses import hides
from binnenstad.words import Words


@dataclass(frozen=True)
class Message:
    """One message, ready but for its date; ``content`` is a digest of what the recipient gets to see."""

    recipient: Recipient
    subject: str
    message_id: str
    body: Body
    attachments: tuple[Attachment, ...]
    content_bytes: bytes
    content: str


@dataclass(frozen=True)
class Mailing:
    """The messages of one mailing, what is left out because nothing changed, and its fingerprint."""

    number: int
    messages: tuple[Message, ...]
    unchanged: tuple[Recipient, ...]
    fingerprint: str


def compose(request: Request, ledger: Ledger, *, again: bool = False, by_name: Sequence[str] = ()) -> Mailing:
    """Return the mailing that is to be sent now.

    That is the last one, if it is the same and not finished or finished with nothing new; otherwise the
    next. Who has, or may have, the same content is left out, unless ``again`` or asked ``by_name``.
    Raises ``MailRefused`` with every reason why not all of it may go out.
    """
    last, lines = ledger.last(), ledger.deliveries()
    drafts = make_drafts(request)
    if last:
        mailing = _numbered(request, drafts, lines, last, again=again, by_name=by_name)
        open_still = any((line.number, line.state) == (last, "planned") for line in lines)
        if mailing.fingerprint == ledger.fingerprint(last) and (open_still or not again):
            return mailing
    return _numbered(request, drafts, lines, last + 1, again=again, by_name=by_name)


def _numbered(
    request: Request, drafts: Sequence[Draft], lines: Sequence[Delivery], number: int, *, again: bool,
    by_name: Sequence[str],
) -> Mailing:  # fmt: skip
    had = [line for line in lines if line.number < number and line.state in (*MAYBE_THERE, "refused")]
    latest = {line.recipient: line.content for line in had}
    wanted = [
        draft
        for draft in drafts
        if again or draft.recipient.id in by_name or latest.get(draft.recipient.id) != draft.content
    ]
    messages = tuple(_message(request, draft, number, _corrections(draft, had)) for draft in wanted)
    _refuse_faulty(messages, request.words)
    unchanged = tuple(draft.recipient for draft in drafts if draft not in wanted)
    return Mailing(number, messages, unchanged, digest(*(message.content_bytes for message in messages))[:12])


def _corrections(draft: Draft, had: Sequence[Delivery]) -> int:
    """Return how often what this recipient gets to read has changed since the first mail, this one included.

    The same again, or the same to another address, corrects nothing.
    """
    own = [line.content for line in had if line.recipient == draft.recipient.id and line.state != "refused"]
    read = [content.partition("-")[0] for content in (*own, draft.content)]
    return sum(before != after for before, after in pairwise(read))


def _message(request: Request, draft: Draft, number: int, correction: int) -> Message:
    recipient, words = draft.recipient, Words(draft.recipient.language)
    body = draft.body(correction)
    subject = body.title
    if correction:
        subject = words.say("{title} (correction {number})", title=subject, number=words.number(correction))
    if request.test:
        subject = words.say("[test for {name}] {title}", name=recipient.id, title=subject)
        recipient = replace(recipient, address=request.test)
    domain = request.settings.sender.rpartition("@")[2]
    message_id = f"<{request.programme.id}.{request.period}.{number}.{recipient.id}@{domain}>"
    envelope = Envelope(recipient.name, recipient.address, subject, message_id, recipient.language)
    # what hides in a subject is named before it is wrapped, and looked for again in the bytes
    raw = b"" if hides(subject) else build_message(envelope, body, draft.attachments, request.settings)
    return Message(recipient, subject, message_id, body, draft.attachments, raw, draft.content)


def _refuse_faulty(messages: Sequence[Message], words: Words) -> None:
    reasons = []
    for message in messages:
        if not message.content_bytes:
            found = [words.say("the subject holds a character that cannot be seen")]
        else:
            found = message_faults(message.content_bytes, message.recipient.address, words)
        reasons += [f"{message.recipient.id}: {reason}" for reason in found]
    if reasons:
        raise refused(reasons, words)
