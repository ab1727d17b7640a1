"""The page that leads to reports: those of one folder, or of all that an output folder holds."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from itertools import groupby
from typing import Any

from binnenstad.page.blocks import Block, bullets, headline, links, section
from binnenstad.page.provenance import Provenance
from binnenstad.page.render import checked_page
from binnenstad.programme.delivered import Delivered, digests, fingerprint, outdated
from binnenstad.words import Words, parse_day

# what ``run.json`` says of a report (``binnenstad.batch.record``)
Entry = Mapping[str, Any]
LANGUAGES = {"nl": "Nederlands", "en": "English"}
# programmes above the index of all; of more how many
MOST_NAMED = 3


class Index:
    """An index of reports, in Dutch as soon as one of them is; ``now`` is what their programme holds, if it is one."""

    def __init__(self, entries: Sequence[Entry], now: Delivered | None = None):
        self._entries, self._now = entries, now
        languages = {entry["language"] for entry in entries}
        self._language = min(languages, key=list(LANGUAGES).index)
        self._words, self._several = Words(self._language), len(languages) > 1
        # the page is about what the reports in its language say, and names partners as they do
        self._same = [entry for entry in entries if entry["language"] == self._language]
        # the day each page is known until, told by who speaks this language where that is said
        told = sorted(entries, key=lambda entry: entry["language"] == self._language)
        self._days = {_known(entry): entry["made"]["as_of"] for entry in told}
        self._count = Counter(known[:2] for known in self._days)
        self._subjects = {(entry["programme"], entry["partner"]): entry["subject"] for entry in self._same}

    def of_folder(self) -> str:
        """Return the page that leads to the reports of one folder."""
        made, words = self._same[0]["made"], self._words
        title = words.say("{programme}: reports, {period}", programme=made["programme"], period=made["period"])
        about = made | {"parameters": {}, "data": fingerprint(digests(self._now or {}))}
        about |= {"as_of": ""} if self._days.keys() - {_known(self._same[0])} else {}
        return self._page(title, self._listed(self._entries), Provenance(**about))

    def of_all(self) -> str:
        """Return the page that leads to every report of an output folder, by programme and period."""
        groups = {at: list(group) for at, group in groupby(self._entries, key=lambda e: (e["programme"], e["period"]))}
        heard = {at: min(group, key=lambda e: e["language"] != self._language)["made"] for at, group in groups.items()}
        titles = sorted({made["programme"] for made in heard.values()})
        names = [f"{made['programme']}, {made['period']}" for made in heard.values()]
        # programmes of one name are told apart by their folder
        names = [f"{name} ({at[0]})" if names.count(name) > 1 else name for at, name in zip(groups, names, strict=True)]
        listed = [self._listed(group, "/".join(at) + "/") for at, group in groups.items()]
        sections = [section(name, *blocks) for name, blocks in zip(names, listed, strict=True)]
        say, listing = self._words.say, self._words.listing
        about = say("{count} programmes", count=len(titles)) if len(titles) > MOST_NAMED else listing(titles)
        return self._page(self._words.say("All reports"), sections, Provenance(about, "", "", {}, "", ""))

    def _page(self, title: str, blocks: Sequence[Block], about: Provenance) -> str:
        say_many, bad = self._words.say_many, sum(entry["status"] != "ok" for entry in self._entries)
        lead = say_many("{count} report is ready.", "{count} reports are ready.", len(self._entries) - bad)
        failed = say_many("{count} report could not be made.", "{count} reports could not be made.", bad)
        return checked_page([headline(title, f"{lead} {failed}" if bad else lead), *blocks], about, self._language)

    def _listed(self, entries: Sequence[Entry], before: str = "") -> tuple[Block, Block]:
        """Return the reports that are ready as links, from ``before`` on, and those that could not be made."""
        good = {before + entry["file"]: self._name(entry) for entry in entries if entry["status"] == "ok"}
        # why it failed stands in run.json and on the screen: an error text is no text for a council
        say, bad = self._words.say, [self._name(entry) for entry in entries if entry["status"] != "ok"]
        return links(good), bullets([say("Not made: {name}", name=name) for name in bad])

    def _name(self, entry: Entry) -> str:
        """Return the name of a report as its notebook gives it, and what tells it from others."""
        subject = self._subjects.get((entry["programme"], entry["partner"]), entry["subject"])
        name: str = entry["title"].get(self._language, entry["report"]).replace("{partner}", subject)
        old = self._now is not None and outdated(entry["tables"], self._now)
        marks, known = [LANGUAGES[entry["language"]]] * self._several, _known(entry)
        day = self._words.date(parse_day(known[2])) if known[2] else self._days[known]
        marks += [self._words.say("known until {day}", day=day)] * (self._count[known[:2]] > 1)
        marks += [self._words.say("made with earlier data")] * old
        return f"{name} ({', '.join(marks)})" if marks else name


def _known(entry: Entry) -> tuple[str, str, str]:
    """Return what decides the day of a page: programme, period and, if one was asked for, that day."""
    return entry["programme"], entry["period"], entry["made"]["parameters"].get("as_of", "")
