"""Roll-up: verdicts counted per strategic goal, and a mean that hides when too little is known."""

from __future__ import annotations

import pandas as pd
import pytest
from conftest import cells_of
from goal_tables import NAN, some
from hypothesis import given
from hypothesis import strategies as st

from binnenstad.goals import attainment_mean
from binnenstad.goals.show.goal_tables import tabulate_roll_up
from binnenstad.goals.status import UNKNOWN
from binnenstad.words import Words

SURE = {
    "keep": False, "certainty": "certain", "change_certainty": "change", "stale": False, "illustrative": False,
    "date": pd.Timestamp("2019-12-31"),
}  # fmt: skip


# --- the weighted mean ------------------------------------------------------------------------------------------
def mean_of(*rows: tuple, outer: dict[str, float] | None = None) -> pd.DataFrame:
    """Rows as (strategic goal, status, attainment, weight)."""
    assessed = pd.DataFrame(rows, columns=["goal", "status", "attainment", "weight"])
    ids = sorted(set(assessed["goal"]))
    weights = [(outer or {}).get(name, NAN) for name in ids]
    return attainment_mean(assessed, pd.DataFrame({"id": ids, "weight": weights}))


def test_attainment_is_clipped_and_kept_norms_count_as_1_or_0():
    rows = [
        ("1", "behind", 0.5),
        ("1", "worsening", -3.0),
        ("1", "met", 1.8),
        ("1", "met", NAN),
        ("1", "norm_broken", NAN),
    ]
    found = mean_of(*((*row, 1.0) for row in rows))
    assert found.loc["1"].tolist() == pytest.approx([2.5 / 5, 1])
    assert found.loc["programme"].tolist() == pytest.approx([2.5 / 5, 1])


@pytest.mark.parametrize(("known", "unknown", "shown"), [(2, 1, True), (3, 2, False), (4, 2, True), (0, 2, False)])
def test_the_mean_is_hidden_when_less_than_two_thirds_of_the_weight_is_known(known, unknown, shown):
    found = mean_of(*[("1", "behind", 0.6, 1.5)] * known, *[("1", "no_measurement", NAN, 1.5)] * unknown).loc["1"]
    assert found["known"] == pytest.approx(known / (known + unknown))
    assert found["mean"] == pytest.approx(0.6 if shown else NAN, nan_ok=True)


def test_weights_count_within_a_strategic_goal_and_between_them():
    rows = [("1", "behind", 0.2, 3.0), ("1", "behind", 0.6, 1.0), ("2", "on_course", 1.0, 5.0)]
    found = mean_of(*rows, outer={"1": 1.0, "2": 3.0})
    assert found["mean"].tolist() == pytest.approx([0.3, 1.0, (0.3 + 3 * 1.0) / 4])
    # with equal weights each strategic goal counts once, however many indicators it has
    assert mean_of(*((*row[:3], 1.0) for row in rows)).loc["programme", "mean"] == pytest.approx((0.4 + 1.0) / 2)


def test_a_programme_without_weights_asked_for_no_mean():
    assert mean_of(("1", "behind", 0.5, NAN), ("2", "met", 1.0, NAN)).empty
    assert mean_of(("1", "behind", 0.5, NAN), outer={"1": 2.0}).loc["1", "mean"] == pytest.approx(0.5)


@pytest.mark.parametrize("status", UNKNOWN)
def test_an_unknown_verdict_is_not_known_whatever_its_last_value(status):
    """Not measured in its target year, a goal has the attainment of an older value; that is no outcome."""
    found = mean_of(("1", status, 0.9, 1.0), ("1", "behind", 0.3, 1.0), ("1", "behind", 0.3, 1.0)).loc["1"]
    assert found["known"] == pytest.approx(2 / 3)
    assert found["mean"] == pytest.approx(0.3)


def test_of_no_goals_there_is_no_mean():
    assert mean_of().empty


PARTS = st.tuples(st.sampled_from("123"), st.sampled_from(["behind", "met"]), st.floats(-2, 3), st.floats(0.1, 9))


@some
@given(st.lists(PARTS, min_size=1, max_size=9).flatmap(lambda rows: st.tuples(st.just(rows), st.permutations(rows))))
def test_the_mean_lies_between_the_parts_and_their_order_never_matters(orders):
    rows, shuffled = orders
    found = mean_of(*rows)
    pd.testing.assert_frame_equal(found, mean_of(*shuffled))
    parts = [1.0 if status == "met" else min(max(part, 0), 1) for _, status, part, _ in rows]
    assert found["mean"].between(min(parts) - 1e-9, max(parts) + 1e-9).all()


def test_a_roll_up_counts_every_verdict_and_names_the_weighted_mean():
    statuses = ["met", "on_course", "behind", "far_behind", "worsening", "not_met", "no_measurement"]
    rows = {"goal": ["1", "1", "1", "2", "2", "2", "2"], "status": statuses, "weight": 1.0}
    assessed = pd.DataFrame(rows).assign(attainment=[1.2, 0.5, 0.3, 0.1, -1.0, 0.8, float("nan")])
    assessed = assessed.assign(**SURE, provisional=[True, *[False] * 6])
    titles = pd.Series({"1": "Meer bezoek", "2": "Minder leegstand"})
    means = attainment_mean(assessed, pd.DataFrame({"id": ["1", "2"], "weight": [1.0, 1.0]}))
    shown = cells_of(tabulate_roll_up(assessed, titles, Words("nl"), means))
    assert shown["strategisch doel"] == ["1 Meer bezoek", "2 Minder leegstand", "hele programma"]
    assert shown["doelen"] == ["3", "4", "7"]
    assert shown["oordelen"][:2] == [
        "1× behaald (voorlopig), 1× op koers en 1× loopt achter",
        "1× ver achter, 1× verslechtert, 1× niet behaald en 1× geen meting",
    ]
    assert shown["oordelen"][2].count("1×") == 7
    # (1 + 0.5 + 0.3)/3 = 60 %; (0.1 + 0 + 0.8)/3 = 30 %; the programme is their mean, (60 + 30)/2, over what is known
    assert shown["gewogen gemiddelde"][:2] == ["60%", "30%"]
    assert "gewogen gemiddelde" not in cells_of(tabulate_roll_up(assessed, titles, Words("nl")))
    assert tabulate_roll_up(assessed.iloc[:0], titles, Words("nl")).html == ""
