"""What each goal gets for its money: a dot plot of what its efforts cost, and the numbers behind it."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.efforts.show.dot_plot import Dot, draw_dots
from binnenstad.page.blocks import Block
from binnenstad.page.table import Column, table
from binnenstad.words import Words


def show_value(
    found: pd.DataFrame, goals: Mapping[str, str], names: Mapping[str, str], words: Words,
    title: str, what: str, source: str,
) -> list[Block]:  # fmt: skip
    """Return per goal what its efforts cost, drawn and as a table: a solid dot for one that no other effort outdoes.

    Parameters: ``found`` of ``dominated.compare_efforts``, of which what was compared is shown; titles of operational
    goals and of efforts by id; title, what text and source line of the picture. Nothing for no comparison.
    """
    shown, flag = found.dropna(subset=["kept"]), {True: words.say("yes"), False: words.say("no")}
    key = words.say("Further right is dearer. Solid: not outdone; open: outdone. In brackets: contribution (1 to 3).")
    titles, amounts = shown["effort"].map(names), shown["cost"].map(words.eur)
    groups = shown["indicator"].map(lambda id: f"{id} {goals[id]}")
    labels = titles + " (" + shown["strength"].map(words.number) + ")"
    dots = list(map(Dot, groups, labels, shown["cost"], amounts, shown["undominated"]))
    columns = [
        Column(words.say("goal and effort"), shown["indicator"] + " " + titles),
        Column(words.say("estimated contribution"), shown["strength"], words.number),
        Column(words.say("cost"), amounts),
        Column(words.say("outdone"), (~shown["undominated"]).map(flag), text=True),
        Column(words.say("not outdone in trials"), shown["kept"], words.percent),
        Column(words.say("for several goals"), shown["several"].map(flag), text=True),
    ]
    numbers = table(words.say("What the efforts for each goal contribute and cost"), columns)
    return [draw_dots(dots, key, title, what, source), numbers]
