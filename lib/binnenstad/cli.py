"""The command line: arguments into one call, and what came of it in words."""

from __future__ import annotations

import atexit
import gc
import os
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import click

from binnenstad import __version__
from binnenstad.batch.ledger import Ledger
from binnenstad.batch.processes import stay_single
from binnenstad.batch.progress import Progress, say_status, say_unchanged
from binnenstad.batch.request import Request
from binnenstad.mail.commands import send, sent
from binnenstad.programme.folders import DESPITE_VARIABLE
from binnenstad.words import LANGUAGES, Words
from binnenstad.words.telling import DATA, FOLDER, LANGUAGE, near, telling

SECONDS = click.FloatRange(min=0)


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Check, run, list and mail the reports of a city-centre programme."""


main.add_command(send)
main.add_command(sent)


@main.command()
@click.argument("programme")
@LANGUAGE
@DATA
def check(programme: str, language: str, data: Path | None) -> None:
    """Check the tables of PROGRAMME: every fault at once, or a summary."""
    words = Words(language)
    with telling(words):
        from binnenstad.programme import check_programme, find_programme

        folder = find_programme(programme, data)
        checked = check_programme(folder, language)
    from binnenstad.costs.money import published_totals, reconcile
    from binnenstad.costs.say.reconciliation import budget_adds_up, describe_totals

    click.echo(words.say("{title}: no faults.", title=checked.title))
    empty = words.say("empty")
    for name, table in checked.tables.items():
        rows = words.say_many("{count} row", "{count} rows", len(table))
        click.echo(f"  {name:<18} {rows if len(table) else empty:>10}")
    values = checked["measurements"]
    if len(values):
        first, last = (words.date(day) for day in (values["date"].min(), values["date"].max()))
        click.echo(
            words.say(
                "Measured from {first} to {last}; {count} illustrative.",
                first=first,
                last=last,
                count=words.number(values["illustrative"].sum()),
            )
        )
    click.echo(
        words.say(
            "Budget: {amount}, {start}-{end}.",
            amount=words.eur(checked["budget"]["amount_eur"].sum()),
            start=checked.start.year,
            end=checked.end.year,
        )
    )

    click.echo(
        f"{words.say('Does it add up?')} {budget_adds_up(reconcile(checked['budget'], checked['payments']), words)}"
    )
    for line in describe_totals(published_totals(checked["budget"], checked["budget_totals"]), words):
        click.echo(line)


def _plan_options(command: Callable[..., None]) -> Callable[..., None]:
    options = [
        click.option("--only", multiple=True, metavar="REPORT", help="Only this report; can be repeated."),
        click.option("--partner", "partners", multiple=True, metavar="ID", help="Only this partner; can be repeated."),
        click.option("--as-of", default="", metavar="DATE", help="Use what was published by this day (yyyy-mm-dd)."),
        click.option(
            "-p", "--parameter", "parameters", multiple=True, metavar="NAME=VALUE", help="An extra notebook parameter."
        ),
        click.option("--engine", type=click.Choice(["", "kernel"]), default="", help="kernel: papermill's own."),
        click.option("--out", type=FOLDER, help="Where to (default: reports/ beside data/)."),
        click.option("--despite-faults", is_flag=True, help="Set goals with faulty input apart instead of refusing."),
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
@click.argument("programmes", metavar="PROGRAMME...", nargs=-1, required=True)
@click.option(
    "--period", "periods", multiple=True, required=True,
    help="Quarter (2019Q4), year (2019) or range (2019Q1:2019Q4); can be repeated.",
)  # fmt: skip
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count(),
    show_default="processors",
    help="Reports at the same time.",
)
@click.option("--force", is_flag=True, help="Also make what is unchanged.")
@click.option("--pdf", is_flag=True, help="Also a PDF beside each report (needs the extra: binnenstad[pdf]).")
@click.option("--why", is_flag=True, help="Say why each report is made or skipped.")
@click.option("--cell-limit", type=SECONDS, default=120, show_default=True, help="Seconds for a cell; 0: no limit.")
@click.option("--report-limit", type=SECONDS, default=600, show_default=True, help="Seconds for a report.")
@click.option("--memory-limit", type=click.IntRange(min=0), default=4096, show_default=True, help="MB for a report.")
@click.option("--scheduler", default="", metavar="ADDRESS", help="Run on a Dask cluster (tcp://...:8786).")
@_plan_options
def run(
    jobs: int, force: bool, why: bool, pdf: bool, cell_limit: float, report_limit: float, memory_limit: int,
    scheduler: str,
    **request: Any,
) -> None:  # fmt: skip
    """Make the reports of each PROGRAMME for each period; what is unchanged stays as it is."""
    words = Words(request["languages"][0])
    with telling(words), _stopping(words):
        asked = _asked(request)
        ledger = asked.ledger()
        if not (force or pdf) and _nothing_to_do(asked, ledger, why, words):
            return
        # before the library, notebooks and tables are read
        ledger.hold(asked.rests_on())
        stay_single()
        if not scheduler:
            from binnenstad.batch.run import warm_up

            # the server of report processes imports while this process plans
            warm_up()
        _collect_less()
        planned = asked.plan()
        from binnenstad.batch.job import Limits
        from binnenstad.batch.perform import Performance
        from binnenstad.batch.printing import print_reports

        progress = Progress(words, planned, why)
        performance = Performance(
            asked, ledger, planned, progress.plan, progress.start, progress.done, progress.cold,
            Limits(cell_limit, report_limit, memory_limit), jobs, force,
        )  # fmt: skip
        try:
            index = performance.perform(_cluster(scheduler) if scheduler else None)
        finally:
            progress.end()
        if pdf:
            print_reports(asked.out_folder, [job.id for job in planned])
    click.echo(words.say("Open {path}", path=near(index)))
    for outcome in performance.bad:
        click.echo(f"{progress.names[outcome.id]}: {say_status(outcome, words)}: {outcome.error}", err=True)
        if outcome.notebook:
            kept = near(asked.out_folder / Path(outcome.id).parent / outcome.notebook)
            click.echo("  " + words.say("the notebook is kept in {path}", path=kept), err=True)
    sys.exit(1 if performance.bad else 0)


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


def _collect_less() -> None:
    """Have the garbage collector pass over what stays: to look through the imports is a quarter of a short run."""
    import binnenstad.batch.plan  # noqa: F401

    gc.freeze()
    gc.set_threshold(5000, 10, 10)
    atexit.register(gc.freeze)


def _asked(request: dict[str, Any]) -> Request:
    if request["despite_faults"]:
        # the reports are made in processes of their own, which read the programme again
        os.environ[DESPITE_VARIABLE] = "1"
    return Request(**request)


def _nothing_to_do(asked: Request, ledger: Ledger, why: bool, words: Words) -> bool:
    """Say so, and return whether, the same was asked before and nothing has changed since."""
    reports = ledger.planned(asked.key())
    if not reports or any(ledger.why(report) for report in reports):
        return False
    folders = {asked.out_folder / Path(report).parent for report in reports}
    index = (folders.pop() if len(folders) == 1 else asked.out_folder) / "index.html"
    if not (index.exists() and index.with_name("run.json").exists()):
        return False
    for report in reports if why else []:
        click.echo(words.say("{report}: skipped, nothing has changed", report=report.removesuffix(".html")))
    click.echo(say_unchanged(len(reports), words))
    click.echo(words.say("Open {path}", path=near(index)))
    return True


def _cluster(address: str) -> Any:
    from binnenstad.batch.cluster import on_cluster

    return on_cluster(address)


@main.command("list")
@click.argument("programmes", metavar="PROGRAMME...", nargs=-1, required=True)
@click.option(
    "--period", "periods", multiple=True, help="Quarter, year or range; default: the last quarter measured."
)  # fmt: skip
@_plan_options
def list_(**request: Any) -> None:
    """Show which reports would be made, without making them."""
    with telling(Words(request["languages"][0])):
        planned = _asked(request).plan()
    for job in planned:
        parameters = ", ".join(f"{name}={value}" for name, value in job.parameters.items() if value != "")
        click.echo(f"{job.report:<10} {near(job.out / job.file)}  ({job.notebook.name}: {parameters})")
