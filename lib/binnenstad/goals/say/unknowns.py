"""What cannot be said about the goals, one sentence each."""

from __future__ import annotations

import pandas as pd

from binnenstad.programme.checked import Moment
from binnenstad.words import Words


def unknown_about_goals(assessed: pd.DataFrame, measurements: pd.DataFrame, moment: Moment, words: Words) -> list[str]:
    """Return what the goals report cannot say, one sentence each; never empty."""
    pattern, status = words.pattern, assessed["status"]
    unsure, measured = assessed["certainty"] == "unknown", assessed["value"].notna()
    broken, pending = measured & assessed["broken"], measured & assessed["final_pending"]
    bare = measured & assessed["baseline"].isna() & ~broken
    grows = (assessed["path_shape"] == "growth") & assessed["attainment"].notna()
    straight = grows & (assessed[["baseline", "target", "value"]] <= 0).any(axis=1)
    rows = [
        (bare, pattern("No baseline was agreed, so attainment and pace cannot be computed: {ids}.")),
        (broken, pattern("It is measured otherwise than at the baseline, so attainment cannot be computed: {ids}.")),
        (straight, pattern("A path of growth does not pass 0, so the straight path is used: {ids}.")),
        (~measured & ~assessed["too_few"], pattern("No figure to judge by: {ids}.")),
        (status == "not_measured_in_target_year", pattern("The final measurement is missing: {ids}.")),
        (assessed["target"].isna(), pattern("No target was agreed: {ids}.")),
        (status == "invalid", pattern("The input is at fault, so nothing is computed: {ids}.")),
        (assessed["too_few"], pattern("The newest figure rests on under 30 answers and is left out: {ids}.")),
        (assessed["few"], pattern("The figure rests on under 100 answers, so it says little: {ids}.")),
        (assessed["incomplete"], pattern("The figure of the year rests on under 40 weeks: {ids}.")),
        (unsure, pattern("No margin is known, so how certain the figure is cannot be said: {ids}.")),
        (pending, pattern("The final verdict is still to come: {ids}.")),
    ]
    notes = [text.format(ids=words.listing(list(assessed.loc[found, "id"]))) for found, text in rows if found.any()]
    later = int(((measurements["date"] <= moment.reference) & (measurements["published"] > moment.as_of)).sum())
    if later:
        notes += [words.say_many(
            "{count} figure about this period was published after {day} and is not used.",
            "{count} figures about this period were published after {day} and are not used.",
            later, day=words.date(moment.as_of),
        )]  # fmt: skip
    return notes or [words.say("Every goal has a baseline, a target and a recent figure.")]
