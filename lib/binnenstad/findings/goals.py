"""What can be said about the goals: leads, a sentence per goal, alt texts, and what is not known."""

from __future__ import annotations

import pandas as pd

from binnenstad.blocks import status_label
from binnenstad.goals import KNOWN, UNKNOWN
from binnenstad.programme import Moment
from binnenstad.text import Words


def count_goals(assessed: pd.DataFrame, words: Words) -> str:
    """Return how many goals have which status, as a phrase: "1 behaald, 2 op koers en 1 geen meting"."""
    counts = assessed.groupby(["status", "keep"]).size()
    found = [(key, keep) for key in (*KNOWN, *UNKNOWN) for keep in (False, True) if (key, keep) in counts]
    phrases = [f"{words.number(counts[key])} {status_label(key[0], words, keep=key[1])}" for key in found]
    return words.listing(phrases)


def lead_goals(assessed: pd.DataFrame, moment: Moment, words: Words) -> str:
    """Return the finding of the goals report: the count per status, and of how many the course cannot be told."""
    statuses = assessed["status"]
    lead = [
        words.say_many(
            "The goal on {day}: {counts}.",
            "The {count} goals on {day}: {counts}.",
            len(assessed),
            day=words.date(moment.reference),
            counts=count_goals(assessed, words),
        )
    ]
    blind = int((statuses == "not_met_no_baseline").sum())
    if blind:
        lead.append(
            words.say_many(
                "Of {count} goal nobody can tell whether it is on course: it has no usable baseline.",
                "Of {count} goals nobody can tell whether they are on course: they have no usable baseline.",
                blind,
            )
        )
    unmeasured = int((statuses == "no_measurement").sum())
    if unmeasured:
        lead.append(words.say_many("{count} goal was not measured.", "{count} goals were not measured.", unmeasured))
    late = int((statuses == "not_measured_in_target_year").sum())
    if late:
        lead.append(
            words.say_many(
                "{count} goal was not measured in its target year.",
                "{count} goals were not measured in their target year.",
                late,
            )
        )
    return " ".join(lead)


def describe_goals(assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return what there is to say about each goal: level, target, pace, and what it would take."""
    return [_describe(goal, words) for _, goal in assessed.iterrows()]


def _describe(goal: pd.Series, words: Words) -> str:
    label = status_label(goal["status"], words, keep=goal["keep"])
    sentences = [words.say("{id} {title}: {status}.", id=goal["id"], title=goal["title"], status=label)]
    if pd.notna(goal["value"]):
        value = words.quantity(goal["value"], goal["unit"], goal["unit_label"], goal["target"])
        day, bound = words.date(goal["date"]), _bound(goal, words)
        sentences.append(words.say("Measured: {value} ({date}); target: {bound}.", value=value, date=day, bound=bound))
    if pd.notna(goal["attainment"]):
        sentences.append(_course(goal, words))
    if goal["stale"]:
        sentences.append(words.say("This is an old figure."))
    if pd.notna(goal["needed_per_year"]):
        sentences.append(_needed(goal, words))
    return " ".join(sentences)


def _bound(goal: pd.Series, words: Words) -> str:
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


def unknown_about_goals(assessed: pd.DataFrame, measurements: pd.DataFrame, moment: Moment, words: Words) -> list[str]:
    """Return what the goals report cannot say, one sentence each; never empty."""
    has, certainty = assessed["value"].notna(), assessed["certainty"]
    rows = [
        (
            words.pattern("No baseline was agreed, so attainment and pace cannot be computed: {ids}."),
            has & assessed["baseline"].isna() & ~assessed["broken"],
        ),
        (
            words.pattern("It is measured otherwise than at the baseline, so attainment cannot be computed: {ids}."),
            has & assessed["broken"],
        ),
        (words.pattern("Not measured: {ids}."), ~has),
        (words.pattern("Not measured in the target year: {ids}."), assessed["status"] == "not_measured_in_target_year"),
        (words.pattern("No target was agreed: {ids}."), assessed["target"].isna()),
        (words.pattern("The input is at fault, so nothing is computed: {ids}."), assessed["status"] == "invalid"),
        (words.pattern("The last figure is out of date: {ids}."), assessed["stale"]),
        (words.pattern("The figure is provisional: {ids}."), assessed["provisional"]),
        (words.pattern("No margin is known, so a difference may be chance: {ids}."), certainty == "unknown"),
        (
            words.pattern("The difference with the target is within the margin of the survey: {ids}."),
            certainty == "within_margin",
        ),
        (words.pattern("The final measurement is still to come: {ids}."), assessed["final_pending"] & has),
    ]
    notes = [text.format(ids=words.listing(list(assessed.loc[found, "id"]))) for text, found in rows if found.any()]
    later = int(((measurements["date"] <= moment.reference) & (measurements["published"] > moment.as_of)).sum())
    if later:
        notes.append(
            words.say_many(
                "{count} figure about this period was published after {day} and is not used.",
                "{count} figures about this period were published after {day} and are not used.",
                later,
                day=words.date(moment.as_of),
            )
        )
    return notes or [words.say("Every goal has a baseline, a target and a recent figure.")]


def unknown_about_efforts(
    efforts: pd.DataFrame, without_goal: pd.Series, without_effort: pd.Series, words: Words
) -> list[str]:
    """Return what the network of goals and efforts leaves open (``efforts.unlinked``), one sentence each."""
    notes = []
    if len(without_goal):
        notes.append(words.say("Linked to no goal: {efforts}.", efforts=words.listing(list(without_goal))))
    if len(without_effort):
        notes.append(words.say("Goals without an effort: {goals}.", goals=words.listing(list(without_effort))))
    empty = int((efforts["state"] == "to_be_developed").sum())
    if empty:
        notes.append(
            words.say_many(
                "{count} effort is still to be developed with the partners.",
                "{count} efforts are still to be developed with the partners.",
                empty,
            )
        )
    return notes


def about_attainment(assessed: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of the bars per goal."""
    known, total = int(assessed["attainment"].notna().sum()), len(assessed)
    title = words.say(
        "Attainment can be computed for {known} of {total} goals", known=words.number(known), total=words.number(total)
    )
    return title, " ".join(describe_goals(assessed, words))


def about_trends(assessed: pd.DataFrame, values: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of the small multiples: the first and last value of each goal.

    Values before a method break are not compared with those after it; a usable baseline counts as the first.
    """
    sentences = [_from_to(goal, values[values["indicator"] == goal["id"]], words) for _, goal in assessed.iterrows()]
    step = assessed["change_per_year"].where(assessed["direction"] == "at_least", -assessed["change_per_year"])
    better, known = int((step > 0).sum()), int(step.notna().sum())
    if not known:
        title = words.say("Of no goal a development is known yet")
    elif known == len(assessed) == 1 and not better:
        title = words.say("The goal did not move the right way")
    elif better == known == len(assessed):
        title = words.say_many("The goal moved the right way", "All {count} goals moved the right way", better)
    else:
        title = words.say(
            "Moved the right way: {better} of the {known} goals of which a development is known",
            better=words.number(better),
            known=words.number(known),
        )
    return title, " ".join(sentences)


def _from_to(goal: pd.Series, own: pd.DataFrame, words: Words) -> str:
    comparable = own[own["method_break"].cumsum() == own["method_break"].sum()]
    if len(comparable) < 2:
        return words.say("{id}: fewer than two values to compare.", id=goal["id"])
    first, last = comparable.iloc[0], comparable.iloc[-1]
    begin, end = (words.measure(row["value"], goal["unit"], goal["target"]) for row in (first, last))
    return words.say(
        "{id}: from {first} in {start} to {last} in {end}.",
        id=goal["id"],
        first=begin,
        last=end,
        start=first["date"].year,
        end=last["date"].year,
    )


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
        words.say(
            "On course: at least 95% of the change the path asks by now. Behind: 60% to 95%. Far behind: less. "
            "Worsening: further from the target than at the baseline. These are the cut-offs of Eurostat."
        ),
        words.say("Margin: with 95% certainty the true value lies between these two. A full count has none."),
        words.say(
            "An effort is never counted as attainment: that activities took place says nothing about their effect."
        ),
    ]
