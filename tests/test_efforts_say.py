"""Sentences on efforts: what the network of goals and efforts leaves open."""

import pandas as pd

from binnenstad.efforts import say
from binnenstad.efforts.network import beside_goals, unlinked


def efforts_of(*states: str) -> pd.DataFrame:
    rows = zip("abc", ["Kermis", "Kade", "Plein"], states, strict=False)
    return pd.DataFrame(list(rows), columns=["id", "title", "state"])


GOALS = pd.DataFrame({"id": ["1a", "2a", "3a"], "title": ["Bezoekers", "Leegstand", "Groen"]})
LINES = pd.DataFrame({"effort": ["b", "b", "b"], "indicator": ["1a", "2a", "3a"]})


def test_what_is_unknown_about_the_efforts_is_named(nl):
    efforts = efforts_of("running", "to_be_developed", "to_be_developed")
    assert say.unknown_about_efforts(efforts, GOALS, LINES[:1], nl) == [
        "Aan geen doel gekoppeld: Kermis.", "Doelen zonder inspanning: Leegstand en Groen.",
    ]  # fmt: skip
    # nobody has looked
    none = ["Welke inspanningen er voor welke doelen zijn, is niet ingevuld."]
    assert say.unknown_about_efforts(efforts, GOALS, LINES[:0], nl) == none
    assert say.unknown_about_efforts(efforts[1:2], GOALS, LINES, nl) == []
    loose = efforts_of("running", "agreed", "done")
    counted = "Aan geen doel gekoppeld: 2 inspanningen."
    assert say.unknown_about_efforts(loose, GOALS[:0], LINES, nl, most=1) == [counted]


def test_of_efforts_that_are_all_linked_and_filled_nothing_is_unknown(nl):
    assert say.unknown_about_efforts(efforts_of("done", "running")[1:], GOALS, LINES, nl) == []
    assert say.unknown_about_efforts(efforts_of(), GOALS.iloc[:0], LINES, nl) == []


def test_what_is_unknown_about_the_efforts_of_almelo(almelo, nl, assert_clean):
    tables = [almelo[name] for name in ("efforts", "indicators", "effort_indicators")]
    loose, notes = unlinked(*tables), say.unknown_about_efforts(*tables, nl)
    assert_clean(notes)
    assert len(notes) == sum(map(bool, map(len, loose)))
    for title in (*loose[0], *loose[1]):
        assert sum(title in note for note in notes) == 1


def test_a_goal_names_its_efforts_by_state(nl):
    efforts = efforts_of("running", "agreed", "done")
    more = pd.DataFrame({"id": ["z"], "title": ["Brug"], "state": ["agreed"]})
    lines = pd.DataFrame({"effort": ["c", "a", "b", "z", "a"], "indicator": ["1a", "1a", "1a", "1a", "2a"]})
    assert say.describe_efforts(GOALS["id"], pd.concat([efforts, more]), lines, nl) == [
        "Lopende inspanningen: Kermis. Inspanningen die gereed zijn: Plein. Afgesproken inspanningen: Brug en Kade.",
        "Lopende inspanningen: Kermis.", "Er is geen inspanning aan verbonden.",
    ]  # fmt: skip


def test_a_goal_behind_of_which_nothing_is_left_to_do_is_asked_about(assessed, nl):
    lines = pd.DataFrame({"effort": ["a", "b", "c"], "indicator": ["1a"] * 3})
    for last, asked in (("stopped", 1), ("to_be_developed", 1), ("proposed", 1), ("running", 0)):
        counts = beside_goals(efforts_of("done", "stopped", last), assessed, lines)
        told = say.ask_about_efforts(counts, assessed, nl)
        assert len(told) == asked, last
    assert say.ask_about_efforts(beside_goals(efforts_of("stopped"), assessed, lines), assessed, nl) == []
