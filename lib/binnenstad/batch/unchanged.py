"""What need not be made again: a report whose data, code, parameters, packages and page are as they were."""

from __future__ import annotations

import hashlib
import json
import os
import sys
from collections.abc import Iterable, Mapping
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binnenstad.page.provenance import code_version
from binnenstad.words import Words

if TYPE_CHECKING:
    from binnenstad.batch.plan import Job


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of what a file holds; nothing for one that is not there."""
    return hashlib.sha256(path.read_bytes()).hexdigest() if path.is_file() else ""


@cache
def _packages() -> str:
    """Return a digest of the packages installed here, with their versions, and of this Python."""
    found = {name for folder in sys.path if os.path.isdir(folder) for name in os.listdir(folder)}
    names = sorted(name for name in found if name.endswith((".dist-info", ".egg-info")))
    return hashlib.sha256("\0".join([sys.version, *names]).encode()).hexdigest()[:16]


def basis_of(job: Job) -> dict[str, str]:
    """Return all that a report is made of: its parameters, and the digest of each table, its code and its packages."""
    code = {"notebook": job.notebook.digest, "binnenstad": job.provenance.code, "packages": _packages()}
    tables = {name: held for name, (_, held) in job.delivered.items()}
    return {**job.provenance.parameters, **tables, **code, "engine": job.notebook.engine}


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


def request_key(request: Mapping[str, Any], folders: Iterable[Path]) -> str:
    """Return a digest of a request and of all that its reports rest on: the files in ``folders``, code and packages."""
    files = sorted(path for folder in folders for path in folder.glob("*") if path.is_file())
    basis = [repr(request), code_version(), _packages(), *(f"{path} {sha256_of(path)}" for path in files)]
    return hashlib.sha256("\0".join(basis).encode()).hexdigest()


def same_as_before(out: Path, key: str) -> tuple[int, Path] | None:
    """Return how many reports a request has, and their index, if it was the last one carried out and all is as it was.

    That is known before any table is read; nothing is returned where it is not known, or not so.
    """
    try:
        asked = json.loads((out / "run.json").read_bytes())["asked"]
    except (OSError, ValueError, KeyError):
        # nothing is known of an earlier request
        return None
    same = asked["key"] == key and all(held == sha256_of(out / name) != "" for name, held in asked["files"].items())
    return (asked["count"], out / asked["index"]) if same else None
