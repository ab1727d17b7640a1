"""Running: one process per report, some at a time; one that fails stops no other."""

from __future__ import annotations

import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.context import SpawnContext
from pathlib import Path
from typing import Any, cast

from binnenstad.batch.job import Job, Outcome, make_report
from binnenstad.blocks import PNG_VARIABLE
from binnenstad.programme import CHECKED_VARIABLE, DATA_VARIABLE
from binnenstad.summary import SUMMARISED


def run(jobs: Sequence[Job], workers: int, on_done: Callable[[Outcome], None]) -> list[Outcome]:
    """Run jobs, ``workers`` at a time, and return their outcomes in job order.

    ``on_done`` hears of each outcome as it comes. On Ctrl-C the running processes are ended, temporary
    files removed, and ``KeyboardInterrupt`` goes on.
    """
    context = _context()
    waiting, outcomes = list(jobs), {}
    running: dict[Connection, tuple[Job, Any, float]] = {}
    scratch = Path(tempfile.mkdtemp(prefix="binnenstad-"))
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                job = waiting.pop(0)
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(job, scratch, sender))
                process.start()
                sender.close()
                running[receiver] = (job, process, time.monotonic())
            for receiver in cast("list[Connection]", wait(list(running))):
                job, process, started = running.pop(receiver)
                outcomes[job.report] = _settle(job, scratch, process, receiver, started)
                on_done(outcomes[job.report])
    finally:
        for _, process, _ in running.values():
            process.terminate()
        for _, process, _ in running.values():
            process.join()
        shutil.rmtree(scratch, ignore_errors=True)
    return [outcomes[job.report] for job in jobs]


def _context() -> SpawnContext:
    """Return the way to start processes: from a server that has the slow imports done, where there is one."""
    if "forkserver" not in multiprocessing.get_all_start_methods():
        return multiprocessing.get_context("spawn")
    context = multiprocessing.get_context("forkserver")
    context.set_forkserver_preload(["binnenstad.batch", "papermill"])
    return cast(SpawnContext, context)


def _log(job: Job, scratch: Path) -> Path:
    return scratch / f"{job.file}.log"


def _settle(job: Job, scratch: Path, process: Any, receiver: Connection, started: float) -> Outcome:
    """Return what a process said became of its job, or that it ended without a word."""
    try:
        outcome: Outcome = receiver.recv()
        process.join()
    except EOFError:
        process.join()
        log = _log(job, scratch)
        said = log.read_text(encoding="utf-8", errors="replace") if log.exists() else ""
        last = "".join(said.splitlines()[-1:])
        error = f"the process ended with exit code {process.exitcode} before the report was finished. {last}".strip()
        outcome = Outcome(job.report, job.file, "failed", error)
    if outcome.status != "ok":
        # what an earlier run left would pass for the report of this one
        (job.out / job.file).unlink(missing_ok=True)
    seconds = round(time.monotonic() - started, 2)
    return replace(outcome, seconds=seconds, made=asdict(job.provenance))


def _work(job: Job, scratch: Path, sender: Connection) -> None:
    """Make one report, in a process of its own, and say what became of it."""
    # what a kernel or a C library says on its way is no message to the researcher
    log = os.open(_log(job, scratch), os.O_WRONLY | os.O_CREAT | os.O_TRUNC)
    for stream in (1, 2):
        os.dup2(log, stream)
    # the parent alone decides on Ctrl-C; SystemExit lets papermill end its kernel
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: exit(1))
    os.environ[DATA_VARIABLE] = str(job.data.resolve())
    os.environ[CHECKED_VARIABLE] = job.provenance.data
    os.environ[PNG_VARIABLE] = "1" if job.report == SUMMARISED else ""
    sender.send(make_report(job, scratch))
