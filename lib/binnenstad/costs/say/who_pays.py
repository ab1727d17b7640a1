"""Who pays: who brings the money of a year, what it is for, and what is given outside the budget.

The frames here have the titles a reader knows as index and columns, not ids.
"""

from __future__ import annotations

from itertools import compress

import pandas as pd

from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def lead_costs(
    paid: pd.Series, benefit: pd.Series, beside: pd.Series, sums: pd.DataFrame, year: int, words: Words
) -> str:
    """Return the finding of the costs report: who funds the programme's budget, and where the benefit lands.

    ``paid``, ``benefit`` and ``beside`` (cash outside the budget) [EUR] per partner, by title; ``paid`` counts the
    programme's own money only, and so does every share; ``sums`` is the result of ``money.reconcile`` for the year.
    """
    budgeted = sums["budgeted"].sum()
    payers = paid[paid > 0].sort_values(ascending=False, kind="stable")
    if not budgeted or payers.empty:
        return lead_money(payers, sums, year, words)
    shares = [f"{partner} ({words.percent(amount / payers.sum())})" for partner, amount in payers.items()]
    values = {"year": year, "payers": words.listing(shares)} | _two_amounts(budgeted, payers.sum(), words)
    lead = words.pattern("The programme budget of {year} is {amount}, paid by {payers}.")
    if values["amount"] != values["paid"]:
        lead = words.pattern("The programme budget of {year} is {amount}. For it {paid} comes in, from {payers}.")
    others = benefit.drop(payers.index, errors="ignore")
    elsewhere, outside = others.sum(), beside[beside.index.isin(others.index[others > 0])]
    # what is not known of them is said elsewhere
    names = [f"{partner} ({words.eur(amount)})" if amount > 0 else str(partner) for partner, amount in outside.items()]
    share = words.percent(elsewhere / benefit.sum() if elsewhere else 0.0)
    said = {
        words.say(
            "By the researcher's estimate {share} of the benefit goes to partners who pay none of the budget.",
            share=share,
        ): elsewhere > 0,
        words.say("Of these, money does come outside the budget from {names}.", names=words.listing(names)): names,
    }
    return " ".join([lead.format(**values) + _without_payer(sums, words), *(text for text in said if said[text])])


def _two_amounts(budgeted: float, paid: float, words: Words) -> dict[str, str]:
    """Return what is budgeted and what is paid for it in words: the same only if they are, to the cent."""
    cents = 2 * bool(0 < round(abs(paid - budgeted), 2) < 1)
    return {"amount": words.eur(budgeted, cents), "paid": words.eur(paid, cents)}


def lead_money(paid: pd.Series, sums: pd.DataFrame, year: int, words: Words) -> str:
    """Return one sentence on the budget of a year and who brings most of it; ``paid`` and ``sums`` as above."""
    budgeted = sums["budgeted"].sum()
    if not budgeted:
        return words.say("For {year} no budget is known.", year=year)
    values = {"year": year} | _two_amounts(budgeted, paid.sum(), words)
    if not paid.sum():
        said = words.say("The budget of {year} is {amount}; who funds it is not known.", **values)
        return said + (_without_payer(sums, words) if sums["paid"].isna().any() else "")
    values |= {"partner": str(paid.idxmax()), "share": words.percent(paid.max() / paid.sum())}
    lead = words.pattern("The budget of {year} is {amount}; {share} of it comes from {partner}.")
    if values["amount"] != values["paid"]:
        lead = words.pattern("The budget of {year} is {amount}; {share} of the {paid} for it comes from {partner}.")
    elif paid.max() == paid.sum():
        lead = words.pattern("The whole budget of {year}, {amount}, comes from {partner}.")
    return lead.format(**values) + _without_payer(sums, words)


def _without_payer(sums: pd.DataFrame, words: Words) -> str:
    """Return of which funds nobody brings a part, and for which more is brought; to the cent, if it is not whole.

    One never fills the other, and what rounding can explain is neither. A fund without any payment is unknown.
    """
    apart = sums[~sums["rounding"]]
    own = apart["difference"].fillna(apart["budgeted"])
    found = [f"{fund} ({words.eur(abs(gap), 2 * bool(gap % 1))})" for fund, gap in zip(apart["fund"], own, strict=True)]
    none = apart["paid"].isna()
    kinds = (own < 0, (own > 0) & ~none, none & bool(sums["paid"].any()))
    lacking, beyond, unknown = (words.listing([*compress(found, rows)]) for rows in kinds)
    said = {
        words.say("No payment is known for {found}.", found=unknown): unknown,
        words.say("No payer is known for {found}.", found=lacking): lacking,
        words.say("More comes in than is budgeted for {found}.", found=beyond): beyond,
    }
    return "".join(f" {sentence}" for sentence, holds in said.items() if holds)


def outside_the_shares(payments: pd.DataFrame, team: pd.DataFrame, names: pd.Series, words: Words) -> list[str]:
    """Return what is in no share, a sentence each: cash beside the budget, hours of the team, and what is no cash.

    ``payments`` are those of the year; ``names`` titles the partners by id.
    """
    instruments, kinds = (code_names("payments", column, words.language) for column in ("instrument", "kind"))
    beside = payments[payments["fund"].isna() & (payments["kind"] == "cash")].dropna(subset="amount_eur")
    worked = team[team["hours_per_year"] > 0].groupby("partner", as_index=False)["hours_per_year"].sum()
    given = payments[payments["kind"] != "cash"].groupby(["partner", "kind"], as_index=False)["amount_eur"].sum()
    said = {
        words.pattern(
            "Outside the budget, {amount} comes from {partner} ({instrument}); that is not included in the percentages."
        ): beside.assign(amount=beside["amount_eur"].map(words.eur), instrument=beside["instrument"].map(instruments)),
        words.pattern(
            "According to the programme, staff of {partner} spend {hours} hours a year on it; not converted into money."
        ): (worked.assign(hours=worked["hours_per_year"].map(words.number))),
        words.pattern(
            "Apart from money, {kind} valued at {amount} come from {partner}; that is not included in the percentages."
        ): (given.assign(amount=given["amount_eur"].map(words.eur), kind=given["kind"].map(kinds))),
    }
    return unknown_levies(payments, names, words) + [
        message.format_map(row)
        for message, rows in said.items()
        for row in rows.assign(partner=rows["partner"].map(names)).to_dict("records")
    ]


def unknown_levies(payments: pd.DataFrame, names: pd.Series, words: Words) -> list[str]:
    """Return of which levies in force the amount is not known, or an expectation, with its note; ``names`` as above."""
    rows = payments[payments["amount_eur"].isna() | payments["estimated"]].fillna({"note": ""})
    rows = rows.replace({"instrument": code_names("payments", "instrument", words.language)})
    unknown = words.pattern("{partner} pay a levy in {year} ({instrument}); the amount is not known. {note}")
    guess = words.pattern(
        "{partner} pay a levy in {year} ({instrument}): certain, but {amount} is an expectation. {note}"
    )
    rows = rows.assign(partner=rows["partner"].map(names), amount=rows["amount_eur"].map(words.eur))
    return [(guess if row["estimated"] else unknown).format_map(row).strip() for row in rows.to_dict("records")]


def about_payments(amounts: pd.DataFrame, year: int, words: Words) -> tuple[str, str]:
    """Return the title of who funds the budget, and what the picture is; partner x instrument or fund.

    Both are empty without money.
    """
    by_partner = amounts.sum(axis=1)
    if not by_partner.sum():
        return "", ""
    share = words.percent(by_partner.max() / by_partner.sum())
    title = words.say(
        "{partner}: {share} of the money for the {year} budget", partner=by_partner.idxmax(), share=share, year=year
    )
    return title, words.say("Bar chart of who funds the budget")


def about_efforts(amounts: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of what the budget is for, and what the picture is; effort x fund; empty without money."""
    by_effort = amounts.sum(axis=1)
    if not by_effort.sum():
        return "", ""
    share = words.percent(by_effort.max() / by_effort.sum())
    title = words.say("{share} of the budget goes to {effort}", effort=by_effort.idxmax(), share=share)
    return title, words.say("Bar chart of what the budget is for")


def source_line(fallback: str, rows: pd.DataFrame, words: Words) -> str:
    """Return the line under a picture: every source its rows name, or else that of the programme."""
    named = sorted(rows["source"].dropna().unique()) or [fallback]
    return words.say("Source: {sources}", sources="; ".join(named))
