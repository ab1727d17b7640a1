"""Sections of a report that join sentences, pictures and tables, and that are too long for a notebook cell.

They take the frames of ``balance`` and the words; a notebook puts them in its order. ``names``, ``activities``
and ``titles`` are the titles of partners, efforts and scenarios by id.
"""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from binnenstad.costs import money as finance
from binnenstad.costs.balance import Balance, Outlook
from binnenstad.costs.claims import cuts_ahead
from binnenstad.costs.say import less_money as less
from binnenstad.costs.say import other_splits as splits
from binnenstad.costs.say import scenario_income as income
from binnenstad.costs.say import who_benefits
from binnenstad.costs.say.reconciliation import budget_adds_up, describe_totals, splits_add_up
from binnenstad.costs.say.rules_of_law import describe_flags
from binnenstad.costs.say.support_vote import describe_vote
from binnenstad.costs.say.who_pays import about_efforts, source_line, unknown_levies
from binnenstad.costs.scenarios import Tables
from binnenstad.costs.show import money_tables, partner_tables
from binnenstad.costs.show.money_bars import draw_stacked
from binnenstad.costs.votes import judge_votes
from binnenstad.efforts.decisions import efforts_on
from binnenstad.efforts.dominated import compare_efforts
from binnenstad.efforts.say import outdone
from binnenstad.efforts.show.value_per_goal import show_value
from binnenstad.page.blocks import Block, bullets, folded, optional_section, paragraph, section
from binnenstad.programme.checked import Moment
from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def where_money_goes(budget: pd.DataFrame, year: int, activities: pd.Series, source: str, words: Words) -> Block:
    """Return the section on what the budget of a year is for, and the whole table ``budget`` below it."""
    funds = finance.spread(finance.of_year(budget, year), "effort", "fund")
    funds = funds.rename(index=activities.to_dict()).rename_axis("item")
    own = money_tables.tabulate_amounts(words.say("Budget of {year} by item and fund", year=year), funds, words)
    return section(
        words.say("Where does the money go?"),
        draw_stacked(funds, words, *about_efforts(funds, words), source),
        folded(words.say("All figures"), own, money_tables.tabulate_budget(budget, activities, words)),
    )


def splits_side_by_side(now: Balance, names: pd.Series, activities: pd.Series, words: Words) -> Block:
    """Return the section with every split side by side and its checks."""
    title, table = words.say("What if it were shared another way?"), now.splits.rename(index=names.to_dict())
    if table.empty:
        return section(title, paragraph(splits.nothing_to_split(now.costs.sum(), words)))
    said = splits.describe_splits(table, now.checks, names, words)
    return section(
        title,
        paragraph(splits.what_alone_means(words)),
        bullets(said + splits.describe_lacking(now.lacking, names, words)),
        paragraph(splits.describe_rewards(now.rewards, activities, names, words)),
        folded(words.say("All figures"), money_tables.tabulate_splits(table, splits.split_names(words), words)),
    )


def splits_of_partner(now: Balance, id: str, words: Words) -> Block:
    """Return the section with the line of one partner under every split, and what can be held against it."""
    title = words.say("What if the money were shared another way?")
    if now.splits.empty:
        return section(title, paragraph(splits.nothing_to_split(now.costs.sum(), words)))
    differ = paragraph(splits.how_splits_differ(now.splits, id, words))
    own = partner_tables.tabulate_own_splits(now.splits, id, splits.split_names(words), words)
    # of whom no interest is known it is not known what it would pay alone, and of 0 there is nothing to say
    alone = now.costs[now.spread.index[now.spread[id] > 0]].sum() if id in now.spread else 0.0
    if not alone:
        return section(title, differ, own)
    checks = bullets(splits.describe_checks(now.checks, id, alone, words))
    return section(title, differ, own, checks, paragraph(splits.what_alone_means(words)))


def interest_and_say(now: Balance, names: pd.Series, words: Words) -> Block:
    """Return the section that sets interest, payment and say side by side."""
    table, ways = (rows.rename(index=names.to_dict()) for rows in (now.say, now.splits))
    said = [who_benefits.describe_say(table, words), splits.gaps_per_split(table, ways, words)]
    figures = folded(words.say("All figures"), money_tables.tabulate_three_shares(table, words))
    return section(words.say("Stake, contribution and seats"), bullets([*filter(None, said)]), figures)


def scenarios_side_by_side(ahead: Outlook, tables: Tables, names: pd.Series, year: int, words: Words) -> Block:
    """Return the section with the scenarios side by side, and the support votes held up to the year."""
    texts, lines, votes = income.name_scenarios(tables, words), tables["scenario_lines"], tables["votes"]
    title, compared, titles = words.say("How else could it be paid?"), ahead.scenarios, texts["title"]
    decided = bullets(_describe_votes(votes, titles, words))
    if compared.empty:
        return section(title, paragraph(income.no_scenarios(tables, year, words)), decided)
    cash = finance.for_the_centre(finance.of_year(tables["payments"], year))
    # where the table of later years rests on an unknown amount or a guess, its levy is named
    later = tables["payments"].query("year in @ahead.ahead.columns and year > @year")
    used = pd.concat([lines[lines["scenario"].isin(compared.index)], cash])
    about = income.about_scenarios(compared, titles, year, words)
    levels = _by_certainty(compared, words).rename(titles.to_dict())
    paid = ahead.paid.rename(index=names.to_dict(), columns=titles.to_dict())
    who = words.say("Who pays what for the centre per scenario")
    figures = [
        money_tables.tabulate_amounts(who, paid, words, across=False),
        money_tables.tabulate_scenario_shares(ahead.shares.rename(index=names.to_dict()), titles, words),
        money_tables.tabulate_ahead(ahead.ahead, compared, titles, words),
        *money_tables.tabulate_charges(lines, year, titles[compared.index], names, words),
    ]
    return section(
        title,
        bullets(income.describe_scenarios(compared, texts, ahead.ahead.columns, words)),
        decided,
        draw_stacked(levels, words, *about, source_line("", used, words)),
        money_tables.tabulate_scenarios(compared, titles, words),
        bullets(unknown_levies(later, names, words)),
        folded(words.say("Law and other points"), *_attention(ahead.flags, titles[compared.index], names, year, words)),
        folded(words.say("All figures"), *figures, *_thresholds(votes, titles, words)),
    )


def _by_certainty(money: pd.DataFrame, words: Words) -> pd.DataFrame:
    return money[finance.CERTAINTIES].rename(columns=code_names("payments", "certainty", words.language))


def _describe_votes(votes: pd.DataFrame, titles: pd.Series, words: Words) -> list[str]:
    """Return per support vote whether the levy may come."""
    tests = judge_votes(votes)
    return [
        describe_vote(tests[str(id)], list(rows["group"]), titles[str(id)], rows["date"].max(), words)
        for id, rows in votes.groupby("scenario")
    ]


def _thresholds(votes: pd.DataFrame, titles: pd.Series, words: Words) -> Iterator[Block]:
    """Yield each threshold of every support vote."""
    for scenario, tests in judge_votes(votes).items():
        example = votes.loc[votes["scenario"] == scenario, "illustrative"]
        yield money_tables.tabulate_thresholds(tests, titles[scenario], words, illustrative=example)


def scenarios_of_partner(ahead: Outlook, tables: Tables, id: str, names: pd.Series, year: int, words: Words) -> Block:
    """Return the section with what one partner pays in every scenario, the votes, and the rules of law for it."""
    title, flags = words.say("What would it pay in each scenario?"), ahead.flags[ahead.flags["partner"] == id]
    titles = income.name_scenarios(tables, words)["title"]
    decided = bullets(_describe_votes(tables["votes"], titles, words))
    if ahead.scenarios.empty:
        return section(title, paragraph(income.no_scenarios(tables, year, words)), decided)
    titles = titles[ahead.scenarios.index]
    own = partner_tables.tabulate_own_scenarios(ahead, id, titles, words)
    lines, law = tables["scenario_lines"], _attention(flags, titles, names, year, words)
    charges = money_tables.tabulate_charges(lines[lines["partner"] == id], year, titles, names, words)
    return section(title, own, *charges, decided, *law)


def _attention(flags: pd.DataFrame, titles: pd.Series, names: pd.Series, year: int, words: Words) -> Iterator[Block]:
    """Yield what the law asks of the scenarios, and apart from that what is no law."""
    law, others = describe_flags(flags, titles, names, year, words)
    yield paragraph(words.say("What the law asks") if law else words.say("No special legal requirement holds here."))
    yield bullets(law)
    if others:
        yield from (paragraph(words.say("Points to note that are not in a law")), bullets(others))


def money_per_year(ahead: Outlook, payments: pd.DataFrame, source: str, words: Words) -> Block:
    """Return the section on until when the programme is funded; ``source`` is that of payments that name none."""
    title, about = words.say("Until when is there money?"), income.about_continuity(ahead.years, words)
    if ahead.years.empty:
        return section(title, paragraph(words.say("No budget is known.")))
    money = finance.programme_money(payments)
    if money.empty:
        return section(title, paragraph(words.say("Who funds the budget is not known.")))
    drawn = draw_stacked(_by_certainty(ahead.years, words), words, *about, source_line(source, money, words))
    return section(title, drawn, folded(words.say("All figures"), money_tables.tabulate_continuity(ahead.years, words)))


def value_per_goal(now: Balance, tables: Tables, titles: pd.Series, moment: Moment, source: str, words: Words) -> Block:
    """Return the section on which efforts for a goal are outdone by another one that is no dearer."""
    efforts, lines = efforts_on(tables["efforts"], tables["decisions"], moment.as_of), tables["effort_indicators"]
    goals, names = dict(tables["indicators"].set_index("id")["title"]), dict(titles)
    found = compare_efforts(efforts, lines, now.costs)
    own = now.costs[now.costs.index.isin(efforts.loc[efforts["kind"] != "cost_type", "id"])]
    drawn, *listed = show_value(found, goals, names, words, *outdone.about_value(found, lines, source, words))
    return optional_section(
        words.say("What does each goal get for its money?"),
        bullets(outdone.describe_value(found, own, goals, names, words)),
        drawn,
        bullets(outdone.how_value_is_judged(found, lines, moment.year, words)),
        folded(words.say("All figures"), *listed),
    )


def adds_up(now: Balance, tables: Tables, words: Words) -> Block:
    """Return the section that sets the budget beside payments, splits and, where the source prints them, totals."""
    sums = finance.reconcile(tables["budget"], tables["payments"])
    totals = finance.published_totals(tables["budget"], tables["budget_totals"])
    said = [budget_adds_up(sums, words), splits_add_up(now.splits, now.unshared, now.costs.sum(), words)]
    said += describe_totals(totals, words) if len(totals) else []
    figures = [money_tables.tabulate_reconciliation(sums, words), money_tables.tabulate_totals(totals, words)]
    return section(words.say("Does it add up?"), bullets(said), folded(words.say("All figures"), *figures))


def less_money(tables: Tables, activities: pd.Series, year: int, words: Words) -> Block:
    """Return the section on every cut of this year and later, and what each effort loses by it; nothing without one."""
    parts: list[Block] = []
    for cut, losses in cuts_ahead(tables, year):
        named, example = losses.rename(index=activities.to_dict()), bool(cut["illustrative"])
        parts += [bullets(less.describe_cut(cut, named, words), illustrative=example)]
        parts += [money_tables.tabulate_losses(cut, named, words)]
    return optional_section(words.say("What if there is less money?"), *parts)
