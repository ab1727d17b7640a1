"""What commands share: how they tell an error, name a file, and ask for programme and language."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import click

from binnenstad.words import LANGUAGES, Words
from binnenstad.words.errors import BinnenstadError, UsageError

FOLDER = click.Path(file_okay=False, path_type=Path)
LANGUAGE = click.option(
    "--language", type=click.Choice(LANGUAGES), default="nl", show_default=True,
    help="Language of messages and reports.",
)  # fmt: skip
DATA = click.option("--data", type=FOLDER, help="Folder with the programmes (default: data/).")


@contextmanager
def say_errors(words: Words) -> Iterator[None]:
    """Tell an error of ours in the reader's language, and end with 1."""
    try:
        yield
    except BinnenstadError as error:
        text = words.say(error.message, **error.values) if isinstance(error, UsageError) else str(error)
        click.echo(text, err=True)
        raise click.exceptions.Exit(1) from error


def near(path: Path) -> str:
    """Return a path as seen from here, if it lies below."""
    here = Path.cwd()
    return str(path.relative_to(here)) if path.is_relative_to(here) else str(path)
