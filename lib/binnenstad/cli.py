"""The command line: arguments into one call, and what came of it in words."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from binnenstad import __file__ as package
from binnenstad import __version__
from binnenstad.errors import BinnenstadError, UsageError
from binnenstad.text import LANGUAGES, Words

if TYPE_CHECKING:
    from binnenstad.batch import Job, Outcome

LIBRARY = Path(package).parent
LANGUAGE = click.option(
    "--language",
    type=click.Choice(LANGUAGES),
    default="nl",
    show_default=True,
    help="Language of messages and reports.",
)
FOLDER = click.Path(file_okay=False, path_type=Path)
DATA = click.option(
    "--data", type=click.Path(file_okay=False, path_type=Path), help="Folder with the programmes (default: data/)."
)


class _Told(click.ClickException):
    """An error of ours: its text is all there is to say."""

    def show(self, file: Any = None) -> None:
        """Print the message as it is."""
        click.echo(self.message, err=True)


@contextmanager
def _telling(words: Words) -> Iterator[None]:
    try:
        yield
    except UsageError as error:
        raise _Told(words.say(error.message, **error.values)) from error
    except BinnenstadError as error:
        raise _Told(str(error)) from error


@click.group()
@click.version_option(__version__)
def main() -> None:
    """Check, run and list the reports of a city-centre programme."""


@main.command()
@click.argument("programme")
@LANGUAGE
@DATA
def check(programme: str, language: str, data: Path | None) -> None:
    """Check the tables of PROGRAMME: every fault at once, or a summary."""
    words = Words(language)
    with _telling(words):
        from binnenstad.programme import check_programme, find_programme

        folder = find_programme(programme, data)
        checked = check_programme(folder, language)
    from binnenstad.finance import published_totals, reconcile
    from binnenstad.findings.money import adds_up
    from binnenstad.findings.published import describe_totals

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
    for line in describe_totals(published_totals(checked["budget"], checked["budget_totals"]), words):
        click.echo(line)


def _plan_options(command: Callable[..., None]) -> Callable[..., None]:
    options = [
        click.option("--only", multiple=True, metavar="REPORT", help="Only this report; can be repeated."),
        click.option("--as-of", default="", metavar="DATE", help="Use what was published by this day (yyyy-mm-dd)."),
        click.option("-p", "--parameter", multiple=True, metavar="NAME=VALUE", help="An extra notebook parameter."),
        click.option("--out", type=FOLDER, help="Where to (default: reports/ beside data/)."),
        click.option("--despite-faults", is_flag=True, help="Set goals with faulty input apart instead of refusing."),
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
@_plan_options
def run(jobs: int, **request: Any) -> None:
    """Make the reports of PROGRAMME for a period."""
    words = Words(request["language"])
    with _telling(words):
        planned = _plan(**request)
        from binnenstad import batch

        try:
            outcomes = _run(planned, jobs, words)
        except KeyboardInterrupt:
            click.echo(words.say("Stopped; what was ready has stayed."), err=True)
            sys.exit(130)
        index = batch.record(planned, outcomes)
    click.echo(words.say("Open {path}", path=_near(index)))
    bad = [outcome for outcome in outcomes if outcome.status != "ok"]
    for outcome in bad:
        click.echo(f"{outcome.report}: {_status(outcome, words)}: {outcome.error}", err=True)
        if outcome.notebook:
            kept = _near(index.parent / outcome.notebook)
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
    with _telling(Words(request["language"])):
        planned = _plan(**request)
    for job in planned:
        parameters = ", ".join(f"{name}={value}" for name, value in job.parameters.items() if value != "")
        click.echo(f"{job.report:<10} {_near(job.out / job.file)}  ({job.notebook.name}: {parameters})")


def _plan(
    programme: str, period: str, only: Sequence[str], as_of: str, parameter: Sequence[str], out: Path | None,
    language: str, data: Path | None, despite_faults: bool,
) -> list[Job]:  # fmt: skip
    from binnenstad.programme import DESPITE_VARIABLE, check_programme, data_root, find_programme
    from binnenstad.text import parse_period

    if period:
        parse_period(period)
    strange = [text for text in parameter if "=" not in text]
    if strange:
        raise UsageError("parameter {names} must be written as NAME=VALUE", names=", ".join(strange))
    if despite_faults:
        # the reports are made in processes of their own, which read the programme again
        os.environ[DESPITE_VARIABLE] = "1"
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


def _near(path: Path) -> str:
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
