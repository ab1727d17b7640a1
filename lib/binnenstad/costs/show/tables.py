"""Tables of money: splits, shares, scenarios, money per year, and what efforts contribute."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.show.amounts import in_euro, tabulate_amounts
from binnenstad.page.blocks import Block
from binnenstad.page.table import MISSING, table
from binnenstad.words import Words


def tabulate_splits(splits: pd.DataFrame, names: dict[str, str], words: Words) -> Block:
    """Return what each partner pays now and would pay under each split, to the cent (``compare.compare_splits``)."""
    caption = words.say("What each partner would pay")
    return tabulate_amounts(caption, splits.rename(columns=names), words, decimals=2, across=False)


def tabulate_kinds(amounts: pd.DataFrame, words: Words) -> Block:
    """Return what each partner gives in cash, hours and goods [EUR]; nothing if all is cash.

    Without totals: they are side by side, and not to be added.
    """
    several = amounts if len(amounts.columns) > 1 else amounts.iloc[:, :0]
    return tabulate_amounts(words.say("Cash, hours and goods, valued"), several, words, across=False, down=False)


def tabulate_shares(shares: pd.DataFrame, words: Words) -> Block:
    """Return share of costs and benefit per partner, their difference and ratio (``fairness.compare_shares``)."""
    if shares[["cost_share", "benefit_share"]].dropna().empty:
        return Block("", "")
    columns = [
        (words.say("partner"), list(map(str, shares.index))),
        (words.say("share of the costs"), [words.percent(share, 1) for share in shares["cost_share"]]),
        (words.say("share of the benefit"), [words.percent(share, 1) for share in shares["benefit_share"]]),
        (words.say("difference (points)"), [words.signed(share * 100, 1) for share in shares["difference"]]),
        (words.say("costs : benefit"), [_ratio(ratio, words) for ratio in shares["ratio"]]),
    ]
    if {"low", "high"} <= set(shares.columns):
        ranges = [_range(low, high, words) for low, high in shares[["low", "high"]].to_numpy()]
        columns.append((words.say("benefit if interests weigh otherwise"), ranges))
    return table(words.say("Share of the costs against share of the benefit"), columns)


def _ratio(ratio: float, words: Words) -> str:
    return MISSING if pd.isna(ratio) else words.number(ratio, 2)


def _range(low: float, high: float, words: Words) -> str:
    return MISSING if pd.isna(low) else f"{words.percent(low, 1)} – {words.percent(high, 1)}"


def tabulate_three_shares(shares: pd.DataFrame, words: Words) -> Block:
    """Return interest, payment and say per partner and the largest gap between them (``checks.three_shares``)."""
    heads = {
        "interest": words.say("interest"),
        "payment": words.say("payment"),
        "say": words.say("say (seats)"),
        "gap": words.say("largest gap (points)"),
    }
    columns = [(words.say("partner"), [str(partner) for partner in shares.index])]
    for name, head in heads.items():
        cells = [words.number(x * 100, 1) if name == "gap" else words.percent(x, 1) for x in shares[name]]
        columns.append(
            (head, [MISSING if gone else cell for cell, gone in zip(cells, shares[name].isna(), strict=True)])
        )
    return table(words.say("Interest, payment and say per partner"), columns)


def tabulate_scenarios(scenarios: pd.DataFrame, titles: pd.Series, words: Words) -> Block:
    """Return per scenario what is paid, what collecting costs, what is left and how certain (``compare_scenarios``)."""
    if scenarios.empty:
        return Block("", "")
    heads = {
        "gross": words.say("paid"),
        "collection": words.say("cost of collecting"),
        "tied": words.say("for a task that comes with it"),
        "net": words.say("for the programme"),
        "certain": words.say("of which certain"),
        "payers": words.say("partners who pay"),
    }
    columns = [(words.say("scenario"), [str(titles[scenario]) for scenario in scenarios.index])]
    columns += [
        (head, [words.number(amount) for amount in scenarios[name]])
        for name, head in heads.items()
        if name != "tied" or scenarios["tied"].any()
    ]
    apart = [MISSING if pd.isna(share) else words.percent(share) for share in scenarios["apart"]]
    columns.append((words.say("paid by others than who benefit"), apart))
    caption = in_euro(words.say("The scenarios side by side"), words)
    return table(caption, columns, illustrative=bool(scenarios["illustrative"].any()))


def tabulate_scenario_shares(shares: pd.DataFrame, titles: pd.Series, words: Words) -> Block:
    """Return each partner's part of the benefit and of the money in every scenario (``shares_of_scenarios``)."""
    heads = {"benefit": words.say("share of the benefit")} | {str(key): str(title) for key, title in titles.items()}
    columns = [(words.say("partner"), [str(partner) for partner in shares.index])]
    columns += [
        (heads[str(name)], [MISSING if pd.isna(share) else words.percent(share) for share in shares[name]])
        for name in shares.columns
    ]
    return table(words.say("Share of the benefit, and of the money in each scenario"), columns)


def tabulate_ahead(ahead: pd.DataFrame, titles: pd.Series, words: Words) -> Block:
    """Return what each scenario brings in this year and after (``scenarios.yields_ahead``); nothing for one year."""
    if len(ahead.columns) < 2:
        return Block("", "")
    columns = [(words.say("scenario"), [str(titles[scenario]) for scenario in ahead.index])]
    columns += [
        (str(year), [words.number(amount) if amount else MISSING for amount in ahead[year]]) for year in ahead.columns
    ]
    return table(in_euro(words.say("What each scenario brings per year, as far as is known"), words), columns)


def tabulate_continuity(money: pd.DataFrame, words: Words) -> Block:
    """Return per year what is certain, expected and uncertain against what is needed (``continuity.continuity``)."""
    heads = {
        "certain": words.say("certain (decided)"),
        "expected": words.say("expected (intended)"),
        "uncertain": words.say("uncertain (voluntary)"),
        "needed": words.say("budgeted"),
        "short": words.say("not covered by certain money"),
    }
    columns = [(words.say("year"), [str(year) for year in money.index])]
    columns += [(head, [words.number(x) if x else MISSING for x in money[name]]) for name, head in heads.items()]
    return table(in_euro(words.say("Money per year"), words), columns)


def tabulate_contribution(efforts: pd.DataFrame, words: Words) -> Block:
    """Return what efforts contribute beside what they cost, strongest first (``efforts.contribution``, by title)."""
    if efforts.empty:
        return Block("", "")
    strength = [MISSING if pd.isna(points) else words.number(points) for points in efforts["strength"]]
    columns = [
        (words.say("effort"), [str(effort) for effort in efforts.index]),
        (words.say("contribution (points)"), strength),
        (words.say("lines to goals"), [words.number(count) for count in efforts["goals"]]),
        (words.say("cost"), [words.number(cost) for cost in efforts["cost"]]),
    ]
    return table(in_euro(words.say("Contribution and cost of each effort"), words), columns)
