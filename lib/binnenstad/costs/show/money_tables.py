"""Tables of money: who pays what, splits, shares, scenarios, tariffs, cuts, money per year, and contributions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial
from typing import Any

import numpy as np
import pandas as pd

from binnenstad.costs.money import spread
from binnenstad.costs.say.support_vote import threshold_names
from binnenstad.costs.say.who_benefits import three_names
from binnenstad.costs.tariffs import example_charges
from binnenstad.costs.votes import Test
from binnenstad.page.blocks import Block
from binnenstad.page.table import Column, table
from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def tabulate_amounts(
    caption: str, amounts: pd.DataFrame, words: Words, *, decimals: int = 0, across: bool = True
) -> Block:
    """Return amounts [EUR] as rows x series with totals; nothing is a dash, unknown a word; no table without any.

    ``amounts`` has the titles a reader knows as index and columns, and the word for a row as name
    of its index (``partner``, ``effort`` or ``item``). ``across`` adds the total of each row; the last row has those
    of columns.
    """
    if not amounts.to_numpy().sum():
        return Block("", "")
    heads = {"partner": words.say("partner"), "effort": words.say("effort"), "item": words.say("budget item")}
    total, rows, names, cells = words.say("total"), [*amounts.index], [*amounts.columns], amounts.to_numpy()
    rows, cells = [*rows, total], np.vstack([cells, cells.sum(axis=0)])
    if across and len(names) > 1:
        names, cells = [*names, total], np.column_stack([cells, cells.sum(axis=1)])
    write = partial(words.number, decimals=decimals or decimals_of(amounts))
    written = [[write(float(cell)) if cell else None for cell in own] for own in cells.T]
    columns = [Column(str(name), own) for name, own in zip(names, written, strict=True)]
    return table(in_euro(caption, words), [Column(heads[str(amounts.index.name)], rows), *columns], last=True)


def tabulate_budget(budget: pd.DataFrame, activities: pd.Series, words: Words) -> Block:
    """Return the whole table ``budget``: item and fund x year [EUR], with totals; largest fund and item first.

    ``activities`` are the titles of efforts by id. A year without rows keeps its column; nothing for one year.
    """
    named = budget.assign(item=budget["effort"].map(activities) + " (" + budget["fund"] + ")")
    parts = [spread(named[named["fund"] == fund], "item", "year") for fund in spread(named, "fund", "year").index]
    years = range(budget["year"].min(), budget["year"].max() + 1) if parts else ()
    if len(years) < 2:
        return Block("", "")
    whole = pd.concat(parts).reindex(columns=years).fillna(0.0).rename_axis("item")
    return tabulate_amounts(words.say("The budget from {year} on, by item and fund", year=years[0]), whole, words)


def tabulate_reconciliation(rows: pd.DataFrame, words: Words) -> Block:
    """Return budget against payments per fund and year (``costs.money.reconcile``), to the cent; none unpaid."""
    rows = rows.dropna(subset="paid")
    heads = {"budgeted": words.say("budgeted"), "paid": words.say("brought in"), "difference": words.say("difference")}
    columns = [Column(words.say("fund"), rows["fund"]), Column(words.say("year"), rows["year"])]
    columns += _columns(rows, heads, partial(words.number, decimals=2))
    return table(in_euro(words.say("Budget against what partners bring in"), words), columns)


def tabulate_splits(splits: pd.DataFrame, names: dict[str, str], words: Words) -> Block:
    """Return what each partner pays now and would pay under each split, to the cent (``split.compare_splits``)."""
    caption = words.say("What each partner would pay")
    return tabulate_amounts(caption, splits.rename(columns=names), words, decimals=2, across=False)


def tabulate_shares(shares: pd.DataFrame, words: Words) -> Block:
    """Return share of costs and benefit per partner, their difference and ratio (``checks.compare_shares``)."""
    if shares[["cost_share", "benefit_share"]].dropna().empty:
        return Block("", "")
    percent, signed = (partial(write, decimals=1) for write in (words.percent, words.signed))
    columns = [
        Column(words.say("partner"), shares.index),
        Column(words.say("share of the budget"), shares["cost_share"], percent),
        Column(words.say("share of the benefit"), shares["benefit_share"], percent),
        Column(words.say("difference (percentage points)"), shares["difference"] * 100, signed),
        Column(words.say("budget : benefit"), shares["ratio"], partial(words.number, decimals=2)),
    ]
    if {"low", "high"} <= set(shares.columns):
        head = words.say("benefit if interests weigh otherwise")
        columns.append(Column(head, shares[["low", "high"]], lambda *ends: " – ".join(map(percent, ends))))
    return table(words.say("Share of the budget against share of the benefit"), columns)


def tabulate_three_shares(shares: pd.DataFrame, words: Words) -> Block:
    """Return interest, payment and say per partner and the largest gap between them (``checks.three_shares``)."""
    columns = [
        Column(words.say("partner"), shares.index),
        *_columns(shares, three_names(words), partial(words.percent, decimals=1)),
        Column(words.say("largest gap (percentage points)"), shares["gap"] * 100, partial(words.number, decimals=1)),
    ]
    return table(words.say("Stake, contribution and seats per partner"), columns)


def tabulate_scenarios(scenarios: pd.DataFrame, titles: pd.Series, words: Words) -> Block:
    """Return per scenario what is paid, what collecting costs, what is left and how certain (``compare_scenarios``)."""
    heads = {
        "gross": words.say("paid"),
        "collection": words.say("cost of collecting"),
        "tied": words.say("for a task that comes with it"),
        "net": words.say("for the programme"),
        "certain": words.say("of which certain"),
    }
    known = scenarios[list(heads)] if scenarios["tied"].any() else scenarios[list(heads)].drop(columns="tied")
    columns = [
        Column(words.say("scenario"), titles[scenarios.index]),
        *_columns(_written(known, words), heads, str),
        Column(words.say("partners who pay"), scenarios["payers"], words.number),
        Column(words.say("paid by others than who benefit"), scenarios["apart"].map(words.percent)),
    ]
    caption = in_euro(words.say("The scenarios side by side"), words)
    return table(caption, columns, illustrative=scenarios["illustrative"])


def tabulate_scenario_shares(shares: pd.DataFrame, titles: pd.Series, words: Words) -> Block:
    """Return each partner's part of the benefit and of the money in every scenario (``shares_of_scenarios``)."""
    heads = {name: titles.get(name, words.say("share of the benefit")) for name in shares}
    columns = [Column(words.say("partner"), shares.index), *_columns(shares, heads, words.percent)]
    caption = words.say(
        "Share of the benefit, and of money for the centre per scenario, but for subsidies outside the budget"
    )
    return table(caption, columns)


def tabulate_ahead(ahead: pd.DataFrame, scenarios: pd.DataFrame, titles: pd.Series, words: Words) -> Block:
    """Return what each scenario brings in this year and after (``scenarios.yields_ahead``); nothing for one year.

    ``scenarios`` of ``compare_scenarios`` say which part of all of it is certain now, and once it is in force.
    """
    if len(ahead.columns) < 2:
        return Block("", "")
    columns = [Column(words.say("scenario"), titles[ahead.index])]
    columns += _columns(_written(ahead, words), {year: str(year) for year in ahead}, str)
    heads = {"now": words.say("certain now"), "in_force": words.say("certain once in force")}
    columns += _columns(scenarios, heads, words.percent)
    return table(in_euro(words.say("What each scenario raises per year, as far as is known"), words), columns)


def tabulate_continuity(money: pd.DataFrame, words: Words) -> Block:
    """Return per year what is certain, expected and uncertain against what is needed (``money.continuity``)."""
    heads = code_names("payments", "certainty", words.language)
    heads |= {"needed": words.say("budgeted"), "short": words.say("not covered by certain money")}
    columns = [Column(words.say("year"), money.index), *_columns(_written(money, words), heads, str)]
    return table(in_euro(words.say("Money per year"), words), columns)


def tabulate_totals(totals: pd.DataFrame, words: Words) -> Block:
    """Return published totals against the sum of their rows (``money.published_totals``); unknown is a word here."""
    heads = {"published": words.say("published total"), "rows": words.say("sum of the rows")}
    amounts = totals[["published", "rows", "income"]]
    written, signed = _written(amounts, words), partial(words.signed, decimals=decimals_of(amounts))
    columns = [
        Column(words.say("fund"), totals["fund"]),
        Column(words.say("year"), totals["year"], text=True),
        *_columns(written, heads, str),
        Column(words.say("difference"), totals["difference"].map(signed)),
        Column(words.say("published income"), written["income"]),
    ]
    return table(words.say("Published totals against the sum of their rows (amounts in euros)"), columns)


def tabulate_thresholds(tests: list[Test], title: str, words: Words, *, illustrative: pd.Series) -> Block:
    """Return the thresholds of the vote on a scenario: what is needed, what was reached, and if that is met."""
    names, above, least = threshold_names(words), words.pattern("more than {share}"), words.pattern("at least {share}")
    columns = [
        Column(words.say("threshold"), [names[test.name, test.group] for test in tests]),
        Column(words.say("needed"), [(above if t.strict else least).format(share=t.needed) for t in tests], text=True),
        Column(words.say("reached"), [float(test.reached) for test in tests], partial(words.percent, decimals=2)),
        Column(words.say("short of it or beyond"), [_points(test, words) for test in tests]),
        Column(words.say("met?"), [words.say("yes") if test.met else words.say("no") for test in tests], text=True),
    ]
    caption = words.say("The thresholds of the vote: {scenario}", scenario=title)
    return table(caption, columns, illustrative=illustrative)


def tabulate_charges(lines: pd.DataFrame, year: int, titles: pd.Series, names: pd.Series, words: Words) -> list[Block]:
    """Return a table per measure of what payers of three sizes pay by each of ``lines`` (``tariffs.example_charges``).

    ``titles`` are those of the scenarios shown and ``names`` those of the partners, by id; none without a tariff in the
    year.
    """
    measures, codes = (code_names("scenario_lines", name, words.language) for name in ("measure", "instrument"))
    tables, amount = [], partial(words.number, decimals=2)
    for measure, charges in example_charges(lines[lines["scenario"].isin(titles.index)], year).items():
        order = lines.loc[charges.index, "scenario"].map(list(titles.index).index).sort_values(kind="stable").index
        own, paid, size = lines.loc[order], charges.loc[order], measures[measure]
        tariffs = own["instrument"].map(codes).where(own["band"].isna(), own["band"])
        columns = [
            Column(words.say("scenario"), titles[own["scenario"]]),
            Column(words.say("partner"), names[own["partner"]], text=True),
            Column(words.say("tariff"), tariffs, text=True),
        ]
        columns += [Column(f"{size} {words.number(at)}", paid[at], amount) for at in paid.columns.astype(float)]
        caption = words.say("What do I pay? By {measure} (euro a year; a dash: not for that size)", measure=size)
        tables.append(table(caption, columns, illustrative=own["illustrative"]))
    return tables


def tabulate_losses(cut: pd.Series, losses: pd.DataFrame, words: Words) -> Block:
    """Return what each effort has and loses by every rule, the one chosen first (``claims.cuts_ahead``, by title)."""
    caption = words.say("What each effort loses: {fund}, {year}", fund=cut["fund"], year=cut["year"])
    heads = {"now": words.say("budgeted"), **code_names("cuts", "rule", words.language)}
    heads[cut["rule"]] = words.say("{rule} (chosen)", rule=heads[cut["rule"]])
    return tabulate_amounts(caption, losses.rename(columns=heads), words, decimals=2, across=False)


def _points(test: Test, words: Words) -> str:
    """Return how far a test lies from its edge in points of a percent, with the decimals that show a miss."""
    apart = float(test.reached - test.needed) * 100
    decimals = next((count for count in (2, 4, 6) if not apart or abs(apart) >= 10**-count), 8)
    return words.signed(apart, decimals)


def _columns(frame: pd.DataFrame, heads: Mapping[Any, str], write: Callable[..., str]) -> list[Column]:
    """Return a column under each head, those that the frame has, all written alike."""
    return [Column(head, frame[name], write) for name, head in heads.items() if name in frame]


def decimals_of(amounts: pd.DataFrame) -> int:
    """Return the decimals of all amounts [EUR] of one table: 2 as soon as one has cents, so that rows add up."""
    return 2 * bool((amounts.round(2) % 1 > 0).any(axis=None))


def _written(amounts: pd.DataFrame, words: Words) -> pd.DataFrame:
    """Return amounts as words: what is unknown is no dash, for that is nothing."""
    return amounts.map(partial(words.number, decimals=decimals_of(amounts)))


def in_euro(caption: str, words: Words) -> str:
    """Return the caption of a table, with the unit of its amounts."""
    return words.say("{caption} ({unit})", caption=caption, unit=words.say("amounts in euros"))
