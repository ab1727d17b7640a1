"""The network of goals, efforts and partners: who benefits from which effort."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd


def beneficiary_weights(efforts: pd.Index, tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return how heavily each partner benefits from each effort: effort x partner, 0 where not at all.

    An effort with interests of its own uses those. Any other gets them through its goals: the
    strength of each line to an indicator times the partner's interest in that indicator's goal,
    each goal's interests first scaled to sum to 1 so that no goal counts double for having more
    partners. Rows of efforts without either are all 0.

    Parameters: ``efforts`` the ids asked for; the tables of the contract, of which ``interests``,
    ``effort_indicators`` and ``indicators`` are used. Partners come in order of their id.
    """
    interests = tables["interests"]
    partners = sorted(interests["partner"].unique())
    own, by_goal = (_pivot(interests.dropna(subset=[of]), of, "partner", "weight") for of in ("effort", "goal"))
    by_goal = by_goal.div(by_goal.sum(axis=1), axis=0)
    goal_of = tables["indicators"].set_index("id")["goal"]
    lines = tables["effort_indicators"]
    strength = _pivot(lines.assign(goal=goal_of.reindex(lines["indicator"]).to_numpy()), "effort", "goal", "strength")
    shared = strength.columns.intersection(by_goal.index)
    weights = pd.DataFrame(0.0, index=efforts.rename("effort"), columns=pd.Index(partners, name="partner", dtype="str"))
    if len(shared):
        weights.update(strength[shared].dot(by_goal.loc[shared]))
    weights.update(own.reindex(columns=partners, fill_value=0.0))
    return weights


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
