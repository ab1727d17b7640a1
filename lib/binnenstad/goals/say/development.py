"""What can be said about the pictures of goals through the years."""

from __future__ import annotations

import pandas as pd

from binnenstad.words import Words


def about_trends(assessed: pd.DataFrame, values: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of the small multiples, and what they are.

    Values before a method break are not compared with those after it; a usable baseline counts as the first.
    A seasonal series is compared with the same period a year earlier: January says nothing about December.
    """
    say, steps = words.say, []
    for _, goal in assessed.iterrows():
        pair = _compared(goal, values[values["indicator"] == goal["id"]])
        step = pair["value"].diff().sum(min_count=1) if goal["seasonal"] else goal["change_per_year"]
        steps.append(step if goal["direction"] == "at_least" else -step)
    better, known, total = sum(bool(step > 0) for step in steps), sum(map(pd.notna, steps)), len(steps)
    told = {"better": words.number(better), "known": words.number(known)}
    all_of_them = words.say_many("The goal moved the right way", "All {count} goals moved the right way", better)
    rows = [
        (not known, say("Of no goal a development is known yet")),
        (known == total == 1 and not better, say("The goal did not move the right way")),
        (better == total, all_of_them),
        (True, say("Moved the right way: {better} of the {known} goals of which a development is known", **told)),
    ]
    return next(title for holds, title in rows if holds), say(
        "Line charts of each goal through the years, with its target"
    )


def _compared(goal: pd.Series, own: pd.DataFrame) -> pd.DataFrame:
    """Return the two values of a goal that are held against each other, no rows where there are none."""
    comparable = own[own["method_break"].cumsum() == own["method_break"].sum()]
    if goal["seasonal"] and len(comparable):
        # a period ends on the last day of its month, the 28th or 29th in February
        months = comparable["date"].dt.to_period("M")
        comparable = comparable[(months == months.iloc[-1]) | (months == months.iloc[-1] - 12)]
    return comparable.iloc[[0, -1]] if len(comparable) > 1 else comparable.iloc[:0]
