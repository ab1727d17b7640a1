"""What of the budget is for which customers: through goals, to the cent, and unknown where nothing leads to them."""

from __future__ import annotations

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from binnenstad.costs.segments import SEGMENTS, per_segment

INDICATORS = pd.DataFrame({"id": ["1a", "1b", "2a", "3a"], "goal": ["1", "1", "2", "3"]})
LINES = pd.DataFrame(
    [("market", "1a", 2), ("market", "1b", 1), ("market", "2a", 1), ("green", "3a", 3)],
    columns=["effort", "indicator", "strength"],
)
GOALS = pd.DataFrame(
    [("1", "visitors", 3.0), ("1", "residents", 1.0), ("2", "companies", 2.0)], columns=["goal", "segment", "weight"]
)
PARTNERS = pd.DataFrame([("city", None), ("shops", "companies"), ("choir", "visitors")], columns=["id", "segment"])
PAID = pd.DataFrame(
    [("city", "A", "cash", 70.0), ("shops", "A", "cash", 30.0), ("shops", None, "hours", 8.0),
     ("choir", None, "cash", 5.0)],
    columns=["partner", "fund", "kind", "amount_eur"],
).assign(year=2019)  # fmt: skip
TABLES = {"indicators": INDICATORS, "effort_indicators": LINES, "goal_segments": GOALS, "partners": PARTNERS}


def costs(market: float = 100.0, green: float = 10.0, loose: float = 1.0) -> pd.DataFrame:
    amounts = {"effort": ["market", "green", "loose"], "amount_eur": [market, green, loose]}
    return pd.DataFrame(amounts).assign(fund="A", year=2019)


def segments(budget: pd.DataFrame, payments: pd.DataFrame = PAID, **others: pd.DataFrame) -> pd.DataFrame:
    return per_segment(TABLES | {"budget": budget, "payments": payments} | others, 2019)


def test_costs_go_through_goals_and_income_comes_from_who_speaks():
    """Of the market 3 of 4 go to goal 1 (3 to 1 for visitors) and 1 to goal 2; the others lead to nobody."""
    table = segments(costs())
    assert table["costs"].to_dict() == {"residents": 18.75, "visitors": 56.25, "companies": 25, "": 11, "total": 111}
    assert table["income"].to_dict() == {"residents": 0, "visitors": 0, "companies": 30, "": 70, "total": 100}
    assert table["hours"].to_dict() == {"residents": 0, "visitors": 0, "companies": 8, "": 0, "total": 8}
    assert table.loc["visitors", "cash"] == 5 and table.loc["companies", "ratio"] == pytest.approx(25 / 30)
    assert table.loc[["residents", "visitors", "", "total"], "ratio"].isna().all()


def test_where_nothing_leads_to_a_segment_or_no_payment_is_known_that_is_no_0():
    for unlinked in ({"goal_segments": GOALS.iloc[:0]}, {"effort_indicators": LINES.iloc[:0]}):
        table = segments(costs(), **unlinked)
        assert table.loc[SEGMENTS, "costs"].isna().all() and table.loc[["", "total"], "costs"].tolist() == [111, 111]
    in_kind = segments(costs(), PAID.assign(kind="in_kind"))
    assert in_kind["income"].isna().all() and in_kind["in_kind"].dropna().to_dict() == {
        "visitors": 5,
        "companies": 38,
        "": 70,
    }
    assert segments(costs(), PAID.iloc[2:])["income"].isna().all()
    assert segments(costs().assign(fund=["A", "A", "B"]))["income"].isna().all()
    assert segments(costs(), PAID.assign(amount_eur=None))["cash"].isna().all()
    assert segments(costs()[:0], PAID.iloc[:0]).drop(index=["", "total"]).isna().all(axis=None)


cents = st.integers(0, 10**9).map(lambda amount: amount / 100)


@given(cents, cents, cents, st.lists(st.floats(0.1, 9), min_size=3, max_size=3))
def test_segments_and_what_leads_to_none_are_the_whole_budget_to_the_cent(market, green, loose, weights):
    table = segments(costs(market, green, loose), goal_segments=GOALS.assign(weight=weights))
    whole = round(market + green + loose, 2)
    assert round(table["costs"].drop("total").sum(), 2) == round(table.loc["total", "costs"], 2) == whole
    assert (table["costs"].dropna() >= 0).all()
