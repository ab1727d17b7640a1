"""The nucleolus: the division under which the worst-off group is as well off as can be, then the next.

A group of n players is a number: it holds player i if bit i is set, so 0 is nobody and 2^n - 1 everybody.
A sequence of linear programmes, max t with x(S) + t <= c(S) for every group S whose x(S) is still open
(Maschler, Peleg and Shapley 1979; Fromen 1997). Only groups found to be violated are in the programme. Those with
a positive dual are tight in every optimum, so their x(S) is settled; groups that depend linearly on settled
ones are settled too, which rank decides.
"""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import null_space
from scipy.optimize import linprog

Amounts = NDArray[np.float64]
Groups = NDArray[np.intp]
# amounts are scaled to at most 1: what is nearer than this is equal
CLOSE = 1e-9
SOLVER = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def subset_sums(amounts: Amounts) -> Amounts:
    """Return x(S) of all 2^n groups S by doubling, from one amount per player.

    >>> subset_sums(np.array([1.0, 2.0, 4.0])).tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    """
    out = np.zeros(1 << len(amounts))
    for at, amount in enumerate(amounts):
        out[1 << at : 2 << at] = out[: 1 << at] + amount
    return out


def coalition_costs(costs: pd.Series, weights: pd.DataFrame) -> Amounts:
    """Return what every group of beneficiaries would pay alone [EUR]: all efforts somebody in it benefits from.

    Parameters: ``costs`` [EUR] per effort, ``weights`` effort x beneficiary (above 0: benefits), in the same order.

    >>> costs = pd.Series({"parking": 300.0, "greening": 50.0})
    >>> uses = pd.DataFrame({"shops": [1, 0], "residents": [1, 1]}, index=costs.index)
    >>> coalition_costs(costs, uses).tolist()
    [0.0, 300.0, 350.0, 350.0]
    """
    count = len(weights.columns)
    users = (weights.to_numpy() > 0) @ (1 << np.arange(count))
    # first what every group costs if only efforts wholly inside it count; the rest of all costs is of who is outside
    inside = np.bincount(users, weights=costs, minlength=1 << count)
    for at in range(count):
        halves = inside.reshape(-1, 2, 1 << at)
        halves[:, 1] += halves[:, 0]
    alone: Amounts = inside[-1] - inside[::-1]
    return alone


def nucleolus(costs: Amounts) -> Amounts:
    """Divide the cost of everybody by the nucleolus [EUR], one share per player.

    ``costs`` of all 2^n groups; gains count as negative costs. Nobody is held to its cost alone: wherever there
    is a division no group could complain of, as for the costs of efforts, the nucleolus exceeds no such cost.

    >>> nucleolus(np.array([0.0, 6.0, 4.0, 8.0])).round(6).tolist()
    [5.0, 3.0]
    """
    count, everybody = len(costs).bit_length() - 1, len(costs) - 1
    scale = float(np.abs(costs).max()) or 1.0
    settled, amounts = np.ones((1, count)), np.array([costs[-1] / scale])
    single = 1 << np.arange(count)
    # with a group the others: together they bound t
    known: Groups = np.unique([single, everybody ^ single])
    while len(settled) < count:
        x, tight, known = _worst_off(costs / scale, settled, amounts, known)
        for row in _rows(tight, count):
            if np.linalg.matrix_rank(np.vstack([settled, row])) > len(settled):
                settled, amounts = np.vstack([settled, row]), np.append(amounts, row @ x)
    shares: Amounts = np.linalg.solve(settled, amounts) * scale
    return shares


def _worst_off(costs: Amounts, settled: Amounts, amounts: Amounts, known: Groups) -> tuple[Amounts, Groups, Groups]:
    """Return the best shares for the worst-off open group, the groups tight in every optimum, and those known."""
    count, everybody, is_open = settled.shape[1], len(costs) - 1, _are_open(settled)
    known = known[is_open[known]]
    while True:
        x, t, duals = _optimum(_rows(known, count), costs[known], settled, amounts)
        slack = np.where(is_open, costs - subset_sums(x) - t, np.inf)
        worst = np.argpartition(slack, count)[:count]
        violated = worst[slack[worst] < -CLOSE]
        if not len(violated):
            return x, known[duals > CLOSE], known
        known = np.union1d(known, [violated, everybody ^ violated])


def _optimum(rows: Amounts, costs: Amounts, settled: Amounts, amounts: Amounts) -> tuple[Amounts, float, Amounts]:
    """Return x and the largest t with x(S) + t <= c(S) in every row, and the dual of each row."""
    answer = linprog(
        np.append(np.zeros(settled.shape[1]), -1.0),
        A_ub=np.column_stack([rows, np.ones(len(rows))]),
        b_ub=costs,
        A_eq=np.column_stack([settled, np.zeros(len(settled))]),
        b_eq=amounts,
        bounds=(None, None),
        method="highs-ds",
        options=SOLVER,
    )
    if answer.x is None:
        raise RuntimeError(f"the linear programme of the nucleolus was not solved: {answer.message}")
    return answer.x[:-1], float(answer.x[-1]), -answer.ineqlin.marginals


def _are_open(settled: Amounts) -> NDArray[np.bool_]:
    """Return which of all groups do not depend linearly on the settled ones.

    They are those not at right angles to the null space; two random directions in it find them,
    for both to miss one by chance takes a number below 1e-9 twice.
    """
    space, random = null_space(settled), np.random.default_rng(0)
    one, other = (np.abs(subset_sums(space @ random.normal(size=space.shape[1]))) > CLOSE for _ in range(2))
    return one | other


def _rows(groups: Groups, count: int) -> Amounts:
    """Return groups as rows with 1 for who is in them."""
    return (groups[:, None] >> np.arange(count) & 1).astype(float)
