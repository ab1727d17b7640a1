"""Words: sentences, numbers, dates and errors, as a reader of Dutch or English sees them."""

from binnenstad.words.catalogue import LANGUAGES
from binnenstad.words.dates import Dates, parse_day, parse_period, parse_periods
from binnenstad.words.numbers import NO_BREAK, Numbers

__all__ = ["LANGUAGES", "NO_BREAK", "Words", "parse_day", "parse_period", "parse_periods"]


class Words(Numbers, Dates):
    """Speaks one language: sentences from the catalogue, numbers, money, dates and periods.

    Raises ``UsageError`` for a language other than ``nl`` and ``en``.
    """
