"""What can be said about the goals through the years."""

from __future__ import annotations

import pandas as pd

from binnenstad.words import Words


def describe_trends(assessed: pd.DataFrame, words: Words) -> str:
    """Return how many goals went which way.

    The value each goal is judged by is held against the begin of its change, the two that picture and sentence name;
    only a change that can be shown counts.
    """
    shown, change = assessed["change_certainty"].isin(["change", "count"]), assessed["value"] - assessed["begin"]
    way = (change * assessed["direction"].map({"at_least": 1, "at_most": -1})).where(shown)
    if assessed["change_certainty"].eq("").all():
        return words.say("Of no goal a development is known yet.")
    return words.say_many(
        "Demonstrably the right way: {better} of {count} goal; the wrong way: {worse}.",
        "Demonstrably the right way: {better} of the {count} goals; the wrong way: {worse}.",
        len(assessed), better=words.number((way > 0).sum()), worse=words.number((way < 0).sum()),
    )  # fmt: skip


def describe_events(turned: pd.DataFrame, words: Words) -> list[str]:
    """Return the events about which the line of a goal turned, its rows of ``goals.turns``."""
    return [
        words.say(
            "About {date} ({event}) the line turned. Whether it came of that is not known. Source: {source}.",
            date=words.date(turn["date"]), event=turn["text"], source=turn["source"],
        )
        for _, turn in turned.iterrows()
    ]  # fmt: skip
