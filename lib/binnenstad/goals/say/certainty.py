"""How sure a verdict is, how fresh its figure, and where the goal goes if its development goes on."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from binnenstad.goals import Z95
from binnenstad.words import Words


def about_goal(goal: pd.Series, words: Words) -> Iterator[str]:
    """Give what makes the figure of one goal more or less certain, one sentence each; nothing for a full count."""
    if goal["certainty"] in ("certain", "within_margin"):
        yield _level(goal, words)
    if goal["certainty"] == "unknown":
        yield words.say("No margin is known.")
    if goal["change_certainty"] == "no_change":
        yield words.say("Since {year} no change can be shown.", year=goal["change_since"].year)
    if pd.notna(goal["attainment_error"]) and goal["attainment_error"] > 0:
        points = words.number(goal["attainment_error"] * Z95 * 100)
        yield words.say("The margin of that share is {points} percentage points either way.", points=points)
    if goal["provisional"]:
        yield words.say("The figure is provisional.")
    if goal["stale"]:
        yield words.say("This is a figure of {year}.", year=goal["date"].year)


def _level(goal: pd.Series, words: Words) -> str:
    low, high = words.measures([goal["low"], goal["high"]], goal["unit"], goal["target"])
    if goal["certainty"] == "within_margin":
        return words.say("The target lies within the margin ({low} to {high}).", low=low, high=high)
    return words.say("The target lies outside the margin ({low} to {high}).", low=low, high=high)


def outlook(goal: pd.Series, words: Words) -> Iterator[str]:
    """Give where one goal arrives if its development goes on, in words; never a bare chance."""
    if pd.isna(goal["forecast"]):
        return
    if goal["at_risk"]:
        yield words.say("The norm is at risk.")
    chances = {
        "likely": words.pattern("If the development goes on, the target is likely to be met in {year} ({range})."),
        "uncertain": words.pattern(
            "If the development goes on, it is uncertain whether the target is met in {year} ({range})."
        ),
        "unlikely": words.pattern("If the development goes on, the target is unlikely to be met in {year} ({range})."),
        "": words.pattern("If the development goes on, {year} gives {range}; too little is known to say more."),
    }
    yield chances[goal["outlook"]].format(year=goal["target_date"].year, range=expected(goal, words))


def expected(goal: pd.Series, words: Words) -> str:
    """Return the forecast of a goal with its 80 % interval: 6.6, between 6.1 and 7.1."""
    if pd.isna(goal["forecast_low"]):
        return words.measure(goal["forecast"], goal["unit"], goal["target"])
    ends = [goal[name] for name in ("forecast", "forecast_low", "forecast_high")]
    middle, low, high = words.measures(ends, goal["unit"], goal["target"])
    return words.say("{middle}, between {low} and {high}", middle=middle, low=low, high=high)
