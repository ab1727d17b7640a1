"""What can be said of the verdicts together: counts and leads, earlier reports, the end, and how to read them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby, product

import numpy as np
import pandas as pd

from binnenstad.goals.say.goal import original
from binnenstad.goals.say.outlook import MOST_NAMED, lead_outlook, short_title
from binnenstad.goals.status import KNOWN, STATUSES, status_label, verdict, with_reserves
from binnenstad.programme.checked import Moment
from binnenstad.words import Words


def count_goals(assessed: pd.DataFrame, words: Words) -> str:
    """Return how many goals have which verdict, and how certain: "2× behaald (waarvan 1 voorlopig)"."""
    found, goals = [], [goal for _, goal in assessed.iterrows()]
    for key, keep in product(STATUSES, (False, True)):
        own = [goal for goal in goals if (goal["status"], goal["keep"]) == (key, keep)]
        label = f"{words.number(len(own))}× {status_label(key, words, keep=keep)}"
        found += [with_reserves(label, own, words)] * bool(len(own))
    return words.listing(found)


def lead_goals(assessed: pd.DataFrame, changed: pd.DataFrame, moments: Sequence[Moment], words: Words) -> str:
    """Return the finding of the goals report: where the goals go, else every verdict counted, and which of them moved.

    Parameters: ``changed`` from ``goals.changes`` of these moments, of which the last is now.
    """
    moved = assessed[assessed["id"].isin(changed.loc[changed["kind"] == "status", "indicator"])]
    since = [_since(moments[-2], moved, words)] if len(moments) > 1 else []
    return " ".join([*(lead_outlook(assessed, words) or [describe_verdicts(assessed, moments[-1], words)]), *since])


def describe_verdicts(assessed: pd.DataFrame, moment: Moment, words: Words) -> str:
    """Return how many goals have which verdict on the last day of a period."""
    return words.say_many(
        "The verdict on the goal on {day}: {verdicts}.",
        "The verdict on the {count} goals on {day}: {verdicts}.",
        len(assessed), day=words.date(moment.reference), verdicts=count_goals(assessed, words),
    )  # fmt: skip


def _since(before: Moment, moved: pd.DataFrame, words: Words) -> str:
    """Return what the verdicts did since the previous report."""
    period = words.during(before.period)
    if moved.empty:
        return words.say("Since the report on {period} no verdict has changed.", period=period)
    if len(moved) <= MOST_NAMED:
        pairs = [(short_title(goal), verdict(goal, words)) for _, goal in moved.iterrows()]
        goals = words.listing([words.say("‘{verdict}’ for {goal}", goal=goal, verdict=now) for goal, now in pairs])
        return words.say("New since the report on {period}: {goals}.", period=period, goals=goals)
    return words.say_many(
        "Since the report on {period} {count} verdict has changed: now {verdicts}.",
        "Since the report on {period} {count} verdicts have changed: now {verdicts}.",
        len(moved), period=period, verdicts=count_goals(moved, words),
    )  # fmt: skip


def verdicts(past: pd.DataFrame, words: Words) -> dict[str, str]:
    """Return what the reports said of each goal, equal verdicts taken together, by the id of the goal."""
    return {str(goal): "; ".join(_runs(own, words)) for goal, own in past.groupby("id", sort=False)}


def _runs(own: pd.DataFrame, words: Words) -> Iterator[str]:
    labels = [verdict(goal, words) for _, goal in own.iterrows()]
    for label, run in groupby(zip(own["period"], labels, strict=True), key=lambda pair: pair[1]):
        periods = [words.period(period) for period, _ in run]
        when = words.say("{first} to {last}", first=periods[0], last=periods[-1]) if periods[1:] else periods[0]
        yield f"{when}: {label}"


def final_verdict(assessed: pd.DataFrame, moment: Moment, last_year: int, words: Words) -> list[str]:
    """Return the verdict at the end of the programme, one sentence per outcome; nothing before its last year."""
    if moment.year < last_year:
        return []
    status, goals = assessed["status"], [goal for _, goal in assessed.iterrows()]
    # a later date leaves the verdict on the first one, measured or not, and the new one open
    ahead = assessed["target_date"] > assessed["reference"]
    put_off = ahead & (assessed["original_target_date"] < assessed["target_date"])
    failed = status.isin(["not_met", "norm_broken"])
    rows = [assessed["final_pending"], status == "met", put_off, ahead & status.isin(KNOWN), failed]
    outcomes = np.select(rows, ["pending", "met", "later", "pending", "failed"], "none")
    told = {
        "met": words.pattern("Met: {goals}."), "failed": words.pattern("Not met: {goals}."),
        "later": words.pattern("The target date was put off: {goals}."),
        "pending": words.pattern("The final verdict is still to come: {goals}."),
        "none": words.pattern("No verdict can be given: {goals}."),
    }  # fmt: skip
    found = [(outcome, _named(goal, outcome == "later", words)) for goal, outcome in zip(goals, outcomes, strict=True)]
    listed = {text: [name for outcome, name in found if outcome == key] for key, text in told.items()}
    firsts = [f"{goal['id']}: {promise}" for goal in goals if (promise := original(goal, words))]
    return [text.format(goals=words.listing(names)) for text, names in listed.items() if names] + firsts


def _named(goal: pd.Series, put_off: bool, words: Words) -> str:
    """Return a goal with what makes its verdict less than certain, or with its new date where the first has passed."""
    name = f"{goal['id']} {goal['title']}"
    return f"{name} ({words.date(goal['target_date'])})" if put_off else with_reserves(name, [goal], words)


def how_to_read(words: Words) -> list[str]:
    """Return how the verdicts come about, for a reader who is no researcher."""
    say = words.say
    return [
        say("Attainment: the part of the agreed change, from baseline to target, that has been reached."),
        say(
            "Path: the straight line from the baseline to the target. Who is on it, arrives in time. Path, pace, months "
            "and what is needed are those on the day of the figure."
        ),
        say(
            "On course: at least 95% of the change the path asks on the day of the figure. Behind: 60% to 95%. Far "
            "behind: less. Worsening: further from the target than at the baseline. These are the cut-offs of "
            "Eurostat. What the margin may explain is no change that can be shown."
        ),
        say("Between brackets: what makes a verdict less certain; a change of that alone is not counted."),
        say("Margin: with 95% certainty the true value lies between these. A full count has none, and may still err."),
        say(
            "If the development goes on: the mean change per year so far, carried on to the target date. It is no "
            "promise. In four out of five cases the figure ends up between the two values named."
        ),
        say(
            "Earlier reports are judged by what was known and agreed then: a figure or target that changed later is "
            "not used for them."
        ),
        say("An effort is never counted as attainment: that activities took place says nothing about their effect."),
    ]
