"""What can be said about totals as a source prints them: whether its own rows add up to them."""

from __future__ import annotations

import pandas as pd

from binnenstad.words import Words


def describe_totals(totals: pd.DataFrame, words: Words) -> list[str]:
    """Return which published totals differ from the sum of their rows, and what rounding explains.

    ``totals`` is the result of ``finance.published_totals``.
    """
    apart = totals[totals["difference"] != 0]
    if totals.empty:
        return [words.say("The source of the budget gives no totals to compare its rows with.")]
    if apart.empty:
        return [words.say("Every published total equals the sum of its rows.")]
    patterns = {
        (True, True): words.pattern("{fund} {year}: the total is {amount} more than the rows; rounding can explain it."),
        (True, False): words.pattern("{fund} {year}: the total is {amount} more than the rows; rounding cannot explain it."),
        (False, True): words.pattern("{fund} {year}: the total is {amount} less than the rows; rounding can explain it."),
        (False, False): words.pattern("{fund} {year}: the total is {amount} less than the rows; rounding cannot explain it."),
    }  # fmt: skip
    found = [
        patterns[row["difference"] > 0, bool(row["rounding"])].format(
            fund=row["fund"], year=row["year"], amount=words.eur(abs(row["difference"]))
        )
        for _, row in apart.iterrows()
    ]
    return [words.say("Not every published total equals the sum of its rows; both are shown as published."), *found]


def about_totals(totals: pd.DataFrame, words: Words) -> tuple[str, list[tuple[str, list[str]]]]:
    """Return caption and columns of the table of published totals against the sum of their rows."""
    columns = [
        (words.say("fund"), list(totals["fund"])),
        (words.say("year"), [str(year) for year in totals["year"]]),
        (words.say("published total"), [words.number(amount) for amount in totals["published"]]),
        (words.say("sum of the rows"), [words.number(amount) for amount in totals["rows"]]),
        (words.say("difference"), [words.signed(amount) for amount in totals["difference"]]),
        (words.say("published income"), [words.number(amount) for amount in totals["income"]]),
    ]
    return words.say("Published totals against the sum of their rows (amounts in euro)"), columns
