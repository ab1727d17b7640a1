"""Goals whose input is at fault, set apart so that the others can still be assessed."""

from __future__ import annotations

import re
from collections.abc import Sequence

import pandas as pd

from binnenstad.words import Words
from binnenstad.words.errors import Fault

Frames = dict[str, pd.DataFrame]
# a fault in one of these columns is about more than the goal it stands with
SHARED = {"id", "goal"}
# what a goal at fault keeps is what names it
KEPT = ["id", "goal", "title", "title_en", "unit_label", "unit_label_en", "weight", "source"]
NEUTRAL = {"direction": "at_least", "unit": "count", "kind": "stock", "seasonal": False}


def goals_at_fault(frames: Frames, faults: Sequence[Fault]) -> dict[str, list[Fault]] | None:
    """Return the faults per operational goal, or None where a fault is about more than goals.

    ``frames`` are the typed tables indexed by row in the file. A fault stands with a goal if it is in a row of
    ``indicators``, other than in its id or strategic goal, or in a row of ``measurements`` of a known goal.
    """
    found: dict[str, list[Fault]] = {}
    for fault in faults:
        goal = _goal_of(frames, fault)
        if goal is None:
            return None
        found.setdefault(goal, []).append(fault)
    return found


def _goal_of(frames: Frames, fault: Fault) -> str | None:
    table = _table_of(fault.file)
    column = {"indicators": "id", "measurements": "indicator"}.get(table, "")
    if not column or not fault.row or fault.row not in frames[table].index:
        return None
    goal = frames[table].at[fault.row, column]
    known = frames["indicators"]["id"]
    about_more = table == "indicators" and bool(SHARED & set(fault.column.split(", ")))
    return str(goal) if not about_more and (known == goal).sum() == 1 else None


def _table_of(file: str) -> str:
    """Return the table a file holds: goals.csv, or a sheet of a workbook, tables.xlsx[goals].

    >>> _table_of("goals.csv"), _table_of("tables.xlsx[goals]")
    ('goals', 'goals')
    """
    sheet = re.search(r"\[(.+)\]$", file)
    return sheet.group(1).lower() if sheet else file.rpartition(".")[0].lower()


def set_apart(frames: Frames, at_fault: dict[str, list[Fault]], words: Words) -> Frames:
    """Return the tables with goals at fault stripped of every figure; a column ``fault`` says what is wrong.

    Of such a goal nothing can be computed by accident: baseline, target and measured values are gone.
    """
    values = frames["measurements"]
    goals = mark_goals(frames["indicators"], at_fault, words)
    return frames | {"indicators": goals, "measurements": values[~values["indicator"].isin(at_fault)]}


def mark_goals(indicators: pd.DataFrame, at_fault: dict[str, list[Fault]], words: Words) -> pd.DataFrame:
    """Return the operational goals with a column ``fault``, and those at fault without their figures."""
    goals = indicators.copy()
    place = words.say("row"), words.say("column")
    lines = {goal: "; ".join(fault.line(*place) for fault in own) for goal, own in at_fault.items()}
    goals["fault"] = goals["id"].map(lines).astype("str")
    apart = goals["id"].isin(at_fault)
    emptied = goals[[column for column in goals.columns if column not in [*KEPT, *NEUTRAL, "fault"]]].columns
    goals[emptied] = goals[emptied].mask(apart)
    for name, word in NEUTRAL.items():
        goals[name] = goals[name].mask(apart, word)
    return goals
