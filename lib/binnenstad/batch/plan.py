"""Planning: which notebooks with which parameters; what papermill would let pass is refused here."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain, product
from pathlib import Path
from typing import Any

from binnenstad.page.provenance import NEEDED, Provenance, made_of, parameters_of, require
from binnenstad.programme.checked import Programme, check_programme
from binnenstad.programme.delivered import Delivered
from binnenstad.programme.folders import digest, find_notebooks, find_programme
from binnenstad.words import parse_periods
from binnenstad.words.errors import UsageError

PARTNER = "partner"
# papermill's own engine, in a kernel: for widgets and other languages
KERNEL = "kernel"
# where a report comes in an index whose notebook does not say so
LAST = 1_000_000


@dataclass(frozen=True)
class Notebook:
    """A notebook as planning sees it: its parameters with their defaults, and what its metadata says of its report.

    That stands under ``binnenstad``: ``title`` (per language; ``{partner}`` is filled in), ``order`` (where it
    comes in an index) and ``engine`` (``kernel`` for papermill's own). ``digest`` is that of the file.
    """

    path: Path
    digest: str
    declared: Mapping[str, Any]
    title: Mapping[str, str]
    order: int
    engine: str


@dataclass(frozen=True)
class Job:
    """One report to make: a notebook with its parameters, and its page ``file`` in the folder ``out``.

    ``delivered`` is what the ``folder`` of its programme held when it was checked; ``subject`` is whom it is about,
    if that is a partner.
    """

    notebook: Notebook
    parameters: Mapping[str, Any]
    folder: Path
    out: Path
    file: str
    provenance: Provenance
    delivered: Delivered
    subject: str = ""

    @property
    def id(self) -> str:
        """Return the name of this report among all: programme, period and file."""
        return f"{self.folder.name}/{self.out.name}/{self.file}"

    @property
    def failed(self) -> str:
        """Return the name of the executed notebook, where that is kept because it went wrong."""
        return f"failed/{Path(self.file).stem}.ipynb"


def plan(
    programmes: Sequence[str], data: Path, out: Path, *, periods: Sequence[str] = (),
    languages: Sequence[str] = ("nl",), only: Sequence[str] = (), partners: Sequence[str] = (), as_of: str = "",
    parameters: Sequence[str] = (), engine: str | None = None,
) -> list[Job]:  # fmt: skip
    """Return the jobs of a request: every programme below ``data`` for every period in every language.

    No period is the last one measured; ``only`` names the reports wanted, ``partners`` those for whom a notebook
    with a parameter ``partner`` is run (all if empty); ``parameters`` are extra ones as NAME=VALUE. Raises
    ``DataError``, and ``UsageError`` for a report or partner that is not there, a parameter no wanted notebook
    has, and a value that does not fit its type: papermill itself accepts all of these without a word.
    """
    notebooks = _wanted(find_notebooks(data.parent), only, engine)
    extra, asked = _extra(parameters, notebooks), list(chain.from_iterable(map(parse_periods, periods)))
    jobs = []
    for name, language in product(programmes, languages):
        folder = find_programme(name, data)
        programme = check_programme(folder, language)
        if strange := _strange(partners, list(programme["partners"]["id"])):
            raise UsageError("partner {names} is not in {programme}; known: {known}", programme=name, **strange)
        ends = asked or [programme.last_period()]
        known = {period: programme.known_by(programme.moment(period, as_of))["partners"]["id"] for period in ends}
        for period, notebook in product(known, notebooks):
            values = _typed(extra, notebook) | dict(zip(NEEDED, (name, period, language, as_of), strict=True))
            for partner in partners or known[period] if PARTNER in notebook.declared else [""]:
                jobs.append(_job(notebook, values, partner, folder, out, programme))
    made: dict[str, Job] = {}
    for job in jobs:
        if job.file.startswith("index.") or made.setdefault(job.id, job).notebook is not job.notebook:
            raise UsageError("{name} would take the place of another page; rename it", name=job.notebook.path.name)
    return list(made.values())


def _job(
    notebook: Notebook, values: Mapping[str, Any], partner: str, folder: Path, out: Path, programme: Programme
) -> Job:
    values, name = {**values, **({PARTNER: partner} if partner else {})}, notebook.path.stem
    # Dutch is the default and needs no mark
    file = (f"{name}-{partner}" if partner else name) + (".html" if values["language"] == "nl" else ".en.html")
    made, subject = made_of(programme, name, values), programme.titles("partners").get(partner, "")
    return Job(notebook, values, folder, out / folder.name / values["period"], file, made, programme.delivered, subject)


def _strange(wanted: Iterable[str], known: Iterable[str]) -> dict[str, str]:
    """Return what is wanted and is not known, and what is, as a message names them; nothing if all is known."""
    names = ", ".join(name for name in wanted if name not in known)
    return {"names": names, "known": ", ".join(known) or "-"} if names else {}


def _wanted(folder: Path, only: Sequence[str], engine: str | None) -> list[Notebook]:
    paths = {path.stem: path for path in sorted(folder.glob("*.ipynb"))}
    if strange := _strange(only if paths else ["*"], paths):
        raise UsageError("report {names} is not in folder {folder}; known: {known}", folder=folder.name, **strange)
    found = [_read_notebook(path, engine) for name, path in paths.items() if name in only or not only]
    return sorted(found, key=lambda notebook: (notebook.order, notebook.path.stem))


def _read_notebook(path: Path, engine: str | None) -> Notebook:
    content = path.read_bytes()
    try:
        notebook = json.loads(content)
        declared = parameters_of(notebook)
        about = {"title": {}, "order": LAST, "engine": ""} | notebook["metadata"].get("binnenstad", {})
        if [type(about[name]) for name in ("title", "order")] != [dict, int] or about["engine"] not in ("", KERNEL):
            raise ValueError(about)
    except (ValueError, KeyError, TypeError, SyntaxError):
        raise UsageError("{name} is no notebook of a report; mend it in JupyterLab", name=path.name) from None
    require(path.stem, declared)
    return Notebook(path, digest(content), declared, about["title"], about["order"], engine or about["engine"])


def _extra(given: Sequence[str], notebooks: Sequence[Notebook]) -> dict[str, str]:
    """Return the extra parameters as text, by name; each is one that a notebook has."""
    if plain := ", ".join(text for text in given if "=" not in text):
        raise UsageError("parameter {names} must be written as NAME=VALUE", names=plain)
    texts = dict(text.split("=", 1) for text in given)
    known = sorted({name for notebook in notebooks for name in notebook.declared} - {*NEEDED, PARTNER})
    if strange := _strange(texts, known):
        raise UsageError("parameter {names} is not known; extra parameters: {known}", **strange)
    return texts


def _typed(texts: Mapping[str, str], notebook: Notebook) -> dict[str, Any]:
    """Return the parameters of a notebook: its defaults, and over them the extra ones in the types of those."""
    typed = dict(notebook.declared)
    for name, text in ((name, text) for name, text in texts.items() if name in typed):
        kind = type(typed[name])
        try:
            typed[name] = {"true": True, "false": False}[text.lower()] if kind is bool else kind(text)
        except (ValueError, KeyError):
            told = {"name": name, "text": text, "kind": kind.__name__}
            raise UsageError("parameter {name}={text!r} is no {kind}", **told) from None
    return typed
