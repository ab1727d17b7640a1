"""Tables of the work: promises, the efforts of a track, contributions, who leads, roles, and what is outside."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.efforts.network import PLACES
from binnenstad.efforts.roles import ALL, NO_TRACK
from binnenstad.efforts.say.work import beside, describe_outside, judges
from binnenstad.efforts.show.contract_columns import contract_columns
from binnenstad.goals.status import marked
from binnenstad.page.blocks import Block, folded, paragraph, section
from binnenstad.page.table import Column, table
from binnenstad.programme.checked import Moment
from binnenstad.programme.contract import code_names
from binnenstad.words import Words

ORDER = ("running", "agreed", "done", "stopped", *PLACES)


def tabulate_promises(found: pd.DataFrame, goals: pd.DataFrame, words: Words) -> Block:
    """Return per strategic goal whose it is and what it promises, measured (by which goals) or not.

    Parameters: ``found`` of ``promises.promises``; the table ``goals``.
    """
    told = found["text"] + [f" ({', '.join(ids)})" if ids else "" for ids in found["indicators"]]
    listed = told.groupby([found["goal"], found["state"]]).agg(lambda own: words.listing(list(own))).unstack()
    heads = {
        "measured": words.say("measured"), "no_figure": words.say("no figure yet"),
        "not_measured": words.say("not measured"),
    }  # fmt: skip
    own = goals.set_index("id").loc[listed.index]
    columns = contract_columns("goals", own.assign(title=own.index + " " + own["title"]), ["title", "owner"], words)
    columns += [Column(head, listed[name], text=True) for name, head in heads.items() if name in listed]
    return table(words.say("What the goals promise"), columns)


def tabulate_track(
    efforts: pd.DataFrame, track: str, titles: Mapping[str, pd.Series], tested: pd.DataFrame, words: Words
) -> Block:
    """Return the efforts and empty places of a track: state and its year, days, scope, lead, role, and who may spend.

    What the source does not say of lead and role is marked as a judgement. Parameters: ``efforts`` of one ``track``, by
    its name, with the day on which their state was ``told``; ``titles`` of ``partners`` and ``team`` by id; ``tested``
    of ``scope.outcomes``. Running first, empty places last, then by title.
    """
    place = efforts["state"].map({state: at for at, state in enumerate(ORDER)})
    rows = efforts.assign(place=place).sort_values(["place", "title", "id"])
    outcome = {
        "passes": words.say("meets the criteria"), "fails": words.say("does not meet the criteria"),
        "undecided": words.say("criteria: cannot be told"), "untested": words.say("not tested"),
    }  # fmt: skip
    state, role = (rows[name].map(code_names("efforts", name, words.language)) for name in ("state", "role"))
    state += " (" + rows["told"].dt.strftime("%Y") + ")"
    for head, name in ((words.say("start"), "start"), (words.say("end"), "end")):
        state += ["" if pd.isna(day) else f"; {head} {words.date(day)}" for day in rows[name]]
    if tested["outcome"].isin(["passes", "fails", "undecided"]).any():
        state += ("; " + rows["id"].map(tested["outcome"]).map(outcome)).fillna("")
    lead = rows["lead_partner"].map(titles["partners"]) + _judged(rows["lead_judged_by"], words)
    own = {"state": state, "lead_partner": lead, "role": role + _judged(rows["role_judged_by"], words)}
    own["budget_holder"] = rows["budget_holder"].map(titles["team"])
    heads = ["title", "state", "lead_partner", "role", "budget_holder"]
    columns = contract_columns("efforts", rows.assign(**own), heads, words)
    # a reader who goes from table to table hears which track this one is of
    caption = words.say("Efforts and empty places: {track}", track=track)
    return table(caption, columns, illustrative=tested.loc[tested.index.isin(rows["id"]), "illustrative"])


def _judged(judged_by: pd.Series, words: Words) -> list[str]:
    """Return who judged each cell, to stand behind it between brackets; empty where the source says it."""
    named = [judges(judged_by.iloc[at : at + 1], words) for at in range(len(judged_by))]
    return [f" ({words.say('judgement: {judges}', judges=who)})" if who else "" for who in named]


def show_tracks(
    efforts: pd.DataFrame, tracks: pd.DataFrame, titles: Mapping[str, pd.Series], tested: pd.DataFrame,
    moment: Moment, words: Words,
) -> list[Block]:  # fmt: skip
    """Return of which day the states are, a part per track with its texts and table, and one for what has no track.

    Parameters as ``tabulate_track``, with all efforts, the table ``tracks`` and the moment of the states.
    """
    told = tracks.assign(note=beside(tracks, words)).sort_values("id")
    rows = list(told[["id", "title", "description", "note"]].itertuples(index=False, name=None))
    key = words.say(
        "The states are those of {day}; between brackets stands the year they were told.", day=words.date(moment.as_of)
    )
    blocks = [paragraph(key)] * bool(len(efforts))
    for id, title, *texts in [*rows, (NO_TRACK, words.say("Without a track"))]:
        own = efforts[efforts["track"].fillna(NO_TRACK) == id]
        track = f"{id} {title}".strip()
        parts = [*map(paragraph, filter(pd.notna, texts)), tabulate_track(own, track, titles, tested, words)]
        nothing = paragraph(words.say("No effort has been agreed for this track."))
        part = section(track, *parts, *[nothing] * own.empty, level=3)
        blocks += [part] * bool(id or len(own))
    return blocks


def tabulate_network(network: pd.DataFrame, assessed: pd.DataFrame, efforts: pd.DataFrame, words: Words) -> Block:
    """Return per goal its verdict and the efforts that contribute to it, by strength: the text of the picture.

    Behind what had stopped, or what nobody has agreed to, stands that it is so. Nothing without lines. Parameters:
    ``effort_indicators`` of the ``efforts`` in the programme; ``assessed`` goals.
    """
    state = efforts["state"].where(efforts["state"].isin(["stopped", *PLACES]))
    behind = " (" + state.map(code_names("efforts", "state", words.language)) + ")"
    names = network["effort"].map(dict(zip(efforts["id"], efforts["title"] + behind.fillna(""), strict=True)))
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
    return _folded(table(caption, columns if len(network) else [], illustrative=assessed["illustrative"]), words)


def tabulate_leads(found: pd.DataFrame, tracks: pd.Series, budget: pd.DataFrame, year: int, words: Words) -> Block:
    """Return per track, and in all, how many efforts and how much money others than the municipality lead.

    Without money for an effort no money is shown. Parameters: ``found`` of ``roles.leads``; titles of tracks by id; the
    ``budget`` of the year, which says whether it is an example.
    """
    names = dict(tracks) | {NO_TRACK: words.say("no track"), ALL: words.say("in all")}
    head = words.say("budget {year}", year=year)
    columns = [
        Column(words.say("track"), [f"{id} {names[id]}" if id in tracks else names[id] for id in found.index]),
        Column(words.say("efforts"), found["efforts"], words.number),
        Column(words.say("led by others"), found["others"], words.number),
        Column(words.say("lead or kind of party unknown"), found["unknown"], words.number),
    ]
    money = [
        Column(head, found["efforts_eur"], words.eur),
        Column(words.say("of which led by others"), found["others_eur"], words.eur),
    ]
    columns += money if found["efforts_eur"].any() else []
    caption = words.say("What parties other than the municipality lead")
    rows = columns if len(found) > 1 else []
    return _folded(table(caption, rows, last=True, illustrative=budget["illustrative"]), words)


def tabulate_roles(team: pd.DataFrame, partners: pd.Series, words: Words) -> Block:
    """Return the roles of the programme (table ``team``) with their task, party and hours; most hours first; folded."""
    rows = team.sort_values(["hours_per_year", "title", "id"], ascending=[False, True, True], na_position="last")
    rows = rows.assign(partner=rows["partner"].map(partners))
    columns = contract_columns("team", rows, ["title", "task", "partner", "hours_per_year"], words)
    return _folded(table(words.say("Roles and tasks"), columns), words)


def tabulate_areas(areas: pd.DataFrame, words: Words) -> Block:
    """Return the parts of the city centre that the programme tells apart, by kind; nothing for none."""
    rows = areas.sort_values(["kind", "id"])
    columns = contract_columns("areas", rows, ["title", "kind", "valid_from"], words)
    return _folded(table(words.say("Parts of the city centre"), columns), words)


def show_outside(outside: pd.DataFrame, goals: pd.Series, words: Words) -> list[Block]:
    """Return what is not in the programme and helps or hurts it, in words and as a table; titles of goals by id."""
    rows = outside.sort_values(["direction", "title", "id"]).assign(indicator=outside["indicator"].map(goals))
    columns = contract_columns("outside", rows, ["title", "kind", "direction", "indicator", "strength"], words)
    listed = table(words.say("What is outside the programme"), columns)
    return [paragraph(describe_outside(outside, words)), listed]


def _folded(listed: Block, words: Words) -> Block:
    return folded(words.say("All of it in a table"), listed)
