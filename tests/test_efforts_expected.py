"""The accepted figures of the efforts of a past quarter, counted by hand: ``expected/almelo-2019Q4-efforts.md``."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from binnenstad.costs.money import cost_per_effort, of_year
from binnenstad.efforts.decisions import decision_log, efforts_on, loose_ends
from binnenstad.efforts.findings import gather
from binnenstad.efforts.network import substantial
from binnenstad.efforts.promises import promises
from binnenstad.efforts.risks import risks_on, unguarded
from binnenstad.efforts.roles import leads
from binnenstad.efforts.say import LAGGING
from binnenstad.efforts.scope import contradictions, outcomes

with (Path(__file__).parent / "expected" / "almelo-2019Q4-efforts.csv").open(encoding="utf-8", newline="") as file:
    EXPECTED = {row["quantity"]: float(row["value"]) for row in csv.DictReader(file, delimiter=";")}


@pytest.fixture
def counted(almelo, moment, assessed) -> dict[str, float]:
    log = decision_log(almelo["decisions"], moment.as_of, almelo.scope_body)
    efforts = efforts_on(almelo["efforts"], almelo["decisions"], moment.as_of)
    states = efforts["state"].value_counts()
    drawn = substantial(almelo["effort_indicators"], efforts)
    promised = promises(almelo["claims"], assessed)["state"]
    led = leads(efforts, almelo["partners"], cost_per_effort(of_year(almelo["budget"], 2019)))
    tested = outcomes(efforts, almelo["criteria"], almelo["scope_tests"])
    risks = risks_on(almelo["risks"], almelo["risk_links"], almelo["risk_scores"], moment)
    behind = assessed.loc[assessed["status"].isin(LAGGING), "goal"]
    odd = unguarded(risks, efforts, behind, moment.today)
    ends = loose_ends(efforts, log, almelo.start, moment.today)
    names = {table: almelo.titles(table) for table in ("efforts", "goals", "risks")}
    found = gather([ends, odd, contradictions(efforts, tested, drawn)], almelo["budget"], log, names)
    way = almelo["outside"]["direction"]
    return {
        "promises": len(promised),
        "promises measured": (promised == "measured").sum(),
        "promises without a figure": (promised == "no_figure").sum(),
        "efforts": led.at["programme", "efforts"],
        "efforts agreed": states["agreed"],
        "empty places": states["to_be_developed"],
        "named, not agreed": states["proposed"],
        "lines": len(almelo["effort_indicators"]),
        "lines drawn": len(drawn),
        "efforts drawn": drawn["effort"].nunique(),
        "led by others": led.at["programme", "others"],
        "led by private parties": led.at["programme", "private"],
        "lead unknown": led.at["programme", "no_lead"],
        "budget": led.at["programme", "efforts_eur"],
        "budget led by others": led.at["programme", "others_eur"],
        **{f"budget of track {track}": led.at[str(track), "efforts_eur"] for track in range(1, 6)},
        "budget without a track": led.at["", "efforts_eur"],
        "influences that help": (way == "helps").sum(),
        "influences that hurt": (way == "hurts").sum(),
        "influences of unknown direction": way.isna().sum(),
        "risks open": (risks["state"] == "open").sum(),
        "risks scored": risks["likelihood"].notna().sum(),
        "risks without a measure": (found["finding"] == "no_measure").sum(),
        "efforts tested": (tested["outcome"] != "untested").sum(),
        "decisions": len(log),
        "questions": (found["finding"] != "no_measure").sum(),
    }


def test_the_expected_file_counts_what_is_counted(counted):
    assert list(EXPECTED) == list(counted)


@pytest.mark.parametrize("quantity", EXPECTED)
def test_a_figure_agrees_with_the_count_by_hand(counted, quantity):
    assert counted[quantity] == EXPECTED[quantity]
