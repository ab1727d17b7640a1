"""Income: what the lines of a scenario bring, flags of law, continuity, and scenarios."""

from __future__ import annotations

import pandas as pd
import pytest

from binnenstad.costs.money import continuity, funded_until
from binnenstad.costs.say.scenario_income import describe_continuity
from binnenstad.costs.scenarios import (
    compare_scenarios,
    flags_of_scenarios,
    legal_flags,
    money_of_scenarios,
    paid_in_scenarios,
    scenarios_of_year,
    shares_of_scenarios,
    today_of,
    years_ahead,
    yields,
    yields_ahead,
)
from binnenstad.programme.checked import check_programme
from binnenstad.words.errors import DataError


# --- yields ------------------------------------------------------------------------------------------------------
def lines(*rows: dict) -> pd.DataFrame:
    columns = ["scenario", "partner", "instrument", "payers", "participation", "flat_eur", "base", "rate",
               "amount_eur", "collection_share", "start_year", "end_year", "certainty", "measure", "ground", "task",
               "illustrative"]  # fmt: skip
    usual = {"scenario": "s", "partner": "shops", "instrument": "biz", "start_year": 2019, "end_year": 2020,
             "certainty": "expected", "ground": "zone", "task": "sweep", "illustrative": False}  # fmt: skip
    return pd.DataFrame([usual | row for row in rows], columns=columns)


def test_what_each_kind_of_line_brings_after_collection():
    table = yields(lines(
        {"payers": 250, "flat_eur": 200, "participation": 0.55},
        {"base": 1_100_000, "rate": 0.053, "collection_share": 0.06},
        {"amount_eur": 0},
        {"amount_eur": 100.01, "collection_share": 0.333},
    ))  # fmt: skip
    assert table["gross"].tolist() == [27_500, 58_300, 0, 100.01]
    assert table["net"].tolist() == [27_500, 54_802, 0, 66.71]


# --- flags of law ------------------------------------------------------------------------------------------------
# what holds for every BIZ
BIZ = ["biz_as_subsidy", "biz_empty_property"]


@pytest.mark.parametrize(
    ("row", "flags"),
    [
        ({}, ["biz_needs_vote", *BIZ]),
        ({"certainty": "certain", "end_year": 2023}, BIZ),
        ({"certainty": "certain", "end_year": 2024}, ["biz_over_five_years", *BIZ]),
        ({"certainty": "certain", "partner": "residents"}, ["biz_residential", *BIZ]),
        ({"instrument": "advertising_tax", "measure": "profit"}, ["tax_on_announcements", "tax_on_income"]),
        ({"instrument": "advertising_tax", "measure": "woz"}, ["tax_on_announcements"]),
        ({"instrument": "advertising_tax", "ground": None}, ["tax_on_announcements", "tax_without_ground"]),
        ({"instrument": "voluntary"}, ["voluntary_not_certain"]),
        ({"instrument": "voluntary", "end_year": 2019}, []),
        ({"instrument": "subsidy"}, ["subsidy_of_years"]),
        ({"instrument": "subsidy", "end_year": 2019}, []),
        ({"instrument": "maintenance_transfer", "task": None}, ["maintenance_is_cut"]),
        ({"instrument": "maintenance_transfer"}, []),
        ({"instrument": "property_tax_surcharge", "end_year": 2030}, ["surcharge_everywhere"]),
    ],
)
def test_each_rule_of_law_is_flagged_at_its_edge(row, flags):
    segments = pd.Series({"residents": "residents", "shops": "companies"})
    assert legal_flags(lines(row), segments)["flag"].tolist() == sorted(flags)


def test_a_partner_charged_by_biz_and_advertising_tax_is_flagged_for_both():
    table = lines({}, {"instrument": "advertising_tax"}, {"instrument": "advertising_tax", "partner": "owners"})
    found = legal_flags(table, pd.Series(dtype=object))
    twice = found[found["flag"] == "charged_twice"]
    assert twice[["partner", "instrument"]].to_numpy().tolist() == [["shops", "advertising_tax"], ["shops", "biz"]]


def test_of_payments_of_today_no_ground_or_task_is_known_so_none_is_asked_for():
    today = PAYMENTS.assign(instrument=["advertising_tax", "maintenance_transfer", "voluntary", "subsidy"])
    assert set(flags_of_scenarios(tables() | {"payments": today})["flag"]) == {"tax_on_announcements"}


# --- continuity --------------------------------------------------------------------------------------------------
def test_continuity_per_year_and_until_when():
    money = of_fund(
        (2019, 80.0, "certain"), (2019, 20.0, "certain"), (2020, 90.0, "certain"), (2020, 10.0, "uncertain"),
        (2021, 100.0, "certain"), (2024, 5.0, "certain"),
    )  # fmt: skip
    budget = of_fund((2019, 100.0), (2020, 100.0), (2021, 100.0), (2022, 50.0))
    table = continuity(money, budget, 2019)
    assert table["short"].dropna().tolist() == [0, 10, 0, 0]
    lacking = table.loc[2022]
    assert lacking["needed"] == 50 and lacking.drop("needed").isna().all(), "who pays is not known, which is no gap"
    assert table.loc[2023].isna().all(), "of a year without rows nothing is known, and it stays"
    assert table.loc[2024, ["certain", "needed"]].tolist() == [5, 0]
    assert table.loc[2020].tolist() == [90, 0, 10, 100, 10]
    assert funded_until(table) == 2019
    assert funded_until(table.loc[2020:]) is None
    assert continuity(money, budget, 2021).index[0] == 2021 and continuity(money, budget, 2025).empty


def of_fund(*rows: tuple, fund: str = "A", rounded: float | None = None) -> pd.DataFrame:
    """Rows of a fund as (year, amount) or (year, amount, certainty)."""
    table = pd.DataFrame(rows, columns=["year", "amount_eur", "certainty"][: len(rows[0])])
    return table.assign(fund=fund, rounded_to_eur=rounded).astype({"rounded_to_eur": float})


def test_a_fund_with_too_much_fills_no_other_and_what_rounding_explains_is_not_short():
    """500 short in B beside 500 too much in A; half of 100 for each of three amounts that are rounded is 150."""
    money = pd.concat([of_fund((2019, 900.0, "certain")), of_fund((2019, 500.0, "certain"), fund="B")])
    budget = pd.concat([of_fund((2019, 400.0)), of_fund((2019, 1000.0), fund="B")])
    assert continuity(money, budget, 2019).loc[2019, ["certain", "needed", "short"]].tolist() == [1400, 1400, 500]
    rounded = of_fund((2019, 600.0), (2019, 500.0), rounded=100)
    for amount, short in ((950.0, 0), (949.99, 150.01)):
        paid = of_fund((2019, amount, "certain"), rounded=100)
        assert continuity(paid, rounded, 2019).loc[2019, "short"] == short
    hoped = of_fund((2019, 950.0, "certain"), (2019, 40.0, "expected"))
    assert continuity(hoped, rounded, 2019).loc[2019, "short"] == 150, "what is expected explains no gap"


def test_money_of_a_year_without_budget_is_shown_and_promises_nothing(nl):
    money = of_fund((2019, 9.0, "certain"), (2025, 5.0, "certain"))
    table = continuity(money, of_fund((2019, 9.0), (2020, 6.0)), 2019)
    assert describe_continuity(table, nl) == (
        "Het zekere geld dekt de begroting tot en met 2019; wie alles van 2020 betaalt, is niet bekend"
    )
    assert describe_continuity(continuity(money, of_fund((2019, 0.0)), 2019), nl) == "Er is geen begroting bekend."
    gap = continuity(money, of_fund((2019, 9.0), (2025, 5.0)), 2019)
    assert describe_continuity(gap, nl) == "Het zekere geld dekt de begroting van elk jaar tot en met 2019"


# --- scenarios ---------------------------------------------------------------------------------------------------
PAYMENTS = pd.DataFrame(
    [("city", "municipal_budget", 2019, 90.0, "cash", "certain"),
     ("shops", "voluntary", 2019, 10.0, "cash", "uncertain"),
     ("shops", "voluntary", 2019, 7.0, "hours", "uncertain"),
     ("city", "municipal_budget", 2020, 90.0, "cash", "certain")],
    columns=["partner", "instrument", "year", "amount_eur", "kind", "certainty"],
).assign(illustrative=False, fund="A")  # fmt: skip


def tables(*rows: dict, scenarios: tuple = ("today", "s")) -> dict[str, pd.DataFrame]:
    partners = pd.DataFrame({"id": ["city", "shops"], "segment": [None, "companies"]})
    return {"payments": PAYMENTS, "scenario_lines": lines(*rows), "partners": partners,
            "scenarios": pd.DataFrame({"id": scenarios})}  # fmt: skip


BOTH = ["today", "s"]
FORMAL = ({"instrument": "voluntary", "amount_eur": 0}, {"amount_eur": 40, "collection_share": 0.1})


def test_a_scenario_is_today_with_its_lines_in_place_of_the_same_payments():
    money = money_of_scenarios(tables(*FORMAL), BOTH, range(2019, 2021))
    paid = paid_in_scenarios(money, BOTH, 2019)
    assert paid["today"].to_dict() == {"city": 90, "shops": 10}
    assert paid["s"].to_dict() == {"city": 90, "shops": 40}
    assert paid_in_scenarios(money, BOTH, 2020)["today"].to_dict() == {"city": 90, "shops": 0}
    table = compare_scenarios(money, BOTH, pd.Series({"city": 1.0, "shops": 3.0}), 2019)
    assert table.loc["s", ["gross", "collection", "net"]].tolist() == [130, 4, 126]
    assert table.loc["today", ["certain", "expected", "uncertain", "payers"]].tolist() == [90, 0, 10, 2]
    assert table["apart"].tolist() == pytest.approx([0.9 - 0.25, 90 / 130 - 0.25])


def test_a_subsidy_beside_the_budget_pays_for_something_else_and_is_in_no_scenario():
    subsidy = PAYMENTS.iloc[[0]].assign(instrument="subsidy", amount_eur=500.0)
    for fund, today in ((None, 100), ("A", 600)):
        money = tables(*FORMAL) | {"payments": pd.concat([PAYMENTS, subsidy.assign(fund=fund)], ignore_index=True)}
        paid = paid_in_scenarios(money_of_scenarios(money, BOTH, range(2019, 2020)), BOTH, 2019)
        assert paid["today"].sum() == today


def test_a_line_holds_in_its_own_years_only_and_no_scenarios_are_no_money():
    once = tables({"amount_eur": 40, "end_year": 2019})
    money = money_of_scenarios(once, BOTH, range(2019, 2021))
    assert money[money["scenario"] == "s"]["year"].value_counts().to_dict() == {2019: 3, 2020: 1}
    assert (scenarios_of_year(once, 2019), scenarios_of_year(once, 2020)) == (BOTH, [])
    assert money_of_scenarios(once, [], range(2019, 2020)).empty
    later = {"scenario": "t", "amount_eur": 1, "start_year": 2020}
    assert scenarios_of_year(tables({"amount_eur": 40}, later, scenarios=("t", "s", "today")), 2019) == BOTH
    assert compare_scenarios(money, BOTH, pd.Series({"city": 0.0}), 2019)["apart"].isna().all()
    assert compare_scenarios(money.iloc[:0], [], pd.Series({"city": 1.0}), 1999).empty


def test_today_is_the_scenario_without_lines_and_stands_first_also_at_0_euro():
    rows = tables({"amount_eur": 40}, {"scenario": "t", "amount_eur": 50}, scenarios=("t", "s", "today"))
    shown = scenarios_of_year(rows, 2020)
    nothing = rows | {"payments": PAYMENTS[PAYMENTS["year"] == 2019]}
    table = compare_scenarios(
        money_of_scenarios(nothing, shown, range(2020, 2021)), shown, pd.Series({"city": 1}), 2020
    )
    assert table["net"].to_dict() == {"today": 0, "t": 50, "s": 40}, "today, and then what brings most"
    assert today_of(tables({"amount_eur": 40}, scenarios=("s",))) == ""


def test_flags_of_today_count_in_every_scenario_that_keeps_what_they_are_about():
    lasting = pd.concat([PAYMENTS, PAYMENTS.assign(year=2020)[PAYMENTS["instrument"] == "voluntary"]])
    found = flags_of_scenarios(tables(*FORMAL, scenarios=("today", "s", "t")) | {"payments": lasting})
    assert found[found["flag"] == "voluntary_not_certain"]["scenario"].tolist() == ["t", "today"]
    assert set(found["flag"]) == {"voluntary_not_certain", "biz_needs_vote", *BIZ}


def test_a_new_levy_beside_a_levy_of_today_is_flagged_unless_it_takes_its_place():
    taxed = PAYMENTS.assign(instrument="advertising_tax", partner="shops", certainty="certain")
    biz = {"certainty": "certain", "amount_eur": 5}
    tax = {"instrument": "advertising_tax", "scenario": "t", "measure": "woz", "amount_eur": 5}
    found = flags_of_scenarios(tables(biz, tax, scenarios=("today", "s", "t")) | {"payments": taxed})
    found = found[found["flag"] == "charged_twice"]
    assert found[["scenario", "instrument", "flag"]].to_numpy().tolist() == [
        ["s", "advertising_tax", "charged_twice"],
        ["s", "biz", "charged_twice"],
    ]


def test_a_levy_that_ends_before_another_begins_charges_nobody_twice():
    rows = {"end_year": 2021, "instrument": "advertising_tax"}, {"start_year": 2022, "end_year": 2023}
    for start, flagged in ((2022, False), (2021, True)):
        table = lines(rows[0], rows[1] | {"start_year": start})
        assert ("charged_twice" in set(legal_flags(table, pd.Series(dtype=object))["flag"])) is flagged


def test_almelos_scenarios_stand_beside_today(almelo, moment):
    almelo = almelo.known_by(moment)
    shown = scenarios_of_year(almelo.tables, 2019)
    money = money_of_scenarios(almelo.tables, shown, range(2019, 2023))
    table = compare_scenarios(money, shown, pd.Series({"gemeente": 1.0}), 2019)
    assert table.index.tolist() == ["vandaag", "ozb", "biz", "vrijwillig", "reclamebelasting", "mix"]
    assert table.loc["vandaag", "gross"] == 824_200
    assert table.loc["biz", "gross"] == 824_200 + 170 * 150 + 80 * 300 + 120 * 250
    assert table["illustrative"].tolist() == [False, True, True, True, True, True]
    flags = flags_of_scenarios(almelo.tables).groupby("scenario")["flag"].unique().map(list).to_dict()
    tax, biz = "tax_on_announcements", [*BIZ, "biz_needs_vote"]
    assert {scenario: sorted(found) for scenario, found in flags.items()} == {
        "vandaag": [tax],
        "vrijwillig": [tax, "voluntary_not_certain"],
        "biz": [*biz, "charged_twice", tax],
        "reclamebelasting": [tax],
        "ozb": ["surcharge_everywhere", tax],
        "mix": [*biz, tax],
    }


def test_each_scenario_is_followed_through_the_years_its_lines_hold(almelo):
    shown = scenarios_of_year(almelo.tables, 2019)
    years = years_ahead(almelo.tables, shown, 2019)
    ahead = yields_ahead(money_of_scenarios(almelo.tables, shown, years), shown, years)
    assert ahead.columns.tolist() == [2019, 2020, 2021, 2022, 2023]
    assert ahead.loc["vandaag", 2019] == 824_200 and ahead.loc["vandaag", 2023] == 0
    assert ahead.loc["biz", 2023] == (170 * 150 + 80 * 300 + 120 * 250) * 0.95
    assert list(years_ahead(almelo.tables, shown, 2021)) == [2021, 2022, 2023], "no year before, none after its lines"
    assert list(years_ahead(almelo.tables, [], 2024)) == [2024]


def test_shares_in_scenarios_are_of_the_whole_and_missing_without_one():
    paid = pd.DataFrame({"today": [3.0, 1.0], "s": [0.0, 0.0]}, index=pd.Index(["city", "shops"], name="partner"))
    shares = shares_of_scenarios(paid, pd.Series({"shops": 1.0, "homes": 1.0, "nobody": 0.0}))
    assert shares.index.tolist() == ["city", "shops", "homes"]
    assert shares["today"].tolist() == [0.75, 0.25, 0] and shares["s"].isna().all()
    assert shares["benefit"].tolist() == [0, 0.5, 0.5]


UNUSED = "telt niet mee naast wat deze regel heft"


@pytest.mark.parametrize(
    ("row", "changes", "column", "rule"),
    [
        (0, {"amount_eur": "5"}, "amount_eur", "een regel heeft precies één bedrag, tarief of percentage nodig"),
        (0, {"flat_eur": ""}, "amount_eur", "een regel heeft precies één bedrag, tarief of percentage nodig"),
        (0, {"payers": ""}, "payers", "is leeg terwijl er een tarief per betaler is"),
        (5, {"base": ""}, "base", "is leeg terwijl er een percentage over is"),
        (5, {"base": "0"}, "base", "valt buiten de grenzen"),
        (0, {"end_year": "2018"}, "end_year", "ligt voor start_year"),
        (2, {"above": "9", "up_to": "8"}, "up_to", "is lager dan above"),
        (5, {"minimum_eur": "9", "maximum_eur": "8"}, "maximum_eur", "is lager dan minimum_eur"),
        (5, {"deducted": "true"}, "deducted", UNUSED),
        (2, {"above": "9", "deducted": "true"}, "deducted", UNUSED),
        (2, {"minimum_eur": "9"}, "minimum_eur", UNUSED),
        (11, {"up_to": "9"}, "up_to", UNUSED),
        (0, {"start_year": "2017"}, "start_year", "valt buiten het programma (2019-2022)"),
        (0, {"flat_eur": "-5"}, "flat_eur", "valt buiten de grenzen"),
        (0, {"participation": "55"}, "participation", "valt buiten de grenzen"),
        (0, {"partner": "niemand"}, "partner", "is geen id van partners"),
        (0, {"scenario": "niets"}, "scenario", "is geen id van scenarios"),
    ],
)
def test_a_faulty_line_is_refused_with_file_row_and_column(folder, edit, row, changes, column, rule):
    edit("scenario_lines", lambda rows: rows[row].update(changes))
    with pytest.raises(DataError) as caught:
        check_programme(folder)
    (fault,) = caught.value.faults
    assert (fault.file, fault.row, fault.column) == ("scenario_lines.csv", row + 2, column)
    assert fault.rule == rule
