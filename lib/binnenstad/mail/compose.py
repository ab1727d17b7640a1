"""A mailing: who gets what, from the reports of a run, and the fingerprint it is approved under."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from email.utils import make_msgid
from functools import partial
from itertools import pairwise
from operator import attrgetter
from pathlib import Path
from typing import NamedTuple

from binnenstad.mail.body import Body
from binnenstad.mail.guard import message_faults
from binnenstad.mail.ledger import Ledger, Line
from binnenstad.mail.message import Recipient, message_bytes
from binnenstad.mail.reports import Reports, behind, output_faults, overview
from binnenstad.mail.settings import Settings
from binnenstad.page.figures import Figures, read_figures, revised
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


class Message(NamedTuple):
    """One message, ready but for its date; ``kept`` in the ledger: digest, digest of the address, figures."""

    recipient: Recipient
    subject: str
    body: Body
    attachments: Mapping[str, bytes]
    content_bytes: bytes
    kept: tuple[str, str, str]


class Mailing(NamedTuple):
    """The messages of one mailing, and its fingerprint.

    Beside these by id: for whom nothing changed, or only audience or attachments (``otherwise``); how it stands with
    who may not have an earlier mail (``refused``, ``bounced``, ``uncertain`` or ``busy``); and who opted out.
    """

    number: int
    messages: Sequence[Message]
    unchanged: Sequence[str]
    otherwise: Sequence[str]
    held: Mapping[str, str]
    opted_out: Sequence[str]
    fingerprint: str


class _Draft(NamedTuple):
    """What does not depend on earlier mailings; ``body`` makes the body, told what was revised since the last one.

    ``own`` is added for a mailing: what went to this recipient in earlier ones.
    """

    recipient: Recipient
    body: Callable[..., Body]
    attachments: Mapping[str, bytes]
    figures: Figures
    kept: tuple[str, str, str]
    own: Sequence[Line] = ()


def compose(request: Request, ledger: Ledger) -> Mailing:
    """Return the mailing that is to be sent now.

    That is the last one, if it is the same and not finished or finished with nothing new; otherwise the
    next. Who has, or may have, a mail with the same figures is left out, unless asked for.
    Raises ``MailRefused`` with every reason why not all of it may go out.
    """
    begun, lines, drafts = ledger.mailings(), ledger.deliveries(), _drafts(request)
    last = max(begun, default=0)
    if last and (not request.again or any((line.number, line.state) == (last, "planned") for line in lines)):
        mailing = _numbered(request, drafts, lines, last)
        if mailing.fingerprint == begun[last][0]:
            return mailing
    return _numbered(request, drafts, lines, last + 1)


def _drafts(request: Request) -> list[_Draft]:
    """Return a draft per recipient, in order of their ids; raises ``MailRefused`` with every reason why not."""
    recipients, reports, drafts = _recipients(request), Reports(request.place, request.settings), list[_Draft]()
    for one in recipients:
        kind = one._replace(id="", name="", address="")
        found = reports.figures(kind)
        kept = _digest(*(part.encode() for part in (found, *kind))), _digest(one.address.lower().encode()), found
        drafts.append(_Draft(one, partial(reports.body, kind), reports.attachments(kind), read_figures(found), kept))
    # what hides in a subject is named before it is wrapped, and looked for again in the bytes
    reason = request.words.say("the subject holds a character that cannot be seen")
    _refuse([f"{one.recipient.id}: {reason}" for one in drafts if hides(one.body().title)], request.words)
    return drafts


def _recipients(request: Request) -> list[Recipient]:
    """Return who is written to, in order of their ids, once nothing is known against any of it."""
    say, table = request.words.say, request.programme["recipients"]
    asked = table[~table["id"].isin(_opted_out(request))].sort_values("id")[list(Recipient._fields)].fillna("")
    asked = asked.assign(address=request.test or asked["address"])
    recipients = [Recipient._make(row) for row in asked.itertuples(index=False)]
    files = [file for one in recipients for file in (overview(one), *behind(one, request.settings))]
    reasons = output_faults(request.place, request.programme.delivered, files, request.words)
    reasons += [say("recipients.csv has no rows; recipients.example.csv shows what it holds")] * table.empty
    reasons += [say("everybody in recipients.csv has opted out")] * (not table.empty and not recipients)
    listed = tuple(f"@{domain.lower()}" for domain in request.settings.domains) or ""
    strange = say("the domain of the address is not in domains of mail.toml")
    reasons += [f"{one.id}: {strange}" for one in recipients if not one.address.lower().endswith(listed)]
    _refuse(reasons, request.words)
    return recipients


def _opted_out(request: Request) -> list[str]:
    """Return the ids of who is not written to: somebody at that address wants no more mail."""
    table = request.programme["recipients"]
    address = table["address"].str.lower()
    return sorted(table.loc[address.isin(address[table["opted_out"].notna()]), "id"])


def _refuse(reasons: Sequence[str], words: Words) -> None:
    if reasons:
        count = len(reasons)
        heading = words.say_many("{count} reason why nothing is mailed", "{count} reasons why nothing is mailed", count)
        raise MailRefused("\n  ".join([f"{heading}:", *reasons]))


def _digest(*parts: bytes) -> str:
    return hashlib.sha256(b"".join(f"{len(part)}\0".encode() + part for part in parts)).hexdigest()[:32]


def _numbered(request: Request, drafts: Sequence[_Draft], lines: Sequence[Line], number: int) -> Mailing:
    reasons = list[str]()
    by_id = {one.recipient.id: one._replace(own=_own(one, lines, number, drafts)) for one in drafts}
    last = {name: one.own[-1] for name, one in by_id.items() if one.own}
    held = {name: line.state for name, line in last.items() if line.state != "sent"}
    going = [one for one in by_id.values() if request.again or one.recipient.id in request.by_name or not _has(one)]
    messages = [_message(request, one, number, reasons) for one in going]
    _refuse(reasons, request.words)
    still = by_id.keys() - {one.recipient.id for one in going} - held.keys()
    otherwise = sorted(name for name in still if last[name].content != by_id[name].kept[0])
    fingerprint = _digest(*map(attrgetter("content_bytes"), messages))[:12]
    return Mailing(number, messages, sorted(still - set(otherwise)), otherwise, held, _opted_out(request), fingerprint)


def _own(one: _Draft, lines: Sequence[Line], number: int, drafts: Sequence[_Draft]) -> list[Line]:
    """Return what went to a recipient before: to its address, also under an id that is gone; otherwise to its id."""
    name, address, rows = one.recipient.id, one.kept[1], {(draft.recipient.id, draft.kept[1]) for draft in drafts}
    had = [line for line in lines if line.number < number and line.state not in ("planned", "dropped")]
    there = [line for line in had if line.address == address]
    own = [line for line in there if line.recipient == name or (line.recipient, address) not in rows]
    return own or [line for line in had if line.recipient == name]


def _has(one: _Draft) -> bool:
    """Return whether the last mail, or the last one that may have come, gave these figures at this address."""
    last = [line for line in (*one.own[-1:], *_got(one)[-1:]) if line.address == one.kept[1]]
    return any(not revised(read_figures(line.figures), one.figures) for line in last)


def _got(one: _Draft) -> list[Line]:
    return [line for line in one.own if line.state in ("sent", "uncertain", "busy")]


def _message(request: Request, draft: _Draft, number: int, reasons: list[str]) -> Message:
    """Return the message to a recipient, as a correction if its figures differ from those in its last mail.

    Why it may not leave is added to ``reasons``.
    """
    recipient, words = draft.recipient, Words(draft.recipient.language)
    got = _got(draft)
    pages = [*(read_figures(line.figures) for line in got), draft.figures]
    steps = [revised(*pair) for pair in pairwise(pages)]
    news = tuple(steps[-1]) if steps else ()
    body = draft.body(news)
    subject, ids = body.title, [_message_id(request, line.number, line.recipient) for line in got if news]
    if news:
        subject = words.say("{title} (correction {number})", title=subject, number=words.number(sum(map(bool, steps))))
    if request.test:
        subject = words.say("[test for {name}] {title}", name=recipient.id, title=subject)
    # a mail reader drops a second message with the same id
    own_id = make_msgid(domain=request.settings.domain) if request.test else _message_id(request, number, recipient.id)
    raw = message_bytes(recipient, subject, [*ids, own_id], body, draft.attachments, request.settings)
    faults = message_faults(raw, recipient.address, request.words, request.settings.link_base.rstrip("/"))
    reasons += [f"{recipient.id}: {fault}" for fault in faults]
    return Message(recipient, subject, body, draft.attachments, raw, draft.kept)


def _message_id(request: Request, number: int, recipient: str) -> str:
    return f"<{request.programme.id}.{request.place.name}.{number}.{recipient}@{request.settings.domain}>"
