"""What can be said about a support vote: whether the levy may come, and each threshold to the last vote."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from binnenstad.costs.votes import Test
from binnenstad.words import Words


def _names(words: Words) -> dict[tuple[str, str], str]:
    return {
        ("turnout", ""): words.say("answered, of all who would have to pay"),
        ("in_favour", ""): words.say("in favour, of all answers"),
        ("woz", ""): words.say("WOZ value in favour, of that of all answers"),
        ("turnout", "users"): words.say("answered, of the users"),
        ("in_favour", "users"): words.say("in favour, of the answers of users"),
        ("turnout", "owners"): words.say("answered, of the owners"),
        ("in_favour", "owners"): words.say("in favour, of the answers of owners"),
    }


def describe_vote(tests: list[Test], voted: Sequence[str], title: str, date: pd.Timestamp, words: Words) -> str:
    """Return whether the BIZ of a scenario (by title) may come after a vote, and what it falls short on.

    ``voted`` are the groups that were asked: who was not asked may not be charged.
    """
    names, day = _names(words), words.date(date)
    short = [names[test.name, test.group] for test in tests if not test.met]
    if not short:
        said = words.say("{scenario}: by the vote of {date} the levy may come; every threshold is met.",
                         scenario=title, date=day)  # fmt: skip
        only: dict[tuple[str, ...], str] = {
            ("users",): words.say("Only users were asked, so owners may not be charged by it."),
            ("owners",): words.say("Only owners were asked, so users may not be charged by it."),
        }
        return " ".join(filter(None, [said, only.get(tuple(voted))]))
    return words.say("{scenario}: by the vote of {date} the levy may not come; not met: {thresholds}.",
                     scenario=title, date=day, thresholds=words.listing(short))  # fmt: skip


def about_vote(tests: list[Test], title: str, words: Words) -> tuple[str, list[tuple[str, list[str]]]]:
    """Return caption and columns of the thresholds of one vote: what is needed, what was reached, and if that is met."""
    names = _names(words)
    least, above = words.pattern("at least {share}"), words.pattern("more than {share}")
    needed = {True: above, False: least}
    return words.say("The thresholds of the vote: {scenario}", scenario=title), [
        (words.say("threshold"), [names[test.name, test.group] for test in tests]),
        (words.say("needed"), [needed[test.strict].format(share=str(test.needed)) for test in tests]),
        (words.say("reached"), [words.percent(float(test.reached), 2) for test in tests]),
        (words.say("short of it or beyond"), [_points(test, words) for test in tests]),
        (words.say("met?"), [words.say("yes") if test.met else words.say("no") for test in tests]),
    ]


def _points(test: Test, words: Words) -> str:
    """Return how far a test lies from its edge in points of a percent, with the decimals that show a miss."""
    apart = float(test.reached - test.needed) * 100
    decimals = next((count for count in (2, 4, 6) if not apart or abs(apart) >= 10**-count), 8)
    return words.signed(apart, decimals)
