"""A partner's page in sentences and cells: every amount is a row of a table or the sum of some."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import ROOT, cells_of

from binnenstad.costs import chapters, checks, split
from binnenstad.costs import money as finance
from binnenstad.costs.balance import balance_of, outlook_of
from binnenstad.costs.checks import Checks
from binnenstad.costs.say import one_partner as find
from binnenstad.costs.say import other_splits
from binnenstad.costs.show import partner_tables
from binnenstad.efforts import network as efforts
from binnenstad.page.blocks import Block
from binnenstad.programme.checked import Programme, check_programme
from binnenstad.words import Words
from binnenstad.words.errors import UsageError

NAN = float("nan")
SPLITS = pd.DataFrame(
    {"now": [90.0, 10.0], "equal": [50.0, 50.0], "by_floor": [70.5, 29.5], "per_effort": [60.0, 40.0]},
    index=["shops", "city"],
)
UNITS = pd.DataFrame({"kind": ["hours"], "amount_eur": [8.0], "partner": "shops", "instrument": None})


def share(cost: float, benefit: float) -> pd.Series:
    return pd.Series({"cost_share": cost, "benefit_share": benefit, "ratio": cost / benefit if benefit else NAN})


@pytest.fixture(scope="module")
def almere() -> Programme:
    return check_programme(ROOT / "data" / "almere")


@pytest.mark.parametrize(
    ("cost", "benefit", "beside", "lead"),
    [
        (0.45, 0.31, 0, "Deze partij betaalt 45% van de begroting van 2019. Zij heeft 31% van het voordeel."),
        (0.0, 0.3, 1, "Deze partij betaalt 0% van de begroting van 2019. Zij heeft 30% van het voordeel. Buiten de "
         "begroting geeft zij uren werk ter waarde van €\u00a08; dat zit niet in de percentages."),
        (1.0, NAN, 0, "Deze partij betaalt 100% van de begroting van 2019. Welk deel van het voordeel zij heeft, "
         "is niet bekend."),
        (NAN, 0.3, 0, "Wat deze partij van de begroting van 2019 betaalt, is niet bekend. Zij heeft 30% van het "
         "voordeel."),
    ],
)  # fmt: skip
def test_the_lead_sets_what_is_paid_beside_the_benefit(
    nl: Words, cost: float, benefit: float, beside: int, lead: str
) -> None:
    assert find.lead_partner(share(cost, benefit), UNITS.iloc[:beside], 2019, nl) == lead


def test_what_a_partner_gives_is_its_rows_of_payments(almere: Programme, nl: Words) -> None:
    rows = almere["payments"].assign(estimated=False).query("partner == 'gemeente' and year == 2019")
    cells = cells_of(partner_tables.tabulate_gifts(rows, 2019, nl))
    assert cells["bedrag"] == ["110.000,00"] and cells["zekerheid"] == ["zeker (besloten)"]
    assert find.describe_payments(rows, 2019, nl) == "In 2019 betaalt zij €\u00a0110.000; dat is helemaal besloten."
    half = find.describe_payments(pd.concat([rows, rows.assign(certainty="expected")]), 2019, nl)
    assert half == "In 2019 betaalt zij €\u00a0220.000; daarvan is €\u00a0110.000 besloten."
    assert find.describe_payments(rows.assign(certainty="expected"), 2019, nl).endswith(
        "daarvan is nog niets besloten."
    )
    hours = almere["payments"].assign(estimated=False).query("partner == 'pac' and year == 2019")
    cells = cells_of(partner_tables.tabulate_gifts(hours, 2019, nl))
    assert (cells["voor geldbron"], cells["vorm"]) == (["buiten de begroting"], ["uren werk"])
    nothing = "Over 2019 is geen betaling bekend."
    assert find.describe_payments(hours, 2019, nl) == (
        f"{nothing} Zij geeft uren werk ter waarde van €\u00a08.000; dat is geen geld."
    )
    assert find.describe_payments(rows.iloc[:0], 2019, nl) == nothing


def test_what_a_partner_leads_and_works_comes_from_efforts_and_team(almelo, nl: Words) -> None:
    green = find.describe_work(almelo["efforts"], almelo["team"], "bomenstad", nl)
    assert green == ["Trekker van: Vergroenen binnenstad."]
    city = find.describe_work(almelo["efforts"], almelo["team"], "gemeente", nl)
    assert "3.580 uur" in city[1]
    assert find.describe_work(almelo["efforts"], almelo["team"], "cultuur", nl) == []


def test_purposes_and_benefit_end_in_a_total_and_are_nothing_without_rows(nl: Words) -> None:
    titles, goals = pd.Series({"a": "Markt", "b": "Groen"}), pd.Series({"1a": "Bezoekers", "2a": "Bewoners"})
    purposes = partner_tables.tabulate_purposes(pd.Series({"a": 10.0, "b": 30.5}), titles, 2019, nl)
    assert cells_of(purposes) == {"post": ["Groen", "Markt", "totaal"], "eigen deel": ["30,50", "10,00", "40,50"]}
    ways = pd.DataFrame({"effort": ["a", "a"], "indicator": ["1a", "2a"]})
    benefit = pd.DataFrame({"own": [10.0, 30.5, 0.0], "costs": [20.0, 61.0, 5.0]}, index=["a", "b", "c"])
    cells = cells_of(partner_tables.tabulate_benefit(benefit, ways, titles, goals, nl))
    assert cells["via"] == ["eigen belang bij de inspanning", "1a Bezoekers; 2a Bewoners", "–"]
    assert (cells["kosten"][-1], cells["eigen voordeel"][-1]) == ("81,00", "40,50")
    assert partner_tables.tabulate_purposes(pd.Series(dtype=float), titles, 2019, nl) == Block("", "")
    assert partner_tables.tabulate_benefit(benefit.iloc[2:], ways, titles, goals, nl) == Block("", "")


def test_say_is_seats_among_those_known_and_unknown_stays_unknown(almere: Programme, nl: Words) -> None:
    seats = almere["partners"]["seats"]
    shops = find.describe_seats(almere.row("partners", "ondernemers"), seats, nl)
    assert shops[1:] == ["Aantal leden: 400.", "Stem: 1 zetel van de 6 die bekend zijn (17%)."]
    residents = find.describe_seats(almere.row("partners", "pac"), seats, nl)
    assert residents[-1].endswith("is niet bekend.")


def test_a_split_nobody_has_named_yet_shows_up_by_itself(nl: Words) -> None:
    names = other_splits.split_names(nl)
    cells = cells_of(partner_tables.tabulate_own_splits(SPLITS, "shops", names, nl))
    assert cells["verdeling"] == ["nu", "gelijk", "by_floor", "per inspanning"]
    assert cells["verschil met nu"] == ["0,00", "−40,00", "−19,50", "−30,00"]
    assert cells["keer het deel van het voordeel"] == ["1,50", "0,83", "1,18", "1,00"]
    assert other_splits.how_splits_differ(SPLITS, "shops", nl) == (
        "Nu betaalt zij €\u00a090 van de begroting. Bij andere verdelingen zou zij tussen €\u00a050 en "
        "€\u00a071 betalen."
    )
    assert "geen enkele verdeling" in other_splits.how_splits_differ(SPLITS, "choir", nl)
    assert partner_tables.tabulate_own_splits(SPLITS, "choir", names, nl) == Block("", "")


def test_what_is_not_known_of_a_partner_is_said(almere: Programme, nl: Words) -> None:
    residents = almere.row("partners", "pac")
    notes = find.unknown_about_partner(residents, share(0.0, 0.1), True, nl)
    assert notes[1] == "Niet bekend van deze partij: zetels en WOZ-waarde."
    assert "voorbeeld" in notes[2]
    assert "niet te zeggen" in find.unknown_about_partner(residents, share(1.0, NAN), False, nl)[0]


def test_a_partner_is_found_by_its_id_the_first_without_one_and_a_strange_one_named(almere: Programme) -> None:
    assert almere.row("partners", "pac")["members"] == 30
    assert almere.row("partners")["id"] == "citymarketing", "in the order of their codes"
    with pytest.raises(UsageError, match="'nope' is no id in table partners of almere; known: citymarketing, "):
        almere.row("partners", "nope")


@pytest.mark.parametrize(("name", "year"), [("almelo", 2019), ("almere", 2019)])
def test_over_all_partners_what_is_given_and_got_is_the_whole_budget(name: str, year: int) -> None:
    data = check_programme(ROOT / "data" / name)
    budget, payments = (finance.of_year(data[table], year) for table in ("budget", "payments"))
    costs = finance.cost_per_effort(budget)
    benefit, unshared = split.spread_costs(costs, efforts.beneficiary_weights(costs.index, data.tables))
    paid = finance.per_partner(finance.programme_money(payments))
    assert unshared.empty
    assert round(benefit.to_numpy().sum(), 2) == paid.sum() == costs.sum()
    assert checks.compare_shares(paid, benefit.sum())["benefit_share"].sum() == pytest.approx(1)


def test_ways_lead_to_goals_of_interest_and_not_where_an_effort_has_interests_of_its_own(almelo) -> None:
    ways = efforts.ways_to("provincie", almelo.tables)
    assert set(ways["indicator"]) == {"5a"}, "the province has an interest in goal 5 alone"
    assert set(ways["effort"]) == {"koersprojecten", "samenwerking"}
    assert "parkeren" not in set(efforts.ways_to("ondernemers", almelo.tables)["effort"])


@pytest.mark.parametrize(("name", "year"), [("almelo", 2019), ("almere", 2019), ("almere", 2024)])
def test_every_amount_on_a_partners_line_stands_in_the_costs_report(name: str, year: int, nl: Words) -> None:
    data = check_programme(ROOT / "data" / name)
    now = balance_of(data.tables, year)
    ahead, titles = outlook_of(data.tables, year, now.benefit), data.titles("partners")
    report = chapters.splits_side_by_side(now, titles, data.titles("efforts"), nl).plain
    for partner in now.splits.index:
        row = next(row for row in report.splitlines() if f": {titles[partner]};" in row)
        cells = cells_of(partner_tables.tabulate_own_splits(now.splits, partner, other_splits.split_names(nl), nl))
        wanted = [nl.number(amount, 2) for amount in now.splits.loc[partner]]
        assert [cell.rsplit(": ", 1)[1].replace("–", nl.number(0, 2)) for cell in row.split("; ")[1:]] == wanted
        assert list(cells.values())[1] == wanted
    for partner in ahead.paid.index:
        cells = cells_of(partner_tables.tabulate_own_scenarios(ahead, partner, data.titles("scenarios"), nl))
        assert list(cells.values())[1] == [nl.number(amount, 2) for amount in ahead.paid.loc[partner]]


def test_a_year_of_which_nobody_is_known_to_benefit_says_so_on_the_page_and_in_the_report(almere, nl: Words) -> None:
    now = balance_of(almere.tables, 2024)
    names, why = almere.titles("partners"), "Van niemand is bekend"
    assert why in chapters.splits_of_partner(now, "pac", nl).plain
    assert why in chapters.splits_side_by_side(now, names, names, nl).plain


def test_the_checks_of_a_line_name_the_splits_and_the_amounts() -> None:
    nothing, balanced = pd.Series(dtype=float), pd.DataFrame()
    checks = {
        "now": Checks(pd.Series({"city": 50.0}), ("city", "shops"), 60.0, pd.Series({"shops": 7.5}), balanced),
        "equal": Checks(pd.Series({"city": 3.0}), ("city", "shops"), 4.0, nothing, balanced),
    }
    city = other_splits.describe_checks(checks, "city", 40.0, Words("en"))
    assert city == [
        "The efforts it benefits from cost €\u00a040.00 if it paid them all alone.",
        "It now pays €\u00a050.00 more than that.",
        'Under "equal" it would pay €\u00a03.00 more than that.',
        "Together with others it pays more than they would alone under: now and equal.",
    ]
    shops = other_splits.describe_checks(checks, "shops", 40.0, Words("en"))
    assert shops[1] == "In no way of sharing does it pay more than that."


def test_scenarios_and_rules_of_law_of_one_partner(almelo: Programme, nl: Words) -> None:
    now = balance_of(almelo.tables, 2019)
    ahead, titles = outlook_of(almelo.tables, 2019, now.benefit), almelo.titles("partners")
    culture = chapters.scenarios_of_partner(ahead, almelo.tables, "cultuur", titles, 2019, nl)
    assert (
        "8.480,00" in culture.plain
        and "Een opslag op de ozb geldt voor alle niet-woningen" in culture.plain
        and culture.illustrative
    )
    owners = chapters.scenarios_of_partner(ahead, almelo.tables, "eigenaren", titles, 2019, nl).plain
    assert "Een vrijwillige bijdrage is langer dan een jaar niet zeker" in owners
    assert "Ondernemers" not in owners, "flags of others are not on this page"
    before = outlook_of(almelo.tables, 2018, now.benefit)
    none = chapters.scenarios_of_partner(before, almelo.tables, "eigenaren", titles, 2018, nl)
    assert "geen scenario" in none.plain
    alone = chapters.splits_of_partner(now, "provincie", nl).plain
    assert "199.200,00" in alone and "Nu betaalt zij €\u00a017.500,00 meer dan dat." in alone
