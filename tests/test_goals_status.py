"""The statuses of a goal: each a word in both languages and a symbol that the shipped fonts can draw."""

from __future__ import annotations

import pytest
from conftest import ROOT
from fontTools.ttLib import TTFont

from binnenstad.goals.status import KNOWN, STATUSES, SYMBOLS, UNKNOWN, status_label
from binnenstad.words import Words


@pytest.mark.parametrize("language", ["nl", "en"])
@pytest.mark.parametrize("status", STATUSES)
def test_every_status_has_a_word_in_both_languages(status: str, language: str) -> None:
    label = status_label(status, Words(language))
    assert label.strip() == label != ""
    assert "_" not in label
    assert label[0].islower()


def test_dutch_labels_are_translated_and_told_apart(nl: Words) -> None:
    dutch = [status_label(status, nl) for status in STATUSES]
    assert len(set(dutch)) == len(STATUSES)
    assert not set(dutch) & {status_label(status, Words("en")) for status in STATUSES}


def test_a_goal_to_keep_a_level_has_its_own_word_for_met(nl: Words) -> None:
    assert status_label("met", nl, keep=True) != status_label("met", nl)
    for status in set(STATUSES) - {"met"}:
        assert status_label(status, nl, keep=True) == status_label(status, nl)


def test_an_unknown_status_is_an_error_and_no_empty_cell(nl: Words) -> None:
    with pytest.raises(KeyError):
        status_label("fine", nl)


def test_symbols_of_known_and_unknown_statuses_cannot_be_mixed_up() -> None:
    assert all(len(symbol) == 1 and not symbol.isspace() for symbol in SYMBOLS.values())
    assert not {SYMBOLS[key] for key in KNOWN} & {SYMBOLS[key] for key in UNKNOWN}
    good, bad = {"met", "on_course"}, {"behind", "far_behind", "worsening", "norm_broken", "not_met"}
    assert not {SYMBOLS[key] for key in good} & {SYMBOLS[key] for key in bad}
    assert len({SYMBOLS[key] for key in KNOWN}) == len(KNOWN) - 1, "only the two ways of missing a target share a cross"


def test_the_shipped_fonts_can_draw_every_symbol() -> None:
    fonts = (ROOT / "lib/binnenstad/page/fonts").glob("*.ttf")
    glyphs = {code for path in fonts for code in TTFont(path).getBestCmap()}
    assert {ord(symbol) for symbol in SYMBOLS.values()} <= glyphs
