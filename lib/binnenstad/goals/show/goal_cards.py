"""Cards: all there is to read of one goal in one place."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from binnenstad.goals.say.development import describe_events
from binnenstad.goals.say.goal import heading, sentences
from binnenstad.goals.show.goal_lines import anchor
from binnenstad.goals.show.trend_lines import draw_trend, span_of
from binnenstad.page.blocks import Block, bullets, folded, paragraph, section
from binnenstad.words import Words


def show_cards(
    assessed: pd.DataFrame, values: pd.DataFrame, turned: pd.DataFrame, efforts: Sequence[str],
    history: Mapping[str, str], words: Words,
) -> list[Block]:  # fmt: skip
    """Return a card per goal: its verdict, its line, what matters of it, what is done for it, and the rest folded.

    Parameters: the result of ``goals.assess``, ``goals.series``, ``goals.turns``; a sentence per goal on its efforts;
    ``goals.say.verdicts.verdicts`` by id, empty for a single report.
    """
    span, cards = span_of(assessed, values), []
    for (_, goal), done in zip(assessed.iterrows(), efforts, strict=True):
        said, example = sentences(goal, words), bool(goal["illustrative"])
        own = turned[turned["indicator"] == goal["id"]]
        past = [words.say("The reports so far: {verdicts}.", verdicts=history[goal["id"]])] if history else []
        rest = [*(text for text, more in said if more), *describe_events(own, words), *past]
        cards.append(section(
            heading(goal, words), draw_trend(goal, values, own, span, words),
            paragraph(" ".join(text for text, more in said if not more), illustrative=example), paragraph(done),
            folded(words.say("More about this goal"), bullets(rest)), level=3, anchor=anchor(goal),
        ))  # fmt: skip
    return cards
