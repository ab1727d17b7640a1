"""A run of cells one after the other: in a shell of this process, or of another at the end of a pipe.

Apart from the engine, because papermill loads that when it is itself imported, and the other process
begins here.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
import sys
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, NoReturn, Protocol

import numpy as np
from nbformat import NotebookNode

from binnenstad.batch.shell import Shell

Ran = tuple[list[NotebookNode], int, bool]
GRACE = 5.0  # s a cell gets, after it was told to stop, before its process is ended


class CellTimeout(BaseException):
    """A cell ran longer than a cell may; no ``Exception``, so that a cell that catches those ends all the same."""


class Session(Protocol):
    """Something that runs cells one after the other."""

    def run(self, source: str) -> Ran:
        """Run one cell; returns its outputs, its number, and whether it ended well."""

    def shown(self) -> list[list[NotebookNode]]:
        """Return the outputs of all cells that were run, as they stand at the end."""


def seed_of(notebook: NotebookNode) -> int:
    """Return the seed of a notebook with its parameters: the same text gives the same random numbers."""
    text = "\0".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    return int.from_bytes(hashlib.sha256(text.encode()).digest()[:4], "big")


class _Here:
    """A session in this process."""

    def __init__(self, shell: Shell, limit: float | None):
        self._shell, self._limit = shell, limit

    def run(self, source: str) -> Ran:
        """Run one cell, within the time a cell may take."""
        process = os.getpid()
        with _alarm(self._limit):
            ran = self._shell.run(source)
        if os.getpid() != process:
            # a cell that forks comes back here twice; the copy is no report
            os._exit(0)
        return ran

    def shown(self) -> list[list[NotebookNode]]:
        """Return the outputs of all cells, with the displays that later cells renewed."""
        return self._shell.outputs.cells


@contextmanager
def here(seed: int, limit: float | None) -> Iterator[Session]:
    """Run cells in this process, from ``seed``, each within ``limit`` seconds; it is to be thrown away."""
    # a process forked from one that had its imports done has that one's random state
    random.seed(seed)
    np.random.seed(seed)
    if "" not in sys.path:
        sys.path.insert(0, "")
    with Shell.instance().listening() as shell:
        yield _Here(shell, limit)


@contextmanager
def _alarm(limit: float | None) -> Iterator[None]:
    """Raise ``CellTimeout`` in the main thread after ``limit`` seconds, where the system has alarms."""
    if not limit or not hasattr(signal, "setitimer") or threading.current_thread() is not threading.main_thread():
        yield
        return

    def _ring(*_: object) -> NoReturn:
        raise CellTimeout(f"the cell took longer than {limit:g} s")

    before = signal.signal(signal.SIGALRM, _ring)
    signal.setitimer(signal.ITIMER_REAL, limit)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_REAL, 0)
        signal.signal(signal.SIGALRM, before)


class _Elsewhere:
    """A session in another process, at the end of a pipe."""

    def __init__(self, process: Any, pipe: Connection, limit: float | None):
        self._process, self._pipe, self._limit = process, pipe, limit

    def wait(self) -> None:
        """Wait until the process is ready for its first cell."""
        self._ask("", None)

    def _ask(self, source: str | None, limit: float | None) -> Any:
        try:
            self._pipe.send(source)
            if self._pipe.poll(limit):
                return self._pipe.recv()
        except (EOFError, OSError):
            self._process.join()
            raise RuntimeError(f"the process ended with exit code {self._process.exitcode} within a cell") from None
        self._process.kill()
        raise RuntimeError(f"a cell took longer than {self._limit:g} s and did not listen; its process was ended")

    def run(self, source: str) -> Ran:
        """Run one cell there."""
        ran: Ran = self._ask(source, self._limit and self._limit + GRACE)
        return ran

    def shown(self) -> list[list[NotebookNode]]:
        """Return the outputs of all cells, with the displays that later cells renewed."""
        shown: list[list[NotebookNode]] = self._ask(None, None)
        return shown


@contextmanager
def elsewhere(seed: int, limit: float | None) -> Iterator[Session]:
    """Run cells in a process of their own; raises ``RuntimeError`` if it ends, or does not stop in time."""
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, os.getcwd(), seed, limit), daemon=True)
    process.start()
    theirs.close()
    try:
        session = _Elsewhere(process, ours, limit)
        # the imports are no part of the time of a cell
        session.wait()
        yield session
    finally:
        ours.close()
        process.terminate()
        process.join(GRACE)
        process.kill()
        process.join()


def _serve(pipe: Connection, folder: str, seed: int, limit: float | None) -> None:
    """Run the cells that come through the pipe; ends when its other end is closed."""
    # imported before anything that asks in what kind of shell it is
    import binnenstad.batch.warm  # noqa: F401

    os.chdir(folder)
    with here(seed, limit) as session:
        while (source := pipe.recv()) is not None:
            pipe.send(session.run(source) if source else None)
        pipe.send(session.shown())
