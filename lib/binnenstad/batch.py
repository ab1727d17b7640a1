"""The batch: plan notebooks x parameters, refuse bad ones, run them, and record what happened."""

from __future__ import annotations

import hashlib
import json
import multiprocessing
import os
import shutil
import signal
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import asdict, dataclass, replace
from multiprocessing.connection import Connection, wait
from multiprocessing.process import BaseProcess
from pathlib import Path
from typing import Any

from binnenstad import __version__
from binnenstad.blocks import bullets, headline
from binnenstad.errors import ReportRefused, UsageError
from binnenstad.programme import DATA_VARIABLE, Moment, Programme, fingerprint
from binnenstad.report import Provenance, faults, render_page, render_report
from binnenstad.text import Words

LIBRARY = Path(__file__).parent
# the order of a mailing: first the page for who has one minute
ORDER = ("overview", "goals", "costs")


@dataclass(frozen=True)
class Job:
    """One report to make: a notebook with its parameters, and where the HTML goes."""

    report: str
    notebook: Path
    parameters: dict[str, Any]
    out: Path
    data: Path
    provenance: Provenance

    @property
    def file(self) -> str:
        """Return the name of the HTML file; Dutch is the default and needs no mark."""
        language = self.parameters["language"]
        return f"{self.report}.html" if language == "nl" else f"{self.report}.{language}.html"


@dataclass(frozen=True)
class Outcome:
    """What became of a job: ``ok``, ``failed`` (the notebook) or ``refused`` (the report)."""

    report: str
    file: str
    status: str
    seconds: float
    error: str = ""
    notebook: str = ""
    data: str = ""
    code: str = ""


def known_reports(notebooks: Path) -> dict[str, Path]:
    """Return the notebooks there are, by report name, in the order of a mailing."""
    found = {path.stem: path for path in sorted(notebooks.glob("*.ipynb"))}
    return {name: found[name] for name in sorted(found, key=lambda n: (ORDER.index(n) if n in ORDER else len(ORDER), n))}


def plan(
    folder: Path, programme: Programme, moment: Moment, notebooks: Path, out: Path, *,
    language: str = "nl", as_of: str = "", only: Sequence[str] = (), parameters: dict[str, str] | None = None,
) -> list[Job]:  # fmt: skip
    """Return the jobs of one programme and period.

    ``only`` names the reports wanted (all if empty); ``parameters`` are extra ones as text. Raises
    ``UsageError`` for a report that is not there, a parameter no wanted notebook has, and a value that
    does not fit its type: papermill itself accepts all three without a word.
    """
    reports = known_reports(notebooks)
    strange = [name for name in only if name not in reports]
    if strange or not reports:
        raise UsageError(f"report {', '.join(strange) or '*'} is not in {notebooks.name}/; known: {', '.join(reports) or 'none'}")
    base = {"programme": folder.name, "period": str(moment.period), "language": language, "as_of": as_of}
    wanted = {name: path for name, path in reports.items() if name in only or not only}
    specs = {name: _declared(path) for name, path in wanted.items()}
    extra = parameters or {}
    nowhere = [name for name in extra if not any(name in spec for spec in specs.values()) or name in base]
    if nowhere:
        known = sorted({name for spec in specs.values() for name in spec} - set(base))
        raise UsageError(f"parameter {', '.join(nowhere)} is not known; extra parameters: {', '.join(known) or 'none'}")
    words = Words(language)
    data, code = fingerprint(folder), code_fingerprint(notebooks)
    jobs = []
    for name, path in wanted.items():
        given = base | {key: _typed(key, text, specs[name][key]) for key, text in extra.items() if key in specs[name]}
        missing = [key for key in base if key not in specs[name]]
        if missing:
            raise UsageError(f"{path.name}: its parameters cell lacks {', '.join(missing)}")
        provenance = Provenance(
            programme.title, words.period(moment.period), words.date(moment.as_of),
            {"report": name, **{key: str(value) for key, value in given.items()}}, data, f"{__version__} ({code})",
        )  # fmt: skip
        jobs.append(Job(name, path, given, out / folder.name / str(moment.period), folder.parent, provenance))
    return jobs


def _declared(notebook: Path) -> dict[str, str]:
    """Return the names and types in a notebook's parameters cell; raises ``UsageError`` if it has none."""
    # papermill takes two seconds to import: who only lists or checks should not wait for it
    from papermill import inspect_notebook

    found = {name: str(spec["inferred_type_name"]) for name, spec in inspect_notebook(str(notebook)).items()}
    if not found:
        raise UsageError(f"{notebook.name} has no parameters cell; tag one cell 'parameters'")
    return found


def _typed(name: str, text: str, kind: str) -> str | int | float | bool:
    if kind == "bool":
        if text.lower() in ("true", "false"):
            return text.lower() == "true"
        raise UsageError(f"parameter {name}={text!r} must be true or false")
    readers: dict[str, Callable[[str], str | int | float]] = {"int": int, "float": float}
    try:
        return readers.get(kind, str)(text)
    except ValueError:
        raise UsageError(f"parameter {name}={text!r} is no {kind}") from None


def code_fingerprint(notebooks: Path) -> str:
    """Return 12 hex digits that change with any line of the library or the notebooks."""
    digest = hashlib.sha256()
    sources = [p for p in LIBRARY.rglob("*") if p.is_file() and "__pycache__" not in p.parts]
    for path in sorted(sources) + sorted(notebooks.glob("*.ipynb")):
        digest.update(path.name.encode() + b"\0" + path.read_bytes())
    return digest.hexdigest()[:12]


def run(jobs: Sequence[Job], workers: int, on_done: Callable[[Outcome], None]) -> list[Outcome]:
    """Run jobs, ``workers`` at a time, each in a process of its own; one that fails stops no other.

    ``on_done`` hears of each outcome as it comes. Outcomes return in job order. On Ctrl-C the running
    processes are ended, temporary files removed, and ``KeyboardInterrupt`` goes on.
    """
    context = multiprocessing.get_context("forkserver" if "forkserver" in multiprocessing.get_all_start_methods() else "spawn")
    if context.get_start_method() == "forkserver":
        context.set_forkserver_preload(["binnenstad.batch", "papermill", "nbconvert"])  # type: ignore[attr-defined]
    waiting, running, outcomes = list(jobs), dict[Connection, tuple[Job, BaseProcess, float]](), dict[str, Outcome]()
    scratch = Path(tempfile.mkdtemp(prefix="binnenstad-"))
    try:
        while waiting or running:
            while waiting and len(running) < workers:
                job = waiting.pop(0)
                receiver, sender = context.Pipe(duplex=False)
                process = context.Process(target=_work, args=(job, scratch, sender))
                process.start()
                sender.close()
                running[receiver] = (job, process, time.monotonic())
            for receiver in wait(list(running)):
                job, process, started = running.pop(receiver)  # type: ignore[arg-type]
                outcomes[job.report] = _settle(job, process, receiver, started)  # type: ignore[arg-type]
                on_done(outcomes[job.report])
    finally:
        for _, process, _ in running.values():
            process.terminate()
        for _, process, _ in running.values():
            process.join()
        shutil.rmtree(scratch, ignore_errors=True)
    return [outcomes[job.report] for job in jobs]


def _settle(job: Job, process: BaseProcess, receiver: Connection, started: float) -> Outcome:
    """Return what a process said became of its job, or that it ended without a word."""
    try:
        outcome: Outcome = receiver.recv()
    except EOFError:
        process.join()
        error = f"the process ended with exit code {process.exitcode} before the report was finished"
        outcome = Outcome(job.report, job.file, "failed", 0.0, error)
    process.join()
    outcome = replace(
        outcome, seconds=round(time.monotonic() - started, 2), data=job.provenance.data, code=job.provenance.code
    )
    if outcome.status != "ok":
        # what an earlier run left would pass for the report of this one
        (job.out / job.file).unlink(missing_ok=True)
    return outcome


def _work(job: Job, scratch: Path, sender: Connection) -> None:
    """Make one report, in a process of its own, and say what became of it."""
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGTERM, lambda *_: exit(1))
    os.environ[DATA_VARIABLE] = str(job.data.resolve())
    sender.send(make_report(job, scratch))


def make_report(job: Job, scratch: Path) -> Outcome:
    """Execute a notebook, render it, and put the HTML in place whole; keep the notebook if that fails."""
    import nbformat
    import papermill

    executed = scratch / f"{job.file}.ipynb"
    kept = job.out / "failed" / f"{job.file.removesuffix('.html')}.ipynb"
    try:
        papermill.execute_notebook(
            str(job.notebook), str(executed), job.parameters, progress_bar=False, cwd=str(job.notebook.parent)
        )
        html = render_report(nbformat.read(executed, as_version=4), job.provenance, str(job.parameters["language"]))
    except papermill.PapermillExecutionError as error:
        return Outcome(job.report, job.file, "failed", 0.0, f"{error.ename}: {error.evalue}", _keep(executed, kept))
    except ReportRefused as error:
        return Outcome(job.report, job.file, "refused", 0.0, str(error), _keep(executed, kept))
    write_whole(job.out / job.file, html)
    kept.unlink(missing_ok=True)
    if kept.parent.exists() and not any(kept.parent.iterdir()):
        kept.parent.rmdir()
    return Outcome(job.report, job.file, "ok", 0.0)


def _keep(executed: Path, kept: Path) -> str:
    write_whole(kept, executed.read_text(encoding="utf-8"))
    return f"{kept.parent.name}/{kept.name}"


def write_whole(path: Path, text: str) -> None:
    """Write a file under a temporary name and rename it, so that it is there whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    handle, name = tempfile.mkstemp(prefix=f".{path.name}.", dir=path.parent)
    try:
        with os.fdopen(handle, "w", encoding="utf-8", newline="\n") as file:
            file.write(text)
        os.chmod(name, 0o644)
        os.replace(name, path)
    except BaseException:
        Path(name).unlink(missing_ok=True)
        raise


def record(jobs: Sequence[Job], outcomes: Sequence[Outcome], words: Words) -> Path:
    """Write ``run.json`` and ``index.html`` beside the reports; reports of earlier runs stay listed.

    Returns the path of the index.
    """
    out = jobs[0].out
    manifest = out / "run.json"
    earlier = json.loads(manifest.read_text(encoding="utf-8"))["reports"] if manifest.exists() else []
    new = {outcome.file: asdict(outcome) for outcome in outcomes}
    rest = [entry for entry in earlier if entry["file"] not in new and (out / entry["file"]).exists()]
    entries = sorted([*rest, *new.values()], key=lambda entry: (_place(entry["report"]), entry["file"]))
    provenance = jobs[0].provenance
    about = {"programme": jobs[0].parameters["programme"], "period": jobs[0].parameters["period"], "parameters": jobs[0].parameters,
             "data": provenance.data, "code": provenance.code}  # fmt: skip
    write_whole(manifest, json.dumps(about | {"reports": entries}, ensure_ascii=False, indent=1) + "\n")
    write_whole(out / "index.html", _index(entries, provenance, words))
    return out / "index.html"


def _place(report: str) -> int:
    return ORDER.index(report) if report in ORDER else len(ORDER)


def _index(entries: Sequence[dict[str, Any]], provenance: Provenance, words: Words) -> str:
    names = {"overview": words.say("On one page"), "goals": words.say("The goals"), "costs": words.say("Who pays and who benefits")}
    good = [entry for entry in entries if entry["status"] == "ok"]
    bad = [entry for entry in entries if entry["status"] != "ok"]
    lead = words.say_many("{count} report is ready.", "{count} reports are ready.", len(good))
    if bad:
        lead += " " + words.say_many("{count} report could not be made.", "{count} reports could not be made.", len(bad))
    links = list(_links(good, names, provenance, words))
    title = words.say("{programme}: reports, {period}", programme=provenance.programme, period=provenance.period)
    blocks: list[Any] = [headline(title, lead), f"<div class=\"block\"><ul>{''.join(links)}</ul></div>"]
    if bad:
        blocks.append(bullets([words.say("{name}: {error}", name=names.get(e["report"], e["report"]), error=e["error"]) for e in bad]))
    html = render_page(blocks, replace(provenance, parameters={}), words.language)
    reasons = faults(html, words.language)
    if reasons:
        raise ReportRefused(reasons)
    return html


def _links(good: Sequence[dict[str, Any]], names: dict[str, str], provenance: Provenance, words: Words) -> Iterator[str]:
    for entry in good:
        old = "" if entry["data"] == provenance.data else " " + words.say("(made with earlier data)")
        mark = f" ({entry['file'].split('.')[1]})" if entry["file"].count(".") == 2 else ""
        yield f'<li><a href="{entry["file"]}">{names.get(entry["report"], entry["report"])}{mark}</a>{old}</li>'
