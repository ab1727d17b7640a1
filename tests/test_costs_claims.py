"""Claims on an estate, tariffs per payer, and the checks on a split."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binnenstad.costs.checks import check_efforts, check_game, share_ranges, three_shares, what_if
from binnenstad.costs.claims import cea, cel, priority, proportional_claims, random_arrival, talmud
from binnenstad.costs.coalitions import game_from_efforts, game_from_table
from binnenstad.costs.games import effort_shapley
from binnenstad.costs.keys import equal, mixed, per_effort
from binnenstad.costs.tariffs import brackets, rate
from binnenstad.words.errors import AllocationError

modest = settings(max_examples=60, deadline=None)
RULES = [proportional_claims, cea, cel, talmud, random_arrival]
ESTATES = st.lists(st.integers(0, 900), min_size=1, max_size=6).flatmap(
    lambda c: st.tuples(st.just(pd.Series(c, list("abcdef"[: len(c)]), dtype=float)), st.integers(0, sum(c)))
)


def faults_of(call) -> list[str]:
    with pytest.raises(AllocationError) as caught:
        call()
    return caught.value.faults


# --- claims ------------------------------------------------------------------------------------------------------
@modest
@given(ESTATES, st.sampled_from(RULES))
def test_every_rule_gives_out_the_estate_within_the_claims(drawn, rule):
    claims, estate = drawn
    shares = rule(claims, estate)
    assert shares.sum() == pytest.approx(estate, abs=1e-6)
    assert ((shares >= -1e-9) & (shares <= claims + 1e-9)).all()
    assert shares.index.equals(claims.index)


@modest
@given(ESTATES, st.sampled_from(RULES))
def test_no_rule_looks_at_the_order_of_the_rows(drawn, rule):
    claims, estate = drawn
    turned = rule(claims[::-1], estate)
    assert turned[claims.index].tolist() == pytest.approx(rule(claims, estate).tolist(), abs=1e-6)


@modest
@given(ESTATES)
def test_talmud_treats_gains_and_losses_alike_and_losses_are_the_mirror_of_awards(drawn):
    """Aumann and Maschler (1985): the rule is self-dual; equal losses is the dual of equal awards."""
    claims, estate = drawn
    rest = claims.sum() - estate
    assert talmud(claims, estate).tolist() == pytest.approx((claims - talmud(claims, rest)).tolist(), abs=1e-6)
    assert cel(claims, estate).tolist() == pytest.approx((claims - cea(claims, rest)).tolist(), abs=1e-6)


@modest
@given(ESTATES)
def test_a_larger_claim_never_gets_less_nor_loses_less(drawn):
    claims, estate = drawn
    for rule in RULES:
        shares = rule(claims, estate)
        for one, other in combinations(claims.index, 2):
            low, high = (one, other) if claims[one] <= claims[other] else (other, one)
            assert shares[low] <= shares[high] + 1e-6
            assert claims[low] - shares[low] <= claims[high] - shares[high] + 1e-6


def test_awards_and_losses_by_hand():
    claims = pd.Series({"c": 300.0, "a": 100.0, "b": 200.0})
    assert cea(claims, 360).to_dict() == {"c": 130, "a": 100, "b": 130}
    assert cel(claims, 360).to_dict() == {"c": 220, "a": 20, "b": 120}
    assert random_arrival(claims, 200).to_dict() == pytest.approx({"c": 250 / 3, "a": 100 / 3, "b": 250 / 3})


def test_priority_fills_a_rank_before_the_next_whatever_the_order():
    claims = pd.Series({"events": 50.0, "safety": 100.0, "greening": 150.0})
    ranks = pd.Series({"safety": 1, "greening": 3, "events": 3})
    assert priority(claims, 140, ranks).to_dict() == {"events": 10, "safety": 100, "greening": 30}
    assert priority(claims, 60, ranks).to_dict() == {"events": 0, "safety": 60, "greening": 0}
    assert faults_of(lambda: priority(claims, 60, ranks.drop("events"))) == ["events has no rank; give it one"]


@pytest.mark.parametrize("rule", RULES)
def test_an_estate_above_all_claims_is_refused_with_the_way_out(rule):
    (fault,) = faults_of(lambda: rule(pd.Series({"a": 100.0, "b": 50.0}), 200.0))
    assert fault.startswith("the estate (200.00) is larger than all claims together (150.00); every claim can be met")


def test_every_fault_of_claims_is_named_at_once():
    claims = pd.Series([1.0, 2.0, -3.0, np.nan], index=["a", "a", "b", "c"])
    assert faults_of(lambda: cea(claims, -1.0)) == [
        "claimant 'a' stands twice; sum its claims",
        "the claim of b is negative, missing or infinite; correct it",
        "the claim of c is negative, missing or infinite; correct it",
        "the estate is -1; give an amount of 0 or more",
    ]
    many = pd.Series(1.0, index=[f"p{n}" for n in range(25)])
    assert "25 claimants are more than 24" in faults_of(lambda: random_arrival(many, 3.0))[0]


def test_nothing_claimed_is_nothing_given():
    for rule in RULES:
        assert rule(pd.Series({"a": 0.0, "b": 0.0}), 0.0).tolist() == [0, 0]


# --- tariffs -----------------------------------------------------------------------------------------------------
TABLE = pd.DataFrame(
    {"low": [250_000, 0, 500_000], "high": [500_000, 250_000, np.nan], "tariff_eur": [500.0, 300.0, 900.0]}
)


@pytest.mark.parametrize(("edge", "tariffs"), [("upper", [300, 500, 900, 300]), ("lower", [500, 900, 900, 300])])
def test_the_border_between_brackets_belongs_to_the_side_asked_for(edge, tariffs):
    woz = pd.Series({"at": 250_000, "next": 500_000, "hotel": 2_000_000, "kiosk": 1})
    assert brackets(woz, TABLE, edge).tolist() == tariffs


def test_every_fault_of_a_bracket_table_is_named_at_once():
    table = pd.DataFrame({"low": [0, 100, 150, 400], "high": [100, 200, 300, 400], "tariff_eur": [1, 2, -3, np.nan]})
    woz = pd.Series({"shop": np.nan, "house": -1.0, "tower": 500.0})
    found = faults_of(lambda: brackets(woz, table, "upper"))
    assert "an overlap between 150.00 and 200.00: two tariffs; let the brackets join" in found
    assert "a gap between 300.00 and 400.00: no tariff; let the brackets join" in found
    assert "the tariff of the bracket from 150.00 is negative or missing; fill it in" in found
    assert "the bracket from 400.00 to 400.00 is empty; its end must lie above its start" in found
    assert "the base of shop (such as its WOZ value) is missing; fill it in or leave the payer out" in found
    assert any(fault.startswith("the base of house is negative") for fault in found)
    assert any(fault.startswith("the base of tower (500.00) is in no bracket") for fault in found)
    assert "no brackets" in faults_of(lambda: brackets(pd.Series(dtype=float), TABLE.iloc[:0], "upper"))[0]


@pytest.mark.parametrize(("value", "edge", "fits"), [(10, "upper", False), (10, "lower", True), (300, "upper", True),
                                                     (300, "lower", False)])  # fmt: skip
def test_the_outer_edges_of_a_table_are_as_explicit_as_the_inner(value, edge, fits):
    table = pd.DataFrame({"low": [10], "high": [300], "tariff_eur": [5.0]})
    if fits:
        assert brackets(pd.Series({"shop": value}), table, edge).tolist() == [5]
    else:
        assert "in no bracket" in faults_of(lambda: brackets(pd.Series({"shop": value}), table, edge))[0]


def test_rate_with_threshold_minimum_cap_and_discount():
    woz = pd.Series({"exempt": 50_000.0, "small": 51_000.0, "shop": 250_000.0, "club": 250_000.0, "mall": 9e6})
    charge = rate(woz, 0.001, threshold=50_000, minimum=25, cap=1000, discounts=pd.Series({"club": 0.25}))
    assert charge.to_dict() == {"exempt": 0, "small": 25, "shop": 200, "club": 150, "mall": 1000}


def test_every_fault_of_a_rate_is_named_at_once():
    woz = pd.Series({"empty": 0.0, "shop": np.nan, "mall": 5.0})
    discounts = pd.Series({"mall": 1.5, "ghost": 0.1})
    assert faults_of(lambda: rate(woz, -0.1, threshold=-1, cap=5, minimum=9, discounts=discounts)) == [
        "the base of shop (such as its WOZ value) is missing; fill it in or leave the payer out",
        "the rate is -0.1; give 0 or more",
        "the threshold is -1; give 0 or more",
        "the cap (5.00) is below the minimum (9.00); swap or correct them",
        "the base of empty is 0: a tariff on it says nothing; give its value or leave the payer out",
        "the discount of mall is 1.5; write a share from 0 to 1",
        "ghost has a discount but is no payer; correct the name",
    ]


def test_mixed_key_is_between_its_keys_and_exact():
    bases = pd.DataFrame({"woz": [1, 2, 4], "equal": [1, 1, 1]}, index=["a", "b", "c"])
    shares = mixed(bases, pd.Series({"woz": 0.7, "equal": 0.3}), 100.0)
    assert shares.to_dict() == {"a": 20.0, "b": 30.0, "c": 50.0}
    assert mixed(bases, pd.Series({"woz": 0.0, "equal": 1.0}), 10.0).tolist() == equal(bases.index, 10.0).tolist()


def test_weights_of_keys_that_do_not_add_up_are_refused_with_all_other_faults():
    bases = pd.DataFrame({"woz": [1, 2], "floor": [1, 1]}, index=["a", "b"])
    assert faults_of(lambda: mixed(bases, pd.Series({"woz": 0.8, "members": -0.1}), 5.0)) == [
        "key floor has no weight; give it one",
        "key members has no base values; add a column",
        "the weight of key members is negative or missing; correct it",
        "the weights of the keys sum to 0.7, not to 1; correct them",
    ]
    assert "nobody would pay" in faults_of(lambda: mixed(bases * 0, pd.Series({"woz": 0.5, "floor": 0.5}), 5.0))[0]


# --- checks ------------------------------------------------------------------------------------------------------
COSTS = pd.Series({"parking": 300.0, "greening": 50.0, "market": 40.0})
USES = pd.DataFrame({"shops": [2, 0, 1], "owners": [1, 1, 0], "residents": [0, 1, 0]}, index=COSTS.index)


def test_a_split_that_overcharges_a_group_names_it_and_by_how_much():
    split = pd.Series({"shops": 300.0, "owners": 80.0, "residents": 10.0})
    found = check_efforts(split, COSTS, USES)
    assert (found.difference, found.group, found.excess) == (0, (), 0)
    found = check_efforts(pd.Series({"shops": 60.0, "owners": 40.0, "residents": 290.0}), COSTS, USES)
    assert (found.group, found.excess) == (("residents",), 240)
    assert found.alone.to_dict() == {"residents": 240}
    assert check_efforts(pd.Series({"shops": 10.0, "owners": 380.0}), COSTS, USES).subsidised.to_dict() == {"shops": 30}


def test_who_benefits_from_nothing_would_pay_nothing_alone():
    found = check_efforts(pd.Series({"city": 400.0}), COSTS, USES)
    assert (found.group, found.excess, found.difference) == (("city",), 400, 10)


@st.composite
def split_of_efforts(draw):
    count = draw(st.integers(1, 5))
    rows = draw(st.lists(st.tuples(*[st.integers(0, 2)] * count).filter(any), min_size=1, max_size=5))
    names = [f"e{n}" for n in range(len(rows))]
    costs = pd.Series(draw(st.lists(st.integers(0, 999), min_size=len(rows), max_size=len(rows))), names, dtype=float)
    paid = draw(st.lists(st.integers(0, 999), min_size=count, max_size=count))
    return pd.Series(paid, list("abcde"[:count]), dtype=float), costs, pd.DataFrame(rows, names, list("abcde"[:count]))


@modest
@given(split_of_efforts())
def test_the_worst_group_of_efforts_is_the_worst_of_all_groups(drawn):
    split, costs, weights = drawn
    of_efforts, of_table = check_efforts(split, costs, weights), check_game(split, game_from_efforts(costs, weights))
    everybody = round(float(split.sum() - costs.sum()), 2)
    assert of_efforts.excess == pytest.approx(max(of_table.excess, everybody, 0))
    assert of_efforts.difference == of_table.difference
    pd.testing.assert_series_equal(of_efforts.alone, of_table.alone, check_names=False)
    pd.testing.assert_series_equal(of_efforts.subsidised, of_table.subsidised, check_names=False)


@modest
@given(split_of_efforts())
def test_every_split_in_which_efforts_are_paid_by_their_own_beneficiaries_overcharges_no_group(drawn):
    _, costs, weights = drawn
    for split in (per_effort(costs, weights).sum(), effort_shapley(costs, weights)):
        assert check_efforts(split, costs, weights).group == ()


def test_checks_of_a_gain_game_turn_round():
    game = game_from_table({"a": 2, "b": 3, "a, b": 10}, "gain")
    found = check_game(pd.Series({"b": 9.0, "a": 1.0}), game)
    assert (found.group, found.excess) == (("a",), 1)
    assert found.alone.to_dict() == {"a": 1}
    assert found.subsidised.to_dict() == {"b": 1}


def test_shares_that_do_not_fit_the_players_are_named():
    game = game_from_table({"a": 2, "b": 3, "a, b": 4})
    assert faults_of(lambda: check_game(pd.Series({"a": 1.0, "z": 3.0}), game)) == [
        "b has no share; give one, 0 if it pays nothing",
        "z has a share but is no player; correct the name",
    ]


@pytest.mark.parametrize("edge", ["upper", "lower"])
def test_a_payer_with_a_zero_base_is_named_whatever_the_edge(edge):
    table = pd.DataFrame({"low": [0.0, 100.0], "high": [100.0, np.nan], "tariff_eur": [10.0, 20.0]})
    found = faults_of(lambda: brackets(pd.Series({"shop": 50.0, "empty": 0.0}), table, edge))
    assert found == ["the base of empty is 0: a tariff on it says nothing; give its value or leave the payer out"]


def test_another_word_for_the_edge_is_refused():
    table = pd.DataFrame({"low": [0.0], "high": [np.nan], "tariff_eur": [10.0]})
    assert faults_of(lambda: brackets(pd.Series({"shop": 50.0}), table, "Upper")) == [
        "'Upper' is no side of an edge; write upper or lower"
    ]


def test_an_unknown_say_stays_unknown_and_one_that_is_not_given_is_nothing():
    table = three_shares(pd.Series({"a": 1.0, "b": 1.0}), pd.Series({"a": 1.0}), pd.Series({"a": 2.0, "b": np.nan}))
    assert table.loc["a", "say"] == 1 and np.isnan(table.loc["b", "say"]) and table.loc["b", "payment"] == 0


def test_three_shares_and_the_largest_gap_between_them():
    table = three_shares(pd.Series({"city": 1.0, "shops": 3.0}), pd.Series({"city": 8.0}), pd.Series({"shops": 1.0}))
    assert table.loc["city"].tolist() == [0.25, 1, 0, 1]
    assert table.loc["shops"].tolist() == [0.75, 0, 1, 1]
    unknown = three_shares(pd.Series({"a": 1.0, "b": 1.0}), pd.Series({"a": 1.0}), pd.Series(dtype=float))
    assert unknown["say"].isna().all()
    assert unknown["gap"].tolist() == [0.5, 0.5]


def test_what_if_one_effort_costs_one_percent_more():
    assert what_if(lambda costs: per_effort(costs, USES).sum(), COSTS).empty
    perverse = what_if(lambda costs: pd.Series({"shops": 1000 - costs.sum(), "owners": 2 * costs.sum()}), COSTS)
    assert perverse["partner"].unique().tolist() == ["shops"]
    assert perverse["less"].tolist() == [3.0, 0.5, 0.4]


def test_share_ranges_hold_the_share_without_variation_and_miss_efforts_without_weight():
    still = np.repeat(USES.to_numpy(dtype=float)[None], 3, axis=0)
    table = share_ranges(COSTS, still, USES.columns)
    share = per_effort(COSTS, USES).sum() / COSTS.sum()
    assert table["low"].to_numpy() == pytest.approx(share.to_numpy(), abs=1e-4)
    assert table["high"].to_numpy() == pytest.approx(share.to_numpy(), abs=1e-4)
    assert share_ranges(COSTS, still * 0, USES.columns).isna().all(axis=None)
