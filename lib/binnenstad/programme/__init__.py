"""A programme folder: found, read, checked against the contract, and given to the notebooks."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from binnenstad.errors import DataError, UsageError
from binnenstad.folders import DATA_VARIABLE, DESPITE_VARIABLE, data_root, find_programme
from binnenstad.programme.about import read_about
from binnenstad.programme.apart import goals_at_fault, set_apart
from binnenstad.programme.checking import check_tables
from binnenstad.programme.contract import columns
from binnenstad.programme.reading import deliveries
from binnenstad.text import Words, parse_day, parse_period

__all__ = [
    "DATA_VARIABLE", "Moment", "Programme", "check_programme", "data_root", "find_programme", "fingerprint",
    "read_programme",
]  # fmt: skip

# set by the batch to the fingerprints it has checked, so that each notebook need not check it again
CHECKED_VARIABLE = "BINNENSTAD_CHECKED"


@dataclass(frozen=True)
class Moment:
    """When a report speaks of: its period, the last day of it, and until when figures were published."""

    period: pd.Period
    reference: pd.Timestamp
    as_of: pd.Timestamp

    @property
    def year(self) -> int:
        """Return the year the period lies in."""
        return int(self.period.year)


@dataclass(frozen=True)
class Programme:
    """A checked programme: what holds for all of it, and its tables by name."""

    id: str
    title: str
    start: dt.date
    end: dt.date
    report_after_days: int
    source: str
    tables: dict[str, pd.DataFrame]

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return one table of the contract; empty where the folder has none."""
        return self.tables[table]

    def runs_in(self, year: int) -> bool:
        """Return whether the programme runs in a year."""
        return self.start.year <= year <= self.end.year

    def titles(self, table: str) -> pd.Series:
        """Return the title per id of one table, in the language the programme was read in."""
        return self[table].set_index("id")["title"]

    def row(self, table: str, id: str = "") -> pd.Series:
        """Return one row of a table by its id, the first for none; raises ``UsageError`` for an id it does not have."""
        rows = self[table].set_index("id", drop=False)
        if id and id not in rows.index:
            raise UsageError(
                "{id!r} is no id in table {table} of {programme}; known: {known}",
                id=id, table=table, programme=self.id, known=", ".join(rows.index),
            )  # fmt: skip
        return rows.loc[[id or rows.index[0]]].iloc[0]

    def last_period(self) -> str:
        """Return the quarter of the last measurement, or of the programme's start without any."""
        last = self["measurements"]["date"].max()
        return str(pd.Period(pd.Timestamp(self.start) if pd.isna(last) else last, freq="Q"))

    def moment(self, period: str, as_of: str = "") -> Moment:
        """Return the moment a report on ``period`` speaks of.

        ``as_of`` (yyyy-mm-dd) bounds the publications used; empty is ``report_after_days`` after the
        period, so that an old report can be made again. Raises ``UsageError`` for a text that is no
        period or date, and for a period before the first data.
        """
        parsed = parse_period(period)
        reference = parsed.end_time.normalize()
        known = pd.Timestamp(parse_day(as_of)) if as_of else reference + pd.Timedelta(days=self.report_after_days)
        dates = [
            self["measurements"]["date"].min(),
            self["indicators"]["baseline_date"].min(),
            pd.Timestamp(self.start),
        ]
        first = min(date for date in dates if pd.notna(date))
        if reference < first:
            raise UsageError(
                "period {period} lies before the first data of {programme} ({first}); choose a later one",
                period=period,
                programme=self.id,
                first=first.date(),
            )
        return Moment(parsed, reference, known)

    def moments(self, period: str, as_of: str = "", most: int = 16) -> list[Moment]:
        """Return the moments of the reports up to ``period``, from the start of the programme, oldest first.

        Earlier periods have the length of this one and the as-of date they had then; at most ``most`` of them are
        kept. A period before the start of the programme stands alone. Raises ``UsageError`` as ``moment``.
        """
        now = self.moment(period, as_of)
        first = max(pd.Period(self.start, freq=now.period.freqstr), now.period - most + 1)
        earlier = pd.period_range(first, now.period - 1, freq=now.period.freqstr)
        past = [self.moment(str(before)) for before in earlier]
        # a report made again with an early as-of date cannot look back on reports that were not made yet
        return [moment for moment in past if moment.as_of < now.as_of] + [now]


def check_programme(folder: Path, language: str = "nl", *, anew: bool = False) -> Programme:
    """Read and check a programme folder; raises ``DataError`` with every fault in it.

    A folder whose fingerprint stands in $BINNENSTAD_CHECKED is known to be good and read only, unless it is
    to be checked ``anew``: the fingerprint says nothing of the recipients.
    With $BINNENSTAD_DESPITE_FAULTS set to 1, faults that are each about one operational goal set those goals
    apart (column ``fault`` of ``indicators``), so that the others can be assessed.
    Text columns with a twin (``title_en``) are given in ``language``; an empty twin falls back.
    """
    words = Words(language)
    about, faults = read_about(folder / "programme.toml", words)
    known_good = not (faults or anew) and fingerprint(folder) in os.environ.get(CHECKED_VARIABLE, "").split()
    tables, found = check_tables(folder, about["start"].year, about["end"].year, words, known_good=known_good)
    faults += found
    at_fault = goals_at_fault(tables, faults) if os.environ.get(DESPITE_VARIABLE) == "1" else None
    if faults and at_fault is None:
        heading = words.say_many("{count} fault in {name}", "{count} faults in {name}", len(faults), name=folder.name)
        raise DataError(faults, heading + ":", words.say("row"), words.say("column"))
    tables = set_apart(tables, at_fault or {}, words)
    spoken = {name: _settled(frame, name, language) for name, frame in tables.items()}
    title = about.get("title_en") if language == "en" else None
    return Programme(
        folder.name, title or about["title"], about["start"], about["end"],
        about["report_after_days"], about["source"], spoken,
    )  # fmt: skip


def read_programme(name: str, language: str = "nl") -> Programme:
    """Find, read and check the programme ``name``; raises ``UsageError`` or ``DataError``."""
    return check_programme(find_programme(name), language)


def fingerprint(folder: Path) -> str:
    """Return 12 hex digits that change with any table or setting a report is made of.

    Who gets the mail is no part of that: a new recipient makes no report old.
    """
    digest = hashlib.sha256()
    files = [*deliveries(folder, private=False), *folder.glob("programme.toml")]
    for path in sorted(files, key=lambda path: path.name):
        digest.update(f"{path.name}\0{path.stat().st_size}\0".encode() + path.read_bytes())
    return digest.hexdigest()[:12]


def _settled(frame: pd.DataFrame, table: str, language: str) -> pd.DataFrame:
    """Give a table without faults its final form: whole years, one language, rows from 0."""
    spoken = {}
    for name, field in columns(table).items():
        column, twin = frame[name], f"{name}_en"
        if language == "en" and twin in frame:
            column = frame[twin].fillna(column)
        if not name.endswith("_en"):
            spoken[name] = column.to_numpy().astype("int64") if field["type"] == "year" else column.array
    return pd.DataFrame(spoken | {name: frame[name].array for name in frame.columns if name not in columns(table)})
