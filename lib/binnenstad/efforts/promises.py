"""Promises: what the goals say in words that will be so, and whether anybody measures it."""

from __future__ import annotations

from collections.abc import Collection

import numpy as np
import pandas as pd


def promises(claims: pd.DataFrame, measured: Collection[str]) -> pd.DataFrame:
    """Return each promise once: ``goal``, ``id``, ``text``, its ``indicators`` and its ``state``.

    Parameters: the table ``claims``, in which a promise with several operational goals has a row for each;
    ``measured`` the operational goals of which a figure was known. ``state`` is ``measured``, ``no_figure`` (there is
    an operational goal, but no figure yet) or ``not_measured``. In order of goal and id; empty in, empty out.

    >>> claims = pd.DataFrame({"id": ["shops", "shops", "sport"], "goal": ["2", "2", "3"],
    ...                        "text": ["winkels", "winkels", "sport"], "indicator": ["2a", "2b", None]})
    >>> promises(claims, {"2b"})[["id", "state"]].to_numpy().tolist()
    [['shops', 'measured'], ['sport', 'not_measured']]
    """
    rows = claims.assign(figure=claims["indicator"].isin(measured)).sort_values(["goal", "id", "indicator"])
    found = rows.groupby(["goal", "id"], as_index=False).agg({"text": "first", "indicator": list, "figure": "any"})
    found["indicators"] = [[one for one in own if pd.notna(one)] for own in found.pop("indicator")]
    states = [found["figure"].astype(bool), found["indicators"].map(bool).astype(bool)]
    return found.assign(state=np.select(states, ["measured", "no_figure"], "not_measured"))
