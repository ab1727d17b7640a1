"""A papermill engine that needs no kernel: the cells run in a shell of a process that is thrown away.

Registered as ``binnenstad``, so ``papermill --engine binnenstad`` works too. Injection of parameters,
progress, statuses and error marks stay papermill's; a notebook in another language, or with widgets,
needs papermill's own engine.
"""

from __future__ import annotations

import hashlib
import multiprocessing
import os
import random
import signal
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from multiprocessing.connection import Connection
from typing import Any, NoReturn, Protocol

import numpy as np
from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager

from binnenstad.batch.shell import LANGUAGE_INFO, Shell

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


class ShellEngine(Engine):  # type: ignore[misc]
    """Runs cells in a shell; by default in a process of its own, so that nothing is left in the caller's."""

    @classmethod
    def execute_managed_notebook(
        cls, nb_man: NotebookExecutionManager, kernel_name: str, *, in_place: bool = False,
        execution_timeout: float | None = None, on_cell: Callable[[int], None] | None = None, **_: Any,
    ) -> None:  # fmt: skip
        """Run the cells of a notebook until one fails.

        ``in_place`` says that this process is to be thrown away itself; ``execution_timeout`` [s] bounds
        each cell; ``on_cell`` hears the number of each cell before it runs. Raises ``ValueError`` for a
        notebook that is not in Python, and ``RuntimeError`` if the process ends before its cells.
        """
        notebook = nb_man.nb
        language = notebook.metadata.get("kernelspec", {}).get("language") or "python"
        if language != "python":
            raise ValueError(f"this engine runs Python, not {language}; use papermill's own (--engine kernel)")
        ran = []
        with (_here if in_place else _elsewhere)(seed_of(notebook), execution_timeout) as session:
            for index, cell in enumerate(notebook.cells):
                if on_cell:
                    on_cell(index)
                nb_man.cell_start(cell, index)
                good = True
                if _is_run(cell):
                    ran.append(cell)
                    cell.outputs, cell.execution_count, good = session.run(cell.source)
                if not good and "raises-exception" not in cell.metadata.get("tags", []):
                    nb_man.cell_exception(cell, cell_index=index)
                nb_man.cell_complete(cell, cell_index=index)
                if cell.metadata.papermill["exception"]:
                    break
            for cell, outputs in zip(ran, session.shown(), strict=True):
                cell.outputs = outputs
        notebook.metadata["language_info"] = LANGUAGE_INFO


def _is_run(cell: NotebookNode) -> bool:
    tags = cell.metadata.get("tags", [])
    return cell.cell_type == "code" and bool(cell.source.strip()) and "skip-execution" not in tags


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
def _here(seed: int, limit: float | None) -> Iterator[Session]:
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
def _elsewhere(seed: int, limit: float | None) -> Iterator[Session]:
    context = multiprocessing.get_context("spawn")
    ours, theirs = context.Pipe()
    process = context.Process(target=_serve, args=(theirs, os.getcwd(), seed, limit), daemon=True)
    process.start()
    theirs.close()
    try:
        yield _Elsewhere(process, ours, limit)
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
    with _here(seed, limit) as session:
        while (source := pipe.recv()) is not None:
            pipe.send(session.run(source))
        pipe.send(session.shown())
