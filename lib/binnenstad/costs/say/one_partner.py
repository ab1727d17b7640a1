"""One partner: what it gives, what it gets and its say, in sentences."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.checks import HIGH, LOW
from binnenstad.words import Words


def lead_partner(title: str, share: pd.Series, paid: float, year: int, words: Words) -> str:
    """Return the finding of a partner's page: its part of the costs against its part of the benefit.

    ``share`` is its row of ``checks.compare_shares``, all missing if nothing is known of it; ``paid``
    is all it gives in the year [EUR], also beside the budget.
    """
    costs, benefit, ratio = share[["cost_share", "benefit_share", "ratio"]]
    no_costs, no_benefit = pd.isna(costs), pd.isna(benefit)
    verdicts = {
        words.say("no contribution to the budget and no benefit"): not costs and not benefit,
        words.say("more than twice its part"): not benefit or ratio > HIGH,
        words.say("benefit without a contribution to the budget"): not costs,
        words.say("less than half its part"): ratio < LOW,
        words.say("in balance, between half and twice its part"): True,
    }
    values = {"year": year, "partner": title, "cost": words.percent(costs), "benefit": words.percent(benefit)}
    values |= {"verdict": next(verdict for verdict, holds in verdicts.items() if holds)}
    leads = {
        words.pattern("Of {partner} neither costs nor benefit are known in {year}."): no_costs and no_benefit,
        words.pattern(
            "Of the budget of {year} {cost} comes from {partner}; what part of the benefit it gets is not known."
        ): no_benefit,
        words.pattern(
            "Of the benefit of {year} {benefit} goes to {partner}; who brings the budget is not known."
        ): no_costs,
        words.pattern(
            "Of the budget of {year} {cost} comes from {partner}, of the benefit {benefit} goes to it: {verdict}."
        ): True,
    }
    lead = next(message for message, holds in leads.items() if holds).format(**values)
    beside = words.say("Beside the budget it gives {amount}.", amount=words.eur(paid))
    return f"{lead} {beside}" if paid and not costs > 0 else lead


def describe_payments(payments: pd.DataFrame, year: int, words: Words) -> str:
    """Return in a sentence what the partner gives in a year: all of it, and what of it is decided."""
    total = payments["amount_eur"].sum()
    certain = payments.loc[payments["certainty"] == "certain", "amount_eur"].sum()
    values = {"year": year, "amount": words.eur(total), "certain": words.eur(certain)}
    said = {
        words.say("For {year} no amount is known.", **values): not total and not payments.empty,
        words.say("In {year} it gives nothing that is known.", **values): not total,
        words.say("In {year} it gives {amount}; none of that is decided.", **values): not certain,
        words.say("In {year} it gives {amount}; {certain} of that is decided.", **values): True,
    }
    return next(sentence for sentence, holds in said.items() if holds)


def describe_work(efforts: pd.DataFrame, team: pd.DataFrame, partner: str, words: Words) -> list[str]:
    """Return which efforts the partner leads and how many hours its people are to work, a sentence each."""
    led = "; ".join(efforts.loc[efforts["lead_partner"] == partner, "title"])
    total = team.loc[team["partner"] == partner, "hours_per_year"].sum()
    hours = words.number(total)
    said = {
        words.say("It leads: {efforts}.", efforts=led): led,
        words.say(
            "By the programme its people work {hours} hours a year; these are not in euro and in no share.", hours=hours
        ): total,
    }
    return [sentence for sentence, holds in said.items() if holds]


def describe_seats(row: pd.Series, seats: pd.Series, share: pd.Series, words: Words) -> list[str]:
    """Return for whom the partner speaks, its seats among all, and payment, benefit and say side by side.

    ``row`` is its row of ``partners``, ``seats`` those of every partner, ``share`` as in ``lead_partner``.
    """
    members, known, every = words.number(row["members"]), pd.notna(row["seats"]), seats.sum()
    count = words.say_many("{count} seat", "{count} seats", int(row["seats"]) if known else 0)
    cost, benefit = words.percent(share["cost_share"]), words.percent(share["benefit_share"])
    say = words.percent(row["seats"] / every if every else float("nan"))
    parts = words.pattern("Of the costs it brings {cost}, of the benefit it gets {benefit}, of the say it has {say}.")
    said = {
        words.say("It speaks for: {constituency}.", constituency=row["constituency"]): pd.notna(row["constituency"]),
        words.say("It has {members} members.", members=members): pd.notna(row["members"]),
        words.say("Whether it has a seat where the course is set is not known."): not known,
        words.say("It has {own} of the {all} that are known.", own=count, all=words.number(every)): known,
        parts.format(cost=cost, benefit=benefit, say=say): known,
    }
    return [sentence for sentence, holds in said.items() if holds]


def unknown_about_partner(row: pd.Series, share: pd.Series, example: bool, words: Words) -> list[str]:
    """Return what cannot be said of the partner, one sentence each; never empty."""
    heads = {"seats": words.say("seats"), "members": words.say("members"), "woz_eur": words.say("property value (WOZ)")}
    missing = words.listing([head for column, head in heads.items() if pd.isna(row[column])])
    counted = pd.notna(share["benefit_share"])
    said = {
        words.say("Its benefit is a judgement of the researcher; the partner has not confirmed it."): counted,
        words.say(
            "What it gets cannot be said: no interest of any partner is known for this year's efforts."
        ): not counted,
        words.say("Not known of it: {names}.", names=missing): missing,
        words.say("Some amounts are examples: the source gives none."): example,
    }
    return [sentence for sentence, holds in said.items() if holds]
