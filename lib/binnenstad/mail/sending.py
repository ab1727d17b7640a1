"""Sending: each planned line of the ledger offered once at a time, and what the server said written down at once."""

from __future__ import annotations

import smtplib
import time
from collections.abc import Callable, Mapping, Sequence
from email.utils import make_msgid
from functools import partial

from binnenstad.mail.ledger import Ledger
from binnenstad.mail.mailing import Mailing, Message
from binnenstad.mail.message import dated
from binnenstad.mail.settings import Settings
from binnenstad.mail.transport import Reply, connected, deliver, size_limit
from binnenstad.words.errors import UsageError

Heard = Callable[[str, str, str], None]


def send_mailing(ledger: Ledger, mailing: Mailing, settings: Settings, date: str, heard: Heard) -> None:
    """Send what is planned of a mailing; afterwards the ledger says how each line stands.

    ``date`` is used if this mailing has not begun; ``heard`` hears recipient id, state and code of
    each reply. A line with a passing fault (4xx, a broken connection) is tried again, at most
    ``settings.attempts`` rounds in a row without any progress. Raises ``UsageError`` before the first
    message for a server that cannot be used or a message larger than it takes.
    """
    messages = {message.recipient.id: message for message in mailing.messages}
    with connected(settings) as smtp:
        refuse_too_large(mailing.messages, size_limit(smtp, settings))
        ledger.begin(mailing.number, mailing.fingerprint, date, {key: one.content for key, one in messages.items()})
        # the connection that was tried is used, for some servers count connections
        fruitless = 0 if _round(smtp, ledger, mailing.number, messages, settings, heard) else 1
    while _planned(ledger, mailing.number) and fruitless < settings.attempts:
        # also after a round with progress: who answered 4xx, or hung up, asked for time
        time.sleep(settings.retry_seconds)
        with connected(settings) as smtp:
            sent = _round(smtp, ledger, mailing.number, messages, settings, heard)
        fruitless = 0 if sent else fruitless + 1


def refuse_too_large(messages: Sequence[Message], most: int) -> None:
    """Raise ``UsageError`` that names every recipient whose message is larger than ``most`` bytes."""
    large = [message.recipient.id for message in messages if len(message.content_bytes) > most]
    if large:
        raise UsageError(
            "the mail to {names} is larger than the server takes ({most} bytes); nothing was sent. "
            "Give them attachment none, or fewer reports in mail.toml",
            names=", ".join(large),
            most=most,
        )


def _planned(ledger: Ledger, number: int) -> list[str]:
    return [line.recipient for line in ledger.deliveries() if (line.number, line.state) == (number, "planned")]


def _round(
    smtp: smtplib.SMTP, ledger: Ledger, number: int, messages: Mapping[str, Message], settings: Settings, heard: Heard
) -> int:
    """Offer every planned line once, as long as the connection lasts; return how many were settled."""
    settled = 0
    for recipient in _planned(ledger, number):
        message = dated(messages[recipient].content_bytes, ledger.date(number))
        address = messages[recipient].recipient.address
        reply, taken = deliver(smtp, settings.sender, address, message, partial(ledger.claim, number, recipient))
        if reply is None:
            continue
        (ledger.settle if taken else ledger.note)(number, recipient, reply.state, reply.code)
        heard(recipient, reply.state, reply.code)
        settled += reply.state != "planned"
        if _gone(smtp, reply):
            break
        time.sleep(60 / settings.per_minute)
    return settled


def _gone(smtp: smtplib.SMTP, reply: Reply) -> bool:
    """Return whether the server has hung up, or says that it will (421)."""
    return smtp.sock is None or reply.code.startswith("421")


def send_test(mailing: Mailing, address: str, settings: Settings, date: str, heard: Heard) -> None:
    """Send every message of a mailing to one address instead, without the ledger.

    The messages are composed for that address already; each gets a message id of its own, because a
    mail reader drops a second message with the same one. Raises ``UsageError`` as ``send_mailing``.
    """
    with connected(settings) as smtp:
        refuse_too_large(mailing.messages, size_limit(smtp, settings))
        for message in mailing.messages:
            known_as = message.message_id.encode()
            own = make_msgid(domain=settings.sender.rpartition("@")[2]).encode()
            content = dated(message.content_bytes.replace(known_as, own, 1), date)
            reply, _ = deliver(smtp, settings.sender, address, content, lambda: True)
            if reply is not None:
                heard(message.recipient.id, reply.state, reply.code)
                if _gone(smtp, reply):
                    break
            time.sleep(60 / settings.per_minute)
