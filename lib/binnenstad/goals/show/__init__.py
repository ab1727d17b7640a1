"""Pictures and tables of goals: computed frames -> what a council member can read, wide and on a phone.

Each picture is drawn twice, for a page and for a phone, because a wide chart
scaled to a phone has letters of 6 px. Style sheets show one of the two.
Text stays text; colours come last, after shape and word.
"""

from binnenstad.goals.show.attainment_bars import draw_attainment
from binnenstad.goals.show.control_charts import draw_control
from binnenstad.goals.show.goal_tables import (
    tabulate_attainment,
    tabulate_certainty,
    tabulate_control,
    tabulate_efforts,
    tabulate_goals,
    tabulate_roll_up,
    tabulate_values,
    tabulate_verdicts,
    tabulate_year,
)
from binnenstad.goals.show.trend_lines import draw_trends
from binnenstad.goals.show.verdict_strip import draw_history

__all__ = [
    "draw_attainment", "draw_control", "draw_history", "draw_trends", "tabulate_attainment", "tabulate_certainty",
    "tabulate_control", "tabulate_efforts", "tabulate_goals", "tabulate_roll_up", "tabulate_values",
    "tabulate_verdicts", "tabulate_year",
]  # fmt: skip
