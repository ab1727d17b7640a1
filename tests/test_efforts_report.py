"""The report on the efforts: a real folder in, a real page out."""

from __future__ import annotations

import csv
import random
import re
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from conftest import ROOT

from binnenstad.cli import main
from binnenstad.efforts.say.steering import TABLES
from binnenstad.programme.checked import Programme, check_programme

# what the perspective note of 2019 names, for the first time
ADDED = (
    "Afspraken met partners over een aantrekkelijkere binnenstad, De Waterboulevard verlengen en een haven aanleggen, "
    "Een deel van de Grotestraat Noord en Zuid openstellen voor auto’s, Gemeentelijk vastgoed herontwikkelen naar "
    "functies die bij de koers passen, Gevels en vastgoed renoveren en aantrekkelijk maken, Het winkelgebied compacter "
    "maken, Onderzoek naar een leegstandsverordening, Transformatie van winkels in de transformatiegebieden stimuleren "
    "en Vestiging van bedrijven in aangewezen gebieden stimuleren"
)
# without these there is no programme
NEEDED = ("goals", "indicators", "measurements", "partners", "efforts", "budget")


@pytest.fixture
def make(tmp_path: Path) -> Callable[..., BeautifulSoup]:
    """The page on the efforts of a folder, without the footer, which names the tables it was made of."""

    def made(folder: Path, *options: str, period: str = "2019Q4", language: str = "nl") -> BeautifulSoup:
        out = tmp_path / f"out{len(list(tmp_path.iterdir()))}"
        command = ["run", folder.name, "--period", period, "--only", "efforts", "--language", language]
        result = CliRunner().invoke(main, [*command, "--data", str(folder.parent), "--out", str(out), *options])
        assert result.exit_code == 0, result.output
        (path,) = out.glob("*/*/efforts*.html")
        page = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
        page.footer.decompose()
        return page

    return made


def rows_of(page: BeautifulSoup) -> list[str]:
    """What heads the rows of the tables."""
    return [head.text for head in page.select("tbody th")]


def part(page: BeautifulSoup, title: str) -> list[str]:
    """The sentences of the part of the page with this title."""
    heading = next(heading for heading in page.select("h2") if heading.text == title)
    return [text.text for text in heading.parent.select("p:not(.source), li")]


def write(folder: Path, table: str, *rows: dict[str, str]) -> None:
    """Write a table of the folder anew."""
    names = list(dict.fromkeys(name for row in rows for name in row))
    with (folder / f"{table}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, names, delimiter=";")
        writer.writeheader()
        writer.writerows(rows)


@pytest.fixture
def busy(folder: Path, edit: Callable[..., Path]) -> Path:
    """Almelo with work under way, of which much does not fit together."""
    begun = {"parkeren": "2019-02-01", "gevelfonds": "", "vergroenen": ""}

    def begin(rows: list[dict[str, str]]) -> None:
        for row in rows:
            if row["id"] in begun:
                row.update(state="running", start=begun[row["id"]])
            if row["id"] == "communicatie":
                row["state"] = "stopped"
            if row["id"] == "communicatiestrategie":
                row["state"] = "done"

    edit("efforts", begin)
    edit("risks", lambda rows: [row.update(due="2019-11-30") for row in rows if row["id"] == "capaciteit"])
    edit("risk_links", lambda rows: rows.append({"risk": "projectrisico", "effort": "vergroenen"}))
    goal = next(row["id"] for _, row in check_programme(folder)["criteria"].iterrows() if row["kind"] == "goal")
    day = {"judged_by": "college", "date": "2019-05-01", "published": "2019-05-02"}
    write(
        folder, "scope_tests", {"effort": "parkeren", "criterion": goal, "verdict": "no"} | day,
        {"effort": "gevelfonds", "criterion": goal, "verdict": "yes", "reason": "Mooie gevels trekken bezoek"} | day,
    )  # fmt: skip
    write(
        folder, "decisions",
        {"date": "2019-04-01", "body": "raad", "subject": "scope", "effort": "", "old": "", "new": "",
         "reason": "Motie"},
        {"date": "2019-10-05", "body": "college", "subject": "state", "effort": "communicatie", "old": "running",
         "new": "stopped", "reason": "Geld op"},
        {"date": "2020-02-15", "body": "raad", "subject": "budget", "effort": "", "old": "", "new": "",
         "reason": "Later"},
    )  # fmt: skip
    sized = {"impact": "4", "low_eur": "1000", "likely_eur": "2000", "high_eur": "9000", "state": "open"}
    sized |= {"judged_by": "team", "date": "2019-06-30", "published": "2019-07-10"}
    scored = {"capaciteit": "3", "politiek": "5", "woningbouw": "1"}
    write(folder, "risk_scores", *({"risk": risk, "likelihood": score} | sized for risk, score in scored.items()))

    def amend(rows: list[dict[str, str]]) -> None:
        old = next(row for row in rows if (row["effort"], row["year"]) == ("overige", "2019"))
        rows.append(old | {"amount_eur": "12000", "published": "2019-10-01", "state": "amended"})

    edit("budget", amend)
    return folder


def test_every_effort_empty_place_and_risk_heads_exactly_one_row(make, folder, almelo: Programme):
    heads = rows_of(make(folder))
    for table in ("efforts", "risks"):
        assert {title: heads.count(title) for title in almelo[table]["title"]} == dict.fromkeys(
            almelo[table]["title"], 1
        )


def test_a_picture_of_the_network_stands_before_its_lines_in_a_table(make, folder):
    page = make(folder)
    (svg,) = page.select("figure .wide svg")
    assert svg["aria-label"].startswith("Netwerk van de inspanningen en de doelen waaraan ze bijdragen. Elk")
    assert page.find("caption", string="Wat er volgens de schatting aan elk doel bijdraagt")
    assert [heading.text for heading in page.select("h3")][:2] == [
        "1 Compacter centrum en aantrekkelijke binnenstadskwartieren", "2 Versterken Almelose DNA in de binnenstad",
    ]  # fmt: skip


def test_what_does_not_fit_together_is_something_to_talk_about(make, busy):
    page = make(busy)
    asked = part(page, "Om over door te praten")
    assert asked == [
        "Pilot 2 uur gratis parkeren: volgens de toets geen wezenlijke bijdrage, maar wel een geschatte bijdrage van 3."
        " Wat klopt?",
        "Pilot 2 uur gratis parkeren: niet volgens de criteria van het programma. Hoort dit er nog bij?",
        "Vergroenen binnenstad: begonnen, maar niet aan de criteria getoetst. Wie doet dat, en wanneer?",
        "Pilot 2 uur gratis parkeren: begonnen na de start van het programma, en een besluit is niet vastgelegd. Wie "
        "heeft dit besloten?",
        f"{ADDED}: pas na de start van het programma bekend geworden; of hierover is besloten, is niet vastgelegd. Is "
        "dat gebeurd?",
        "Afspraken met binnenstadspartners over hun bijdrage en Uitvoeringsprogramma met de partners opstellen: het "
        "geplande einde is voorbij, en nergens staat dat dit gereed is. Hoe staat het ervoor?",
        "Overige inspanningen: het budget is gewijzigd, en een besluit daarover is niet vastgelegd. Wie heeft dit "
        "besloten?",
        "Niet elk besluit over de omvang is genomen door wie daarover gaat (college). Wie beslist hierover?",
        "Onvoldoende beschikbaarheid van medewerkers: de maatregel had er nu moeten zijn. Is hij genomen?",
        "Gevel-/transformatiefonds en Pilot 2 uur gratis parkeren: begonnen, en er is geen risico bij genoemd. Welke "
        "risico’s zijn er?",
    ]
    lead = page.select_one(".lead").text
    assert lead.startswith(
        "Of het werk op koers ligt, is niet bekend: op 14 februari 2020 was van inspanningen alleen de stand vastgelegd"
    )
    assert "Van de 24 inspanningen lopen er 3, is er 1 gereed, is er 1 gestopt en zijn er 19 afgesproken." in lead
    assert part(page, "Wat is er besloten?") == [
        "In 2019 zijn 2 besluiten over het programma vastgelegd. 1 inspanning begon in dat jaar zonder besluit."
    ]
    # by hand: chances of a half, 0.9 and 0.1 of (1.000 + 4 x 2.000 + 9.000) / 6 = 3.000 each
    sums = next(text for text in part(page, "Wat zijn de risico’s?") if "geschat. Samen" in text)
    assert sums.startswith("Van 3 open risico’s is de schade geschat. Samen kosten zij gemiddeld €\xa04.500;")
    grid = page.find("caption", string="Open risico’s naar kans en gevolg, met 5 als grootste").parent
    assert [row.select("td")[3].text for row in grid.select("tbody tr")] == [
        "Veranderende politieke landschappen", "–", "Onvoldoende beschikbaarheid van medewerkers", "–",
        "Te veel woningen buiten de binnenstad",
    ]  # fmt: skip
    heads = rows_of(page)
    assert heads.index("Veranderende politieke landschappen") < heads.index(
        "Onvoldoende beschikbaarheid van medewerkers"
    )
    # stopped within the quarter: still in the picture; a quarter later no more
    assert "Communicatie & Marketing" in page.select_one("figure .wide").text
    assert "Communicatie & Marketing" not in make(busy, period="2020Q1").select_one("figure .wide").text


def test_what_is_published_or_decided_later_changes_no_report_of_before(make, busy, edit):
    before, ago = make(busy), make(busy, "--as-of", "2020-01-31")
    tests = check_programme(busy)["scope_tests"]
    late = tests.assign(verdict="yes", date="2019-12-01", published="2020-02-15", reason="").iloc[:1]
    shown = [*tests.to_dict("records"), *late.to_dict("records")]
    for row in shown:
        row.update(date=str(row["date"])[:10], published=str(row["published"])[:10], illustrative="false")
    write(busy, "scope_tests", *({name: "" if pd.isna(cell) else cell for name, cell in row.items()} for row in shown))
    with (busy / "risk_scores.csv").open("a", encoding="utf-8") as file:
        # capaciteit was scored in time and is scored again, late
        file.write("capaciteit;1;1;;;;closed;team;2019-12-31;2020-02-15\n")
    # added by a later decision: a risk that names it, or a state that changed later, is of after the day too
    about = {"id": "laat", "title": "Te laat", "state": "running", "track": "1"}
    edit("efforts", lambda rows: rows.append(dict.fromkeys(rows[0], "") | about))
    edit("risk_links", lambda rows: rows.append({"risk": "capaciteit", "effort": "laat"}))
    with (busy / "decisions.csv").open("a", encoding="utf-8") as file:
        file.write("2020-02-15;college;effort_added;laat;;;Nieuw\n")
    measure = {"measure": "Een ploeg erbij", "owner": "lijnmanagers", "published": "2020-02-15"}
    edit("risks", lambda rows: rows.append(next(row for row in rows if row["id"] == "capaciteit") | measure))
    assert (make(busy), make(busy, "--as-of", "2020-01-31")) == (before, ago)
    (reasons,) = [own for own in before.find_all("table") if "langs de criteria" in own.caption.text]
    assert "Mooie gevels trekken bezoek" in reasons.text and "Een ploeg erbij" not in before.text
    after = make(busy, "--as-of", "2020-02-15")
    assert after.text.count("Een ploeg erbij") == 1 and after.text.count("Scherpe keuzes in de inzet") == 0
    assert "Onvoldoende beschikbaarheid" not in " ".join(part(after, "Om over door te praten"))
    assert "is de schade geschat" not in after.text, "two open risks with amounts are too few to add up"
    assert "Later" in after.text and "Te laat" in after.text
    assert "Later" not in before.text


@pytest.mark.parametrize("language", ["nl", "en"])
def test_the_order_of_the_rows_changes_nothing(make, busy, language):
    before = make(busy, language=language)
    shuffled = random.Random(18)
    for path in sorted(busy.glob("*.csv")):
        head, *rows = path.read_text(encoding="utf-8-sig").splitlines()
        shuffled.shuffle(rows)
        path.write_text("\n".join([head, *rows]) + "\n", encoding="utf-8")
    assert make(busy, language=language) == before


def test_a_programme_without_these_tables_gets_a_report_that_says_what_to_fill_in(make, folder):
    for path in folder.glob("*.csv"):
        if path.stem not in NEEDED:
            path.unlink()
    programme = folder / "programme.toml"
    programme.write_text(
        re.sub("(?m)^(scope_body|source).*$", "", programme.read_text(encoding="utf-8")), encoding="utf-8"
    )
    efforts = (folder / "efforts.csv").read_text(encoding="utf-8-sig")
    rows = [row | {"track": "", "budget_holder": ""} for row in csv.DictReader(efforts.splitlines(), delimiter=";")]
    write(folder, "efforts", *rows)
    page = make(folder)
    assert [heading.text for heading in page.select("h2") if heading.parent.name == "section"] == [
        "Om over door te praten", "Spoor voor spoor", "Wie trekt de inspanningen?", "Wat is er besloten?",
        "Wat we niet weten", "Bronnen en opmerkingen",
    ]  # fmt: skip
    missing = next(text for text in part(page, "Wat we niet weten") if text.startswith("Niet ingevuld"))
    assert all(f"({table})" in missing for table in (*TABLES, "scope_body"))
    assert "Doelen zonder inspanning" not in page.text and "geen inspanning (meer)" not in page.text
    assert not page.select("figure")
    assert sorted(rows_of(page)).count("Pilot 2 uur gratis parkeren") == 1


@pytest.mark.parametrize(("name", "period"), [("almere", "2024"), ("havenstad", "2020Q4"), ("almelo", "2021")])
def test_other_programmes_and_a_year_have_their_report_in_both_languages(make, tmp_path, name, period, assert_clean):
    home = ROOT / "tests" if name == "havenstad" else ROOT / "data"
    folder = Path(shutil.copytree(home / name, tmp_path / "data" / name))
    for language in ("nl", "en"):
        page = make(folder, period=period, language=language)
        titles = check_programme(folder, language)["efforts"]["title"]
        assert sorted(rows_of(page)).count(titles[0]) == 1
        assert_clean([text.text for text in page.select("main .lead, main section:not(:last-of-type) li")])
        assert "zonder vertaling" not in page.text
        assert ("The remarks are in Dutch" in page.text) == (language == "en")
        beside = " ".join(text.text for text in page.select("dl.described"))
        for there, where in ((name == "almelo", page.text), (name == "almelo" and language == "nl", beside)):
            assert ("noemt de criteria uit de koers niet apart" in where) == there, "a remark in Dutch"


def test_kinds_of_cost_are_no_efforts_of_a_report(make: Callable[..., BeautifulSoup]) -> None:
    efforts = check_programme(ROOT / "data" / "almere")["efforts"]
    kinds = set(efforts.loc[efforts["kind"] == "cost_type", "title"])
    page = make(ROOT / "data" / "almere", period="2024")
    assert len(kinds) == 5 and not kinds & set(rows_of(page))
    assert page.select_one(".lead, h1 + p").text.startswith(
        "Of het werk op koers ligt, is niet bekend: op 14 februari 2025 was er nog geen voortgangsbericht. Volgens de "
        "bron van 2018 (sindsdien is niets gemeld): alle 7 inspanningen lopen. Nog 4 worden alleen genoemd"
    )


def test_money_that_stands_on_no_effort_is_said_and_an_example_has_its_banner(
    make: Callable[..., BeautifulSoup],
) -> None:
    page = make(ROOT / "data" / "almere", period="2024")
    told = part(page, "Wie trekt de inspanningen?")
    assert "Van de begroting van 2024 is €\xa03.900.000 niet over inspanningen verdeeld." in told
    assert "Van 1 inspanning is niet bekend wie haar trekt." in told
    assert "begroting 2024" not in page.text and not page.select(".banner")
    assert make(ROOT / "data" / "almere", period="2018").select(".banner")


def test_what_a_reader_must_know_stands_where_it_matters(make: Callable[..., BeautifulSoup], folder: Path) -> None:
    page = make(folder, period="2022Q4")
    lead = page.select_one(".lead").text
    assert "Volgens de bron van 2019 (sindsdien is niets gemeld): alle 23 inspanningen zijn afgesproken" in lead
    assert "Mogelijk zijn er 2 dubbel." in lead
    assert any("8 gemeten (met voorbeeldcijfers);" in said.text for said in page.select("section p"))
    assert "Bij geen enkele inspanning is een eigen risico genoemd." in part(page, "Wat we niet weten")
    assert "vier kernwaarden" in next(head for head in page.select("h3") if head.text[0] == "2").parent.text
    noted = " ".join(part(page, "Bronnen en opmerkingen"))
    private = "voor het overgrote deel worden uitgevoerd door particuliere partijen"
    assert "geen namen" in noted and private not in noted
    assert private in " ".join(part(page, "Wie trekt de inspanningen?")), "beside the sentence that tests it"
    assert "noemt de criteria uit de koers niet apart" in page.select_one("dl.described").text


def test_a_budget_of_after_the_day_changes_no_earlier_report(
    make: Callable[..., BeautifulSoup], folder: Path, edit: Callable[..., Path]
) -> None:
    def publish(rows: list[dict[str, str]]) -> None:
        old = next(row for row in rows if (row["effort"], row["year"]) == ("vergroenen", "2019"))
        rows.append(old | {"amount_eur": "987654", "published": "2021-02-03", "state": "amended"})

    before = str(make(folder))
    edit("budget", publish)
    assert str(make(folder)) == before
    assert "987.654" in make(folder, "--as-of", "2021-02-03").text


def test_the_overview_has_a_line_on_each_and_the_goals_name_their_efforts(reports: Path) -> None:
    overview, goals = (
        BeautifulSoup((reports / "almelo" / "2019Q4" / f"{name}.html").read_text(encoding="utf-8"), "html.parser")
        for name in ("overview", "goals")
    )
    work, promised, risks, decided, loose = part(overview, "Ligt het werk op koers?")
    assert work.startswith("Of het werk op koers ligt, is niet bekend: op 14 februari 2020 was er nog geen")
    assert "Alle 23 inspanningen zijn afgesproken; nergens staat dat er al een is begonnen." in work
    assert promised.startswith(
        "Van de 15 dingen die de 5 doelen beloven, worden er 8 gemeten (met voorbeeldcijfers); niet gemeten:"
    )
    assert risks.startswith("Er staan 8 risico’s open. Niemand heeft kans en gevolg geschat. Zonder maatregel:")
    assert decided == "In 2019 is geen besluit over het programma vastgelegd."
    assert loose == "Aan geen doel gekoppeld: 13 inspanningen."
    cards = {card.h3["id"]: [said.text for said in card.select("p")] for card in goals.select(".card")}
    assert cards["doel-3b"][-1] == "Afgesproken inspanningen: Stadsinjectie (grote initiatieven)."
    named = "Afgesproken inspanningen: Gevel-/transformatiefonds. Genoemd, maar niet afgesproken: "
    named += "Winkelruimte in de flanken ombouwen naar wonen en werken."
    assert cards["doel-2a"][-1] == named


def test_reports_of_before_the_perspective_note_name_none_of_its_measures(
    folder: Path, tmp_path: Path, edit: Callable[..., Path], make: Callable[..., BeautifulSoup]
) -> None:
    """Not even where other tables have rows on them."""
    efforts = check_programme(folder)["efforts"]
    late = list(efforts.loc[efforts["published"].notna(), "title"])
    about = {"effort": "waterboulevard"}
    edit("effort_indicators", lambda rows: rows.append(about | {"indicator": "1a", "strength": "3", "judged_by": "x"}))
    edit("risk_links", lambda rows: rows.append(about | {"risk": "projectrisico"}))
    edit("interests", lambda rows: rows.append(rows[0] | about | {"goal": ""}))
    out = tmp_path / "early"
    command = ["run", "almelo", "--period", "2019Q1", "--data", str(folder.parent), "--out", str(out)]
    result = CliRunner().invoke(main, command)
    assert result.exit_code == 0, result.output
    pages = {path.name: path.read_text(encoding="utf-8") for path in out.glob("almelo/2019Q1/*.html")}
    assert len(pages) > 5
    assert [(name, title) for name, page in pages.items() for title in late if title in page] == []
    assert "Alle 14 inspanningen zijn afgesproken" in pages["efforts.html"]
    # two days before the planned end of the agreements with partners, whatever period the report is of
    page = make(folder, "--as-of", "2019-06-28", period="2019Q3")
    assert "geplande einde" not in page.text
    heads = rows_of(page)
    assert [heads.count(title) for title in late] == [1] * 9
