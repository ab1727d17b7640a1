"""The command line: arguments into one call, and what came of it in words."""

from __future__ import annotations

import hashlib
import json
import os
import shlex
import signal
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from binnenstad import __version__
from binnenstad.batch.progress import Progress, say_unchanged
from binnenstad.batch.server import start_server
from binnenstad.batch.unchanged import packages, sha256_of, why_made
from binnenstad.page.provenance import code_version
from binnenstad.words import LANGUAGES, Words
from binnenstad.words.command_line import DATA, FOLDER, LANGUAGE, near, say_errors
from binnenstad.words.errors import UsageError

if TYPE_CHECKING:
    from binnenstad.batch.plan import Job
    from binnenstad.batch.run import Outcome, Runner

PERIOD = click.option("--period", required=True, help="Quarter (2019Q4) or year (2019).")
OUT = click.option("--out", type=FOLDER, help="Where the reports are (default: reports/ beside data/).")


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Check, run, list and mail the reports of a city-centre programme."""


@main.command()
@click.argument("programme")
@LANGUAGE
@DATA
def check(programme: str, language: str, data: Path | None) -> None:
    """Check the tables of PROGRAMME: every fault at once, or a summary."""
    words = Words(language)
    with say_errors(words):
        from binnenstad.programme.checked import check_programme
        from binnenstad.programme.folders import find_programme

        checked = check_programme(find_programme(programme, data), language)
    from binnenstad.costs.money import published_totals, reconcile
    from binnenstad.costs.say.reconciliation import budget_adds_up, describe_totals

    click.echo(words.say("{title}: no faults.", title=checked.title))
    tables = checked.tables.items()
    rows = {name: words.say_many("{count} row", "{count} rows", len(table)) for name, table in tables if len(table)}
    filled = [f"  {name:<18} {said:>10}" for name, said in rows.items()]
    for at in range(0, len(filled), 2):
        click.echo("".join(filled[at : at + 2]))
    if empty := [name for name, table in checked.tables.items() if table.empty]:
        click.echo(f"  {words.say('empty')}: {', '.join(empty)}")
    values = checked["measurements"]
    if len(values):
        first, last = (words.date(day) for day in (values["date"].min(), values["date"].max()))
        many = words.number(values["illustrative"].sum())
        click.echo(
            words.say("Measured from {first} to {last}; {count} illustrative.", first=first, last=last, count=many)
        )
    newest = checked.known_by(checked.moment(str(checked.start.year), "9999-12-31"))
    years, amount = newest["budget"]["year"], words.eur(newest["budget"]["amount_eur"].sum())
    click.echo(words.say("Budget: {amount}, {start}-{end}.", amount=amount, start=years.min(), end=years.max()))
    sums = reconcile(newest["budget"], newest["payments"])
    totals = describe_totals(published_totals(newest["budget"], newest["budget_totals"]), words)
    click.echo("\n".join([f"{words.say('Does it add up?')} {budget_adds_up(sums, words)}", *totals]))


def _plan_options(command: Callable[..., None]) -> Callable[..., None]:
    options = [
        click.argument("programmes", metavar="PROGRAMME...", nargs=-1, required=True),
        click.option("--only", multiple=True, metavar="REPORT", help="Only this report; can be repeated."),
        click.option("--partner", "partners", multiple=True, metavar="ID", help="Only this partner; can be repeated."),
        click.option("--as-of", default="", metavar="DATE", help="Use what was published by this day (yyyy-mm-dd)."),
        click.option(
            "-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="An extra notebook parameter."
        ),
        click.option("--engine", type=click.Choice(["kernel"]), help="kernel: papermill's own."),
        click.option("--out", type=FOLDER, help="Where to (default: reports/ beside data/)."),
        click.option(
            "--language", "languages", multiple=True, type=click.Choice(LANGUAGES), default=["nl"], show_default=True,
            help="Language of reports, and the first one of messages; can be repeated.",
        ),
        DATA,
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
@click.option(
    "--period", "periods", multiple=True, required=True,
    help="Quarter (2019Q4), year (2019) or range (2019Q1:2019Q4); can be repeated.",
)  # fmt: skip
@click.option(
    "--jobs", type=click.IntRange(min=1), default=os.cpu_count(), show_default="processors",
    help="Reports at the same time.",
)  # fmt: skip
@click.option("--force", is_flag=True, help="Also make what is unchanged.")
@click.option("--pdf", is_flag=True, help="Also a PDF beside each report (needs the extra: binnenstad[pdf]).")
@click.option("--why", is_flag=True, help="Say why each report is made or skipped.")
@click.option("--report-limit", type=click.FloatRange(min=0), default=600, show_default=True, help="Seconds; 0: none.")
@click.option("--memory-limit", type=click.IntRange(min=0), default=4096, show_default=True, help="MB for a report.")
@click.option("--scheduler", default="", metavar="ADDRESS", help="Run on a Dask cluster (tcp://...:8786).")
@_plan_options
def run(
    jobs: int, force: bool, pdf: bool, why: bool, report_limit: float, memory_limit: int, scheduler: str,
    **request: Any,
) -> None:  # fmt: skip
    """Make the reports of each PROGRAMME for each period; what is unchanged stays as it is."""
    words = Words(request["languages"][0])
    with say_errors(words), _stopping(words):
        data, out = _folders(request)
        key = _key(request, data)
        if not (force or pdf or why) and _is_done(out, key, words):
            return
        runner = _runner(scheduler, jobs, report_limit, memory_limit)
        from binnenstad.batch.plan import plan
        from binnenstad.batch.record import alone

        planned = plan(data=data, out=out, **request)
        with alone(out):
            good = _make(planned, runner, out, key, force, why, words)
            if pdf:
                _print([job.out / job.file for job in planned])
    sys.exit(0 if good else 1)


def _folders(request: dict[str, Any]) -> tuple[Path, Path]:
    """Take out of a request, and return, the folder with the programmes and that of the reports."""
    from binnenstad.programme.folders import data_root

    data = (request.pop("data") or data_root()).resolve()
    return data, (request.pop("out") or data.parent / "reports").resolve()


def _key(request: dict[str, Any], data: Path) -> str:
    """Return a digest of a request and of all that its reports rest on: tables, notebooks, code and packages."""
    from binnenstad.programme.folders import find_notebooks

    folders = [find_notebooks(data.parent), *(data / name for name in request["programmes"])]
    files = sorted(path for folder in folders for path in folder.glob("*") if path.is_file())
    files = [path for path in files if not path.name.startswith("mail-ledger.")]
    basis = [repr(request), code_version(), packages(), *(f"{path} {sha256_of(path)}" for path in files)]
    return hashlib.sha256("\0".join(basis).encode()).hexdigest()


def _is_done(out: Path, key: str, words: Words) -> bool:
    """Say so, and return whether, this was the last request carried out and nothing has changed since.

    That is known before any table is read.
    """
    try:
        asked = json.loads((out / "run.json").read_bytes())["asked"]
        same = asked["key"] == key and all(held == sha256_of(out / name) != "" for name, held in asked["files"].items())
    except (OSError, ValueError, KeyError):
        # nothing is known of an earlier request
        return False
    if same:
        click.echo(say_unchanged(asked["count"], words))
        click.echo(words.say("Open {path}", path=near(out / asked["index"])))
    return same


def _runner(scheduler: str, workers: int, seconds: float, memory: int) -> Any:
    """Return what makes reports: a Dask cluster, or processes of this machine."""
    if scheduler:
        from binnenstad.batch.cluster import Cluster

        return Cluster(scheduler, seconds, memory)
    # the server imports what this process does, which should not wait for it
    warm = start_server()
    from binnenstad.batch.run import Runner

    return Runner(workers, seconds, memory, cold=not warm)


def _make(planned: Sequence[Job], runner: Runner, out: Path, key: str, force: bool, why: bool, words: Words) -> bool:
    """Make the reports that would not come out as they are, say how it goes, and return whether all are ready."""
    from binnenstad.batch.record import Record

    record = Record(out)
    forced = words.say("--force was given") if force else ""
    reasons = {job.id: forced or why_made(job, record.before.get(job.id, {}), words) for job in planned}
    todo = [job for job in planned if reasons[job.id]]
    bad: list[tuple[Job, Outcome]] = []
    progress = Progress(words, planned, reasons, why)
    record.expect(todo)
    try:
        with progress.bar, closing(runner.run(todo)) as outcomes:
            for job, outcome in outcomes:
                record.keep(job, outcome)
                progress.done(job, outcome)
                bad += [(job, outcome)] * (outcome.status != "ok")
    finally:
        # also of a batch that is stopped, for what was ready has stayed
        index = record.close(planned, key)
    if todo and runner.cold:
        click.echo(words.say("The imports could not be done beforehand; each report does its own and takes longer."))
    progress.conclude(index, bad)
    return not bad


def _print(pages: Sequence[Path]) -> None:
    """Put a PDF beside each page that has none; one that is there goes when its page is made anew."""
    from binnenstad.batch.record import write_whole
    from binnenstad.page.pdf import render_pdf

    for page in pages:
        paper = page.with_suffix(".pdf")
        if page.exists() and not paper.exists():
            write_whole(paper, render_pdf(page.read_text(encoding="utf-8")))


@contextmanager
def _stopping(words: Words) -> Iterator[None]:
    """When told to stop, by Ctrl-C, a closed terminal or the system, say what becomes of the reports."""
    stops = [getattr(signal, name) for name in ("SIGTERM", "SIGHUP") if hasattr(signal, name)]
    heard = [signal.SIGINT]

    def _stop(number: int, _: object) -> None:
        heard.append(signal.Signals(number))
        raise KeyboardInterrupt

    # a batch that was started to outlive its terminal (nohup) does
    before = {stop: signal.signal(stop, _stop) for stop in stops if signal.getsignal(stop) is not signal.SIG_IGN}
    try:
        yield
    except KeyboardInterrupt:
        click.echo(words.say("Stopped; what was ready has stayed."), err=True)
        sys.exit(128 + heard[-1])
    finally:
        for stop, handler in before.items():
            signal.signal(stop, handler)


@main.command("list")
@click.option(
    "--period", "periods", multiple=True, help="Quarter, year or range; default: the last quarter measured."
)  # fmt: skip
@_plan_options
def list_(**request: Any) -> None:
    """Show which reports would be made, without making them."""
    with say_errors(Words(request["languages"][0])):
        from binnenstad.batch.plan import plan

        data, out = _folders(request)
        planned = plan(data=data, out=out, **request)
    for job in planned:
        parameters = ", ".join(f"{name}={value}" for name, value in job.parameters.items() if value != "")
        page = near(job.out / job.file)
        click.echo(f"{job.notebook.path.stem:<10} {page}  ({job.notebook.path.name}: {parameters})")


@main.command()
@click.argument("programme")
@PERIOD
@click.option("--send", "fingerprint", default="", metavar="FINGERPRINT", help="Really send what was previewed.")
@click.option("--test", default="", metavar="ADDRESS", help="Send all messages to this one address instead.")
@click.option("--again", is_flag=True, help="Also to whom nothing changed for.")
@click.option("--resend", multiple=True, metavar="RECIPIENT", help="An uncertain or refused one, by name.")
@OUT
@LANGUAGE
@DATA
def send(language: str, fingerprint: str, test: str, again: bool, resend: tuple[str, ...], **where: Any) -> None:
    """Mail the reports of PROGRAMME; without --send or --test only a preview is made."""
    words = Words(language)
    with say_errors(words):
        if fingerprint and test:
            raise UsageError("choose --send or --test, not both")
        from binnenstad.mail.approve import Places, approve

        command = ["binnenstad", "send", where["programme"], "--period", where["period"], *["--again"] * again]
        command += [part for name in resend for part in ("--resend", name)]
        command += [part for name in ("out", "data") if where[name] for part in (f"--{name}", str(where[name]))]
        raise SystemExit(approve(Places(**where), words, shlex.join(command), fingerprint, test, again, list(resend)))


@main.command()
@click.argument("programme")
@PERIOD
@click.option("--bounces", type=FOLDER, metavar="FOLDER", help="Read the bounces that were saved from the mailbox.")
@OUT
@LANGUAGE
@DATA
def sent(language: str, bounces: Path | None, **where: Any) -> None:
    """Show the ledger: what was mailed to whom (ids, no addresses) and what became of it."""
    words = Words(language)
    with say_errors(words):
        from binnenstad.mail.approve import Places, show_ledger

        show_ledger(Places(**where), bounces, words)
