"""Where a page comes from: what its footer says, so that anybody can make it again."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

import binnenstad

LIBRARY = Path(binnenstad.__file__).parent


@dataclass(frozen=True)
class Provenance:
    """What a report was made of: shown in its footer so that anybody can make it again."""

    programme: str
    period: str
    as_of: str
    parameters: dict[str, str]
    data: str
    code: str


@lru_cache
def code_version() -> str:
    """Return the version of the library, with 12 hex digits that change with any file of it."""
    digest = hashlib.sha256()
    for path in sorted(LIBRARY.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(LIBRARY).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return f"{binnenstad.__version__} ({digest.hexdigest()[:12]})"
