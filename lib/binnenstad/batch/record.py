"""Recording: ``run.json`` beside the reports, true at every moment, and whole files.

``run.json`` lists under ``reports`` every report of its folder, each with

- ``id`` (``<programme>/<period>/<file>``), ``report`` (the notebook), ``file``, ``programme``, ``period``,
  ``language``, ``partner`` (the id, or empty), ``subject`` (that partner in words), ``title`` and ``order`` (how
  and where an index names it)
- ``status``: ``ok``, ``failed`` (the notebook), ``refused`` (the report) or ``unfinished`` (not made yet, or
  stopped); ``error`` says why; ``notebook`` where the executed notebook is kept, if it failed; ``seconds``
- ``tables``: the digest of each table of its programme, ``-`` for one that is not there; ``data``: the
  fingerprint of all of these; ``sha256`` of the HTML file, empty without one; ``beside``: that of other files
- ``made``: what its footer says (``binnenstad.page.provenance.Provenance``); ``basis``: all that it was made of

The output folder has a ``run.json`` over all of its folders, with the same entries and the last request
(``asked``), and an index of them as soon as a command covered more than one.
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from dataclasses import asdict
from pathlib import Path

from binnenstad.batch.child import Outcome
from binnenstad.batch.index import Entry, index_of_all, index_of_folder
from binnenstad.batch.plan import Job
from binnenstad.batch.unchanged import basis_of, sha256_of
from binnenstad.programme import digests
from binnenstad.words.errors import UsageError

# of what an entry holds; what was written by another version says too little, or something else
VERSION = 1


class Record:
    """What is known of the reports in an output folder, written as it comes: a batch that is killed leaves no lie."""

    def __init__(self, out: Path):
        self._out = out
        self._folders: dict[Path, dict[str, Entry]] = {}

    def listed(self, folder: Path) -> dict[str, Entry]:
        """Return what is known of the reports in a folder, by file."""
        if folder not in self._folders:
            self._folders[folder] = _read(folder)
        return self._folders[folder]

    def expect(self, jobs: Sequence[Job]) -> None:
        """Note that these reports are about to be made; until they are, nothing is claimed of them."""
        for job in jobs:
            self.listed(job.out)[job.file] = _entry(job, Outcome("unfinished"))
            # an index of the earlier reports would vouch for them; the next one is written at the end
            (job.out / "index.html").unlink(missing_ok=True)
        for folder in {job.out for job in jobs}:
            self._write(folder)

    def keep(self, job: Job, outcome: Outcome) -> None:
        """Put the files of a report in place, take away what an earlier run left of it, and note what became of it."""
        entry, stem = _entry(job, outcome), job.file.removesuffix(".html")
        files = dict(outcome.files) | ({_failed(job): outcome.notebook} if outcome.notebook else {})
        for name in {job.file, f"{stem}.pdf", f"{stem}.mail.json", _failed(job)} - files.keys():
            (job.out / name).unlink(missing_ok=True)
        for name, text in files.items():
            write_whole(job.out / name, text)
        with suppress(OSError):
            # it goes when it is empty
            (job.out / _failed(job)).parent.rmdir()
        self.listed(job.out)[job.file] = entry
        self._write(job.out)

    def close(self, jobs: Sequence[Job], key: str) -> Path:
        """Write the index of every folder of these jobs, and one over all folders; returns the one to open.

        ``key`` is that of the request, to know it again when nothing has changed.
        """
        delivered = {job.out: job.delivered for job in jobs}
        pages = {at / "index.html": index_of_folder(_sorted(self.listed(at)), now) for at, now in delivered.items()}
        every = [
            entry for path in sorted(self._out.glob("*/*/run.json")) for entry in _sorted(self.listed(path.parent))
        ]
        index = self._out / "index.html"
        if len(delivered) > 1 or index.exists():
            pages[index] = index_of_all(every)
        for path, html in pages.items():
            write_whole(path, html)
        held = {path.relative_to(self._out).as_posix(): sha256_of(path) for path in pages}
        held |= {job.id: self.listed(job.out)[job.file]["sha256"] for job in jobs}
        _dump(self._out / "run.json", every, {"key": key, "pages": held})
        return path

    def _write(self, folder: Path) -> None:
        _dump(folder / "run.json", _sorted(self.listed(folder)), {})


def _read(folder: Path) -> dict[str, Entry]:
    """Return what a folder lists, by file, less what is gone from it; what failed stays until it is made."""
    try:
        known = json.loads((folder / "run.json").read_bytes())
        entries = known["reports"] if known["version"] == VERSION else []
    except (OSError, ValueError, KeyError, TypeError):
        # one that is not there, or that somebody edited, lists nothing that can be trusted
        return {}
    return {entry["file"]: entry for entry in entries if entry["status"] != "ok" or (folder / entry["file"]).exists()}


def _sorted(listed: Mapping[str, Entry]) -> list[Entry]:
    # of one report the Dutch page first, wherever its name would come
    return sorted(
        listed.values(), key=lambda e: (e["order"], e["report"], e["partner"], e["language"] != "nl", e["file"])
    )


def _failed(job: Job) -> str:
    return f"failed/{job.file.removesuffix('.html')}.ipynb"


def _entry(job: Job, outcome: Outcome) -> Entry:
    held = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in outcome.files.items()}
    about = {name: job.parameters.get(name, "") for name in ("programme", "period", "language", "partner")}
    return about | {
        "id": job.id, "report": job.report, "file": job.file, "subject": job.subject,
        "title": job.notebook.title, "order": job.notebook.order,
        "status": outcome.status, "error": outcome.error, "notebook": _failed(job) if outcome.notebook else "",
        "seconds": outcome.seconds, "tables": digests(job.delivered), "data": job.provenance.data,
        "sha256": held.pop(job.file, ""), "beside": held, "made": asdict(job.provenance), "basis": basis_of(job),
    }  # fmt: skip


def _dump(path: Path, entries: Sequence[Entry], asked: Entry) -> None:
    content = {"version": VERSION, "asked": asked, "reports": entries}
    write_whole(path, json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file under a temporary name and rename it: it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(content.encode() if isinstance(content, str) else content)
        os.chmod(name, 0o644)
        os.replace(name, path)
    finally:
        Path(name).unlink(missing_ok=True)


@contextmanager
def alone(out: Path) -> Iterator[None]:
    """Hold an output folder, so that two batches do not mix.

    Raises ``UsageError`` if another holds it, and for whatever cannot be written there meanwhile.
    """
    try:
        out.mkdir(parents=True, exist_ok=True)
        (out / ".lock").touch()
        # SQLite locks a file on every system, and the lock ends with its process, in whatever way
        with closing(sqlite3.connect(out / ".lock", timeout=0, isolation_level=None)) as lock:
            lock.execute("BEGIN EXCLUSIVE")
            yield
    except sqlite3.OperationalError:
        raise UsageError(
            "another batch is at work in folder {folder}; wait for it, or choose another with --out", folder=out
        ) from None
    except OSError as error:
        raise UsageError("cannot write in folder {folder}: {why}", folder=out, why=error) from error
