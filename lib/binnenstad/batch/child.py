"""The process of one report: from notebook to page, within its limits, and what it says at its end."""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from binnenstad.batch.plan import KERNEL, Job
from binnenstad.batch.processes import NO_SERVER
from binnenstad.page.provenance import code_version
from binnenstad.page.render import render_report
from binnenstad.page.summary import SUMMARISED, summary_path, summary_text
from binnenstad.programme import DATA_VARIABLE
from binnenstad.programme.folders import digest
from binnenstad.words import Words
from binnenstad.words.errors import ReportRefused

MOST_SAID = 2000  # letters of an error; the kept notebook has the rest


@dataclass(frozen=True)
class Outcome:
    """What became of a job: ``ok``, ``failed`` (the notebook), ``refused`` (the report) or ``unfinished``, and why.

    ``files`` are to be put in place, by name: the page and what goes beside it, or the notebook that went wrong.
    """

    status: str
    error: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    seconds: float = 0.0


def work(job: Job, scratch: Path, memory: int, cold: bool, pipe: Connection) -> None:
    """Make one report, in a process of its own, and say what became of it."""
    if not cold and "binnenstad.batch.warm" not in sys.modules:
        # the server could not import it, or has threads and should not be forked
        os._exit(NO_SERVER)
    _stand_alone(memory)
    # a cold process imports here what a warm one found done
    import binnenstad.batch.warm  # noqa: F401

    pipe.send(make_report(job, scratch))
    pipe.close()
    # threads and exit handlers of a notebook hold nobody up
    os._exit(0)


def make_report(job: Job, scratch: Path) -> Outcome:
    """Execute a notebook and render it; to be called in a process that is thrown away, for the cells run in it.

    ``scratch`` is a folder for what is not to stay. Whatever goes wrong is the outcome of this report.
    """
    import papermill

    executed, language = scratch / f"{job.id.replace('/', '-')}.ipynb", job.parameters["language"]
    say = Words(language).say
    os.environ[DATA_VARIABLE] = str(job.folder.parent)
    try:
        notebook = papermill.execute_notebook(
            str(job.notebook.path), str(executed), dict(job.parameters), cwd=str(job.notebook.path.parent),
            engine_name=None if job.notebook.engine == KERNEL else job.notebook.engine or "binnenstad",
            progress_bar=False, request_save_on_cell_execute=False,
        )  # fmt: skip
        if changed := ", ".join(_changed(job)):
            return Outcome(
                "failed", say("{file} was changed while the reports were being made; run again", file=changed)
            )
        html = render_report(notebook, job.provenance, language)
        beside = summary_path(Path(job.file)).name
        summary = {beside: summary_text(notebook, job.provenance, html)} if beside.startswith(SUMMARISED) else {}
        return Outcome("ok", files={job.file: html, **summary})
    except papermill.PapermillExecutionError as error:
        status, why = "failed", f"{error.ename}: {error.evalue}"
    except ReportRefused as error:
        status, why = "refused", str(error)
    except Exception as error:
        status, why = "failed", f"{type(error).__name__}: {error}"
    said = why if len(why) <= MOST_SAID else f"{why[:MOST_SAID]} …"
    kept = {job.failed: executed.read_text(encoding="utf-8")} if executed.exists() else {}
    return Outcome(status, said.encode(errors="replace").decode(), kept)


def _changed(job: Job) -> Iterator[str]:
    """Give what is not as it was when the report was planned: its footer would name the one, its figures the other."""
    held = {job.folder / file: held for file, held in job.delivered.values()} | {job.notebook.path: job.notebook.digest}
    yield from (path.name for path, before in held.items() if digest(path.read_bytes()) != before)
    if code_version() != job.provenance.code:
        yield "binnenstad"


def _stand_alone(memory: int) -> None:
    """Make this process the head of its own group, with its own limits, that does not outlive its parent."""
    # what a kernel or a C library says on its way is no message to the researcher
    handle = os.open(os.devnull, os.O_WRONLY)
    os.dup2(handle, 1)
    os.dup2(handle, 2)
    if sys.platform != "win32":
        import resource

        os.setsid()
        # the server that this process comes from does not listen to it; a cell may
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        if memory and not 0 <= hard < memory * 2**20:
            resource.setrlimit(resource.RLIMIT_DATA, (memory * 2**20, hard))
    threading.Thread(target=_follow, daemon=True).start()


def _follow() -> None:
    parent: Any = multiprocessing.parent_process()
    parent.join()
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
