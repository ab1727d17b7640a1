"""Claims on an estate, what each effort loses by a cut, and what one payer pays by a tariff."""

from __future__ import annotations

from itertools import combinations, permutations

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binnenstad.costs.claims import RULES, cuts_ahead, divide_estate, losses_by_rule
from binnenstad.costs.nucleolus import nucleolus, subset_sums
from binnenstad.costs.tariffs import charge, example_charges

modest = settings(max_examples=60, deadline=None)
ESTATES = st.lists(st.integers(0, 900), min_size=1, max_size=5).flatmap(
    lambda c: st.tuples(st.just(pd.Series(c, list("abcde"[: len(c)]), dtype=float)), st.integers(0, sum(c)))
)


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
@given(ESTATES, st.sampled_from(sorted(RULES)), st.randoms())
def test_no_rule_looks_at_the_order_of_the_rows(drawn, rule, chance):
    """To the last bit: a cent may hang on it."""
    claims, estate = drawn
    turned = divide_estate(claims.sample(frac=1, random_state=chance.randrange(99)), estate, rule)
    assert turned[claims.index].tolist() == divide_estate(claims, estate, rule).tolist()


@modest
@given(ESTATES, st.sampled_from(sorted(RULES)), st.integers(0, 900))
def test_with_more_to_divide_nobody_gets_less(drawn, rule, more):
    claims, estate = drawn
    larger = divide_estate(claims, min(estate + more, float(claims.sum())), rule)
    assert (larger >= divide_estate(claims, estate, rule) - 1e-9).all()


@modest
@given(ESTATES, st.sampled_from(sorted(RULES)), st.integers(0, 5))
def test_who_claims_nothing_gets_nothing_and_changes_nothing(drawn, rule, place):
    claims, estate = drawn
    rows = [*claims.items()]
    joined = pd.Series(dict([*rows[:place], ("nobody", 0.0), *rows[place:]]))
    shares = divide_estate(joined, estate, rule)
    assert shares["nobody"] == 0
    assert shares[claims.index].tolist() == pytest.approx(divide_estate(claims, estate, rule).tolist(), abs=1e-9)


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


# --- a cut -------------------------------------------------------------------------------------------------------
RANKS = st.dictionaries(st.sampled_from("abcde"), st.integers(1, 3))


@modest
@given(ESTATES, st.integers(0, 99), RANKS)
def test_every_rule_takes_the_whole_cut_to_the_cent_and_from_nobody_more_than_it_has(drawn, cents, ranks):
    claims, whole = drawn
    estate = min(whole + cents / 100, float(claims.sum()))
    own = pd.Series(ranks, dtype=float).reindex(claims.index)
    losses = losses_by_rule(claims, estate, own)
    assert list(losses) == [*RULES, *["priority"] * bool(own.any())]
    for rule in losses:
        lost = [round(amount * 100) for amount in losses[rule]]
        assert losses[rule].tolist() == [cent / 100 for cent in lost]
        assert sum(lost) == round((claims.sum() - estate) * 100)
        assert all(0 <= cent <= round(claim * 100) for cent, claim in zip(lost, claims, strict=True))


def test_who_has_no_rank_comes_last_and_without_any_rank_there_is_no_order():
    claims = pd.Series({"events": 50.0, "greening": 150.0, "safety": 100.0})
    losses = losses_by_rule(claims, 140.0, pd.Series({"safety": 1.0}))
    assert losses["priority"].to_dict() == {"events": 40, "greening": 120, "safety": 0}
    assert "priority" not in losses_by_rule(claims, 140.0, pd.Series(dtype=float))


def test_more_than_twenty_claimants_have_every_rule_but_random_arrival():
    claims = pd.Series(1.0, [f"e{number}" for number in range(21)])
    assert list(losses_by_rule(claims, 3.0, pd.Series(dtype=float))) == ["proportional", "cea", "cel", "talmud"]
    assert "random_arrival" in losses_by_rule(claims[1:], 3.0, pd.Series(dtype=float))


def test_cuts_are_those_of_the_year_and_later_by_year_whatever_their_row():
    budget = pd.DataFrame([("A", "park", 2020, 60.0), ("A", "fair", 2020, 40.0), ("A", "park", 2021, 10.0),
                           ("B", "park", 2020, 99.0)], columns=["fund", "effort", "year", "amount_eur"])  # fmt: skip
    cuts = pd.DataFrame([("A", 2021, 5.0, "cea"), ("A", 2020, 50.0, "cel"), ("B", 2019, 1.0, "cea")],
                        columns=["fund", "year", "new_amount_eur", "rule"])  # fmt: skip
    tables = {"budget": budget.assign(rank=np.nan), "cuts": cuts}
    first, second = cuts_ahead(tables, 2020)
    assert (first[0]["year"], second[0]["year"]) == (2020, 2021)
    assert list(first[1])[:3] == ["now", "cel", "proportional"]
    assert first[1].loc["fair", ["now", "cel", "proportional"]].tolist() == [40, 25, 20]
    assert second[1].loc["park", ["now", "cea"]].tolist() == [10, 5]
    assert list(cuts_ahead(tables, 2022)) == []


# --- tariffs -----------------------------------------------------------------------------------------------------
def lines(*rows: dict) -> pd.DataFrame:
    usual = {"scenario": "s", "partner": "shops", "instrument": "biz", "band": None, "measure": "woz",
             "start_year": 2019, "end_year": 2020, "deducted": False}  # fmt: skip
    columns = [*usual, "above", "up_to", "flat_eur", "rate", "minimum_eur", "maximum_eur", "amount_eur"]
    return pd.DataFrame([usual | row for row in rows], columns=columns)


def test_the_border_between_classes_belongs_to_the_lower_one():
    table = lines(
        {"up_to": 250_000, "flat_eur": 300}, {"above": 250_000, "up_to": 500_000, "flat_eur": 500},
        {"above": 500_000, "flat_eur": 900},
    )  # fmt: skip
    found = [charge(table, woz).dropna().to_dict() for woz in (1, 250_000, 250_001, 500_000, 2_000_000)]
    assert found == [{0: 300}, {0: 300}, {1: 500}, {1: 500}, {2: 900}]


def test_above_the_threshold_the_whole_value_counts_unless_it_is_deducted():
    """A threshold is an entrance: 0.1 % of 250,000 is 250, and only with a deduction of 60,000 it is 190."""
    table = lines({"rate": 0.001, "above": 60_000}, {"rate": 0.001, "above": 60_000, "deducted": True})
    assert charge(table, 250_000).tolist() == [250, 190]
    assert charge(table, 60_001).tolist() == [60, 0]
    assert charge(table, 60_000).isna().all()


def test_a_rate_brings_no_less_than_the_minimum_and_no_more_than_the_maximum():
    table = lines({"rate": 0.001, "minimum_eur": 25, "maximum_eur": 1000}, {"rate": 0.001, "minimum_eur": 25})
    assert charge(table, 9_000).tolist() == [25, 25]
    assert charge(table, 250_000).tolist() == [250, 250]
    assert charge(table, 9e6).tolist() == [1000, 9000]
    assert charge(lines({"rate": 0.00135}), 100_900).tolist() == [136.22], "half a cent goes up"


def test_with_a_larger_size_a_rate_never_asks_less():
    table = lines({"rate": 0.001, "above": 60_000}, {"rate": 0.002, "above": 60_000, "deducted": True},
                  {"rate": 0.003, "minimum_eur": 100, "maximum_eur": 500})  # fmt: skip
    asked = pd.DataFrame([charge(table, woz).fillna(0.0) for woz in range(1_000, 400_000, 7_777)])
    assert all(asked[line].is_monotonic_increasing for line in asked)


def test_examples_lie_below_on_and_above_the_borders_or_around_a_typical_size():
    classes = example_charges(lines({"up_to": 100_000, "flat_eur": 1}, {"above": 100_000, "flat_eur": 2}), 2019)
    assert list(classes["woz"]) == [50_000, 100_000, 200_000]
    found = example_charges(lines({"rate": 0.5, "measure": "tax"}, {"flat_eur": 7, "measure": "count"}), 2019)
    assert found["tax"].to_dict("records") == [{500: 250, 1_000: 500, 2_000: 1_000}]
    assert found["woz"].to_dict("records") == [{125_000: 7, 250_000: 7, 500_000: 7}]


def test_a_line_of_another_year_or_of_which_nobody_can_say_for_whom_it_is_has_no_example():
    assert example_charges(lines({"flat_eur": 5}), 2021) == {}
    unknown = lines({"amount_eur": 5}, {"rate": 0.1, "measure": None}, {"flat_eur": 5, "band": "large"})
    assert example_charges(unknown, 2019) == {}
    assert len(example_charges(lines({"flat_eur": 5, "band": "cafes", "measure": None}), 2019)["woz"]) == 1
    by_head = lines({"rate": 12.5, "measure": "count"})
    assert example_charges(by_head, 2019)["woz"].iloc[0].unique().tolist() == [12.5], "a payer counts as one"
