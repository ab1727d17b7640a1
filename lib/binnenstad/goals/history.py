"""History: what each earlier report said about a goal, and what changed since the previous one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from binnenstad.goals.assess import assess_known
from binnenstad.goals.values import known_values, series
from binnenstad.programme.checked import Moment

CHANGE = ["kind", "indicator", "effort", "subject", "date", "old", "new", "body", "reason"]


def agreed(table: pd.DataFrame, of: str, decisions: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return a table as it was agreed on a day: what was decided later is undone.

    Parameters: ``table`` (``indicators`` or ``efforts``) with its ``id``; ``of`` the column of
    ``decisions`` that names its rows (``indicator`` or ``effort``); ``as_of`` the day. Decisions on anything that
    is no column of the table (scope, budget, control limits) change nothing.
    """
    later = decisions[decisions["date"] > as_of].dropna(subset=[of])
    # of decisions on one day the row below is the later one, so it is undone first
    undo = later[later["subject"].isin(table.columns)].sort_values("date", kind="stable").iloc[::-1]
    then = table.copy()
    for _, decision in undo.iterrows():
        column = then[decision["subject"]]
        # both 2,5 and 2.5 are numbers, and an empty cell is missing
        old = pd.Series([decision["old"]], dtype="str").str.replace(",", ".").astype(column.dtype)
        then[decision["subject"]] = column.mask(then["id"] == decision[of], old.iloc[0])
    return then


def history(
    indicators: pd.DataFrame, measurements: pd.DataFrame, decisions: pd.DataFrame, moments: Sequence[Moment]
) -> pd.DataFrame:
    """Return the assessment of every goal at every moment, as it was known and agreed then.

    Parameters: the tables of the contract; ``moments`` from old to new. Returns the rows of ``goals.assess``
    with ``period`` in front: each moment's goals in their order, the last being the present.
    """
    # one assessment of all moments at once costs hardly more than one moment
    then, known = [], []
    for number, moment in enumerate(moments):
        table = agreed(indicators, "indicator", decisions, moment.as_of)
        values = known_values(measurements, moment.reference, moment.as_of)
        table.insert(0, "period", [moment.period] * len(table))
        then.append(table.assign(name=table["id"], id=table["id"] + f"@{number}", reference=moment.reference))
        known.append(values.assign(indicator=values["indicator"] + f"@{number}"))
    found = assess_known(pd.concat(then, ignore_index=True), pd.concat(known, ignore_index=True))
    found["id"] = found.pop("name")
    return found


def changes(
    past: pd.DataFrame, measurements: pd.DataFrame, decisions: pd.DataFrame, moments: Sequence[Moment]
) -> pd.DataFrame:
    """Return what changed between the last two moments, one row per change, in the order a reader wants it.

    Parameters: ``past`` from ``history`` of the same moments; of a single moment nothing changed. ``kind`` is
    ``decision`` (``subject``, ``body``, ``reason``), ``status`` (a verdict that moved), ``revised`` (another
    value for a ``date`` that was known before) or ``measured`` (a value that is new); ``old`` and ``new`` hold
    what it was and is.
    """
    if len(moments) < 2:
        return pd.DataFrame(columns=CHANGE)
    before, now = moments[-2:]
    decided = decisions[(decisions["date"] > before.as_of) & (decisions["date"] <= now.as_of)]
    made = decided.assign(kind="decision").sort_values("date", kind="stable")
    found = [made, _moved(past, before, now), _values(past, measurements, before, now)]
    return pd.concat([rows.reindex(columns=CHANGE).astype(object) for rows in found], ignore_index=True)


def _moved(past: pd.DataFrame, before: Moment, now: Moment) -> pd.DataFrame:
    old, new = (past[past["period"] == moment.period].set_index("id")["status"] for moment in (before, now))
    table = pd.DataFrame({"old": old.reindex(new.index), "new": new}).dropna()
    return table[table["old"] != table["new"]].assign(kind="status").reset_index(names="indicator")


def _values(past: pd.DataFrame, measurements: pd.DataFrame, before: Moment, now: Moment) -> pd.DataFrame:
    """Return the values that were revised, and then the new ones; what rests on too few answers is shown nowhere."""
    goals = past[past["period"] == now.period]
    known = (series(goals, measurements, at.reference, at.as_of) for at in (before, now))
    old, new = (values.set_index(["indicator", "date"])["value"] for values in known)
    both = pd.DataFrame({"old": old.reindex(new.index), "new": new}).reset_index()
    both["kind"] = np.select([both["old"].isna(), both["old"] != both["new"]], ["measured", "revised"], "")
    return both[both["kind"] != ""].sort_values("kind", ascending=False, kind="stable")
