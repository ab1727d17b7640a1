"""Cells run in an IPython shell of this process, with the outputs a Jupyter kernel would have sent.

The shell is ipykernel's own, so that magics, display hooks and libraries that ask where they run
behave as in a notebook; only what it would have sent over a socket is kept as notebook outputs.
"""

from __future__ import annotations

import asyncio
import builtins
import getpass
import io
import os
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import Any, NoReturn

from ipykernel.compiler import XCachingCompiler
from ipykernel.jsonutil import encode_images, json_clean
from ipykernel.zmqshell import ZMQInteractiveShell
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.error import StdinNotImplementedError
from nbformat import NotebookNode
from nbformat.v4 import new_output
from traitlets import Type
from traitlets.config import Config

# what a kernel answers about itself, less what depends on its version
LANGUAGE_INFO = {
    "name": "python",
    "version": sys.version.split()[0],
    "mimetype": "text/x-python",
    "codemirror_mode": {"name": "ipython", "version": sys.version_info[0]},
    "pygments_lexer": f"ipython{sys.version_info[0]}",
    "nbconvert_exporter": "python",
    "file_extension": ".py",
}


class Outputs:
    """What the cells of one notebook show, by the rules of nbclient: streams run on, a display can be updated."""

    def __init__(self) -> None:
        self.cell: list[NotebookNode] = []
        self.cells: list[list[NotebookNode]] = []
        self._displays: dict[str, list[NotebookNode]] = {}
        self._clear_first = False
        self._written: list[str] = []
        self._stream = ""

    def start_cell(self) -> None:
        """Start a list of outputs of its own for the next cell."""
        self.settle()
        self.cell, self._clear_first = [], False
        self.cells.append(self.cell)

    def write(self, stream: str, text: str) -> None:
        """Take in text on a stream; a cell may write a line at a time, a hundred thousand times."""
        if stream != self._stream:
            self.settle()
            self._stream = stream
        self._written.append(text)

    def settle(self) -> None:
        """Make what was written an output."""
        text, self._written = "".join(self._written), []
        if text:
            self.add(new_output("stream", name=self._stream, text=text))

    def add(self, output: NotebookNode) -> None:
        """Add an output; text that goes on on the same stream joins the text before it."""
        self.settle()
        if self._clear_first:
            self.cell.clear()
            self._clear_first = False
        last = self.cell[-1] if self.cell else None
        if last and output.output_type == last.output_type == "stream" and output.name == last.name:
            last.text += output.text
        else:
            self.cell.append(output)

    def clear(self, wait: bool) -> None:
        """Forget the outputs of this cell, now or when the next one comes."""
        self.settle()
        self._clear_first = wait
        if not wait:
            self.cell.clear()

    def show(self, data: dict[str, Any], metadata: dict[str, Any], display: str, update: bool) -> None:
        """Add a display, or renew every display with the same id."""
        shown = {"data": json_clean(encode_images(data)), "metadata": json_clean(metadata)}
        if update:
            for output in self._displays.get(display, []):
                output.update(shown)
            return
        output = new_output("display_data", **shown)
        self.add(output)
        if display:
            self._displays.setdefault(display, []).append(output)


class _Hook(DisplayHook):
    """Keeps the value of a cell's last line."""

    shell: Shell

    def write_output_prompt(self) -> None:
        """Write no prompt: the number goes with the output."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: dict[str, Any] | None = None) -> None:
        """Keep a value in every form it has."""
        data, metadata = json_clean(encode_images(format_dict)), json_clean(md_dict or {})
        number = self.prompt_count
        self.shell.flush_streams()
        self.shell.outputs.add(new_output("execute_result", data=data, metadata=metadata, execution_count=number))

    def finish_displayhook(self) -> None:
        """End a value: nothing was held back."""
        self._is_active = False


class _Publisher(DisplayPublisher):
    """Keeps what a cell displays."""

    shell: Shell

    def publish(
        self, data: dict[str, Any], metadata: dict[str, Any] | None = None, source: str = "", *,
        transient: dict[str, Any] | None = None, update: bool = False, **_: Any,
    ) -> None:  # fmt: skip
        """Keep a display, or renew the one with its id."""
        self.shell.flush_streams()
        self.shell.outputs.show(data, metadata or {}, (transient or {}).get("display_id", ""), update)

    def clear_output(self, wait: bool = False) -> None:
        """Forget what this cell has shown."""
        self.shell.flush_streams()
        self.shell.outputs.clear(wait)


class _Stream(io.TextIOBase):
    """``sys.stdout`` or ``sys.stderr`` of a cell: text in the order in which it was written."""

    encoding = "UTF-8"

    def __init__(self, number: int, name: str, add: Callable[[str, str], None]):
        self._number, self._name, self._add = number, name, add

    def write(self, text: str) -> int:
        """Keep a text; raises ``TypeError`` for what is none, as a kernel does."""
        if not isinstance(text, str):
            raise TypeError(f"write() argument must be str, not {type(text)}")
        self._add(self._name, text)
        return len(text)

    def fileno(self) -> int:
        """Return the descriptor that C libraries and child processes write to."""
        return self._number

    def writable(self) -> bool:
        """Return that text can be written."""
        return True


class _Caught:
    """A file descriptor of this process whose output goes to a file, to be read as it grows."""

    def __init__(self, number: int, name: str):
        self.number, self.name, self._read = number, name, 0
        self._kept = os.dup(number)
        self._file = tempfile.TemporaryFile()  # noqa: SIM115
        os.dup2(self._file.fileno(), number)

    def text(self) -> str:
        """Return what was written since the last time."""
        size = os.fstat(self._file.fileno()).st_size
        new = os.pread(self._file.fileno(), size - self._read, self._read) if size > self._read else b""
        self._read += len(new)
        return new.decode("utf-8", errors="replace")

    def end(self) -> None:
        """Let output go where it went before."""
        os.dup2(self._kept, self.number)
        os.close(self._kept)
        self._file.close()


class _Compiler(XCachingCompiler):
    """Names the source of a cell as a kernel does, without the folder of that kernel's process."""

    def get_code_name(self, raw_code: str, code: str, number: int) -> str:
        """Return the file name that messages give for a cell: the same for the same source."""
        name: str = super().get_code_name(raw_code, code, number)  # type: ignore[no-untyped-call]
        return os.path.basename(name)


class Shell(ZMQInteractiveShell):
    """An IPython shell without a kernel around it, that keeps the outputs of its cells."""

    displayhook_class = Type(_Hook)  # type: ignore[assignment]
    display_pub_class = Type(_Publisher)  # type: ignore[assignment]
    compiler_class = Type(_Compiler)

    def __init__(self, **traits: Any):
        self.outputs = Outputs()
        self._caught: list[_Caught] = []
        # the history of a person typing is no business of a report, and its thread would be lost in a fork
        super().__init__(config=Config({"HistoryManager": {"enabled": False}}), **traits)  # type: ignore[no-untyped-call]

    def _showtraceback(self, etype: type[BaseException], evalue: BaseException, stb: list[str]) -> None:
        self.flush_streams()
        self.outputs.add(new_output("error", ename=etype.__name__, evalue=str(evalue), traceback=stb))
        self._last_traceback = stb

    def flush_streams(self) -> None:
        """Take in what C libraries and child processes wrote past Python."""
        self.outputs.settle()
        for caught in self._caught:
            text = caught.text()
            if text:
                self.outputs.add(new_output("stream", name=caught.name, text=text))

    def run(self, source: str) -> tuple[list[NotebookNode], int, bool]:
        """Run the source of one cell; returns its outputs, its number, and whether it ended well."""
        number = self.execution_count
        self.outputs.start_cell()
        try:
            transformed, wrong = self.transform_cell(source), None  # type: ignore[no-untyped-call]
        except SyntaxError:
            # all that a transformer may raise; IPython shows it as the output of the cell
            transformed, wrong = source, sys.exc_info()
        running = self.run_cell_async(
            source, store_history=True, transformed_cell=transformed, preprocessing_exc_tuple=wrong
        )
        result = None
        try:
            result = self._loop.run_until_complete(running)
        finally:
            # figures that are still open are shown here
            self.events.trigger("post_execute")
            self.events.trigger("post_run_cell", result)
        self.flush_streams()
        return self.outputs.cell, number, result.success

    @contextmanager
    def listening(self) -> Iterator[Shell]:
        """Catch all output of this process, refuse questions, and give cells a running event loop as a kernel does."""
        self.outputs = Outputs()
        self._loop = asyncio.new_event_loop()
        asyncio.set_event_loop(self._loop)
        before = sys.stdout, sys.stderr, builtins.input, getpass.getpass
        self._caught = [_Caught(1, "stdout"), _Caught(2, "stderr")]
        sys.stdout, sys.stderr = (_Stream(one.number, one.name, self.outputs.write) for one in self._caught)
        builtins.input = getpass.getpass = _refuse_question  # type: ignore[assignment]
        try:
            yield self
        finally:
            sys.stdout, sys.stderr, builtins.input, getpass.getpass = before
            for caught in self._caught:
                caught.end()
            self._caught = []
            asyncio.set_event_loop(None)
            self._loop.close()


# libraries ask by this name whether they run in a notebook
Shell.__name__ = ZMQInteractiveShell.__name__


def _refuse_question(prompt: str = "", *_: Any, **__: Any) -> NoReturn:
    raise StdinNotImplementedError("raw_input was called, but this frontend does not support input requests.")
