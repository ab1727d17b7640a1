"""What there is to say of one goal: level, course, certainty, freshness, what it would take and where it goes."""

from __future__ import annotations

import pandas as pd

from binnenstad.goals.margins import Z95
from binnenstad.goals.status import ENDED, begin_to_value, bound_of, marked, reached, verdict
from binnenstad.words import Words


def heading(goal: pd.Series, words: Words) -> str:
    """Return an assessed goal by id and title with the verdict on it."""
    return f"{goal['id']} {goal['title']}: {marked(goal, words)}"


def sentences(goal: pd.Series, words: Words) -> list[tuple[str, bool]]:
    """Return what there is to say of an assessed goal, and of each sentence whether it can stand behind the others.

    What was measured, whether the goal will be met, whether it has changed, and last how its path stands. Margin and
    change stand behind the picture that shows them.
    """
    say, known, first, unit = words.say, goal.notna(), original(goal, words), goal["unit"]
    if goal["status"] == "invalid":
        return [(say("The input is at fault, so nothing is computed."), False)]
    written = {name: words.change(goal[name], unit) for name in ("needed_per_year", "change_per_year")}
    days = {name: words.date(goal[name]) if known[name] else "" for name in ("date", "known_until")}
    told = {
        "value": words.quantity(goal["value"], unit, goal["unit_label"], goal["target"]), "bound": bound_of(goal, words),
        "begin": goal["change_since"].year, "last_break": goal["last_break"].year, "later": goal["later_date"].year,
        "later_value": words.measure(goal["later_value"], unit, goal["target"]),
        "parts": words.number(goal["periods_known"]), "count": words.number(12 / goal["rhythm"]),
        "points": words.number(goal["attainment_error"] * Z95 * 100), **written, **days,
    }  # fmt: skip
    ends = goal[["agreed_baseline", "baseline"]] / goal["bridged"]
    told["agreed"], told["best"], told["held"] = words.measures([*ends, goal["anchored"]], unit)
    mean = say("Mean of the year to {date}: {value}", **told)
    told["figure"] = mean if goal["year_mean"] else say("Measured: {value} ({date})", **told)
    further, needed = goal["attainment"] < 0 and goal["change_certainty"] != "no_change", known["needed_per_year"]
    due = goal["final_pending"] and goal["reference"] >= goal["target_date"]
    fresh, paced = not known["value"] and known["baseline_date"], needed and known["change_per_year"]
    bridged = abs(goal["bridged"] - 1) > 0 and known["target"] and not goal["broken"]
    short, unsure = goal["periods_known"] < 12 / goal["rhythm"], goal["attainment_error"] > 0
    rows = [
        (fresh, say("Since the baseline there is no figure to judge by; the target is {bound}.", **told), False),
        (not known["value"] and not fresh, say("There is no figure to judge by; the target is {bound}.", **told), False),
        (known["value"] and not known["target"], say("{figure}; no target was agreed.", **told), False),
        (known["value"] and known["target"], say("{figure}; target: {bound}.", **told), False),
        (bridged, _converted(goal, words), False),
        (bridged and goal["target_kind"] == "absolute", say("The target is a fixed value, so it was not converted."), True),
        (goal["broken"], say("Since {last_break} it is measured otherwise, and nothing converts it.", **told), False),
        (short, say("{parts} of the {count} values of the year to {known_until} are known.", **told), False),
        (due, say("The target date has come; there is no final measurement yet."), False),
        (first, first, False),
        (known["later_value"], say("After the target date: {later_value} ({later}).", **told), False),
        *((*row, part is not _outlook) for part in (_margin, _outlook, _trend) for row in part(goal, words)),
        (goal["attainment"] >= 0 or further, _course(goal, words), False),
        (ends.nunique() > 1, say("Agreed baseline: {agreed}, measured: {best}. The target rests on {held}.", **told), True),
        (unsure, say("The margin of that share is {points} percentage points either way.", **told), True),
        (needed, say("After this figure {needed_per_year} per year is needed.", **told), True),
        (paced, say("Since {begin} the change was {change_per_year} per year on average.", **told), True),
    ]  # fmt: skip
    return [(text, more) for holds, text, more in rows if holds]


def original(goal: pd.Series, words: Words) -> str:
    """Return what was first promised of a goal that a decision changed, and how that ended; empty for any other."""
    if pd.isna(goal.get("original_target")):
        return ""
    first = goal.filter(like="original_").rename(lambda name: name.removeprefix("original_"))
    told = {name: words.date(day) for name, day in (("due", first["target_date"]), ("new", goal["target_date"]))}
    told |= {"date": words.date(first["changed_on"]), "body": first["changed_by"], "verdict": verdict(first, words)}
    # as agreed: a bridge dated after it is no part of the promise
    told |= {"bound": bound_of(first, words, "promised"), "now": bound_of(goal, words, "promised")}
    told["begin"] = words.measure(first["anchored"], first["unit"])
    promise = words.say(
        "Originally {bound} on {due} (baseline: {begin}); changed on {date} ({body}) to {now} on {new}. By the original "
        "goal: {verdict}.", **told,
    )  # fmt: skip
    share = words.say("Of the change agreed at first {share} has been reached.", share=reached(first, words))
    return f"{promise} {share}" if first["attainment"] >= 0 and _recast(goal) else promise


def _recast(goal: pd.Series) -> bool:
    """Return whether a decision changed what a goal is to reach, and not only when."""
    pairs = [(goal[name], goal.get(f"original_{name}", goal[name])) for name in ("anchored", "promised")]
    return any(abs(new - old) > 1e-9 * abs(new) for new, old in pairs)


def _converted(goal: pd.Series, words: Words) -> str:
    """Return what was agreed before a bridged break of method, and what that is in the way of measuring of now."""
    scale, begin, year = goal["bridged"], goal["anchored"], goal["last_bridge"].year
    pairs = (begin, goal["promised"]), (begin * scale, goal["target"])
    (old, then), (new, now) = (words.measures(pair, goal["unit"]) for pair in pairs)
    # the decimals that the factor has, and no more
    places = next((n for n in range(9) if abs(round(scale, n) - scale) < 1e-6 * scale), 9)
    told = {"old": old, "then": then, "new": new, "now": now, "year": year, "factor": words.number(scale, places)}
    # a moving target rests on what was measured, which nobody agreed
    other = goal["anchor"] == "moving" and goal["baseline"] != goal["agreed_baseline"]
    told["what"] = words.say("Counted from the measured baseline") if other else words.say("Agreed")
    return words.say("{what}: {old} to {then}. Since {year} measured otherwise (x {factor}): {new} to {now}.", **told)


def _course(goal: pd.Series, words: Words) -> str:
    """Return how much of the agreed change has been reached, and how far that is from the path."""
    if goal["attainment"] < 0:
        return words.say("That is further from the target than at the baseline.")
    part = words.say("Of the agreed change {share} has been reached", share=reached(goal, words))
    if _recast(goal):
        part = words.say("Of the change agreed later {share} has been reached", share=reached(goal, words))
    if pd.isna(goal["lead"]) or goal["status"] in ENDED:
        return part + "."
    months, told = int(abs(goal["lead"]) * 12 + 0.5), {"reached": part, "day": words.date(goal["date"])}
    if not months:
        return words.say("{reached}; on {day} that was about on the path.", **told)
    told["side"] = words.say("ahead of the path") if goal["lead"] > 0 else words.say("behind the path")
    return words.say_many(
        "{reached}; on {day} that was {count} month {side}.", "{reached}; on {day} that was {count} months {side}.",
        months, **told,
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
    old, new = begin_to_value(goal, words)
    told = {"year": goal["change_since"].year, "old": old, "new": new}
    return [
        (change != "" and same, say("Since {year} nothing has changed: {new}.", **told)),
        (change in ("change", "count") and not same, say("Since {year} it changed from {old} to {new}.", **told)),
        (change == "no_change" and not same, say("Since {year} no change can be shown: {old} and {new}.", **told)),
        (change == "unknown" and not same, say("Since {year}: from {old} to {new}.", **told)),
    ]


def _outlook(goal: pd.Series, words: Words) -> list[tuple[bool, str]]:
    """Return whether a goal will be met if its development goes on, over which years; never as a bare chance."""
    if pd.isna(goal["forecast"]):
        return []
    say, start = words.say, int(goal["forecast_from"])
    ends = [goal[name] for name in ("forecast", "forecast_low", "forecast_high")]
    told = dict(zip(("middle", "low", "high"), words.measures(ends, goal["unit"], goal["target"]), strict=True))
    answers = {
        "likely": say("The target is likely to be met"), "unlikely": say("The target is unlikely to be met"),
        "": say("Whether the target will be met cannot be said"),
        "uncertain": say("Whether the target will be met is uncertain"),
    }  # fmt: skip
    told |= {"answer": answers[goal["outlook"]], "start": str(start), "year": str(goal["target_date"].year)}
    firm = say("{answer}: if it goes on as since {start}, it will be {middle} ({low} to {high}) in {year}.", **told)
    wide = say("{answer}: the development since {start} says too little.", **told)
    equal = say("{answer}: the change per year was the same since {start}, so no margin: {middle} in {year}.", **told)
    apart = say(
        "The verdict compares {since} with {until} and asks 95% of the path; the outlook carries on all since {start}.",
        since=goal["change_since"].year, until=goal["date"].year, start=start,
    )  # fmt: skip
    turned = {"on_course": "unlikely", "behind": "likely", "far_behind": "likely", "worsening": "likely"}
    return [
        (goal["at_risk"], say("The norm is at risk.")),
        (True, equal if pd.isna(goal["forecast_low"]) else wide if goal["forecast_wide"] else firm),
        (pd.notna(goal["left_out"]), say("Left out of this outlook: {years}.", years=goal["left_out"])),
        (goal["outlook"] == turned.get(goal["status"]), apart),
    ]


def sources(data_source: str, assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return where goals and where measured values come from, each source once."""
    goals, values = ("; ".join(sorted(set(assessed[name].dropna()))) for name in ("source", "value_source"))
    named = [words.say("Goals, baselines and targets: {source}.", source=goals or data_source)]
    return named + [words.say("Measured values: {source}.", source=values)] * bool(values)
