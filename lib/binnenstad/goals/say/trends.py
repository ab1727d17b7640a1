"""What can be said about the pictures of goals through the years."""

from __future__ import annotations

import math

import pandas as pd

from binnenstad.words import Words


def about_trends(assessed: pd.DataFrame, values: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of the small multiples: the first and last value of each goal.

    Values before a method break are not compared with those after it; a usable baseline counts as the first.
    A seasonal series is compared with the same period a year earlier: January says nothing about December.
    """
    pairs = [_compared(goal, values[values["indicator"] == goal["id"]]) for _, goal in assessed.iterrows()]
    sentences = [_from_to(goal, pair, words) for (_, goal), pair in zip(assessed.iterrows(), pairs, strict=True)]
    year = pd.Series([pair["value"].diff().iloc[-1] if len(pair) else math.nan for pair in pairs], assessed.index)
    change = assessed["change_per_year"].mask(assessed["seasonal"].astype(bool), year)
    step = change.where(assessed["direction"] == "at_least", -change)
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


def _compared(goal: pd.Series, own: pd.DataFrame) -> pd.DataFrame:
    """Return the two values of a goal that are held against each other, no rows where there are none."""
    comparable = own[own["method_break"].cumsum() == own["method_break"].sum()]
    if goal["seasonal"] and len(comparable):
        # a period ends on the last day of its month, the 28th or 29th in February
        months = comparable["date"].dt.to_period("M")
        comparable = comparable[(months == months.iloc[-1]) | (months == months.iloc[-1] - 12)]
    return comparable.iloc[[0, -1]] if len(comparable) > 1 else comparable.iloc[:0]


def _from_to(goal: pd.Series, pair: pd.DataFrame, words: Words) -> str:
    if pair.empty and goal["seasonal"]:
        return words.say("{id}: no value of a year earlier to compare with.", id=goal["id"])
    if pair.empty:
        return words.say("{id}: fewer than two values to compare.", id=goal["id"])
    first, last = pair.iloc[0], pair.iloc[-1]
    begin, end = (words.measure(row["value"], goal["unit"], goal["target"]) for row in (first, last))
    start, until = (_when(row["date"], words, month=bool(goal["seasonal"])) for row in (first, last))
    return words.say(
        "{id}: from {first} in {start} to {last} in {end}.",
        id=goal["id"],
        first=begin,
        last=end,
        start=start,
        end=until,
    )


def _when(day: pd.Timestamp, words: Words, *, month: bool) -> str:
    return words.period(day.to_period("M" if month else "Y"))
