"""What is done for the goals: efforts beside attainment, never inside it."""

from __future__ import annotations

import pandas as pd

from binnenstad.efforts.network import PLACES, unlinked
from binnenstad.goals.status import verdict
from binnenstad.words import Words

LAGGING = ("behind", "far_behind", "no_change", "worsening", "not_met", "norm_broken")


def describe_efforts(goals: pd.Series, efforts: pd.DataFrame, lines: pd.DataFrame, words: Words) -> list[str]:
    """Return per operational goal (ids) the efforts for it by name, and in which state they are.

    Parameters: ``efforts`` as agreed on the day (``decisions.efforts_on``), the table ``effort_indicators``.
    """
    heads = {
        "running": words.pattern("Efforts under way: {efforts}."),
        "done": words.pattern("Efforts that are done: {efforts}."),
        "stopped": words.pattern("Efforts that were stopped: {efforts}."),
        "agreed": words.pattern("Efforts agreed: {efforts}."),
        "to_be_developed": words.pattern("Still to be developed with partners: {efforts}."),
        "proposed": words.pattern("Named but not agreed: {efforts}."),
    }
    linked, told = lines.merge(efforts, left_on="effort", right_on="id").sort_values("title"), []
    for id in goals:
        own = linked[linked["indicator"] == id]
        named = [(text, list(own.loc[own["state"] == state, "title"])) for state, text in heads.items()]
        parts = [text.format(efforts=words.listing(titles)) for text, titles in named if titles]
        told.append(" ".join(parts) or words.say("No effort is linked to it."))
    return told


def ask_about_efforts(counts: pd.DataFrame, assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return the questions that efforts and verdict raise together: nothing is left to do, and the goal still behind."""
    left = counts.drop(columns=["stopped", *PLACES]).sum(axis=1)
    done = counts.index[(counts["done"] > 0) & (counts["done"] == left)]
    behind = assessed[assessed["status"].isin(LAGGING) & assessed["id"].isin(done)]
    return [
        words.say(
            "{goal} {title}: all its efforts are done or were stopped, and the verdict is ‘{status}’. What is missing?",
            goal=goal["id"], title=goal["title"], status=verdict(goal, words),
        )
        for _, goal in behind.iterrows()
    ]  # fmt: skip


def unknown_about_efforts(
    efforts: pd.DataFrame, goals: pd.DataFrame, network: pd.DataFrame, words: Words, most: int = 99
) -> list[str]:
    """Return what the network of goals and efforts leaves open, one sentence each; the tables of ``unlinked``.

    More than ``most`` efforts are not named but counted. Without any line nobody has looked, and that is said.
    """
    if network.empty:
        return [words.say("Which efforts are for which goals has not been filled in.")]
    loose, bare = unlinked(efforts, goals, network)
    count = words.say("{count} efforts", count=words.number(len(loose)))
    named = words.listing(sorted(loose)) if len(loose) <= most else count
    rows = [
        (loose, words.say("Linked to no goal: {efforts}.", efforts=named)),
        (bare, words.say("Goals without an effort: {goals}.", goals=words.listing(list(bare)))),
    ]
    return [text for titles, text in rows if len(titles)]
