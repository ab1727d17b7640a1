"""What cannot be said about the goals and efforts, one sentence each."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.programme import Moment
from binnenstad.words import Words


def unknown_about_goals(assessed: pd.DataFrame, measurements: pd.DataFrame, moment: Moment, words: Words) -> list[str]:
    """Return what the goals report cannot say, one sentence each; never empty."""
    has, certainty = assessed["value"].notna(), assessed["certainty"]
    sound = assessed["fault"].isna()
    rows = [
        (
            words.pattern("No baseline was agreed, so attainment and pace cannot be computed: {ids}."),
            has & assessed["baseline"].isna() & ~assessed["broken"],
        ),
        (
            words.pattern("It is measured otherwise than at the baseline, so attainment cannot be computed: {ids}."),
            has & assessed["broken"],
        ),
        (
            words.pattern("A path of growth does not pass 0, so the straight path is used: {ids}."),
            (assessed["path_shape"] == "growth") & assessed["attainment"].notna() & ~_above_zero(assessed),
        ),
        (words.pattern("Not measured: {ids}."), ~has & sound),
        (words.pattern("Not measured in the target year: {ids}."), assessed["status"] == "not_measured_in_target_year"),
        (words.pattern("No target was agreed: {ids}."), assessed["target"].isna() & sound),
        (words.pattern("The input is at fault, so nothing is computed: {ids}."), assessed["status"] == "invalid"),
        (words.pattern("The newest figure rests on under 30 answers and is left out: {ids}."), assessed["too_few"]),
        (words.pattern("The figure rests on under 100 answers, so it says little: {ids}."), assessed["few"]),
        (words.pattern("The figure of the year rests on under 40 weeks: {ids}."), assessed["incomplete"]),
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
    notes += [words.say("{id}: {fault}", id=goal["id"], fault=goal["fault"]) for goal in _apart(assessed)]
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


def _above_zero(assessed: pd.DataFrame) -> pd.Series:
    positive: pd.Series = (assessed[["baseline", "target", "value"]] > 0).all(axis=1)
    return positive


def _apart(assessed: pd.DataFrame) -> list[pd.Series]:
    """Return the goals that were set apart because their input is at fault."""
    return [goal for _, goal in assessed.iterrows() if pd.notna(goal["fault"])]


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


def judged_or_example(tables: Mapping[str, pd.DataFrame], year: int, words: Words) -> list[str]:
    """Return whose judgement the strength of efforts is, and in which tables of the costs examples stand."""
    notes = []
    judges = sorted(tables["effort_indicators"]["judged_by"].dropna().unique())
    if judges:
        notes.append(
            words.say(
                "How much an effort contributes to a goal is the judgement of: {judges}. It was not measured.",
                judges=words.listing(judges),
            )
        )
    parts = {
        "budget": words.say("the budget"),
        "payments": words.say("the payments"),
        "scenario_lines": words.say("the scenarios"),
        "votes": words.say("the support votes"),
    }
    examples = [part for name, part in parts.items() if _has_example(tables[name], year)]
    if examples:
        notes.append(words.say("Example figures stand in: {parts}.", parts=words.listing(examples)))
    return notes


def _has_example(table: pd.DataFrame, year: int) -> bool:
    own = table[table["year"] == year] if "year" in table else table
    return bool(own["illustrative"].fillna(False).any())
