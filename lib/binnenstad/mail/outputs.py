"""What a run made, and why a report of it may not go out."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from binnenstad.page.summary import SUMMARISED, is_whole, summary_path
from binnenstad.programme.delivered import Delivered, outdated
from binnenstad.words import Words
from binnenstad.words.errors import UsageError

# what run.json must say of a report before it may go out
NEEDED = {"file", "status", "tables", "sha256", "beside", "made"}


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


def titles(place: Path, language: str) -> dict[str, str]:
    """Return what each report in the folder of a period is called, by its file."""
    told = {file: (str(entry.get("title", {}).get(language, "")), entry) for file, entry in _entries(place).items()}
    return {file: title.replace("{partner}", entry.get("subject", "")) for file, (title, entry) in told.items()}


def _entries(place: Path) -> dict[str, Mapping[str, Any]]:
    try:
        entries = json.loads((place / "run.json").read_text(encoding="utf-8"))["reports"]
        # an entry of an older version says too little to trust its report
        return {str(entry["file"]): entry for entry in entries if set(entry) >= NEEDED}
    except (OSError, ValueError, KeyError, TypeError):
        raise UsageError(
            "there is no run of {period} to mail; first run the reports: binnenstad run", period=place.name
        ) from None


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
