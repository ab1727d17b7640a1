"""Tariffs: what one payer is charged by each line of a scenario, by the size its tariff is on, to the cent."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.scenarios import CHARGE

# sizes of a payer around which the examples lie where no tariff has classes: round numbers, measured nowhere
TYPICAL = {"woz": 250_000, "floor_area": 200, "tax": 1_000, "members": 20, "income": 100_000, "profit": 100_000}


def charge(lines: pd.DataFrame, size: float) -> pd.Series:
    """Return what one payer of a size pays in a year by each line [EUR], to the cent; missing where it is none.

    Parameters: ``lines`` of ``scenario_lines`` with a tariff or a rate; ``size`` in the unit of their measure (for
    ``count`` a payer counts as 1). A line is for who has more than ``above`` and no more than ``up_to``, a border so
    belonging to the lower class. A ``rate`` is on the whole size, or with ``deducted`` on what of it lies beyond
    ``above``, and brings at least ``minimum_eur`` and at most ``maximum_eur``.

    >>> usual = {"flat_eur": None, "rate": 0.001, "above": 60_000, "up_to": None, "minimum_eur": None}
    >>> lines = pd.DataFrame([usual | {"deducted": off} for off in (False, True)])
    >>> lines = lines.assign(measure="woz", maximum_eur=700)
    >>> [charge(lines, woz).tolist() for woz in (60_000, 250_000, 900_000)]
    [[nan, nan], [250.0, 190.0], [700.0, 700.0]]
    """
    number = lines[["flat_eur", "rate", "above", "up_to", "minimum_eur", "maximum_eur"]].astype(float)
    own = pd.Series(float(size), lines.index).where(lines["measure"] != "count", 1.0)
    taxed = own - number["above"].where(lines["deducted"], 0.0)
    by_rate = (number["rate"] * taxed).clip(number["minimum_eur"], number["maximum_eur"])
    concerned = ~(own <= number["above"]) & ~(own > number["up_to"])
    # half a cent goes up, also where floats make it a little less
    return (number["flat_eur"].fillna(by_rate).where(concerned) + 1e-9).round(2)


def example_charges(lines: pd.DataFrame, year: int) -> dict[str, pd.DataFrame]:
    """Return what three payers would pay by each line of a year, per measure: line x size of the payer [EUR].

    The sizes are half of the lowest border between classes, a border in the middle, and twice the highest, or lie
    so around a typical size where there are none. A fixed amount, or a rate of which nobody says what it is on, is in
    none, nor is a class without its borders; a tariff that is the same for any size stands with the WOZ value. Lines
    stand by scenario, partner, instrument and class, whatever their row; measures in the order of ``TYPICAL``.
    """
    sized = lines["measure"].fillna("count") != "count"
    # of a class of sizes without its borders nobody can say who is in it
    placed = lines["band"].isna() | ~sized | lines[["above", "up_to"]].notna().any(axis=1)
    known = (lines["flat_eur"].notna() & placed) | (lines["rate"].notna() & lines["measure"].notna())
    own = lines[(lines["start_year"] <= year) & (lines["end_year"] >= year) & known]
    own = own.sort_values([*CHARGE, "above", "up_to", "band", "start_year"], na_position="first")
    groups = {str(name): rows for name, rows in own.groupby(own["measure"].fillna("woz").replace("count", "woz"))}
    return {measure: _at_three_sizes(groups[measure], TYPICAL[measure]) for measure in TYPICAL if measure in groups}


def _at_three_sizes(lines: pd.DataFrame, typical: float) -> pd.DataFrame:
    borders = sorted(pd.concat([lines["above"], lines["up_to"]]).dropna()) or [typical]
    sizes = [borders[0] / 2, borders[len(borders) // 2], borders[-1] * 2]
    return pd.DataFrame({size: charge(lines, size) for size in sizes})
