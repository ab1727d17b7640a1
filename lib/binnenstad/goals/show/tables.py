"""Tables of goals: where they stand, how far they are, how they moved."""

from __future__ import annotations

from collections.abc import Callable
from textwrap import shorten

import pandas as pd

from binnenstad.goals.status import KNOWN, SYMBOLS, UNKNOWN, status_label
from binnenstad.page.blocks import Block
from binnenstad.page.table import MISSING, table, written
from binnenstad.words import Words

MOST_BESIDE = 2  # values of one year that stand side by side; quarters and months have a table of their own
MOST_ACROSS = 8  # columns of the roll-up that fit beside each other on a page


def tabulate_goals(assessed: pd.DataFrame, words: Words) -> Block:
    """Return each operational goal with its value, target, status and date: the short form."""
    status, day = words.say("status"), words.say("figure of")
    columns = [
        (words.say("goal"), names_of(assessed)),
        (status, cells(assessed, lambda goal: verdict_of(goal, words))),
        (words.say("measured"), cells(assessed, lambda goal: _value(goal, words))),
        (words.say("target"), cells(assessed, lambda goal: _target(goal, words))),
        (day, cells(assessed, lambda goal: written(goal["date"], words.date))),
    ]
    caption = words.say("The goals one by one")
    if assessed["provisional"].any():
        caption = words.say("The goals one by one (* provisional)")
    return table(caption, columns, text=[status, day], illustrative=bool(assessed["illustrative"].any()))


def tabulate_attainment(assessed: pd.DataFrame, words: Words) -> list[Block]:
    """Return every number behind the bars as two tables that fit a page: the level and the pace.

    A table that would hold nothing but dashes is left out.
    """
    level = [
        (words.say("goal"), names_of(assessed)),
        (words.say("baseline"), cells(assessed, lambda goal: measured(goal, "baseline", words))),
        (words.say("measured"), cells(assessed, lambda goal: _value(goal, words))),
        (words.say("margin (95%)"), cells(assessed, lambda goal: _margin(goal, words))),
        (words.say("path now"), cells(assessed, lambda goal: measured(goal, "path", words))),
        (words.say("target"), cells(assessed, lambda goal: _target(goal, words))),
    ]
    pace = [
        (words.say("goal"), names_of(assessed)),
        (words.say("attainment"), cells(assessed, lambda goal: written(goal["attainment"], words.percent))),
        (words.say("pace"), cells(assessed, lambda goal: written(goal["pace"], words.percent))),
        (words.say("months ahead"), cells(assessed, lambda goal: written(_lead(goal), words.signed))),
        (words.say("change per year"), cells(assessed, lambda goal: changed(goal, "change_per_year", words))),
        (words.say("needed per year"), cells(assessed, lambda goal: changed(goal, "needed_per_year", words))),
    ]
    example = bool(assessed["illustrative"].any())
    captions = [words.say("The level"), words.say("The pace")]
    if assessed["provisional"].any():
        captions[0] = words.say("The level (* provisional)")
    return [
        table(caption, columns, illustrative=example)
        for caption, columns in zip(captions, (level, pace), strict=True)
        if any(cell != MISSING for _, own in columns[1:] for cell in own)
    ]


def tabulate_values(values: pd.DataFrame, assessed: pd.DataFrame, words: Words) -> Block:
    """Return the measured values per goal and year, as drawn; several in one year stand side by side.

    Nothing where nothing was measured.
    """
    if values.empty:
        return Block("", "")
    columns = [(words.say("goal"), names_of(assessed))]
    for year, of_year in values.groupby(values["date"].dt.year):
        columns.append((str(year), cells(assessed, lambda goal, rows=of_year: _values_of(goal, rows, words))))
    caption = words.say("Measured values per year (– not measured, * provisional)")
    return table(caption, columns, illustrative=bool(values["illustrative"].any()))


def _values_of(goal: pd.Series, rows: pd.DataFrame, words: Words) -> str:
    own = rows[rows["indicator"] == goal["id"]]
    marks = own["status"].map({"provisional": "*", "final": ""})
    values = [words.measure(value, goal["unit"], goal["target"]) for value in own["value"]]
    if len(own) > MOST_BESIDE:
        return words.say("{count} values", count=words.number(len(own)))
    return " / ".join(value + mark for value, mark in zip(values, marks, strict=True)) or MISSING


def tabulate_roll_up(
    counts: pd.DataFrame, titles: pd.Series, words: Words, *, illustrative: bool, means: pd.DataFrame | None = None
) -> Block:
    """Return the number of goals per status for each strategic goal and the programme (``goals.roll_up``).

    ``means`` (``goals.attainment_mean``) adds the weighted mean of attainment, for a programme that set weights.
    """
    names = {goal: f"{goal} {title}" for goal, title in titles.items()} | {"programme": words.say("whole programme")}
    heads, rows = [names[goal] for goal in counts.index], _roll_up_rows(counts, words)
    worst, caption = rows[-1][0], words.say("Goals per status")
    rows += _mean_row(means, counts, words)
    if len(rows) <= MOST_ACROSS:
        columns = [(words.say("strategic goal"), heads), *rows]
        return table(caption, columns, text=[worst], last=True, illustrative=illustrative)
    turned = [(shorten(head, 34, placeholder="…"), [cells[at] for _, cells in rows]) for at, head in enumerate(heads)]
    return table(caption, [(words.say("status"), [head for head, _ in rows]), *turned], illustrative=illustrative)


def _mean_row(means: pd.DataFrame | None, counts: pd.DataFrame, words: Words) -> list[tuple[str, list[str]]]:
    if means is None or means.empty:
        return []
    return [
        (words.say("weighted mean"), [written(share, words.percent) for share in means["mean"].reindex(counts.index)])
    ]


def _roll_up_rows(counts: pd.DataFrame, words: Words) -> list[tuple[str, list[str]]]:
    """Return a row per status that occurs, and those of the total and the worst known status."""
    shown = [key for key in (*KNOWN, *UNKNOWN) if counts[key].any()]
    rows = [(f"{SYMBOLS[key]} {status_label(key, words)}", [words.number(n) for n in counts[key]]) for key in shown]
    rows.append((words.say("goals"), [words.number(n) for n in counts["total"]]))
    worst = [written(key, lambda known: status_label(known, words)) for key in counts["worst"]]
    return [*rows, (words.say("worst known"), worst)]


def cells(assessed: pd.DataFrame, write: Callable[..., str]) -> list[str]:
    """Return one written cell per goal."""
    return [write(goal) for _, goal in assessed.iterrows()]


def names_of(assessed: pd.DataFrame) -> list[str]:
    """Return id and title of each goal, the head of its row."""
    return cells(assessed, lambda goal: f"{goal['id']} {goal['title']}")


def verdict_of(goal: pd.Series, words: Words) -> str:
    """Return symbol and word of a verdict."""
    return f"{SYMBOLS[goal['status']]} {status_label(goal['status'], words, keep=goal['keep'])}"


def _value(goal: pd.Series, words: Words) -> str:
    return measured(goal, "value", words, goal["target"]) + ("*" if goal["provisional"] else "")


def _target(goal: pd.Series, words: Words) -> str:
    sign = {"at_least": "≥", "at_most": "≤"}[goal["direction"]]
    return written(goal["target"], lambda target: f"{sign} {words.measure(target, goal['unit'])}")


def measured(goal: pd.Series, column: str, words: Words, unlike: float | None = None) -> str:
    """Return a value of a goal in its unit, a dash where it is missing; ``unlike`` as ``Words.measure``."""
    return written(goal[column], lambda value: words.measure(value, goal["unit"], unlike))


def changed(goal: pd.Series, column: str, words: Words) -> str:
    """Return a change of a goal in its unit, with its sign."""
    return written(goal[column], lambda value: words.change(value, goal["unit"]))


def _lead(goal: pd.Series) -> float:
    # once the target year is measured there is no path left to be ahead of
    return float("nan") if goal["status"] in ("met", "not_met") else goal["lead"] * 12


def _margin(goal: pd.Series, words: Words) -> str:
    if goal["certainty"] == "count":
        return words.say("full count")
    if pd.isna(goal["low"]):
        return MISSING
    return " – ".join(words.measures([goal["low"], goal["high"]], goal["unit"], goal["target"]))
