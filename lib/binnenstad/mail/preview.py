"""The preview: every message as .eml, and one page that lists and shows them all."""

from __future__ import annotations

import base64
import re
import shutil
import tempfile
from collections.abc import Mapping
from html import escape
from importlib.resources import files
from itertools import groupby
from pathlib import Path

from binnenstad.mail.drafts import Recipient
from binnenstad.mail.mailing import Mailing, Message
from binnenstad.words import Words


def preview_page(place: Path, fingerprint: str) -> Path:
    """Return where the preview of a mailing stands, below the folder of its period."""
    return place / "mail" / fingerprint / "index.html"


def write_preview(place: Path, mailing: Mailing, states: Mapping[str, str], words: Words) -> Path:
    """Write the preview of a mailing, whole or not at all, in the place of an earlier one; return its page.

    ``states`` says in words how each recipient id stands in the ledger.
    """
    place.mkdir(parents=True, exist_ok=True)
    fresh = Path(tempfile.mkdtemp(prefix=".mail-", dir=place))
    try:
        page = preview_page(fresh, mailing.fingerprint)
        page.parent.mkdir(parents=True)
        for message in mailing.messages:
            (page.parent / f"{message.recipient.id}.eml").write_bytes(message.content_bytes)
        page.write_text(_page(mailing, states, words), encoding="utf-8", newline="\n")
        shutil.rmtree(place / "mail", ignore_errors=True)
        (fresh / "mail").rename(place / "mail")
    finally:
        shutil.rmtree(fresh, ignore_errors=True)
    return preview_page(place, mailing.fingerprint)


def _page(mailing: Mailing, states: Mapping[str, str], words: Words) -> str:
    say = words.say
    title = say("Mailing {number}: what would be sent", number=words.number(mailing.number))
    count = words.say_many("{count} message.", "{count} messages.", len(mailing.messages))
    facts = [f"{count} {say('Fingerprint: {fingerprint}', fingerprint=mailing.fingerprint)}"]
    facts += [say("Nothing changed since the last mailing, so not sent again: {names}.",
                  names=", ".join(one.id for one in mailing.unchanged))] if mailing.unchanged else []  # fmt: skip
    left_out = dict.fromkeys(heading for message in mailing.messages for heading in message.body.left_out)
    facts += [say("Too long for the mail, only in the report: {names}.", names="; ".join(left_out))] if left_out else []
    return (
        f'<!DOCTYPE html>\n<html lang="{words.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        '<meta http-equiv="Content-Security-Policy" content="default-src \'none\'; img-src data:; '
        "style-src 'unsafe-inline'\">"
        f"<title>{escape(title)}</title><style>{_style()}</style></head><body><main><h1>{escape(title)}</h1>"
        + "".join(f"<p>{escape(fact)}</p>" for fact in facts)
        + _list(mailing, states, words)
        + "".join(_shown(number, group, words) for number, group in enumerate(_alike(mailing), start=1))
        + "</main></body></html>\n"
    )


def _list(mailing: Mailing, states: Mapping[str, str], words: Words) -> str:
    heads = [words.say("recipient"), words.say("to"), words.say("subject"), words.say("kB"), words.say("attachments"),
             words.say("state"), words.say("file")]  # fmt: skip
    rows = "".join(
        f'<tr><th scope="row">{escape(message.recipient.id)}</th><td>{escape(_to(message.recipient))}</td>'
        f'<td>{escape(message.subject)}</td><td class="n">{words.number(len(message.content_bytes) / 1000)}</td>'
        f"<td>{escape(', '.join(one.name for one in message.attachments)) or '–'}</td>"
        f"<td>{escape(states.get(message.recipient.id, words.say('to be sent')))}</td>"
        f'<td><a href="{escape(message.recipient.id)}.eml">{escape(message.recipient.id)}.eml</a></td></tr>'
        for message in mailing.messages
    )
    head = "".join(f'<th scope="col">{escape(name)}</th>' for name in heads)
    caption = escape(words.say("Every message"))
    return f'<div class="scroll" role="region" tabindex="0" aria-label="{caption}"><table>' \
           f"<caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{rows}</tbody></table></div>"  # fmt: skip


def _to(recipient: Recipient) -> str:
    return f"{recipient.name} <{recipient.address}>"


def _alike(mailing: Mailing) -> list[list[Message]]:
    """Return the messages in groups with the same body, so that a hundred of them are still one page to read."""
    ordered = sorted(mailing.messages, key=lambda message: (message.body.html, message.body.plain))
    groups = groupby(ordered, key=lambda message: (message.body.html, message.body.plain))
    return sorted((list(group) for _, group in groups), key=lambda group: group[0].recipient.id)


def _shown(number: int, group: list[Message], words: Words) -> str:
    body, names = group[0].body, ", ".join(message.recipient.id for message in group)
    title = words.say("Body {number}, for {names}", number=number, names=names)
    # in a frame of its own, without scripts: the mail's style may not touch this page
    page = escape(_with_pictures(body.html, body.pngs))
    frames = "".join(
        f'<iframe sandbox="" class="{kind}" title="{escape(title)}, {width} px" width="{width}" '
        f'srcdoc="{page}"></iframe>'
        for kind, width in (("wide", 680), ("narrow", 360))
    )
    text = escape(words.say("The same as text"))
    return f"<section><h2>{escape(title)}</h2><div class=\"scroll\">{frames}</div><details><summary>{text}</summary>" \
           f"<pre>{escape(body.plain)}</pre></details></section>"  # fmt: skip


def _with_pictures(html: str, pngs: Mapping[str, bytes]) -> str:
    def _data(match: re.Match[str]) -> str:
        return f'src="data:image/png;base64,{base64.b64encode(pngs[match[1]]).decode()}"'

    return re.sub(r'src="cid:([\w-]+)"', _data, html)


def _style() -> str:
    return (files("binnenstad.mail") / "templates" / "preview.css").read_text(encoding="utf-8")
