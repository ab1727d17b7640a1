"""The network: which lines are drawn, how little they cross, and what the picture shows."""

import re

import pandas as pd
import pytest
from bs4 import BeautifulSoup
from conftest import cells_of
from effort_tables import effort, line, rows
from goal_tables import some
from hypothesis import given
from hypothesis import strategies as st

from binnenstad.efforts.network import crossings, layout, substantial
from binnenstad.efforts.say import work
from binnenstad.efforts.show.network_picture import draw_networks
from binnenstad.efforts.show.work_tables import tabulate_network
from binnenstad.page.blocks import Block

TRACKS = pd.Series({"1": "Kade", "2": "Plein"})


def goals_of(assessed: pd.DataFrame, *ids: str) -> pd.DataFrame:
    return assessed[assessed["id"].isin(ids)]


def texts(block: Block) -> list[str]:
    """The texts of the wide picture, in the order a screen reader would meet them."""
    return [text.text for text in BeautifulSoup(block.html, "html.parser").select(".wide svg text")]


@given(
    pairs=st.sets(st.tuples(st.integers(0, 7), st.integers(0, 6)), min_size=1),
    efforts=st.permutations(range(8)),
    goals=st.permutations(range(7)),
)
@some
def test_lines_never_cross_more_than_in_the_order_of_the_tables(pairs, efforts, goals):
    lines = pd.DataFrame([{"effort": str(effort), "indicator": str(goal)} for effort, goal in sorted(pairs)])
    left, right = list(map(str, efforts)), list(map(str, goals))
    found = layout(lines, left, right)
    assert (sorted(found[0]), sorted(found[1])) == (sorted(left), sorted(right))
    assert crossings(lines, *found) <= crossings(lines, left, right)
    assert layout(lines.sample(frac=1, random_state=1), left, right) == found


@given(pairs=st.lists(st.tuples(st.integers(0, 5), st.integers(0, 5)), min_size=1, max_size=9, unique=True))
@some
def test_crossings_agree_with_counting_pairs_by_hand(pairs):
    lines = pd.DataFrame([{"effort": str(effort), "indicator": str(goal)} for effort, goal in pairs])
    names = list(map(str, range(6)))
    crossed = [(a, b) for at, (a, b) in enumerate(pairs) for c, d in pairs[at + 1 :] if (a - c) * (b - d) < 0]
    assert crossings(lines, names, names) == len(crossed)


def test_the_lines_of_almelo_cross_less_than_in_the_order_of_their_ids(almelo):
    efforts, lines = almelo["efforts"], substantial(almelo["effort_indicators"], almelo["efforts"])
    drawn = sorted(efforts.loc[efforts["id"].isin(lines["effort"]), "id"])
    goals = list(almelo["indicators"]["id"])
    assert (len(lines), len(drawn)) == (13, 7)
    assert crossings(lines, drawn, goals) == 28
    assert crossings(lines, *layout(lines, drawn, goals)) == 8


def test_the_picture_names_efforts_then_goals_with_the_symbol_and_word_of_their_verdict(assessed, nl):
    efforts = rows("efforts", effort("kade", "running"), effort("markt", "done"), effort("plein"))
    lines = rows("effort_indicators", line("kade", "1a", 3), line("markt", "3b", 2), line("plein", "1a", 1))
    goals = goals_of(assessed, "1a", "3b")
    drawn = substantial(lines, efforts)
    (block,) = draw_networks(drawn, efforts, goals, TRACKS, nl, *work.about_network(drawn, goals, nl))
    shown = texts(block)
    assert shown[0].startswith("Dikke lijn: geschatte bijdrage 3")
    assert shown[1:5] == ["loopt", "gereed", "Kade", "Markt"]
    assert "Plein" not in shown
    assert [text for text in shown if text[0] in "◐✓"] == ["◐ loopt achter", "✓ behaald (binnen de marge)"]
    widths = [float(width) for width in re.findall(r"stroke-width: ([\d.]+)", block.html)]
    assert max(widths) == 4.0
    assert work.describe_network(drawn, lines, efforts, goals, nl) == [
        "Niet getekend, want de geschatte bijdrage is hoogstens 1, of de inspanning was al gestopt of is niet "
        "afgesproken: Plein.",
        "De bijdragen zijn niet gemeten maar geschat (onderzoeker).",
    ]


def test_an_empty_place_is_not_drawn_whatever_it_is_meant_for(assessed, nl):
    efforts = rows("efforts", effort("kade"), effort("leeg", "to_be_developed"))
    lines = rows("effort_indicators", line("kade", "1a", 2), line("leeg", "1a", 3))
    drawn = substantial(lines, efforts)
    (block,) = draw_networks(drawn, efforts, goals_of(assessed, "1a"), TRACKS, nl, "Titel", "Netwerk van alles", "Bron")
    assert "Leeg" not in texts(block)
    assert drawn["effort"].tolist() == ["kade"]


def test_a_goal_without_a_substantial_line_is_the_finding_of_the_picture(assessed, nl):
    efforts, goals = rows("efforts", effort("kade")), goals_of(assessed, "1a", "3b")
    lines = rows("effort_indicators", line("kade", "1a", 2), line("kade", "3b", 1))
    drawn = substantial(lines, efforts)
    title, _, source = work.about_network(drawn, goals, nl)
    assert title == (
        "1 van de 2 operationele doelen heeft geen inspanning (meer) met een geschatte bijdrage van 2 of 3 (op een "
        "schaal van 1 tot 3)"
    )
    assert source == "Bron: schatting (onderzoeker)"
    assert work.describe_network(drawn, lines, efforts, goals, nl)[0] == (
        "Er is geen inspanning (meer) met een geschatte bijdrage van 2 of 3 aan 3b Waardering van het cultuuraanbod."
    )


@pytest.mark.parametrize(("count", "pictures"), [(0, 0), (20, 1), (21, 4)])
def test_more_than_twenty_efforts_have_a_picture_per_track(assessed, nl, count, pictures):
    tracks = [{"track": "1"}, {"track": "2"}, {}]
    efforts = rows("efforts", *(effort(f"e{at:02}", **tracks[at % 3]) for at in range(count)))
    lines = rows("effort_indicators", *(line(id, "1a", 2) for id in efforts["id"]))
    blocks = draw_networks(
        lines, efforts, goals_of(assessed, "1a", "3b"), TRACKS, nl, "Titel", "Netwerk van alles", "Bron"
    )
    assert len(blocks) == pictures
    named = [text for block in blocks for text in texts(block) if re.fullmatch(r"E\d\d", text)]
    assert sorted(named) == sorted(efforts["title"])
    if pictures == 4:
        # the title speaks of the whole programme, so no picture of a track bears it
        first, *rest = blocks
        captions = [re.search(r"<figcaption>(.*?)<", block.html)[1] for block in rest]
        assert (first.html, captions) == ("<p>Titel</p>", ["1 Kade", "2 Plein", "geen spoor"])
        assert not any("cultuuraanbod" in text for block in blocks for text in texts(block))


def test_the_matrix_has_every_line_once_under_its_strength(almelo, assessed, nl):
    lines, titles = almelo["effort_indicators"], almelo.titles("efforts")
    efforts = almelo["efforts"].copy()
    efforts["state"] = efforts["state"].mask(efforts["id"] == "gevelfonds", "stopped")
    cells = cells_of(tabulate_network(lines, assessed, efforts, nl))
    heads = {3: "sterk (3)", 2: "middelmatig (2)", 1: "zwak (1)"}
    for _, own in lines.iterrows():
        row = [name.split()[0] for name in cells["doel"]].index(own["indicator"])
        found = {strength for strength, head in heads.items() if titles[own["effort"]] in cells[head][row]}
        assert found == {own["strength"]}
    assert cells["middelmatig (2)"][1] == "Gevel-/transformatiefonds (gestopt)", (
        "as the sentence, that counts it no more"
    )
    assert "Streekproducten in de binnenstad (genoemd, niet afgesproken)" in cells["zwak (1)"][0]
