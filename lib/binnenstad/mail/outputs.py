"""What a run made: which reports may go out, and why another may not."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from binnenstad.page.summary import SUMMARISED, Summary, read_summary, summary_path
from binnenstad.programme import Delivered, outdated
from binnenstad.words import Words
from binnenstad.words.errors import UsageError

# what run.json must say of a report before it may go out
NEEDED = {"file", "status", "tables", "sha256", "beside", "made"}


class Outputs:
    """The reports of one run: handed out only if made well, of the data there is now, and not touched since.

    Parameters: the folder of the period, and what the programme folder holds. Every reason
    not to hand a report out gathers in ``faults``, once. Raises ``UsageError`` without a run.
    """

    def __init__(self, place: Path, now: Delivered, words: Words):
        self.place, self.faults = place, dict[str, None]()
        self._now, self._words = now, words
        self._entries = _entries(place)
        self._moments: dict[str, str] = {}

    def page(self, report: str, language: str) -> bytes:
        """Return the HTML of a report; empty, and a fault more, if it may not go out."""
        file = self._file(report, language)
        reason = self._reason(file)
        if reason:
            self.faults[f"{file}: {reason}"] = None
            return b""
        made = self._entries[file]["made"]
        # the day is written in the language of the report; the parameter is the same in all
        moments = {language: made["as_of"], "": made["parameters"].get("as_of", "")}
        if any(self._moments.setdefault(key, moment) != moment for key, moment in moments.items()):
            reason = self._words.say("was made as of another day than the others; run the reports again")
            self.faults[f"{file}: {reason}"] = None
        return (self.place / file).read_bytes()

    def summary(self, language: str) -> Summary | None:
        """Return the summary that belongs to the overview as it is; nothing, and a fault more, if there is none."""
        page = self.page(SUMMARISED, language)
        if not page:
            return None
        file = self._file(SUMMARISED, language)
        path = summary_path(self.place / file)
        found = self._summary(path, self._entries[file]["beside"].get(path.name, ""), page)
        if isinstance(found, Summary):
            return found
        self.faults[f"{path.name}: {found}"] = None
        return None

    def _summary(self, path: Path, digest: str, page: bytes) -> Summary | str:
        """Return a summary, or why it may not go out."""
        reason = self._spoiled(path, digest)
        if reason:
            return reason
        try:
            summary = read_summary(path)
        except ValueError:
            return self._words.say("cannot be read; run the reports again")
        return self._misfit(summary, page) or summary

    @staticmethod
    def _file(report: str, language: str) -> str:
        return f"{report}.html" if language == "nl" else f"{report}.{language}.html"

    def _misfit(self, summary: Summary, page: bytes) -> str:
        if summary.html_sha256 != hashlib.sha256(page).hexdigest():
            return self._words.say("belongs to another page; run the reports again")
        names = re.findall(r'data-png="(\w+)"', "".join(piece.html for piece in summary.pieces))
        if not {f"{name}-{kind}" for name in names for kind in ("wide", "narrow")} <= summary.pngs.keys():
            return self._words.say("lacks its pictures; run the reports again")
        return ""

    def _reason(self, file: str) -> str:
        say, entry = self._words.say, self._entries.get(file)
        if entry is None:
            return say("was not made; run the reports of this period and language")
        if entry["status"] != "ok":
            return say("could not be made, or was refused; run the reports again")
        if outdated(entry["tables"], self._now):
            return say("was made with other data than there is now; run the reports again")
        return self._spoiled(self.place / file, entry["sha256"])

    def _spoiled(self, path: Path, digest: str) -> str:
        """Return why a file is not the one that the run wrote, or nothing."""
        if not path.exists():
            return self._words.say("is gone; run the reports again")
        if hashlib.sha256(path.read_bytes()).hexdigest() != digest:
            return self._words.say("was changed after it was made; run the reports again")
        return ""


def _entries(place: Path) -> dict[str, Mapping[str, Any]]:
    try:
        entries = json.loads((place / "run.json").read_text(encoding="utf-8"))["reports"]
        # an entry of an older version says too little to trust its report
        return {str(entry["file"]): entry for entry in entries if set(entry) >= NEEDED}
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            "there is no run of {period} to mail; first run the reports: binnenstad run", period=place.name
        ) from None
