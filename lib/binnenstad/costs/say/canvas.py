"""What the Business Model Canvas says: its nine blocks in words, the live figures in them, costs against income."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from binnenstad.costs.say.money import instrument_names, kind_names
from binnenstad.words import Words

# a caption, and the columns under it as written cells
Cells = tuple[str, list[tuple[str, list[str]]]]
CUSTOMERS = ["residents", "visitors", "companies"]


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
    return {
        "residents": words.say("residents"),
        "visitors": words.say("visitors"),
        "companies": words.say("companies"),
        "": words.say("other partners"),
    }


def block_lines(canvas: pd.DataFrame, block: str, words: Words) -> list[str]:
    """Return the lines of one block in their order, with the segment they hold for; a sentence if there are none."""
    rows = canvas[canvas["block"] == block].sort_values("order")
    names = segment_names(words) if block != "customer_segments" else {}
    lines = [
        f"{text} ({names[segment]})" if segment in names else str(text)
        for text, segment in zip(rows["text"], rows["segment"], strict=True)
    ]
    return lines or [words.say("Not filled in.")]


def live_partners(partners: pd.DataFrame, payments: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return how many partners there are, how many pay in a year, and whom they speak for."""
    paying = payments.loc[payments["amount_eur"] > 0, "partner"].nunique()
    count = words.say_many("{count} partner", "{count} partners", len(partners))
    message = words.pattern("{partners}, of which {paying} contribute in {year}")
    if payments.empty:
        message = words.pattern("{partners}; who contributes in {year} is not known")
    lines = [message.format(partners=count, paying=words.number(paying), year=year)]
    members = partners.dropna(subset="members")
    return lines + [
        words.say("{partner}: {members} members", partner=title, members=words.number(number))
        for title, number in zip(members["title"], members["members"], strict=True)
    ]


def live_income(payments: pd.DataFrame, money: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return the income of a year by instrument, what is certain of it, and what comes beside the budget.

    ``payments`` are those of the year, ``money`` those of them that fill a fund of the budget, in cash.
    """
    if payments.empty:
        return [words.say("No income is known for {year}.", year=year)]
    names, total = instrument_names(words), money["amount_eur"].sum()
    by_instrument = money.groupby("instrument")["amount_eur"].sum().sort_values(ascending=False, kind="stable")
    lines = [words.say("{amount} for the budget of {year}", amount=words.eur(total), year=year)]
    lines += [f"{names[str(key)]}: {words.eur(amount)}" for key, amount in by_instrument.items()]
    if total:
        certain = money.loc[money["certainty"] == "certain", "amount_eur"].sum()
        share, amount = words.percent(certain / total), words.eur(certain)
        lines.append(words.say("certain: {amount} ({share})", amount=amount, share=share))
    beside = payments.drop(money.index).groupby("kind")["amount_eur"].sum()
    kinds = kind_names(words)
    message = words.pattern("beside the budget, {kind}: {amount}")
    return lines + [
        message.format(kind=kinds[kind], amount=words.eur(beside[kind])) for kind in kinds if kind in beside
    ]


def live_costs(costs: pd.Series, titles: pd.Series, totals: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return the budget of a year, its three largest efforts, and a published total that differs from it.

    ``costs`` [EUR] per effort id; ``totals`` is the result of ``finance.published_totals``.
    """
    if not costs.sum():
        return [words.say("No costs are known for {year}.", year=year)]
    largest = costs.sort_values(ascending=False, kind="stable").head(3)
    lines = [words.say("{amount} in the budget of {year}", amount=words.eur(costs.sum()), year=year)]
    lines += [f"{titles[str(effort)]}: {words.eur(amount)}" for effort, amount in largest.items()]
    if len(costs) > len(largest):
        rest = words.eur(costs.sum() - largest.sum())
        lines.append(words.say_many("{count} other effort: {rest}", "{count} other efforts: {rest}",
                                    len(costs) - len(largest), rest=rest))  # fmt: skip
    apart = totals[(totals["year"] == year) & (totals["difference"] != 0)]
    message = words.pattern("published as the total of {fund}: {amount}")
    return lines + [
        message.format(fund=fund, amount=words.eur(amount))
        for fund, amount in zip(apart["fund"], apart["published"], strict=True)
    ]


def lead_canvas(canvas: pd.DataFrame, by_segment: pd.DataFrame, budgeted: float, year: int, words: Words) -> str:
    """Return the finding of the canvas: what its customers pay of the costs made for them.

    ``budgeted`` is the budget of the year [EUR].
    """
    missing = len(block_names(words)) - canvas["block"].nunique()
    lead = _lead(by_segment.reindex(CUSTOMERS), budgeted, year, words)
    if not missing:
        return lead
    empty = words.say_many(
        "{count} of the nine blocks is not filled in.", "{count} of the nine blocks are not filled in.", missing
    )
    return f"{lead} {empty}"


def _lead(customers: pd.DataFrame, budgeted: float, year: int, words: Words) -> str:
    costs, income = customers["costs"].sum(), customers["income"].sum()
    amount, own, share = words.eur(costs), words.eur(income), words.percent(income / costs if costs else float("nan"))
    if not budgeted:
        return words.say("For {year} no budget is known.", year=year)
    if not costs:
        whole = words.eur(budgeted)
        return words.say(
            "The budget of {year} is {amount}; for whom those costs are made is not known.", year=year, amount=whole
        )
    start = words.say(
        "For residents, visitors and companies {amount} is in the budget of {year};", amount=amount, year=year
    )
    if customers["income"].isna().all():
        return f"{start} {words.say('what they bring in themselves is not known.')}"
    if not income:
        return f"{start} {words.say('they bring in none of it themselves.')}"
    return f"{start} {words.say('they bring in {income} of it themselves ({share}).', income=own, share=share)}"


def describe_segments(by_segment: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return a sentence per customer segment on its costs against its income (``segments.per_segment``)."""
    names = segment_names(words)
    return [_segment(names[str(segment)], row, year, words) for segment, row in by_segment.iterrows() if segment]


def _segment(name: str, row: pd.Series, year: int, words: Words) -> str:
    name = name[:1].upper() + name[1:]
    costs, income, beside = (words.eur(row[amount]) for amount in ("costs", "income", "beside"))
    if row[["costs", "income"]].isna().any():
        return words.say(
            "{segment}, {year}: costs {costs}, income {income}.", segment=name, year=year, costs=costs, income=income
        )
    if row["income"] and not row["costs"]:
        text = words.say("{segment}: no costs, {income} of income.", segment=name, income=income)
    elif row["income"]:
        each = words.eur(row["ratio"], 2)
        text = words.say(
            "{segment}: {costs} of costs and {income} of income, {each} of costs for each euro they bring in.",
            segment=name,
            costs=costs,
            income=income,
            each=each,
        )
    else:
        text = words.say("{segment}: {costs} of costs and no income in the budget.", segment=name, costs=costs)
    if row["beside"]:
        text += " " + words.say("Beside the budget they give {amount}.", amount=beside)
    return text


def about_segments(by_segment: pd.DataFrame, year: int, words: Words) -> Cells:
    """Return caption and columns of the table of costs against income per customer segment."""
    names = [segment_names(words)[str(segment)] for segment in by_segment.index]
    caption = words.say("Costs against income per customer, {year} (amounts in euro)", year=year)
    return caption, [(words.say("customer"), names), *_amounts(by_segment, words)]


def about_partners(table: pd.DataFrame, names: pd.Series, year: int, words: Words) -> Cells:
    """Return caption and columns of the table of costs against income per partner (``segments.cost_to_income``)."""
    segments = segment_names(words)
    who = (words.say("partner"), [str(names[partner]) for partner in table.index])
    customers = (words.say("customer"), [segments[segment] for segment in table["segment"]])
    caption = words.say("Costs against income per partner, {year} (amounts in euro)", year=year)
    return caption, [who, customers, *_amounts(table, words)]


def _amounts(table: pd.DataFrame, words: Words) -> Iterator[tuple[str, list[str]]]:
    heads = {"costs": words.say("costs"), "income": words.say("income"), "beside": words.say("beside the budget")}
    for column, head in heads.items():
        yield head, [words.number(amount) for amount in table[column]]
    none, unknown = words.say("no income"), words.say("unknown")
    ratios = zip(table["ratio"], table["costs"], strict=True)
    yield (
        words.say("costs for each euro of income"),
        [words.number(ratio, 2) if pd.notna(ratio) else unknown if pd.isna(costs) else none for ratio, costs in ratios],
    )


def how_costs_are_shared(words: Words) -> str:
    """Return in words how the costs of the efforts are put to partners and customers."""
    return words.say(
        "The costs of each effort are spread over the partners with an interest in it, by the weight of that interest; "
        "a partner counts with the customers it stands for. Income is money that fills the budget."
    )


def unknown_on_canvas(canvas: pd.DataFrame, by_segment: pd.DataFrame, example: bool, words: Words) -> list[str]:
    """Return what the canvas cannot say, one sentence each: empty blocks, customers, amounts that are examples."""
    filled = set(canvas["block"])
    empty = [title for block, (title, _) in block_names(words).items() if block not in filled]
    notes = [words.say("Not filled in: {blocks}.", blocks=words.listing(empty))] * bool(empty)
    costs = by_segment["costs"].reindex(CUSTOMERS)
    silent = [segment_names(words)[str(segment)] for segment in costs.index[costs.isna()]]
    notes += [words.say("The costs are not known for: {names}.", names=words.listing(silent))] * bool(silent)
    return notes + [words.say("Some amounts are examples: the source gives none.")] * example


def sources_of_canvas(canvas: pd.DataFrame) -> list[str]:
    """Return each document the lines come from, once, with the places in it: "Contract: Middelen; Risico's".

    Empty where no line names a source, or there are no lines.
    """
    named = canvas["source"].dropna().drop_duplicates()
    if named.empty:
        return []
    parts = named.str.partition(", ")
    return [
        f"{document}: {'; '.join(filter(None, rows[2]))}".removesuffix(": ")
        for document, rows in parts.groupby(0, sort=True)
    ]
