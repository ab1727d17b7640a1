"""What is said beside the lines of the goals: how many demonstrably moved the right way, and what bent their lines."""

from __future__ import annotations

import pandas as pd
import pytest
from goal_tables import measured

from binnenstad.goals import assess, series, turns
from binnenstad.goals.say.development import describe_events, describe_trends
from binnenstad.words import Words

EVENT = pd.DataFrame(
    {"date": pd.to_datetime(["2020-03-15"]), "text": ["coronamaatregelen"], "source": ["Rijksoverheid"]}
)


def test_only_what_can_be_shown_counts_as_the_right_way(almelo, nl):
    """At the end of 2021 eight of nine stood better than they began; of three of them chance explains as much."""
    moment = almelo.moment("2021Q4")
    assessed = assess(almelo["indicators"], almelo["measurements"], moment.reference, moment.as_of)
    shown = assessed["change_certainty"].isin(["change", "count"])
    said = describe_trends(assessed, nl)
    assert assessed.loc[~shown, "id"].tolist() == ["1a", "3a", "3b", "4c"]
    assert said == "Aantoonbaar de goede kant op: 5 van de 9 doelen; de verkeerde kant op: 0."


@pytest.mark.parametrize(
    ("goal", "said"),
    [
        ({"direction": "at_least"}, "1 van 1 doel; de verkeerde kant op: 0"),
        ({"direction": "at_most"}, "0 van 1 doel; de verkeerde kant op: 1"),
        ({"begin": 96_000.0}, "0 van 1 doel; de verkeerde kant op: 0"),
        ({"change_certainty": "unknown"}, "0 van 1 doel; de verkeerde kant op: 0"),
    ],
)
def test_equal_values_and_what_may_be_chance_moved_nowhere(visitors, nl, goal, said):
    told = describe_trends(visitors.assign(change_certainty="count").assign(**goal), nl)
    assert told == f"Aantoonbaar de goede kant op: {said}."


def test_of_a_first_value_no_development_is_known(visitors, nl):
    assert describe_trends(visitors.assign(change_certainty=""), nl) == "Van geen doel is al een ontwikkeling bekend."


@pytest.mark.parametrize(
    ("rows", "turned"),
    [
        ([("2018-12-31", 90), ("2019-12-31", 95), ("2020-12-31", 70)], True),
        ([("2017-12-31", 90), ("2019-12-31", 80), ("2020-12-31", 85)], True),
        ([("2018-12-31", 90), ("2019-12-31", 95), ("2020-12-31", 97)], False),
        ([("2018-12-31", 90), ("2019-12-31", 95), ("2020-12-31", 95)], False),
        ([("2018-12-31", 90), ("2019-12-31", 95), ("2020-01-31", 70)], False),
        ([("2018-12-31", 90), ("2019-12-31", 95), ("2021-12-31", 70)], False),
        ([("2019-12-31", 95), ("2020-12-31", 70)], False),
        ([("2018-12-31", 90), ("2019-12-31", 95), ("2020-12-31", 70, {"method_break": True})], False),
        ([("2018-12-31", 90), ("2019-06-30", 99), ("2019-12-31", 95), ("2020-06-30", 120), ("2020-12-31", 70)], True),
        ([], False),
    ],
)
def test_an_event_is_named_where_the_yearly_line_turns(rows, turned):
    found = turns(EVENT, measured(*rows))
    assert found["indicator"].tolist() == ["a"] * turned
    none = turns(EVENT.iloc[:0], measured(*rows))
    assert none.empty and none.dtypes.drop("indicator").equals(EVENT.dtypes)


def test_the_order_of_the_events_changes_nothing():
    values = measured(("2018-12-31", 90), ("2019-12-31", 95), ("2020-12-31", 70))
    two = pd.concat([EVENT.assign(text="b"), EVENT.assign(text="a")], ignore_index=True)
    pd.testing.assert_frame_equal(turns(two, values), turns(two.iloc[::-1], values))
    assert turns(two, values)["text"].tolist() == ["a", "b"]


def test_the_report_names_what_bent_the_lines_of_almelo_once_it_had(almelo, nl, assert_clean):
    moment = almelo.moment("2020Q4")
    values = series(almelo["indicators"], almelo["measurements"], moment.reference, moment.as_of)
    said = describe_events(turns(almelo["events"], values), nl)
    assert_clean(said)
    # a sentence for each of the seven cards
    assert (
        said
        == [
            "Rond 15 maart 2020 (coronamaatregelen) keerde de lijn. Of het daardoor kwam, is niet onderzocht. Bron: "
            "Rijksoverheid, nieuwsbericht van 15 maart 2020: Aanvullende maatregelen onderwijs, horeca, sport."
        ]
        * 7
    )
    english = describe_events(turns(almelo["events"].assign(text="COVID-19 measures"), values), Words("en"))
    assert english[0].startswith("About 15 March 2020 (COVID-19 measures) the line turned. ")
    before = almelo.moment("2019Q4")
    early = series(almelo["indicators"], almelo["measurements"], before.reference, before.as_of)
    assert describe_events(turns(almelo["events"], early), nl) == []
