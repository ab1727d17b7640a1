"""Pictures: computed frames -> SVG a council member can read, wide and on a phone.

Each picture is drawn twice, for a page and for a phone, because a wide chart
scaled to a phone has letters of 6 px. Style sheets show one of the two.
Text stays text; colours come last, after shape and word.
"""

from binnenstad.figures.control import draw_control
from binnenstad.figures.efforts import draw_contribution
from binnenstad.figures.goals import draw_attainment
from binnenstad.figures.history import draw_history
from binnenstad.figures.money import draw_shares, draw_stacked
from binnenstad.figures.trends import draw_trends

__all__ = [
    "draw_attainment", "draw_contribution", "draw_control", "draw_history", "draw_shares", "draw_stacked",
    "draw_trends",
]  # fmt: skip
