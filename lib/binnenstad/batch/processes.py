"""Ending processes and all they started: by group, and on Linux also who left the group."""

from __future__ import annotations

import ctypes
import os
import signal
import sys
import threading
from collections.abc import Collection
from contextlib import suppress
from pathlib import Path

PR_SET_CHILD_SUBREAPER = 36  # <linux/prctl.h>
# what numeric libraries ask, when they are first imported, for how many threads to start
THREADS = ("OPENBLAS_NUM_THREADS", "OMP_NUM_THREADS", "MKL_NUM_THREADS")


def stay_single() -> None:
    """Have numeric libraries start no threads, here and in the processes below; to be called before their import."""
    os.environ.update(dict.fromkeys(THREADS, "1"))


def count_threads() -> int:
    """Return how many threads this process has, on Linux also those that Python did not start."""
    if sys.platform == "linux":
        return len(os.listdir("/proc/self/task"))
    return threading.active_count()


def adopt_orphans() -> None:
    """Become the parent of every process below whose own parent ends; Linux only, elsewhere nothing happens."""
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)


def end_group(pid: int) -> None:
    """End a process and all of its group, without asking."""
    kill = os.killpg if hasattr(os, "killpg") else os.kill
    with suppress(ProcessLookupError, PermissionError):
        kill(pid, getattr(signal, "SIGKILL", signal.SIGTERM))


def end_orphans(server: int, ours: Collection[int]) -> None:
    """End the processes that ``server`` adopted: its children that are not among ``ours``, and their groups."""
    for pid in children_of(server):
        if pid not in ours:
            end_group(pid)
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)


def end_all_below() -> None:
    """End all processes below this one, also those that come to it while others end; Linux only."""
    while children_of(os.getpid()):
        end_orphans(os.getpid(), ())
        with suppress(ChildProcessError):
            os.waitpid(-1, 0)


def children_of(pid: int) -> list[int]:
    """Return the children of a process as Linux knows them; none elsewhere."""
    found = []
    for path in Path(f"/proc/{pid}/task").glob("*/children"):
        with suppress(OSError):
            found += [int(word) for word in path.read_text().split()]
    return found


def parent_of(pid: int) -> int:
    """Return the parent of a process as Linux knows it, or 0."""
    with suppress(OSError, IndexError, ValueError):
        return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])
    return 0
