"""Where a report comes from besides its data: the code that its notebook can reach, and package versions."""

from __future__ import annotations

import hashlib
import json
import os
import re
import sys
import tokenize
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path

import binnenstad
from binnenstad.batch.opened import digest_of
from binnenstad.batch.reach import EVERYTHING, WORD, Unit, pieces_of, reached

LIBRARY = Path(binnenstad.__file__).parent
PACKAGE = LIBRARY.name
# what makes a report of any notebook, whatever it imports itself
MAKERS = """
import binnenstad.batch.warm
from binnenstad.batch.child import work
from binnenstad.batch.engine import ShellEngine
from binnenstad.batch.plan import plan
work, ShellEngine, plan
"""
# read by the library itself, when it is imported or first used
DATA = ("datapackage.json", "fonts", "locale", "templates")
# with these a module is imported by a name that may stand in no text
IMPORTS = {"import_module", "__import__"}
# a line that is no Python
MAGIC = re.compile(r"^[ \t]*[%!?].*$", re.M)
# of these no report is made
BESIDE = {"mail.css", "preview.css", "SOURCE.md", "LICENSE-DejaVu.txt", "LICENSE-OpenSans.txt"}


def sources_of(notebook: Path) -> list[Path]:
    """Return the library files and the modules beside it that a notebook imports, and all they import, in order.

    A notebook that imports by a name that is not in its text, or a module beside it that does, gets the whole library.
    """
    python, other = _texts(notebook)
    if _is_blind(python + other):
        return _everything(notebook)
    seen: set[Path] = set()
    todo = list(_resolve(_imports([*pieces_of(python), *pieces_of(MAKERS)], []), notebook.parent))
    while todo:
        path = todo.pop()
        if path not in seen:
            seen.add(path)
            pieces = _pieces(path, *_stamp(path))
            if not path.is_relative_to(LIBRARY) and any(IMPORTS & (piece.own | piece.any) for piece in pieces):
                return sorted({*_everything(notebook), *seen})
            todo += _resolve(_imports(pieces, _package(path)), notebook.parent)
    return sorted(seen)


def _everything(notebook: Path) -> list[Path]:
    return sorted(LIBRARY.rglob("*.py")) + sorted(notebook.parent.glob("*.py"))


def code_of(notebook: Path) -> dict[Path, dict[str, str]]:
    """Return what a notebook can reach of its sources: by file, the digest of each definition by its name.

    What a source does on its import stands under an empty name. Of what is not in Python all counts.
    """
    python, other = _texts(notebook)
    # what a magic is to do stands in words
    words = frozenset(WORD.findall(other)) | ({EVERYTHING} if _is_blind(python + other) else set())
    start = [*pieces_of(python), *pieces_of(MAKERS), Unit(frozenset(), "", words, words)]
    return reached({path: _pieces(path, *_stamp(path)) for path in sources_of(notebook)}, start)


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
    for path in [notebook, *resources(language)]:
        digest.update(f"{path.name}\0{digest_of(path)}\0".encode())
    for path, pieces in code_of(notebook).items():
        digest.update(f"{path.name}\0{json.dumps(pieces)}\0".encode())
    return f"{binnenstad.__version__} ({digest.hexdigest()[:12]})"


def _texts(notebook: Path) -> tuple[str, str]:
    """Return the code cells of a notebook in one text, and the lines of it that are no Python."""
    cells = json.loads(notebook.read_text(encoding="utf-8"))["cells"]
    text = "".join("".join(cell["source"]) + "\n" for cell in cells if cell["cell_type"] == "code")
    return MAGIC.sub("pass", text), "\n".join(MAGIC.findall(text))


def _is_blind(text: str) -> bool:
    return bool(re.search(r"importlib|__import__|\bexec\b|\beval\b|get_ipython|%run|%load", text))


def _stamp(path: Path) -> tuple[int, int]:
    status = path.stat()
    return status.st_mtime_ns, status.st_size


@cache
def _pieces(path: Path, *_: int) -> list[Unit]:
    try:
        with tokenize.open(path) as file:
            return pieces_of(file.read())
    except (SyntaxError, UnicodeDecodeError):
        # in no encoding that Python would read it in either
        return pieces_of(path.read_text(encoding="utf-8", errors="replace"))


def _package(path: Path) -> list[str]:
    return [PACKAGE, *path.relative_to(LIBRARY).parts[:-1]] if path.is_relative_to(LIBRARY) else []


def _imports(pieces: Iterable[Unit], package: Sequence[str]) -> Iterator[str]:
    """Give every name that these pieces of a module of ``package`` import, wherever in them."""
    for name in {name for piece in pieces for name in piece.modules}:
        plain = name.lstrip(".")
        up = len(name) - len(plain)
        yield ".".join(filter(None, (*package[: len(package) + 1 - up], plain))) if up else plain


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
