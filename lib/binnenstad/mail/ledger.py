"""The ledger: what was promised to whom and what became of it; ids only, no addresses."""

from __future__ import annotations

import sqlite3
import uuid
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from binnenstad.words.errors import UsageError

# a delivery goes planned -> busy -> sent | refused | uncertain, or back to planned; dropped once a newer mailing began
SETTLED = ("sent", "refused", "uncertain", "planned")
# what a recipient has, or may have
MAYBE_THERE = ("sent", "busy", "uncertain")
TABLES = """
CREATE TABLE IF NOT EXISTS mailings (
    period TEXT NOT NULL, number INTEGER NOT NULL, fingerprint TEXT NOT NULL, date TEXT NOT NULL,
    PRIMARY KEY (period, number)) STRICT;
CREATE TABLE IF NOT EXISTS deliveries (
    period TEXT NOT NULL, number INTEGER NOT NULL, recipient TEXT NOT NULL, content TEXT NOT NULL,
    state TEXT NOT NULL CHECK (state IN ('planned', 'busy', 'sent', 'refused', 'uncertain', 'dropped')),
    sender TEXT NOT NULL DEFAULT '', code TEXT NOT NULL DEFAULT '',
    PRIMARY KEY (period, number, recipient),
    FOREIGN KEY (period, number) REFERENCES mailings) STRICT;
"""


@dataclass(frozen=True)
class Delivery:
    """One line of the ledger: a recipient of a mailing, what it was to get (a digest), and how it stands."""

    number: int
    recipient: str
    content: str
    state: str
    code: str


class Ledger:
    """The mailings of one programme and period; safe for several senders at once and for a hard stop.

    Every change is one transaction, written through to the disk. Whoever sends holds a lock that the
    system lets go of when the process ends, so that a line left ``busy`` by a process that is no more
    is known to be uncertain. Raises ``UsageError`` when the ledger cannot be written.
    """

    def __init__(self, path: Path, period: str, *, write: bool = False):
        self._path, self._period = path, period
        self._sender = uuid.uuid4().hex
        self._lock: sqlite3.Connection | None = None
        with _told(path):
            # who only looks makes no file
            there = write or path.exists()
            self._base = sqlite3.connect(path if there else ":memory:", timeout=30, isolation_level=None)
            self._base.execute("PRAGMA foreign_keys = ON")
            # EXTRA also writes through the removal of the journal: what was claimed stays claimed after a power cut
            self._base.execute("PRAGMA synchronous = EXTRA")
            self._base.executescript(TABLES)

    def close(self) -> None:
        """Let go of the ledger."""
        self._base.close()
        if self._lock is not None:
            self._lock.close()
            self._lock_path(self._sender).unlink(missing_ok=True)

    def last(self) -> int:
        """Return the number of the last mailing, 0 before the first."""
        return int(self._one("SELECT coalesce(max(number), 0) FROM mailings WHERE period = ?", self._period))

    def fingerprint(self, number: int) -> str:
        """Return the fingerprint a mailing was approved under; empty if there is none."""
        return str(self._about("fingerprint", number))

    def date(self, number: int) -> str:
        """Return when a mailing began, as its messages say; empty if there is none."""
        return str(self._about("date", number))

    def deliveries(self, upto: int | None = None) -> list[Delivery]:
        """Return the lines of all mailings up to a number, in order; those of a sender that is no more as uncertain."""
        self._give_up_dead()
        rows = self._base.execute(
            "SELECT number, recipient, content, state, code FROM deliveries WHERE period = ? AND number <= ? "
            "ORDER BY number, recipient",
            (self._period, self.last() if upto is None else upto),
        )
        return [Delivery(*row) for row in rows]

    def begin(self, number: int, fingerprint: str, date: str, contents: Mapping[str, str]) -> None:
        """Plan a mailing: a line per recipient id with the digest of what it gets; done before, it changes nothing.

        What an earlier mailing had still planned is dropped. Raises ``UsageError`` if this number was
        given to another mailing meanwhile.
        """
        with self._writing() as base:
            if self.fingerprint(number) == fingerprint:
                return
            if self.last() >= number:
                raise UsageError("another mailing was begun meanwhile; look at the preview again")
            base.execute(
                "UPDATE deliveries SET state = 'dropped' WHERE period = ? AND state = 'planned'", (self._period,)
            )
            base.execute("INSERT INTO mailings VALUES (?, ?, ?, ?)", (self._period, number, fingerprint, date))
            base.executemany(
                "INSERT INTO deliveries (period, number, recipient, content, state) VALUES (?, ?, ?, ?, 'planned')",
                [(self._period, number, recipient, content) for recipient, content in sorted(contents.items())],
            )

    def claim(self, number: int, recipient: str) -> bool:
        """Take a planned line, for this sender alone; False if it is no longer there to take."""
        self._hold_lock()
        with self._writing() as base:
            taken = base.execute(
                "UPDATE deliveries SET state = 'busy', sender = ?, code = '' "
                "WHERE period = ? AND number = ? AND recipient = ? AND state = 'planned'",
                (self._sender, self._period, number, recipient),
            )
            return taken.rowcount == 1

    def settle(self, number: int, recipient: str, state: str, code: str) -> None:
        """Write down what became of a line this sender took: sent, refused, uncertain, or planned again."""
        with self._writing() as base:
            base.execute(
                "UPDATE deliveries SET state = ?, code = ? "
                "WHERE period = ? AND number = ? AND recipient = ? AND state = 'busy' AND sender = ?",
                (state, code, self._period, number, recipient, self._sender),
            )

    def note(self, number: int, recipient: str, state: str, code: str) -> None:
        """Write down what the server said of a line before anybody took it: refused, or still planned."""
        with self._writing() as base:
            base.execute(
                "UPDATE deliveries SET state = ?, code = ? "
                "WHERE period = ? AND number = ? AND recipient = ? AND state = 'planned'",
                (state, code, self._period, number, recipient),
            )

    def plan_again(self, number: int, recipient: str) -> bool:
        """Plan a line again that is uncertain or was refused, because a person says so by name."""
        self._give_up_dead()
        with self._writing() as base:
            changed = base.execute(
                "UPDATE deliveries SET state = 'planned', code = '' "
                "WHERE period = ? AND number = ? AND recipient = ? AND state IN ('uncertain', 'refused')",
                (self._period, number, recipient),
            )
            return changed.rowcount == 1

    def _about(self, column: str, number: int) -> object:
        row = self._base.execute(
            f"SELECT {column} FROM mailings WHERE period = ? AND number = ?", (self._period, number)
        ).fetchone()
        return row[0] if row else ""

    def _one(self, query: str, *values: object) -> int:
        return int(self._base.execute(query, values).fetchone()[0])

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        with _told(self._path):
            self._base.execute("BEGIN IMMEDIATE")
            try:
                yield self._base
                self._base.execute("COMMIT")
            except BaseException:
                if self._base.in_transaction:
                    self._base.execute("ROLLBACK")
                raise

    def _lock_path(self, sender: str) -> Path:
        return self._path.with_name(f".{self._path.stem}-{sender}.lock")

    def _hold_lock(self) -> None:
        if self._lock is None:
            with _told(self._path):
                self._lock = sqlite3.connect(self._lock_path(self._sender), timeout=0, isolation_level=None)
                self._lock.execute("BEGIN EXCLUSIVE")

    def _give_up_dead(self) -> None:
        rows = self._base.execute("SELECT DISTINCT sender FROM deliveries WHERE state = 'busy'").fetchall()
        for (sender,) in rows:
            if sender != self._sender and not self._alive(sender):
                with self._writing() as base:
                    base.execute(
                        "UPDATE deliveries SET state = 'uncertain' WHERE state = 'busy' AND sender = ?", (sender,)
                    )
                self._lock_path(sender).unlink(missing_ok=True)

    def _alive(self, sender: str) -> bool:
        path = self._lock_path(sender)
        if not path.exists():
            return False
        with closing(sqlite3.connect(path, timeout=0, isolation_level=None)) as lock:
            try:
                lock.execute("BEGIN EXCLUSIVE")
            except sqlite3.OperationalError:
                return True
            return False


@contextmanager
def _told(path: Path) -> Iterator[None]:
    try:
        yield
    except sqlite3.Error as error:
        raise UsageError("the ledger {name} cannot be used: {why}", name=path.name, why=error) from error
