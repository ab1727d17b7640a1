"""The network of goals, efforts and partners: who benefits from which effort."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from binnenstad.programme.contract import code_names

Amounts = NDArray[np.float64]
PLACES = ("to_be_developed", "proposed")  # what nobody has agreed to do: no effort in any count


def beneficiary_weights(efforts: pd.Index, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how heavily each partner benefits from each effort: effort x partner, 0 where not at all.

    An effort with interests of its own uses those. Any other gets them through its goals: the
    strength of each line to an indicator times the partner's interest in that indicator's goal,
    each goal's interests first scaled to sum to 1 so that no goal counts double for having more
    partners. Rows of efforts without either are all 0.

    Parameters: ``efforts`` the ids asked for; the tables of the contract, of which ``interests``,
    ``effort_indicators`` and ``indicators`` are used. Partners come in order of their id.
    """
    strength, by_goal, own = _network(efforts, tables)
    weights = _combined(strength.to_numpy(), by_goal.to_numpy()[None], own.to_numpy()[None])[0]
    return pd.DataFrame(weights, index=efforts.rename("effort"), columns=own.columns)


def vary_interests(
    efforts: pd.Index, tables: Mapping[str, pd.DataFrame], draws: int = 500, spread: float = 0.5, seed: int = 0
) -> Amounts:
    """Return ``beneficiary_weights`` with every interest varied at random: draw x effort x partner.

    Each weight of table ``interests`` is multiplied by its own factor, even between 1 - ``spread`` and
    1 + ``spread``; the same ``seed`` gives the same draws.
    """
    (strength, *interests), random = _network(efforts, tables), np.random.default_rng(seed)
    by_goal, own = (
        part.to_numpy() * random.uniform(1 - spread, 1 + spread, (draws, *part.shape)) for part in interests
    )
    return _combined(strength.to_numpy(), by_goal, own)


def _network(efforts: pd.Index, tables: Mapping[str, pd.DataFrame]) -> tuple[pd.DataFrame, pd.DataFrame, pd.DataFrame]:
    """Return strengths (effort x goal) and interests in goals (goal x partner) and efforts (effort x partner)."""
    interests, strength = tables["interests"], _strengths(tables)
    partners = pd.Index(sorted(interests["partner"].unique()), name="partner", dtype="str")
    own, by_goal = (_summed(interests.dropna(subset=[of]), of, "partner", "weight") for of in ("effort", "goal"))
    return (
        strength.reindex(index=efforts, columns=by_goal.index, fill_value=0.0),
        by_goal.reindex(columns=partners, fill_value=0.0),
        own.reindex(index=efforts, columns=partners, fill_value=0.0),
    )


def _strengths(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the strength of the lines from each effort to each goal, summed over its operational goals."""
    lines, goal_of = tables["effort_indicators"], tables["indicators"].set_index("id")["goal"]
    return _summed(lines.assign(goal=lines["indicator"].map(goal_of)), "effort", "goal", "strength")


def segment_weights(efforts: pd.Index, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return which part of each effort is for which customer segment: effort x segment [1], rows sum to 1.

    An effort goes to its goals by the strength of its lines to them, and a goal to segments by weight (table
    ``goal_segments``). Under "" stands what leads to no segment: of an effort without a goal, or a goal without one.

    Parameters: ``efforts`` the ids asked for; the tables of the contract.
    """
    strength, weight = _strengths(tables), _summed(tables["goal_segments"], "goal", "segment", "weight")
    strength, weight = (part.div(part.sum(axis=1), axis=0) for part in (strength, weight))
    of_goals = weight.reindex(strength.columns, fill_value=0.0)
    parts = strength.reindex(efforts, fill_value=0.0) @ of_goals
    return parts.assign(**{"": (1 - parts.sum(axis=1)).clip(lower=0.0).round(9)})


def _summed(rows: pd.DataFrame, index: str, columns: str, values: str) -> pd.DataFrame:
    floats = rows.astype({values: float})
    return floats.pivot_table(index=index, columns=columns, values=values, aggfunc="sum", fill_value=0.0)


def _combined(strength: Amounts, by_goal: Amounts, own: Amounts) -> Amounts:
    """Return the weights of several draws of interests: draw x effort x partner."""
    whole = by_goal.sum(axis=2, keepdims=True)
    through_goals = strength @ np.divide(by_goal, whole, out=np.zeros_like(by_goal), where=whole > 0)
    weights: Amounts = np.where(own.any(axis=2, keepdims=True), own, through_goals)
    return weights


def ways_to(partner: str, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the lines of the network along which a partner benefits: ``effort`` and ``indicator``.

    These are the lines to the goals it has an interest in. An effort with interests of its own has none:
    there a partner benefits from the effort itself (``beneficiary_weights``).
    """
    interests, lines = tables["interests"], tables["effort_indicators"]
    goals = set(interests.loc[interests["partner"] == partner, "goal"].dropna())
    reached = tables["indicators"].loc[tables["indicators"]["goal"].isin(goals), "id"]
    through = lines["indicator"].isin(reached) & ~lines["effort"].isin(interests["effort"].dropna())
    return lines.loc[through, ["effort", "indicator"]].reset_index(drop=True)


def unlinked(efforts: pd.DataFrame, indicators: pd.DataFrame, network: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the titles of efforts without a goal and of operational goals without an effort.

    Empty places and what was only named (``PLACES``) are left out: nobody has agreed to them.
    """
    loose = ~efforts["state"].isin(PLACES) & ~efforts["id"].isin(network["effort"])
    return efforts.loc[loose, "title"], indicators.loc[~indicators["id"].isin(network["indicator"]), "title"]


def beside_goals(efforts: pd.DataFrame, indicators: pd.DataFrame, network: pd.DataFrame) -> pd.DataFrame:
    """Return how many efforts each operational goal has per state: goal x state, 0 where there is none.

    Parameters: the tables ``efforts``, ``indicators`` and ``effort_indicators``. Goals in the order of
    ``indicators``, states in that of the contract; an effort counts for every goal it is linked to, whatever the
    strength.
    """
    linked = network.merge(efforts[["id", "state"]], left_on="effort", right_on="id")
    counts = pd.crosstab(linked["indicator"], linked["state"])
    return counts.reindex(index=indicators["id"], columns=list(code_names("efforts", "state", "en")), fill_value=0)


def substantial(lines: pd.DataFrame, efforts: pd.DataFrame) -> pd.DataFrame:
    """Return the lines of these efforts with strength 2 or 3, by effort and goal: what the picture draws.

    What nobody has agreed to (``PLACES``) has none, whatever it is meant to contribute to.
    """
    there = efforts.loc[~efforts["state"].isin(PLACES), "id"]
    kept = lines[(lines["strength"] >= 2) & lines["effort"].isin(there)]
    return kept.sort_values(["effort", "indicator"], ignore_index=True)


def crossings(lines: pd.DataFrame, left: Sequence[str], right: Sequence[str]) -> int:
    """Return how many pairs of lines cross if efforts stand in the order ``left`` and goals in the order ``right``.

    >>> lines = pd.DataFrame({"effort": ["a", "b"], "indicator": ["2", "1"]})
    >>> crossings(lines, ["a", "b"], ["1", "2"]), crossings(lines, ["a", "b"], ["2", "1"])
    (1, 0)
    """
    effort, goal = (
        lines[name].map({id: at for at, id in enumerate(order)}).to_numpy()
        for name, order in (("effort", left), ("indicator", right))
    )
    return int(((effort[:, None] < effort) & (goal[:, None] > goal)).sum())


def layout(lines: pd.DataFrame, left: Sequence[str], right: Sequence[str]) -> tuple[list[str], list[str]]:
    """Return the order of efforts and of goals in which their lines cross little: never more than as given.

    Two sweeps, each of which puts every goal and then every effort at the mean place of what it is linked to (its
    barycentre: Sugiyama, Tagawa and Toda 1981, *Methods for visual understanding of hierarchical system structures*);
    the best order met is kept. What has no line keeps its place.
    """
    best = efforts, goals = list(left), list(right)
    fewest = crossings(lines, efforts, goals)
    for _ in range(2):
        goals = _by_mean_place(goals, lines["indicator"], lines["effort"], efforts)
        efforts = _by_mean_place(efforts, lines["effort"], lines["indicator"], goals)
        found = crossings(lines, efforts, goals)
        if found < fewest:
            best, fewest = (efforts, goals), found
    return best


def _by_mean_place(own: Sequence[str], ids: pd.Series, linked: pd.Series, fixed: Sequence[str]) -> list[str]:
    places = linked.map({id: at for at, id in enumerate(fixed)}).groupby(ids).mean()
    return sorted(own, key=lambda id: places.get(id, own.index(id)))
