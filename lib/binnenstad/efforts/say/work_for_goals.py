"""What is done for the goals: efforts beside attainment, never inside it."""

from __future__ import annotations

import pandas as pd

from binnenstad.efforts.network import unlinked
from binnenstad.goals.status import verdict
from binnenstad.programme.contract import code_names
from binnenstad.words import Words

LAGGING = ("behind", "far_behind", "no_change", "worsening", "not_met", "norm_broken")


def describe_efforts(counts: pd.DataFrame, words: Words) -> list[str]:
    """Return per goal how many efforts it has, and how many are in which state (``network.beside_goals``)."""
    return [_describe(own[own > 0], words) for _, own in counts.iterrows()]


def _describe(own: pd.Series, words: Words) -> str:
    if own.empty:
        return words.say("No effort is linked to it.")
    names = code_names("efforts", "state", words.language)
    states = [f"{words.number(count)} {names[str(state)]}" for state, count in own.items()]
    return words.say_many(
        "For this goal there is {count} effort ({states}).",
        "For this goal there are {count} efforts ({states}).",
        int(own.sum()),
        states=words.listing(states) if len(own) > 1 else names[own.index[0]],
    )


def ask_about_efforts(counts: pd.DataFrame, assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return the questions that efforts and verdict raise together: done, and the goal still behind."""
    done = counts.index[(counts["done"] > 0) & (counts["done"] == counts.sum(axis=1))]
    behind = assessed[assessed["status"].isin(LAGGING) & assessed["id"].isin(done)]
    return [
        words.say(
            "{goal} {title}: all its efforts are done, and the verdict is ‘{status}’. What is missing?",
            goal=goal["id"], title=goal["title"], status=verdict(goal, words),
        )
        for _, goal in behind.iterrows()
    ]  # fmt: skip


def unknown_about_efforts(efforts: pd.DataFrame, goals: pd.DataFrame, network: pd.DataFrame, words: Words) -> list[str]:
    """Return what the network of goals and efforts leaves open, one sentence each; the tables of ``unlinked``."""
    loose, bare = (words.listing(list(titles)) for titles in unlinked(efforts, goals, network))
    empty = int((efforts["state"] == "to_be_developed").sum())
    to_develop = words.say_many(
        "{count} effort is still to be developed with the partners.",
        "{count} efforts are still to be developed with the partners.",
        empty,
    )
    rows = [
        (loose, words.say("Linked to no goal: {efforts}.", efforts=loose)),
        (bare, words.say("Goals without an effort: {goals}.", goals=bare)),
        (empty, to_develop),
    ]
    return [text for holds, text in rows if holds]
