"""Roles: who leads the efforts, and how much of the money goes to what others lead."""

from __future__ import annotations

import pandas as pd

from binnenstad.efforts.network import PLACES

ALL = "programme"
NO_TRACK = ""


def leads(efforts: pd.DataFrame, partners: pd.DataFrame, costs: pd.Series) -> pd.DataFrame:
    """Return how many efforts and how much money others than the municipality lead, per track and in all.

    Parameters: the tables ``efforts`` and ``partners``; ``costs`` [EUR] per effort id, no row being nothing. What
    nobody has agreed to counts nowhere. Rows: the tracks by id, ``""`` for efforts without one, ``programme``; columns
    ``efforts``, ``others``, ``private`` (part of ``others``), ``unknown`` (no lead, or a partner of unknown kind) and
    ``no_lead`` (part of ``unknown``), and the same with ``_eur``.
    """
    work = efforts[~efforts["state"].isin(PLACES)]
    kind = work["lead_partner"].map(partners.set_index("id")["kind"])
    money = work["id"].map(costs).fillna(0.0)
    table = pd.DataFrame({"track": work["track"].fillna(NO_TRACK)})
    of_kind = {
        "efforts": kind.isna() | kind.notna(), "others": kind.notna() & (kind != "municipality"),
        "private": kind == "private", "unknown": kind.isna(), "no_lead": work["lead_partner"].isna(),
    }  # fmt: skip
    for name, holds in of_kind.items():
        table[name], table[f"{name}_eur"] = holds.astype(int), money.where(holds, 0.0)
    per_track = table.groupby("track").sum().sort_index(key=lambda ids: ids.where(ids != NO_TRACK, "~"))
    return pd.concat([per_track, per_track.sum().to_frame(ALL).T])


def majority(part: float, unknown: float, whole: float) -> bool | None:
    """Return whether a part is more than half of a whole, of which some is unknown; None if that cannot be told.

    >>> majority(11, 2, 20), majority(1, 2, 18), majority(8, 5, 20)
    (True, False, None)
    """
    if part > whole / 2:
        return True
    return False if part + unknown <= whole / 2 else None
