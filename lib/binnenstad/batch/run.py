"""Running: one process per report, some at a time; one that fails stops no other."""

from __future__ import annotations

import multiprocessing
import os
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, field, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any, cast

from binnenstad.batch.child import Made, Started, work
from binnenstad.batch.job import Job, Limits, Outcome, outcome_of
from binnenstad.batch.processes import end_group, end_orphans, parent_of
from binnenstad.batch.whole import scratch_folder

MOST_SOCKET = 103  # bytes of a path that a socket can have on macOS; on Linux 107
NO_SERVER = 255  # the exit code that multiprocessing gives where the server can give none
GRACE = 2.0  # s a cell gets, after it was told to stop, before its process is ended
Finished = Callable[[Job, Outcome, Made | None], None]


def fastest() -> SpawnContext:
    """Return the way to start processes: from a server that has the slow imports done, where there can be one."""
    if "forkserver" not in multiprocessing.get_all_start_methods() or too_deep():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["binnenstad.batch.warm", "binnenstad.cli"])
    return cast(SpawnContext, context)


def too_deep() -> bool:
    """Return whether the folder for temporary files has too long a name for the socket of a server."""
    socket = os.path.join(tempfile.gettempdir(), "pymp-12345678", "listener-12345678")
    return len(os.fsencode(socket)) > MOST_SOCKET


def warm_up() -> None:
    """Start the server that report processes fork from, so that it imports while the caller plans."""
    if fastest().get_start_method() == "forkserver":
        from multiprocessing.forkserver import ensure_running
        from multiprocessing.resource_tracker import ensure_running as ensure_tracker

        # first, for where it is started it lets signals through again
        ensure_tracker()
        # Ctrl-C at a terminal is for the batch; a server that imports would only say where it was
        before = signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGINT])
        try:
            ensure_running()
        finally:
            signal.pthread_sigmask(signal.SIG_SETMASK, before)


@dataclass
class _Running:
    """A report that is being made."""

    job: Job
    process: Any
    pipe: Connection
    started: float
    cold_start: bool
    cell: float = 0.0
    server: int = 0
    warm: bool | None = None
    made: Made | None = None
    ended: str = ""
    closed: bool = False

    def hear(self) -> None:
        """Take in what the process says."""
        try:
            while self.pipe.poll():
                word = self.pipe.recv()
                self.cell = time.monotonic()
                if isinstance(word, Started):
                    self.warm = word.warm
                elif isinstance(word, Made):
                    self.made = word
        except (EOFError, OSError):
            self.closed = True

    def deadline(self, limits: Limits) -> float:
        """Return when this process is to be ended."""
        if self.made:
            return self.cell + GRACE
        ends = [self.started + limits.report] * bool(limits.report)
        ends += [self.cell + limits.cell + GRACE] * bool(limits.cell and self.cell and not self.job.engine)
        return min(ends, default=float("inf"))

    def end(self, limits: Limits) -> None:
        """End the process for being late, and remember why."""
        if not self.made:
            late = limits.report and time.monotonic() - self.started >= limits.report
            words, most = self.job.words, limits.report if late else limits.cell
            what = words.say("the report") if late else words.say("a cell")
            self.ended = words.say(
                "{what} took longer than {most} s; its process was ended", what=what, most=f"{most:g}"
            )
        end_group(self.process.pid)

    def deserted(self) -> bool:
        """Return whether it goes on and nobody will tell of its end, because the server it comes from has ended.

        Of a process that ended with the same code, the server has taken leave before it told.
        """
        return self.process.exitcode == NO_SERVER and bool(parent_of(self.process.pid)) and not self.made

    def clear(self) -> None:
        """End all that the process left running, and forget it."""
        end_group(self.process.pid)
        self.process.join()
        self.pipe.close()


@dataclass
class Runner:
    """Runs jobs, ``workers`` at a time, each within ``limits``.

    ``on_start`` hears of each job that begins, ``on_done`` of each outcome with what it was made of, and
    ``on_cold`` once, if report processes find that their imports were not done: they then start by themselves.
    ``meanwhile`` is called once, when the first reports are being made: what the caller needs only later.
    """

    workers: int
    on_done: Finished
    on_start: Callable[[Job], None] = lambda job: None
    on_cold: Callable[[], None] = lambda: None
    limits: Limits = field(default_factory=Limits)
    meanwhile: Callable[[], None] = lambda: None

    def __post_init__(self) -> None:
        self._context = fastest()
        self._running: list[_Running] = []
        self._waiting: list[Job] = []
        self._heard: set[str] = set()
        self._deserted: set[str] = set()

    def run(self, jobs: Sequence[Job]) -> None:
        """Run jobs.

        On Ctrl-C the running processes are ended with all they started, temporary files removed, and
        ``KeyboardInterrupt`` goes on.
        """
        self._waiting = list(jobs)
        warm_up()
        if too_deep() and jobs:
            self.on_cold()
        with scratch_folder() as scratch:
            try:
                self._fill(scratch)
                self.meanwhile()
                while self._running:
                    for one in self._ready():
                        if one.deserted() and one.job.id not in self._deserted:
                            self._start_again(one)
                        elif one.warm or one.cold_start:
                            self._settle(one, scratch)
                        else:
                            self._start_cold(one)
                    self._fill(scratch)
            finally:
                self._end_all()

    def _fill(self, scratch: Path) -> None:
        while self._waiting and len(self._running) < self.workers:
            self._start(self._waiting.pop(0), scratch)

    def _start(self, job: Job, scratch: Path) -> None:
        ours, theirs = self._context.Pipe(duplex=False)
        process = self._context.Process(target=work, args=(job, scratch, self.limits, theirs))
        if job.id not in self._heard:
            self._heard.add(job.id)
            self.on_start(job)
        try:
            process.start()
        except (EOFError, ConnectionError):
            # the server ended while it imported; the process of a report will say why, if it cannot either
            self._go_cold()
            process = self._context.Process(target=work, args=(job, scratch, self.limits, theirs))
            process.start()
        theirs.close()
        now = time.monotonic()
        cold = self._context.get_start_method() == "spawn"
        self._running.append(_Running(job, process, ours, now, cold, now, parent_of(process.pid or 0)))

    def _go_cold(self) -> None:
        if self._context.get_start_method() != "spawn":
            self._context = multiprocessing.get_context("spawn")
            self.on_cold()

    def _ready(self) -> Iterator[_Running]:
        """Wait until something happens; give the processes that are at their end."""
        first = min(one.deadline(self.limits) for one in self._running)
        heard: list[Any] = [one.pipe for one in self._running if not one.closed]
        wait([*heard, *(one.process.sentinel for one in self._running)], max(0.0, min(first - time.monotonic(), 3600)))
        for one in list(self._running):
            over = not one.process.is_alive()
            one.hear()
            over = over or (one.warm is False and not one.cold_start)
            if not over and time.monotonic() >= one.deadline(self.limits):
                one.end(self.limits)
                over = True
            if over:
                self._running.remove(one)
                yield one

    def _start_again(self, one: _Running) -> None:
        """Let a job begin anew, from a new server, whose server ended; once, for it may have ended that itself."""
        self._deserted.add(one.job.id)
        one.clear()
        self._waiting.insert(0, one.job)

    def _start_cold(self, one: _Running) -> None:
        """Let a job begin anew whose process was to find its imports done, and did not."""
        self._go_cold()
        one.clear()
        self._waiting.insert(0, one.job)

    def _settle(self, one: _Running, scratch: Path) -> None:
        """Tell what became of a job, by what is there and not only by what was said."""
        one.clear()
        self._end_strays(one.server)
        outcome = one.made.outcome if one.made else outcome_of(one.job, "failed", _last_words(one, scratch))
        page = one.job.out / one.job.file
        if outcome.status == "ok" and not page.exists():
            outcome = outcome_of(one.job, "failed", one.job.words.say("{file} was made and is gone", file=page.name))
        if outcome.status != "ok":
            # what an earlier run left would pass for the report of this one
            page.unlink(missing_ok=True)
        seconds = round(time.monotonic() - one.started, 2)
        outcome = replace(outcome, seconds=seconds, made=outcome.made or asdict(one.job.provenance))
        self.on_done(one.job, outcome, one.made)

    def _end_strays(self, server: int) -> None:
        if server and server != os.getpid() and self._context.get_start_method() == "forkserver":
            end_orphans(server, {one.process.pid for one in self._running})

    def _end_all(self) -> None:
        stopped, self._running = self._running, []
        for one in stopped:
            end_group(one.process.pid)
        for one in stopped:
            one.clear()
            self._end_strays(one.server)


def run(
    jobs: Sequence[Job], workers: int, on_done: Callable[[Outcome], None], limits: Limits | None = None
) -> list[Outcome]:
    """Run jobs, ``workers`` at a time, and return their outcomes in job order; ``on_done`` hears of each."""
    outcomes: dict[str, Outcome] = {}

    def _done(job: Job, outcome: Outcome, _: Made | None) -> None:
        outcomes[job.id] = outcome
        on_done(outcome)

    Runner(workers, _done, limits=limits or Limits()).run(jobs)
    return [outcomes[job.id] for job in jobs]


def _last_words(one: _Running, scratch: Path) -> str:
    if one.ended:
        return one.ended
    log = scratch / f"{one.job.id.replace('/', '-')}.log"
    said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
    last = "".join(said.splitlines()[-1:])
    said = one.job.words.say(
        "its process ended before the report was finished ({code})", code=_reason(one.process.exitcode)
    )
    return f"{said}: {last}" if last else said


def _reason(code: int) -> str:
    """Return an exit code as a person reads it.

    >>> _reason(3), _reason(-9)
    ('exit code 3', 'exit code -9, SIGKILL')
    """
    known = code < 0 and -code in {one.value for one in signal.Signals}
    return f"exit code {code}, {signal.Signals(-code).name}" if known else f"exit code {code}"
