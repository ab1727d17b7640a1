"""Splitting costs by key, and shares of cost against shares of benefit."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binnenstad.costs.fairness import compare_shares, out_of_balance
from binnenstad.costs.keys import compare_keys, equal, per_effort, proportional, spread_costs, to_cents
from binnenstad.words.errors import AllocationError

modest = settings(max_examples=80, deadline=None)
CENTS = st.one_of(
    st.integers(0, 500), st.integers(0, 10**9), st.sampled_from([1, 7, 115, 1999, 69_920_000, 99_999_999])
)
SIZES = st.lists(st.integers(0, 10_000), min_size=1, max_size=8).filter(any)
AWKWARD = st.lists(st.floats(1e-6, 1e6), min_size=1, max_size=8)


def in_cents(amounts: pd.Series) -> list[int]:
    """Whole cents; fails on an amount that is no whole number of cents."""
    assert (amounts == amounts.round(2)).all()
    return [round(amount * 100) for amount in amounts]


def sized(sizes: list) -> pd.Series:
    return pd.Series(sizes, index=[f"p{number}" for number in range(len(sizes))], dtype=float)


# --- keys -------------------------------------------------------------------------------------------------------
@modest
@given(AWKWARD, CENTS)
def test_proportional_split_is_exact_to_the_cent(sizes, cents):
    shares = proportional(sized(sizes), cents / 100)
    assert sum(in_cents(shares)) == cents
    exact = [Fraction(cents) * Fraction(size) / sum(map(Fraction, sizes)) for size in sizes]
    assert all(abs(got - want) < 1 + 1e-5 for got, want in zip(in_cents(shares), exact, strict=True))


@modest
@given(st.integers(1, 60), CENTS)
def test_equal_split_is_exact_and_differs_by_a_cent_at_most(count, cents):
    shares = in_cents(equal(pd.RangeIndex(count), cents / 100))
    assert sum(shares) == cents
    assert shares == sorted(shares, reverse=True)
    assert shares[0] - shares[-1] <= 1


@modest
@given(SIZES, CENTS)
def test_same_size_pays_the_same_but_for_a_cent_and_a_larger_size_never_less(sizes, cents):
    shares = in_cents(proportional(sized(sizes), cents / 100))
    for (one, pays), (other, others_pay) in combinations(zip(sizes, shares, strict=True), 2):
        if one == other:
            assert 0 <= pays - others_pay <= 1
        else:
            assert (pays - others_pay) * (one - other) >= 0 or abs(pays - others_pay) <= 1


@modest
@given(SIZES, CENTS, st.integers(0, 8))
def test_dummy_player_pays_nothing_and_changes_nothing(sizes, cents, place):
    without = proportional(sized(sizes), cents / 100).tolist()
    place = min(place, len(sizes))
    shares = proportional(sized([*sizes[:place], 0, *sizes[place:]]), cents / 100).tolist()
    assert shares.pop(place) == 0
    assert shares == without


@modest
@given(
    st.lists(st.integers(1, 500), min_size=2, max_size=6).flatmap(
        lambda s: st.tuples(st.just(s), st.permutations(range(len(s))))
    ),
    CENTS,
)
def test_order_of_payers_decides_only_who_of_equal_remainders_gets_the_cent(drawn, cents):
    sizes, order = drawn
    base = sized(sizes)
    plain, turned = (proportional(base.iloc[list(o)], cents / 100)[base.index] for o in (range(len(sizes)), order))
    remainders = [Fraction(cents * size, sum(sizes)) % 1 for size in sizes]
    for remainder, one, other in zip(remainders, in_cents(plain), in_cents(turned), strict=True):
        assert one == other or (abs(one - other) == 1 and remainders.count(remainder) > 1)


@modest
@given(SIZES, CENTS, st.sampled_from([0.001, 3.0, 1e6]))
def test_split_does_not_depend_on_the_unit_of_the_size(sizes, cents, factor):
    plain, scaled = (proportional(sized(sizes) * f, cents / 100) for f in (1.0, factor))
    assert max(abs(a - b) for a, b in zip(in_cents(plain), in_cents(scaled), strict=True)) <= 1
    assert sum(in_cents(scaled)) == cents


@pytest.mark.parametrize("wrong", [-0.01, np.nan, np.inf])
def test_size_that_is_no_size_is_refused_with_the_payer(wrong):
    with pytest.raises(AllocationError, match="owners"):
        proportional(pd.Series({"shops": 1.0, "owners": wrong}), 10.0)


def test_every_wrong_payer_is_named():
    with pytest.raises(AllocationError, match="owners, visitors"):
        proportional(pd.Series({"owners": -1.0, "shops": 1.0, "visitors": np.nan}), 10.0)


@pytest.mark.parametrize("base", [{"shops": 0.0, "owners": 0.0}, {}])
def test_split_over_nobody_is_refused(base):
    with pytest.raises(AllocationError, match="nobody would pay"):
        proportional(pd.Series(base, dtype=float), 10.0)


def test_equal_split_over_nobody_is_refused():
    with pytest.raises(AllocationError, match="nobody would pay"):
        equal(pd.Index([]), 10.0)


# --- rounding ---------------------------------------------------------------------------------------------------
@modest
@given(st.lists(st.integers(0, 12), min_size=1, max_size=7).filter(any), st.integers(0, 400))
def test_to_cents_is_the_nearest_of_all_ways_to_give_out_the_last_cents(sizes, cents):
    exact = [Fraction(cents * size, sum(sizes)) for size in sizes]
    floors = [share.numerator // share.denominator for share in exact]
    # in lexicographic order, so of equally near ways the one that favours the first comes first
    ways = combinations(range(len(sizes)), cents - sum(floors))
    rounded = [[floor + (place in way) for place, floor in enumerate(floors)] for way in ways]
    best = min(rounded, key=lambda r: sum((got - want) ** 2 for got, want in zip(r, exact, strict=True)))
    shares = sized([float(share) / 100 for share in exact])
    assert in_cents(to_cents(shares, cents / 100)) == best


def test_equal_remainders_of_unequal_payers_go_to_the_first():
    """Three payers have 4/9 cent left and two cents are to be given out: the first two of them get one."""
    shares = proportional(sized([10, 16, 5, 30, 37, 37]), 78.90)
    assert in_cents(shares) == [585, 935, 292, 1753, 2163, 2162]


def test_to_cents_keeps_names_and_amounts_that_are_whole_already():
    shares = pd.Series({"b": 1.15, "a": 2.85, "c": 0.0})
    assert to_cents(shares, 4.0).to_dict() == {"b": 1.15, "a": 2.85, "c": 0.0}


# --- per effort -------------------------------------------------------------------------------------------------
COSTS = pd.Series({"parking": 100.0, "greening": 50.0, "events": 0.01})
WEIGHTS = pd.DataFrame({"shops": [2, 0, 1], "residents": [1, 1, 1], "visitors": [0, 0, 0]}, index=COSTS.index)


def test_each_effort_is_paid_by_its_own_beneficiaries_only():
    result = per_effort(COSTS, WEIGHTS)
    assert result.loc["parking"].to_dict() == {"shops": 66.67, "residents": 33.33, "visitors": 0.0}
    assert result.loc["greening"].to_dict() == {"shops": 0.0, "residents": 50.0, "visitors": 0.0}
    assert result.loc["events"].to_dict() == {"shops": 0.01, "residents": 0.0, "visitors": 0.0}
    assert result.columns.tolist() == WEIGHTS.columns.tolist()


@modest
@given(st.lists(st.tuples(st.tuples(*[st.integers(0, 9)] * 4).filter(any), CENTS), min_size=1, max_size=5))
def test_per_effort_rows_sum_to_the_cost_of_the_effort(efforts):
    names = [f"e{number}" for number in range(len(efforts))]
    weights = pd.DataFrame([row for row, _ in efforts], index=names, columns=list("abcd"))
    result = per_effort(pd.Series([cents / 100 for _, cents in efforts], index=names), weights)
    for name, (row, cents) in zip(names, efforts, strict=True):
        assert sum(in_cents(result.loc[name])) == cents
        assert all(paid == 0 for paid, weight in zip(result.loc[name], row, strict=True) if weight == 0)


@pytest.mark.parametrize("weights", [WEIGHTS.drop(index="greening"), WEIGHTS.assign(residents=[1, 0, 1])])
def test_effort_without_beneficiary_is_refused_by_name(weights):
    with pytest.raises(AllocationError, match="for: greening;"):
        per_effort(COSTS, weights)


def test_a_missing_weight_is_refused_with_the_payer():
    with pytest.raises(AllocationError, match="is negative, missing or infinite; write 0 for no interest"):
        per_effort(COSTS, WEIGHTS.astype(float).where(WEIGHTS > 0))


def test_negative_weight_is_refused_with_the_payer():
    with pytest.raises(AllocationError, match="weight of residents in 'parking' is negative"):
        per_effort(COSTS, WEIGHTS.assign(residents=[-1, 1, 1]))


def test_spread_costs_puts_efforts_without_beneficiary_aside():
    split, rest = spread_costs(COSTS, WEIGHTS.assign(residents=[1, 0, 1]))
    assert split.index.tolist() == ["parking", "events"]
    assert rest.to_dict() == {"greening": 50.0}
    assert split.to_numpy().sum() + rest.sum() == pytest.approx(COSTS.sum())


def test_spread_costs_when_nobody_benefits_from_anything():
    split, rest = spread_costs(COSTS, WEIGHTS * 0)
    assert split.empty
    assert rest.to_dict() == COSTS.to_dict()


# --- keys side by side ------------------------------------------------------------------------------------------
BENEFIT = pd.DataFrame({"shops": [60.0, 10.0], "residents": [20.0, 10.0], "visitors": [0.0, 0.0]})


def test_compare_keys_sets_each_key_beside_what_is_paid_now():
    paid = pd.Series({"city": 95.0, "shops": 25.0})
    table = compare_keys(paid, pd.Series({"residents": 3.0, "shops": 1.0, "city": 9.0}), BENEFIT)
    assert table.columns.tolist() == ["now", "equal", "proportional", "per_effort"]
    assert table.loc["shops"].tolist() == [25, 50, 25, 70]
    assert table.loc["residents"].tolist() == [0, 50, 75, 30]
    assert table.loc["city"].tolist() == [95, 0, 0, 0]
    assert table.index[:2].tolist() == ["shops", "residents"]
    assert "visitors" not in table.index or table.loc["visitors"].tolist() == [0, 0, 0, 0]


@modest
@given(st.lists(st.tuples(*[st.integers(0, 10**6)] * 3).filter(any), min_size=1, max_size=4))
def test_every_key_splits_the_same_total(rows):
    benefit = pd.DataFrame(rows, columns=["a", "b", "c"]) / 100
    table = compare_keys(pd.Series({"city": 1.0}), pd.Series({"a": 1.0, "b": 2.0, "c": 4.0}), benefit)
    total = sum(map(sum, rows))
    assert [sum(in_cents(table[key])) for key in ("equal", "proportional", "per_effort")] == [total] * 3
    assert table["per_effort"].is_monotonic_decreasing


def test_compare_keys_has_no_rows_where_nobody_benefits():
    table = compare_keys(pd.Series({"city": 1.0}), pd.Series({"city": 1.0}), BENEFIT * 0)
    assert table.empty
    assert table.columns.tolist() == ["now", "equal", "proportional", "per_effort"]


def test_proportional_key_without_any_size_is_unknown_and_the_others_stand():
    """Interests in efforts only: a programme may have no interest in a goal at all."""
    table = compare_keys(pd.Series({"city": 1.0}), pd.Series({"city": 1.0}), BENEFIT)
    assert table["proportional"].isna().all()
    assert table[["now", "equal", "per_effort"]].notna().all(axis=None)
    assert table["equal"].sum() == pytest.approx(BENEFIT.to_numpy().sum())


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
