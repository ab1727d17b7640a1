"""The tables of efforts: what cannot be is named all at once, and what came later changes nothing earlier."""

from __future__ import annotations

import random
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import ROOT
from programme_folders import SHIPPED, cells, faults, places

from binnenstad.programme.as_of import known_at
from binnenstad.programme.checked import check_programme

TEST = {"effort": "parkeren", "criterion": "doelen", "verdict": "yes", "judged_by": "onderzoeker"}
TEST |= {"date": "2019-06-01", "published": "2019-06-15"}
SCORE = {"risk": "capaciteit", "date": "2019-06-01", "likelihood": "3", "impact": "4", "state": "open"}
SCORE |= {"judged_by": "programmamanager", "published": "2019-06-15"}
DECISION = {"date": "2019-05-07", "body": "college", "effort": "overige", "subject": "effort_added", "reason": "Nieuw."}
TWICE_RULE = "stands twice: the key is already used in an earlier row"
CLAIM = {"id": "minder", "goal": "2", "text": "minder", "indicator": "2a"}
RISK = {"id": "a", "title": "A", "state": "open"}

# --- what cannot be: table, a sound row, the row planted below it, then column, value and rule of the fault

PLANTED: list[tuple[str, dict[str, str], dict[str, str], str, str, str]] = [
    ("scope_tests", TEST, {"verdict": "no"}, "effort, criterion, date, published",
     "parkeren, doelen, 2019-06-01, 2019-06-15", TWICE_RULE),
    ("scope_tests", TEST, {"published": "2019-05-31"}, "published", "2019-05-31", "is before date"),
    ("scope_tests", TEST, {"criterion": "schoon"}, "criterion", "schoon", "is no id of criteria"),
    ("scope_tests", TEST, {"effort": "fontein"}, "effort", "fontein", "is no id of efforts"),
    ("scope_tests", TEST, {"date": "2019-07-01", "published": "2019-07-01", "judged_by": ""}, "judged_by", "",
     "the cell is empty"),
    ("risk_scores", SCORE, {"risk": "weer"}, "risk", "weer", "is no id of risks"),
    ("risk_scores", SCORE, {"date": "2019-05-01", "likelihood_before": "2"}, "likelihood_before", "2",
     "is below likelihood"),
    ("risk_scores", SCORE, {"date": "2019-05-01", "impact_before": "3"}, "impact_before", "3", "is below impact"),
    ("risk_scores", SCORE, {"date": "2019-05-01", "low_eur": "5000", "likely_eur": "4000", "high_eur": "6000"},
     "likely_eur", "4000", "is below low_eur"),
    ("risk_scores", SCORE, {"date": "2019-05-01", "low_eur": "0", "likely_eur": "5000", "high_eur": "4000"}, "high_eur",
     "4000", "is below likely_eur"),
    ("risk_scores", SCORE, {"date": "2019-05-01", "low_eur": "0", "likely_eur": "5000"}, "low_eur", "0",
     "is filled while high_eur is not"),
    ("risk_scores", SCORE, {"date": "2019-05-01", "impact": ""}, "likelihood", "3", "is filled while impact is not"),
    ("claims", CLAIM, {"indicator": "1a"}, "indicator", "1a", "belongs to another goal"),
    ("claims", CLAIM, {"indicator": ""}, "indicator", "", "is empty in one row of the claim only"),
    ("risks", RISK, {"id": "b", "due": "2019-12-31"}, "due", "2019-12-31", "is filled while measure is not"),
    ("risk_scores", SCORE, {"date": "2019-05-01", "likelihood": "6"}, "likelihood", "6", "is out of bounds"),
    ("risk_scores", SCORE, {"likelihood": "1"}, "risk, date, published", "capaciteit, 2019-06-01, 2019-06-15",
     TWICE_RULE),
    ("decisions", DECISION, {"reason": "Nog eens."}, "date, subject", "2019-05-07, effort_added",
     "is decided twice on one day"),
    ("decisions", DECISION, {"effort": ""}, "effort", "", "is empty, and the decision needs it"),
]  # fmt: skip


@pytest.mark.parametrize(("table", "sound", "changes", "column", "value", "rule"), PLANTED)
def test_a_row_that_cannot_be_is_named_by_place_value_and_rule(
    edit: Callable[..., Path], folder: Path, table: str, sound: dict[str, str], changes: dict[str, str], column: str,
    value: str, rule: str,
) -> None:  # fmt: skip
    edit(table, lambda rows: rows.extend([sound, sound | changes]))
    [fault] = faults(folder, "en")
    last = len(cells(table)) + 2 if table in SHIPPED else 3
    assert (fault.file, fault.row, fault.column, fault.value, fault.rule) == (f"{table}.csv", last, column, value, rule)
    assert fault.way_out.endswith(".")


def test_an_effort_on_two_tracks_is_an_effort_that_stands_twice(edit: Callable[..., Path]) -> None:
    path = edit("efforts", lambda rows: rows.append({**rows[0], "track": "1"}))
    assert places(path.parent) == [("efforts.csv", 34, "id", "parkeren")]


def test_all_of_it_is_told_at_once_in_dutch(edit: Callable[..., Path], folder: Path) -> None:
    edit("scope_tests", lambda rows: rows.extend([TEST, TEST | {"verdict": "no"}]))
    edit("risk_scores", lambda rows: rows.append(SCORE | {"likelihood_before": "2", "published": "2019-05-31"}))
    edit("risk_links", lambda rows: rows[0].update(effort="parkeren"))
    edit("claims", lambda rows: rows[4].update(text="minder winkels"))
    # on one thing; and a row that is there twice, whatever it is about
    contract = DECISION | {"effort": "", "subject": "contract"}
    edit("decisions", lambda rows: rows.extend([DECISION, DECISION | {"reason": "Anders"}, contract, contract]))
    told = {(fault.file, fault.row, fault.column): f"{fault.rule}. {fault.way_out}" for fault in faults(folder)}
    assert told == {
        (
            "scope_tests.csv",
            3,
            "effort, criterion, date, published",
        ): "staat er dubbel: de sleutel is al gebruikt in een "
        "eerdere rij. Maak hem uniek of haal een van de rijen weg.",
        ("risk_scores.csv", 2, "likelihood_before"): "is lager dan likelihood. Verbeter een van de twee.",
        ("risk_scores.csv", 2, "published"): "ligt voor date. Verbeter een van de twee.",
        (
            "risk_links.csv",
            2,
            "effort",
        ): "staat naast een doel, of beide zijn leeg. Vul precies een van de twee: effort of goal.",
        ("claims.csv", 6, "text"): "is anders dan in een eerdere rij van dezelfde belofte. Schrijf hetzelfde, of geef "
        "deze rij een eigen code.",
        **dict.fromkeys(
            [("decisions.csv", row, "date, subject") for row in (3, 5)],
            "wordt op één dag twee keer besloten. Laat alleen het besluit staan dat geldt.",
        ),
    }


def test_what_is_only_unusual_is_fine(edit: Callable[..., Path], folder: Path) -> None:
    """A correction, a second test, equal estimates, and two decisions of one day on different things."""
    later = {"published": "2019-08-01"}
    edit("scope_tests", lambda rows: rows.extend([TEST, TEST | later, TEST | later | {"date": "2019-07-01"}]))
    equal = {"likelihood_before": "3", "impact_before": "4", "low_eur": "0", "likely_eur": "100", "high_eur": "100"}
    edit("risk_scores", lambda rows: rows.extend([SCORE | equal, SCORE | later]))
    whole, again = DECISION | {"effort": "", "subject": "scope"}, {"reason": "Een tweede besluit"}
    money = DECISION | {"effort": "parkeren", "subject": "budget", "old": "300000", "new": "250000"}
    years = [money | {"effective": f"{year}-06-01"} for year in (2019, 2020)]
    given = [DECISION, DECISION | {"effort": "parkeren"}, whole, whole | again, *years]
    edit("decisions", lambda rows: rows.extend(given))
    programme = check_programme(folder)
    assert [len(programme[name]) for name in ("scope_tests", "risk_scores", "decisions")] == [3, 2, 6]


# --- what was known on a day


def scores(*rows: tuple[str, str, str, int]) -> pd.DataFrame:
    """Rows as (risk, date, published, likelihood)."""
    frame = pd.DataFrame(list(rows), columns=["risk", "date", "published", "likelihood"])
    return frame.astype({"date": "datetime64[s]", "published": "datetime64[s]"})


SCORED = scores(
    ("a", "2019-03-31", "2019-04-10", 2),
    ("a", "2019-09-30", "2019-10-10", 4),
    ("a", "2019-03-31", "2019-12-01", 1),  # a correction of the first, which the second has overtaken
    ("b", "2019-03-31", "2019-04-10", 5),
    ("b", "2019-03-31", "2019-11-01", 3),  # a correction
)


@pytest.mark.parametrize(
    ("day", "known"),
    [
        ("2019-04-09", {}), ("2019-04-10", {"a": 2, "b": 5}), ("2019-10-09", {"a": 2, "b": 5}),
        ("2019-10-10", {"a": 4, "b": 5}), ("2019-11-01", {"a": 4, "b": 3}), ("2020-12-31", {"a": 4, "b": 3}),
    ],
)  # fmt: skip
def test_the_last_row_per_key_that_was_out_by_then_is_known(day: str, known: dict[str, int]) -> None:
    found = known_at(SCORED, pd.Timestamp(day), ["risk"])
    assert found.set_index("risk")["likelihood"].to_dict() == known


def test_with_the_date_in_the_key_each_date_has_its_last_publication() -> None:
    found = known_at(SCORED, pd.Timestamp("2020-01-01"), ["risk", "date"])
    assert found["likelihood"].tolist() == [1, 4, 3]
    assert list(found.index) == [0, 1, 2]


def test_a_table_without_dates_goes_by_its_publications() -> None:
    found = known_at(SCORED.drop(columns="date"), pd.Timestamp("2020-01-01"), ["risk"])
    assert found["likelihood"].tolist() == [1, 3]


@pytest.mark.parametrize("seed", range(5))
def test_the_order_of_the_rows_is_nothing(seed: int) -> None:
    order = random.Random(seed).sample(range(len(SCORED)), len(SCORED))
    for day in ("2019-06-30", "2019-10-31", "2020-01-01"):
        expected = known_at(SCORED, pd.Timestamp(day), ["risk"])
        pd.testing.assert_frame_equal(known_at(SCORED.iloc[order], pd.Timestamp(day), ["risk"]), expected)


def test_what_is_published_later_changes_no_earlier_day() -> None:
    more = pd.concat([SCORED, scores(("a", "2018-12-31", "2020-02-01", 5), ("c", "2019-03-31", "2020-02-01", 1))])
    for day in ("2019-04-10", "2019-12-31", "2020-01-31"):
        then = known_at(SCORED, pd.Timestamp(day), ["risk"])
        pd.testing.assert_frame_equal(known_at(more, pd.Timestamp(day), ["risk"]), then)
    assert known_at(more, pd.Timestamp("2020-02-01"), ["risk"])["risk"].tolist() == ["a", "b", "c"]


def test_a_table_that_is_not_there_is_an_empty_one_with_its_columns(edit: Callable[..., Path], folder: Path) -> None:
    programme = check_programme(folder)
    found = known_at(programme["risk_scores"], pd.Timestamp("2020-01-01"), ["risk"])
    assert found.empty
    assert list(found.columns) == list(programme["risk_scores"].columns)


# --- an awkward programme: scored again, corrected late, tested late


@pytest.mark.parametrize(
    ("day", "likelihood", "verdicts"),
    [
        ("2019-02-14", {"outlet": 3, "geld": 1}, ["kadefeest doel partly"]),
        # scored anew in January; the correction of an older score in March has been overtaken
        ("2020-02-14", {"outlet": 5, "huurders": 4, "weer": 2, "geld": 1},
         ["kadefeest doel yes", "kadefeest kade yes"]),
        # the warehouse lost its tenants, so nothing is left to judge
        ("2020-08-14", {"outlet": 5, "weer": 2, "geld": 1}, ["kadefeest doel yes", "kadefeest kade yes"]),
        # a score and two tests of 2019 that came out in 2021
        ("2021-02-14", {"outlet": 5, "weer": 2, "geld": 4},
         ["kadefeest doel yes", "kadefeest kade yes", "markt doel yes", "markt kade partly"]),
    ],
)  # fmt: skip
def test_what_havenstad_knew_of_its_risks_and_scope_on_a_day(
    day: str, likelihood: dict[str, int], verdicts: list[str]
) -> None:
    havenstad = check_programme(ROOT / "tests" / "havenstad")
    known = known_at(havenstad["risk_scores"], pd.Timestamp(day), ["risk"])
    assert known.dropna(subset="likelihood").set_index("risk")["likelihood"].to_dict() == likelihood
    tests = known_at(havenstad["scope_tests"], pd.Timestamp(day), ["effort", "criterion"])
    told = tests[["effort", "criterion", "verdict"]].agg(" ".join, axis=1)
    assert told[tests["effort"].isin(["kadefeest", "markt"])].tolist() == verdicts
