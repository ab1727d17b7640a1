"""Reading tables as Excel makes them: every dialect in, plain text cells with their row number out."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from binnenstad.programme.contract import columns, contract, is_private
from binnenstad.programme.folders import digest
from binnenstad.words import Words
from binnenstad.words.errors import Fault


class Typed(str):
    """The text of a cell that was a number in its workbook, so that its decimal mark needs no guess."""


@dataclass
class RawTable:
    """One table as delivered: its file, header, and cells as text with the row Excel shows them in.

    ``digest`` is that of the whole file, empty for a table that is not there.
    """

    name: str
    file: str
    digest: str = ""
    header: list[str] = field(default_factory=list)
    rows: list[tuple[int, list[str]]] = field(default_factory=list)
    faults: list[Fault] = field(default_factory=list)
    header_row: int = 1

    @property
    def absent(self) -> set[str]:
        """Return the columns of the contract that the header does not have."""
        return set(columns(self.name)) - set(self.header)

    @property
    def unread(self) -> bool:
        """Return whether the table as a whole could not be read: one fault says so, its rows say nothing."""
        return any(not fault.row and not fault.column for fault in self.faults)


def read_tables(folder: Path, words: Words, *, private: bool = True) -> tuple[dict[str, RawTable], list[Fault]]:
    """Read every table of a programme folder, CSV or workbook.

    Files of private tables stay closed unless ``private``: no report is made of who gets it. Returns every table
    of the contract by name (without rows where there is none), and the faults of files that are no table of it,
    that cannot be read, or that bring a table twice. Changes no file.
    """
    tables: dict[str, RawTable] = {}
    faults: list[Fault] = []
    for path in sorted(deliveries(folder, private=private), key=lambda path: path.name):
        try:
            found = read_delivery(path, words)
        except (BadZipFile, ParseError, KeyError, OSError, ValueError):
            rule, way_out = words.say("the file cannot be read"), words.say("Save it again, as CSV UTF-8 or .xlsx.")
            fault = Fault(path.name, 0, "", "", rule, way_out)
            name = path.stem.lower()
            if path.suffix.lower() == ".csv" and name in contract() and name not in tables:
                tables[name] = RawTable(name, path.name, header=list(columns(name)), faults=[fault])
            else:
                faults.append(fault)
            continue
        for table in found:
            faults += _place(table, tables, words)
    for name in contract().keys() - tables.keys():
        tables[name] = _missing(name, words)
    return {name: tables[name] for name in contract()}, faults


def read_delivery(path: Path, words: Words) -> list[RawTable]:
    """Return the tables in one file as they stand there; raises what openpyxl and files raise."""
    content = path.read_bytes()
    if path.suffix.lower() == ".csv":
        return [_read_csv(path.name, content, words)]
    return list(_read_workbook(path.name, content))


def _missing(name: str, words: Words) -> RawTable:
    table = RawTable(name, f"{name}.csv", header=list(columns(name)))
    if contract()[name]["required"]:
        way_out = words.say("Add it; data/README.md says which columns it has.")
        table.faults.append(Fault(table.file, 0, "", "", words.say("the table is missing"), way_out))
    return table


def deliveries(folder: Path, *, private: bool = True) -> Iterator[Path]:
    """Return the files of a programme folder that hold tables; a lock file of Excel or an example is none."""
    for path in folder.iterdir():
        name, table = path.name.lower(), path.stem.lower()
        delivered = name.endswith((".csv", ".xlsx")) and not name.startswith("~$") and not name.endswith(".example.csv")
        if delivered and (private or table not in contract() or not is_private(table)):
            yield path


def _place(table: RawTable, tables: dict[str, RawTable], words: Words) -> Iterator[Fault]:
    """Put a table among the others, checked, or say why it is not one of them."""
    if table.name not in contract():
        way_out = words.say("Rename it to one of: {names}.", names=", ".join(contract()))
        yield Fault(table.file, 0, "", table.name, words.say("is no table of the contract"), way_out)
    elif table.name in tables:
        rule = words.say("the table also stands in {file}", file=tables[table.name].file)
        yield Fault(table.file, 0, "", table.name, rule, words.say("Keep one of the two."))
    elif is_private(table.name) and not table.file.lower().endswith(".csv"):
        # a workbook goes into git, and the addresses with it
        way_out = words.say("Put it in {file}, which git leaves out.", file=f"{table.name}.csv")
        yield Fault(table.file, 0, "", table.name, words.say("does not belong in a workbook"), way_out)
    else:
        check_shape(table, words)
        tables[table.name] = table


def _read_csv(file: str, content: bytes, words: Words) -> RawTable:
    table = RawTable(Path(file).stem.lower(), file, digest(content))
    lines = _decode(content).splitlines(keepends=True)
    if lines and lines[0].lower().startswith("sep="):
        del lines[0]  # Excel obeys this line and does not show it
    first = next((line for line in lines if line.strip()), "")
    reader = csv.reader(io.StringIO("".join(lines), newline=""), delimiter=max(";,\t", key=first.count), strict=True)
    number = 0
    try:
        for number, cells in enumerate(reader, start=1):
            _add(table, number, cells)
    except csv.Error:
        rule = words.say("a quote is opened and not closed, or closed within a text")
        way_out = words.say("Remove the stray quote, or double the quotes within a text.")
        table.faults.append(Fault(file, number + 1, "", "", rule, way_out))
    return table


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def _read_workbook(file: str, content: bytes) -> Iterator[RawTable]:
    # few folders hold a workbook, and every command would wait for the import
    from openpyxl import load_workbook

    book = load_workbook(io.BytesIO(content), read_only=True, data_only=True)
    for sheet in book.worksheets:
        table = RawTable(sheet.title.lower(), f"{file}[{sheet.title}]", digest(content))
        for number, cells in enumerate(sheet.iter_rows(values_only=True), start=1):
            _add(table, number, [_as_text(cell) for cell in cells])
        yield table
    book.close()


def _as_text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return Typed(int(cell)) if cell.is_integer() else Typed(f"{Decimal(repr(cell)):f}")
    return "" if cell is None else str(cell)


def _add(table: RawTable, number: int, cells: Iterable[str]) -> None:
    cells = [cell if isinstance(cell, Typed) else cell.strip().strip("\u00a0") for cell in cells]
    if not any(cells):
        return
    if table.header:
        table.rows.append((number, cells))
    else:
        table.header, table.header_row = [cell.lower() for cell in cells], number


def check_shape(table: RawTable, words: Words) -> None:
    """Check the header, and bring the rows in contract order with an empty cell for an absent column."""
    if not table.header and not table.faults:
        rule, way_out = words.say("the file is empty"), words.say("Give it at least its header row.")
        table.faults.append(Fault(table.file, 0, "", "", rule, way_out))
    if table.header:
        _drop_empty_columns(table)
        table.faults += _header_faults(table, words)
        table.faults += _width_faults(table, words)
    order = [table.header.index(name) if name in table.header else None for name in columns(table.name)]
    table.rows = [(number, [_cell(row, at) for at in order]) for number, row in table.rows]


def _cell(row: Sequence[str], at: int | None) -> str:
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
    known, row = columns(table.name), table.header_row
    for position, name in enumerate(table.header):
        if name not in known:
            way_out = words.say("Remove it or rename it to one of: {names}.", names=", ".join(known))
            rule = words.say("is no column of this table")
            yield Fault(table.file, row, name or str(position + 1), name, rule, way_out)
        elif name in table.header[:position]:
            yield Fault(table.file, row, name, name, words.say("stands twice in the header"), words.say("Keep one."))
    for name, spec in known.items():
        if spec.get("constraints", {}).get("required") and name in table.absent:
            way_out = words.say("Add the column; data/README.md says what it holds.")
            yield Fault(table.file, row, name, "", words.say("the column is missing"), way_out)
