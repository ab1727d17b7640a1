"""Send a pickled mailing in a process of its own that can end hard at a step: sender.py FILE [STEP RECIPIENT]."""

from __future__ import annotations

import os
import pickle
import signal
import smtplib
import sys
import time
from pathlib import Path
from typing import Any

from binnenstad.mail import send
from binnenstad.mail.ledger import Ledger

STEPS = ["connected", "begun", "offered", "claimed", "transferred", "answered", "settled"]


def die() -> None:
    """End this process as a power cut would."""
    os.kill(os.getpid(), signal.SIGKILL)


def die_around(name: str, recipient: str, *, before: bool) -> None:
    """Die before or after a method of the ledger is called; for a recipient, or for the mailing if empty."""
    real = getattr(Ledger, name)

    def wrapped(ledger: Ledger, number: int, who: str, *more: Any) -> Any:
        mine = recipient in ("", who)
        if mine and before:
            die()
        done = real(ledger, number, who, *more)
        if mine:
            die()
        return done

    setattr(Ledger, name, wrapped)


def die_without_reply(recipient: str) -> None:
    """Die when the whole text of a recipient's message is with the server, before its reply is read."""
    real = smtplib.SMTP.send

    def send_text(smtp: smtplib.SMTP, data: Any) -> None:
        real(smtp, data)
        if data[-5:] == b"\r\n.\r\n" and f"<{recipient}@".encode() in data[:400]:
            # the server has read it by then, as it may have at a power cut
            time.sleep(0.3)
            die()

    smtplib.SMTP.send = send_text  # type: ignore[method-assign]


def end_at(step: str, recipient: str) -> None:
    """Make this process end hard when it comes past a step for a recipient."""
    places = {
        "connected": ("begin", "", True),
        "begun": ("begin", "", False),
        "offered": ("claim", recipient, True),
        "claimed": ("claim", recipient, False),
        "answered": ("settle", recipient, True),
        "settled": ("settle", recipient, False),
    }
    if step in places:
        name, who, before = places[step]
        die_around(name, who, before=before)
    else:
        die_without_reply(recipient)


def main() -> None:
    mailing, settings, files = pickle.loads(Path(sys.argv[1]).read_bytes())
    if len(sys.argv) > 2:
        end_at(sys.argv[2], sys.argv[3])
    ledger = Ledger(files, "2019Q4", write=True)
    send.send_mailing(ledger, mailing, settings, lambda **_: None)
    ledger.close()


if __name__ == "__main__":
    main()
