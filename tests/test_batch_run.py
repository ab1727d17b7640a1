"""The batch: what is planned, what is refused before, what becomes of notebooks that fail."""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import asdict, replace
from pathlib import Path

import nbformat
import pytest
from conftest import ALMELO, ROOT
from nbformat.v4 import new_code_cell, new_notebook

from binnenstad.batch.job import Job, Outcome, make_report, outcome_of
from binnenstad.batch.origins import LIBRARY, resources, version_of
from binnenstad.batch.plan import known_reports, plan
from binnenstad.batch.record import record
from binnenstad.batch.run import run
from binnenstad.batch.whole import write_whole
from binnenstad.page.summary import read_summary
from binnenstad.programme import DATA_VARIABLE, Programme
from binnenstad.words import Words
from binnenstad.words.errors import UsageError

NOTEBOOKS = ROOT / "notebooks"
PARAMETERS = 'period: str = "2019Q4"\nprogramme: str = "almelo"\nlanguage: str = "nl"\nas_of: str = ""'
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
GOOD = 'from binnenstad.page.blocks import headline\nheadline("Een titel", "De zin met de bevinding van het rapport.")'


def write_notebook(folder: Path, name: str, *cells: str, parameters: str = PARAMETERS) -> Path:
    notebook = new_notebook(metadata={"kernelspec": KERNEL})
    first = new_code_cell(parameters, metadata={"tags": ["parameters"]})
    notebook.cells = [first, *(new_code_cell(source) for source in cells)]
    folder.mkdir(exist_ok=True)
    path = folder / f"{name}.ipynb"
    nbformat.write(notebook, path)
    return path


def plan_almelo(almelo: Programme, notebooks: Path, out: Path, **options: object) -> list[Job]:
    return plan(ALMELO, almelo, almelo.moment("2019Q4"), notebooks, out, **options)


def silent(outcome: Outcome) -> None:
    """Hear of an outcome and say nothing."""


def test_the_plan_has_every_notebook_in_the_order_of_a_mailing(almelo: Programme, tmp_path: Path) -> None:
    jobs = plan_almelo(almelo, NOTEBOOKS, tmp_path)
    partners = list(almelo["partners"]["id"])
    assert [job.report for job in jobs] == ["overview", "goals", "costs", "canvas", *["partner"] * len(partners)]
    files = ["overview.html", "goals.html", "costs.html", "canvas.html"]
    assert [job.file for job in jobs] == files + [f"partner-{partner}.html" for partner in partners]
    assert jobs[0].out == tmp_path / "almelo" / "2019Q4"
    assert jobs[0].parameters == {"programme": "almelo", "period": "2019Q4", "language": "nl", "as_of": ""}
    assert not list(tmp_path.iterdir())


def test_own_notebooks_come_last_by_name(tmp_path: Path) -> None:
    for name in ("zeta", "costs", "alfa", "overview"):
        write_notebook(tmp_path / "notebooks", name)
    assert list(known_reports(tmp_path / "notebooks")) == ["overview", "costs", "alfa", "zeta"]


def test_only_and_language_choose_reports_and_file_names(almelo: Programme, tmp_path: Path) -> None:
    (job,) = plan_almelo(almelo, NOTEBOOKS, tmp_path, only=["goals"], language="en")
    assert (job.report, job.file) == ("goals", "goals.en.html")
    assert job.provenance.period == "quarter 4 of 2019"


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"only": ["doelen"]}, "doelen is not in folder notebooks; known: overview, goals, costs"),
        ({"parameters": {"threshold": "3"}}, "threshold is not known; extra parameters: -"),
        ({"parameters": {"period": "2020"}}, "parameter period is not known"),
    ],
)
def test_what_papermill_would_let_pass_is_refused(
    almelo: Programme, tmp_path: Path, options: dict[str, object], message: str
) -> None:
    with pytest.raises(UsageError, match=message):
        plan_almelo(almelo, NOTEBOOKS, tmp_path, **options)


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ("top: int = 3", "12", 12),
        ("top: float = 3.0", "0.5", 0.5),
        ("top: bool = False", "TRUE", True),
        ('top: str = ""', "12", "12"),
    ],
)
def test_an_extra_parameter_gets_its_declared_type(
    almelo: Programme, tmp_path: Path, declared: str, text: str, expected: object
) -> None:
    write_notebook(tmp_path / "notebooks", "own", parameters=f"{PARAMETERS}\n{declared}")
    (job,) = plan_almelo(almelo, tmp_path / "notebooks", tmp_path, parameters={"top": text})
    assert job.parameters["top"] == expected
    assert type(job.parameters["top"]) is type(expected)


@pytest.mark.parametrize(("declared", "text"), [("int", "a"), ("int", "1.5"), ("float", "x"), ("bool", "ja")])
def test_a_value_of_the_wrong_type_is_refused(almelo: Programme, tmp_path: Path, declared: str, text: str) -> None:
    write_notebook(tmp_path / "notebooks", "own", parameters=f"{PARAMETERS}\ntop: {declared} = {declared}()")
    with pytest.raises(UsageError, match="parameter top="):
        plan_almelo(almelo, tmp_path / "notebooks", tmp_path, parameters={"top": text})


def test_a_notebook_without_its_parameters_is_refused(almelo: Programme, tmp_path: Path) -> None:
    write_notebook(tmp_path / "notebooks", "own", parameters='period: str = "2019Q4"')
    with pytest.raises(UsageError, match="own: the parameters cell lacks programme, language, as_of"):
        plan_almelo(almelo, tmp_path / "notebooks", tmp_path)
    path = write_notebook(tmp_path / "notebooks", "own", parameters="")
    with pytest.raises(UsageError, match=r"own.ipynb has no parameters cell"):
        plan_almelo(almelo, tmp_path / "notebooks", tmp_path)
    path.write_text(path.read_text().replace('"language": "python",', ""))
    with pytest.raises(UsageError, match=r"own.ipynb names no kernel"):
        plan_almelo(almelo, tmp_path / "notebooks", tmp_path)
    path.write_text("{half a notebook")
    with pytest.raises(UsageError, match=r"own.ipynb is no notebook"):
        plan_almelo(almelo, tmp_path / "notebooks", tmp_path)


def test_no_notebooks_at_all_is_said(almelo: Programme, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=r"report \* is not in folder"):
        plan_almelo(almelo, tmp_path, tmp_path)


def test_the_code_fingerprint_changes_with_a_notebook(tmp_path: Path) -> None:
    path = write_notebook(tmp_path / "notebooks", "own", GOOD)
    before = version_of(path, "nl")
    assert version_of(path, "nl") == before
    assert version_of(path, "en") != before, "Dutch words are no matter of an English report"
    assert set(resources()) - set(resources("en")) == {LIBRARY / "locale" / "nl.po"}
    path.write_text(path.read_text().replace("Een titel", "Een andere titel"))
    assert version_of(path, "nl") != before


FAILING = {
    "error": ("raise ValueError('geen cijfers')", "failed", "ValueError: geen cijfers"),
    "kill": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "failed", "exit code -9"),
    "leave": ("import sys\nsys.exit(0)", "refused", "was not run"),
    "plain": ("import pandas as pd\npd.DataFrame({'a': [1]})", "refused", "no block"),
    "nan": (
        "from binnenstad.page.blocks import paragraph, section\nsection('Kop', paragraph('Het gemiddelde is nan.'))",
        "refused",
        "'nan' stands in the text",
    ),
    "empty": ("from binnenstad.page.blocks import section\nsection('Kop')", "refused", "section 'Kop' is empty"),
}


def test_every_failure_is_named_and_stops_no_other(almelo: Programme, tmp_path: Path) -> None:
    notebooks, out = tmp_path / "notebooks", tmp_path / "reports"
    for name, (cell, _, _) in FAILING.items():
        write_notebook(notebooks, name, GOOD, cell, "1 + 1\nNone")
    write_notebook(notebooks, "good", GOOD)
    jobs = plan_almelo(almelo, notebooks, out)
    place = jobs[0].out
    place.mkdir(parents=True)
    (place / "error.html").write_text("an earlier run")
    heard: list[str] = []
    outcomes = run(jobs, 2, lambda outcome: heard.append(outcome.report))
    by_name = {outcome.report: outcome for outcome in outcomes}
    assert sorted(heard) == sorted(by_name) == sorted([*FAILING, "good"])
    for name, (_, status, error) in FAILING.items():
        assert by_name[name].status == status, by_name[name]
        assert error in by_name[name].error, by_name[name]
        assert not (place / f"{name}.html").exists()
    assert by_name["good"].status == "ok"
    kept = {path.stem for path in (place / "failed").glob("*.ipynb")}
    assert kept == set(FAILING) - {"kill"}
    assert {path.name for path in place.iterdir()} == {"good.html", "failed"}
    for outcome in outcomes:
        assert outcome.seconds > 0
        assert outcome.notebook == ("" if outcome.report in ("good", "kill") else f"failed/{outcome.report}.ipynb")


def test_a_report_that_works_again_clears_what_was_kept(
    almelo: Programme, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(DATA_VARIABLE, str(ALMELO.parent))
    notebooks = tmp_path / "notebooks"
    write_notebook(notebooks, "own", GOOD, "raise KeyError('x')")
    (job,) = plan_almelo(almelo, notebooks, tmp_path / "reports")
    assert make_report(job, tmp_path).status == "failed"
    kept = job.out / "failed" / "own.ipynb"
    assert "KeyError" in kept.read_text()
    write_notebook(notebooks, "own", GOOD)
    assert make_report(job, tmp_path).status == "ok"
    assert not kept.parent.exists()
    assert "De zin met de bevinding" in (job.out / "own.html").read_text()


def test_the_overview_keeps_what_a_mail_needs_of_it(almelo: Programme, tmp_path: Path) -> None:
    jobs = plan_almelo(almelo, NOTEBOOKS, tmp_path / "reports", only=["overview", "goals"])
    outcomes = run(jobs, 2, lambda *_: None)
    assert [outcome.status for outcome in outcomes] == ["ok", "ok"]
    kept = read_summary(jobs[0].out / "overview.mail.json")
    page = (jobs[0].out / "overview.html").read_bytes()
    assert kept.html_sha256 == hashlib.sha256(page).hexdigest()
    assert all(piece.html in page.decode() for piece in kept.pieces)
    assert kept.pieces[0].plain.startswith("Programma Binnenstad Almelo in het kort")
    widths = {name.partition("-")[2]: int.from_bytes(png[16:20], "big") for name, png in kept.pngs.items()}
    assert widths == {"wide": 2 * 592, "narrow": 2 * 340}
    assert not (jobs[1].out / "goals.mail.json").exists()
    digest = hashlib.sha256((jobs[0].out / "overview.mail.json").read_bytes()).hexdigest()
    assert outcomes[0].beside == {"overview.mail.json": digest}


def test_a_folder_that_cannot_be_written_is_named(almelo: Programme, tmp_path: Path) -> None:
    write_notebook(tmp_path / "notebooks", "own", GOOD)
    (job,) = plan_almelo(almelo, tmp_path / "notebooks", tmp_path / "reports")
    (tmp_path / "reports").write_text("a file where the folder should be")
    outcome = make_report(job, tmp_path)
    assert (outcome.status, outcome.notebook) == ("failed", "")
    assert outcome.error.startswith(("FileExistsError", "NotADirectoryError"))


def test_a_file_is_written_whole_or_not_at_all(tmp_path: Path) -> None:
    target = tmp_path / "new" / "report.html"
    write_whole(target, "één\n")
    assert target.read_bytes() == "één\n".encode()
    with pytest.raises(UnicodeEncodeError):
        write_whole(target, "half \ud800")
    assert target.read_text(encoding="utf-8") == "één\n"
    assert [path.name for path in target.parent.iterdir()] == ["report.html"]


def made(job: Job, status: str = "ok", error: str = "") -> Outcome:
    return outcome_of(job, status, error, made=asdict(job.provenance))


def test_the_record_keeps_reports_of_earlier_runs(almelo: Programme, nl: Words, tmp_path: Path) -> None:
    jobs = plan_almelo(almelo, NOTEBOOKS, tmp_path)
    for job in jobs[:2]:
        write_whole(job.out / job.file, "<html></html>")
    record(jobs, [made(jobs[0]), made(jobs[1]), made(jobs[2], "failed", "geen cijfers")])
    index = record(jobs[:1], [made(jobs[0])])
    manifest = json.loads((index.parent / "run.json").read_text(encoding="utf-8"))
    statuses = {"overview": "ok", "goals": "ok", "costs": "failed"}
    assert {entry["report"]: entry["status"] for entry in manifest["reports"]} == statuses
    told = manifest["reports"][0]["made"]
    assert (told["parameters"]["period"], told["data"]) == ("2019Q4", jobs[0].provenance.data)
    html = index.read_text(encoding="utf-8")
    assert 'href="overview.html"' in html
    assert 'href="goals.html"' in html
    assert "Er zijn 2 rapporten klaar. 1 rapport kon niet worden gemaakt." in html
    write_whole(jobs[2].out / jobs[2].file, "<html></html>")
    record(jobs[2:3], [made(jobs[2])])
    assert "Er zijn 3 rapporten klaar." in index.read_text(encoding="utf-8")


def test_the_index_has_the_dutch_page_of_a_report_first(almelo: Programme, tmp_path: Path) -> None:
    options = {"only": ["overview", "partner"], "partners": ["ondernemers", "bewoners"]}
    jobs = [job for code in ("en", "nl") for job in plan_almelo(almelo, NOTEBOOKS, tmp_path, language=code, **options)]
    titles = ["a", "b", "c", "d"]
    jobs += [
        replace(jobs[-1], out=tmp_path / title / "2019Q4", parameters=jobs[-1].parameters | {"programme": title},
                provenance=replace(jobs[-1].provenance, programme=title))
        for title in titles
    ]  # fmt: skip
    for job in jobs:
        write_whole(job.out / job.file, "<html></html>")
    html = record(jobs, [made(job) for job in jobs]).read_text(encoding="utf-8")
    assert '<p class="of">5 programma&#39;s</p>' in html
    linked = re.findall(r'href="almelo/2019Q4/([^"]+)"', html)
    assert linked == [
        f"{name}{mark}.html" for name in ("overview", "partner-bewoners", "partner-ondernemers") for mark in ("", ".en")
    ]


def test_the_index_names_what_failed_and_what_is_old(almelo: Programme, nl: Words, tmp_path: Path) -> None:
    jobs = plan_almelo(almelo, NOTEBOOKS, tmp_path)
    old = replace(made(jobs[1]), tables={"goals": jobs[1].delivered["goals"].digest, "votes": "0123456789abcdef"})
    write_whole(jobs[0].out / "goals.html", "<html></html>")
    record(jobs[1:2], [old])
    bad = made(jobs[2], "refused", "KeyError: 'None' <empty>")
    index = record(jobs, [bad]).read_text(encoding="utf-8")
    assert "De doelen (gemaakt met eerdere gegevens)" in index
    assert "1 rapport kon niet worden gemaakt." in index
    assert "Niet gemaakt: Wie betaalt en wie heeft er baat bij" in index
    assert "KeyError" not in index
    assert "KeyError: 'None' <empty>" in (jobs[0].out / "run.json").read_text(encoding="utf-8")


def test_a_spoiled_manifest_is_written_anew(almelo: Programme, nl: Words, tmp_path: Path) -> None:
    jobs = plan_almelo(almelo, NOTEBOOKS, tmp_path)
    write_whole(jobs[0].out / "run.json", "{half")
    write_whole(jobs[0].out / jobs[0].file, "<html></html>")
    record(jobs[:1], [made(jobs[0])])
    assert len(json.loads((jobs[0].out / "run.json").read_text())["reports"]) == 1


def test_the_index_of_a_thousand_reports_that_begin_alike_is_made(almelo: Programme, nl: Words, tmp_path: Path) -> None:
    (job,) = plan_almelo(almelo, NOTEBOOKS, tmp_path, only=["goals"])
    places = [tmp_path / f"p{number}" / "2019Q4" for number in range(1000)]
    jobs = [replace(job, out=out, parameters=job.parameters | {"programme": out.parent.name}) for out in places]
    for one in jobs:
        write_whole(one.out / one.file, "<html></html>")
    index = record(jobs, [made(one) for one in jobs])
    assert index == tmp_path / "index.html"
    html = index.read_text(encoding="utf-8")
    assert html.count(">De doelen</a>") == 1000
    assert '<p class="of">Programma Binnenstad Almelo</p>' in html
    assert "Eurostat" not in html, "an index judges nothing"
    text = (tmp_path / "run.json").read_text(encoding="utf-8")
    entries = json.loads(text)["reports"]
    assert text == json.dumps({"reports": entries}, ensure_ascii=False, indent=1) + "\n"
    assert {entry["file"] for entry in entries} == {"goals.html"}
    assert sorted(f"{entry['programme']}/{entry['period']}" for entry in entries) == sorted(
        f"{path.parent.name}/{path.name}" for path in places
    )
