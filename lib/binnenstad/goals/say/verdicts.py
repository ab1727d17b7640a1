"""What can be said of the verdicts together: counts and leads, earlier reports, the end, and how to read them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby

import pandas as pd

from binnenstad.goals.status import STATUSES, UNKNOWN, status_label
from binnenstad.programme.checked import Moment
from binnenstad.words import Words


def count_goals(assessed: pd.DataFrame, words: Words) -> str:
    """Return how many goals have which status, as a phrase: "1× behaald, 2× op koers en 1× geen meting"."""
    counts = Counter(zip(assessed["status"], assessed["keep"].astype(bool), strict=True))
    found = [(key, keep) for key in STATUSES for keep in (False, True) if counts[key, keep]]
    return words.listing([f"{words.number(counts[at])}× {status_label(at[0], words, keep=at[1])}" for at in found])


def lead_goals(assessed: pd.DataFrame, changed: pd.DataFrame, moments: Sequence[Moment], words: Words) -> str:
    """Return the finding of the goals report: every goal counted once, those judged first, and which verdicts moved.

    Parameters: ``changed`` from ``goals.changes`` of these moments, of which the last is now.
    """
    day, total, count = words.date(moments[-1].reference), len(assessed), Counter(assessed["status"])
    norms = int(assessed.loc[assessed["status"] == "met", "keep"].sum())
    judged = words.listing(_judged(count, norms, words))
    lead = words.say_many("The goal on {day}.", "The {count} goals on {day}.", total, day=day)
    if judged:
        lead = words.say_many(
            "The state on {day}: of the {count} goal {counts}.", "The state on {day}: of the {count} goals {counts}.",
            total, day=day, counts=judged,
        )  # fmt: skip
    moved = assessed[assessed["id"].isin(changed.loc[changed["kind"] == "status", "indicator"])]
    since = [_since(moments[-2], moved, words)] if len(moments) > 1 else []
    return " ".join([lead, *_unjudged(count, words), *since])


def _judged(n: Counter[str], norms: int, words: Words) -> list[str]:
    """Return the goals with a verdict, a clause per group; a norm that is kept is met, as in the roll-up."""
    say_many, far, behind = words.say_many, n["far_behind"], n["behind"] + n["far_behind"]
    of_norms = say_many(" (of which {count} norm)", " (of which {count} norms)", norms) if norms else ""
    of_far = words.say(" (of which {count} far)", count=words.number(far)) if far else ""
    rows = [
        (n["met"], say_many("{count} is met{part}", "{count} are met{part}", n["met"], part=of_norms)),
        (n["on_course"], say_many("{count} is on course", "{count} are on course", n["on_course"])),
        (n["at_start"], say_many("{count} is at its baseline", "{count} are at their baseline", n["at_start"])),
        (behind, say_many("{count} is behind{part}", "{count} are behind{part}", behind, part=of_far)),
        (n["worsening"], say_many("{count} is worsening", "{count} are worsening", n["worsening"])),
        (n["norm_broken"], say_many("{count} breaks its norm", "{count} break their norm", n["norm_broken"])),
        (n["not_met"], say_many("{count} is not met", "{count} are not met", n["not_met"])),
    ]
    return [clause for count, clause in rows if count]


def _unjudged(n: Counter[str], words: Words) -> list[str]:
    """Return the goals whose course cannot be told, a sentence per reason."""
    say_many = words.say_many
    loose, none, bare, late, wrong, apart = (n[key] for key in ("not_met_no_baseline", *UNKNOWN))
    nobody_can_tell = say_many(
        "{count} goal is not met yet; nobody can tell whether it is on course, as it has no usable baseline.",
        "{count} goals are not met yet; nobody can tell whether they are on course, as they have no usable baseline.",
        loose,
    )
    not_in_time = say_many(
        "Of {count} goal the final measurement is missing.", "Of {count} goals the final measurement is missing.", late
    )
    rows = [
        (loose, nobody_can_tell),
        (none, say_many("{count} goal was not measured.", "{count} goals were not measured.", none)),
        (bare, say_many("For {count} goal no target was agreed.", "For {count} goals no target was agreed.", bare)),
        (late, not_in_time),
        (apart, say_many("{count} goal changed its method.", "{count} goals changed their method.", apart)),
        (wrong, say_many("Of {count} goal the input is at fault.", "Of {count} goals the input is at fault.", wrong)),
    ]
    return [sentence for count, sentence in rows if count]


def _since(before: Moment, moved: pd.DataFrame, words: Words) -> str:
    """Return what the verdicts did since the previous report."""
    period = words.during(before.period)
    if moved.empty:
        return words.say("Since the report on {period} no verdict has changed.", period=period)
    return words.say_many(
        "Since the report on {period} {count} verdict has changed (now {verdicts}).",
        "Since the report on {period} {count} verdicts have changed (now {verdicts}).",
        len(moved),
        period=period,
        verdicts=count_goals(moved, words),
    )


def about_history(past: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of the strip of earlier verdicts (``goals.history``), and what it is."""
    statuses = past.groupby("id", sort=False)["status"].nunique()
    steady, total, period = int((statuses == 1).sum()), len(statuses), words.during(past["period"].min())
    told = {"steady": words.number(steady), "total": words.number(total), "period": period}
    rows = [
        (steady == total, words.say("No verdict has changed since {period}", period=period)),
        (not steady, words.say("Every verdict has changed since {period}", period=period)),
        (True, words.say("Of {steady} of the {total} goals the verdict has been the same since {period}", **told)),
    ]
    title = next(text for holds, text in rows if holds)
    return title, words.say("Strip of what earlier reports said of each goal")


def verdicts(past: pd.DataFrame, words: Words) -> dict[str, str]:
    """Return what the reports said of each goal, equal verdicts taken together, by the id of the goal."""
    return {str(goal): "; ".join(_runs(own, words)) for goal, own in past.groupby("id", sort=False)}


def _runs(own: pd.DataFrame, words: Words) -> Iterator[str]:
    labels = [status_label(status, words, keep=keep) for status, keep in zip(own["status"], own["keep"], strict=True)]
    for label, run in groupby(zip(own["period"], labels, strict=True), key=lambda pair: pair[1]):
        periods = [words.period(period) for period, _ in run]
        when = words.say("{first} to {last}", first=periods[0], last=periods[-1]) if periods[1:] else periods[0]
        yield f"{when}: {label}"


def final_verdict(assessed: pd.DataFrame, moment: Moment, last_year: int, words: Words) -> list[str]:
    """Return the verdict at the end of the programme, one sentence per outcome; nothing before its last year."""
    if moment.year < last_year:
        return []
    pending = assessed["final_pending"]
    met, failed = assessed["status"] == "met", assessed["status"].isin(["not_met", "norm_broken"])
    names = assessed["id"] + " " + assessed["title"]
    rows = [
        (met & ~pending, words.pattern("Met: {goals}.")),
        (failed & ~pending, words.pattern("Not met: {goals}.")),
        (pending, words.pattern("The final verdict is still to come: {ids}.")),
        (~met & ~failed & ~pending, words.pattern("No verdict can be given: {goals}.")),
    ]
    listed = [(words.listing(list(names[found])), text) for found, text in rows if found.any()]
    return [text.format(goals=goals, ids=goals) for goals, text in listed]


def how_to_read(words: Words) -> list[str]:
    """Return how the verdicts come about, for a reader who is no researcher."""
    say = words.say
    return [
        say("Attainment: the part of the agreed change, from baseline to target, that has been reached."),
        say("Path: the straight line from the baseline to the target. Who is on it, arrives in time."),
        say(
            "On course: at least 95% of the change the path asks by now. Behind: 60% to 95%. Far behind: less. "
            "Worsening: further from the target than at the baseline. These are the cut-offs of Eurostat."
        ),
        say("Margin: with 95% certainty the true value lies between these two. A full count has none."),
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
