"""Tables of the course of goals: certainty, forecast, earlier verdicts, the year before, efforts, limits."""

from __future__ import annotations

import pandas as pd

from binnenstad.goals.show.tables import cells, changed, measured, names_of, verdict_of
from binnenstad.page.blocks import Block
from binnenstad.page.table import MISSING, table, written
from binnenstad.words import Words


def tabulate_certainty(assessed: pd.DataFrame, words: Words) -> Block:
    """Return how sure each figure is and where it goes: margins, certainties, forecast; nothing without figures."""
    if assessed["value"].isna().all():
        return Block("", "")
    levels = {"certain": words.say("certain"), "within_margin": words.say("within the margin"),
              "unknown": words.say("margin unknown"), "count": words.say("full count"), "": MISSING}  # fmt: skip
    moved = {"change": words.say("shown"), "no_change": words.say("not shown"), "unknown": words.say("margin unknown"),
             "count": words.say("full count"), "": MISSING}  # fmt: skip
    outlooks = {"likely": words.say("likely"), "uncertain": words.say("uncertain"),
                "unlikely": words.say("unlikely"), "": MISSING}  # fmt: skip
    level, change, outlook = words.say("verdict on the level"), words.say("change"), words.say("target met")
    columns = [
        (words.say("goal"), names_of(assessed)),
        (level, [levels[key] for key in assessed["certainty"]]),
        (change, [moved[key] for key in assessed["change_certainty"]]),
    ]
    caption = words.say("How certain is it?")
    if assessed["forecast"].notna().any():
        columns += [
            (words.say("expected"), cells(assessed, lambda goal: measured(goal, "forecast", words, goal["target"]))),
            (words.say("between (80%)"), cells(assessed, lambda goal: _between(goal, words))),
            (outlook, [outlooks[key] for key in assessed["outlook"]]),
        ]
        caption = words.say("How certain, and what if the development goes on?")
    return table(caption, columns, text=[level, change, outlook], illustrative=bool(assessed["illustrative"].any()))


def _between(goal: pd.Series, words: Words) -> str:
    if pd.isna(goal["forecast_low"]):
        return MISSING
    return " – ".join(words.measures([goal["forecast_low"], goal["forecast_high"]], goal["unit"], goal["target"]))


def tabulate_verdicts(past: pd.DataFrame, told: dict[str, str], words: Words) -> Block:
    """Return what the reports said of each goal: the strip in words (``findings.changes.verdicts``)."""
    if past["period"].nunique() < 2:
        return Block("", "")
    last = past.drop_duplicates("id", keep="last")
    said = words.say("verdict")
    columns = [(words.say("goal"), names_of(last)), (said, [told[goal] for goal in last["id"]])]
    example = bool(past["illustrative"].any())
    return table(words.say("The verdicts of the reports so far"), columns, text=[said], illustrative=example)


def tabulate_year(past: pd.DataFrame, values: pd.DataFrame, words: Words) -> Block:
    """Return a year beside the year before: values, change, what the path asked, and both verdicts.

    Parameters: ``past`` from ``goals.history`` per year, ``values`` from ``goals.series``. Nothing for quarters, and
    for the first year.
    """
    periods = sorted(past["period"].unique())
    if len(periods) < 2 or not periods[-1].freqstr.startswith("Y"):
        return Block("", "")
    now = past[past["period"] == periods[-1]]
    before = past[past["period"] == periods[-2]].set_index("id").reindex(now["id"])
    old, new = (_of_year(values, now, period.year) for period in periods[-2:])
    now = now.assign(old=old, new=new, difference=[after - earlier for earlier, after in zip(old, new, strict=True)])
    columns = [
        (words.say("goal"), names_of(now)),
        (str(periods[-2].year), cells(now, lambda goal: measured(goal, "old", words, goal["target"]))),
        (str(periods[-1].year), cells(now, lambda goal: measured(goal, "new", words, goal["target"]))),
        (words.say("difference"), cells(now, lambda goal: changed(goal, "difference", words))),
        (words.say("path now"), cells(now, lambda goal: measured(goal, "path", words))),
        (words.say("verdict {year}", year=periods[-2].year), cells(before, lambda goal: verdict_of(goal, words))),
        (words.say("verdict {year}", year=periods[-1].year), cells(now, lambda goal: verdict_of(goal, words))),
    ]
    verdicts = [name for name, _ in columns[-2:]]
    caption = words.say("{year} beside {before}", year=periods[-1].year, before=periods[-2].year)
    return table(caption, columns, text=verdicts, illustrative=bool(now["illustrative"].any()))


def _of_year(values: pd.DataFrame, goals: pd.DataFrame, year: int) -> list[float]:
    """Return the last value measured in a year per goal, NaN for none."""
    own = values[values["date"].dt.year == year].drop_duplicates("indicator", keep="last")
    return list(own.set_index("indicator")["value"].reindex(goals["id"]))


def tabulate_efforts(counts: pd.DataFrame, assessed: pd.DataFrame, heads: dict[str, str], words: Words) -> Block:
    """Return the efforts per goal and state beside the verdict (``efforts.beside_goals``)."""
    states = [state for state in counts.columns if counts[state].any()]
    verdict = words.say("verdict")
    columns = [
        (words.say("goal"), names_of(assessed)),
        (verdict, cells(assessed, lambda goal: verdict_of(goal, words))),
    ]
    columns += [(heads[state], [words.number(count) for count in counts[state]]) for state in states]
    example = bool(assessed["illustrative"].any())
    return table(words.say("Efforts for each goal"), columns, text=[verdict], illustrative=example)


def tabulate_control(charts: dict[str, pd.DataFrame], assessed: pd.DataFrame, words: Words) -> list[Block]:
    """Return the values and limits of each control chart, per period."""
    goals = {goal["id"]: goal for _, goal in assessed.iterrows()}
    return [_control(goals[name], chart, words) for name, chart in charts.items()]


def _control(goal: pd.Series, chart: pd.DataFrame, words: Words) -> Block:
    unit, sign = "share" if goal["seasonal"] else goal["unit"], words.say("sign")
    signs = {"": MISSING, "outside": words.say("outside"), "side": words.say("one side"),
             "trend": words.say("trend"), "two_of_three": words.say("near a limit")}  # fmt: skip
    columns = [(words.say("period"), [words.period(period) for period in chart.index])]
    if goal["seasonal"]:
        raw = [written(value, lambda v: words.measure(v, goal["unit"])) for value in chart["measured"]]
        columns.append((words.say("counted"), raw))
    value = words.say("ratio to a year earlier") if goal["seasonal"] else words.say("measured")
    heads = [value, words.say("mean"), words.say("lower limit"), words.say("upper limit")]
    for head, name in zip(heads, ("value", "centre", "lower", "upper"), strict=True):
        columns.append((head, [written(value, lambda v: words.measure(v, unit)) for value in chart[name]]))
    columns.append((sign, [signs[key] for key in chart["signal"]]))
    return table(f"{goal['id']} {goal['title']}", columns, text=[sign], illustrative=bool(goal["illustrative"]))
