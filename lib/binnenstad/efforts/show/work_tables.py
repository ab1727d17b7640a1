"""Tables of the work: promises, the efforts of a track, contributions, who leads, roles, and what is outside."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.efforts.roles import ALL, NO_TRACK
from binnenstad.efforts.show.contract_columns import contract_columns
from binnenstad.goals.status import marked
from binnenstad.page.blocks import Block, paragraph, section
from binnenstad.page.table import Column, table
from binnenstad.words import Words

ORDER = ("running", "agreed", "done", "stopped", "to_be_developed")


def tabulate_promises(found: pd.DataFrame, goals: pd.DataFrame, words: Words) -> Block:
    """Return per strategic goal whose it is and what it promises, measured (by which goals) or not.

    Parameters: ``found`` of ``promises.promises``; the table ``goals``.
    """
    told = found["text"] + [f" ({', '.join(ids)})" if ids else "" for ids in found["indicators"]]
    listed = told.groupby([found["goal"], found["state"]]).agg(lambda own: words.listing(list(own))).unstack()
    heads = {
        "measured": words.say("measured"), "no_figure": words.say("no figure yet"),
        "not_measured": words.say("measured by nobody"),
    }  # fmt: skip
    own = goals.set_index("id").loc[listed.index]
    columns = contract_columns("goals", own.assign(title=own.index + " " + own["title"]), ["title", "owner"], words)
    columns += [Column(head, listed[name], text=True) for name, head in heads.items() if name in listed]
    return table(words.say("What the goals promise"), columns)


def tabulate_track(
    efforts: pd.DataFrame, track: str, titles: Mapping[str, pd.Series], tested: pd.DataFrame, words: Words
) -> Block:
    """Return the efforts and empty places of a track: state, lead, role, who may spend, and the test of scope.

    Parameters: ``efforts`` of one ``track``, by its name; ``titles`` of ``partners`` and ``team`` by id; ``tested`` of
    ``scope.outcomes``. Running first, empty places last, then by title.
    """
    place = efforts["state"].map({state: at for at, state in enumerate(ORDER)})
    rows = efforts.assign(place=place).sort_values(["place", "title", "id"])
    outcome = {
        "passes": words.say("yes"), "fails": words.say("no"), "undecided": words.say("cannot be told"),
        "untested": words.say("not tested"),
    }  # fmt: skip
    own = {name: rows[name].map(titles[of]) for name, of in (("lead_partner", "partners"), ("budget_holder", "team"))}
    own["state"] = rows["state"].replace("to_be_developed", words.say("to be filled in with partners"))
    heads = ["title", "state", "lead_partner", "role", "budget_holder"]
    columns = contract_columns("efforts", rows.assign(**own), heads, words)
    if tested["outcome"].isin(["passes", "fails", "undecided"]).any():
        met = rows["id"].map(tested["outcome"]).map(outcome)
        columns.append(Column(words.say("meets the criteria"), met, text=True))
    # a reader who goes from table to table hears which track this one is of
    caption = words.say("Efforts and empty places: {track}", track=track)
    return table(caption, columns, illustrative=tested.loc[rows["id"], "illustrative"])


def show_tracks(
    efforts: pd.DataFrame, tracks: pd.DataFrame, titles: Mapping[str, pd.Series], tested: pd.DataFrame, words: Words
) -> list[Block]:
    """Return a part per track, with its text and its table, and one for the efforts without a track.

    Parameters as ``tabulate_track``, with all efforts and the table ``tracks``.
    """
    rows = list(tracks.sort_values("id")[["id", "title", "description"]].itertuples(index=False, name=None))
    blocks = []
    for id, title, text in [*rows, (NO_TRACK, words.say("Without a track"), None)]:
        own = efforts[efforts["track"].fillna(NO_TRACK) == id]
        track = f"{id} {title}".strip()
        parts = [paragraph("" if pd.isna(text) else text), tabulate_track(own, track, titles, tested, words)]
        nothing = paragraph(words.say("No effort has been agreed for this track."))
        part = section(track, *parts, *[nothing] * own.empty, level=3)
        blocks += [part] * bool(id or len(own))
    return blocks


def tabulate_network(network: pd.DataFrame, assessed: pd.DataFrame, efforts: pd.Series, words: Words) -> Block:
    """Return per goal its verdict and the efforts that contribute to it, by strength: the text of the picture.

    Parameters: ``effort_indicators`` of the efforts in the programme; ``assessed`` goals; titles of efforts by id.
    """
    names = network["effort"].map(efforts)
    listed = names.groupby([network["indicator"], network["strength"]]).agg(lambda own: words.listing(sorted(own)))
    heads = {3: words.say("strong (3)"), 2: words.say("medium (2)"), 1: words.say("weak (1)")}
    named = [f"{goal['id']} {goal['title']}: {marked(goal, words)}" for _, goal in assessed.iterrows()]
    columns = [
        Column(words.say("goal"), named),
        *(
            Column(head, [listed.get((id, strength)) for id in assessed["id"]], text=True)
            for strength, head in heads.items()
        ),
    ]
    caption = words.say("What contributes to each goal, by estimate")
    return table(caption, columns, illustrative=assessed["illustrative"])


def tabulate_leads(found: pd.DataFrame, tracks: pd.Series, year: int, words: Words) -> Block:
    """Return per track, and in all, how many efforts and how much money others than the municipality lead."""
    names = dict(tracks) | {NO_TRACK: words.say("no track"), ALL: words.say("in all")}
    head = words.say("budget {year}", year=year)
    columns = [
        Column(words.say("track"), [f"{id} {names[id]}" if id in tracks else names[id] for id in found.index]),
        Column(words.say("efforts"), found["efforts"], words.number),
        Column(words.say("led by others"), found["others"], words.number),
        Column(words.say("lead unknown"), found["unknown"], words.number),
        Column(head, found["efforts_eur"], words.eur),
        Column(words.say("of which led by others"), found["others_eur"], words.eur),
    ]
    caption = words.say("What others than the municipality lead")
    return table(caption, columns if len(found) > 1 else [], last=True)


def tabulate_roles(team: pd.DataFrame, partners: pd.Series, words: Words) -> Block:
    """Return the roles of the programme (table ``team``) with their task, party and hours; most hours first."""
    rows = team.sort_values(["hours_per_year", "title", "id"], ascending=[False, True, True], na_position="last")
    rows = rows.assign(partner=rows["partner"].map(partners))
    columns = contract_columns("team", rows, ["title", "task", "partner", "hours_per_year"], words)
    return table(words.say("Roles and tasks"), columns)


def tabulate_areas(areas: pd.DataFrame, words: Words) -> Block:
    """Return the parts of the city centre that the programme tells apart, by kind; nothing for none."""
    rows = areas.sort_values(["kind", "id"])
    columns = contract_columns("areas", rows, ["title", "kind", "valid_from"], words)
    return table(words.say("Parts of the city centre"), columns)


def tabulate_outside(outside: pd.DataFrame, goals: pd.Series, words: Words) -> Block:
    """Return what is not in the programme and helps or hurts it; titles of operational goals by id."""
    rows = outside.sort_values(["direction", "title", "id"]).assign(indicator=outside["indicator"].map(goals))
    columns = contract_columns("outside", rows, ["title", "kind", "direction", "indicator", "strength"], words)
    return table(words.say("What is outside the programme"), columns)
