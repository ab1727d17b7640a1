"""Scope: does an effort meet the criteria for the programme, and does that agree with the rest of the tables?"""

from __future__ import annotations

import numpy as np
import pandas as pd

from binnenstad.efforts.network import PLACES
from binnenstad.programme.as_of import known_at

JUDGED = ("yes", "partly", "no")


def last_tests(tests: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return of the table ``scope_tests`` the last test of each effort against each criterion that a day knows."""
    return known_at(tests, as_of, ["effort", "criterion"])


def outcomes(efforts: pd.DataFrame, criteria: pd.DataFrame, known: pd.DataFrame) -> pd.DataFrame:
    """Return per effort whether it meets the criteria: ``passes``, ``fails``, ``undecided`` or ``untested``.

    It passes if a criterion of the goals and one of the course have a yes; it fails if every criterion of one of these
    two kinds was judged and none has a yes. ``partly`` is no yes; a kind without criteria asks nothing.
    Parameters: the tables of the contract, ``known`` of ``last_tests``. Returns, indexed by effort that was agreed:
    ``outcome`` (empty where there are no criteria), ``yes`` and ``no`` (a criterion of the goals has that verdict),
    and ``illustrative``.
    """
    kinds = criteria.set_index("id")["kind"]
    ids = pd.Index(efforts.loc[~efforts["state"].isin(PLACES), "id"], name="effort")
    judged = known.assign(kind=known["criterion"].map(kinds))
    passes, fails = np.ones(len(ids), dtype=bool), np.zeros(len(ids), dtype=bool)
    for kind in kinds.unique():
        own = judged[judged["kind"] == kind]
        yes = ids.isin(own.loc[own["verdict"] == "yes", "effort"])
        count = own.loc[own["verdict"].isin(JUDGED), "effort"].value_counts().reindex(ids, fill_value=0)
        passes, fails = passes & yes, fails | (~yes & (count == (kinds == kind).sum()).to_numpy())
    states = [np.full(len(ids), criteria.empty), ~ids.isin(known["effort"]), passes, fails]
    table = pd.DataFrame({"outcome": np.select(states, ["", "untested", "passes", "fails"], "undecided")}, index=ids)
    for verdict in ("yes", "no"):
        of_goals = judged[(judged["kind"] == "goal") & (judged["verdict"] == verdict)]
        table[verdict] = ids.isin(of_goals["effort"])
    return table.assign(illustrative=ids.isin(known.loc[known["illustrative"], "effort"]))


def contradictions(efforts: pd.DataFrame, tested: pd.DataFrame, lines: pd.DataFrame) -> pd.DataFrame:
    """Return where the tests of scope and the rest of the tables disagree: ``finding`` and ``id`` of the effort.

    ``yes_without_line``: a criterion of the goals has a yes, and no line of the network has strength 2 or 3;
    ``no_with_strong_line``: such a criterion has a no, and a line has strength 3; ``fails``: it is in the programme and
    does not meet the criteria; ``untested``: it is running without a test.
    Parameters: ``efforts`` as agreed on the day, ``tested`` of ``outcomes``, ``lines`` of ``effort_indicators``.
    """
    strength = lines.groupby("effort")["strength"].max().reindex(tested.index).fillna(0)
    running = tested.index.isin(efforts.loc[efforts["state"] == "running", "id"])
    rows: dict[str, pd.Series] = {
        "yes_without_line": tested["yes"] & (strength < 2),
        "no_with_strong_line": tested["no"] & (strength == 3),
        "fails": tested["outcome"] == "fails",
        "untested": (tested["outcome"] == "untested") & running,
    }
    found = [(finding, effort) for finding, holds in rows.items() for effort in holds.index[holds]]
    return pd.DataFrame(found, columns=["finding", "id"])
