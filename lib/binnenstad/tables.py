"""Tables: computed frames -> the numbers behind a picture, as a screen reader can walk them."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from html import escape
from typing import Any

import numpy as np
import pandas as pd

from binnenstad.blocks import SYMBOLS, Block, slug, status_label
from binnenstad.goals import KNOWN, UNKNOWN
from binnenstad.text import Words

MISSING = "–"
Column = tuple[str, list[str]]


def table(
    caption: str, columns: Sequence[Column], *, text: Sequence[str] = (), last: bool = False, illustrative: bool = False
) -> Block:
    """Return a table block from columns of written cells (head, cells), the first heading its rows; nothing for none.

    ``text`` names the columns that hold words; the others are aligned as numbers. ``last`` sets the
    last row apart as a total. Raises ``ValueError`` for columns of unequal length.
    """
    names, rows = [name for name, _ in columns], list(zip(*(cells for _, cells in columns), strict=True))
    if not rows:
        return Block("", "")
    sides = ["" if name in text or not at else ' class="n"' for at, name in enumerate(names)]
    # the roles keep it a table for a screen reader when a phone shows each row as a block
    head = "".join(
        f'<th role="columnheader" scope="col"{side}>{_soft(name)}</th>' for name, side in zip(names, sides, strict=True)
    )
    body = "\n".join(_row(row, names, text, total=last and row is rows[-1]) for row in rows)
    anchor = "t-" + slug(caption + head + body)
    look = _look(len(names), len(rows))
    html = (
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{anchor}"><table role="table"{look}>\n'
        f'<caption id="{anchor}">{escape(caption)}</caption>\n'
        f'<thead role="rowgroup"><tr role="row">{head}</tr></thead>\n'
        f'<tbody role="rowgroup">\n{body}\n</tbody>\n</table></div>'
    )
    return Block(html, "\n".join([caption, *(_spoken(names, row) for row in rows)]), illustrative)


def _spoken(names: Sequence[str], row: Sequence[str]) -> str:
    return "; ".join(f"{name}: {cell}" for name, cell in zip(names, row, strict=True))


def _look(columns: int, rows: int) -> str:
    classes = " ".join(["dense"] * (columns > 6) + ["short"] * (rows <= 8))
    return f' class="{classes}"' if classes else ""


def _row(cells: Sequence[str], names: Sequence[str], text: Sequence[str], *, total: bool) -> str:
    mark = ' class="total"' if total else ""
    rest = "".join(
        f'<td role="cell"{_classes(name, cell, text)} data-label="{escape(name)}">{_soft(cell)}</td>'
        for name, cell in zip(names[1:], cells[1:], strict=True)
    )
    return f'<tr role="row"{mark}><th role="rowheader" scope="row">{_soft(cells[0])}</th>{rest}</tr>'


def _classes(name: str, cell: str, text: Sequence[str]) -> str:
    """Return the class of a cell: aligned as a number, and left out on a phone where there is nothing."""
    classes = ["n"] * (name not in text) + ["none"] * (cell == MISSING)
    return f' class="{" ".join(classes)}"' if classes else ""


def _soft(text: str) -> str:
    """Escape a text, and let a word longer than a column break: one such word would push the numbers off a page."""
    # a hyphen is a place to break already
    parts = re.split(r"([^\s-]{25,})", text)
    return "".join(
        "<wbr>".join(escape(part[at : at + 10]) for at in range(0, len(part), 10)) if number % 2 else escape(part)
        for number, part in enumerate(parts)
    )


def tabulate_goals(assessed: pd.DataFrame, words: Words) -> Block:
    """Return each operational goal with its value, target, status and date: the short form."""
    status, day = words.say("status"), words.say("figure of")
    columns = [
        (words.say("goal"), _names(assessed)),
        (status, _cells(assessed, lambda goal: _status(goal, words))),
        (words.say("measured"), _cells(assessed, lambda goal: _value(goal, words))),
        (words.say("target"), _cells(assessed, lambda goal: _target(goal, words))),
        (day, _cells(assessed, lambda goal: _written(goal["date"], words.date))),
    ]
    caption = words.say("The goals one by one")
    if assessed["provisional"].any():
        caption = words.say("The goals one by one (* provisional)")
    return table(caption, columns, text=[status, day], illustrative=bool(assessed["illustrative"].any()))


def tabulate_attainment(assessed: pd.DataFrame, words: Words) -> list[Block]:
    """Return every number behind the bars as two tables that fit a page: the level and the pace."""
    level = [
        (words.say("goal"), _names(assessed)),
        (words.say("baseline"), _cells(assessed, lambda goal: _measure(goal, "baseline", words))),
        (words.say("measured"), _cells(assessed, lambda goal: _value(goal, words))),
        (words.say("margin (95%)"), _cells(assessed, lambda goal: _margin(goal, words))),
        (words.say("path now"), _cells(assessed, lambda goal: _measure(goal, "path", words))),
        (words.say("target"), _cells(assessed, lambda goal: _target(goal, words))),
    ]
    pace = [
        (words.say("goal"), _names(assessed)),
        (words.say("attainment"), _cells(assessed, lambda goal: _written(goal["attainment"], words.percent))),
        (words.say("pace"), _cells(assessed, lambda goal: _written(goal["pace"], words.percent))),
        (words.say("months ahead"), _cells(assessed, lambda goal: _written(_lead(goal), words.signed))),
        (words.say("change per year"), _cells(assessed, lambda goal: _change(goal, "change_per_year", words))),
        (words.say("needed per year"), _cells(assessed, lambda goal: _change(goal, "needed_per_year", words))),
    ]
    example = bool(assessed["illustrative"].any())
    captions = [words.say("The level"), words.say("The pace")]
    if assessed["provisional"].any():
        captions[0] = words.say("The level (* provisional)")
    return [
        table(caption, columns, illustrative=example) for caption, columns in zip(captions, (level, pace), strict=True)
    ]


def tabulate_values(values: pd.DataFrame, assessed: pd.DataFrame, words: Words) -> Block:
    """Return the measured values per goal and year, as drawn; several in one year stand side by side."""
    columns = [(words.say("goal"), _names(assessed))]
    for year, of_year in values.groupby(values["date"].dt.year):
        columns.append((str(year), _cells(assessed, lambda goal, rows=of_year: _values_of(goal, rows, words))))
    caption = words.say("Measured values per year (– not measured, * provisional)")
    return table(caption, columns, illustrative=bool(values["illustrative"].any()))


def _values_of(goal: pd.Series, rows: pd.DataFrame, words: Words) -> str:
    own = rows[rows["indicator"] == goal["id"]]
    marks = own["status"].map({"provisional": "*", "final": ""})
    values = [words.measure(value, goal["unit"], goal["target"]) for value in own["value"]]
    return " / ".join(value + mark for value, mark in zip(values, marks, strict=True)) or MISSING


def tabulate_roll_up(counts: pd.DataFrame, titles: pd.Series, words: Words, *, illustrative: bool) -> Block:
    """Return the number of goals per status for each strategic goal and the programme (``goals.roll_up``)."""
    shown = [key for key in (*KNOWN, *UNKNOWN) if counts[key].any()]
    names = {goal: f"{goal} {title}" for goal, title in titles.items()} | {"programme": words.say("whole programme")}
    columns = [(words.say("strategic goal"), [names[goal] for goal in counts.index])]
    for key in shown:
        columns.append((f"{SYMBOLS[key]} {status_label(key, words)}", [words.number(n) for n in counts[key]]))
    worst = words.say("worst known")
    columns.append((words.say("goals"), [words.number(n) for n in counts["total"]]))
    columns.append((worst, [_written(key, lambda known: status_label(known, words)) for key in counts["worst"]]))
    return table(words.say("Goals per status"), columns, text=[worst], last=True, illustrative=illustrative)


def tabulate_amounts(
    caption: str, amounts: pd.DataFrame, words: Words, *, decimals: int = 0, across: bool = True
) -> Block:
    """Return amounts [EUR] as rows x series with totals; a cell without money is a dash; nothing without any.

    ``amounts`` has the titles a reader knows as index and columns, and the word for a row as name
    of its index (``partner`` or ``effort``). ``across`` adds the total of each row.
    """
    if not amounts.to_numpy().sum():
        return Block("", "")
    heads = {"partner": words.say("partner"), "effort": words.say("effort")}
    total = words.say("total")
    cells = np.vstack([amounts.to_numpy(), amounts.sum().to_numpy()])
    names = [str(name) for name in amounts.columns]
    if across and len(names) > 1:
        cells, names = np.column_stack([cells, cells.sum(axis=1)]), [*names, total]
    columns = [(heads[str(amounts.index.name)], [*map(str, amounts.index), total])]
    for name, column in zip(names, cells.T, strict=True):
        columns.append((name, [words.number(amount, decimals) if amount else MISSING for amount in column]))
    return table(_in_euro(caption, words), columns, last=True)


def tabulate_splits(splits: pd.DataFrame, words: Words) -> Block:
    """Return what each partner pays now and would pay under each key, to the cent (``keys.compare_keys``)."""
    names = {
        "now": words.say("now"),
        "equal": words.say("equal"),
        "proportional": words.say("proportional"),
        "per_effort": words.say("per effort"),
    }
    caption = words.say("What each partner would pay")
    return tabulate_amounts(caption, splits.rename(columns=names), words, decimals=2, across=False)


def tabulate_shares(shares: pd.DataFrame, words: Words) -> Block:
    """Return share of costs and benefit per partner, their difference and ratio (``fairness.compare_shares``)."""
    if shares[["cost_share", "benefit_share"]].dropna().empty:
        return Block("", "")
    columns = [
        (words.say("partner"), [str(partner) for partner in shares.index]),
        (words.say("share of the costs"), [words.percent(share, 1) for share in shares["cost_share"]]),
        (words.say("share of the benefit"), [words.percent(share, 1) for share in shares["benefit_share"]]),
        (words.say("difference (points)"), [words.signed(share * 100, 1) for share in shares["difference"]]),
        (words.say("costs : benefit"), [_written(r, lambda ratio: words.number(ratio, 2)) for r in shares["ratio"]]),
    ]
    return table(words.say("Share of the costs against share of the benefit"), columns)


def tabulate_reconciliation(rows: pd.DataFrame, words: Words) -> Block:
    """Return budget against payments per fund and year (``finance.reconcile``), to the cent."""
    columns = [(words.say("fund"), list(rows["fund"])), (words.say("year"), [str(year) for year in rows["year"]])]
    heads = [words.say("budgeted"), words.say("brought in"), words.say("difference")]
    for head, name in zip(heads, ("budgeted", "paid", "difference"), strict=True):
        columns.append((head, [words.number(amount, 2) for amount in rows[name]]))
    return table(_in_euro(words.say("Budget against what partners bring in"), words), columns)


def _in_euro(caption: str, words: Words) -> str:
    return words.say("{caption} ({unit})", caption=caption, unit=words.say("amounts in euro"))


def _cells(assessed: pd.DataFrame, write: Callable[..., str]) -> list[str]:
    return [write(goal) for _, goal in assessed.iterrows()]


def _names(assessed: pd.DataFrame) -> list[str]:
    return _cells(assessed, lambda goal: f"{goal['id']} {goal['title']}")


def _status(goal: pd.Series, words: Words) -> str:
    return f"{SYMBOLS[goal['status']]} {status_label(goal['status'], words, keep=goal['keep'])}"


def _value(goal: pd.Series, words: Words) -> str:
    return _measure(goal, "value", words, goal["target"]) + ("*" if goal["provisional"] else "")


def _target(goal: pd.Series, words: Words) -> str:
    sign = {"at_least": "≥", "at_most": "≤"}[goal["direction"]]
    return _written(goal["target"], lambda target: f"{sign} {words.measure(target, goal['unit'])}")


def _measure(goal: pd.Series, column: str, words: Words, unlike: float | None = None) -> str:
    return _written(goal[column], lambda value: words.measure(value, goal["unit"], unlike))


def _change(goal: pd.Series, column: str, words: Words) -> str:
    return _written(goal[column], lambda value: words.change(value, goal["unit"]))


def _lead(goal: pd.Series) -> float:
    # once the target year is measured there is no path left to be ahead of
    return float("nan") if goal["status"] in ("met", "not_met") else goal["lead"] * 12


def _margin(goal: pd.Series, words: Words) -> str:
    if goal["certainty"] == "count":
        return words.say("full count")
    if pd.isna(goal["low"]):
        return MISSING
    low, high = (words.measure(goal[name], goal["unit"], goal["target"]) for name in ("low", "high"))
    return f"{low} – {high}"


def _written(value: Any, write: Callable[[Any], str]) -> str:
    return MISSING if pd.isna(value) else write(value)
