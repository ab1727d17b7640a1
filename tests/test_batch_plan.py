"""The plan: which notebooks with which parameters, and what is refused before anything is run."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from conftest import ALMELO
from test_batch_run import GOOD, PARAMETERS, plan_almelo, project_of, write_notebook

from binnenstad.batch.plan import plan
from binnenstad.batch.unchanged import basis_of
from binnenstad.words import parse_periods
from binnenstad.words.errors import UsageError

FILES = ["overview.html", "goals.html", "efforts.html", "costs.html", "canvas.html"]


def test_the_plan_has_every_notebook_in_the_order_of_its_metadata(almelo, tmp_path: Path) -> None:
    jobs = plan(["almelo"], ALMELO.parent, tmp_path, periods=["2019Q4"])
    assert [job.file for job in jobs] == FILES + [f"partner-{partner}.html" for partner in almelo["partners"]["id"]]
    assert jobs[0].out == tmp_path / "almelo" / "2019Q4"
    assert jobs[0].parameters == {"programme": "almelo", "period": "2019Q4", "language": "nl", "as_of": ""}
    assert jobs[0].provenance.data == jobs[-1].provenance.data != ""
    assert jobs[-1].subject == almelo.titles("partners").iloc[-1]
    assert not list(tmp_path.iterdir())


def test_periods_languages_and_partners_multiply(tmp_path: Path) -> None:
    some = {"only": ["partner", "goals"], "partners": ["provincie", "gemeente"], "languages": ["nl", "en", "nl"]}
    jobs = plan(["almelo", "almelo"], ALMELO.parent, tmp_path, periods=["2019Q3:2019Q4", "2019Q4"], **some)
    names = ["goals", "partner-provincie", "partner-gemeente"]
    assert sorted(job.id for job in jobs) == sorted(
        f"almelo/2019Q{q}/{name}{mark}.html" for q in (3, 4) for name in names for mark in ("", ".en")
    )
    assert {job.provenance.period for job in jobs if ".en" in job.file} == {"quarter 3 of 2019", "quarter 4 of 2019"}
    assert plan(["almelo"], ALMELO.parent, tmp_path, only=["goals"])[0].parameters["period"] == "2022Q4"


def test_a_new_report_is_one_notebook_file(tmp_path: Path) -> None:
    data = project_of(tmp_path, "zeta", "alfa", "third", "first")
    about = '"metadata": {\n  "binnenstad": {"order": %d, "title": {"nl": "Het %s"}},\n'
    for number, name in enumerate(["first", "third"]):
        path = tmp_path / "notebooks" / f"{name}.ipynb"
        path.write_text(path.read_text().replace('"metadata": {\n  "kernel', about % (number, name) + '  "kernel'))
    jobs = plan_almelo(data)
    assert [job.file for job in jobs] == ["first.html", "third.html", "alfa.html", "zeta.html"]
    assert jobs[0].notebook.title == {"nl": "Het first"}


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"only": ["doelen"]}, "doelen is not in folder notebooks; known: canvas, costs, efforts, goals, overview"),
        ({"parameters": ["threshold=3"]}, "threshold is not known; extra parameters: -"),
        ({"parameters": ["period=2020"]}, "parameter period is not known"),
        ({"parameters": ["threshold"]}, "must be written as NAME=VALUE"),
        ({"partners": ["zwolle"]}, "partner zwolle is not in almelo; known: bewoners, "),
    ],
)
def test_what_papermill_would_let_pass_is_refused(tmp_path: Path, options: dict[str, list[str]], message: str) -> None:
    with pytest.raises(UsageError, match=message):
        plan(["almelo"], ALMELO.parent, tmp_path, **options)


@pytest.mark.parametrize(
    ("declared", "text", "expected"),
    [
        ("top: int = 3", "12", 12),
        ("top: float = 3.0", "0.5", 0.5),
        ("top: bool = False", "TRUE", True),
        ('top: str = ""', "12", "12"),
    ],
)
def test_an_extra_parameter_gets_its_declared_type(tmp_path: Path, declared: str, text: str, expected: object) -> None:
    data = project_of(tmp_path, "own", "other", parameters=f"{PARAMETERS}\n{declared}  # help")
    write_notebook(tmp_path / "notebooks", "other")
    other, own = plan_almelo(data, parameters=[f"top={text}"])
    assert own.parameters["top"] == expected
    assert type(own.parameters["top"]) is type(expected)
    assert "top" not in other.parameters


@pytest.mark.parametrize(
    ("declared", "text"), [("int = 1", "a"), ("int = 1", "1.5"), ("float = 1.0", "x"), ("bool = True", "ja")]
)
def test_a_value_of_the_wrong_type_is_refused(tmp_path: Path, declared: str, text: str) -> None:
    data = project_of(tmp_path, "own", parameters=f"{PARAMETERS}\ntop: {declared}")
    with pytest.raises(UsageError, match="parameter top="):
        plan_almelo(data, parameters=[f"top={text}"])


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ('period: str = "2019Q4"', "own: the parameters cell lacks programme, language, as_of"),
        ("", "own: the parameters cell lacks programme"),
        ("period: str =", r"own.ipynb is no notebook"),
    ],
)
def test_a_notebook_without_its_parameters_is_refused(tmp_path: Path, text: str, message: str) -> None:
    data = project_of(tmp_path, "own", parameters=text)
    with pytest.raises(UsageError, match=message):
        plan_almelo(data)


@pytest.mark.parametrize(("name", "partner"), [("index", ""), ("brief-gemeente", 'partner: str = "gemeente"')])
def test_a_notebook_whose_page_is_that_of_another_is_refused(tmp_path: Path, name: str, partner: str) -> None:
    data = project_of(tmp_path, name)
    write_notebook(tmp_path / "notebooks", "brief", parameters=f"{PARAMETERS}\n{partner}")
    with pytest.raises(UsageError, match=f"{name}.ipynb would take the place of another page; rename it"):
        plan_almelo(data)


def test_half_a_notebook_is_named_and_stops_no_other(tmp_path: Path) -> None:
    data = project_of(tmp_path, "own")
    (tmp_path / "notebooks" / "half.ipynb").write_text("{half a notebook")
    assert [job.file for job in plan_almelo(data, only=["own"])] == ["own.html"]
    with pytest.raises(UsageError, match=r"half.ipynb is no notebook"):
        plan_almelo(data)


@pytest.mark.parametrize("about", [{"title": "De markt"}, {"order": "6"}, {"engine": "kernl"}])
def test_a_slip_in_the_metadata_of_a_notebook_is_refused_before_anything_is_made(tmp_path: Path, about: dict) -> None:
    data = project_of(tmp_path, "own")
    path = tmp_path / "notebooks" / "own.ipynb"
    notebook = json.loads(path.read_text(encoding="utf-8"))
    notebook["metadata"]["binnenstad"] = about
    path.write_text(json.dumps(notebook), encoding="utf-8")
    with pytest.raises(UsageError, match="own.ipynb is no notebook of a report"):
        plan_almelo(data)


def test_a_parameter_with_the_name_of_a_table_is_not_mistaken_for_it(tmp_path: Path) -> None:
    data = project_of(tmp_path, "own", parameters=f"{PARAMETERS}\nrisks: float = 0.5")
    first, second = (basis_of(plan_almelo(data, parameters=[f"risks={value}"])[0]) for value in (1, 2))
    assert {name for name in first if first[name] != second[name]} == {"parameter risks"}


def test_a_report_says_also_the_extra_parameters_that_were_left_as_they_are(tmp_path: Path) -> None:
    data = project_of(tmp_path, "own", parameters=f"{PARAMETERS}\ntop: int = 3")
    (job,) = plan_almelo(data)
    assert job.parameters["top"] == 3
    assert job.provenance.parameters["top"] == "3"


def test_no_notebooks_at_all_is_said(tmp_path: Path) -> None:
    data = project_of(tmp_path, "own")
    (tmp_path / "notebooks" / "own.ipynb").unlink()
    with pytest.raises(UsageError, match=r"report \* is not in folder"):
        plan_almelo(data)


@pytest.mark.parametrize("text", ["2019Q4:2019Q1", "2019Q1:2020", "2019:", "a:b", "2019Q5:2020Q1", "2019:2020:2021"])
def test_a_range_that_is_none_is_refused(text: str) -> None:
    with pytest.raises(UsageError, match="period"):
        parse_periods(text)


def test_a_report_tells_what_it_was_made_of(tmp_path: Path) -> None:
    """Its footer changes with any table of its programme, and with the library."""
    data = project_of(tmp_path, "own", cells=[GOOD])
    (before,) = plan_almelo(data)
    with (data / "almelo" / "goals.csv").open("a", encoding="utf-8") as file:
        file.write("\n")
    (after,) = plan_almelo(data)
    assert before.provenance.data != after.provenance.data
    assert before.provenance.code == after.provenance.code
