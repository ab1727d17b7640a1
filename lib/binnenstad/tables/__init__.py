"""Tables: computed frames -> the numbers behind a picture, as a screen reader can walk them."""

from binnenstad.tables.amounts import in_euro, tabulate_amounts, tabulate_reconciliation
from binnenstad.tables.course import (
    tabulate_certainty,
    tabulate_control,
    tabulate_efforts,
    tabulate_verdicts,
    tabulate_year,
)
from binnenstad.tables.goals import tabulate_attainment, tabulate_goals, tabulate_roll_up, tabulate_values
from binnenstad.tables.money import (
    tabulate_continuity,
    tabulate_contribution,
    tabulate_scenarios,
    tabulate_shares,
    tabulate_splits,
    tabulate_three_shares,
)
from binnenstad.tables.table import MISSING, table

__all__ = [
    "MISSING", "in_euro", "table", "tabulate_amounts", "tabulate_attainment", "tabulate_certainty",
    "tabulate_continuity", "tabulate_contribution", "tabulate_control", "tabulate_efforts", "tabulate_goals",
    "tabulate_reconciliation", "tabulate_roll_up", "tabulate_scenarios", "tabulate_shares", "tabulate_splits",
    "tabulate_three_shares", "tabulate_values", "tabulate_verdicts", "tabulate_year",
]  # fmt: skip
