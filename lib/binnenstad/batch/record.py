"""Recording: ``run.json`` and an index page beside the reports."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import asdict, replace
from pathlib import Path
from typing import Any

from binnenstad.batch.job import Job, Outcome, write_whole
from binnenstad.batch.plan import place
from binnenstad.blocks import Block, bullets, headline, links
from binnenstad.report import Provenance, checked_page
from binnenstad.text import Words

Entry = Mapping[str, Any]


def record(jobs: Sequence[Job], outcomes: Sequence[Outcome], words: Words) -> Path:
    """Write ``run.json`` and ``index.html`` beside the reports; reports of earlier runs stay listed.

    Returns the path of the index.
    """
    out, provenance, parameters = jobs[0].out, jobs[0].provenance, jobs[0].parameters
    new = {outcome.file: asdict(outcome) for outcome in outcomes}
    rest = [entry for entry in _earlier(out) if entry["file"] not in new and (out / entry["file"]).exists()]
    entries = sorted([*rest, *new.values()], key=lambda entry: (place(entry["report"]), entry["file"]))
    run = {"parameters": parameters, "data": provenance.data, "code": provenance.code, "reports": entries}
    write_whole(out / "run.json", json.dumps(run, ensure_ascii=False, indent=1) + "\n")
    write_whole(out / "index.html", _index(entries, provenance, words))
    return out / "index.html"


def _earlier(out: Path) -> list[Entry]:
    manifest = out / "run.json"
    if not manifest.exists():
        return []
    try:
        return list(json.loads(manifest.read_text(encoding="utf-8"))["reports"])
    except (ValueError, KeyError, TypeError):
        # a manifest somebody edited lists nothing that can be trusted; it is written anew below
        return []


def _index(entries: Sequence[Entry], provenance: Provenance, words: Words) -> str:
    good = [entry for entry in entries if entry["status"] == "ok"]
    bad = [entry for entry in entries if entry["status"] != "ok"]
    lead = words.say_many("{count} report is ready.", "{count} reports are ready.", len(good))
    if bad:
        failed = words.say_many("{count} report could not be made.", "{count} reports could not be made.", len(bad))
        lead = f"{lead} {failed}"
    title = words.say("{programme}: reports, {period}", programme=provenance.programme, period=provenance.period)
    blocks: list[Block] = [headline(title, lead)]
    languages = {_language(entry) for entry in entries}
    names = {entry["file"]: _name(entry, provenance, len(languages) > 1, words) for entry in entries}
    blocks.append(links({entry["file"]: names[entry["file"]] for entry in good}))
    # why it failed stands in run.json and on the screen: an error text is no text for a council
    blocks.append(bullets([words.say("Not made: {name}", name=names[entry["file"]]) for entry in bad]))
    return checked_page(blocks, replace(provenance, parameters={}), words.language)


def _language(entry: Entry) -> str:
    return {"en": "English"}.get(entry["file"].removesuffix(".html").rpartition(".")[2], "Nederlands")


def _name(entry: Entry, provenance: Provenance, several: bool, words: Words) -> str:
    names = {
        "overview": words.say("At a glance"),
        "goals": words.say("The goals"),
        "costs": words.say("Who pays and who benefits"),
    }
    name = names.get(entry["report"], entry["report"])
    language = f" ({_language(entry)})" if several else ""
    old = "" if entry["data"] == provenance.data else " " + words.say("(made with earlier data)")
    return f"{name}{language}{old}"
