"""Reading a programme folder: every dialect of CSV and workbook in, and what cannot be read named.

Nothing is changed, and a fault stands in the row that the spreadsheet shows.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import zipfile
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook
from programme_folders import SHIPPED, assert_same_tables, cells, faults, places, replace

from binnenstad.programme.cells import Wrong, read_number
from binnenstad.programme.checked import Programme, check_programme
from binnenstad.programme.contract import columns, contract
from binnenstad.words import Words

REQUIRED = [name for name, table in contract().items() if table["required"]]
OPTIONAL_LEAVES = ["effort_indicators", "payments", "budget_totals", "interests", "risk_links", "canvas"]

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


def test_rows_come_in_the_order_of_their_key_whatever_that_of_the_file(edit: Callable[..., Path]) -> None:
    """In a code a number counts as one: 10 comes after 2."""

    def change(rows: list[dict[str, str]]) -> None:
        rows.append(rows[0] | {"id": "10"})
        rows.reverse()

    programme = check_programme(edit("goals", change).parent)
    assert programme["goals"]["id"].tolist() == ["1", "2", "3", "4", "5", "10"]
    assert programme["interests"]["partner"].is_monotonic_increasing


def test_separators_quotes_and_line_ends_stay_inside_a_quoted_cell(edit: Callable[..., Path]) -> None:
    texts = ['een; twee, "drie"\r\nvier\tvijf', "een\ntwee"]
    path = edit("risks", lambda rows: [row.update(note=text) for row, text in zip(rows, texts, strict=False)])
    risks = check_programme(path.parent)["risks"]
    first = [row[0] for row in cells("risks")[1:3]]
    assert risks.set_index("id").loc[first, "note"].tolist() == texts
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
    partners = partners.set_index("id").loc[[row[0] for row in cells("partners")[1:]]]
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
    path = edit("measurements", lambda rows: [row.update(value=v) for row, v in zip(rows, READ, strict=False)])
    assert check_programme(path.parent)["measurements"]["value"].tolist()[: len(READ)] == list(READ.values())


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


@given(st.decimals(-(10**9), 10**9, allow_nan=False, places=None).map(lambda d: round(d, 5)), st.sampled_from(".,"))
def test_a_number_is_read_as_its_writer_meant_it_or_refused(number: Decimal, mark: str) -> None:
    read = read_number(f"{number:f}".replace(".", mark), Words("en"))
    assert isinstance(read, Wrong) or read == float(number)


@given(st.integers(1_000, 10**12), st.sampled_from([".", ",", " ", "\u00a0"]))
def test_thousands_are_never_read_as_decimals(number: int, separator: str) -> None:
    assert isinstance(read_number(f"{number:,}".replace(",", separator), Words("en")), Wrong)


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
    starts = check_programme(path.parent)["efforts"].set_index("id")["start"]
    starts = starts[[row[0] for row in cells("efforts")[1:]][: len(GOOD_DATES)]]
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


@pytest.mark.parametrize("weight", [12.34, 1.234, 300000.125, 1e-05])
def test_a_typed_number_of_a_workbook_needs_no_guess(workbook: Callable[..., Path], weight: float) -> None:
    read = check_programme(workbook(lambda book: book["interests"].__setitem__("D2", weight)))
    partner, _, goal, *_ = cells("interests")[1]
    assert read["interests"].query("partner == @partner and goal == @goal")["weight"].tolist() == [weight]


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
        ("almelo.xlsx[team]", 19, "partner", "niemand"),
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
    (folder / "~$almelo.xlsx").write_bytes(b"locked")
    assert check_programme(folder).delivered == almelo.delivered


# --- row numbers as the spreadsheet shows them

TEAM = "id;title;partner;hours_per_year;task"
GOOD, BAD = "programmamanager;Goed;gemeente;10;taak", "fout;Fout;gemeente;veel;taak"


@pytest.mark.parametrize(
    ("lines", "row"),
    [
        pytest.param([TEAM, GOOD, BAD], 3, id="plain"),
        pytest.param([TEAM, "", ";;;;", GOOD, "", BAD], 6, id="blank rows"),
        pytest.param([TEAM, 'programmamanager;Goed;gemeente;10;"een\nof\nmeer"', BAD], 3, id="multi-line cell"),
        pytest.param([TEAM, '"programmamanager";"G;oed";gemeente;10;"a ""b"" c"', "", BAD], 4, id="quotes"),
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
        ("task_en;source", "task_en;kleur", ("kleur", "kleur"), "is no column of this table"),
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
