"""What can be held against a split, and shares of cost against shares of benefit."""

from __future__ import annotations

from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binnenstad.costs.checks import (
    check_efforts,
    check_splits,
    compare_shares,
    out_of_balance,
    scaled,
    share_ranges,
    three_shares,
    what_if,
)
from binnenstad.costs.split import per_effort, share_efforts

modest = settings(max_examples=60, deadline=None)


# --- checks ------------------------------------------------------------------------------------------------------
COSTS = pd.Series({"parking": 300.0, "greening": 50.0, "market": 40.0})
USES = pd.DataFrame({"shops": [2, 0, 1], "owners": [1, 1, 0], "residents": [0, 1, 0]}, index=COSTS.index)


def test_a_split_that_overcharges_a_group_names_it_and_by_how_much():
    found = check_efforts(pd.Series({"shops": 300.0, "owners": 80.0, "residents": 10.0}), COSTS, USES)
    assert (found.group, found.excess) == ((), 0)
    found = check_efforts(pd.Series({"shops": 60.0, "owners": 40.0, "residents": 290.0}), COSTS, USES)
    assert (found.group, found.excess) == (("residents",), 240)
    assert found.alone.to_dict() == {"residents": 240}
    assert check_efforts(pd.Series({"shops": 10.0, "owners": 380.0}), COSTS, USES).subsidised.to_dict() == {"shops": 30}


def test_who_benefits_from_nothing_would_pay_nothing_alone_and_is_in_no_group_if_it_pays_nothing():
    found = check_efforts(pd.Series({"city": 400.0, "province": 0.0}), COSTS, USES.assign(idle=0))
    assert (found.group, found.excess) == (("city",), 400)


def test_who_pays_just_what_it_costs_is_not_in_the_group_that_overpays():
    lamp = pd.Series({"lamp": 3.0})
    found = check_efforts(pd.Series({"a": 3.0, "b": 3.0}), lamp, pd.DataFrame({"a": [0], "b": [1]}, lamp.index))
    assert (found.group, found.excess) == (("a",), 3)


@pytest.mark.parametrize(
    ("cents", "alone", "group"), [(0.4, {}, ()), (1, {"residents": 0.01}, ()), (2, {"residents": 0.02}, ("residents",))]
)
def test_half_a_cent_of_rounding_is_held_against_nobody(cents, alone, group):
    over = cents / 100
    found = check_efforts(pd.Series({"shops": 300.0, "owners": 40.0 - over, "residents": 50.0 + over}), COSTS, USES)
    assert (found.alone.to_dict(), found.group) == (alone, group)
    assert found.excess == (over if group else 0)


@pytest.mark.parametrize("paid", [390.0, 389.99, 390.01, 1.0, 7800.0])
def test_what_is_paid_is_judged_as_scaled_to_the_costs_and_nothing_paid_is_not(paid):
    """The city pays 3 of 4 and benefits from nothing: of 390 that is 292.50, whatever is paid."""
    now = {"city": paid * 0.75, "shops": paid * 0.25}
    splits = pd.DataFrame({"now": now, "equal": {"city": 195.0, "shops": 195.0}, "nucleolus": np.nan, "none": 0.0})
    found = check_splits(splits, COSTS, USES)
    assert list(found) == ["now", "equal"]
    assert (found["now"].group, found["now"].excess) == (("city",), 292.5)


cents = st.integers(0, 10**8).map(lambda amount: amount / 100)


@modest
@given(st.lists(cents, min_size=1, max_size=6).filter(any), cents)
def test_what_is_scaled_sums_to_the_estate_and_keeps_every_part(paid, estate):
    amounts = pd.Series(paid)
    result = scaled(amounts, estate)
    assert round(float(result.sum()) * 100) == round(estate * 100)
    assert ((result - amounts / amounts.sum() * estate).abs() <= 0.0101).all()


def test_who_is_out_of_balance_with_its_benefit_is_found_and_one_without_interests_is_not_judged():
    """The benefit is 240, 125 and 25 of 390; of the city nothing is known."""
    found = check_efforts(pd.Series({"shops": 290.0, "owners": 10.0, "residents": 60.0, "city": 30.0}), COSTS, USES)
    assert found.unbalanced["ratio"].round(4).to_dict() == {"owners": 0.08, "residents": 2.4}
    assert found.unbalanced.loc["residents", "cost_share"] == 60 / 390


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
    found, every = check_efforts(split, costs, weights), range(1, len(split) + 1)
    cost = {group: costs[(weights[list(group)] > 0).any(axis=1)].sum() for size in every
            for group in combinations(split.index, size)}  # fmt: skip
    excess = {group: split[list(group)].sum() - cost[group] for group in cost}
    worst = max(0, *excess.values())
    assert found.excess == worst
    # of groups that overpay as much, the smallest: who neither adds nor takes is not in it
    smallest = min((len(group) for group in cost if excess[group] == worst), default=0) if worst else 0
    assert (len(found.group), excess.get(found.group, 0)) == (smallest, worst)
    over = {name: split[name] - cost[name,] for name in split.index}
    rest = {name: cost.get(tuple(split.index.drop(name)), 0) for name in split.index}
    short = {name: costs.sum() - rest[name] - split[name] for name in split.index}
    assert found.alone.to_dict() == {name: amount for name, amount in over.items() if amount > 0}
    assert found.subsidised.to_dict() == {name: amount for name, amount in short.items() if amount > 0}


@modest
@given(split_of_efforts())
def test_a_split_in_which_efforts_are_paid_by_their_own_beneficiaries_overcharges_no_group(drawn):
    _, costs, weights = drawn
    for split in (per_effort(costs, weights).sum(), share_efforts(costs, weights > 0)):
        assert check_efforts(split, costs, weights).group == ()


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


# --- fairness ---------------------------------------------------------------------------------------------------
def test_compare_shares_of_cost_and_benefit():
    table = compare_shares(pd.Series({"city": 450.0, "shops": 150.0}), pd.Series({"shops": 3.0, "residents": 1.0}))
    assert table.index.tolist() == ["shops", "residents", "city"]
    assert table["cost_share"].tolist() == [0.25, 0, 0.75]
    assert table["benefit_share"].tolist() == [0.75, 0.25, 0]
    assert table["difference"].tolist() == [-0.5, -0.25, 0.75]
    assert table["ratio"].tolist() == pytest.approx([1 / 3, 0, np.nan], nan_ok=True)


AMOUNTS = st.dictionaries(st.sampled_from("abcdef"), st.integers(0, 10**6), min_size=1).filter(
    lambda d: any(d.values())
)


@modest
@given(AMOUNTS, AMOUNTS, st.sampled_from([0.01, 1000.0]))
def test_shares_sum_to_one_and_do_not_depend_on_the_unit(cost, benefit, factor):
    table = compare_shares(pd.Series(cost), pd.Series(benefit))
    assert table[["cost_share", "benefit_share"]].sum().tolist() == pytest.approx([1, 1])
    assert table["difference"].sum() == pytest.approx(0, abs=1e-12)
    assert table["difference"].is_monotonic_increasing
    assert set(table.index) == {*cost, *benefit}
    scaled = compare_shares(pd.Series(cost) * factor, pd.Series(benefit))
    pd.testing.assert_frame_equal(table, scaled.loc[table.index])


@pytest.mark.parametrize(("paid", "gets", "missing"), [(0, 5, "cost_share"), (5, 0, "benefit_share")])
def test_shares_of_nothing_are_missing_for_everybody(paid, gets, missing):
    table = compare_shares(pd.Series({"city": paid}, dtype=float), pd.Series({"city": 0, "shops": gets}, dtype=float))
    assert table[[missing, "difference", "ratio"]].isna().all(axis=None)
    assert table.drop(columns=[missing, "difference", "ratio"]).sum().tolist() == [1]


def test_shares_of_empty_tables_are_empty():
    assert compare_shares(pd.Series(dtype=float), pd.Series(dtype=float)).empty


def test_out_of_balance_lists_ratios_below_a_half_and_above_two():
    """Exactly 0.5 and 2 are in balance; paying without any benefit is not, having neither is."""
    cost = {"half": 1000, "under": 999, "twice": 2000, "over": 2001, "none": 100, "neither": 0, "even": 9900}
    benefit = {"half": 2000, "under": 2000, "twice": 1000, "over": 1000, "even": 10_000}
    table = compare_shares(pd.Series(cost), pd.Series(benefit))
    assert table.loc[["half", "twice"], "ratio"].tolist() == [0.5, 2]
    assert set(out_of_balance(table).index) == {"under", "over", "none"}


def test_nobody_is_out_of_balance_while_the_benefit_is_unknown():
    table = compare_shares(pd.Series({"city": 5.0, "shops": 5.0}), pd.Series({"city": 0.0, "shops": 0.0}))
    assert out_of_balance(table).empty
