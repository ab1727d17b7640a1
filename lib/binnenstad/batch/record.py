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
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing, contextmanager, suppress
from itertools import groupby
from pathlib import Path
from typing import Any

from binnenstad.batch.plan import Job
from binnenstad.batch.run import Outcome
from binnenstad.batch.unchanged import basis_of, sha256_of
from binnenstad.page.blocks import Block, bullets, headline, links, section
from binnenstad.page.provenance import Provenance
from binnenstad.page.render import checked_page
from binnenstad.programme import Delivered, digests, fingerprint, outdated
from binnenstad.words import Words
from binnenstad.words.errors import UsageError

# of what an entry holds; what was written by another version says too little, or something else
VERSION = 1
Entry = Mapping[str, Any]
LANGUAGES = {"nl": "Nederlands", "en": "English"}
# programmes above the index of all; of more how many
MOST_NAMED = 3


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


class Index:
    """An index of reports, in Dutch as soon as one of them is; ``now`` is what their programme holds, if it is one."""

    def __init__(self, entries: Sequence[Entry], now: Delivered | None = None):
        self._entries, self._now = entries, now
        languages = {entry["language"] for entry in entries}
        self._language = min(languages, key=list(LANGUAGES).index)
        self._words, self._several = Words(self._language), len(languages) > 1
        # the page is about what the reports in its language say, and names partners as they do
        self._same = [entry for entry in entries if entry["language"] == self._language]
        self._dated = now is not None and len({entry["made"]["as_of"] for entry in self._same}) > 1
        self._subjects = {(entry["programme"], entry["partner"]): entry["subject"] for entry in self._same}

    def of_folder(self) -> str:
        """Return the page that leads to the reports of one folder."""
        made, words = self._same[0]["made"], self._words
        title = words.say("{programme}: reports, {period}", programme=made["programme"], period=made["period"])
        about = made | {"parameters": {}, "data": fingerprint(digests(self._now or {}))}
        about |= {"as_of": ""} if self._dated else {}
        return self._page(title, self._listed(self._entries), Provenance(**about))

    def of_all(self) -> str:
        """Return the page that leads to every report of an output folder, by programme and period."""
        groups = {at: list(group) for at, group in groupby(self._entries, key=lambda e: (e["programme"], e["period"]))}
        heard = {at: min(group, key=lambda e: e["language"] != self._language)["made"] for at, group in groups.items()}
        titles = sorted({made["programme"] for made in heard.values()})
        names = [f"{made['programme']}, {made['period']}" for made in heard.values()]
        # programmes of one name are told apart by their folder
        sections = [
            section(
                f"{name} ({at[0]})" if names.count(name) > 1 else name, *self._listed(groups[at], "/".join(at) + "/")
            )
            for at, name in zip(groups, names, strict=True)
        ]
        about = self._words.listing(titles)
        if len(titles) > MOST_NAMED:
            about = self._words.say("{count} programmes", count=len(titles))
        return self._page(self._words.say("All reports"), sections, Provenance(about, "", "", {}, "", ""))

    def _page(self, title: str, blocks: Sequence[Block], about: Provenance) -> str:
        say_many, bad = self._words.say_many, sum(entry["status"] != "ok" for entry in self._entries)
        lead = say_many("{count} report is ready.", "{count} reports are ready.", len(self._entries) - bad)
        failed = say_many("{count} report could not be made.", "{count} reports could not be made.", bad)
        return checked_page([headline(title, f"{lead} {failed}" if bad else lead), *blocks], about, self._language)

    def _listed(self, entries: Sequence[Entry], before: str = "") -> tuple[Block, Block]:
        """Return the reports that are ready as links, from ``before`` on, and those that could not be made."""
        good = {before + entry["file"]: self._name(entry) for entry in entries if entry["status"] == "ok"}
        # why it failed stands in run.json and on the screen: an error text is no text for a council
        say, bad = self._words.say, [self._name(entry) for entry in entries if entry["status"] != "ok"]
        return links(good), bullets([say("Not made: {name}", name=name) for name in bad])

    def _name(self, entry: Entry) -> str:
        """Return the name of a report as its notebook gives it, and what tells it from others."""
        subject = self._subjects.get((entry["programme"], entry["partner"]), entry["subject"])
        name: str = entry["title"].get(self._language, entry["report"]).format(partner=subject)
        old = self._now is not None and outdated(entry["tables"], self._now)
        marks = [LANGUAGES[entry["language"]]] * self._several
        marks += [self._words.say("known until {day}", day=entry["made"]["as_of"])] * self._dated
        marks += [self._words.say("made with earlier data")] * old
        return f"{name} ({', '.join(marks)})" if marks else name


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
        raise UsageError(
            "another batch is at work in folder {folder}; wait for it, or choose another with --out", folder=out
        ) from None
    except OSError as error:
        raise UsageError("cannot write in folder {folder}: {why}", folder=out, why=error) from error
