"""The commands ``send`` and ``sent``: their arguments, into one call."""

from __future__ import annotations

import shlex
from typing import Any

import click

from binnenstad.words import Words
from binnenstad.words.command_line import DATA, FOLDER, LANGUAGE, say_errors
from binnenstad.words.errors import UsageError

PERIOD = click.option("--period", required=True, help="Quarter (2019Q4) or year (2019).")
OUT = click.option("--out", type=FOLDER, help="Where the reports are (default: reports/ beside data/).")


@click.command()
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
        # who only asks for help should not wait for pandas
        from binnenstad.mail.approve import Places, approve

        # what was asked, less what says that it really is to send
        command = ["binnenstad", "send", where["programme"], "--period", where["period"], *["--again"] * again]
        command += [part for name in resend for part in ("--resend", name)]
        command += [part for name in ("out", "data") if where[name] for part in (f"--{name}", str(where[name]))]
        raise SystemExit(approve(Places(**where), words, shlex.join(command), fingerprint, test, again, list(resend)))
