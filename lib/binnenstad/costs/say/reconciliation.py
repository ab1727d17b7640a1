"""Does it add up: budget against payments, splits against the budget, published totals against their rows."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.say.other_splits import nothing_to_split, split_names
from binnenstad.words import Words


def budget_adds_up(rows: pd.DataFrame, words: Words) -> str:
    """Return whether budget and payments agree (``money.reconcile``), naming every fund and year that do not.

    Without any payment nothing is known of who pays, which is no payment of 0; nor is a year between without rows.
    """
    years, known, off = rows["year"], rows.dropna(subset="paid"), rows["difference"].any()
    apart, unpaid = known[~known["rounding"]], rows[rows["paid"].isna()]
    little = words.pattern("{fund} {year} ({amount} too little)")
    much = words.pattern("{fund} {year} ({amount} too much)")
    found = [
        (little if short < 0 else much).format(fund=fund, year=year, amount=words.eur(abs(short), 2))
        for fund, year, short in apart[["fund", "year", "difference"]].itertuples(index=False)
    ]
    said = {
        words.say("There is no budget to compare with."): rows.empty,
        words.say("No payments for the budget are known, so nothing can be compared."): known.empty,
        words.say("No: budget and payments differ for {found}.", found=words.listing(found)): found,
        words.say("Yes: for every fund and year the payments equal the budget but for rounding."): off,
        words.say("Yes: for every fund and year the payments equal the budget to the cent."): True,
    }
    lacking = sorted(set(range(min(years, default=0), max(years, default=0))) - set(years))
    without = words.listing([f"{fund} {year}" for fund, year in unpaid[["fund", "year"]].itertuples(index=False)])
    more = {
        words.say("Not compared, for no payment is known: {without}.", without=without): len(unpaid) and len(known),
        words.say("Of {years} nothing is known.", years=words.listing(list(map(str, lacking)))): lacking,
    }
    first = next(sentence for sentence, holds in said.items() if holds)
    return " ".join([first, *(sentence for sentence, holds in more.items() if holds)])


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
    """Return which published totals differ from the sum of their rows, or are older than a row; rounding is equal.

    ``totals`` is the result of ``money.published_totals``.
    """
    apart = totals[~totals["rounding"]]
    gaps = apart["difference"]
    more = words.pattern("{fund} {year}: the total is {amount} more than the rows; rounding cannot explain it.")
    less = words.pattern("{fund} {year}: the total is {amount} less than the rows; rounding cannot explain it.")
    said = {
        "": totals["difference"].isna().any() and not gaps.any(),
        words.say("The source of the budget gives no totals to compare its rows with."): totals.empty,
        words.say("Not every published total equals the sum of its rows; both are shown as published."): gaps.any(),
        words.say("Every published total equals the sum of its rows but for rounding."): totals["difference"].any(),
        words.say("Every published total equals the sum of its rows."): True,
    }
    later = words.pattern("{fund} {year}: a row is of later date than the total, so they cannot be compared.")
    named = apart[["fund", "year"]].assign(gap=gaps, amount=[words.eur(abs(gap), 2 * (gap % 1 > 0)) for gap in gaps])
    found = [
        (more if gap > 0 else less if gap < 0 else later).format(fund=fund, year=year, amount=amount)
        for fund, year, gap, amount in named.itertuples(index=False)
    ]
    return [*filter(None, [next(sentence for sentence, holds in said.items() if holds)]), *found]
