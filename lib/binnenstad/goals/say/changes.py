"""What changed since the previous report, what earlier reports said, and the final verdict."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import groupby

import pandas as pd

from binnenstad.goals.say.standing import count_goals
from binnenstad.page.blocks import status_label
from binnenstad.programme import Moment
from binnenstad.words import Words

MOST_NAMED = 12  # new figures that a list can hold


def describe_changes(
    changed: pd.DataFrame, assessed: pd.DataFrame, moments: Sequence[Moment], words: Words, *, figures: bool = True
) -> list[str]:
    """Return what changed since the previous report, one sentence each; empty without a previous report.

    Parameters: ``changed`` from ``goals.changes`` of these moments, ``assessed`` the goals of now; ``figures=False``
    counts the new figures instead of naming them, where a table shows them; so does a long list.
    """
    if len(moments) < 2:
        return []
    goals = assessed.set_index("id")
    say = {"decision": _decided, "status": _moved, "revised": _revised, "measured": _measured}
    new = changed["kind"] == "measured"
    named = changed if figures and new.sum() <= MOST_NAMED else changed[~new]
    found = [say[change["kind"]](change, goals, words) for _, change in named.iterrows()]
    counted = len(changed) - len(named)
    if counted:
        found.append(words.say_many("{count} new figure came in.", "{count} new figures came in.", counted))
    period = words.during(moments[-2].period)
    return found or [words.say("Nothing has changed since the report on {period}.", period=period)]


def _decided(change: pd.Series, goals: pd.DataFrame, words: Words) -> str:
    subject = {
        "target_value": words.say("the target"), "target_kind": words.say("the kind of target"),
        "target_date": words.say("the target date"), "baseline_value": words.say("the baseline"),
        "baseline_date": words.say("the date of the baseline"), "weight": words.say("the weight"),
        "state": words.say("the state"), "control_limits": words.say("the limits of the control chart"),
        "budget": words.say("the budget"), "scope": words.say("the scope"),
    }[change["subject"]]  # fmt: skip
    about = [str(change[name]) for name in ("indicator", "effort") if pd.notna(change[name])]
    what = f"{subject} ({', '.join(about)})" if about else subject
    begin = words.say("Decided by {body} on {date}", body=change["body"], date=words.date(change["date"]))
    if pd.isna(change["old"]) and pd.isna(change["new"]):
        return words.say("{begin}: {what}. Reason: {reason}.", begin=begin, what=what, reason=_ended(change))
    old, new = (_cell(change[name], change, goals, words) for name in ("old", "new"))
    return words.say(
        "{begin}: {what} from {old} to {new}. Reason: {reason}.",
        begin=begin, what=what, old=old, new=new, reason=_ended(change),
    )  # fmt: skip


def _ended(change: pd.Series) -> str:
    return str(change["reason"]).rstrip(". ")


def _cell(cell: object, change: pd.Series, goals: pd.DataFrame, words: Words) -> str:
    """Return what a decision says was or is, as the reader reads such a value."""
    if pd.isna(cell):  # type: ignore[call-overload]
        return words.say("nothing")
    subject, text = change["subject"], str(cell)
    if subject in ("target_value", "baseline_value") and change["indicator"] in goals.index:
        goal = goals.loc[change["indicator"]]
        # a relative target is a share of the baseline, whatever the unit of the goal
        unit = "share" if subject == "target_value" and goal["target_kind"] == "relative" else goal["unit"]
        return words.measure(float(text.replace(",", ".")), unit)
    if subject in ("target_date", "baseline_date"):
        return words.date(pd.Timestamp(text))
    if subject == "budget":
        return _amount(text, words)
    return effort_state(text, words) if subject == "state" else text


def _amount(text: str, words: Words) -> str:
    """Return an amount of a decision in euro, or the words that stand in its place."""
    try:
        return words.eur(float(text.replace(",", ".")))
    except ValueError:
        return text


def effort_state(state: str, words: Words) -> str:
    """Return the word for the state of an effort."""
    return {
        "to_be_developed": words.say("to be developed"), "agreed": words.say("agreed"),
        "running": words.say("running"), "done": words.say("done"), "stopped": words.say("stopped"),
    }.get(state, state)  # fmt: skip


def _moved(change: pd.Series, goals: pd.DataFrame, words: Words) -> str:
    goal = goals.loc[change["indicator"]]
    old, new = (status_label(change[name], words, keep=goal["keep"]) for name in ("old", "new"))
    return words.say(
        "{id} {title}: the verdict was {old} and is {new}.",
        id=change["indicator"], title=goal["title"], old=old, new=new,
    )  # fmt: skip


def _revised(change: pd.Series, goals: pd.DataFrame, words: Words) -> str:
    goal = goals.loc[change["indicator"]]
    old, new = (
        words.measure(change[one], goal["unit"], change[other]) for one, other in (("old", "new"), ("new", "old"))
    )
    day = words.date(change["date"])
    return words.say(
        "{id}: the figure of {date} was revised from {old} to {new}.",
        id=change["indicator"],
        date=day,
        old=old,
        new=new,
    )


def _measured(change: pd.Series, goals: pd.DataFrame, words: Words) -> str:
    goal = goals.loc[change["indicator"]]
    value = words.quantity(change["new"], goal["unit"], goal["unit_label"], goal["target"])
    return words.say(
        "{id}: new figure, {value} ({date}).", id=change["indicator"], value=value, date=words.date(change["date"])
    )


def about_history(past: pd.DataFrame, words: Words) -> tuple[str, str]:
    """Return title and alt text of the strip of earlier verdicts (``goals.history``)."""
    statuses = past.groupby("id", sort=False)["status"]
    steady, total = int((statuses.nunique() == 1).sum()), statuses.ngroups
    period = words.during(past["period"].min())
    title = words.say(
        "Of {steady} of the {total} goals the verdict has been the same since {period}",
        steady=words.number(steady),
        total=words.number(total),
        period=period,
    )
    if steady == total:
        title = words.say("No verdict has changed since {period}", period=period)
    elif not steady:
        title = words.say("Every verdict has changed since {period}", period=period)
    told = [f"{goal}: {runs}." for goal, runs in verdicts(past, words).items()]
    return title, " ".join(told)


def verdicts(past: pd.DataFrame, words: Words) -> dict[str, str]:
    """Return what the reports said of each goal, equal verdicts taken together, by the id of the goal."""
    return {str(goal): "; ".join(_runs(own, words)) for goal, own in past.groupby("id", sort=False)}


def _runs(own: pd.DataFrame, words: Words) -> Iterator[str]:
    spoken = [(row["period"], status_label(row["status"], words, keep=row["keep"])) for _, row in own.iterrows()]
    for label, run in groupby(spoken, key=lambda pair: pair[1]):
        periods = [words.period(period) for period, _ in run]
        when = periods[0]
        if len(periods) > 1:
            when = words.say("{first} to {last}", first=periods[0], last=periods[-1])
        yield f"{when}: {label}"


def final_verdict(assessed: pd.DataFrame, moment: Moment, last_year: int, words: Words) -> list[str]:
    """Return the verdict at the end of the programme, one sentence per outcome; nothing before its last year."""
    if moment.year < last_year:
        return []
    met = assessed["status"] == "met"
    failed = assessed["status"].isin(["not_met", "norm_broken"])
    pending = assessed["final_pending"] & ~met & ~failed
    rows = [
        (words.pattern("Met: {goals}."), met & ~assessed["final_pending"]),
        (words.pattern("Not met: {goals}."), failed & ~assessed["final_pending"]),
        (words.pattern("The final measurement is still to come: {ids}."), assessed["final_pending"]),
        (words.pattern("No verdict can be given: {goals}."), ~met & ~failed & ~pending),
    ]
    return [
        text.format(goals=words.listing(_names(assessed[found])), ids=words.listing(_names(assessed[found])))
        for text, found in rows if found.any()
    ]  # fmt: skip


def _names(goals: pd.DataFrame) -> list[str]:
    return [f"{goal['id']} {goal['title']}" for _, goal in goals.iterrows()]


def lead_changes(changed: pd.DataFrame, assessed: pd.DataFrame, moments: Sequence[Moment], words: Words) -> str:
    """Return in one sentence what the verdicts did since the previous report; empty without one."""
    if len(moments) < 2:
        return ""
    period = words.during(moments[-2].period)
    moved = assessed[assessed["id"].isin(changed.loc[changed["kind"] == "status", "indicator"])]
    if moved.empty:
        return words.say("Since the report on {period} no verdict has changed.", period=period)
    return words.say_many(
        "Since the report on {period} {count} verdict has changed (now {verdicts}).",
        "Since the report on {period} {count} verdicts have changed (now {verdicts}).",
        len(moved),
        period=period,
        verdicts=count_goals(moved, words),
    )
