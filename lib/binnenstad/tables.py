"""Tables: computed frames -> the numbers behind a picture, as a screen reader can walk them."""

from __future__ import annotations

from collections.abc import Sequence
from html import escape

import pandas as pd

from binnenstad.blocks import SYMBOLS, Block, slug, status_label
from binnenstad.goals import KNOWN, UNKNOWN
from binnenstad.text import Words


def table(caption: str, columns: dict[str, Sequence[str]], *, text: Sequence[str] = (), last: bool = False, illustrative: bool = False) -> Block:
    """Return a table block from columns of written cells; the first column heads the rows.

    ``text`` names the columns that hold words; the others are aligned as numbers. ``last`` sets the
    last row apart as a total. Raises ``ValueError`` for columns of unequal length or none at all.
    """
    names = list(columns)
    rows = list(zip(*columns.values(), strict=True))
    if not names:
        raise ValueError(f"table {caption!r} has no columns")
    anchor = "t-" + slug(caption + "".join(names))
    sides = ["" if name in text or name == names[0] else ' class="n"' for name in names]
    head = "".join(f'<th scope="col"{side}>{escape(name)}</th>' for name, side in zip(names, sides, strict=True))
    body = "\n".join(
        f"<tr{' class=total' if last and number == len(rows) - 1 else ''}><th scope=\"row\">{escape(row[0])}</th>"
        + "".join(f"<td{side}>{escape(cell)}</td>" for cell, side in zip(row[1:], sides[1:], strict=True)) + "</tr>"
        for number, row in enumerate(rows)
    )  # fmt: skip
    html = (
        f'<div class="scroll" role="region" tabindex="0" aria-labelledby="{anchor}"><table>\n'
        f'<caption id="{anchor}">{escape(caption)}</caption>\n<thead><tr>{head}</tr></thead>\n'
        f"<tbody>\n{body}\n</tbody>\n</table></div>"
    )
    return Block(html, "\n".join([caption, *_plain(names, rows)]), illustrative)


def _plain(names: list[str], rows: list[tuple[str, ...]]) -> list[str]:
    return ["; ".join(f"{name}: {cell}" for name, cell in zip(names, row, strict=True) if cell) for row in rows]


def tabulate_goals(assessed: pd.DataFrame, words: Words) -> Block:
    """Return each operational goal with its value, target, status and date: the short form."""
    columns = {
        words.say("goal"): [f"{goal['id']} {goal['title']}" for _, goal in assessed.iterrows()],
        words.say("status"): _statuses(assessed, words),
        words.say("measured"): _values(assessed, words),
        words.say("target"): _targets(assessed, words),
        words.say("figure of"): [_day(date, words) for date in assessed["date"]],
    }
    return table(
        words.say("The goals one by one"), columns,
        text=[words.say("status"), words.say("figure of")], illustrative=bool(assessed["illustrative"].any()),
    )  # fmt: skip


def tabulate_attainment(assessed: pd.DataFrame, words: Words) -> Block:
    """Return every number behind the bars: baseline, path, attainment, pace, lead, yearly change and margin."""
    goals = [goal for _, goal in assessed.iterrows()]
    columns = {
        words.say("goal"): [f"{goal['id']} {goal['title']}" for goal in goals],
        words.say("baseline"): [_measure(goal, "baseline", words) for goal in goals],
        words.say("measured"): _values(assessed, words),
        words.say("margin (95%)"): [_margin(goal, words) for goal in goals],
        words.say("path now"): [_measure(goal, "path", words) for goal in goals],
        words.say("target"): _targets(assessed, words),
        words.say("attainment"): [_or_dash(goal["attainment"], words.percent) for goal in goals],
        words.say("pace"): [_or_dash(goal["pace"], words.percent) for goal in goals],
        words.say("months ahead"): [_or_dash(goal["lead"] * 12, words.number) for goal in goals],
        words.say("change per year"): [_change(goal, "change_per_year", words) for goal in goals],
        words.say("needed per year"): [_change(goal, "needed_per_year", words) for goal in goals],
    }
    return table(words.say("The numbers behind the picture"), columns, illustrative=bool(assessed["illustrative"].any()))


def tabulate_values(values: pd.DataFrame, assessed: pd.DataFrame, words: Words) -> Block:
    """Return the measured values per goal and year, as drawn; several in one year stand side by side."""
    years = sorted(values["date"].dt.year.unique())
    marks = {True: "*", False: ""}
    columns = {words.say("goal"): [f"{g['id']} {g['title']}" for _, g in assessed.iterrows()]}
    for year in years:
        of_year = values[values["date"].dt.year == year]
        columns[str(year)] = [
            " / ".join(
                words.measure(row["value"], goal["unit"], goal["target"]) + marks[row["status"] == "provisional"]
                for _, row in of_year[of_year["indicator"] == goal["id"]].iterrows()
            )
            or "–"
            for _, goal in assessed.iterrows()
        ]
    caption = words.say("Measured values per year (– not measured, * provisional)")
    return table(caption, columns, illustrative=bool(values["illustrative"].any()))


def tabulate_roll_up(counts: pd.DataFrame, titles: pd.Series, words: Words, *, illustrative: bool) -> Block:
    """Return the number of goals per status for each strategic goal and the programme (``goals.roll_up``)."""
    shown = [key for key in (*KNOWN, *UNKNOWN) if counts[key].any()]
    names = [words.say("whole programme") if goal == "programme" else f"{goal} {titles[goal]}" for goal in counts.index]
    columns = {words.say("strategic goal"): names}
    for key in shown:
        columns[f"{SYMBOLS[key]} {status_label(key, words)}"] = [words.number(n) for n in counts[key]]
    columns[words.say("goals")] = [words.number(n) for n in counts["total"]]
    worst = [_or_dash(key, lambda k: status_label(k, words)) for key in counts["worst"]]
    columns[words.say("worst known")] = worst
    caption = words.say("Goals per status")
    return table(caption, columns, text=[words.say("worst known")], last=True, illustrative=illustrative)


def tabulate_amounts(caption: str, amounts: pd.DataFrame, names: pd.Series, series: dict[str, str], head: str, words: Words, *, decimals: int = 0, across: bool = True) -> Block:
    """Return amounts [EUR] as rows x series with totals; a cell without money is a dash.

    ``names`` and ``series`` give the titles of rows and columns, ``head`` the word for a row;
    ``across`` adds a column with the total of each row.
    """
    whole = pd.concat([amounts, amounts.sum().to_frame(words.say("total")).T])
    columns = {head: [*(names[name] for name in amounts.index), words.say("total")]}
    for column in amounts.columns:
        columns[series[column]] = [_eur(amount, words, decimals) for amount in whole[column]]
    if across and len(amounts.columns) > 1:
        columns[words.say("total")] = [_eur(amount, words, decimals) for amount in whole.sum(axis=1)]
    return table(caption, columns, last=True)


def tabulate_shares(shares: pd.DataFrame, names: pd.Series, words: Words) -> Block:
    """Return share of costs and benefit per partner, their difference and ratio (``fairness.compare_shares``)."""
    columns = {
        words.say("partner"): [names[partner] for partner in shares.index],
        words.say("share of the costs"): [words.percent(share, 1) for share in shares["cost_share"]],
        words.say("share of the benefit"): [words.percent(share, 1) for share in shares["benefit_share"]],
        words.say("difference (points)"): [words.number(share * 100, 1) for share in shares["difference"]],
        words.say("costs : benefit"): [_or_dash(ratio, lambda r: words.number(r, 2)) for ratio in shares["ratio"]],
    }
    return table(words.say("Share of the costs against share of the benefit"), columns)


def tabulate_reconciliation(rows: pd.DataFrame, words: Words) -> Block:
    """Return budget against payments per fund and year (``finance.reconcile``), to the cent."""
    columns = {
        words.say("fund"): [f"{row['fund']} {row['year']}" for _, row in rows.iterrows()],
        words.say("budgeted"): [words.eur(amount, 2) for amount in rows["budgeted"]],
        words.say("brought in"): [words.eur(amount, 2) for amount in rows["paid"]],
        words.say("difference"): [words.eur(amount, 2) for amount in rows["difference"]],
    }
    return table(words.say("Budget against what partners bring in"), columns)


def _statuses(assessed: pd.DataFrame, words: Words) -> list[str]:
    return [
        f"{SYMBOLS[goal['status']]} {status_label(goal['status'], words, keep=goal['keep'])}"
        for _, goal in assessed.iterrows()
    ]


def _values(assessed: pd.DataFrame, words: Words) -> list[str]:
    marks = ["*" if provisional else "" for provisional in assessed["provisional"]]
    values = [_measure(goal, "value", words, goal["target"]) for _, goal in assessed.iterrows()]
    return [value + mark for value, mark in zip(values, marks, strict=True)]


def _targets(assessed: pd.DataFrame, words: Words) -> list[str]:
    signs = {"at_least": "≥", "at_most": "≤"}
    return [
        _or_dash(goal["target"], lambda t, g=goal: f"{signs[g['direction']]} {words.measure(t, g['unit'])}")
        for _, goal in assessed.iterrows()
    ]


def _measure(goal: pd.Series, column: str, words: Words, unlike: float | None = None) -> str:
    return _or_dash(goal[column], lambda value: words.measure(value, goal["unit"], unlike))


def _change(goal: pd.Series, column: str, words: Words) -> str:
    """Write a yearly change with one decimal more than the unit has, and its sign."""
    more = {"mark": 2, "share": 1, "count": 0, "m2": 0, "eur": 0, "index": 2}[goal["unit"]]
    scale, suffix = (100, " " + words.say("points")) if goal["unit"] == "share" else (1, "")
    return _or_dash(goal[column], lambda v: ("+" if v > 0 else "") + words.number(v * scale, more) + suffix)


def _margin(goal: pd.Series, words: Words) -> str:
    if goal["certainty"] == "count":
        return words.say("full count")
    low, high = (words.measure(goal[name], goal["unit"], goal["value"]) for name in ("low", "high"))
    return _or_dash(goal["low"], lambda _: f"{low} – {high}") if pd.notna(goal["value"]) else "–"


def _eur(amount: float, words: Words, decimals: int) -> str:
    return words.eur(amount, decimals) if amount else "–"


def _day(date: pd.Timestamp, words: Words) -> str:
    return _or_dash(date, words.date)


def _or_dash(value: object, write: object) -> str:
    return "–" if pd.isna(value) else write(value)
