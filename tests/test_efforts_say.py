"""Sentences on efforts: what the network of goals and efforts leaves open."""

import pandas as pd

from binnenstad.efforts import say
from binnenstad.efforts.network import unlinked


def network(states: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"id": [f"e{n}" for n in range(len(states))], "state": states})


def test_what_is_unknown_about_the_efforts_is_named(nl):
    states = ["running", "to_be_developed", "to_be_developed"]
    loose, bare = pd.Series(["Kermis"]), pd.Series(["Bezoekers", "Leegstand", "Groen"])
    assert say.unknown_about_efforts(network(states), loose, bare, nl) == [
        "Aan geen doel gekoppeld: Kermis.",
        "Doelen zonder inspanning: Bezoekers, Leegstand en Groen.",
        "2 inspanningen moeten nog met de partners worden ontwikkeld.",
    ]
    assert say.unknown_about_efforts(network(states[1:2]), loose.iloc[:0], bare.iloc[:0], nl) == [
        "1 inspanning moet nog met de partners worden ontwikkeld."
    ]


def test_of_efforts_that_are_all_linked_and_filled_nothing_is_unknown(nl):
    none = pd.Series(dtype=str)
    assert say.unknown_about_efforts(network(["running"]), none, none, nl) == []
    assert say.unknown_about_efforts(network([]), none, none, nl) == []


def test_what_is_unknown_about_the_efforts_of_almelo(almelo, nl, assert_clean):
    loose = unlinked(*(almelo[name] for name in ("efforts", "indicators", "effort_indicators")))
    notes = say.unknown_about_efforts(almelo["efforts"], *loose, nl)
    empty = int((almelo["efforts"]["state"] == "to_be_developed").sum())
    assert_clean(notes)
    assert len(notes) == sum(map(bool, (len(loose[0]), len(loose[1]), empty)))
    for title in (*loose[0], *loose[1]):
        assert sum(title in note for note in notes) == 1
    assert [note for note in notes if note.startswith(f"{empty} inspanning")] == notes[-1:]
