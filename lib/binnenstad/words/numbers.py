"""Numbers, amounts and measured values as a reader writes them: rounded half up, never by the machine's locale."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import ROUND_HALF_UP, Decimal

from babel.numbers import format_decimal

from binnenstad.words.catalogue import Sentences

DECIMALS = {"count": 0, "m2": 0, "mark": 1, "share": 0, "eur": 0, "index": 1}
FINEST = 12  # decimals more than a unit has: a double of this size holds no more
NO_BREAK = "\u00a0"
MINUS = "\u2212"


class Numbers(Sentences):
    """Writes numbers in one language, alone and in sentences.

    >>> nl = Numbers("nl")
    >>> nl.number(1234.5, 1), nl.number(6.85, 1), nl.number(-3), nl.percent(0.285)
    ('1.234,5', '6,9', '−3', '29%')
    """

    def say_many(self, one: str, many: str, count: int, /, **values: object) -> str:
        """Return the singular or plural message for ``count``, which fills ``{count}``."""
        return self.catalogue.ngettext(one, many, count).format(count=self.number(count), **values)

    def number(self, value: float, decimals: int = 0) -> str:
        """Return a number rounded half up; missing is written as unknown, never as nan."""
        if _is_missing(value):
            return self.say("unknown")
        pattern = "#,##0" + ("." + "0" * decimals if decimals else "")
        rounded = _round(value, decimals)
        written = format_decimal(rounded, format=pattern, locale=self.language, decimal_quantization=False)
        return written.replace("-", MINUS)

    def percent(self, share: float, decimals: int = 0) -> str:
        """Return a share of 1 as a percentage."""
        return self.number(share * 100, decimals) + ("" if _is_missing(share) else "%")

    def eur(self, amount: float, decimals: int = 0) -> str:
        """Return an amount in euro.

        >>> Numbers("nl").eur(150000)
        '€\\xa0150.000'
        """
        return ("" if _is_missing(amount) else f"€{NO_BREAK}") + self.number(amount, decimals)

    def measure(self, value: float, unit: str, unlike: float | None = None) -> str:
        """Return a measured value as its unit is written: marks with one decimal, shares as percentage.

        ``unlike`` is a value this one may not be mistaken for (the target of an unmet goal): decimals
        are added until both read differently.

        >>> Numbers("nl").measure(6.97, "mark", unlike=7.0), Numbers("nl").measure(0.57, "share")
        ('6,97', '57%')
        """
        return self.measures([value], unit, unlike)[0]

    def measures(self, values: Sequence[float], unit: str, unlike: float | None = None) -> list[str]:
        """Return measured values that belong together, all with the decimals that tell them apart, and from ``unlike``.

        >>> Numbers("nl").measures([6.55, 6.8], "mark", unlike=6.6)
        ['6,55', '6,80']
        """
        decimals = max(_decimals(value, unit, other) for value in values for other in (unlike, *values))
        write = {"share": self.percent, "eur": self.eur}.get(unit, self.number)
        return [write(value, decimals) for value in values]

    def quantity(self, value: float, unit: str, label: str, unlike: float | None = None) -> str:
        """Return a measured value with its unit in words, in the order the language speaks it.

        >>> Numbers("nl").quantity(6.5, "mark", "rapportcijfer"), Numbers("nl").quantity(596, "count", "bedrijven")
        ('rapportcijfer 6,5', '596 bedrijven')
        """
        written = self.measure(value, unit, unlike)
        return f"{label} {written}" if unit == "mark" and self.language == "nl" else f"{written} {label}"

    def signed(self, value: float, decimals: int = 0) -> str:
        """Return a difference with its sign, also when it is positive."""
        return ("+" if not _is_missing(value) and _round(value, decimals) > 0 else "") + self.number(value, decimals)

    def change(self, value: float, unit: str) -> str:
        """Return a change of a measured value, with its sign and fine enough to tell small steps apart, and from 0.

        >>> Numbers("nl").change(0.0646, "mark"), Numbers("nl").change(0.0092, "share"), Numbers("nl").change(0.2, "m2")
        ('+0,06', '+0,9 procentpunt', '+0,2')
        """
        if _is_missing(value):
            return self.say("unknown")
        scale, decimals = (100, 1) if unit == "share" else (1, DECIMALS[unit] + (unit in ("mark", "index")))
        written = self.signed(value * scale, _enough(value * scale, 0.0, decimals))
        return self.say("{points} percentage points", points=written) if unit == "share" else written


def _decimals(value: float, unit: str, unlike: float | None) -> int:
    """Return how many decimals a value takes to read as another than ``unlike``, at least those of its unit."""
    decimals, scale = DECIMALS[unit], 100 if unit == "share" else 1
    if unlike is None or _is_missing(unlike) or _is_missing(value):
        return decimals
    return _enough(value * scale, unlike * scale, decimals)


def _enough(value: float, unlike: float, decimals: int) -> int:
    """Return from how many decimals on two numbers read differently; as many as given for equal ones."""
    finer = range(decimals, decimals + FINEST)
    return next((n for n in finer if _round(value, n) != _round(unlike, n)), decimals)


def _is_missing(value: object) -> bool:
    """Return whether a single value is None, nan, NaT or pandas' NA; of these only NA cannot be compared."""
    return value is None or str(value) == "<NA>" or value != value


def _round(value: float, decimals: int) -> Decimal:
    # 15 digits first: 0.285 * 100 is 28.499999999999996 and must still read as 29
    exact = Decimal(f"{value:.15g}")
    rounded = exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    return abs(rounded) if rounded == 0 else rounded
