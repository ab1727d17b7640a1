"""Chapters of a report that join figures, tables and findings: too long for a notebook cell, used by several.

They take the frames of ``funding.balance`` and the words; a notebook puts them in its order.
"""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.balance import Balance, Outlook
from binnenstad.costs.money import published_totals, reconcile
from binnenstad.costs.say import funding, line, money, published, splits, vote
from binnenstad.costs.scenarios import Tables
from binnenstad.costs.show import money_tables
from binnenstad.costs.show.money_bars import draw_stacked
from binnenstad.costs.votes import judge_votes
from binnenstad.efforts.show import draw_contribution
from binnenstad.page.blocks import Block, bullets, paragraph, section
from binnenstad.page.table import table as cells
from binnenstad.words import Words


def other_splits(now: Balance, names: pd.Series, activities: pd.Series, words: Words) -> Block:
    """Return the chapter with every split side by side and its checks in words; ``names`` of partners by id."""
    table = now.splits.rename(index=names.to_dict())
    title = words.say("What if it were split another way?")
    if table.empty:
        return section(title, paragraph(splits.nothing_to_split(float(now.costs.sum()), words)))
    return section(
        title,
        bullets(splits.describe_splits(table, now.checks, names, words)),
        money_tables.tabulate_splits(table, splits.split_names(words), words),
        paragraph(splits.describe_rewards(now.rewards, activities, names, words)),
    )


def interest_and_say(now: Balance, names: pd.Series, words: Words) -> Block:
    """Return the chapter that sets interest, payment and say side by side."""
    table = now.say.rename(index=names.to_dict())
    return section(
        words.say("Interest, payment and say"),
        paragraph(splits.describe_say(table, words)),
        money_tables.tabulate_three_shares(table, words),
    )


def scenarios(ahead: Outlook, tables: Tables, names: pd.Series, year: int, words: Words) -> Block:
    """Return the chapter with the scenarios side by side, and the support votes held up to the year.

    ``tables`` are those of the contract.
    """
    texts, votes = tables["scenarios"], tables["votes"]
    known, titles = texts.set_index("id"), texts.set_index("id")["title"]
    if ahead.scenarios.empty:
        return section(
            words.say("How else could it be paid?"), bullets(funding.describe_scenarios(ahead.scenarios, known, words))
        )
    levels = ahead.scenarios[["certain", "expected", "uncertain"]].rename(
        index=titles.to_dict(), columns=funding.certainty_names(words)
    )
    shown = tables["scenario_lines"][tables["scenario_lines"]["scenario"].isin(ahead.scenarios.index)]
    today = tables["payments"][tables["payments"]["year"] == year]
    sources = sorted({*shown["source"].dropna(), *today["source"].dropna()})
    source = words.say("Source: {sources}", sources="; ".join(sources))
    paid = ahead.paid.rename(index=names.to_dict(), columns=titles.to_dict())
    return section(
        words.say("How else could it be paid?"),
        bullets(funding.describe_scenarios(ahead.scenarios, known, words)),
        draw_stacked(levels, words, *funding.about_scenarios(ahead.scenarios, titles, year, words), source),
        money_tables.tabulate_scenarios(ahead.scenarios, titles, words),
        money_tables.tabulate_amounts(words.say("Who pays what in each scenario"), paid, words, across=False),
        money_tables.tabulate_scenario_shares(ahead.shares.rename(index=names.to_dict()), titles, words),
        money_tables.tabulate_ahead(ahead.ahead, titles, words),
        bullets(funding.describe_flags(ahead.flags, titles, names, words)),
        *_support_votes(votes[votes["date"].dt.year <= year], titles, words),
    )


def _support_votes(votes: pd.DataFrame, titles: pd.Series, words: Words) -> list[Block]:
    """Return per support vote whether the levy may come, and each threshold."""
    parts = []
    for scenario, tests in judge_votes(votes).items():
        rows, title = votes[votes["scenario"] == scenario], str(titles[scenario])
        parts += [
            paragraph(vote.describe_vote(tests, list(rows["group"]), title, rows["date"].max(), words)),
            cells(
                *vote.about_vote(tests, title, words),
                text=[words.say("needed"), words.say("met?")],
                illustrative=bool(rows["illustrative"].any()),
            ),
        ]
    return parts


def money_per_year(ahead: Outlook, source: str, words: Words) -> Block:
    """Return the chapter on until when the programme is funded, with what is certain per year."""
    if ahead.years.empty:
        return section(words.say("Until when is there money?"), paragraph(words.say("No budget is known.")))
    levels = ahead.years[["certain", "expected", "uncertain"]].rename(columns=funding.certainty_names(words))
    return section(
        words.say("Until when is there money?"),
        draw_stacked(levels, words, *funding.about_continuity(ahead.years, words), source),
        money_tables.tabulate_continuity(ahead.years, words),
    )


def contribution_and_cost(now: Balance, activities: pd.Series, source: str, words: Words) -> Block:
    """Return the chapter that sets what efforts contribute beside what they cost."""
    table = now.efforts.rename(index=activities.to_dict())
    return section(
        words.say("What do the efforts contribute for their money?"),
        bullets(funding.describe_contribution(now.efforts, activities, words)),
        draw_contribution(table, words, *funding.about_contribution(now.efforts, activities, words), source),
        money_tables.tabulate_contribution(table, words),
    )


def adds_up(now: Balance, tables: Tables, words: Words) -> Block:
    """Return the chapter that sets the budget beside payments, splits and, where the source prints them, totals."""
    sums = reconcile(tables["budget"], tables["payments"])
    said = [money.adds_up(sums, words), splits.splits_add_up(now.splits, now.unshared, float(now.costs.sum()), words)]
    totals = published_totals(tables["budget"], tables["budget_totals"])
    parts = [bullets(said), money_tables.tabulate_reconciliation(sums, words)]
    if len(totals):
        caption, columns = published.about_totals(totals, words)
        parts += [bullets(published.describe_totals(totals, words)), cells(caption, columns, text=[words.say("year")])]
    return section(words.say("Does it add up?"), *parts)


def splits_of_partner(now: Balance, id: str, words: Words) -> Block:
    """Return the chapter with the line of one partner under every split, and what can be held against it."""
    own = now.spread.reindex(columns=[id], fill_value=0.0)[id]
    alone, title = float(now.costs[own.index[own > 0]].sum()), words.say("What if the money were split another way?")
    if now.splits.empty:
        return section(title, paragraph(splits.nothing_to_split(float(now.costs.sum()), words)))
    return section(
        title,
        paragraph(line.how_splits_differ(now.splits, id, words)),
        cells(*line.about_splits(now.splits, id, words)),
        bullets(line.describe_checks(now.checks, id, alone, words)),
    )


def scenarios_of_partner(ahead: Outlook, texts: pd.DataFrame, id: str, names: pd.Series, words: Words) -> Block:
    """Return the chapter with what one partner pays in every scenario, and the rules of law that concern it."""
    title, titles = words.say("What would it pay in each scenario?"), texts.set_index("id")["title"]
    if ahead.paid.empty:
        return section(title, paragraph(words.say("No scenarios are described for this year.")))
    flags = ahead.flags[ahead.flags["partner"] == id]
    example = bool(ahead.scenarios["illustrative"].any())
    law = funding.describe_flags(flags, titles, names, words)
    if flags.empty:
        law = [words.say("In no scenario does a rule of law ask for attention to what it pays.")]
    return section(
        title, cells(*line.about_scenarios(ahead.paid, id, titles, words), illustrative=example), bullets(law)
    )
