"""The ledger: what each report was made of, so that one that would come out the same is not made again.

Below ``.ledger`` in the output folder lies one file per report and one per request. A report is skipped
when its parameters, packages and every file it opened, or looked for, are as they were, and its page is
as it was written. A request is what was asked of the command line: if nothing that its plan rests on has
changed either, the plan need not be made again.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import sys
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from binnenstad.batch.opened import ABSENT, digest_of
from binnenstad.batch.origins import code_of, installed
from binnenstad.batch.reason import Code, Reason, change, moved, rewritten
from binnenstad.batch.whole import write_whole
from binnenstad.programme.folders import digest
from binnenstad.words.errors import UsageError

VERSION = 4
FOLDER = ".ledger"
# before a pattern, in the place of a path: all files below the project that match it
PATTERN = "pattern:"
# what an entry holds, by kind: one that somebody edited is not to be trusted, nor to stop a batch
OUTCOME: dict[str, type] = dict.fromkeys(("id", "report", "file", "status", "error", "notebook", "sha256"), str)
OUTCOME |= dict.fromkeys(("beside", "made", "tables"), dict) | {"seconds": float}
REPORT = {"key": dict, "outcome": dict, "inputs": dict, "code": str, "packages": list, "unseen": str}
REQUEST = {"reports": list, "inputs": dict, "packages": list, "written": dict}
Entry = Mapping[str, Any]


class Ledger:
    """The ledger of one output folder; ``root`` is the project folder that paths are relative to."""

    def __init__(self, out: Path, root: Path):
        self._folder, self._out, self._root = out / FOLDER, out, root
        self._digests: dict[str, str] = {}
        self._installed = installed()
        self._held: dict[str, str] = {}
        self._codes: dict[str, Code] = {}
        self.spoiled: list[str] = []

    def why(
        self, report: str, key: Mapping[str, str] | None = None, there: Mapping[str, tuple[str, str]] | None = None
    ) -> Reason | None:
        """Return why a report is to be made again, or None if it would come out the same.

        ``key`` holds its parameters as text, and ``there`` the file and digest of each table that its programme
        has; without them they are known to be the same.
        """
        entry = self.entry(report)
        if entry is None:
            return Reason("unreadable" if report in self.spoiled else "new")
        if entry["outcome"]["status"] != "ok":
            return Reason("failed")
        if key is not None and key != entry["key"]:
            names = {name for name in {*key, *entry["key"]} if key.get(name) != entry["key"].get(name)}
            return Reason("parameters", ", ".join(sorted(names)))
        if entry["unseen"]:
            return Reason(entry["unseen"])
        gone = [name for name in entry["packages"] if name not in self._installed]
        if gone:
            return Reason("packages", ", ".join(gone))
        return (
            self._changed(entry["inputs"], entry)
            or (None if there is None else moved(entry["outcome"]["tables"], there))
            or self._page(entry["outcome"])
        )

    def _changed(self, inputs: Mapping[str, str], entry: Entry | None = None) -> Reason | None:
        """Return which input is not what it was; of code that a report can reach in part, only that part counts."""
        other = {name: now for name, before in inputs.items() if (now := self.digest(name)) != before}
        then = self._kept_code(entry["code"]) if entry and other else {}
        for name, now in other.items():
            if name not in then:
                return change(inputs[name], now, name.removeprefix(PATTERN))
        return rewritten(then, self.code(entry["key"]["notebook"])) if entry and other else None

    def code(self, notebook: str) -> Code:
        """Return what a notebook, by its name in the ledger, can reach of the code; each is looked up once."""
        if notebook not in self._codes:
            found = {self.name(path): pieces for path, pieces in code_of(self._root / notebook).items()}
            # of a source that was written since its digest was taken, nothing is known
            self._codes[notebook] = {
                name: pieces if self._digest(name) == self.digest(name) else {} for name, pieces in found.items()
            }
        return self._codes[notebook]

    def keep_code(self, notebook: str) -> str:
        """Keep what a notebook can reach of the code, once for all of its reports; returns the name of that."""
        text = json.dumps(self.code(notebook), indent=0) + "\n"
        path = self._folder / "code" / f"{digest(text.encode())}.json"
        if digest_of(path) != path.stem:
            _make_room(path)
            write_whole(path, text)
        return path.stem

    def _kept_code(self, name: str) -> Code:
        """Return what was kept under a name; nothing if it cannot be read: every file then counts as a whole."""
        path = self._folder / "code" / f"{name}.json"
        kept: Code = json.loads(path.read_bytes()) if digest_of(path) == name else {}
        return kept

    def renew(self, report: str) -> None:
        """Note the sources as they are now of a report that is unchanged: the next look need not go into them."""
        entry = self.entry(report)
        now = {name: self.digest(name) for name in entry["inputs"]} if entry else {}
        if entry and now != entry["inputs"]:
            self.keep(report, **dict(entry) | {"inputs": now})

    def _page(self, outcome: Entry) -> Reason | None:
        page = self._out / outcome["id"]
        written = {page: outcome["sha256"]} | {page.with_name(n): held for n, held in outcome["beside"].items()}
        for path, held in written.items():
            if not path.exists():
                return Reason("gone")
            if hashlib.sha256(path.read_bytes()).hexdigest() != held:
                return Reason("edited")
        return None

    def digest(self, name: str) -> str:
        """Return the digest of a file, folder or ``pattern:`` by its name in the ledger; each is read once."""
        if name not in self._digests:
            self._digests[name] = self._digest(name)
        return self._digests[name]

    def _digest(self, name: str) -> str:
        if not name.startswith(PATTERN):
            return digest_of(self._root / name)
        found = sorted(self._root.glob(name.removeprefix(PATTERN)))
        text = "".join(f"{path.relative_to(self._root).as_posix()}\0{digest_of(path)}\0" for path in found)
        return digest(text.encode()) if found else ABSENT

    def hold(self, paths: Iterable[Path]) -> None:
        """Remember what these files and folders hold now, before anything is made of them."""
        self._held |= {name: self.digest(name) for name in map(self.name, paths)}

    def hold_code(self, notebook: Path) -> None:
        """Remember what a notebook can reach of the code, and what its sources hold now."""
        self._held |= {name: self.digest(name) for name in self.code(self.name(notebook))}

    def changed_since(self, files: Mapping[str, str]) -> str | None:
        """Return the first of these files, with their digests, that is not what it was when it was to be held."""
        names = {self.name(path): held for path, held in files.items()}
        return next((name for name, held in names.items() if self._held.get(name, held) != held), None)

    def name(self, path: str | Path) -> str:
        """Return the name of a path in the ledger: relative to the project, so that the project can move."""
        absolute = os.path.abspath(path)
        return os.path.relpath(absolute, self._root) if Path(absolute).is_relative_to(self._root) else absolute

    def entry(self, report: str) -> Entry | None:
        """Return what is known of a report; None if nothing is, or if it cannot be read."""
        path = self._folder / f"{report}.json"
        return self._read(path, _is_report)

    def keep(self, report: str, **entry: Any) -> None:
        """Keep what is known of a report."""
        self._write(self._folder / f"{report}.json", entry)

    def forget(self, report: str) -> None:
        """Forget a report that is about to be made: until it is ready nothing is known of it."""
        path = self._folder / f"{report}.json"
        _make_room(path)
        path.unlink(missing_ok=True)

    def planned(self, request: Mapping[str, Any]) -> list[str] | None:
        """Return the reports of a request if its plan would be the same, and what it wrote is as it was."""
        entry = self._read(self._request(request), lambda entry: _fits(entry, REQUEST))
        if entry is None or set(entry["packages"]) != self._installed or self._changed(entry["inputs"]):
            return None
        if any(digest_of(self._root / name) != held for name, held in entry["written"].items()):
            return None
        return list(entry["reports"])

    def keep_plan(
        self, request: Mapping[str, Any], reports: Sequence[str], inputs: Iterable[Path], written: Iterable[Path]
    ) -> None:
        """Keep the reports of a request, the files and folders its plan rests on, and the pages written beside them."""
        entry = {
            "reports": list(reports),
            "inputs": {name: self.digest(name) for name in map(self.name, inputs)},
            "packages": sorted(self._installed),
            "written": {self.name(path): digest_of(path) for path in written},
        }
        self._write(self._request(request), entry)

    def _request(self, request: Mapping[str, Any]) -> Path:
        text = json.dumps(request, sort_keys=True)
        return self._folder / "requests" / f"{hashlib.sha256(text.encode()).hexdigest()[:16]}.json"

    def _read(self, path: Path, is_whole: Callable[[Any], bool]) -> Entry | None:
        try:
            entry: Entry = json.loads(path.read_text(encoding="utf-8"))
        except FileNotFoundError:
            return None
        except (ValueError, OSError):
            entry = {}
        if isinstance(entry, dict) and entry.get("version") == VERSION and is_whole(entry):
            return entry
        # what cannot be read is written anew once its report is made, and the caller says so
        self.spoiled.append(path.relative_to(self._folder).as_posix().removesuffix(".json"))
        return None

    def _write(self, path: Path, entry: Mapping[str, Any]) -> None:
        write_whole(path, json.dumps({"version": VERSION, **entry}, ensure_ascii=False, indent=0) + "\n")

    @contextmanager
    def alone(self) -> Iterator[None]:
        """Hold the output folder, so that two batches do not mix; raises ``UsageError`` if another holds it."""
        try:
            self._folder.mkdir(parents=True, exist_ok=True)
            lock = (self._folder / "lock").open("w", encoding="utf-8")
        except OSError as error:
            raise UsageError("cannot write in folder {folder}: {why}", folder=self._out, why=error) from error
        with lock:
            try:
                _lock(lock.fileno())
            except OSError:
                raise UsageError(
                    "another batch is at work in folder {folder}; wait for it, or choose another with --out",
                    folder=self._out,
                ) from None
            yield


def _fits(entry: Any, kinds: Mapping[str, type]) -> bool:
    """Return whether an entry has each of these, in its kind."""
    return isinstance(entry, dict) and all(isinstance(entry.get(name), kind) for name, kind in kinds.items())


def _make_room(path: Path) -> None:
    """Remove a folder that somebody made where a file is to be."""
    if path.is_dir():
        shutil.rmtree(path)


def _is_report(entry: Any) -> bool:
    return _fits(entry, REPORT) and _fits(entry["outcome"], OUTCOME) and _fits(entry["key"], {"notebook": str})


def _lock(handle: int) -> None:
    """Lock a file until it is closed, or its process ends in whatever way."""
    if sys.platform != "win32":
        import fcntl

        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    else:
        import msvcrt

        msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
