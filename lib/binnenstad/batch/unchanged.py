"""What need not be made again: a report whose data, code, parameters, packages and page are as they were."""

from __future__ import annotations

import hashlib
import os
import sys
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binnenstad.words import Words

if TYPE_CHECKING:
    from binnenstad.batch.plan import Job


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of what a file holds; nothing for one that is not there."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@cache
def packages() -> str:
    """Return a digest of the packages installed here, with their versions, and of this Python."""
    found = {name for folder in sys.path if os.path.isdir(folder) for name in os.listdir(folder)}
    names = sorted(name for name in found if name.endswith((".dist-info", ".egg-info")))
    return hashlib.sha256("\0".join([sys.version, *names]).encode()).hexdigest()[:16]


def basis_of(job: Job) -> dict[str, str]:
    """Return all that a report is made of: its parameters, and the digest of each table, its code and its packages."""
    code = {"notebook": job.notebook.digest, "binnenstad": job.provenance.code, "packages": packages()}
    tables = {name: held for name, (_, held) in job.delivered.items()}
    # a parameter may have the name of a table
    parameters = {f"parameter {name}": value for name, value in job.provenance.parameters.items()}
    return {**parameters, **tables, **code, "engine": job.notebook.engine}


def why_made(job: Job, entry: Mapping[str, Any], words: Words) -> str:
    """Return why a report is to be made, in words; nothing if it would come out as ``entry`` says it did."""
    if not entry:
        return words.say("it was not made before")
    if entry["status"] != "ok":
        return words.say("it failed the last time")
    before, now = entry["basis"], basis_of(job)
    changed = ", ".join(sorted(name for name in {*before, *now} if before.get(name) != now.get(name)))
    if changed:
        return words.say("{file} changed", file=changed)
    pages = {job.file: entry["sha256"], **entry["beside"]}
    same = all(sha256_of(job.out / name) == held for name, held in pages.items())
    return "" if same else words.say("its file is gone or was changed")
