"""What a run made: which reports may go out, and why another may not."""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from binnenstad.errors import UsageError
from binnenstad.summary import SUMMARISED, Summary, read_summary, summary_path
from binnenstad.text import Words


class Outputs:
    """The reports of one run: handed out only if made well, of the data there is now, and not touched since.

    Parameters: the folder of the period, and the fingerprint of the programme folder. Every reason
    not to hand a report out gathers in ``faults``, once. Raises ``UsageError`` without a run.
    """

    def __init__(self, place: Path, data: str, words: Words):
        self.place, self.faults = place, dict[str, None]()
        self._data, self._words = data, words
        self._entries = _entries(place)
        self._moments: dict[str, str] = {}

    def page(self, report: str, language: str) -> bytes:
        """Return the HTML of a report; empty, and a fault more, if it may not go out."""
        file = self._file(report, language)
        reason = self._reason(file)
        if reason:
            self.faults[f"{file}: {reason}"] = None
            return b""
        moment = _of(self._entries[file], "as_of")
        if self._moments.setdefault(language, moment) != moment:
            reason = self._words.say("was made as of another day than the others; run the reports again")
            self.faults[f"{file}: {reason}"] = None
        return (self.place / file).read_bytes()

    def summary(self, language: str) -> Summary | None:
        """Return the summary that belongs to the overview as it is; nothing, and a fault more, if there is none."""
        page = self.page(SUMMARISED, language)
        if not page:
            return None
        path = summary_path(self.place / self._file(SUMMARISED, language))
        try:
            summary = read_summary(path)
        except (OSError, ValueError):
            reason = self._words.say("cannot be read; run the reports again")
        else:
            reason = self._misfit(summary, page)
            if not reason:
                return summary
        self.faults[f"{path.name}: {reason}"] = None
        return None

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
        if entry.get("status") != "ok":
            return say("could not be made, or was refused; run the reports again")
        if _of(entry, "data") != self._data:
            return say("was made with other data than there is now; run the reports again")
        path = self.place / file
        if not path.exists():
            return say("is gone; run the reports again")
        known = entry.get("sha256")
        if known and hashlib.sha256(path.read_bytes()).hexdigest() != known:
            return say("was changed after it was made; run the reports again")
        return ""


def _entries(place: Path) -> dict[str, Mapping[str, Any]]:
    try:
        entries = json.loads((place / "run.json").read_text(encoding="utf-8"))["reports"]
        return {str(entry["file"]): entry for entry in entries}
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            "there is no run of {period} to mail; first run the reports: binnenstad run", period=place.name
        ) from None


def _of(entry: Mapping[str, Any], name: str) -> str:
    made = entry.get("made", {})
    return str(entry.get(name) or made.get(name, ""))
