"""What there is to say of one goal: level, course, certainty, freshness, what it would take and where it goes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from binnenstad.goals.margins import Z95
from binnenstad.goals.status import ENDED, SYMBOLS, reached, status_label
from binnenstad.words import NO_BREAK, Words


def describe_goals(assessed: pd.DataFrame, efforts: Sequence[str], words: Words) -> list[tuple[str, str]]:
    """Return each goal, named with its verdict, with what there is to say of it.

    ``efforts`` holds one sentence per goal on what is done for it, which closes what is said.
    """
    pairs = zip(assessed.iterrows(), efforts, strict=True)
    return [(_named(goal, words), " ".join([*_sentences(goal, words), own])) for (_, goal), own in pairs]


def _named(goal: pd.Series, words: Words) -> str:
    label = status_label(goal["status"], words, keep=goal["keep"])
    return f"{goal['id']} {goal['title']}: {SYMBOLS[goal['status']]}{NO_BREAK}{label}"


def _sentences(goal: pd.Series, words: Words) -> list[str]:
    say, known, bound = words.say, goal.notna(), bound_of(goal, words)
    if goal["status"] == "invalid":
        return [say("The input is at fault, so nothing is computed.")]
    if not known["value"]:
        return [say("There is no figure; the target is {bound}.", bound=bound)]
    value = words.quantity(goal["value"], goal["unit"], goal["unit_label"], goal["target"])
    told = {"value": value, "date": words.date(goal["date"]), "bound": bound}
    rows = [
        (not known["target"], say("Measured: {value} ({date}); no target was agreed.", **told)),
        (known["target"], say("Measured: {value} ({date}); target: {bound}.", **told)),
        (known["attainment"], _course(goal, words)),
        *_certainty(goal, words),
        (known["needed_per_year"], _needed(goal, words)),
        *_outlook(goal, words),
    ]
    return [text for holds, text in rows if holds]


def bound_of(goal: pd.Series, words: Words) -> str:
    """Return the target of a goal as a bound: at least 100,000; unknown where none was agreed."""
    if pd.isna(goal["target"]):
        return words.say("unknown")
    bound = words.at_least if goal["direction"] == "at_least" else words.at_most
    return bound(words.measure(goal["target"], goal["unit"]))


def _course(goal: pd.Series, words: Words) -> str:
    """Return how much of the agreed change has been reached, and how far that is from the path."""
    if goal["attainment"] < 0:
        return words.say("That is further from the target than at the baseline.")
    part = words.say("{share} of the agreed change has been reached", share=reached(goal, words))
    if pd.isna(goal["lead"]) or goal["status"] in ENDED:
        return part + "."
    months = int(abs(goal["lead"]) * 12 + 0.5)
    if not months:
        return words.say("{reached}; that is about on the path.", reached=part)
    if goal["lead"] > 0:
        return words.say_many(
            "{reached}; that is {count} month ahead of the path.",
            "{reached}; that is {count} months ahead of the path.", months, reached=part,
        )  # fmt: skip
    return words.say_many(
        "{reached}; that is {count} month behind the path.",
        "{reached}; that is {count} months behind the path.", months, reached=part,
    )  # fmt: skip


def _certainty(goal: pd.Series, words: Words) -> list[tuple[bool, str]]:
    """Return what may make a figure more or less certain, with whether it does; of a full count nothing holds."""
    say, level, error = words.say, goal["certainty"], goal["attainment_error"]
    low, high = words.measures([goal["low"], goal["high"]], goal["unit"], goal["target"])
    since, points = goal["change_since"].year, words.number(error * Z95 * 100)
    return [
        (level == "certain", say("The target lies outside the margin ({low} to {high}).", low=low, high=high)),
        (level == "within_margin", say("The target lies within the margin ({low} to {high}).", low=low, high=high)),
        (level == "unknown", say("No margin is known.")),
        (goal["change_certainty"] == "no_change", say("Since {year} no change can be shown.", year=since)),
        (error > 0, say("The margin of that share is {points} percentage points either way.", points=points)),
        (goal["provisional"], say("The figure is provisional.")),
        (goal["stale"], say("This is a figure of {year}.", year=goal["date"].year)),
    ]


def _needed(goal: pd.Series, words: Words) -> str:
    """Return the change per year that the target asks, beside the change so far if that is known."""
    needed, so_far = (words.change(goal[name], goal["unit"]) for name in ("needed_per_year", "change_per_year"))
    if pd.isna(goal["change_per_year"]):
        return words.say("Needed is {needed} per year.", needed=needed)
    told = {"needed": needed, "so_far": so_far, "year": goal["change_since"].year}
    return words.say("Needed is {needed} per year; since {year} the change was {so_far} per year on average.", **told)


def _outlook(goal: pd.Series, words: Words) -> list[tuple[bool, str]]:
    """Return where a goal arrives if its development goes on, in words and never as a bare chance."""
    pattern = words.pattern
    ends = [goal[name] for name in ("forecast", "forecast_low", "forecast_high")]
    middle, low, high = words.measures(ends, goal["unit"], goal["target"])
    expected = words.say("{middle}, between {low} and {high}", middle=middle, low=low, high=high)
    chances = {
        "likely": pattern("If the development goes on, the target is likely to be met in {year} ({range})."),
        "uncertain": pattern(
            "If the development goes on, it is uncertain whether the target is met in {year} ({range})."
        ),
        "unlikely": pattern("If the development goes on, the target is unlikely to be met in {year} ({range})."),
        "": pattern("If the development goes on, {year} gives {range}; too little is known to say more."),
    }
    told = chances[goal["outlook"]].format(year=goal["target_date"].year, range=expected)
    return [(goal["at_risk"], words.say("The norm is at risk.")), (pd.notna(goal["forecast"]), told)]


def about_attainment(assessed: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of the bars per goal, and what they are."""
    known, total = int(assessed["attainment"].notna().sum()), len(assessed)
    told = {"known": words.number(known), "total": words.number(total)}
    title = words.say("Attainment can be computed for {known} of {total} goals", **told)
    if not known:
        title = words.say("Attainment can be computed for no goal yet")
    return title, words.say("Bar chart of the attainment of each goal")


def sources(data_source: str, assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return where goals and where measured values come from, each source once."""
    goals, values = ("; ".join(sorted(set(assessed[name].dropna()))) for name in ("source", "value_source"))
    named = [words.say("Goals, baselines and targets: {source}.", source=goals or data_source)]
    return named + [words.say("Measured values: {source}.", source=values)] * bool(values)
