"""Risks: as they stood on a day, what is not looked after, and what they may cost together."""

import pandas as pd
import pytest
from conftest import cells_of
from effort_tables import NOW, effort, rows
from hypothesis import given, settings
from hypothesis import strategies as st

from binnenstad.efforts.risks import CHANCES, damage, risks_on, unguarded
from binnenstad.efforts.say import steering
from binnenstad.efforts.show.steering_tables import show_risks, tabulate_risks

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
    # about a day of after the period, and known by the day of the report
    now = risks_on(RISKS, LINKS, rows("risk_scores", first, score("staf", "2020-01-16", "2020-01-17", 2)), NOW)
    assert now.at["staf", "likelihood"] == 2


def test_a_score_of_more_than_a_year_ago_is_old_and_told_so(nl):
    scores = rows(
        "risk_scores", score("staf", "2018-12-30", "2019-01-05", 4), score("geld", "2018-12-31", "2019-01-05", 2)
    )
    risks = risks_on(RISKS, LINKS, scores, NOW)
    assert risks["old"].to_dict() == {"aanbod": False, "geld": False, "staf": True}
    assert " 1 van die schattingen is meer dan een jaar oud." in steering.describe_risks(risks, nl)[0]
    cells = cells_of(tabulate_risks(risks, NAMES, nl))
    assert cells["kans en gevolg (1 tot 5)"] == ["4 en 3 (oud)", "2 en 3", "–"]
    assert cells["bedreigt"] == ["Kade", "het hele programma", "Meer bezoek; Minder leegstand"]
    assert "eigenaar" not in cells


def test_a_risk_was_last_told_by_its_score_or_by_a_newer_row_of_its_own(nl):
    scored = rows("risk_scores", score("staf", "2018-06-01", "2018-12-30", 4))
    told = {"2018-12-30": True, "2019-03-31": False}
    for day, silent in told.items():
        risks = risks_on(RISKS[:1].assign(published=pd.Timestamp(day)), LINKS[:0], scored, NOW)
        assert risks["silent"].tolist() == [silent], "the score is older than a year in both"
        assert steering.describe_risks(risks, nl)[0].startswith("Volgens de bron van 2018") == silent


def test_what_is_not_looked_after():
    efforts = rows("efforts", effort("kade", "running"), effort("markt", "running"), effort("plein"))
    found = unguarded(risks_on(RISKS, LINKS, rows("risk_scores"), NOW), efforts, ["1", "3"], NOW.today)
    assert found.to_numpy().tolist() == [
        ["no_measure", "aanbod"], ["past_due", "geld"], ["no_risk_named", "3"], ["no_paragraph", "markt"],
    ]  # fmt: skip
    assert unguarded(risks_on(RISKS[:0], LINKS[:0], rows("risk_scores"), NOW), efforts, ["1"], NOW.today).empty


def test_a_risk_of_all_goals_is_named_for_each_and_a_closed_one_for_none():
    efforts, scores = rows("efforts"), rows("risk_scores")
    everywhere = unguarded(risks_on(RISKS, LINKS[2:], scores, NOW), efforts, ["3"], NOW.today)
    assert "no_risk_named" not in set(everywhere["finding"])
    shut = rows("risk_scores", score("aanbod", "2019-06-30", "2019-06-30", 1, "closed"))
    closed = unguarded(risks_on(RISKS, LINKS, shut, NOW), efforts, ["1"], NOW.today)
    assert closed.to_numpy().tolist() == [["past_due", "geld"], ["no_risk_named", "1"]]


def test_the_risks_in_words(nl):
    scores = rows(
        "risk_scores",
        score("staf", "2019-06-30", "2019-07-10", 4),
        score("geld", "2019-06-30", "2019-07-10", 1, "closed"),
    )
    risks = risks_on(RISKS, LINKS, scores, NOW)
    assert steering.describe_risks(risks, nl) == [
        "Er staan 2 risico’s open. Van 1 daarvan zijn kans en gevolg geschat (team). Zonder maatregel: Aanbod elders.",
        "Geen enkel open risico heeft een eigenaar of een dag waarop de maatregel klaar moet zijn.",
    ]
    assert steering.describe_risks(risks[:0], nl) == []
    assert (
        steering.describe_risks(risks.loc[["staf"]], nl)[0]
        == "Er staat 1 risico open. Kans en gevolg zijn geschat (team)."
    )
    assert steering.describe_risks(risks[risks["state"] == "closed"], nl) == ["Er staat geen risico open."]


def test_a_risk_is_known_from_its_publication_and_an_old_word_is_said_with_its_year(nl):
    published = RISKS.assign(published=pd.to_datetime(["2018-06-28", "2018-06-28", "2020-02-15"]))
    risks = risks_on(published, LINKS, rows("risk_scores"), NOW)
    assert risks.index.tolist() == ["aanbod", "staf"]
    assert steering.describe_risks(risks, nl)[0].startswith(
        "Volgens de bron van 2018 (sindsdien is niets gemeld): er staan 2 risico’s open."
    )


def test_open_risks_stand_first_and_one_without_a_word_threatens_the_whole_programme(nl):
    scores = rows("risk_scores", score("geld", "2019-06-30", "2019-07-10", 5, "closed"))
    risks = risks_on(RISKS.assign(threatens=None), LINKS[:0], scores, NOW)
    cells = cells_of(tabulate_risks(risks, NAMES, nl))
    assert cells["risico"] == ["Aanbod elders", "Te weinig mensen", "Geld op"]
    assert cells["bedreigt"] == ["het hele programma"] * 3


# --- what they may cost together

estimates = st.tuples(
    st.integers(1, 5), st.integers(0, 10**6), st.integers(0, 10**6), st.integers(0, 10**6),
)  # fmt: skip


def with_amounts(*given: tuple[int, int, int, int]) -> pd.DataFrame:
    """Open risks with a likelihood and a low, likely and high damage, as ``risks_on`` gives them."""
    ids = [f"r{at}" for at in range(len(given))]
    risks = rows("risks", *({"id": id, "title": id, "threatens": "programme", "state": "open"} for id in ids))
    scored = [
        score(id, "2019-06-30", "2019-07-10", likelihood) | {"low_eur": a, "likely_eur": b, "high_eur": c}
        for id, (likelihood, a, b, c) in zip(ids, given, strict=True)
    ]
    return risks_on(risks, rows("risk_links"), rows("risk_scores", *scored), NOW)


@given(given=st.lists(estimates, min_size=3, max_size=5))
@settings(max_examples=15, deadline=None)
def test_the_mean_of_the_draws_is_within_one_percent_of_the_exact_one(given):
    ordered = [(likelihood, *sorted(amounts)) for likelihood, *amounts in given]
    found = damage(with_amounts(*ordered))
    exact = sum(CHANCES[likelihood] * (a + 4 * b + c) / 6 for likelihood, a, b, c in ordered)
    assert found["mean"] == pytest.approx(exact, rel=0.01)
    assert 0 <= found["p50"] <= found["p80"] <= found["p90"] <= sum(amounts[-1] for amounts in ordered)


def test_fixed_amounts_have_the_quantiles_of_three_coins():
    # three even chances of 1, 2 and 4: each of 0 to 7 has a chance of 1/8
    found = damage(with_amounts((3, 1, 1, 1), (3, 2, 2, 2), (3, 4, 4, 4)))
    assert found[["count", "p80", "p90"]].tolist() == [3, 6, 7]
    assert found["p50"] in (3, 3.5, 4)
    assert damage(with_amounts((3, 1, 1, 1), (3, 2, 2, 2))).empty


def test_a_risk_that_occurred_or_lacks_an_amount_leaves_the_sum(nl, assert_clean):
    four = with_amounts((5, 10, 20, 30), (1, 0, 5, 10), (2, 0, 50_000, 90_000), (3, 7_000, 8_000, 9_000))
    assert damage(four.assign(high_eur=four["high_eur"].where(four.index != "r0")))["count"] == 3
    assert damage(four.assign(state=four["state"].where(four.index > "r1", "occurred"))).empty
    told = steering.describe_risks(four, nl)
    assert_clean(told)
    *_, sums, rests = told
    assert sums.startswith("Van 4 open risico’s is de schade geschat. Samen kosten zij gemiddeld €\xa019.000; ")
    assert "niet beïnvloeden" in rests


def test_scored_risks_stand_on_a_grid_of_likelihood_and_impact(nl):
    scores = rows(
        "risk_scores", score("staf", "2019-06-30", "2019-07-10", 4), score("geld", "2019-06-30", "2019-07-10", 4)
    )
    grid, _ = show_risks(risks_on(RISKS, LINKS, scores, NOW), NAMES, nl)
    cells = cells_of(grid)
    assert cells["kans"] == ["kans 5", "kans 4", "kans 3", "kans 2", "kans 1"]
    assert cells["gevolg 3"] == ["–", "Geld op; Te weinig mensen", "–", "–", "–"]
    assert {cell for head in ("gevolg 1", "gevolg 2", "gevolg 4", "gevolg 5") for cell in cells[head]} == {"–"}
    assert show_risks(risks_on(RISKS, LINKS, rows("risk_scores"), NOW), NAMES, nl)[0].html == ""
