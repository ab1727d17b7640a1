"""Sentences on goals: what a council member reads, in correct Dutch, with the numbers of the frame."""

import re

import numpy as np
import pandas as pd
import pytest
from conftest import cells_of
from goal_tables import END, HALF, LATER, at, few, indicators, measured
from hypothesis import given
from hypothesis import strategies as st

from binnenstad.goals import assess, history
from binnenstad.goals.history import CHANGE
from binnenstad.goals.say import goal as find
from binnenstad.goals.say import verdicts
from binnenstad.goals.say.unknowns import unknown_about_goals
from binnenstad.goals.show.goal_tables import tabulate_attainment
from binnenstad.goals.status import STATUSES, SYMBOLS, as_said, bound_of, marked, status_label, verdict
from binnenstad.words import Words

NL, EN = Words("nl"), Words("en")
NO_CHANGE = pd.DataFrame(columns=CHANGE)
NO_DECISIONS = pd.DataFrame({"date": pd.to_datetime([]), "indicator": [], "subject": [], "old": [], "body": []})


def told(goals: pd.DataFrame, words: Words) -> list[str]:
    """What is said of each goal, less the sentence on its efforts."""
    rows = [goal for _, goal in goals.iterrows()]
    return [
        " ".join([f"{find.heading(goal, words)}.", *(text for text, _ in find.sentences(goal, words))]) for goal in rows
    ]


@pytest.fixture
def visitors(assessed) -> pd.DataFrame:
    """Goal 1a, the one with a baseline, as if counted in full and without a forecast."""
    return assessed.iloc[[0]].assign(certainty="count", forecast=np.nan)


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("words", [Words("nl"), EN], ids=["nl", "en"])
def test_every_status_has_a_word_and_a_place_in_the_count(visitors, moment, words, status, assert_clean):
    assert verdicts.count_goals(visitors.assign(status=status), words) == f"1× {status_label(status, words)}"
    goals = visitors.assign(status=status)
    assert_clean([verdicts.lead_goals(goals, NO_CHANGE, [moment], words), *told(goals, words)])


def test_a_broken_norm_is_not_called_exceeded_when_it_was_a_lower_bound(visitors, nl):
    label = told(visitors.assign(status="norm_broken", keep=True, direction="at_least"), nl)[0]
    assert label.startswith("1a Aantal bezoekers per week van het centrum: ✗\u00a0norm niet gehaald. ")
    assert "overschreden" not in label


def test_a_goal_is_described_by_its_own_figures(visitors, nl):
    goal = visitors.iloc[0]
    assert told(visitors, nl) == [
        "1a Aantal bezoekers per week van het centrum: ◐\u00a0loopt achter. Gemeten: 96.000 bezoekers per week "
        "(31 december 2019); streefwaarde: minstens 100.000. Sinds 2016: van 93.000 naar 96.000. Van de afgesproken "
        "verandering is 43% bereikt; op 31 december 2019 was dat 5 maanden achter op het pad. Na deze meting is +1.333 "
        "per jaar nodig. Sinds 2016 was de verandering gemiddeld +1.000 per jaar."
    ]
    assert (goal["attainment"], round(goal["lead"] * 12)) == (pytest.approx(3 / 7), -5)
    assert goal["needed_per_year"] == pytest.approx(4000 / 3)


def test_every_goal_of_almelo_gets_clean_sentences_with_its_value_and_target(assessed, nl, assert_clean):
    sentences = told(assessed, nl)
    assert_clean(sentences)
    for goal, sentence in zip(assessed.itertuples(), sentences, strict=True):
        assert sentence.startswith(f"{goal.id} {goal.title}: ")
        assert nl.quantity(goal.value, goal.unit, goal.unit_label, goal.target) in sentence
        assert (nl.at_least if goal.direction == "at_least" else nl.at_most)(
            nl.measure(goal.target, goal.unit)
        ) in sentence
        assert ("bereikt" in sentence) is pd.notna(goal.baseline)
        assert (f"(geen nulmeting; cijfer van {goal.date.year})" in sentence) is bool(goal.stale)
        assert ("per jaar nodig" in sentence) is not bool(goal.met)


@pytest.mark.parametrize(
    ("months", "words", "end"),
    [
        (0.0, "nl", "bereikt; op 31 december 2019 was dat vrijwel op het pad."),
        (0.4, "nl", "bereikt; op 31 december 2019 was dat vrijwel op het pad."),
        (1.0, "nl", "bereikt; op 31 december 2019 was dat 1 maand voor op het pad."),
        (-1.0, "nl", "bereikt; op 31 december 2019 was dat 1 maand achter op het pad."),
        (-0.5, "nl", "bereikt; op 31 december 2019 was dat 1 maand achter op het pad."),
        (14.0, "nl", "bereikt; op 31 december 2019 was dat 14 maanden voor op het pad."),
        (-26.0, "nl", "bereikt; op 31 december 2019 was dat 26 maanden achter op het pad."),
        (1.0, "en", "has been reached; on 31 December 2019 that was 1 month ahead of the path."),
        (-26.0, "en", "has been reached; on 31 December 2019 that was 26 months behind the path."),
    ],
)
def test_months_ahead_of_or_behind_the_path(visitors, months, words, end):
    goal = visitors.assign(lead=months / 12, needed_per_year=np.nan)
    assert told(goal, Words(words))[0].endswith(end)


def test_the_month_in_the_sentence_is_the_month_in_the_table(visitors, nl):
    for months in np.arange(0.1, 3, 0.2):
        sentence = told(visitors.assign(lead=-months / 12), nl)[0]
        written = nl.number(abs(visitors.assign(lead=-months / 12)["lead"].iloc[0] * 12))
        said = "was dat vrijwel op het pad." if written == "0" else f"was dat {written} maand"
        assert said in sentence


@pytest.mark.parametrize(
    ("value", "label", "share"), [(96_000, "✗\u00a0niet behaald", "43%"), (101_400, "✓\u00a0behaald", "120%")]
)
def test_once_the_target_year_is_measured_no_months_are_named(tables, nl, value, label, share):
    """There is no path left to be ahead of."""
    indicators, measurements, *moments = tables
    due = indicators.iloc[[0]].assign(target_date=pd.Timestamp("2019-12-31"))
    rows = measurements[measurements["indicator"] == "1a"]
    rows = rows.assign(value=rows["value"].where(rows["date"] < "2019-12-31", float(value)))
    goal = assess(due, rows, *moments)
    assert goal["lead"].notna().all()
    assert told(goal, nl) == [
        f"1a Aantal bezoekers per week van het centrum: {label}. Gemeten: {nl.number(value)} bezoekers per week "
        "(31 december 2019); streefwaarde: minstens 100.000. De marge is onbekend. Sinds 2016: van 93.000 naar "
        f"{nl.number(value)}. Van de afgesproken verandering is {share} bereikt."
    ]


@pytest.mark.parametrize("attainment", [-0.4, -1.2])
def test_a_goal_that_worsened_is_not_said_to_have_reached_something(visitors, nl, attainment):
    goal = visitors.assign(attainment=attainment, lead=-12.4, status="worsening", needed_per_year=np.nan)
    sentence = told(goal, nl)[0]
    assert sentence.endswith(" De stand ligt verder van de streefwaarde dan bij de nulmeting.")
    assert "bereikt" not in sentence and "%" not in sentence and "maanden" not in sentence
    pace = tabulate_attainment(goal, nl)
    assert cells_of(pace)["doelbereik"] == ["verder weg dan bij de nulmeting"]
    assert "12,4" not in pace.html and "149" not in pace.html


@pytest.mark.parametrize(
    ("value", "share"),
    [(99_999, "99,99%"), (99_999.9, "bijna alles"), (99_600, "94%"), (99_990, "99,9%"), (100_000, "100%")],
)
def test_an_unmet_goal_never_reads_as_reached(tables, nl, value, share):
    """99,999 of 100,000 is 6,999 of 7,000; a goal that is met reads as it is."""
    rows = tables[1][tables[1]["indicator"] == "1a"]
    goals = assess(tables[0].iloc[[0]], rows.assign(value=float(value)), *tables[2:])
    assert f"Van de afgesproken verandering is {share} bereikt" in told(goals, nl)[0]
    assert cells_of(tabulate_attainment(goals, nl))["doelbereik"] == [share]


PARTS = st.sampled_from([-24.0, -1.2, -0.001, 0.0, 0.4, 0.95, 0.994, 0.9996, 0.99999, 1 - 1e-9, 1.0, 1.004, 1.42])


@few
@given(
    st.lists(st.tuples(st.integers(0, 9**6), st.integers(-(9**5), 9**5).filter(bool), PARTS), min_size=1, max_size=9)
)
def test_no_sentence_holds_a_percentage_of_100_or_more_beside_an_unmet_goal(cases):
    """On the target date, and a year before it: no 100%, no minus, no need of 0."""
    goals = [
        {"id": str(number), "baseline_value": float(begin), "target_value": float(begin + agreed),
         "direction": "at_least" if agreed > 0 else "at_most"}
        for number, (begin, agreed, _) in enumerate(cases)
    ]  # fmt: skip
    for day in ("2021-12-31", END):
        rows = [(day, begin + agreed * part, {"indicator": str(n)}) for n, (begin, agreed, part) in enumerate(cases)]
        found = assess(indicators(*goals), measured(*rows), pd.Timestamp(day), pd.Timestamp(LATER))
        found = found.assign(title="Doel", unit="count", unit_label="stuks")
        cells = zip(*cells_of(tabulate_attainment(found, NL)).values(), strict=True)
        for goal, said, row in zip(found.itertuples(), told(found, NL), cells, strict=True):
            text = " | ".join([said, *row])
            shares = [float(number.replace(".", "").replace(",", ".")) for number in re.findall(r"([\d.,]+)%", said)]
            assert goal.met or max(shares, default=0) < 100, text
            assert not re.search(r"−[\d.,]+%|[Nn]odig is [+−]?[0,.]+ ", text), text
            assert ("verder" in text) == (goal.attainment < 0), text


def test_a_goal_to_keep_a_level_has_no_agreed_change(visitors, tables, nl):
    keep = tables[0].iloc[[0]].assign(target_kind="absolute", target_value=90_000.0)
    goal = assess(keep, *tables[1:]).assign(certainty="count", forecast=np.nan)
    assert goal["keep"].all() and goal["met"].all()
    sentence = told(goal, nl)[0]
    assert goal["attainment"].isna().all()
    assert sentence == (
        "1a Aantal bezoekers per week van het centrum: ✓\u00a0norm gehaald. Gemeten: 96.000 bezoekers per week "
        "(31 december 2019); streefwaarde: minstens 90.000. Sinds 2016: van 93.000 naar 96.000."
    )


def test_a_goal_without_target_says_that_it_is_unknown(visitors, nl):
    goal = visitors.assign(
        target=np.nan,
        attainment=np.nan,
        lead=np.nan,
        needed_per_year=np.nan,
        status="no_target",
        certainty="",
        change_certainty="",
    )
    assert told(goal, nl)[0].endswith(
        "geen streefwaarde. Gemeten: 96.000 bezoekers per week (31 december 2019); er is geen streefwaarde afgesproken."
    )


def test_a_goal_without_measurement_says_no_more_than_that(tables, nl):
    unmeasured = assess(tables[0], tables[1].iloc[:0], *tables[2:])
    sentences = told(unmeasured, nl)
    for goal, sentence in zip(unmeasured.itertuples(), sentences, strict=True):
        bound = bound_of(pd.Series(goal._asdict()), nl)
        begin = "Sinds de nulmeting is er" if pd.notna(goal.baseline_date) else "Er is"
        said = f"geen meting. {begin} geen cijfer om op te oordelen; de streefwaarde is {bound}."
        assert sentence == f"{goal.id} {goal.title}: ∅\u00a0{said}"


def test_without_earlier_value_only_what_is_needed_is_said(visitors, nl):
    goal = visitors.assign(change_per_year=np.nan)
    assert told(goal, nl)[0].endswith(" op het pad. Na deze meting is +1.333 per jaar nodig.")


# --- how sure, how fresh, and where it goes
MARK = {
    "unit": "mark", "target": 7.2, "target_date": pd.Timestamp("2022-12-31"), "low": 6.73, "high": 6.93,
    "value": 6.83, "begin": 6.5, "date": pd.Timestamp("2020-10-01"), "certainty": "count", "change_certainty": "",
    "change_since": pd.Timestamp("2016-10-01"), "attainment": np.nan, "attainment_error": np.nan, "provisional": False,
    "stale": False, "needed_per_year": np.nan, "forecast": np.nan, "forecast_low": np.nan, "forecast_high": np.nan,
    "outlook": "", "at_risk": False, "forecast_from": 2017.0, "forecast_wide": False,
}  # fmt: skip
FORECAST = {"forecast": 7.02, "forecast_low": 6.79, "forecast_high": 7.24}


def said_of_mark(visitors: pd.DataFrame, words: Words, **changed: object) -> str:
    """What is said of a mark after its level."""
    return told(visitors.assign(**(MARK | changed)), words)[0].partition("streefwaarde: minstens 7,2.")[2].strip()


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        ({}, ""),
        ({"certainty": "certain"}, "De streefwaarde valt buiten de marge (6,7 tot 6,9)."),
        ({"certainty": "within_margin", "high": 7.31}, "De streefwaarde valt binnen de marge (6,7 tot 7,3)."),
        ({"certainty": "unknown"}, "De marge is onbekend."),
        ({"change_certainty": "change"}, "Sinds 2016 is het aantoonbaar veranderd: van 6,5 naar 6,8."),
        ({"change_certainty": "count"}, "Sinds 2016 is het aantoonbaar veranderd: van 6,5 naar 6,8."),
        ({"change_certainty": "no_change"}, "Sinds 2016 is geen verandering aan te tonen: 6,5 en 6,8."),
        ({"change_certainty": "unknown"}, "Sinds 2016: van 6,5 naar 6,8."),
        ({"change_certainty": "count", "value": 6.5}, "Sinds 2016 is er niets veranderd: 6,5."),
        ({"change_certainty": "count", "begin": 6.82}, "Sinds 2016 is het aantoonbaar veranderd: van 6,82 naar 6,83."),
        ({"attainment_error": 0.08}, "De marge van dat deel is 16 procentpunt naar beide kanten."),
    ],
)
def test_a_figure_says_how_certain_it_is_and_whether_it_changed(visitors, nl, changed, said):
    assert said_of_mark(visitors, nl, **changed) == said


def test_of_a_goal_that_fell_by_chance_it_is_not_said_that_it_is_further_away(visitors, nl):
    fell = {"attainment": -0.2, "change_certainty": "no_change", "status": "no_change"}
    assert "verder" not in said_of_mark(visitors, nl, **fell)
    assert "verder van de streefwaarde" in said_of_mark(visitors, nl, **(fell | {"change_certainty": "change"}))


@pytest.mark.parametrize(
    ("outlook", "answer"),
    [
        ("likely", "De streefwaarde wordt waarschijnlijk gehaald"),
        ("unlikely", "De streefwaarde wordt waarschijnlijk niet gehaald"),
        ("uncertain", "Of de streefwaarde wordt gehaald, is onzeker"),
        ("", "Of de streefwaarde wordt gehaald, is niet te zeggen"),
    ],
)
def test_a_forecast_is_told_in_words_with_its_years_and_never_as_a_chance(visitors, nl, outlook, answer):
    sentence = said_of_mark(visitors, nl, outlook=outlook, status="not_met_no_baseline", **FORECAST)
    assert (
        sentence == f"{answer}: als de ontwikkeling sinds 2017 doorzet, wordt het 7,02 (tussen 6,79 en 7,24) in 2022."
    )


@pytest.mark.parametrize(
    ("status", "outlook", "apart"),
    [
        ("on_course", "unlikely", True), ("on_course", "likely", False), ("on_course", "", False),
        ("behind", "likely", True), ("behind", "unlikely", False), ("worsening", "likely", True), ("met", "", False),
    ],
)  # fmt: skip
def test_a_verdict_that_its_outlook_contradicts_is_explained_in_one_sentence(visitors, nl, status, outlook, apart):
    said = said_of_mark(visitors, nl, status=status, outlook=outlook, **FORECAST)
    why = "Het oordeel vergelijkt 2016 met 2020 en vraagt 95% van het pad; de verwachting trekt alle jaren vanaf 2017 "
    assert (f"{why}door." in said) is apart


def test_a_norm_at_risk_is_named_before_its_forecast(visitors, nl):
    said = said_of_mark(visitors, nl, outlook="unlikely", at_risk=True, **FORECAST)
    assert said.startswith("De norm loopt gevaar. De streefwaarde wordt waarschijnlijk niet gehaald: ")


def test_what_can_be_said_comes_first_and_the_path_last(visitors, nl):
    all_of_it = {"certainty": "certain", "change_certainty": "change", "attainment": 0.47, "lead": -1.0} | FORECAST
    said = said_of_mark(visitors, nl, outlook="unlikely", needed_per_year=0.2, status="behind", **all_of_it)
    parts = [
        "valt buiten de marge",
        "waarschijnlijk niet gehaald",
        "aantoonbaar veranderd",
        "afgesproken verandering",
        "per jaar nodig",
    ]
    places = [said.index(part) for part in parts]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("changed", "said"),
    [
        (
            {"forecast": 7.0, "forecast_low": 2.0, "forecast_high": 10.0, "forecast_wide": True},
            "Of de streefwaarde wordt gehaald, is niet te zeggen: de ontwikkeling sinds 2017 zegt daarvoor te weinig.",
        ),
        (
            {"later_value": 7.18, "later_date": pd.Timestamp("2023-10-01"), "target": 7.2},
            "Na de streefdatum: 7,18 (2023).",
        ),
        (
            {"attainment": 0.47, "lead": np.nan, "agreed_baseline": 6.5, "baseline": 6.4, "anchored": 6.5},
            "Van de afgesproken verandering is 47% bereikt. Als nulmeting is 6,5 afgesproken en 6,4 gemeten. De "
            "streefwaarde rust op 6,5.",
        ),
        (
            {"agreed_baseline": 6.5, "baseline": 6.4, "anchored": 6.4},
            "Als nulmeting is 6,5 afgesproken en 6,4 gemeten. De streefwaarde rust op 6,4.",
        ),
    ],
)
def test_what_else_must_be_known_of_a_figure_is_said(visitors, nl, changed, said):
    assert said_of_mark(visitors, nl, **changed) == said


def test_the_outlook_is_a_whole_sentence_in_english(assessed):
    goal = assessed[assessed["forecast_low"].notna() & ~assessed["forecast_wide"]].iloc[[0]]
    assert re.search(r": if it goes on as since \d{4}, it will be [\d.,%]+ \(", told(goal, EN)[0])


def test_a_count_has_no_decimals_that_tell_nothing(visitors, nl):
    said = told(visitors.assign(begin=93_000.0, value=99_999.996), nl)[0]
    assert "van 93.000 naar 99.999,996." in said


def test_the_mean_of_a_year_is_called_that(visitors, nl):
    said = told(visitors.assign(year_mean=True), nl)[0]
    assert (
        "loopt achter. Gemiddeld over het jaar tot en met 31 december 2019: 96.000 bezoekers per week; streef" in said
    )


def test_of_less_than_a_year_of_a_flow_it_is_said_that_no_full_year_was_measured(nl):
    goals = indicators({"goal": "1"}).assign(title="Doel", unit="count", unit_label="bezoekers")
    past = history(goals, measured(("2019-09-30", 140.0), (HALF, 150.0)), NO_DECISIONS, [at("2019")])
    assert told(past, nl) == [
        "a Doel: ∅\u00a0nog geen heel jaar gemeten. Sinds de nulmeting is er geen cijfer om op te oordelen; de "
        "streefwaarde is minstens 200. Bekend van het jaar tot en met 31 december 2019: 2 van de 4 metingen."
    ]


# --- the verdict with its certainty
@pytest.mark.parametrize(
    ("changed", "label"),
    [
        ({"status": "met", "certainty": "within_margin"}, "behaald (binnen de marge)"),
        ({"status": "met", "provisional": True}, "behaald (voorlopig)"),
        ({"status": "on_course", "stale": True}, "op koers (cijfer van 2020)"),
        (
            {"status": "met", "certainty": "within_margin", "provisional": True},
            "behaald (binnen de marge en voorlopig)",
        ),
        ({"status": "met", "keep": True, "certainty": "within_margin"}, "norm gehaald (binnen de marge)"),
        ({"status": "not_met", "certainty": "within_margin"}, "niet behaald (binnen de marge)"),
        ({"status": "on_course", "certainty": "within_margin"}, "op koers"),
        ({"status": "on_course", "change_certainty": "no_change"}, "op koers (verandering niet aangetoond)"),
        ({"status": "not_met_no_baseline", "stale": True}, "nog niet (geen nulmeting; cijfer van 2020)"),
        ({"status": "met", "certainty": "unknown"}, "behaald"),
        ({"status": "no_measurement", "provisional": True, "stale": True}, "geen meting"),
        ({"status": "not_measured_in_target_year", "stale": True}, "geen eindmeting"),
    ],
)
def test_a_verdict_carries_its_certainty(visitors, nl, changed, label):
    goal = visitors.assign(**(MARK | changed)).iloc[0]
    assert verdict(goal, nl) == label
    assert marked(goal, nl) == f"{SYMBOLS[goal['status']]}\u00a0{label}"
    assert told(visitors.assign(**(MARK | changed)), nl)[0].startswith(f"1a {goal['title']}: {marked(goal, nl)}. ")


@pytest.mark.parametrize(
    ("status", "change", "too_few", "said"),
    [
        ("worsening", "no_change", False, "no_change"), ("far_behind", "no_change", False, "no_change"),
        ("worsening", "change", False, "worsening"), ("far_behind", "unknown", False, "far_behind"),
        ("behind", "no_change", False, "behind"), ("no_measurement", "", True, "too_few"),
        ("no_measurement", "", False, "no_measurement"), ("met", "change", True, "met"),
    ],
)  # fmt: skip
def test_a_status_claims_no_more_than_can_be_shown(status, change, too_few, said):
    goals = pd.DataFrame({"status": [status], "change_certainty": [change], "too_few": [too_few], "part_year": False})
    assert as_said(goals).tolist() == [said]


def test_a_value_hidden_for_too_few_answers_is_not_called_unmeasured(nl):
    """22 answers in 2019, and nothing before."""
    goals = indicators({"kind": "survey_share", "baseline_value": 0.3, "target_value": 0.5, "goal": "1"})
    goals = goals.assign(title="Doel", unit="share", unit_label="van de jongeren")
    values = measured((HALF, 0.4, {"respondents": 22}))
    past = history(goals, values, NO_DECISIONS, [at("2019")])
    assert told(past, nl) == [
        "a Doel: ∅\u00a0te weinig antwoorden. Sinds de nulmeting is er geen cijfer om op te oordelen; de "
        "streefwaarde is minstens 50%."
    ]
    notes = unknown_about_goals(past, values, at("2019"), nl)
    assert notes[:1] == ["Te weinig respondenten (minder dan 30), dus het nieuwste cijfer is weggelaten: a."]
    assert not any("Niet gemeten" in note for note in notes)


# --- beside the pictures
def test_sources_are_named_once_each(assessed, nl):
    assert find.sources("Reserve", assessed, nl) == [
        f"Doelen, nulmetingen en streefwaarden: {assessed['source'].iloc[0]}.",
        f"Meetwaarden: {assessed['value_source'].iloc[0]}.",
    ]
    two = assessed.assign(value_source=["Telling", "Enquête", *["Telling"] * (len(assessed) - 2)])
    assert find.sources("Reserve", two, nl)[1:] == ["Meetwaarden: Enquête; Telling."]
    bare = assessed.assign(source=np.nan, value_source=np.nan)
    assert find.sources("Reserve", bare, nl) == ["Doelen, nulmetingen en streefwaarden: Reserve."]


def test_english_sentences(visitors, moment, assert_clean):
    assert told(visitors.assign(title="Visitors", unit_label="visitors per week"), EN) == [
        "1a Visitors: ◐\u00a0behind. Measured: 96,000 visitors per week (31 December 2019); target: at least 100,000. "
        "Since 2016: from 93,000 to 96,000. "
        "Of the agreed change 43% has been reached; on 31 December 2019 that was 5 months behind the path. "
        "After this figure +1,333 per year is needed. Since 2016 the change was +1,000 per year on average."
    ]
    said = [verdicts.lead_goals(visitors, NO_CHANGE, [moment], EN), *verdicts.how_to_read(EN)]
    assert_clean(said)
    assert not re.search(r"\b(de|het|een|niet|van|doel)\b", " ".join(said))
