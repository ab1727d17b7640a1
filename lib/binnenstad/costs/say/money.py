"""What can be said about money: who pays, who benefits, and how the two differ.

The frames here have the titles a reader knows as index and columns, not ids.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.costs.checks import out_of_balance
from binnenstad.words import Words


def instrument_names(words: Words) -> dict[str, str]:
    """Return the name of each instrument as a reader knows it."""
    return {
        "municipal_budget": words.say("municipal budget"),
        "biz": words.say("business improvement zone (BIZ)"),
        "advertising_tax": words.say("advertising tax"),
        "property_tax_surcharge": words.say("property-tax surcharge"),
        "voluntary": words.say("voluntary contribution"),
        "subsidy": words.say("subsidy"),
        "maintenance_transfer": words.say("transferred maintenance money"),
    }


def lead_costs(paid: pd.Series, benefit: pd.Series, budgeted: float, year: int, words: Words) -> str:
    """Return the finding of the costs report: who brings the programme's money, and where the benefit lands.

    ``paid`` and ``benefit`` [EUR] per partner, by title; ``paid`` counts the programme's own money only.
    """
    payers = paid[paid > 0].sort_values(ascending=False, kind="stable")
    if not budgeted or payers.empty:
        return lead_money(payers, budgeted, year, words)
    phrases = [f"{partner} ({words.percent(amount / budgeted)})" for partner, amount in payers.items()]
    lead = words.say_many(
        "The programme budget of {year} is {amount}. {count} partner brings it: {payers}.",
        "The programme budget of {year} is {amount}. {count} partners bring it: {payers}.",
        len(payers),
        year=year,
        amount=words.eur(budgeted),
        payers=words.listing(phrases),
    )
    lead += _without_payer(budgeted - payers.sum(), words)
    elsewhere = benefit.drop(payers.index, errors="ignore").sum()
    if elsewhere > 0:
        lead += " " + words.say(
            "In the researcher's judgement {share} of the benefit goes to partners who pay none of it.",
            share=words.percent(elsewhere / benefit.sum()),
        )
    return lead


def lead_money(paid: pd.Series, budgeted: float, year: int, words: Words) -> str:
    """Return one sentence on the budget of a year [EUR] and who brings most of it (``paid`` per partner)."""
    if not budgeted:
        return words.say("For {year} no budget is known.", year=year)
    amount = words.eur(budgeted)
    if not paid.sum():
        return words.say("The budget of {year} is {amount}; who brings it is not known.", year=year, amount=amount)
    partner = paid.idxmax()
    if round(paid.max() - budgeted, 2) == 0:
        return words.say(
            "The whole budget of {year}, {amount}, comes from {partner}.", year=year, amount=amount, partner=partner
        )
    lead = words.say(
        "The budget of {year} is {amount}; {share} of it comes from {partner}.",
        year=year,
        amount=amount,
        share=words.percent(paid.max() / budgeted),
        partner=partner,
    )
    return lead + _without_payer(budgeted - paid.sum(), words)


def _without_payer(amount: float, words: Words) -> str:
    """Return what of the budget nobody brings, or what is brought beyond it; to the cent, if it is not whole."""
    written = words.eur(abs(amount), 0 if round(amount, 2) == round(amount) else 2)
    if round(amount, 2) > 0:
        return " " + words.say("For {amount} no payer is known.", amount=written)
    return " " + words.say("That is {amount} more than the budget.", amount=written) if round(amount, 2) < 0 else ""


def money_beside(payments: pd.DataFrame, names: pd.Series, words: Words) -> list[str]:
    """Return a sentence per payment that runs beside the programme budget; such money is in no share."""
    instruments = instrument_names(words)
    return [
        words.say(
            "Beside the programme budget {partner} bring {amount} by {instrument}; it is in no share.",
            amount=words.eur(row["amount_eur"]),
            partner=names[row["partner"]],
            instrument=instruments[row["instrument"]],
        )
        for _, row in payments[payments["fund"].isna() & (payments["kind"] == "cash")].iterrows()
    ]


def kind_names(words: Words) -> dict[str, str]:
    """Return the words for the form in which something is brought."""
    return {"cash": words.say("cash"), "hours": words.say("hours of work"), "in_kind": words.say("goods and services")}


def not_in_cash(payments: pd.DataFrame, names: pd.Series, words: Words) -> list[str]:
    """Return a sentence per partner on what it gives as hours or in kind, valued in euro and kept apart from cash."""
    kinds = kind_names(words)
    rows = payments[payments["kind"] != "cash"].groupby(["partner", "kind"], as_index=False)["amount_eur"].sum()
    return [
        words.say(
            "From {partner} come {kind} valued at {amount}; it is no cash and in no share.",
            partner=names[row["partner"]],
            kind=kinds[row["kind"]],
            amount=words.eur(row["amount_eur"]),
        )
        for _, row in rows.iterrows()
    ]


def without_interest(partners: pd.Series, interests: pd.DataFrame, words: Words) -> list[str]:
    """Return one sentence naming the partners of whom no interest is known; nothing if there are none."""
    unknown = partners[~partners.index.isin(interests.loc[interests["weight"] > 0, "partner"])]
    if unknown.empty:
        return []
    return [
        words.say(
            "No interest is known of {names}: no benefit is counted for them.", names=words.listing(list(unknown))
        )
    ]


def hours_of_team(team: pd.DataFrame, names: pd.Series, words: Words) -> list[str]:
    """Return a sentence per partner on the hours of its people, which are not in euro."""
    hours = team.groupby("partner", sort=True)["hours_per_year"].sum()
    return [
        words.say(
            "{partner} also gives {hours} hours of work a year; they are not in euro and in no share.",
            partner=names[partner],
            hours=words.number(total),
        )
        for partner, total in zip(hours.index, hours, strict=True)
        if total > 0
    ]


def about_payments(amounts: pd.DataFrame, year: int, words: Words, *, beside: bool = False) -> tuple[str, str]:
    """Return title and alt text of who brings what, partner x instrument or fund; empty without money.

    ``beside`` says that money beside the programme budget is among it.
    """
    total = amounts.to_numpy().sum()
    if not total:
        return "", ""
    by_partner = amounts.sum(axis=1)
    share = words.percent(by_partner.max() / total)
    message = words.pattern("{partner}: {share} of the money of {year}")
    if beside:
        message = words.pattern("{partner}: {share} of all money of {year}, also that beside the programme budget")
    title = message.format(partner=by_partner.idxmax(), share=share, year=year)
    sentences = []
    for partner, row in amounts.iterrows():
        parts = [f"{words.eur(amount)} ({name})" for name, amount in row.items() if amount]
        sentences.append(f"{partner}: {words.listing(parts)}.")
    return title, " ".join(sentences)


def about_efforts(amounts: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of what the budget is for, effort x fund; empty without money."""
    by_effort = amounts.sum(axis=1)
    if not by_effort.sum():
        return "", ""
    share = words.percent(by_effort.max() / by_effort.sum())
    title = words.say("{effort} takes {share} of the budget", effort=by_effort.idxmax(), share=share)
    return title, " ".join(f"{effort}: {words.eur(amount)}." for effort, amount in by_effort.items())


def about_shares(shares: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of the paired dots: both shares of every partner; empty without shares."""
    if shares[["cost_share", "benefit_share"]].dropna().empty:
        return "", ""
    sentences = [
        words.say(
            "{partner}: {cost} of the costs, {benefit} of the benefit",
            partner=partner,
            cost=words.percent(row["cost_share"]),
            benefit=words.percent(row["benefit_share"]),
        )
        for partner, row in shares.iterrows()
    ]
    return sentences[0], ". ".join(sentences) + "."


def describe_imbalance(shares: pd.DataFrame, words: Words) -> str:
    """Return who pays less than half or more than twice its part of the benefit (``fairness.compare_shares``)."""
    if shares[["cost_share", "benefit_share"]].dropna().empty:
        return words.say("Nothing can be said about the balance between costs and benefit.")
    apart = out_of_balance(shares)["difference"]
    little, much = (words.listing(list(map(str, apart.index[side]))) for side in (apart < 0, apart > 0))
    if not little and not much:
        return words.say("Every partner pays between half and twice its part of the benefit.")
    sentences = [words.say("Less than half of the own part of the benefit is paid by: {names}.", names=little)] * bool(
        little
    )
    sentences += [words.say("More than twice the own part of the benefit is paid by: {names}.", names=much)] * bool(
        much
    )
    return " ".join(sentences)


def how_benefit_is_counted(words: Words) -> str:
    """Return in a few sentences what "benefit" means in the costs report."""
    meaning = words.say(
        "Benefit cannot be measured in euro. Here the cost of each effort is spread over the partners with an interest "
        "in it or in its goals, by the weight of that interest; a partner's part of the sum is its part of the benefit."
    )
    return f"{meaning} " + words.say(
        "The band shows where that part lies in 9 of 10 recalculations if every interest weighs up to half more or less."
    )


def unknown_about_money(tables: Mapping[str, pd.DataFrame], year: int, unshared: pd.Series, words: Words) -> list[str]:
    """Return what cannot be said about the money of a year, one sentence each; never empty.

    ``tables`` are those of the programme; ``unshared`` is the cost [EUR] by title of the efforts of
    which nobody is known to benefit.
    """
    notes = [words.say("No spending is known: this is about what was budgeted, not about what was spent.")]
    judges = sorted(tables["interests"]["judged_by"].unique())
    if judges:
        notes.append(
            words.say(
                "The weights of the interests are the judgement of: {judges}. No partner has confirmed them.",
                judges=words.listing(judges),
            )
        )
    else:
        notes.append(words.say("No interests are known, so nothing can be said about who benefits."))
    names = tables["partners"].set_index("id")["title"]
    notes += without_interest(names, tables["interests"], words) * bool(judges)
    payments = tables["payments"][tables["payments"]["year"] == year]
    if payments.empty:
        notes.append(words.say("No payments are known: who brings the money cannot be said."))
    for partner, amount in payments[payments["certainty"] != "certain"].groupby("partner")["amount_eur"].sum().items():
        notes.append(
            words.say(
                "Not certain yet: {amount} from {partner}.", amount=words.eur(amount), partner=names[str(partner)]
            )
        )
    message = words.pattern("Nobody is known to benefit from {effort} ({amount}); it is in no share.")
    return notes + [message.format(effort=effort, amount=words.eur(cost)) for effort, cost in unshared.items()]


def adds_up(rows: pd.DataFrame, words: Words) -> str:
    """Return whether budget and payments agree (``finance.reconcile``), naming every fund and year that do not."""
    apart = rows[rows["difference"] != 0]
    if rows.empty:
        return words.say("There is no budget to compare with.")
    if apart.empty:
        return words.say("Yes: for every fund and year the payments equal the budget to the cent.")
    found = [
        (
            words.pattern("{fund} {year} ({amount} too little)")
            if short < 0
            else words.pattern("{fund} {year} ({amount} too much)")
        ).format(fund=fund, year=year, amount=words.eur(abs(short), 2))
        for fund, year, short in zip(apart["fund"], apart["year"], apart["difference"], strict=True)
    ]
    return words.say("No: budget and payments differ for {found}.", found=words.listing(found))


def source_line(fallback: str, rows: pd.DataFrame, words: Words) -> str:
    """Return the line under a picture: every source its rows name, or else that of the programme."""
    named = sorted(rows["source"].dropna().unique()) or [fallback]
    return words.say("Source: {sources}", sources="; ".join(named))
