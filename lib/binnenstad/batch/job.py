"""One report to make: the job, its outcome, and the work from notebook to HTML file."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Callable, Collection
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binnenstad.batch.whole import write_whole
from binnenstad.page.provenance import Provenance
from binnenstad.page.render import render_report
from binnenstad.page.summary import SUMMARISED, summary_path, summary_text
from binnenstad.programme import Delivered, digests, fingerprint
from binnenstad.words import Words
from binnenstad.words.errors import ReportRefused

if TYPE_CHECKING:
    from nbformat import NotebookNode

# papermill's own engine, in a kernel: for widgets and other languages
KERNEL = "kernel"
MOST_SAID = 2000  # letters of an error; the kept notebook has the rest


@dataclass(frozen=True)
class Limits:
    """What one report may take: seconds per cell and in all, and MB of memory; 0 is no limit."""

    cell: float = 120.0
    report: float = 600.0
    memory: int = 4096


@dataclass(frozen=True)
class Job:
    """One report to make: a notebook with its parameters, and where the HTML goes.

    ``engine`` is empty or ``kernel``; ``inputs`` are files that the notebook says it opens below Python;
    ``subject`` is whom it is about, if that is a partner. ``delivered`` is what the folder of its programme held
    when it was checked, and ``sound`` says that nothing was at fault with it.
    """

    report: str
    notebook: Path
    parameters: dict[str, Any]
    out: Path
    data: Path
    provenance: Provenance
    engine: str = ""
    inputs: tuple[str, ...] = ()
    subject: str = ""
    delivered: Delivered = field(default_factory=dict)
    sound: bool = True

    @property
    def folder(self) -> Path:
        """Return the folder of its programme."""
        return self.data.resolve() / str(self.parameters["programme"])

    @property
    def words(self) -> Words:
        """Return the words of its language, for what there is to say of the report."""
        return Words(self.parameters["language"])

    @property
    def file(self) -> str:
        """Return the name of the HTML file; Dutch is the default and needs no mark."""
        partner, language = self.parameters.get("partner", ""), self.parameters["language"]
        stem = f"{self.report}-{partner}" if partner else self.report
        return f"{stem}.html" if language == "nl" else f"{stem}.{language}.html"

    @property
    def id(self) -> str:
        """Return the name of this report among all: programme, period and file."""
        return f"{self.parameters['programme']}/{self.parameters['period']}/{self.file}"


@dataclass(frozen=True)
class Outcome:
    """What became of a job, and what of.

    ``beside`` holds the files kept beside the report and their sha256. ``status`` is
    ``ok``, ``failed`` (the notebook), ``refused`` (the report), ``skipped`` (unchanged) or
    ``unfinished`` (stopped before its end); ``sha256`` is that of the HTML file. ``tables`` holds the digest of
    each table that it was made of, ``-`` for one that it asked for and that is not there.
    """

    id: str
    report: str
    file: str
    status: str
    error: str = ""
    notebook: str = ""
    seconds: float = 0.0
    sha256: str = ""
    beside: dict[str, str] = field(default_factory=dict)
    made: dict[str, Any] = field(default_factory=dict)
    tables: dict[str, str] = field(default_factory=dict)


def outcome_of(job: Job, status: str, error: str = "", **rest: Any) -> Outcome:
    """Return an outcome of a job; of an error only what can be read."""
    said = error if len(error) <= MOST_SAID else f"{error[:MOST_SAID]} …"
    return Outcome(job.id, job.report, job.file, status, said.encode(errors="replace").decode(), **rest)


def make_report(
    job: Job, scratch: Path, limits: Limits | None = None, on_cell: Callable[[int], None] | None = None,
    asked: Callable[[], Collection[str] | None] = lambda: None,
) -> Outcome:  # fmt: skip
    """Execute a notebook, render it, and put the HTML in place whole; keep the notebook if that fails.

    To be called in a process that is thrown away: the cells run in it. ``scratch`` is a folder for what is
    not to stay; ``on_cell`` hears the number of each cell; ``asked`` tells which tables the cells have asked
    for, None if nobody can tell: the report then counts as made of all. Never raises for a notebook or report
    that fails.
    """
    import papermill

    executed = scratch / f"{job.id.replace('/', '-')}.ipynb"
    kept = job.out / "failed" / f"{job.file.removesuffix('.html')}.ipynb"
    settings = _kernel_settings(job, scratch) if job.engine == KERNEL else {"in_place": True, "on_cell": on_cell}
    limit = (limits or Limits()).cell or None
    try:
        notebook = papermill.execute_notebook(
            str(job.notebook), str(executed), job.parameters, progress_bar=False, cwd=str(job.notebook.parent),
            engine_name=None if job.engine == KERNEL else "binnenstad", request_save_on_cell_execute=False,
            execution_timeout=limit, **settings,
        )  # fmt: skip
        tables = digests(job.delivered, asked())
        provenance = replace(job.provenance, data=fingerprint(tables))
        html = render_report(notebook, provenance, job.parameters["language"])
        write_whole(job.out / job.file, html)
        beside = _keep_summary(job, provenance, notebook, html)
    except papermill.PapermillExecutionError as error:
        return outcome_of(job, "failed", f"{error.ename}: {error.evalue}", notebook=_keep(executed, kept))
    except ReportRefused as error:
        return outcome_of(job, "refused", str(error), notebook=_keep(executed, kept))
    except (RuntimeError, OSError, ValueError, MemoryError) as error:
        # the kernel died or would not start, or the disk is full: there is no notebook to keep
        return outcome_of(job, "failed", f"{type(error).__name__}: {error}")
    kept.unlink(missing_ok=True)
    if kept.parent.exists() and not any(kept.parent.iterdir()):
        kept.parent.rmdir()
    digest = hashlib.sha256(html.encode()).hexdigest()
    return outcome_of(job, "ok", sha256=digest, beside=beside, made=asdict(provenance), tables=tables)


def _kernel_settings(job: Job, scratch: Path) -> dict[str, Any]:
    from traitlets.config import Config

    # the default socket name is the same for every kernel, so that two at a time read each other's messages;
    # a socket in our own folder also spares a TCP port that every process on the machine can try. A path of
    # a socket is short: 107 bytes
    name = hashlib.sha256(job.id.encode()).hexdigest()[:8]
    ipc = {"KernelManager": {"transport": "ipc", "ip": str(scratch / name)}}
    return {"config": Config(ipc if os.name == "posix" else {})}


def _keep_summary(job: Job, provenance: Provenance, notebook: NotebookNode, html: str) -> dict[str, str]:
    """Keep beside the overview what a mail shows of it; return its name and digest."""
    if job.report != SUMMARISED:
        return {}
    path, text = summary_path(job.out / job.file), summary_text(notebook, provenance, html)
    write_whole(path, text)
    return {path.name: hashlib.sha256(text.encode()).hexdigest()}


def _keep(executed: Path, kept: Path) -> str:
    try:
        write_whole(kept, executed.read_text(encoding="utf-8"))
    except OSError as error:
        # a full disk must not hide why the report failed
        return f"- ({error})"
    return f"{kept.parent.name}/{kept.name}"
