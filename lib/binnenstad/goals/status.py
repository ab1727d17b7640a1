"""The verdicts on a goal: their order, symbols and words, and what makes them less than certain."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Sequence

import pandas as pd

from binnenstad.words import NO_BREAK, Words

# from best to worst, and then what says nothing about the goal; a shape says what a colour would, so that a grey print
# and a colour-blind reader lose nothing
STATUSES: dict[str, tuple[str, Callable[[Words], str]]] = {
    "met": ("✓", lambda words: words.say("met")),
    "on_course": ("●", lambda words: words.say("on course")),
    "at_start": ("◇", lambda words: words.say("at the baseline")),
    "not_met_no_baseline": ("□", lambda words: words.say("not yet (no baseline)")),
    "behind": ("◐", lambda words: words.say("behind")),
    "far_behind": ("○", lambda words: words.say("far behind")),
    "no_change": ("≈", lambda words: words.say("no change can be shown")),
    "worsening": ("▼", lambda words: words.say("worsening")),
    "norm_broken": ("✗", lambda words: words.say("norm broken")),
    "not_met": ("✗", lambda words: words.say("not met")),
    "no_measurement": ("∅", lambda words: words.say("no measurement")),
    "too_few": ("∅", lambda words: words.say("too few answers")),
    "part_year": ("∅", lambda words: words.say("no full year measured yet")),
    "not_comparable": ("◌", lambda words: words.say("not comparable")),
    "no_target": ("∅", lambda words: words.say("no target")),
    "not_measured_in_target_year": ("∅", lambda words: words.say("no final measurement")),
    "invalid": ("⚠", lambda words: words.say("input error")),
}
SYMBOLS = {key: symbol for key, (symbol, _) in STATUSES.items()}
# never counted as bad or good
UNKNOWN = tuple(STATUSES)[list(STATUSES).index("no_measurement") :]
KNOWN = tuple(key for key in STATUSES if key not in UNKNOWN)
ENDED = ("met", "not_met", "not_measured_in_target_year")  # no path is left to be ahead of or behind
ON_LEVEL = ("met", "not_met", "norm_broken", "not_met_no_baseline")  # verdicts of the value against the target alone
ALMOST = 0.99995  # a share from here on reads as 100% in two decimals


def status_label(status: str, words: Words, *, keep: bool = False) -> str:
    """Return the word for a status key; a goal to keep a level has its own word for met."""
    return words.say("norm kept") if keep and status == "met" else STATUSES[status][1](words)


def as_said(goals: pd.DataFrame) -> pd.Series:
    """Return the status of assessed goals as it may be said: that of the table, or a key that claims less.

    What cannot be told from chance is not far behind or worsening; what too few answered was measured all the same.
    """
    status, chance = goals["status"], goals["change_certainty"] == "no_change"
    said, none = status.mask(status.isin(["far_behind", "worsening"]) & chance, "no_change"), status == "no_measurement"
    return said.mask(none & goals["part_year"], "part_year").mask(none & goals["too_few"], "too_few")


def _reserves(goal: pd.Series, words: Words) -> list[str]:
    """Return what makes the verdict on an assessed goal less than certain, as it stands between brackets."""
    status, say = goal["status"], words.say
    known, changed = status in KNOWN, pd.notna(goal.get("original_target"))
    # a later date or a lower target takes no verdict away
    failed = changed and goal["original_status"] in ("not_met", "norm_broken")
    rows = [
        (status in ON_LEVEL and goal["certainty"] == "within_margin", say("within the margin")),
        (status in ("on_course", "behind") and goal["change_certainty"] == "no_change", say("change not shown")),
        (failed or known and changed, say("not met as first agreed") if failed else say("changed goal")),
        (known and goal["provisional"], say("provisional")),
        (known and goal["stale"], say("figure of {year}", year=goal["date"].year)),
    ]
    return [text for holds, text in rows if holds]


def verdict(goal: pd.Series, words: Words) -> str:
    """Return the verdict on an assessed goal with its certainty: "behaald (binnen de marge)"."""
    return with_reserves(status_label(goal["status"], words, keep=goal["keep"]), [goal], words)


def with_reserves(label: str, goals: Sequence[pd.Series], words: Words) -> str:
    """Return a label of one or more assessed goals with how many of them are less than certain, and why."""
    found = sorted(Counter(note for goal in goals for note in _reserves(goal, words)).items())
    less = words.listing([note if n == len(goals) else f"{words.number(n)}× {note}" for note, n in found])
    # one pair of brackets, also where the word has some of its own
    return f"{label} ({less})".replace(") (", "; ") if less else label


def marked(goal: pd.Series, words: Words) -> str:
    """Return the verdict with its symbol before it, which a line does not part."""
    return f"{SYMBOLS[goal['status']]}{NO_BREAK}{verdict(goal, words)}"


def bound_of(goal: pd.Series, words: Words, name: str = "target") -> str:
    """Return the target of a goal, or what another column has of it, as a bound: at least 100,000; unknown if none."""
    if pd.isna(goal[name]):
        return words.say("unknown")
    bound = words.at_least if goal["direction"] == "at_least" else words.at_most
    return bound(words.measure(goal[name], goal["unit"]))


def begin_to_value(goal: pd.Series, words: Words) -> tuple[str, str]:
    """Return where the change of a goal began and its value; only the value must read as another than the target."""
    begin, value, unit = goal["begin"], goal["value"], goal["unit"]
    return words.measure(begin, unit, value), words.measures([value, begin], unit, goal["target"])[0]


def reached(goal: pd.Series, words: Words) -> str:
    """Return the part of the agreed change of an assessed goal that was reached, as a percentage.

    That of an unmet goal never reads as 100%, and a negative one is told in words: no part of anything was reached.
    """
    share = goal["attainment"]
    if share < 0:
        return words.say("further away than at the baseline")
    if goal["met"] or share < ALMOST:
        return words.measure(share, "share", None if goal["met"] else 1.0)
    return words.say("almost all")
