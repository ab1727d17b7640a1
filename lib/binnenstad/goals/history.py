"""History: what each earlier report said about a goal, and what changed since the previous one."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from binnenstad.goals.assessment import assess_known
from binnenstad.goals.values import known_values, shown
from binnenstad.programme import Moment

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
        old = _as_column(decision["old"], column)
        then[decision["subject"]] = column.mask(then["id"] == decision[of], old)
    return then


def _as_column(text: object, column: pd.Series) -> object:
    """Return a cell of ``old`` or ``new`` as the column it speaks of holds it; empty is missing."""
    if pd.isna(text):  # type: ignore[call-overload]
        return pd.NaT if pd.api.types.is_datetime64_any_dtype(column) else None
    if pd.api.types.is_datetime64_any_dtype(column):
        return pd.Timestamp(str(text))
    return float(str(text).replace(",", ".")) if pd.api.types.is_numeric_dtype(column) else str(text)


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
        keys = table["id"] + f"@{number}"
        then.append(table.assign(name=table["id"], id=keys, number=number, reference=moment.reference))
        values = known_values(measurements, moment.reference, moment.as_of)
        known.append(values.assign(indicator=values["indicator"] + f"@{number}"))
    found = assess_known(pd.concat(then, ignore_index=True), pd.concat(known, ignore_index=True))
    periods = pd.PeriodIndex([moment.period for moment in moments])[found.pop("number")]
    found["id"] = found.pop("name")
    found.insert(0, "period", periods)
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
    found = [made, _moved(past, before, now), *_values(past, measurements, before, now)]
    return pd.concat([rows.reindex(columns=CHANGE).astype(object) for rows in found], ignore_index=True)


def _moved(past: pd.DataFrame, before: Moment, now: Moment) -> pd.DataFrame:
    old, new = (past[past["period"] == moment.period].set_index("id")["status"] for moment in (before, now))
    table = pd.DataFrame({"old": old.reindex(new.index), "new": new}).dropna()
    return table[table["old"] != table["new"]].assign(kind="status").reset_index(names="indicator")


def _values(
    past: pd.DataFrame, measurements: pd.DataFrame, before: Moment, now: Moment
) -> tuple[pd.DataFrame, pd.DataFrame]:
    keys, goals = ["indicator", "date"], past[past["period"] == now.period]
    # what rests on too few answers is shown nowhere
    old, new = (shown(known_values(measurements, at.reference, at.as_of), goals)[0] for at in (before, now))
    both = new[[*keys, "value"]].merge(old[[*keys, "value"]], on=keys, how="left", suffixes=("", "_old"))
    both = both.rename(columns={"value": "new", "value_old": "old"})
    revised = both[both["old"].notna() & (both["old"] != both["new"])]
    return revised.assign(kind="revised"), both[both["old"].isna()].assign(kind="measured")
