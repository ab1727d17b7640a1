"""The command line, as a researcher meets it: a real folder in, real reports out."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from click.testing import Result
from conftest import ALMELO
from test_batch_run import call
from test_batch_stop import COMMAND


def run_reports(folder: Path, out: Path, *arguments: object, period: str = "2019Q4") -> Result:
    options = ["--period", period, "--data", folder.parent, "--out", out, "--only", "overview"]
    return call("run", folder.name, *options, *arguments)


def text_of(path: Path) -> str:
    """The text of a report, each run of white space (also one that does not break) as one space."""
    return " ".join(BeautifulSoup(path.read_text(encoding="utf-8"), "html.parser").get_text(" ").split())


def test_check_gives_one_screen_on_good_data() -> None:
    result = call("check", "almelo", "--data", ALMELO.parent)
    assert result.exit_code == 0
    assert "Programma Binnenstad Almelo: geen fouten." in result.output
    assert re.search(r"indicators +9 rijen", result.output)
    assert "62 illustratief" in result.output
    assert "1.749.200" in result.output
    assert len(result.output.splitlines()) <= 24
    assert re.search(r"leeg: .*votes, .*decisions\n", result.output)


def test_check_names_the_years_of_the_budget_and_not_those_of_the_programme(
    folder: Path, edit: Callable[..., Path]
) -> None:
    edit("budget", lambda rows: rows.__setitem__(slice(None), [row for row in rows if row["year"] < "2021"]))
    assert re.search(r"Begroting: €.[\d.]+, 2019-2020\.", call("check", "almelo", "--data", folder.parent).output)


def test_check_names_every_fault_and_ends_with_1(folder: Path, edit: Callable[..., Path]) -> None:
    edit("measurements", lambda rows: rows[0].update(value="veel"))
    edit("budget", lambda rows: rows[3].update(year="2035"))
    (folder / "goals.csv").unlink()
    result = call("check", "almelo", "--data", folder.parent)
    assert result.exit_code == 1
    assert "measurements.csv, rij 2, kolom value" in result.output
    assert "budget.csv, rij 5, kolom year" in result.output
    assert "goals.csv: de tabel ontbreekt" in result.output
    assert "Traceback" not in result.output
    english = call("check", "almelo", "--data", folder.parent, "--language", "en").output
    assert "measurements.csv, row 2, column value" in english


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("run", "zwolle", "--period", "2019Q4"), "programma 'zwolle' staat niet in map data; bekend: almelo"),
        (("run", "../x", "--period", "2019Q4"), "programma '../x' staat niet"),
        (("run", "", "--period", "2019Q4"), "programma '' staat niet"),
        (("run", "almelo", "--period", "2019Q5"), "periode '2019Q5' is geen kwartaal of jaar"),
        (("run", "almelo", "--period", "vorig jaar"), "is geen kwartaal of jaar"),
        (("run", "almelo", "--period", "2010Q1"), "periode 2010Q1 ligt voor de eerste gegevens van almelo"),
        (("run", "almelo", "--period", "2019Q4", "--as-of", "gisteren"), "'gisteren' is geen datum"),
        (("run", "almelo", "--period", "2019Q4", "--only", "doelen"), "rapport doelen staat niet in map"),
        (("run", "almelo", "--period", "2019Q4", "-p", "drempel=3"), "parameter drempel is niet bekend"),
        (("run", "almelo", "--period", "2019Q4", "-p", "drempel"), "moet als NAAM=WAARDE worden geschreven"),
        (("list", "almelo", "--period", "2019Q9"), "periode '2019Q9'"),
    ],
)
def test_a_request_that_cannot_be_met_is_said_in_one_line(
    arguments: tuple[str, ...], message: str, tmp_path: Path
) -> None:
    result = call(*arguments, "--data", ALMELO.parent, "--out", tmp_path / "reports")
    assert result.exit_code == 1
    assert message in result.output
    assert len(result.output.strip().splitlines()) == 1
    assert not (tmp_path / "reports").exists()


@pytest.mark.parametrize("arguments", [("run", "almelo"), ("run", "almelo", "--period", "2019Q4", "--jobs", "0")])
def test_a_missing_or_wrong_option_is_explained(arguments: tuple[str, ...]) -> None:
    result = call(*arguments)
    assert result.exit_code == 2
    assert "--period" in result.output or "--jobs" in result.output


def test_list_shows_the_plan_and_makes_nothing(tmp_path: Path) -> None:
    result = call("list", "almelo", "--data", ALMELO.parent, "--out", tmp_path)
    every = [line.split()[0] for line in result.output.splitlines()]
    assert every[:6] == ["overview", "goals", "efforts", "costs", "canvas", "partner"]
    assert set(every[6:]) == {"partner"}
    assert "period=2022Q4" in result.output
    assert not list(tmp_path.iterdir())


def test_a_faulty_programme_makes_no_report_and_changes_no_file(
    folder: Path, edit: Callable[..., Path], tmp_path: Path
) -> None:
    edit("indicators", lambda rows: rows[0].update(direction="omhoog"))
    before = {path: path.read_bytes() for path in folder.iterdir()}
    result = run_reports(folder, tmp_path / "reports")
    assert result.exit_code == 1
    assert "indicators.csv, rij 2, kolom direction" in result.output
    assert {path: path.read_bytes() for path in folder.iterdir()} == before
    assert not (tmp_path / "reports").exists()


def test_a_year_works_and_the_manifest_tells_what_was_done(tmp_path: Path) -> None:
    result = run_reports(ALMELO, tmp_path, period="2020")
    place = tmp_path / "almelo" / "2020"
    assert result.exit_code == 0, result.output
    assert "overview: klaar" in result.output
    assert result.output.rstrip().endswith("index.html")
    text = text_of(place / "overview.html")
    assert "in het kort, 2020" in text
    assert "71.500" in text
    manifest = json.loads((place / "run.json").read_text(encoding="utf-8"))
    (entry,) = manifest["reports"]
    assert entry["status"] == "ok"
    expected = {"report": "overview", "programme": "almelo", "period": "2020", "language": "nl", "as_of": ""}
    assert entry["made"]["parameters"] == expected
    assert {path.name for path in place.iterdir()} == {"overview.html", "overview.mail.json", "index.html", "run.json"}


def test_as_of_reruns_an_earlier_state_of_knowledge(tmp_path: Path) -> None:
    assert run_reports(ALMELO, tmp_path, "--as-of", "2019-03-01", period="2018Q4").exit_code == 0
    early = text_of(tmp_path / "almelo" / "2018Q4" / "overview.html")
    assert run_reports(ALMELO, tmp_path, "--as-of", "2019-07-01", period="2018Q4").exit_code == 0
    late = text_of(tmp_path / "almelo" / "2018Q4" / "overview.html")
    assert "95.300" in early
    assert "95.900" in late
    assert "1 cijfer over deze periode is na 1 maart 2019 verschenen en niet gebruikt." in early
    assert "verschenen en niet gebruikt" not in late


def test_another_run_gives_the_same_bytes_whatever_the_machine(reports: Path, tmp_path: Path) -> None:
    root = tmp_path / "another folder"
    shutil.copytree(ALMELO, root / "data" / "almelo")
    (root / "matplotlibrc").write_text("font.size: 30\npatch.linewidth: 6\nxtick.labelsize: 20\n")
    environment = os.environ | {"PYTHONHASHSEED": "7", "TZ": "Asia/Tokyo", "LC_ALL": "C"}
    command = [*COMMAND, "run", "almelo", "--period", "2019Q4", "--partner", "gemeente", "--jobs", "1"]
    subprocess.run(command, env=environment, cwd=root, check=True, capture_output=True)
    pages = {path.name: path.read_bytes() for path in (reports / "almelo" / "2019Q4").glob("*.html")}
    names = ("overview", "goals", "efforts", "costs", "canvas", "partner-gemeente", "index")
    assert set(pages) == {f"{name}.html" for name in names}
    for name, page in pages.items():
        assert page == (root / "reports" / "almelo" / "2019Q4" / name).read_bytes(), name
        assert len(page) <= 1_000_000


def test_no_measurements_at_all_is_a_report_that_says_so(folder: Path, tmp_path: Path) -> None:
    path = folder / "measurements.csv"
    path.write_text(path.read_text(encoding="utf-8-sig").splitlines()[0] + "\n", encoding="utf-8")
    both = ("--only", "goals", "--only", "costs")
    result = call("run", "almelo", "--period", "2019Q4", "--data", folder.parent, "--out", tmp_path, *both)
    assert result.exit_code == 0, result.output
    place = tmp_path / "almelo" / "2019Q4"
    assert "9× geen meting" in text_of(place / "goals.html")
    assert "Dit rapport bevat illustratieve cijfers" not in text_of(place / "goals.html")
    assert "€ 699.200" in text_of(place / "costs.html")


def keep_only_the_municipality(folder: Path, edit: Callable[..., Path]) -> None:
    def only(column: str) -> Callable[[list[dict[str, str]]], None]:
        return lambda rows: rows.__setitem__(slice(None), [row for row in rows if row[column] == "gemeente"])

    edit("partners", only("id"))
    edit("payments", only("partner"))
    (folder / "levies.csv").unlink()
    edit("scenario_lines", only("partner"))
    # the scenario that is left is today and the one in which the municipality pays something else
    edit(
        "scenarios",
        lambda rows: rows.__setitem__(slice(None), [row for row in rows if row["id"] in ("vandaag", "mix")]),
    )
    edit("interests", only("partner"))
    edit("efforts", lambda rows: [row.update(lead_partner="") for row in rows])


def test_one_partner_only_is_a_correct_report(folder: Path, edit: Callable[..., Path], tmp_path: Path) -> None:
    keep_only_the_municipality(folder, edit)
    result = call("run", "almelo", "--period", "2019Q4", "--data", folder.parent, "--out", tmp_path, "--only", "costs")
    assert result.exit_code == 0, result.output
    text = text_of(tmp_path / "almelo" / "2019Q4" / "costs.html")
    # what is known of one fund says nothing of the whole budget
    assert "wie die betaalt, is niet bekend" in text and "(72%)" not in text
    assert "Van Stadsarrangement (€ 199.200) is geen bijdrage bekend." in text
    assert "Niet vergeleken, want er is geen bijdrage bekend: Stadsarrangement 2019." in text


def test_interests_in_efforts_only_leave_one_key_unknown(
    folder: Path, edit: Callable[..., Path], tmp_path: Path
) -> None:
    edit("interests", lambda rows: rows.__setitem__(slice(None), [row for row in rows if row["effort"]]))
    result = call("run", "almelo", "--period", "2019Q4", "--data", folder.parent, "--out", tmp_path, "--only", "costs")
    assert result.exit_code == 0, result.output
    text = text_of(tmp_path / "almelo" / "2019Q4" / "costs.html")
    assert "Er is geen belang bij de doelen bekend, dus dit is niet te berekenen." in text
    assert "Wie er voordeel heeft van Communicatie & Marketing (€ 60.000), is niet bekend" in text


@pytest.mark.parametrize("period", ["2016Q4", "2030"])
def test_a_period_outside_the_programme_says_only_what_is_true(period: str, tmp_path: Path) -> None:
    options = ["--period", period, "--data", ALMELO.parent, "--out", tmp_path, "--only", "costs", "--only", "goals"]
    result = call("run", "almelo", *options)
    assert result.exit_code == 0, result.output
    costs = text_of(tmp_path / "almelo" / period / "costs.html")
    goals = text_of(tmp_path / "almelo" / period / "goals.html")
    assert f"Voor {period[:4]} is geen begroting bekend." in costs
    assert "3.580" not in costs
    assert ("Van geen doel is al een ontwikkeling bekend" in goals) == (period == "2016Q4")
    assert "Dit cijfer is verouderd" not in goals


def test_text_that_is_code_is_shown_as_text(folder: Path, edit: Callable[..., Path], tmp_path: Path) -> None:
    names = {"gemeente": "<script>alert(1)</script>", "provincie": '=HYPERLINK("http://example.org";"klik")'}
    edit("partners", lambda rows: [row.update(title=names.get(row["id"], row["title"])) for row in rows])
    edit("indicators", lambda rows: rows[0].update(title="Lang " * 60))
    result = run_reports(folder, tmp_path)
    assert result.exit_code == 0, result.output
    page = (tmp_path / "almelo" / "2019Q4" / "overview.html").read_text(encoding="utf-8")
    assert "<script" not in page
    assert "&lt;script&gt;alert(1)&lt;/script&gt;" in page
    assert "=HYPERLINK(&quot;http://example.org&quot;" in page.replace("<wbr>", "")
    assert "Lang " * 59 in page
