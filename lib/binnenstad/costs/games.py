"""Dividing the costs or gains of a cooperative game; sums are exact before rounding to cents.

Sources: Shapley (1953); Littlechild and Owen (1973) for the airport game; Littlechild (1974) for
its nucleolus; Young, Okada and Hashimoto (1982) for separable costs, remaining benefits.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from math import comb

import numpy as np
import pandas as pd

from binnenstad.costs.coalitions import Game, checked_efforts, raise_faults, sizes


def proportional_standalone(game: Game) -> pd.Series:
    """Divide the total in proportion to what each player costs (gains) alone [EUR].

    Raises ``AllocationError`` if the players alone sum to 0.
    """
    return _in_proportion(game.alone(), game.total(), "the amounts of the players alone sum to 0")


def _in_proportion(base: pd.Series, total: float, zero: str) -> pd.Series:
    whole = base.sum()
    raise_faults([f"{zero}, so nothing is in proportion to them; choose another rule"] * (not whole))
    return base / whole * total


def scrb(game: Game, benefits: pd.Series | None = None) -> pd.Series:
    """Divide by separable costs, remaining benefits [EUR].

    Everybody pays what it adds to the others (its separable cost), and the rest in proportion to
    what it saves by taking part: its stand-alone cost, or its benefit [EUR] if that is smaller, less
    its separable cost. Raises ``AllocationError`` for players without a benefit where benefits are
    given, and where there is a rest but nobody saves anything.

    >>> from binnenstad.costs.coalitions import game_from_table
    >>> game = game_from_table({"a": 6, "b": 4, "a, b": 8})
    >>> scrb(game).to_dict(), scrb(game, pd.Series({"a": 4.5, "b": 9.0})).to_dict()
    ({'a': 5.0, 'b': 3.0}, {'a': 4.4, 'b': 3.6})
    """
    separable, most = game.marginal(), game.alone()
    if benefits is not None:
        bounds = benefits.reindex(most.index)
        raise_faults([f"no benefit is given for {name}; add it" for name in bounds.index[bounds.isna()]])
        most = most.clip(upper=bounds)
    rest = game.total() - separable.sum()
    if abs(rest) <= 1e-12 * max(1.0, abs(game.total())):
        return separable
    return separable + _in_proportion(most - separable, rest, "the remaining benefits sum to 0")


def shapley(game: Game) -> pd.Series:
    """Divide by the Shapley value [EUR]: the mean of what a player adds over all orders of joining.

    Exact, from all 2^n amounts at once; memory three times the table.

    >>> from binnenstad.costs.coalitions import game_from_table
    >>> shapley(game_from_table({"a": 6, "b": 4, "a, b": 8})).to_dict()
    {'a': 5.0, 'b': 3.0}
    """
    count = len(game.players)
    if not count:
        return game.named(game.values[:0])
    size = sizes(count)
    # of each size: the share of the orders in which exactly this coalition stands before (after) a player
    joins = np.array([0.0, *(1 / (count * comb(count - 1, members - 1)) for members in range(1, count + 1))])
    leaves = np.array([*(1 / (count * comb(count - 1, members)) for members in range(count)), 0.0])
    without = float(leaves[size] @ game.values)
    folded = (joins + leaves)[size] * game.values
    shares = np.empty(count)
    for at in reversed(range(count)):
        halves = folded.reshape(2, 1 << at)
        shares[at] = halves[1].sum() - without
        folded = halves[0] + halves[1]
    return game.named(shares)


def sampled_shapley(
    players: Sequence[str], amount: Callable[[list[str]], float], pairs: int = 500, seed: int = 0
) -> pd.DataFrame:
    """Estimate the Shapley value of a game of any size from random orders of joining.

    Every order is taken with its reverse (antithetic), so that who joins late once joins early once.
    Parameters: ``amount`` gives the cost or gain [EUR] of a list of players; ``pairs`` of orders, at
    least 2; the same ``seed`` gives the same answer. Returns: per player ``share`` and
    ``standard_error`` [EUR]; the shares sum to the amount of everybody.

    >>> sampled_shapley(["a", "b"], lambda group: 10.0 * bool(group), pairs=2)["share"].to_dict()
    {'a': 5.0, 'b': 5.0}
    """
    raise_faults([f"{pairs} pairs of orders say nothing of their error; take at least 2"] * (pairs < 2))
    random = np.random.default_rng(seed)
    means = np.empty((pairs, len(players)))
    for row in means:
        order = random.permutation(len(players))
        row[:] = (_added(players, amount, order) + _added(players, amount, order[::-1])) / 2
    error = means.std(axis=0, ddof=1) / np.sqrt(pairs)
    index = pd.Index(list(players), name="player")
    return pd.DataFrame({"share": means.mean(axis=0), "standard_error": error}, index=index)


def _added(players: Sequence[str], amount: Callable[[list[str]], float], order: np.ndarray) -> np.ndarray:
    out, group, before = np.empty(len(players)), list[str](), 0.0
    for at in order:
        group.append(players[at])
        now = amount(list(group))
        out[at], before = now - before, now
    return out


def effort_shapley(costs: pd.Series, weights: pd.DataFrame) -> pd.Series:
    """Return the Shapley value of the effort game [EUR]: every effort equally over its own beneficiaries.

    Closed form for any number of beneficiaries; parameters and errors as ``game_from_efforts``.

    >>> costs = pd.Series({"parking": 300.0, "greening": 50.0})
    >>> uses = pd.DataFrame({"shops": [2, 0], "residents": [1, 1]}, index=costs.index)
    >>> effort_shapley(costs, uses).to_dict()
    {'shops': 150.0, 'residents': 200.0}
    """
    uses = (checked_efforts(costs, weights) > 0).astype(float)
    return uses.div(uses.sum(axis=1), axis=0).mul(costs, axis=0).sum()


def airport_shapley(costs: pd.Series) -> pd.Series:
    """Return the Shapley value of an airport game [EUR]: each length of runway by who needs it.

    ``costs`` is what each player would need alone; a group costs as much as its dearest member. Any
    size; raises ``AllocationError`` for a cost that is missing or negative.

    >>> airport_shapley(pd.Series({"small": 10.0, "large": 30.0})).to_dict()
    {'small': 5.0, 'large': 25.0}
    """
    _check_airport(costs)
    order = costs.to_numpy(dtype=float).argsort(kind="stable")
    steps = np.diff(costs.to_numpy(dtype=float)[order], prepend=0.0)
    shares = np.empty(len(costs))
    shares[order] = (steps / np.arange(len(costs), 0, -1)).cumsum()
    return pd.Series(shares, index=costs.index)


def airport_nucleolus(costs: pd.Series) -> pd.Series:
    """Return the nucleolus of an airport game [EUR]; parameters and errors as ``airport_shapley``.

    Littlechild (1974): players up to type k pay the same r, the smallest mean of what the runway up
    to a type costs beyond what is paid; the last type has nobody left to share with.

    >>> airport_nucleolus(pd.Series({"small": 10.0, "large": 30.0})).to_dict()
    {'small': 5.0, 'large': 25.0}
    """
    _check_airport(costs)
    kinds, kind_of, count = np.unique(costs.to_numpy(dtype=float), return_inverse=True, return_counts=True)
    upto = count.cumsum()
    pays = np.zeros(len(kinds))
    done, paid, served = 0, 0.0, 0
    while done < len(kinds):
        before = kinds[done - 1] if done else 0.0
        others = np.where(np.arange(done, len(kinds)) < len(kinds) - 1, 1, 0)
        means = (kinds[done:] - before + paid) / (upto[done:] - served + others)
        last = done + int(np.flatnonzero(means <= means.min() * (1 + 1e-12))[-1])
        paid = float(means[last - done])
        pays[done : last + 1] = paid
        done, served = last + 1, int(upto[last])
    return pd.Series(pays[kind_of], index=costs.index)


def _check_airport(costs: pd.Series) -> None:
    raise_faults([
        f"the cost of {name} is negative, missing or infinite; correct it"
        for name, cost in costs.items() if not (np.isfinite(cost) and cost >= 0)
    ])  # fmt: skip
