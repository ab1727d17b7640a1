"""The ledger: what was promised to whom and what became of it, bounces included; ids and digests, no addresses."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from email import message_from_bytes
from importlib.resources import files
from pathlib import Path
from typing import NamedTuple

from binnenstad.mail.say import ledger_lacks, ledgers_differ
from binnenstad.words.errors import UsageError

WAIT_SECONDS = 30
BOTH = ("main", "copy")
# what one of the two knows and the other does not
ONLY = "SELECT * FROM (SELECT * FROM {}.lines EXCEPT SELECT * FROM {}.lines)"
APART = f"{ONLY.format(*BOTH)} UNION ALL {ONLY.format(*reversed(BOTH))}"
TABLES = (files("binnenstad.mail") / "ledger.sql").read_text(encoding="utf-8")
TURN = "UPDATE {0}.lines SET state = ?, code = ? WHERE period = ? AND number = ? AND recipient = ? AND state IN "


class Line(NamedTuple):
    """One line of the ledger: a recipient of a mailing, the digest of its address, and how it stands.

    ``figures`` is what was to be in the mail, as it was given. ``content`` is the digest of that, of the audience and
    of the attachment.
    """

    number: int
    recipient: str
    address: str
    state: str
    code: str
    figures: str
    content: str


class Files(NamedTuple):
    """Where a ledger stands, its copy, and the marker beside the reports that says which mailings it must know."""

    ledger: Path
    copy: Path
    marker: Path


FORGOTTEN = Files(Path(":memory:"), Path(":memory:"), Path(os.devnull))


class Ledger:
    """The mailings of one programme and period; safe for several processes at once and for a hard stop.

    It is kept twice, and every change is one transaction over both files, written through to the disk. Whoever sends
    holds the one lock of the ledger, which the system lets go of when the process ends: a line found ``busy`` without
    it is known to be uncertain.
    Raises ``UsageError`` when the ledger cannot be written, when it and its copy do not say the same, or when it
    does not know a mailing that the marker knows.
    """

    def __init__(self, files: Files, period: str, *, write: bool = False):
        path, copy, self._marker = files
        # who only looks makes no file
        there = write or path.exists() or copy.exists()
        self._name, self._period = path.name, period
        self._lock = path.with_name(f".{path.stem}.lock") if there else ":memory:"
        with self._told():
            for file in (path, copy) if there else ():
                file.parent.mkdir(0o700, parents=True, exist_ok=True)
                file.touch(0o600)
            self._base = sqlite3.connect(path if there else ":memory:", timeout=WAIT_SECONDS, isolation_level=None)
            self._base.execute("ATTACH ? AS copy", (str(copy) if there else ":memory:",))
            for base in BOTH:
                # also written through the removal of the journal: what was claimed stays claimed after a power cut
                self._base.execute(f"PRAGMA {base}.synchronous = EXTRA")
                if not self._base.execute(f"PRAGMA {base}.user_version").fetchone()[0]:
                    self._base.executescript(TABLES.format(base))
            self._base.execute("PRAGMA foreign_keys = ON")
            mailed = set(self._marker.read_text("ascii", "replace").split()) if self._marker.exists() else set()
        # one statement, so that another process changes nothing in between
        if lines := self._base.execute(APART).fetchall():
            raise ledgers_differ(path, copy, len(lines))
        if lost := mailed - {fingerprint for fingerprint, _ in self.mailings().values()}:
            raise ledger_lacks(path, copy, self._marker, ", ".join(sorted(lost)))

    def close(self) -> None:
        """Let go of the ledger."""
        self._base.close()

    def mailings(self) -> dict[int, tuple[str, str]]:
        """Return of each mailing that began, by its number, its fingerprint and the date its messages bear."""
        query = "SELECT number, fingerprint, date FROM mailings WHERE period = ? ORDER BY number"
        return {number: (fingerprint, date) for number, fingerprint, date in self._base.execute(query, (self._period,))}

    def deliveries(self) -> list[Line]:
        """Return the lines of all mailings, in order; one that nobody is sending any more as uncertain."""
        if self._base.execute("SELECT 1 FROM lines WHERE state = 'busy'").fetchone():
            # taking the lock tells that nobody is sending it; who holds the lock is still at work
            with suppress(UsageError), self.sending(0):
                pass
        query = f"SELECT {', '.join(Line._fields)} FROM lines NATURAL JOIN contents WHERE period = ? ORDER BY 1, 2"
        return [Line(*row) for row in self._base.execute(query, (self._period,))]

    @contextmanager
    def sending(self, wait_seconds: float = WAIT_SECONDS) -> Iterator[None]:
        """Hold the lock, to be the only one who sends; what a process that ended was sending becomes uncertain.

        Raises ``UsageError`` if another process still holds it after a while.
        """
        with self._told(), closing(sqlite3.connect(self._lock, timeout=wait_seconds, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError as error:
                if error.sqlite_errorcode != sqlite3.SQLITE_BUSY:
                    raise
                raise UsageError("another process is sending the mail of this programme; try again later") from error
            with self._changing() as change:
                change("UPDATE {0}.lines SET state = 'uncertain' WHERE state = 'busy'", ())
            yield

    def begin(self, number: int, fingerprint: str, date: str, lines: Mapping[str, tuple[str, str, str]]) -> None:
        """Plan a mailing; done before, it changes nothing.

        ``lines`` has by recipient id the digest of its content, that of its address, and the figures in the content.
        What an earlier mailing had still planned is dropped. Raises ``UsageError`` if this number was
        given to another mailing meanwhile.
        """
        with self._changing() as change:
            begun, of = self.mailings(), (self._period, number)
            if begun.get(number, ("",))[0] != fingerprint:
                if max(begun, default=0) >= number:
                    raise UsageError("another mailing was begun meanwhile; look at the preview again")
                change("UPDATE {0}.lines SET state = 'dropped' WHERE period = ? AND state = 'planned'", (self._period,))
                change("INSERT INTO {0}.mailings VALUES (?, ?, ?, ?)", (*of, fingerprint, date))
                planned = [(*of, recipient, *kept[:2], "planned", "") for recipient, kept in lines.items()]
                change("INSERT OR IGNORE INTO {0}.contents VALUES (?, ?)", *{kept[::2] for kept in lines.values()})
                change("INSERT INTO {0}.lines VALUES (?, ?, ?, ?, ?, ?, ?)", *planned)
        with self._told():
            self._marker.write_text("\n".join(known for known, _ in self.mailings().values()), encoding="ascii")

    def claim(self, number: int, recipient: str) -> None:
        """Write down that a planned line is being sent; raises ``UsageError`` if it is no longer there to take."""
        if not self._turn(number, recipient, "'planned'", "busy", ""):
            raise UsageError("another mailing was begun meanwhile; look at the preview again")

    def settle(self, number: int, recipient: str, state: str, code: str) -> None:
        """Write down what became of a line this process offered: sent, refused, uncertain, or still planned."""
        self._turn(number, recipient, "'planned', 'busy'", state, code)

    def plan_again(self, number: int, recipient: str) -> bool:
        """Plan a line again that is uncertain, was refused or came back, because a person says so by name."""
        return self._turn(number, recipient, "'uncertain', 'refused', 'bounced'", "planned", "")

    def bounce(self, number: int, recipient: str, code: str, digest: str) -> bool:
        """Write down that a mail came back; return whether the line says so now.

        A bounce, known by its ``digest``, counts once: read again, it says nothing of a mail that was sent anew.
        """
        with self._changing() as change:
            new = change("INSERT OR IGNORE INTO {0}.bounces VALUES (?)", (digest,))
            known = TURN + "('sent', 'uncertain')" if new else TURN + "('bounced')"
            return change(known, ("bounced", code, self._period, number, recipient)) == 1

    def _turn(self, number: int, recipient: str, known: str, state: str, code: str) -> bool:
        """Give a line in one of the known states another state; return whether it was in one."""
        with self._changing() as change:
            return change(f"{TURN} ({known})", (state, code, self._period, number, recipient)) == 1

    @contextmanager
    def _changing(self) -> Iterator[Callable[..., int]]:
        """Give what changes the ledger and its copy, for each of some rows; all of it, in both, or nothing."""

        def _change(query: str, *rows: tuple[object, ...]) -> int:
            return min(self._base.executemany(query.format(base), rows).rowcount for base in BOTH)

        with self._told(), self._base:
            self._base.execute("BEGIN IMMEDIATE")
            yield _change

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except (sqlite3.Error, OSError) as error:
            raise UsageError("the ledger {name} cannot be used: {why}", name=self._name, why=error) from error


def read_bounces(folder: Path, ledger: Ledger, programme: str, period: str) -> tuple[list[str], list[str]]:
    """Write down in the ledger what came back (RFC 3464).

    A file is one message or a mailbox (mbox). A mail is known by the Message-ID in what came back of it: an address
    could also be that of another mail. Only ``Action: failed`` counts: a delayed mail may still arrive.
    Returns the names of the files with neither of the mails of this ledger, and the recipient ids of delayed mails.
    """
    strange, late, known = list[str](), list[str](), re.escape(f"{programme}.{period}")
    ours = re.compile(rf"(?im)^Message-ID:\s*<{known}\.(\d+)\.([\w-]+)@".encode())
    for path in sorted(path for path in folder.rglob("*") if path.is_file()):
        raw = path.read_bytes()
        # a line within a message may begin so too
        for one in re.split(rb"(?m)^From .*\n", raw)[1:] if raw.startswith(b"From ") else [raw]:
            said = {str(part["Action"]).strip().lower(): str(part["Status"]) for part in message_from_bytes(one).walk()}
            # of what the server says only the code is kept, for the rest may repeat the address
            codes = re.findall(r"[245]\.\d{1,3}\.\d{1,3}", said.get("failed", "")) or ["-"] * ("failed" in said)
            found, digest = ours.search(one), hashlib.sha256(one.strip()).hexdigest()
            if found and "delayed" in said and "failed" not in said:
                late.append(found[2].decode())
            elif not (found and codes and ledger.bounce(int(found[1]), found[2].decode(), codes[0], digest)):
                strange.append(path.name)
    return strange, late
