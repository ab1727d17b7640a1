"""Reports as of a day: nothing of later, unknown amounts named, and the same pages whatever the order of rows."""

from __future__ import annotations

import csv
import random
import re
import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner
from conftest import ALMELO, ROOT, text
from test_costs_folders import scenarios_of, section

from binnenstad.cli import main
from binnenstad.programme.checked import check_programme
from binnenstad.programme.contract import columns, contract
from binnenstad.programme.delivered import digests, fingerprint

TASK = "Opgave Almere Centrum"
PUBLISHED = [name for name in contract() if "published" in columns(name)]


def command(name: str, folder: Path, *more: object, period: str = "2019Q4") -> str:
    arguments = [name, folder.name, "--period", period, "--data", folder.parent, *more]
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    return result.output


def run(folder: Path, out: Path, *more: str, period: str = "2019Q4") -> dict[str, str]:
    """Make reports and return everything they left, by file name."""
    command("run", folder, "--out", out, *more, period=period)
    return {path.name: path.read_text(encoding="utf-8") for path in (out / folder.name / period).rglob("*.*")}


@pytest.fixture
def almere(folder: Path) -> Path:
    return Path(shutil.copytree(ROOT / "data" / "almere", folder.parent / "almere"))


# --- nothing of later -------------------------------------------------------------------------------------------
LATER, SHARE, CUT = "2020-03-01", "76,54%", "76543"
MARK = re.compile(rf"76543\d\d|{SHARE}|\b{CUT}\b")


@pytest.fixture
def marked(folder, edit) -> Path:
    """Almelo with rows that were published or decided after its report of 2019Q4, each with a number of its own.

    Of every table with a day on which its rows are known there is one: what a later report must print, and this one
    may not.
    """

    def add(table: str, at: int = 0, **cells: str) -> None:
        day = {"published": LATER} if table in PUBLISHED else {}
        edit(table, lambda rows: rows.append((dict(rows[at]) if rows else {}) | day | cells))

    own = {"fund": "Later fonds 7654302"}
    add("budget", amount_eur="7654301", state="amended")
    add("budget", 6, **own)
    add("payments", amount_eur="7654303")
    add("payments", 6, amount_eur="7654304", kind="hours")
    add("payments", partner="laat", amount_eur="7654305", **own)
    add("partners", id="laat", title="Betaler 7654306")
    add("budget_totals", costs_eur="7654307")
    add("scenarios", 1, id="later", title="Scenario 7654308")
    line = {"scenario": "later", "payers": "", "participation": "", "flat_eur": "", "measure": ""}
    add("scenario_lines", 1, amount_eur="7654309", **line)
    add("scenario_lines", flat_eur="7654310")
    # where a line turned with a value that came later, so did what is said of it
    value = {"date": "2019-12-31", "value": "7654311", "status": "final", "source": "Bron 7654312"}
    add("measurements", 7, **value)
    add("events", date="2019-12-31", text="Voorval 7654318")
    add("levies", partner="cultuur", note="Opmerking 7654313")
    edit("indicators", lambda rows: rows[2].update(target_value="7654314"))
    decision = {"date": LATER, "body": "Orgaan 7654323"}
    target = {"indicator": "2b", "effort": "", "subject": "target_value", "old": "6100", "new": "7654314"}
    first = {"date": "2019-06-01", "body": "raad", "old": "6000", "new": "6100"}
    money = {"indicator": "", "effort": "gevelfonds", "subject": "budget", "old": "35000", "new": "7654316"}
    add("decisions", **target | first, effective="", reason="Eerder")
    add("decisions", **decision, **target, effective="", reason="Besluit 7654315")
    add("decisions", **decision, **money, effective="2019-05-01", reason="Besluit 7654317")
    # 7.654 of 10.000 answers of users
    vote = {"scenario": "biz", "flat": "false", "woz_against_eur": "5", "date": LATER}
    add("votes", **vote, group="users", liable="10000", in_favour="7654", against="2346", woz_in_favour_eur="9")
    add("votes", **vote, group="owners", liable="9", in_favour="5", against="2", woz_in_favour_eur="9")
    add("efforts", id="laat", title="Inspanning 7654319")
    add("risks", id="laat", title="Risico 7654320")
    score = {"likelihood": "5", "impact": "5", "judged_by": "Weger 7654321", "state": "open"}
    add("risk_scores", risk="capaciteit", date="2019-12-01", **score)
    add("cuts", fund="Programma binnenstad", year="2020", new_amount_eur=CUT, rule="cea")
    test = {"criterion": "doelen", "verdict": "no", "judged_by": "Toetser 7654322", "date": "2019-12-01"}
    add("scope_tests", effort="gevelfonds", **test)
    return folder


def marks_in(made: dict[str, str]) -> set[str]:
    """Return the numbers of later rows in pages, pictures and summaries, however they are written."""
    bare = (re.sub(r"(?<=\d)[.,](?=\d{3})", "", page) for page in made.values())
    return {number for page in bare for number in MARK.findall(page)}


def test_no_report_page_picture_or_summary_knows_what_came_after_its_day(marked, tmp_path):
    """A report made again as it was: of every table a row of later, with a number that stands nowhere else."""
    early = run(marked, tmp_path, "--partner", "gemeente")
    assert {name.partition(".")[0] for name in early} >= {"costs", "canvas", "goals", "overview", "partner-gemeente"}
    planned = command("list", marked, "--out", tmp_path)
    assert "partner-ondernemers" in planned and "partner-laat" not in planned
    assert [(name, found) for name, made in early.items() if (found := marks_in({name: made}))] == []
    # of a levy of today the amounts of later years are not known, and of a later levy nothing is
    levied = {
        said for made in early.values() for said in re.findall(r"In (\d+) geldt voor .{,80}heffing waarvan", made)
    }
    assert levied <= {"2022", "2023"}


def test_the_same_rows_are_in_the_reports_of_a_later_day(marked, tmp_path):
    """Each number of above is printed, or it would prove nothing there."""
    late = run(marked, tmp_path, "--as-of", LATER, "--only", "costs", "--only", "goals", "--only", "efforts",
               "--partner", "laat")  # fmt: skip
    assert marks_in(late) == {SHARE, CUT, *(f"76543{number:02}" for number in range(1, 24))}


# --- the order of rows ------------------------------------------------------------------------------------------
def shuffled(folder: Path) -> None:
    for path in folder.glob("*.csv"):
        if path.stem in contract():
            with path.open(encoding="utf-8-sig", newline="") as file:
                head, *rows = csv.reader(file, delimiter=";")
            random.Random(path.stem).shuffle(rows)
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file, delimiter=";").writerows([head, *rows])


def pages_of(made: dict[str, str], folder: Path) -> dict[str, str]:
    """The pages without the fingerprint of the tables, the one thing that may differ."""
    mark = fingerprint(digests(check_programme(folder, private=False).delivered))
    return {name: page.replace(mark, "") for name, page in made.items() if name.endswith(".html")}


def test_the_order_of_rows_changes_no_byte_of_a_page_but_its_fingerprint(folder, tmp_path, reports):
    place = reports / "almelo" / "2019Q4"
    before = pages_of({path.name: path.read_text(encoding="utf-8") for path in place.glob("*.html")}, ALMELO)
    shuffled(folder)
    after = pages_of(run(folder, tmp_path, "--partner", "gemeente"), folder)
    assert before == after and len(after) >= 5


def test_the_order_of_decisions_and_quarterly_values_changes_no_page_of_goals(tmp_path):
    folder = Path(shutil.copytree(ROOT / "tests" / "havenstad", tmp_path / "data" / "havenstad"))
    made = []
    for out in ("as delivered", "shuffled"):
        made.append(pages_of(run(folder, tmp_path / out, "--only", "goals", period="2020Q4"), folder))
        shuffled(folder)
    assert made[0] == made[1]


# --- the money of Almere ----------------------------------------------------------------------------------------
def test_almere_2018_prints_nothing_of_the_document_of_2024(almere, tmp_path):
    only = ("--only", "costs", "--only", "canvas", "--only", "partner")
    asked = "id;name;address;audience;partner;language;attachment\nx;X;x@example.org;partner;subsidiegever;nl;html\n"
    (almere / "recipients.csv").write_text(asked, encoding="utf-8")
    made = run(almere, tmp_path, *only, "--partner", "gemeente", period="2018")
    planned = command("list", almere, "--out", tmp_path, period="2018")
    assert "partner-citymarketing" in planned and "partner-subsidiegever" not in planned
    for name in (name for name in made if name.endswith(".html")):
        page = text(tmp_path / "almere" / "2018" / name)
        assert "14 februari 2019" in page
        for later in ("Onbekende subsidiegever", TASK, "Opgave", "2022", "2024", "2028", "3.900.000", "6.400.000"):
            assert later not in page, (name, later)


def test_the_money_of_the_report_on_2024_starts_in_2024(almere, tmp_path):
    run(almere, tmp_path, "--only", "costs", period="2024")
    page = text(tmp_path / "almere" / "2024" / "costs.html")
    assert "illustratieve" not in page, "the example amounts are of 2018 to 2020"
    assert "In 2018" not in page and "2022" not in section(page, "Tot wanneer is er geld?", "Wat dragen de")
    assert "In 2024 dekt het zekere geld" in page or "In 2024 ontbreekt al € 400.000" in page
    assert "inspanning | Opgave" not in page and "[Opgave Almere Centrum: personeel |" in page


@pytest.mark.parametrize("year", [2022, 2025, 2026])
def test_what_rounding_can_explain_is_not_missing(almere, tmp_path, year):
    run(almere, tmp_path, "--as-of", "2027-06-30", "--only", "costs", "--only", "canvas", period=str(year))
    for name in ("costs", "canvas"):
        page = text(tmp_path / "almere" / str(year) / f"{name}.html")
        assert "geen betaler bekend" not in page and "meer binnen dan er is begroot" not in page
        assert "op afronding na gelijk aan de begroting" in page and "te veel)" not in page
        assert "gepubliceerd als totaal" not in page
    [row] = re.findall(rf"\[{year} \| [^\]]*\]", section(text(tmp_path / "almere" / str(year) / "costs.html"),
                       "Tot wanneer is er geld?", "Wat dragen de"))  # fmt: skip
    assert row.endswith("| 0]"), "nothing is not covered"


# --- amounts that are not known -----------------------------------------------------------------------------------
def test_almelo_2020_keeps_its_advertising_tax_and_what_was_levied_is_decided(pages):
    """With the tax lost, a higher one brought EUR 162.000 more than today, and not 37.000."""
    made = pages("costs", "partner", period="2020", partner="ondernemers")
    assert "€ 37.000 meer dan nu" in made["costs"] and "162.000 meer" not in made["costs"]
    partner = made["partner-ondernemers"]
    assert "In 2020 betaalt zij naar verwachting € 125.000." in partner and "besloten" not in section(
        partner, "Wat draagt de partij bij? In 2020", "Welk voordeel"
    )
    assert "| heffing zeker, bedrag verwacht | 125.000,00]" in partner
    assert "Nog niet zeker: € 125.000 van Ondernemers" not in made["costs"]
    for page in (partner, made["costs"]):
        assert (
            "De heffing van 2020 voor Ondernemers (reclamebelasting) is van kracht en telt als zeker; het bedrag, "
            "€ 125.000, is een verwachting. Van 2020 is geen bedrag bekend: verwacht is zo veel als voor 2019 begroot."
        ) in page


def test_almelo_2022_says_that_the_amount_of_the_biz_is_not_known(pages):
    made = pages("costs", "partner", "canvas", period="2022", partner="ondernemers")
    unknown = "In 2022 geldt voor Ondernemers een heffing waarvan het bedrag niet bekend is"
    assert all(unknown in page for page in made.values() if page != made.get("index"))
    costs, partner = made["costs"], made["partner-ondernemers"]
    said = scenarios_of(costs)
    assert "meer dan nu" not in said and "het meest op" not in said
    assert "Wat elk scenario in 2022 oplevert, voor zover dat bekend is" in said
    assert "een deel van het geld is niet bekend" in said and "of dat meer is dan nu, is niet te zeggen" in said
    assert "[Vandaag | onbekend | onbekend | " in said and "Van het geld dat voor 2022-2023 bekend is" in said
    assert "100% van het geld voor de begroting van 2022" in costs
    assert "Over 2022 is geen bedrag bekend." in partner and "[bedrijveninvesteringszone (BIZ) |" in partner
    assert (
        "[bedrijven | 0 | 0 | onbekend]" in made["canvas"]
        and "[totaal | 150.000 | 150.000 | onbekend]" in made["canvas"]
    )
    assert "[Vandaag | onbekend | 0,00]" in partner and " | onbekend]" in partner and "€ 0" not in made["canvas"]
    # of the year after the programme no more is known than of its last
    assert "[Vandaag | onbekend | onbekend |" in said and "[Vrijwillig geld wordt BIZ | 225.525 | 75.525 |" in said
    assert "[Ondernemers | onbekend | 49.500 |" in said and "[Vastgoedeigenaren | – | 30.000 |" in said
    # of the year after it the levy is named where its amount is a word
    assert "In 2023 geldt voor Ondernemers een heffing waarvan het bedrag niet bekend is" in said
    assert "Daarnaast betaalt zij een heffing waarvan het bedrag niet bekend is (bedrijveninvesteringszone" in partner
    assert "is € 110.000 voor bewoners en bezoekers." in made["canvas"]
    # what has ended cannot go up
    assert "Hogere reclamebelasting" not in costs and "Een mix" not in costs
    assert "scenario’s met een reclamebelasting gelden daarom vanaf 2022 niet meer." in costs


def test_the_year_after_the_programme_of_a_levy_in_force_is_unknown(almelo):
    """Its amount of 2022 was unknown, and that of 2023 was 0, for the programme ends in 2022."""
    payments = almelo.known_by(almelo.moment("2022"))["payments"]
    levied = payments[payments["instrument"] == "biz"].set_index("year")["amount_eur"]
    assert levied.index.tolist() == [2022, 2023] and levied.isna().all()


def test_in_the_report_of_2021_the_unknown_levy_of_2022_is_named(pages):
    said = scenarios_of(pages("costs", period="2021Q4")["costs"])
    for year in (2022, 2023):
        assert f"In {year} geldt voor Ondernemers een heffing waarvan het bedrag niet bekend is" in said


def test_who_has_no_interest_in_the_efforts_of_the_year_would_pay_in_no_other_way(pages):
    """It read "tussen € 0 en € 0", and efforts that "kosten € 0,00 als zij die alleen zou betalen"."""
    made = pages("partner", period="2022", partner="ontwikkelaars")["partner-ontwikkelaars"]
    assert "Bij geen enkele andere verdeling betaalt zij mee." in made
    assert "tussen € 0" not in made and "alleen zou betalen" not in made


# --- a gap is a gap -----------------------------------------------------------------------------------------------
def test_a_surplus_in_one_fund_hides_no_gap_in_another(edit, pages):
    def moved(rows):
        rows[0].update(amount_eur="440000")
        rows[4].update(amount_eur="209200")

    edit("payments", moved)
    made = pages("costs", "overview")
    for page in (made["costs"], made["overview"]):
        assert (
            "Er is geen betaler bekend voor Programma binnenstad (€ 10.000). Er komt meer binnen dan er is begroot "
            "voor Stadsarrangement (€ 10.000)." in page
        )
    assert "In 2019 ontbreekt al € 10.000 aan zeker geld" in made["costs"]
    assert (
        "Programma binnenstad 2019 (€ 10.000,00 te weinig) en Stadsarrangement 2019 (€ 10.000,00 te veel)"
        in (made["costs"])
    )


def test_a_table_has_the_cents_of_its_sentence(edit, pages):
    """EUR 0,01 was said to be missing over a table with 699.200 needed, 699.200 certain and 0 missing."""
    edit("payments", lambda rows: [r.update(amount_eur="199199,99") for r in rows if r["partner"] == "provincie"])
    made = pages("costs", "partner", partner="provincie")
    costs, partner = made["costs"], made["partner-provincie"]
    assert "Nu betaalt zij € 199.199,99 van de begroting." in partner and "In 2019 betaalt zij € 199.199,99;" in partner
    assert "is € 699.200,00. Daarvoor komt € 699.199,99 binnen, van Gemeente Almelo (72%)" in costs
    assert "In 2019 ontbreekt al € 0,01 aan zeker geld" in costs
    assert "[2019 | 699.199,99 | 0,00 | 0,00 | 699.200,00 | 0,01]" in costs


def test_a_year_without_rows_stays_and_ends_what_can_be_said(edit, pages):
    for table in ("budget", "payments"):
        edit(table, lambda rows: [rows.remove(row) for row in rows[:] if row["year"] == "2020" and row.get("fund")])
    edit("budget_totals", lambda rows: rows.pop(1))
    costs = pages("costs")["costs"]
    assert f"[2020{' | onbekend' * 5}]" in costs and "Over 2020 is niets bekend." in costs
    assert "tot en met 2022" not in section(costs, "Tot wanneer is er geld?", "Wat dragen de")


def test_an_amount_a_cent_beside_another_is_still_a_difference(edit, pages):
    edit("payments", lambda rows: rows[0].update(amount_eur="449999,99"))
    costs = pages("costs")["costs"]
    assert "Er is geen betaler bekend voor Programma binnenstad (€ 0,01)." in costs
    assert "In 2019 ontbreekt al € 0,01 aan zeker geld" in costs


def test_who_pays_a_year_in_goods_only_is_not_known_and_nothing_is_said_to_be_missing(edit, pages):
    edit("payments", lambda rows: [row.update(kind="in_kind") for row in rows if row["year"] == "2019"])
    made = pages("costs", "partner")
    costs = made["costs"]
    for page in (costs, made["partner-gemeente"]):
        assert "Vandaag: wie wat betaalt, is niet bekend." in page and "meer dan nu" not in page
        assert "[Vandaag |" not in page
    assert "Wie de hele begroting van 2019 betaalt, is niet bekend" in costs and "ontbreekt" not in costs
    assert "[2019 | onbekend | onbekend | onbekend | 699.200 | onbekend]" in costs
    without = "Begroting '19 2019, Programma binnenstad 2019 en Stadsarrangement 2019"
    assert f"Niet vergeleken, want er is geen bijdrage bekend: {without}." in costs and "te weinig)" not in costs
    compared = section(costs, "Begroting tegenover wat partijen opbrengen", "Gepubliceerde totalen")
    assert "| 2019 |" not in compared and "[Programma binnenstad | 2020 | 450.000,00 | 450.000,00 | 0,00]" in compared


def test_without_any_payment_budget_and_payments_are_in_no_table(folder, pages):
    (folder / "payments.csv").unlink()
    costs = pages("costs")["costs"]
    assert "Er is dus niets te vergelijken." in costs and "tegenover wat partijen opbrengen" not in costs


# --- unknown is no 0 ----------------------------------------------------------------------------------------------
def test_an_interest_that_is_not_recorded_is_no_0_percent(almere, tmp_path):
    """City marketing has a seat, and nobody said what its interest is."""
    run(almere, tmp_path, "--only", "costs", period="2018")
    page = text(tmp_path / "almere" / "2018" / "costs.html")
    rows = section(page, "Belang, bijdrage en zeggenschap per partij", "Hoe kan het anders")
    assert "[Almere City Marketing | – |" in rows and "| 0,0% | 0,0% |" not in rows
    # it paid 0 in each way of sharing, so that its seats made the largest gap
    gaps = page.partition("Het grootste verschil per verdeling:")[2].partition(".")[0]
    assert "Almere City Marketing" not in gaps and "procentpunt" in gaps
    assert "Het aantal zetels is niet bekend van Platform Almere Centrum (bewoners)." in page
