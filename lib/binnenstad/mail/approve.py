"""Approving a mailing: show it first, ask, send it, and tell what became of it."""

from __future__ import annotations

import shutil
import sys
import time
from base64 import b64encode
from collections.abc import Mapping, Sequence
from contextlib import closing
from email.utils import parsedate_to_datetime
from functools import partial
from pathlib import Path
from typing import Any

import click

from binnenstad.mail.body import SPOKEN, TEMPLATES
from binnenstad.mail.compose import Mailing, Message, Request, compose
from binnenstad.mail.ledger import FORGOTTEN, Files, Ledger, read_bounces
from binnenstad.mail.say import not_previewed
from binnenstad.mail.send import refuse_too_large, send_mailing
from binnenstad.mail.settings import FILE, read_settings
from binnenstad.programme.checked import check_programme
from binnenstad.programme.folders import find_programme
from binnenstad.words import Words, parse_period
from binnenstad.words.addresses import is_address
from binnenstad.words.command_line import near
from binnenstad.words.errors import UsageError

LEDGER = "mail-ledger.sqlite"


class Places:
    """Where the mail of a programme stands: its tables, its reports on a period, and what nobody else may see.

    That last, previews and ledger, belongs to the programme and not to the reports: it stands in ``mail``, beside
    ``data``. Raises ``UsageError`` for an unknown programme and for a period that is none.
    """

    def __init__(self, programme: str, period: str, out: Path | None, data: Path | None):
        self.folder, self.period = find_programme(programme, data), str(parse_period(period))
        self.root, name = self.folder.resolve().parents[1], self.folder.name
        self.private, self.place = self.root / "mail" / name, (out or self.root / "reports") / name / self.period

    def ledger(self, *, write: bool = False) -> Ledger:
        """Return the ledger; raises ``UsageError`` as it does."""
        files = Files(self.private / LEDGER, self.folder / LEDGER, (self.place / LEDGER).with_suffix(".txt"))
        return Ledger(files, self.period, write=write)


def approve(places: Places, words: Words, call: str, fingerprint: str, test: str, again: bool, asked: list[str]) -> int:
    """Preview the mailing of a programme; or send it to a ``test`` address, or under its approved ``fingerprint``.

    ``call`` is how this was asked, to be given again; ``again`` and ``asked`` (recipient ids) say who is to get
    the same once more. Returns the exit code; raises ``UsageError`` or ``MailRefused`` for what cannot be sent.
    """
    if test and not is_address(test):
        raise UsageError("{text!r} is no e-mail address", text=test)
    checked, settings = check_programme(places.folder, words.language), read_settings(places.root / FILE, words)
    purge(places.private, settings.keep_days)
    request = Request(checked, places.place, settings, words, test, again or bool(test), asked)
    with closing(places.ledger(write=bool(fingerprint))) as ledger:
        mailing = compose(request, ledger)
        if test:
            return _test(request, mailing)
        page = preview_page(places.private, places.period, mailing.fingerprint)
        if not fingerprint:
            return _preview(request, ledger, mailing, page, call)
        if mailing.fingerprint != fingerprint or not page.exists():
            raise not_previewed(fingerprint, call)
        page.parent.touch()
        return _send(request, ledger, mailing)


def _preview(request: Request, ledger: Ledger, mailing: Mailing, page: Path, command: str) -> int:
    states = _states(ledger, mailing)
    refuse_too_large(mailing.messages, request.settings)
    write_preview(page, mailing, states, request.words, [known for known, _ in ledger.mailings().values()])
    _say("preview", request.words, mailing=mailing, states=states, page=near(page), command=command)
    return 0


def _test(request: Request, mailing: Mailing) -> int:
    # the ledger of a test is forgotten
    with closing(Ledger(FORGOTTEN, request.place.name)) as ledger:
        send_mailing(ledger, mailing, request.settings, partial(_say, "reply", request.words))
        sent = list(_states(ledger, mailing).values()).count("sent")
    click.echo(request.words.say_many("{count} test message sent.", "{count} test messages sent.", sent))
    return 0 if sent == len(mailing.messages) else 1


def _send(request: Request, ledger: Ledger, mailing: Mailing) -> int:
    words, known = request.words, _states(ledger, mailing)
    if strange := sorted(set(request.by_name) - known.keys()):
        raise UsageError("{names} is no recipient of this mailing", names=", ".join(strange))
    again = [name for name in set(request.by_name) if known[name] in ("uncertain", "refused", "bounced")]
    waiting = [one for one in mailing.messages if one.recipient.id in again or known[one.recipient.id] == "planned"]
    if waiting:
        _ask(waiting, not ledger.mailings(), words)
        for name in again:
            ledger.plan_again(mailing.number, name)
        try:
            send_mailing(ledger, mailing, request.settings, partial(_say, "reply", words))
        except KeyboardInterrupt:
            click.echo(words.say("Stopped; the ledger says what was sent."), err=True)
            return 130
    states = _states(ledger, mailing)
    _say("result", words, states=states | {name: "before" for name, was in known.items() if was == "sent"})
    return 0 if set(states.values()) <= {"sent"} else 1


def _ask(messages: Sequence[Message], first: bool, words: Words) -> None:
    """List who gets what and ask for a typed yes; raises ``UsageError`` without a person at a terminal."""
    if not sys.stdin.isatty():
        raise UsageError("sending asks for a typed yes, so it needs a terminal; nothing was sent")
    _say("question", words, messages=messages, first=first)
    yes, count = words.say("yes"), len(messages)
    question = words.say_many("Send {count} message? Type {yes}", "Send {count} messages? Type {yes}", count, yes=yes)
    if click.prompt(question, default="", show_default=False).strip().lower() != yes:
        raise UsageError("not approved; nothing was sent")


def show_ledger(places: Places, bounces: Path | None, words: Words) -> None:
    """Show what was mailed to whom of the reports on a period, and what became of it, ``bounces`` included."""
    with closing(places.ledger(write=bool(bounces))) as ledger:
        back = read_bounces(bounces, ledger, places.folder.name, places.period) if bounces else ([], [])
        lines, mailings = ledger.deliveries(), ledger.mailings()
    # what was dropped says nothing of the mailing before it
    states = {line.recipient: line.state for line in lines if line.state != "dropped"}
    _say("ledger", words, lines=lines, mailings=mailings, states=states, back=back, moment=parsedate_to_datetime)


def _states(ledger: Ledger, mailing: Mailing) -> dict[str, str]:
    """Return how each recipient of a mailing stands in the ledger; planned before it begins."""
    states = {message.recipient.id: "planned" for message in mailing.messages}
    return states | {line.recipient: line.state for line in ledger.deliveries() if line.number == mailing.number}


def _say(template: str, words: Words, **told: Any) -> None:
    click.echo(SPOKEN.get_template(f"{template}.txt.j2").render(words=words, **told), nl=False)


def preview_page(private: Path, period: str, fingerprint: str) -> Path:
    """Return where the preview of a mailing stands, below the private folder of its programme."""
    return private / period / fingerprint / "index.html"


def write_preview(page: Path, mailing: Mailing, states: Mapping[str, str], words: Words, begun: list[str]) -> None:
    """Write the preview of a mailing in the place of earlier ones that were not ``begun`` (fingerprints).

    Every message is there as .eml, and one page lists and shows them all; for the eyes of its maker only. ``states``
    is how each recipient id stands.
    """
    for old in set(page.parents[1].glob("*/")) - {page.parents[1] / known for known in begun}:
        shutil.rmtree(old)
    for folder in (page.parents[2], page.parents[1], page.parent):
        folder.mkdir(0o700, parents=True, exist_ok=True)
    told = {"words": words, "mailing": mailing, "states": states, "encode": b64encode}
    html = TEMPLATES.get_template("preview.html.j2").render(told) + "\n"
    files = {f"{message.recipient.id}.eml": message.content_bytes for message in mailing.messages}
    # last, for where this page is the mailing was previewed
    for name, content in (files | {page.name: html.encode()}).items():
        (page.parent / name).touch(0o600)
        (page.parent / name).write_bytes(content)
    page.parent.touch()


def purge(private: Path, days: int) -> None:
    """Remove the previews of a programme that were made, and sent if they were, more than so many days ago."""
    for folder in private.glob("*/*/"):
        if folder.stat().st_mtime < time.time() - days * 86_400:
            shutil.rmtree(folder)
