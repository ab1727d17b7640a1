"""What the reports on money say of a folder a researcher edited, through the product."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from conftest import ROOT

from binnenstad.programme.checked import check_programme
from binnenstad.words.errors import DataError


# --- who pays is not known --------------------------------------------------------------------------------------
@pytest.mark.parametrize("kind", ["", "in_kind"])
def test_without_payments_in_cash_every_money_page_says_that_who_pays_is_not_known(folder, edit, pages, kind):
    """Unknown is no 0, no other split is taken for that of now, and no other reason is given."""
    if kind:
        edit("payments", lambda rows: [row.update(kind=kind) for row in rows])
    else:
        (folder / "payments.csv").unlink()
    made = pages("costs", "partner", "canvas")
    partner, costs, canvas = made["partner-gemeente"], made["costs"], made["canvas"]
    assert "Wat zij nu betaalt, is niet bekend." in partner and "nu betaalt zij" not in partner.lower()
    assert "[nu | onbekend | 0,00 | –]" in partner and "[gelijk | 99.885,71 | onbekend | 1,75]" in partner
    assert "Nu: wat elke partij nu betaalt. Dat is niet bekend." in costs
    assert "geen belang bij de doelen bekend" not in costs and "te veel partijen" not in costs
    assert "niet te vergelijken; niet bekend: bijdrage en zeggenschap (zetels)." in costs
    assert "0 procentpunt" not in costs
    for page in (costs, canvas):
        assert "Er is dus niets te vergelijken." in page and "te weinig)" not in page
        assert "Wie de begroting betaalt, is niet bekend." in page
    assert "€ 0 voor de begroting" not in canvas


def test_without_any_payment_no_scenario_is_set_beside_today(folder, pages):
    (folder / "payments.csv").unlink()
    made = pages("costs", "partner")
    for page in (made["costs"], made["partner-gemeente"]):
        assert "Vandaag: wie wat betaalt, is niet bekend." in page and "meer dan nu" not in page


def test_a_fund_without_any_payment_makes_who_pays_unknown_on_every_page(edit, pages):
    """The municipality pays 500.000 of 699.200, and of the other fund nobody knows: it read 72%, 100% and 92%."""
    edit("payments", lambda rows: [rows.remove(row) for row in rows[:] if row["partner"] == "provincie"])
    made = pages("costs", "overview", "canvas", "partner", partner="provincie")
    for page in (made["costs"], made["overview"]):
        said = "De begroting van 2019 is € 699.200; wie die betaalt, is niet bekend. "
        assert said + "Van Stadsarrangement (€ 199.200) is geen bijdrage bekend." in page
    for page in made.values():
        assert "geen betaler bekend" not in page and "Gemeente Almelo (72%)" not in page
        assert "100% van het geld" not in page and "92%" not in page and "(niets)" not in page
    partner = made["partner-provincie"]
    assert "Wat deze partij van de begroting van 2019 betaalt, is niet bekend." in partner
    assert "Wat zij nu betaalt, is niet bekend." in partner and "betaalt 0%" not in partner
    for page in (partner, made["costs"]):
        assert "Vandaag: wie wat betaalt, is niet bekend." in page and "625.000" not in page
    assert "voor klantgroepen spreken" not in made["canvas"] and "[bewoners | 267.920 | onbekend |" in made["canvas"]


# --- scenarios --------------------------------------------------------------------------------------------------
def section(page: str, start: str, end: str) -> str:
    """Return what stands between the last heading ``start`` and the next ``end``."""
    return page.rpartition(start)[2].partition(end)[0]


def scenarios_of(page: str) -> str:
    return section(page, "Hoe kan het anders worden betaald?", "Tot wanneer is er geld?")


def test_today_is_the_scenario_without_lines_whatever_its_row_and_if_there_is_none(folder, edit, pages):
    """With the row ``biz`` first the page said "Vandaag ... EUR 75.525 minder dan vandaag"."""
    as_shipped = pages("costs")["costs"]
    edit("scenarios", lambda rows: rows.insert(0, rows.pop(2)))
    assert scenarios_of(pages("costs")["costs"]) == scenarios_of(as_shipped)
    guess = "De heffing van 2020 voor Ondernemers (reclamebelasting) is van kracht en telt als zeker; het bedrag,"
    assert guess in scenarios_of(as_shipped), "the part that is certain, over all years, rests on it"
    edit("scenarios", lambda rows: [rows.remove(row) for row in rows[:] if row["id"] == "vandaag"])
    made = pages("costs", "partner")
    assert "Vandaag. Dit levert € 824.200 op" in made["costs"] and "minder dan nu" not in made["costs"]
    assert "BIZ. De bijdrage wordt" in made["costs"] and "€ 75.525 meer dan nu" in made["costs"]
    assert "[Vandaag | 500.000,00 | 0,00]" in made["partner-gemeente"]


def test_two_scenarios_without_lines_are_refused_by_name(folder, edit):
    edit("scenarios", lambda rows: rows.append(rows[0] | {"id": "nogmaals"}))
    with pytest.raises(DataError) as caught:
        check_programme(folder)
    assert [(fault.file, fault.row, fault.value) for fault in caught.value.faults] == [
        ("scenarios.csv", 2, "vandaag"), ("scenarios.csv", 8, "nogmaals"),
    ]  # fmt: skip
    assert "alleen vandaag" in caught.value.faults[0].rule


# --- a vote decides ---------------------------------------------------------------------------------------------
VOTES = "scenario;group;flat;liable;in_favour;against;woz_in_favour_eur;woz_against_eur;date;illustrative;source;note"


def vote(folder: Path, *groups: str, date: str = "2019-10-01") -> None:
    rows = [f"biz;{group};{date};;;" for group in groups]
    (folder / "votes.csv").write_text("\n".join([VOTES, *rows]), encoding="utf-8")


LOST = ("users;false;250;90;60;9000000;1000000", "owners;false;120;40;25;9000000;1000000")
WON = ("users;false;250;140;60;9000000;1000000", "owners;false;120;60;25;9000000;1000000")


def test_a_lost_vote_takes_its_scenario_out_of_yields_shares_and_ranking(folder, pages):
    """130 of 215 is 60 %: a levy that may not come brought EUR 899.725, and the partner's page asked for it."""
    vote(folder, *LOST)
    made = pages("costs", "partner", partner="ondernemers")
    for page in (made["costs"], made["partner-ondernemers"]):
        assert "BIZ: volgens de stemming van 1 oktober 2019 mag de heffing er niet komen; niet gehaald: stemmen" in page
        assert "Dit scenario telt dus niet meer mee." in page
        assert "[Vrijwillig geld wordt BIZ |" not in page and "(Vrijwillig geld wordt BIZ)" not in page
    assert "899.725" not in made["costs"] and "| Vrijwillig geld wordt BIZ |" not in made["costs"]
    assert "[Vandaag | 824.200" in made["costs"]


def test_a_won_vote_makes_the_levy_certain_and_asks_for_no_vote(folder, pages):
    vote(folder, *WON)
    made = pages("costs", "partner", partner="ondernemers")
    for page in (made["costs"], made["partner-ondernemers"]):
        assert "volgens de stemming van 1 oktober 2019 mag de heffing er komen" in page
    needed = "Voor een BIZ is eerst een stemming nodig."
    assert needed not in made["partner-ondernemers"]
    # of the mix nobody voted
    (asked,) = re.findall(rf"{needed}.*?Dat geldt voor ([^.]*)\.", made["costs"])
    assert asked == "Vastgoedeigenaren (Een mix)"
    # 824.200 of today and 75.525 of the levy
    assert "[Vrijwillig geld wordt BIZ | 903.700 | 3.975 | 0 | 899.725 | 899.725 |" in made["costs"]


def test_without_a_scenario_left_today_is_named_and_a_later_vote_is_not_known(folder, edit, pages):
    edit("scenarios", lambda rows: rows.__delitem__(slice(3, None)))
    edit("scenarios", lambda rows: rows.pop(1))
    edit("scenario_lines", lambda rows: [rows.remove(row) for row in rows[:] if row["scenario"] != "biz"])
    vote(folder, *LOST)
    for page in (made := pages("costs", "partner"))["costs"], made["partner-gemeente"]:
        assert "Vandaag: er is geen scenario over om mee te vergelijken." in page and "mag de heffing er niet" in page
    vote(folder, *LOST, date="2020-03-01")
    assert "899.725" in pages("costs")["costs"]


# --- a levy makes money certain once it is in force -------------------------------------------------------------
def test_formalising_does_not_look_less_certain_than_voluntary_money(pages, folder):
    """Almere, 2018-2020: of 3 x 200.000 the subsidy of two years is decided, 220 of 600; the BIZ brings 116.375 a year.

    Now 220 of 679,125 is certain; once the BIZ is in force 220 + 3 x 116,375 = 569,125 of 679,125.
    """
    shutil.copytree(ROOT / "data" / "almere", folder.parent / "almere")
    costs = pages("costs", name="almere", period="2018")["costs"]
    assert "Dit levert € 200.000 op. Van het geld dat voor 2018-2020 bekend is, is 37% zeker." in costs
    assert "Van het geld dat voor 2018-2020 bekend is, is nu 32% zeker, en 84% zodra de heffing van kracht is." in costs
    assert "[Vandaag | 200.000 | 200.000 | 200.000 | 37% | 37%]" in costs
    assert "[Vrijwillig geld wordt BIZ | 226.375 | 226.375 | 226.375 | 32% | 84%]" in costs


def test_voluntary_money_is_certain_for_one_year_at_most(folder, edit, pages):
    """Of 450.000 and 125.000 in 2020 a promise of the entrepreneurs is no certain money in a report on 2019."""

    def promise(rows):
        beside = rows[-1] | {"instrument": "voluntary", "fund": "Programma binnenstad", "certainty": "certain"}
        rows.append(beside | {"year": "2020"})

    edit("payments", promise)
    assert "[2020 | 450.000 | 0 | 125.000 | 450.000 | 0]" in pages("costs")["costs"]
    assert "[2020 | 575.000 | 0 | 0 | 450.000 | 0]" in pages("costs", period="2020Q4")["costs"]
