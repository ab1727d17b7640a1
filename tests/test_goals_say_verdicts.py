"""Sentences on the verdicts together: counts, leads, earlier reports, the end of the programme, the reading guide."""

import re

import pandas as pd
import pytest
from conftest import cells_of
from goal_tables import END, HALF, at, few, indicators, measured
from hypothesis import given
from hypothesis import strategies as st

from binnenstad.goals import history
from binnenstad.goals.history import CHANGE
from binnenstad.goals.say import verdicts
from binnenstad.goals.say.goal import heading, sentences
from binnenstad.goals.show.goal_lines import tabulate_lines
from binnenstad.goals.status import STATUSES, status_label
from binnenstad.programme.checked import Moment
from binnenstad.words import Words


def lead_of(goals: pd.DataFrame, moment: Moment, words: Words) -> str:
    """The lead of a first report."""
    return verdicts.lead_goals(goals, pd.DataFrame(columns=CHANGE), [moment], words)


def card_of(goals: pd.DataFrame, words: Words) -> tuple[str, str]:
    """The heading of the card of a single goal, and every sentence on it."""
    ((_, goal),) = goals.iterrows()
    return heading(goal, words), " ".join(text for text, _ in sentences(goal, words))


def counted(said: str) -> int:
    """How many goals a Dutch count of verdicts holds, but for what it says between brackets of some of them."""
    return sum(int(number) for number in re.findall(r"(\d+)×", re.sub(r"\([^)]*\)", "", said)))


def test_the_lead_of_almelo_says_where_the_goals_go_and_names_what_decides(assessed, moment, nl):
    lead = lead_of(assessed, moment, nl)
    assert lead == (
        "Als het zo doorgaat: 1 van de 9 doelen wordt waarschijnlijk niet gehaald (leegstand in het kernwinkelgebied), "
        "6 zijn onzeker en van 2 is niets te zeggen."
    )
    assert verdicts.describe_verdicts(assessed, moment, nl) == (
        "Het oordeel over de 9 doelen op 31 december 2019: 1× behaald (binnen de marge), 7× nog niet (geen nulmeting; "
        "1× binnen de marge, 1× cijfer van 2018 en 1× voorlopig) en 1× loopt achter."
    )


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("count", [1, 2])
def test_the_lead_counts_every_verdict_with_its_word(assessed, moment, nl, status, count):
    goals = assessed.iloc[:count].assign(status=status, keep=False, outlook="", certainty="certain", provisional=False)
    about = "het doel" if count == 1 else "de 2 doelen"
    label = status_label(status, nl)
    assert (
        verdicts.describe_verdicts(goals, moment, nl)
        == f"Het oordeel over {about} op 31 december 2019: {count}× {label}."
    )


@pytest.mark.parametrize(
    ("outlooks", "said"),
    [
        (["likely", "", ""], "1 van de 3 doelen wordt waarschijnlijk gehaald (bezoekers) en van 2 is niets te zeggen"),
        (["unlikely"] * 5, "5 van de 5 doelen worden waarschijnlijk niet gehaald"),
        (
            ["uncertain", "uncertain", "likely"],
            "1 van de 3 doelen wordt waarschijnlijk gehaald (sfeer in de stad) en 2 zijn onzeker",
        ),
    ],
)
def test_the_lead_begins_with_where_the_goals_go(assessed, moment, nl, outlooks, said):
    goals = assessed.iloc[: len(outlooks)].assign(outlook=outlooks, forecast=1.0)
    goals.loc[2, ["short_title", "title"]] = [None, "sfeer in de stad"]
    lead = lead_of(goals, moment, nl)
    assert lead == f"Als het zo doorgaat: {said}."
    # what is decided already is not among them
    later = lead_of(goals.assign(in_period=[True, *[False] * (len(goals) - 1)]), moment, nl)
    assert re.match(
        rf"Als het zo doorgaat: \d van de {len(goals) - 1} doelen die nog openstaan .*\.|Het oordeel", later
    )
    # what is measured in the period of its target date is decided
    decided = lead_of(goals.assign(in_period=True), moment, nl)
    assert decided.startswith(f"Het oordeel over de {len(goals)} doelen op ")


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({}, "4× behaald"),
        ({"certainty": ["within_margin", "certain", "count", "unknown"]}, "4× behaald (1× binnen de marge)"),
        ({"provisional": True}, "4× behaald (voorlopig)"),
        ({"stale": [False, True, True, False]}, "4× behaald (2× cijfer van 2019)"),
        (
            {
                "certainty": "within_margin",
                "provisional": [True, False, False, False],
                "keep": [True, True, False, False],
            },
            "2× behaald (binnen de marge) en 2× norm gehaald (binnen de marge en 1× voorlopig)",
        ),
    ],
)
def test_no_verdict_is_counted_bare_that_is_less_than_certain(assessed, moment, nl, changes, said):
    goals = assessed.iloc[:4].assign(status="met", certainty="certain", provisional=False, stale=False, outlook="")
    assert verdicts.describe_verdicts(goals.assign(**changes), moment, nl).endswith(f"op 31 december 2019: {said}.")


def test_every_status_at_once_counts_every_goal_once(assessed, moment, nl):
    goals = (
        pd.concat([assessed] * 4, ignore_index=True)
        .iloc[: 2 * len(STATUSES)]
        .assign(status=[*STATUSES] * 2, outlook="")
    )
    assert counted(verdicts.describe_verdicts(goals, moment, nl)) == len(goals)


def test_goals_are_counted_from_best_to_worst_with_the_unknown_last(assessed, nl):
    mixed = pd.concat([assessed, assessed]).iloc[: len(STATUSES)].assign(status=[*STATUSES][::-1])
    phrase = verdicts.count_goals(mixed, nl)
    places = [phrase.index(f"1× {status_label(status, nl)}".removesuffix(")")) for status in STATUSES]
    assert places == sorted(places)
    assert phrase.count(" en 1× ") == 1


def test_the_reading_guide_names_every_verdict_it_explains(nl, assert_clean):
    guide = verdicts.how_to_read(nl)
    assert_clean(guide)
    for status in ("on_course", "behind", "far_behind", "worsening"):
        assert f"{status_label(status, nl).capitalize()}:" in " ".join(guide)


def test_the_lead_says_which_verdicts_moved_since_the_previous_report(assessed, nl):
    moments, none = [at("2018"), at("2019")], pd.DataFrame(columns=CHANGE)
    said = verdicts.lead_goals(assessed, none, moments, nl)
    assert said.endswith(" Sinds het rapport over 2018 is geen oordeel veranderd.")
    moved = pd.DataFrame([{"kind": "status", "indicator": "1a"}]).reindex(columns=CHANGE)
    said = verdicts.lead_goals(assessed, moved, moments, nl)
    assert said.endswith(" Nieuw sinds het rapport over 2018: ‘loopt achter’ voor bezoekers.")
    moved = pd.DataFrame({"kind": "status", "indicator": assessed["id"]}).reindex(columns=CHANGE)
    said = verdicts.lead_goals(assessed, moved, moments, nl)
    assert " Sinds het rapport over 2018 zijn 9 oordelen veranderd: nu 1× behaald (binnen de marge), " in said


SURE = {
    "keep": False, "illustrative": False, "certainty": "certain", "change_certainty": "change", "provisional": False,
    "stale": False, "date": pd.Timestamp("2018-12-31"), "original_status": None, "final_pending": False,
}  # fmt: skip


def past_of(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Rows as (goal, quarter, status)."""
    frame = pd.DataFrame(rows, columns=["id", "period", "status"]).assign(**SURE)
    return frame.assign(period=pd.PeriodIndex(frame["period"], freq="Q"))


def test_equal_verdicts_in_a_row_are_told_as_one_run(nl):
    quarters = ["2019Q1", "2019Q2", "2019Q3"]
    past = past_of(*(("a", quarter, "behind" if quarter != "2019Q3" else "met") for quarter in quarters))
    assert verdicts.verdicts(past, nl) == {
        "a": "1e kwartaal 2019 t/m 2e kwartaal 2019: loopt achter; 3e kwartaal 2019: behaald"
    }


def test_a_verdict_that_becomes_certain_is_another_run(nl):
    past = past_of(("a", "2019Q1", "met"), ("a", "2019Q2", "met")).assign(provisional=[True, False])
    assert verdicts.verdicts(past, nl) == {"a": "1e kwartaal 2019: behaald (voorlopig); 2e kwartaal 2019: behaald"}


def test_the_final_verdict_comes_in_the_last_year_and_names_every_goal_once(nl):
    statuses = ["met", "not_met", "norm_broken", "no_measurement", "on_course", "met"]
    goals = pd.DataFrame({"id": list("abcdef"), "title": list("ABCDEF"), "status": statuses}).assign(**SURE)
    goals[["target_date", "reference"]], goals["original_target_date"] = pd.Timestamp(END), pd.NaT
    goals["final_pending"] = [False, False, False, False, True, False]
    goals["certainty"] = ["certain", "certain", "within_margin", "", "certain", "within_margin"]
    assert verdicts.final_verdict(goals, at("2021"), 2022, nl) == []
    said = verdicts.final_verdict(goals, at("2022"), 2022, nl)
    assert said == [
        "Behaald: a A en f F (binnen de marge).", "Niet behaald: b B en c C (binnen de marge).",
        "Het eindoordeel volgt nog: e E.", "Geen oordeel mogelijk: d D.",
    ]  # fmt: skip


# --- what was first promised
DECIDED = {"indicator": "a", "body": "college", "reason": "omdat", "subject": "target_value"}


def promised(value: float, rows: list[dict], **table: object) -> pd.DataFrame:
    """The goal of the tests measured on its target date, as two yearly reports on 2022 and 2023 knew it."""
    goals = indicators(table).assign(title="Bezoek", unit="count", unit_label="bezoekers")
    decisions = pd.DataFrame([DECIDED | row for row in rows]).assign(effort=None)
    decisions["date"] = pd.to_datetime(decisions["date"])
    return history(goals, measured((HALF, 170.0), (END, value)), decisions, [at("2021"), at("2022"), at("2023")])


def test_a_target_lowered_before_its_date_is_named_with_the_first_one_for_good(nl):
    lowered = [{"date": "2022-11-10", "old": "200", "new": "190"}]
    past = promised(195.0, lowered, target_value=190.0)
    assert past["target"].tolist() == [200.0, 190.0, 190.0]
    for period in ("2022", "2023"):
        goal = past[past["period"] == pd.Period(period)].reset_index(drop=True)
        named, said = card_of(goal, nl)
        original = (
            "Oorspronkelijk minstens 200 op 31 december 2022 (nulmeting: 100); op 10 november 2022 gewijzigd (college) "
            "in minstens 190 op 31 december 2022. Tegen het oorspronkelijke doel: niet behaald. Van de eerst "
            "afgesproken verandering is 95% bereikt."
        )
        assert named == "a Bezoek: ✓\u00a0behaald (zoals eerst afgesproken niet behaald)"
        assert original in said
        assert verdicts.final_verdict(goal, at(period), 2022, nl) == [
            "Behaald: a Bezoek (zoals eerst afgesproken niet behaald).", f"a: {original}"
        ]  # fmt: skip
        assert cells_of(tabulate_lines(goal, nl))["streefwaarde"] == ["≥ 190 in 2022 (eerst ≥ 200 in 2022)"]
    assert "Oorspronkelijk" not in card_of(past.iloc[[0]], nl)[1]


def test_a_target_lowered_after_its_date_changes_no_verdict(nl):
    """The report on 2022 is of 14 February 2023, after the decision."""
    lowered = [{"date": "2023-01-20", "old": "200", "new": "190"}]
    past = promised(195.0, lowered, target_value=190.0)
    assert past["target"].tolist() == [200.0] * 3 and past["status"].tolist()[1:] == ["not_met"] * 2
    for _, goal in past.iloc[1:].groupby("period"):
        named, said = card_of(goal, nl)
        assert named == "a Bezoek: ✗\u00a0niet behaald" and "streefwaarde: minstens 200." in said
        assert verdicts.final_verdict(goal, at("2022"), 2022, nl) == ["Niet behaald: a Bezoek."]


def test_a_later_date_leaves_the_first_one_missed(nl):
    later = [{"date": "2023-01-20", "subject": "target_date", "old": END, "new": "2024-12-31"}]
    past = promised(195.0, later, target_date="2024-12-31")
    assert past["status"].tolist()[0] == "on_course" and past["original_status"].tolist()[1:] == ["not_met"] * 2
    goal = past.iloc[[1]]
    assert goal["status"].tolist() == ["on_course"] and goal["target_date"].dt.year.tolist() == [2024]
    # nor does the count of the verdicts lose it, in a year without a figure either
    missed = "(zoals eerst afgesproken niet behaald)"
    assert verdicts.count_goals(goal, nl) == f"1× op koers {missed}"
    assert verdicts.count_goals(goal.assign(status="no_measurement"), nl) == f"1× geen meting {missed}"
    said = verdicts.final_verdict(goal, at("2022"), 2022, nl)
    assert said == [
        "De streefdatum is uitgesteld: a Bezoek (31 december 2024).",
        "a: Oorspronkelijk minstens 200 op 31 december 2022 (nulmeting: 100); op 20 januari 2023 gewijzigd (college) "
        "in minstens 200 op 31 december 2024. Tegen het oorspronkelijke doel: niet behaald.",
    ]
    # of one and the same change one share is told
    _, said_of_it = card_of(goal, nl)
    assert "Van de afgesproken verandering is 95% bereikt;" in said_of_it and "eerst" not in said_of_it
    # before the first date is measured, and before a later year than the last, no verdict is refused to what has one
    past["final_pending"], first = False, past.iloc[[0]]
    assert verdicts.final_verdict(first, at("2022"), 2021, nl) == [
        "Het eindoordeel volgt nog: a Bezoek (cijfer van 2019)."
    ]
    early = promised(195.0, [later[0] | {"date": "2021-06-30"}], target_date="2024-12-31").iloc[[0]]
    assert early["original_status"].tolist() == early["status"].tolist() == ["on_course"]
    assert verdicts.final_verdict(early, at("2021"), 2021, nl)[0] == (
        "De streefdatum is uitgesteld: a Bezoek (31 december 2024)."
    )


def test_a_goal_whose_target_came_later_has_no_earlier_promise(nl):
    added = [{"date": "2020-06-01", "old": None, "new": "200"}]
    assert promised(195.0, added)["original_target"].isna().all()


@few
@given(
    st.integers(150, 250), st.integers(150, 250), st.integers(1, 700),
    st.sampled_from(
        [("target_value", "old", "200"), ("target_date", END, "2022-06-30"), ("baseline_value", "90", "100")]
    ),
)  # fmt: skip
def test_a_decision_after_the_target_date_changes_no_verdict_on_it(value, other, days, changed):
    """Whatever it changes, but for a date still to come; and then the first date keeps its verdict."""
    subject, old, new = changed if changed[0] != "target_value" else ("target_value", str(other), "200")
    day = (pd.Timestamp(END) + pd.Timedelta(days=days)).date().isoformat()
    table = {} if subject == "target_value" else {subject: float(new) if subject == "baseline_value" else new}
    first = {"target_value": float(old)} if subject == "target_value" else {}
    first |= {"baseline_value": 90.0} if subject == "baseline_value" else {}
    past = promised(float(value), [{"date": day, "subject": subject, "old": old, "new": new}], **table)
    never = promised(
        float(value), [DECIDED | {"date": "2000-01-01", "subject": "scope", "old": "", "new": ""}], **first
    )
    assert past["status"].tolist() == never["status"].tolist()
    assert past["target"].tolist() == never["target"].tolist()
    moved = [{"date": day, "subject": "target_date", "old": END, "new": "2027-12-31"}]
    later = promised(float(value), moved, target_date="2027-12-31")
    assert set(later["original_status"].dropna()) <= {"met" if value >= 200 else "not_met"}
