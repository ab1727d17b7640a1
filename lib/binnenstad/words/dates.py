"""Days and periods: read as a researcher writes them, written as a reader says them."""

from __future__ import annotations

import datetime as dt
import re
from typing import TYPE_CHECKING

from babel.dates import format_date

from binnenstad.words.catalogue import Sentences
from binnenstad.words.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd


class Dates(Sentences):
    """Writes days and periods in one language."""

    def date(self, day: dt.date) -> str:
        """Return a day in full: 31 december 2019."""
        return format_date(day, "d MMMM y", locale=self.language)

    def period(self, period: pd.Period) -> str:
        """Return a month, quarter or year in words.

        >>> Dates("nl").period(parse_period("2019Q4")), Dates("en").period(parse_period("2019"))
        ('4e kwartaal 2019', '2019')
        """
        if period.freqstr.startswith("Y"):
            return str(period.year)
        if period.freqstr.startswith("M"):
            return format_date(period.start_time, "MMMM y", locale=self.language)
        return self.say("quarter {quarter} of {year}", quarter=period.quarter, year=period.year)

    def during(self, period: pd.Period) -> str:
        """Return a period as it stands inside a sentence.

        >>> Dates("nl").during(parse_period("2019Q4")), Dates("nl").during(parse_period("2019"))
        ('het 4e kwartaal van 2019', '2019')
        >>> Dates("en").during(parse_period("2020Q3"))
        'the 3rd quarter of 2020'
        """
        if not period.freqstr.startswith("Q"):
            return self.period(period)
        # not "quarter 3 in 2020": a number may follow, and two would run together
        quarters = (
            self.pattern("the 1st quarter of {year}"),
            self.pattern("the 2nd quarter of {year}"),
            self.pattern("the 3rd quarter of {year}"),
            self.pattern("the 4th quarter of {year}"),
        )
        return quarters[period.quarter - 1].format(year=period.year)


def parse_period(text: str) -> pd.Period:
    """Return a quarter ("2019Q4") or year ("2019"); anything else raises ``UsageError``.

    >>> parse_period("2019Q4").end_time.date().isoformat()
    '2019-12-31'
    """
    if not re.fullmatch(r"(19|20)[0-9]{2}(Q[1-4])?", text):
        raise UsageError("period {text!r} is no quarter or year; write for instance 2019Q4 or 2019", text=text)
    # pandas takes longer to import than a command needs that only speaks
    import pandas as pd

    return pd.Period(text, freq="Q" if "Q" in text else "Y")


def parse_periods(text: str) -> list[str]:
    """Return the periods of a range, ends included; raises ``UsageError`` for a period or range that is none.

    >>> parse_periods("2019Q3:2020Q2"), parse_periods("2019:2021"), parse_periods("2019Q4")
    (['2019Q3', '2019Q4', '2020Q1', '2020Q2'], ['2019', '2020', '2021'], ['2019Q4'])
    """
    import pandas as pd

    ends = [parse_period(part) for part in text.split(":", 1)]
    if ends[0].freqstr != ends[-1].freqstr or ends[0] > ends[-1]:
        raise UsageError("periods {text!r} are no range; write for instance 2019Q1:2019Q4 or 2019:2022", text=text)
    return [str(period) for period in pd.period_range(ends[0], ends[-1])]


def parse_day(text: str) -> dt.date:
    """Return the day written as yyyy-mm-dd; anything else raises ``UsageError``."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise UsageError("{text!r} is no date; write it as yyyy-mm-dd, for instance 2020-02-14", text=text) from None
