"""Sentences on the work: what was promised, how far the efforts are, who leads them, and what helps from outside."""

from __future__ import annotations

import pandas as pd

from binnenstad.efforts.roles import ALL, majority
from binnenstad.words import Words


def describe_promises(found: pd.DataFrame, words: Words) -> str:
    """Return how many promises of the goals are measured, and which are not (``promises.promises``); empty for none."""
    if found.empty:
        return ""
    names = {state: words.listing(list(own["text"])) for state, own in found.groupby("state")}
    measured, told = int((found["state"] == "measured").sum()), {"total": words.number(len(found))}
    told |= {"goals": words.number(found["goal"].nunique()), "names": names.get("not_measured", "")}
    counted = words.say_many(
        "Of the {total} promises in the {goals} goals, {count} is measured",
        "Of the {total} promises in the {goals} goals, {count} are measured", measured, **told,
    )  # fmt: skip
    waiting = names.get("no_figure", "")
    parts = [
        (measured, counted),
        (not measured, words.say("Of the {total} promises in the {goals} goals, none is measured", **told)),
        (told["names"], words.say("; nobody measures: {names}", **told)),
        (waiting, words.say("; no figure yet: {names}", names=waiting)),
    ]
    return "".join(text for holds, text in parts if holds) + "."


def describe_states(efforts: pd.DataFrame, words: Words) -> str:
    """Return how many efforts are in which state (``decisions.efforts_on``), and how many places are empty.

    Where no effort is known to have begun that is said: an agreement is no progress.
    """
    say_many = words.say_many
    n = efforts["state"].value_counts().reindex(["running", "done", "stopped", "agreed"], fill_value=0)
    running, done, stopped, agreed = (int(count) for count in n)
    rows = [
        (running, say_many("{count} is under way", "{count} are under way", running)),
        (done, say_many("{count} is done", "{count} are done", done)),
        (stopped, say_many("{count} was stopped", "{count} were stopped", stopped)),
        (agreed, say_many("{count} is agreed", "{count} are agreed", agreed)),
    ]
    clauses, empty = [clause for count, clause in rows if count], int((efforts["state"] == "to_be_developed").sum())
    silence = say_many(
        "{count} effort has been agreed; nothing on record says that it has begun.",
        "All {count} efforts have been agreed; nothing on record says that any of them has begun.", agreed,
    )  # fmt: skip
    under_way = say_many("{count} effort is under way.", "All {count} efforts are under way.", running)
    places = say_many(
        "{count} place still has to be filled in with partners.",
        "{count} places still have to be filled in with partners.", empty,
    )  # fmt: skip
    told = {"total": words.number(n.sum()), "clauses": words.listing(clauses)}
    sentences = [
        (not clauses, words.say("No effort has been agreed.")),
        (clauses and agreed == n.sum(), silence),
        (clauses and running == n.sum(), under_way),
        (clauses and n.sum() not in (agreed, running), words.say("Of the {total} efforts, {clauses}.", **told)),
        (empty, places),
    ]
    return " ".join(text for holds, text in sentences if holds)


def describe_leads(table: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return which part of the efforts and of the budget others than the municipality lead (``roles.leads``)."""
    row, say, number = table.loc[ALL].to_dict(), words.say, words.number
    if row["efforts"] == 0:
        return []
    unknown = words.say_many(
        "Of {count} effort it is not known who leads it.", "Of {count} efforts it is not known who leads them.",
        int(row["unknown"]),
    )  # fmt: skip
    share = words.percent(row["others_eur"] / (row["efforts_eur"] or 1))
    money = say("{share} of the budget of {year} goes there.", share=words.at_least(share), year=year)
    if not row["unknown_eur"]:
        money = say("{share} of the budget of {year} goes there.", share=share, year=year)
    private = {"count": number(row["private"]), "total": number(row["efforts"])}
    most = {
        True: say("Private parties lead most of the efforts ({count} of {total}).", **private),
        False: say("Private parties do not lead most of the efforts ({count} of {total}).", **private),
        None: say("Whether private parties lead most of the efforts cannot be told ({count} of {total}).", **private),
    }
    led = {"count": number(row["others"]), "total": number(row["efforts"])}
    sentences = [
        (row["others"], say("Others than the municipality lead {count} of the {total} efforts.", **led)),
        (not row["others"], say("Of no effort it is known that another party than the municipality leads it.")),
        (row["others"] and row["efforts_eur"], money),
        (row["unknown"], unknown),
        (True, most[majority(row["private"], row["unknown"], row["efforts"])]),
        (True, say("Who leads an effort need not be who carries it out; no table says who does.")),
    ]
    return [text for holds, text in sentences if holds]


def about_network(drawn: pd.DataFrame, assessed: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return the title of the network of ``network.substantial`` lines, and what the picture is."""
    bare = int((~assessed["id"].isin(drawn["indicator"])).sum())
    title = words.say_many(
        "{count} of the {total} goals has no effort that contributes 2 or 3 by estimate (on a scale of 1 to 3)",
        "{count} of the {total} goals have no effort that contributes 2 or 3 by estimate (on a scale of 1 to 3)",
        bare,
        total=words.number(len(assessed)),
    )
    if not bare:
        title = words.say("Every goal has an effort that contributes 2 or 3 by estimate (on a scale of 1 to 3)")
    return title, words.say("Network of the efforts and the goals they contribute to")


def describe_network(
    drawn: pd.DataFrame, lines: pd.DataFrame, efforts: pd.DataFrame, assessed: pd.DataFrame, words: Words
) -> list[str]:
    """Return which goals have no substantial line, what the picture leaves out, and whose estimate it rests on.

    Parameters: those of the ``lines`` of the network that are ``drawn``, the efforts and the goals.
    """
    say, left = words.say, efforts["id"].isin(lines["effort"]) & ~efforts["id"].isin(drawn["effort"])
    alone = assessed[~assessed["id"].isin(drawn["indicator"])]
    bare = words.listing(list(alone["id"] + " " + alone["title"]))
    undrawn = words.listing(sorted(efforts.loc[left, "title"]))
    judges = words.listing(sorted(drawn["judged_by"].unique()))
    sentences = [
        (bare, say("No effort contributes 2 or 3 by estimate to: {goals}.", goals=bare)),
        (
            undrawn,
            say("Not drawn (they contribute at most 1 by estimate, or had stopped): {efforts}.", efforts=undrawn),
        ),
        (judges, say("The contributions were not measured but estimated ({judges}).", judges=judges)),
    ]
    return [text for holds, text in sentences if holds]


def describe_outside(outside: pd.DataFrame, words: Words) -> str:
    """Return how much from outside helps and hurts the goals, and of how much that is not known; empty for nothing."""
    say_many, way = words.say_many, outside["direction"]
    helps, hurts, unknown = int((way == "helps").sum()), int((way == "hurts").sum()), int(way.isna().sum())
    rows = [
        (helps, say_many("{count} helps", "{count} help", helps)),
        (hurts, say_many("{count} hurts", "{count} hurt", hurts)),
        (unknown, say_many("of {count} it is not known", "of {count} it is not known", unknown)),
    ]
    clauses = words.listing([clause for count, clause in rows if count])
    told = {"total": words.number(len(outside)), "clauses": clauses}
    return words.say("Of the {total} influences from outside the programme, {clauses}.", **told) if clauses else ""
