"""Promises: what the goals say in words that will be so, and whether anybody measures it."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd


def promises(claims: pd.DataFrame, assessed: pd.DataFrame) -> pd.DataFrame:
    """Return each promise once: ``goal``, ``id``, ``text``, its ``indicators``, its ``state``, and ``example``.

    Parameters: the table ``claims``, in which a promise with several operational goals has a row for each; the
    operational goals ``assessed``, with their ``value`` if a figure was known. ``state`` is ``measured``, ``no_figure``
    (there is an operational goal, but no figure yet) or ``not_measured``; ``example`` is true of a promise of which
    every figure is illustrative. In order of goal and id; empty in, empty out.

    >>> claims = pd.DataFrame({"id": ["shops", "shops", "sport"], "goal": ["2", "2", "3"],
    ...                        "text": ["winkels", "winkels", "sport"], "indicator": ["2a", "2b", None]})
    >>> assessed = pd.DataFrame({"id": ["2a", "2b"], "value": [None, 6000.0], "illustrative": [False, True]})
    >>> promises(claims, assessed)[["id", "state", "example"]].to_numpy().tolist()
    [['shops', 'measured', True], ['sport', 'not_measured', False]]
    """
    known = assessed.dropna(subset=["value"])
    real = known.loc[~known["illustrative"], "id"]
    rows = claims.assign(figure=claims["indicator"].isin(known["id"]), real=claims["indicator"].isin(real))
    kept: dict[str, Any] = {"text": "first", "indicator": list, "figure": "any", "real": "any"}
    found = rows.sort_values(["goal", "id", "indicator"]).groupby(["goal", "id"], as_index=False).agg(kept)
    found["indicators"] = [[one for one in own if pd.notna(one)] for own in found.pop("indicator")]
    states = [found["figure"].astype(bool), found["indicators"].map(bool).astype(bool)]
    found["example"] = states[0] & ~found.pop("real").astype(bool)
    return found.assign(state=np.select(states, ["measured", "no_figure"], "not_measured"))
