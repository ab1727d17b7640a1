"""The network of goals, efforts and partners: who benefits from which effort."""

from __future__ import annotations

import pandas as pd


def beneficiary_weights(
    efforts: pd.Index, interests: pd.DataFrame, network: pd.DataFrame, goal_of: pd.Series
) -> pd.DataFrame:
    """Return how heavily each partner benefits from each effort: effort x partner, 0 where not at all.

    An effort with interests of its own uses those. Any other gets them through its goals: the
    strength of each line to an indicator times the partner's interest in that indicator's goal,
    each goal's interests first scaled to sum to 1 so that no goal counts double for having more
    partners. Rows of efforts without either are all 0.

    Parameters: ``efforts`` the ids asked for; the tables ``interests`` and ``effort_indicators``
    of the contract; ``goal_of`` the goal per indicator id. Partners in order of their id.
    """
    partners = sorted(interests["partner"].unique())
    own = interests.dropna(subset=["effort"]).pivot_table(
        index="effort", columns="partner", values="weight", aggfunc="sum", fill_value=0.0
    )
    by_goal = interests.dropna(subset=["goal"]).pivot_table(
        index="goal", columns="partner", values="weight", aggfunc="sum", fill_value=0.0
    )
    by_goal = by_goal.div(by_goal.sum(axis=1), axis=0)
    strength = network.assign(goal=goal_of.reindex(network["indicator"]).to_numpy()).pivot_table(
        index="effort", columns="goal", values="strength", aggfunc="sum", fill_value=0.0
    )
    shared = [goal for goal in strength.columns if goal in by_goal.index]
    through = strength[shared].dot(by_goal.loc[shared]) if shared else pd.DataFrame(index=strength.index)
    weights = through.reindex(index=efforts, columns=partners).astype(float).fillna(0.0)
    weights.update(own.reindex(columns=partners, fill_value=0.0))
    return weights


def unlinked(efforts: pd.DataFrame, indicators: pd.DataFrame, network: pd.DataFrame) -> tuple[pd.Series, pd.Series]:
    """Return the titles of efforts without a goal and of operational goals without an effort.

    Empty places (state ``to_be_developed``) are left out: they have no goal yet by nature.
    """
    filled = efforts[efforts["state"] != "to_be_developed"]
    return (
        filled.loc[~filled["id"].isin(network["effort"]), "title"],
        indicators.loc[~indicators["id"].isin(network["indicator"]), "title"],
    )
