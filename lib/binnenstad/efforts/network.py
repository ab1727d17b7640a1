"""The network of goals, efforts and partners: who benefits from which effort."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Amounts = NDArray[np.float64]

STATES = ("to_be_developed", "agreed", "running", "done", "stopped")


def beneficiary_weights(efforts: pd.Index, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how heavily each partner benefits from each effort: effort x partner, 0 where not at all.

    An effort with interests of its own uses those. Any other gets them through its goals: the
    strength of each line to an indicator times the partner's interest in that indicator's goal,
    each goal's interests first scaled to sum to 1 so that no goal counts double for having more
    partners. Rows of efforts without either are all 0.

    Parameters: ``efforts`` the ids asked for; the tables of the contract, of which ``interests``,
    ``effort_indicators`` and ``indicators`` are used. Partners come in order of their id.
    """
    network = _network(efforts, tables)
    weights = _combined(network, np.ones((1, *network.by_goal.shape)), np.ones((1, *network.own.shape)))[0]
    return pd.DataFrame(weights, index=efforts.rename("effort"), columns=network.partners)


def vary_interests(
    efforts: pd.Index, tables: Mapping[str, pd.DataFrame], draws: int = 500, spread: float = 0.5, seed: int = 0
) -> Amounts:
    """Return ``beneficiary_weights`` with every interest varied at random: draw x effort x partner.

    Each weight of table ``interests`` is multiplied by its own factor, even between 1 - ``spread`` and
    1 + ``spread``; the same ``seed`` gives the same draws.
    """
    network, random = _network(efforts, tables), np.random.default_rng(seed)
    by_goal, own = (
        random.uniform(1 - spread, 1 + spread, (draws, *part.shape)) for part in (network.by_goal, network.own)
    )
    return _combined(network, by_goal, own)


@dataclass(frozen=True)
class _Network:
    """Lines and interests as arrays: effort x goal, goal x partner, effort x partner."""

    partners: pd.Index
    strength: Amounts
    by_goal: Amounts
    own: Amounts


def _network(efforts: pd.Index, tables: Mapping[str, pd.DataFrame]) -> _Network:
    interests, lines = tables["interests"], tables["effort_indicators"]
    partners = pd.Index(sorted(interests["partner"].unique()), name="partner", dtype="str")
    own, by_goal = (_pivot(interests.dropna(subset=[of]), of, "partner", "weight") for of in ("effort", "goal"))
    goal_of = tables["indicators"].set_index("id")["goal"]
    strength = _pivot(lines.assign(goal=goal_of.reindex(lines["indicator"]).to_numpy()), "effort", "goal", "strength")
    goals = by_goal.index
    return _Network(
        partners,
        strength.reindex(index=efforts, columns=goals).fillna(0.0).to_numpy(dtype=float),
        by_goal.reindex(columns=partners).fillna(0.0).to_numpy(dtype=float),
        own.reindex(index=efforts, columns=partners).fillna(0.0).to_numpy(dtype=float),
    )


def _combined(network: _Network, vary_goals: Amounts, vary_own: Amounts) -> Amounts:
    interests = network.by_goal * vary_goals
    whole = interests.sum(axis=2, keepdims=True)
    through_goals = network.strength @ np.divide(interests, whole, out=np.zeros_like(interests), where=whole > 0)
    has_own = network.own.sum(axis=1) > 0
    weights: Amounts = np.where(has_own[None, :, None], network.own * vary_own, through_goals)
    return weights


def contribution(costs: pd.Series, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return what efforts cost beside what they contribute: strongest first, of equal strength the cheapest.

    Parameters: ``costs`` [EUR] per effort id; the tables of the contract. Returns per effort ``cost``
    [EUR], ``strength`` (summed over its lines to operational goals; missing without a line) and
    ``goals`` (the number of those lines). Strength is a judgement and has no unit: the two are set
    side by side and are not divided by each other.
    """
    lines = tables["effort_indicators"].groupby("effort")["strength"]
    table = pd.DataFrame({"cost": costs, "strength": lines.sum().reindex(costs.index)})
    table["goals"] = lines.size().reindex(costs.index, fill_value=0)
    return table.sort_values(["strength", "cost"], ascending=[False, True], kind="stable", na_position="last")


def _pivot(rows: pd.DataFrame, index: str, columns: str, values: str) -> pd.DataFrame:
    floats = rows.astype({values: float})
    return floats.pivot_table(index=index, columns=columns, values=values, aggfunc="sum", fill_value=0.0)


def interest_in_goals(tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Return the sum of each partner's interests in goals, by id; who has none in a goal is left out."""
    return tables["interests"].dropna(subset=["goal"]).groupby("partner")["weight"].sum()


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

    Empty places (state ``to_be_developed``) are left out: they have no goal yet by nature.
    """
    filled = efforts[efforts["state"] != "to_be_developed"]
    return (
        filled.loc[~filled["id"].isin(network["effort"]), "title"],
        indicators.loc[~indicators["id"].isin(network["indicator"]), "title"],
    )


def beside_goals(efforts: pd.DataFrame, indicators: pd.DataFrame, network: pd.DataFrame) -> pd.DataFrame:
    """Return how many efforts each operational goal has per state: goal x state, 0 where there is none.

    Parameters: the tables ``efforts``, ``indicators`` and ``effort_indicators``. Goals in the order of
    ``indicators``; an effort counts for every goal it is linked to, whatever the strength.
    """
    linked = network.merge(efforts[["id", "state"]], left_on="effort", right_on="id")
    counts = pd.crosstab(linked["indicator"], linked["state"])
    return counts.reindex(index=indicators["id"], columns=list(STATES), fill_value=0)
