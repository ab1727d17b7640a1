"""Sentences on the verdicts together: counts, leads, earlier reports, the end of the programme, the reading guide."""

import re

import pandas as pd
import pytest
from goal_tables import at

from binnenstad.goals import roll_up
from binnenstad.goals.history import CHANGE
from binnenstad.goals.say import verdicts
from binnenstad.goals.status import STATUSES, status_label
from binnenstad.programme.checked import Moment
from binnenstad.words import Words

NL_CLAUSES = {
    "met": ("is er 1 behaald", "zijn er 2 behaald"),
    "on_course": ("ligt er 1 op koers", "liggen er 2 op koers"),
    "at_start": ("staat er 1 op de nulmeting", "staan er 2 op de nulmeting"),
    "not_met_no_baseline": ("1 doel is nog niet behaald; ", "2 doelen zijn nog niet behaald; "),
    "behind": ("loopt er 1 achter", "lopen er 2 achter"),
    "far_behind": ("loopt er 1 achter (waarvan 1 ver)", "lopen er 2 achter (waarvan 2 ver)"),
    "worsening": ("verslechtert er 1", "verslechteren er 2"),
    "norm_broken": ("haalt er 1 de norm niet", "halen er 2 de norm niet"),
    "not_met": ("is er 1 niet behaald", "zijn er 2 niet behaald"),
    "no_measurement": ("1 doel is niet gemeten.", "2 doelen zijn niet gemeten."),
    "no_target": (
        "Voor 1 doel is geen streefwaarde afgesproken.", "Voor 2 doelen is geen streefwaarde afgesproken.",
    ),
    "not_measured_in_target_year": (
        "Van 1 doel ontbreekt de eindmeting.", "Van 2 doelen ontbreekt de eindmeting.",
    ),
    "not_comparable": (
        "1 doel wordt anders gemeten dan bij de nulmeting.", "2 doelen worden anders gemeten dan bij de nulmeting.",
    ),
    "invalid": ("Bij 1 doel is de invoer fout.", "Bij 2 doelen is de invoer fout."),
}  # fmt: skip


def lead_of(goals: pd.DataFrame, moment: Moment, words: Words) -> str:
    """The lead of a first report."""
    return verdicts.lead_goals(goals, pd.DataFrame(columns=CHANGE), [moment], words)


def counted(lead: str) -> int:
    """How many goals a Dutch lead counts: the day, the total and what is said between brackets are no goals."""
    bare = re.sub(r"\(.*?\)|op \d+ \w+ \d+|van (?:de|het) \d+ doel(?:en)?", "", lead)
    return sum(int(number) for number in re.findall(r"\d+", bare))


def test_the_lead_of_almelo_counts_the_goals(assessed, moment, nl):
    assert lead_of(assessed, moment, nl) == (
        "De stand op 31 december 2019: van de 9 doelen is er 1 behaald en loopt er 1 achter. 7 doelen zijn nog niet "
        "behaald; of ze op koers liggen is niet te zeggen, want een bruikbare nulmeting ontbreekt."
    )


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("count", [1, 2])
def test_a_group_of_goals_is_spoken_of_in_the_singular_and_the_plural(assessed, moment, nl, status, count):
    goals = assessed.iloc[:count].assign(status=status, keep=False)
    lead = lead_of(goals, moment, nl)
    assert NL_CLAUSES[status][count - 1] in lead and counted(lead) == count


@pytest.mark.parametrize(
    ("norms", "said"),
    [(0, "zijn er 4 behaald."), (1, "zijn er 4 behaald (waarvan 1 norm)."), (2, "4 behaald (waarvan 2 normen).")],
)
def test_a_norm_that_is_kept_counts_as_met_as_in_the_roll_up(assessed, moment, nl, norms, said):
    goals = assessed.iloc[:4].assign(status="met", keep=[number < norms for number in range(4)])
    assert lead_of(goals, moment, nl).endswith(said)
    assert roll_up(goals).at["programme", "met"] == 4


def test_every_status_at_once_counts_every_goal_once_as_the_roll_up_does(assessed, moment, nl):
    goals = pd.concat([assessed] * 4, ignore_index=True).iloc[: 2 * len(STATUSES)].assign(status=[*STATUSES] * 2)
    lead = lead_of(goals, moment, nl)
    assert counted(lead) == len(goals) == roll_up(goals).at["programme", "total"]
    assert "lopen er 4 achter (waarvan 2 ver)" in lead


def test_a_programme_without_a_single_verdict_has_no_empty_count(assessed, moment, nl):
    lead = lead_of(assessed.assign(status="no_measurement"), moment, nl)
    assert lead == "De stand van de 9 doelen op 31 december 2019. 9 doelen zijn niet gemeten."


def test_goals_are_counted_from_best_to_worst_with_the_unknown_last(assessed, nl):
    mixed = pd.concat([assessed, assessed]).iloc[: len(STATUSES)].assign(status=[*STATUSES][::-1])
    phrase = verdicts.count_goals(mixed, nl)
    places = [phrase.index(f"1× {status_label(status, nl)}") for status in STATUSES]
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
    assert said.endswith(" Sinds het rapport over 2018 is 1 oordeel veranderd (nu 1× loopt achter).")


def past_of(*rows: tuple[str, str, str]) -> pd.DataFrame:
    """Rows as (goal, quarter, status)."""
    frame = pd.DataFrame(rows, columns=["id", "period", "status"]).assign(keep=False, illustrative=False)
    return frame.assign(period=pd.PeriodIndex(frame["period"], freq="Q"))


@pytest.mark.parametrize(
    ("last", "title"),
    [
        (("met", "behind"), "Sinds het 1e kwartaal van 2019 is elk oordeel veranderd"),
        (("on_course", "on_course"), "Sinds het 1e kwartaal van 2019 is geen enkel oordeel veranderd"),
        (
            ("met", "on_course"),
            "Bij 1 van de 2 doelen is het oordeel sinds het 1e kwartaal van 2019 hetzelfde gebleven",
        ),
    ],
)
def test_the_title_of_the_strip_counts_the_verdicts_that_stayed(nl, last, title):
    first = [("a", "2019Q1", "on_course"), ("b", "2019Q1", "on_course")]
    past = past_of(*first, ("a", "2019Q2", last[0]), ("b", "2019Q2", last[1]))
    said, what = verdicts.about_history(past, nl)
    assert said.startswith(title)
    assert what.startswith("Strook")


def test_equal_verdicts_in_a_row_are_told_as_one_run(nl):
    quarters = ["2019Q1", "2019Q2", "2019Q3"]
    past = past_of(*(("a", quarter, "behind" if quarter != "2019Q3" else "met") for quarter in quarters))
    assert verdicts.verdicts(past, nl) == {
        "a": "1e kwartaal 2019 t/m 2e kwartaal 2019: loopt achter; 3e kwartaal 2019: behaald"
    }


def test_the_final_verdict_comes_in_the_last_year_and_names_every_goal_once(nl):
    statuses = ["met", "not_met", "norm_broken", "no_measurement", "on_course"]
    goals = pd.DataFrame({"id": list("abcde"), "title": list("ABCDE"), "status": statuses})
    goals["final_pending"] = [False, False, False, False, True]
    assert verdicts.final_verdict(goals, at("2021"), 2022, nl) == []
    said = verdicts.final_verdict(goals, at("2022"), 2022, nl)
    assert said == [
        "Behaald: a A.", "Niet behaald: b B en c C.", "Het eindoordeel volgt nog: e E.", "Geen oordeel mogelijk: d D.",
    ]  # fmt: skip
