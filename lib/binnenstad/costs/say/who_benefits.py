"""Who benefits: costs against benefit, and say against interest.

The frames here have the titles a reader knows as index, not ids.
"""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.checks import HIGH, LOW
from binnenstad.words import Words


def how_benefit_is_counted(paid: float, shared: float, words: Words) -> str:
    """Return in a few sentences what "benefit" means, and what shares are of where ``paid`` is not ``shared`` [EUR]."""
    meaning = words.say(
        "Benefit cannot be measured in euros. Here the cost of each effort is spread over the partners with an interest in it or in its goals, by the weight of that interest; a partner's part of the sum is its part of the benefit."
    )
    band = words.say(
        "The band shows where that part lies in 9 of 10 recalculations if every interest weighs up to half more or less."
    )
    return " ".join(filter(None, [meaning, band, how_it_is_scaled(paid, shared, words)]))


def how_it_is_scaled(paid: float, shared: float, words: Words) -> str:
    """Return that what is ``paid`` is set against another amount that is ``shared`` [EUR]; nothing where it is not."""
    if not paid or not shared or round(paid - shared, 2) == 0:
        return ""
    had, aim = (words.eur(amount, 0 if abs(paid - shared) >= 1 else 2) for amount in (paid, shared))
    return words.say(
        "{paid} is paid for the budget, and of {shared} it is known who benefits: the first is scaled to the second.",
        paid=had, shared=aim,
    )  # fmt: skip


def about_shares(shares: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of the paired dots, and what they are: both shares of every partner; empty without shares."""
    written = shares[["cost_share", "benefit_share"]]
    if written.dropna().empty:
        return "", ""
    partner, cost, benefit = next(written.map(words.percent).itertuples())
    title = words.say(
        "{partner}: {cost} of the budget, {benefit} of the benefit", partner=partner, cost=cost, benefit=benefit
    )
    return title, words.say("Dot plot of each partner's part of the budget and of the benefit")


def name_unbalanced(shares: pd.DataFrame, words: Words) -> list[str]:
    """Return who pays over twice its part of the benefit, and who under half; or that nobody does, a sentence each.

    ``shares`` are rows of ``checks.out_of_balance``; each partner comes with how many times its part it pays.
    """
    # what is just beyond an edge must not be written as the edge
    edges = {LOW: words.say("just under half"), HIGH: words.say("just over twice")}
    count = words.pattern("{count} times")
    times = shares["ratio"].map(lambda own: edges.get(round(own, 2), count.format(count=words.number(own, 2))))
    times = times.mask(shares["cost_share"] == 0, words.say("nothing"))
    times = times.mask(shares["benefit_share"] == 0, words.say("without any benefit"))
    named, more = shares.index.astype(str).to_series() + " (" + times + ")", shares["difference"] > 0
    much, little = list(named[more])[::-1], list(named[~more])
    over = words.say_many(
        "This partner pays more than twice its part of the benefit: {names}.",
        "These partners pay more than twice their part of the benefit: {names}.", len(much), names=words.listing(much),
    )  # fmt: skip
    under = words.say_many(
        "This partner pays less than half of its part: {names}.",
        "These partners pay less than half of their part: {names}.", len(little), names=words.listing(little),
    )  # fmt: skip
    fair = words.say("Every partner pays between half and twice its part of the benefit.")
    return [*[over] * bool(much), *[under] * bool(little)] or [fair]


def three_names(words: Words) -> dict[str, str]:
    """Return how a reader knows interest, payment and say (``checks.three_shares``)."""
    return {"interest": words.say("stake"), "payment": words.say("contribution"), "say": words.say("say (seats)")}


def describe_say(shares: pd.DataFrame, words: Words) -> str:
    """Return how far interest, payment and say lie apart (``checks.three_shares``, by title)."""
    heads = three_names(words)
    known, lacking = (
        words.listing([head for name, head in heads.items() if shares[name].isna().all() == missing])
        for missing in (False, True)
    )
    if shares["gap"].isna().all():
        return words.say("Stake, contribution and seats cannot be compared; not known: {shares}.", shares=lacking)
    most = {"partner": shares["gap"].idxmax(), "points": words.number(shares["gap"].max() * 100)}
    most |= {"shares": known[:1].upper() + known[1:]}
    unknown = shares["say"].isna()
    silent = words.listing(list(shares.index[unknown]))
    said = {
        words.say("{shares} lie furthest apart for {partner}: {points} percentage points.", **most): True,
        words.say("Not known, and so not in it: {shares}.", shares=lacking): lacking,
        words.say("The number of seats is not known of {names}.", names=silent): silent and not unknown.all(),
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)
