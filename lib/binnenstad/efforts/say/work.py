"""Sentences on the work: what was promised, how far the efforts are, who leads them, and what helps from outside."""

from __future__ import annotations

import pandas as pd

from binnenstad.efforts.network import PLACES
from binnenstad.efforts.roles import ALL, majority
from binnenstad.programme.checked import Moment
from binnenstad.words import Words


def judges(judged_by: pd.Series, words: Words) -> str:
    """Return who judged, as it stands between brackets; empty for nobody."""
    return words.listing(sorted(judged_by.dropna().replace("onderzoeker", words.say("researcher")).unique()))


def by_source(told: str, year: int, words: Words) -> str:
    """Return a sentence with the year of the source it rests on, where nothing was heard since."""
    told = told[:1].lower() + told[1:]
    return words.say("According to the source of {year} (nothing was reported since): {told}", year=year, told=told)


def beside(rows: pd.DataFrame, words: Words) -> pd.Series:
    """Return the remarks of rows that stand beside what they are about; without those in another language than the page.

    They are in Dutch: on a page in another language they stand among the remarks at its end.
    """
    return rows["note"].where(pd.Series(words.language == "nl", rows.index))


def describe_promises(found: pd.DataFrame, words: Words) -> str:
    """Return how many promises of the goals are measured, and which are not (``promises.promises``); empty for none."""
    if found.empty:
        return ""
    names = {state: words.listing(list(own["text"])) for state, own in found.groupby("state")}
    measured, told = int((found["state"] == "measured").sum()), {"total": words.number(len(found))}
    told |= {"goals": words.number(found["goal"].nunique()), "names": names.get("not_measured", "")}
    counted = words.say_many("Of the {total} things that the {goals} goals promise, {count} is measured", "Of the {total} things that the {goals} goals promise, {count} are measured", measured, **told)  # fmt: skip
    waiting = names.get("no_figure", "")
    parts = [
        (measured, counted),
        (measured and found["example"].sum() == measured, words.say(" (with example figures)")),
        (not measured, words.say("Of the {total} things that the {goals} goals promise, none is measured", **told)),
        (told["names"], words.say("; not measured: {names}", **told)),
        (waiting, words.say("; no figure yet: {names}", names=waiting)),
    ]
    return "".join(text for holds, text in parts if holds) + "."


def lead_work(efforts: pd.DataFrame, log: pd.DataFrame, ends: pd.DataFrame, moment: Moment, words: Words) -> str:
    """Return first whether the work is on course (``describe_course``), then how many efforts are in which state."""
    course = describe_course(efforts, log, ends, moment.as_of, words)
    return f"{course} {describe_states(efforts, moment.today, words)}".strip()


def describe_course(
    efforts: pd.DataFrame, log: pd.DataFrame, ends: pd.DataFrame, day: pd.Timestamp, words: Words
) -> str:
    """Return that it is not known whether the work is on course, and why; nothing where no work is left to do.

    For no table tells how the work goes, but at most by a decision in which state it is. Parameters: ``efforts`` and
    ``log`` of ``decisions.work_at``, ``ends`` of ``decisions.loose_ends``; the ``day`` until which they were told.
    """
    if not efforts["state"].isin(["running", "agreed"]).any():
        return ""
    over, stated, told = int((ends["finding"] == "ended").sum()), (log["subject"] == "state").any(), words.date(day)
    why = words.say("Whether the work is on course is not known: by {day} there was no progress report.", day=told)
    if stated:
        why = words.say("Whether the work is on course is not known: on {day} only the state of efforts was on record, not how they go.", day=told)  # fmt: skip
    late = words.say_many("Of {count} effort the planned end is over, and nothing says that it is done.", "Of {count} efforts the planned end is over, and nothing says that they are done.", over)  # fmt: skip
    return " ".join([why, late][: 1 + bool(over)])


def describe_states(efforts: pd.DataFrame, today: pd.Timestamp, words: Words) -> str:
    """Return how many efforts are in which state (``decisions.efforts_on``), and what nobody has agreed to yet.

    Where no effort is known to have begun that is said: an agreement is no progress. So is the year of a state that was
    ``told`` (``decisions.last_told``) more than a year before ``today`` (``Moment.today``), for work that was not over
    then, and how many may be another one that is counted (``maybe_same_as``).
    """
    say_many, n = words.say_many, efforts["state"].value_counts()
    states = ("running", "done", "stopped", "agreed", *PLACES)
    running, done, stopped, agreed, empty, proposed = (int(n.get(state, 0)) for state in states)
    rows = [
        (running, say_many("{count} is under way", "{count} are under way", running), say_many("{count} effort is under way.", "All {count} efforts are under way.", running)),
        (done, say_many("{count} is done", "{count} are done", done), say_many("{count} effort is done.", "All {count} efforts are done.", done)),
        (stopped, say_many("{count} was stopped", "{count} were stopped", stopped), say_many("{count} effort was stopped.", "All {count} efforts were stopped.", stopped)),
        (agreed, say_many("{count} is agreed", "{count} are agreed", agreed), say_many("{count} effort has been agreed; nothing on record says that it has begun.", "All {count} efforts have been agreed; nothing on record says that any of them has begun.", agreed)),
    ]  # fmt: skip
    there, total = [row for row in rows if row[0]], running + done + stopped + agreed
    counted = words.say("Of the {total} efforts, {clauses}.", total=words.number(total), clauses=words.listing([row[1] for row in there]))  # fmt: skip
    found = there[0][2] if len(there) == 1 else counted if there else words.say("No effort has been agreed.")
    going = efforts.loc[efforts["state"].isin(["running", "agreed"]), "told"]
    old = going[going < today - pd.DateOffset(years=1)]
    silent = total > 0 and len(old) == total
    counts = efforts[~efforts["state"].isin(PLACES)]
    twice = int(counts["maybe_same_as"].isin(counts["id"]).sum())
    sentences = [
        (True, by_source(found, old.max().year, words) if silent else found),
        (twice, say_many("{count} of them may be double.", "{count} of them may be double.", twice)),
        (len(old) and not silent, say_many("Of {count} effort nothing was reported for over a year.", "Of {count} efforts nothing was reported for over a year.", len(old))),
        (empty, say_many("{count} place still has to be filled in with partners.", "{count} places still have to be filled in with partners.", empty)),
        (proposed, say_many("{count} more is only named, not agreed.", "{count} more are only named, not agreed.", proposed)),
    ]  # fmt: skip
    return " ".join(text for holds, text in sentences if holds)


def describe_leads(
    table: pd.DataFrame, efforts: pd.DataFrame, team: pd.DataFrame, total: float, year: int, words: Words
) -> list[str]:
    """Return which part of the efforts and of the budget others than the municipality lead (``roles.leads``).

    Parameters: the ``efforts``, which say whose judgement their leads are; the ``team``, of which the remarks on roles
    that no one party has say what was meant to be; ``total`` [EUR], the budget of the year, of which a part may stand
    on no effort.
    """
    row, say, say_many, number = table.loc[ALL].to_dict(), words.say, words.say_many, words.number
    if row["efforts"] == 0:
        return []
    judged, alone = judges(efforts["lead_judged_by"], words), int(row["unknown"] - row["no_lead"])
    private = {"count": number(row["private"]), "total": number(row["efforts"])}
    private["judged"] = f" ({say('judgement: {judges}', judges=judged)})" if judged else ""
    share, rest = words.percent(row["others_eur"] / (total or 1)), total - row["efforts_eur"]
    most = {
        True: say("As far as is known{judged}, private parties lead most of the efforts ({count} of {total}).", **private),
        False: say("As far as is known{judged}, private parties do not lead most of the efforts ({count} of {total}).", **private),
        None: say("Whether private parties lead most of the efforts cannot be told; known{judged}: {count} of {total}.", **private),
    }  # fmt: skip
    led = private | {"count": number(row["others"])}
    sentences = [
        (row["others"], say("As far as is known{judged}, parties other than the municipality lead {count} of the {total} efforts.", **led)),
        (not row["others"], say("Of no effort it is known that another party than the municipality leads it.")),
        (row["others_eur"], say("{share} of the budget of {year} goes there.", share=words.at_least(share) if row["unknown_eur"] else share, year=year)),
        (row["others"] and row["efforts_eur"] and not row["others_eur"] + row["unknown_eur"], say("Nothing was budgeted for that in {year}.", year=year)),
        (rest > 0.5, say("Of the budget of {year}, {amount} is not divided over efforts.", year=year, amount=words.eur(rest))),
        (row["no_lead"], say_many("Of {count} effort it is not known who leads it.", "Of {count} efforts it is not known who leads them.", int(row["no_lead"]))),
        (alone, say_many("Of {count} effort it is not known what kind of party leads it.", "Of {count} efforts it is not known what kind of party leads them.", alone)),
        (True, most[majority(row["private"], row["unknown"], row["efforts"])]),
        (True, say("Whoever leads an effort need not be who carries it out; who does is not said here per effort.")),
    ]  # fmt: skip
    meant = team[team["partner"].isna()].assign(note=beside(team, words)).dropna(subset=["note"])
    noted = zip(meant["title"], meant["note"], strict=True)
    return [text for holds, text in sentences if holds] + [f"{role}: {note}" for role, note in noted]


def about_network(drawn: pd.DataFrame, assessed: pd.DataFrame, words: Words) -> tuple[str, str, str]:
    """Return the title of the network of ``network.substantial`` lines, what the picture is, and what it rests on."""
    bare = int((~assessed["id"].isin(drawn["indicator"])).sum())
    title = words.say_many("{count} of the {total} operational goals has no effort (left) that contributes 2 or 3 by estimate (on a scale of 1 to 3)", "{count} of the {total} operational goals have no effort (left) that contributes 2 or 3 by estimate (on a scale of 1 to 3)", bare, total=words.number(len(assessed)))  # fmt: skip
    if not bare:
        title = words.say("Every operational goal has an effort that contributes 2 or 3 by estimate (on a scale of 1 to 3)")  # fmt: skip
    source = words.say("Source: estimates ({judges})", judges=judges(drawn["judged_by"], words))
    return title, words.say("Network of the efforts and the goals they contribute to"), source


def describe_network(
    drawn: pd.DataFrame, lines: pd.DataFrame, efforts: pd.DataFrame, assessed: pd.DataFrame, words: Words
) -> list[str]:
    """Return which goals have no substantial line, what the picture leaves out, and whose estimate it rests on.

    Parameters: those of the ``lines`` of the network that are ``drawn``, the efforts and the goals. Without lines
    nobody has looked, and nothing is said.
    """
    say, left = words.say, efforts["id"].isin(lines["effort"]) & ~efforts["id"].isin(drawn["effort"])
    alone = assessed[~assessed["id"].isin(drawn["indicator"])]
    bare = words.listing(list(alone["id"] + " " + alone["title"]))
    undrawn = words.listing(sorted(efforts.loc[left, "title"]))
    judged = judges(lines["judged_by"], words)
    sentences = [
        (bare and judged, say("No effort (left) contributes 2 or 3 by estimate to: {goals}.", goals=bare)),
        (undrawn, say("Not drawn (they contribute at most 1 by estimate, had stopped, or were not agreed): {efforts}.", efforts=undrawn)),
        (judged, say("The contributions were not measured but estimated ({judges}).", judges=judged)),
    ]  # fmt: skip
    return [text for holds, text in sentences if holds]


def describe_outside(outside: pd.DataFrame, words: Words) -> str:
    """Return how much from outside helps and hurts the goals, of how much that is not known, and who judged it."""
    say_many, way = words.say_many, outside["direction"]
    helps, hurts, unknown = int((way == "helps").sum()), int((way == "hurts").sum()), int(way.isna().sum())
    rows = [
        (helps, say_many("{count} helps", "{count} help", helps)),
        (hurts, say_many("{count} hurts", "{count} hurt", hurts)),
        (unknown, say_many("for {count} this is not known", "for {count} this is not known", unknown)),
    ]
    clauses = words.listing([clause for count, clause in rows if count])
    counted = words.say("Of the {total} influences from outside the programme, {clauses}.", total=words.number(len(outside)), clauses=clauses)  # fmt: skip
    all_hurt = words.say_many("{count} influence from outside the programme is named, and it hurts.", "{count} influences from outside the programme are named, and all hurt.", hurts)  # fmt: skip
    judged = judges(outside["judged_by"], words)
    sentences = [
        (clauses, all_hurt if hurts == len(outside) else counted),
        (judged, words.say("Direction and strength are in part estimates ({judges}).", judges=judged)),
    ]
    return " ".join(text for holds, text in sentences if holds)
