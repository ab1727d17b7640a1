"""What each goal gets for its money: which efforts are outdone by another one for the same goal."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from binnenstad.efforts.network import PLACES

WEAKEST, STRONGEST = 1, 3
# what an estimate may be off, and how often: a judgement, said in the report (docs/method.md)
STEPS, CHANCES = (-1, 0, 1), (0.25, 0.5, 0.25)

Floats = NDArray[np.float64]


def compare_efforts(
    efforts: pd.DataFrame, lines: pd.DataFrame, costs: pd.Series, draws: int = 1000, seed: int = 0
) -> pd.DataFrame:
    """Return per operational goal its efforts, and whether another one for that goal outdoes them.

    One effort outdoes another if it contributes at least as much by estimate and costs at most as much, and is strictly
    better in one of the two. Every goal is judged alone: strengths for different goals are never added up.

    Parameters: the tables ``efforts`` (empty places and kinds of cost are passed over) and ``effort_indicators``;
    ``costs`` [EUR] per effort id. Returns a row per line of the network, by goal, strongest first and then cheapest:
    ``indicator``, ``effort``, ``strength`` (1 to 3), ``cost`` [EUR], ``several`` (it serves other goals too, and
    counts whole for each), ``undominated``, and ``kept``: in which share of ``draws`` [1] it stays so if every strength
    is moved by -1, 0 or 1 (chances 1/4, 1/2, 1/4; kept within 1 to 3). An effort of unknown cost, or the only one of
    known cost for its goal, has nothing to be compared with: ``kept`` is missing, ``undominated`` false.
    """
    work = efforts.loc[~efforts["state"].isin(PLACES) & (efforts["kind"] != "cost_type"), "id"]
    table = lines.loc[lines["effort"].isin(work), ["indicator", "effort", "strength"]]
    table = table.assign(cost=table["effort"].map(costs).astype(float))
    order = ["indicator", "strength", "cost", "effort"]
    table = table.sort_values(order, ascending=[True, False, True, True], ignore_index=True)
    table = table.assign(several=table["effort"].duplicated(keep=False), undominated=False, kept=np.nan)
    random = np.random.default_rng(seed)
    for _, own in table.dropna(subset=["cost"]).groupby("indicator"):
        if len(own) > 1:
            strength, cost = own["strength"].to_numpy(dtype=float), own["cost"].to_numpy()
            moved = strength + random.choice(STEPS, (draws, len(own)), p=CHANCES)
            table.loc[own.index, "undominated"] = undominated(strength[None], cost)[0]
            table.loc[own.index, "kept"] = undominated(moved.clip(WEAKEST, STRONGEST), cost).mean(axis=0)
    return table


def undominated(strength: Floats, cost: Floats) -> NDArray[np.bool_]:
    """Return which options no other one outdoes: draw x option.

    Parameters: ``strength`` draw x option, more is better; ``cost`` per option, less is better.

    >>> undominated(np.array([[3.0, 2.0, 1.0]]), np.array([60.0, 300.0, 15.0])).tolist()
    [[True, False, True]]
    """
    one, other = strength[:, :, None], strength[:, None, :]
    cheaper, dearer = cost[None, :] < cost[:, None], cost[None, :] > cost[:, None]
    kept: NDArray[np.bool_] = ((other < one) | dearer | ((other == one) & ~cheaper)).all(axis=2)
    return kept
