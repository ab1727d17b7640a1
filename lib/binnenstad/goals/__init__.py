"""Goal attainment: how far each goal is, at what pace, with how much certainty, and where it is heading.

Method and every edge case: ``docs/method.md``. All functions are pure: tables
of the contract in, one row per indicator out, in the unit of that indicator.
"""

from binnenstad.goals.assess import assess
from binnenstad.goals.control import control_charts
from binnenstad.goals.events import turns
from binnenstad.goals.history import agreed, changes, history
from binnenstad.goals.project import fan
from binnenstad.goals.roll_up import attainment_mean
from binnenstad.goals.values import decimal_year, on_scale, series

__all__ = [
    "agreed", "assess", "attainment_mean", "changes", "control_charts", "decimal_year", "fan", "history", "on_scale",
    "series", "turns",
]  # fmt: skip
