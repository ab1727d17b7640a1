"""What a programme folder held when it was checked, and its tables read one by one as long as it holds that."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple

import pandas as pd

from binnenstad.programme.apart import mark_goals
from binnenstad.programme.cells import normalise
from binnenstad.programme.checking import settled, typed
from binnenstad.programme.contract import contract, is_private
from binnenstad.programme.folders import TABLE_EVENT, digest
from binnenstad.programme.reading import RawTable, check_shape, read_delivery
from binnenstad.words import Words
from binnenstad.words.errors import UsageError

# set by the batch to what it has checked, so that a report need not check it again and reads what it needs
CHECKED_VARIABLE = "BINNENSTAD_CHECKED"
# the settings count as a table
SETTINGS, SETTINGS_FILE = "programme", "programme.toml"
ABSENT = "-"


class Delivery(NamedTuple):
    """The file that a table lies in, and the digest of what that file held."""

    file: str
    digest: str


Delivered = Mapping[str, Delivery]


def delivered_settings(folder: Path) -> dict[str, Delivery]:
    """Return the settings of a folder as they were delivered; nothing where there are none."""
    path = folder / SETTINGS_FILE
    return {SETTINGS: Delivery(path.name, digest(path.read_bytes()))} if path.exists() else {}


def delivered_tables(raw: Iterable[RawTable]) -> dict[str, Delivery]:
    """Return where each table was found that a report can be made of."""
    there = [table for table in raw if table.digest and not is_private(table.name)]
    return {table.name: Delivery(table.file.partition("[")[0], table.digest) for table in there}


def digests(delivered: Delivered, names: Iterable[str] | None = None) -> dict[str, str]:
    """Return the digest per table, all by default, ``-`` for one that is not there.

    >>> digests({"goals": Delivery("goals.csv", "5f70bf18a0860070")}, ["goals", "votes"])
    {'goals': '5f70bf18a0860070', 'votes': '-'}
    """
    wanted = [SETTINGS, *(name for name in contract() if not is_private(name))] if names is None else names
    return {name: delivered[name].digest if name in delivered else ABSENT for name in sorted(wanted)}


def outdated(tables: Mapping[str, str], now: Delivered) -> bool:
    """Return whether a report made of these tables would be made of others now."""
    return digests(now, tables) != dict(tables)


def fingerprint(tables: Mapping[str, str]) -> str:
    """Return 12 hex digits that change with any table that a report was made of; nothing for no table at all.

    >>> fingerprint({"goals": "5f70bf18a0860070"}), fingerprint({"goals": "-"}), fingerprint({})
    ('3bf90aff8c10', '389f03bbde3c', '')
    """
    text = "".join(f"{name}\0{held}\0" for name, held in sorted(tables.items()))
    return hashlib.sha256(text.encode()).hexdigest()[:12] if tables else ""


def vouch(folder: Path, delivered: Delivered) -> str:
    """Return the value of $BINNENSTAD_CHECKED that vouches for a folder as it was delivered."""
    return json.dumps([str(folder.resolve()), delivered])


def vouched(folder: Path) -> Delivered:
    """Return what a folder must hold to be known to be good; empty if nobody vouched for it."""
    text = os.environ.get(CHECKED_VARIABLE)
    if not text:
        return {}
    place, delivered = json.loads(text)
    return {name: Delivery(*held) for name, held in delivered.items()} if place == str(folder.resolve()) else {}


class KnownTables(Mapping[str, pd.DataFrame]):
    """The tables of a folder that is known to be good, each read when it is first asked for.

    Raises ``UsageError`` for a file that no longer holds what was checked.
    """

    def __init__(self, folder: Path, delivered: Delivered, language: str):
        self._folder, self._delivered, self._language = folder, delivered, language
        self._words = Words(language)
        self._raw: dict[str, RawTable] = {}
        self._read: dict[str, pd.DataFrame] = {}

    def __iter__(self) -> Iterator[str]:
        """Go through the names of all tables, be they read or not."""
        return iter(contract())

    def __len__(self) -> int:
        """Return how many tables the contract has."""
        return len(contract())

    def __getitem__(self, name: str) -> pd.DataFrame:
        """Return a table; raises ``KeyError`` for one that the contract does not know."""
        if name not in self._read:
            self._read[name] = self._table(name)
        return self._read[name]

    def _table(self, name: str) -> pd.DataFrame:
        if name not in contract():
            raise KeyError(name)
        sys.audit(TABLE_EVENT, str(self._folder), name)
        raw = self._raw.pop(name, None) or self._open(name)
        normalise(raw, self._words)
        frame = typed(raw)
        return settled(mark_goals(frame, {}, self._words) if name == "indicators" else frame, name, self._language)

    def _open(self, name: str) -> RawTable:
        if name not in self._delivered:
            return RawTable(name, f"{name}.csv")
        file, held = self._delivered[name]
        for table in read_delivery(self._folder / file, self._words):
            if table.digest != held:
                raise changed_meanwhile(file)
            if table.name in contract():
                check_shape(table, self._words)
                self._raw[table.name] = table
        return self._raw.pop(name)


def changed_meanwhile(file: str) -> UsageError:
    """Return what is wrong with a file that is not what it was when its folder was checked."""
    return UsageError("{file} was changed while the reports were being made; run again", file=file)
