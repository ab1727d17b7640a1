"""What each goal gets for its money: which efforts no other outdoes, how sure that is, and how it is told."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import cells_of
from effort_tables import effort, line, rows
from goal_tables import some
from hypothesis import given
from hypothesis import strategies as st

from binnenstad.efforts.dominated import compare_efforts
from binnenstad.efforts.say import outdone
from binnenstad.efforts.show.value_per_goal import show_value

NAMES = {id: id.capitalize() for id in ("kade", "markt", "plein", "groen", "leeg", "soort")}
GOALS = {"1a": "Bezoekers", "2a": "Leegstand"}
options = st.lists(st.tuples(st.integers(1, 3), st.integers(0, 5)), min_size=2, max_size=12)


def compared(given: list[tuple[int, int]], draws: int = 50) -> pd.DataFrame:
    """Efforts for one goal of these strengths and costs, by name."""
    ids = [f"e{at:02}" for at in range(len(given))]
    lines = rows("effort_indicators", *(line(id, "1a", own[0]) for id, own in zip(ids, given, strict=True)))
    costs = pd.Series(dict(zip(ids, (float(own[1]) for own in given), strict=True)))
    found = compare_efforts(rows("efforts", *map(effort, ids)), lines, costs, draws)
    return found.set_index("effort").sort_index()


@given(given=options)
@some
def test_the_front_is_that_of_going_through_every_pair(given):
    kept = [
        not any(s >= own[0] and c <= own[1] and (s > own[0] or c < own[1]) for s, c in given) for own in given
    ]  # fmt: skip
    assert compared(given)["undominated"].tolist() == kept


@given(given=options, worse=st.tuples(st.integers(0, 2), st.integers(0, 3)).filter(any), at=st.integers(0, 11))
@some
def test_an_effort_that_another_outdoes_changes_nothing_for_the_others(given, worse, at):
    of = given[at % len(given)]
    weaker = max(1, of[0] - worse[0]), of[1] + worse[1]
    more = compared([*given, weaker])
    if weaker != of:
        assert not more["undominated"].iloc[-1]
    assert more["undominated"].tolist()[:-1] == compared(given)["undominated"].tolist()


@given(given=options)
@some
def test_a_share_of_draws_agrees_with_what_can_be_known_of_it(given):
    found = compared(given)
    assert found["kept"].between(0, 1).all()
    alone = found["cost"] == found["cost"].min()
    # what is cheaper than all others is never outdone; one cost for all leaves the strongest of each draw
    assert (found.loc[alone, "kept"] == 1).all() or alone.sum() > 1
    assert found["kept"].max() > 0
    assert compared(given).equals(found)


def test_two_efforts_of_one_cost_are_kept_as_often_as_counted_by_hand():
    # both strength 2, moved to 1, 2 or 3 (1/4, 1/2, 1/4): one is outdone if it ends lower, in 5 of the 16 cases
    found = compared([(2, 10), (2, 10)], draws=40_000)
    assert found["kept"].to_numpy() == pytest.approx([11 / 16] * 2, abs=0.01)
    # kept within 1 to 3: a 3 stays 3 in 3/4 of the draws
    dearer = compared([(3, 20), (3, 10)], draws=40_000)["kept"].to_numpy()
    assert dearer == pytest.approx([3 / 4 * 1 / 4, 1.0], abs=0.01)


@pytest.fixture
def found() -> tuple[pd.DataFrame, pd.DataFrame, pd.Series]:
    """Efforts of all kinds: outdone, of unknown cost, for two goals, an empty place, a kind of cost, without a goal."""
    efforts = rows(
        "efforts", *map(effort, ("kade", "markt", "plein", "groen")), effort("leeg", "to_be_developed"),
        effort("soort", kind="cost_type"),
    )  # fmt: skip
    lines = rows(
        "effort_indicators", line("plein", "1a", 3), line("kade", "1a", 2), line("markt", "1a", 2),
        line("leeg", "1a", 3), line("soort", "1a", 3), line("markt", "2a", 1), line("plein", "2a", 1),
    )  # fmt: skip
    costs = pd.Series({"kade": 20_000.0, "markt": 30_000.0, "groen": 5_000.0, "leeg": 1.0, "soort": 1.0})
    return compare_efforts(efforts, lines, costs), lines, costs


def test_an_unknown_cost_is_no_0_and_one_effort_has_nothing_to_be_compared_with(found):
    table, _, _ = found
    assert table[["indicator", "effort", "undominated", "several"]].to_numpy().tolist() == [
        ["1a", "plein", False, True], ["1a", "kade", True, False], ["1a", "markt", False, True],
        ["2a", "markt", False, True], ["2a", "plein", False, True],
    ]  # fmt: skip
    assert table["kept"].notna().tolist() == [False, True, True, False, False]


def test_what_is_outdone_is_told_with_how_sure_that_is_and_what_was_not_compared(found, nl, assert_clean):
    table, lines, costs = found
    told = outdone.describe_value(table, costs[:3], GOALS, NAMES, nl)
    assert_clean(told)
    assert told == [
        "1a Bezoekers: Kade (100%) wordt niet overtroffen.",
        "Niets te vergelijken, want hoogstens één inspanning heeft geld in de begroting: 2a Leegstand.",
        "Niet vergeleken, want zonder eigen bedrag in de begroting: Plein.",
        "Niet vergeleken, want aan geen doel gekoppeld: Groen.",
    ]
    judged = outdone.how_value_is_judged(table, lines, 2019, nl)
    assert_clean(judged)
    assert sum("effect" in sentence for sentence in judged) == 1 and "(onderzoeker)" in judged[1]
    assert outdone.how_value_is_judged(table.assign(kept=np.nan), lines, 2019, nl) == []


def test_the_picture_fills_the_dots_of_what_is_not_outdone_and_the_table_has_its_numbers(found, nl):
    about = outdone.about_value(found[0], found[1], "Bron: x", nl)
    picture, numbers = show_value(found[0], GOALS, NAMES, nl, *about)
    page = BeautifulSoup(picture.html, "html.parser")
    assert page.figcaption.text == (
        "Naar schatting wordt 1 van de 2 bijdragen overtroffen door een andere inspanning voor hetzelfde doel"
    )
    shown = [text.text for text in page.select(".wide svg text")]
    assert shown[1:] == ["1a Bezoekers", "Kade (2)", "€\xa020.000", "Markt (2)", "€\xa030.000"]
    assert picture.html.count("fill: #ffffff; stroke: #105090") == 2, "one open dot, on page and phone"
    assert cells_of(numbers) == {
        "doel en inspanning": ["1a Kade", "1a Markt"], "geschatte bijdrage": ["2", "2"],
        "kosten": ["€\xa020.000", "€\xa030.000"], "overtroffen": ["nee", "ja"],
        "niet overtroffen in proeven": ["100%", "31%"], "voor meer doelen": ["nee", "ja"],
    }  # fmt: skip
    assert page.select_one(".source").text == "Bron: x; bijdragen: schatting (onderzoeker)"
    nothing = found[0].assign(kept=np.nan)
    assert outdone.about_value(nothing, rows("effort_indicators"), "", nl) == ("", "", "")
    assert [block.html for block in show_value(nothing, GOALS, NAMES, nl, "", "", "")] == ["", ""]
