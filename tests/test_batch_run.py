"""Running: what becomes of reports that go well and of reports that fail, and what is made again and why."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import subprocess
from collections.abc import Callable, Iterator
from pathlib import Path

import nbformat
import pytest
from click.testing import CliRunner, Result
from conftest import ALMELO
from nbformat.v4 import new_code_cell, new_notebook

from binnenstad.batch.plan import Job, plan
from binnenstad.batch.record import write_whole
from binnenstad.cli import main
from binnenstad.page.summary import read_summary

PARAMETERS = 'period: str = "2019Q4"\nprogramme: str = "almelo"\nlanguage: str = "nl"\nas_of: str = ""'
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
GOOD = 'from binnenstad.page.blocks import headline\nheadline("Een titel", "De zin met de bevinding van het rapport.")'
ENGLISH = 'from binnenstad.page.blocks import headline\nheadline("A title", "The finding of the report is this.")'
PERIOD = ("--period", "2019Q4")


def write_notebook(folder: Path, name: str, *cells: str, parameters: str = PARAMETERS) -> Path:
    notebook = new_notebook(metadata={"kernelspec": KERNEL})
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    notebook.cells = [first, *(new_code_cell(source) for source in cells)]
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def project_of(root: Path, *names: str, cells: list[str] | None = None, parameters: str = PARAMETERS) -> Path:
    """A project of small notebooks on a copy of Almelo; returns its folder with programmes."""
    for name in names:
        write_notebook(root / "notebooks", name, *(cells or [GOOD]), parameters=parameters)
    if not (root / "data").exists():
        shutil.copytree(ALMELO, root / "data" / "almelo")
    return root / "data"


def plan_almelo(data: Path, **options: object) -> list[Job]:
    return plan(["almelo"], data, data.parent / "reports", **{"periods": ["2019Q4"], **options})


def call(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def entries_of(folder: Path) -> list[dict[str, object]]:
    return json.loads((folder / "run.json").read_text(encoding="utf-8"))["reports"]


def statuses(project: Path) -> dict[str, str]:
    return {entry["report"]: entry["status"] for entry in entries_of(project / "reports" / "almelo" / "2019Q4")}


FAILING = {
    "error": ("raise ValueError('geen cijfers')", "mislukt: ValueError: geen cijfers"),
    "kill": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "mislukt: het proces stopte"),
    "leave": ("import sys\nsys.exit(0)", "geweigerd: cell 4"),
    "plain": ("import pandas as pd\npd.DataFrame({'a': [1]})", "geweigerd: cell"),
    "missing": (
        "from binnenstad.page.blocks import paragraph, section\nsection('Kop', paragraph('Het gemiddelde is nan.'))",
        "geweigerd: 'nan' stands in the text",
    ),
    "empty": ("from binnenstad.page.blocks import section\nsection('Kop')", "geweigerd: section 'Kop' is empty"),
}


def test_every_failure_is_named_and_stops_no_other(tmp_path: Path) -> None:
    data = project_of(tmp_path, "good")
    for name, (cell, _) in FAILING.items():
        write_notebook(tmp_path / "notebooks", name, GOOD, cell, "1 + 1\nNone")
    place = tmp_path / "reports" / "almelo" / "2019Q4"
    place.mkdir(parents=True)
    (place / "error.html").write_text("an earlier run")
    result = call("run", "almelo", *PERIOD, "--data", data, "--jobs", 2)
    assert result.exit_code == 1
    assert "good: klaar" in result.output
    for name, (_, message) in FAILING.items():
        assert f"{name}: {message}" in result.output
        assert not (place / f"{name}.html").exists()
    kept = {path.name for path in place.glob("*/*")}
    assert kept == {f"{name}.ipynb" for name in FAILING} - {"kill.ipynb"}
    assert result.output.rstrip().endswith(".ipynb")
    assert {path.name for path in place.iterdir()} == {"good.html", "index.html", "run.json", "failed"}
    for entry in entries_of(place):
        assert (entry["status"] == "ok") == (entry["report"] == "good") == bool(entry["sha256"])
        assert entry["seconds"] > 0
        assert entry["notebook"] == ("" if entry["report"] in ("good", "kill") else f"failed/{entry['report']}.ipynb")
    assert "6 rapporten konden niet worden gemaakt." in (place / "index.html").read_text(encoding="utf-8")
    for name in FAILING:
        write_notebook(tmp_path / "notebooks", name, GOOD)
    again = call("run", "almelo", *PERIOD, "--data", data)
    assert again.exit_code == 0, again.output
    assert "1 rapport is niet veranderd" in again.output
    assert not (place / "failed").exists(), "a report that works again clears what was kept of it"


def test_the_overview_keeps_what_a_mail_needs_of_it(reports: Path) -> None:
    place = reports / "almelo" / "2019Q4"
    kept = read_summary(place / "overview.mail.json")
    page = (place / "overview.html").read_bytes()
    assert kept.html_sha256 == hashlib.sha256(page).hexdigest()
    assert all(piece.html in page.decode() for piece in kept.pieces)
    widths = {name.partition("-")[2]: int.from_bytes(png[16:20], "big") for name, png in kept.pngs.items()}
    assert widths == {"narrow": 2 * 340}
    digest = hashlib.sha256((place / "overview.mail.json").read_bytes()).hexdigest()
    beside = {entry["file"]: entry["beside"] for entry in entries_of(place)}
    assert beside.pop("overview.html") == {"overview.mail.json": digest}
    assert list(beside.pop("partner-gemeente.html")) == ["partner-gemeente.mail.json"]
    assert not any(beside.values())


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "new" / "report.html"
    write_whole(target, "één\n")
    assert target.read_bytes() == "één\n".encode()
    with pytest.raises(UnicodeEncodeError):
        write_whole(target, "half \ud800")
    assert target.read_text(encoding="utf-8") == "één\n"
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]


# --- what is made again


def made(data: Path, *arguments: object) -> dict[str, str]:
    """Run, and return the reason given per report; a report that is skipped has none."""
    result = call("run", "almelo", *PERIOD, "--data", data, "--why", "--language", "en", *arguments)
    assert result.exit_code == 0, result.output
    lines = [
        re.fullmatch(r"(\w+)\.en: (?:made, because (.*)|skipped, .*)", line) for line in result.output.splitlines()
    ]
    return {line[1]: line[2] or "" for line in lines if line}


def change_text(path: Path, old: str, new: str) -> None:
    text = path.read_text(encoding="utf-8-sig")
    assert old in text
    path.write_text(text.replace(old, new, 1), encoding="utf-8")


def test_what_changed_is_made_again_and_said(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One run after the other on one project: each change concerns what it should."""
    data = project_of(tmp_path, "one", "two", cells=[ENGLISH])
    folder, place, both = data / "almelo", tmp_path / "reports" / "almelo" / "2019Q4", ["one", "two"]
    same = dict.fromkeys(both, "")
    assert made(data) == dict.fromkeys(both, "it was not made before")
    assert made(data) == same
    # of no concern to a report: a date, a lock file of Excel, who gets the mail, a notebook more
    os.utime(folder / "team.csv")
    (folder / "~$goals.xlsx").write_bytes(b"locked")
    shutil.copy(ALMELO / "recipients.example.csv", folder / "recipients.csv")
    write_notebook(tmp_path / "notebooks", "three", ENGLISH)
    assert made(data) == same | {"three": "it was not made before"}
    (tmp_path / "notebooks" / "three.ipynb").unlink()
    change_text(folder / "measurements.csv", ";94100;", ";94200;")
    change_text(folder / "programme.toml", "title", "# changed\ntitle")
    assert made(data) == dict.fromkeys(both, "measurements, programme changed")
    (place / "two.en.html").unlink()
    assert made(data) == same | {"two": "its file is gone or was changed"}
    (place / "two.en.html").write_text("edited")
    assert made(data) == same | {"two": "its file is gone or was changed"}
    assert "finding" in (place / "two.en.html").read_text(encoding="utf-8")
    change_text(tmp_path / "notebooks" / "one.ipynb", "A title", "Another title")
    assert made(data) == same | {"one": "notebook changed"}
    assert "Another title" in (place / "one.en.html").read_text(encoding="utf-8")
    assert made(data, "--as-of", "2020-01-01") == dict.fromkeys(both, "parameter as_of changed")
    assert made(data, "--as-of", "2020-01-01", "--force") == dict.fromkeys(both, "--force was given")
    assert made(data, "--engine", "kernel", "--only", "one") == {"one": "engine, parameter as_of changed"}
    with monkeypatch.context() as patch:
        patch.setattr("binnenstad.page.provenance.code_version", lambda: "0.0 (another)")
        patch.setattr("binnenstad.batch.unchanged.packages", lambda: "others")
        result = call("run", "almelo", *PERIOD, "--data", data, "--why", "--language", "en", "--only", "two")
    assert "two.en: made, because binnenstad, packages, parameter as_of changed" in result.output
    assert "two.en: failed: binnenstad changed while reports were being made; run again" in result.output


def test_a_request_that_was_carried_out_is_known_again(reports: Path, tmp_path: Path) -> None:
    """Without a look into any table; a project that moved has to look, and finds the same."""
    options = ("run", "almelo", *PERIOD, "--partner", "gemeente", "--data", ALMELO.parent, "--out")
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("binnenstad.batch.plan.check_programme", None)
        assert (
            call(*options, reports).output.splitlines()[0]
            == "6 rapporten zijn niet veranderd en blijven zoals ze zijn."
        )
    moved = shutil.copytree(reports, tmp_path / "moved")
    (moved / "run.json").write_text("{half")
    index = moved / "almelo" / "2019Q4" / "index.html"
    index.unlink()
    result = call(*options, moved)
    assert "6 rapporten zijn niet veranderd" in result.output
    assert "klaar (" not in result.output
    assert index.exists()


def test_an_earlier_record_that_cannot_be_trusted_is_made_anew(tmp_path: Path) -> None:
    data = project_of(tmp_path, "own")
    run = ("run", "almelo", *PERIOD, "--data", data, "--why")
    path = tmp_path / "reports" / "almelo" / "2019Q4" / "run.json"
    for spoiled in ("", "{half", "[]", '{"version": 0, "reports": [3]}'):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(spoiled)
        assert "own: wordt gemaakt, omdat het nog niet eerder is gemaakt" in call(*run).output
    assert statuses(tmp_path) == {"own": "ok"}


LATE = "from binnenstad.programme.checked import read_programme\nread_programme(programme)\n"


def test_what_changes_under_a_batch_fails_the_report_by_name(tmp_path: Path) -> None:
    """Its footer would name the tables and the notebook as they were when the reports were planned."""
    data = project_of(tmp_path, "later")
    later, table = tmp_path / "notebooks" / "later.ipynb", data / "almelo" / "measurements.csv"
    spoils = f"import pathlib\nfor path in ({str(later)!r}, {str(table)!r}):\n    path = pathlib.Path(path)\n"
    spoils += "    path.write_text(path.read_text() + '\\n')\nNone"
    write_notebook(tmp_path / "notebooks", "earlier", GOOD, LATE, spoils)
    run = ("run", "almelo", *PERIOD, "--data", data, "--jobs", "1")
    result = call(*run)
    assert result.exit_code == 1
    assert "earlier: mislukt: measurements.csv is veranderd terwijl de rapporten werden gemaakt" in result.output
    assert "later: mislukt: measurements.csv, later.ipynb is veranderd" in result.output
    assert not list((tmp_path / "reports" / "almelo" / "2019Q4").glob("[!i]*.html"))
    write_notebook(tmp_path / "notebooks", "earlier", GOOD)
    assert call(*run).exit_code == 0


DRAWS = "import random\nimport numpy as np\nfrom binnenstad.page.blocks import section, paragraph\n"
DRAWS += "section('Loting', paragraph(f'De loting van {random.random()} en {np.random.random()} is niet echt.'))"


def test_random_numbers_hang_on_notebook_and_parameters_only(tmp_path: Path) -> None:
    data = project_of(tmp_path, "own", cells=[GOOD, DRAWS])
    drawn = []
    for number, period in enumerate(["2019Q4", "2019Q4", "2019Q3"]):
        out = tmp_path / str(number)
        assert call("run", "almelo", "--period", period, "--data", data, "--out", out).exit_code == 0
        page = (out / "almelo" / period / "own.html").read_text(encoding="utf-8")
        drawn.append(page.partition("loting van")[2][:40])
    assert drawn[0] == drawn[1] != drawn[2]


def test_an_output_folder_that_cannot_be_written_is_named(tmp_path: Path) -> None:
    data = project_of(tmp_path, "own")
    (tmp_path / "reports").write_text("a file")
    result = call("run", "almelo", *PERIOD, "--data", data)
    assert result.exit_code == 1
    assert "kan niet worden geschreven" in result.output


@pytest.fixture
def mounted(tmp_path: Path) -> Iterator[Callable[[str], Path]]:
    """Mount a small disk; for who may."""
    places: list[Path] = []

    def mount(options: str) -> Path:
        place = tmp_path / f"disk{len(places)}"
        place.mkdir()
        command = ["mount", "-t", "tmpfs", "-o", options, "tmpfs", place]
        if subprocess.run(command, capture_output=True, check=False).returncode:
            pytest.skip("may not mount a disk")
        places.append(place)
        return place

    yield mount
    for place in places:
        subprocess.run(["umount", "-l", place], check=True)


@pytest.mark.parametrize(
    ("disk", "message"), [("size=96k", "No space left on device"), ("ro,size=96k", "Read-only file system")]
)
def test_a_disk_that_is_full_or_read_only_is_a_named_failure(
    disk: str, message: str, mounted: Callable[[str], Path], tmp_path: Path
) -> None:
    data, out = project_of(tmp_path, "own"), mounted(disk)
    result = call("run", "almelo", *PERIOD, "--data", data, "--out", out)
    assert result.exit_code == 1
    assert "kan niet worden geschreven" in result.output
    assert message in result.output
    assert not [entry for path in out.glob("*/*") for entry in entries_of(path) if entry["status"] == "ok"]
