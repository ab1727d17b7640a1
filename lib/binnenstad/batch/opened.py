"""Listening to what a report really opens: each file hashed as it was when it was first opened."""

from __future__ import annotations

import importlib.util
import os
import sys
import sysconfig
from collections.abc import Iterable
from pathlib import Path

from binnenstad.programme.folders import TABLE_EVENT, digest

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
# nor do we see whether another machine still answers the same
ASKS = {"socket.connect", "socket.getaddrinfo", "urllib.Request"}
LISTS = {"os.listdir", "os.scandir"}
OPENS = {"open", "sqlite3.connect"}
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
    libraries), and everything below ``besides``. Wherever a project lies, what is below its
    ``roots`` is its own. The source stands for its compiled file. ``unseen`` says why what the report rests on
    is more than stands here: ``starts`` (another program), ``asks`` (another machine), or nothing. ``tables``
    holds folder and name of each table of a programme that was asked for, be it there or not.
    """

    def __init__(self, besides: Iterable[Path], roots: Iterable[Path] = ()):
        self.files: dict[str, str] = {}
        self.unseen = ""
        self.tables: set[tuple[str, str]] = set()
        self._besides, self._roots = _folders(besides), _folders(roots)
        python = {path for name, path in sysconfig.get_paths().items() if name != "data"}
        self._python = _folders(python | {os.path.join(sys.prefix, name) for name in ("share", "etc")})
        self._system = _folders([*SYSTEM, sys.prefix, sys.base_prefix, sys.exec_prefix])
        self._busy = False

    def listen(self) -> None:
        """Listen from now on, for as long as the process lives."""
        sys.addaudithook(self._hear)

    def _hear(self, event: str, arguments: tuple[object, ...]) -> None:
        if self._busy:
            return
        if event in OPENS or event in LISTS:
            self._hear_path(event, arguments)
        elif event in STARTS:
            self.unseen = "starts"
        elif event in ASKS and not _is_local(arguments):
            self.unseen = self.unseen or "asks"
        elif event == TABLE_EVENT:
            self.tables.add((str(arguments[0]), str(arguments[1])))

    def _hear_path(self, event: str, arguments: tuple[object, ...]) -> None:
        path = arguments[0]
        if not isinstance(path, str | bytes | os.PathLike) or (event == "open" and _is_new(arguments[2])):
            return
        if event == "sqlite3.connect":
            # a name may be an address; without one, or in memory, there is no file
            path = os.fsdecode(path).removeprefix("file:").partition("?")[0]
            if path in ("", ":memory:"):
                return
        # a new notebook beside the others is no module that one of them could import
        imports = event in LISTS and sys._getframe(2).f_code.co_filename == IMPORTS
        self._note(os.path.join(os.fsdecode(path), MODULES) if imports else os.fsdecode(path))

    def _note(self, opened: str) -> None:
        path = os.path.abspath(opened)
        if path.endswith(".pyc"):
            path = _source(path)
        if path in self.files or self._is_left_out(path):
            return
        # to hash is to open: what we read ourselves is not heard
        self._busy = True
        try:
            self.files[path] = digest_of(path)
        finally:
            self._busy = False

    def _is_left_out(self, path: str) -> bool:
        if f"{path}{os.sep}".startswith(self._besides) or path.startswith(self._python):
            return True
        root = next((root for root in self._roots if f"{path}{os.sep}".startswith(root)), "")
        hidden = any(part.startswith(".") for part in os.path.dirname(path[len(root) :]).split(os.sep))
        return hidden or (not root and path.startswith(self._system))


def _folders(paths: Iterable[str | Path]) -> tuple[str, ...]:
    return tuple(f"{os.path.abspath(path)}{os.sep}" for path in paths)


def _is_new(flags: object) -> bool:
    """Return whether a file is opened only to write it, or made anew, so that nothing of it can be read."""
    given = flags if isinstance(flags, int) else 0
    return bool(given & (os.O_WRONLY | os.O_TRUNC | os.O_EXCL))


def _is_local(arguments: tuple[object, ...]) -> bool:
    """Return whether a connection is with a socket of this machine's file system."""
    return len(arguments) > 1 and isinstance(arguments[1], str | bytes) and not isinstance(arguments[0], str)


def _importable(name: str) -> bool:
    return name.endswith(".py") or ("." not in name and name != "__pycache__")


def _source(compiled: str) -> str:
    try:
        return importlib.util.source_from_cache(compiled)
    except ValueError:
        return compiled
