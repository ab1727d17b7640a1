"""Words: sentences, numbers, dates and errors, as a reader of Dutch or English sees them."""

from binnenstad.words.speech import LANGUAGES, NO_BREAK, Words, parse_day, parse_period

__all__ = ["LANGUAGES", "NO_BREAK", "Words", "parse_day", "parse_period"]
