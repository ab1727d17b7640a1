"""How sure a verdict is, how fresh, and where a goal goes: one sentence each, none where there is nothing to say."""

import pandas as pd
import pytest

from binnenstad.goals.say import certainty

MARK = {
    "unit": "mark", "target": 7.2, "target_date": pd.Timestamp("2022-12-31"), "low": 6.73, "high": 6.93,
    "date": pd.Timestamp("2020-10-01"), "certainty": "certain", "change_certainty": "change",
    "change_since": pd.Timestamp("2016-10-01"), "attainment_error": float("nan"), "provisional": False, "stale": False,
    "forecast": 7.02, "forecast_low": 6.79, "forecast_high": 7.24, "outlook": "unlikely", "at_risk": False,
}  # fmt: skip


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ["De streefwaarde valt buiten de marge (6,7 tot 6,9)."]),
        ({"certainty": "within_margin", "high": 7.31}, ["De streefwaarde valt binnen de marge (6,7 tot 7,3)."]),
        ({"certainty": "unknown"}, ["De marge is onbekend."]),
        ({"certainty": "count"}, []),
        ({"certainty": "count", "change_certainty": "no_change"}, ["Sinds 2016 is geen verandering aan te tonen."]),
        ({"certainty": "count", "provisional": True}, ["Het cijfer is voorlopig."]),
        ({"certainty": "count", "stale": True}, ["Dit is een cijfer van 2020."]),
        ({"certainty": "count", "attainment_error": 0.08},
         ["De marge van dat deel is 16 procentpunt naar beide kanten."]),
    ],
)  # fmt: skip
def test_a_figure_says_how_certain_and_how_fresh_it_is(nl, changed, said):
    assert list(certainty.about_goal(pd.Series(MARK | changed), nl)) == said


@pytest.mark.parametrize(
    ("outlook", "said"),
    [
        ("likely", "wordt de streefwaarde in 2022 waarschijnlijk gehaald (7,02, tussen 6,79 en 7,24)."),
        ("unlikely", "wordt de streefwaarde in 2022 waarschijnlijk niet gehaald (7,02, tussen 6,79 en 7,24)."),
        ("uncertain", "is het onzeker of de streefwaarde in 2022 wordt gehaald (7,02, tussen 6,79 en 7,24)."),
        ("", "komt 2022 uit op 7,02, tussen 6,79 en 7,24; er is te weinig bekend om meer te zeggen."),
    ],
)
def test_a_forecast_is_told_in_words_and_never_as_a_chance(nl, outlook, said):
    (sentence,) = certainty.outlook(pd.Series(MARK | {"outlook": outlook}), nl)
    assert sentence == f"Als de ontwikkeling doorzet, {said}"
    assert "%" not in sentence


def test_a_norm_at_risk_is_named_before_its_forecast(nl):
    said = list(certainty.outlook(pd.Series(MARK | {"at_risk": True}), nl))
    assert said[0] == "De norm loopt gevaar." and len(said) == 2


def test_without_a_forecast_nothing_is_foretold(nl):
    assert list(certainty.outlook(pd.Series(MARK | {"forecast": float("nan")}), nl)) == []
