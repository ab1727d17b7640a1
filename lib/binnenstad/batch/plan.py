"""Planning: which notebooks with which parameters; what papermill would let pass is refused here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import binnenstad
from binnenstad.batch.job import Job
from binnenstad.errors import UsageError
from binnenstad.programme import Moment, Programme, fingerprint
from binnenstad.report import Provenance
from binnenstad.text import Words

LIBRARY = Path(binnenstad.__file__).parent
# the order of a mailing: first the page for who has one minute
ORDER = ("overview", "goals", "costs")


def place(report: str) -> tuple[int, str]:
    """Return where a report comes in a mailing, as a sort key; reports of one's own come last, by name."""
    return (ORDER.index(report), "") if report in ORDER else (len(ORDER), report)


def known_reports(notebooks: Path) -> dict[str, Path]:
    """Return the notebooks there are, by report name, in the order of a mailing."""
    return {path.stem: path for path in sorted(notebooks.glob("*.ipynb"), key=lambda path: place(path.stem))}


def plan(
    folder: Path,
    programme: Programme,
    moment: Moment,
    notebooks: Path,
    out: Path,
    *,
    language: str = "nl",
    as_of: str = "",
    only: Sequence[str] = (),
    parameters: Mapping[str, str] | None = None,
) -> list[Job]:
    """Return the jobs of one programme and period.

    ``only`` names the reports wanted (all if empty); ``parameters`` are extra ones as text. Raises
    ``UsageError`` for a report that is not there, a parameter no wanted notebook has, and a value that
    does not fit its type: papermill itself accepts all three without a word.
    """
    wanted = _wanted(notebooks, only)
    specs = {name: _declared(path) for name, path in wanted.items()}
    base = {"programme": folder.name, "period": str(moment.period), "language": language, "as_of": as_of}
    extra = parameters or {}
    _refuse_unknown(extra, specs, base)
    words, data = Words(language), fingerprint(folder)
    code = f"{binnenstad.__version__} ({code_fingerprint(notebooks)})"
    jobs = []
    for name, path in wanted.items():
        spec = specs[name]
        given = base | {key: _typed(key, text, spec[key]) for key, text in extra.items() if key in spec}
        shown = {"report": name, **{key: str(value) for key, value in given.items()}}
        period, known_until = words.period(moment.period), words.date(moment.as_of)
        provenance = Provenance(programme.title, period, known_until, shown, data, code)
        jobs.append(Job(name, path, given, out / folder.name / str(moment.period), folder.parent, provenance))
    return jobs


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
    known = sorted({name for spec in specs.values() for name in spec} - set(base))
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


def code_fingerprint(notebooks: Path) -> str:
    """Return 12 hex digits that change with any line of the library or the notebooks."""
    digest = hashlib.sha256()
    sources = [path for path in LIBRARY.rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    for path in sorted(sources) + sorted(notebooks.glob("*.ipynb")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]
