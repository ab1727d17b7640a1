"""What every group of partners costs or gains: a cooperative game, checked at the door.

Coalition number k holds player i if bit i of k is set, so ``values[0]`` is nobody and
``values[-1]`` everybody.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import combinations
from typing import Literal, cast

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from binnenstad.words.errors import AllocationError

Amounts = NDArray[np.float64]
Coalition = str | Iterable[str]

# 2 ** 24 coalitions are 128 MB; a function is called once for each, so fewer
MOST_PLAYERS, MOST_CALLED = 24, 20
# relative to the largest amount of a game: what is nearer than this is equal
CLOSE = 1e-9


@dataclass(frozen=True)
class Game:
    """Costs or gains [EUR] of all 2^n coalitions of named players."""

    players: tuple[str, ...]
    values: Amounts
    kind: Literal["cost", "gain"] = "cost"

    def __post_init__(self) -> None:
        faults = []
        if len(self.players) > MOST_PLAYERS:
            faults.append(
                f"{len(self.players)} players are more than {MOST_PLAYERS}; use an effort x beneficiary table "
                "(closed forms) or sampled_shapley"
            )
        elif len(self.values) != 2 ** len(self.players):
            faults.append(f"{len(self.values)} amounts given, {2 ** len(self.players)} coalitions exist; give each one")
        else:
            faults += self._odd()
        raise_faults(faults)

    def _odd(self) -> list[str]:
        twice = sorted({name for name in self.players if self.players.count(name) > 1})
        faults = [f"player {name!r} stands twice; keep one" for name in twice]
        unknown = int((~np.isfinite(self.values)).sum())
        if unknown:
            faults.append(f"{unknown} amounts are missing or infinite; give one for each coalition")
        if self.values[0] != 0:
            faults.append(f"nobody (the empty coalition) has {self.values[0]:g}; it must be 0")
        if self.kind not in ("cost", "gain"):
            faults.append(f"{self.kind!r} is no kind of game; write cost or gain")
        return faults

    @property
    def costs(self) -> Amounts:
        """Return the game as costs: gains count as negative costs."""
        return self.values if self.kind == "cost" else -self.values

    def total(self) -> float:
        """Return the amount of everybody together [EUR]."""
        return float(self.values[-1])

    def alone(self) -> pd.Series:
        """Return the amount of each player alone [EUR]."""
        return self.named(self.values[[1 << at for at in range(len(self.players))]])

    def marginal(self) -> pd.Series:
        """Return what each player adds to all the others [EUR]."""
        everybody = len(self.values) - 1
        rest = self.values[[everybody ^ (1 << at) for at in range(len(self.players))]]
        return self.named(self.values[-1] - rest)

    def named(self, amounts: Amounts) -> pd.Series:
        """Return amounts in order of the players as a series by name."""
        return pd.Series(amounts, index=pd.Index(self.players, name="player"), dtype=float)

    def members(self, number: int) -> tuple[str, ...]:
        """Return the names in coalition ``number``.

        >>> Game(("shops", "owners"), np.array([0, 3, 4, 5.0])).members(2)
        ('owners',)
        """
        return tuple(name for at, name in enumerate(self.players) if number >> at & 1)


def raise_faults(faults: Sequence[str]) -> None:
    """Raise one ``AllocationError`` with every fault, or return if there are none."""
    if faults:
        raise AllocationError("; ".join(faults), faults)


def sums(amounts: Amounts) -> Amounts:
    """Return x(S) for all coalitions S by doubling, from one amount per player.

    >>> sums(np.array([1.0, 2.0, 4.0])).tolist()
    [0.0, 1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0]
    """
    out = np.zeros(1 << len(amounts))
    for at, amount in enumerate(amounts):
        out[1 << at : 2 << at] = out[: 1 << at] + amount
    return out


def sizes(count: int) -> NDArray[np.int64]:
    """Return the number of members of all coalitions of ``count`` players."""
    return sums(np.ones(count)).astype(np.int64)


def game_from_table(
    table: Mapping[Coalition, float] | pd.Series,
    kind: Literal["cost", "gain"] = "cost",
    players: Sequence[str] | None = None,
) -> Game:
    """Return the game of a table with an amount [EUR] per coalition.

    A coalition is a text with commas ("shops, owners") or a collection of names; the empty one may
    be left out. ``players`` are all names met, or those given, in that order. Raises
    ``AllocationError`` with every fault: an unknown player, a coalition that is missing or stands
    twice, an amount that is missing or a negative cost, more than 24 players.

    >>> game_from_table({"a": 3, "b": 4, "a, b": 5}).alone().to_dict()
    {'a': 3.0, 'b': 4.0}
    """
    rows = [(_names(cast(Coalition, key)), float(amount)) for key, amount in table.items()]
    order = list(players) if players is not None else list(dict.fromkeys(name for key, _ in rows for name in key))
    if len(order) > MOST_PLAYERS:
        return Game(tuple(order), np.zeros(0), kind)
    values, faults = _filled(rows, order, kind)
    raise_faults(faults)
    return Game(tuple(order), values, kind)


def _filled(
    rows: Sequence[tuple[tuple[str, ...], float]], order: Sequence[str], kind: str
) -> tuple[Amounts, list[str]]:
    place, faults = {name: at for at, name in enumerate(order)}, list[str]()
    values, known = np.full(1 << len(order), np.nan), np.zeros(1 << len(order), dtype=bool)
    values[0], known[0] = 0.0, True
    for key, amount in rows:
        strange = [name for name in key if name not in place]
        faults += [
            f"{name!r} in coalition {', '.join(key)!r} is no player; known: {', '.join(order)}" for name in strange
        ]
        if not strange:
            at = sum(1 << place[name] for name in set(key))
            faults += _wrong(key, amount, twice=bool(at and known[at]), empty=not at, kind=kind)
            values[at], known[at] = amount, True
    return values, faults + _missing(order, np.flatnonzero(~known))


def _names(coalition: Coalition) -> tuple[str, ...]:
    parts = coalition.split(",") if isinstance(coalition, str) else coalition
    return tuple(name for name in (str(part).strip() for part in parts) if name)


def _wrong(key: tuple[str, ...], amount: float, *, twice: bool, empty: bool, kind: str) -> list[str]:
    label = ", ".join(key)
    faults = [f"coalition {label!r} stands twice; keep one of the rows"] * twice
    if not np.isfinite(amount):
        faults.append(f"the amount of coalition {label!r} is missing or infinite; fill it in")
    elif empty and amount:
        faults.append(f"nobody (the empty coalition) has {amount:g}; it must be 0 or left out")
    elif amount < 0 and kind == "cost":
        faults.append(f"the cost of coalition {label!r} is negative ({amount:g}); use kind='gain' for what is earned")
    return faults


def _missing(players: Sequence[str], absent: NDArray[np.intp], most: int = 10) -> list[str]:
    named = [", ".join(name for at, name in enumerate(players) if number >> at & 1) for number in absent[:most]]
    rest = f" and {len(absent) - most} more" if len(absent) > most else ""
    return [f"missing coalitions: {'; '.join(named)}{rest}; give an amount for each"] if len(absent) else []


def game_from_efforts(costs: pd.Series, weights: pd.DataFrame) -> Game:
    """Return the cost game of efforts and their beneficiaries: c(S) pays every effort somebody in S has.

    Parameters: ``costs`` [EUR] per effort, ``weights`` effort x beneficiary (above 0: benefits).
    At most 24 beneficiaries; the closed forms in ``games`` know no limit. Raises ``AllocationError``
    as ``checked_efforts`` does.

    >>> costs = pd.Series({"parking": 300.0, "greening": 50.0})
    >>> uses = pd.DataFrame({"shops": [1, 0], "residents": [1, 1]}, index=costs.index)
    >>> game_from_efforts(costs, uses).values.tolist()
    [0.0, 300.0, 350.0, 350.0]
    """
    uses = checked_efforts(costs, weights) > 0
    players = tuple(map(str, uses.columns))
    if len(players) > MOST_PLAYERS:
        return Game(players, np.zeros(0))
    own = np.zeros(1 << len(players))
    np.add.at(own, uses.to_numpy() @ (1 << np.arange(len(players))), costs.to_numpy(dtype=float))
    # by inclusion: first what every set of players costs if only efforts wholly inside it count
    inside = own.copy()
    for at in range(len(players)):
        halves = inside.reshape(-1, 2, 1 << at)
        halves[:, 1] += halves[:, 0]
    return Game(players, inside[-1] - inside[::-1])


def checked_efforts(costs: pd.Series, weights: pd.DataFrame) -> pd.DataFrame:
    """Return the weights in order of the costs; raises ``AllocationError`` with every fault.

    At fault are a cost or weight that is negative, missing or infinite, an effort that stands twice,
    weights of an effort that has no cost, and an effort without any beneficiary.
    """
    faults = [f"effort {name!r} stands twice; sum its costs" for name in costs.index[costs.index.duplicated()]]
    faults += [
        f"the cost of {name!r} is {'negative' if cost < 0 else 'missing or infinite'} ({cost:g}); correct it"
        for name, cost in costs.items() if not (np.isfinite(cost) and cost >= 0)
    ]  # fmt: skip
    faults += [f"{name!r} has weights but no cost; add its cost" for name in weights.index.difference(costs.index)]
    faults += [
        f"the weights of {name!r} stand twice; keep one row" for name in weights.index[weights.index.duplicated()]
    ]
    raise_faults(faults)
    rows = weights.reindex(costs.index, fill_value=0.0).astype(float)
    raise_faults([fault for name, row in rows.iterrows() for fault in _wrong_weights(str(name), row)])
    return rows


def _wrong_weights(effort: str, row: pd.Series) -> list[str]:
    bad = [str(player) for player, weight in row.items() if not (np.isfinite(weight) and weight >= 0)]
    if not bad and not row.any():
        return [f"no beneficiary is known for: {effort}; add interests for them"]
    why = "is negative, missing or infinite; write 0 for no interest"
    return [f"the weight of {player} in {effort!r} {why}" for player in bad]


def game_from_function(
    players: Sequence[str], amount: Callable[[frozenset[str]], float], kind: Literal["cost", "gain"] = "cost"
) -> Game:
    """Return the game of a function that gives the amount [EUR] of any set of players; at most 20 of them.

    >>> game_from_function(["a", "b"], lambda group: 10.0 * bool(group)).values.tolist()
    [0.0, 10.0, 10.0, 10.0]
    """
    if len(players) > MOST_CALLED:
        raise_faults([f"{len(players)} players would take {2 ** len(players):,} calls; use sampled_shapley"])
    groups = [frozenset(group) for size in range(len(players) + 1) for group in combinations(players, size)]
    return game_from_table({group: amount(group) for group in groups}, kind, players)


def warnings_of(game: Game) -> list[str]:
    """Return what is odd about a game, in words: it is not refused, for published tables are like this.

    Non-monotone: somebody's joining makes a group cheaper (or a gain smaller). Not subadditive: two
    groups together cost more (gain less) than apart, found for the single player who joins a group,
    and for all pairs of groups up to 12 players.
    """
    slack = CLOSE * max(1.0, float(np.abs(game.values).max()))
    found = []
    for at, name in enumerate(game.players):
        halves = game.values.reshape(-1, 2, 1 << at)
        step = halves[:, 1] - halves[:, 0]
        if step.min() < -slack:
            found.append((name, _group(game, at, int(step.argmin()))))
    odd = [f"not monotone: {name} joining {' + '.join(group)} lowers the amount" for name, group in found]
    pair = _worst_pair(game)
    if pair and pair[0] > slack:
        worse = "cost more" if game.kind == "cost" else "gain less"
        one, other = (" + ".join(game.members(number)) for number in pair[1:])
        odd.append(f"not {'sub' if game.kind == 'cost' else 'super'}additive: {one} and {other} {worse} together "
                   f"({pair[0]:,.2f})")  # fmt: skip
    return odd


def _group(game: Game, at: int, place: int) -> tuple[str, ...]:
    high, low = divmod(place, 1 << at)
    return game.members((high << (at + 1)) | low)


def _worst_pair(game: Game) -> tuple[float, int, int] | None:
    count, costs = len(game.players), game.costs
    numbers = np.arange(1 << count)
    worst: tuple[float, int, int] | None = None
    firsts = numbers[1:] if count <= 12 else 1 << np.arange(count)
    for one in map(int, firsts):
        others = numbers[(numbers & one == 0) & (numbers > 0)]
        if len(others):
            loss = costs[others | one] - costs[others] - costs[one]
            at = int(loss.argmax())
            if worst is None or loss[at] > worst[0]:
                worst = (float(loss[at]), one, int(others[at]))
    return worst
