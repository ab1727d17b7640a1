"""Decisions: in which state the efforts were on a day, and what was decided, by whom."""

from __future__ import annotations

import datetime as dt
import re

import numpy as np
import pandas as pd

from binnenstad.efforts.network import PLACES
from binnenstad.goals.history import agreed
from binnenstad.goals.values import lookup
from binnenstad.programme.checked import Moment, Programme

BEGUN = ("running", "done", "stopped")
ADMITTED = ("effort_added", "scope")  # subjects by which an effort comes into the programme


def efforts_on(efforts: pd.DataFrame, decisions: pd.DataFrame, as_of: pd.Timestamp) -> pd.DataFrame:
    """Return the efforts in the state that was agreed on a day, by id.

    Parameters: the tables of the contract as known then: ``Programme.known_by`` leaves out what was added later.
    """
    return agreed(efforts, "effort", decisions, as_of).sort_values("id", ignore_index=True)


def decision_log(decisions: pd.DataFrame, as_of: pd.Timestamp, scope_body: str) -> pd.DataFrame:
    """Return the decisions taken up to a day, the last first, with what is amiss as ``finding``.

    ``other_body``: the scope was changed, or an effort added, by others than ``scope_body``, alone or beside another
    body (empty: nobody was named, and nothing is amiss); ``no_amount``: a decision on the budget that names no amount;
    else empty.
    """
    known = decisions[decisions["date"] <= as_of].sort_values(
        ["date", "subject", "effort", "indicator", "body"], ascending=False, ignore_index=True
    )
    taken = known["body"].map(_bodies).str.contains(_bodies(scope_body), regex=False)
    other = known["subject"].isin(ADMITTED) & ~taken & bool(scope_body)
    amount = pd.to_numeric(known["new"].str.replace(",", "."), errors="coerce")
    wrong = [other, (known["subject"] == "budget") & amount.isna()]
    return known.assign(finding=np.select(wrong, ["other_body", "no_amount"], ""))


def _bodies(text: str) -> str:
    """Return the bodies in a text, each between commas, so that one is found in it and no part of a word is."""
    return f",{re.sub(' *, *| (en|and) ', ',', text.lower())},"


def last_told(efforts: pd.DataFrame, log: pd.DataFrame, start: dt.date) -> pd.Series:
    """Return when each state was last told: by a decision, else its publication, else the start of the programme."""
    made = log[log["subject"] == "state"].groupby("effort")["date"].max()
    return lookup(made, efforts["id"]).fillna(efforts["published"]).fillna(pd.Timestamp(start))


def work_at(data: Programme, moment: Moment) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the efforts of a programme at a moment, with when their state was ``told``, and its ``decision_log``.

    Kinds of cost are left out: they are no efforts.
    """
    log = decision_log(data["decisions"], moment.as_of, data.scope_body)
    efforts = efforts_on(data["efforts"].query("kind != 'cost_type'"), data["decisions"], moment.as_of)
    return efforts.assign(told=last_told(efforts, log, data.start)), log


def loose_ends(efforts: pd.DataFrame, log: pd.DataFrame, start: dt.date, today: pd.Timestamp) -> pd.DataFrame:
    """Return the efforts that are at odds with their decisions or their days: ``finding``, ``id`` and ``start``.

    ``undecided``: it began after the start of the programme without a decision that admits it, and ``added``: it was
    made known after the start without one; ``ended``: its planned end is over while nothing says that it is done. An
    agreement alone is no beginning, whatever its planned start. Parameters: ``efforts`` as agreed on the day, ``log``
    from ``decision_log``; ``start`` of the programme; the day that is ``today`` (``Moment.today``).
    """
    admitted, first = efforts["id"].isin(log.loc[log["subject"].isin(ADMITTED), "effort"]), pd.Timestamp(start)
    begun = (efforts["start"] > first) & (efforts["start"] <= today) & efforts["state"].isin(BEGUN)
    rows = {
        "undecided": begun & ~admitted,
        "added": (efforts["published"] > first) & ~efforts["state"].isin(PLACES) & ~begun & ~admitted,
        "ended": (efforts["end"] < today) & efforts["state"].isin(["agreed", "running"]),
    }
    return pd.concat([efforts.loc[holds, ["id", "start"]].assign(finding=name) for name, holds in rows.items()])


def amounts_undecided(budget: pd.DataFrame, log: pd.DataFrame) -> pd.DataFrame:
    """Return amended amounts of which no decision is on record: ``finding`` (``no_decision``) and ``id`` of the effort.

    Parameters: ``budget`` as known on the day (``Programme.known_by``), in which a decision on the budget of an effort
    is an amended row of its year; ``log`` of ``decision_log``.
    """
    made, amended = log[log["subject"] == "budget"], budget[budget["state"] == "amended"]
    decided = set(zip(made["effort"], made["effective"].dt.year, strict=True))
    pairs = zip(amended["effort"], amended["year"], strict=True)
    found = sorted({effort for effort, year in pairs if (effort, year) not in decided})
    return pd.DataFrame({"finding": "no_decision", "id": found})


def stopped_before(efforts: pd.DataFrame, log: pd.DataFrame, first: pd.Timestamp) -> pd.Series:
    """Return which efforts had stopped before a day: by the last decision that stopped them, else by their end."""
    stops = log[(log["subject"] == "state") & (log["new"] == "stopped")].drop_duplicates("effort")
    when = lookup(stops.set_index("effort")["date"], efforts["id"]).fillna(efforts["end"])
    stopped: pd.Series = (efforts["state"] == "stopped") & ~(when >= first)
    return stopped
