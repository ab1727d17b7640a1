"""What a control chart says: whether a series moves more than it always does, and reaches its target."""

from __future__ import annotations

from itertools import groupby

import pandas as pd

from binnenstad.goals import structural
from binnenstad.words import Words


def about_control(charts: dict[str, pd.DataFrame], assessed: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of the control charts, by the id of the goal."""
    striking = sum(bool((chart["signal"] != "").any()) for chart in charts.values())
    title = words.say_many(
        "{count} series moves more than it usually does", "{count} series move more than they usually do", striking
    )
    if not striking:
        title = words.say("No series moves more than it usually does")
    return title, " ".join(describe_control(charts, assessed, words))


def describe_control(charts: dict[str, pd.DataFrame], assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return what each control chart says: its limits, its signals and whether the target is within reach."""
    goals = {goal["id"]: goal for _, goal in assessed.iterrows()}
    how = words.say(
        "A figure per quarter or month always moves a little. Only outside the limits, or when it keeps moving the "
        "same way, is it a sign that something has really changed."
    )
    return [how] * bool(charts) + [" ".join(_describe(goals[name], chart, words)) for name, chart in charts.items()]


def _describe(goal: pd.Series, chart: pd.DataFrame, words: Words) -> list[str]:
    last = chart.iloc[-1]
    if last["limits"] == "none":
        return [words.say("{id}: fewer than 8 values, so no limits can be drawn.", id=goal["id"])]
    unit = "share" if seasonal(goal) else goal["unit"]
    low, high = (words.measure(last[name], unit) for name in ("lower", "upper"))
    kinds = {
        "provisional": words.pattern("{id}: usually between {low} and {high} (provisional limits)."),
        "full": words.pattern("{id}: usually between {low} and {high}."),
    }
    said = [kinds[last["limits"]].format(id=goal["id"], low=low, high=high)]
    said += _signals(chart, words)
    reach = "" if seasonal(goal) else structural(chart, goal["target"], goal["direction"])
    return said + [text for text in [_reach(reach, words)] if text]


def seasonal(goal: pd.Series) -> bool:
    """Return whether a goal's chart shows the ratio to a year earlier."""
    return bool(goal["seasonal"])


def _signals(chart: pd.DataFrame, words: Words) -> list[str]:
    kinds = {
        "outside": words.pattern("Outside the limits: {periods}."),
        "side": words.pattern("Seven or more in a row on one side of the mean: {periods}."),
        "trend": words.pattern("Seven or more in a row rising or falling: {periods}."),
        "two_of_three": words.pattern("Two of three near a limit: {periods}."),
    }
    said = []
    for kind, text in kinds.items():
        periods = chart.index[chart["signal"] == kind]
        if len(periods):
            said.append(text.format(periods=_when(list(periods), words)))
    return said or [words.say("No sign of a real change.")]


def _when(periods: list[pd.Period], words: Words) -> str:
    """Return periods in words, each unbroken run by its ends."""
    runs = [[period for _, period in run] for _, run in groupby(enumerate(periods), lambda at: at[1].ordinal - at[0])]
    return words.listing([name for run in runs for name in _run(run, words)])


def _run(run: list[pd.Period], words: Words) -> list[str]:
    names = [words.period(period) for period in run]
    return names if len(run) < 3 else [words.say("{first} to {last}", first=names[0], last=names[-1])]


def _reach(reach: str, words: Words) -> str:
    return {
        "always": words.say("It meets the target time and again."),
        "never": words.say("As it goes now, it does not meet the target."),
        "sometimes": words.say("As it goes now, it meets the target now and then."),
        "": "",
    }[reach]
