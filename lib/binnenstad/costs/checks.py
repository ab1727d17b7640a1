"""What can be held against a split: the checks on what each partner, and each group, would pay."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from scipy.optimize import Bounds, LinearConstraint, milp

from binnenstad.costs.coalitions import Game, checked_efforts, raise_faults, sums

CENT = 0.005


@dataclass(frozen=True)
class Checks:
    """What was found about one split; amounts in EUR.

    ``difference`` is what is paid less what there is to pay. ``alone`` is what partners pay beyond
    their stand-alone cost, ``group`` the group that overpays most and ``excess`` by how much (0 and
    nobody if no group does). ``subsidised`` is what partners fall short of what they add to the costs.
    """

    difference: float
    alone: pd.Series
    group: tuple[str, ...]
    excess: float
    subsidised: pd.Series


def check_game(split: pd.Series, game: Game) -> Checks:
    """Check a split [EUR] of a cost or gain game: balance, each alone, every group, and what each adds.

    Raises ``AllocationError`` naming the players without a share and the shares of who is no player.
    """
    raise_faults(_strangers(split, pd.Index(game.players)))
    x = split.reindex(list(game.players)).to_numpy(dtype=float)
    sign = 1 if game.kind == "cost" else -1
    excess = (sums(x) - game.values) * sign
    worst = int(excess[:-1].argmax())
    return Checks(
        round(float(x.sum() - game.total()), 2) + 0.0,
        _above((game.named(x) - game.alone()) * sign),
        game.members(worst) if excess[worst] > CENT else (),
        round(max(0.0, float(excess[worst])), 2),
        _above((game.marginal() - game.named(x)) * sign),
    )


def check_efforts(split: pd.Series, costs: pd.Series, weights: pd.DataFrame) -> Checks:
    """Check a split [EUR] of the costs of efforts over their beneficiaries, however many there are.

    A group alone would pay every effort somebody in it has. The group that overpays most is found
    without going through all of them: which players and efforts to take is a closure problem, whose
    linear programme has whole numbers as its optimum (Picard 1976). Payers who benefit from nothing
    would pay nothing alone. Raises ``AllocationError`` as ``coalitions.checked_efforts`` does.

    >>> costs = pd.Series({"parking": 300.0, "greening": 50.0})
    >>> uses = pd.DataFrame({"shops": [1, 0], "residents": [0, 1]}, index=costs.index)
    >>> check_efforts(pd.Series({"shops": 250.0, "residents": 100.0}), costs, uses).group
    ('residents',)
    """
    uses = checked_efforts(costs, weights) > 0
    names = uses.columns.union(split.index, sort=False)
    uses = uses.reindex(columns=names, fill_value=False)
    x = split.reindex(names).fillna(0.0)
    alone = uses.mul(costs, axis=0).sum()
    added = uses.mul(costs.where(uses.sum(axis=1) == 1, 0.0), axis=0).sum()
    group = _overpaying(x, costs, uses)
    own = float(costs[uses[list(group)].any(axis=1)].sum()) if group else 0.0
    return Checks(
        round(float(x.sum() - costs.sum()), 2) + 0.0,
        _above(x - alone),
        tuple(map(str, group)),
        round(float(x[list(group)].sum()) - own, 2),
        _above(added - x),
    )


def _overpaying(x: pd.Series, costs: pd.Series, uses: pd.DataFrame) -> tuple[str, ...]:
    """Return the group whose payments exceed its own costs most; the smallest such group, or nobody."""
    players, efforts = len(x), len(costs)
    effort, player = np.nonzero(uses.to_numpy())
    rows = np.zeros((len(effort), players + efforts))
    rows[np.arange(len(effort)), player] = 1
    rows[np.arange(len(effort)), players + effort] = -1
    # half a cent off each payment keeps out who neither pays nor costs
    gain = np.concatenate([x.to_numpy() - CENT, -costs.to_numpy(dtype=float)])
    chosen = milp(-gain, constraints=LinearConstraint(rows, ub=0), bounds=Bounds(0, 1))
    taken = np.flatnonzero(chosen.x[:players] > 0.5)
    worst = float(gain[:players][taken].sum() - costs[uses.iloc[:, taken].any(axis=1)].sum())
    return tuple(x.index[taken]) if worst > CENT else ()


def _above(amounts: pd.Series) -> pd.Series:
    found = amounts[amounts > CENT].round(2)
    return found.sort_values(ascending=False, kind="stable")


def _strangers(split: pd.Series, players: pd.Index) -> list[str]:
    faults = [f"{name} has no share; give one, 0 if it pays nothing" for name in players.difference(split.index)]
    return faults + [
        f"{name} has a share but is no player; correct the name" for name in split.index.difference(players)
    ]


def three_shares(interest: pd.Series, payment: pd.Series, say: pd.Series) -> pd.DataFrame:
    """Set interest, payment and say side by side, as shares of the whole [1] per partner.

    Each is in any unit; a partner in one of them only has 0 in the others. What is missing stays missing: the
    shares are of what is known, and a whole of 0 (no seats known) gives missing shares. Returns:
    ``interest``, ``payment``, ``say`` and ``gap``, the largest
    less the smallest of those known, largest gap first.

    >>> weights, seats = pd.Series({"city": 1, "shops": 3}), pd.Series({"city": 3, "shops": 1})
    >>> three_shares(weights, pd.Series({"city": 9, "shops": 1}), seats)["gap"].round(2).to_dict()
    {'city': 0.65, 'shops': 0.65}
    """
    parts = {"interest": interest, "payment": payment, "say": say}
    table = pd.DataFrame({name: part / part.sum() if part.sum() else part * np.nan for name, part in parts.items()})
    for name, part in parts.items():
        if part.sum():
            table[name] = table[name].where(table.index.isin(part.index), 0.0)
    table["gap"] = table.max(axis=1) - table.min(axis=1)
    return table.sort_values("gap", ascending=False, kind="stable")


def what_if(divide: Callable[[pd.Series], pd.Series], costs: pd.Series, more: float = 0.01) -> pd.DataFrame:
    """Return who would pay less if one effort cost more: a rule that rewards dearer plans.

    ``divide`` gives what each partner pays [EUR] for costs per effort; each cost in turn is raised by
    ``more`` [1]. Returns: ``effort``, ``partner`` and ``less`` [EUR], without rows if nobody gains.
    """
    now = divide(costs)
    rows = []
    for effort in costs.index:
        after = divide(costs.where(costs.index != effort, costs * (1 + more)))
        less = (now - after.reindex(now.index))[lambda change: change > 2 * CENT + 1e-9]
        rows += [(effort, partner, round(amount, 2)) for partner, amount in less.items()]
    return pd.DataFrame(rows, columns=["effort", "partner", "less"])


def share_ranges(costs: pd.Series, draws: np.ndarray, partners: pd.Index) -> pd.DataFrame:
    """Return how far each partner's share of the benefit moves with the weights.

    Parameters: ``costs`` [EUR] per effort; ``draws`` draw x effort x partner, the varied weights in
    that order. Efforts without weight in a draw are in no share. Returns per partner ``low`` and
    ``high`` [1]: the 5th and 95th percentile over the draws.
    """
    whole = draws.sum(axis=2, keepdims=True)
    paid = np.divide(draws, whole, out=np.zeros_like(draws), where=whole > 0) * costs.to_numpy()[None, :, None]
    shares = paid.sum(axis=1)
    total = shares.sum(axis=1, keepdims=True)
    shares = np.divide(shares, total, out=np.full_like(shares, np.nan), where=total > 0)
    low, high = np.quantile(shares, [0.05, 0.95], axis=0)
    return pd.DataFrame({"low": low, "high": high}, index=partners)
