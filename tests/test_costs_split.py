"""Splitting costs by key and over who benefits, and every split side by side."""

from __future__ import annotations

from fractions import Fraction
from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binnenstad.costs import split
from binnenstad.costs.nucleolus import coalition_costs, nucleolus
from binnenstad.costs.split import (
    compare_splits,
    equal,
    lacking_sizes,
    per_effort,
    proportional,
    rules_of_efforts,
    spread_costs,
    to_cents,
)
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


def test_every_payer_without_a_size_is_named_and_a_split_over_nobody_is_refused():
    sizes = pd.Series({"owners": -0.01, "shops": 1.0, "visitors": np.nan, "city": np.inf})
    with pytest.raises(AllocationError, match=r"infinite \(owners, visitors, city\)"):
        proportional(sizes, 10.0)
    for nobody in (sizes[:0], sized([0, 0])):
        with pytest.raises(AllocationError, match="all sum to 0"):
            proportional(nobody, 10.0)
    with pytest.raises(AllocationError):
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


def test_spread_costs_puts_efforts_without_beneficiary_aside():
    split, rest = spread_costs(COSTS, WEIGHTS.assign(residents=[1, 0, 1]))
    assert split.index.tolist() == ["parking", "events"]
    assert rest.to_dict() == {"greening": 50.0}
    assert split.to_numpy().sum() + rest.sum() == pytest.approx(COSTS.sum())


def test_spread_costs_when_nobody_benefits_from_anything():
    split, rest = spread_costs(COSTS, WEIGHTS * 0)
    assert split.empty
    assert rest.to_dict() == COSTS.to_dict()


# --- splits side by side ----------------------------------------------------------------------------------------
TAKEN = pd.Series({"parking": 80.0, "greening": 20.0})
USES = pd.DataFrame({"shops": [3.0, 1.0], "residents": [1.0, 1.0], "visitors": [0.0, 0.0]}, TAKEN.index)
KNOWN = ["now", "equal", "proportional", "per_effort", "shapley", "nucleolus"]


def test_each_split_stands_beside_what_is_paid_now():
    paid, sizes = pd.Series({"city": 95.0, "shops": 25.0}), pd.Series({"residents": 3.0, "shops": 1.0, "city": 9.0})
    table = compare_splits(paid, sizes, TAKEN, USES)
    assert table.columns.tolist() == KNOWN
    assert table.loc["shops"].tolist() == [25, 50, 25, 70, 50, 50]
    assert table.loc["residents"].tolist() == [0, 50, 75, 30, 50, 50]
    assert table.loc["city"].tolist() == [95, 0, 0, 0, 0, 0]
    assert table.index.tolist() == ["shops", "residents", "city", "visitors"]


def test_a_size_known_of_all_who_benefit_is_a_key_and_one_known_of_some_names_the_others():
    city = pd.Series({"city": 100.0})
    sizes = pd.DataFrame({"woz_eur": {"residents": 3.0, "shops": 1.0, "city": 9.0}, "floor_area_m2": {"shops": 5.0},
                          "members": {"city": 7.0}}, dtype=float)  # fmt: skip
    table = compare_splits(city, city, TAKEN, USES, sizes)
    assert table.columns.tolist() == ["now", "equal", "proportional", "woz_eur", *KNOWN[3:]]
    assert table["woz_eur"].to_dict() == {"shops": 25, "residents": 75, "city": 0, "visitors": 0}
    assert lacking_sizes(table, sizes) == {"floor_area_m2": ["residents"]}, "nobody's members are no key"
    zero = compare_splits(city, city, TAKEN, USES, sizes.assign(members=0.0))
    assert "members" not in zero and lacking_sizes(zero, sizes.assign(members=0.0)).keys() == {"floor_area_m2"}


@st.composite
def efforts(draw, most: int = 5) -> tuple[pd.Series, pd.DataFrame]:
    count = draw(st.integers(1, most))
    rows = draw(st.lists(st.tuples(*[st.integers(0, 3)] * count).filter(any), min_size=1, max_size=5))
    names = [f"e{number}" for number in range(len(rows))]
    cents = draw(st.lists(st.integers(0, 10**6), min_size=len(rows), max_size=len(rows)))
    return pd.Series(cents, names, dtype=float) / 100, pd.DataFrame(rows, names, list("abcde"[:count]), dtype=float)


@modest
@given(efforts())
def test_every_split_divides_the_same_total_to_the_cent(drawn):
    costs, weights = drawn
    sizes = pd.DataFrame({name: range(1, 6) for name in split.SIZES}, list("abcde"))
    table = compare_splits(pd.Series({"city": 1.0}), pd.Series({"a": 1.0, "b": 2.0}), costs, weights, sizes)
    total = round(costs.sum() * 100) if costs.sum() else None
    known = table.drop(columns="now").dropna(axis=1)
    assert {sum(in_cents(known[name])) for name in known if total} == ({total} if total else set())
    assert table["per_effort"].is_monotonic_decreasing


@modest
@given(efforts())
def test_the_shapley_value_is_the_mean_over_all_orders_of_joining(drawn):
    """Shapley (1953), from the costs of all groups: the oracle of the equal split of each effort."""
    costs, weights = drawn
    alone, count = coalition_costs(costs, weights), len(weights.columns)
    added, orders = np.zeros(count), list(permutations(range(count)))
    for order in orders:
        group = 0
        for player in order:
            added[player] += alone[group | 1 << player] - alone[group]
            group |= 1 << player
    shares = rules_of_efforts(weights)["shapley"](costs).reindex(weights.columns, fill_value=0.0)
    assert shares.tolist() == pytest.approx((added / len(orders)).tolist(), abs=1e-6)


@modest
@given(efforts(4))
def test_who_benefits_from_nothing_changes_no_nucleolus(drawn):
    costs, weights = drawn
    shares = rules_of_efforts(weights.assign(idle=0.0))["nucleolus"](costs)
    used = weights.loc[:, weights.any()]
    assert shares.tolist() == pytest.approx(nucleolus(coalition_costs(costs, used)).tolist(), abs=1e-6)


def test_nothing_to_split_has_no_rows_and_a_key_without_any_size_is_unknown():
    city = pd.Series({"city": 1.0})
    empty = compare_splits(city, city, TAKEN * 0, USES)
    assert empty.empty and empty.columns.tolist() == split.SPLITS
    table = compare_splits(city, city, TAKEN, USES)
    assert table["proportional"].isna().all()
    assert table.drop(columns="proportional").notna().all(axis=None)


def test_up_to_twenty_beneficiaries_have_a_nucleolus():
    weights = pd.DataFrame(1.0, ["lamp"], range(21))
    assert "nucleolus" in rules_of_efforts(weights.mul([1.0] * 20 + [0.0]))
    assert "nucleolus" not in rules_of_efforts(weights)
