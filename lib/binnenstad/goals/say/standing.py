"""What can be said about the goals: leads, what each of them has come to, alt texts, how to read it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import pandas as pd

from binnenstad.goals import KNOWN, UNKNOWN
from binnenstad.goals.say import certainty
from binnenstad.page.blocks import SYMBOLS, status_label
from binnenstad.programme import Moment
from binnenstad.words import NO_BREAK, Words


def count_goals(assessed: pd.DataFrame, words: Words) -> str:
    """Return how many goals have which status, as a phrase: "1× behaald, 2× op koers en 1× geen meting"."""
    counts = assessed.groupby(["status", "keep"]).size()
    found = [(key, keep) for key in (*KNOWN, *UNKNOWN) for keep in (False, True) if (key, keep) in counts]
    phrases = [f"{words.number(counts[key])}× {status_label(key[0], words, keep=key[1])}" for key in found]
    return words.listing(phrases)


def lead_goals(assessed: pd.DataFrame, moment: Moment, words: Words) -> str:
    """Return the finding of the goals report: every goal counted once, those judged first, then the others."""
    day, total = words.date(moment.reference), len(assessed)
    judged = _judged(assessed, words)
    if judged:
        lead = words.say_many(
            "The state on {day}: of the {count} goal {counts}.", "The state on {day}: of the {count} goals {counts}.",
            total, day=day, counts=words.listing(judged),
        )  # fmt: skip
    else:
        lead = words.say_many("The goal on {day}.", "The {count} goals on {day}.", total, day=day)
    return " ".join([lead, *_unjudged(assessed["status"], words)])


def _judged(assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return the goals with a verdict, a clause per group; a norm that is kept is met, as in the roll-up."""
    status, keep = assessed["status"], assessed["keep"].astype(bool)
    norms, far = int(((status == "met") & keep).sum()), int((status == "far_behind").sum())
    counts = {"met": int((status == "met").sum()), "behind": int(status.isin(["behind", "far_behind"]).sum())} | {
        key: int((status == key).sum()) for key in ("on_course", "at_start", "worsening", "norm_broken", "not_met")
    }
    of_norms = words.say_many(" (of which {count} norm)", " (of which {count} norms)", norms) if norms else ""
    of_far = words.say(" (of which {count} far)", count=words.number(far)) if far else ""
    clauses = {
        "met": words.say_many("{count} is met{part}", "{count} are met{part}", counts["met"], part=of_norms),
        "on_course": words.say_many("{count} is on course", "{count} are on course", counts["on_course"]),
        "at_start": words.say_many("{count} is at its baseline", "{count} are at their baseline", counts["at_start"]),
        "behind": words.say_many("{count} is behind{part}", "{count} are behind{part}", counts["behind"], part=of_far),
        "worsening": words.say_many("{count} is worsening", "{count} are worsening", counts["worsening"]),
        "norm_broken": words.say_many("{count} breaks its norm", "{count} break their norm", counts["norm_broken"]),
        "not_met": words.say_many("{count} is not met", "{count} are not met", counts["not_met"]),
    }
    return [clause for key, clause in clauses.items() if counts[key]]


def _unjudged(status: pd.Series, words: Words) -> list[str]:
    """Return the goals whose course cannot be told, a sentence per reason."""
    count = {key: int((status == key).sum()) for key in ("not_met_no_baseline", *UNKNOWN)}
    said = {
        "not_met_no_baseline": words.say_many(
            "{count} goal is not met yet; nobody can tell whether it is on course, as it has no usable baseline.",
            "{count} goals are not met yet; nobody can tell whether they are on course, as they have no usable "
            "baseline.",
            count["not_met_no_baseline"],
        ),
        "no_measurement": words.say_many(
            "{count} goal was not measured.", "{count} goals were not measured.", count["no_measurement"]
        ),
        "no_target": words.say_many(
            "For {count} goal no target was agreed.", "For {count} goals no target was agreed.", count["no_target"]
        ),
        "not_measured_in_target_year": words.say_many(
            "{count} goal was not measured in its target year.",
            "{count} goals were not measured in their target year.",
            count["not_measured_in_target_year"],
        ),
        "invalid": words.say_many(
            "Of {count} goal the input is at fault.", "Of {count} goals the input is at fault.", count["invalid"]
        ),
    }
    return [sentence for key, sentence in said.items() if count[key]]


def describe_goals(assessed: pd.DataFrame, efforts: Sequence[str], words: Words) -> list[tuple[str, str]]:
    """Return each goal with what there is to say of it: level, pace, certainty, freshness, what it would take.

    ``efforts`` holds one sentence per goal on what is done for it, which closes what is said.
    """
    rows = [goal for _, goal in assessed.iterrows()]
    said = [" ".join([*_sentences(goal, words), own]) for goal, own in zip(rows, efforts, strict=True)]
    return [(_named(goal, words), text) for goal, text in zip(rows, said, strict=True)]


def _named(goal: pd.Series, words: Words) -> str:
    label = status_label(goal["status"], words, keep=goal["keep"])
    return f"{goal['id']} {goal['title']}: {SYMBOLS[goal['status']]}{NO_BREAK}{label}"


def _sentences(goal: pd.Series, words: Words) -> Iterator[str]:
    if goal["status"] == "invalid":
        yield words.say("The input is at fault, so nothing is computed.")
        return
    if pd.isna(goal["value"]):
        yield words.say("There is no figure; the target is {bound}.", bound=bound_of(goal, words))
        return
    value = words.quantity(goal["value"], goal["unit"], goal["unit_label"], goal["target"])
    day, bound = words.date(goal["date"]), bound_of(goal, words)
    if pd.isna(goal["target"]):
        yield words.say("Measured: {value} ({date}); no target was agreed.", value=value, date=day)
    else:
        yield words.say("Measured: {value} ({date}); target: {bound}.", value=value, date=day, bound=bound)
    if pd.notna(goal["attainment"]):
        yield _course(goal, words)
    yield from certainty.about_goal(goal, words)
    if pd.notna(goal["needed_per_year"]):
        yield _needed(goal, words)
    yield from certainty.outlook(goal, words)


def bound_of(goal: pd.Series, words: Words) -> str:
    """Return the target of a goal as a bound: at least 100,000; unknown where none was agreed."""
    if pd.isna(goal["target"]):
        return words.say("unknown")
    bound = words.at_least if goal["direction"] == "at_least" else words.at_most
    return bound(words.measure(goal["target"], goal["unit"]))


def _course(goal: pd.Series, words: Words) -> str:
    share = words.percent(goal["attainment"])
    if goal["attainment"] < 0:
        return words.say(
            "That is further from the target than at the baseline ({share} of the agreed change).", share=share
        )
    reached = words.say("{share} of the agreed change has been reached", share=share)
    # once the target year is measured there is no path left to be ahead of
    if pd.isna(goal["lead"]) or goal["status"] in ("met", "not_met"):
        return reached + "."
    months = int(abs(goal["lead"]) * 12 + 0.5)
    if months == 0:
        return words.say("{reached}; that is about on the path.", reached=reached)
    if goal["lead"] > 0:
        return words.say_many(
            "{reached}; that is {count} month ahead of the path.",
            "{reached}; that is {count} months ahead of the path.",
            months,
            reached=reached,
        )
    return words.say_many(
        "{reached}; that is {count} month behind the path.",
        "{reached}; that is {count} months behind the path.",
        months,
        reached=reached,
    )


def _needed(goal: pd.Series, words: Words) -> str:
    needed = words.change(goal["needed_per_year"], goal["unit"])
    if pd.isna(goal["change_per_year"]):
        return words.say("Needed is {needed} per year.", needed=needed)
    so_far, since = words.change(goal["change_per_year"], goal["unit"]), goal["change_since"].year
    return words.say(
        "Needed is {needed} per year; since {year} the change was {so_far} per year on average.",
        needed=needed,
        so_far=so_far,
        year=since,
    )


def about_attainment(assessed: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of the bars per goal."""
    known, total = int(assessed["attainment"].notna().sum()), len(assessed)
    title = words.say(
        "Attainment can be computed for {known} of {total} goals", known=words.number(known), total=words.number(total)
    )
    if not known:
        title = words.say("Attainment can be computed for no goal yet")
    return title, " ".join(_in_short(goal, words) for _, goal in assessed.iterrows())


def _in_short(goal: pd.Series, words: Words) -> str:
    label = status_label(goal["status"], words, keep=goal["keep"])
    if pd.notna(goal["attainment"]):
        share = words.percent(goal["attainment"])
        return words.say("{id}: {status}, {share} of the agreed change.", id=goal["id"], status=label, share=share)
    if pd.isna(goal["value"]):
        return words.say("{id}: {status}.", id=goal["id"], status=label)
    value = words.quantity(goal["value"], goal["unit"], goal["unit_label"], goal["target"])
    bound = bound_of(goal, words)
    return words.say("{id}: {status}, {value}; target {bound}.", id=goal["id"], status=label, value=value, bound=bound)


def sources(data_source: str, assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return where goals and where measured values come from, each source once."""
    goals = sorted(set(assessed["source"].dropna())) or [data_source]
    values = sorted(set(assessed["value_source"].dropna()))
    named = [words.say("Goals, baselines and targets: {source}.", source="; ".join(goals))]
    return named + [words.say("Measured values: {source}.", source="; ".join(values))] * bool(values)


def how_to_read(words: Words) -> list[str]:
    """Return how the verdicts come about, for a reader who is no researcher."""
    return [
        words.say("Attainment: the part of the agreed change, from baseline to target, that has been reached."),
        words.say("Path: the straight line from the baseline to the target. Who is on it, arrives in time."),
        words.say(
            "On course: at least 95% of the change the path asks by now. Behind: 60% to 95%. Far behind: less. "
            "Worsening: further from the target than at the baseline. These are the cut-offs of Eurostat."
        ),
        words.say("Margin: with 95% certainty the true value lies between these two. A full count has none."),
        words.say(
            "If the development goes on: the mean change per year so far, carried on to the target date. It is no "
            "promise. In four out of five cases the figure ends up between the two values named."
        ),
        words.say(
            "Earlier reports are judged by what was known and agreed then: a figure or target that changed later is "
            "not used for them."
        ),
        words.say(
            "An effort is never counted as attainment: that activities took place says nothing about their effect."
        ),
    ]
