"""Reading and checking a programme folder: every dialect in, every fault named, nothing changed."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
import re
import zipfile
from collections.abc import Callable
from decimal import Decimal
from importlib.resources import files
from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from conftest import ALMELO, ROOT
from frictionless import Package
from hypothesis import given, settings
from hypothesis import strategies as st
from openpyxl import Workbook

from binnenstad.programme import (
    CHECKED_VARIABLE,
    Delivered,
    Programme,
    check_programme,
    digests,
    find_programme,
    fingerprint,
    vouch,
)
from binnenstad.programme.cells import normalise
from binnenstad.programme.contract import columns, contract, dictionary, is_private
from binnenstad.programme.delivered import KnownTables, delivered_settings, delivered_tables
from binnenstad.programme.reading import RawTable, read_tables
from binnenstad.words import Words
from binnenstad.words.errors import DataError, Fault, UsageError

Place = tuple[str, int, str, str]
REQUIRED = [name for name, table in contract().items() if table["required"]]
# a private table is in no clone, and Almelo has no votes or decisions to show
SHIPPED = [name for name in contract() if (ALMELO / f"{name}.csv").exists()]
EXPLAINED = [name for name in contract() if not is_private(name)]
OPTIONAL_LEAVES = ["effort_indicators", "payments", "budget_totals", "interests", "risks", "team", "canvas"]


def faults(folder: Path, language: str = "nl") -> list[Fault]:
    with pytest.raises(DataError) as caught:
        check_programme(folder, language)
    return caught.value.faults


def places(folder: Path) -> list[Place]:
    return [(fault.file, fault.row, fault.column, fault.value) for fault in faults(folder)]


def held(folder: Path) -> Delivered:
    """What a folder holds, be it sound or not."""
    raw, _ = read_tables(folder, Words("en"))
    return delivered_settings(folder) | delivered_tables(raw.values())


def mark(folder: Path) -> str:
    return fingerprint(digests(held(folder)))


def cells(table: str) -> list[list[str]]:
    """Return header and rows of a shipped table as text."""
    with (ALMELO / f"{table}.csv").open(encoding="utf-8-sig", newline="") as file:
        return list(csv.reader(file, delimiter=";"))


def replace(folder: Path, file: str, old: str, new: str) -> None:
    """Replace the first ``old`` in a file of the copy."""
    raw = (folder / file).read_bytes()
    assert old.encode() in raw
    (folder / file).write_bytes(raw.replace(old.encode(), new.encode(), 1))


def assert_same_tables(read: Programme, expected: Programme) -> None:
    assert list(read.tables) == list(expected.tables) == list(contract())
    for name, frame in expected.tables.items():
        pd.testing.assert_frame_equal(read[name], frame, obj=name)


# --- dialects of CSV


def deliver(
    folder: Path, *, delimiter: str = ";", mark: str = ",", encoding: str = "utf-8-sig", end: str = "\r\n",
    quoting: Any = csv.QUOTE_MINIMAL, before: str = "", blank: bool = False, tail: int = 0, dutch: bool = False,
    order: int = 1,
) -> None:  # fmt: skip
    """Write every table of the copy again in one dialect."""
    for name in SHIPPED:
        header, *rows = cells(name)
        kinds = {column: field["type"] for column, field in columns(name).items()}
        rows = [[spell(cell, kinds[head], mark, dutch) for head, cell in zip(header, row, strict=True)] for row in rows]
        table = [row[::order] for row in [[f" {head.upper()} " if dutch else head for head in header], *rows]]
        text = io.StringIO(newline="")
        writer = csv.writer(text, delimiter=delimiter, quoting=quoting, lineterminator=end)
        for number, row in enumerate(table):
            writer.writerow(row + [""] * tail)
            if blank and number % 5 == 0:
                text.write(end + delimiter * (len(header) - 1) + end)
        (folder / f"{name}.csv").write_bytes((before + text.getvalue()).encode(encoding))


def spell(cell: str, kind: str, mark: str, dutch: bool) -> str:
    if kind == "number":
        return cell.replace(",", mark)
    if dutch and kind == "date" and cell:
        return dt.date.fromisoformat(cell).strftime("%d-%m-%Y")
    return {"true": "WAAR", "false": "ONWAAR"}.get(cell, cell) if dutch and kind == "boolean" else cell


DIALECTS: dict[str, dict[str, Any]] = {
    "comma and decimal point": {"delimiter": ",", "mark": "."},
    "comma and quoted decimal comma": {"delimiter": ","},
    "semicolon and decimal point": {"mark": "."},
    "tab and decimal comma": {"delimiter": "\t"},
    "tab and decimal point": {"delimiter": "\t", "mark": "."},
    "UTF-8 without BOM": {"encoding": "utf-8"},
    "cp1252": {"encoding": "cp1252"},
    "cp1252 with comma and LF": {"encoding": "cp1252", "delimiter": ",", "mark": ".", "end": "\n"},
    "LF": {"end": "\n"},
    "every cell quoted": {"quoting": csv.QUOTE_ALL},
    "sep line": {"before": "sep=;\r\n"},
    "sep line for comma, LF, no BOM": {
        "before": "SEP=,\n", "delimiter": ",", "mark": ".", "end": "\n", "encoding": "utf-8",
    },
    "blank rows": {"blank": True},
    "blank rows above": {"before": "\r\n;;;\r\n"},
    "empty columns at the right": {"tail": 3},
    "Dutch dates, booleans and a shouting header": {"dutch": True},
    "columns in another order": {"order": -1},
}  # fmt: skip


@pytest.mark.parametrize("dialect", DIALECTS.values(), ids=DIALECTS.keys())
def test_every_dialect_gives_equal_tables(dialect: dict[str, Any], folder: Path, almelo: Programme) -> None:
    deliver(folder, **dialect)
    assert_same_tables(check_programme(folder), almelo)


def test_separators_quotes_and_line_ends_stay_inside_a_quoted_cell(edit: Callable[..., Path]) -> None:
    texts = ['een; twee, "drie"\r\nvier\tvijf', "een\ntwee"]
    path = edit("risks", lambda rows: [row.update(note=text) for row, text in zip(rows, texts, strict=False)])
    risks = check_programme(path.parent)["risks"]
    assert risks["note"].tolist()[:2] == texts
    assert len(risks) == 8


@pytest.mark.parametrize(("delimiter", "encoding"), [(";", "utf-8-sig"), (",", "utf-8"), ("\t", "cp1252")])
def test_text_stays_as_it_was_typed_but_for_its_padding(
    edit: Callable[..., Path], delimiter: str, encoding: str
) -> None:
    """Markup, formulas, accents, a very long title and leading zeros."""
    texts = ["<script>alert(1)</script>", '=HYPERLINK("https://example.org";"klik")', "’t Café – € 5", "x" * 300]

    def change(rows: list[dict[str, str]]) -> None:
        for row, text in zip(rows, texts, strict=False):
            row.update(title=f" {text}\u00a0")
        rows[-1].update(constituency=" 007 ")

    partners = check_programme(edit("partners", change, delimiter=delimiter, encoding=encoding).parent)["partners"]
    assert partners["title"].tolist()[: len(texts)] == texts
    assert partners["constituency"].iloc[-1] == "007"


def test_an_unclosed_quote_does_not_swallow_the_rows_below(folder: Path) -> None:
    replace(folder, "measurements.csv", "niet openbaar;\r\n", 'niet openbaar;"let op\r\n')
    assert "measurements.csv" in {fault.file for fault in faults(folder)}


def test_a_file_that_is_no_text_is_one_fault(folder: Path) -> None:
    (folder / "measurements.csv").write_bytes(b"indicator;date\r\n\x81\x8d\r\n")
    assert places(folder) == [("measurements.csv", 0, "", "")]


# --- numbers, dates and booleans

REFUSED = [
    "1.234", "1,234", "-1.234", "123.456", "1 234", "1\u00a0234", "1.234.567", "1,234,567", "1.234,50", "1,234.50",
    "inf", "-inf", "nan", "NaN", "1e5", "€ 5", "vijf", "12,5%", "0x10", "1_000", "--5", "12-", "300000 euro",
]  # fmt: skip
READ = {
    "12.5": 12.5, "12,5": 12.5, "1234": 1234.0, "1234.5": 1234.5, "1234,567": 1234.567, "0,125": 0.125,
    "1.2345": 1.2345, "+5": 5.0, "007": 7.0, "0": 0.0, "12,50": 12.5, "1234567": 1234567.0,
}  # fmt: skip


def test_numbers_that_can_be_misread_are_refused_by_name(edit: Callable[..., Path]) -> None:
    path = edit("budget", lambda rows: [row.update(amount_eur=v) for row, v in zip(rows, REFUSED, strict=False)])
    found = faults(path.parent, "en")
    assert [(f.row, f.column, f.value) for f in found] == [
        (number, "amount_eur", value) for number, value in enumerate(REFUSED, start=2)
    ]
    rules = {fault.value: fault.rule for fault in found}
    assert {rules[value] for value in REFUSED[:4]} == {"can be read in two ways (thousands or decimals)"}
    assert {rules[value] for value in REFUSED[4:10]} == {"has thousands separators"}
    assert {rules[value] for value in REFUSED[10:]} == {"is not a number"}
    assert found[0].way_out == "Write 1234 or 1,2340."


def test_plain_numbers_are_read_as_they_are_written(edit: Callable[..., Path]) -> None:
    path = edit("budget", lambda rows: [row.update(amount_eur=v) for row, v in zip(rows, READ, strict=False)])
    assert check_programme(path.parent)["budget"]["amount_eur"].tolist()[: len(READ)] == list(READ.values())


@pytest.mark.parametrize(("written", "refused"), [("6,972", "6.972"), ("6.972", "6,972")])
def test_a_clear_decimal_mark_decides_for_its_whole_file(
    edit: Callable[..., Path], folder: Path, written: str, refused: str
) -> None:
    mark = written[1]

    def respell(rows: list[dict[str, str]]) -> None:
        for row in rows:
            row.update(value=row["value"].replace(",", mark), standard_error=row["standard_error"].replace(",", mark))
        rows[21].update(value=written)

    edit("measurements", respell)
    assert check_programme(folder)["measurements"].loc[21, "value"] == 6.972
    replace(folder, "measurements.csv", written, refused)
    assert places(folder) == [("measurements.csv", 23, "value", refused)]


def read_amount(cell: str) -> tuple[str, list[Fault]]:
    """Read the amount of a budget of one row."""
    row = ["fund", "effort", "2019", cell, "", ""]
    found = normalise(RawTable("budget", "budget.csv", header=list(columns("budget")), rows=[(2, row)]), Words("en"))
    return row[3], found


@settings(deadline=None)
@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=None).map(lambda d: round(d, 5)), st.sampled_from(".,"))
def test_a_number_is_read_as_its_writer_meant_it_or_refused(number: Decimal, mark: str) -> None:
    cell, found = read_amount(f"{number:f}".replace(".", mark))
    assert bool(found) == (cell == "")
    assert found or Decimal(cell) == number


@settings(deadline=None)
@given(st.integers(1_000, 10**12), st.sampled_from([".", ",", " ", "\u00a0"]))
def test_thousands_are_never_read_as_decimals(number: int, separator: str) -> None:
    cell, found = read_amount(f"{number:,}".replace(",", separator))
    assert (cell, len(found)) == ("", 1)


GOOD_DATES = {
    "31-12-2019": "2019-12-31", "31/12/2019": "2019-12-31", "2019-12-31": "2019-12-31", "1-2-2019": "2019-02-01",
    "2019-12-31 00:00:00": "2019-12-31", "29-02-2020": "2020-02-29",
}  # fmt: skip
BAD_DATES = [
    "31-02-2019", "1-1-19", "12-31-2019", "2019-13-01", "20191231", "43830", "31 december 2019", "2019Q4", "29-02-2019",
    "2019-12", "31.12.2019", "morgen", "2019-12-31 13:30:00",
]  # fmt: skip


def test_dates_are_read_day_first_or_iso(edit: Callable[..., Path]) -> None:
    path = edit(
        "efforts", lambda rows: [row.update(start=day, end="") for row, day in zip(rows, GOOD_DATES, strict=False)]
    )
    starts = check_programme(path.parent)["efforts"]["start"][: len(GOOD_DATES)]
    assert starts.dt.date.astype(str).tolist() == list(GOOD_DATES.values())


def test_days_that_do_not_exist_or_can_be_misread_are_refused(edit: Callable[..., Path]) -> None:
    path = edit("efforts", lambda rows: [row.update(end=day) for row, day in zip(rows, BAD_DATES, strict=False)])
    assert places(path.parent) == [("efforts.csv", row, "end", day) for row, day in enumerate(BAD_DATES, start=2)]


def test_booleans_in_both_languages_and_nothing_else(edit: Callable[..., Path]) -> None:
    words = {"WAAR": True, "ja": True, "1": True, "Yes": True, "TRUE": True, "ONWAAR": False, "nee": False, "0": False}
    path = edit("measurements", lambda rows: [r.update(method_break=w) for r, w in zip(rows, words, strict=False)])
    assert check_programme(path.parent)["measurements"]["method_break"][: len(words)].tolist() == list(words.values())
    edit("measurements", lambda rows: rows[3].update(method_break="misschien"))
    assert places(path.parent) == [("measurements.csv", 5, "method_break", "misschien")]


# --- workbooks


def typed(cell: str, kind: str) -> object:
    """Return a cell as Excel holds it: numbers, dates, booleans, and codes of digits as whole numbers."""
    if not cell:
        return None
    if kind == "date":
        return dt.datetime.fromisoformat(cell)
    if kind == "boolean":
        return cell == "true"
    if kind == "number":
        return float(cell.replace(",", "."))
    return int(cell) if cell.isdigit() else cell


@pytest.fixture
def workbook(folder: Path) -> Callable[..., Path]:
    """Put the copy's tables in one workbook; ``change`` edits it before it is saved."""

    def write(change: Callable[[Workbook], object] = lambda book: None, name: str = "almelo.xlsx") -> Path:
        book = Workbook()
        book.remove(book.active)
        for table in SHIPPED:
            header, *rows = cells(table)
            sheet = book.create_sheet(table)
            sheet.append(header)
            for row in rows:
                sheet.append([typed(c, columns(table)[head]["type"]) for head, c in zip(header, row, strict=True)])
            (folder / f"{table}.csv").unlink()
        change(book)
        book.save(folder / name)
        return folder

    return write


def test_a_workbook_gives_the_same_tables_as_csv(workbook: Callable[..., Path], almelo: Programme) -> None:
    assert_same_tables(check_programme(workbook()), almelo)


@pytest.mark.parametrize("amount", [12.34, 1.234, 300000.125, 1e-05])
def test_a_typed_number_of_a_workbook_needs_no_guess(workbook: Callable[..., Path], amount: float) -> None:
    read = check_programme(workbook(lambda book: book["budget"].__setitem__("D2", amount)))
    assert read["budget"].loc[0, "amount_eur"] == amount


def test_a_formula_look_alike_in_a_workbook_stays_text(workbook: Callable[..., Path]) -> None:
    def change(book: Workbook) -> None:
        book["partners"]["B4"] = "=HYPERLINK(1)"
        book["partners"]["B4"].data_type = "s"

    assert check_programme(workbook(change)).titles("partners")["ondernemers"] == "=HYPERLINK(1)"


def test_faults_in_a_workbook_name_sheet_row_and_value(workbook: Callable[..., Path]) -> None:
    def change(book: Workbook) -> None:
        sheet = book["budget"]
        sheet["D2"], sheet["D3"], sheet["C4"] = "veel", -5.5, 2018
        sheet.insert_rows(3, 2)
        book.create_sheet("Blad1").append(["kladje"])
        book["team"].append(["nieuw", "Nieuw", None, "niemand"])

    assert places(workbook(change)) == [
        ("almelo.xlsx[Blad1]", 0, "", "blad1"),
        ("almelo.xlsx[budget]", 2, "amount_eur", "veel"),
        ("almelo.xlsx[budget]", 5, "amount_eur", "-5.5"),
        ("almelo.xlsx[budget]", 6, "year", "2018"),
        ("almelo.xlsx[team]", 13, "partner", "niemand"),
    ]


@pytest.mark.parametrize("other", [300000, 7.5])
def test_typed_numbers_do_not_decide_how_a_text_cell_is_read(workbook: Callable[..., Path], other: float) -> None:
    """A typed 7.5 shows as 7,5 in a Dutch Excel, so the text 1.234 beside it may well be a thousand."""

    def change(book: Workbook) -> None:
        book["budget"]["D2"], book["budget"]["D3"] = "1.234", other

    assert places(workbook(change)) == [("almelo.xlsx[budget]", 2, "amount_eur", "1.234")]


@pytest.mark.parametrize("name", ["aa.xlsx", "zz.xlsx"])
def test_an_unreadable_workbook_beside_good_tables_is_one_fault(folder: Path, name: str) -> None:
    (folder / name).write_bytes(b"no workbook")
    assert [(f.file, f.rule) for f in faults(folder, "en")] == [(name, "the file cannot be read")]


def test_a_damaged_sheet_is_a_fault_and_no_traceback(workbook: Callable[..., Path]) -> None:
    path = workbook() / "almelo.xlsx"
    with zipfile.ZipFile(path) as book:
        parts = {name: book.read(name) for name in book.namelist()}
    with zipfile.ZipFile(path, "w") as book:
        for name, part in parts.items():
            book.writestr(name, part[:300] if name == "xl/worksheets/sheet1.xml" else part)
    assert any(fault.file.startswith("almelo.xlsx") for fault in faults(path.parent))


def test_a_table_delivered_twice_is_named_with_its_other_file(folder: Path) -> None:
    book = Workbook()
    book.active.title = "team"
    for row in cells("team"):
        book.active.append(row)
    book.save(folder / "extra.xlsx")
    found = faults(folder, "en")
    assert [(f.file, f.value, f.rule) for f in found] == [
        ("team.csv", "team", "the table also stands in extra.xlsx[team]")
    ]


def test_a_lock_file_of_excel_is_no_delivery(folder: Path, almelo: Programme) -> None:
    before = mark(folder)
    (folder / "~$almelo.xlsx").write_bytes(b"locked")
    assert_same_tables(check_programme(folder), almelo)
    assert mark(folder) == before


# --- row numbers as the spreadsheet shows them

TEAM = "id;title;partner;hours_per_year;task"
GOOD, BAD = "goed;Goed;gemeente;10;taak", "fout;Fout;gemeente;veel;taak"


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        pytest.param([TEAM, GOOD, BAD], 3, id="plain"),
        pytest.param([TEAM, "", ";;;;", GOOD, "", BAD], 6, id="blank rows"),
        pytest.param([TEAM, 'goed;Goed;gemeente;10;"een\nof\nmeer"', BAD], 3, id="multi-line cell"),
        pytest.param([TEAM, '"goed";"G;oed";gemeente;10;"a ""b"" c"', "", BAD], 4, id="quotes"),
        pytest.param(["sep=;", TEAM, GOOD, BAD], 3, id="sep line"),
        pytest.param(["", TEAM, GOOD, BAD], 4, id="blank row above"),
    ],
)
def test_a_fault_stands_in_the_row_excel_shows(folder: Path, lines: list[str], row: int) -> None:
    (folder / "team.csv").write_text("\r\n".join(lines), encoding="utf-8-sig", newline="")
    assert places(folder) == [("team.csv", row, "hours_per_year", "veel")]


def test_a_header_fault_stands_in_the_row_of_the_header(folder: Path) -> None:
    (folder / "team.csv").write_text(f"\r\n\r\n{TEAM};vreemd\r\n{GOOD};\r\n", encoding="utf-8", newline="")
    assert places(folder) == [("team.csv", 3, "vreemd", "vreemd")]


# --- files, headers and rows


@pytest.mark.parametrize("damage", ["absent", "empty"])
@pytest.mark.parametrize("table", REQUIRED)
def test_a_table_that_is_not_there_is_one_fault(folder: Path, table: str, damage: str) -> None:
    """Rows that refer to it are not at fault, and would only hide the one thing to mend."""
    path = folder / f"{table}.csv"
    path.unlink() if damage == "absent" else path.write_bytes(b"")
    rule = {"absent": "the table is missing", "empty": "the file is empty"}[damage]
    assert [(f.file, f.row, f.rule) for f in faults(folder, "en")] == [(f"{table}.csv", 0, rule)]


def test_optional_tables_may_be_absent_or_have_a_header_only(folder: Path, almelo: Programme) -> None:
    for number, table in enumerate(OPTIONAL_LEAVES):
        path = folder / f"{table}.csv"
        path.unlink() if number % 2 else path.write_bytes(path.read_bytes().split(b"\r\n")[0])
    read = check_programme(folder)
    for table in OPTIONAL_LEAVES:
        assert read[table].empty
        assert list(read[table].columns) == list(almelo[table].columns)


def test_no_measurements_at_all_is_no_fault(folder: Path) -> None:
    path = folder / "measurements.csv"
    path.write_bytes(path.read_bytes().split(b"\r\n")[0])
    programme = check_programme(folder)
    assert programme["measurements"].empty
    assert programme["measurements"]["date"].dtype == "datetime64[s]"
    assert programme.moment("2019Q4").year == 2019


def test_a_table_that_needs_rows_says_so(folder: Path) -> None:
    for table in ("goals", "indicators", "partners"):
        path = folder / f"{table}.csv"
        path.write_bytes(path.read_bytes().split(b"\r\n")[0] + b"\r\n")
    rules = [(f.file, f.rule) for f in faults(folder, "en") if not f.row]
    assert rules == [(f"{t}.csv", "the table has no rows") for t in ("goals", "indicators", "partners")]


def test_an_unknown_file_names_the_tables_there_are(folder: Path) -> None:
    (folder / "goal.csv").write_text("id;title\r\n1;x\r\n")
    [fault] = faults(folder, "en")
    assert (fault.file, fault.value, fault.rule) == ("goal.csv", "goal", "is no table of the contract")
    assert all(table in fault.way_out for table in contract())


@pytest.mark.parametrize(
    ("old", "new", "place", "rule"),
    [
        ("id;title;", "id;titel;", ("titel", "titel"), "is no column of this table"),
        ("id;title;", "id;;", ("2", ""), "is no column of this table"),
        ("title_en;partner", "title;partner", ("title", "title"), "stands twice in the header"),
        ("task;source", "task;kleur", ("kleur", "kleur"), "is no column of this table"),
    ],
)
def test_a_header_fault_is_named_with_its_column(
    folder: Path, old: str, new: str, place: tuple[str, str], rule: str
) -> None:
    replace(folder, "team.csv", old, new)
    found = [(f.row, f.column, f.value, f.rule) for f in faults(folder, "en") if f.file == "team.csv"]
    assert (1, *place, rule) in found


@pytest.mark.parametrize(
    ("table", "column"), [("team", "title"), ("budget", "amount_eur"), ("measurements", "published"), ("goals", "id")]
)
def test_a_missing_column_is_one_fault_and_not_one_per_row(folder: Path, table: str, column: str) -> None:
    header, *rows = cells(table)
    at = header.index(column)
    lines = [";".join(f'"{cell}"' for n, cell in enumerate(row) if n != at) for row in (header, *rows)]
    (folder / f"{table}.csv").write_text("\r\n".join(lines), encoding="utf-8-sig", newline="")
    found = [(f.file, f.row, f.column, f.value, f.rule) for f in faults(folder, "en")]
    assert found == [(f"{table}.csv", 1, column, "", "the column is missing")]


def test_an_optional_column_may_be_missing(folder: Path) -> None:
    header, *rows = cells("team")
    lines = [";".join(f'"{cell}"' for cell in row[:4]) for row in (header, *rows)]
    (folder / "team.csv").write_text("\r\n".join(lines), encoding="utf-8", newline="")
    team = check_programme(folder)["team"]
    assert list(team.columns) == [name for name in columns("team") if not name.endswith("_en")]
    assert team[["hours_per_year", "task", "source"]].isna().all(axis=None)


def test_a_row_with_more_cells_than_the_header_names_the_first_too_many(folder: Path) -> None:
    (folder / "team.csv").write_text(f"{TEAM}\r\n{GOOD};;te veel;nog\r\n", encoding="utf-8", newline="")
    assert places(folder) == [("team.csv", 2, "", "te veel")]


# --- one planted fault at a time: table, row index, cells changed, then column, value and rule of the fault

PARTNER_RULE = "is empty while its partner column is filled"
LIMIT_RULE = "lies outside the natural limits of its goal"
TWICE_RULE = "stands twice: the key is already used in an earlier row"
YEARS_RULE = "lies outside the programme (2019-2022)"
ONE_OF_TWO = "a row needs an effort or a goal, not both"
PLANTED: list[tuple[str, int, dict[str, str], str, str, str]] = [
    ("indicators", 3, {"target_kind": ""}, "target_kind", "", PARTNER_RULE),
    ("indicators", 3, {"target_date": ""}, "target_date", "", PARTNER_RULE),
    ("indicators", 3, {"target_value": "", "target_kind": ""}, "target_value", "", PARTNER_RULE),
    ("indicators", 0, {"baseline_date": ""}, "baseline_date", "", PARTNER_RULE),
    ("indicators", 3, {"baseline_value": "6,5"}, "baseline_date", "", PARTNER_RULE),
    ("indicators", 3, {"baseline_date": "2018-12-31"}, "baseline_value", "", PARTNER_RULE),
    ("indicators", 0, {"baseline_value": "", "baseline_date": ""}, "baseline_value", "",
     "is empty while the target is a change on it"),
    ("indicators", 1, {"target_kind": "relative"}, "baseline_value", "", "is empty while the target is a change on it"),
    ("indicators", 0, {"target_date": "31-12-2016"}, "target_date", "2016-12-31", "is not after the baseline date"),
    ("indicators", 0, {"baseline_value": "-1"}, "baseline_value", "-1", LIMIT_RULE),
    ("indicators", 3, {"target_value": "10,5"}, "target_value", "10.5", LIMIT_RULE),
    ("indicators", 7, {"target_value": "60"}, "target_value", "60", LIMIT_RULE),
    ("indicators", 3, {"direction": "up"}, "direction", "up", "is not one of the known words"),
    ("indicators", 3, {"maximum_age_years": "0"}, "maximum_age_years", "0", "is out of bounds"),
    ("measurements", 21, {"value": "11"}, "value", "11", LIMIT_RULE),
    ("measurements", 50, {"value": "57"}, "value", "57", LIMIT_RULE),
    ("measurements", 0, {"published": "30-12-2017"}, "published", "2017-12-30", "is before the reference date"),
    ("measurements", 21, {"respondents": "0"}, "respondents", "0", "is out of bounds"),
    ("measurements", 21, {"respondents": "905,0"}, "respondents", "905,0", "is not a whole number"),
    ("measurements", 21, {"respondents": "1.012"}, "respondents", "1.012", "is not a whole number"),
    ("measurements", 21, {"value": ""}, "value", "", "the cell is empty"),
    ("measurements", 2, {"published": "2019-01-31"}, "indicator, date, published", "1a, 2018-12-31, 2019-01-31",
     TWICE_RULE),
    ("interests", 0, {"effort": "parkeren"}, "effort", "parkeren", ONE_OF_TWO),
    ("interests", 0, {"goal": ""}, "effort", "", ONE_OF_TWO),
    ("interests", 1, {"partner": "ondernemers"}, "partner", "ondernemers", "stands twice with the same effort or goal"),
    ("interests", 0, {"weight": "0"}, "weight", "0", "is out of bounds"),
    ("efforts", 0, {"end": "2018-12-31"}, "end", "2018-12-31", "is before the start"),
    ("efforts", 0, {"role": "boss"}, "role", "boss", "is not one of the known words"),
    ("effort_indicators", 0, {"strength": "4"}, "strength", "4", "is out of bounds"),
    ("budget", 0, {"year": "2018"}, "year", "2018", YEARS_RULE),
    ("budget", 0, {"year": "2023"}, "year", "2023", YEARS_RULE),
    ("budget", 0, {"year": "2019,5"}, "year", "2019,5", "is not a year"),
    ("budget", 0, {"amount_eur": "-1"}, "amount_eur", "-1", "is out of bounds"),
    ("payments", 4, {"year": "2035"}, "year", "2035", YEARS_RULE),
    ("payments", 4, {"fund": "Stadsarangement"}, "fund", "Stadsarangement", "is no fund of the budget"),
    ("risks", 0, {"likelihood": "6"}, "likelihood", "6", "is out of bounds"),
    ("team", 0, {"id": "Programma manager"}, "id", "Programma manager", "is not a code"),
    ("team", 0, {"title": ""}, "title", "", "the cell is empty"),
    ("team", 1, {"id": "programmamanager"}, "id", "programmamanager", TWICE_RULE),
]  # fmt: skip


def rounds() -> list[list[tuple[str, int, dict[str, str], str, str, str]]]:
    """Deal the planted faults into rounds with at most one per table, so that few checks try them all."""
    dealt: list[list[tuple[str, int, dict[str, str], str, str, str]]] = []
    for planted in PLANTED:
        free = next((deal for deal in dealt if planted[0] not in [other[0] for other in deal]), None)
        dealt.append([planted]) if free is None else free.append(planted)
    return dealt


@pytest.mark.parametrize("planted", rounds())
def test_a_planted_fault_is_named_by_place_value_and_rule_and_brings_no_other(
    edit: Callable[..., Path], folder: Path, planted: list[tuple[str, int, dict[str, str], str, str, str]]
) -> None:
    for table, at, changes, *_ in planted:
        edit(table, lambda rows, at=at, changes=changes: rows[at].update(changes))
    found = faults(folder, "en")
    assert [(f.file, f.row, f.column, f.value, f.rule) for f in found] == sorted(
        (f"{table}.csv", at + 2, column, value, rule) for table, at, _, column, value, rule in planted
    )
    assert all(fault.way_out.endswith(".") for fault in found)


def test_every_unknown_id_is_named_with_the_table_it_should_stand_in(edit: Callable[..., Path], folder: Path) -> None:
    links = [
        (name, key["fields"][0], key["reference"]["resource"])
        for name, table in ((name, contract()[name]) for name in SHIPPED)
        for key in table["schema"].get("foreignKeys", [])
    ]
    assert len(links) >= 14
    for number, (table, column, _) in enumerate(links):
        only_one = {"goal": "", "effort": ""} if table == "interests" and column != "partner" else {}
        edit(table, lambda rows, row=number, cell={**only_one, column: f"niemand-{number}"}: rows[row % 7].update(cell))
    expected = sorted(
        (f"{table}.csv", number % 7 + 2, column, f"niemand-{number}", f"is no id of {target}",
         f"Add it to {target} or correct it here.")
        for number, (table, column, target) in enumerate(links)
    )  # fmt: skip
    found = faults(folder, "en")
    assert [(f.file, f.row, f.column, f.value, f.rule, f.way_out) for f in found] == expected


@pytest.mark.parametrize("table", ["goals", "indicators"])
@pytest.mark.parametrize(
    ("weights", "rows", "rule"),
    [(["1", ""], "empty", "is empty while other rows have a weight"), (["0", "0"], "every", "is 0 in every row")],
)
def test_weights_are_filled_everywhere_or_nowhere(
    edit: Callable[..., Path], table: str, weights: list[str], rows: str, rule: str
) -> None:
    def change(lines: list[dict[str, str]]) -> None:
        for number, line in enumerate(lines):
            line["weight"] = weights[min(number, 1)]

    found = faults(edit(table, change).parent, "en")
    count = len(cells(table)) - 1
    expected = range(3, count + 2) if rows == "empty" else range(2, count + 2)
    assert [(f.row, f.column, f.value, f.rule) for f in found] == [
        (row, "weight", weights[1], rule) for row in expected
    ]


def test_weights_in_every_row_are_fine(edit: Callable[..., Path]) -> None:
    path = edit("goals", lambda rows: [row.update(weight=w) for row, w in zip(rows, "31200", strict=True)])
    assert check_programme(path.parent)["goals"]["weight"].tolist() == [3, 1, 2, 0, 0]


def test_limits_the_wrong_way_round_are_named(edit: Callable[..., Path]) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows.append({**rows[3], "id": "3c", "lower_limit": "10", "upper_limit": "1"})
        rows[-1].update(target_kind="", target_value="", target_date="")

    [fault] = faults(edit("indicators", change).parent, "en")
    assert (fault.row, fault.column, fault.value, fault.rule) == (11, "lower_limit", "10", "is above the upper limit")


@pytest.mark.parametrize(
    ("table", "at", "column", "value"),
    [
        ("indicators", 3, "target_value", ""),
        ("indicators", 3, "target_value", "1.234"),
        ("indicators", 3, "target_date", "31-02-2022"),
        ("indicators", 0, "baseline_value", "93.000"),
        ("indicators", 0, "baseline_date", "31-02-2016"),
        ("budget", 0, "year", "19"),
        ("interests", 0, "weight", "zwaar"),
    ],
)
def test_a_cell_that_breaks_several_rules_is_named_once(
    edit: Callable[..., Path], table: str, at: int, column: str, value: str
) -> None:
    path = edit(table, lambda rows: rows[at].update({column: value}))
    assert places(path.parent) == [(f"{table}.csv", at + 2, column, value)]


def test_two_unreadable_cells_in_a_key_are_not_also_a_double_key(edit: Callable[..., Path]) -> None:
    path = edit("budget", lambda rows: [rows[at].update(year=text) for at, text in enumerate(("later", "nooit"))])
    assert places(path.parent) == [("budget.csv", 2, "year", "later"), ("budget.csv", 3, "year", "nooit")]


def test_a_year_of_two_digits_is_explained_in_the_language_of_the_reader(edit: Callable[..., Path]) -> None:
    found = faults(edit("budget", lambda rows: rows[0].update(year="19")).parent)
    assert not any("type is" in fault.way_out for fault in found)


# --- all at once


@pytest.fixture
def spoiled(edit: Callable[..., Path], folder: Path) -> tuple[Path, list[Place]]:
    """A copy with sixteen faults in eleven tables and one file too many, and where they are."""
    planted: list[tuple[str, int, dict[str, str]]] = [
        ("goals", 1, {"title": ""}),
        ("indicators", 0, {"target_date": "2016-12-31"}),
        ("indicators", 3, {"direction": "up"}),
        ("indicators", 7, {"target_value": "60"}),
        ("measurements", 0, {"value": "94.100"}),
        ("measurements", 1, {"indicator": "9z"}),
        ("measurements", 2, {"published": "2018-06-15"}),
        ("efforts", 0, {"end": "31-02-2021"}),
        ("budget", 0, {"year": "2018"}),
        ("budget", 1, {"amount_eur": "-1"}),
        ("payments", 4, {"fund": "Stadsarangement"}),
        ("interests", 0, {"effort": "parkeren"}),
        ("risks", 0, {"likelihood": "6"}),
        ("team", 0, {"partner": "niemand"}),
    ]
    where: list[Place] = [
        (f"{table}.csv", at + 2, column, text) for table, at, change in planted for column, text in change.items()
    ]
    for name in dict.fromkeys(table for table, _, _ in planted):
        mine = [(at, change) for table, at, change in planted if table == name]
        edit(name, lambda rows, mine=mine: [rows[at].update(change) for at, change in mine])
    edit("tracks", lambda rows: rows.append(dict(rows[4])))
    (folder / "notities.csv").write_text("wat;dan\r\n", encoding="utf-8")
    return folder, sorted([*where, ("tracks.csv", 7, "id", "5"), ("notities.csv", 0, "", "notities")])


def test_all_faults_are_found_at_once_and_each_is_named_once(spoiled: tuple[Path, list[Place]]) -> None:
    folder, expected = spoiled
    assert places(folder) == expected


def test_the_message_counts_the_faults_and_gives_each_its_line(spoiled: tuple[Path, list[Place]]) -> None:
    folder, expected = spoiled
    with pytest.raises(DataError) as caught:
        check_programme(folder)
    head, *lines = str(caught.value).splitlines()
    assert head == f"{len(expected)} fouten in almelo:"
    assert len(lines) == len(expected)
    assert '  measurements.csv, rij 2, kolom value: "94.100" is op twee manieren te lezen' in str(caught.value)


def test_faults_are_told_in_english_at_the_same_places(spoiled: tuple[Path, list[Place]]) -> None:
    folder, expected = spoiled
    english, dutch = faults(folder, "en"), faults(folder, "nl")
    assert sorted((f.file, f.row, f.column, f.value) for f in english) == expected
    told = {(f.file, f.row, f.column): (f.rule, f.way_out) for f in dutch}
    assert all(told[f.file, f.row, f.column][0] != f.rule for f in english)
    with pytest.raises(DataError, match=r"^16 faults in almelo:\n.*budget.csv, row 2, column year: \"2018\" lies out"):
        check_programme(folder, "en")


def test_a_faulty_programme_changes_no_file(spoiled: tuple[Path, list[Place]]) -> None:
    folder, _ = spoiled
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*")}
    faults(folder)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*")} == before


# --- programme.toml


@pytest.mark.parametrize(
    ("old", "new", "column", "rule"),
    [
        ('title = "Programma Binnenstad Almelo"', "", "title", "the setting is missing"),
        ("start = 2019-01-01", "", "start", "the setting is missing"),
        ("end = 2022-12-31", "", "end", "the setting is missing"),
        ("report_after_days", "report_days", "report_days", "is no setting"),
        ("start = 2019-01-01", 'start = "2019-01-01"', "start", "is of the wrong kind"),
        ("start = 2019-01-01", "start = 2019-01-01T00:00:00", "start", "is of the wrong kind"),
        ("start = 2019-01-01", "start = 2019", "start", "is of the wrong kind"),
        ("days = 45", 'days = "45"', "report_after_days", "is of the wrong kind"),
        ("days = 45", "days = 1.5", "report_after_days", "is of the wrong kind"),
        ("days = 45", "days = true", "report_after_days", "is of the wrong kind"),
        ('title = "Programma Binnenstad Almelo"', "title = 5", "title", "is of the wrong kind"),
        ("end = 2022-12-31", "end = 2018-12-31", "end", "is before the start"),
    ],
)
def test_a_wrong_setting_is_named(folder: Path, old: str, new: str, column: str, rule: str) -> None:
    replace(folder, "programme.toml", old, new)
    found = [f for f in faults(folder, "en") if f.file == "programme.toml"]
    assert [(f.column, f.rule) for f in found] == [(column, rule)]


def test_settings_and_tables_are_told_together(folder: Path, edit: Callable[..., Path]) -> None:
    edit("team", lambda rows: rows[0].update(partner="niemand"))
    replace(folder, "programme.toml", "end = 2022-12-31", "end = 2022-12-31\nkleur = 1")
    assert places(folder) == [("programme.toml", 0, "kleur", ""), ("team.csv", 2, "partner", "niemand")]


@pytest.mark.parametrize("damage", [b"title = \nstart", b'title = "half', b"\xff\xfe\x00title"])
def test_broken_toml_is_one_fault_that_says_why(folder: Path, damage: bytes) -> None:
    (folder / "programme.toml").write_bytes(damage)
    [fault] = faults(folder, "en")
    assert (fault.file, fault.row) == ("programme.toml", 0)
    assert fault.rule.startswith("is not readable: ")


def test_a_folder_without_programme_toml_is_a_fault_and_no_traceback(folder: Path) -> None:
    (folder / "programme.toml").unlink()
    assert {fault.file for fault in faults(folder)} == {"programme.toml"}


def test_programme_toml_may_have_a_bom_and_leave_out_what_is_optional(folder: Path) -> None:
    (folder / "programme.toml").write_bytes(b'\xef\xbb\xbftitle = "Kort"\r\nstart = 2019-01-01\r\nend = 2022-12-31\r\n')
    programme = check_programme(folder, "en")
    assert (programme.title, programme.report_after_days, programme.source) == ("Kort", 0, "")


# --- finding, moments and fingerprints


@pytest.mark.parametrize("name", ["../almelo", "../x", "", ".", "/almelo", "almere", "Almelo", "almelo/", "almelo\n"])
def test_a_name_that_is_no_programme_is_refused_with_those_there_are(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match="known: almelo"):
        find_programme(name, folder.parent)


def test_a_programme_is_found_below_the_data_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_programme("almelo", folder.parent) == folder
    monkeypatch.setenv("BINNENSTAD_DATA", str(folder.parent))
    assert find_programme("almelo") == folder
    monkeypatch.delenv("BINNENSTAD_DATA")
    (folder / "raw").mkdir()
    monkeypatch.chdir(folder / "raw")
    assert find_programme("almelo") == folder


def test_a_data_folder_without_programmes_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="almelo"):
        find_programme("almelo", tmp_path)


@pytest.mark.parametrize(
    ("period", "as_of", "reference", "known"),
    [
        ("2019Q4", "", "2019-12-31", "2020-02-14"),
        ("2019", "", "2019-12-31", "2020-02-14"),
        ("2019Q1", "", "2019-03-31", "2019-05-15"),
        ("2019Q4", "2019-12-31", "2019-12-31", "2019-12-31"),
        ("2016Q2", "", "2016-06-30", "2016-08-14"),
    ],
)
def test_a_moment_is_the_last_day_of_its_period_and_what_was_known(
    almelo: Programme, period: str, as_of: str, reference: str, known: str
) -> None:
    moment = almelo.moment(period, as_of)
    assert moment.reference == pd.Timestamp(reference)
    assert moment.as_of == pd.Timestamp(known)
    assert moment.year == int(period[:4])


@pytest.mark.parametrize(
    ("period", "as_of"), [("2019Q5", ""), ("2019Q0", ""), ("", ""), ("2019-12", ""), ("2019Q4", "31-12-2019")]
)
def test_a_text_that_is_no_period_or_day_is_refused(almelo: Programme, period: str, as_of: str) -> None:
    with pytest.raises(UsageError, match=re.escape(repr(as_of or period))):
        almelo.moment(period, as_of)


@pytest.mark.parametrize("period", ["2016Q1", "1999"])
def test_a_period_before_the_first_data_says_when_they_begin(almelo: Programme, period: str) -> None:
    with pytest.raises(UsageError, match=rf"{period} .* almelo \(2016-04-01\)"):
        almelo.moment(period)


@pytest.mark.parametrize(
    "name", sorted(p.name for p in ALMELO.iterdir() if p.suffix in (".csv", ".toml") and ".example" not in p.name)
)
def test_the_fingerprint_changes_with_any_table_or_setting(folder: Path, name: str) -> None:
    before = mark(folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    assert mark(folder) != before
    (folder / name).unlink()
    assert mark(folder) != before


def test_the_fingerprint_tells_a_renamed_table_and_no_other_file(folder: Path) -> None:
    before = mark(folder)
    assert before == mark(ALMELO)
    assert len(before) == 12
    (folder / "SOURCE.md").write_text("anders")
    (folder / "raw").mkdir()
    (folder / "raw" / "levering.csv").write_text("a;b")
    assert mark(folder) == before
    (folder / "team.csv").rename(folder / "teams.csv")
    assert mark(folder) != before


def test_a_folder_already_checked_reads_alike_and_no_other_folder_slips_through(
    folder: Path, edit: Callable[..., Path], almelo: Programme, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv(CHECKED_VARIABLE, vouch(folder, held(folder)))
    known = check_programme(folder)
    assert_same_tables(known, almelo)
    assert_same_tables(check_programme(folder, "en"), check_programme(ALMELO, "en"))
    assert (known.delivered, known.title, known.start) == (almelo.delivered, almelo.title, almelo.start)
    edit("team", lambda rows: rows[0].update(partner="niemand"))
    with pytest.raises(UsageError, match=r"team.csv was changed while the reports were being made; run again"):
        check_programme(folder)["team"]
    with pytest.raises(DataError, match="niemand"):
        check_programme(folder, anew=True)
    monkeypatch.setenv(CHECKED_VARIABLE, vouch(ALMELO, held(ALMELO)))
    assert places(folder) == [("team.csv", 2, "partner", "niemand")]
    replace(folder, "programme.toml", "report_after_days", "# report_after_days")
    monkeypatch.setenv(CHECKED_VARIABLE, vouch(folder, almelo.delivered))
    with pytest.raises(UsageError, match=r"programme.toml was changed"):
        check_programme(folder)


def test_known_tables_of_a_workbook_are_the_same_and_absent_ones_are_empty(
    workbook: Callable[..., Path], almelo: Programme
) -> None:
    folder = workbook()
    known = KnownTables(folder, held(folder), "nl")
    assert len(known) == len(list(known)) == len(contract())
    for name, frame in check_programme(folder).tables.items():
        pd.testing.assert_frame_equal(known[name], frame)
    assert known["votes"].empty
    with pytest.raises(KeyError):
        known["stemmen"]


# --- languages


def test_english_takes_the_twin_and_falls_back_to_dutch(edit: Callable[..., Path]) -> None:
    path = edit("tracks", lambda rows: rows[1].update(title_en=""))
    english, dutch = check_programme(path.parent, "en"), check_programme(path.parent)
    assert english.title == "City-centre programme Almelo"
    assert dutch.title == "Programma Binnenstad Almelo"
    assert english.titles("tracks")["5"] == "Cooperation"
    assert english.titles("tracks")["2"] == dutch.titles("tracks")["2"] == "Versterken Almelose DNA in de binnenstad"
    assert english["indicators"].loc[0, "unit_label"] == "visitors per week"
    for frame in (*english.tables.values(), *dutch.tables.values()):
        assert not [name for name in frame.columns if name.endswith("_en")]


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
    keys = [schema["primaryKey"]] if isinstance(schema.get("primaryKey"), str) else schema.get("primaryKey", [])
    assert set(keys) | {c for unique in schema.get("uniqueKeys", []) for c in unique} <= set(columns(table))
    # two decisions on one thing may fall on one day
    assert keys or schema.get("uniqueKeys") or table == "decisions"
    for key in schema.get("foreignKeys", []):
        assert set(key["fields"]) <= set(columns(table))
        assert set(key["reference"]["fields"]) <= set(columns(key["reference"]["resource"]))


def test_a_twin_column_belongs_to_a_text_column() -> None:
    for table in contract():
        for name in [name for name in columns(table) if name.endswith("_en")]:
            assert columns(table)[name[:-3]]["type"] == columns(table)[name]["type"] == "string"
