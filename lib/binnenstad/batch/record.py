"""Recording: ``run.json`` and an index page beside the reports, true at every moment.

``run.json`` lists under ``reports`` every report of its folder, each with

- ``id`` (``<programme>/<period>/<file>``), ``report`` (the notebook), ``file``, ``programme``, ``period``,
  ``language``, ``partner`` (the id, or empty) and ``subject`` (that partner in words)
- ``status``: ``ok``, ``failed`` (the notebook), ``refused`` (the report) or ``unfinished`` (not made yet, or
  stopped); ``error`` says why; ``notebook`` where the executed notebook is kept, if it failed; ``seconds``
- ``tables``: the digest of each table it was made of, ``-`` for one it asked for that is not there; ``data``: the
  fingerprint of all of these; ``sha256`` of the HTML file, empty without one
- ``made``: what its footer says (``binnenstad.page.render.Provenance``)

The output folder has a ``run.json`` over all of its folders, with the same entries, and an index of them,
as soon as a command covered more than one.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, fields
from pathlib import Path
from textwrap import indent
from typing import Any

from binnenstad.batch.job import Job, Outcome, outcome_of
from binnenstad.batch.plan import place
from binnenstad.batch.whole import write_whole
from binnenstad.page.blocks import Block, bullets, headline, links, section
from binnenstad.page.provenance import Provenance
from binnenstad.page.render import checked_page
from binnenstad.programme import Delivered, digests, fingerprint, outdated
from binnenstad.words import Words
from binnenstad.words.errors import UsageError

Entry = Mapping[str, Any]
# programmes above the index of all
MOST_NAMED = 3
TEXTS = ("id", "report", "file", "status", "programme", "period", "language", "partner", "subject", "data", "sha256")
FIELDS: dict[str, type] = dict.fromkeys(TEXTS, str) | {"made": dict, "tables": dict}
SHOWN = ("report", "file", "status", "programme", "period", "language", "partner", "subject")
PROVENANCE = {field.name for field in fields(Provenance)}


class Manifest:
    """What is known of the reports in an output folder, written as it comes: a batch that is killed leaves no lie."""

    def __init__(self, out: Path):
        self._out = out
        self._delivered: dict[Path, Delivered] = {}

    def expect(self, jobs: Iterable[Job]) -> None:
        """Note that these reports are about to be made; until they are, nothing is claimed of them."""
        self._note((job, outcome_of(job, "unfinished", made=asdict(job.provenance))) for job in jobs)

    def note(self, job: Job, outcome: Outcome) -> None:
        """Note what became of a report."""
        self._note([(job, outcome)])

    def restore(self, jobs: Iterable[tuple[Job, Mapping[str, Any]]]) -> None:
        """Note reports that stay as they are, with the outcome they had."""
        self._note((job, Outcome(**outcome)) for job, outcome in jobs)

    def close(self) -> Path:
        """Write the index of every folder that was touched, and one over all of them; returns the one to open.

        Raises ``UsageError`` if all that a folder had was removed meanwhile.
        """
        for folder, delivered in self._delivered.items():
            listed = _sorted(_listed_in(folder).values())
            if not listed:
                raise UsageError("the reports in {folder} were removed meanwhile; run again", folder=folder)
            write_whole(folder / "index.html", _index(listed, delivered))
        if len(self._delivered) == 1 and not (self._out / "run.json").exists():
            return next(iter(self._delivered)) / "index.html"
        _dump(self._out / "run.json", self._everything())
        write_whole(self._out / "index.html", _index_of_all([_shown(entry) for entry in self._everything()]))
        return self._out / "index.html"

    def _everything(self) -> Iterator[Entry]:
        for path in sorted(self._out.glob("*/*/run.json")):
            yield from _listed_in(path.parent).values()

    def _note(self, outcomes: Iterable[tuple[Job, Outcome]]) -> None:
        # the files are all there is: what a batch of a thousand reports remembers does not grow
        by_folder: dict[Path, dict[str, Entry]] = {}
        for job, outcome in outcomes:
            self._delivered[job.out] = job.delivered
            by_folder.setdefault(job.out, {})[job.file] = _entry(job, outcome)
        for folder, new in by_folder.items():
            before = _listed_in(folder)
            if before | new != before:
                _dump(folder / "run.json", _sorted((before | new).values()))


def record(jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> Path:
    """Write ``run.json`` and ``index.html`` beside the reports; reports of earlier runs stay listed.

    The index is Dutch as soon as one report is. Returns its path.
    """
    manifest = Manifest(jobs[0].out.parents[1])
    by_id = {outcome.id: outcome for outcome in outcomes}
    for job in jobs:
        if job.id in by_id:
            manifest.note(job, by_id[job.id])
    return manifest.close()


def _entry(job: Job, outcome: Outcome) -> Entry:
    parameters = job.parameters
    about = {name: str(parameters.get(name, "")) for name in ("programme", "period", "language", "partner")}
    return asdict(outcome) | about | {"subject": job.subject, "data": outcome.made["data"]}


def _sorted(entries: Iterable[Entry]) -> list[Entry]:
    # of one report the Dutch page first, wherever its name would come
    return sorted(entries, key=lambda e: (place(e["report"]), e["partner"], e["language"] != "nl", e["file"]))


def _dump(path: Path, entries: Iterable[Entry]) -> None:
    write_whole(path, _in_json(entries))


def _in_json(entries: Iterable[Entry]) -> Iterator[str]:
    """Give the entries as a manifest, one after the other: of a thousand reports only one is in memory."""
    before = '{\n "reports": ['
    for entry in entries:
        yield before + indent("\n" + json.dumps(entry, ensure_ascii=False, indent=1), "  ")
        before = ","
    yield '{\n "reports": []\n}\n' if before != "," else "\n ]\n}\n"


def _shown(entry: Entry) -> Entry:
    """Return of an entry what the index of all shows."""
    made = {name: entry["made"][name] for name in ("programme", "period", "as_of")}
    parameters = {"language": _language(entry)}
    return {name: entry[name] for name in SHOWN} | {"made": made | {"parameters": parameters}}


def _listed_in(folder: Path) -> dict[str, Entry]:
    """Return what a folder lists, by file, less what is gone from it.

    What failed stays listed until it is made: a set that lacks a report is not whole.
    """
    there = [e for e in _earlier(folder) if e["status"] != "ok" or (folder / e["file"]).exists()]
    return {entry["file"]: entry for entry in there}


def _earlier(out: Path) -> list[Entry]:
    manifest = out / "run.json"
    if not manifest.exists():
        return []
    try:
        entries = json.loads(manifest.read_text(encoding="utf-8"))["reports"]
        return [entry for entry in entries if _is_whole(entry)]
    except (ValueError, KeyError, TypeError):
        # a manifest somebody edited lists nothing that can be trusted; it is written anew below
        return []


def _is_whole(entry: Any) -> bool:
    """Return whether an entry says all that is to be known of a report, each in its own kind."""
    if not (isinstance(entry, dict) and all(isinstance(entry.get(name), kind) for name, kind in FIELDS.items())):
        return False
    made = entry["made"]
    return set(made) == PROVENANCE and isinstance(made["parameters"], dict) and "language" in made["parameters"]


def _index_of_all(entries: Sequence[Entry]) -> str:
    """Return the page that leads to every report of an output folder, by programme and period."""
    language = min((entry["language"] for entry in entries), key=("nl", "en").index)
    words, several = Words(language), len({entry["language"] for entry in entries}) > 1
    groups: dict[str, list[Entry]] = {}
    for entry in _spoken(entries, language):
        groups.setdefault(f"{entry['programme']}/{entry['period']}", []).append(entry)
    heard = {at: _heard(group, language) for at, group in groups.items()}
    titles = _titles(heard)
    blocks = [headline(words.say("All reports"), _counted(entries, words))]
    for at, group in groups.items():
        names = {entry["file"]: _name(entry, False, several, False, words) for entry in group}
        blocks.append(section(titles[at], *_listed(group, names, words, f"{at}/")))
    return checked_page(blocks, Provenance(_about(heard, words), "", "", {}, "", ""), language)


def _about(heard: Mapping[str, Mapping[str, Any]], words: Words) -> str:
    """Return which programmes an index is about; of many how many."""
    names = sorted({made["programme"] for made in heard.values()})
    return words.listing(names) if len(names) <= MOST_NAMED else words.say("{count} programmes", count=len(names))


def _titles(heard: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the title of each folder; two programmes of one name are told apart by their folder."""
    titles = {at: f"{made['programme']}, {made['period']}" for at, made in heard.items()}
    alike = Counter(titles.values())
    return {at: f"{title} ({at.partition('/')[0]})" if alike[title] > 1 else title for at, title in titles.items()}


def _listed(entries: Sequence[Entry], names: Mapping[str, str], words: Words, before: str = "") -> tuple[Block, Block]:
    """Return the reports that are ready as links, from ``before`` on, and those that could not be made."""
    good, bad = _ready(entries)
    # why it failed stands in run.json and on the screen: an error text is no text for a council
    missing = bullets([words.say("Not made: {name}", name=names[file]) for file in bad])
    return links({f"{before}{file}": names[file] for file in good}), missing


def _spoken(entries: Sequence[Entry], language: str) -> list[Entry]:
    """Return the entries with their partner named in one language, where a report in it has that name."""
    names = {(e["programme"], e["partner"]): e["subject"] for e in entries if e["language"] == language}
    return [dict(e) | {"subject": names.get((e["programme"], e["partner"]), e["subject"])} for e in entries]


def _heard(group: Sequence[Entry], language: str) -> Mapping[str, Any]:
    """Return what a report in this language says of itself, or any report of the group."""
    return next((entry["made"] for entry in group if entry["language"] == language), group[0]["made"])


def _counted(entries: Sequence[Entry], words: Words) -> str:
    good, bad = _ready(entries)
    lead = words.say_many("{count} report is ready.", "{count} reports are ready.", len(good))
    failed = words.say_many("{count} report could not be made.", "{count} reports could not be made.", len(bad))
    return f"{lead} {failed}" if bad else lead


def _index(entries: Sequence[Entry], now: Delivered) -> str:
    language = min((_language(entry) for entry in entries), key=("nl", "en").index)
    words, several = Words(language), len({_language(entry) for entry in entries}) > 1
    # the head of the page comes from the reports in its language
    same = [entry["made"] for entry in entries if _language(entry) == language]
    dated = len({made["as_of"] for made in same}) > 1
    data = fingerprint(digests(now))
    about = Provenance(**same[0] | {"parameters": {}, "as_of": "" if dated else same[0]["as_of"], "data": data})
    names = {
        entry["file"]: _name(entry, outdated(entry["tables"], now), several, dated, words)
        for entry in _spoken(entries, language)
    }
    title = words.say("{programme}: reports, {period}", programme=about.programme, period=about.period)
    return checked_page([headline(title, _counted(entries, words)), *_listed(entries, names, words)], about, language)


def _ready(entries: Sequence[Entry]) -> tuple[list[str], list[str]]:
    """Return the files that are ready, and those that could not be made."""
    good = [entry["file"] for entry in entries if entry["status"] == "ok"]
    return good, [entry["file"] for entry in entries if entry["status"] != "ok"]


def _language(entry: Entry) -> str:
    return str(entry["made"]["parameters"]["language"])


def _name(entry: Entry, old: bool, several: bool, dated: bool, words: Words) -> str:
    names = {
        "overview": words.say("At a glance"),
        "goals": words.say("The goals"),
        "costs": words.say("Who pays and who benefits"),
        "canvas": words.say("The Business Model Canvas"),
        "partner": words.say("For {partner}", partner=entry["subject"]),
    }
    marks = [{"nl": "Nederlands", "en": "English"}[_language(entry)]] * several
    marks += [words.say("known until {day}", day=entry["made"]["as_of"])] * dated
    marks += [words.say("made with earlier data")] * old
    name = names.get(entry["report"], str(entry["report"]))
    return f"{name} ({', '.join(marks)})" if marks else name
