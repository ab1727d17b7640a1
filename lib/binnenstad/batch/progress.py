"""What a researcher sees of a batch while it runs."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from binnenstad.batch.reason import Reason
from binnenstad.words import Words

if TYPE_CHECKING:
    from binnenstad.batch.job import Job, Outcome


def say_unchanged(count: int, words: Words) -> str:
    """Return how many reports stay as they are."""
    return words.say_many(
        "{count} report is unchanged and stays as it is.", "{count} reports are unchanged and stay as they are.", count
    )


def say_status(outcome: Outcome, words: Words) -> str:
    """Return what became of a report, in a word."""
    return {
        "ok": words.say("ready"),
        "failed": words.say("failed"),
        "refused": words.say("refused"),
        "unfinished": words.say("unfinished"),
    }[outcome.status]


class Progress:
    """What a researcher sees of a batch: a bar with the report now running and the time left, or a line each."""

    def __init__(self, words: Words, planned: Sequence[Job], why: bool):
        self._words, self._planned, self._why = words, planned, why
        several = len({job.out for job in planned}) > 1
        self.names = {job.id: (job.id if several else job.file).removesuffix(".html") for job in planned}
        self._bar: Any = None
        self._running: list[str] = []

    def plan(self, todo: Sequence[Job], reasons: dict[str, Reason]) -> None:
        """Say what is to be made, and why."""
        words = self._words
        for job in self._planned if self._why else []:
            name, reason = self.names[job.id], reasons.get(job.id)
            again = words.say("{report}: made, because {reason}", report=name, reason=reason and reason.in_words(words))
            click.echo(again if reason else words.say("{report}: skipped, nothing has changed", report=name))
        for name in [job.id for job in self._planned if reasons.get(job.id) == Reason("unreadable")]:
            click.echo(
                words.say("The record of {report} could not be read; it is written anew.", report=name), err=True
            )
        if len(todo) < len(self._planned):
            click.echo(say_unchanged(len(self._planned) - len(todo), words))
        if todo and sys.stderr.isatty():
            label = words.say("Making reports")
            self._bar = click.progressbar(
                length=len(todo), label=label, file=sys.stderr, show_pos=True, item_show_func=lambda item: item or ""
            )
            self._bar.__enter__()

    def start(self, job: Job) -> None:
        """Show which reports are being made."""
        self._running.append(self.names[job.id])
        if self._bar:
            self._bar.update(0, ", ".join(self._running))
            self._bar.render_progress()

    def done(self, job: Job, outcome: Outcome) -> None:
        """Show that a report is ready, or not."""
        name, words = self.names[job.id], self._words
        self._running.remove(name)
        if self._bar:
            self._bar.update(1, ", ".join(self._running) or name)
        else:
            click.echo(f"{name}: {say_status(outcome, words)} ({words.number(outcome.seconds, 1)} s)")

    def cold(self) -> None:
        """Say that reports take longer than they could."""
        click.echo(
            self._words.say("The imports could not be done beforehand; each report does its own and takes longer."),
            err=True,
        )

    def end(self) -> None:
        """Leave the line of the bar."""
        if self._bar:
            self._bar.__exit__(None, None, None)
            self._bar = None
