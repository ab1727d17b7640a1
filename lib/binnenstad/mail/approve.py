"""Approving a mailing: show it first, ask, send it, and tell what became of it."""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Mapping, Sequence
from contextlib import closing
from functools import partial
from pathlib import Path

import click

from binnenstad.mail.compose import Mailing, Message, Request, compose
from binnenstad.mail.ledger import Ledger
from binnenstad.mail.preview import preview_page, write_preview
from binnenstad.mail.send import refuse_too_large, send_mailing
from binnenstad.mail.settings import FILE, read_settings
from binnenstad.programme.checked import check_programme
from binnenstad.programme.folders import find_programme
from binnenstad.words import Words, parse_period
from binnenstad.words.addresses import is_address
from binnenstad.words.command_line import near
from binnenstad.words.errors import UsageError

LEDGER = "mail-ledger.sqlite"


def find_reports(programme: str, period: str, out: Path | None, data: Path | None) -> tuple[Path, Path]:
    """Return the folder of a programme and that of its reports on a period; raises ``UsageError`` as they do."""
    folder = find_programme(programme, data)
    return folder, (out or folder.resolve().parents[1] / "reports") / folder.name / str(parse_period(period))


def approve(
    folder: Path, place: Path, words: Words, command: str, fingerprint: str, test: str, again: bool, asked: list[str]
) -> int:
    """Preview the mailing of a programme; or send it to a ``test`` address, or under its approved ``fingerprint``.

    ``command`` is how this was asked, to be given again; ``again`` and ``asked`` (recipient ids) say who is to get
    the same once more. Returns the exit code; raises ``UsageError`` or ``MailRefused`` for what cannot be sent.
    """
    if test and not is_address(test):
        raise UsageError("{text!r} is no e-mail address", text=test)
    checked = check_programme(folder, words.language)
    settings = read_settings(folder.resolve().parents[1] / FILE, words)
    request = Request(checked, place, settings, words, test, again or bool(test), asked)
    with closing(Ledger(place.parent / LEDGER, place.name, write=bool(fingerprint))) as ledger:
        mailing = compose(request, ledger)
        if test:
            return _test(request, mailing)
        if not fingerprint:
            return _preview(request, ledger, mailing, command)
        if mailing.fingerprint != fingerprint or not preview_page(place, fingerprint).exists():
            raise UsageError(
                "{given} is not what would be sent now; look at the preview first: {command}",
                given=fingerprint,
                command=command,
            )
        return _send(request, ledger, mailing)


def _preview(request: Request, ledger: Ledger, mailing: Mailing, command: str) -> int:
    words, states = request.words, _states(ledger, mailing)
    refuse_too_large(mailing.messages, request.settings)
    page = write_preview(request.place, mailing, {name: _spoken(states[name], words) for name in states}, words)
    if names := ", ".join([*mailing.unchanged, *(name for name, state in states.items() if state == "sent")]):
        click.echo(words.say("Nothing changed since the last mailing, so not sent again: {names}.", names=names))
    waiting = list(states.values()).count("planned")
    click.echo(words.say_many("{count} message would be sent.", "{count} messages would be sent.", waiting))
    _tell_uncertain(states, words)
    click.echo(words.say("Open {path}", path=near(page)))
    if waiting:
        click.echo(words.say("To send exactly this: {command}", command=f"{command} --send {mailing.fingerprint}"))
    return 0


def _test(request: Request, mailing: Mailing) -> int:
    # the ledger of a test is forgotten
    with closing(Ledger(Path(":memory:"), request.place.name)) as ledger:
        send_mailing(ledger, mailing, request.settings, partial(_tell, request.words))
        sent = list(_states(ledger, mailing).values()).count("sent")
    click.echo(request.words.say_many("{count} test message sent.", "{count} test messages sent.", sent))
    return 0 if sent == len(mailing.messages) else 1


def _send(request: Request, ledger: Ledger, mailing: Mailing) -> int:
    words, states = request.words, _states(ledger, mailing)
    if strange := sorted(set(request.by_name) - states.keys()):
        raise UsageError("{names} is no recipient of this mailing", names=", ".join(strange))
    once_more = [name for name in set(request.by_name) if states[name] in ("uncertain", "refused")]
    waiting = [
        one for one in mailing.messages if states[one.recipient.id] == "planned" or one.recipient.id in once_more
    ]
    if waiting:
        _ask(waiting, words)
        for name in once_more:
            ledger.plan_again(mailing.number, name)
        try:
            send_mailing(ledger, mailing, request.settings, partial(_tell, words))
        except KeyboardInterrupt:
            click.echo(words.say("Stopped; the ledger says what was sent."), err=True)
            return 130
    return _tell_result(_states(ledger, mailing), words)


def _tell_result(states: Mapping[str, str], words: Words) -> int:
    """Tell how a mailing stands; return 0 only if every message was sent."""
    for state, count in sorted(Counter(states.values()).items()):
        click.echo(f"{_spoken(state, words)}: {words.number(count)}")
    _tell_uncertain(states, words)
    if "planned" in states.values():
        click.echo(words.say("Not everything is sent yet; give the same command again later."), err=True)
    return 0 if set(states.values()) <= {"sent"} else 1


def _ask(messages: Sequence[Message], words: Words) -> None:
    """List who gets what and ask for a typed yes; raises ``UsageError`` without a person at a terminal."""
    if not sys.stdin.isatty():
        raise UsageError("sending asks for a typed yes, so it needs a terminal; nothing was sent")
    for message in messages:
        one = message.recipient
        click.echo(f"  {one.id:<24} {one.name} <{one.address}>  {', '.join(message.attachments) or '–'}")
    yes, count = words.say("yes"), len(messages)
    question = words.say_many("Send {count} message? Type {yes}", "Send {count} messages? Type {yes}", count, yes=yes)
    if click.prompt(question, default="", show_default=False).strip().lower() != yes:
        raise UsageError("not approved; nothing was sent")


def show_ledger(place: Path, words: Words) -> None:
    """Show what was mailed to whom of the reports in a folder, and what became of it."""
    with closing(Ledger(place.parent / LEDGER, place.name)) as ledger:
        lines, mailings = ledger.deliveries(), ledger.mailings()
    for key, (fingerprint, date) in mailings.items():
        of = {"number": words.number(key), "fingerprint": fingerprint, "date": date}
        click.echo(words.say("Mailing {number}, {fingerprint}, begun {date}", **of))
        for line in lines:
            if line.number == key:
                click.echo(f"  {line.recipient:<24} {_spoken(line.state, words):<18} {line.code}".rstrip())
    if not lines:
        click.echo(words.say("Nothing was mailed yet."))
    _tell_uncertain({line.recipient: line.state for line in lines}, words)


def _states(ledger: Ledger, mailing: Mailing) -> dict[str, str]:
    """Return how each recipient of a mailing stands in the ledger; planned before it begins."""
    states = {message.recipient.id: "planned" for message in mailing.messages}
    return states | {line.recipient: line.state for line in ledger.deliveries() if line.number == mailing.number}


def _tell(words: Words, recipient: str, state: str, code: str) -> None:
    click.echo(f"  {recipient:<24} {_spoken(state, words)} ({code})")


def _tell_uncertain(states: Mapping[str, str], words: Words) -> None:
    """Name the recipients who may or may not have their mail, if any."""
    if names := ", ".join(name for name, state in states.items() if state in ("uncertain", "busy")):
        click.echo(
            words.say(
                "Uncertain, the server took it or not: {names}. Ask the recipient; then, if need be, --resend NAME.",
                names=names,
            )
        )


def _spoken(state: str, words: Words) -> str:
    return {
        "planned": words.say("to be sent"),
        "busy": words.say("being sent"),
        "sent": words.say("sent"),
        "refused": words.say("refused by the server"),
        "uncertain": words.say("uncertain"),
        "dropped": words.say("dropped: a newer mailing came"),
    }[state]
