"""Tables of goals: where they stand, how sure that is, how they moved, and what is done for them."""

from __future__ import annotations

from collections.abc import Mapping
from textwrap import shorten
from typing import Any

import numpy as np
import pandas as pd

from binnenstad.goals import on_scale
from binnenstad.goals.status import ENDED, KNOWN, SYMBOLS, UNKNOWN, marked, reached, status_label, with_reserves
from binnenstad.page.blocks import Block
from binnenstad.page.table import MISSING, Column, table
from binnenstad.words import Words

MOST_BESIDE = 2  # values of one year that stand side by side; quarters and months have a table of their own
MOST_ACROSS = 8  # columns of the roll-up that fit beside each other on a page


def tabulate_goals(assessed: pd.DataFrame, words: Words) -> Block:
    """Return each operational goal with its value, target, status and date: the short form."""
    columns = [_goals(assessed, words), _verdicts(words.say("status"), assessed, words), _measured(assessed, words)]
    columns += [target_column(assessed, words), Column(words.say("figure of"), assessed["date"], words.date, text=True)]
    return table(words.say("The goals one by one"), columns, illustrative=assessed["illustrative"])


def tabulate_attainment(assessed: pd.DataFrame, words: Words) -> list[Block]:
    """Return every number behind the bars as two tables that fit a page: the level and the pace.

    A table that would hold nothing but dashes is left out.
    """

    def _margin(low: float, high: float, unit: str, target: float) -> str:
        return " – ".join(words.measures([low, high], unit, target))

    margins = pd.Series(Column("", assessed[["low", "high", "unit", "target"]], _margin).cells(), assessed.index)
    margin = Column(words.say("margin (95%)"), margins.mask(assessed["certainty"] == "count", words.say("full count")))
    path = Column(words.say("path when measured"), assessed[["path", "unit"]], words.measure)
    level = [_goals(assessed, words), Column(words.say("baseline"), assessed[["baseline", "unit"]], words.measure)]
    level += [_measured(assessed, words), margin, path, target_column(assessed, words)]
    told = [reached(goal, words) if pd.notna(goal["attainment"]) else None for _, goal in assessed.iterrows()]
    # what is further away than it was has no pace towards the target
    ended = assessed["status"].isin(ENDED) | (assessed["attainment"] < 0)
    pace = [
        _goals(assessed, words),
        Column(words.say("attainment"), told, text=bool((assessed["attainment"] < 0).any())),
        Column(words.say("pace"), assessed["pace"].mask(ended), words.percent),
        Column(words.say("months ahead"), 12 * assessed["lead"].mask(ended), words.signed),
        Column(words.say("change per year"), assessed[["change_per_year", "unit"]], words.change),
        Column(words.say("needed per year"), assessed[["needed_per_year", "unit"]], words.change),
    ]
    return [
        table(head, columns, illustrative=assessed["illustrative"])
        for head, columns in ((words.say("The level"), level), (words.say("The pace"), pace))
        if any(cell != MISSING for column in columns[1:] for cell in column.cells())
    ]


def tabulate_values(values: pd.DataFrame, assessed: pd.DataFrame, words: Words) -> Block:
    """Return the measured values per goal and year, as drawn; several in one year stand side by side.

    Nothing where nothing was measured.
    """
    if values.empty:
        return Block("", "")

    def _beside(own: pd.Series) -> str:
        return " / ".join(own) if len(own) <= MOST_BESIDE else words.say("{count} values", count=words.number(len(own)))

    goals = assessed.set_index("id")
    now = on_scale(values, goals["date"]).join(goals[["unit", "target"]], on="indicator")
    shown = now.assign(provisional=now["status"] == "provisional", value=now["value"] / now["scale"])
    both = (_measured(rows, words).cells() for rows in (shown, now.assign(provisional=False)))
    cells = zip(*both, now["scale"], strict=True)
    shown["cell"] = [was if by == 1 else words.say("{was} (now {value})", was=was, value=new) for was, new, by in cells]
    years = shown.groupby(["indicator", shown["date"].dt.year])["cell"].agg(_beside).unstack().reindex(assessed["id"])
    columns = [_goals(assessed, words), *(Column(str(year), years[year]) for year in years)]
    caption = words.say("Measured values per year (–: not measured, or too few answers)")
    return table(caption, columns, illustrative=values["illustrative"])


def tabulate_roll_up(
    counts: pd.DataFrame, assessed: pd.DataFrame, titles: pd.Series, words: Words, means: pd.DataFrame | None = None
) -> Block:
    """Return the number of goals per verdict, with its certainty, for each row of ``goals.roll_up``.

    ``means`` (``goals.attainment_mean``) adds the weighted mean of attainment, for a programme that set weights.
    """
    names = {goal: f"{goal} {title}" for goal, title in titles.items()} | {"programme": words.say("whole programme")}
    heads, caption, rows = counts.index.map(names), words.say("Goals per status"), _per_status(counts, assessed, words)
    if means is not None and len(means):
        whole = means["mean"].reindex(counts.index)
        rows.append(Column(words.say("weighted mean"), whole, lambda mean: words.measure(mean, "share", 1.0)))
    if len(rows) <= MOST_ACROSS:
        columns = [Column(words.say("strategic goal"), heads), *rows]
        return table(caption, columns, last=True, illustrative=assessed["illustrative"])
    turned = zip(heads, zip(*(row.cells() for row in rows), strict=True), strict=True)
    columns = [Column(words.say("status"), [row.head for row in rows])]
    columns += [Column(shorten(head, 34, placeholder="…"), own, text=True) for head, own in turned]
    return table(caption, columns, illustrative=assessed["illustrative"])


def _per_status(counts: pd.DataFrame, assessed: pd.DataFrame, words: Words) -> list[Column]:
    """Return the goals by status that occurs, and in all."""
    said = {key: status_label(key, words) for key in (*KNOWN, *UNKNOWN) if counts[key].any()}
    goals = [goal for _, goal in assessed.iterrows()]

    def _cell(group: str, key: str) -> str:
        own = [goal for goal in goals if goal["status"] == key and group in ("programme", goal["goal"])]
        return with_reserves(words.number(len(own)), own, words)

    return [
        *(Column(f"{SYMBOLS[key]} {said[key]}", [_cell(row, key) for row in counts.index], text=True) for key in said),
        Column(words.say("goals"), counts["total"], words.number),
    ]


def tabulate_verdicts(past: pd.DataFrame, told: Mapping[str, str], words: Words) -> Block:
    """Return what the reports so far said of each goal (``goals.say.verdicts.verdicts``), nothing for a single one."""
    if past["period"].nunique() < 2:
        return Block("", "")
    last = past.drop_duplicates("id", keep="last")
    columns = [_goals(last, words), Column(words.say("verdict"), last["id"].map(told), text=True)]
    return table(words.say("The verdicts of the reports so far"), columns, illustrative=past["illustrative"])


def tabulate_year(past: pd.DataFrame, values: pd.DataFrame, words: Words) -> Block:
    """Return a year beside the year before: values, change, what the path asked, and both verdicts.

    Parameters: ``past`` from ``goals.history`` per year, ``values`` from ``goals.series``. Nothing for quarters, and
    for the first year.
    """
    periods = sorted(past["period"].unique())
    if len(periods) < 2 or not periods[-1].freqstr.startswith("Y"):
        return Block("", "")
    before, now = (past[past["period"] == period].set_index("id", drop=False) for period in periods[-2:])
    values = on_scale(values, now["date"])
    last = values.groupby(["indicator", values["date"].dt.to_period("Y")])["value"].last().unstack().reindex(now.index)
    old, new = (last.get(period, np.nan) for period in periods[-2:])
    now = now.assign(old=old, new=new)
    # across a break of method there is no change to tell of
    now["difference"] = (now["new"] - now["old"]).mask(now["last_break"].dt.year == periods[-1].year)
    now["path"] = now["path"].where(now["new"].notna())
    columns = [
        _goals(now, words),
        Column(str(periods[-2].year), now[["old", "unit", "target"]], words.measure),
        Column(str(periods[-1].year), now[["new", "unit", "target"]], words.measure),
        Column(words.say("difference"), now[["difference", "unit"]], words.change),
        Column(words.say("path when measured"), now[["path", "unit"]], words.measure),
        _verdicts(words.say("verdict {year}", year=periods[-2].year), before.loc[now.index], words),
        _verdicts(words.say("verdict {year}", year=periods[-1].year), now, words),
    ]
    caption = words.say("{year} beside {before}", year=periods[-1].year, before=periods[-2].year)
    return table(caption, columns, illustrative=now["illustrative"])


def tabulate_efforts(counts: pd.DataFrame, assessed: pd.DataFrame, heads: Mapping[Any, str], words: Words) -> Block:
    """Return the efforts per goal and state beside the verdict (``network.beside_goals``)."""
    columns = [_goals(assessed, words), _verdicts(words.say("verdict"), assessed, words)]
    columns += [Column(heads[state], counts[state], words.number) for state in counts if counts[state].any()]
    return table(words.say("Efforts for each goal"), columns, illustrative=assessed["illustrative"])


def tabulate_control(charts: Mapping[str, pd.DataFrame], assessed: pd.DataFrame, words: Words) -> list[Block]:
    """Return the values and limits of each control chart, per period."""
    signs = {"outside": words.say("outside"), "side": words.say("one side"), "trend": words.say("trend"),
             "two_of_three": words.say("near a limit")}  # fmt: skip
    limits = {"centre": words.say("mean"), "lower": words.say("lower limit"), "upper": words.say("upper limit")}
    counted = {"value": words.say("measured")} | limits
    ratio = {"measured": words.say("counted"), "value": words.say("ratio to a year earlier")} | limits
    blocks = []
    for _, goal in assessed.set_index("id", drop=False).loc[list(charts)].iterrows():
        chart, heads = charts[goal["id"]], ratio if goal["seasonal"] else counted
        units = dict.fromkeys(heads, "share" if goal["seasonal"] else goal["unit"]) | {"measured": goal["unit"]}
        columns = [
            Column(words.say("period"), chart.index, words.period),
            *(Column(head, chart[[name]].assign(unit=units[name]), words.measure) for name, head in heads.items()),
            Column(words.say("sign"), chart["signal"].map(signs), text=True),
        ]
        blocks.append(table(f"{goal['id']} {goal['title']}", columns, illustrative=goal["illustrative"]))
    return blocks


def _goals(goals: pd.DataFrame, words: Words) -> Column:
    """Return id and title of each goal, the head of its row."""
    return Column(words.say("goal"), goals[["id", "title"]], "{} {}".format)


def _verdicts(head: str, goals: pd.DataFrame, words: Words) -> Column:
    """Return each verdict with its symbol and certainty."""
    return Column(head, [marked(goal, words) for _, goal in goals.iterrows()], text=True)


def _measured(goals: pd.DataFrame, words: Words) -> Column:
    def _value(value: float, unit: str, target: float, provisional: bool) -> str:
        return words.measure(value, unit, target) + f" ({words.say('provisional')})" * provisional

    return Column(words.say("measured"), goals[["value", "unit", "target", "provisional"]], _value)


def target_column(goals: pd.DataFrame, words: Words) -> Column:
    """Return the target of each goal as a bound, with the year it is for, and the first one where it was changed."""
    signs = goals["direction"].map({"at_least": "≥", "at_most": "≤"})

    def _bound(to: float, unit: str, sign: str, day: pd.Timestamp, was: float, first: float, due: pd.Timestamp) -> str:
        now, then = (f"{sign} {words.measure(value, unit)}" for value in (to, first))
        # what was agreed before a bridge stands on another scale: the sentence names both
        if was != first:
            return now
        return words.say("{now} in {new} (first {then} in {year})", now=now, then=then, new=day.year, year=due.year)

    names = ["target", "unit", "sign", "target_date", "original_promised", "original_target", "original_target_date"]
    return Column(words.say("target"), goals.assign(sign=signs).reindex(columns=names), _bound)
