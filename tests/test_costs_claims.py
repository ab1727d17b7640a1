"""Claims on an estate, and tariffs per payer."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binnenstad.costs.claims import RULES, divide_estate
from binnenstad.costs.nucleolus import nucleolus, subset_sums
from binnenstad.costs.tariffs import brackets, rate
from binnenstad.words.errors import AllocationError

modest = settings(max_examples=60, deadline=None)
ESTATES = st.lists(st.integers(0, 900), min_size=1, max_size=5).flatmap(
    lambda c: st.tuples(st.just(pd.Series(c, list("abcde"[: len(c)]), dtype=float)), st.integers(0, sum(c)))
)


def faults_of(call) -> list[str]:
    with pytest.raises(AllocationError) as caught:
        call()
    return caught.value.faults


# --- claims ------------------------------------------------------------------------------------------------------
@modest
@given(ESTATES, st.sampled_from(sorted(RULES)))
def test_every_rule_gives_out_the_estate_within_the_claims(drawn, rule):
    claims, estate = drawn
    shares = divide_estate(claims, estate, rule)
    assert shares.sum() == pytest.approx(estate, abs=1e-6)
    assert ((shares >= -1e-9) & (shares <= claims + 1e-9)).all()
    assert shares.index.equals(claims.index)


@modest
@given(ESTATES, st.sampled_from(sorted(RULES)))
def test_no_rule_looks_at_the_order_of_the_rows(drawn, rule):
    claims, estate = drawn
    turned = divide_estate(claims[::-1], estate, rule)
    assert turned[claims.index].tolist() == pytest.approx(divide_estate(claims, estate, rule).tolist(), abs=1e-6)


@modest
@given(ESTATES)
def test_talmud_treats_gains_and_losses_alike_and_losses_are_the_mirror_of_awards(drawn):
    """Aumann and Maschler (1985): the rule is self-dual; equal losses is the dual of equal awards."""
    claims, estate = drawn
    for rule, dual in (("talmud", "talmud"), ("cel", "cea")):
        missed = claims - divide_estate(claims, claims.sum() - estate, dual)
        assert divide_estate(claims, estate, rule).tolist() == pytest.approx(missed.tolist(), abs=1e-6)


@modest
@given(ESTATES)
def test_a_larger_claim_never_gets_less_nor_loses_less(drawn):
    claims, estate = drawn
    for rule in RULES:
        shares = divide_estate(claims, estate, rule)
        for one, other in combinations(claims.index, 2):
            low, high = (one, other) if claims[one] <= claims[other] else (other, one)
            assert shares[low] <= shares[high] + 1e-6
            assert claims[low] - shares[low] <= claims[high] - shares[high] + 1e-6


@modest
@given(ESTATES)
def test_nucleolus_of_the_bankruptcy_game_is_the_talmud_rule(drawn):
    """Aumann and Maschler (1985), theorem A; a group is sure of what the claims of the others leave (O'Neill 1982)."""
    claims, estate = drawn
    sure = np.maximum(0.0, estate - (claims.sum() - subset_sums(claims.to_numpy())))
    assert (-nucleolus(-sure)).tolist() == pytest.approx(divide_estate(claims, estate, "talmud").tolist(), abs=1e-6)


@modest
@given(ESTATES)
def test_random_arrival_is_first_come_first_served_over_all_orders(drawn):
    """O'Neill (1982)."""
    claims, estate = drawn
    got = dict.fromkeys(claims.index, 0.0)
    orders = list(permutations(claims.index))
    for order in orders:
        left = float(estate)
        for name in order:
            taken = min(left, claims[name])
            got[name] += taken / len(orders)
            left -= taken
    assert divide_estate(claims, estate, "random_arrival").to_dict() == pytest.approx(got, abs=1e-6)


@pytest.mark.parametrize(
    ("estate", "awards"),
    [(100, [100 / 3] * 3), (200, [50, 75, 75]), (300, [50, 100, 150]), (400, [50, 125, 225]), (600, [100, 200, 300])],
)
def test_the_estates_of_the_talmud(estate, awards):
    """Mishna Ketubot 93a (100, 200, 300); Aumann and Maschler (1985) for the others."""
    claims = pd.Series({"first": 100.0, "second": 200.0, "third": 300.0})
    assert divide_estate(claims, estate, "talmud").tolist() == pytest.approx(awards)


def test_awards_and_losses_by_hand():
    claims = pd.Series({"c": 300.0, "a": 100.0, "b": 200.0})
    assert divide_estate(claims, 360, "cea").to_dict() == {"c": 130, "a": 100, "b": 130}
    assert divide_estate(claims, 360, "cel").to_dict() == {"c": 220, "a": 20, "b": 120}
    assert divide_estate(claims, 360, "proportional").to_dict() == {"c": 180, "a": 60, "b": 120}
    assert divide_estate(claims * 0, 0, "cea").tolist() == [0, 0, 0]


def test_priority_fills_a_rank_before_the_next_whatever_the_order():
    claims = pd.Series({"events": 50.0, "safety": 100.0, "greening": 150.0})
    ranks = pd.Series({"safety": 1, "greening": 3, "events": 3})
    shares = divide_estate(claims, 140, "proportional", ranks)
    assert shares.to_dict() == {"events": 10, "safety": 100, "greening": 30}
    assert divide_estate(claims, 140, "cea", ranks).to_dict() == {"events": 20, "safety": 100, "greening": 20}
    assert divide_estate(claims, 60, "cea", ranks).to_dict() == {"events": 0, "safety": 60, "greening": 0}


def test_every_fault_of_claims_is_named_at_once():
    claims = pd.Series([1.0, 2.0, -3.0, np.nan], index=["a", "a", "b", "c"])
    found = faults_of(lambda: divide_estate(claims, -1.0, "fair", pd.Series({"a": 1, "b": 1})))
    starts = ["claimant 'a' stands twice", "the claim of b is negative, missing", "the claim of c is negative, missing",
              "c has no rank", "'fair' is no rule; write proportional, cea, cel", "the estate is -1"]  # fmt: skip
    assert len(found) == len(starts)
    assert all(fault.startswith(start) for fault, start in zip(found, starts, strict=True))
    many = pd.Series(1.0, index=range(21))
    assert "21 claimants are more than 20" in faults_of(lambda: divide_estate(many, 3.0, "random_arrival"))[0]


@pytest.mark.parametrize("rule", RULES)
def test_an_estate_above_all_claims_is_refused_with_the_way_out(rule):
    (fault,) = faults_of(lambda: divide_estate(pd.Series({"a": 100.0, "b": 50.0}), 200.0, rule))
    assert fault.startswith("the estate (200.00) is larger than all claims together (150.00); every claim can be met")


# --- tariffs -----------------------------------------------------------------------------------------------------
TABLE = pd.DataFrame({"low": [250_000, 10, 500_000], "tariff_eur": [500.0, 300.0, 900.0]})


@pytest.mark.parametrize(("edge", "tariffs"), [("upper", [300, 500, 900, 300]), ("lower", [500, 900, 900, 300])])
def test_the_border_between_brackets_belongs_to_the_side_asked_for(edge, tariffs):
    woz = pd.Series({"at": 250_000, "next": 500_000, "hotel": 2_000_000, "kiosk": 11})
    assert brackets(woz, TABLE, edge).tolist() == tariffs
    if edge == "lower":
        assert brackets(pd.Series({"first": 10}), TABLE, edge).tolist() == [300]
    else:
        assert "first is below every bracket" in faults_of(lambda: brackets(pd.Series({"first": 10}), TABLE, edge))[0]


def test_every_fault_of_a_bracket_table_is_named_at_once():
    table = pd.DataFrame({"low": [100, 200, 200], "tariff_eur": [1, -3, np.nan]})
    woz = pd.Series({"shop": np.nan, "house": -1.0, "empty": 0.0, "kiosk": 50.0})
    found = faults_of(lambda: brackets(woz, table, "Upper"))
    assert [fault.split(";")[0] for fault in found] == [
        *(
            f"the base of {name} (such as its WOZ value) is missing, infinite, 0 or less"
            for name in ("shop", "house", "empty")
        ),
        "two brackets begin at 200.00",
        *["the tariff of the bracket from 200.00 is negative or missing"] * 2,
        "the base of kiosk is below every bracket",
        "'Upper' is no side of an edge",
    ]


def test_rate_with_threshold_minimum_cap_and_discount():
    woz = pd.Series({"exempt": 50_000.0, "small": 51_000.0, "shop": 250_000.0, "club": 250_000.0, "mall": 9e6})
    charge = rate(woz, 0.001, threshold=50_000, minimum=25, cap=1000, discounts=pd.Series({"club": 0.25}))
    assert charge.to_dict() == {"exempt": 0, "small": 25, "shop": 200, "club": 150, "mall": 1000}


def test_every_fault_of_a_rate_is_named_at_once():
    woz, discounts = pd.Series({"empty": 0.0, "mall": 5.0}), pd.Series({"mall": 1.5, "ghost": 0.1})
    found = faults_of(lambda: rate(woz, -0.1, threshold=-1, cap=5, minimum=9, discounts=discounts))
    assert [fault.split(";")[0] for fault in found] == [
        "the base of empty (such as its WOZ value) is missing, infinite, 0 or less",
        "the rate is -0.1",
        "the threshold is -1",
        "the cap (5.00) is below the minimum (9.00)",
        "the discount of mall is no share from 0 to 1",
        "ghost has a discount but is no payer",
    ]
