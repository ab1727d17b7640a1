"""Risks: as they stood on a day, and what is not looked after."""

import pandas as pd
from conftest import cells_of
from effort_tables import NOW, effort, rows

from binnenstad.efforts.risks import risks_on, unguarded
from binnenstad.efforts.say import steering
from binnenstad.efforts.show.steering_tables import tabulate_risks

RISKS = rows(
    "risks",
    {"id": "staf", "title": "Te weinig mensen", "threatens": "efforts", "state": "open", "measure": "Kiezen"},
    {"id": "aanbod", "title": "Aanbod elders", "threatens": "goals", "state": "open"},
    {"id": "geld", "title": "Geld op", "threatens": "programme", "state": "open", "measure": "Sparen",
     "due": "2019-12-30"},
)  # fmt: skip
LINKS = rows(
    "risk_links", {"risk": "aanbod", "goal": "2"}, {"risk": "aanbod", "goal": "1"}, {"risk": "staf", "effort": "kade"}
)
NAMES = {"1": "Meer bezoek", "2": "Minder leegstand", "kade": "Kade"}


def score(risk: str, date: str, published: str, likelihood: int, state: str = "open") -> dict:
    return {"risk": risk, "date": date, "published": published, "likelihood": likelihood, "impact": 3, "state": state,
            "judged_by": "team"}  # fmt: skip


def test_a_score_given_later_changes_no_report_of_before():
    first, again = score("staf", "2019-06-30", "2019-07-10", 4), score("staf", "2019-12-01", "2020-02-15", 1, "closed")
    before = risks_on(RISKS, LINKS, rows("risk_scores", first), NOW)
    pd.testing.assert_frame_equal(risks_on(RISKS, LINKS, rows("risk_scores", first, again), NOW), before)
    assert (before.at["staf", "likelihood"], before.at["staf", "state"]) == (4, "open")
    late = NOW.__class__(NOW.period, NOW.reference, pd.Timestamp("2020-02-15"))
    after = risks_on(RISKS, LINKS, rows("risk_scores", again, first), late)
    assert (after.at["staf", "likelihood"], after.at["staf", "state"]) == (1, "closed")


def test_a_score_of_more_than_a_year_ago_is_old_and_told_so(nl):
    scores = rows(
        "risk_scores", score("staf", "2018-12-30", "2019-01-05", 4), score("geld", "2018-12-31", "2019-01-05", 2)
    )
    risks = risks_on(RISKS, LINKS, scores, NOW)
    assert risks["old"].to_dict() == {"aanbod": False, "geld": False, "staf": True}
    cells = cells_of(tabulate_risks(risks, NAMES, nl))
    assert cells["kans en gevolg (1 tot 5)"] == ["–", "2 en 3", "4 en 3 (oud)"]
    assert cells["bedreigt"] == ["Meer bezoek; Minder leegstand", "het hele programma", "Kade"]
    assert "eigenaar" not in cells


def test_what_is_not_looked_after():
    efforts = rows("efforts", effort("kade", "running"), effort("markt", "running"), effort("plein"))
    found = unguarded(risks_on(RISKS, LINKS, rows("risk_scores"), NOW), efforts, ["1", "3"], NOW.reference)
    assert found.to_numpy().tolist() == [
        ["no_measure", "aanbod"], ["past_due", "geld"], ["no_risk_named", "3"], ["no_paragraph", "markt"],
    ]  # fmt: skip
    assert unguarded(risks_on(RISKS[:0], LINKS[:0], rows("risk_scores"), NOW), efforts, ["1"], NOW.reference).empty


def test_a_risk_of_all_goals_is_named_for_each_and_a_closed_one_for_none():
    efforts, scores = rows("efforts"), rows("risk_scores")
    everywhere = unguarded(risks_on(RISKS, LINKS[2:], scores, NOW), efforts, ["3"], NOW.reference)
    assert "no_risk_named" not in set(everywhere["finding"])
    shut = rows("risk_scores", score("aanbod", "2019-06-30", "2019-06-30", 1, "closed"))
    closed = unguarded(risks_on(RISKS, LINKS, shut, NOW), efforts, ["1"], NOW.reference)
    assert closed.to_numpy().tolist() == [["past_due", "geld"], ["no_risk_named", "1"]]


def test_the_risks_in_words(nl):
    scores = rows(
        "risk_scores",
        score("staf", "2019-06-30", "2019-07-10", 4),
        score("geld", "2019-06-30", "2019-07-10", 1, "closed"),
    )
    risks = risks_on(RISKS, LINKS, scores, NOW)
    found = unguarded(risks, rows("efforts"), [], NOW.reference).assign(name="Aanbod elders")
    told = steering.describe_risks(risks, found, nl)
    assert (
        told == "Er staan 2 risico’s open. Van 1 daarvan zijn kans en gevolg geschat. Zonder maatregel: Aanbod elders."
    )
    assert steering.describe_risks(risks[:0], found[:0], nl) == ""
    assert steering.describe_risks(risks[risks["state"] == "closed"], found[:0], nl) == "Er staat geen risico open."
