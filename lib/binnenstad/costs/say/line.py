"""The line of one partner: what it would pay under each split and in each scenario, and what can be held against it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.costs.checks import Checks
from binnenstad.costs.say.partner import Cells
from binnenstad.costs.say.splits import split_names
from binnenstad.words import Words


def how_splits_differ(splits: pd.DataFrame, partner: str, words: Words) -> str:
    """Return under which split the partner pays least and most (``keys.compare_keys``); amounts are in the table."""
    if partner not in splits.index:
        return words.say("No split reaches it: it neither pays nor is known to benefit.")
    line = splits.loc[[partner]].iloc[0].drop("now").dropna()
    least, most = (split_names(words).get(str(key), str(key)) for key in (line.idxmin(), line.idxmax()))
    if line.max() - line.min() < 0.02:
        return words.say("Under every split it pays {amount}.", amount=words.eur(line.max()))
    return words.say(
        'It pays least under "{least}" ({low}) and most under "{most}" ({high}); now it pays {now} of the budget.',
        least=least, low=words.eur(line.min()), most=most, high=words.eur(line.max()), now=words.eur(splits["now"][partner]),
    )  # fmt: skip


def about_splits(splits: pd.DataFrame, partner: str, words: Words) -> Cells:
    """Return caption and columns of the partner's line: what it would pay under each split, against now.

    ``splits`` is payer x split [EUR] with a column ``now``; every other column is a split, so that a new one
    needs nothing here but its name, and stands under its own if it has none. One that is not known is left out.
    """
    names = split_names(words)
    caption = words.say("What it would pay under each split (amounts in euro)")
    if partner not in splits.index:
        return caption, []
    line = splits.loc[[partner]].iloc[0].dropna()
    columns = [
        (words.say("split"), [names.get(str(key), str(key)) for key in line.index]),
        (words.say("it pays"), [words.number(amount, 2) for amount in line]),
        (words.say("difference with now"), [words.signed(amount - line["now"], 2) for amount in line]),
    ]
    return caption, columns


def describe_checks(checks: Mapping[str, Checks], partner: str, alone: float, words: Words) -> list[str]:
    """Return whether the partner pays more than it would on its own, and under which splits; nothing without splits.

    ``checks`` per split as ``compare.check_splits`` gives them; ``alone`` [EUR] is what the efforts cost
    that it has an interest in.
    """
    if not checks:
        return []
    names = split_names(words)
    alone_text = words.say("The efforts it has an interest in cost {amount} if it paid them on its own.",
                           amount=words.eur(alone, 2))  # fmt: skip
    over = {names[key]: found.alone[partner] for key, found in checks.items() if partner in found.alone.index}
    under = {names[key]: found.subsidised[partner] for key, found in checks.items()
             if partner in found.subsidised.index}  # fmt: skip
    group = [names[key] for key, found in checks.items() if partner in found.group and names[key] not in over]
    notes = [alone_text, words.say("Under no split does it pay more than that.")]
    if over:
        notes[1] = words.say("It pays more than that under: {splits} (by how much).", splits=_with_amounts(over, words))
    if group:
        notes.append(
            words.say("Together with others it pays more than they would on their own under: {splits}.",
                      splits=words.listing(group))
        )  # fmt: skip
    if under:
        notes.append(
            words.say("It pays less than what is there for it alone under: {splits} (by how much).",
                      splits=_with_amounts(under, words))
        )  # fmt: skip
    return notes


def _with_amounts(found: dict[str, float], words: Words) -> str:
    return words.listing([f"{name} ({words.eur(amount, 2)})" for name, amount in found.items()])


def about_scenarios(paid: pd.DataFrame, partner: str, titles: pd.Series, words: Words) -> Cells:
    """Return caption and columns of what the partner pays in each scenario, against the first, today.

    ``paid`` is the result of ``scenarios.paid_in_scenarios``; in a scenario that does not reach it, it pays 0.
    """
    caption = words.say("What it pays in each scenario, before the cost of collecting (amounts in euro)")
    if paid.empty:
        return caption, []
    line = paid.reindex([partner]).fillna(0.0).iloc[0]
    return caption, [
        (words.say("scenario"), [str(titles[scenario]) for scenario in line.index]),
        (words.say("it pays"), [words.number(amount, 2) for amount in line]),
        (words.say("difference with today"), [words.signed(amount - line.iloc[0], 2) for amount in line]),
    ]
