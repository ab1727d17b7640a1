"""Where a page comes from: what its footer says, so that anybody can make it again."""

from __future__ import annotations

import ast
import hashlib
from collections.abc import Container, Mapping
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

import binnenstad
from binnenstad.words import Words
from binnenstad.words.errors import UsageError

if TYPE_CHECKING:
    from nbformat import NotebookNode

    from binnenstad.programme.checked import Programme

LIBRARY = Path(binnenstad.__file__).parent
NEEDED = ("programme", "period", "language", "as_of")


@dataclass(frozen=True)
class Provenance:
    """What a report was made of: shown in its footer so that anybody can make it again."""

    programme: str
    period: str
    as_of: str
    parameters: dict[str, str]
    data: str
    code: str


def provenance_of(notebook: NotebookNode, report: str) -> Provenance:
    """Return where the page of an executed notebook comes from: its parameters, and its programme as it is now.

    ``report`` names it; a notebook that papermill has run knows the name of the one it was made from. Raises
    ``UsageError`` for a parameter that is missing or names nothing, ``DataError`` for a programme with faults.
    """
    # pandas takes long to import: who only asks for the version should not wait for it
    from binnenstad.programme.checked import check_programme
    from binnenstad.programme.folders import find_programme

    name = Path(notebook.metadata.get("papermill", {}).get("input_path", report)).stem
    given = parameters_of(notebook)
    require(name, given)
    return made_of(check_programme(find_programme(given["programme"]), given["language"]), name, given)


def made_of(programme: Programme, report: str, parameters: Mapping[str, Any]) -> Provenance:
    """Return where the page of ``report`` on a checked programme comes from, run with these parameters."""
    from binnenstad.programme.delivered import digests, fingerprint

    words, moment = Words(parameters["language"]), programme.moment(parameters["period"], parameters["as_of"])
    given = {"report": report, **{name: str(value) for name, value in parameters.items()}}
    data = fingerprint(digests(programme.delivered))
    period, as_of = words.period(moment.period), words.date(moment.as_of)
    return Provenance(programme.title, period, as_of, given, data, code_version())


def require(report: str, parameters: Container[str]) -> None:
    """Raise ``UsageError`` if the parameters of a report lack one that every report has."""
    if missing := ", ".join(name for name in NEEDED if name not in parameters):
        raise UsageError(
            "{report}: the parameters cell lacks {names}; add them with their type", report=report, names=missing
        )


def parameters_of(notebook: Mapping[str, Any]) -> dict[str, Any]:
    """Return the parameters a notebook was run with: those of its own cell, and over them what papermill put in."""
    cells = [
        "".join(cell["source"])
        for tag in ("parameters", "injected-parameters")
        for cell in notebook["cells"]
        if tag in cell["metadata"].get("tags", [])
    ]
    given = {}
    for line in ast.parse("\n".join(cells)).body:
        if isinstance(line, ast.Assign | ast.AnnAssign) and line.value:
            name = line.target if isinstance(line, ast.AnnAssign) else line.targets[0]
            given[ast.unparse(name)] = ast.literal_eval(line.value)
    return given


@lru_cache
def code_version() -> str:
    """Return the version of the library, with 12 hex digits that change with any file of it."""
    digest = hashlib.sha256()
    for path in sorted(LIBRARY.rglob("*")):
        if path.is_file() and path.suffix != ".pyc":
            digest.update(f"{path.relative_to(LIBRARY).as_posix()}\0".encode() + path.read_bytes() + b"\0")
    return f"{binnenstad.__version__} ({digest.hexdigest()[:12]})"
