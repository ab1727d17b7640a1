"""What can be said about the pictures of goals through the years."""

from __future__ import annotations

import pandas as pd

from binnenstad.text import Words


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
