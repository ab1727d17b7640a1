"""Money per fund, year, partner and effort; and who benefits from which effort."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from binnenstad.costs.money import cost_per_effort, of_year, programme_money, reconcile, spread
from binnenstad.efforts.network import beneficiary_weights, unlinked

modest = settings(max_examples=40, deadline=None)
BUDGET = pd.DataFrame(
    [
        ("Programme", "parking", 2019, 300.0),
        ("Programme", "parking", 2020, 200.0),
        ("Programme", "fund", 2019, 35.1),
        ("Programme", "fund", 2020, 0.2),
        ("Arrangement", "fund", 2019, 64.9),
    ],
    columns=["fund", "effort", "year", "amount_eur"],
).assign(rounded_to_eur=float("nan"))
PAYMENTS = pd.DataFrame(
    [
        ("city", "municipal_budget", "Programme", 2019, 335.1, "cash"),
        ("city", "municipal_budget", "Programme", 2020, 150.2, "cash"),
        ("province", "subsidy", "Arrangement", 2019, 65.0, "cash"),
        ("city", "municipal_budget", "Programme", 2019, 1000.0, "hours"),
        ("shops", "voluntary", "Arrangement", 2019, 500.0, "in_kind"),
        ("shops", "advertising_tax", None, 2019, 125.0, "cash"),
    ],
    columns=["partner", "instrument", "fund", "year", "amount_eur", "kind"],
).astype({"fund": "str"}).assign(rounded_to_eur=float("nan"))  # fmt: skip


# --- finance ----------------------------------------------------------------------------------------------------
def test_of_year_keeps_the_rows_of_that_year_only():
    assert of_year(BUDGET, 2020)["amount_eur"].tolist() == [200.0, 0.2]
    assert of_year(BUDGET, 2018).empty


def test_cost_per_effort_adds_up_over_funds_and_years():
    assert cost_per_effort(BUDGET).to_dict() == pytest.approx({"fund": 100.2, "parking": 500.0})
    assert cost_per_effort(BUDGET.iloc[:0]).empty


def test_spread_has_the_largest_row_and_column_first_and_zero_where_there_is_nothing():
    table = spread(of_year(BUDGET, 2019), "fund", "effort")
    assert table.index.tolist() == ["Programme", "Arrangement"]
    assert table.columns.tolist() == ["parking", "fund"]
    assert table.to_numpy().tolist() == [[300.0, 35.1], [0.0, 64.9]]


def test_spread_of_equal_totals_stays_in_order_of_name():
    rows = [("b", "y", 1.0), ("a", "x", 1.0), ("c", "z", 2.0)]
    table = spread(pd.DataFrame(rows, columns=["effort", "fund", "amount_eur"]), "effort", "fund")
    assert (table.index.tolist(), table.columns.tolist()) == (["c", "a", "b"], ["z", "x", "y"])


def test_spread_keeps_money_without_a_column_under_an_empty_heading():
    table = spread(of_year(PAYMENTS, 2019), "partner", "fund")
    assert table.loc["shops"].to_dict() == {"Programme": 0.0, "Arrangement": 500.0, "": 125.0}


def test_spread_of_nothing_is_empty():
    assert spread(BUDGET.iloc[:0], "fund", "year").empty


ENTRY = st.tuples(st.sampled_from("abc"), st.sampled_from(["x", "y", None]), st.integers(0, 10**8))


@modest
@given(st.lists(ENTRY, min_size=1, max_size=12), st.randoms(use_true_random=False))
def test_spread_loses_no_money_whatever_the_order_of_rows(entries, random):
    table = pd.DataFrame(entries, columns=["effort", "fund", "amount_eur"]).assign(
        amount_eur=lambda t: t.amount_eur / 100
    )
    result = spread(table, "effort", "fund")
    assert round(result.to_numpy().sum() * 100) == sum(cents for *_, cents in entries)
    for totals in (result.sum(axis=1), result.sum()):
        assert (totals.diff().dropna() <= 1e-6).all()
    shuffled = table.sample(frac=1, random_state=random.randrange(2**32))
    again = spread(shuffled, "effort", "fund")
    pd.testing.assert_frame_equal(again.sort_index().sort_index(axis=1), result.sort_index().sort_index(axis=1))


def test_programme_money_is_cash_that_fills_a_fund():
    assert programme_money(PAYMENTS)["amount_eur"].tolist() == [335.1, 150.2, 65.0]


def test_reconcile_sets_cash_per_fund_and_year_against_the_budget():
    """Hours, gifts in kind and the advertising tax beside the programme fill no budget line."""
    assert reconcile(BUDGET, PAYMENTS).to_dict("records") == [
        {"fund": "Arrangement", "year": 2019, "budgeted": 64.9, "paid": 65.0, "difference": 0.1, "rounding": False},
        {"fund": "Programme", "year": 2019, "budgeted": 335.1, "paid": 335.1, "difference": 0.0, "rounding": True},
        {"fund": "Programme", "year": 2020, "budgeted": 200.2, "paid": 150.2, "difference": -50.0, "rounding": False},
    ]


@pytest.mark.parametrize(("paid", "rounding"), [(64.75, True), (64.74, False), (65.05, True), (65.06, False)])
def test_a_difference_within_half_a_unit_of_each_rounded_amount_is_rounding(paid, rounding):
    """A budget rounded to 0.10 against a payment rounded to 0.20: 0.05 and 0.10 together."""
    budget = BUDGET.query("fund == 'Arrangement'").assign(rounded_to_eur=0.1)
    payment = PAYMENTS.iloc[[2]].assign(amount_eur=paid, rounded_to_eur=0.2)
    assert reconcile(budget, payment)["rounding"].tolist() == [rounding]


def test_reconcile_shows_what_stands_on_one_side_only():
    budget, payments = BUDGET[BUDGET["fund"] == "Arrangement"], PAYMENTS[PAYMENTS["year"] == 2020]
    lacking, beyond = reconcile(budget, payments).to_dict("records")
    assert (lacking["fund"], lacking["budgeted"], lacking["rounding"]) == ("Arrangement", 64.9, False)
    assert pd.isna(lacking["paid"]) and pd.isna(lacking["difference"]), "who pays is not known, which is no 0"
    assert list(beyond.values()) == ["Programme", 2020, 0.0, 150.2, 150.2, False]


@pytest.mark.parametrize(("budget", "payments", "rows"), [(0, 6, 3), (5, 0, 3), (0, 0, 0), (5, 6, 3)])
def test_reconcile_of_empty_tables(budget, payments, rows):
    result = reconcile(BUDGET.iloc[:budget], PAYMENTS.iloc[:payments])
    assert len(result) == rows
    assert result.columns.tolist() == ["fund", "year", "budgeted", "paid", "difference", "rounding"]
    assert result["paid"].isna().all() == (payments == 0) and result["budgeted"].notna().all()


def test_reconcile_differences_add_up_to_all_paid_less_all_budgeted(almelo):
    result = reconcile(almelo["budget"], almelo["payments"])
    assert result["difference"].tolist() == [0.0] * 6
    assert result["budgeted"].sum() == almelo["budget"]["amount_eur"].sum() == 1_749_200


# --- who benefits -----------------------------------------------------------------------------------------------
INTERESTS = pd.DataFrame(
    [
        ("shops", None, "1", 3.0),
        ("owners", None, "1", 1.0),
        ("residents", None, "2", 1.0),
        ("shops", None, "2", 1.0),
        ("residents", "greening", None, 5.0),
        ("city", "greening", None, 2.0),
    ],
    columns=["partner", "effort", "goal", "weight"],
).astype({"effort": "str", "goal": "str"})
LINES = pd.DataFrame(
    [
        ("parking", "1a", 3.0),
        ("parking", "1b", 1),
        ("parking", "2a", 2),
        ("greening", "1a", 3),
        ("events", "2a", 2),
        ("art", "3a", 3),
    ],
    columns=["effort", "indicator", "strength"],
)
GOALS = pd.DataFrame({"id": ["1a", "1b", "2a", "3a"], "goal": ["1", "1", "2", "3"]})
TABLES = {"interests": INTERESTS, "effort_indicators": LINES, "indicators": GOALS}
PARTNERS = ["city", "owners", "residents", "shops"]
EFFORTS = pd.Index(["parking", "greening", "events", "art", "lamp"])


def weights(efforts: pd.Index = EFFORTS, **tables: pd.DataFrame) -> pd.DataFrame:
    return beneficiary_weights(efforts, TABLES | tables)


def test_weights_have_the_efforts_asked_for_and_partners_in_order_of_id():
    assert (weights().index.tolist(), weights().columns.tolist()) == (EFFORTS.tolist(), PARTNERS)
    assert weights(pd.Index(["events"])).index.tolist() == ["events"]


def test_interest_comes_through_goals_by_strength_and_share_of_each_goal():
    """Parking: strength 3 + 1 to goal 1 (shops 3/4, owners 1/4) and 2 to goal 2 (residents and shops a half)."""
    assert weights().loc["parking"].tolist() == pytest.approx([0, 1, 1, 3 + 1])
    assert weights().loc["events"].tolist() == pytest.approx([0, 0, 1, 1])


def test_interest_of_its_own_goes_before_interest_through_goals():
    assert weights().loc["greening"].tolist() == [2, 0, 5, 0]


@pytest.mark.parametrize("effort", ["art", "lamp"])
def test_effort_without_interest_or_goal_benefits_nobody(effort):
    """Nobody has an interest in the goal of art; lamp has no goal at all."""
    assert weights().loc[effort].tolist() == [0, 0, 0, 0]


def test_goal_with_heavier_or_more_interests_counts_no_more():
    heavier = INTERESTS.assign(weight=INTERESTS["weight"].where(INTERESTS["goal"] != "1", INTERESTS["weight"] * 100))
    pd.testing.assert_frame_equal(weights(interests=heavier), weights())
    more = pd.concat([INTERESTS, pd.DataFrame([("city", None, "1", 4.0)], columns=INTERESTS.columns)])
    assert weights(interests=more).loc["parking"].sum() == pytest.approx(weights().loc["parking"].sum()) == 6


def test_weights_do_not_depend_on_the_order_of_rows():
    turned = {name: table.iloc[::-1] for name, table in TABLES.items()}
    pd.testing.assert_frame_equal(weights(**turned), weights())


@pytest.mark.parametrize(
    ("kept", "parking", "greening"),
    [("goal", [0, 1, 1, 4], [0, 0.75, 0, 2.25]), ("effort", [0, 0, 0, 0], [2, 0, 5, 0])],
)
def test_interests_of_one_sort_only(kept, parking, greening):
    result = weights(interests=INTERESTS[INTERESTS[kept].notna()]).reindex(columns=PARTNERS, fill_value=0)
    assert result.loc["parking"].tolist() == pytest.approx(parking)
    assert result.loc["greening"].tolist() == pytest.approx(greening)


def test_without_interests_there_are_no_partners_and_without_lines_no_goals():
    assert weights(interests=INTERESTS.iloc[:0]).shape == (len(EFFORTS), 0)
    result = weights(effort_indicators=LINES.iloc[:0])
    assert result.sum(axis=1).to_dict() == {"parking": 0, "greening": 7, "events": 0, "art": 0, "lamp": 0}


# --- the network ------------------------------------------------------------------------------------------------
def test_unlinked_names_efforts_without_goal_and_goals_without_effort():
    efforts = pd.DataFrame(
        {
            "id": ["parking", "lamp", "open-1"],
            "title": ["Parking", "Lamp", "Open"],
            "state": ["agreed", "done", "to_be_developed"],
        }
    )
    goals = pd.DataFrame({"id": ["1a", "9z"], "title": ["Visitors", "Turnover"]})
    without_goal, without_effort = unlinked(efforts, goals, LINES)
    assert (without_goal.tolist(), without_effort.tolist()) == (["Lamp"], ["Turnover"])


def test_unlinked_without_a_network_names_all_that_was_agreed_and_all_goals(almelo):
    without_goal, without_effort = unlinked(
        almelo["efforts"], almelo["indicators"], almelo["effort_indicators"].iloc[:0]
    )
    assert (len(without_goal), len(without_effort)) == (23, 9)
