"""Pictures and tables of the efforts."""

from binnenstad.efforts.show.contribution import draw_contribution

__all__ = ["draw_contribution"]
