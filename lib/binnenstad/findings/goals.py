"""What can be said about the goals: leads, a sentence per goal, alt texts, and what is not known."""

from __future__ import annotations

import pandas as pd

from binnenstad.blocks import status_label
from binnenstad.goals import KNOWN, UNKNOWN
from binnenstad.programme import Moment
from binnenstad.text import Words


def count_goals(assessed: pd.DataFrame, words: Words) -> str:
    """Return how many goals have which status, as a phrase: "1 behaald, 1 loopt achter en 7 nog niet (geen nulmeting)"."""
    counts = assessed["status"].value_counts()
    return words.listing(
        [f"{words.number(counts[key])} {status_label(key, words)}" for key in (*KNOWN, *UNKNOWN) if key in counts]
    )


def lead_goals(assessed: pd.DataFrame, moment: Moment, words: Words) -> str:
    """Return the finding of the goals report: the count per status, and of how many the course cannot be told."""
    day, total = words.date(moment.reference), len(assessed)
    if not total:
        return words.say("This programme has no operational goals yet, so nothing can be said about its course.")
    lead = words.say_many(
        "On {day} the one goal stands as follows: {counts}.",
        "On {day} the {count} goals stand as follows: {counts}.", total, day=day, counts=count_goals(assessed, words),
    )  # fmt: skip
    blind = int((assessed["status"] == "not_met_no_baseline").sum())
    if blind:
        lead += " " + words.say_many(
            "Of {count} goal nobody can tell whether it is on course: no baseline was agreed.",
            "Of {count} goals nobody can tell whether they are on course: no baseline was agreed.", blind,
        )  # fmt: skip
    unmeasured = int(assessed["status"].isin(["no_measurement", "not_measured_in_target_year"]).sum())
    if unmeasured:
        lead += " " + words.say_many("{count} goal was not measured.", "{count} goals were not measured.", unmeasured)
    return lead


def describe_goal(goal: pd.Series, words: Words) -> str:
    """Return what there is to say about one goal: level, target, pace, and what it would take."""
    unit = goal["unit"]
    name = words.say("{id} {title}: {status}.", id=goal["id"], title=goal["title"], status=status_label(goal["status"], words, keep=goal["keep"]))
    sentences = [name]
    if pd.isna(goal["value"]):
        return name
    value = words.measure(goal["value"], unit, goal["target"])
    sentences.append(words.say("{value} {unit} ({date}).", value=value, unit=goal["unit_label"], date=words.date(goal["date"])))
    if pd.notna(goal["attainment"]):
        sentences.append(_course(goal, words))
    if goal["stale"]:
        sentences.append(words.say("This is an old figure."))
    if pd.notna(goal["needed_per_year"]):
        sentences.append(_needed(goal, words))
    return " ".join(sentences)


def _course(goal: pd.Series, words: Words) -> str:
    reached = words.say("{share} of the agreed change has been reached", share=words.percent(goal["attainment"]))
    if pd.isna(goal["lead"]) or goal["keep"]:
        return reached + "."
    months = round(abs(goal["lead"]) * 12)
    if months == 0:
        return words.say("{reached}, exactly on the path.", reached=reached)
    if goal["lead"] > 0:
        return words.say_many("{reached}, {count} month ahead of the path.", "{reached}, {count} months ahead of the path.", months, reached=reached)
    return words.say_many("{reached}, {count} month behind the path.", "{reached}, {count} months behind the path.", months, reached=reached)


def _needed(goal: pd.Series, words: Words) -> str:
    scale, decimals = (100, 1) if goal["unit"] == "share" else (1, {"mark": 2, "index": 2}.get(goal["unit"], 0))
    needed = _signed(goal["needed_per_year"] * scale, decimals, words)
    if pd.isna(goal["change_per_year"]):
        return words.say("Still needed per year: {needed}.", needed=needed)
    so_far = _signed(goal["change_per_year"] * scale, decimals, words)
    return words.say(
        "Still needed per year: {needed}; since {year} it was {so_far} per year.",
        needed=needed, so_far=so_far, year=goal["change_since"].year,
    )  # fmt: skip


def _signed(value: float, decimals: int, words: Words) -> str:
    return ("+" if value > 0 else "") + words.number(value, decimals)


def unknown_about_goals(assessed: pd.DataFrame, measurements: pd.DataFrame, moment: Moment, words: Words) -> list[str]:
    """Return what the goals report cannot say, one sentence each; never empty."""
    def ids(rows: pd.Series) -> str:
        return words.listing(list(assessed.loc[rows, "id"]))

    has = assessed["value"].notna()
    rows = [
        (words.pattern("No baseline was agreed, so attainment and pace cannot be computed: {ids}."), has & assessed["baseline"].isna() & ~assessed["broken"]),
        (words.pattern("The way of measuring changed since the baseline, so attainment cannot be computed: {ids}."), has & assessed["broken"]),
        (words.pattern("Not measured: {ids}."), ~has),
        (words.pattern("The figure is older than agreed: {ids}."), assessed["stale"]),
        (words.pattern("The figure is provisional: {ids}."), assessed["provisional"]),
        (words.pattern("No margin is known, so chance cannot be ruled out: {ids}."), assessed["certainty"] == "unknown"),
        (words.pattern("The difference with the target is within the margin of the survey: {ids}."), assessed["certainty"] == "within_margin"),
        (words.pattern("The final measurement is still to come: {ids}."), assessed["final_pending"] & has),
    ]
    notes = [text.format(ids=ids(found)) for text, found in rows if found.any()]
    later = int(((measurements["date"] <= moment.reference) & (measurements["published"] > moment.as_of)).sum())
    if later:
        notes.append(words.say_many(
            "{count} figure about this period was published after {day} and is not used.",
            "{count} figures about this period were published after {day} and are not used.", later, day=words.date(moment.as_of),
        ))  # fmt: skip
    return notes or [words.say("Every goal has a baseline, a target and a recent figure with a margin.")]


def about_attainment(assessed: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of the bars per goal."""
    known = int(assessed["attainment"].notna().sum())
    title = words.say_many(
        "For {count} of {total} goals attainment can be computed", "For {count} of {total} goals attainment can be computed", known, total=words.number(len(assessed))
    )  # fmt: skip
    return title, " ".join(describe_goal(goal, words) for _, goal in assessed.iterrows())


def about_trends(assessed: pd.DataFrame, values: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of the small multiples: the first and last value of each goal."""
    sentences, better = [], 0
    for _, goal in assessed.iterrows():
        own = values[values["indicator"] == goal["id"]]
        if len(own) < 2:
            sentences.append(words.say("{id}: fewer than two values.", id=goal["id"]))
            continue
        first, last = own.iloc[0], own.iloc[-1]
        better += bool((last["value"] > first["value"]) == (goal["direction"] == "at_least") and last["value"] != first["value"])
        sentences.append(words.say(
            "{id}: from {first} in {start} to {last} in {end}.", id=goal["id"], start=first["date"].year, end=last["date"].year,
            first=words.measure(first["value"], goal["unit"]), last=words.measure(last["value"], goal["unit"]),
        ))  # fmt: skip
    title = words.say("{better} of {total} goals moved the right way since their first measurement", better=words.number(better), total=words.number(len(assessed)))
    return title, " ".join(sentences)


def sources(data_source: str, assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return where goals and measured values come from, each source once."""
    goals = sorted(set(assessed["source"].dropna())) or [data_source]
    values = sorted(set(assessed["value_source"].dropna()))
    named = [words.say("Goals, baselines and targets: {source}.", source=source) for source in goals]
    return named + [words.say("Measured values: {source}.", source=source) for source in values]


def how_to_read(words: Words) -> list[str]:
    """Return how the verdicts come about, for a reader who is no researcher."""
    return [
        words.say("Attainment: the part of the agreed change, from baseline to target, that has been reached."),
        words.say("Path: the straight line from the baseline to the target. Who is on it, arrives in time."),
        words.say("On course: at least 95% of the change the path asks by now. Behind: 60% to 95%. Far behind: less. Worsening: further from the target than at the baseline. These are the cut-offs of Eurostat."),
        words.say("Margin: with 95% certainty the true value lies between these two numbers. A full count has none."),
        words.say("An effort is never counted as attainment: that activities took place says nothing about their effect."),
    ]  # fmt: skip
