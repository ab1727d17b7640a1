"""Report processes: one per report, some at a time; one that fails stops no other, and leaves nothing running.

They fork from a server that has the slow imports done. Where there is none, or it was lost, each
process does its own imports: the same code, slower.
"""

from __future__ import annotations

import multiprocessing
import os
import signal
import time
from collections import deque
from collections.abc import Callable, Generator, Sequence
from contextlib import suppress
from dataclasses import replace
from multiprocessing.connection import Connection, wait
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, NamedTuple

from binnenstad.words import Words

if TYPE_CHECKING:
    from binnenstad.batch.child import Outcome
    from binnenstad.batch.plan import Job

# what numeric libraries ask, when they are first imported, for how many threads to start: those survive no fork
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")
NO_SERVER = 255  # the exit code that multiprocessing gives where the server of a process can give none
GRACE = 2.0  # s a process gets to end, after it said what became of its report


class _Running(NamedTuple):
    job: Job
    process: Any
    started: float
    cold: bool


class Runner:
    """Runs jobs, ``workers`` at a time, each within ``seconds`` and ``memory`` [MB]; 0 is no limit.

    The server begins to import as soon as there is a runner: make one before there is a plan. ``on_cold`` is
    called once, if report processes have to do their own imports.
    """

    def __init__(self, workers: int, seconds: float, memory: int, on_cold: Callable[[], None]):
        self._workers, self._limit, self._memory, self._on_cold = workers, seconds or float("inf"), memory, on_cold
        self._running: dict[Connection, _Running] = {}
        self._cold = "forkserver" not in multiprocessing.get_all_start_methods()
        try:
            if not self._cold:
                _start_server()
        except OSError:
            # the folder for temporary files may have too long a name for a socket
            self._go_cold()

    def run(self, jobs: Sequence[Job], on_start: Callable[[Job], None]) -> Generator[tuple[Job, Outcome]]:
        """Run jobs, and give each with what became of it; ``on_start`` hears of each that begins.

        Closed or interrupted, it ends the processes that still run, with all they started.
        """
        waiting = deque(jobs)
        with TemporaryDirectory(prefix="binnenstad-") as scratch:
            try:
                while waiting or self._running:
                    while waiting and len(self._running) < self._workers:
                        on_start(waiting[0])
                        self._start(waiting.popleft(), Path(scratch))
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
        # who makes a runner goes on while the server imports, and should not wait for the same imports
        from binnenstad.batch.child import work

        context: Any = multiprocessing.get_context("spawn" if self._cold else "forkserver")
        ours, theirs = context.Pipe(duplex=False)
        process = context.Process(target=work, args=(job, scratch, self._memory, self._cold, theirs))
        try:
            process.start()
        except (EOFError, ConnectionError):
            # the server ended while it imported; a process of its own will say why, if it cannot either
            self._go_cold()
            return self._start(job, scratch)
        theirs.close()
        self._running[ours] = _Running(job, process, time.monotonic(), self._cold)
        return None

    def _go_cold(self) -> None:
        if not self._cold:
            self._cold = True
            self._on_cold()

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
        from binnenstad.batch.child import Outcome

        job, process, started, cold = self._running[pipe]
        seconds, said = time.monotonic() - started, None
        if pipe.poll():
            with suppress(EOFError, OSError):
                said = pipe.recv()
            process.join(GRACE)
        _end(process)
        del self._running[pipe]
        if process.exitcode == NO_SERVER and not cold:
            self._go_cold()
            return None
        words, most, code = Words(job.parameters["language"]), f"{self._limit:g}", process.exitcode
        if not said or code:
            late = words.say("the report took longer than {most} s; its process was ended", most=most)
            lost = words.say("its process ended before the report was finished ({code})", code=f"exit code {code}")
            said = Outcome("failed", late if seconds >= self._limit else lost)
        return replace(said, seconds=round(seconds, 2))


def _start_server() -> None:
    from multiprocessing.forkserver import ensure_running
    from multiprocessing.resource_tracker import ensure_running as ensure_tracker

    os.environ.update(dict.fromkeys(THREADS, "1"))
    multiprocessing.set_forkserver_preload(["binnenstad.batch.warm", "binnenstad.cli"])
    # first, for where it is started it lets signals through again
    ensure_tracker()
    # Ctrl-C at a terminal is for the batch; a server that imports would only say where it was
    before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
    try:
        ensure_running()
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _end(process: Any) -> None:
    """End a process and all of its group, without asking."""
    with suppress(ProcessLookupError, PermissionError, AttributeError):
        # a system without groups has no such function
        os.killpg(process.pid, signal.SIGKILL)
    process.kill()
    process.join()
