"""What a control chart says: whether a series moves more than it always does, and reaches its target."""

from __future__ import annotations

from itertools import groupby

import pandas as pd

from binnenstad.goals.control import level_since, present, structural
from binnenstad.words import Words


def about_control(charts: dict[str, pd.DataFrame], words: Words) -> tuple[str, str]:
    """Return the title of the control charts (by the id of the goal), and what they are."""
    striking = sum(bool((present(chart)["signal"] != "").any()) for chart in charts.values())
    title = words.say("No series shows a sign of a real change")
    if striking:
        title = words.say_many("{count} series is not stable", "{count} series are not stable", striking)
    return title, words.say("Control charts of the goals measured per quarter or month")


def describe_control(charts: dict[str, pd.DataFrame], assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return what each control chart says: its limits, its signs and, of a stable process, whether it meets the target.

    All of it is about the present stretch, since the last decision on the limits.
    """
    goals = {goal["id"]: goal for _, goal in assessed.iterrows()}
    how = words.say(
        "A figure per quarter or month always moves a little. Only outside the limits, or when it keeps moving the "
        "same way, is it a sign that something has really changed. The chart holds the periods against each other, the "
        "verdict against baseline and path: the two may differ."
    )
    return [how] * bool(charts) + [_describe(goals[name], chart, words) for name, chart in charts.items()]


def _describe(goal: pd.Series, chart: pd.DataFrame, words: Words) -> str:
    say, name, last, ratio = words.say, goal["id"], chart.iloc[-1], goal["seasonal"]
    if last["limits"] == "none":
        return say("{id}: fewer than 8 values, so no limits can be drawn.", id=name)
    low, high = words.measures([last["lower"], last["upper"]], "share" if ratio else goal["unit"])
    part = say(" (provisional limits)") if last["limits"] == "provisional" else ""
    head = say("{id}: usually between {low} and {high}{part}.", id=name, low=low, high=high, part=part)
    better = 1 if goal["direction"] == "at_least" else -1
    ways = {better: say("improvement"), -better: say("deterioration")}
    signs, level = _signs(present(chart), ways, words), level_since(chart)
    if signs:
        head = say("{id}: not stable, so nobody can say what is usual.", id=name)
    if len(level):
        told = {"since": words.during(level.index[0]), "way": ways[level.iloc[0]]}
        head = say("{id}: the level has changed since {since} ({way}); set new limits.", id=name, **told)
    reach = "" if ratio else structural(chart, goal["target"], goal["direction"])
    rows = [
        (not signs, say("No sign of a real change.")),
        (reach == "always", say("It meets the target time and again.")),
        # what it takes to be on course shows in the mean of years before it shows here
        (reach == "never" and goal["status"] != "on_course", say("As it goes now, it does not meet the target.")),
        # a target for years is not met by a quarter
        (reach == "sometimes" and not goal["year_mean"], say("As it goes now, it meets the target now and then.")),
        (ratio, say("The chart shows the ratio to the same period a year earlier; a recovery echoes a dip.")),
    ]
    return " ".join([head, *signs, *(text for holds, text in rows if holds)])


def _signs(now: pd.DataFrame, ways: dict[int, str], words: Words) -> list[str]:
    """Return the signs of a stretch: a sentence per rule and way, with every period of its runs.

    Only what moves gets better or worse: what lies above or below the mean of all says where it was.
    """
    side = {1: words.say("above"), -1: words.say("below")}
    rules = {
        "outside": (words.pattern("Outside the limits ({way}): {periods}."), side),
        "side": (words.pattern("Seven or more in a row on one side of the mean ({way}): {periods}."), side),
        "trend": (words.pattern("Seven or more in a row rising or falling ({way}): {periods}."), ways),
        "two_of_three": (words.pattern("Two of three near a limit ({way}): {periods}."), side),
    }
    found = [(text, told[n], list(now.index[now[rule] == n])) for rule, (text, told) in rules.items() for n in told]
    return [text.format(way=way, periods=_spoken(periods, words)) for text, way, periods in found if periods]


def _spoken(periods: list[pd.Period], words: Words) -> str:
    """Return periods in words, each unbroken run of three or more by its ends."""
    said = []
    for _, run in groupby(enumerate(periods), lambda at: at[1].ordinal - at[0]):
        names = [words.period(period) for _, period in run]
        said += names if len(names) < 3 else [words.say("{first} to {last}", first=names[0], last=names[-1])]
    return words.listing(said)
