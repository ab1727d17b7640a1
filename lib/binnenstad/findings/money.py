"""What can be said about money: who pays, who benefits, and how the two differ."""

from __future__ import annotations

import pandas as pd

from binnenstad.text import Words

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


def lead_costs(shares: pd.DataFrame, names: pd.Series, budgeted: float, year: int, words: Words) -> str:
    """Return the finding of the costs report: who brings the money, and where the benefit lands.

    ``shares`` is the result of ``fairness.compare_shares`` on the programme's own money.
    """
    if not budgeted:
        return words.say("For {year} no budget is known, so nothing can be said about who pays.", year=year)
    payers = shares[shares["cost_share"] > 0].sort_values("cost_share", ascending=False, kind="stable")
    if payers.empty:
        return words.say("The budget of {year} is {amount}; who brings this money is not known.", year=year, amount=words.eur(budgeted))
    phrases = [f"{names[partner]} ({words.percent(share)})" for partner, share in payers["cost_share"].items()]
    lead = words.say_many(
        "The programme budget of {year}, {amount}, comes from {count} partner: {payers}.",
        "The programme budget of {year}, {amount}, comes from {count} partners: {payers}.",
        len(payers), year=year, amount=words.eur(budgeted), payers=words.listing(phrases),
    )  # fmt: skip
    elsewhere = shares.loc[shares["cost_share"] == 0, "benefit_share"].sum()
    if elsewhere > 0:
        lead += " " + words.say(
            "In the researcher's judgement {share} of the benefit goes to partners who pay none of it.", share=words.percent(elsewhere)
        )
    return lead


def money_beside(payments: pd.DataFrame, names: pd.Series, words: Words) -> list[str]:
    """Return a sentence per payment that runs beside the programme budget; such money is in no share."""
    instruments = instrument_names(words)
    return [
        words.say(
            "Beside the programme budget {partner} pay about {amount} through {instrument}; this is not in the shares.",
            partner=names[row["partner"]], amount=words.eur(row["amount_eur"]), instrument=instruments[row["instrument"]],
        )
        for _, row in payments[payments["fund"].isna()].iterrows()
    ]  # fmt: skip


def hours_of_team(team: pd.DataFrame, names: pd.Series, words: Words) -> list[str]:
    """Return a sentence per partner on the hours of its people, which are not in euro."""
    hours = team.groupby("partner", sort=True)["hours_per_year"].sum()
    return [
        words.say("{partner} also gives {hours} hours of work a year; they have no price here and are in no share.", partner=names[partner], hours=words.number(total))
        for partner, total in hours.items() if total > 0
    ]  # fmt: skip


def about_payments(amounts: pd.DataFrame, names: pd.Series, year: int, words: Words) -> tuple[str, str]:
    """Return title and alt text of the stacked bars: what each partner brings, by instrument."""
    if not amounts.to_numpy().sum():
        return "", ""
    instruments = instrument_names(words)
    total = amounts.to_numpy().sum()
    biggest = amounts.sum(axis=1).idxmax()
    title = words.say(
        "{partner} brings {share} of all money in {year}", partner=names[biggest], share=words.percent(amounts.loc[biggest].sum() / total), year=year
    )
    sentences = []
    for partner, row in amounts.iterrows():
        parts = [f"{words.eur(amount)} ({instruments[name]})" for name, amount in row.items() if amount]
        sentences.append(f"{names[partner]}: {words.listing(parts)}.")
    return title, " ".join(sentences)


def about_efforts(costs: pd.DataFrame, names: pd.Series, words: Words) -> tuple[str, str]:
    """Return title and alt text of the bars of efforts: the largest and every amount."""
    totals = costs.sum(axis=1)
    if not totals.sum():
        return "", ""
    title = words.say(
        "{effort} takes {share} of the budget", effort=names[totals.idxmax()], share=words.percent(totals.max() / totals.sum())
    )
    return title, " ".join(f"{names[effort]}: {words.eur(amount)}." for effort, amount in totals.items())


def about_shares(shares: pd.DataFrame, names: pd.Series, words: Words) -> tuple[str, str]:
    """Return title and alt text of the paired dots: both shares of every partner."""
    if shares[["cost_share", "benefit_share"]].dropna().empty:
        return "", ""
    least = shares.iloc[0]
    title = words.say(
        "{partner}: {cost} of the costs, {benefit} of the benefit",
        partner=names[shares.index[0]], cost=words.percent(least["cost_share"]), benefit=words.percent(least["benefit_share"]),
    )  # fmt: skip
    sentences = [
        words.say(
            "{partner} pays {cost} of the costs and has {benefit} of the benefit.",
            partner=names[partner], cost=words.percent(row["cost_share"]), benefit=words.percent(row["benefit_share"]),
        )
        for partner, row in shares.iterrows()
    ]  # fmt: skip
    return title, " ".join(sentences)


def describe_splits(splits: pd.DataFrame, names: pd.Series, words: Words) -> list[str]:
    """Return a sentence per key: what it does, and for whom it makes the largest difference with now.

    ``splits`` has a row per partner and the columns ``now``, ``equal``, ``proportional`` and ``per_effort`` [EUR].
    """
    meanings = {
        "equal": words.say("Equal: every partner with an interest pays the same."),
        "proportional": words.say("Proportional: in proportion to the interest in the goals, whatever the efforts cost."),
        "per_effort": words.say("Per effort: each effort is paid by who benefits from it, in proportion to the interest."),
    }
    if not splits["now"].sum():
        return list(meanings.values())
    sentences = []
    for key, meaning in meanings.items():
        change = splits[key] - splits["now"]
        sentences.append(
            meaning + " " + words.say(
                "Most extra: {more} ({extra} more than now); most relief: {less} ({relief} less than now).",
                more=names[change.idxmax()], extra=words.eur(change.max()), less=names[change.idxmin()], relief=words.eur(-change.min()),
            )
        )  # fmt: skip
    return sentences


def unknown_about_money(payments: pd.DataFrame, reconciled: pd.DataFrame, interests: pd.DataFrame, unshared: pd.Series, words: Words) -> list[str]:
    """Return what the costs report cannot say, one sentence each; never empty.

    ``unshared`` is the cost [EUR] by title of the efforts of which nobody is known to benefit.
    """
    judges = sorted(interests["judged_by"].dropna().unique())
    notes = [words.say("No spending is known: this report speaks of what was budgeted, not of what was spent.")]
    if judges:
        notes.append(words.say("The weights of the interests are a judgement of: {judges}. No partner has confirmed them.", judges=words.listing(judges)))
    else:
        notes.append(words.say("No interests are known, so nothing can be said about who benefits."))
    expected = payments[payments["certainty"] != "certain"]
    if len(expected):
        notes.append(words.say("Not certain: {amount} of the money shown is expected or voluntary.", amount=words.eur(expected["amount_eur"].sum())))
    notes += [
        words.say("Nobody is known to benefit from {effort} ({amount}); it is in no share.", effort=effort, amount=words.eur(amount))
        for effort, amount in unshared.items()
    ]  # fmt: skip
    short = reconciled[reconciled["difference"] != 0]
    notes += [
        words.say("{fund} {year}: budget and payments differ by {amount}.", fund=row["fund"], year=row["year"], amount=words.eur(row["difference"], 2))
        for _, row in short.iterrows()
    ]  # fmt: skip
    return notes


def lead_money(payments: pd.DataFrame, budgeted: float, names: pd.Series, year: int, words: Words) -> str:
    """Return one sentence on money in and out of a year, for the overview."""
    paid = payments[payments["fund"].notna()].groupby("partner")["amount_eur"].sum().sort_values(ascending=False, kind="stable")
    if not budgeted:
        return words.say("For {year} no budget is known.", year=year)
    if paid.empty:
        return words.say("The budget of {year} is {amount}; who brings this money is not known.", year=year, amount=words.eur(budgeted))
    return words.say(
        "The budget of {year} is {amount}, of which {share} comes from {partner}.",
        year=year, amount=words.eur(budgeted), share=words.percent(paid.iloc[0] / paid.sum()), partner=names[paid.index[0]],
    )  # fmt: skip


def themselves(names: pd.Index) -> dict[str, str]:
    """Return names that need no translation, such as funds, as their own titles."""
    return {name: name for name in names}


def key_names(words: Words) -> dict[str, str]:
    """Return the name of each key as a reader knows it."""
    return {
        "now": words.say("now"), "equal": words.say("equal"),
        "proportional": words.say("proportional"), "per_effort": words.say("per effort"),
    }  # fmt: skip


def how_benefit_is_counted(words: Words) -> str:
    """Return in a few sentences what "benefit" means in the costs report."""
    return words.say(
        "Benefit cannot be measured in euro. Here the cost of each effort is spread over the partners with an interest "
        "in it or in its goals, by the weight of that interest; a partner's share of the sum is its share of the benefit."
    )


def missing_tables(tables: dict[str, pd.DataFrame], words: Words) -> list[str]:
    """Return a sentence on money that is not known at all."""
    notes = [words.say("No spending is known: this report speaks of what was budgeted, not of what was spent.")]
    if tables["payments"].empty:
        notes.append(words.say("No payments are known: who brings the budget cannot be said."))
    return notes
