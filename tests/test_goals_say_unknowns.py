"""What the reports cannot say about goals, in sentences."""

import re

import numpy as np
import pandas as pd
import pytest

from binnenstad.goals import assess
from binnenstad.goals.say import unknowns
from binnenstad.words import Words

EN = Words("en")


def ids(assessed: pd.DataFrame, found: pd.Series, words: Words) -> str:
    return words.listing(list(assessed.loc[found, "id"]))


def test_what_is_unknown_about_the_goals_of_almelo(assessed, almelo, moment, nl, assert_clean):
    notes = unknowns.unknown_about_goals(assessed, almelo["measurements"], moment, nl)
    assert_clean(notes)
    without = ids(assessed, assessed["baseline"].isna(), nl)
    assert f"Er is geen nulmeting afgesproken, dus doelbereik en tempo zijn niet te berekenen: {without}." in notes
    assert "Geen marge bekend, dus hoe zeker het cijfer is, valt niet te zeggen: 1a." in notes
    assert not any("verschenen" in note for note in notes)


def test_values_published_later_are_counted_and_left_out(almelo, nl):
    moment = almelo.moment("2018Q4")
    rows = almelo["measurements"]
    later = rows[(rows["date"] <= moment.reference) & (rows["published"] > moment.as_of)]
    tables = almelo["indicators"], rows, moment.reference, moment.as_of
    notes = unknowns.unknown_about_goals(assess(*tables), rows, moment, nl)
    assert len(later) == 1
    assert notes[-1] == "1 cijfer over deze periode is na 14 februari 2019 verschenen en niet gebruikt."
    twice = pd.concat([rows, later])
    assert unknowns.unknown_about_goals(assess(*tables), twice, moment, nl)[-1].startswith(
        "2 cijfers over deze periode zijn"
    )


def test_goals_never_measured_are_named(tables, moment, nl):
    unmeasured = assess(tables[0], tables[1].iloc[:0], *tables[2:])
    notes = unknowns.unknown_about_goals(unmeasured, tables[1].iloc[:0], moment, nl)
    assert notes == ["Geen cijfer om op te oordelen: 1a, 2a, 2b, 3a, 3b, 4a, 4b, 4c en 5a."]


def test_a_final_verdict_still_to_come_is_announced(almelo, nl):
    moment = almelo.moment("2022Q1")
    tables = almelo["indicators"], almelo["measurements"], moment.reference, moment.as_of
    pending = assess(*tables)
    notes = unknowns.unknown_about_goals(pending, almelo["measurements"], moment, nl)
    assert f"Het eindoordeel volgt nog: {ids(pending, pending['final_pending'], nl)}." in notes


def test_a_method_break_is_named(visitors, almelo, moment, nl):
    goal = visitors.assign(broken=True, baseline=np.nan)
    notes = unknowns.unknown_about_goals(goal, almelo["measurements"], moment, nl)
    assert "Er wordt anders gemeten dan bij de nulmeting, dus doelbereik is niet te berekenen: 1a." in notes
    assert not any("geen nulmeting" in note for note in notes)


def test_goals_of_which_all_is_known_are_said_to_be_complete(visitors, almelo, moment, nl):
    known = visitors.assign(certainty="certain")
    notes = unknowns.unknown_about_goals(known, almelo["measurements"], moment, nl)
    assert notes == ["Elk doel heeft een nulmeting, een streefwaarde en een recent cijfer."]


@pytest.mark.parametrize(
    ("hole", "note"),
    [
        ({"target": np.nan, "status": "no_target"}, "Er is geen streefwaarde afgesproken: 1a."),
        ({"status": "invalid"}, "De invoer klopt niet, dus er is niets berekend: 1a."),
    ],
)
def test_goals_with_a_hole_are_not_said_to_be_complete(visitors, almelo, moment, nl, hole, note):
    notes = unknowns.unknown_about_goals(
        visitors.assign(certainty="certain", **hole), almelo["measurements"], moment, nl
    )
    assert notes == [note]


def test_english_sentences_on_what_is_unknown(visitors, moment, almelo, assert_clean):
    said = unknowns.unknown_about_goals(visitors, almelo["measurements"], moment, EN)
    assert_clean(said)
    assert not re.search(r"\b(de|het|een|niet|van|doel)\b", " ".join(said))
