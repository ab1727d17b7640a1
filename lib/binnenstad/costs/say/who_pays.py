"""Who pays: who brings the money of a year, what it is for, and what is given outside the budget.

The frames here have the titles a reader knows as index and columns, not ids.
"""

from __future__ import annotations

import pandas as pd

from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def lead_costs(paid: pd.Series, benefit: pd.Series, sums: pd.DataFrame, year: int, words: Words) -> str:
    """Return the finding of the costs report: who brings the programme's money, and where the benefit lands.

    ``paid`` and ``benefit`` [EUR] per partner, by title; ``paid`` counts the programme's own money only; ``sums`` is
    the result of ``money.reconcile`` for the year.
    """
    budgeted = sums["budgeted"].sum()
    payers = paid[paid > 0].sort_values(ascending=False, kind="stable")
    if not budgeted or payers.empty:
        return lead_money(payers, sums, year, words)
    whole = max(budgeted, payers.sum())
    shares = [f"{partner} ({words.percent(amount / whole)})" for partner, amount in payers.items()]
    values = {"year": year, "amount": words.eur(budgeted), "payers": words.listing(shares)}
    lead = words.say_many(
        "The programme budget of {year} is {amount}. {count} partner brings it: {payers}.",
        "The programme budget of {year} is {amount}. {count} partners bring it: {payers}.",
        len(payers),
        **values,
    )
    lead += _without_payer(sums, words)
    elsewhere = benefit.drop(payers.index, errors="ignore").sum()
    if elsewhere <= 0:
        return lead
    message = words.pattern("In the researcher's judgement {share} of the benefit goes to partners who pay none of it.")
    return f"{lead} {message.format(share=words.percent(elsewhere / benefit.sum()))}"


def lead_money(paid: pd.Series, sums: pd.DataFrame, year: int, words: Words) -> str:
    """Return one sentence on the budget of a year and who brings most of it; ``paid`` and ``sums`` as above."""
    budgeted = sums["budgeted"].sum()
    if not budgeted:
        return words.say("For {year} no budget is known.", year=year)
    values = {"year": year, "amount": words.eur(budgeted)}
    if not paid.sum():
        return words.say("The budget of {year} is {amount}; who brings it is not known.", **values)
    whole = max(budgeted, paid.sum())
    values |= {"partner": paid.idxmax(), "share": words.percent(paid.max() / whole)}
    lead = words.pattern("The budget of {year} is {amount}; {share} of it comes from {partner}.")
    if round(paid.max() - whole, 2) == 0:
        lead = words.pattern("The whole budget of {year}, {amount}, comes from {partner}.")
    return lead.format(**values) + _without_payer(sums, words)


def _without_payer(sums: pd.DataFrame, words: Words) -> str:
    """Return what of the funds nobody brings, and what is brought beyond them; to the cent, if it is not whole.

    One never fills the other, and what rounding can explain is neither.
    """
    apart = sums.loc[~sums["rounding"], "difference"]
    said = {
        words.pattern("For {amount} no payer is known."): round(-apart[apart < 0].sum(), 2),
        words.pattern("{amount} more comes in than is budgeted."): round(apart[apart > 0].sum(), 2),
    }
    return "".join(f" {text.format(amount=words.eur(own, 2 * bool(own % 1)))}" for text, own in said.items() if own)


def outside_the_shares(payments: pd.DataFrame, team: pd.DataFrame, names: pd.Series, words: Words) -> list[str]:
    """Return what is in no share, a sentence each: cash beside the budget, hours of the team, and what is no cash.

    ``payments`` are those of the year; ``names`` titles the partners by id.
    """
    instruments, kinds = (code_names("payments", column, words.language) for column in ("instrument", "kind"))
    beside = payments[payments["fund"].isna() & (payments["kind"] == "cash")].dropna(subset="amount_eur")
    worked = team[team["hours_per_year"] > 0].groupby("partner", as_index=False)["hours_per_year"].sum()
    given = payments[payments["kind"] != "cash"].groupby(["partner", "kind"], as_index=False)["amount_eur"].sum()
    said = {
        words.pattern("Beside the programme budget {partner} bring {amount} by {instrument}; it is in no share."): (
            beside.assign(amount=beside["amount_eur"].map(words.eur), instrument=beside["instrument"].map(instruments))
        ),
        words.pattern("{partner} also gives {hours} hours of work a year; they are not in euro and in no share."): (
            worked.assign(hours=worked["hours_per_year"].map(words.number))
        ),
        words.pattern("From {partner} come {kind} valued at {amount}; it is no cash and in no share."): (
            given.assign(amount=given["amount_eur"].map(words.eur), kind=given["kind"].map(kinds))
        ),
    }
    return unknown_levies(payments, names, words) + [
        message.format_map(row)
        for message, rows in said.items()
        for row in rows.assign(partner=rows["partner"].map(names)).to_dict("records")
    ]


def unknown_levies(payments: pd.DataFrame, names: pd.Series, words: Words) -> list[str]:
    """Return of which levies of which year the amount is not known, a sentence each; ``names`` as above."""
    instruments = code_names("payments", "instrument", words.language)
    message = words.pattern("{partner} pay a levy in {year} ({instrument}); the amount is not known.")
    rows = payments[payments["amount_eur"].isna()].replace({"instrument": instruments})
    return [message.format_map(row | {"partner": names[row["partner"]]}) for row in rows.to_dict("records")]


def about_payments(amounts: pd.DataFrame, year: int, words: Words, *, beside: bool = False) -> tuple[str, str]:
    """Return the title of who brings what, and what the picture is; partner x instrument or fund; empty without money.

    ``beside`` says that money beside the programme budget is among it.
    """
    by_partner = amounts.sum(axis=1)
    if not by_partner.sum():
        return "", ""
    message = words.pattern("{partner}: {share} of the money of {year}")
    if beside:
        message = words.pattern("{partner}: {share} of all money of {year}, also that beside the programme budget")
    if amounts.isna().any(axis=None):
        message = words.pattern("{partner}: {share} of the money of {year} of which the amount is known")
    share = words.percent(by_partner.max() / by_partner.sum())
    title = message.format(partner=by_partner.idxmax(), share=share, year=year)
    return title, words.say("Bar chart of who brings the money")


def about_efforts(amounts: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of what the budget is for, and what the picture is; effort x fund; empty without money."""
    by_effort = amounts.sum(axis=1)
    if not by_effort.sum():
        return "", ""
    share = words.percent(by_effort.max() / by_effort.sum())
    title = words.say("{effort} takes {share} of the budget", effort=by_effort.idxmax(), share=share)
    return title, words.say("Bar chart of what the budget is for")


def source_line(fallback: str, rows: pd.DataFrame, words: Words) -> str:
    """Return the line under a picture: every source its rows name, or else that of the programme."""
    named = sorted(rows["source"].dropna().unique()) or [fallback]
    return words.say("Source: {sources}", sources="; ".join(named))
