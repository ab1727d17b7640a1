"""The contract: a valid data package, explained in both languages, and read as an independent reader reads it."""

from __future__ import annotations

import json
import random
from dataclasses import replace
from importlib.resources import files

import pytest
from conftest import ALMELO, ROOT
from dictionary import dictionary
from frictionless import Package

from binnenstad.programme import stated_rules
from binnenstad.programme.cells import BOUNDS
from binnenstad.programme.checking import check_tables
from binnenstad.programme.contract import columns, contract, is_private
from binnenstad.programme.reading import RawTable, Typed, read_tables
from binnenstad.words import Words

EXPLAINED = [name for name in contract() if not is_private(name)]

# --- the contract itself


def test_the_data_dictionary_is_the_one_made_from_the_contract() -> None:
    assert (ROOT / "data" / "README.md").read_text(encoding="utf-8") == dictionary()


def test_the_data_dictionary_names_every_table_and_column() -> None:
    chapters = dictionary().split("\n## ")[1:]
    assert [chapter.split("`")[1] for chapter in chapters] == list(contract())
    for name, chapter in zip(contract(), chapters, strict=True):
        assert [line.split("`")[1] for line in chapter.splitlines() if line.startswith("| `")] == list(columns(name))


def test_the_contract_is_a_valid_data_package() -> None:
    descriptor = json.loads((files("binnenstad.programme") / "datapackage.json").read_text(encoding="utf-8"))
    report = Package.validate_descriptor(descriptor)
    assert report.valid, report.flatten(["note"])


@pytest.mark.parametrize("table", EXPLAINED)
def test_every_table_and_column_is_explained_in_both_languages(table: str) -> None:
    resource = contract()[table]
    assert all(resource[key].strip() for key in ("title", "title_en", "description", "description_en"))
    for field in columns(table).values():
        assert field["title"].strip(), field["name"]
        assert field["title_en"].strip(), field["name"]
        assert bool(field.get("description")) == bool(field.get("description_en")), field["name"]


@pytest.mark.parametrize("table", contract())
def test_keys_point_to_columns_and_tables_there_are(table: str) -> None:
    schema = contract()[table]["schema"]
    keys = schema.get("primaryKey", [])
    assert set(keys) | {c for unique in schema.get("uniqueKeys", []) for c in unique} <= set(columns(table))
    # two decisions on the whole programme may fall on one day
    assert keys or schema.get("uniqueKeys") or table == "decisions"
    for key in schema.get("foreignKeys", []):
        assert set(key["fields"]) <= set(columns(table))
        assert set(key["reference"]["fields"]) <= set(columns(key["reference"]["resource"]))
    for field in columns(table).values():
        assert {columns(table)[low]["type"] for low in field.get("notBelow", ())} <= {field["type"]}


def test_a_twin_column_belongs_to_a_text_column() -> None:
    for table in contract():
        for name in [name for name in columns(table) if name.endswith("_en")]:
            assert columns(table)[name[:-3]]["type"] == columns(table)[name]["type"] == "string"


# --- the same faults as an independent reader of the same contract finds

# bounds that exclude their edge came with version 2 of the standard
PROFILE = "https://datapackage.org/profiles/2.0/datapackage.json"
# what fits no column of a type, or only some; nothing that this reader takes and the standard does not
SPOILED = {
    "string": ["", "niemand", "Twee Woorden!", "cash"], "number": ["", "veel", "-1", "0", "54", "1.5"],
    "integer": ["", "veel", "-1", "0", "54", "1.5"], "year": ["", "later", "2020"],
    "date": ["", "morgen", "2019-02-31", "2020-01-31"], "boolean": ["", "misschien", "true"],
}  # fmt: skip
Cells = set[tuple[str, int, str]]


@pytest.fixture(scope="module")
def plain() -> dict[str, RawTable]:
    """The tables of Almelo in contract order, each cell in the one form that the standard knows."""
    raw, _ = read_tables(ALMELO, Words("en"), private=False)
    for name, table in raw.items():
        table.header = list(columns(name))
        numeric = [field["type"] == "number" for field in columns(name).values()]
        for row, cells in table.rows.items():
            table.rows[row] = [
                Typed(cell.replace(",", ".")) if number else cell for number, cell in zip(numeric, cells, strict=True)
            ]
    return raw


def spoil(tables: dict[str, RawTable], chance: random.Random, count: int) -> dict[str, RawTable]:
    """Return copies with other cells: some that fit no column, some that another row has."""
    copies = {name: replace(table, rows=dict(table.rows), faults=[]) for name, table in tables.items()}
    filled = [name for name, table in tables.items() if len(table.rows) > 1]
    for _ in range(count):
        name = chance.choice(filled)
        place, field = chance.choice(list(enumerate(columns(name).values())))
        row, other = chance.sample(sorted(tables[name].rows), 2)
        cell = chance.choice([*SPOILED[field["type"]], tables[name].rows[other][place]])
        copies[name].rows[row] = [*copies[name].rows[row][:place], Typed(cell), *copies[name].rows[row][place + 1 :]]
    return copies


def found_by_frictionless(tables: dict[str, RawTable]) -> Cells:
    """Return the cells at fault; one that is at fault brings no fault of a key that it is part of."""
    resources = [
        {"name": name, "schema": contract()[name]["schema"],
         "data": [list(columns(name)), *([str(cell) for cell in cells] for cells in table.rows.values())]}
        for name, table in tables.items()
    ]  # fmt: skip
    found: Cells = set()
    for task in Package.from_descriptor({"$schema": PROFILE, "resources": resources}).validate().tasks:
        rows, key = list(tables[task.name].rows), contract()[task.name]["schema"].get("primaryKey", [])
        for error in task.errors:
            names = key if error.type == "primary-key" else getattr(error, "field_names", None) or [error.field_name]
            places = {(task.name, rows[error.row_number - 2], name) for name in names}
            found |= set() if places & found else places
    return found


@pytest.mark.parametrize("seed", range(8))
def test_spoiled_cells_are_those_that_frictionless_finds(
    plain: dict[str, RawTable], monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    monkeypatch.setattr(stated_rules, "RULES", {})
    monkeypatch.setattr(stated_rules, "YEARS", {})
    # frictionless knows none of these
    for name in contract():
        monkeypatch.delitem(contract()[name]["schema"], "uniqueKeys", raising=False)
        for field in columns(name).values():
            monkeypatch.delitem(field, "notBelow", raising=False)
            monkeypatch.delitem(field, "needs", raising=False)
    spoiled = spoil(plain, random.Random(seed), 100)
    _, faults = check_tables(spoiled, (2019, 2022), Words("en"))
    tables = {table.file: name for name, table in spoiled.items()}
    found = {(tables[fault.file], fault.row, name) for fault in faults for name in fault.column.split(", ")}
    assert found == found_by_frictionless(spoiled)
    assert len(found) > 20


def test_every_kind_of_rule_of_the_contract_is_one_that_is_checked() -> None:
    limits = {
        name for table in contract() for field in columns(table).values() for name in field.get("constraints", {})
    }
    assert limits <= {"required", "enum", "pattern", *BOUNDS}
    assert {field["type"] for table in contract() for field in columns(table).values()} == set(SPOILED)
