"""The canvas and the money of its customers: from tables to sentences, with what is unknown left unknown."""

from __future__ import annotations

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import cells_of

from binnenstad.costs.money import published_totals
from binnenstad.costs.say import canvas_blocks as find
from binnenstad.costs.say.reconciliation import describe_totals
from binnenstad.costs.segments import SEGMENTS
from binnenstad.costs.show.customer_tables import tabulate_segments
from binnenstad.costs.show.money_tables import tabulate_totals
from binnenstad.page.blocks import board, bullets
from binnenstad.words import Words

NAN = float("nan")
NOTHING = pd.Series(dtype=float)
LINES = pd.DataFrame(
    {"block": ["channels", "channels", "customer_segments"], "order": [2, 1, 1],
     "text": ["Krant", "Markt", "Bezoekers"], "segment": [None, "visitors", "visitors"],
     "source": ["Contract, Deel 2", "Contract, Deel 1", "Brief"]}
)  # fmt: skip


def segments(costs: float = 60, income: float = 30, hours: float = 0, rest: float = 5) -> pd.DataFrame:
    """Costs and income of companies; what leads to no customer stands under ""."""
    table = pd.DataFrame(0.0, [*SEGMENTS, "", "total"], ["costs", "income", "hours", "ratio"])
    table.loc["companies"] = [costs, income, hours, costs / income if income else NAN]
    table.loc[["", "total"], "costs"] = [rest, costs + rest]
    return table.assign(ratio=table["ratio"].where(table["ratio"] > 0))


# --- words


def test_lines_stand_in_their_order_with_their_customers_and_an_empty_block_says_so(nl: Words) -> None:
    assert find.block_lines(LINES, "channels", nl) == ["Markt (bezoekers)", "Krant"]
    assert find.block_lines(LINES, "customer_segments", nl) == ["Bezoekers"]
    assert find.block_lines(LINES, "key_partners", nl) == ["Niet ingevuld."]


@pytest.mark.parametrize(
    ("budgeted", "table", "lead"),
    [
        (100, segments(), "Van de begroting van 2019 is €\u00a060 voor bedrijven. De "
         "partijen die voor klantgroepen spreken, betalen €\u00a030 van de begroting."),
        (100, segments(income=0, hours=8), "Van de begroting van 2019 is €\u00a060 voor "
         "bedrijven. De partijen die voor klantgroepen spreken, betalen niets van de begroting. "
         "Buiten de begroting geven zij uren werk ter waarde van €\u00a08."),
        (100, segments(income=NAN), "Van de begroting van 2019 is €\u00a060 voor "
         "bedrijven."),
        (100, segments().assign(costs=NAN), "De begroting van 2019 is €\u00a0100; voor wie dat geld is, is niet "
         "bekend."),
        (0, segments().assign(costs=NAN), "Voor 2019 is geen begroting bekend."),
    ],
)  # fmt: skip
def test_the_lead_says_what_is_for_customers_and_what_who_speaks_for_them_pays(
    nl: Words, budgeted: float, table: pd.DataFrame, lead: str
) -> None:
    if table["income"].isna().any():
        table["income"] = NAN
    assert find.lead_canvas(table, budgeted, 2019, nl) == lead


def test_the_table_of_customers_ends_in_the_budget_and_writes_unknown_as_a_word(nl: Words) -> None:
    block = tabulate_segments(segments(), 2019, nl)
    cells = cells_of(block)
    assert "2019" in block.plain.splitlines()[0]
    assert cells["op de begroting"] == ["0", "0", "60", "5", "65"]
    assert cells["buiten de begroting: uren werk"] == ["0"] * 5
    assert cells["op de begroting per euro die is betaald"] == ["–", "–", "2,00", "–", "–"]
    unknown = cells_of(tabulate_segments(segments().assign(costs=NAN, ratio=NAN), 2019, nl))
    assert unknown["op de begroting"] == ["onbekend"] * 5 and "op de begroting per euro die is betaald" not in unknown


def test_live_lines_of_almelo_are_the_sums_of_its_rows(almelo, nl: Words) -> None:
    payments = almelo["payments"].query("year == 2019")
    filling = payments.dropna(subset="fund")
    income = find.live_income(payments, filling, 2019, nl)
    assert income[0] == "€\u00a0699.200 voor de begroting van 2019"
    assert income[1:] == [
        "gemeentebegroting: €\u00a0500.000", "subsidie: €\u00a0199.200", "zeker: €\u00a0699.200 (100%)",
        "buiten de begroting: €\u00a0686.750",
    ]  # fmt: skip
    costs = almelo["budget"].query("year == 2019").groupby("effort")["amount_eur"].sum()
    lines = find.live_costs(
        costs, almelo.titles("efforts"), published_totals(almelo["budget"], almelo["budget_totals"]), 2019, nl
    )
    assert lines[1] == "Pilot 2 uur gratis parkeren: €\u00a0300.000"
    assert lines[-1] == "8 andere posten: €\u00a0247.500"
    assert find.live_partners(almelo["partners"], payments, 2019, nl) == ["8 partijen, waarvan er 3 bijdragen in 2019"]


def test_a_year_without_rows_is_unknown_in_each_live_block(almelo, nl: Words) -> None:
    none = almelo["payments"].iloc[:0]
    assert find.live_income(none, none, 2030, nl) == ["Over 2030 zijn geen inkomsten bekend."]
    assert find.live_costs(NOTHING, NOTHING, pd.DataFrame(), 2030, nl) == ["Over 2030 zijn geen kosten bekend."]
    assert find.live_partners(almelo["partners"], none, 2030, nl) == [
        "8 partijen; wie er in 2030 bijdraagt, is niet bekend"
    ]


def test_what_the_canvas_cannot_say_is_listed(nl: Words) -> None:
    notes = find.unknown_on_canvas(LINES, segments().assign(costs=NAN), True, nl)
    assert notes[0].startswith("Niet ingevuld: Waardepropositie, Klantrelaties, Partners")
    assert notes[1] == "Voor welke klantgroepen de inspanningen van het jaar zijn, is niet bekend."
    assert "voorbeeld" in notes[2]
    assert find.sources_of_canvas(LINES.iloc[:0]) == []
    assert find.sources_of_canvas(LINES) == ["Brief", "Contract: Deel 1; Deel 2"]


# --- published totals


def totals(published: float, unit: float = NAN) -> pd.DataFrame:
    of = {"fund": "A", "year": 2024, "published": pd.Timestamp("2024-12-31")}
    budget = pd.DataFrame(of | {"amount_eur": [100.0, 50.0]})
    table = of | {"costs_eur": [published], "income_eur": [NAN], "rounded_to_eur": [unit]}
    return published_totals(budget, pd.DataFrame(table))


@pytest.mark.parametrize(
    ("published", "unit", "words"),
    [
        (150, NAN, "Elk gepubliceerd totaal is gelijk aan de som van de regels."),
        (150, 10, "Elk gepubliceerd totaal is gelijk aan de som van de regels."),
        (165, 10, "Elk gepubliceerd totaal is op afronding na gelijk aan de som van de regels."),
        (166, 10, "€\u00a016 meer dan de regels; dat komt niet alleen door afronding."),
        (135, 10, "Elk gepubliceerd totaal is op afronding na gelijk aan de som van de regels."),
        (134, NAN, "€\u00a016 minder dan de regels; dat komt niet alleen door afronding."),
        (149.6, NAN, "€\u00a00,40 minder dan de regels; dat komt niet alleen door afronding."),
    ],
)
def test_a_total_within_half_a_unit_for_each_number_is_equal(
    nl: Words, published: float, unit: float, words: str
) -> None:
    found = totals(published, unit)
    first, *apart = describe_totals(found, nl)
    assert (apart[0] if apart else first).endswith(words)
    assert first.startswith("Niet elk") == bool(apart)
    assert found.loc[0, ["published", "rows"]].tolist() == [published, 150], "nothing is repaired"
    assert cells_of(tabulate_totals(found, nl))["gepubliceerde baten"] == ["onbekend"]


def test_a_total_is_not_held_against_a_row_of_later_date(nl: Words) -> None:
    """A decision on one row made the total that was printed before it "€ 20.000 meer dan de regels", or unequal."""
    days = pd.to_datetime(["2019-03-31", "2019-12-15"])
    budget = pd.DataFrame({"fund": "A", "year": 2020, "published": days, "amount_eur": [100.0, 30.0]})
    total = {"fund": ["A"], "year": [2020], "published": days[:1], "costs_eur": [150.0], "income_eur": [NAN]}
    found = published_totals(budget, pd.DataFrame(total | {"rounded_to_eur": [NAN]}))
    assert describe_totals(found, nl) == [
        "A 2020: een regel is van latere datum dan het totaal; ze zijn dus niet te vergelijken."
    ]
    assert cells_of(tabulate_totals(found, nl))["verschil"] == ["onbekend"]
    # nor can anybody say of both that they are equal where the other one is
    assert len(describe_totals(pd.concat([found, found.assign(difference=0.0, rounding=True)]), nl)) == 1


def test_a_budget_without_published_totals_says_so(nl: Words) -> None:
    assert describe_totals(totals(150).iloc[:0], nl)[0].startswith("De bron van de begroting noemt geen totalen")


# --- the board


def test_a_board_is_a_section_per_cell_with_heading_question_and_escaped_lines() -> None:
    cells = {"channels": ("Kanalen <b>", "Hoe?", [bullets(["a & b"]), bullets(["1"], illustrative=True)])}
    block = board(cells)
    soup = BeautifulSoup(block.html, "html.parser")
    (cell,) = soup.select("div.board > section.channels")
    assert cell["aria-labelledby"] == cell.h3["id"]
    assert cell.h3.text == "Kanalen <b>" and cell.select_one(".question").text == "Hoe?"
    assert [item.text for item in cell.select("li")] == ["a & b", "1"]
    assert block.plain == "Kanalen <b>\nHoe?\n- a & b\n- 1"
    assert block.illustrative
