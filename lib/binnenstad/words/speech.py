"""Words, numbers and periods: what a reader sees, in Dutch or English, never by the machine's locale."""

from __future__ import annotations

import datetime as dt
import io
import re
from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal
from functools import lru_cache
from importlib.resources import files
from typing import TYPE_CHECKING

from babel.dates import format_date
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po
from babel.numbers import format_decimal
from babel.support import NullTranslations, Translations

from binnenstad.words.errors import UsageError

if TYPE_CHECKING:
    import pandas as pd

LANGUAGES = ("nl", "en")
DECIMALS = {"count": 0, "m2": 0, "mark": 1, "share": 0, "eur": 0, "index": 1}
NO_BREAK = "\u00a0"
MINUS = "\u2212"


class Words:
    """Speaks one language: sentences from the catalogue, numbers, money, dates and periods.

    Raises ``UsageError`` for a language other than ``nl`` and ``en``.

    >>> nl = Words("nl")
    >>> nl.number(1234.5, 1), nl.number(6.85, 1), nl.number(-3), nl.percent(0.285)
    ('1.234,5', '6,9', '−3', '29%')
    """

    def __init__(self, language: str = "nl"):
        if language not in LANGUAGES:
            raise UsageError("language {text!r} is not known; choose one of: {known}", text=language, known=LANGUAGES)
        self.language = language
        self._catalogue = _catalogue(language)

    def say(self, message: str, /, **values: object) -> str:
        """Return the message in this language, its ``{names}`` filled in.

        >>> Words("nl").say("unknown")
        'onbekend'
        """
        return self._catalogue.ugettext(message).format(**values)

    def pattern(self, message: str) -> str:
        """Return the message in this language with its ``{names}`` still to be filled."""
        return self._catalogue.ugettext(message)

    def say_many(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Return the singular or plural message for ``count``, which fills ``{count}``."""
        return self._catalogue.ungettext(one, many, count).format(count=self.number(count), **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number rounded half up; missing is written as unknown, never as nan."""
        if _is_missing(value):
            return self.say("unknown")
        rounded = _round(value, decimals)
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        written = format_decimal(rounded, format=pattern, locale=self.language, decimal_quantization=False)
        return written.replace("-", MINUS)

    def percent(self, share: float, decimals: int = 0) -> str:
        """Return a share of 1 as a percentage."""
        return self.number(share * 100, decimals) + ("" if _is_missing(share) else "%")

    def eur(self, amount: float, decimals: int = 0) -> str:
        """Return an amount in euro.

        >>> Words("nl").eur(150000)
        '€\\xa0150.000'
        """
        written = self.number(amount, decimals)
        return written if _is_missing(amount) else f"€{NO_BREAK}{written}"

    def measure(self, value: float, unit: str, unlike: float | None = None) -> str:
        """Return a measured value as its unit is written: marks with one decimal, shares as percentage.

        ``unlike`` is a value this one may not be mistaken for (the target of an unmet goal): decimals
        are added, up to three, until both read differently.

        >>> Words("nl").measure(6.97, "mark", unlike=7.0), Words("nl").measure(0.57, "share")
        ('6,97', '57%')
        """
        return self._measure(value, unit, self._decimals(value, unit, unlike))

    def _decimals(self, value: float, unit: str, unlike: float | None) -> int:
        decimals, scale = DECIMALS[unit], 100 if unit == "share" else 1
        if unlike is not None and not _is_missing(unlike) and not _is_missing(value) and value != unlike:
            most = decimals + 3
            while decimals < most and _round(value * scale, decimals) == _round(unlike * scale, decimals):
                decimals += 1
        return decimals

    def _measure(self, value: float, unit: str, decimals: int) -> str:
        if unit == "share":
            return self.percent(value, decimals)
        return self.eur(value, decimals) if unit == "eur" else self.number(value, decimals)

    def measures(self, values: Sequence[float], unit: str, unlike: float | None = None) -> list[str]:
        """Return measured values that belong together, all with the decimals the finest of them needs.

        >>> Words("nl").measures([6.55, 6.8], "mark", unlike=6.6)
        ['6,55', '6,80']
        """
        decimals = max(self._decimals(value, unit, unlike) for value in values)
        return [self._measure(value, unit, decimals) for value in values]

    def quantity(self, value: float, unit: str, label: str, unlike: float | None = None) -> str:
        """Return a measured value with its unit in words, in the order the language speaks it.

        >>> Words("nl").quantity(6.5, "mark", "rapportcijfer"), Words("nl").quantity(596, "count", "bedrijven")
        ('rapportcijfer 6,5', '596 bedrijven')
        """
        written = self.measure(value, unit, unlike)
        return f"{label} {written}" if unit == "mark" and self.language == "nl" else f"{written} {label}"

    def signed(self, value: float, decimals: int = 0) -> str:
        """Return a difference with its sign, also when it is positive."""
        return ("+" if not _is_missing(value) and _round(value, decimals) > 0 else "") + self.number(value, decimals)

    def change(self, value: float, unit: str) -> str:
        """Return a change of a measured value, with its sign and fine enough to tell small steps apart.

        >>> Words("nl").change(0.0646, "mark"), Words("nl").change(0.0092, "share")
        ('+0,06', '+0,9 procentpunt')
        """
        if unit == "share" and not _is_missing(value):
            return self.say("{points} percentage points", points=self.signed(value * 100, 1))
        return self.signed(value, DECIMALS[unit] + (unit in ("mark", "index")))

    def at_least(self, written: str) -> str:
        """Return a bound from below: minstens 7,0."""
        return self.say("at least {target}", target=written)

    def at_most(self, written: str) -> str:
        """Return a bound from above: hoogstens 6.000."""
        return self.say("at most {target}", target=written)

    def date(self, day: dt.date) -> str:
        """Return a day in full: 31 december 2019."""
        return format_date(day, "d MMMM y", locale=self.language)

    def period(self, period: pd.Period) -> str:
        """Return a month, quarter or year in words.

        >>> Words("nl").period(parse_period("2019Q4")), Words("en").period(parse_period("2019"))
        ('4e kwartaal 2019', '2019')
        """
        if period.freqstr.startswith("Y"):
            return str(period.year)
        if period.freqstr.startswith("M"):
            return format_date(period.start_time, "MMMM y", locale=self.language)
        return self.say("quarter {quarter} of {year}", quarter=period.quarter, year=period.year)

    def during(self, period: pd.Period) -> str:
        """Return a period as it stands inside a sentence.

        >>> Words("nl").during(parse_period("2019Q4")), Words("nl").during(parse_period("2019"))
        ('het 4e kwartaal van 2019', '2019')
        >>> Words("en").during(parse_period("2020Q3"))
        'the 3rd quarter of 2020'
        """
        if period.freqstr.startswith("Q"):
            # not "quarter 3 in 2020": a number may follow, and two would run together
            quarters = (
                self.pattern("the 1st quarter of {year}"),
                self.pattern("the 2nd quarter of {year}"),
                self.pattern("the 3rd quarter of {year}"),
                self.pattern("the 4th quarter of {year}"),
            )
            return quarters[period.quarter - 1].format(year=period.year)
        return self.period(period)

    def listing(self, items: Sequence[str]) -> str:
        """Return items as one phrase: a, b en c."""
        if len(items) < 2:
            return "".join(items)
        return self.say("{first} and {last}", first=", ".join(items[:-1]), last=items[-1])


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


def parse_day(text: str) -> dt.date:
    """Return the day written as yyyy-mm-dd; anything else raises ``UsageError``."""
    try:
        return dt.datetime.strptime(text, "%Y-%m-%d").date()
    except ValueError:
        raise UsageError("{text!r} is no date; write it as yyyy-mm-dd, for instance 2020-02-14", text=text) from None


def _is_missing(value: object) -> bool:
    """Return whether a single value is None, nan, NaT or pandas' NA; of these only NA cannot be compared."""
    return value is None or str(value) == "<NA>" or value != value


def _round(value: float, decimals: int) -> Decimal:
    # 15 digits first: 0.285 * 100 is 28.499999999999996 and must still read as 29
    exact = Decimal(f"{value:.15g}")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded


@lru_cache
def _catalogue(language: str) -> NullTranslations:
    path = files("binnenstad.words") / "locale" / f"{language}.po"
    if language == "en":
        return NullTranslations()
    compiled = io.BytesIO()
    write_mo(compiled, read_po(io.BytesIO(path.read_bytes()), locale=language))
    compiled.seek(0)
    return Translations(compiled)
