"""A papermill engine that needs no kernel: the cells run in an IPython shell of this process.

Registered as ``binnenstad``, so ``papermill --engine binnenstad`` works too. Injection of parameters,
progress, statuses and error marks stay papermill's; a notebook in another language, or with widgets,
needs papermill's own engine. What cells leave behind stays in this process: the batch throws it away.

The shell is ipykernel's own, so that magics, display hooks and libraries that ask where they run behave as
in a notebook; what it would have sent over a socket goes straight to nbclient, which makes outputs of it.
"""

from __future__ import annotations

import builtins
import io
import os
import random
import sys
import tempfile
import zlib
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

import numpy as np
from ipykernel.compiler import XCachingCompiler
from ipykernel.ipkernel import IPythonKernel
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.error import StdinNotImplementedError
from jupyter_client.session import Session
from nbclient import NotebookClient
from nbformat import NotebookNode
from papermill.engines import Engine, NotebookExecutionManager
from traitlets import Any as Anything
from traitlets.config import Config


def shell() -> ZMQInteractiveShell:
    """Return the shell of this process; the first call makes it, as a kernel does before anything is imported."""
    os.environ.setdefault("MPLBACKEND", "module://matplotlib_inline.backend_inline")
    # the history of a person typing is no business of a report, and its thread would be lost in a fork
    config = Config({"HistoryManager": {"enabled": False}})
    made: ZMQInteractiveShell = ZMQInteractiveShell.instance(config=config, compiler_class=XCachingCompiler)
    return made


class ShellEngine(Engine):  # type: ignore[misc]
    """Runs the cells of a notebook in this process, with the outputs a kernel would have sent."""

    @classmethod
    def execute_managed_notebook(cls, nb_man: NotebookExecutionManager, kernel_name: str, **_: Any) -> None:
        """Run the cells of a notebook until one fails; raises ``ValueError`` for one that is not in Python."""
        notebook = nb_man.nb
        language = notebook.metadata.get("kernelspec", {}).get("language") or "python"
        if language != "python":
            raise ValueError(f"this engine runs Python, not {language}; use papermill's own (--engine kernel)")
        _seed(notebook)
        with _listening(notebook) as run_cell:
            for index, cell in enumerate(notebook.cells):
                nb_man.cell_start(cell, index)
                tags = cell.metadata.get("tags", [])
                runs = cell.cell_type == "code" and cell.source.strip() and "skip-execution" not in tags
                if runs and not run_cell(cell, index) and "raises-exception" not in tags:
                    nb_man.cell_exception(cell, cell_index=index)
                nb_man.cell_complete(cell, cell_index=index)
                if cell.metadata.papermill["exception"]:
                    break
        notebook.metadata["language_info"] = IPythonKernel.language_info


class _Straight(Session):
    """Hands each message to ``hear`` instead of sending it."""

    hear = Anything()

    def send(self, stream: Any, msg_or_type: Any, content: Any = None, *_: Any, **__: Any) -> None:
        """Hand on a message, or one of a type with its content."""
        self.hear(self.msg(msg_or_type, content) if isinstance(msg_or_type, str) else msg_or_type)


class _Stream(io.TextIOWrapper):
    """Standard output or error while cells run: one file for Python, C libraries and child processes."""

    def __init__(self, number: int, name: str, session: Session):
        self._file, self._sent, self._name, self._session = tempfile.TemporaryFile(), 0, name, session  # noqa: SIM115
        os.dup2(self._file.fileno(), number)
        super().__init__(
            io.BufferedWriter(io.FileIO(number, "w", closefd=False)), encoding="UTF-8", errors="backslashreplace"
        )

    def flush(self) -> None:
        """Send what was written since the last time."""
        super().flush()
        size = os.fstat(self._file.fileno()).st_size
        text = os.pread(self._file.fileno(), size - self._sent, self._sent).decode(errors="replace")
        self._sent = size
        if text:
            self._session.send(None, "stream", {"name": self._name, "text": text})


@contextmanager
def _listening(notebook: NotebookNode) -> Iterator[Callable[[NotebookNode, int], bool]]:
    """Give a function that runs a cell, by its number, and returns whether it ended well.

    Meanwhile all output of this process is that of the cell, and questions are refused.
    """
    client, session, process = NotebookClient(notebook), _Straight(), os.getpid()
    here: Any = shell()
    here.displayhook.session = here.display_pub.session = session

    def _run_cell(cell: NotebookNode, index: int) -> bool:
        session.hear = lambda message: client.process_message(message, cell, index)
        client.clear_before_next_output = False
        result = here.run_cell(cell.source, store_history=True)
        if os.getpid() != process:
            # a cell that forks comes back here twice; the copy is no report
            os._exit(0)
        sys.stdout.flush()
        sys.stderr.flush()
        cell.execution_count = result.execution_count
        return bool(result.success)

    with ExitStack() as stack:
        for number, name in ((1, "stdout"), (2, "stderr")):
            stack.callback(os.dup2, os.dup(number), number)
            stack.enter_context(patch.object(sys, name, _Stream(number, name, session)))
        refused = StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")
        stack.enter_context(patch.object(builtins, "input", side_effect=refused))
        # a notebook finds the modules beside it
        stack.enter_context(patch.object(sys, "path", ["", *sys.path]))
        yield _run_cell


def _seed(notebook: NotebookNode) -> None:
    """Begin random numbers anew: the same code and parameters give the same, whatever this process did before."""
    text = "\0".join(cell.source for cell in notebook.cells if cell.cell_type == "code")
    random.seed(text)
    np.random.seed(zlib.crc32(text.encode()))
