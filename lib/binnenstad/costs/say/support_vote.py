"""The support vote of a levy: whether it may come, and what it falls short on."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.votes import Test
from binnenstad.words import Words


def threshold_names(words: Words) -> dict[tuple[str, str], str]:
    """Return how a reader knows each threshold, by name and group of ``votes.Test``."""
    return {
        ("turnout", ""): words.say("answered, of all who would have to pay"),
        ("in_favour", ""): words.say("in favour, of all answers"),
        ("woz", ""): words.say("WOZ value in favour, of that of all answers"),
        ("turnout", "users"): words.say("answered, of the users"),
        ("in_favour", "users"): words.say("in favour, of the answers of users"),
        ("turnout", "owners"): words.say("answered, of the owners"),
        ("in_favour", "owners"): words.say("in favour, of the answers of owners"),
    }


def describe_vote(tests: list[Test], voted: list[str], title: str, date: pd.Timestamp, words: Words) -> str:
    """Return whether the BIZ of a scenario (by title) may come after a vote, and what it falls short on.

    ``voted`` are the groups that were asked: who was not asked may not be charged.
    """
    names = threshold_names(words)
    short = words.listing([names[test.name, test.group] for test in tests if not test.met])
    values = {"scenario": title, "date": words.date(date), "thresholds": short}
    said = {
        words.say("{scenario}: by the vote of {date} the levy may not come; not met: {thresholds}.", **values): short,
        words.say("So this scenario is left out."): short,
        words.say("{scenario}: by the vote of {date} the levy may come; every threshold is met.", **values): not short,
        words.say("Only users were asked, so owners may not be charged by it."): not short and voted == ["users"],
        words.say("Only owners were asked, so users may not be charged by it."): not short and voted == ["owners"],
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)
