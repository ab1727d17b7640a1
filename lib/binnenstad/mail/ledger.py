"""The ledger: what was promised to whom and what became of it; ids only, no addresses."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from pathlib import Path
from typing import NamedTuple

from binnenstad.words.errors import UsageError

WAIT_SECONDS = 30
# a delivery goes planned -> busy -> sent | refused | uncertain, or back to planned; dropped once a newer mailing began
TABLES = """
PRAGMA foreign_keys = ON;
-- also written through the removal of the journal: what was claimed stays claimed after a power cut
PRAGMA synchronous = EXTRA;
CREATE TABLE IF NOT EXISTS mailings (
    period TEXT NOT NULL, number INTEGER NOT NULL, fingerprint TEXT NOT NULL, date TEXT NOT NULL,
    PRIMARY KEY (period, number)) STRICT;
CREATE TABLE IF NOT EXISTS deliveries (
    period TEXT NOT NULL, number INTEGER NOT NULL, recipient TEXT NOT NULL, content TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'busy', 'sent', 'refused', 'uncertain', 'dropped')),
    code TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (period, number, recipient),
    FOREIGN KEY (period, number) REFERENCES mailings) STRICT;
"""


class Line(NamedTuple):
    """One line of the ledger: a recipient of a mailing, what it was to get (a digest), and how it stands."""

    number: int
    recipient: str
    content: str
    state: str
    code: str


class Ledger:
    """The mailings of one programme and period; safe for several processes at once and for a hard stop.

    Every change is one transaction, written through to the disk. Whoever sends holds the one lock of the ledger,
    which the system lets go of when the process ends: a line found ``busy`` without it is known to be uncertain.
    Raises ``UsageError`` when the ledger cannot be written.
    """

    def __init__(self, path: Path, period: str, *, write: bool = False):
        # who only looks makes no file
        there = write or path.exists()
        self._name, self._period = path.name, period
        self._lock = path.with_name(f".{path.stem}.lock") if there else ":memory:"
        with self._told():
            self._base = sqlite3.connect(path if there else ":memory:", timeout=WAIT_SECONDS, isolation_level=None)
            self._base.executescript(TABLES)

    def close(self) -> None:
        """Let go of the ledger."""
        self._base.close()

    def mailings(self) -> dict[int, tuple[str, str]]:
        """Return of each mailing that began, by its number, its fingerprint and the date its messages bear."""
        query = "SELECT number, fingerprint, date FROM mailings WHERE period = ? ORDER BY number"
        return {number: (fingerprint, date) for number, fingerprint, date in self._base.execute(query, (self._period,))}

    def deliveries(self) -> list[Line]:
        """Return the lines of all mailings, in order; one that nobody is sending any more as uncertain."""
        if self._base.execute("SELECT 1 FROM deliveries WHERE state = 'busy'").fetchone():
            # taking the lock tells that nobody is sending it; who holds the lock is still at work
            with suppress(UsageError), self.sending(0):
                pass
        query = "SELECT number, recipient, content, state, code FROM deliveries WHERE period = ? ORDER BY 1, 2"
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
            self._base.execute("UPDATE deliveries SET state = 'uncertain' WHERE state = 'busy'")
            yield

    def begin(self, number: int, fingerprint: str, date: str, contents: Mapping[str, str]) -> None:
        """Plan a mailing: a line per recipient id with the digest of what it gets; done before, it changes nothing.

        What an earlier mailing had still planned is dropped. Raises ``UsageError`` if this number was
        given to another mailing meanwhile.
        """
        with self._told(), self._base as base:
            base.execute("BEGIN IMMEDIATE")
            begun = self.mailings()
            if number in begun and begun[number][0] == fingerprint:
                return
            if max(begun, default=0) >= number:
                raise UsageError("another mailing was begun meanwhile; look at the preview again")
            drop = "UPDATE deliveries SET state = 'dropped' WHERE period = ? AND state = 'planned'"
            plan = "INSERT INTO deliveries (period, number, recipient, content, state) VALUES (?, ?, ?, ?, 'planned')"
            base.execute(drop, (self._period,))
            base.execute("INSERT INTO mailings VALUES (?, ?, ?, ?)", (self._period, number, fingerprint, date))
            base.executemany(plan, [(self._period, number, *line) for line in contents.items()])

    def claim(self, number: int, recipient: str) -> None:
        """Write down that a planned line is being sent; raises ``UsageError`` if it is no longer there to take."""
        if not self._turn(number, recipient, "'planned'", "busy", ""):
            raise UsageError("another mailing was begun meanwhile; look at the preview again")

    def settle(self, number: int, recipient: str, state: str, code: str) -> None:
        """Write down what became of a line this process offered: sent, refused, uncertain, or still planned."""
        self._turn(number, recipient, "'planned', 'busy'", state, code)

    def plan_again(self, number: int, recipient: str) -> bool:
        """Plan a line again that is uncertain or was refused, because a person says so by name."""
        return self._turn(number, recipient, "'uncertain', 'refused'", "planned", "")

    def _turn(self, number: int, recipient: str, known: str, state: str, code: str) -> bool:
        """Give a line in one of the known states another state; return whether it was in one."""
        with self._told():
            changed = self._base.execute(
                "UPDATE deliveries SET state = ?, code = ? "
                f"WHERE period = ? AND number = ? AND recipient = ? AND state IN ({known})",
                (state, code, self._period, number, recipient),
            )
        return changed.rowcount == 1

    @contextmanager
    def _told(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise UsageError("the ledger {name} cannot be used: {why}", name=self._name, why=error) from error
