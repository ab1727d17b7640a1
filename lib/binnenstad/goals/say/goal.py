"""What there is to say of one goal: level, course, certainty, freshness, what it would take and where it goes."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from binnenstad.goals.margins import Z95
from binnenstad.goals.status import ENDED, begin_and_value, bound_of, marked, reached, verdict
from binnenstad.words import Words


def describe_goals(assessed: pd.DataFrame, efforts: Sequence[str], words: Words) -> list[tuple[str, str]]:
    """Return each goal, named with its verdict, with what there is to say of it.

    ``efforts`` holds one sentence per goal on what is done for it, which closes what is said.
    """
    pairs = zip(assessed.iterrows(), efforts, strict=True)
    return [
        (f"{goal['id']} {goal['title']}: {marked(goal, words)}", " ".join([*_sentences(goal, words), own]))
        for (_, goal), own in pairs
    ]


def _sentences(goal: pd.Series, words: Words) -> list[str]:
    """Return what was measured, whether the goal will be met, whether it has changed, and last how its path stands."""
    say, known, bound, first = words.say, goal.notna(), bound_of(goal, words), original(goal, words)
    if goal["status"] == "invalid":
        return [say("The input is at fault, so nothing is computed.")]
    value = words.quantity(goal["value"], goal["unit"], goal["unit_label"], goal["target"])
    told = {"value": value, "date": words.date(goal["date"]) if known["value"] else "", "bound": bound}
    one, year = say("Measured: {value} ({date})", **told), say("Mean of the year to {date}: {value}", **told)
    figure = year if goal["year_mean"] else one
    further = goal["attainment"] < 0 and goal["change_certainty"] != "no_change"
    error, points = goal["attainment_error"], words.number(goal["attainment_error"] * Z95 * 100)
    rows = [
        (not known["value"], say("There is no figure; the target is {bound}.", **told)),
        (known["value"] and not known["target"], say("{figure}; no target was agreed.", figure=figure)),
        (known["value"] and known["target"], say("{figure}; target: {bound}.", figure=figure, bound=bound)),
        (first, first),
        (known["later_value"], _later(goal, words)),
        *_margin(goal, words),
        *_outlook(goal, words),
        *_trend(goal, words),
        (goal["attainment"] >= 0 or further, _course(goal, words)),
        (known["baseline"] and goal["baseline"] != goal["agreed_baseline"], _baselines(goal, words)),
        (error > 0, say("The margin of that share is {points} percentage points either way.", points=points)),
        (known["needed_per_year"], _needed(goal, words)),
    ]
    return [text for holds, text in rows if holds]


def original(goal: pd.Series, words: Words) -> str:
    """Return what was first promised of a goal that a decision changed, and how that ended; empty for any other."""
    if pd.isna(goal.get("original_target")):
        return ""
    first = goal.filter(like="original_").rename(lambda name: name.removeprefix("original_"))
    return words.say(
        "Originally {bound} on {due} (baseline: {begin}); changed on {date} ({body}). By the original goal: {verdict}.",
        bound=bound_of(first, words), due=words.date(first["target_date"]),
        begin=words.measure(first["baseline_value"], first["unit"]), date=words.date(first["changed_on"]),
        body=first["changed_by"], verdict=verdict(first, words),
    )  # fmt: skip


def _later(goal: pd.Series, words: Words) -> str:
    """Return what was measured after the period of the target date: it changes no verdict, and is not kept back."""
    later, day = words.measure(goal["later_value"], goal["unit"], goal["target"]), goal["later_date"]
    return words.say("After the target date: {value} ({year}).", value=later, year=day.year)


def _baselines(goal: pd.Series, words: Words) -> str:
    """Return the baseline as agreed and as measured, where they differ, and on which of them the target rests."""
    agreed, best = words.measures([goal["agreed_baseline"], goal["baseline"]], goal["unit"])
    told = {"agreed": agreed, "best": best, "held": best if goal["anchor"] == "moving" else agreed}
    return words.say("Agreed as baseline: {agreed}; measured: {best}. The target rests on {held}.", **told)


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
    side = words.say("ahead of the path") if goal["lead"] > 0 else words.say("behind the path")
    return words.say_many(
        "{reached}; that is {count} month {side}.", "{reached}; that is {count} months {side}.",
        months, reached=part, side=side,
    )  # fmt: skip


def _margin(goal: pd.Series, words: Words) -> list[tuple[bool, str]]:
    """Return how certain the level is; of a full count there is no margin to tell of."""
    say, level = words.say, goal["certainty"]
    low, high = words.measures([goal["low"], goal["high"]], goal["unit"], goal["target"])
    return [
        (level == "certain", say("The target lies outside the margin ({low} to {high}).", low=low, high=high)),
        (level == "within_margin", say("The target lies within the margin ({low} to {high}).", low=low, high=high)),
        (level == "unknown", say("No margin is known.")),
    ]


def _trend(goal: pd.Series, words: Words) -> list[tuple[bool, str]]:
    """Return whether the goal has demonstrably changed since the begin, the same two values in every answer."""
    say, change, same = words.say, goal["change_certainty"], goal["begin"] == goal["value"]
    old, new = begin_and_value(goal, words)
    told = {"year": goal["change_since"].year, "old": old, "new": new}
    return [
        (change != "" and same, say("Since {year} nothing has changed: {new}.", **told)),
        (change in ("change", "count") and not same, say("Since {year} it changed from {old} to {new}.", **told)),
        (change == "no_change" and not same, say("Since {year} no change can be shown: {old} and {new}.", **told)),
        (change == "unknown" and not same, say("Since {year}: from {old} to {new}; that may be chance.", **told)),
    ]


def _needed(goal: pd.Series, words: Words) -> str:
    """Return the change per year that the target asks, beside the change so far if that is known."""
    needed, so_far = (words.change(goal[name], goal["unit"]) for name in ("needed_per_year", "change_per_year"))
    if pd.isna(goal["change_per_year"]):
        return words.say("Needed is {needed} per year.", needed=needed)
    told = {"needed": needed, "so_far": so_far, "year": goal["change_since"].year}
    return words.say("Needed is {needed} per year; since {year} the change was {so_far} per year on average.", **told)


def _outlook(goal: pd.Series, words: Words) -> list[tuple[bool, str]]:
    """Return whether a goal will be met if its development goes on, over which years; never as a bare chance."""
    if pd.isna(goal["forecast"]):
        return []
    ends = [goal[name] for name in ("forecast", "forecast_low", "forecast_high")]
    middle, low, high = words.measures(ends, goal["unit"], goal["target"])
    answers = {
        "likely": words.say("The target is likely to be met"),
        "uncertain": words.say("Whether the target will be met is uncertain"),
        "unlikely": words.say("The target is unlikely to be met"),
        "": words.say("Whether the target will be met cannot be said"),
    }
    start, until = int(goal["forecast_from"]), goal["date"].year
    told = {
        "answer": answers[goal["outlook"]], "start": start, "year": goal["target_date"].year,
        "range": words.say("{middle} ({low} to {high})", middle=middle, low=low, high=high),
    }  # fmt: skip
    firm = words.say("{answer}: if the development since {start} goes on, it will be {range} in {year}.", **told)
    wide = words.say("{answer}: the development since {start} says too little.", **told)
    apart = words.say(
        "The verdict compares {since} with {until} and asks 95% of the path; the outlook carries on all since {start}.",
        since=goal["change_since"].year, until=until, start=start,
    )  # fmt: skip
    turned = {"on_course": "unlikely", "behind": "likely", "far_behind": "likely", "worsening": "likely"}
    return [
        (goal["at_risk"], words.say("The norm is at risk.")),
        (True, wide if goal["forecast_wide"] else firm),
        (goal["outlook"] == turned.get(goal["status"]), apart),
    ]


def about_attainment(assessed: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of the bars per goal, and what they are."""
    told = {"known": words.number(assessed["attainment"].notna().sum()), "total": words.number(len(assessed))}
    title = words.say("Attainment can be computed for {known} of {total} goals", **told)
    return title, words.say("Bar chart of the attainment of each goal")


def sources(data_source: str, assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return where goals and where measured values come from, each source once."""
    goals, values = ("; ".join(sorted(set(assessed[name].dropna()))) for name in ("source", "value_source"))
    named = [words.say("Goals, baselines and targets: {source}.", source=goals or data_source)]
    return named + [words.say("Measured values: {source}.", source=values)] * bool(values)
