"""Recording: ``run.json`` and an index page beside the reports, true at every moment.

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
import sqlite3
from collections import defaultdict
from collections.abc import Iterator, Sequence
from contextlib import closing, contextmanager, suppress
from pathlib import Path

from binnenstad.batch.plan import Job
from binnenstad.batch.run import Outcome
from binnenstad.batch.unchanged import basis_of, sha256_of
from binnenstad.page.index import Entry, Index
from binnenstad.programme.delivered import digests
from binnenstad.words.errors import UsageError

# of what an entry holds; what was written by another version says too little, or something else
VERSION = 1


class Record:
    """What is known of the reports in an output folder, written as it comes: a batch that is killed leaves no lie.

    ``before`` holds what earlier batches noted of each report, by its id.
    """

    def __init__(self, out: Path):
        self._out, self._folders = out, defaultdict[Path, dict[str, Entry]](dict)
        self.before = {entry["id"]: entry for path in out.glob("*/*/run.json") for entry in _read(path)}
        for at, entry in self.before.items():
            # what failed stays listed until it is made: a set that lacks a report is not whole
            if entry["status"] != "ok" or (out / at).exists():
                self._folders[(out / at).parent][entry["file"]] = entry

    def expect(self, jobs: Sequence[Job]) -> None:
        """Note that these reports are about to be made; until they are, nothing is claimed of them."""
        for job in jobs:
            self._folders[job.out][job.file] = _entry(job, Outcome("unfinished"))
            # an index of the earlier reports would vouch for them; the next one is written at the end
            (job.out / "index.html").unlink(missing_ok=True)
        for folder in {job.out for job in jobs}:
            _dump(folder, self._listed(folder))

    def keep(self, job: Job, outcome: Outcome) -> None:
        """Put the files of a report in place, take away what an earlier run left of it, and note what became of it."""
        stem = job.file.removesuffix(".html")
        for name in {job.file, f"{stem}.pdf", f"{stem}.mail.json", job.failed} - set(outcome.files):
            (job.out / name).unlink(missing_ok=True)
        for name, text in outcome.files.items():
            write_whole(job.out / name, text)
        with suppress(OSError):
            # it goes when it is empty
            (job.out / job.failed).parent.rmdir()
        self._folders[job.out][job.file] = _entry(job, outcome)
        _dump(job.out, self._listed(job.out))

    def close(self, jobs: Sequence[Job], key: str) -> Path:
        """Write the index of every folder of these jobs, and one over all folders; returns the one to open.

        ``key`` is that of the request, to know it again when nothing has changed.
        """
        now = {job.out: job.delivered for job in jobs}
        pages = {at / "index.html": Index(self._listed(at), held).of_folder() for at, held in now.items()}
        index, every = self._out / "index.html", self._listed(*sorted(self._folders))
        if len(pages) > 1 or index.exists():
            pages[index] = Index(every).of_all()
        for path, html in pages.items():
            write_whole(path, html)
        held = {path.relative_to(self._out).as_posix(): sha256_of(path) for path in pages}
        for job in jobs:
            entry = self._folders[job.out][job.file]
            made = {job.file: entry["sha256"], **entry["beside"]}
            held |= {job.id.replace(job.file, name): digest for name, digest in made.items()}
        asked = {"key": key, "count": len(jobs), "index": path.relative_to(self._out).as_posix(), "files": held}
        _dump(self._out, every, asked)
        return path

    def _listed(self, *folders: Path) -> list[Entry]:
        return [entry for folder in folders for entry in sorted(self._folders[folder].values(), key=_place)]


def _place(entry: Entry) -> tuple[int, str, str, int]:
    # of one report the Dutch page first: its name has no mark
    return entry["order"], entry["report"], entry["partner"], len(entry["file"])


def _read(path: Path) -> list[Entry]:
    try:
        known = json.loads(path.read_bytes())
        return list(known["reports"]) if known["version"] == VERSION else []
    except (ValueError, KeyError, TypeError):
        # one that somebody edited lists nothing that can be trusted
        return []


def _entry(job: Job, outcome: Outcome) -> Entry:
    held = {name: hashlib.sha256(text.encode()).hexdigest() for name, text in outcome.files.items()}
    about = {name: job.parameters.get(name, "") for name in ("programme", "period", "language", "partner")}
    return about | {
        "id": job.id, "report": job.notebook.path.stem, "file": job.file, "subject": job.subject,
        "title": job.notebook.title, "order": job.notebook.order, "status": outcome.status, "error": outcome.error,
        "notebook": job.failed if held.pop(job.failed, "") else "", "seconds": outcome.seconds,
        "sha256": held.pop(job.file, ""), "beside": held, "tables": digests(job.delivered),
        "data": job.provenance.data, "made": vars(job.provenance), "basis": basis_of(job),
    }  # fmt: skip


def _dump(folder: Path, entries: Sequence[Entry], asked: Entry | None = None) -> None:
    content = {"version": VERSION, "asked": asked or {}, "reports": entries}
    write_whole(folder / "run.json", json.dumps(content, ensure_ascii=False, indent=1) + "\n")


def write_whole(path: Path, content: str | bytes) -> None:
    """Write a file under a temporary name and rename it: it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    part = path.with_name(f".{path.name}.part")
    try:
        part.write_bytes(content.encode() if isinstance(content, str) else content)
        part.replace(path)
    finally:
        part.unlink(missing_ok=True)


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
        raise UsageError("another batch uses folder {folder}; wait for it, or give another --out", folder=out) from None
    except OSError as error:
        raise UsageError("cannot write in folder {folder}: {why}", folder=out, why=error) from error
