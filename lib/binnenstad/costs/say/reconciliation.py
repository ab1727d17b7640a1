"""Does it add up: budget against payments, splits against the budget, published totals against their rows."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.say.other_splits import nothing_to_split, split_names
from binnenstad.words import Words


def budget_adds_up(rows: pd.DataFrame, words: Words) -> str:
    """Return whether budget and payments agree (``money.reconcile``), naming every fund and year that do not.

    Without any payment nothing is known of who pays, which is no payment of 0; nor is a year between without rows.
    """
    apart, years, off = rows[~rows["rounding"]], rows["year"], rows["difference"].any()
    little = words.pattern("{fund} {year} ({amount} too little)")
    much = words.pattern("{fund} {year} ({amount} too much)")
    found = [
        (little if short < 0 else much).format(fund=fund, year=year, amount=words.eur(abs(short), 2))
        for fund, year, short in apart[["fund", "year", "difference"]].itertuples(index=False)
    ]
    said = {
        words.say("There is no budget to compare with."): rows.empty,
        words.say("No payments for the budget are known, so nothing can be compared."): not rows["paid"].any(),
        words.say("No: budget and payments differ for {found}.", found=words.listing(found)): found,
        words.say("Yes: for every fund and year the payments equal the budget but for rounding."): off,
        words.say("Yes: for every fund and year the payments equal the budget to the cent."): True,
    }
    lacking = sorted(set(range(min(years, default=0), max(years, default=0))) - set(years))
    silent = words.say("Of {years} nothing is known.", years=words.listing(list(map(str, lacking))))
    return next(sentence for sentence, holds in said.items() if holds) + f" {silent}" * bool(lacking)


def splits_add_up(splits: pd.DataFrame, unshared: pd.Series, budgeted: float, words: Words) -> str:
    """Return whether every split divides the budget to the cent, less the efforts of which nobody benefits."""
    if splits.empty:
        return nothing_to_split(budgeted, words)
    aim, rest = round(budgeted - float(unshared.sum()), 2), float(unshared.sum())
    divided = splits.drop(columns="now").dropna(axis=1).sum().round(2)
    off = words.listing([split_names(words)[str(key)] for key in divided.index[divided != aim]])
    values = {"amount": words.eur(aim, 2), "rest": words.eur(rest, 2), "names": off}
    said = {
        words.pattern("No: these splits do not add up to {amount}: {names}."): off,
        words.pattern("Yes: every split divides the whole budget, {amount}, to the cent."): not rest,
        words.pattern(
            "Yes: every split divides {amount} to the cent; that is the budget less {rest} of which nobody is known to benefit."
        ): True,
    }
    return next(message for message, holds in said.items() if holds).format(**values)


def describe_totals(totals: pd.DataFrame, words: Words) -> list[str]:
    """Return which published totals differ from the sum of their rows; one within its rounding is equal.

    ``totals`` is the result of ``money.published_totals``.
    """
    apart = totals[~totals["rounding"]]
    more = words.pattern("{fund} {year}: the total is {amount} more than the rows; rounding cannot explain it.")
    less = words.pattern("{fund} {year}: the total is {amount} less than the rows; rounding cannot explain it.")
    said = {
        words.say("The source of the budget gives no totals to compare its rows with."): totals.empty,
        words.say("Not every published total equals the sum of its rows; both are shown as published."): len(apart),
        words.say("Every published total equals the sum of its rows but for rounding."): totals["difference"].any(),
        words.say("Every published total equals the sum of its rows."): True,
    }
    found = [
        (more if beyond > 0 else less).format(fund=fund, year=year, amount=words.eur(abs(beyond), 2 * (beyond % 1 > 0)))
        for fund, year, beyond in apart[["fund", "year", "difference"]].itertuples(index=False)
    ]
    return [next(sentence for sentence, holds in said.items() if holds), *found]
