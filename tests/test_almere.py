"""The shipped data of Almere: facts as the sources print them, totals that close within rounding, examples marked."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT

from binnenstad.costs.money import of_year, published_totals, reconcile, rests_on_example
from binnenstad.programme.checked import Programme, check_programme
from binnenstad.words.errors import DataError

ALMERE = ROOT / "data" / "almere"
TASK, JOINT = "Opgave Almere Centrum", "Gezamenlijk centrumbudget"

# million euro, copied by hand from the published table: year: staff, purchases, reserve, subsidy given, interest
ROWS = {
    2022: (0.6, 0.5, 0, 0, 0),
    2023: (1.3, 0.5, 0, 0, 0),
    2024: (1.8, 0.5, 1.2, 0.4, 0),
    2025: (1.8, 0.5, 1.2, 0, 0),
    2026: (1.8, 0.5, 1.2, 0, 0),
    2027: (1.2, 0.4, 4.7, 0, 0.1),
    2028: (1.2, 0.4, 0, 0, 0.1),
}
# total costs, total income, and of which subsidy received and own reserve
TOTALS = {
    2022: (1.2, 0.1, 0.1, 0),
    2023: (1.8, 0.1, 0.1, 0),
    2024: (3.9, 0.4, 0.4, 0),
    2025: (3.4, 0, 0, 0),
    2026: (3.4, 0, 0, 0),
    2027: (6.4, 0.1, 0, 0.1),
    2028: (1.7, 0.1, 0, 0.1),
}


def euro(millions: float) -> int:
    return round(millions * 1e6)


@pytest.fixture(scope="module")
def almere() -> Programme:
    return check_programme(ALMERE)


def test_every_published_amount_stands_in_euro_and_no_other(almere: Programme) -> None:
    budget = almere["budget"].query("fund == @TASK")
    found = budget.set_index(["effort", "year"])["amount_eur"].to_dict()
    lines = ("opgave-personeel", "opgave-inkoop", "opgave-reserve", "opgave-subsidie", "opgave-rente")
    assert found == {
        (effort, year): euro(amount)
        for year, amounts in ROWS.items()
        for effort, amount in zip(lines, amounts, strict=True)
        if amount
    }
    totals = almere["budget_totals"].set_index("year")
    assert totals["costs_eur"].to_dict() == {year: euro(row[0]) for year, row in TOTALS.items()}
    assert totals["income_eur"].to_dict() == {year: euro(row[1]) for year, row in TOTALS.items()}
    assert totals["rounded_to_eur"].eq(100_000).all()
    for table in (totals, budget.set_index("year"), almere["payments"].query("fund == @TASK").set_index("year")):
        assert (table["published"] == "2024-12-31").all(), "a document of 2024, of an unknown day"
        assert (table["state"] == "realised").to_dict() == {year: year < 2024 for year in table.index}
    assert budget["rounded_to_eur"].eq(100_000).all()


@pytest.mark.parametrize("year", TOTALS)
def test_the_published_total_closes_within_rounding_in_every_year(almere: Programme, year: int) -> None:
    totals = published_totals(almere["budget"], almere["budget_totals"]).set_index("year")
    by_hand = {2022: 100_000, 2025: -100_000, 2026: -100_000}
    assert totals.loc[year, "difference"] == by_hand.get(year, 0) == euro(TOTALS[year][0]) - euro(sum(ROWS[year]))
    # half of 0.1 million for the total and for each of its two to four rows
    assert abs(totals.loc[year, "difference"]) <= 50_000 * (1 + sum(amount > 0 for amount in ROWS[year]))
    assert totals.loc[year, "rounding"]


@pytest.mark.parametrize("year", TOTALS)
def test_what_comes_in_is_the_published_total_and_all_of_it_is_named(almere: Programme, year: int) -> None:
    """The municipality pays the costs less the subsidy it received; its own reserve is its own money."""
    costs, income, received, reserve = TOTALS[year]
    assert income == received + reserve
    paid = almere["payments"].query("fund == @TASK and year == @year").set_index(["partner", "instrument"])
    expected = {("gemeente", "municipal_budget"): euro(costs - received), ("subsidiegever", "subsidy"): euro(received)}
    assert paid["amount_eur"].to_dict() == {key: amount for key, amount in expected.items() if amount}
    assert paid["amount_eur"].sum() == euro(costs)
    [apart] = reconcile(almere["budget"], almere["payments"]).query("fund == @TASK and year == @year")["difference"]
    assert (
        apart == published_totals(almere["budget"], almere["budget_totals"]).set_index("year").loc[year, "difference"]
    )
    assert reconcile(almere["budget"], almere["payments"]).query("fund == @TASK")["rounding"].all()


def test_a_payment_that_is_the_difference_of_two_rounded_amounts_is_rounded_twice(almere: Programme) -> None:
    paid = almere["payments"].query("fund == @TASK").set_index(["partner", "year"])["rounded_to_eur"]
    twice = {("gemeente", year) for year, (_, _, received, _) in TOTALS.items() if received}
    assert paid.to_dict() == {key: 200_000 if key in twice else 100_000 for key in paid.index}


def test_kinds_of_cost_are_no_efforts(almere: Programme) -> None:
    kinds = almere["efforts"].set_index("id")["kind"]
    assert {id for id, kind in kinds.items() if kind == "cost_type"} == {
        f"opgave-{name}" for name in ("personeel", "inkoop", "reserve", "subsidie", "rente")
    }


def test_the_canvas_has_the_three_strengths_the_three_lessons_and_sport(almere: Programme) -> None:
    lines = "\n".join(almere["canvas"]["text"])
    for words in ("het belang van het hele centrum", "Betrokkenheid en motivatie", "leidt tot zichtbare resultaten",
                  "gemeente is onmisbaar", "Ondernemers stemmen onderling af", "vastgoedeigenaren worden betrokken",
                  "Sport hoort"):  # fmt: skip
        assert lines.count(words) == 1, words


def test_who_gave_the_subsidy_is_not_known_and_only_what_is_realised_is_certain(almere: Programme) -> None:
    giver = almere.row("partners", "subsidiegever")
    assert giver["title"] == "Onbekende subsidiegever" and pd.isna(giver["segment"])
    given = almere["payments"].query("partner == 'subsidiegever'").set_index("year")
    assert given["certainty"].to_dict() == {2022: "certain", 2023: "certain", 2024: "expected"}


def test_what_nobody_published_is_marked_and_what_is_published_is_not(almere: Programme) -> None:
    for table in ("budget", "payments"):
        rows = almere[table]
        assert (rows["illustrative"] == (rows["fund"] != TASK)).all()
        assert (rows["illustrative"] == rows["source"].str.startswith("Illustratief")).all()
    assert rests_on_example(of_year(almere["budget"], 2019))
    assert not rests_on_example(of_year(almere["budget"], 2024), of_year(almere["payments"], 2024))


def test_members_and_seats_are_those_of_the_source(almere: Programme) -> None:
    partners = almere["partners"].set_index("id")
    assert partners["members"].dropna().to_dict() == {"ondernemers": 400, "pac": 30}
    assert partners["seats"].dropna().sum() == 6
    assert pd.isna(partners.loc["pac", "seats"]), "the source names no seat for the residents, nor denies it"
    assert partners.loc[["pac", "cultuur", "ondernemers"], "segment"].tolist() == ["residents", "visitors", "companies"]


def test_only_instruments_the_case_names_are_in_use(almere: Programme) -> None:
    joint = almere["payments"].query("fund == @JOINT")
    assert set(zip(joint["partner"], joint["instrument"], strict=True)) == {
        ("gemeente", "subsidy"), ("ondernemers", "voluntary"),
    }  # fmt: skip
    voluntary = almere["payments"].query("instrument == 'voluntary'")
    assert voluntary["certainty"].eq("uncertain").all(), "voluntary money is not certain"


def test_nothing_is_measured_and_the_four_recommendations_are_no_agreements(almere: Programme) -> None:
    assert almere["measurements"].empty
    assert almere["indicators"][["baseline_value", "target_value"]].isna().all(axis=None)
    advice = almere["efforts"].query("state == 'proposed'")
    assert advice["title"].str.startswith("Aanbeveling").tolist() == [True] * 4
    assert not set(almere["budget"]["effort"]) & set(advice["id"])


@pytest.mark.parametrize("programme", ["almere", "almelo"])
def test_every_text_of_a_canvas_speaks_both_languages_and_names_its_source(programme: str) -> None:
    dutch, english = (check_programme(ROOT / "data" / programme, language)["canvas"] for language in ("nl", "en"))
    assert dutch["block"].nunique() == 9
    assert dutch["source"].notna().all()
    assert not set(dutch["text"]) & set(english["text"])
    assert not dutch["text"].str.contains("[€%]").any(), "figures come from the other tables"


def test_the_origin_file_tells_what_is_real_derived_illustrative_and_judged() -> None:
    text = (ALMERE / "SOURCE.md").read_text(encoding="utf-8")
    for word in ("Echt", "Afgeleid", "Illustratief", "Oordeel van de onderzoeker", "Niet gemeten", "Licentie"):
        assert re.search(rf"\*\*{word}|- {word}", text), word


def test_a_total_of_a_strange_fund_or_year_is_a_fault(tmp_path: Path) -> None:
    folder = Path(shutil.copytree(ALMERE, tmp_path / "almere"))
    path = folder / "budget_totals.csv"
    text = path.read_text(encoding="utf-8-sig").replace(f"{TASK};2022", "Ander fonds;2022").replace(";2028;", ";2035;")
    path.write_text(text, encoding="utf-8")
    with pytest.raises(DataError) as caught:
        check_programme(folder)
    found = [(fault.file, fault.row, fault.column, fault.value) for fault in caught.value.faults]
    assert found == [("budget_totals.csv", 2, "fund", "Ander fonds"), ("budget_totals.csv", 8, "year", "2035")]
    assert JOINT in caught.value.faults[0].way_out


@pytest.mark.parametrize("path", sorted(ALMERE.glob("*.csv")), ids=lambda path: path.stem)
def test_each_table_opens_in_a_dutch_excel(path: Path) -> None:
    raw = path.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf") and raw.endswith(b"\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")


def test_a_recommendation_says_who_gave_it_and_when_and_is_no_decision(almere: Programme) -> None:
    advice = almere["efforts"].query("id.str.startswith('advies-')")
    assert len(advice) == 4
    assert advice["state"].eq("proposed").all()
    assert advice["note"].str.contains("leden van het Platform Binnenstadsmanagement").all()
    assert advice["note"].str.contains("28 juni").all()
    assert almere["decisions"].empty


def test_what_the_partners_want_makes_5_claims_of_which_one_has_no_measure(almere: Programme) -> None:
    claims = almere["claims"]
    assert claims["id"].nunique() == 5
    assert claims.loc[claims["indicator"].isna(), "id"].tolist() == ["voortzetten"]
    assert set(claims["goal"]) == set(almere["goals"]["id"])
