"""The nucleolus: its criterion, a second implementation, published examples, and the game of efforts."""

from __future__ import annotations

import coopgame
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from binnenstad.costs.nucleolus import coalition_costs, nucleolus, subset_sums

modest = settings(max_examples=60, deadline=None)


@st.composite
def any_game(draw, least: int = 2, most: int = 5) -> np.ndarray:
    size = 2 ** draw(st.integers(least, most))
    return np.array([0.0, *draw(st.lists(st.integers(0, 100), min_size=size - 1, max_size=size - 1))])


def of_function(count: int, amount) -> np.ndarray:
    """The game in which a set of players, numbered from 0, costs what ``amount`` says."""
    return np.array([amount({at for at in range(count) if group >> at & 1}) for group in range(1 << count)], float)


# --- what makes it the nucleolus ---------------------------------------------------------------------------------
@modest
@given(any_game())
def test_kohlbergs_criterion_holds(costs):
    """Kohlberg (1971), with Sobolev's form for payments that meet no bound: every level set is balanced."""
    x = nucleolus(costs)
    assert x.sum() == pytest.approx(costs[-1], abs=1e-6)
    excess = (subset_sums(x) - costs)[1:-1]
    rows = np.array([[group >> at & 1 for at in range(len(x))] for group in range(1, len(costs) - 1)], float)
    for level in set(excess.round(6)):
        worst = rows[excess >= level - 1e-5]
        answer = linprog(-worst.sum(axis=0), A_ub=-worst, b_ub=np.zeros(len(worst)),
                         A_eq=np.ones((1, len(x))), b_eq=[0.0], bounds=(-1, 1))  # fmt: skip
        assert -answer.fun < 1e-6


@modest
@given(any_game())
def test_another_implementation_gives_the_same_shares(costs):
    """coopgame (Rust) computes gains: costs go in as their negatives."""
    theirs = coopgame.nucleolus(coopgame.Game((-costs[1:]).tolist()), domain="preimputation")["allocation"]
    assert (-nucleolus(costs)).tolist() == pytest.approx(theirs, abs=1e-5)


# --- the game of efforts -----------------------------------------------------------------------------------------
@modest
@given(
    st.lists(st.tuples(st.integers(0, 10_000), st.tuples(*[st.integers(0, 2)] * 4).filter(any)), min_size=1, max_size=6)
)
def test_of_efforts_no_group_pays_more_than_the_efforts_somebody_in_it_benefits_from(rows):
    """The core of the game is never empty, so nobody need be held to its cost alone."""
    weights = pd.DataFrame([row for _, row in rows], columns=list("abcd"))
    costs = pd.Series([float(cost) for cost, _ in rows])
    alone = coalition_costs(costs, weights)
    for group in range(16):
        members = [name for at, name in enumerate("abcd") if group >> at & 1]
        assert alone[group] == pytest.approx(costs[(weights[members] > 0).any(axis=1)].sum())
    assert (subset_sums(nucleolus(alone)) <= alone + 1e-6).all()


# --- published examples ------------------------------------------------------------------------------------------
def test_tennessee_valley_authority():
    """Straffin and Heaney, Game theory and the Tennessee Valley Authority, Int. J. Game Theory 10 (1981).

    Joint costs of navigation, flood control and power in 1,000 dollars.
    """
    costs = np.array([0, 163_520, 140_826, 301_607, 250_096, 378_821, 367_370, 412_584.0])
    assert nucleolus(costs).round(1).tolist() == [116_234, 93_540, 202_810]


def test_the_security_council():
    """Straffin (1983): who can do without any of the ten needs each of the five permanent members."""
    permanent, size = np.arange(1 << 15) & 31 == 31, subset_sums(np.ones(10))
    wins = permanent & (size[np.arange(1 << 15) >> 5] >= 4)
    assert nucleolus(-wins.astype(float)) == pytest.approx([-0.2] * 5 + [0] * 10, abs=1e-9)


def test_glove_market():
    """Shapley and Shubik (1969): one left glove and two right; it all goes to the left."""
    gains = of_function(3, lambda group: 0 in group and len(group) > 1)
    assert nucleolus(-gains).tolist() == pytest.approx([-1, 0, 0], abs=1e-9)


def test_a_nucleolus_that_needs_every_later_step():
    """The first programme leaves b to e open: a solver that stops there gives one of its many optima."""
    costs = of_function(5, lambda g: {0: 0, 5: 10}.get(len(g), 8 + 2 * (0 in g) + (1 in g)))
    shares = nucleolus(costs)
    assert shares[2:] == pytest.approx(shares[2])
    assert shares.sum() == pytest.approx(10)


def test_nobody_is_held_to_its_cost_alone():
    """From the documentation of coopgame: prenucleolus (3, 3, -4) of these gains."""
    gains = np.array([0, 0, 0, 10, 0, 0, 0, 2.0])
    assert (-nucleolus(-gains)).tolist() == pytest.approx([3, 3, -4], abs=1e-9)


@pytest.mark.parametrize("costs", [[0, 5], [0, 0, 0, 0]])
def test_one_player_pays_all_and_nothing_is_nothing(costs):
    shares = nucleolus(np.array(costs, dtype=float))
    assert shares.sum() == costs[-1] and len(shares) == len(costs) // 2
