"""The statuses of a goal: their order, symbols and words."""

from __future__ import annotations

from collections.abc import Callable

from binnenstad.words import Words

# from best to worst, and then what says nothing about the goal; a shape says what a colour would, so that a grey print
# and a colour-blind reader lose nothing
STATUSES: dict[str, tuple[str, Callable[[Words], str]]] = {
    "met": ("✓", lambda words: words.say("met")),
    "on_course": ("●", lambda words: words.say("on course")),
    "at_start": ("◇", lambda words: words.say("at the baseline")),
    "not_met_no_baseline": ("□", lambda words: words.say("not yet (no baseline)")),
    "behind": ("◐", lambda words: words.say("behind")),
    "far_behind": ("○", lambda words: words.say("far behind")),
    "worsening": ("▼", lambda words: words.say("worsening")),
    "norm_broken": ("✗", lambda words: words.say("norm broken")),
    "not_met": ("✗", lambda words: words.say("not met")),
    "no_measurement": ("∅", lambda words: words.say("no measurement")),
    "not_comparable": ("◌", lambda words: words.say("not comparable")),
    "no_target": ("∅", lambda words: words.say("no target")),
    "not_measured_in_target_year": ("∅", lambda words: words.say("no final measurement")),
    "invalid": ("⚠", lambda words: words.say("input error")),
}
SYMBOLS = {key: symbol for key, (symbol, _) in STATUSES.items()}
# never counted as bad or good
UNKNOWN = ("no_measurement", "no_target", "not_measured_in_target_year", "invalid", "not_comparable")
KNOWN = tuple(key for key in STATUSES if key not in UNKNOWN)


def status_label(status: str, words: Words, *, keep: bool = False) -> str:
    """Return the word for a status key; a goal to keep a level has its own word for met."""
    return words.say("norm kept") if keep and status == "met" else STATUSES[status][1](words)
