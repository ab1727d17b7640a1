"""Rules for support votes: counts that can be the result of one."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from binnenstad.words import Words


def vote_faults(frames: dict[str, pd.DataFrame], words: Words) -> Iterator[tuple[str, pd.Series, str, str, str]]:
    """Yield the broken rules of table ``votes``: table, rows, column, rule and way out.

    Only a BIZ is voted on, and a tariff that differs is not flat; no more answers than who is liable; in every
    scenario somebody answered; one kind of tariff per scenario; WOZ values unless the tariff is flat.
    """
    votes = frames["votes"]
    levies = frames["scenario_lines"].query("instrument == 'biz'")
    rule = words.say("is a scenario without a BIZ, and only a BIZ is voted on")
    way_out = words.say("Name a scenario with a BIZ in scenario_lines, or remove the row.")
    yield "votes", ~votes["scenario"].isin(levies["scenario"]), "scenario", rule, way_out
    by_partner = levies.groupby(["scenario", "partner"])["flat_eur"]
    differs = levies[levies["rate"].notna() | (by_partner.transform("nunique") > 1)]["scenario"]
    rule = words.say("is true while the tariff of the BIZ in scenario_lines differs with the WOZ value")
    way_out = words.say("Write false and give the WOZ values, or correct the tariff.")
    flat = votes["flat"].fillna(False).astype(bool)
    yield "votes", flat & votes["scenario"].isin(differs), "flat", rule, way_out
    answers = votes["in_favour"] + votes["against"]
    counts = words.say("Correct the counts.")
    rule = words.say("is, with the votes against, more than the number who are liable")
    yield "votes", answers > votes["liable"], "in_favour", rule, counts
    by_scenario = votes["scenario"]
    nobody = answers.groupby(by_scenario).transform("sum") == 0
    rule = words.say("has no answer in any group, so the vote has no result")
    yield "votes", nobody, "in_favour", rule, counts
    rule = words.say("differs from other rows of the scenario")
    way_out = words.say("Write the same in every row of the scenario.")
    yield "votes", votes["flat"].groupby(by_scenario).transform("nunique") > 1, "flat", rule, way_out
    rule = words.say("is empty while the tariff is not flat")
    way_out = words.say("Give the WOZ value of the answers, or write true in flat.")
    for column in ("woz_in_favour_eur", "woz_against_eur"):
        yield "votes", ~votes["flat"].fillna(True).astype(bool) & votes[column].isna(), column, rule, way_out
