"""Income: scenarios side by side, and until when money is there."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.money import CERTAINTIES, funded_until, known_payers
from binnenstad.costs.scenarios import Tables, scenarios_of_year, today_of
from binnenstad.words import Words


def name_scenarios(tables: Tables, words: Words) -> pd.DataFrame:
    """Return the table ``scenarios`` by id, with a title for today where no row describes it."""
    texts = tables["scenarios"].set_index("id")
    texts.loc[today_of(tables), "title"] = texts["title"].get(today_of(tables), words.say("Today"))
    return texts


def no_scenarios(tables: Tables, year: int, words: Words) -> str:
    """Return why no scenario of a year stands beside today: there is none, or none is left, or today is unknown."""
    known = known_payers(tables, year)
    values = {"today": name_scenarios(tables, words).loc[today_of(tables), "title"], "year": year}
    said = {
        words.say("No scenarios are described for {year}.", **values): not scenarios_of_year(tables, year),
        words.say("{today}: who pays what is not known, so no scenario can be set beside it.", **values): not known,
        words.say("{today}: no scenario is left to set beside it.", **values): True,
    }
    return next(sentence for sentence, holds in said.items() if holds)


def describe_scenarios(table: pd.DataFrame, texts: pd.DataFrame, years: pd.Index, words: Words) -> list[str]:
    """Return a few sentences per scenario: what changes, what it brings, how certain, and how it lies to benefit.

    ``table`` is the result of ``scenarios.compare_scenarios``, its first row today; ``texts`` that of
    ``name_scenarios``; ``years`` those over which certainty is counted.
    """
    more, span = table["net"] - table["net"].iloc[0], f"{years[0]}-{years[-1]}" if len(years) > 1 else str(years[0])
    return [
        _describe(row, texts.loc[[str(id)]].iloc[0], float(more[str(id)]), span, words) for id, row in table.iterrows()
    ]


def _describe(row: pd.Series, text: pd.Series, more: float, years: str, words: Words) -> str:
    values = {"amount": words.eur(row["net"]), "difference": words.eur(abs(more), 2 * (-1 < more < 1)), "years": years}
    values |= {"now": words.percent(row["now"]), "in_force": words.percent(row["in_force"])}
    tied, apart, known = words.eur(row["tied"]), words.percent(row["apart"]), pd.notna(row["net"])
    said = {
        words.say("What this raises cannot be said: part of it is not known."): not known,
        words.say("This raises {amount}; whether that is more than now cannot be said.", **values): known
        and pd.isna(more),
        words.say("This raises {amount}.", **values): round(more, 2) == 0,
        words.say("This raises {amount}, {difference} more than now.", **values): round(more, 2) > 0,
        words.say("This raises {amount}, {difference} less than now.", **values): round(more, 2) < 0,
        words.say("That is after {cost} for collecting.", cost=words.eur(row["collection"])): row["collection"] > 0,
        words.say("Of the money known for {years}, {now} is certain.", **values): row["now"] == row["in_force"],
        words.say(
            "Of the money known for {years}, {now} is certain now, and {in_force} once the levy is in force.", **values
        ): row["now"] < row["in_force"],
        words.say("On top of that comes {amount} for a task that costs as much.", amount=tied): row["tied"],
        words.say(
            "If everybody paid by benefit, {share} of the money would come from other partners than here.", share=apart
        ): pd.notna(row["apart"]),
    }
    about = [f"{part.rstrip('.')}." for part in text[["title", "description"]].dropna()]
    return " ".join([*about, *(sentence for sentence, holds in said.items() if holds)])


def about_scenarios(table: pd.DataFrame, titles: pd.Series, year: int, words: Words) -> tuple[str, str]:
    """Return the title of the scenarios, stacked by certainty, and what it is; empty without any."""
    if table.empty:
        return "", ""
    title = words.say("What each scenario raises in {year}, as far as that is known", year=year)
    if table["net"].notna().all():
        best, amount = titles[str(table["net"].idxmax())], words.eur(table["net"].max())
        title = words.say("{scenario} raises most in {year}: {amount}", scenario=best, year=year, amount=amount)
    return title, words.say("Bar chart of what each scenario raises, by certainty")


def about_continuity(table: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of the money per year (``money.continuity``), and what it is; empty without any."""
    if not table[CERTAINTIES].sum().sum():
        return "", ""
    return describe_continuity(table, words), words.say("Bar chart of the money per year, by certainty")


def describe_continuity(table: pd.DataFrame, words: Words) -> str:
    """Return until when certain money covers what is needed."""
    # a year of which nothing is known ends what can be said
    needed = table[table["needed"].notna().cummin() & (table["needed"] > 0)]
    if needed.empty:
        return words.say("No budget is known.")
    short = needed.loc[needed["short"] != 0, "short"]
    if short.empty:
        return words.say("Certain money covers the budget of every year up to {year}", year=needed.index.max())
    until, lacking, unknown = funded_until(needed), short.iloc[0], pd.isna(short.iloc[0])
    values = {"year": short.index[0], "amount": words.eur(lacking, 2 * bool(lacking % 1)), "until": until}
    said = {
        words.say("Who funds the whole budget of {year} is not known", **values): unknown and until is None,
        words.say("In {year} certain money already falls {amount} short", **values): until is None,
        words.say(
            "Certain money covers the budget up to {until}; who funds all of {year} is not known", **values
        ): unknown,
        words.say("Certain money covers the budget up to {until}; {year} falls {amount} short", **values): True,
    }
    return next(sentence for sentence, holds in said.items() if holds)
