"""Scope: whether an effort meets the criteria, and where that contradicts the rest of the tables."""

import pandas as pd
import pytest
from effort_tables import NOW, effort, line, rows

from binnenstad.efforts.say import steering
from binnenstad.efforts.scope import contradictions, last_tests, outcomes

CRITERIA = rows(
    "criteria",
    {"id": "doel", "title": "Draagt wezenlijk bij", "kind": "goal"},
    {"id": "compact", "title": "Compacter centrum", "kind": "course"},
    {"id": "dna", "title": "DNA van de stad", "kind": "course"},
)
EFFORTS = rows("efforts", effort("kade", "running"))


def scope_test(criterion: str, verdict: str, *, effort: str = "kade", date: str = "2019-05-01", published: str = ""):
    day = {"date": date, "published": published or date}
    return {"effort": effort, "criterion": criterion, "verdict": verdict, "judged_by": "college"} | day


def outcomes_of(efforts: pd.DataFrame, criteria: pd.DataFrame, tests: pd.DataFrame) -> pd.DataFrame:
    return outcomes(efforts, criteria, last_tests(tests, NOW.as_of))


def outcome(**verdicts: str) -> str:
    tests = rows("scope_tests", *(scope_test(criterion, verdict) for criterion, verdict in verdicts.items()))
    return outcomes_of(EFFORTS, CRITERIA, tests)["outcome"].item()


@pytest.mark.parametrize(
    ("verdicts", "expected"),
    [
        ({}, "untested"),
        ({"doel": "yes", "compact": "yes"}, "passes"),
        ({"doel": "yes", "compact": "no", "dna": "yes"}, "passes"),
        ({"doel": "yes", "compact": "no", "dna": "partly"}, "fails"),
        ({"doel": "partly", "compact": "yes", "dna": "yes"}, "fails"),
        ({"doel": "no"}, "fails"),
        ({"doel": "yes"}, "undecided"),
        ({"doel": "yes", "compact": "no"}, "undecided"),
        ({"doel": "unknown", "compact": "yes"}, "undecided"),
    ],
)
def test_an_effort_needs_a_goal_and_one_course_criterion(verdicts, expected):
    assert outcome(**verdicts) == expected


def test_a_kind_without_criteria_asks_nothing_and_no_criteria_give_no_outcome():
    tests = rows("scope_tests", scope_test("doel", "yes"))
    assert outcomes_of(EFFORTS, CRITERIA[:1], tests)["outcome"].tolist() == ["passes"]
    assert outcomes_of(EFFORTS, CRITERIA[:0], tests[:0])["outcome"].tolist() == [""]


def test_a_test_published_after_the_day_of_the_report_changes_nothing_of_it():
    early = [scope_test("doel", "yes"), scope_test("dna", "yes")]
    late = scope_test("doel", "no", date="2019-12-01", published="2020-02-15")
    # of after the period, and known by the day of the report, as a decision on the state would be
    next_year = scope_test("doel", "no", date="2020-01-10")
    for more, expected in (([], "passes"), ([late], "passes"), ([next_year], "fails")):
        assert outcomes_of(EFFORTS, CRITERIA, rows("scope_tests", *early, *more))["outcome"].item() == expected
    in_time = scope_test("doel", "no", date="2019-12-01", published="2020-02-14")
    assert outcomes_of(EFFORTS, CRITERIA, rows("scope_tests", *early, in_time))["outcome"].item() == "fails"


def test_contradictions_between_tests_network_and_state(nl, assert_clean):
    efforts = rows("efforts", *(effort(id, "running") for id in ("bank", "kade", "markt")), effort("plein"))
    lines = rows("effort_indicators", line("kade", "1a", 1), line("markt", "1a", 3))
    tests = rows("scope_tests", scope_test("doel", "yes"), scope_test("doel", "no", effort="markt"))
    found = contradictions(efforts, outcomes_of(efforts, CRITERIA, tests), lines)
    assert found.to_numpy().tolist() == [
        ["yes_without_line", "kade"], ["no_with_strong_line", "markt"], ["fails", "markt"], ["untested", "bank"],
    ]  # fmt: skip
    asked = steering.questions(found.assign(name=found["id"].str.capitalize()), "college", nl)
    assert_clean(asked)
    assert asked[0].startswith("Kade: volgens de toets een wezenlijke bijdrage, maar")
    assert asked[-1] == "Bank: begonnen, maar niet aan de criteria getoetst. Wie doet dat, en wanneer?"


def test_how_many_meet_the_criteria_is_one_sentence(nl):
    # an empty place is no effort in any count
    places = effort("leeg", "to_be_developed"), effort("idee", "proposed")
    efforts = rows("efforts", *map(effort, ("a", "b", "c", "d", "e")), *places)
    passing = [scope_test(criterion, "yes", effort=id) for id in "ab" for criterion in ("doel", "dna")]
    tests = rows("scope_tests", *passing, scope_test("doel", "no", effort="c"), scope_test("doel", "yes", effort="d"))
    by_two = tests.assign(judged_by=["stuurgroep", *["college"] * 5])
    kinds = CRITERIA["kind"]
    asked, told, judged = steering.describe_scope(outcomes_of(efforts, CRITERIA, tests), by_two, kinds, nl)
    assert asked.endswith("als zij voldoet aan een criterium van de doelen en aan een van de koers.")
    assert told == (
        "Van de 5 inspanningen voldoen er 2 aan de criteria, voldoet er 1 niet, is het van 1 niet te zeggen en is er 1 "
        "niet getoetst."
    )
    assert judged == "Dat is het oordeel van: college en stuurgroep."
    none = steering.describe_scope(outcomes_of(efforts, CRITERIA, tests[:0]), tests[:0], kinds, nl)
    assert none == [asked, "Geen enkele inspanning is aan de criteria getoetst."]
    assert steering.describe_scope(outcomes_of(efforts, CRITERIA[:0], tests[:0]), tests[:0], kinds[:0], nl) == []
    for own, asks in ((kinds[:1], "de doelen"), (kinds[1:], "de koers")):
        alone, *_ = steering.describe_scope(outcomes_of(efforts, CRITERIA, tests), by_two, own, nl)
        assert alone == f"Een inspanning hoort erbij als zij voldoet aan een criterium van {asks}."
