"""The commands ``send`` and ``sent``: show first, ask, send, and tell what became of it."""

from __future__ import annotations

import datetime as dt
import shlex
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from email.utils import format_datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from binnenstad.mail.account import state_word, uncertain_lines
from binnenstad.words import Words, parse_period
from binnenstad.words.errors import UsageError
from binnenstad.words.telling import DATA, FOLDER, LANGUAGE, near, telling

if TYPE_CHECKING:
    from binnenstad.mail.drafts import Request
    from binnenstad.mail.ledger import Ledger
    from binnenstad.mail.mailing import Mailing, Message

LEDGER = "mail-ledger.sqlite"
PERIOD = click.option("--period", required=True, help="Quarter (2019Q4) or year (2019).")
OUT = click.option("--out", type=FOLDER, help="Where the reports are (default: reports/ beside data/).")


@dataclass(frozen=True)
class _Task:
    """One call of ``send``: where everything is, and what was asked."""

    place: Path
    request: Request
    ledger: Ledger
    words: Words
    command: str


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
def send(fingerprint: str, test: str, again: bool, resend: tuple[str, ...], **where: Any) -> None:
    """Mail the reports of PROGRAMME; without --send or --test only a preview is made."""
    words = Words(where["language"])
    with telling(words), _task(test, write=bool(fingerprint), **where) as task:
        from binnenstad.mail.mailing import compose

        if fingerprint and test:
            raise UsageError("choose --send or --test, not both")
        mailing = compose(task.request, task.ledger, again=again or bool(test), by_name=resend)
        if test:
            _test(task, mailing, test)
        elif fingerprint:
            _send(task, mailing, fingerprint, resend)
        else:
            _preview(task, mailing)


@click.command()
@click.argument("programme")
@PERIOD
@OUT
@LANGUAGE
@DATA
def sent(programme: str, period: str, out: Path | None, language: str, data: Path | None) -> None:
    """Show the ledger: what was mailed to whom (ids, no addresses) and what became of it."""
    words = Words(language)
    with telling(words):
        from binnenstad.mail.ledger import Ledger
        from binnenstad.programme import find_programme

        folder = find_programme(programme, data)
        place = _place(folder, parse_period(period), out)
        ledger = Ledger(place.parent / LEDGER, place.name)
        lines = ledger.deliveries()
        for number in dict.fromkeys(line.number for line in lines):
            head = words.say("Mailing {number}, {fingerprint}, begun {date}", number=words.number(number),
                             fingerprint=ledger.fingerprint(number), date=ledger.date(number))  # fmt: skip
            click.echo(head)
            for line in lines:
                if line.number == number:
                    click.echo(f"  {line.recipient:<24} {state_word(line.state, words):<18} {line.code}".rstrip())
        ledger.close()
        if not lines:
            click.echo(words.say("Nothing was mailed yet."))
        _tell(uncertain_lines({line.recipient: line.state for line in lines}, words))


def _place(folder: Path, period: Any, out: Path | None) -> Path:
    return (out or folder.resolve().parents[1] / "reports") / folder.name / str(period)


@contextmanager
def _task(
    test: str, programme: str, period: str, out: Path | None, language: str, data: Path | None, *, write: bool
) -> Iterator[_Task]:
    from binnenstad.mail.drafts import Request
    from binnenstad.mail.ledger import Ledger
    from binnenstad.mail.outputs import Outputs
    from binnenstad.mail.settings import FILE, read_settings
    from binnenstad.page.pdf import render_pdf
    from binnenstad.programme import check_programme, find_programme
    from binnenstad.programme.addresses import is_address

    words = Words(language)
    if test and not is_address(test):
        raise UsageError("{text!r} is no e-mail address", text=test)
    folder = find_programme(programme, data)
    place = _place(folder, parse_period(period), out)
    checked = check_programme(folder, language, anew=True)
    settings = read_settings(folder.resolve().parents[1] / FILE, words)
    outputs = Outputs(place, checked.delivered, words)
    request = Request(checked, place.name, outputs, settings, words, render_pdf, test)
    ledger = Ledger(place.parent / LEDGER, place.name, write=write)
    try:
        yield _Task(place, request, ledger, words, _command())
    finally:
        ledger.close()


def _command() -> str:
    """Return the command that was given, less what says that it really is to send."""
    given = dict(click.get_current_context().params)
    parts = ["binnenstad", "send", given["programme"], "--period", given["period"]]
    parts += ["--again"] * given["again"] + [part for name in given["resend"] for part in ("--resend", name)]
    parts += [part for name in ("out", "data") if given[name] for part in (f"--{name}", str(given[name]))]
    return shlex.join(parts)


def _preview(task: _Task, mailing: Mailing) -> None:
    from binnenstad.mail.preview import write_preview
    from binnenstad.mail.sending import refuse_too_large

    words, settings = task.words, task.request.settings
    refuse_too_large(mailing.messages, settings.size_limit_mb * 1_000_000)
    states = _states(task, mailing)
    page = write_preview(task.place, mailing, {name: state_word(state, words) for name, state in states.items()}, words)
    unchanged = [one.id for one in mailing.unchanged] + [name for name, state in states.items() if state == "sent"]
    _tell_unchanged(unchanged, words)
    waiting = [message for message in mailing.messages if states.get(message.recipient.id, "planned") == "planned"]
    click.echo(words.say_many("{count} message would be sent.", "{count} messages would be sent.", len(waiting)))
    _tell(uncertain_lines(states, words))
    click.echo(words.say("Open {path}", path=near(page)))
    if waiting:
        click.echo(words.say("To send exactly this: {command}", command=f"{task.command} --send {mailing.fingerprint}"))


def _test(task: _Task, mailing: Mailing, address: str) -> None:
    from binnenstad.mail.sending import send_test

    heard = Counter[str]()
    send_test(mailing, address, task.request.settings, _now(), _teller(task.words, heard))
    click.echo(task.words.say_many("{count} test message sent.", "{count} test messages sent.", heard["sent"]))
    sys.exit(0 if heard["sent"] == len(mailing.messages) else 1)


def _send(task: _Task, mailing: Mailing, fingerprint: str, resend: Sequence[str]) -> None:
    from binnenstad.mail.preview import preview_page
    from binnenstad.mail.sending import send_mailing

    words, ledger = task.words, task.ledger
    if mailing.fingerprint != fingerprint or not preview_page(task.place, fingerprint).exists():
        raise UsageError(
            "{given} is not what would be sent now; look at the preview first: {command}",
            given=fingerprint,
            command=task.command,
        )
    waiting, asked = _waiting(task, mailing, resend)
    if waiting:
        _ask(waiting, words)
        for name in asked:
            ledger.plan_again(mailing.number, name)
        try:
            send_mailing(ledger, mailing, task.request.settings, _now(), _teller(words, Counter()))
        except KeyboardInterrupt:
            click.echo(words.say("Stopped; the ledger says what was sent."), err=True)
            sys.exit(130)
    sys.exit(_tell_result(task, mailing))


def _waiting(task: _Task, mailing: Mailing, resend: Sequence[str]) -> tuple[list[Message], list[str]]:
    """Return the messages still to be sent, and which of them only because they are asked for by name."""
    strange = sorted(set(resend) - {message.recipient.id for message in mailing.messages})
    if strange:
        raise UsageError("{names} is no recipient of this mailing", names=", ".join(strange))
    states = _states(task, mailing)
    asked = sorted(name for name in set(resend) if states.get(name) in ("uncertain", "refused"))
    planned = [one for one in mailing.messages if states.get(one.recipient.id, "planned") == "planned"]
    return planned + [one for one in mailing.messages if one.recipient.id in asked], asked


def _tell_result(task: _Task, mailing: Mailing) -> int:
    """Tell how a mailing stands, and return the exit code: 0 only if every message was sent."""
    words, states = task.words, _states(task, mailing)
    for state, count in sorted(Counter(states.values()).items()):
        click.echo(f"{state_word(state, words)}: {words.number(count)}")
    _tell(uncertain_lines(states, words))
    if "planned" in states.values():
        click.echo(words.say("Not everything is sent yet; give the same command again later."), err=True)
    return 0 if set(states.values()) <= {"sent"} else 1


def _ask(messages: Sequence[Message], words: Words) -> None:
    """List who gets what and ask for a typed yes; raises ``UsageError`` without a person at a terminal."""
    if not sys.stdin.isatty():
        raise UsageError("sending asks for a typed yes, so it needs a terminal; nothing was sent")
    for message in messages:
        one = message.recipient
        attached = ", ".join(attachment.name for attachment in message.attachments) or "–"
        click.echo(f"  {one.id:<24} {one.name} <{one.address}>  {attached}")
    yes = words.say("yes")
    question = words.say_many("Send {count} message? Type {yes}", "Send {count} messages? Type {yes}",
                              len(messages), yes=yes)  # fmt: skip
    if click.prompt(question, default="", show_default=False).strip().lower() != yes:
        raise UsageError("not approved; nothing was sent")


def _states(task: _Task, mailing: Mailing) -> dict[str, str]:
    """Return how each recipient of a mailing stands in the ledger; nothing for one that has not begun."""
    lines = [line for line in task.ledger.deliveries() if line.number == mailing.number]
    return {line.recipient: line.state for line in lines}


def _teller(words: Words, counted: Counter[str]) -> Any:
    def _heard(recipient: str, state: str, code: str) -> None:
        counted[state] += 1
        click.echo(f"  {recipient:<24} {state_word(state, words)} ({code})")

    return _heard


def _tell_unchanged(names: Sequence[str], words: Words) -> None:
    if names:
        listed = ", ".join(names)
        click.echo(words.say("Nothing changed since the last mailing, so not sent again: {names}.", names=listed))


def _tell(lines: Sequence[str]) -> None:
    for line in lines:
        click.echo(line)


def _now() -> str:
    return format_datetime(dt.datetime.now(dt.UTC))
