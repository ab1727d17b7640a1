"""A programme as a report uses it: its checked tables, what holds for all of it, and the moment a report speaks of."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path

import pandas as pd

from binnenstad.programme.about import SETTINGS_FILE, read_about
from binnenstad.programme.cells import settled
from binnenstad.programme.checking import check_tables
from binnenstad.programme.contract import is_private
from binnenstad.programme.delivered import SETTINGS, Delivered, Delivery
from binnenstad.programme.folders import digest, find_programme
from binnenstad.programme.known import known_by
from binnenstad.programme.reading import read_tables
from binnenstad.words import Words, parse_day, parse_period
from binnenstad.words.errors import DataError, UsageError


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

    @property
    def today(self) -> pd.Timestamp:
        """Return the day that counts as today: the last of the period, or the as-of day where that is earlier."""
        return min(self.reference, self.as_of)


@dataclass(frozen=True)
class Programme:
    """A checked programme: what holds for all of it, and its tables by name.

    ``delivered`` says where each table was found, and what its file held; ``scope_body`` is the body that decides on
    the scope, empty where the folder does not say.
    """

    id: str
    title: str
    start: dt.date
    end: dt.date
    report_after_days: int
    source: str
    tables: Mapping[str, pd.DataFrame]
    delivered: Delivered = field(default_factory=dict)
    scope_body: str = ""

    def __getitem__(self, table: str) -> pd.DataFrame:
        """Return one table of the contract; empty where the folder has none."""
        return self.tables[table]

    def known_by(self, moment: Moment) -> Programme:
        """Return the programme as it was known at a moment, with the money of its year on (``known.known_by``)."""
        return replace(self, tables=known_by(self.tables, moment.as_of, range(moment.year, self.end.year + 1)))

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
        given = *self["measurements"]["date"], *self["indicators"]["baseline_date"].dropna()
        first = min([pd.Timestamp(self.start), *given])
        if reference < first:
            raise UsageError(
                "period {period} lies before the first data of {programme} ({first}); choose a later one",
                period=period, programme=self.id, first=first.date(),
            )  # fmt: skip
        return Moment(parsed, reference, known)

    def moments(self, period: str, as_of: str = "", most: int = 16) -> list[Moment]:
        """Return the moments of the reports up to ``period``, from the start of the programme, oldest first.

        Earlier periods have the length of this one and the as-of date they had then; at most ``most`` of them are
        kept. A period before the start of the programme stands alone. Raises ``UsageError`` as ``moment``.
        """
        now = self.moment(period, as_of)
        first = max(pd.Period(self.start, freq=now.period.freqstr), now.period - most + 1)
        past = [self.moment(str(before)) for before in pd.period_range(first, now.period - 1, freq=now.period.freqstr)]
        # a report made again with an early as-of date cannot look back on reports that were not made yet
        return [moment for moment in past if moment.as_of < now.as_of] + [now]


def check_programme(folder: Path, language: str = "nl", *, private: bool = True) -> Programme:
    """Read and check a programme folder; raises ``DataError`` with every fault in it.

    Private tables (who gets mail) are read and checked too, unless ``private`` is false: no report is made of them.
    Text columns with a twin (``title_en``) are given in ``language``; an empty twin falls back.
    """
    words, path = Words(language), folder / SETTINGS_FILE
    # taken before they are read: what is changed in between is then seen to be changed
    delivered = {SETTINGS: Delivery(path.name, digest(path.read_bytes()))} if path.exists() else {}
    about, faults = read_about(path, words)
    raw, found = read_tables(folder, words, private=private)
    frames, wrong = check_tables(raw, (about["start"].year, about["end"].year), words)
    if faults := faults + found + wrong:
        raise DataError(faults, folder.name, words)
    delivered |= {
        name: Delivery(table.file.partition("[")[0], table.digest)
        for name, table in raw.items() if table.digest and not is_private(name)
    }  # fmt: skip
    tables = {name: settled(frame, name, language) for name, frame in frames.items()}
    title, body = ((language == "en" and about[f"{name}_en"]) or about[name] for name in ("title", "scope_body"))
    settings = {name: about[name] for name in ("start", "end", "report_after_days", "source")}
    return Programme(folder.name, title, tables=tables, delivered=delivered, scope_body=body, **settings)


def read_programme(name: str, language: str = "nl") -> Programme:
    """Find, read and check the programme a report is made of; raises ``UsageError`` or ``DataError``."""
    return check_programme(find_programme(name), language, private=False)
