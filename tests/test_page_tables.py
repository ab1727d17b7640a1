"""Tables: every cell agrees with its frame, and a screen reader can walk them."""

import base64
import csv

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup

from binnenstad.costs import checks, split
from binnenstad.costs import money as finance
from binnenstad.costs.say.other_splits import split_names
from binnenstad.costs.show.money_tables import (
    tabulate_amounts,
    tabulate_reconciliation,
    tabulate_shares,
    tabulate_splits,
)
from binnenstad.goals import assess, series
from binnenstad.goals.show.goal_lines import tabulate_lines
from binnenstad.goals.show.goal_tables import tabulate_attainment, tabulate_roll_up, tabulate_values
from binnenstad.goals.status import marked
from binnenstad.page.blocks import Block, folded, paragraph
from binnenstad.page.table import MISSING, table
from binnenstad.words import Words

EN = Words("en")


def cells(block: Block) -> pd.DataFrame:
    """A table as read from its HTML, the heads of the rows as index."""
    soup = BeautifulSoup(block.html, "html.parser")
    heads = [head.text for head in soup.select("thead th")]
    rows = [[cell.text for cell in row.select("th, td")] for row in soup.select("tbody tr")]
    return pd.DataFrame(rows, columns=heads).set_index(heads[0])


def caption(block: Block) -> str:
    return BeautifulSoup(block.html, "html.parser").caption.text


@pytest.fixture(scope="module")
def at_2019(almelo) -> tuple[pd.DataFrame, pd.DataFrame]:
    moment = almelo.moment("2019Q4")
    tables = almelo["indicators"], almelo["measurements"], moment.reference, moment.as_of
    return assess(*tables), series(*tables)


@pytest.fixture
def assessed(at_2019) -> pd.DataFrame:
    return at_2019[0].copy()


@pytest.fixture
def unmeasured(almelo) -> pd.DataFrame:
    moment = almelo.moment("2019Q4")
    return assess(almelo["indicators"], almelo["measurements"].iloc[:0], moment.reference, moment.as_of)


def test_a_table_has_caption_scopes_roles_and_labels_for_a_phone():
    block = table(
        "Geld", [("partij", ["BIZ", "totaal"]), ("soort", ["a", ""]), ("bedrag", ["1", "2"])], text=["soort"], last=True
    )
    soup = BeautifulSoup(block.html, "html.parser")
    region = soup.select_one("div.scroll[role=region][tabindex='0']")
    assert soup.find(id=region["aria-labelledby"]).text == soup.caption.text == "Geld"
    assert [head["scope"] for head in soup.select("thead th[role=columnheader]")] == ["col"] * 3
    assert [head["scope"] for head in soup.select("tbody th[role=rowheader]")] == ["row"] * 2
    assert [cell["data-label"] for cell in soup.select("tbody td[role=cell]")] == ["soort", "bedrag"] * 2
    assert [tag["role"] for tag in soup.select("table, thead, tbody, tr")] == [
        "table", "rowgroup", "row", "rowgroup", "row", "row",
    ]  # fmt: skip
    assert [tag.text for tag in soup.select(".n")] == ["bedrag", "1", "2"]
    assert [row.th.text for row in soup.select("tr.total")] == ["totaal"]


def test_text_in_a_table_is_escaped():
    nasty = '<script>alert("x")</script> & \' " onload="x'
    block = table(nasty, [(nasty, [nasty]), (f"{nasty}2", [nasty])])
    assert caption(block) == nasty
    assert cells(block).to_dict() == {f"{nasty}2": {nasty: nasty}}
    assert not BeautifulSoup(block.html, "html.parser").select("script, [onload]")


def test_the_plain_text_has_the_same_cells():
    block = table("Geld", [("partij", ["BIZ", "Gemeente"]), ("bedrag", ["1", "–"])])
    assert block.plain.splitlines() == ["Geld", "partij: BIZ; bedrag: 1", "partij: Gemeente; bedrag: –"]


def test_columns_of_unequal_length_are_no_table():
    with pytest.raises(ValueError, match="shorter|longer"):
        table("Geld", [("partij", ["BIZ"]), ("bedrag", [])])


def test_two_columns_with_one_head_both_appear():
    block = table("Geld", [("partij", ["BIZ"]), ("Stichting", ["1"]), ("Stichting", ["2"])])
    soup = BeautifulSoup(block.html, "html.parser")
    assert [head.text for head in soup.select("thead th")] == ["partij", "Stichting", "Stichting"]
    assert [(cell["data-label"], cell.text) for cell in soup.select("td")] == [("Stichting", "1"), ("Stichting", "2")]
    assert block.plain == "Geld\npartij: BIZ; Stichting: 1; Stichting: 2"


def test_a_word_longer_than_a_column_may_break_and_reads_the_same():
    word, wide = "a" * 60, "<&" * 15
    block = table("Geld", [(f"kop {word}", [f"{word} en {wide}", "b" * 24]), ("bedrag", [word, "1"])])
    soup = BeautifulSoup(block.html, "html.parser")
    broken = "<wbr>".join(["a" * 10] * 6)
    assert soup.select_one("thead th").text == f"kop {word}" and f">kop {broken}</th>" in block.html
    assert [tag.text for tag in soup.select("tbody th, td")] == [f"{word} en {wide}", word, "b" * 24, "1"]
    assert f">{broken} en {'<wbr>'.join(['&lt;&amp;' * 5] * 3)}</th>" in block.html
    assert [len(tag.select("wbr")) for tag in soup.select("tbody th, td")] == [7, 5, 0, 0]
    assert block.plain.splitlines()[1] == f"kop {word}: {word} en {wide}; bedrag: {word}"


def test_a_cell_with_nothing_in_it_has_class_none():
    columns = [("partij", ["BIZ", MISSING]), ("soort", [MISSING, "a"]), ("bedrag", [MISSING, "−1"])]
    rows = BeautifulSoup(table("Geld", columns, text=["soort"]).html, "html.parser").select("tbody tr")
    classes = [[cell.get("class") for cell in row.select("td")] for row in rows]
    assert MISSING == "–"
    assert classes == [[["none"], ["n", "none"]], [None, ["n"]]]


def test_a_folded_table_can_be_downloaded_as_a_file_that_a_spreadsheet_reads():
    """Numbers as numbers, nothing for a dash, and no text that a spreadsheet would take for a formula."""
    texts = ['Café; "t Hoekje"', "=HYPERLINK(1)", "+31 6", "@ons", "totaal"]
    block = table("Wie betaalt wat?", [("partij", texts), ("bedrag", ["1.250", "−5", "+1,5%", MISSING, "€ 3"])])
    (link,) = BeautifulSoup(folded("Alle cijfers", paragraph("Zo."), block).html, "html.parser").select("a")
    kind, _, data = link["href"].partition(",")
    assert (kind, link["download"], link.text) == (
        "data:text/csv;base64", "wie-betaalt-wat.csv", "Wie betaalt wat? (CSV)"
    )  # fmt: skip
    raw = base64.b64decode(data)
    assert raw.startswith(b"\xef\xbb\xbf")
    assert list(csv.reader(raw.decode("utf-8-sig").splitlines(), delimiter=";")) == [
        ["partij", "bedrag"], ["Café; \"t Hoekje\"", "1.250"], ["'=HYPERLINK(1)", "-5"], ["'+31 6", "+1,5%"],
        ["'@ons", ""], ["totaal", "€ 3"],
    ]  # fmt: skip
    # in the open, and in a mail, there is none
    assert "<a " not in block.html and "CSV" not in block.plain


def test_a_drawing_in_a_cell_is_marked_and_has_no_words():
    drawing = Block('<svg aria-hidden="true"></svg>', "")
    block = table("Doelen", [("doel", [Block('<a href="#d">1a</a>', "1a")]), ("lijn", [drawing])])
    soup = BeautifulSoup(block.html, "html.parser")
    assert [tag["class"] for tag in soup.select("table, thead th, td") if tag.get("class")] == [
        ["short", "lines"], ["drawn"], ["drawn"],
    ]  # fmt: skip
    assert block.plain == "Doelen\ndoel: 1a"


def test_the_goal_lines_say_in_words_what_the_frame_has(assessed, nl):
    block = tabulate_lines(assessed, nl)
    shown = cells(block)
    goals = assessed.assign(name=assessed["id"] + " " + assessed["title"]).set_index("name", drop=False)
    assert set(shown.index) == set(goals.index) and len(shown) == len(goals)
    for name, row in shown.iterrows():
        goal = goals.loc[name]
        begin = f"{nl.measure(goal['begin'], goal['unit'], goal['value'])} "
        begin += "(nulmeting 2016)" if pd.notna(goal["baseline"]) else f"({goal['change_since'].year})"
        now = f"{nl.measure(goal['value'], goal['unit'], goal['target'])} ({goal['date'].year})"
        bound = f"{'≥' if goal['direction'] == 'at_least' else '≤'} {nl.measure(goal['target'], goal['unit'])} (2022)"
        assert row.iloc[[0, 1, 3]].tolist() == [begin, now + ", voorlopig" * bool(goal["provisional"]), bound]
    assert shown.loc[goals.index[0]].tolist() == [
        "93.000 (nulmeting 2016)", "96.000 (2019)", "", "≥ 100.000 (2022)",
        "beter (marge onbekend); ◐\u00a0loopt achter", "?\u00a0onzeker",
    ]  # fmt: skip
    # what is unlikely to be met stands first; its forecast is told, and the wide ones are not
    assert shown.index[0].startswith("2a ")
    assert shown.iloc[0, -1] == "✗\u00a0waarschijnlijk niet gehaald; verwacht: 713 tot 1.132"
    assert shown.iloc[1:, -1].str.contains("verwacht").sum() == 0
    links = BeautifulSoup(block.html, "html.parser").select("tbody th a")
    assert [link["href"] for link in links] == [f"#doel-{name.split()[0]}" for name in shown.index]


def test_the_brief_lines_have_short_names_and_lead_nowhere(assessed, nl):
    block = tabulate_lines(assessed, nl, brief=True)
    shown = cells(block)
    assert shown.index[:2].tolist() == ["2a leegstand in het kernwinkelgebied", "1a bezoekers"]
    assert list(shown.columns) == ["nu", "van begin naar streefwaarde", "streefwaarde", "oordeel", "op de streefdatum"]
    assert shown["oordeel"].iloc[1] == "◐\u00a0loopt achter"
    assert "<a " not in block.html


def test_a_value_short_of_its_target_never_reads_as_the_target(assessed, nl):
    goal = assessed[assessed["id"] == "3a"].assign(value=6.97)
    assert cells(tabulate_lines(goal, nl)).iloc[0]["nu"] == "6,97 (2019)"


def test_goals_without_measurement_show_dashes_and_no_unknown_number(unmeasured, nl):
    shown = cells(tabulate_lines(unmeasured, nl)).sort_index()
    assert set(shown["nu"]) == {MISSING} and set(shown["tot nu toe"]) == {"geen meting"}
    assert set(shown["op de streefdatum"]) == {"–\u00a0niet te zeggen"}
    assert shown["begin"].tolist() == ["93.000 (nulmeting 2016)", *[MISSING] * 8]
    # margin, path and pace would be dashes only, so they are left out
    assert tabulate_attainment(unmeasured, nl).html == ""


def test_a_programme_with_nothing_agreed_or_measured_has_no_table_of_dashes(unmeasured, tables, nl):
    bare = unmeasured.assign(baseline=np.nan, target=np.nan)
    assert tabulate_lines(bare, nl).html == ""
    assert tabulate_attainment(bare, nl).html == ""
    assert tabulate_values(series(*tables).iloc[:0], bare, nl).html == ""


def test_a_goal_without_target_shows_a_dash_for_it(assessed, nl):
    goal = assessed.iloc[[3]].assign(target=np.nan, status="no_target", forecast=np.nan, change_certainty="")
    row = cells(tabulate_lines(goal, nl)).iloc[0]
    assert row[["nu", "streefwaarde", "tot nu toe"]].tolist() == ["6,8 (2019)", MISSING, "geen streefwaarde"]


def test_after_the_target_date_the_verdict_stands_in_the_place_of_an_outlook(assessed, nl):
    goal = assessed.iloc[[0]].assign(reference=pd.Timestamp("2022-12-31"), status="not_met", certainty="count")
    said = cells(tabulate_lines(goal, nl)).iloc[0]
    assert said["op de streefdatum"] == marked(goal.iloc[0], nl)
    # and is not said twice
    assert said["tot nu toe"] == "beter (marge onbekend)"


def test_margin_path_and_pace_agree_with_the_frame(assessed, nl):
    shown = cells(tabulate_attainment(assessed, nl))
    first = assessed.iloc[0]
    assert shown.iloc[0].tolist() == [
        MISSING, nl.number(first["path"]), nl.percent(first["attainment"]), nl.percent(first["pace"]),
        nl.signed(first["lead"] * 12), nl.signed(first["change_per_year"]), nl.signed(first["needed_per_year"]),
    ]  # fmt: skip
    assert shown.iloc[0].tolist()[2:] == ["43%", "86%", "−5", "+1.000", "+1.333"]
    for row, goal in enumerate(assessed.itertuples()):
        counted, known = goal.certainty == "count", pd.notna(goal.low)
        both = " – ".join(nl.measures([goal.low, goal.high], goal.unit, goal.target)) if known else MISSING
        assert shown["marge (95%)"].iloc[row] == ("volledige telling" if counted else both)


@pytest.mark.parametrize(
    ("lead", "written"), [(0.0, "0"), (0.02, "0"), (-0.02, "0"), (1 / 12, "+1"), (-1 / 12, "−1"), (2.5, "+30")]
)
def test_months_ahead_have_a_sign_only_when_there_are_any(assessed, nl, lead, written):
    pace = tabulate_attainment(assessed.iloc[[0]].assign(lead=lead), nl)
    assert cells(pace)["maanden voor (+) of achter (−)"].tolist() == [written]


@pytest.mark.parametrize(
    ("attainment", "written"), [(-0.4, "verder weg dan bij de nulmeting"), (1.3, "130%"), (0.0, "0%")]
)
def test_attainment_is_not_clipped_in_the_table(assessed, nl, attainment, written):
    pace = tabulate_attainment(assessed.iloc[[0]].assign(attainment=attainment, met=attainment > 1), nl)
    assert cells(pace)["doelbereik"].tolist() == [written]


def test_measured_values_stand_under_their_year(at_2019, nl):
    assessed, values = at_2019
    shown = cells(tabulate_values(values, assessed, nl))
    assert list(shown.columns) == [str(year) for year in sorted(values["date"].dt.year.unique())]
    for goal in assessed.itertuples():
        for year in shown.columns:
            own = values[(values["indicator"] == goal.id) & (values["date"].dt.year == int(year))]
            marks = [" (voorlopig)" if status == "provisional" else "" for status in own["status"]]
            written = [
                nl.measure(v, goal.unit, goal.target) + mark for v, mark in zip(own["value"], marks, strict=True)
            ]
            assert shown.loc[f"{goal.id} {goal.title}", year] == (written[0] if written else MISSING)


def test_two_values_in_one_year_stand_side_by_side(at_2019, nl):
    assessed, values = at_2019
    own = values[values["indicator"] == "5a"].tail(1)
    twice = pd.concat([own.assign(value=590, status="final"), own])
    assert cells(tabulate_values(twice, assessed[assessed["id"] == "5a"], nl)).iloc[0].tolist() == [
        "590 / 596 (voorlopig)"
    ]


def test_verdicts_are_counted_for_each_strategic_goal(assessed, almelo, nl):
    block = tabulate_roll_up(assessed, almelo.titles("goals"), nl)
    shown = cells(block)
    assert list(shown.columns) == ["doelen", "oordelen"]
    assert list(shown.index) == [*[f"{i} {title}" for i, title in almelo.titles("goals").items()], "hele programma"]
    assert shown["doelen"].iloc[:-1].astype(int).sum() == int(shown["doelen"].iloc[-1]) == len(assessed)
    assert shown["oordelen"].iloc[0] == "1× loopt achter" and block.illustrative


@pytest.mark.parametrize("year", [2019, 2022])
def test_amounts_add_up_in_both_directions(almelo, nl, year):
    amounts = finance.spread(finance.of_year(almelo["budget"], year), "effort", "fund").rename(almelo.titles("efforts"))
    shown = cells(tabulate_amounts("Begroting", amounts, nl))
    numbers = shown.replace(MISSING, "0").map(lambda text: float(text.replace(".", "")))
    assert shown.index[-1] == "totaal"
    assert (numbers.iloc[:-1].sum() == numbers.iloc[-1]).all()
    assert numbers.iloc[-1].iloc[-1] == almelo["budget"].query("year == @year")["amount_eur"].sum()
    assert ("totaal" in shown.columns) is (len(amounts.columns) > 1)
    assert (shown.iloc[:-1][amounts.columns] == MISSING).to_numpy().tolist() == (amounts == 0).to_numpy().tolist()


def test_an_amount_table_says_its_unit_once_in_the_caption(nl):
    amounts = pd.DataFrame({"BIZ": [1234.5]}, index=pd.Index(["Gemeente"], name="partner"))
    block = tabulate_amounts("Geld", amounts, nl, decimals=2)
    assert caption(block) == "Geld (bedragen in euro)"
    assert cells(block)["BIZ"].tolist() == ["1.234,50", "1.234,50"]


def test_two_partners_of_one_name_both_keep_their_column(nl):
    amounts = pd.DataFrame([[1.0, 2.0]], columns=["Stichting"] * 2, index=pd.Index(["Groen"], name="effort"))
    assert cells(tabulate_amounts("Geld", amounts, nl)).iloc[0].tolist() == ["1", "2", "3"]


def test_a_partner_called_total_keeps_its_column(nl):
    amounts = pd.DataFrame({"totaal": [1.0], "BIZ": [2.0]}, index=pd.Index(["Groen"], name="effort"))
    assert cells(tabulate_amounts("Geld", amounts, nl)).iloc[0].tolist() == ["1", "2", "3"]


def test_a_year_without_budget_gives_no_tables(almelo, nl):
    """2017: the programme had not begun."""
    budget, payments = (finance.of_year(almelo[name], 2017) for name in ("budget", "payments"))
    nobody = pd.Series(dtype=float, index=pd.Index([], name="partner"))
    benefit = pd.DataFrame(columns=["gemeente"], index=pd.Index([], name="effort"), dtype=float)
    blocks = [
        tabulate_amounts("Uit", finance.spread(budget, "effort", "fund"), nl),
        tabulate_amounts("In", finance.spread(payments, "partner", "instrument"), nl),
        tabulate_splits(split.compare_splits(nobody, nobody, nobody, benefit), split_names(nl), nl),
        tabulate_shares(checks.compare_shares(nobody, nobody), nl),
        tabulate_reconciliation(finance.reconcile(budget, payments), nl),
    ]
    assert blocks == [Block("", "")] * 5


def test_a_split_shows_every_key_to_the_cent(nl):
    splits = pd.DataFrame(
        {"now": [100.0, 0.0], "equal": [50.0, 50.0], "proportional": [33.33, 66.67], "per_effort": [0.01, 99.99]},
        index=pd.Index(["Gemeente", "Ondernemers"], name="partner"),
    )
    shown = cells(tabulate_splits(splits, split_names(nl), nl))
    assert list(shown.columns) == ["nu", "gelijk", "evenredig", "per inspanning"]
    assert shown.loc["Gemeente"].tolist() == ["100,00", "50,00", "33,33", "0,01"]
    assert shown.loc["Ondernemers", "nu"] == MISSING
    assert shown.loc["totaal"].tolist() == ["100,00"] * 4


def test_shares_of_costs_and_benefit_agree_with_the_frame(nl):
    shares = checks.compare_shares(pd.Series({"A": 30.0, "B": 70.0, "C": 0.0}), pd.Series({"A": 60.0, "D": 40.0}))
    shown = cells(tabulate_shares(shares, nl))
    assert shown.loc["A"].tolist() == ["30,0%", "60,0%", "−30,0", "0,50"]
    assert shown.loc["B"].tolist() == ["70,0%", "0,0%", "+70,0", MISSING]
    assert shown.loc["D"].tolist() == ["0,0%", "40,0%", "−40,0", "0,00"]
    assert shown.loc["C"].tolist() == ["0,0%", "0,0%", "0,0", MISSING]
    assert list(shown.index) == list(shares.index)


def test_a_share_of_nothing_is_not_set_against_anything(nl):
    """Shares of nothing are unknown: a table of them would say nothing, and zeros would be wrong."""
    nobody, both = pd.Series({"A": 0.0, "B": 0.0}), pd.Series({"A": 1.0, "B": 3.0})
    for cost, benefit in ((nobody, both), (both, nobody), (nobody, nobody)):
        assert tabulate_shares(checks.compare_shares(cost, benefit), nl) == Block("", "")
    assert cells(tabulate_shares(checks.compare_shares(both, both), nl)).shape == (2, 4)


def test_a_difference_of_nearly_nothing_has_no_sign(nl):
    shares = checks.compare_shares(pd.Series({"A": 500_100.0, "B": 499_900.0}), pd.Series({"A": 1.0, "B": 1.0}))
    assert set(cells(tabulate_shares(shares, nl))["verschil (procentpunt)"]) == {"0,0"}


def test_budget_against_payments_names_fund_and_year(almelo, nl):
    lacking = almelo["payments"].replace({"amount_eur": {450_000.0: 440_000.0}})
    rows = finance.reconcile(almelo["budget"], lacking)
    shown = cells(tabulate_reconciliation(rows, nl))
    assert [shown.index.name, *shown.columns] == ["geldbron", "jaar", "begroot", "opgebracht", "verschil"]
    assert list(zip(shown.index, shown["jaar"], strict=True)) == [(r.fund, str(r.year)) for r in rows.itertuples()]
    shown = shown.set_index("jaar", append=True)
    assert shown.loc[("Programma binnenstad", "2019")].tolist() == ["450.000,00", "440.000,00", "−10.000,00"]
    assert shown.loc[("Stadsarrangement", "2019")].tolist() == ["199.200,00", "199.200,00", "0,00"]


def test_tables_speak_english(assessed, almelo):
    shown = cells(tabulate_attainment(assessed, EN))
    assert shown.columns[:2].tolist() == ["margin (95%)", "path when measured"]
    assert shown.iloc[0].tolist()[2:] == ["43%", "86%", "−5", "+1,000", "+1,333"]
    assert cells(tabulate_lines(assessed, EN)).iloc[1]["so far"] == "better (margin unknown); ◐\u00a0behind"
    counts = tabulate_roll_up(assessed, almelo.titles("goals"), EN)
    assert cells(counts).index[-1] == "whole programme"
    amounts = pd.DataFrame({"BIZ": [1234.0]}, index=pd.Index(["Gemeente"], name="partner"))
    assert caption(tabulate_amounts("Money", amounts, EN)) == "Money (amounts in euros)"
