"""Listening to what a report really opens: each file hashed as it was when it was first opened."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path

from binnenstad.folders import TABLE_EVENT, digest

# programs that a report starts open files we cannot see
STARTS = {
    "subprocess.Popen",
    "os.fork",
    "os.forkpty",
    "os.exec",
    "os.posix_spawn",
    "os.spawn",
    "os.system",
    "pty.spawn",
}
LISTS = {"os.listdir", "os.scandir"}
# stands for the modules in a folder, in the place of a file name: all that an import looks for
MODULES = "*.py"
IMPORTS = "<frozen importlib._bootstrap_external>"
SYSTEM = ("/proc", "/dev", "/sys", "/etc", "/usr", "/lib", "/var")
ABSENT = "-"


def digest_of(path: str | Path) -> str:
    """Return 16 hex digits of the content of a file, or of the names in a folder; ``-`` for neither.

    Of ``folder/*.py`` only the names that a module can have count.
    """
    folder, name = os.path.split(path)
    try:
        if name == MODULES:
            content = "\0".join(sorted(filter(_importable, os.listdir(folder)))).encode()
        elif os.path.isdir(path):
            content = "\0".join(sorted(os.listdir(path))).encode()
        else:
            with open(path, "rb") as file:
                content = file.read()
    except OSError:
        return ABSENT
    return digest(content)


class Opened:
    """The files and folders that this process has opened to read, by absolute path, with their digest.

    Left out: what belongs to Python, its packages and the system, folders that start with a dot (caches of
    libraries), and everything below ``besides``. The source stands for its compiled file. ``starts`` says
    whether another program was started: what that opens is not here. ``tables`` holds folder and name of each
    table of a programme that was asked for, be it there or not.
    """

    def __init__(self, besides: tuple[Path, ...]):
        self.files: dict[str, str] = {}
        self.starts = False
        self.tables: set[tuple[str, str]] = set()
        self._besides = tuple(f"{os.path.abspath(path)}{os.sep}" for path in besides)
        self._system = tuple(f"{path}{os.sep}" for path in (*SYSTEM, sys.prefix, sys.base_prefix, sys.exec_prefix))
        self._busy = False

    def listen(self) -> None:
        """Listen from now on, for as long as the process lives."""
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._busy:
            return
        if event == "open" and isinstance(arguments[0], str | bytes | os.PathLike):
            flags = arguments[2] if isinstance(arguments[2], int) else 0
            if not flags & (os.O_WRONLY | os.O_RDWR):
                self._note(arguments[0])
        elif event in LISTS and isinstance(arguments[0], str | bytes | os.PathLike):
            # a new notebook beside the others is no module that one of them could import
            imports = sys._getframe(1).f_code.co_filename == IMPORTS
            self._note(os.path.join(os.fsdecode(arguments[0]), MODULES) if imports else arguments[0])
        elif event in STARTS:
            self.starts = True
        elif event == TABLE_EVENT:
            self.tables.add((str(arguments[0]), str(arguments[1])))

    def _note(self, opened: str | bytes | os.PathLike[str]) -> None:
        path = os.path.abspath(os.fsdecode(opened))
        if path.endswith(".pyc"):
            path = _source(path)
        if path in self.files or path.startswith(self._system) or f"{path}{os.sep}".startswith(self._besides):
            return
        if any(part.startswith(".") for part in path.split(os.sep)):
            return
        # to hash is to open: what we read ourselves is not heard
        self._busy = True
        try:
            self.files[path] = digest_of(path)
        finally:
            self._busy = False


def _importable(name: str) -> bool:
    return name.endswith(".py") or ("." not in name and name != "__pycache__")


def _source(compiled: str) -> str:
    try:
        return importlib.util.source_from_cache(compiled)
    except ValueError:
        return compiled
