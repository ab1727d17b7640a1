"""Sending: each planned line of the ledger offered once at a time, and what the server said written down at once."""

from __future__ import annotations

import datetime as dt
import smtplib
import time
from collections.abc import Callable, Sequence
from email.utils import format_datetime
from functools import partial

from binnenstad.mail.compose import Mailing, Message
from binnenstad.mail.ledger import Ledger
from binnenstad.mail.say import too_large
from binnenstad.mail.settings import Settings
from binnenstad.mail.transport import connected, deliver


def send_mailing(ledger: Ledger, mailing: Mailing, settings: Settings, heard: Callable[..., None]) -> None:
    """Send what is planned of a mailing; afterwards the ledger says how each line stands.

    ``heard`` is told the recipient (id), state and code of each reply, by these names.
    A line with a passing fault (4xx, a broken connection) is
    tried again, at most ``settings.attempts`` rounds in a row without any progress. Raises ``UsageError`` before
    the first message for a server that cannot be used, a message larger than it takes, or another process that sends.
    """
    lines, fruitless = {one.recipient.id: one.kept for one in mailing.messages}, 0
    with ledger.sending():
        while fruitless < settings.attempts:
            with connected(settings) as smtp:
                refuse_too_large(mailing.messages, settings, smtp.esmtp_features.get("size", ""))
                ledger.begin(mailing.number, mailing.fingerprint, format_datetime(dt.datetime.now(dt.UTC)), lines)
                settled = _offer(smtp, ledger, mailing, settings, heard)
            fruitless = 0 if settled else fruitless + 1
            if not _planned(ledger, mailing):
                return
            # also after a round with progress: who answered 4xx, or hung up, asked for time
            time.sleep(settings.retry_seconds)


def refuse_too_large(messages: Sequence[Message], settings: Settings, said: str = "") -> None:
    """Raise ``UsageError`` naming whose message is larger than the settings allow, or the server ``said`` [bytes]."""
    own = settings.size_limit_mb * 1_000_000
    most = min(own, int(said)) if said.isdecimal() and int(said) else own
    if large := [message.recipient.id for message in messages if len(message.content_bytes) > most]:
        raise too_large(", ".join(large), most)


def _planned(ledger: Ledger, mailing: Mailing) -> list[Message]:
    lines = (line for line in ledger.deliveries() if (line.number, line.state) == (mailing.number, "planned"))
    codes = {line.recipient: line.code for line in lines}
    # nobody waits behind a message at which the connection ended
    left = (message for message in mailing.messages if message.recipient.id in codes)
    return sorted(left, key=lambda message: codes[message.recipient.id])


def _offer(smtp: smtplib.SMTP, ledger: Ledger, mailing: Mailing, settings: Settings, heard: Callable[..., None]) -> int:
    """Offer every planned line once, as long as the connection lasts; return how many were settled."""
    settled, (_, date) = 0, ledger.mailings()[mailing.number]
    for message in _planned(ledger, mailing):
        recipient, raw = message.recipient, f"Date: {date}\r\n".encode() + message.content_bytes
        claim, settle = (partial(act, mailing.number, recipient.id) for act in (ledger.claim, ledger.settle))
        state, code = deliver(smtp, settings, recipient.address, raw, claim, settle)
        settle(state, code)
        heard(recipient=recipient.id, state=state, code=code)
        settled += state != "planned"
        # the server has hung up, or says that it will
        if smtp.sock is None or code.startswith("421"):
            break
        time.sleep(60 / settings.per_minute)
    return settled
