"""One root error and its children: what was wrong, where, and what to do."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from binnenstad.words import Words


class BinnenstadError(Exception):
    """Root of every error this library raises on purpose; its text is meant to be read."""


class UsageError(BinnenstadError):
    """A request that cannot be carried out: an unknown programme, period, report or parameter.

    Keeps its message id and ``{values}`` apart, so that the command line can say it in Dutch.
    """

    def __init__(self, message: str, /, **values: object):
        self.message, self.values = message, values
        super().__init__(message.format(**values))


@dataclass(frozen=True, order=True)
class Fault:
    """One thing wrong in a programme folder; an empty field means: does not apply."""

    file: str
    row: int
    column: str
    value: str
    rule: str
    way_out: str

    def line(self, words: Words) -> str:
        """Return the fault as one line of text.

        >>> from binnenstad.words import Words
        >>> Fault("goals.csv", 3, "id", "1", "stands twice", "make it unique").line(Words("en"))
        'goals.csv, row 3, column id: "1" stands twice. make it unique'
        """
        place = [self.file] + [f"{words.say('row')} {self.row}"] * bool(self.row)
        place += [f"{words.say('column')} {self.column}"] * bool(self.column)
        value = f'"{_short(self.value)}" ' if self.value else ""
        return f"{', '.join(place)}: {value}{self.rule}. {self.way_out}"


class DataError(BinnenstadError):
    """Input that does not meet its contract; carries every fault found in what has this name."""

    def __init__(self, faults: Sequence[Fault], name: str, words: Words):
        self.faults = sorted(faults)
        heading = words.say_many("{count} fault in {name}", "{count} faults in {name}", len(faults), name=name)
        super().__init__("\n".join([heading + ":", *(f"  {fault.line(words)}" for fault in self.faults)]))


class AllocationError(BinnenstadError):
    """A division that cannot be made from the figures given."""


class ReportRefused(BinnenstadError):  # noqa: N818
    """A report that may not be published; carries every reason."""

    def __init__(self, reasons: Sequence[str]):
        self.reasons = list(reasons)
        super().__init__("; ".join(self.reasons))


def _short(value: str, most: int = 60) -> str:
    # what cannot be seen is shown as its code, or the line would hide the fault it names
    value = "".join(sign if sign.isprintable() or sign == "\u00a0" else f"\\u{ord(sign):04x}" for sign in value)
    return value if len(value) <= most else value[: most - 1] + "…"
