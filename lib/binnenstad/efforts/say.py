"""What is done for the goals: efforts beside attainment, never inside it."""

from __future__ import annotations

import pandas as pd

from binnenstad.efforts.network import STATES
from binnenstad.goals.say.changes import effort_state
from binnenstad.page.blocks import status_label
from binnenstad.words import Words

LAGGING = ("behind", "far_behind", "worsening", "not_met", "norm_broken")


def describe_efforts(counts: pd.DataFrame, words: Words) -> list[str]:
    """Return per goal how many efforts it has, and how many are in which state (``efforts.beside_goals``)."""
    return [_describe(own, words) for _, own in counts.iterrows()]


def _describe(own: pd.Series, words: Words) -> str:
    total = int(own.sum())
    if not total:
        return words.say("No effort is linked to it.")
    found = own[own > 0]
    counted = len(found) > 1
    states = [
        f"{words.number(count)} {effort_state(str(state), words)}" if counted else effort_state(str(state), words)
        for state, count in found.items()
    ]
    return words.say_many(
        "For this goal there is {count} effort ({states}).",
        "For this goal there are {count} efforts ({states}).",
        total,
        states=words.listing(states),
    )


def state_heads(words: Words) -> dict[str, str]:
    """Return the words for the states of efforts, by key."""
    return {state: effort_state(state, words) for state in STATES}


def ask_about_efforts(counts: pd.DataFrame, assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return the questions that efforts and verdict raise together: done, and the goal still behind."""
    done = counts.index[(counts["done"] > 0) & (counts["done"] == counts.sum(axis=1))]
    behind = assessed[assessed["status"].isin(LAGGING) & assessed["id"].isin(done)]
    return [
        words.say(
            "{goal} {title}: all its efforts are done, and the goal is {status}. What is missing?",
            goal=goal["id"], title=goal["title"], status=status_label(goal["status"], words, keep=goal["keep"]),
        )
        for _, goal in behind.iterrows()
    ]  # fmt: skip
