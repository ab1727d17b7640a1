"""Planning: which notebooks with which parameters; what papermill would let pass is refused here."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from binnenstad.batch.job import KERNEL, Job
from binnenstad.batch.origins import version_of
from binnenstad.page.provenance import Provenance
from binnenstad.programme import Moment, Programme, digests, fingerprint
from binnenstad.words import Words
from binnenstad.words.errors import UsageError

# the order of a mailing: first the page for who has one minute
ORDER = ("overview", "goals", "costs", "canvas", "partner")
PARTNER = "partner"


def place(report: str) -> tuple[int, str]:
    """Return where a report comes in a mailing, as a sort key; reports of one's own come last, by name."""
    return (ORDER.index(report), "") if report in ORDER else (len(ORDER), report)


def known_reports(notebooks: Path) -> dict[str, Path]:
    """Return the notebooks there are, by report name, in the order of a mailing."""
    return {path.stem: path for path in sorted(notebooks.glob("*.ipynb"), key=lambda path: place(path.stem))}


@dataclass(frozen=True)
class Notebook:
    """A notebook as planning sees it: its parameters with their types, its version, and its settings.

    The version is that of the library and of the code that a report in one language rests on.

    The settings stand in its metadata, under ``binnenstad``: ``engine`` (``kernel`` for papermill's own)
    and ``inputs``, files below the project folder that it opens in a way Python does not see.
    """

    path: Path
    declared: Mapping[str, str]
    version: str
    engine: str
    inputs: tuple[str, ...]


def plan(
    folder: Path, programme: Programme, moment: Moment, notebooks: Path, out: Path, *,
    language: str = "nl", as_of: str = "", only: Sequence[str] = (), partners: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None, engine: str = "",
) -> list[Job]:  # fmt: skip
    """Return the jobs of one programme, period and language.

    ``only`` names the reports wanted (all if empty); ``partners`` those for whom a notebook with a
    parameter ``partner`` is run (all if empty); ``parameters`` are extra ones as text. Raises
    ``UsageError`` for a report or partner that is not there, a parameter no wanted notebook has, and a
    value that does not fit its type: papermill itself accepts all of these without a word.
    """
    wanted = {name: read_notebook(path, language) for name, path in _wanted(notebooks, only).items()}
    base = {"programme": folder.name, "period": str(moment.period), "language": language, "as_of": as_of}
    extra = parameters or {}
    _refuse_unknown(extra, {name: notebook.declared for name, notebook in wanted.items()}, base)
    titles = _partners(programme, partners)
    words, data = Words(language), fingerprint(digests(programme.delivered))
    heard = programme.title, words.period(moment.period), words.date(moment.as_of)
    jobs = []
    for name, notebook in wanted.items():
        spec = notebook.declared
        given = base | {key: _typed(key, text, spec[key]) for key, text in extra.items() if key in spec}
        for partner in titles if PARTNER in spec else [""]:
            values = given | ({PARTNER: partner} if partner else {})
            shown = {"report": name, **{key: str(value) for key, value in values.items()}}
            provenance = Provenance(*heard, shown, data, notebook.version)
            jobs.append(
                Job(
                    name,
                    notebook.path,
                    values,
                    out / folder.name / str(moment.period),
                    folder.parent,
                    provenance,
                    engine or notebook.engine,
                    notebook.inputs,
                    titles.get(partner, ""),
                    programme.delivered,
                    programme.sound,
                )  # fmt: skip
            )
    return jobs


def _partners(programme: Programme, wanted: Sequence[str]) -> dict[str, str]:
    titles = {str(key): str(title) for key, title in programme.titles("partners").items()}
    strange = [name for name in wanted if name not in titles]
    if strange:
        raise UsageError(
            "partner {names} is not in programme {programme}; known: {known}",
            names=", ".join(strange),
            programme=programme.id,
            known=", ".join(titles) or "-",
        )
    return {key: title for key, title in titles.items() if key in wanted or not wanted}


def read_notebook(path: Path, language: str) -> Notebook:
    """Return a notebook as planning sees it; raises ``UsageError`` if it cannot be run."""
    status = path.stat()
    return _read(path, language, status.st_mtime_ns, status.st_size)


@cache
def _read(path: Path, language: str, *_: int) -> Notebook:
    declared = _declared(path)
    settings = json.loads(path.read_text(encoding="utf-8"))["metadata"].get("binnenstad", {})
    engine = settings.get("engine", "")
    if engine not in ("", KERNEL):
        raise UsageError(
            "{name}: engine {engine!r} is not known; choose kernel, or none", name=path.name, engine=engine
        )
    return Notebook(path, declared, version_of(path, language), engine, tuple(settings.get("inputs", ())))


def _wanted(notebooks: Path, only: Sequence[str]) -> dict[str, Path]:
    reports = known_reports(notebooks)
    strange = [name for name in only if name not in reports]
    if strange or not reports:
        raise UsageError(
            "report {names} is not in folder {folder}; known: {known}",
            names=", ".join(strange) or "*",
            folder=notebooks.name,
            known=", ".join(reports) or "-",
        )
    return {name: path for name, path in reports.items() if name in only or not only}


def _declared(notebook: Path) -> dict[str, str]:
    """Return the names and types in a notebook's parameters cell; raises ``UsageError`` if it has none."""
    # papermill takes long to import: who only lists faults should not wait for it
    from nbformat.reader import NotJSONError
    from papermill import inspect_notebook

    try:
        specs = inspect_notebook(str(notebook))
    except NotJSONError:
        raise UsageError("{name} is no notebook; save it again in JupyterLab", name=notebook.name) from None
    except ValueError:
        raise UsageError("{name} names no kernel; save it again in JupyterLab", name=notebook.name) from None
    found = {name: str(spec["inferred_type_name"]) for name, spec in specs.items()}
    if not found:
        raise UsageError("{name} has no parameters cell; tag one cell 'parameters'", name=notebook.name)
    return found


def _refuse_unknown(extra: Mapping[str, str], specs: Mapping[str, Mapping[str, str]], base: Mapping[str, Any]) -> None:
    known = sorted({name for spec in specs.values() for name in spec} - {*base, PARTNER})
    strange = [name for name in extra if name not in known]
    if strange:
        raise UsageError(
            "parameter {names} is not known; extra parameters: {known}",
            names=", ".join(strange),
            known=", ".join(known) or "-",
        )
    for report, spec in specs.items():
        missing = [name for name in base if name not in spec]
        if missing:
            raise UsageError(
                "{report}: the parameters cell lacks {names}; add them with their type",
                report=report,
                names=", ".join(missing),
            )


def _typed(name: str, text: str, kind: str) -> str | int | float | bool:
    if kind == "bool":
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise UsageError("parameter {name}={text!r} must be true or false", name=name, text=text)
    readers: dict[str, Callable[[str], str | int | float]] = {"int": int, "float": float}
    try:
        return readers.get(kind, str)(text)
    except ValueError:
        raise UsageError("parameter {name}={text!r} is no {kind}", name=name, text=text, kind=kind) from None
