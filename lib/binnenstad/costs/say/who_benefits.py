"""Who benefits: costs against benefit, say against interest, and what efforts contribute for their money.

The frames here have the titles a reader knows as index, not ids.
"""

from __future__ import annotations

from typing import Any

import pandas as pd

from binnenstad.costs.checks import out_of_balance
from binnenstad.words import Words


def how_benefit_is_counted(words: Words) -> str:
    """Return in a few sentences what "benefit" means in the costs report."""
    meaning = words.say(
        "Benefit cannot be measured in euro. Here the cost of each effort is spread over the partners with an interest "
        "in it or in its goals, by the weight of that interest; a partner's part of the sum is its part of the benefit."
    )
    return f"{meaning} " + words.say(
        "The band shows where that part lies in 9 of 10 recalculations if every interest weighs up to half more or less."
    )


def about_shares(shares: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of the paired dots, and what they are: both shares of every partner; empty without shares."""
    written = shares[["cost_share", "benefit_share"]]
    if written.dropna().empty:
        return "", ""
    partner, cost, benefit = next(written.map(words.percent).itertuples())
    title = words.say(
        "{partner}: {cost} of the costs, {benefit} of the benefit", partner=partner, cost=cost, benefit=benefit
    )
    return title, words.say("Dot plot of each partner's part of the costs and of the benefit")


def describe_imbalance(shares: pd.DataFrame, words: Words) -> str:
    """Return who pays less than half or more than twice its part of the benefit (``checks.compare_shares``)."""
    if shares[["cost_share", "benefit_share"]].dropna().empty:
        return words.say("Nothing can be said about the balance between costs and benefit.")
    apart = out_of_balance(shares)["difference"]
    little, much = (words.listing(list(apart.index[side])) for side in (apart < 0, apart > 0))
    said = {
        words.say("Every partner pays between half and twice its part of the benefit."): not little + much,
        words.say("Less than half of the own part of the benefit is paid by: {names}.", names=little): little,
        words.say("More than twice the own part of the benefit is paid by: {names}.", names=much): much,
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)


def describe_say(shares: pd.DataFrame, words: Words) -> str:
    """Return how far interest, payment and say lie apart (``checks.three_shares``, by title)."""
    heads = {"interest": words.say("interest"), "payment": words.say("payment"), "say": words.say("say (seats)")}
    missing = shares[list(heads)].isna().all()
    lacking, known = (words.listing([heads[name] for name in missing.index[missing == gone]]) for gone in (True, False))
    if shares["gap"].isna().all():
        return words.say("Interest, payment and say cannot be compared; not known: {shares}.", shares=lacking)
    most = {"partner": shares["gap"].idxmax(), "points": words.number(shares["gap"].max() * 100)}
    most["shares"] = known[0].upper() + known[1:]
    unknown = shares["say"].isna()
    silent = words.listing(list(shares.index[unknown]))
    said = {
        words.say("{shares} lie furthest apart for {partner}: {points} points.", **most): True,
        words.say("Not known, and so not in it: {shares}.", shares=lacking): lacking,
        words.say("Of {names} it is not known how many seats they have.", names=silent): silent and not unknown.all(),
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)


def describe_contribution(table: pd.DataFrame, words: Words) -> list[str]:
    """Return who contributes most for the least, and what cannot be placed (``network.contribution``)."""
    known = _contributions(table, words)
    if not known:
        return [words.say("No effort has both a cost and a line to a goal.")]
    best, dearest = known[0], max(known, key=lambda row: row["cost"])
    unknown = words.listing(list(table.index[table["strength"].isna()]))
    said = {
        words.say("{effort} contributes most by strength ({points} points) and costs {amount}.", **best): True,
        words.say("The dearest is {effort}: {amount} for {points} points.", **dearest): True,
        words.say("Not in the picture, because no goal is linked to it: {names}.", names=unknown): unknown,
    }
    return [sentence for sentence, holds in said.items() if holds]


def about_contribution(table: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of contribution beside cost, and what it is; empty without efforts that have both."""
    known = _contributions(table, words)
    if not known:
        return "", ""
    title = words.say("{effort} contributes most by strength", effort=known[0]["effort"])
    return title, words.say("Dot plot of what each effort contributes and costs")


def _contributions(table: pd.DataFrame, words: Words) -> list[dict[str, Any]]:
    """Return the efforts of which both are known, with contribution and cost as they are written."""
    known = table.dropna(subset=["strength"])[["strength", "cost"]]
    return [
        {"effort": effort, "points": words.number(points), "amount": words.eur(cost), "cost": cost}
        for effort, points, cost in known.itertuples()
    ]
