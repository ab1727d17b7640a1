"""Tables of one partner: what it gives, what it gets, and its line under every split and in every scenario."""

from __future__ import annotations

from functools import partial

import pandas as pd

from binnenstad.costs.balance import Outlook
from binnenstad.costs.show.money_tables import in_euro, tabulate_amounts
from binnenstad.page.blocks import Block
from binnenstad.page.table import Column, table
from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def tabulate_gifts(payments: pd.DataFrame, year: int, words: Words) -> Block:
    """Return what the partner gives in a year, most first; ``payments`` are its rows of that year."""
    payments = payments.sort_values(["amount_eur", "instrument", "fund", "kind"], ascending=[False, True, True, True])
    names = {column: code_names("payments", column, words.language) for column in ("instrument", "kind", "certainty")}
    sure = payments["certainty"].map(names["certainty"])
    sure = sure.mask(payments["estimated"], words.say("levy certain, amount expected"))
    columns = [
        Column(words.say("instrument"), payments["instrument"].map(names["instrument"])),
        Column(words.say("for fund"), payments["fund"].fillna(words.say("outside the budget")), text=True),
        Column(words.say("form"), payments["kind"].map(names["kind"]), text=True),
        Column(words.say("certainty"), sure, text=True),
        Column(words.say("amount"), payments["amount_eur"].map(partial(words.number, decimals=2))),
    ]
    return table(words.say("What it gives in {year} (amounts in euros)", year=year), columns)


def tabulate_purposes(purposes: pd.Series, titles: pd.Series, year: int, words: Words) -> Block:
    """Return the items the partner's money goes to, with a total; ``purposes`` [EUR] per effort id."""
    paid = purposes[purposes > 0].sort_values(ascending=False, kind="stable").rename(titles.to_dict())
    caption = words.say("What its money is for in {year}", year=year)
    return tabulate_amounts(caption, paid.to_frame(words.say("its part")).rename_axis("item"), words, decimals=2)


def tabulate_benefit(
    benefit: pd.DataFrame, ways: pd.DataFrame, efforts: pd.Series, goals: pd.Series, words: Words
) -> Block:
    """Return what the partner gets: per effort its part of the costs, and through which goals, with a total.

    ``benefit`` per effort id with ``own`` (the partner's part) and ``costs`` [EUR]; ``ways`` the result of
    ``network.ways_to``; ``efforts`` and ``goals`` are titles by id, of operational goals.
    """
    shown = benefit[benefit["own"] > 0].sort_values("own", ascending=False, kind="stable")
    if shown.empty:
        return Block("", "")
    named = (ways["indicator"] + " " + ways["indicator"].map(goals)).sort_values()
    through = named.groupby(ways["effort"]).agg("; ".join).reindex(shown.index)
    through = through.fillna(words.say("its own interest in the effort"))
    cents = partial(words.number, decimals=2)
    columns = [
        Column(words.say("effort"), [*efforts[shown.index], words.say("total")]),
        Column(words.say("through"), [*through, None], text=True),
        Column(words.say("costs"), [*shown["costs"], shown["costs"].sum()], cents),
        Column(words.say("its benefit"), [*shown["own"], shown["own"].sum()], cents),
    ]
    return table(words.say("What it gets: its part of the costs of each effort (amounts in euros)"), columns, last=True)


def tabulate_own_splits(splits: pd.DataFrame, partner: str, names: dict[str, str], words: Words) -> Block:
    """Return what the partner would pay under each split, against now (``compare_splits``); one unknown is left out.

    What it pays now always has its row: where that is not known it is a word, and so is every other difference.
    """
    if partner not in splits.index:
        return Block("", "")
    own, part = (rows.loc[[partner]].iloc[0] for rows in (splits, splits / splits.sum()))
    shown = own.index[own.notna() | (own.index == "now")]
    times = (part / (part["per_effort"] or float("nan")))[shown]
    caption = words.say("What it would pay in each way of sharing (amounts in euros)")
    columns = _line(own[shown].rename(names), words.say("way of sharing"), words.say("difference with now"), words)
    columns += [Column(words.say("times its part of the benefit"), times, partial(words.number, decimals=2))]
    return table(caption, columns)


def tabulate_own_scenarios(ahead: Outlook, partner: str, titles: pd.Series, words: Words) -> Block:
    """Return what the partner pays in each scenario, against today, the first; 0 if it is in none."""
    own = ahead.paid.reindex([partner], fill_value=0.0).iloc[0].rename(titles.to_dict())
    caption = words.say(
        "What it pays for the centre per scenario, but for subsidies outside the budget, before the cost of collecting"
    )
    columns = _line(own, words.say("scenario"), words.say("difference with today"), words)
    return table(in_euro(caption, words), columns, illustrative=ahead.scenarios["illustrative"])


def _line(own: pd.Series, head: str, apart: str, words: Words) -> list[Column]:
    return [
        Column(head, own.index),
        Column(words.say("it pays"), own.map(partial(words.number, decimals=2))),
        Column(apart, (own - own.iloc[0]).where(own.index != own.index[0], 0.0).map(partial(words.signed, decimals=2))),
    ]
