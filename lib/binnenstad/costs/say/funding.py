"""What can be said about income: scenarios side by side, until when money is there, and flags of law."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.money import funded_until
from binnenstad.costs.say.money import instrument_names
from binnenstad.words import Words


def certainty_names(words: Words) -> dict[str, str]:
    """Return the words for how certain money is."""
    return {
        "certain": words.say("certain (decided)"),
        "expected": words.say("expected (intended)"),
        "uncertain": words.say("uncertain (voluntary)"),
    }


def describe_scenarios(table: pd.DataFrame, texts: pd.DataFrame, words: Words) -> list[str]:
    """Return a few sentences per scenario: what changes, what it brings, and how far payment lies from benefit.

    ``table`` is the result of ``scenarios.compare_scenarios``, its first row today; ``texts`` the table
    ``scenarios`` of the contract by id.
    """
    if table.empty:
        return [words.say("No scenarios are described for this year.")]
    first = table["net"].iloc[0]
    sentences = []
    for scenario, row in table.iterrows():
        about = texts.loc[str(scenario)]
        parts = [f"{str(text).rstrip('.')}." for text in about[["title", "description"]].dropna()]
        parts.append(_brings(row, row["net"] - first, words))
        if row["tied"]:
            parts.append(
                words.say("Beside that comes {amount} for a task that costs as much.", amount=words.eur(row["tied"]))
            )
        if pd.notna(row["apart"]):
            parts.append(
                words.say(
                    "For payment to follow benefit, others would have to pay {share} of the money.",
                    share=words.percent(row["apart"]),
                )
            )
        sentences.append(" ".join(parts))
    return sentences


def _brings(row: pd.Series, more: float, words: Words) -> str:
    net, certain = words.eur(row["net"]), words.percent(row["certain"] / row["net"]) if row["net"] else "–"
    if not round(more, 2):
        return words.say("Brings {amount}, {certain} of it certain.", amount=net, certain=certain)
    values = {"amount": net, "difference": words.eur(abs(more)), "certain": certain}
    if more > 0:
        return words.say(
            "Brings {amount} after the cost of collecting, {difference} more than today; {certain} of it is certain.",
            **values,
        )
    return words.say(
        "Brings {amount} after the cost of collecting, {difference} less than today; {certain} of it is certain.",
        **values,
    )


def about_scenarios(table: pd.DataFrame, titles: pd.Series, year: int, words: Words) -> tuple[str, str]:
    """Return title and alt text of the scenarios, stacked by certainty; empty without any."""
    if table.empty:
        return "", ""
    title = words.say(
        "{scenario} brings most in {year}: {amount}",
        scenario=titles[str(table["net"].idxmax())],
        year=year,
        amount=words.eur(table["net"].max()),
    )
    alt = [
        words.say(
            "{scenario}: {certain} certain, {expected} expected, {uncertain} uncertain.",
            scenario=titles[str(scenario)],
            **{name: words.eur(row[name]) for name in ("certain", "expected", "uncertain")},
        )
        for scenario, row in table.iterrows()
    ]
    return title, " ".join(alt)


def describe_flags(flags: pd.DataFrame, titles: pd.Series, names: pd.Series, words: Words) -> list[str]:
    """Return a sentence per rule of law that asks for attention: about what of whom, and in which scenarios."""
    rules = {
        "biz_over_five_years": words.say("a BIZ holds for at most five years"),
        "biz_needs_vote": words.say(
            "a BIZ needs a support vote first: half must answer, two thirds be in favour and, unless all pay the same, "
            "the WOZ value in favour be the larger"
        ),
        "biz_residential": words.say("homes do not pay a BIZ"),
        "tax_residential": words.say("an advertising tax is for entrepreneurs, not for residents"),
        "tax_on_income": words.say("an advertising tax may not depend on income or profit"),
        "tax_without_ground": words.say("the zone of an advertising tax needs an objective ground, and none is given"),
        "voluntary_not_certain": words.say("a voluntary contribution is not certain beyond a year"),
        "subsidy_not_certain": words.say("a subsidy is decided per year, so later years are not certain"),
        "maintenance_is_cut": words.say("maintenance money without its task counts as a cut"),
        "charged_twice": words.say("who pays both a BIZ and an advertising tax is charged twice"),
    }
    if flags.empty:
        return [words.say("No scenario meets a rule of law that asks for attention.")]
    # scenarios stand in the order of their table
    flags = flags.iloc[flags["scenario"].map({key: at for at, key in enumerate(titles.index)}).argsort(kind="stable")]
    cases: dict[tuple[str, tuple[str, ...], tuple[str, ...]], list[str]] = {}
    for (flag, scenario), rows in flags.groupby(["flag", "scenario"], sort=False):
        of = tuple(rows["instrument"].unique()), tuple(rows["partner"].unique())
        cases.setdefault((str(flag), *of), []).append(str(titles[str(scenario)]))
    instruments, message = instrument_names(words), words.pattern("{instruments} of {partners} ({scenarios}): {rule}.")
    sentences = [
        message.format(
            instruments=words.listing([instruments[instrument] for instrument in used]),
            partners=words.listing([names[partner] for partner in partners]),
            scenarios="; ".join(scenarios),
            rule=rules[flag],
        )
        for (flag, used, partners), scenarios in cases.items()
    ]
    return [sentence[:1].upper() + sentence[1:] for sentence in sentences]


def about_continuity(table: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of the money per year (``continuity.continuity``); empty without any."""
    if table.empty or not table[["certain", "expected", "uncertain"]].to_numpy().sum():
        return "", ""
    alt = [
        words.say(
            "{year}: {certain} certain, {expected} expected, {uncertain} uncertain; needed {needed}.",
            year=year,
            **{name: words.eur(row[name]) for name in ("certain", "expected", "uncertain", "needed")},
        )
        for year, row in table.iterrows()
    ]
    return describe_continuity(table, words), " ".join(alt)


def describe_continuity(table: pd.DataFrame, words: Words) -> str:
    """Return until when certain money covers what is needed."""
    table = table[table["needed"] > 0]
    if table.empty:
        return words.say("No budget is known.")
    until = funded_until(table)
    if until == table.index.max():
        return words.say("Certain money covers the budget of every year up to {year}", year=until)
    short = table["short"][table["short"] > 0]
    amount = words.eur(short.iloc[0])
    if until is None:
        return words.say("In {year} certain money already falls {amount} short", year=short.index[0], amount=amount)
    return words.say(
        "Certain money covers the budget up to {until}; {year} falls {amount} short",
        until=until,
        year=short.index[0],
        amount=amount,
    )


def describe_contribution(table: pd.DataFrame, titles: pd.Series, words: Words) -> list[str]:
    """Return who contributes most for the least, and what cannot be placed (``efforts.contribution``)."""
    known = table.dropna(subset=["strength"]).rename(index=titles.to_dict())
    if known.empty:
        return [words.say("No effort has both a cost and a line to a goal.")]
    best, dearest = known.iloc[0], known.loc[known["cost"] == known["cost"].max()].iloc[0]
    sentences = [
        words.say(
            "{effort} contributes most by strength ({points} points) and costs {amount}.",
            effort=best.name,
            points=words.number(best["strength"]),
            amount=words.eur(best["cost"]),
        ),
        words.say(
            "The dearest is {effort}: {amount} for {points} points.",
            effort=dearest.name,
            amount=words.eur(dearest["cost"]),
            points=words.number(dearest["strength"]),
        ),
    ]
    unknown = table.index[table["strength"].isna()]
    if len(unknown):
        names = words.listing([titles[effort] for effort in unknown])
        sentences.append(words.say("Not in the picture, because no goal is linked to it: {names}.", names=names))
    return sentences


def about_contribution(table: pd.DataFrame, titles: pd.Series, words: Words) -> tuple[str, str]:
    """Return title and alt text of contribution beside cost; empty without efforts that have both."""
    known = table.dropna(subset=["strength"])
    if known.empty:
        return "", ""
    alt = [
        words.say(
            "{effort}: {points} points, {amount}.",
            effort=titles[str(effort)],
            points=words.number(row["strength"]),
            amount=words.eur(row["cost"]),
        )
        for effort, row in known.iterrows()
    ]
    return words.say("{effort} contributes most by strength", effort=titles[known.index[0]]), " ".join(alt)
