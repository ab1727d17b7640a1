"""Decisions that change a table: what they say was and is must agree with each other and with the table now."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from typing import Any

import pandas as pd

from binnenstad.programme.cells import AMBIGUOUS, PLAIN
from binnenstad.programme.contract import columns
from binnenstad.words import Words

Found = tuple[str, pd.Series, str, str, str]
# what a decision of each kind is about; the others are for mention only
OF_GOALS = ("target_value", "target_kind", "target_date", "baseline_value", "baseline_date", "weight")
OF_EFFORTS = ("state",)


def decision_faults(frames: dict[str, pd.DataFrame], words: Words) -> Iterator[Found]:
    """Give the faults of the table ``decisions``, as the rules between tables give them."""
    rows = frames["decisions"]
    about = rows["subject"].isin([*OF_GOALS, "control_limits"])
    rule, way_out = words.say("is empty, and the decision is about a goal"), words.say("Name the operational goal.")
    yield "decisions", about & rows["indicator"].isna(), "indicator", rule, way_out
    rule, way_out = words.say("is empty, and the decision is about an effort"), words.say("Name the effort.")
    yield "decisions", rows["subject"].isin(OF_EFFORTS) & rows["effort"].isna(), "effort", rule, way_out
    rule = words.say("is empty, and new limits hold from some day")
    way_out = words.say("Give the first day on which the new limits hold.")
    yield "decisions", (rows["subject"] == "control_limits") & rows["effective"].isna(), "effective", rule, way_out
    yield from _unreadable(rows, words)
    yield from _disagreeing(frames, words)


def _unreadable(rows: pd.DataFrame, words: Words) -> Iterator[Found]:
    rule = words.say("does not fit the column it is about")
    way_out = words.say("Write it as in that column: a number without thousands separators, or yyyy-mm-dd.")
    for column in ("old", "new"):
        wrong = [
            isinstance(text, str) and _canonical(text, subject) is None
            for text, subject in zip(rows[column], rows["subject"], strict=True)
        ]
        yield "decisions", pd.Series(wrong, index=rows.index, dtype=bool), column, rule, way_out


def _disagreeing(frames: dict[str, pd.DataFrame], words: Words) -> Iterator[Found]:
    """Find decisions whose outcome is not what the next one began with, or not what the table says now."""
    rows = frames["decisions"]
    wrong = pd.Series(False, index=rows.index)
    for table, of, subjects in (("indicators", "indicator", OF_GOALS), ("efforts", "effort", OF_EFFORTS)):
        now = frames[table].drop_duplicates("id").set_index("id")
        decided = rows[rows["subject"].isin(subjects) & rows[of].isin(now.index)]
        for (name, subject), chain in decided.sort_values("date", kind="stable").groupby([of, "subject"]):
            after = [*chain["old"].iloc[1:], _plain(now.at[name, subject])]
            for row, new, then in zip(chain.index, chain["new"], after, strict=True):
                wrong[row] = _canonical(new, str(subject)) != _canonical(then, str(subject))
    rule = words.say("is not what the table, or the next decision, says")
    yield "decisions", wrong, "new", rule, words.say("Correct the decision, or the cell it changed.")


def _plain(cell: object) -> object:
    return cell.date().isoformat() if isinstance(cell, pd.Timestamp) else cell


def _canonical(text: object, subject: str) -> float | str | None:
    """Return a cell of old or new as the column it is about holds it; empty is "", unreadable is None."""
    if pd.isna(text):  # type: ignore[call-overload]
        return ""
    if isinstance(text, float):
        return text
    table = "efforts" if subject in OF_EFFORTS else "indicators"
    field = columns(table).get(subject, {})
    try:
        if field.get("type") == "number":
            return _number(str(text))
        # one way to write a date: 05-03-2022 must not become the third of May
        return dt.date.fromisoformat(str(text)).isoformat() if field.get("type") == "date" else _word(str(text), field)
    except ValueError:
        return None


def _number(text: str) -> float:
    if not PLAIN.fullmatch(text) or AMBIGUOUS.fullmatch(text):
        raise ValueError(text)
    return float(text.replace(",", "."))


def _word(text: str, field: dict[str, Any]) -> str | None:
    return text if text in field.get("constraints", {}).get("enum", [text]) else None
