"""Findings: everything in the tables that does not fit together, each of them a question to talk about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from binnenstad.efforts.decisions import amounts_undecided

# the table with the name of what a finding is about, if that is no effort
TABLE = {"no_measure": "risks", "past_due": "risks", "no_risk_named": "goals"}


def gather(
    parts: Sequence[pd.DataFrame], begun: pd.DataFrame, budget: pd.DataFrame, log: pd.DataFrame,
    names: Mapping[str, pd.Series],
) -> pd.DataFrame:  # fmt: skip
    """Return all findings with what each is about: ``finding``, ``id`` and ``name``, in order of the last.

    Parameters: ``parts`` from ``risks.unguarded`` and ``scope.contradictions``; ``begun`` of
    ``decisions.begun_undecided``, found as ``undecided``; ``budget`` as known on the day, for
    ``decisions.amounts_undecided``; ``log`` of ``decisions.decision_log``, of which ``other_body`` is found once, about
    nothing in particular; ``names`` by table and id.
    """
    undecided = pd.DataFrame({"finding": "undecided", "id": begun["id"]})
    other = log.loc[log["finding"] == "other_body", ["finding"]].drop_duplicates()
    amounts = amounts_undecided(budget, log)
    found = pd.concat([*parts, undecided, amounts, other.assign(id="")], ignore_index=True)
    titles = {table: dict(own) | {"": ""} for table, own in names.items()}
    pairs = zip(found["finding"], found["id"], strict=True)
    found["name"] = [titles[TABLE.get(finding, "efforts")][id] for finding, id in pairs]
    return found.sort_values(["finding", "name", "id"], ignore_index=True)
