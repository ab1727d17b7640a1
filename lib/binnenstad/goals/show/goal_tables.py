"""Tables of goals: the numbers behind their lines, what was measured, the verdicts counted, and a year on its own."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from binnenstad.goals import on_scale
from binnenstad.goals.say.verdicts import count_goals
from binnenstad.goals.status import ENDED, marked, reached
from binnenstad.page.blocks import Block
from binnenstad.page.table import MISSING, Column, table
from binnenstad.words import Words

MOST_BESIDE = 2  # values of one year that stand side by side; quarters and months have a table of their own


def tabulate_attainment(assessed: pd.DataFrame, words: Words) -> Block:
    """Return what the goal lines do not say in numbers: margin, path, attainment and pace; nothing for only dashes."""

    def _margin(low: float, high: float, unit: str, target: float) -> str:
        return " – ".join(words.measures([low, high], unit, target))

    margins = pd.Series(Column("", assessed[["low", "high", "unit", "target"]], _margin).cells(), assessed.index)
    told = [reached(goal, words) if pd.notna(goal["attainment"]) else None for _, goal in assessed.iterrows()]
    # what is further away than it was has no pace towards the target
    ended = assessed["status"].isin(ENDED) | (assessed["attainment"] < 0)
    full = margins.mask(assessed["certainty"] == "count", words.say("full count"))
    columns = [
        _goals(assessed, words),
        Column(words.say("margin (95%)"), full, text=True),
        Column(words.say("path when measured"), assessed[["path", "unit"]], words.measure),
        Column(words.say("attainment"), told, text=bool((assessed["attainment"] < 0).any())),
        Column(words.say("pace"), assessed["pace"].mask(ended), words.percent),
        Column(words.say("months ahead"), 12 * assessed["lead"].mask(ended), words.signed),
        Column(words.say("change per year"), assessed[["change_per_year", "unit"]], words.change),
        Column(words.say("needed per year"), assessed[["needed_per_year", "unit"]], words.change),
    ]
    filled = [column for column in columns if any(cell != MISSING for cell in column.cells())]
    shown = filled * bool(filled[1:])
    return table(words.say("Margin, path and pace"), shown, illustrative=assessed["illustrative"])


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
    assessed: pd.DataFrame, titles: pd.Series, words: Words, means: pd.DataFrame | None = None
) -> Block:
    """Return the verdicts counted, with their certainty, per strategic goal and for the whole programme.

    ``means`` (``goals.attainment_mean``) adds the weighted mean of attainment, for a programme that set weights.
    """
    groups = [(f"{goal} {titles[goal]}", own) for goal, own in assessed.groupby("goal", sort=False)]
    groups += [(words.say("whole programme"), assessed)] * bool(groups)
    columns = [
        Column(words.say("strategic goal"), [name for name, _ in groups]),
        Column(words.say("goals"), [len(own) for _, own in groups], words.number),
        Column(words.say("verdicts"), [count_goals(own, words) for _, own in groups], text=True),
    ]
    if means is not None and len(means):
        whole = means["mean"].reindex([*assessed["goal"].unique(), "programme"])
        columns.append(Column(words.say("weighted mean"), whole, lambda mean: words.measure(mean, "share", 1.0)))
    return table(words.say("Verdicts per strategic goal"), columns, last=True, illustrative=assessed["illustrative"])


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
