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
    told = list[str]()
    for key in (key for key in ("likely", "unlikely", "uncertain", "") if (ahead == key).any() and ahead.any()):
        own = still[ahead == key]
        about = {"n": words.number(len(own)), "names": named(own, words)}
        if not told:
            left = "" if len(still) == len(assessed) else words.say(" still open")
            about["n"] = words.say_many(
                "the goal", "{n} of the {count} goals{left}", len(still), left=left, n=about["n"]
            )
        told.append({
            "likely": words.say_many("{n} will probably be met{names}", "{n} will probably be met{names}", len(own), **about),
            "unlikely": words.say_many("{n} will probably not be met{names}", "{n} will probably not be met{names}", len(own), **about),
            "uncertain": words.say_many("{n} is uncertain", "{n} are uncertain", len(own), **about),
            "": words.say_many("nothing can be said of {n}", "nothing can be said of {n}", len(own), **about),
        }[key])  # fmt: skip
    return [words.say("If it goes on like this: {clauses}.", clauses=words.listing(told))] if told else []


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
    return "; ".join(filter(None, [told, marked(goal, words) if said else ""])) or status_label(goal["status"], words)


def expected(goal: pd.Series, words: Words) -> str:
    """Return whether an assessed goal will be met if it goes on like this, and between which values it ends."""
    if _decided(goal):
        return marked(goal, words)
    outlook = "" if pd.isna(goal["forecast"]) else goal["outlook"]
    answer = {
        "likely": words.say("likely to be met"), "unlikely": words.say("unlikely to be met"),
        "uncertain": words.say("uncertain"), "": words.say("cannot be said"),
    }[outlook]  # fmt: skip
    low, high = words.measures([goal["forecast_low"], goal["forecast_high"]], goal["unit"], goal["target"])
    told, vague = f"{OUTLOOKS[outlook]}{NO_BREAK}{answer}", pd.isna(goal["forecast_low"]) or goal["forecast_wide"]
    return told if vague else words.say("{told}; expected {low} to {high}", told=told, low=low, high=high)
