"""Recording: ``run.json`` and an index page beside the reports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from binnenstad.batch.job import Job, Outcome, write_whole
from binnenstad.batch.plan import place
from binnenstad.blocks import Block, bullets, headline, links
from binnenstad.report import Provenance, checked_page
from binnenstad.text import Words

Entry = Mapping[str, Any]


def record(jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> Path:
    """Write ``run.json`` and ``index.html`` beside the reports; reports of earlier runs stay listed.

    The index is Dutch as soon as one report is. Returns its path.
    """
    out = jobs[0].out
    new = {outcome.file: asdict(outcome) for outcome in outcomes}
    rest = [entry for entry in _earlier(out) if entry["file"] not in new and (out / entry["file"]).exists()]
    entries = sorted([*rest, *new.values()], key=lambda entry: (place(entry["report"]), entry["file"]))
    write_whole(out / "run.json", json.dumps({"reports": entries}, ensure_ascii=False, indent=1) + "\n")
    write_whole(out / "index.html", _index(entries, jobs[0].provenance.data))
    return out / "index.html"


def _earlier(out: Path) -> list[Entry]:
    manifest = out / "run.json"
    if not manifest.exists():
        return []
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))["reports"]
        return [entry for entry in entries if {"report", "file", "status"} <= set(entry) and _language(entry)]
    except (ValueError, KeyError, TypeError):
        # a manifest somebody edited lists nothing that can be trusted; it is written anew below
        return []


def _index(entries: Sequence[Entry], data: str) -> str:
    language = min((_language(entry) for entry in entries), key=("nl", "en").index)
    words, several = Words(language), len({_language(entry) for entry in entries}) > 1
    # the head of the page comes from the reports in its language
    same = [entry["made"] for entry in entries if _language(entry) == language]
    dated = len({made["as_of"] for made in same}) > 1
    about = Provenance(**same[0] | {"parameters": {}, "as_of": "" if dated else same[0]["as_of"], "data": data})
    names = {entry["file"]: _name(entry, data, several, dated, words) for entry in entries}
    good, bad = _ready(entries)
    lead = words.say_many("{count} report is ready.", "{count} reports are ready.", len(good))
    failed = words.say_many("{count} report could not be made.", "{count} reports could not be made.", len(bad))
    lead = f"{lead} {failed}" if bad else lead
    title = words.say("{programme}: reports, {period}", programme=about.programme, period=about.period)
    blocks: list[str | Block] = [headline(title, lead), links({file: names[file] for file in good})]
    # why it failed stands in run.json and on the screen: an error text is no text for a council
    blocks.append(bullets([words.say("Not made: {name}", name=names[file]) for file in bad]))
    return checked_page(blocks, about, language)


def _ready(entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    """Return the files that are ready, and those that could not be made."""
    good = [entry["file"] for entry in entries if entry["status"] == "ok"]
    return good, [entry["file"] for entry in entries if entry["status"] != "ok"]


def _language(entry: Entry) -> str:
    return str(entry["made"]["parameters"]["language"])


def _name(entry: Entry, data: str, several: bool, dated: bool, words: Words) -> str:
    names = {
        "overview": words.say("At a glance"),
        "goals": words.say("The goals"),
        "costs": words.say("Who pays and who benefits"),
    }
    marks = [{"nl": "Nederlands", "en": "English"}[_language(entry)]] * several
    marks += [words.say("known until {day}", day=entry["made"]["as_of"])] * dated
    marks += [words.say("made with earlier data")] * (entry["made"]["data"] != data)
    name = names.get(entry["report"], str(entry["report"]))
    return f"{name} ({', '.join(marks)})" if marks else name
