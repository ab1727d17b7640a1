"""Bounces: messages saved from the mailbox that say that a mail did not arrive (RFC 3464)."""

from __future__ import annotations

import hashlib
import mailbox
import re
from contextlib import closing
from email import message_from_bytes
from email.message import Message
from pathlib import Path

from binnenstad.mail.ledger import Ledger


def read_bounces(folder: Path, ledger: Ledger, programme: str, period: str) -> list[str]:
    """Write down in the ledger what came back; return the names of the files that hold no bounce of its mails.

    A file is one message or a mailbox (mbox). A mail is known by the Message-ID in what came back of it: an address
    could also be that of another mail. Only ``Action: failed`` counts: a delayed mail may still arrive.
    """
    strange, known = list[str](), re.escape(f"{programme}.{period}")
    ours = re.compile(rf"(?im)^Message-ID:\s*<{known}\.(\d+)\.([\w-]+)@".encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        with closing(mailbox.mbox(path, create=False)) as box:
            messages: list[Message] = list(box) or [message_from_bytes(path.read_bytes())]
        for message in messages:
            raw = message.as_bytes()
            failed = [part for part in message.walk() if str(part["Action"]).strip().lower() == "failed"]
            # of what the server says only the code is kept, for the rest may repeat the address
            codes = re.findall(r"[245]\.\d{1,3}\.\d{1,3}", " ".join(str(part["Status"]) for part in failed))
            found, digest = ours.search(raw), hashlib.sha256(raw).hexdigest()
            if not (failed and found and ledger.bounce(int(found[1]), found[2].decode(), (codes or "-")[0], digest)):
                strange.append(path.name)
    return strange
