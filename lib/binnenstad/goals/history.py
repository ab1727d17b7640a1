"""History: what each earlier report said about a goal, and what changed since the previous one."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import pandas as pd

from binnenstad.goals.assess import assess_known
from binnenstad.goals.status import as_said
from binnenstad.goals.values import known_values, series
from binnenstad.programme.checked import Moment

PROMISE = ["target_value", "target_kind", "target_date", "baseline_value", "baseline_date"]
CHANGE = ["kind", "indicator", "effort", "subject", "date", "old", "new", "body", "reason"]


def agreed(table: pd.DataFrame, of: str, decisions: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return a table as it was agreed on a day: what was decided later is undone.

    So is what was decided on a goal after its target date, but for a decision that gave it a target date still to come:
    no verdict on a date changes afterwards. Parameters: ``table`` (``indicators`` or ``efforts``) with its ``id``;
    ``of`` the column of ``decisions`` that names its rows (``indicator`` or ``effort``); ``as_of`` the day. Decisions
    on anything that is no column of the table (scope, budget, control limits) change nothing.
    """
    own = decisions[decisions["subject"].isin(table.columns)].dropna(subset=[of])
    then = table.copy()
    # of decisions on one day the row below is the later one, so it is undone first
    for _, decision in own.sort_values("date", kind="stable").iloc[::-1].iterrows():
        due = then.loc[then["id"] == decision[of], "target_date"] if "target_date" in then else pd.Series()
        if decision["date"] <= min([as_of, *due.dropna()]):
            continue
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
    with their ``period``: each moment's goals in their order, the last being the present; ``status`` is as it may be
    said (``status.as_said``). Columns ``original_...`` hold the goal as first agreed where a decision has changed it,
    judged at the same moment, and who changed it last and when; missing elsewhere.
    """
    # one assessment of all moments at once costs hardly more than one moment
    then, known, first = [], [], agreed(indicators, "indicator", decisions, pd.Timestamp.min)
    for number, moment in enumerate(moments):
        table = agreed(indicators, "indicator", decisions, moment.as_of)
        values = known_values(measurements, moment.reference, moment.as_of)
        other = first.loc[first[PROMISE].compare(table[PROMISE]).index].dropna(subset=["target_value"])
        other = other.join(_last_change(decisions, table, moment), on="id")
        for rows, name in [(table, f"@{number}"), (other, f"@{number}first")][: 1 + bool(len(other))]:
            own = values[values["indicator"].isin(rows["id"])]
            period = pd.Series([moment.period] * len(rows), rows.index)
            dated = rows.assign(period=period, reference=moment.reference, first=rows is other)
            then.append(dated.assign(name=rows["id"], id=rows["id"] + name))
            known.append(own.assign(indicator=own["indicator"] + name))
    found = assess_known(pd.concat(then, ignore_index=True), pd.concat(known, ignore_index=True))
    found["status"], is_first = as_said(found), found.pop("first")
    originals = found[is_first].set_index(found["id"].str.removesuffix("first")[is_first]).add_prefix("original_")
    found = found[~is_first].join(originals, on="id").reset_index(drop=True).copy()
    found["id"] = found.pop("name")
    return found


def _last_change(decisions: pd.DataFrame, goals: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    """Return by the id of a goal when and by whom its promise was last changed, of what holds at a moment."""
    made = decisions[decisions["subject"].isin(PROMISE) & (decisions["date"] <= moment.as_of)]
    made = made.merge(goals[["id", "target_date"]], left_on="indicator", right_on="id")
    made = made[made["date"] <= made["target_date"]].sort_values("date", kind="stable")
    last = made.drop_duplicates("id", keep="last").set_index("id")
    return last[["date", "body"]].set_axis(["changed_on", "changed_by"], axis=1)


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
