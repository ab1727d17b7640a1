"""What is not known about money: whose judgement it rests on, who has not confirmed, and where examples stand."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.costs.money import by_kind, known_payers, of_year, rests_on_example
from binnenstad.costs.say.cash_hours_goods import name_kinds
from binnenstad.efforts.say.work import judges
from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def unknown_about_money(tables: Mapping[str, pd.DataFrame], year: int, unshared: pd.Series, words: Words) -> list[str]:
    """Return what cannot be said about the money of a year, one sentence each; never empty.

    ``tables`` are those of the programme; ``unshared`` is the cost [EUR] by title of the efforts of
    which nobody is known to benefit.
    """
    interests, budget, payments = tables["interests"], *(of_year(tables[name], year) for name in ("budget", "payments"))
    names = tables["partners"].set_index("id")["title"]
    who = judges(interests["judged_by"], words)
    silent = words.listing(list(names.drop(interests.loc[interests["weight"] > 0, "partner"].unique())))
    labels, states = code_names("budget", "state", words.language), set(budget["state"])
    newer, spent = words.listing([labels[own] for own in ("amended", "realised") if own in states]), {"realised"}
    said = {
        words.say("No spending is known: this is about what was budgeted, not about what was spent."): states != spent,
        words.say("In the budget of {year} amounts have been {states}.", year=year, states=newer): newer,
        words.say("Each interest was weighed by: {judges}. No partner has confirmed it.", judges=who): who,
        words.say("No interests are known, so nothing can be said about who benefits."): not who,
        words.say("Any benefit for {names} is not known, and so not counted.", names=silent): who and silent,
        words.say("Who funds the budget is not known."): not known_payers(tables, year),
    }
    doubtful = payments[payments["certainty"] != "certain"]
    told = {
        words.pattern("Not certain yet: {amount} from {partner}."): doubtful["fund"].notna(),
        words.pattern("Not certain yet, outside the budget: {amount} from {partner}."): doubtful["fund"].isna(),
    }
    message = words.pattern("Nobody is known to benefit from {effort} ({amount}); it is in no percentage of benefit.")
    titles = tables["efforts"].set_index("id")["title"]
    # the table of the whole budget has the later years too
    notes = tables["budget"].dropna(subset="note").groupby(["note", "year"], sort=False)["effort"]
    return [
        *(sentence for sentence, holds in said.items() if holds),
        *(f"{words.listing(list(titles[list(efforts)]))} ({year}): {note}" for (note, year), efforts in notes),
        *(
            expected.format(amount=name_kinds(row, words), partner=names[str(id)])
            for expected, rows in told.items()
            for id, row in by_kind(doubtful[rows]).sort_index().iterrows()
        ),
        *(message.format(effort=effort, amount=words.eur(cost)) for effort, cost in unshared.items()),
    ]


def judged_or_example(tables: Mapping[str, pd.DataFrame], year: int, words: Words) -> list[str]:
    """Return whose judgement the strength of efforts is, and in which tables of the costs examples stand."""
    parts = {
        words.say("the budget"): of_year(tables["budget"], year),
        words.say("the payments"): of_year(tables["payments"], year),
        words.say("the scenarios"): tables["scenario_lines"],
        words.say("the support votes"): tables["votes"],
        words.say("the cuts"): tables["cuts"],
        words.say("members, WOZ value and floor area"): tables["partners"],
    }
    examples = words.listing([part for part, rows in parts.items() if rests_on_example(rows)])
    who = judges(tables["effort_indicators"]["judged_by"], words)
    said = {
        words.say(
            "How much an effort contributes to a goal was estimated by: {judges}. It was not measured.", judges=who
        ): who,
        words.say("The figures on {parts} are examples.", parts=examples): examples,
    }
    return [sentence for sentence, holds in said.items() if holds]
