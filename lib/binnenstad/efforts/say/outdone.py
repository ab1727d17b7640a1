"""Sentences on what each goal gets for its money: which efforts no other one outdoes, and how sure that is."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.efforts.say.work import judges
from binnenstad.words import Words


def how_value_is_judged(found: pd.DataFrame, lines: pd.DataFrame, year: int, words: Words) -> list[str]:
    """Return when an effort is outdone, what the shares mean, and that it rests on estimates; nothing for no comparison.

    Parameters: ``found`` of ``dominated.compare_efforts``; the table ``effort_indicators``, which says who estimated.
    """
    say, who = words.say, judges(lines["judged_by"], words)
    sentences = [
        say("An effort is outdone if another one contributes at least as much to the same goal by estimate, costs no more, and is better in one of the two. Each goal is judged on its own; no score adds them up."),
        say("The contributions are estimates ({judges}), not measured effects. In brackets: in how many of 1,000 trials an effort is not outdone, if every estimate may turn out one step lower or higher. What costs less than all others is never outdone, however little it contributes.", judges=who),
        say("Costs are the budget of {year}; an effort for several goals counts for each with its full cost.", year=year),
    ]  # fmt: skip
    return sentences if found["kept"].notna().any() else []


def describe_value(
    found: pd.DataFrame, costs: pd.Series, goals: Mapping[str, str], names: Mapping[str, str], words: Words
) -> list[str]:
    """Return per goal the efforts that no other one outdoes, with how sure that is, and what cannot be compared.

    Parameters: ``found`` of ``dominated.compare_efforts``; ``costs`` [EUR] of the efforts with a budget; titles of
    operational goals and of efforts by id.
    """
    say, compared = words.say, found.dropna(subset=["kept"])
    best = compared[compared["undominated"]]
    shares = best["effort"].map(names) + best["kept"].map(lambda kept: f" ({words.percent(kept)})")
    told = [
        words.say_many("{goal}: {efforts} is not outdone.", "{goal}: {efforts} are not outdone.", len(own), goal=f"{id} {goals[str(id)]}", efforts=words.listing(list(own)))
        for id, own in shares.groupby(best["indicator"])
    ]  # fmt: skip
    alone = sorted(set(found["indicator"]) - set(compared["indicator"]))
    alone_named = words.listing([f"{id} {goals[id]}" for id in alone])
    unpriced, loose = found.loc[found["cost"].isna(), "effort"], set(costs.index) - set(found["effort"])
    priceless, aimless = (words.listing(sorted(names[id] for id in set(ids))) for ids in (unpriced, loose))
    sentences = [
        (alone_named, say("Nothing to compare, for at most one effort has a budget: {goals}.", goals=alone_named)),
        (priceless, say("Not compared, for they have no budget of their own: {efforts}.", efforts=priceless)),
        (aimless, say("Not compared, for they are linked to no goal: {efforts}.", efforts=aimless)),
    ]
    return told + [text for holds, text in sentences if holds]


def about_value(found: pd.DataFrame, lines: pd.DataFrame, source: str, words: Words) -> tuple[str, str, str]:
    """Return the title of the picture of ``dominated.compare_efforts``, what it is, and what it rests on.

    Empty without a comparison. Parameters: the table ``effort_indicators``; the ``source`` line of the costs.
    """
    compared = found.dropna(subset=["kept"])
    if compared.empty:
        return "", "", ""
    outdone = int((~compared["undominated"]).sum())
    title = words.say_many("By estimate {count} of the {total} contributions is outdone by another effort for the same goal", "By estimate {count} of the {total} contributions are outdone by another effort for the same goal", outdone, total=words.number(len(compared)))  # fmt: skip
    rests = words.say("{source}; contributions: estimates ({judges})", source=source, judges=judges(lines["judged_by"], words))  # fmt: skip
    return title, words.say("Dot plot of what the efforts for each goal cost"), rests
