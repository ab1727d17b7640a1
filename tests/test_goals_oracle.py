"""The status table a second time: from docs/method.md alone, goal by goal, in exact fractions, against ``assess``."""

from __future__ import annotations

import calendar
import datetime as dt
import math
from collections.abc import Iterator
from fractions import Fraction
from random import Random
from typing import Any

import pandas as pd
import pytest
from goal_tables import indicators, measured
from scipy import stats

from binnenstad.goals import assess

GOALS, MOMENTS = 10_000, 20
KINDS = ["stock", "cumulative", "flow_per_week", "flow_per_week", "survey_mean", "survey_share"]
FULL_COUNTS, SURVEYS = ("stock", "cumulative"), ("survey_mean", "survey_share")
MONTH, STEPS, Z = Fraction("30.4375"), (1, 2, 3, 4, 6, 12), Fraction(1.959963984540054)
TOLERANCE = Fraction(1, 10**9)
Row = dict[str, Any]


def nearest(days: Fraction | int) -> int:
    return min(STEPS, key=lambda step: (abs(days - step * MONTH), step))


def lower_median(numbers: list[int]) -> int:
    return sorted(numbers)[(len(numbers) - 1) // 2]


def period(day: dt.date, months: int) -> int:
    return (day.year * 12 + day.month - 1) // months


def in_years(day: dt.date) -> Fraction:
    return day.year + Fraction(day.timetuple().tm_yday, 366 if calendar.isleap(day.year) else 365)


def known(rows: list[Row], reference: dt.date, as_of: dt.date) -> list[Row]:
    """The last publication of each date up to the reference date, as known on a day."""
    found: dict[dt.date, Row] = {}
    for row in sorted(rows, key=lambda row: row["published"]):
        if row["date"] <= reference and row["published"] <= as_of:
            found[row["date"]] = dict(row)
    return [found[day] for day in sorted(found)]


def with_months(rows: list[Row]) -> int:
    """Note how many months each value covers; return the rhythm."""
    gaps = [(later["date"] - row["date"]).days for row, later in zip(rows, rows[1:], strict=False)]
    usual = [nearest(lower_median(gaps[max(0, at - 3) : at + 1])) for at in range(len(gaps))]
    covered = [min(nearest(gap), most) for gap, most in zip(gaps, usual, strict=True)]
    for row, months in zip(rows, [*covered[:1], *covered] or [12], strict=False):
        row["months"] = months
    return usual[-1] if usual else 12


def with_margin(row: Row, kind: str) -> None:
    """Note the variance of a value, and its interval; None where unknown."""
    answers, value, error = row["effective_respondents"] or row["respondents"], row["value"], row["standard_error"]
    row["answers"], row["low"], row["high"] = answers, None, None
    row["variance"] = None if error is None else error**2
    if error is not None:
        half = Z * error
        if kind == "survey_mean" and answers and answers > 1:
            half = Fraction(float(stats.t.ppf(0.975, answers - 1))) * error
        row["low"], row["high"] = value - half, value + half
    elif kind == "survey_share" and answers:
        shrink = 1 + Z**2 / answers
        row["variance"] = (value * (1 - value) / answers + Z**2 / (4 * answers**2)) / shrink**2
        half = Z * root(row["variance"])
        centre = (value + Z**2 / (2 * answers)) / shrink
        row["low"], row["high"] = centre - half, centre + half
    elif kind in FULL_COUNTS:
        row["variance"] = Fraction(0)


def root(number: Fraction) -> Fraction:
    return Fraction(math.sqrt(number))


def scaled(row: Row, bridges: list[Row], until: dt.date) -> Row:
    """A value on the scale of a later date: by the bridges dated after it and up to then."""
    factor, doubt = Fraction(1), Fraction(0)
    for other in bridges:
        if row["date"] < other["date"] <= until:
            factor *= other["bridge"]
            doubt += ((other["bridge_error"] or 0) / other["bridge"]) ** 2
    new = row | {name: None if row[name] is None else row[name] * factor for name in ("value", "low", "high")}
    if row["variance"] is not None:
        new["variance"] = row["variance"] * factor**2 + new["value"] ** 2 * doubt
    return new | {"factor": factor}


def figures(rows: list[Row], goal: Row, breaks: list[dt.date], bridges: list[Row]) -> list[Row]:
    """What a goal can be judged by: its values, or for a flow and a seasonal goal the means of full years."""
    if goal["kind"] != "flow_per_week" and not goal["seasonal"]:
        return rows
    found = []
    for at, last in enumerate(rows):
        if last["months"] == 12:
            found.append(last)
            continue
        count, now = 12 // last["months"], period(last["date"], last["months"])
        # several values may lie in one period: then no year is made of single ones
        parts = rows[max(0, at - count + 1) : at + 1]
        if [period(part["date"], last["months"]) for part in parts] != list(range(now - count + 1, now + 1)):
            continue
        if any(part["months"] != last["months"] for part in parts):
            continue
        if any(parts[0]["date"] < day <= last["date"] for day in breaks):
            continue
        own = [scaled(part, bridges, last["date"]) for part in parts]
        variances = [part["variance"] for part in own]
        variance = None if None in variances else sum(variances) / count**2
        value = sum(part["value"] for part in own) / count
        half = Z * root(variance) if variance else None
        ends = {"low": value - half, "high": value + half} if half else {"low": None, "high": None}
        flags = {"exceptional": any(part["exceptional"] for part in parts), "months": 12}
        found.append(last | {"value": value, "variance": variance} | ends | flags)
    return found


def judge(goal: Row, rows: list[Row], reference: dt.date, as_of: dt.date) -> dict[str, Any]:
    """The status of one goal and the words of certainty beside it."""
    told = known(rows, reference, as_of)
    rhythm = with_months(told)
    for row in told:
        with_margin(row, goal["kind"])
    hidden = {row["date"] for row in told if goal["kind"] in SURVEYS and row["answers"] and row["answers"] < 30}
    breaks = [row["date"] for row in told if row["method_break"] and (row["bridge"] is None or row["date"] in hidden)]
    bridges = [row for row in told if row["bridge"] is not None and row["date"] not in hidden]
    every = figures([row for row in told if row["date"] not in hidden], goal, breaks, bridges)
    start, end = goal["baseline_date"], goal["target_date"]
    due = None if end is None else period(end, rhythm)
    late = [row for row in every if due is not None and period(row["date"], rhythm) > due]
    able = [row for row in every if row not in late and (start is None or row["date"] >= start)]
    out = {"status": "", "certainty": "", "change_certainty": "", "value": None, "target": None, "baseline": None}
    out |= {"path": None, "needed": None}
    now = able[-1] if able else None
    day = now["date"] if now else None
    scale = [scaled(row, bridges, day or dt.date.min) for row in every]
    agreed: Row | None = None
    if start is not None and goal["baseline_value"] is not None:
        error = goal["baseline_standard_error"]
        unsure = error**2 if error is not None else Fraction(0) if goal["kind"] in FULL_COUNTS else None
        agreed = {"date": start, "value": goal["baseline_value"], "variance": unsure, "low": None, "high": None}
        agreed = scaled(agreed, bridges, day or dt.date.min)
    measured_then = next((row for row in scale if row["date"] == start), None) if agreed else None
    base = measured_then or agreed
    broken = bool(day and start and any(start < one <= day for one in breaks))
    anchor = base if goal["anchor"] == "moving" else agreed
    target = {
        "absolute": lambda: goal["target_value"],
        "change": lambda: anchor and anchor["value"] + goal["target_value"] * anchor["factor"],
        "relative": lambda: anchor and anchor["value"] * (1 + goal["target_value"]),
        None: lambda: None,
    }[goal["target_kind"]]()
    b = None if base is None or broken else base["value"]
    v = None if now is None else now["value"]
    out |= {"value": v, "target": target, "baseline": b}
    out["status"] = status(goal, out, day, reference, rhythm, due, bool(late), broken)
    if out["status"] == "invalid":
        return out
    if out["status"] == "not_comparable":
        target = None
    if v is not None and target is not None:
        out["certainty"] = level(now, target, goal["kind"])
        out |= course(goal, out, day, reference, period(day, rhythm) == due)
    begin = base if b is not None else None
    if begin is None and day:
        since = max((one for one in breaks if one <= day), default=dt.date.min)
        begin = next(row for row in scale if row["date"] >= since)
    if day and begin and begin["date"] < day:
        spread = base_variance(measured_then, agreed) if begin is base else begin["variance"]
        out["change_certainty"] = change(now, begin, spread, goal["kind"])
    return out


def course(goal: Row, out: Row, day: dt.date, reference: dt.date, in_period: bool) -> Row:
    """What the path asks on the day of the figure, and what is needed per year while there is time."""
    v, target, b, start, end = out["value"], out["target"], out["baseline"], goal["baseline_date"], goal["target_date"]
    sign, told = 1 if goal["direction"] == "at_least" else -1, {}
    if sign * (target - v) > abs(target) / 10**12 and not in_period and reference < end:
        told["needed"] = (target - v) / (in_years(end) - in_years(day))
    if b is not None and sign * (b - target) < 0:
        part = min((in_years(day) - in_years(start)) / (in_years(end) - in_years(start)), Fraction(1))
        growth = goal["path_shape"] == "growth" and min(v, target, b) > 0
        told["path"] = Fraction(float(b) * float(target / b) ** float(part)) if growth else b + (target - b) * part
    return told


def base_variance(measured_then: Row | None, agreed: Row | None) -> Fraction | None:
    for one in (measured_then, agreed):
        if one and one["variance"] is not None:
            return one["variance"]
    return None


def level(now: Row, target: Fraction, kind: str) -> str:
    if now["low"] is None:
        return "count" if kind in FULL_COUNTS else "unknown"
    return "certain" if now["low"] > target or now["high"] < target else "within_margin"


def change(now: Row, begin: Row, spread: Fraction | None, kind: str) -> str:
    if now["variance"] is None or spread is None:
        return "unknown"
    both = now["variance"] + spread
    if kind in FULL_COUNTS and both == 0:
        return "count"
    return "change" if (now["value"] - begin["value"]) ** 2 >= Z**2 * both else "no_change"


def status(
    goal: Row, out: Row, day: dt.date | None, reference: dt.date, rhythm: int, due: int | None, later: bool,
    broken: bool,
) -> str:  # fmt: skip
    """The table of docs/method.md: the first row that holds; a row is only looked at when those before do not."""
    v, target, b, start, end = out["value"], out["target"], out["baseline"], goal["baseline_date"], goal["target_date"]
    sign = 1 if goal["direction"] == "at_least" else -1
    low, high = (goal[name] if goal[name] is not None else v for name in ("lower_limit", "upper_limit"))
    in_period = day is not None and period(day, rhythm) == due
    rows = [
        (lambda: v is not None and not low <= v <= high or (start and end and end <= start), "invalid"),
        (lambda: v is None and not later, "no_measurement"),
        (lambda: goal["target_kind"] in ("change", "relative") and broken, "not_comparable"),
        (lambda: target is None, "no_target"),
        (lambda: period(reference, rhythm) > due and not in_period, "not_measured_in_target_year"),
        (lambda: sign * (target - v) <= abs(target) / 10**12, "met"),
        (lambda: b is not None and sign * (b - target) >= 0, "norm_broken"),
        (lambda: in_period and reference >= end, "not_met"),
        (lambda: b is None, "not_met_no_baseline"),
        (lambda: day == start, "at_start"),
    ]
    first = next((key for holds, key in rows if holds()), "")
    return first or by_pace(goal, v, target, b, (in_years(day) - in_years(start)) / (in_years(end) - in_years(start)))


def by_pace(goal: Row, v: Fraction, target: Fraction, b: Fraction, part: Fraction) -> str:
    covered = (v - b) / (target - b)
    if goal["path_shape"] == "growth" and min(v, target, b) > 0:
        covered = Fraction(math.log(v / b)) / Fraction(math.log(target / b))
    pace = covered / part
    cuts = ((Fraction(95, 100), "on_course"), (Fraction(60, 100), "behind"), (Fraction(0), "far_behind"))
    return next((key for cut, key in cuts if pace >= cut - TOLERANCE), "worsening")


def month_end(months: int) -> dt.date:
    year, month = divmod(months, 12)
    return dt.date(year, month + 1, calendar.monthrange(year, month + 1)[1])


def drawn(rng: Random, kind: str, around: float = 0.0) -> Fraction:
    """A value as such a goal is measured in, with few digits, so that ties and targets that are just met occur."""
    if kind == "survey_share":
        return Fraction(min(max(round(55 + around * 10 + rng.gauss(0, 6)), 0), 100), 100)
    if kind == "survey_mean":
        return Fraction(round(66 + around * 6 + rng.gauss(0, 4)), 10)
    return Fraction(round(90 + around * 30 + rng.gauss(0, 8)) * 1000)


def random_goal(rng: Random, name: str) -> tuple[Row, list[Row]]:
    kind, begin = rng.choice(KINDS), rng.randrange(2013 * 12, 2018 * 12)
    every = rng.choice([12, 12, 12, 6, 4, 3, 3, 2, 1])
    target_kind = rng.choice(["absolute", "change", "relative", None])
    target_kind = target_kind or rng.choice([None, "absolute", "change"])
    direction = rng.choice(["at_least", "at_most"])
    way = 1 if direction == "at_least" else -1
    base_day = month_end(begin - begin % every + every - 1) if rng.random() < 0.8 else None
    has_base, slope = base_day is not None and rng.random() < 0.95, rng.uniform(-0.1, 0.35) * way
    step = {"survey_share": Fraction(5, 100), "survey_mean": Fraction(4, 10)}.get(kind, Fraction(7000))
    value = {
        "absolute": drawn(rng, kind, way * rng.uniform(-0.2, 0.8)), "change": way * step * rng.randrange(3),
        "relative": way * Fraction(rng.randrange(0, 30), 100), None: None,
    }[target_kind]  # fmt: skip
    months = begin + rng.randrange(-6, 96)
    goal = {
        "id": name, "kind": kind, "direction": direction, "seasonal": rng.random() < 0.12,
        "baseline_value": drawn(rng, kind) if has_base else None, "baseline_date": base_day,
        "baseline_standard_error": step / 4 if has_base and rng.random() < 0.3 else None,
        "target_kind": target_kind, "target_value": value,
        "target_date": month_end(months - months % 3 + 2) if target_kind else None,
        "anchor": rng.choice(["contract", "moving"]), "path_shape": rng.choice([None, None, "growth"]),
        "lower_limit": Fraction(0), "upper_limit": Fraction(1) if kind == "survey_share" else None,
    }  # fmt: skip
    first = begin - begin % every + every - 1 + every * rng.randrange(-1, 3)
    days = [month_end(at) for at in range(first, first + 12 * rng.randrange(1, 9), every) if rng.random() > 0.08]
    rows = []
    for number, day in enumerate(days):
        for revision in range(1 + (rng.random() < 0.07)):
            rows.append(random_row(rng, goal, day, slope * number * every / 12, revision, step))
    return goal, rows


def random_row(rng: Random, goal: Row, day: dt.date, around: float, revision: int, step: Fraction) -> Row:
    survey, method_break = goal["kind"] in SURVEYS, rng.random() < 0.04
    respondents = rng.choice([None, 20, 60, 300, 900]) if survey else None
    bridge = Fraction(rng.randrange(90, 112), 100) if method_break and rng.random() < 0.6 else None
    return {
        "indicator": goal["id"], "date": day, "value": drawn(rng, goal["kind"], around), "respondents": respondents,
        "published": day + dt.timedelta(days=rng.choice([0, 10, 40, 120]) + 200 * revision),
        "effective_respondents": respondents * 3 // 4 if respondents and rng.random() < 0.3 else None,
        "standard_error": step / rng.choice([3, 10, 30]) if rng.random() < (0.5 if survey else 0.2) else None,
        "method_break": method_break, "bridge": bridge, "exceptional": rng.random() < 0.05,
        "exceptional_reason": "x",
        "bridge_error": Fraction(1, 100) if bridge and rng.random() < 0.5 else None,
    }  # fmt: skip


def as_cells(rows: list[Row]) -> Iterator[Row]:
    for row in rows:
        yield {name: float(cell) if isinstance(cell, Fraction) else cell for name, cell in row.items()}


def frames(cases: list[tuple[Row, list[Row]]]) -> tuple[pd.DataFrame, pd.DataFrame]:
    goals = indicators(*(as_cells([goal for goal, _ in cases])))
    rows = as_cells([row for _, own in cases for row in own])
    return goals, measured(*((row["date"], row["value"], row) for row in rows))


@pytest.mark.parametrize("number", range(MOMENTS))
def test_a_second_implementation_agrees_on_random_goals(number: int) -> None:
    rng = Random(f"goals {number}")
    reference = month_end(rng.randrange(2015 * 12, 2025 * 12) // 3 * 3 + 2)
    as_of = reference + dt.timedelta(days=rng.choice([0, 45, 100]))
    cases = [random_goal(rng, f"g{at}") for at in range(GOALS // MOMENTS)]
    found = assess(*frames(cases), pd.Timestamp(reference), pd.Timestamp(as_of)).set_index("id")
    for goal, rows in cases:
        expected, own = judge(goal, rows, reference, as_of), found.loc[goal["id"]]
        words = ["status", "certainty", "change_certainty"]
        assert {name: own[name] for name in words} == {name: expected[name] for name in words}, (goal, rows, expected)
        for name in ("value", "target", "baseline"):
            if expected["status"] not in ("invalid", "not_comparable") and expected[name] is not None:
                assert own[name] == pytest.approx(float(expected[name]), rel=1e-12), (name, goal, rows)
        for name, column in {"path": "path", "needed": "needed_per_year"}.items():
            wanted = float("nan") if expected[name] is None else float(expected[name])
            assert own[column] == pytest.approx(wanted, rel=1e-9, nan_ok=True), (name, goal, rows, expected)
