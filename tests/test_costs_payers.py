"""What payers find for themselves: keys by size, what one of them pays by a tariff, and who loses by a cut."""

from __future__ import annotations

import csv
import random
import shutil
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from programme_folders import faults

from binnenstad.cli import main
from binnenstad.costs import chapters
from binnenstad.costs.balance import balance_of, outlook_of
from binnenstad.programme.checked import check_programme
from binnenstad.words import Words

HAVENSTAD = Path(__file__).parent / "havenstad"
Rows = list[dict[str, str]]
Edit = Callable[[str, Callable[[Rows], object]], None]


@pytest.fixture
def haven(tmp_path: Path) -> Path:
    """A copy of Havenstad below a data root of its own."""
    return Path(shutil.copytree(HAVENSTAD, tmp_path / "data" / "havenstad"))


@pytest.fixture
def change(haven: Path) -> Edit:
    """Change the rows of a table of the copy."""

    def rewrite(table: str, change: Callable[[Rows], object]) -> None:
        path = haven / f"{table}.csv"
        with path.open(encoding="utf-8", newline="") as file:
            rows = list(csv.DictReader(file, delimiter=";"))
        names = list(rows[0])
        change(rows)
        names += [name for row in rows for name in row if name not in names]
        with path.open("w", encoding="utf-8", newline="") as file:
            writer = csv.DictWriter(file, list(dict.fromkeys(names)), delimiter=";")
            writer.writeheader()
            writer.writerows(rows)

    return rewrite


def page(folder: Path, only: str, period: str = "2020Q4", language: str = "nl") -> str:
    """Make one report of the folder and return its text, a row of a table as [cell | cell]."""
    arguments = ["run", "havenstad", "--period", period, "--only", only, "--partner", "ondernemers"]
    arguments += ["--language", language, "--data", str(folder.parent), "--out", str(folder.parents[1] / "out")]
    result = CliRunner().invoke(main, arguments)
    assert result.exit_code == 0, result.output
    [path] = (folder.parents[1] / "out" / "havenstad" / period).glob(f"{only}*.html")
    soup = BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser")
    for row in soup.select("main tr"):
        row.insert_after(soup.new_string(f" [{' | '.join(cell.text for cell in row.select('th, td'))}] "))
        row.decompose()
    return " ".join(soup.get_text(" ").replace("\xa0", " ").split())


def sections(folder: Path, period: str = "2020Q4", language: str = "nl") -> list[str]:
    """The text of the sections a payer looks in, without making the whole report."""
    data, words = check_programme(folder, language), Words(language)
    moment = data.moment(period)
    data = data.known_by(moment)
    tables, names, efforts = data.tables, data.titles("partners"), data.titles("efforts")
    now = balance_of(tables, moment.year)
    ahead = outlook_of(tables, moment.year, now.benefit)
    return [
        chapters.splits_side_by_side(now, names, efforts, words).plain,
        chapters.splits_of_partner(now, "ondernemers", words).plain,
        chapters.scenarios_side_by_side(ahead, tables, names, moment.year, words).plain,
        chapters.scenarios_of_partner(ahead, tables, "ondernemers", names, moment.year, words).plain,
        chapters.less_money(tables, efforts, moment.year, words).plain,
    ]


# --- through the product -----------------------------------------------------------------------------------------
def test_the_costs_report_shows_keys_tariffs_and_a_cut(haven):
    report = page(haven, "costs")
    # 115,000 by WOZ values of 20, 60 and 150 million, and by 0, 60 and 170 members
    assert "naar WOZ-waarde | naar aantal leden |" in report
    assert "Naar WOZ-waarde: elke partij met een belang betaalt in verhouding tot haar WOZ-waarde." in report
    assert "[Bewoners | – | 38.333,34 | 23.000,00 | 75.000,00 | 85.000,00 |" in report
    assert "Naar vloeroppervlak: niet te berekenen, want dit is niet bekend van Gemeente Havenstad." in report
    assert "Wat betaal ik? Naar WOZ-waarde (euro per jaar; een streepje: dit tarief geldt dan niet)" in report
    assert "[scenario | partij | tarief | WOZ-waarde 30.000 | WOZ-waarde 250.000 | WOZ-waarde 500.000]" in report
    assert "[BIZ in klassen | Ondernemers | WOZ tot en met 250.000 | 200,00 | 200,00 | –]" in report
    assert "[BIZ in klassen | Ondernemers | WOZ boven 250.000 | – | – | 500,00]" in report
    # 0.1 % of what lies above 60,000
    assert "[Reclamebelasting | Ondernemers | reclamebelasting | – | 190,00 | 440,00]" in report
    assert "Wat als er minder geld is? " in report
    assert (
        "Bekend sinds 15 september 2020: in 2020 gaat Havenfonds van € 115.000 naar € 69.000; dat is € 46.000 minder. "
        "Met de gekozen regel (Talmoed) verliest een inspanning hoogstens € 18.500 (Gevels aan de kade)."
    ) in report
    assert (
        "[inspanning | begroot | Talmoed (gekozen) | naar verhouding | evenveel houden | evenveel verliezen | "
        "wie het eerst komt | naar rang] [Gevels aan de kade | 60.000,00 | 18.500,00 | 24.000,00 | 35.500,00 | "
        "15.333,33 | 21.500,00 | –] [Drijvend podium | 35.000,00 | 17.500,00 | 14.000,00 | 10.500,00 | 15.333,34 | "
        "16.000,00 | 26.000,00] [Kadefeest | 20.000,00 | 10.000,00 | 8.000,00 | – | 15.333,33 | 8.500,00 | "
        "20.000,00] [totaal | 115.000,00 | 46.000,00 |"
    ) in report


def test_the_page_of_a_partner_has_its_line_by_key_and_its_own_tariffs(haven):
    report = page(haven, "partner")
    assert "[naar WOZ-waarde | 30.000,00 | −5.000,00 | 1,33]" in report
    assert "[naar aantal leden | 30.000,00 | −5.000,00 | 1,33]" in report
    assert "[BIZ in klassen | Ondernemers | WOZ boven 250.000 | – | – | 500,00]" in report


def test_an_english_report_says_the_same(haven):
    splits, _, scenarios, _, cut = (" ".join(text.split()) for text in sections(haven, language="en"))
    assert "By WOZ value: every partner with an interest pays in proportion to its WOZ value." in splits
    assert "By floor area: not computed, for it is not known of Municipality of Havenstad." in splits
    assert "WOZ above 250,000; property value (WOZ) 30,000: –" in scenarios
    assert "By the rule chosen (Talmud) an effort loses € 18,500 at most (Façades on the quay)." in cut


# --- what is not there, and what is an example -------------------------------------------------------------------
def test_a_cut_is_not_known_before_it_is_published_and_without_the_table_nothing_is_said(haven, change):
    assert sections(haven, "2020Q2")[-1] == ""
    change("cuts", lambda rows: rows[0].update(year="2019"))
    assert sections(haven)[-1] == "", "what was cut last year is in the budget of last year"
    (haven / "cuts.csv").unlink()
    assert sections(haven)[-1] == ""


def test_of_a_cut_the_last_version_counts_until_the_budget_of_the_day_has_taken_it_in(haven, change):
    change("cuts", lambda rows: rows.append(rows[0] | {"new_amount_eur": "92000", "published": "2020-11-01"}))
    change("cuts", lambda rows: rows.append(rows[0] | {"new_amount_eur": "7000", "published": "2022-01-01"}))
    cut = sections(haven)[-1]
    assert "van €\xa0115.000 naar €\xa092.000" in cut and "69.000" not in cut and "7.000;" not in cut

    def taken_in(rows):
        newer = {"state": "amended", "published": "2020-12-01"}
        rows += [
            row | newer | {"amount_eur": str(int(row["amount_eur"]) * 8 // 10)} for row in rows if row["year"] == "2020"
        ]

    change("budget", taken_in)
    assert sections(haven)[-1] == "", "the budget of the day is what the cut leaves"
    assert check_programme(haven)["cuts"]["new_amount_eur"].tolist() == [69_000, 92_000, 7_000]


def test_without_sizes_and_ranks_there_is_no_key_and_no_order(haven, change):
    change("partners", lambda rows: [row.update(woz_eur="", floor_area_m2="", members="") for row in rows])
    change("budget", lambda rows: [row.update(rank="") for row in rows])
    splits, own, *_, cut = sections(haven)
    assert "WOZ" not in splits + own and "vloeroppervlak" not in splits and "leden" not in splits
    assert "rang" not in cut and "wie het eerst komt" in cut


def test_a_class_without_its_borders_has_no_example(haven, change):
    change("scenario_lines", lambda rows: [row.update(above="", up_to="") for row in rows if row["band"]])
    scenarios = sections(haven)[2]
    assert "Wat betaal ik?" in scenarios and "WOZ boven 250.000" not in scenarios


@pytest.mark.parametrize("table", ["cuts", "partners"])
def test_an_example_marks_the_report_and_is_named_in_it(haven, change, table):
    for name in ("scenarios", "scenario_lines"):
        (haven / f"{name}.csv").unlink()
    real = page(haven, "costs")
    assert "zijn voorbeelden." not in real and "Dit rapport bevat illustratieve cijfers" not in real
    change(table, lambda rows: rows[0].update(illustrative="true"))
    where = {"cuts": "de kortingen", "partners": "leden, WOZ-waarde en vloeroppervlak"}[table]
    report = page(haven, "costs")
    assert (
        f"De cijfers over {where} zijn voorbeelden." in report and "Dit rapport bevat illustratieve cijfers" in report
    )


def test_the_rows_of_a_table_may_stand_in_any_order(haven, change):
    said = sections(haven)
    for table in ("budget", "cuts", "partners", "payments", "scenario_lines", "interests"):
        change(table, random.Random(3).shuffle)
    assert sections(haven) == said


# --- the check ---------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(
    ("cells", "column", "value", "rule"),
    [
        ({"fund": "Havenfnds"}, "fund", "Havenfnds", "is geen geldbron van de begroting"),
        ({"year": "2021"}, "fund, year, new_amount_eur", "Havenfonds, 2021, 69000", "is niet lager dan wat"),
        ({"new_amount_eur": "115000"}, "fund, year, new_amount_eur", "Havenfonds, 2020, 115000", "is niet lager dan"),
        ({"year": "2031"}, "fund, year, new_amount_eur", "Havenfonds, 2031, 69000", "is niet lager dan wat"),
        ({"rule": "eerlijk"}, "rule", "eerlijk", "is niet een van de bekende woorden"),
        ({"new_amount_eur": "69000,005"}, "new_amount_eur", "69000.005", "heeft delen van een cent"),
        ({"published": ""}, "published", "", "de cel is leeg"),
    ],
)
def test_a_cut_that_cannot_be_is_refused_by_row_and_column(haven, change, cells, column, value, rule):
    change("cuts", lambda rows: rows[0].update(cells))
    [fault] = faults(haven)
    assert (fault.file, fault.row, fault.column, fault.value) == ("cuts.csv", 2, column, value)
    assert fault.rule.startswith(rule) and fault.way_out.endswith(".")


def test_priority_asks_a_rank_and_random_arrival_at_most_twenty_efforts(haven, change):
    change("cuts", lambda rows: rows[0].update(rule="priority"))
    assert "naar rang (gekozen)" in sections(haven)[-1]
    change("budget", lambda rows: [row.pop("rank") for row in rows])
    [fault] = faults(haven)
    assert (fault.column, fault.value) == ("rule", "priority") and "rang in de begroting" in fault.rule
    change("cuts", lambda rows: rows[0].update(rule="random_arrival"))
    assert "wie het eerst komt (gekozen)" in sections(haven)[-1]
    change("efforts", lambda rows: rows.extend([rows[0] | {"id": f"extra-{number}"} for number in range(18)]))
    change("budget", lambda rows: rows.extend([rows[1] | {"effort": f"extra-{number}"} for number in range(18)]))
    [fault] = faults(haven)
    assert (fault.column, fault.value) == ("rule", "random_arrival") and "hoogstens 20 inspanningen" in fault.rule
