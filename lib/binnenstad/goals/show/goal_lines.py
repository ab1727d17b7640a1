"""Goal lines: each goal in a row, from where it began, past where it is, to its target and where it is heading."""

from __future__ import annotations

from html import escape

import pandas as pd

from binnenstad.goals.say.outlook import OUTLOOKS, expected, short_title, so_far
from binnenstad.goals.status import marked
from binnenstad.page import chart
from binnenstad.page.blocks import Block
from binnenstad.page.table import Column, soft, table
from binnenstad.words import Words

# px: of the drawing its width and margin, and where in it the furthest begin, the target and what overshoots it lie
WIDTH, EDGE, BEGIN, TARGET, END = 240, 3, 14, 165, 228
BAND = "#c3d2ea"
DRAWN = ["begin", "value", "low", "high", "forecast_low", "forecast", "forecast_high", "path"]


def tabulate_lines(assessed: pd.DataFrame, words: Words, *, brief: bool = False) -> Block:
    """Return the goals as rows: begin, now, drawn on the way to the target, the target, and where each is heading.

    What is unlikely to be met stands first. ``brief`` leaves out begin and links, for a page without cards, and has
    the verdict for the course. Nothing where nothing was agreed or measured. Parameters: the result of
    ``goals.history`` at one moment.
    """
    if assessed[["value", "baseline", "target"]].isna().all(axis=None):
        return Block("", "")
    goals, order = (goal for _, goal in assessed.iterrows()), [*OUTLOOKS]
    rows = sorted(goals, key=lambda goal: (order.index(goal["outlook"]), goal["id"]))
    names = [f"{goal['id']} {short_title(goal) if brief else goal['title']}" for goal in rows]
    linked = [Block(_link(goal, name), name) for goal, name in zip(rows, names, strict=True)]
    told = (_begin, _now, _target, marked if brief else so_far, expected)
    begin, now, target, course, ahead = ([cell(goal, words) for goal in rows] for cell in told)
    columns = [
        Column(words.say("goal"), names if brief else linked),
        *[Column(words.say("begin"), begin, text=True)] * (not brief),
        Column(words.say("now"), now, text=not brief),
        Column(words.say("from begin to target"), [Block(_line(goal), "") for goal in rows], text=True),
        Column(words.say("target"), target, text=not brief),
        Column(words.say("verdict") if brief else words.say("so far"), course, text=True),
        Column(words.say("on the target date"), ahead, text=True),
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


def _link(goal: pd.Series, name: str) -> str:
    return f'<a href="#{escape(anchor(goal))}">{soft(name)}</a>'


def _begin(goal: pd.Series, words: Words) -> str | None:
    """Return the value a change is counted from, with its year, and whether it is the agreed baseline."""
    begin, since = goal[["begin", "change_since"] if pd.notna(goal["begin"]) else ["baseline", "baseline_date"]]
    if pd.isna(begin):
        return None
    told = {"value": words.measure(begin, goal["unit"], goal["value"]), "year": since.year}
    agreed = pd.notna(goal["baseline"])
    return words.say("{value} (baseline {year})", **told) if agreed else words.say("{value} ({year})", **told)


def _now(goal: pd.Series, words: Words) -> str | None:
    if pd.isna(goal["value"]):
        return None
    value = words.measure(goal["value"], goal["unit"], goal["target"])
    told = words.say("{value} ({year})", value=value, year=goal["date"].year)
    return words.say("{value}, provisional", value=told) if goal["provisional"] else told


def _target(goal: pd.Series, words: Words) -> str | None:
    """Return a target as a bound, with the year it is for, and the first one where it was changed."""
    if pd.isna(goal["target"]):
        return None
    names, sign = ["target", "original_target"], "≥" if goal["direction"] == "at_least" else "≤"
    now, then = (f"{sign} {words.measure(value, goal['unit'])}" for value in goal.reindex(names))
    new, first = goal["target_date"].year, goal.get("original_promised")
    # what was agreed before a bridge stands on another scale: the sentence names both
    if pd.isna(first) or first != goal["original_target"]:
        return words.say("{value} ({year})", value=now, year=new)
    due = goal["original_target_date"].year
    return words.say("{now} in {new} (first {then} in {year})", now=now, then=then, new=new, year=due)


def _line(goal: pd.Series) -> str:
    """Return the drawing of a goal: better lies to the right, and what does not fit ends in an arrowhead.

    Nothing for a value that no target can be held against.
    """
    if goal[["value", "target"]].isna().any() or goal["status"] in ("invalid", "not_comparable"):
        return ""
    ahead = goal["sign"] * (goal[DRAWN].astype(float) - goal["target"])
    inside = ahead[["begin", "value"]]
    unit = max(-inside.min() / (TARGET - BEGIN), inside.max() / (END - TARGET)) or abs(goal["target"]) / 100 or 1.0
    x = (TARGET + ahead / unit).round(1)
    marks = (
        f'<path d="M{x["begin"]} 15H{x["value"]}" stroke="{chart.BLUE}" stroke-width="2.4"/>'
        f'<circle cx="{x["begin"]}" cy="15" r="4" fill="#fff" stroke="{chart.BLUE}" stroke-width="1.6"/>'
        f'<circle cx="{x["value"]}" cy="15" r="4.5" fill="{chart.BLUE}"/>'
    )
    if pd.notna(goal["forecast_low"]) and not goal["forecast_wide"]:
        middle = f'<path d="M{x["forecast"]} 10v10" stroke="{chart.LIGHT}" stroke-width="2"/>'
        band = _stretch(x[["forecast_low", "forecast_high"]], 15, 5, BAND)
        marks = band + middle * bool(EDGE < x["forecast"] < WIDTH - EDGE) + marks
    if pd.notna(goal["low"]) and goal["low"] < goal["high"]:
        marks += _stretch(x[["low", "high"]], 26, 1, chart.BLUE)
    if pd.notna(goal["path"]) and goal["reference"] < goal["target_date"]:
        marks += f'<path d="M{x["path"]} 4v22" stroke="{chart.BLACK}" stroke-width="1.6" stroke-dasharray="3 2"/>'
    marks += f'<path d="M{TARGET} 2v26" stroke="{chart.BLACK}" stroke-width="4"/>'
    return f'<svg class="line" viewBox="0 0 {WIDTH} 30" aria-hidden="true">{marks}</svg>'


def _stretch(ends: pd.Series, y: int, half: int, colour: str) -> str:
    """Return a bar from one end to the other, with an arrowhead at each edge that it runs past."""
    head, early, late = half + 3, bool(ends.min() < EDGE), bool(ends.max() > WIDTH - EDGE)
    left, right = ends.clip(EDGE + head * early, WIDTH - EDGE - head * late).sort_values()
    shape = f"M{left} {y - half}H{right}V{y + half}H{left}Z"
    shape += f"M{EDGE} {y}l{head} -{head}v{2 * head}Z" * early
    shape += f"M{WIDTH - EDGE} {y}l-{head} {head}v-{2 * head}Z" * late
    return f'<path d="{shape}" fill="{colour}"/>'
