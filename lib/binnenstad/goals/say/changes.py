"""What changed since the previous report: decisions, verdicts, revised figures and new ones."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd

from binnenstad.goals.history import PROMISE
from binnenstad.goals.status import verdict
from binnenstad.programme.checked import Moment
from binnenstad.programme.contract import code_names
from binnenstad.words import Words

MOST_NAMED = 12  # new figures that a list can hold


def describe_changes(
    changed: pd.DataFrame, past: pd.DataFrame, moments: Sequence[Moment], words: Words, *, figures: bool = True
) -> list[str]:
    """Return what changed since the previous report, one sentence each; empty without a previous report.

    Parameters: ``changed`` from ``goals.changes`` of these moments, ``past`` from ``goals.history``; ``figures=False``
    counts the new figures instead of naming them, where a table shows them; so does a long list.
    """
    if len(moments) < 2:
        return []
    before, goals = (past[past["period"] == moment.period].set_index("id") for moment in moments[-2:])
    new = changed["kind"] == "measured"
    named = changed if figures and new.sum() <= MOST_NAMED else changed[~new]
    found = [_told(change, before, goals, words) for _, change in named.iterrows()]
    counted = len(changed) - len(named)
    if counted:
        found.append(words.say_many("{count} new figure came in.", "{count} new figures came in.", counted))
    period = words.during(moments[-2].period)
    return found or [words.say("Nothing has changed since the report on {period}.", period=period)]


def _told(change: pd.Series, before: pd.DataFrame, goals: pd.DataFrame, words: Words) -> str:
    """Return a decision, a verdict that moved, a figure that was revised or a figure that is new."""
    if change["kind"] == "decision":
        return _decided(change, goals, words)
    goal = goals.loc[change["indicator"]]
    old, new, unit = change["old"], change["new"], goal["unit"]
    told = {"id": change["indicator"], "title": goal["title"]}
    if change["kind"] == "status":
        was, now = (verdict(at, words) for at in (before.loc[change["indicator"]], goal))
        return words.say("{id} {title}: the verdict was {old} and is {new}.", old=was, new=now, **told)
    told["date"] = words.date(change["date"])
    if change["kind"] == "measured":
        value = words.quantity(new, unit, goal["unit_label"], goal["target"])
        return words.say("{id}: new figure, {value} ({date}).", value=value, **told)
    was, now = words.measure(old, unit, new), words.measure(new, unit, old)
    return words.say("{id}: the figure of {date} was revised from {old} to {new}.", old=was, new=now, **told)


def _decided(change: pd.Series, goals: pd.DataFrame, words: Words) -> str:
    """Return a decision with who took it, when, on what and why; from what to what, if anything has a value."""
    subject = code_names("decisions", "subject", words.language)[change["subject"]]
    about = ", ".join(change[["indicator", "effort"]].dropna())
    begin = words.say("Decided on {date} ({body})", body=change["body"], date=words.date(change["date"]))
    reason = str(change["reason"]).rstrip(". ")
    what = f"{subject} ({about})" if about else subject
    if change[["old", "new"]].notna().any():
        old, new = (_cell(change[name], change, goals, words) for name in ("old", "new"))
        what = words.say("{what} from {old} to {new}", what=what, old=old, new=new)
    told = words.say("{begin}: {what}. Reason: {reason}.", begin=begin, what=what, reason=reason)
    # of a decision that counts the target date, which it may have moved, was still to come
    late = change["subject"] in PROMISE and change["date"] > goals.at[change["indicator"], "target_date"]
    return f"{told} {words.say('The target date was over then, so the verdict stays.')}" if late else told


def _cell(cell: object, change: pd.Series, goals: pd.DataFrame, words: Words) -> str:
    """Return what a decision says was or is, as the reader reads such a value."""
    if pd.isna(cell):  # type: ignore[call-overload]
        return words.say("nothing")
    subject, text = change["subject"], str(cell)
    number = float(pd.to_numeric(text.replace(",", "."), errors="coerce"))
    if subject in ("target_value", "baseline_value"):
        goal = goals.loc[change["indicator"]]
        # a relative target is a share of the baseline, whatever the unit of the goal
        unit = "share" if subject == "target_value" and goal["target_kind"] == "relative" else goal["unit"]
        return words.measure(number, unit)
    if subject in ("target_date", "baseline_date"):
        return words.date(pd.Timestamp(text))
    # a decision may put words in the place of an amount
    if subject == "budget" and pd.notna(number):
        return words.eur(number)
    return code_names("efforts", "state", words.language)[text] if subject == "state" else text
