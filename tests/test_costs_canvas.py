"""The canvas and the money of its customers: from tables to sentences, with what is unknown left unknown."""

from __future__ import annotations

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import cells_of
from hypothesis import given
from hypothesis import strategies as st

from binnenstad.costs.money import SEGMENTS, cost_to_income, per_segment, published_totals
from binnenstad.costs.say import canvas_blocks as find
from binnenstad.costs.say.reconciliation import describe_totals
from binnenstad.costs.show.customer_tables import tabulate_customers, tabulate_segments
from binnenstad.costs.show.money_tables import tabulate_totals
from binnenstad.page.blocks import board, bullets
from binnenstad.words import Words

NAN = float("nan")
NOTHING = pd.Series(dtype=float)
SEGMENT = pd.Series(
    {"city": None, "shops": "companies", "owners": "companies", "choir": "visitors", "club": "residents"}
)
COSTS = pd.Series({"shops": 60.0, "owners": 20.0, "choir": 15.0, "city": 5.0})
SHOPS = pd.Series({"shops": 30.0})
LINES = pd.DataFrame(
    {"block": ["channels", "channels", "customer_segments"], "order": [2, 1, 1],
     "text": ["Krant", "Markt", "Bezoekers"], "segment": [None, "visitors", "visitors"],
     "source": ["Contract, Deel 2", "Contract, Deel 1", "Brief"]}
)  # fmt: skip


def ratios(income: pd.Series = NOTHING, beside: pd.Series = NOTHING, costs: pd.Series = COSTS) -> pd.DataFrame:
    return cost_to_income(SEGMENT, costs, income, beside)


# --- costs against income


def test_partners_come_by_segment_and_one_of_whom_nothing_is_known_is_left_out() -> None:
    table = ratios(pd.Series({"shops": 30.0, "city": 70.0}))
    assert list(table.index) == ["choir", "shops", "owners", "city"]
    assert table["segment"].tolist() == ["visitors", "companies", "companies", ""]
    assert table["ratio"].to_dict() == pytest.approx(
        {"choir": NAN, "shops": 2, "owners": NAN, "city": 5 / 70}, nan_ok=True
    )


def test_a_segment_is_the_sum_of_its_partners_and_one_without_any_is_unknown() -> None:
    table = per_segment(ratios(pd.Series({"shops": 30.0, "city": 70.0}), pd.Series({"owners": 8.0})))
    assert list(table.index) == [*SEGMENTS, ""]
    assert table.loc["companies"].tolist() == [80, 30, 8, pytest.approx(80 / 30)]
    assert table.loc["residents"].isna().all()


def test_costs_or_income_of_which_nothing_is_known_are_no_zero() -> None:
    assert ratios(pd.Series({"city": 70.0}), costs=NOTHING)["costs"].isna().all()
    assert ratios()["income"].isna().all()
    assert per_segment(ratios(costs=NOTHING)).loc[list(SEGMENTS)].isna().all(axis=None)


amounts = st.dictionaries(st.sampled_from(list(SEGMENT.index)), st.integers(1, 10**7), min_size=1)


@given(amounts, amounts, amounts)
def test_no_euro_is_lost_between_partners_and_segments(
    costs_of: dict[str, int], income_of: dict[str, int], beside_of: dict[str, int]
) -> None:
    costs, income, beside = (pd.Series(amount, dtype=float) for amount in (costs_of, income_of, beside_of))
    table = ratios(income, beside, costs)
    sums = per_segment(table)
    for name, whole in (("costs", costs), ("income", income), ("beside", beside)):
        assert table[name].sum() == sums[name].sum() == whole.sum()


# --- words


def test_lines_stand_in_their_order_with_their_customers_and_an_empty_block_says_so(nl: Words) -> None:
    assert find.block_lines(LINES, "channels", nl) == ["Markt (bezoekers)", "Krant"]
    assert find.block_lines(LINES, "customer_segments", nl) == ["Bezoekers"]
    assert find.block_lines(LINES, "key_partners", nl) == ["Niet ingevuld."]


@pytest.mark.parametrize(
    ("budgeted", "table", "sentence"),
    [
        (100, ratios(SHOPS), "€\u00a095 op de begroting; zelf brengen zij daar €\u00a030 van op (32%)"),
        (100, ratios(pd.Series({"city": 70.0})), "zelf brengen zij daar niets van op."),
        (100, ratios(), "wat zij zelf opbrengen, is niet bekend."),
        (100, ratios(costs=NOTHING), "is €\u00a0100; voor wie die kosten worden gemaakt, is niet bekend."),
        (0, ratios(costs=NOTHING), "Voor 2019 is geen begroting bekend."),
    ],
)  # fmt: skip
def test_the_lead_says_what_customers_pay_of_what_is_done_for_them(
    nl: Words, budgeted: float, table: pd.DataFrame, sentence: str
) -> None:
    lead = find.lead_canvas(LINES, per_segment(table), budgeted, 2019, nl)
    assert sentence in lead
    assert lead.endswith("7 van de negen bouwstenen zijn niet ingevuld.")


def test_each_segment_gets_a_sentence_for_what_is_known_of_it(nl: Words) -> None:
    table = per_segment(ratios(pd.Series({"shops": 30.0}), pd.Series({"choir": 8.0})))
    residents, visitors, companies = find.describe_segments(table, 2019, nl)
    assert residents == "Bewoners, 2019: kosten onbekend, inkomsten onbekend."
    assert (
        visitors
        == "Bezoekers: €\u00a015 aan kosten en geen inkomsten in de begroting. Naast de begroting geven zij €\u00a08."
    )
    assert companies.endswith("dat is €\u00a02,67 aan kosten voor elke euro die zij opbrengen.")
    paying = per_segment(ratios(pd.Series({"club": 9.0})))
    assert find.describe_segments(paying, 2019, nl)[0] == "Bewoners: geen kosten, €\u00a09 aan inkomsten."


def test_the_tables_write_no_income_and_unknown_apart(nl: Words) -> None:
    block = tabulate_segments(per_segment(ratios(pd.Series({"shops": 30.0}))), 2019, nl)
    cells = cells_of(block)
    assert "2019" in block.plain.splitlines()[0]
    assert cells["kosten per euro inkomsten"] == ["onbekend", "geen inkomsten", "2,67", "geen inkomsten"]
    block = tabulate_customers(ratios(), pd.Series({key: key.upper() for key in SEGMENT.index}), 2019, nl)
    assert cells_of(block)["partij"] == ["CHOIR", "SHOPS", "OWNERS", "CITY"]


def test_live_lines_of_almelo_are_the_sums_of_its_rows(almelo, nl: Words) -> None:
    payments = almelo["payments"].query("year == 2019")
    filling = payments.dropna(subset="fund")
    income = find.live_income(payments, filling, 2019, nl)
    assert income[0] == "€\u00a0699.200 voor de begroting van 2019"
    assert income[1:] == [
        "gemeentebegroting: €\u00a0500.000", "subsidie: €\u00a0199.200", "zeker: €\u00a0699.200 (100%)",
        "naast de begroting, geld: €\u00a0686.750",
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
    notes = find.unknown_on_canvas(LINES, per_segment(ratios()), True, nl)
    assert notes[0].startswith("Niet ingevuld: Waarde, Klantrelaties, Partners")
    assert notes[1] == "De kosten zijn niet bekend van: bewoners."
    assert "voorbeeld" in notes[2]
    assert find.sources_of_canvas(LINES.iloc[:0]) == []
    assert find.sources_of_canvas(LINES) == ["Brief", "Contract: Deel 2; Deel 1"]


# --- published totals


def totals(published: float, unit: float = NAN) -> pd.DataFrame:
    budget = pd.DataFrame({"fund": "A", "year": 2024, "amount_eur": [100.0, 50.0]})
    table = {"fund": ["A"], "year": [2024], "costs_eur": [published], "income_eur": [NAN], "rounded_to_eur": [unit]}
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
