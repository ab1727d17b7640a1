"""Rules between columns and tables, which a table schema cannot say."""

from __future__ import annotations

from collections.abc import Iterator

import pandas as pd

from binnenstad.programme.addresses import recipient_faults
from binnenstad.programme.decided import decision_faults
from binnenstad.programme.votes import vote_faults
from binnenstad.words import Words
from binnenstad.words.errors import Fault

Frames = dict[str, pd.DataFrame]
Found = tuple[str, pd.Series, str, str, str]


def cross_faults(frames: Frames, files: dict[str, str], start: int, end: int, words: Words) -> list[Fault]:
    """Return the faults between columns and tables; cells that are missing break no rule.

    ``frames`` are the typed tables indexed by row in the file, ``files`` names the file of each,
    ``start`` and ``end`` bound the years of budget, payments and published totals.
    """
    rule, way_out = words.say("the table has no rows"), words.say("Fill in at least one row.")
    empty = [
        Fault(files[table], 0, "", "", rule, way_out) for table in ("goals", "indicators", "partners")
        if frames[table].empty
    ]  # fmt: skip
    found: list[Found] = []
    goals = (_targets, _limits, _measured, _weights, decision_faults)
    money = (_interests, _funds, _scenario_tariffs, vote_faults)
    for rules in (*goals, *money, _order_of_dates, _recipients):
        found += rules(frames, words)
    found += _years(frames, start, end, words)
    return empty + [
        Fault(files[table], int(row), column, _written(frames[table].at[row, column]), rule, way_out)
        for table, broken, column, rule, way_out in found
        for row in broken.index[broken.fillna(False).astype(bool)]
    ]


def _written(value: object) -> str:
    if pd.isna(value):  # type: ignore[call-overload]
        return ""
    if isinstance(value, pd.Timestamp):
        return value.date().isoformat()
    return f"{value:.10g}" if isinstance(value, float) else str(value)


def _targets(frames: Frames, words: Words) -> Iterator[Found]:
    goals = frames["indicators"]
    has = goals.notna()
    together = words.say("is empty while its partner column is filled")
    both = words.say("Fill both or neither: {columns}.", columns="{columns}")
    for left, right in [
        ("target_value", "target_kind"),
        ("target_value", "target_date"),
        ("baseline_value", "baseline_date"),
    ]:
        way_out = both.format(columns=f"{left}, {right}")
        yield "indicators", has[left] & ~has[right], right, together, way_out
        yield "indicators", has[right] & ~has[left], left, together, way_out
    relative = goals["target_kind"].isin(["change", "relative"]) & ~has["baseline_value"]
    rule = words.say("is empty while the target is a change on it")
    yield ("indicators", relative, "baseline_value", rule, words.say("Give the baseline or an absolute target."))
    early = goals["target_date"] <= goals["baseline_date"]
    rule = words.say("is not after the baseline date")
    yield "indicators", early, "target_date", rule, words.say("Correct one of the two dates.")


def _limits(frames: Frames, words: Words) -> Iterator[Found]:
    goals = frames["indicators"]
    rule, way_out = (
        words.say("lies outside the natural limits of its goal"),
        words.say("Correct it or the limits in indicators; a share is written as part of 1 (0,60)."),
    )
    turned = goals["lower_limit"] > goals["upper_limit"]
    yield (
        "indicators",
        turned,
        "lower_limit",
        words.say("is above the upper limit"),
        words.say("Swap or correct them."),
    )
    for column, rows in [
        ("baseline_value", goals["baseline_value"].notna()),
        ("target_value", goals["target_kind"] == "absolute"),
    ]:
        outside = (goals[column] < goals["lower_limit"]) | (goals[column] > goals["upper_limit"])
        yield "indicators", rows & outside, column, rule, way_out
    values = frames["measurements"]
    known = goals.drop_duplicates("id").set_index("id")
    low, high = (values["indicator"].map(known[name]) for name in ("lower_limit", "upper_limit"))
    yield "measurements", (values["value"] < low) | (values["value"] > high), "value", rule, way_out


def _measured(frames: Frames, words: Words) -> Iterator[Found]:
    values = frames["measurements"]
    early = values["published"] < values["date"]
    rule = words.say("is before the reference date")
    yield ("measurements", early, "published", rule, words.say("A value cannot appear before the day it is about."))


def _weights(frames: Frames, words: Words) -> Iterator[Found]:
    way_out = words.say("Fill the weight in every row or in none.")
    for table in ("goals", "indicators"):
        weight = frames[table]["weight"]
        if weight.notna().any():
            rule = words.say("is empty while other rows have a weight")
            yield table, weight.isna(), "weight", rule, way_out
            if weight.sum() == 0:
                yield table, weight == 0, "weight", words.say("is 0 in every row"), way_out


def _interests(frames: Frames, words: Words) -> Iterator[Found]:
    rows = frames["interests"]
    count = rows[["effort", "goal"]].notna().sum(axis=1)
    way_out = words.say("Fill exactly one of the two: effort or goal.")
    yield "interests", count != 1, "effort", words.say("a row needs an effort or a goal, not both"), way_out
    twice = rows.duplicated(["partner", "effort", "goal"])
    rule = words.say("stands twice with the same effort or goal")
    yield "interests", twice, "partner", rule, words.say("Make it unique or remove one of the rows.")


def _order_of_dates(frames: Frames, words: Words) -> Iterator[Found]:
    efforts = frames["efforts"]
    rule = words.say("is before the start")
    yield ("efforts", efforts["end"] < efforts["start"], "end", rule, words.say("Correct one of the two dates."))


def _funds(frames: Frames, words: Words) -> Iterator[Found]:
    known = sorted(frames["budget"]["fund"].dropna().unique())
    names, rule = ", ".join(known), words.say("is no fund of the budget")
    ways_out = {
        "payments": words.say(
            "Write it as in the budget ({names}), or leave it empty for money beside it.", names=names
        ),
        "budget_totals": words.say("Write it as in the budget ({names}).", names=names),
    }
    for table, way_out in ways_out.items():
        fund = frames[table]["fund"]
        yield table, fund.notna() & ~fund.isin(known), "fund", rule, way_out


def _scenario_tariffs(frames: Frames, words: Words) -> Iterator[Found]:
    lines = frames["scenario_lines"]
    has = lines.notna()
    rule = words.say("a row needs exactly one amount, tariff or rate")
    way_out = words.say("Fill exactly one of the three: amount_eur, flat_eur or rate.")
    one = has[["amount_eur", "flat_eur", "rate"]].sum(axis=1) == 1
    yield "scenario_lines", ~one, "amount_eur", rule, way_out
    rule, way_out = words.say("is empty while there is a tariff per payer"), words.say("Say how many pay it.")
    yield "scenario_lines", has["flat_eur"] & ~has["payers"], "payers", rule, way_out
    rule = words.say("is empty while there is a rate on it")
    way_out = words.say("Give the summed WOZ value, or whatever measure the rate is on.")
    yield "scenario_lines", has["rate"] & ~has["base"], "base", rule, way_out
    rule, way_out = words.say("counts for nothing beside what this row charges"), words.say("Leave the cell empty.")
    unused = {"payers": ~has["flat_eur"], "base": ~has["rate"], "participation": has["amount_eur"]}
    for column, without in unused.items():
        yield "scenario_lines", has[column] & without & one, column, rule, way_out
    early = lines["end_year"] < lines["start_year"]
    rule = words.say("is before the start")
    yield "scenario_lines", early, "end_year", rule, words.say("Correct one of the two years.")


def _recipients(frames: Frames, words: Words) -> Iterator[Found]:
    for broken, column, rule, way_out in recipient_faults(frames["recipients"], words):
        yield "recipients", broken, column, rule, way_out


def _years(frames: Frames, start: int, end: int, words: Words) -> Iterator[Found]:
    rule = words.say("lies outside the programme ({start}-{end})", start=start, end=end)
    way_out = words.say("Correct the year, or the start and end in programme.toml.")
    budgets = ("budget", "year"), ("payments", "year"), ("budget_totals", "year")
    for table, column in (*budgets, ("scenario_lines", "start_year")):
        year = frames[table][column]
        yield table, (year < start) | (year > end), column, rule, way_out
