"""The command line: arguments into one call, and what came of it in words."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from binnenstad import __file__ as package
from binnenstad import __version__
from binnenstad.errors import UsageError
from binnenstad.posting import send, sent
from binnenstad.telling import DATA, FOLDER, LANGUAGE, near, telling
from binnenstad.text import Words

if TYPE_CHECKING:
    from binnenstad.batch import Job, Outcome

LIBRARY = Path(package).parent


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
    from binnenstad.finance import reconcile
    from binnenstad.findings.money import adds_up

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

    click.echo(f"{words.say('Does it add up?')} {adds_up(reconcile(checked['budget'], checked['payments']), words)}")


def _plan_options(command: Callable[..., None]) -> Callable[..., None]:
    options = [
        click.option("--only", multiple=True, metavar="REPORT", help="Only this report; can be repeated."),
        click.option("--as-of", default="", metavar="DATE", help="Use what was published by this day (yyyy-mm-dd)."),
        click.option("-p", "--parameter", multiple=True, metavar="NAME=VALUE", help="An extra notebook parameter."),
        click.option("--out", type=FOLDER, help="Where to (default: reports/ beside data/)."),
        LANGUAGE, DATA,
    ]  # fmt: skip
    for option in reversed(options):
        command = option(command)
    return command


@main.command()
@click.argument("programme")
@click.option("--period", required=True, help="Quarter (2019Q4) or year (2019).")
@click.option(
    "--jobs",
    type=click.IntRange(min=1),
    default=os.cpu_count(),
    show_default="processors",
    help="Reports at the same time.",
)
@click.option("--pdf", is_flag=True, help="Also a PDF beside each report (needs the extra: binnenstad[pdf]).")
@_plan_options
def run(jobs: int, pdf: bool, **request: Any) -> None:
    """Make the reports of PROGRAMME for a period."""
    words = Words(request["language"])
    with telling(words):
        planned = _plan(**request)
        from binnenstad import batch

        try:
            outcomes = _run(planned, jobs, words)
        except KeyboardInterrupt:
            click.echo(words.say("Stopped; what was ready has stayed."), err=True)
            sys.exit(130)
        index = batch.record(planned, outcomes)
        batch.print_reports(index.parent, outcomes, wanted=pdf)
    click.echo(words.say("Open {path}", path=near(index)))
    bad = [outcome for outcome in outcomes if outcome.status != "ok"]
    for outcome in bad:
        click.echo(f"{outcome.report}: {_status(outcome, words)}: {outcome.error}", err=True)
        if outcome.notebook:
            kept = near(index.parent / outcome.notebook)
            click.echo("  " + words.say("the notebook is kept in {path}", path=kept), err=True)
    sys.exit(1 if bad else 0)


def _status(outcome: Outcome, words: Words) -> str:
    return {"ok": words.say("ready"), "failed": words.say("failed"), "refused": words.say("refused")}[outcome.status]


@main.command("list")
@click.argument("programme")
@click.option("--period", default="", help="Quarter (2019Q4) or year (2019); default: the last one measured.")
@_plan_options
def list_(**request: Any) -> None:
    """Show which reports would be made, without making them."""
    with telling(Words(request["language"])):
        planned = _plan(**request)
    for job in planned:
        parameters = ", ".join(f"{name}={value}" for name, value in job.parameters.items() if value != "")
        click.echo(f"{job.report:<10} {near(job.out / job.file)}  ({job.notebook.name}: {parameters})")


def _plan(
    programme: str, period: str, only: Sequence[str], as_of: str, parameter: Sequence[str], out: Path | None,
    language: str, data: Path | None,
) -> list[Job]:  # fmt: skip
    from binnenstad.programme import check_programme, data_root, find_programme
    from binnenstad.text import parse_period

    if period:
        parse_period(period)
    strange = [text for text in parameter if "=" not in text]
    if strange:
        raise UsageError("parameter {names} must be written as NAME=VALUE", names=", ".join(strange))
    folder = find_programme(programme, data)
    checked = check_programme(folder, language)
    moment = checked.moment(period or checked.last_period(), as_of)
    from binnenstad import batch

    root = (data or data_root()).resolve().parent
    notebooks = root / "notebooks" if (root / "notebooks").is_dir() else LIBRARY.parents[1] / "notebooks"
    return batch.plan(
        folder, checked, moment, notebooks, out or root / "reports",
        language=language, as_of=as_of, only=only, parameters=dict(text.split("=", 1) for text in parameter),
    )  # fmt: skip


def _run(planned: Sequence[Job], jobs: int, words: Words) -> list[Outcome]:
    from binnenstad import batch

    if not sys.stderr.isatty():
        return batch.run(
            planned,
            jobs,
            lambda done: click.echo(f"{done.report}: {_status(done, words)} ({words.number(done.seconds, 1)} s)"),
        )
    label = words.say("Making reports")
    with click.progressbar(
        length=len(planned), label=label, file=sys.stderr, item_show_func=lambda item: item or ""
    ) as bar:
        return batch.run(planned, jobs, lambda done: bar.update(1, done.report))
