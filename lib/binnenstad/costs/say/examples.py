"""Whose judgement stands behind the costs, and in which of their tables examples stand."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.words import Words


def judged_or_example(tables: Mapping[str, pd.DataFrame], year: int, words: Words) -> list[str]:
    """Return whose judgement the strength of efforts is, and in which tables of the costs examples stand."""
    judges = words.listing(sorted(tables["effort_indicators"]["judged_by"].dropna().unique()))
    parts = {
        "budget": words.say("the budget"),
        "payments": words.say("the payments"),
        "scenario_lines": words.say("the scenarios"),
        "votes": words.say("the support votes"),
    }
    examples = words.listing([part for name, part in parts.items() if _has_example(tables[name], year)])
    judged = words.say(
        "How much an effort contributes to a goal is the judgement of: {judges}. It was not measured.", judges=judges
    )
    rows = [(judges, judged), (examples, words.say("Example figures stand in: {parts}.", parts=examples))]
    return [text for holds, text in rows if holds]


def _has_example(table: pd.DataFrame, year: int) -> bool:
    own = table[table["year"] == year] if "year" in table else table
    return bool(own["illustrative"].fillna(False).any())
