"""What a programme folder held when it was checked: a file and a digest per table."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from binnenstad.programme.contract import contract, is_private

# the settings count as a table
SETTINGS = "programme"


class Delivery(NamedTuple):
    """The file that a table lies in, and the digest of what that file held."""

    file: str
    digest: str


Delivered = Mapping[str, Delivery]


def digests(delivered: Delivered, names: Iterable[str] | None = None) -> dict[str, str]:
    """Return the digest per table, all by default, ``-`` for one that is not there.

    >>> digests({"goals": Delivery("goals.csv", "5f70bf18a0860070")}, ["goals", "votes"])
    {'goals': '5f70bf18a0860070', 'votes': '-'}
    """
    wanted = [SETTINGS, *(name for name in contract() if not is_private(name))] if names is None else names
    return {name: delivered[name].digest if name in delivered else "-" for name in sorted(wanted)}


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
