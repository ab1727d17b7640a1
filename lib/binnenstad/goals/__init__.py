"""Goal attainment: how far each goal is, at what pace, with how much certainty, and where it is heading.

Method and every edge case: ``docs/method.md``. All functions are pure: tables
of the contract in, one row per indicator out, in the unit of that indicator.
"""

from binnenstad.goals.assessment import KNOWN, UNKNOWN, assess, attainment, target_values
from binnenstad.goals.control import control_chart, control_charts, control_series, periods_of, structural
from binnenstad.goals.history import agreed, changes, history
from binnenstad.goals.margins import Z95, attainment_error, mean_interval, wilson
from binnenstad.goals.projection import fan, project
from binnenstad.goals.roll_up import attainment_mean, roll_up
from binnenstad.goals.values import decimal_year, known_values, series

__all__ = [
    "KNOWN", "UNKNOWN", "Z95", "agreed", "assess", "attainment", "attainment_error", "attainment_mean", "changes",
    "control_chart", "control_charts", "control_series", "decimal_year", "fan", "history", "known_values",
    "mean_interval", "periods_of", "project", "roll_up", "series", "structural", "target_values", "wilson",
]  # fmt: skip
