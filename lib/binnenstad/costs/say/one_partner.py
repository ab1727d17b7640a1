"""One partner: what it gives, what it gets and its say, in sentences."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.money import by_kind, in_cash
from binnenstad.costs.say.cash_hours_goods import name_kinds
from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def lead_partner(share: pd.Series, beside: pd.DataFrame, year: int, words: Words) -> str:
    """Return the finding of a partner's page: its part of the costs against its part of the benefit.

    ``share`` is its row of ``checks.compare_shares``, all missing if nothing is known of it; ``beside``
    are its payments of the year that fill no fund of the budget.
    """
    no_costs, no_benefit = (pd.isna(share[name]) for name in ("cost_share", "benefit_share"))
    cost, benefit = (words.percent(share[name]) for name in ("cost_share", "benefit_share"))
    given, codes = name_kinds(by_kind(beside).sum(), words), code_names("payments", "instrument", words.language)
    levies = words.listing([codes[levy] for levy in beside.loc[beside["amount_eur"].isna(), "instrument"]])
    outside = words.say("Outside the budget it gives {given}; that is not included in the percentages.", given=given)
    said = {
        words.say("What this partner pays of the {year} budget is not known.", year=year): no_costs,
        words.say("This partner pays {cost} of the {year} budget.", cost=cost, year=year): not no_costs,
        words.say("What part of the benefit it has is not known."): no_benefit,
        words.say("It has {benefit} of the benefit.", benefit=benefit): not no_benefit,
        outside: given,
        words.say("It also pays a levy of which the amount is not known ({levies}).", levies=levies): levies,
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)


def describe_payments(payments: pd.DataFrame, year: int, words: Words) -> str:
    """Return what the partner gives in a year: the cash, what of that is decided, and apart from it hours and goods.

    Of a levy in force whose amount is a guess it is not said that all is decided, nor that nothing is.
    """
    cash = in_cash(payments)
    amounts, outside = cash["amount_eur"], cash.loc[cash["fund"].isna(), "amount_eur"].sum()
    total, certain = amounts.sum(), amounts[cash["certainty"] == "certain"].sum()
    worth, unknown = name_kinds(by_kind(payments.drop(cash.index)).sum(), words), amounts.isna().any()
    guess = amounts[cash["estimated"]].sum()
    cents, sums = 2 * bool(total % 1 > 0), {"amount": total, "certain": certain - guess, "outside": outside}
    values = {name: words.eur(own, cents) for name, own in sums.items()} | {"year": year, "worth": worth}
    said = {
        words.say("For {year} no amount is known.", **values): not total and unknown,
        words.say("In {year} it pays nothing that is known.", **values): not total and not unknown,
        words.say("In {year} it pays {amount}; none of that is decided.", **values): total and not certain,
        words.say("In {year} it pays {amount}; all of that is decided.", **values): total and certain - guess == total,
        words.say("In {year} it pays {amount}; {certain} of that is decided.", **values): 0 < certain - guess < total,
        words.say("In {year} it is expected to pay {amount}.", **values): guess and certain == guess,
        words.say("{outside} of that is outside the budget.", **values): 0 < outside < total,
        words.say("It gives {worth}; that is no money.", **values): worth,
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)


def describe_work(efforts: pd.DataFrame, team: pd.DataFrame, partner: str, words: Words) -> list[str]:
    """Return which efforts the partner leads and how many hours its people are to work, a sentence each."""
    led = "; ".join(sorted(efforts.loc[efforts["lead_partner"] == partner, "title"]))
    hours = team.loc[team["partner"] == partner, "hours_per_year"].sum()
    work = words.pattern("By the programme its staff spend {hours} hours a year on it; not converted into money.")
    said = {words.say("It leads: {efforts}.", efforts=led): led, work.format(hours=words.number(hours)): hours}
    return [sentence for sentence, holds in said.items() if holds]


def describe_seats(row: pd.Series, seats: pd.Series, words: Words) -> list[str]:
    """Return for whom the partner speaks, and its seats among all.

    ``row`` is its row of ``partners``, ``seats`` those of every partner.
    """
    members, known, every = words.number(row["members"]), pd.notna(row["seats"]), seats.sum()
    count = words.say_many("{count} seat", "{count} seats", int(row["seats"]) if known else 0)
    values = {"own": count, "all": words.number(every), "say": words.percent(row["seats"] / (every or float("nan")))}
    said = {
        words.say("It speaks for: {constituency}.", constituency=row["constituency"]): pd.notna(row["constituency"]),
        words.say("It has {members} members.", members=members): pd.notna(row["members"]),
        words.say("Whether it has a seat where the course is set is not known."): not known,
        words.say("It has {own} of the {all} that are known ({say}).", **values): known,
    }
    return [sentence for sentence, holds in said.items() if holds]


def unknown_about_partner(row: pd.Series, share: pd.Series, example: bool, words: Words) -> list[str]:
    """Return what cannot be said of the partner, one sentence each; never empty."""
    heads = {"seats": words.say("seats"), "members": words.say("members"), "woz_eur": words.say("property value (WOZ)")}
    missing = words.listing([head for column, head in heads.items() if pd.isna(row[column])])
    counted = pd.notna(share["benefit_share"])
    said = {
        words.say("Its benefit is the researcher's estimate; the partner has not confirmed it."): counted,
        words.say("What it gets cannot be said: its interest in this year's efforts is not known."): not counted,
        words.say("Not known of it: {names}.", names=missing): missing,
        words.say("Some amounts are examples: the source gives none."): example,
    }
    return [sentence for sentence, holds in said.items() if holds]
