"""Reading tables as Excel makes them: every dialect in, plain text cells with their row number out."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from zipfile import BadZipFile

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from binnenstad.errors import Fault
from binnenstad.programme.contract import columns, contract
from binnenstad.text import Words


@dataclass
class RawTable:
    """One table as delivered: its file, header, and cells as text with the row number in the file."""

    name: str
    file: str
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)


def read_tables(folder: Path, words: Words) -> tuple[dict[str, RawTable], list[Fault]]:
    """Read every table of a programme folder, CSV or workbook.

    Returns the tables found by name, and the faults of files that are no table of the
    contract, that cannot be read, or that bring a table twice. Changes no file.
    """
    tables: dict[str, RawTable] = {}
    faults: list[Fault] = []
    for table in _deliveries(folder, words):
        if table.name not in contract():
            way_out = words.say("Rename it to one of: {names}.", names=", ".join(contract()))
            faults.append(Fault(table.file, 0, "", table.name, words.say("is no table of the contract"), way_out))
        elif table.name in tables:
            rule = words.say("the table also stands in {file}", file=tables[table.name].file)
            faults.append(Fault(table.file, 0, "", table.name, rule, words.say("Keep one of the two.")))
        else:
            tables[table.name] = table
    missing = [name for name, resource in contract().items() if resource["required"] and name not in tables]
    rule, way_out = (words.say("the table is missing"), words.say("Add it; data/README.md says which columns it has."))
    faults += [Fault(f"{name}.csv", 0, "", "", rule, way_out) for name in missing]
    return tables, faults


def _deliveries(folder: Path, words: Words) -> Iterator[RawTable]:
    for path in sorted(folder.iterdir(), key=lambda p: p.name):
        if path.suffix.lower() == ".csv":
            yield _trimmed(_read_csv(path, words), words)
        elif path.suffix.lower() == ".xlsx" and not path.name.startswith("~$"):
            for table in _read_workbook(path, words):
                yield _trimmed(table, words)


def _read_csv(path: Path, words: Words) -> RawTable:
    table = RawTable(path.stem.lower(), path.name)
    try:
        text = _decode(path.read_bytes())
    except UnicodeDecodeError:
        rule = words.say("the file is not readable as text")
        table.faults.append(Fault(path.name, 0, "", "", rule, words.say("Save it as CSV UTF-8.")))
        return table
    lines = text.splitlines()
    if lines and lines[0].lower().startswith("sep="):
        text, skipped = text.split("\n", 1)[1] if "\n" in text else "", 1
    else:
        skipped = 0
    first = next((line for line in text.splitlines() if line.strip()), "")
    delimiter = max(";,\t", key=first.count)
    # newline="" keeps line ends inside quoted cells for the csv reader
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter)
    start = skipped + 1
    for cells in reader:
        _add(table, start, cells)
        start = skipped + reader.line_num + 1
    return table


def _decode(raw: bytes) -> str:
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def _read_workbook(path: Path, words: Words) -> Iterator[RawTable]:
    try:
        book = load_workbook(path, read_only=True, data_only=True)
    except (BadZipFile, InvalidFileException, KeyError, OSError):
        unreadable = RawTable(next(iter(contract())), path.name)
        rule = words.say("the workbook cannot be opened")
        unreadable.faults.append(Fault(path.name, 0, "", "", rule, words.say("Save it again as .xlsx.")))
        yield unreadable
        return
    for sheet in book.worksheets:
        table = RawTable(sheet.title.lower(), f"{path.name}[{sheet.title}]")
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            _add(table, number, [_as_text(cell) for cell in cells])
        yield table
    book.close()


def _as_text(cell: object) -> str:
    if cell is None:
        return ""
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        # a typed cell has no decimal style: a fourth decimal keeps 1.234 from reading as thousands
        return str(int(cell)) if cell.is_integer() else f"{Decimal(repr(cell)):f}" + "0"
    return str(cell)


def _add(table: RawTable, number: int, cells: list[str]) -> None:
    cells = [cell.strip().strip("\u00a0") for cell in cells]
    if not any(cells):
        return
    if table.header:
        table.rows.append((number, cells))
    else:
        table.header = [cell.lower() for cell in cells]


def _trimmed(table: RawTable, words: Words) -> RawTable:
    """Check the header, and bring the rows in contract order with an empty cell for an absent column."""
    if table.name not in contract() or table.faults:
        return table
    if not table.header:
        rule, way_out = words.say("the file is empty"), words.say("Give it at least its header row.")
        table.faults.append(Fault(table.file, 0, "", "", rule, way_out))
        return table
    _drop_empty_columns(table)
    table.faults += _header_faults(table, words)
    table.faults += _width_faults(table, words)
    order = [table.header.index(name) if name in table.header else None for name in columns(table.name)]
    table.rows = [(number, [_cell(row, at) for at in order]) for number, row in table.rows]
    return table


def _cell(row: list[str], at: int | None) -> str:
    return "" if at is None or at >= len(row) else row[at]


def _drop_empty_columns(table: RawTable) -> None:
    """Drop the columns without head or content that Excel leaves at the right."""
    while table.header and not table.header[-1]:
        width = len(table.header)
        if any(any(row[width - 1 :]) for _, row in table.rows):
            return
        table.header.pop()
        table.rows = [(number, row[: width - 1]) for number, row in table.rows]


def _width_faults(table: RawTable, words: Words) -> Iterator[Fault]:
    width = len(table.header)
    rule = words.say("the row has more cells than the header")
    way_out = words.say("Put quotes around a text with the separator in it.")
    for number, row in table.rows:
        if any(row[width:]):
            yield Fault(table.file, number, "", next(filter(None, row[width:])), rule, way_out)


def _header_faults(table: RawTable, words: Words) -> Iterator[Fault]:
    known = columns(table.name)
    for position, name in enumerate(table.header):
        if name not in known:
            way_out = words.say("Remove it or rename it to one of: {names}.", names=", ".join(known))
            rule = words.say("is no column of this table")
            yield Fault(table.file, 1, name or str(position + 1), name, rule, way_out)
        elif name in table.header[:position]:
            yield Fault(table.file, 1, name, name, words.say("stands twice in the header"), words.say("Keep one."))
    for name, spec in known.items():
        if spec.get("constraints", {}).get("required") and name not in table.header:
            way_out = words.say("Add the column; data/README.md says what it holds.")
            yield Fault(table.file, 1, name, "", words.say("the column is missing"), way_out)
