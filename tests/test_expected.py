"""The accepted figures of a past quarter, calculated by hand: ``expected/almelo-2019Q4.md`` shows how."""

from __future__ import annotations

import csv
from pathlib import Path

import pandas as pd
import pytest
from conftest import cells_of

from binnenstad.costs.money import cost_per_effort, of_year, programme_money, reconcile
from binnenstad.costs.split import equal, spread_costs
from binnenstad.efforts.network import beneficiary_weights
from binnenstad.goals import assess
from binnenstad.goals.show.goal_tables import tabulate_roll_up

with (Path(__file__).parent / "expected" / "almelo-2019Q4.csv").open(encoding="utf-8", newline="") as file:
    EXPECTED = {row.pop("id"): row for row in csv.DictReader(file, delimiter=";")}
TEXTS = ("date", "status", "certainty", "met", "stale")

BUDGET = {
    "parkeren": 300_000, "gevelfonds": 35_000, "communicatie": 60_000, "monitoring": 40_000, "overige": 15_000,
    "stadscafes": 7_500, "stadscheques": 20_000, "stadsinjectie": 30_000, "koersprojecten": 91_700,
    "samenwerking": 50_000, "vergroenen": 50_000,
}  # fmt: skip
PARTNERS = ["bewoners", "cultuur", "eigenaren", "gemeente", "ondernemers", "ontwikkelaars", "provincie"]
SPLIT = {
    "parkeren": [85714.29, 42857.14, 42857.14, 0, 128571.43, 0, 0],
    "gevelfonds": [6250, 1250, 8750, 6250, 7500, 5000, 0],
    "communicatie": [13000, 11000, 11000, 7000, 18000, 0, 0],
    "monitoring": [6666.67, 6666.67, 6666.67, 6666.67, 6666.66, 0, 6666.66],
    "overige": [1666.67, 3333.33, 3333.33, 1666.67, 5000, 0, 0],
    "stadscafes": [2812.50, 937.50, 937.50, 937.50, 1875, 0, 0],
    "stadscheques": [5833.34, 5833.33, 833.33, 2500, 5000, 0, 0],
    "stadsinjectie": [6666.67, 10333.33, 1333.33, 3666.67, 8000, 0, 0],
    "koersprojecten": [5705.78, 4075.56, 24249.55, 13958.78, 22619.33, 16506, 4585],
    "samenwerking": [9375, 3125, 9375, 6250, 12500, 6250, 3125],
    "vergroenen": [25000, 0, 8333.34, 8333.33, 8333.33, 0, 0],
}
TOTALS = [168690.92, 89411.86, 117669.19, 57229.62, 224065.75, 27756.00, 14376.66]


# --- goals ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def assessed(almelo) -> pd.DataFrame:
    moment = almelo.moment("2019Q4")
    assert (moment.reference, moment.as_of) == (pd.Timestamp("2019-12-31"), pd.Timestamp("2020-02-14"))
    table = assess(almelo["indicators"], almelo["measurements"], moment.reference, moment.as_of).set_index("id")
    return table.assign(lead_months=table["lead"] * 12, date=table["date"].dt.strftime("%Y-%m-%d"))


def test_the_expected_file_has_every_goal_of_the_programme(assessed):
    assert list(EXPECTED) == assessed.index.tolist() == ["1a", "2a", "2b", "3a", "3b", "4a", "4b", "4c", "5a"]


@pytest.mark.parametrize("goal", EXPECTED)
def test_goal_agrees_with_the_calculation_by_hand(assessed, goal):
    found = assessed.loc[goal]
    numbers = {name: float(cell or "nan") for name, cell in EXPECTED[goal].items() if name not in TEXTS}
    assert {name: str(found[name]).lower() for name in TEXTS} == {name: EXPECTED[goal][name].lower() for name in TEXTS}
    assert {name: float(found[name]) for name in numbers} == pytest.approx(numbers, rel=1e-6, nan_ok=True)


def test_flags_of_the_quarter(assessed):
    assert assessed["illustrative"].all()
    assert assessed.index[assessed["provisional"]].tolist() == ["5a"]
    assert not assessed[["broken", "keep", "final_pending"]].any(axis=None)


def test_intervals_of_the_surveys(assessed):
    # Student t on 883 and 930 degrees of freedom: 1.9626 and 1.9625
    by_hand = {"3a": (6.6958, 6.8842), "3b": (6.9497, 7.1303), "4a": (6.2099, 6.4101), "4b": (6.3481, 6.5719)}
    for goal, interval in (by_hand | {"4c": (0.5371, 0.6023)}).items():
        assert tuple(assessed.loc[goal, ["low", "high"]]) == pytest.approx(interval, abs=5e-5)


def test_counts_per_strategic_goal_and_for_the_programme(assessed, almelo, nl):
    own = assessed.reset_index()
    counts = cells_of(tabulate_roll_up(own.assign(date=pd.to_datetime(own["date"])), almelo.titles("goals"), nl))
    assert counts["doelen"] == ["1", "2", "2", "3", "1", "9"]
    assert counts["oordelen"][-1] == (
        "1× behaald (binnen de marge), 7× nog niet (geen nulmeting; 1× binnen de marge, 1× cijfer van 2018 en 1× "
        "voorlopig) en 1× loopt achter"
    )


@pytest.mark.parametrize(("as_of", "value"), [("2019-06-14", 95_300), ("2019-06-15", 95_900)])
def test_visitors_of_2018_before_and_after_their_revision(almelo, as_of, value):
    """An old year read again before the revision shows what it showed then: 23/70, not 29/70, after 2 of 6 years."""
    table = assess(almelo["indicators"], almelo["measurements"], pd.Timestamp("2018-12-31"), pd.Timestamp(as_of))
    visitors = table.set_index("id").loc["1a"]
    assert visitors["value"] == value
    assert visitors["pace"] == pytest.approx((value - 93_000) / 7_000 * 3)


# --- costs ------------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def split(almelo) -> tuple[pd.DataFrame, pd.Series]:
    costs = cost_per_effort(of_year(almelo["budget"], 2019))
    return spread_costs(costs, beneficiary_weights(costs.index, almelo.tables))


def test_budget_per_effort(almelo):
    assert cost_per_effort(of_year(almelo["budget"], 2019)).to_dict() == BUDGET
    assert sum(BUDGET.values()) == 699_200


def test_paid_per_partner(almelo):
    payments = of_year(almelo["payments"], 2019)
    paid = programme_money(payments).groupby("partner")["amount_eur"].sum()
    assert paid.to_dict() == {"gemeente": 500_000, "provincie": 199_200}
    everything = payments.groupby("partner")["amount_eur"].sum()
    assert everything.to_dict() == {"gemeente": 1_061_750, "provincie": 199_200, "ondernemers": 125_000}


def test_every_fund_is_paid_as_budgeted(almelo):
    funds = reconcile(almelo["budget"], almelo["payments"]).set_index(["fund", "year"])
    assert funds["budgeted"].to_dict() == funds["paid"].to_dict() == {
        ("Begroting '19", 2019): 50_000, ("Programma binnenstad", 2019): 450_000,
        ("Programma binnenstad", 2020): 450_000, ("Programma binnenstad", 2021): 450_000,
        ("Programma binnenstad", 2022): 150_000, ("Stadsarrangement", 2019): 199_200,
    }  # fmt: skip


@pytest.mark.parametrize("effort", SPLIT)
def test_split_of_an_effort_over_who_benefits(split, effort):
    assert split[0].loc[effort, PARTNERS].tolist() == SPLIT[effort]
    assert sum(round(amount * 100) for amount in SPLIT[effort]) == BUDGET[effort] * 100


def test_split_adds_up_per_partner_and_in_all(split):
    table, unshared = split
    assert table.columns.tolist() == PARTNERS
    assert unshared.empty
    assert table.sum().round(2).tolist() == TOTALS
    assert round(table.to_numpy().sum(), 2) == round(sum(TOTALS), 2) == 699_200.00


def test_equal_split_over_the_seven_who_benefit():
    """69,920,000 cents over 7 is 9,988,571 and 3 cents left."""
    assert equal(pd.Index(PARTNERS), 699_200.0).tolist() == [99885.72] * 3 + [99885.71] * 4
