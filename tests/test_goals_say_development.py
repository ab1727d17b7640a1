"""Titles of the small multiples."""

import numpy as np
import pandas as pd
import pytest

from binnenstad.goals import assess, series
from binnenstad.goals.say import development


def test_the_trends_are_titled_by_how_many_moved_the_right_way(assessed, tables, nl):
    values = series(*tables)
    title, what = development.about_trends(assessed, values, nl)
    right = 0
    for goal in assessed.itertuples():
        own = values.loc[values["indicator"] == goal.id, "value"]
        right += (own.iloc[-1] - own.iloc[0]) * (1 if goal.direction == "at_least" else -1) > 0
    assert right == len(assessed) == 9
    assert title == "Alle 9 doelen bewogen de goede kant op"
    assert what.startswith("Lijngrafieken van elk doel")


def test_a_trend_of_one_value_is_no_trend(assessed, tables, nl):
    title, _ = development.about_trends(assessed.assign(change_per_year=np.nan), series(*tables).iloc[:1], nl)
    assert title == "Van geen doel is al een ontwikkeling bekend"


def test_the_title_of_the_trends_counts_who_moved_the_wrong_way_and_speaks_of_one_goal_as_one(assessed, tables, nl):
    values = series(*tables)
    turned = assessed.assign(direction=assessed["direction"].where(assessed["id"] != "1a", "at_most"))
    titles = [
        development.about_trends(goals, values, nl)[0] for goals in (turned, turned.iloc[[0]], assessed.iloc[[0]])
    ]
    assert titles == [
        "De goede kant op: 8 van de 9 doelen waarvan een ontwikkeling bekend is",
        "Het doel bewoog niet de goede kant op",
        "Het doel bewoog de goede kant op",
    ]


def test_a_value_above_the_baseline_is_the_right_way_though_it_is_the_first(almelo, nl):
    moment, values = almelo.moment("2017Q4"), almelo["measurements"]
    only = values[(values["indicator"] == "1a") & (values["date"].dt.year == 2017)]
    goals = almelo["indicators"].iloc[[0]]
    judged = assess(goals, only, moment.reference, moment.as_of)
    trend = series(goals, only, moment.reference, moment.as_of)
    assert development.about_trends(judged, trend, nl)[0] == "Het doel bewoog de goede kant op"


@pytest.mark.parametrize(
    ("before", "way"),
    [
        (900.0, "Het doel bewoog de goede kant op"),
        (1100.0, "Het doel bewoog niet de goede kant op"),
        (None, "Van geen doel is al een ontwikkeling bekend"),
    ],
)
def test_a_seasonal_series_is_held_against_the_same_month_a_year_earlier(almelo, nl, before, way):
    """January 2017 would say that every December is a success."""
    goal = almelo["indicators"].iloc[[1]].assign(seasonal=True, direction="at_least")
    own = almelo["measurements"].iloc[[0] * 3].assign(indicator="2a", status="final", method_break=False)
    days = pd.to_datetime(["2017-01-31", "2018-12-31", "2019-12-31"])
    rows = own.assign(date=days, published=days, value=[500.0, before or 1.0, 1000.0])
    rows = rows if before else rows.iloc[[0, 2]]
    tables = goal, rows, pd.Timestamp("2019-12-31"), pd.Timestamp("2020-01-31")
    assert development.about_trends(assess(*tables), series(*tables), nl)[0] == way
