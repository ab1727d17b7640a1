"""Small tables of the contract for tests of goals: one goal from 100 to 200 and what was measured of it."""

from __future__ import annotations

import math
from itertools import accumulate, pairwise

import pandas as pd
from hypothesis import settings

from binnenstad.goals import assess
from binnenstad.goals.assess import assess_known
from binnenstad.goals.values import known_values
from binnenstad.programme.checked import Moment

NAN, INF = math.nan, math.inf
START, HALF, END = "2016-12-31", "2019-12-31", "2022-12-31"  # 2017.0, 2020.0 and 2023.0: HALF is halfway
LATER = "2099-12-31"
# 100 in 2016 must become 200 in 2022: the path asks 150 at HALF, where R = 2 A
GOAL = {
    "id": "a", "goal": "1", "direction": "at_least", "baseline_value": 100.0, "baseline_date": START,
    "target_kind": "absolute", "target_value": 200.0, "target_date": END, "anchor": "contract",
    "kind": "flow_per_week", "maximum_age_years": NAN, "lower_limit": NAN, "upper_limit": NAN,
    "baseline_standard_error": NAN, "path_shape": None, "weight": NAN, "seasonal": False, "unit": None,
}  # fmt: skip
ROW = {
    "indicator": "a", "date": HALF, "value": 150.0, "standard_error": NAN, "respondents": NAN, "published": None,
    "effective_respondents": NAN, "valid_weeks": NAN, "bridge": NAN, "bridge_error": NAN, "exceptional": False,
    "exceptional_reason": None,
    "status": "final", "illustrative": False, "method_break": False, "source": "monitor", "note": None,
}  # fmt: skip
KINDS = {"date": "datetime64[s]", "published": "datetime64[s]", "illustrative": bool, "method_break": bool}
NUMBERS = ["value", "standard_error", "respondents", "effective_respondents", "valid_weeks", "bridge", "bridge_error"]
KINDS |= dict.fromkeys(NUMBERS, float) | {"exceptional": bool}
KINDS |= dict.fromkeys(["indicator", "status", "source", "note", "exceptional_reason"], "str")
NO_BASELINE = {"baseline_value": NAN, "baseline_date": None}
NO_TARGET = {"target_kind": None, "target_value": NAN, "target_date": None}
FALL = {"direction": "at_most", "baseline_value": 200.0, "target_value": 100.0}
few = settings(max_examples=12, deadline=None)
some = settings(max_examples=40, deadline=None)


def indicators(*goals: dict) -> pd.DataFrame:
    frame = pd.DataFrame([GOAL | changes for changes in goals], columns=list(GOAL))
    dates = ["baseline_date", "target_date"]
    numbers = ["baseline_value", "target_value", "maximum_age_years", "lower_limit", "upper_limit", "weight"]
    numbers += ["baseline_standard_error"]
    texts = ["id", "goal", "direction", "target_kind", "anchor", "kind", "path_shape", "unit"]
    kinds = dict.fromkeys(dates, "datetime64[s]") | dict.fromkeys(numbers, float) | dict.fromkeys(texts, "str")
    return frame.astype(kinds)


def measured(*rows: tuple) -> pd.DataFrame:
    """Rows as (date, value) or (date, value, changes); published on the date itself unless said otherwise."""
    full = [ROW | {"date": day, "value": value, "published": day} | dict(*more) for day, value, *more in rows]
    return pd.DataFrame(full, columns=list(ROW)).astype(KINDS)


def judge(changes: dict, *rows: tuple, on: str = HALF, as_of: str = LATER) -> pd.Series:
    return assess(indicators(changes), measured(*rows), pd.Timestamp(on), pd.Timestamp(as_of)).iloc[0]


def judge_each(*cases: tuple) -> list[pd.Series]:
    """Judge goals side by side, each given as (changes, rows) or (changes, rows, day): as fast as one of them."""
    days = [pd.Timestamp(*day or [HALF]) for _, _, *day in cases]
    goals = indicators(*(changes | {"id": str(number)} for number, (changes, *_) in enumerate(cases)))
    rows = [
        (day, value, {"indicator": str(number)} | dict(*more))
        for number, (_, own, *_) in enumerate(cases)
        for day, value, *more in own
        if pd.Timestamp(day) <= days[number]
    ]
    known = known_values(measured(*rows), max(days), pd.Timestamp(LATER))
    return [goal for _, goal in assess_known(goals.assign(reference=days), known).iterrows()]


def judge_lists(*lists: list[tuple]) -> list[pd.DataFrame]:
    """Judge lists of goals as ``judge_all`` takes them, all at once."""
    found, ends = judge_all([case for cases in lists for case in cases]), [0, *accumulate(map(len, lists))]
    return [found.iloc[begin:end].reset_index(drop=True) for begin, end in pairwise(ends)]


def judge_all(cases: list[tuple]) -> pd.DataFrame:
    """Judge goals given as (direction, baseline, target, value, day); no direction is that of the target."""
    goals, rows = [], []
    for number, (direction, baseline, target, value, day) in enumerate(cases):
        way = direction or ("at_least" if target > baseline else "at_most")
        ends = {"baseline_value": float(baseline), "target_value": float(target)}
        goals.append({"id": str(number), "direction": way} | ends)
        rows.append((day, float(value), {"indicator": str(number)}))
    return assess(indicators(*goals), measured(*rows), pd.Timestamp("2022-09-30"), pd.Timestamp(LATER))


def at(period: str, as_of: str = "") -> Moment:
    """The moment of a report on a period, 45 days after it unless said otherwise."""
    parsed = pd.Period(period)
    end = parsed.end_time.normalize()
    return Moment(parsed, end, pd.Timestamp(as_of) if as_of else end + pd.Timedelta(days=45))
