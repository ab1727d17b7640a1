"""One report to make: the job, its outcome, and the work from notebook to HTML file."""

from __future__ import annotations

import os
import tempfile
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binnenstad.errors import ReportRefused
from binnenstad.report import Provenance, render_report
from binnenstad.summary import SUMMARISED, summary_path, summary_text

if TYPE_CHECKING:
    from nbformat import NotebookNode


@dataclass(frozen=True)
class Job:
    """One report to make: a notebook with its parameters, and where the HTML goes."""

    report: str
    notebook: Path
    parameters: dict[str, Any]
    out: Path
    data: Path
    provenance: Provenance

    @property
    def file(self) -> str:
        """Return the name of the HTML file; Dutch is the default and needs no mark."""
        language = self.parameters["language"]
        return f"{self.report}.html" if language == "nl" else f"{self.report}.{language}.html"


@dataclass(frozen=True)
class Outcome:
    """What became of a job: ``ok``, ``failed`` (the notebook) or ``refused`` (the report), and what of."""

    report: str
    file: str
    status: str
    error: str = ""
    notebook: str = ""
    seconds: float = 0.0
    made: dict[str, Any] = field(default_factory=dict)


def make_report(job: Job, scratch: Path) -> Outcome:
    """Execute a notebook, render it, and put the HTML in place whole; keep the notebook if that fails.

    ``scratch`` is a folder for what is not to stay. Never raises for a notebook or report that fails.
    """
    import nbformat
    import papermill
    from traitlets.config import Config

    executed = scratch / f"{job.file}.ipynb"
    kept = job.out / "failed" / f"{job.file.removesuffix('.html')}.ipynb"
    # the default socket name is the same for every kernel, so that two at a time read each other's messages;
    # a socket in our own folder also spares a TCP port that every process on the machine can try
    ipc = {"KernelManager": {"transport": "ipc", "ip": str(scratch / job.file)}}
    settings = {
        "progress_bar": False,
        "cwd": str(job.notebook.parent),
        "config": Config(ipc if os.name == "posix" else {}),
    }
    try:
        papermill.execute_notebook(str(job.notebook), str(executed), job.parameters, **settings)
        notebook = nbformat.read(executed, as_version=4)
        html = render_report(notebook, job.provenance, job.parameters["language"])
        write_whole(job.out / job.file, html)
        _keep_summary(job, notebook, html)
    except papermill.PapermillExecutionError as error:
        return Outcome(job.report, job.file, "failed", f"{error.ename}: {error.evalue}", _keep(executed, kept))
    except ReportRefused as error:
        return Outcome(job.report, job.file, "refused", str(error), _keep(executed, kept))
    except (RuntimeError, OSError, ValueError) as error:
        # the kernel died or would not start, or the disk is full: there is no notebook to keep
        return Outcome(job.report, job.file, "failed", f"{type(error).__name__}: {error}")
    kept.unlink(missing_ok=True)
    if kept.parent.exists() and not any(kept.parent.iterdir()):
        kept.parent.rmdir()
    return Outcome(job.report, job.file, "ok")


def _keep_summary(job: Job, notebook: NotebookNode, html: str) -> None:
    """Keep beside the overview what a mail shows of it."""
    if job.report == SUMMARISED:
        write_whole(summary_path(job.out / job.file), summary_text(notebook, job.provenance, html))


def _keep(executed: Path, kept: Path) -> str:
    write_whole(kept, executed.read_text(encoding="utf-8"))
    return f"{kept.parent.name}/{kept.name}"


def write_whole(path: Path, text: str) -> None:
    """Write a file under a temporary name and rename it, so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise
