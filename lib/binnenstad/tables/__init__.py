"""Tables: computed frames -> the numbers behind a picture, as a screen reader can walk them."""

from binnenstad.tables.course import (
    tabulate_certainty,
    tabulate_control,
    tabulate_efforts,
    tabulate_verdicts,
    tabulate_year,
)
from binnenstad.tables.goals import tabulate_attainment, tabulate_goals, tabulate_roll_up, tabulate_values
from binnenstad.tables.money import tabulate_amounts, tabulate_reconciliation, tabulate_shares, tabulate_splits
from binnenstad.tables.table import MISSING, table

__all__ = [
    "MISSING", "table", "tabulate_amounts", "tabulate_attainment", "tabulate_certainty", "tabulate_control",
    "tabulate_efforts", "tabulate_goals", "tabulate_reconciliation", "tabulate_roll_up", "tabulate_shares",
    "tabulate_splits", "tabulate_values", "tabulate_verdicts", "tabulate_year",
]  # fmt: skip
