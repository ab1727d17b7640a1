"""What a control chart says: whether a series moves more than it always does, and reaches its target."""

from __future__ import annotations

from itertools import groupby

import pandas as pd

from binnenstad.goals.control import SIGNALS, structural
from binnenstad.words import Words


def about_control(charts: dict[str, pd.DataFrame], words: Words) -> tuple[str, str]:
    """Return the title of the control charts (by the id of the goal), and what they are."""
    striking = sum(bool((chart["signal"] != "").any()) for chart in charts.values())
    title = words.say_many(
        "{count} series moves more than it usually does", "{count} series move more than they usually do", striking
    )
    if not striking:
        title = words.say("No series moves more than it usually does")
    return title, words.say("Control charts of the goals measured per quarter or month")


def describe_control(charts: dict[str, pd.DataFrame], assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return what each control chart says: its limits, its signals and whether the target is within reach."""
    goals = {goal["id"]: goal for _, goal in assessed.iterrows()}
    how = words.say(
        "A figure per quarter or month always moves a little. Only outside the limits, or when it keeps moving the "
        "same way, is it a sign that something has really changed."
    )
    return [how] * bool(charts) + [_describe(goals[name], chart, words) for name, chart in charts.items()]


def _describe(goal: pd.Series, chart: pd.DataFrame, words: Words) -> str:
    say, last, ratio = words.say, chart.iloc[-1], goal["seasonal"]
    if last["limits"] == "none":
        return say("{id}: fewer than 8 values, so no limits can be drawn.", id=goal["id"])
    ends = [words.measure(last[name], "share" if ratio else goal["unit"]) for name in ("lower", "upper")]
    told = {"id": goal["id"], "low": ends[0], "high": ends[1]}
    outside, side, trend, near = (_spoken(list(chart.index[chart["signal"] == sign]), words) for sign in SIGNALS)
    reach = "" if ratio else structural(chart, goal["target"], goal["direction"])
    rows = [
        (last["limits"] == "full", say("{id}: usually between {low} and {high}.", **told)),
        (last["limits"] == "provisional", say("{id}: usually between {low} and {high} (provisional limits).", **told)),
        (outside, say("Outside the limits: {periods}.", periods=outside)),
        (side, say("Seven or more in a row on one side of the mean: {periods}.", periods=side)),
        (trend, say("Seven or more in a row rising or falling: {periods}.", periods=trend)),
        (near, say("Two of three near a limit: {periods}.", periods=near)),
        ((chart["signal"] == "").all(), say("No sign of a real change.")),
        (reach == "always", say("It meets the target time and again.")),
        (reach == "never", say("As it goes now, it does not meet the target.")),
        (reach == "sometimes", say("As it goes now, it meets the target now and then.")),
    ]
    return " ".join(text for holds, text in rows if holds)


def _spoken(periods: list[pd.Period], words: Words) -> str:
    """Return periods in words, each unbroken run of three or more by its ends."""
    said = []
    for _, run in groupby(enumerate(periods), lambda at: at[1].ordinal - at[0]):
        names = [words.period(period) for _, period in run]
        said += names if len(names) < 3 else [words.say("{first} to {last}", first=names[0], last=names[-1])]
    return words.listing(said)
