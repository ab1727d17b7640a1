"""Index pages: which reports there are, in a folder or in all, and what could not be made."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from binnenstad.page.blocks import Block, bullets, headline, links, section
from binnenstad.page.provenance import Provenance
from binnenstad.page.render import checked_page
from binnenstad.programme import Delivered, digests, fingerprint, outdated
from binnenstad.words import Words

Entry = Mapping[str, Any]
# programmes above the index of all; of more how many
MOST_NAMED = 3


def index_of_folder(entries: Sequence[Entry], now: Delivered) -> str:
    """Return the page that leads to the reports of one folder; ``now`` is what its programme holds today."""
    language = _language(entries)
    words = Words(language)
    # the head of the page comes from the reports in its language
    same = [entry["made"] for entry in entries if entry["language"] == language]
    dated = len({made["as_of"] for made in same}) > 1
    about = Provenance(
        same[0]["programme"], same[0]["period"], "" if dated else same[0]["as_of"], {},
        fingerprint(digests(now)), same[0]["code"],
    )  # fmt: skip
    marks = {
        entry["file"]: [words.say("known until {day}", day=entry["made"]["as_of"])] * dated
        + [words.say("made with earlier data")] * outdated(entry["tables"], now)
        for entry in entries
    }
    title = words.say("{programme}: reports, {period}", programme=about.programme, period=about.period)
    names = _names(entries, words, marks)
    return checked_page([headline(title, _counted(entries, words)), *_listed(entries, names, words)], about, language)


def index_of_all(entries: Sequence[Entry]) -> str:
    """Return the page that leads to every report of an output folder, by programme and period."""
    language = _language(entries)
    words = Words(language)
    places = {at: list(group) for at, group in groupby(entries, key=lambda e: f"{e['programme']}/{e['period']}")}
    heard = {at: _heard(group, language) for at, group in places.items()}
    names = _names(entries, words, {})
    blocks: list[str | Block] = [headline(words.say("All reports"), _counted(entries, words))]
    for at, title in _titles(heard).items():
        blocks.append(section(title, *_listed(places[at], names, words, f"{at}/")))
    programmes = sorted({made["programme"] for made in heard.values()})
    about = words.say("{count} programmes", count=len(programmes))
    if len(programmes) <= MOST_NAMED:
        about = words.listing(programmes)
    return checked_page(blocks, Provenance(about, "", "", {}, "", ""), language)


def _language(entries: Sequence[Entry]) -> str:
    """Return the language of an index: Dutch as soon as one report is."""
    return min((entry["language"] for entry in entries), key=("nl", "en").index)


def _heard(group: Sequence[Entry], language: str) -> Mapping[str, Any]:
    """Return what a report in this language says of itself, or any report of the group."""
    return next((entry["made"] for entry in group if entry["language"] == language), group[0]["made"])


def _titles(heard: Mapping[str, Mapping[str, Any]]) -> dict[str, str]:
    """Return the title of each folder; two programmes of one name are told apart by their folder."""
    titles = {at: f"{made['programme']}, {made['period']}" for at, made in heard.items()}
    alike = Counter(titles.values())
    return {at: f"{title} ({at.partition('/')[0]})" if alike[title] > 1 else title for at, title in titles.items()}


def _names(entries: Sequence[Entry], words: Words, marks: Mapping[str, Sequence[str]]) -> dict[str, str]:
    """Return the name of each report by its id, with its language if there are several, and ``marks`` by file."""
    several = len({entry["language"] for entry in entries}) > 1
    # a partner is named in the language of the index, where a report in it has that name
    subjects = {(e["programme"], e["partner"]): e["subject"] for e in entries if e["language"] == words.language}
    names = {}
    for entry in entries:
        subject = subjects.get((entry["programme"], entry["partner"]), entry["subject"])
        name = entry["title"].get(words.language, entry["report"]).format(partner=subject)
        said = [{"nl": "Nederlands", "en": "English"}[entry["language"]]] * several + [*marks.get(entry["file"], ())]
        names[entry["id"]] = f"{name} ({', '.join(said)})" if said else name
    return names


def _listed(entries: Sequence[Entry], names: Mapping[str, str], words: Words, before: str = "") -> tuple[Block, Block]:
    """Return the reports that are ready as links, from ``before`` on, and those that could not be made."""
    good, bad = _ready(entries)
    # why it failed stands in run.json and on the screen: an error text is no text for a council
    missing = bullets([words.say("Not made: {name}", name=names[entry["id"]]) for entry in bad])
    return links({f"{before}{entry['file']}": names[entry["id"]] for entry in good}), missing


def _counted(entries: Sequence[Entry], words: Words) -> str:
    good, bad = map(len, _ready(entries))
    lead = words.say_many("{count} report is ready.", "{count} reports are ready.", good)
    failed = words.say_many("{count} report could not be made.", "{count} reports could not be made.", bad)
    return f"{lead} {failed}" if bad else lead


def _ready(entries: Sequence[Entry]) -> tuple[list[Entry], list[Entry]]:
    """Return the reports that are ready, and those that could not be made."""
    good = [entry for entry in entries if entry["status"] == "ok"]
    return good, [entry for entry in entries if entry["status"] != "ok"]
