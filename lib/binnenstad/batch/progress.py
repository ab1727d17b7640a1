"""What a researcher sees of a batch while it runs."""

from __future__ import annotations

import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from binnenstad.words import Words
from binnenstad.words.command_line import near

if TYPE_CHECKING:
    from binnenstad.batch.plan import Job
    from binnenstad.batch.run import Outcome


def say_unchanged(count: int, words: Words) -> str:
    """Return how many reports stay as they are."""
    return words.say_many(
        "{count} report is unchanged and stays as it is.", "{count} reports are unchanged and stay as they are.", count
    )


class Progress:
    """What a researcher sees: why reports are made, then a bar, or a line for each.

    ``reasons`` holds why each job is made, by id; nothing for one that stays as it is.
    """

    def __init__(self, words: Words, jobs: Sequence[Job], reasons: Mapping[str, str], why: bool):
        self._words = words
        several = len({job.out for job in jobs}) > 1
        self._names = {job.id: (job.id if several else job.file).removesuffix(".html") for job in jobs}
        for name, reason in zip(self._names.values(), reasons.values(), strict=True) if why else ():
            made = words.say("{report}: made, because {reason}", report=name, reason=reason)
            click.echo(made if reason else words.say("{report}: skipped, nothing has changed", report=name))
        todo = sum(map(bool, reasons.values()))
        if todo < len(jobs):
            click.echo(say_unchanged(len(jobs) - todo, words))
        self.bar: Any = click.progressbar(
            length=todo, label=words.say("Making reports"), file=sys.stderr, show_pos=True,
            hidden=not (todo and sys.stderr.isatty()), item_show_func=lambda name: name,
        )  # fmt: skip

    def done(self, job: Job, outcome: Outcome) -> None:
        """Show that a report is ready, or not."""
        name, words = self._names[job.id], self._words
        self.bar.update(1, name)
        if self.bar.hidden:
            click.echo(f"{name}: {_status(outcome.status, words)} ({words.number(outcome.seconds, 1)} s)")

    def conclude(self, index: Path, bad: Sequence[tuple[Job, Outcome]]) -> None:
        """Say what to open, and last which reports could not be made, why, and where their notebooks are."""
        words = self._words
        click.echo(words.say("Open {path}", path=near(index)))
        for job, outcome in bad:
            click.echo(f"{self._names[job.id]}: {_status(outcome.status, words)}: {outcome.error}", err=True)
            if job.failed in outcome.files:
                kept = near(job.out / job.failed)
                click.echo("  " + words.say("the notebook is kept in {path}", path=kept), err=True)


def _status(status: str, words: Words) -> str:
    return {"ok": words.say("ready"), "failed": words.say("failed"), "refused": words.say("refused")}[status]
