"""The reports of a period as a mailing uses them: why one may not go out, and what they hold, each read once."""

from __future__ import annotations

import hashlib
import json
import re
import unicodedata
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from binnenstad.mail.body import Body, compose_body
from binnenstad.mail.message import Recipient
from binnenstad.mail.say import no_run
from binnenstad.mail.settings import Settings
from binnenstad.page.figures import figures, write_figures
from binnenstad.page.pdf import print_page
from binnenstad.page.summary import SUMMARISED, is_whole, read_summary, summary_path
from binnenstad.programme.delivered import Delivered, outdated
from binnenstad.words import Words

# what run.json must say of a report before it may go out
NEEDED = {"file", "status", "tables", "sha256", "beside", "made"}


def overview(one: Recipient) -> str:
    """Return the file of the report that the mail to a recipient is made of."""
    return _file(SUMMARISED[0], one)


def behind(one: Recipient, settings: Settings) -> list[str]:
    """Return the files of the reports behind the mail to a recipient; a partner has its own page, never another's."""
    if one.audience == "partner":
        return [_file(SUMMARISED[1] + one.partner, one)]
    named = settings.reports.get(one.audience, SUMMARISED[:1]) if one.attachment != "none" else ()
    return [_file(report, one) for report in named]


def _file(report: str, one: Recipient) -> str:
    return f"{report}.html" if one.language == "nl" else f"{report}.{one.language}.html"


class Reports:
    """What the reports in the folder of a period hold, for a kind of recipient: one without id, name and address."""

    def __init__(self, place: Path, settings: Settings):
        self._place, self._settings = place, settings
        self.body, self.figures, self.attachments = cache(self._body), cache(self._figures), cache(self._attachments)
        self._summary = cache(lambda file: read_summary(summary_path(place / file)))
        self._held = cache(lambda file: figures((place / file).read_text(encoding="utf-8"), file))
        self._printed, self._entries = cache(print_page), _entries(place)

    def _figures(self, kind: Recipient) -> str:
        """Return the figures in the body of a mail and in the reports behind it; those of each file stand apart."""
        pieces = "".join(piece.html for piece in self._summary(overview(kind)).pieces)
        return write_figures([figures(pieces), *map(self._held, behind(kind, self._settings))])

    def _attachments(self, kind: Recipient) -> dict[str, bytes]:
        """Return each report that goes along, as it is or printed, by the name it gets; none where there are links."""
        files = {} if self._settings.link_base else self._named(kind)
        made = self._printed if kind.attachment == "pdf" else Path.read_bytes
        return {f"{name}.{kind.attachment}": made(path) for name, path in files.items()}

    def _body(self, kind: Recipient, news: tuple[str, ...] = ()) -> Body:
        """Return the body of a mail, told what was revised since the last one."""
        settings, summary, named = self._settings, self._summary(overview(kind)), self._named(kind)
        own = self._summary(behind(kind, settings)[0]) if kind.audience == "partner" else None
        base, whole = settings.link_base.rstrip("/"), self._place / overview(kind) in named.values()
        links = {name: "/".join((base, *path.parts[-3:])) for name, path in named.items() if base}
        attached = [name.partition(" - ")[2] or name for name in self.attachments(kind)]
        said = {"attached": attached, "links": links, "whole": whole, "revised": news}
        said |= {"unsubscribe": settings.unsubscribe}
        return compose_body(summary, Words(kind.language), settings.domain, own, **said)

    def _named(self, kind: Recipient) -> dict[str, Path]:
        """Return the reports that go along by a name that any computer can keep, in the language of the recipient."""
        summary, named = self._summary(overview(kind)), dict[str, Path]()
        for file in behind(kind, self._settings) if kind.attachment != "none" else ():
            entry = self._entries[file]
            title = str(entry.get("title", {}).get(kind.language, "")).replace("{partner}", entry.get("subject", ""))
            title = f"{summary.programme} {summary.period} - {title or file.partition('.')[0]}"
            text = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode()
            name = re.sub(r"[^\w ().-]", "", text)[:100].strip(" .")
            named[f"{name} {len(named) + 1}" if name in named else name] = self._place / file
        return named


def output_faults(place: Path, now: Delivered, files: list[str], words: Words) -> list[str]:
    """Return why reports in the folder of a period, of which some have a summary, may not go out.

    They may when they were made well, of the data there is ``now``, as of the same day, and not touched since.
    Raises ``UsageError`` without a run.
    """
    entries, found, days, say = _entries(place), dict[str, str](), dict[str, str](), words.say
    for file in dict.fromkeys(files):
        found[file] = _fault(place / file, entries.get(file, {}), now, words)
        if not found[file]:
            days[file] = entries[file]["made"]["parameters"].get("as_of", "")
            if file.startswith(SUMMARISED):
                path, entry = summary_path(place / file), entries[file]
                whole = "" if is_whole(path, entry["sha256"]) else say("belongs to another page; run the reports again")
                found[path.name] = _spoiled(path, entry["beside"].get(path.name, ""), words) or whole
    another = say("was made as of another day than the others; run the reports again")
    found |= {file: another for file, day in days.items() if day != next(iter(days.values()))}
    return [f"{file}: {reason}" for file, reason in found.items() if reason]


def _entries(place: Path) -> dict[str, Mapping[str, Any]]:
    try:
        entries = json.loads((place / "run.json").read_text(encoding="utf-8"))["reports"]
        # an entry of an older version says too little to trust its report
        return {str(entry["file"]): entry for entry in entries if set(entry) >= NEEDED}
    except (OSError, ValueError, KeyError, TypeError):
        raise no_run(place.name) from None


def _fault(path: Path, entry: Mapping[str, Any], now: Delivered, words: Words) -> str:
    if not entry:
        return words.say("was not made; run the reports of this period and language")
    if entry["status"] != "ok":
        return words.say("could not be made, or was refused; run the reports again")
    if outdated(entry["tables"], now):
        return words.say("was made with other data than there is now; run the reports again")
    return _spoiled(path, entry["sha256"], words)


def _spoiled(path: Path, digest: str, words: Words) -> str:
    """Return why a file is not the one that the run wrote, or nothing."""
    if not path.exists():
        return words.say("is gone; run the reports again")
    changed = hashlib.sha256(path.read_bytes()).hexdigest() != digest
    return words.say("was changed after it was made; run the reports again") if changed else ""
