"""Where a report comes from besides its data: the library code a notebook imports, and package versions."""

from __future__ import annotations

import ast
import hashlib
import json
import os
import re
import sys
from collections.abc import Iterable, Iterator
from functools import cache, lru_cache
from pathlib import Path

import binnenstad
from binnenstad.batch.opened import digest_of

LIBRARY = Path(binnenstad.__file__).parent
PACKAGE = LIBRARY.name
# what makes a report of any notebook, whatever it imports itself
MAKERS = ("binnenstad.batch.job", "binnenstad.batch.engine", "binnenstad.batch.warm", "binnenstad.report")
# read by the library itself, when it is imported or first used
DATA = ("datapackage.json", "fonts", "locale", "templates")
# of these no report is made
BESIDE = {"mail.css", "preview.css", "SOURCE.md", "LICENSE-DejaVu.txt", "LICENSE-OpenSans.txt"}


def sources_of(notebook: Path) -> list[Path]:
    """Return the library files and the modules beside it that a notebook imports, and all they import, in order.

    A notebook that imports by a name that is not in its text gets the whole library.
    """
    text = "\n".join(_code(notebook))
    if re.search(r"importlib|__import__|\bexec\b|\beval\b|%run|%load", text):
        return sorted(LIBRARY.rglob("*.py")) + sorted(notebook.parent.glob("*.py"))
    seen: set[Path] = set()
    todo = list(_resolve(_imports(text, ""), notebook.parent)) + list(_resolve(MAKERS, notebook.parent))
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            todo += _resolve(_imported(path), notebook.parent)
    return sorted(seen)


def resources(language: str = "") -> list[Path]:
    """Return the files beside the code that the library reads: contract, fonts, words and templates.

    With a ``language`` only the words of that one.
    """
    files = [LIBRARY / name for name in DATA]
    found = [below for path in files for below in (path.rglob("*") if path.is_dir() else [path])]
    other = {path for path in found if path.suffix == ".po" and path.stem != language} if language else set()
    return sorted(path for path in found if path.is_file() and path not in other and path.name not in BESIDE)


def version_of(notebook: Path, language: str) -> str:
    """Return the version of the library, with 12 hex digits that change with the notebook and what it uses of that."""
    digest = hashlib.sha256()
    for path in [notebook, *sources_of(notebook), *resources(language)]:
        digest.update(f"{path.name}\0{digest_of(path)}\0".encode())
    return f"{binnenstad.__version__} ({digest.hexdigest()[:12]})"


def _code(notebook: Path) -> Iterator[str]:
    for cell in json.loads(notebook.read_text(encoding="utf-8"))["cells"]:
        if cell["cell_type"] == "code":
            lines = "".join(cell["source"]).splitlines()
            # magics are no Python; %run and %load are looked for in the text
            yield "\n".join("pass" if re.match(r"\s*[%!?]", line) else line for line in lines)


@cache
def _imported(path: Path) -> tuple[str, ...]:
    package = ""
    if path.is_relative_to(LIBRARY):
        parts = [PACKAGE, *path.relative_to(LIBRARY).with_suffix("").parts]
        package = ".".join(parts[:-1])
    return tuple(_imports(path.read_text(encoding="utf-8"), package))


def _imports(text: str, package: str) -> list[str]:
    """Return every name that a source imports, wherever in it; of ``from a import b`` both ``a`` and ``a.b``."""
    try:
        tree = ast.parse(text)
    except SyntaxError:
        # cells with other magics: the lines that look like imports
        lines = re.findall(r"^\s*((?:from|import) .*)$", text, re.M)
        tree = ast.parse("\n".join(line for line in lines if _parses(line)))
    names: list[str] = []
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = ".".join(package.split(".")[: len(package.split(".")) + 1 - node.level]) if node.level else ""
            start = ".".join(filter(None, (base, node.module)))
            names += [start, *(f"{start}.{alias.name}" for alias in node.names)]
    return names


def _parses(line: str) -> bool:
    try:
        ast.parse(line)
    except SyntaxError:
        return False
    return True


def _resolve(names: Iterable[str], beside: Path) -> Iterator[Path]:
    """Return the files of the modules named that are ours, and of the packages they lie in."""
    tops = {entry.partition(".")[0] for entry in os.listdir(beside)}
    for name in names:
        top = name.partition(".")[0]
        if top == PACKAGE:
            yield from _ours(name)
        elif top in tops:
            yield from _below(beside, name)


@cache
def _ours(name: str) -> tuple[Path, ...]:
    # asked for some hundred names of every report, and the library does not change under a batch
    return tuple(_below(LIBRARY.parent, name))


def _below(root: Path, name: str) -> Iterator[Path]:
    parts = name.split(".")
    for depth in range(1, len(parts) + 1):
        place = root.joinpath(*parts[:depth])
        for path in (place.with_suffix(".py"), place / "__init__.py"):
            if path.is_file():
                yield path


def installed() -> frozenset[str]:
    """Return the packages installed here, as ``name-version``, and this Python."""
    folders = [folder for folder in sys.path if folder and os.path.isdir(folder)]
    names = {name for folder in folders for name in os.listdir(folder) if name.endswith((".dist-info", ".egg-info"))}
    return frozenset({name.rpartition(".")[0] for name in names} | {f"python-{sys.version.split()[0]}"})


def versions_of(modules: Iterable[str]) -> list[str]:
    """Return the installed packages that own any of these top-level modules, as ``name-version``."""
    wanted = {package for module in modules for package in package_owners().get(module, ())}
    here = {_plain(name.rpartition("-")[0]): name for name in installed()}
    return sorted({here[name] for name in map(_plain, wanted) if name in here} | {here["python"]})


def _plain(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


@lru_cache(maxsize=1)
def package_owners() -> dict[str, list[str]]:
    """Return the packages that each top-level module belongs to."""
    # reads the list of files of every package, a quarter of a second: only who has run something pays for it
    from importlib.metadata import packages_distributions

    return dict(packages_distributions())
