"""The process of one report: its limits, what it says to the parent, and its end."""

from __future__ import annotations

import faulthandler
import multiprocessing
import os
import signal
import sys
import threading
from dataclasses import dataclass
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any

from binnenstad.batch.job import KERNEL, Job, Limits, Outcome, make_report
from binnenstad.batch.opened import Opened
from binnenstad.programme import CHECKED_VARIABLE, DATA_VARIABLE, vouch
from binnenstad.programme.folders import DESPITE_VARIABLE

LEFT_ALONE = 5.0  # s after its limit a process ends itself, should its parent not have done so


@dataclass(frozen=True)
class Made:
    """What a process says at its end: the outcome, and what the report was made of."""

    outcome: Outcome
    files: dict[str, str]
    unseen: str
    modules: tuple[str, ...]


@dataclass(frozen=True)
class Started:
    """What a process says first: whether the imports were done before it began."""

    warm: bool


def work(job: Job, scratch: Path, limits: Limits, pipe: Connection) -> None:
    """Make one report, in a process of its own, and say what became of it."""
    # imported before, and by a process that could be forked safely
    warm = getattr(sys.modules.get("binnenstad.batch.warm"), "SINGLE", False)
    _stand_alone(scratch / f"{job.id.replace('/', '-')}.log", limits)
    checked = vouch(job.folder, job.delivered) if job.sound else ""
    # a programme with faults came this far because it was asked to; a server or cluster does not know that
    os.environ |= {DATA_VARIABLE: str(job.data.resolve()), CHECKED_VARIABLE: checked}
    os.environ[DESPITE_VARIABLE] = "" if job.sound else "1"
    pipe.send(Started(warm))
    opened = Opened((job.out, scratch), (job.data.parent, job.folder.parents[1], job.notebook.parent))
    opened.listen()
    # a cold process imports here what a warm one found done
    import binnenstad.batch.warm  # noqa: F401

    def _asked() -> set[str] | None:
        # a programme with faults is read as a whole, and what a kernel reads is not heard here
        heard = {name for folder, name in opened.tables if folder == str(job.folder)}
        return heard if job.sound and job.engine != KERNEL else None

    outcome = make_report(job, scratch, limits, pipe.send, _asked)
    tops = tuple(sorted({name.partition(".")[0] for name in sys.modules}))
    pipe.send(Made(outcome, opened.files, opened.unseen, tops))
    pipe.close()
    sys.stdout.flush()
    # threads and exit handlers of a notebook hold nobody up
    os._exit(0)


def _stand_alone(log: Path, limits: Limits) -> None:
    """Make this process the head of its own group, with its own limits, that does not outlive its parent."""
    # what a kernel or a C library says on its way is no message to the researcher
    handle = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_TRUNC | os.O_APPEND)
    for stream in (1, 2):
        os.dup2(handle, stream)
    if hasattr(os, "setsid"):
        os.setsid()
        # the server that this process comes from does not listen to it; a cell may
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGINT])
    faulthandler.enable(handle)
    if limits.report:
        # works without the interpreter, so also for a C function that never returns
        faulthandler.dump_traceback_later(limits.report + LEFT_ALONE, exit=True, file=handle)
    _bound_memory(limits.memory)
    parent = multiprocessing.parent_process()
    if parent is not None:
        threading.Thread(target=_follow, args=(parent,), daemon=True).start()


def _bound_memory(most: int) -> None:
    try:
        import resource
    except ImportError:  # Windows has no such limit
        return
    if most:
        hard = resource.getrlimit(resource.RLIMIT_DATA)[1]
        bound = most * 2**20 if hard == resource.RLIM_INFINITY else min(most * 2**20, hard)
        resource.setrlimit(resource.RLIMIT_DATA, (bound, hard))


def _follow(parent: Any) -> None:
    parent.join()
    if hasattr(os, "killpg"):
        os.killpg(0, signal.SIGKILL)
    os._exit(1)
