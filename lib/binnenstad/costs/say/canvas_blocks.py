"""The Business Model Canvas: its nine blocks in words, the live figures in them, and what is for which customer."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.money import by_kind
from binnenstad.costs.say.cash_hours_goods import name_kinds
from binnenstad.costs.segments import SEGMENTS
from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def block_names(words: Words) -> dict[str, tuple[str, str]]:
    """Return title and question of the nine blocks, in the order in which they are read.

    The blocks and questions are those of the canvas of Osterwalder and Pigneur (Business Model Generation, 2010).
    """
    return {
        "value_propositions": (words.say("Value proposition"), words.say("What makes the centre stand out?")),
        "customer_segments": (words.say("Customers"), words.say("Who are the customers?")),
        "customer_relationships": (
            words.say("Customer relationships"),
            words.say("What relationship is there with the customers?"),
        ),
        "channels": (words.say("Channels"), words.say("How are they reached?")),
        "key_partners": (words.say("Partners"), words.say("Who is needed?")),
        "key_activities": (words.say("Activities"), words.say("What is done?")),
        "key_resources": (words.say("Key resources"), words.say("What people and means are indispensable?")),
        "revenue_streams": (words.say("Revenue"), words.say("Where does the money come from?")),
        "cost_structure": (words.say("Costs"), words.say("What is the money spent on?")),
    }


def segment_names(words: Words) -> dict[str, str]:
    """Return the name of each customer segment; "" is for what belongs to none, and ``total`` for all."""
    others = {"": words.say("not to be put to a customer group"), "total": words.say("total")}
    return code_names("partners", "segment", words.language) | others


def block_lines(canvas: pd.DataFrame, block: str, words: Words) -> list[str]:
    """Return the lines of one block in their order, with the segment they hold for; a sentence if there are none."""
    rows = canvas[canvas["block"] == block].sort_values("order")
    names = segment_names(words) if block != "customer_segments" else {}
    customers = rows["segment"].map(lambda segment: f" ({names[segment]})" if segment in names else "")
    return list(rows["text"] + customers) or [words.say("Not filled in.")]


def live_partners(partners: pd.DataFrame, payments: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return how many partners there are, how many pay in a year, and whom they speak for."""
    paying = payments.loc[payments["amount_eur"] != 0, "partner"].nunique()
    count = words.say_many("{count} partner", "{count} partners", len(partners))
    message = words.pattern("{partners}, of which {paying} contribute in {year}")
    if payments.empty:
        message = words.pattern("{partners}; who contributes in {year} is not known")
    speak = words.pattern("{partner}: {members} members")
    known = partners.dropna(subset="members").sort_values(["members", "title"], ascending=[False, True])
    members = known["members"].map(words.number)
    said = [speak.format(partner=title, members=count) for title, count in zip(known["title"], members, strict=True)]
    return [message.format(partners=count, paying=words.number(paying), year=year), *said]


def live_income(payments: pd.DataFrame, money: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return the income of a year by instrument, what is certain of it, and what comes outside the budget.

    ``payments`` are those of the year, ``money`` those of them that fill a fund of the budget, in cash.
    """
    instruments = code_names("payments", "instrument", words.language)
    total, by_instrument = money["amount_eur"].sum(), money.groupby("instrument")["amount_eur"].sum()
    lines = [words.say("{amount} for the budget of {year}", amount=words.eur(total), year=year)]
    if money.empty:
        lines = [words.say("No income is known for {year}.", year=year)]
    for instrument, amount in by_instrument.sort_values(ascending=False, kind="stable").items():
        lines.append(f"{instruments[str(instrument)]}: {words.eur(amount)}")
    if total:
        certain = money.loc[money["certainty"] == "certain", "amount_eur"].sum()
        share = words.percent(certain / total)
        lines.append(words.say("certain: {amount} ({share})", amount=words.eur(certain), share=share))
    outside = name_kinds(by_kind(payments.drop(money.index)).sum(), words)
    return lines + [words.say("outside the budget: {given}", given=outside)] * bool(outside)


def live_costs(costs: pd.Series, titles: pd.Series, totals: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return the budget of a year, its three largest efforts, and a published total that differs from it.

    ``costs`` [EUR] per effort id; ``totals`` is the result of ``money.published_totals``.
    """
    if not costs.sum():
        return [words.say("No costs are known for {year}.", year=year)]
    ordered = costs.sort_values(ascending=False, kind="stable")
    others, rest = len(ordered.iloc[3:]), words.eur(ordered.iloc[3:].sum())
    more = words.say_many("{count} other item: {rest}", "{count} other items: {rest}", others, rest=rest)
    apart = totals[(totals["year"] == year) & ~totals["rounding"].astype(bool)][["fund", "published"]]
    message = words.pattern("published as the total of {fund}: {amount}")
    return [
        words.say("{amount} in the budget of {year}", amount=words.eur(costs.sum()), year=year),
        *(f"{titles[str(effort)]}: {words.eur(amount)}" for effort, amount in ordered.head(3).items()),
        *[more] * (others > 0),
        *(message.format(fund=fund, amount=words.eur(amount)) for fund, amount in apart.itertuples(index=False)),
    ]


def lead_canvas(by_segment: pd.DataFrame, budgeted: float, year: int, words: Words) -> str:
    """Return the finding of the canvas: what of the budget [EUR] is for its customers, and what who speaks for them pays.

    ``by_segment`` is the result of ``segments.per_segment``.
    """
    sums = by_segment.loc[SEGMENTS].sum(skipna=False)
    values = {"year": year, "amount": words.eur(budgeted), "own": words.eur(sums["costs"])}
    values |= {"income": words.eur(sums["income"]), "given": name_kinds(sums, words)}
    costs, names = by_segment.loc[SEGMENTS, "costs"], segment_names(words)
    values["customers"] = words.listing([names[str(customer)] for customer in costs.index[costs > 0]])
    nothing, unknown, known = not budgeted, budgeted and pd.isna(sums["costs"]), bool(sums["costs"] > 0)
    said = {
        words.say("For {year} no budget is known.", **values): nothing,
        words.say("The budget of {year} is {amount}; for whom that is spent is not known.", **values): unknown,
        words.say("Of the {year} budget, {own} is for {customers}.", **values): known,
        words.say("Those who speak for customers pay {income} of the budget.", **values): known and sums["income"] > 0,
        words.say("Those who speak for customers pay none of the budget.", **values): known and sums["income"] == 0,
        words.say("Outside the budget they give {given}.", **values): known and values["given"],
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)


def how_costs_are_shared(words: Words) -> str:
    """Return in words how the costs of the efforts are put to customers and partners, and what income is."""
    return words.say(
        "The costs of an effort go to its goals by the strength of their link, and from a goal to the customers it is for: the researcher's estimate. Income is money that fills the budget, put to the customers its payer speaks for."
    )


def unknown_on_canvas(canvas: pd.DataFrame, by_segment: pd.DataFrame, example: bool, words: Words) -> list[str]:
    """Return what the canvas cannot say, one sentence each: empty blocks, customers, amounts that are examples."""
    filled = set(canvas["block"])
    empty = words.listing([title for block, (title, _) in block_names(words).items() if block not in filled])
    no_goals = words.say("For which customer groups the efforts of the year are is not known.")
    said = {
        words.say("Not filled in: {blocks}.", blocks=empty): empty,
        no_goals: by_segment.loc[SEGMENTS, "costs"].isna().all(),
        words.say("Some amounts are examples: the source gives none."): example,
    }
    return [sentence for sentence, holds in said.items() if holds]


def sources_of_canvas(canvas: pd.DataFrame) -> list[str]:
    """Return each document the lines come from, once, with the places in it by name: "Contract: Middelen; Risico's".

    Empty where no line names a source, or there are no lines.
    """
    places: dict[str, list[str]] = {}
    for source in sorted(canvas["source"].dropna().unique()):
        document, _, place = source.partition(", ")
        places.setdefault(document, []).extend([place] if place else [])
    return [": ".join(filter(None, [document, "; ".join(found)])) for document, found in sorted(places.items())]
