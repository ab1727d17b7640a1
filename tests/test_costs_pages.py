"""What the pages on money say, read as a councillor does: what is added up, who pays how much of what, and for whom."""

from __future__ import annotations

import re
import shutil

import pytest
from conftest import ROOT, cells_of, text

from binnenstad.costs.show.money_tables import tabulate_budget
from binnenstad.programme.checked import check_programme
from binnenstad.words.errors import DataError


@pytest.fixture
def almere(folder):
    return shutil.copytree(ROOT / "data" / "almere", folder.parent / "almere")


def add_payments(edit, *rows: dict[str, str]) -> None:
    """Add payments of 2019, outside the budget unless a row says otherwise."""
    usual = {"partner": "ondernemers", "instrument": "voluntary", "fund": "", "year": "2019", "certainty": "uncertain"}
    edit("payments", lambda table: table.extend(table[-1] | usual | {"note": ""} | row for row in rows))


# --- cash, hours and goods --------------------------------------------------------------------------------------
def test_cash_hours_and_goods_are_named_apart_on_every_page_and_added_on_none(edit, pages):
    """Hours and goods were added to 125.000 in cash, and said to be "nog niet besloten" of money."""
    add_payments(edit, {"kind": "hours", "amount_eur": "12345"}, {"kind": "in_kind", "amount_eur": "8001"})
    made = pages("costs", "partner", "canvas", "overview", partner="ondernemers")
    apart = "€ 125.000, uren werk ter waarde van € 12.345 en spullen en diensten ter waarde van € 8.001"
    partner, costs = made["partner-ondernemers"], made["costs"]
    assert f"Buiten de begroting geeft zij {apart}; dat zit niet in de percentages." in partner
    worth = apart.partition(", ")[2]
    assert f"In 2019 betaalt zij € 125.000; dat is helemaal besloten. Zij geeft {worth}; dat is geen geld." in partner
    assert (
        f"buiten de begroting: € 686.750, {worth}" in made["canvas"]
        and f"Buiten de begroting geven zij {apart}." in made["canvas"]
    )
    assert "[bedrijven | 123.360 | 0 | 125.000 | 12.345 | 8.001]" in made["canvas"]
    assert "Naast het geld komen van Ondernemers uren werk ter waarde van € 12.345." in costs
    for page in (partner, costs, made["overview"]):
        assert f"Nog niet zeker, buiten de begroting: {worth} van Ondernemers." in page or page is partner
    for page in made.values():
        assert not re.search(r"\b(145\.346|137\.345|133\.001|20\.346)\b", page)


# --- fairness ---------------------------------------------------------------------------------------------------
def test_who_pays_many_times_its_part_stands_beside_nobody_pays_more_than_alone(pages, almere):
    """The province paid 6,95 times and Almere's municipality 5,33 times its part under a sentence that nobody "
    "overpays."""
    fine = "Geen partij en geen groep betaalt meer dan zij alleen zou betalen."
    equal = section(pages("costs")["costs"], "Gelijk: elke partij", "Evenredig:")
    assert f"{fine} Deze partijen betalen meer dan het dubbele van hun deel van het voordeel: " in equal
    assert "Provincie Overijssel (6,95 keer)" in equal
    costs = pages("costs", name="almere", period="2018")["costs"]
    now = section(costs, "Nu: wat elke partij nu betaalt.", "Gelijk:")
    over = "Deze partij betaalt meer dan het dubbele van haar deel van het voordeel: Gemeente Almere (5,33 keer)."
    assert f"{fine} {over}" in now and "Hogeschool Windesheim (niets)" in now
    assert costs.count("Alleen betekent: een partij of groep betaalt elke inspanning") == 1
    assert re.search(
        r"Het grootste verschil per verdeling: nu \d+ procentpunt \([^)]+\); gelijk \d+ procentpunt", costs
    )


def section(page: str, start: str, end: str) -> str:
    return page.partition(start)[2].partition(end)[0]


def test_a_partners_page_says_how_many_times_its_part_it_pays_and_what_alone_means(pages):
    page = pages("partner", partner="provincie")["partner-provincie"]
    assert "Nu betaalt zij € 17.500,00 meer dan dat." in page and "Alleen betekent:" in page
    assert "[nu | 199.200,00 | 0,00 | 13,86]" in page and "[gelijk | 99.885,71 | −99.314,29 | 6,95]" in page


# --- what is paid against what is shared ------------------------------------------------------------------------
@pytest.mark.parametrize(("paid", "said"), [("199199.99", "€ 699.199,99"), ("150000", "€ 650.000")])
def test_what_is_paid_is_scaled_to_what_is_shared_and_judged(edit, pages, paid, said):
    """A cent less took the judgement on who pays too much away."""
    edit("payments", lambda rows: [row.update(amount_eur=paid) for row in rows if row["partner"] == "provincie"])
    costs = pages("costs")["costs"]
    now = section(costs, "Nu: wat elke partij nu betaalt.", "Gelijk:")
    assert f"Voor de begroting wordt {said} betaald en van € 699.200" in now and "is omgerekend naar het tweede" in now
    assert "Van Gemeente Almelo en Provincie Overijssel gaat minstens € 300.000 naar inspanningen" in now
    assert "niet te zeggen" not in now


def test_one_payer_has_one_percentage_and_what_is_paid_outside_is_named_as_that(pages):
    """72 % and 61 % for the municipality on one screen, and shopkeepers who pay 125.000 counted as paying nothing."""
    costs = pages("costs")["costs"]
    before = costs.rpartition("Hoe kan het anders worden betaald?")[0]
    assert "61%" not in before and "betaald door Gemeente Almelo (72%) en Provincie Overijssel (28%)." in before
    assert (
        "De onderzoeker schat dat 90% van het voordeel naar partijen gaat die niets van de begroting betalen." in before
    )
    assert "Buiten de begroting komt er wel geld van Ondernemers (€ 125.000)." in before
    assert (
        "Buiten de begroting komt € 125.000 van Ondernemers (reclamebelasting). Dat zit niet in de percentages."
        in before
    )
    assert "van het geld voor het centrum in elk scenario, zonder subsidies buiten de begroting" in costs


def test_an_interest_that_is_not_known_is_no_0_percent(edit, pages):
    add_payments(edit, {"partner": "bomenstad", "fund": "Programma binnenstad", "kind": "cash", "amount_eur": "1000"})
    made = pages("costs", "partner", partner="bomenstad")
    (row,) = re.findall(r"\[Stichting Bomenstad Almelo \| 0,1% \|[^]]*\]", made["costs"])
    assert "0,0%" not in row
    assert "Welk deel van het voordeel zij heeft, is niet bekend." in made["partner-bomenstad"]
    page = made["partner-bomenstad"]
    assert "0,0%" not in page and "bij de inspanningen van dit jaar is van haar geen belang bekend." in page
    # nor are there efforts of 0 euro that it would pay alone
    assert "belang van een partij" not in page and "als zij die alleen zou betalen" not in page
    assert "Alleen betekent" not in page


def test_what_is_said_of_money_follows_from_the_tables(reports):
    """Collecting costs of 0, a column read as 2022, a ratio of 0,4952, and one name for two sums of a payer."""
    costs, partner = (text(reports / "almelo" / "2019Q4" / f"{name}.html") for name in ("costs", "partner-gemeente"))
    assert "Dit levert € 899.725 op, € 75.525 meer dan nu. De inningskosten (€ 3.975) zijn er dan af." in costs
    assert "Dit levert € 971.540 op, € 147.340 meer dan nu. Van het geld" in costs
    assert "Overige inspanningen (2022): het bedrag staat in de vierde jaarkolom" in costs
    assert "Ondernemers (net minder dan de helft)" in costs and "0,4952" not in costs
    given = "In 2019 betaalt zij € 1.061.750; daarvan is € 500.000 besloten. "
    given += "Van het hele bedrag is € 561.750 buiten de begroting."
    assert given in partner
    assert "in elk scenario voor het centrum betaalt, zonder subsidie buiten de begroting," in partner


# --- the order of rows is no content ---------------------------------------------------------------------------
def test_the_order_of_rows_changes_no_sentence_about_a_partner_and_no_line_of_the_canvas(folder, pages):
    def said() -> list[str]:
        made = pages("canvas", "partner")
        return [page.partition("Vingerafdruk")[0] for page in made.values()]

    (folder / "budget_totals.csv").unlink()
    first = said()
    for path in folder.glob("*.csv"):
        head, *rows = path.read_text(encoding="utf-8-sig").splitlines()
        path.write_text("\n".join([head, *rows[::-1]]), encoding="utf-8")
    assert said() == first


# --- canvas -----------------------------------------------------------------------------------------------------
def test_what_is_for_visitors_does_not_hang_on_who_speaks_for_them(edit, pages):
    """ "Bezoekers EUR 89.412" was what the cultural institutions have an interest in."""
    canvas = pages("canvas")["canvas"]
    assert "89.412" not in canvas
    edit("partners", lambda rows: [row.update(segment="") for row in rows if row["id"] == "cultuur"])
    assert section(canvas, "[bezoekers", "[bedrijven") == section(pages("canvas")["canvas"], "[bezoekers", "[bedrijven")


def test_without_goal_segments_it_is_not_known_whom_the_money_is_for(folder, pages):
    (folder / "goal_segments.csv").unlink()
    canvas = pages("canvas")["canvas"]
    assert "is € 699.200; voor wie dat geld is, is niet bekend." in canvas
    assert "[bezoekers | onbekend |" in canvas and "[totaal | 699.200 |" in canvas


def test_a_line_of_the_canvas_holds_for_its_years_only(pages, almere):
    """ "Alles is vrijwillig" stood beside 3,5 million of municipal budget."""
    assert "Alles is vrijwillig" in pages("canvas", name="almere", period="2019")["canvas"]
    canvas = pages("canvas", name="almere", period="2024")["canvas"]
    assert "vrijwillig" not in canvas and "Geld van de gemeente voor de opgave Almere Centrum" in canvas


@pytest.mark.parametrize(
    ("table", "change", "place"),
    [("canvas", {"from_year": "2020", "until_year": "2019"}, ("canvas.csv", 2, "until_year")),
     ("goal_segments", {"weight": "0"}, ("goal_segments.csv", 2, "weight")),
     ("goal_segments", {"goal": "9"}, ("goal_segments.csv", 2, "goal")),
     ("goal_segments", {"segment": "visitors"}, ("goal_segments.csv", 3, "goal, segment")),
     ("goal_segments", {"segment": "dogs"}, ("goal_segments.csv", 2, "segment"))],
)  # fmt: skip
def test_a_faulty_year_or_segment_is_refused_by_place(folder, edit, table, change, place):
    edit(table, lambda rows: rows[0].update(change))
    with pytest.raises(DataError) as caught:
        check_programme(folder)
    assert [(fault.file, fault.row, fault.column) for fault in caught.value.faults] == [place]


# --- the contract's own table -----------------------------------------------------------------------------------
@pytest.mark.parametrize("name", ["almelo", "almere"])
def test_the_whole_budget_stands_in_the_costs_report_by_item_fund_and_year(name, nl):
    data = check_programme(ROOT / "data" / name)
    cells = cells_of(tabulate_budget(data["budget"], data.titles("efforts"), nl))
    rows, years = cells.pop("post"), data["budget"]["year"]
    assert list(cells) == [*map(str, range(years.min(), years.max() + 1)), "totaal"]
    for row in data["budget"].itertuples():
        at = rows.index(f"{data.titles('efforts')[row.effort]} ({row.fund})")
        assert cells[str(row.year)][at] == nl.number(row.amount_eur)
    assert len(rows) == len(data["budget"][["fund", "effort"]].drop_duplicates()) + 1
    assert cells["totaal"][-1] == nl.number(data["budget"]["amount_eur"].sum())


@pytest.mark.parametrize(("name", "period"), [("almelo", "2019Q4"), ("almere", "2018")])
def test_voordeel_is_never_called_baten(pages, almere, name, period):
    made = pages("costs", "canvas", "partner", "overview", name=name, period=period)
    for page in made.values():
        assert not re.search(r"\bbaa?te?n?\b", page.replace("gepubliceerde baten", "")), re.findall(
            r".{30}\bbaa?te?n?\b", page
        )
