"""Files as Excel makes them -> tables of text cells in contract order, each row with its number in the file."""

from __future__ import annotations

import csv
import datetime as dt
import io
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from pathlib import Path
from xml.etree.ElementTree import ParseError
from zipfile import BadZipFile

from binnenstad.programme.contract import columns, contract, is_private
from binnenstad.programme.folders import digest
from binnenstad.words import Words
from binnenstad.words.errors import Fault

NEED_ROWS = ("goals", "indicators", "partners")


class Typed(str):
    """The text of a cell that was a number in its workbook, so that its decimal mark needs no guess."""


@dataclass
class RawTable:
    """One table as delivered: its header, and per row, by the number Excel shows, its cells as text.

    ``digest`` is that of the whole file. Both are empty for a table that cannot be read.
    """

    name: str
    file: str
    digest: str = ""
    header: list[str] = field(default_factory=list)
    rows: dict[int, list[str]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    @property
    def absent(self) -> set[str]:
        """Return the columns of the contract that the header does not have."""
        return set(columns(self.name)) - set(self.header)


def read_tables(folder: Path, words: Words, *, private: bool) -> tuple[dict[str, RawTable], list[Fault]]:
    """Read every table of a programme folder, CSV or workbook.

    Files of private tables stay closed unless ``private``. Returns every table of the contract by name (without
    rows where there is none), its faults in it, and the faults of files that are no table of the contract, that
    cannot be read, or that bring a table twice. Changes no file.
    """
    tables: dict[str, RawTable] = {}
    faults: list[Fault] = []
    for path in sorted(_deliveries(folder, private=private), key=lambda path: path.name):
        try:
            found = list(_tables_in(path, words))
        except (BadZipFile, ParseError, KeyError, OSError, ValueError):
            rule, way_out = words.say("the file cannot be read"), words.say("Save it again, as CSV UTF-8 or .xlsx.")
            faults.append(Fault(path.name, 0, "", "", rule, way_out))
            # what cannot be read is not missing as well
            tables.setdefault(path.stem.lower(), RawTable(path.stem.lower(), path.name))
        else:
            for table in found:
                faults += _place(table, tables, words)
    return {name: tables.get(name) or _missing(name, words) for name in contract()}, faults


def _deliveries(folder: Path, *, private: bool) -> Iterator[Path]:
    """Return the files of a programme folder that hold tables; a lock file of Excel or an example is none."""
    for path in folder.iterdir():
        name, table = path.name.lower(), path.stem.lower()
        delivered = name.endswith((".csv", ".xlsx")) and not name.startswith("~$") and not name.endswith(".example.csv")
        if delivered and (private or table not in contract() or not is_private(table)):
            yield path


def _tables_in(path: Path, words: Words) -> Iterator[RawTable]:
    content = path.read_bytes()
    if path.suffix.lower() == ".csv":
        yield _table(RawTable(path.stem.lower(), path.name, digest(content)), _csv_lines(content), words)
        return
    # few folders hold a workbook, and every command would wait for the import
    from openpyxl import load_workbook

    for sheet in load_workbook(io.BytesIO(content), read_only=True, data_only=True).worksheets:
        lines = ([_as_text(cell) for cell in line] for line in sheet.iter_rows(values_only=True))
        yield _table(RawTable(sheet.title.lower(), f"{path.name}[{sheet.title}]", digest(content)), lines, words)


def _csv_lines(content: bytes) -> Iterator[list[str]]:
    lines = _decode(content).splitlines(keepends=True)
    if lines and lines[0].lower().startswith("sep="):
        del lines[0]  # Excel obeys this line and does not show it
    first = next((line for line in lines if line.strip()), "")
    text = io.StringIO("".join(lines), newline="")
    for line in csv.reader(text, delimiter=max(";,\t", key=first.count), strict=True):
        yield [cell.strip() for cell in line]


def _decode(raw: bytes) -> str:
    if raw.startswith((b"\xff\xfe", b"\xfe\xff")):
        return raw.decode("utf-16")
    try:
        return raw.decode("utf-8-sig")
    except UnicodeDecodeError:
        return raw.decode("cp1252")


def _as_text(cell: object) -> str:
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat()
    if isinstance(cell, float):
        return Typed(int(cell)) if cell.is_integer() else Typed(f"{Decimal(repr(cell)):f}")
    return "" if cell is None else str(cell).strip()


def _table(table: RawTable, lines: Iterable[list[str]], words: Words) -> RawTable:
    """Fill a table with the lines of its file, less the blank ones."""
    number = 0
    try:
        for number, cells in enumerate(lines, start=1):
            if any(cells):
                table.rows[number] = cells
    except csv.Error:
        rule = words.say("a quote is opened and not closed, or closed within a text")
        way_out = words.say("Remove the stray quote, or double the quotes within a text.")
        table.faults.append(Fault(table.file, number + 1, "", "", rule, way_out))
    return table


def _missing(name: str, words: Words) -> RawTable:
    if not contract()[name]["required"]:
        return RawTable(name, f"{name}.csv", header=list(columns(name)))
    way_out = words.say("Add it; data/README.md says which columns it has.")
    fault = Fault(f"{name}.csv", 0, "", "", words.say("the table is missing"), way_out)
    return RawTable(name, f"{name}.csv", faults=[fault])


def _place(table: RawTable, tables: dict[str, RawTable], words: Words) -> Iterator[Fault]:
    """Put a table among the others, in contract order, or say why it is not one of them."""
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
        tables[table.name] = table
        table.faults += _shape(table, words)


def _shape(table: RawTable, words: Words) -> Iterator[Fault]:
    """Take the header off, say what is wrong with it, and bring the rows in contract order."""
    if not table.rows:
        rule, way_out = words.say("the file is empty"), words.say("Give it at least its header row.")
        # a broken quote in its first row is told already
        yield from [] if table.faults else [Fault(table.file, 0, "", "", rule, way_out)]
        return
    header_row = min(table.rows)
    table.header = [cell.lower() for cell in table.rows.pop(header_row)]
    if table.name in NEED_ROWS and not table.rows:
        rule, way_out = words.say("the table has no rows"), words.say("Fill in at least one row.")
        yield Fault(table.file, 0, "", "", rule, way_out)
    yield from _width_faults(table, words)
    yield from _header_faults(table, header_row, words)
    places = [table.header.index(name) if name in table.header else -1 for name in columns(table.name)]
    table.rows = {number: [cells[place] for place in places] for number, cells in table.rows.items()}


def _width_faults(table: RawTable, words: Words) -> Iterator[Fault]:
    """Make rows as long as the header, and one cell more: the empty one of every column that is absent."""
    width = len(table.header)
    for number, cells in table.rows.items():
        if beyond := next(filter(None, cells[width:]), ""):
            rule = words.say("the row has more cells than the header")
            way_out = words.say("Put quotes around a text with the separator in it.")
            yield Fault(table.file, number, "", beyond, rule, way_out)
        table.rows[number] = (cells + [""] * width)[:width] + [""]


def _header_faults(table: RawTable, row: int, words: Words) -> Iterator[Fault]:
    known = columns(table.name)
    for place, name in enumerate(table.header):
        # Excel leaves columns without head or content
        if name not in known and (name or any(cells[place] for cells in table.rows.values())):
            rule = words.say("is no column of this table")
            way_out = words.say("Remove it or rename it to one of: {names}.", names=", ".join(known))
            yield Fault(table.file, row, name or str(place + 1), name, rule, way_out)
        elif name in known and name in table.header[:place]:
            yield Fault(table.file, row, name, name, words.say("stands twice in the header"), words.say("Keep one."))
    for name, column in known.items():
        if column.get("constraints", {}).get("required") and name in table.absent:
            way_out = words.say("Add the column; data/README.md says what it holds.")
            yield Fault(table.file, row, name, "", words.say("the column is missing"), way_out)
