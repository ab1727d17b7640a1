"""Games: the axioms, the identities between rules, and published examples computed again."""

from __future__ import annotations

from itertools import chain, combinations, permutations

import coopgame
import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import linprog

from binnenstad.costs.claims import bankruptcy_game, random_arrival, talmud
from binnenstad.costs.coalitions import (
    Game,
    game_from_efforts,
    game_from_function,
    game_from_table,
    sizes,
    sums,
    warnings_of,
)
from binnenstad.costs.games import (
    airport_nucleolus,
    airport_shapley,
    effort_shapley,
    proportional_standalone,
    sampled_shapley,
    scrb,
    shapley,
)
from binnenstad.costs.nucleolus import least_core, nucleolus, per_capita_nucleolus
from binnenstad.words.errors import AllocationError

modest = settings(max_examples=60, deadline=None)
RULES = [proportional_standalone, shapley, nucleolus, per_capita_nucleolus]


def lettered(amounts: list, kind: str = "cost") -> Game:
    count = (len(amounts) + 1).bit_length() - 1
    return Game(tuple("abcdef"[:count]), np.array([0.0, *amounts]), kind)


def table_of(text: str, scale: float = 1.0) -> dict[str, float]:
    """``"A 2 AB 3"`` -> a coalition table with one letter per player."""
    cells = text.split()
    return {", ".join(k): float(v) * scale for k, v in zip(cells[::2], cells[1::2], strict=True)}


@st.composite
def any_game(draw, least: int = 2, most: int = 4) -> Game:
    count = draw(st.integers(least, most))
    return lettered(draw(st.lists(st.integers(0, 100), min_size=2**count - 1, max_size=2**count - 1)))


@st.composite
def effort_table(draw, most: int = 5) -> tuple[pd.Series, pd.DataFrame]:
    count = draw(st.integers(1, most))
    rows = draw(st.lists(st.tuples(*[st.integers(0, 3)] * count).filter(any), min_size=1, max_size=6))
    costs = draw(st.lists(st.integers(0, 10_000), min_size=len(rows), max_size=len(rows)))
    names = [f"e{number}" for number in range(len(rows))]
    return pd.Series(costs, index=names, dtype=float), pd.DataFrame(rows, names, list("abcde"[:count]))


# --- axioms -----------------------------------------------------------------------------------------------------
@modest
@given(any_game(), st.sampled_from(RULES[1:]))
def test_every_rule_gives_out_the_total(game, rule):
    assert rule(game).sum() == pytest.approx(game.total(), abs=1e-6)


@modest
@given(any_game(2, 4), st.sampled_from(RULES[1:]), st.randoms(use_true_random=False))
def test_no_rule_looks_at_the_order_of_the_players(game, rule, random):
    order = list(range(len(game.players)))
    random.shuffle(order)
    numbers = np.arange(len(game.values))
    moved = sum(((numbers >> old) & 1) << new for new, old in enumerate(order))
    values = np.empty(len(numbers))
    values[moved] = game.values
    turned = Game(tuple(game.players[old] for old in order), values)
    assert rule(turned)[list(game.players)].tolist() == pytest.approx(rule(game).tolist(), abs=1e-6)


@modest
@given(st.lists(st.integers(0, 100), min_size=5, max_size=5), st.sampled_from(RULES[1:]))
def test_players_who_can_stand_in_for_each_other_pay_the_same(amounts, rule):
    one, other, pair, pairs, every = amounts
    shares = rule(lettered([one, one, pair, other, pairs, pairs, every]))
    assert shares["a"] == pytest.approx(shares["b"], abs=1e-6)


@modest
@given(any_game(2, 3), st.integers(0, 50))
def test_a_dummy_pays_its_own_cost_under_shapley_and_changes_nothing(game, own):
    wider = Game((*game.players, "dummy"), np.concatenate([game.values, game.values + own]))
    shares = shapley(wider)
    assert shares["dummy"] == pytest.approx(own)
    assert shares.drop("dummy").tolist() == pytest.approx(shapley(game).tolist(), abs=1e-6)


@modest
@given(st.lists(st.tuples(st.integers(0, 100), st.integers(0, 100)), min_size=7, max_size=7))
def test_shapley_of_a_sum_is_the_sum_of_shapley(pairs):
    one, other = (lettered([pair[at] for pair in pairs]) for at in (0, 1))
    both = Game(one.players, one.values + other.values)
    assert shapley(both).tolist() == pytest.approx((shapley(one) + shapley(other)).tolist(), abs=1e-6)


@modest
@given(any_game(1, 4))
def test_shapley_is_the_mean_over_all_orders_of_joining(game):
    count = len(game.players)
    added = np.zeros(count)
    for order in permutations(range(count)):
        group = 0
        for player in order:
            added[player] += game.values[group | 1 << player] - game.values[group]
            group |= 1 << player
    assert shapley(game).tolist() == pytest.approx((added / len(list(permutations(range(count))))).tolist(), abs=1e-6)


@modest
@given(any_game(2, 5), st.sampled_from([nucleolus, per_capita_nucleolus]))
def test_the_nucleolus_lies_in_the_core_where_there_is_one(game, rule):
    if least_core(game) <= 0:
        assert (sums(rule(game).to_numpy()) <= game.values + 1e-6).all()


@modest
@given(any_game(2, 5))
def test_least_core_is_what_the_nucleolus_overcharges_the_worst_group_where_all_may_pay_what_they_cost_alone(game):
    worst = (sums(nucleolus(game).to_numpy()) - game.values)[1:-1].max()
    assert worst >= least_core(game) - 1e-6
    unbound = game.alone().sum() < game.total() or (nucleolus(game) < game.alone() - 1e-6).all()
    if unbound:
        assert worst == pytest.approx(least_core(game), abs=1e-6)


@modest
@given(any_game(2, 5), st.booleans())
def test_kohlbergs_criterion_holds_for_the_nucleolus(game, per_head):
    """Kohlberg (1971), with Sobolev's form for payments that meet no bound: every level set is balanced."""
    rule, weight = (
        (per_capita_nucleolus, sizes(len(game.players))) if per_head else (nucleolus, np.ones(len(game.values)))
    )
    x = rule(game).to_numpy()
    excess = (sums(x) - game.values)[1:-1] / weight[1:-1]
    rows = np.array([[number >> at & 1 for at in range(len(x))] for number in range(1, len(game.values) - 1)], float)
    bound = game.alone().sum() >= game.total()
    tight = np.eye(len(x))[np.isclose(x, game.alone(), atol=1e-7)] if bound else np.zeros((0, len(x)))
    for level in sorted(set(excess.round(6)), reverse=True):
        worst = rows[excess >= level - 1e-5]
        # groups at the bound may be in a balancing collection with weight 0, so they only restrict
        count = len(x)
        answer = linprog(-worst.sum(axis=0), A_ub=-np.vstack([worst, tight]), b_ub=np.zeros(len(worst) + len(tight)),
                         A_eq=np.ones((1, count)), b_eq=[0.0], bounds=(-1, 1))  # fmt: skip
        assert -answer.fun < 1e-6


# --- a second implementation -------------------------------------------------------------------------------------
@modest
@given(any_game(2, 5))
def test_another_implementation_gives_the_same_shares(game):
    """coopgame (Rust) computes gains: costs go in as their negatives."""
    other = coopgame.Game((-game.values[1:]).tolist())
    assert (-shapley(game)).tolist() == pytest.approx(coopgame.shapley(other), abs=1e-7)
    domain = "imputation" if game.alone().sum() >= game.total() else "preimputation"
    theirs = coopgame.nucleolus(other, domain=domain)["allocation"]
    assert (-nucleolus(game)).tolist() == pytest.approx(theirs, abs=1e-5)


# --- identities --------------------------------------------------------------------------------------------------
ESTATES = st.lists(st.integers(0, 500), min_size=1, max_size=5).flatmap(
    lambda c: st.tuples(st.just(pd.Series(c, list("abcde"[: len(c)]), dtype=float)), st.integers(0, sum(c)))
)


@modest
@given(ESTATES)
def test_nucleolus_of_the_bankruptcy_game_is_the_talmud_rule(drawn):
    """Aumann and Maschler (1985), theorem A."""
    claims, estate = drawn
    assert nucleolus(bankruptcy_game(claims, estate)).tolist() == pytest.approx(
        talmud(claims, estate).tolist(), abs=1e-6
    )


@modest
@given(ESTATES)
def test_shapley_of_the_bankruptcy_game_is_random_arrival(drawn):
    """O'Neill (1982): first come, first served, over all orders."""
    claims, estate = drawn
    got = dict.fromkeys(claims.index, 0.0)
    orders = list(permutations(claims.index))
    for order in orders:
        left = float(estate)
        for name in order:
            taken = min(left, claims[name])
            got[name] += taken / len(orders)
            left -= taken
    assert random_arrival(claims, estate).to_dict() == pytest.approx(got, abs=1e-6)


@modest
@given(effort_table())
def test_shapley_of_the_effort_game_is_the_equal_split_of_each_effort(drawn):
    costs, weights = drawn
    expected = effort_shapley(costs, weights).tolist()
    # in euros: who benefits of nothing gets no share but that of rounding
    assert shapley(game_from_efforts(costs, weights)).tolist() == pytest.approx(expected, abs=1e-6)


@modest
@given(effort_table())
def test_scrb_without_private_parts_is_proportional_to_stand_alone(drawn):
    costs, weights = drawn
    game = game_from_efforts(costs[weights.gt(0).sum(axis=1) > 1], weights[weights.gt(0).sum(axis=1) > 1])
    if game.alone().sum() > 0:
        assert scrb(game).tolist() == pytest.approx(proportional_standalone(game).tolist(), abs=1e-6)


@modest
@given(effort_table())
def test_the_effort_game_costs_what_a_group_has_a_stake_in(drawn):
    costs, weights = drawn
    game = game_from_efforts(costs, weights)
    for number in range(len(game.values)):
        group = list(game.members(number))
        assert game.values[number] == pytest.approx(costs[(weights[group] > 0).any(axis=1)].sum())
    assert warnings_of(game) == []
    assert least_core(game) <= 1e-6


@modest
@given(st.lists(st.integers(0, 60), min_size=1, max_size=6))
def test_closed_forms_of_the_airport_game_are_those_of_its_table(costs):
    runway = pd.Series(costs, list("abcdef"[: len(costs)]), dtype=float)
    game = game_from_function(list(runway.index), lambda group: max((runway[name] for name in group), default=0.0))
    assert airport_shapley(runway).tolist() == pytest.approx(shapley(game).tolist(), abs=1e-6)
    assert airport_nucleolus(runway).tolist() == pytest.approx(nucleolus(game).tolist(), abs=1e-6)


@modest
@given(any_game(2, 4), st.integers(0, 3))
def test_sampled_shapley_is_near_and_says_how_near(game, seed):
    place = {name: at for at, name in enumerate(game.players)}
    sampled = sampled_shapley(game.players, lambda g: game.values[sum(1 << place[n] for n in g)], pairs=400, seed=seed)
    off = (sampled["share"] - shapley(game)).abs()
    assert (off <= 6 * sampled["standard_error"] + 1e-9).all()
    assert sampled["share"].sum() == pytest.approx(game.total())


def test_sampled_shapley_is_the_same_for_the_same_seed_and_needs_two_pairs():
    first, again = (sampled_shapley(list("abc"), lambda g: len(g) ** 0.5, 10, seed=4) for _ in range(2))
    pd.testing.assert_frame_equal(first, again)
    with pytest.raises(AllocationError, match="at least 2"):
        sampled_shapley(list("abc"), len, pairs=1)


# --- published tables --------------------------------------------------------------------------------------------
def test_tennessee_valley_authority():
    """Straffin and Heaney, Game theory and the Tennessee Valley Authority, Int. J. Game Theory 10 (1981).

    Joint costs of navigation, flood control and power in 1,000 dollars; the method the Authority
    adopted in 1938 is separable costs, remaining benefits with the costs alone as bound.
    """
    game = game_from_table(table_of("N 163520 F 140826 P 250096 NF 301607 NP 378821 FP 367370 NFP 412584"))
    assert game.marginal().round().to_dict() == {"N": 45214, "F": 33763, "P": 110977}
    assert scrb(game).round().to_dict() == {"N": 117476, "F": 99157, "P": 195951}
    assert shapley(game).tolist() == pytest.approx([117_829, 100_756.5, 193_998.5], abs=0.5)
    assert nucleolus(game).round(1).to_dict() == {"N": 116234.0, "F": 93540.0, "P": 202810.0}
    assert least_core(game) < 0
    assert warnings_of(game) == []


def test_runway_of_birmingham():
    """Littlechild and Owen, Management Science 20 (1973): 13,572 movements a year of 11 kinds of aircraft."""
    costs = [65_899, 76_725, 95_200, 97_200, 97_436, 98_142, 98_496, 102_496, 104_849, 113_322, 115_440]
    counts = [42, 9555, 288, 303, 151, 1315, 505, 1128, 151, 112, 22]
    needs = pd.Series(np.repeat(costs, counts), dtype=float)
    assert len(needs) == 13_572
    fees = airport_shapley(needs).groupby(needs).first()
    assert fees.round(2).tolist()[:6] == [4.86, 5.66, 10.30, 10.85, 10.92, 11.13]
    fair = airport_nucleolus(needs)
    for shares in (airport_shapley(needs), fair):
        assert shares.sum() == pytest.approx(max(costs))
        assert (shares.cumsum() <= needs + 1e-6).all()
    assert fair.is_monotonic_increasing


@pytest.mark.parametrize(
    ("estate", "awards"),
    [(100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150]), (400, [50, 125, 225]), (600, [100, 200, 300])],
)
def test_the_estates_of_the_talmud(estate, awards):
    """Mishna Ketubot 93a (100, 200, 300); Aumann and Maschler (1985) for the others."""
    claims = pd.Series({"first": 100.0, "second": 200.0, "third": 300.0})
    assert talmud(claims, estate).tolist() == pytest.approx(awards)
    assert nucleolus(bankruptcy_game(claims, estate)).tolist() == pytest.approx(awards)


def test_simple_majority_with_a_veto():
    """Shapley and Shubik (1954): in [3; 2, 1, 1] the first has 2/3 of the power; it alone is in the core."""
    votes = {"a": 2, "b": 1, "c": 1}
    game = game_from_function(list("abc"), lambda group: float(sum(votes[v] for v in group) >= 3), "gain")
    assert shapley(game).tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert nucleolus(game).tolist() == pytest.approx([1, 0, 0], abs=1e-9)


def test_the_security_council():
    """Straffin (1983): five permanent members have 0.1963 each, the ten others 0.001865."""
    names = [f"p{n}" for n in range(5)] + [f"t{n}" for n in range(10)]
    size = sizes(10)
    permanent = np.arange(1 << 15) & 31 == 31
    game = Game(tuple(names), (permanent & (size[np.arange(1 << 15) >> 5] >= 4)).astype(float), "gain")
    power = shapley(game)
    assert power["p0"] == pytest.approx(0.19627, abs=1e-5)
    assert power["t9"] == pytest.approx(0.001865, abs=1e-6)
    assert nucleolus(game).to_numpy() == pytest.approx([0.2] * 5 + [0] * 10, abs=1e-9)


def test_glove_market():
    """Shapley and Shubik (1969): one left glove and two right; the core and nucleolus give it all to the left."""
    game = game_from_function(["left", "right", "spare"], lambda g: float("left" in g and len(g) > 1), "gain")
    assert shapley(game).tolist() == pytest.approx([2 / 3, 1 / 6, 1 / 6])
    assert nucleolus(game).tolist() == pytest.approx([1, 0, 0], abs=1e-9)


def test_a_nucleolus_that_needs_every_later_step():
    """The first programme leaves b to e open: a solver that stops there gives one of its many optima."""
    game = game_from_function(
        list("abcde"), lambda g: {0: 0.0, 5: 10.0}.get(len(g), 8.0 + 2 * ("a" in g) + ("b" in g)) if g else 0.0
    )
    shares = nucleolus(game)
    assert shares["c"] == pytest.approx(shares["d"]) == pytest.approx(shares["e"])
    assert shares.sum() == pytest.approx(10)


def test_individual_rationality_binds_only_where_the_total_allows_it():
    """From the documentation of coopgame: nucleolus (1, 1, 0), prenucleolus (3, 3, -4) of the same gains."""
    gains = {"a": 0, "b": 0, "c": 0, "a, b": 10, "a, c": 0, "b, c": 0, "a, b, c": 2}
    assert nucleolus(game_from_table(gains, "gain")).tolist() == pytest.approx([1, 1, 0], abs=1e-9)
    dear = game_from_table({"a": 1, "b": 1, "a, b": 5})
    assert nucleolus(dear).tolist() == pytest.approx([2.5, 2.5])


# --- bad input ---------------------------------------------------------------------------------------------------
def faults_of(call) -> list[str]:
    with pytest.raises(AllocationError) as caught:
        call()
    assert str(caught.value) == "; ".join(caught.value.faults)
    return caught.value.faults


def test_every_fault_of_a_coalition_table_is_named_at_once():
    table = {"a": 3, ("b", "a"): 4, "a, b": 5, "c": -1, "": 2, "d": float("nan"), "b, z": 1}
    found = faults_of(lambda: game_from_table(table, players=["a", "b", "c", "d"]))
    assert len(found) == 6
    assert "'z' in coalition 'b, z' is no player; known: a, b, c, d" in found
    assert "coalition 'a, b' stands twice; keep one of the rows" in found
    assert "the cost of coalition 'c' is negative (-1); use kind='gain' for what is earned" in found
    assert "nobody (the empty coalition) has 2; it must be 0 or left out" in found
    assert "the amount of coalition 'd' is missing or infinite; fill it in" in found
    assert found[-1] == (
        "missing coalitions: b; a, c; b, c; a, b, c; a, d; b, d; a, b, d; c, d; a, c, d; b, c, d and 1 more; "
        "give an amount for each"
    )


def test_a_gain_may_be_negative_and_a_series_is_a_table():
    assert game_from_table(pd.Series({"a": -1.0}), "gain").total() == -1


@pytest.mark.parametrize("build", [
    lambda n: game_from_table(dict.fromkeys(n, 1)),
    lambda n: game_from_efforts(pd.Series({"e": 1.0}), pd.DataFrame(1, ["e"], n)),
])  # fmt: skip
def test_more_than_24_players_are_refused_with_the_way_out(build):
    (fault,) = faults_of(lambda: build([f"p{n}" for n in range(25)]))
    assert fault.startswith("25 players are more than 24; use an effort x beneficiary table")


def test_other_sizes_that_do_not_fit():
    assert faults_of(lambda: Game(("a", "b"), np.zeros(3))) == ["3 amounts given, 4 coalitions exist; give each one"]
    assert "use sampled_shapley" in faults_of(lambda: game_from_function([f"p{n}" for n in range(21)], len))[0]
    assert "no players" in faults_of(lambda: nucleolus(Game((), np.zeros(1))))[0]
    assert shapley(Game((), np.zeros(1))).empty
    assert least_core(lettered([5])) == 0


def test_every_fault_of_an_effort_table_is_named_at_once():
    costs = pd.Series([-5.0, float("nan"), 3.0, 3.0], index=["parking", "events", "green", "green"])
    weights = pd.DataFrame({"shops": [1, 1]}, index=["parking", "café"])
    assert faults_of(lambda: game_from_efforts(costs, weights)) == [
        "effort 'green' stands twice; sum its costs",
        "the cost of 'parking' is negative (-5); correct it",
        "the cost of 'events' is missing or infinite (nan); correct it",
        "'café' has weights but no cost; add its cost",
    ]
    rows = pd.DataFrame({"shops": [-1.0, 0], "owners": [np.inf, 0]}, index=["parking", "green"])
    assert faults_of(lambda: effort_shapley(pd.Series({"parking": 1.0, "green": 1.0}), rows)) == [
        "the weight of shops in 'parking' is negative, missing or infinite; write 0 for no interest",
        "the weight of owners in 'parking' is negative, missing or infinite; write 0 for no interest",
        "no beneficiary is known for: green; add interests for them",
    ]


def test_an_odd_game_is_refused_with_every_fault():
    assert faults_of(lambda: Game(("a", "a"), np.array([1.0, np.nan, 3, 4]), "profit")) == [  # type: ignore[arg-type]
        "player 'a' stands twice; keep one",
        "1 amounts are missing or infinite; give one for each coalition",
        "nobody (the empty coalition) has 1; it must be 0",
        "'profit' is no kind of game; write cost or gain",
    ]


def test_rules_refuse_what_they_cannot_divide():
    nothing = game_from_table({"a": 0, "b": 0, "a, b": 5})
    assert "sum to 0" in faults_of(lambda: proportional_standalone(nothing))[0]
    stuck = game_from_table({"a": 1, "b": 1, "c": 1, "a, b": 2, "a, c": 2, "b, c": 2, "a, b, c": 3})
    assert scrb(stuck).tolist() == [1, 1, 1]
    unsaved = lettered([2, 2, 3, 2, 3, 3, 5])
    assert "remaining benefits sum to 0" in faults_of(lambda: scrb(unsaved))[0]
    assert faults_of(lambda: airport_shapley(pd.Series({"a": -1.0, "b": np.nan}))) == [
        "the cost of a is negative, missing or infinite; correct it",
        "the cost of b is negative, missing or infinite; correct it",
    ]


def test_a_benefit_bounds_what_a_player_would_pay_alone():
    game = game_from_table({"a": 6, "b": 4, "a, b": 8})
    assert scrb(game, pd.Series({"b": 9.0, "a": 4.5})).round(6).to_dict() == {"a": 4.4, "b": 3.6}
    assert faults_of(lambda: scrb(game, pd.Series({"a": 1.0}))) == ["no benefit is given for b; add it"]


def test_odd_tables_are_warned_of_and_not_refused():
    odd = game_from_table({"a": 6, "b": 4, "a, b": 5, "c": 1, "a, c": 9, "b, c": 5, "a, b, c": 10})
    assert warnings_of(odd) == [
        "not monotone: b joining a lowers the amount",
        "not subadditive: a + b and c cost more together (4.00)",
    ]
    assert nucleolus(odd).sum() == pytest.approx(10)
    gains = game_from_table({"a": 6, "b": 4, "a, b": 7}, "gain")
    assert warnings_of(gains) == ["not superadditive: a and b gain less together (3.00)"]


def test_names_of_all_groups_can_be_read_back():
    game = lettered(list(range(1, 8)))
    groups = [set(game.members(number)) for number in range(8)]
    subsets = chain.from_iterable(combinations("abc", size) for size in range(4))
    assert sorted(map(sorted, groups)) == sorted(map(sorted, map(set, subsets)))
