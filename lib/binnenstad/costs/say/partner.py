"""What can be said of one partner: what it pays, for what, what it gets, and its say."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.checks import HIGH, LOW
from binnenstad.costs.say.funding import certainty_names
from binnenstad.costs.say.money import instrument_names, kind_names
from binnenstad.words import Words

# a caption, and the columns under it as written cells
Cells = tuple[str, list[tuple[str, list[str]]]]
# what a table shows where there is nothing to say
NONE = "–"


def lead_partner(title: str, share: pd.Series, paid: float, year: int, words: Words) -> str:
    """Return the finding of a partner's page: its part of the costs against its part of the benefit.

    ``share`` is its row of ``fairness.compare_shares``, all missing if nothing is known of it; ``paid``
    is all it gives in the year [EUR], also beside the budget.
    """
    cost, benefit = (words.percent(share[name]) for name in ("cost_share", "benefit_share"))
    known = share[["cost_share", "benefit_share"]].notna()
    if not known.any():
        lead = words.say("Of {partner} neither costs nor benefit are known in {year}.", partner=title, year=year)
    elif not known["benefit_share"]:
        lead = words.say(
            "Of the budget of {year} {cost} comes from {partner}; what part of the benefit it gets is not known.",
            year=year, cost=cost, partner=title,
        )  # fmt: skip
    elif not known["cost_share"]:
        lead = words.say(
            "Of the benefit of {year} {benefit} goes to {partner}; who brings the budget is not known.",
            year=year, benefit=benefit, partner=title,
        )  # fmt: skip
    else:
        lead = words.say(
            "Of the budget of {year} {cost} comes from {partner}, of the benefit {benefit} goes to it: {verdict}.",
            year=year, cost=cost, partner=title, benefit=benefit, verdict=_verdict(share, words),
        )  # fmt: skip
    return lead if share["cost_share"] > 0 or not paid else f"{lead} {_beside(paid, words)}"


def _beside(paid: float, words: Words) -> str:
    return words.say("Beside the budget it gives {amount}.", amount=words.eur(paid))


def _verdict(share: pd.Series, words: Words) -> str:
    if not share["cost_share"] and not share["benefit_share"]:
        return words.say("no contribution to the budget and no benefit")
    if not share["benefit_share"] or share["ratio"] > HIGH:
        return words.say("more than twice its part")
    if share["ratio"] < LOW:
        return (
            words.say("less than half its part")
            if share["cost_share"]
            else words.say("benefit without a contribution to the budget")
        )
    return words.say("in balance, between half and twice its part")


def about_payments(payments: pd.DataFrame, year: int, words: Words) -> Cells:
    """Return caption and columns of what the partner gives in a year; ``payments`` are its rows of that year."""
    instruments, kinds, certainties = instrument_names(words), kind_names(words), certainty_names(words)
    beside = words.say("beside the budget")
    columns = [
        (words.say("instrument"), [instruments[key] for key in payments["instrument"]]),
        (words.say("for fund"), [beside if pd.isna(fund) else str(fund) for fund in payments["fund"]]),
        (words.say("form"), [kinds[key] for key in payments["kind"]]),
        (words.say("certainty"), [certainties[key] for key in payments["certainty"]]),
        (words.say("amount"), [words.number(amount, 2) for amount in payments["amount_eur"]]),
    ]
    return words.say("What it gives in {year} (amounts in euro)", year=year), columns


def words_of_payments(words: Words) -> list[str]:
    """Return the heads of the columns of ``about_payments`` that hold words and no amounts."""
    return [words.say("for fund"), words.say("form"), words.say("certainty")]


def describe_payments(payments: pd.DataFrame, year: int, words: Words) -> str:
    """Return in a sentence what the partner gives in a year: all of it, and what of it is decided."""
    total = payments["amount_eur"].sum()
    if not total:
        return words.say("In {year} it gives nothing that is known.", year=year)
    certain = payments.loc[payments["certainty"] == "certain", "amount_eur"].sum()
    if not certain:
        return words.say("In {year} it gives {amount}; none of that is decided.", year=year, amount=words.eur(total))
    return words.say(
        "In {year} it gives {amount}; {certain} of that is decided.",
        year=year, amount=words.eur(total), certain=words.eur(certain),
    )  # fmt: skip


def describe_work(efforts: pd.DataFrame, team: pd.DataFrame, partner: str, words: Words) -> list[str]:
    """Return which efforts the partner leads and how many hours its people are to work, a sentence each."""
    led = list(efforts.loc[efforts["lead_partner"] == partner, "title"])
    notes = [words.say("It leads: {efforts}.", efforts="; ".join(led))] * bool(led)
    hours = team.loc[team["partner"] == partner, "hours_per_year"].sum()
    message = words.pattern(
        "By the programme its people work {hours} hours a year; these are not in euro and in no share."
    )
    return notes + [message.format(hours=words.number(hours))] * bool(hours)


def about_purposes(purposes: pd.Series, titles: pd.Series, year: int, words: Words) -> Cells:
    """Return caption and columns of the efforts the partner's money goes to; ``purposes`` [EUR] per effort id."""
    caption = words.say("What its money is for in {year} (amounts in euro)", year=year)
    paid = purposes[purposes > 0].sort_values(ascending=False, kind="stable")
    if paid.empty:
        return caption, []
    named = [*(str(titles[effort]) for effort in paid.index), words.say("total")]
    return caption, [(words.say("effort"), named), (words.say("its part"), _with_total(paid, words))]


def about_benefit(
    benefit: pd.DataFrame, ways: pd.DataFrame, efforts: pd.Series, goals: pd.Series, words: Words
) -> Cells:
    """Return caption and columns of what the partner gets: per effort its part of the costs, and through which goals.

    ``benefit`` per effort id with ``own`` (the partner's part) and ``costs`` [EUR]; ``ways`` the result of
    ``efforts.ways_to``; ``efforts`` and ``goals`` are titles by id, of operational goals.
    """
    caption = words.say("What it gets: its part of the costs of each effort (amounts in euro)")
    shown = benefit[benefit["own"] > 0].sort_values("own", ascending=False, kind="stable")
    if shown.empty:
        return caption, []
    lines = {str(effort): list(rows) for effort, rows in ways.groupby("effort")["indicator"]}
    own = words.say("its own interest in the effort")
    through = ["; ".join(f"{goal} {goals[goal]}" for goal in lines.get(str(effort), [])) for effort in shown.index]
    return caption, [
        (words.say("effort"), [*(str(efforts[effort]) for effort in shown.index), words.say("total")]),
        (words.say("through"), [*(text or own for text in through), NONE]),
        (words.say("costs"), _with_total(shown["costs"], words)),
        (words.say("its benefit"), _with_total(shown["own"], words)),
    ]


def _with_total(amounts: pd.Series, words: Words) -> list[str]:
    return [words.number(amount, 2) for amount in (*amounts, amounts.sum())]


def describe_say(row: pd.Series, seats: pd.Series, share: pd.Series, words: Words) -> list[str]:
    """Return for whom the partner speaks, its seats among all, and payment, benefit and say side by side.

    ``row`` is its row of ``partners``, ``seats`` those of every partner, ``share`` as in ``lead_partner``.
    """
    notes = []
    if pd.notna(row["constituency"]):
        notes.append(words.say("It speaks for: {constituency}.", constituency=row["constituency"]))
    if pd.notna(row["members"]):
        notes.append(words.say("It has {members} members.", members=words.number(row["members"])))
    if pd.isna(row["seats"]):
        return [*notes, words.say("Whether it has a seat where the course is set is not known.")]
    own, every = row["seats"], seats.sum()
    count = words.say_many("{count} seat", "{count} seats", int(own))
    notes.append(words.say("It has {own} of the {all} that are known.", own=count, all=words.number(every)))
    notes.append(
        words.say(
            "Of the costs it brings {cost}, of the benefit it gets {benefit}, of the say it has {say}.",
            cost=words.percent(share["cost_share"]), benefit=words.percent(share["benefit_share"]),
            say=words.percent(own / every if every else float("nan")),
        )
    )  # fmt: skip
    return notes


def unknown_about_partner(row: pd.Series, share: pd.Series, example: bool, words: Words) -> list[str]:
    """Return what cannot be said of the partner, one sentence each; never empty."""
    notes = [words.say("Its benefit is a judgement of the researcher; the partner has not confirmed it.")]
    if pd.isna(share["benefit_share"]):
        notes = [words.say("What it gets cannot be said: no interest of any partner is known for this year's efforts.")]
    heads = {"seats": words.say("seats"), "members": words.say("members"), "woz_eur": words.say("property value (WOZ)")}
    missing = [name for column, name in heads.items() if pd.isna(row[column])]
    notes += [words.say("Not known of it: {names}.", names=words.listing(missing))] * bool(missing)
    return notes + [words.say("Some amounts are examples: the source gives none.")] * example
