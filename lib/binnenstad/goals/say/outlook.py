"""Where the goals are heading: by name in the lead, and in a few words beside each."""

from __future__ import annotations

import pandas as pd

from binnenstad.goals.status import KNOWN, marked, status_label
from binnenstad.words import NO_BREAK, Words

# what is unlikely to be met asks for attention first
OUTLOOKS = {"unlikely": "✗", "uncertain": "?", "": "–", "likely": "✓"}
MOST_NAMED = 4  # goals in a sentence, before they are counted


def short_title(goal: pd.Series) -> str:
    """Return the name of a goal for use in a sentence: its ``short_title``, else its title."""
    short = goal.get("short_title")
    return str(goal["title"] if pd.isna(short) else short)


def named(goals: pd.DataFrame, words: Words) -> str:
    """Return the names of a few goals, as they stand between brackets; nothing for many."""
    names = words.listing([short_title(goal) for _, goal in goals.iterrows()])
    return f" ({names})" if 0 < len(goals) <= MOST_NAMED else ""


def lead_outlook(assessed: pd.DataFrame, words: Words) -> list[str]:
    """Return where the goals are heading that are not yet decided; nothing where that can be said of none."""
    still = assessed[(assessed["reference"] < assessed["target_date"]) & ~assessed["in_period"].astype(bool)]
    ahead = still["outlook"].where(still["forecast"].notna(), "")
    if not ahead.any():
        return []
    say_many, n = words.say_many, {key: still[ahead == key] for key in OUTLOOKS}
    likely, unlikely = (named(n[key], words) for key in ("likely", "unlikely"))
    rows = {
        "likely": say_many("{count} will probably be met{names}", "{count} will probably be met{names}", len(n["likely"]), names=likely),
        "unlikely": say_many("{count} will probably not be met{names}", "{count} will probably not be met{names}", len(n["unlikely"]), names=unlikely),
        "uncertain": say_many("{count} is uncertain", "{count} are uncertain", len(n["uncertain"])),
        "": say_many("nothing can be said of {count}", "nothing can be said of {count}", len(n[""])),
    }  # fmt: skip
    clauses = words.listing([told for key, told in rows.items() if len(n[key])])
    return [words.say_many(
        "Of the {count} goal that is still open, if it goes on like this: {clauses}.",
        "Of the {count} goals that are still open, if it goes on like this: {clauses}.",
        len(still), clauses=clauses,
    )]  # fmt: skip


def _decided(goal: pd.Series) -> bool:
    """Return whether the verdict on an assessed goal stands, so that there is nothing left to expect."""
    return bool(goal["in_period"] or goal["reference"] >= goal["target_date"])


def so_far(goal: pd.Series, words: Words) -> str:
    """Return which way an assessed goal has gone, how sure that is, and the verdict on it where one is not yet final."""
    change, better = goal["change_certainty"], goal["sign"] * (goal["value"] - goal["begin"]) > 0
    way = words.say("better") if better else words.say("worse")
    told = {
        "change": words.say("demonstrably {way}", way=way), "count": way,
        "unknown": words.say("{way} (margin unknown)", way=way), "no_change": words.say("no change can be shown"),
    }.get(change, "")  # fmt: skip
    told = words.say("unchanged") if change and goal["value"] == goal["begin"] else told
    said = goal["status"] in KNOWN and goal["status"] != "not_met_no_baseline" and not _decided(goal)
    judged = marked(goal, words) if said else ""
    return "; ".join(filter(None, [told, judged])) or status_label(goal["status"], words)


def expected(goal: pd.Series, words: Words) -> str:
    """Return whether an assessed goal will be met if it goes on like this, and between which values it ends."""
    if _decided(goal):
        return marked(goal, words)
    outlook = "" if pd.isna(goal["forecast"]) else goal["outlook"]
    answer = {
        "likely": words.say("likely to be met"), "unlikely": words.say("unlikely to be met"),
        "uncertain": words.say("uncertain"), "": words.say("cannot be said"),
    }[outlook]  # fmt: skip
    ends = words.measures([goal["forecast_low"], goal["forecast_high"]], goal["unit"], goal["target"])
    told = f"{OUTLOOKS[outlook]}{NO_BREAK}{answer}"
    known = pd.notna(goal["forecast_low"]) and not goal["forecast_wide"]
    return words.say("{told}; expected {low} to {high}", told=told, low=ends[0], high=ends[1]) if known else told
