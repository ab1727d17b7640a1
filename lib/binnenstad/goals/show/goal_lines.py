"""Goal lines: each goal in a row, from where it began, past where it is, to its target and where it is heading."""

from __future__ import annotations

from html import escape

import pandas as pd

from binnenstad.goals.say.outlook import OUTLOOKS, expected, so_far
from binnenstad.goals.show.goal_tables import target_column
from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.page.table import Column, table
from binnenstad.words import Words

# px: of the drawing its width and margin, and where in it the furthest begin, the target and what overshoots it lie
WIDTH, EDGE, BEGIN, TARGET, END = 240, 3, 14, 165, 228
BAND = "#c3d2ea"
DRAWN = ["begin", "value", "low", "high", "forecast_low", "forecast", "forecast_high", "path"]


def tabulate_lines(assessed: pd.DataFrame, words: Words) -> Block:
    """Return the goals as rows: begin, now, drawn on the way to the target, the target, and where each is heading.

    What is unlikely to be met stands first. Parameters: the result of ``goals.history`` at one moment.
    """

    def _now(value: float, unit: str, target: float, day: pd.Timestamp, provisional: bool) -> str:
        told = words.say("{value} ({year})", value=words.measure(value, unit, target), year=day.year)
        return words.say("{value}, provisional", value=told) if provisional else told

    order = assessed["outlook"].map({key: at for at, key in enumerate(OUTLOOKS)})
    goals = assessed.assign(order=order).sort_values(["order", "id"], kind="stable", ignore_index=True)
    rows = [goal for _, goal in goals.iterrows()]
    columns = [
        Column(words.say("goal"), [Block(_link(goal), f"{goal['id']} {goal['title']}") for goal in rows], _as_is),
        Column(words.say("begin"), [_begin(goal, words) for goal in rows], text=True),
        Column(words.say("now"), goals[["value", "unit", "target", "date", "provisional"]], _now, text=True),
        Column(words.say("from begin to target"), [Block(_line(goal), "") for goal in rows], _as_is, text=True),
        target_column(goals, words),
        Column(words.say("so far"), [so_far(goal, words) for goal in rows], text=True),
        Column(words.say("on the target date"), [expected(goal, words) for goal in rows], text=True),
    ]
    caption = words.say("From begin to target, and where each goal is heading")
    return table(caption, columns, illustrative=assessed["illustrative"])


def key_of_lines(words: Words) -> str:
    """Return what the lines and dots of ``tabulate_lines`` are."""
    return words.say(
        "Open dot: begin (the agreed baseline, else the first figure). Dot: now, with its 95% margin below it. Pale "
        "bar: where it ends on the target date if it goes on like this (four out of five cases). Thick line: target. "
        "Dashed: the agreed path on the day of the figure. Right is better."
    )


def anchor(goal: pd.Series) -> str:
    """Return the anchor of the card of a goal, the same in every report and language."""
    return f"doel-{goal['id']}"


def _as_is(block: Block) -> Block:
    return block


def _link(goal: pd.Series) -> str:
    return f'<a href="#{escape(anchor(goal))}">{escape(goal["id"])} {escape(goal["title"])}</a>'


def _begin(goal: pd.Series, words: Words) -> str | None:
    """Return the value a change is counted from, with its year, and whether it is the agreed baseline."""
    if pd.isna(goal["begin"]):
        return None
    told = {"value": words.measure(goal["begin"], goal["unit"], goal["value"]), "year": goal["change_since"].year}
    agreed = pd.notna(goal["baseline"])
    return words.say("{value} (baseline {year})", **told) if agreed else words.say("{value} ({year})", **told)


def _line(goal: pd.Series) -> str:
    """Return the drawing of a goal: better lies to the right, and what does not fit ends in an arrowhead."""
    if goal[["value", "target"]].isna().any():
        return ""
    ahead = goal["sign"] * (goal[DRAWN].astype(float) - goal["target"])
    inside = ahead[["begin", "value"]]
    unit = max(-inside.min() / (TARGET - BEGIN), inside.max() / (END - TARGET)) or abs(goal["target"]) / 100 or 1.0
    x = (TARGET + ahead / unit).round(1)
    at = x.clip(EDGE, WIDTH - EDGE)
    marks = [f'<path d="M{at["begin"]} 15H{at["value"]}" stroke="{chart.BLUE}" stroke-width="2.4"/>']
    marks += [f'<circle cx="{at["begin"]}" cy="15" r="4" fill="#fff" stroke="{chart.BLUE}" stroke-width="1.6"/>']
    marks += [f'<circle cx="{at["value"]}" cy="15" r="4.5" fill="{chart.BLUE}"/>']
    if pd.notna(goal["forecast_low"]) and not goal["forecast_wide"]:
        left, right = sorted(at[["forecast_low", "forecast_high"]])
        heads = f"M{EDGE} 15l7-6v12Z" * int(x.min() < EDGE) + f"M{WIDTH - EDGE} 15l-7-6v12Z" * int(
            x.max() > WIDTH - EDGE
        )
        band = f'<path d="M{left} 10H{right}V20H{left}Z{heads}" fill="{BAND}"/>'
        marks = [band, f'<path d="M{at["forecast"]} 10v10" stroke="{chart.LIGHT}" stroke-width="2"/>', *marks]
    if pd.notna(goal["low"]) and goal["low"] < goal["high"]:
        ends = f"M{at['low']} 26H{at['high']}M{at['low']} 23.5v5M{at['high']} 23.5v5"
        marks.append(f'<path d="{ends}" stroke="{chart.BLUE}" stroke-width="1.2" fill="none"/>')
    if pd.notna(goal["path"]) and goal["reference"] < goal["target_date"]:
        marks.append(f'<path d="M{at["path"]} 4v22" stroke="{chart.BLACK}" stroke-width="1.6" stroke-dasharray="3 2"/>')
    marks.append(f'<path d="M{TARGET} 2v26" stroke="{chart.BLACK}" stroke-width="4"/>')
    return f'<svg class="line" viewBox="0 0 {WIDTH} 30" aria-hidden="true">{"".join(marks)}</svg>'
