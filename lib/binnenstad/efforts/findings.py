"""Findings: everything in the tables that does not fit together, each of them a question to talk about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from binnenstad.efforts.decisions import amounts_undecided

# the table with the name of what a finding is about, if that is no effort
TABLE = {"no_measure": "risks", "past_due": "risks", "no_risk_named": "goals"}


def gather(
    parts: Sequence[pd.DataFrame], budget: pd.DataFrame, log: pd.DataFrame, names: Mapping[str, pd.Series]
) -> pd.DataFrame:
    """Return all findings with what each is about: ``finding``, ``id`` and ``name``, in order of the last.

    Parameters: ``parts`` from ``decisions.loose_ends``, ``risks.unguarded`` and ``scope.contradictions``; ``budget`` as
    known on the day, for ``decisions.amounts_undecided``; ``log`` of ``decisions.decision_log``, of which
    ``other_body`` is found once, about nothing in particular; ``names`` by table and id. A goal is named with its id.
    """
    other = log.loc[log["finding"] == "other_body", ["finding"]].drop_duplicates()
    found = pd.concat([*parts, amounts_undecided(budget, log), other.assign(id="")], ignore_index=True)
    titles = {table: dict(own) | {"": ""} for table, own in names.items()}
    titles["goals"] = {id: f"{id} ‘{title}’" for id, title in titles.get("goals", {}).items()}
    pairs = zip(found["finding"], found["id"], strict=True)
    found["name"] = [titles[TABLE.get(finding, "efforts")][id] for finding, id in pairs]
    return found[["finding", "id", "name"]].sort_values(["finding", "name", "id"], ignore_index=True)
