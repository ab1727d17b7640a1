"""Rules for support votes: counts that can be the result of one."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from binnenstad.text import Words


def vote_faults(frames: dict[str, pd.DataFrame], words: Words) -> Iterator[tuple[str, pd.Series, str, str, str]]:
    """Yield the broken rules of table ``votes``: table, rows, column, rule and way out.

    No more answers than who is liable; in every scenario somebody answered; one kind of tariff per
    scenario; WOZ values unless the tariff is flat.
    """
    votes = frames["votes"]
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
