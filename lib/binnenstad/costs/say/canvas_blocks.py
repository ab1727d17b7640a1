"""The Business Model Canvas: its nine blocks in words, the live figures in them, and costs against income."""

from __future__ import annotations

import pandas as pd

from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def block_names(words: Words) -> dict[str, tuple[str, str]]:
    """Return title and question of the nine blocks, in the order in which they are read.

    The blocks and questions are those of the canvas of Osterwalder and Pigneur (Business Model Generation, 2010).
    """
    return {
        "value_propositions": (words.say("Value"), words.say("What makes the centre stand out?")),
        "customer_segments": (words.say("Customers"), words.say("Who are the customers?")),
        "customer_relationships": (words.say("Relations"), words.say("What relation is there with the customers?")),
        "channels": (words.say("Channels"), words.say("Along which ways are they reached?")),
        "key_partners": (words.say("Partners"), words.say("Who is needed?")),
        "key_activities": (words.say("Activities"), words.say("What is done every day?")),
        "key_resources": (words.say("Means"), words.say("What people and means are indispensable?")),
        "revenue_streams": (words.say("Income"), words.say("Where does the money come from?")),
        "cost_structure": (words.say("Costs"), words.say("What is the money spent on?")),
    }


def segment_names(words: Words) -> dict[str, str]:
    """Return the name of each customer segment; "" is for partners that are no customer."""
    return code_names("partners", "segment", words.language) | {"": words.say("other partners")}


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
    members = partners.dropna(subset="members")[["title", "members"]].itertuples(index=False)
    return [
        message.format(partners=count, paying=words.number(paying), year=year),
        *(speak.format(partner=title, members=words.number(number)) for title, number in members),
    ]


def live_income(payments: pd.DataFrame, money: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return the income of a year by instrument, what is certain of it, and what comes beside the budget.

    ``payments`` are those of the year, ``money`` those of them that fill a fund of the budget, in cash.
    """
    instruments, kinds = (code_names("payments", column, words.language) for column in ("instrument", "kind"))
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
    beside = payments.drop(money.index).groupby("kind")["amount_eur"].sum()
    message = words.pattern("beside the budget, {kind}: {amount}")
    return lines + [message.format(kind=kinds[str(kind)], amount=words.eur(amount)) for kind, amount in beside.items()]


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


def lead_canvas(canvas: pd.DataFrame, by_segment: pd.DataFrame, budgeted: float, year: int, words: Words) -> str:
    """Return the finding of the canvas: what its customers pay of the costs made for them.

    ``budgeted`` is the budget of the year [EUR]; ``by_segment`` the result of ``per_segment``.
    """
    customers = by_segment.drop(index="", errors="ignore")
    costs, income = customers["costs"].sum(), customers["income"].sum()
    own, share = words.eur(income), words.percent(income / costs if costs else float("nan"))
    unknown = words.pattern("The budget of {year} is {amount}; for whom those costs are made is not known.")
    start = words.pattern("For residents, visitors and companies {amount} is in the budget of {year};")
    start = start.format(amount=words.eur(costs), year=year)
    said = {
        words.say("For {year} no budget is known.", year=year): not budgeted,
        unknown.format(year=year, amount=words.eur(budgeted)): not costs,
        f"{start} {words.say('what they bring in themselves is not known.')}": customers["income"].isna().all(),
        f"{start} {words.say('they bring in none of it themselves.')}": not income,
        f"{start} {words.say('they bring in {income} of it themselves ({share}).', income=own, share=share)}": True,
    }
    lead = next(sentence for sentence, holds in said.items() if holds)
    missing = len(block_names(words)) - canvas["block"].nunique()
    empty = words.say_many(
        "{count} of the nine blocks is not filled in.", "{count} of the nine blocks are not filled in.", missing
    )
    return f"{lead} {empty}" if missing else lead


def describe_segments(by_segment: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return a sentence per customer segment on its costs against its income (``per_segment``)."""
    names = segment_names(words)
    return [_describe(names[str(id)].capitalize(), row, year, words) for id, row in by_segment.iterrows() if id]


def _describe(name: str, row: pd.Series, year: int, words: Words) -> str:
    values = {column: words.eur(row[column]) for column in ("costs", "income", "beside")}
    values |= {"segment": name, "year": str(year), "each": words.eur(row["ratio"], 2)}
    unknown = row[["costs", "income"]].isna().any()
    said = {
        words.say("{segment}, {year}: costs {costs}, income {income}.", **values): unknown,
        words.say("{segment}: no costs, {income} of income.", **values): row["income"] and not row["costs"],
        words.say(
            "{segment}: {costs} of costs and {income} of income, {each} of costs for each euro they bring in.", **values
        ): row["income"],
        words.say("{segment}: {costs} of costs and no income in the budget.", **values): True,
    }
    sentence = next(sentence for sentence, holds in said.items() if holds)
    beside = words.say("Beside the budget they give {amount}.", amount=values["beside"])
    return f"{sentence} {beside}" if row["beside"] > 0 and not unknown else sentence


def how_costs_are_shared(words: Words) -> str:
    """Return in words how the costs of the efforts are put to partners and customers."""
    return words.say(
        "The costs of each effort are spread over the partners with an interest in it, by the weight of that interest; "
        "a partner counts with the customers it stands for. Income is money that fills the budget."
    )


def unknown_on_canvas(canvas: pd.DataFrame, by_segment: pd.DataFrame, example: bool, words: Words) -> list[str]:
    """Return what the canvas cannot say, one sentence each: empty blocks, customers, amounts that are examples."""
    filled, names = set(canvas["block"]), segment_names(words)
    empty = words.listing([title for block, (title, _) in block_names(words).items() if block not in filled])
    silent = words.listing([names[str(id)] for id in by_segment.index[by_segment["costs"].isna()] if id])
    said = {
        words.say("Not filled in: {blocks}.", blocks=empty): empty,
        words.say("The costs are not known for: {names}.", names=silent): silent,
        words.say("Some amounts are examples: the source gives none."): example,
    }
    return [sentence for sentence, holds in said.items() if holds]


def sources_of_canvas(canvas: pd.DataFrame) -> list[str]:
    """Return each document the lines come from, once, with the places in it: "Contract: Middelen; Risico's".

    Empty where no line names a source, or there are no lines.
    """
    places: dict[str, list[str]] = {}
    for source in canvas["source"].dropna().unique():
        document, _, place = source.partition(", ")
        places.setdefault(document, []).extend([place] if place else [])
    return [": ".join(filter(None, [document, "; ".join(found)])) for document, found in sorted(places.items())]
