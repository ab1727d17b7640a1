"""The nucleolus: the division under which the worst-off group is as well off as can be, then the next.

A sequence of linear programmes, max t with x(S) + w(S) t <= c(S) for every coalition S whose x(S) is
still open (Maschler, Peleg and Shapley 1979; Fromen 1997). Only coalitions found to be violated are
in the programme. Those with a positive dual are tight in every optimum, so their x(S) is settled;
coalitions that depend linearly on settled ones are settled too, which rank decides.
"""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.linalg import null_space
from scipy.optimize import linprog

from binnenstad.costs.coalitions import CLOSE, Amounts, Game, raise_faults, sizes, sums

Numbers = NDArray[np.intp]
SOLVER = {"primal_feasibility_tolerance": 1e-10, "dual_feasibility_tolerance": 1e-10}


def nucleolus(game: Game) -> pd.Series:
    """Divide by the nucleolus [EUR]; nobody pays more than alone wherever the total allows it.

    >>> from binnenstad.costs.coalitions import game_from_table
    >>> nucleolus(game_from_table({"a": 6, "b": 4, "a, b": 8})).round(6).to_dict()
    {'a': 5.0, 'b': 3.0}
    """
    return game.named(_lexicographic(game, np.ones(len(game.values))))


def per_capita_nucleolus(game: Game) -> pd.Series:
    """Divide by the per-capita nucleolus [EUR]: as ``nucleolus``, with what a group saves counted per head."""
    return game.named(_lexicographic(game, sizes(len(game.players)).astype(float)))


def least_core(game: Game) -> float:
    """Return by how much [EUR] the worst-off group is overcharged even in the best division.

    0 or less: the core is not empty, and a group can even keep that much. Above 0: whatever the
    division, some group pays this much more (gets this much less) than on its own. 0 for one player.
    """
    if len(game.players) < 2:
        return 0.0
    stage = _Stage(game, np.ones(len(game.values)), individual=False)
    return -stage.solve()[1] * stage.scale


def _lexicographic(game: Game, weights: Amounts) -> Amounts:
    count = len(game.players)
    raise_faults(["the game has no players; give at least one"] * (not count))
    individual = game.costs[1 << np.arange(count)].sum() >= game.costs[-1]
    stage = _Stage(game, weights, individual=bool(individual))
    while len(stage.settled) < count:
        x, _, tight = stage.solve()
        stage.settle(x, tight)
    return stage.division() * (1 if game.kind == "cost" else -1)


@dataclass
class _Stage:
    """What is settled so far, and the coalitions the programme knows of."""

    game: Game
    weights: Amounts
    individual: bool
    settled: list[int] = field(default_factory=list)
    amounts: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        count = len(self.game.players)
        self.scale = max(1e-300, float(np.abs(self.game.values).max()))
        self.costs = self.game.costs / self.scale
        self.everybody = len(self.costs) - 1
        self.bits = 1 << np.arange(count)
        self.settled, self.amounts = [self.everybody], [float(self.costs[-1])]
        self.open = self._open()
        # with a coalition its complement: together they bound t
        self.working: Numbers = np.unique(np.concatenate([self.bits, self.everybody ^ self.bits]))

    def rows(self, numbers: Numbers) -> Amounts:
        """Return coalitions as rows with 1 for who is in them."""
        return ((numbers[:, None] >> np.arange(len(self.bits))) & 1).astype(float)

    def division(self) -> Amounts:
        """Return what each player pays [EUR], once as many coalitions are settled as there are players."""
        return np.linalg.solve(self.rows(np.array(self.settled)), np.array(self.amounts)) * self.scale

    def solve(self) -> tuple[Amounts, float, Numbers]:
        """Return x, t and the coalitions tight in every optimum, adding coalitions until none is violated."""
        while True:
            self.working = self.working[self.open[self.working]]
            x, t, duals = self._programme()
            slack = self.costs - sums(x)
            slack -= self.weights * t
            slack[~self.open] = np.inf
            new = _most_violated(slack, len(self.bits))
            if not len(new):
                tight = np.concatenate([self.working, self._alone()])[duals > 1e-9]
                return x, t, tight
            self.working = np.union1d(self.working, np.concatenate([new, self.everybody ^ new]))

    def _alone(self) -> Numbers:
        return self.bits[self.open[self.bits]] if self.individual else self.bits[:0]

    def _programme(self) -> tuple[Amounts, float, Amounts]:
        alone = self._alone()
        numbers = np.concatenate([self.working, alone])
        weight = np.concatenate([self.weights[self.working], np.zeros(len(alone))])
        count = len(self.bits)
        answer = linprog(
            np.append(np.zeros(count), -1.0),
            A_ub=np.column_stack([self.rows(numbers), weight]), b_ub=self.costs[numbers],
            A_eq=np.column_stack([self.rows(np.array(self.settled)), np.zeros(len(self.settled))]), b_eq=self.amounts,
            bounds=(None, None), method="highs-ds", options=SOLVER,
        )  # fmt: skip
        if answer.x is None:
            raise RuntimeError(f"the linear programme of the nucleolus was not solved: {answer.message}")
        return answer.x[:-1], float(answer.x[-1]), -answer.ineqlin.marginals

    def settle(self, x: Amounts, tight: Numbers) -> None:
        """Settle every tight coalition that does not depend on settled ones."""
        for number in map(int, tight):
            if len(self.settled) < len(self.bits) and self._independent(number):
                self.settled.append(number)
                self.amounts.append(float(self.rows(np.array([number]))[0] @ x))
        self.open = self._open()

    def _independent(self, number: int) -> bool:
        matrix = self.rows(np.array([*self.settled, number]))
        return int(np.linalg.matrix_rank(matrix)) == len(matrix)

    def _open(self) -> NDArray[np.bool_]:
        """Return the coalitions that do not depend linearly on settled ones.

        They are those not at right angles to the null space; two random directions in it find them,
        for both to miss one by chance takes a number below 1e-9 twice.
        """
        space = null_space(self.rows(np.array(self.settled)))
        found = np.zeros(len(self.costs), dtype=bool)
        if space.size:
            random = np.random.default_rng(0)
            for _ in range(2):
                found |= np.abs(sums(space @ random.normal(size=space.shape[1]))) > CLOSE
        return found


def _most_violated(slack: Amounts, most: int) -> Numbers:
    found = np.flatnonzero(slack < -CLOSE)
    if len(found) > most:
        found = found[np.argpartition(slack[found], most)[:most]]
    return found
