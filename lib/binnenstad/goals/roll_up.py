"""Roll-up: from operational goals to strategic goals and the programme, without hiding what is unknown."""

from __future__ import annotations

import pandas as pd

from binnenstad.goals.status import UNKNOWN

ENOUGH = 2 / 3  # of the weight must be known before a mean says something


def attainment_mean(assessed: pd.DataFrame, goals: pd.DataFrame) -> pd.DataFrame:
    """Return the weighted mean of attainment, per strategic goal and for the programme.

    Attainment is clipped to [0, 1]; a goal that is met counts as 1, a norm that is broken as 0. Hidden
    (NaN) where less than two thirds of the weight is known. Within a strategic goal the weights of its
    indicators hold, in the programme those of the strategic goals; all equal where none is given.

    Parameters: the result of ``assess`` and the table ``goals``. Returns ``mean`` and ``known`` (the share
    of the weight that is known) [1], a row per strategic goal with indicators and one ``programme``; no rows
    for a programme that gives no weights: then nobody asked for a mean.
    """
    if assessed["weight"].isna().all() and goals["weight"].isna().all():
        return pd.DataFrame(columns=["mean", "known"], dtype=float)
    part = assessed["status"].map({"met": 1.0, "norm_broken": 0.0}).fillna(assessed["attainment"].clip(0, 1))
    # an older value says how far the goal was, not how far it is
    part = part.mask(assessed["status"].isin(UNKNOWN))
    own = assessed["weight"].astype(float).fillna(1.0)
    outer = goals.set_index("id")["weight"].astype(float).fillna(1.0)
    # each strategic goal weighs what it was given, however many indicators it has
    scaled = own / own.groupby(assessed["goal"]).transform("sum") * assessed["goal"].map(outer)
    table = pd.DataFrame({"of": assessed["goal"], "weight": own, "part": part})
    table = pd.concat([table, table.assign(of="programme", weight=scaled)])
    table["known"] = table["weight"].where(table["part"].notna(), 0.0)
    table["sum"] = table["weight"] * table["part"]
    order = [*goals.loc[goals["id"].isin(assessed["goal"]), "id"], "programme"]
    sums = table.groupby("of")[["weight", "known", "sum"]].sum().loc[order]
    known = (sums["known"] / sums["weight"]).clip(upper=1.0)
    return pd.DataFrame({"mean": (sums["sum"] / sums["known"]).where(known >= ENOUGH - 1e-9), "known": known})
