"""Running: one process per report, some at a time; one that fails stops no other, and leaves nothing running.

The processes fork from a server that has the slow imports done. Where there is none, or it was lost, each
does its own imports: the same code, slower.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import sys
import threading
import time
from collections import deque
from collections.abc import Generator, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

from binnenstad.batch.plan import KERNEL, Job
from binnenstad.page.provenance import code_version
from binnenstad.page.summary import SUMMARISED, summary_path, summary_text
from binnenstad.programme.folders import DATA_VARIABLE, digest
from binnenstad.words import Words
from binnenstad.words.errors import BinnenstadError, ReportRefused

NO_SERVER = 255  # the exit code that multiprocessing gives where the server of a process can give none
GRACE = 2.0  # s a process gets to end, after it said what became of its report
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


def _work(job: Job, scratch: Path, memory: int, cold: bool, pipe: Connection) -> None:
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
    from nbformat import ValidationError
    from papermill.exceptions import PapermillException

    from binnenstad.page.render import render_report

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
            return Outcome("failed", say("{file} changed while reports were being made; run again", file=changed))
        html = render_report(notebook, job.provenance, language)
        beside = summary_path(Path(job.file)).name
        summary = {beside: summary_text(notebook, job.provenance, html)} if beside.startswith(SUMMARISED) else {}
        return Outcome("ok", files={job.file: html, **summary})
    except papermill.PapermillExecutionError as error:
        status, why = "failed", f"{error.ename}: {error.evalue}"
    except ReportRefused as error:
        status, why = "refused", str(error)
    except (
        PapermillException, ValidationError, BinnenstadError, OSError, ValueError, RuntimeError, LookupError,
    ) as error:  # fmt: skip
        # anything else ends this process, and the parent says so
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


class _Running(NamedTuple):
    job: Job
    process: Any
    started: float
    cold: bool


class Runner:
    """Runs jobs, ``workers`` at a time, each within ``seconds`` and ``memory`` [MB]; 0 is no limit.

    With ``cold`` each process does its own imports; that becomes so if the server turns out to be of no use.
    """

    def __init__(self, workers: int, seconds: float, memory: int, *, cold: bool):
        self._workers, self._limit, self._memory, self.cold = workers, seconds or float("inf"), memory, cold
        self._running: dict[Connection, _Running] = {}

    def run(self, jobs: Sequence[Job]) -> Generator[tuple[Job, Outcome]]:
        """Run jobs, and give each with what became of it.

        Closed or interrupted, it ends the processes that still run, with all they started.
        """
        waiting = deque(jobs)
        with TemporaryDirectory(prefix="binnenstad-") as scratch:
            try:
                while waiting or self._running:
                    while waiting and len(self._running) < self._workers:
                        self._start(waiting.popleft(), Path(scratch))
                    # slow, and of use here at the end, for the index: now it holds up nobody
                    import binnenstad.page.exporter  # noqa: F401

                    for pipe in self._ended():
                        job, outcome = self._running[pipe].job, self._settle(pipe)
                        if outcome:
                            yield job, outcome
                        else:
                            waiting.appendleft(job)
            finally:
                for one in self._running.values():
                    _end(one.process)

    def _start(self, job: Job, scratch: Path) -> None:
        context: Any = multiprocessing.get_context("spawn" if self.cold else "forkserver")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=_work, args=(job, scratch, self._memory, self.cold, theirs))
        try:
            process.start()
        except (EOFError, ConnectionError):
            # the server ended while it imported; a process of its own will say why, if it cannot either
            if self.cold:
                raise
            self.cold = True
            self._start(job, scratch)
        else:
            theirs.close()
            self._running[ours] = _Running(job, process, time.monotonic(), self.cold)

    def _ended(self) -> list[Connection]:
        """Wait until a process has said its last word, can say none any more, or is late; returns its pipe."""
        first = min(one.started for one in self._running.values()) + self._limit
        ready = wait(list(self._running), max(0.0, min(first - time.monotonic(), 3600)))
        now = time.monotonic() - self._limit
        return [pipe for pipe, one in self._running.items() if pipe in ready or one.started <= now]

    def _settle(self, pipe: Connection) -> Outcome | None:
        """Return what became of a job, by how its process ended and not only by what it said.

        Nothing if the server it came from was of no use, or is gone: the job is to begin anew, without one.
        """
        job, process, started, cold = self._running[pipe]
        seconds, said = time.monotonic() - started, None
        if pipe.poll():
            with suppress(EOFError, OSError):
                said = pipe.recv()
            process.join(GRACE)
        _end(process)
        del self._running[pipe]
        if process.exitcode == NO_SERVER and not cold:
            self.cold = True
            return None
        words, most, code = Words(job.parameters["language"]), f"{self._limit:g}", process.exitcode
        if not said or code:
            late = words.say("the report took longer than {most} s; its process was ended", most=most)
            lost = words.say("its process ended before the report was finished ({code})", code=f"exit code {code}")
            said = Outcome("failed", late if seconds >= self._limit else lost)
        return replace(said, seconds=round(seconds, 2))


def _end(process: Any) -> None:
    """End a process and all of its group, without asking."""
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        # a system without groups has no such function
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
