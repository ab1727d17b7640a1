"""History: what each earlier report said, on what was known and agreed then, and what changed since."""

from __future__ import annotations

import datetime as dt

import pandas as pd
import pytest
from goal_tables import END, HALF, LATER, NAN, START, at, few, indicators, measured
from hypothesis import given
from hypothesis import strategies as st

from binnenstad.goals import agreed, assess, changes, history
from binnenstad.programme.checked import Moment, Programme
from binnenstad.words.errors import UsageError

COLUMNS = ["date", "body", "indicator", "effort", "subject", "old", "new", "effective", "reason"]


def decided(*rows: dict) -> pd.DataFrame:
    full = [{"indicator": "a", "body": "raad", "reason": "omdat"} | row for row in rows]
    kinds = dict.fromkeys(COLUMNS, "str") | {"date": "datetime64[s]", "effective": "datetime64[s]"}
    return pd.DataFrame(full, columns=COLUMNS).astype(kinds)


FROM_220 = {"date": "2019-06-01", "subject": "target_value", "old": "220", "new": "200"}


# --- agreed -----------------------------------------------------------------------------------------------------
@pytest.mark.parametrize(("as_of", "target"), [("2019-05-31", 220), ("2019-06-01", 200), (LATER, 200)])
def test_a_decision_holds_from_its_day(as_of, target):
    table = indicators({}, {"id": "b", "target_value": 7})
    then = agreed(table, "indicator", decided(FROM_220), pd.Timestamp(as_of))
    assert then["target_value"].tolist() == [target, 7]
    assert table["target_value"].tolist() == [200, 7]


@pytest.mark.parametrize(
    ("subject", "old", "expected"),
    [
        ("target_date", "2021-12-31", pd.Timestamp("2021-12-31")), ("target_date", None, pd.NaT),
        ("target_kind", "change", "change"), ("target_kind", None, None), ("weight", "2,5", 2.5),
        ("baseline_value", None, NAN), ("baseline_date", "2015-12-31", pd.Timestamp("2015-12-31")),
    ],
)  # fmt: skip
def test_every_column_is_undone_in_its_own_type(subject, old, expected):
    table = indicators({})
    decision = {"date": "2019-06-01", "subject": subject, "old": old, "new": "x"}
    then = agreed(table, "indicator", decided(decision), pd.Timestamp(HALF) - pd.DateOffset(years=1))
    assert then.dtypes.equals(table.dtypes)
    found = then.loc[0, subject]
    assert pd.isna(found) if pd.isna(expected) else found == expected


def test_what_is_for_mention_only_or_about_another_changes_nothing():
    rows = [
        {"date": "2019-06-01", "subject": name, "old": "1", "new": "2"}
        for name in ("scope", "budget", "control_limits")
    ]
    rows += [FROM_220 | {"indicator": None}, FROM_220 | {"indicator": "elsewhere"}]
    pd.testing.assert_frame_equal(
        agreed(indicators({}), "indicator", decided(*rows), pd.Timestamp(START)), indicators({})
    )


def test_an_effort_has_the_state_it_had():
    efforts = pd.DataFrame({"id": ["x", "y"], "state": ["stopped", "done"]})
    row = {
        "date": "2019-06-01",
        "indicator": None,
        "effort": "x",
        "subject": "state",
        "old": "running",
        "new": "stopped",
    }
    then = agreed(efforts, "effort", decided(row), pd.Timestamp("2019-01-01"))
    assert then["state"].tolist() == ["running", "done"]


def test_of_two_decisions_on_one_day_the_first_row_says_what_was():
    rows = [FROM_220 | {"new": "210"}, FROM_220 | {"old": "210"}]
    assert agreed(indicators({}), "indicator", decided(*rows), pd.Timestamp(START)).loc[0, "target_value"] == 220


STEPS = st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 40), st.integers(1, 999)), max_size=10)


@few
@given(STEPS, st.integers(0, 41))
def test_any_chain_of_decisions_is_undone_exactly(steps, day):
    """Play the decisions forward from 100; the table of any day comes back out of the table of the last."""
    first = pd.Timestamp("2019-01-01")
    values, rows, then = {"a": 100, "b": 100}, [], {"a": 100, "b": 100}
    for name, when, new in sorted(steps, key=lambda step: step[1]):
        date = (first + pd.Timedelta(days=when)).date().isoformat()
        rows.append(FROM_220 | {"date": date, "indicator": name, "old": str(values[name]), "new": str(new)})
        values[name] = new
        if when <= day:
            then[name] = new
    now = indicators({"target_value": values["a"]}, {"id": "b", "target_value": values["b"]})
    found = agreed(now, "indicator", decided(*rows), first + pd.Timedelta(days=day))
    assert dict(zip(found["id"], found["target_value"], strict=True)) == then


# --- history ----------------------------------------------------------------------------------------------------
MOMENTS = [at("2018"), at("2019"), at("2020")]
ROWS = [
    ("2018-12-31", 140, {"published": "2019-02-01"}), ("2018-12-31", 110, {"published": "2019-09-01"}),
    (HALF, 147, {"published": "2020-02-01"}), ("2020-12-31", 200, {"published": "2021-02-01"}),
]  # fmt: skip


def test_each_report_is_judged_by_what_was_known_and_agreed_then():
    found = history(indicators({}, {"id": "b"}), measured(*ROWS), decided(FROM_220), MOMENTS)
    assert found["id"].tolist() == ["a", "b"] * 3
    assert found["period"].astype(str).tolist() == ["2018", "2018", "2019", "2019", "2020", "2020"]
    ours = found[found["id"] == "a"]
    assert ours["target"].tolist() == [220, 200, 200]
    assert ours["value"].tolist() == [140, 147, 200]
    assert ours["status"].tolist() == ["on_course", "behind", "met"]


VALUES = st.lists(
    st.tuples(st.sampled_from("ab"), st.integers(2014, 2020), st.integers(0, 700), st.integers(0, 400)),
    max_size=9, unique_by=lambda row: row[:3],
)  # fmt: skip


def rows_of(vintages: list[tuple], after: str = "2000-01-01") -> list[tuple]:
    rows = []
    for name, year, lag, value in vintages:
        published = max(pd.Timestamp(f"{year}-12-31") + pd.Timedelta(days=lag), pd.Timestamp(after))
        rows.append((f"{year}-12-31", value, {"indicator": name, "published": published}))
    return rows


@few
@given(VALUES, VALUES, st.randoms(use_true_random=False))
def test_history_is_each_report_again_whatever_was_published_later_and_in_any_order(values, later, random):
    goals, past = indicators({}, {"id": "b"}), decided(FROM_220)
    rows = rows_of(values)
    found = history(goals, measured(*rows), past, MOMENTS)
    for moment, (_, part) in zip(MOMENTS, found.groupby("period"), strict=True):
        then = agreed(goals, "indicator", past, moment.as_of)
        alone = assess(then, measured(*rows), moment.reference, moment.as_of)
        pd.testing.assert_frame_equal(
            part[alone.columns].reset_index(drop=True), alone, check_dtype=False, check_column_type=False
        )
    mixed = [*rows, *rows_of(later, after="2021-02-15")]
    random.shuffle(mixed)
    pd.testing.assert_frame_equal(history(goals, measured(*mixed), past, MOMENTS), found)


def test_without_values_every_report_said_so():
    found = history(indicators({}), measured(), decided(), MOMENTS)
    assert found["status"].tolist() == ["no_measurement"] * 3
    assert history(indicators(), measured(*ROWS), decided(), MOMENTS).empty


# --- what changed -----------------------------------------------------------------------------------------------
def told(goals: pd.DataFrame, rows: list[tuple], past: pd.DataFrame, *moments: Moment) -> list[tuple]:
    values = measured(*rows)
    found = changes(history(goals, values, past, moments), values, past, moments)
    return [(row.kind, row.old, row.new) for row in found.itertuples()]


def test_decisions_verdicts_revisions_and_new_values_are_named_in_this_order():
    found = told(indicators({}), ROWS, decided(FROM_220), at("2018"), at("2019"))
    assert found[:3] == [("decision", "220", "200"), ("status", "on_course", "behind"), ("revised", 140, 110)]
    assert [(kind, new) for kind, _, new in found[3:]] == [("measured", 147)]


def test_a_decision_names_who_took_it_and_why():
    values = measured(*ROWS)
    moments = [at("2018"), at("2019")]
    found = changes(history(indicators({}), values, decided(FROM_220), moments), values, decided(FROM_220), moments)
    first = found.iloc[0]
    assert (first.indicator, first.subject, first.body, first.reason) == ("a", "target_value", "raad", "omdat")
    assert found["indicator"].tolist() == ["a"] * 4


def test_of_a_first_report_nothing_changed():
    assert told(indicators({}), ROWS, decided(FROM_220), at("2019")) == []


def test_nothing_changed_between_two_equal_moments():
    assert told(indicators({}), ROWS, decided(FROM_220), at("2019"), at("2019")) == []


def test_a_second_publication_of_the_same_value_is_no_revision():
    rows = [("2018-12-31", 140), ("2018-12-31", 140, {"published": "2019-09-01"})]
    assert told(indicators({}), rows, decided(), at("2018Q4"), at("2019Q3")) == []


def test_a_value_on_too_few_answers_is_not_told_of_either():
    rows = [("2018-12-31", 0.4, {"respondents": 300}), (HALF, 0.9, {"respondents": 12})]
    goals = indicators({"kind": "survey_share", "baseline_value": 0.3, "target_value": 0.5})
    assert "measured" not in [kind for kind, *_ in told(goals, rows, decided(), at("2018"), at("2019"))]


# --- moments ----------------------------------------------------------------------------------------------------
@pytest.fixture(scope="module")
def programme() -> Programme:
    tables = {"measurements": measured(("2017-12-31", 100)), "indicators": indicators({})}
    return Programme("x", "X", dt.date(2019, 1, 1), dt.date(2022, 12, 31), 45, "", tables)


@pytest.mark.parametrize(
    ("period", "as_of", "most", "found"),
    [
        ("2019Q4", "", 16, "2019Q1 2019Q2 2019Q3 2019Q4"), ("2019Q4", "", 2, "2019Q3 2019Q4"),
        ("2022Q4", "", 3, "2022Q2 2022Q3 2022Q4"), ("2019Q1", "", 16, "2019Q1"), ("2018Q2", "", 16, "2018Q2"),
        ("2021", "", 16, "2019 2020 2021"), ("2019Q4", "2019-08-14", 16, "2019Q1 2019Q4"),
        ("2019Q4", "2019-08-15", 16, "2019Q1 2019Q2 2019Q4"),
    ],
)  # fmt: skip
def test_the_reports_before_this_one(programme, period, as_of, most, found):
    moments = programme.moments(period, as_of, most)
    assert [str(moment.period) for moment in moments] == found.split()
    assert moments[-1] == programme.moment(period, as_of)
    assert all(moment == programme.moment(str(moment.period)) for moment in moments[:-1])


def test_a_period_before_all_data_is_refused(programme):
    with pytest.raises(UsageError):
        programme.moments("2015Q4")


def test_the_target_of_the_last_year_decides_at_the_end():
    goals, rows = indicators({}), [*ROWS, (END, 190, {"published": "2023-02-01"})]
    found = history(goals, measured(*rows), decided(), [at("2020"), at("2021"), at("2022"), at("2023")])
    assert found["status"].tolist() == ["met", "met", "not_met", "not_met"]
