"""Decisions: which efforts were in the programme on a day, and what is amiss with what was decided."""

import datetime as dt
from dataclasses import replace

import pandas as pd
import pytest
from conftest import cells_of
from effort_tables import NOW, effort, rows

from binnenstad.efforts.decisions import (
    amounts_undecided,
    decision_log,
    efforts_on,
    last_told,
    loose_ends,
    stopped_before,
)
from binnenstad.efforts.findings import gather
from binnenstad.efforts.say import steering
from binnenstad.efforts.show.steering_tables import tabulate_decisions


def decided(date: str, subject: str, body: str = "college", **more: object) -> dict:
    return {"date": date, "subject": subject, "body": body, "reason": "Nodig"} | more


def log_of(*given: dict, body: str = "college") -> pd.DataFrame:
    return decision_log(rows("decisions", *given), NOW.as_of, body)


def test_a_state_decided_later_was_not_yet_that_of_the_effort():
    decisions = rows("decisions", decided("2020-03-01", "state", effort="kade", old="running", new="done"))
    efforts = rows("efforts", effort("kade", "done"))
    days = (NOW.as_of, pd.Timestamp("2020-03-01"))
    assert [efforts_on(efforts, decisions, day)["state"].item() for day in days] == ["running", "done"]


@pytest.mark.parametrize(
    ("given", "finding"),
    [
        (decided("2019-03-01", "scope", "raad"), "other_body"),
        (decided("2019-03-01", "effort_added", "stuurgroep", effort="kade"), "other_body"),
        (decided("2019-03-01", "scope", "raad, tegen het advies van het college"), "other_body"),
        (decided("2019-03-01", "scope", "Raad en College"), ""),
        (decided("2019-03-01", "state", "raad", effort="kade"), ""),
        (decided("2019-03-01", "budget", "raad"), "no_amount"),
        (decided("2019-03-01", "budget", "raad", old="300000", new="veel minder"), "no_amount"),
        (decided("2019-03-01", "budget", "raad", old="300000", new="265000,50"), ""),
    ],
)
def test_what_is_amiss_with_a_decision(given, finding):
    assert log_of(given)["finding"].tolist() == [finding]
    assert log_of(given, body="")["finding"].isin(["", "no_amount"]).all()
    whole = given | {"body": "Burgemeester en wethouders"}
    assert log_of(whole, body="burgemeester en wethouders")["finding"].isin(["", "no_amount"]).all()


def test_the_log_holds_what_was_taken_by_the_day_the_last_one_first(nl):
    log = log_of(
        decided("2019-03-01", "budget", "raad", old="300000", new="265000,50"),
        decided("2020-02-15", "scope"),
        decided("2019-11-01", "effort_added", "stuurgroep", effort="kade"),
        decided("2019-12-01", "target_date", indicator="1a", old="2022-12-31", new="2023-12-31"),
        decided("2019-12-01", "state", effort="kade", old="agreed", new="running"),
    )
    cells = cells_of(tabulate_decisions(log, {"kade": "Kade", "1a": "Bezoekers"}, "college", nl))
    assert cells["datum besluit"] == ["1 december 2019", "1 december 2019", "1 november 2019", "1 maart 2019"]
    assert cells["wat verandert"] == [
        "de streefdatum: Bezoekers", "de stand: Kade", "een nieuwe inspanning: Kade", "het budget",
    ]  # fmt: skip
    assert cells["was"] == ["31 december 2022", "afgesproken", "–", "€\xa0300.000"]
    assert cells["wordt"] == ["31 december 2023", "loopt", "–", "€\xa0265.000,50"]
    assert cells["opmerking"] == ["–", "–", "niet besloten door wie erover gaat (college)", "–"]
    none = loose_ends(rows("efforts"), log, dt.date(2019, 1, 1), NOW.today)
    assert steering.describe_decisions(log, none, 2019, nl) == "In 2019 zijn 4 besluiten over het programma vastgelegd."


def test_an_effort_that_is_at_odds_with_decisions_or_days_is_asked_about(nl, assert_clean):
    efforts = rows(
        "efforts", effort("begin", "running", start="2019-01-01"), effort("kade", "running", start="2019-05-01"),
        effort("plein", published="2019-06-27"), effort("idee", "proposed", published="2019-06-27"),
        effort("later", "running", start="2020-01-01"), effort("markt", "done", start="2019-05-01", end="2019-06-01"),
        # an agreement is no beginning, and its planned end may be over
        effort("gevel", start="2019-05-01", end="2019-12-30"),
    )  # fmt: skip
    log = log_of(decided("2019-04-01", "effort_added", effort="markt"), decided("2019-06-01", "scope", "raad"))
    ends = loose_ends(efforts, log, dt.date(2019, 1, 1), NOW.today)
    assert ends[["finding", "id"]].to_numpy().tolist() == [
        ["undecided", "kade"],
        ["added", "plein"],
        ["ended", "gevel"],
    ]
    found = gather([ends], rows("budget"), log, {"efforts": efforts.set_index("id")["title"]})
    asked = steering.questions(found, "college", nl)
    assert_clean(asked)
    assert asked == [
        "Kade: begonnen na de start van het programma, en een besluit is niet vastgelegd. Wie heeft dit besloten?",
        "Plein: pas na de start van het programma bekend geworden; of hierover is besloten, is niet vastgelegd. Is dat "
        "gebeurd?",
        "Gevel: het geplande einde is voorbij, en nergens staat dat dit gereed is. Hoe staat het ervoor?",
        "Niet elk besluit over de omvang is genomen door wie daarover gaat (college). Wie beslist hierover?",
    ]
    told = steering.describe_decisions(log[:0], ends, 2019, nl)
    assert (
        told == "In 2019 is geen besluit over het programma vastgelegd. 1 inspanning begon in dat jaar zonder besluit."
    )
    # what began in an earlier year is no news of this one
    assert steering.describe_decisions(log[:0], ends, 2020, nl) == (
        "In 2020 is geen besluit over het programma vastgelegd."
    )


def test_a_table_with_decisions_of_after_the_day_only_is_not_filled_in_yet(nl, almelo):
    given = rows("decisions", decided("2020-02-15", "scope"))
    later = replace(almelo, tables={**almelo.tables, "decisions": given})
    risks = rows("risks").assign(efforts=[])
    for day, missing in ((NOW.as_of, True), (pd.Timestamp("2020-02-15"), False)):
        log = decision_log(given, day, "college")
        (told,) = steering.unknown(later, rows("efforts"), log, risks, nl)
        assert ("besluiten (decisions)" in told) == missing


def test_a_state_was_last_told_by_a_decision_its_publication_or_the_start():
    efforts = rows("efforts", effort("kade"), effort("markt", published="2019-06-27"), effort("plein"))
    log = log_of(decided("2019-12-01", "state", effort="kade", old="agreed", new="running"))
    told = last_told(efforts, log, dt.date(2018, 1, 1))
    assert told.dt.strftime("%Y-%m-%d").tolist() == ["2019-12-01", "2019-06-27", "2018-01-01"]


def test_a_budget_that_was_amended_without_a_decision_is_asked_about(nl):
    years = [
        ("kade", 2019, "amended"),
        ("kade", 2020, "amended"),
        ("markt", 2019, "amended"),
        ("plein", 2019, "original"),
    ]
    budget = rows(
        "budget", *({"effort": id, "year": year, "state": state, "amount_eur": 1} for id, year, state in years)
    )
    log = log_of(
        decided("2019-06-01", "budget", effort="kade", effective="2019-06-01", old="2", new="1"),
        # decided after the day, and on something else
        decided("2020-02-15", "budget", effort="markt", effective="2019-06-01", old="2", new="1"),
        decided("2019-06-01", "state", effort="markt", old="agreed", new="running"),
    )
    assert amounts_undecided(budget, log)["id"].tolist() == ["kade", "markt"]
    assert amounts_undecided(budget[budget["year"] == 2019], log)["id"].tolist() == ["markt"]
    assert amounts_undecided(budget[3:], log).empty
    names = {"efforts": pd.Series({"markt": "Markt"})}
    found = gather([], budget[2:], log, names)
    assert steering.questions(found, "college", nl) == [
        "Markt: het budget is gewijzigd, en een besluit daarover is niet vastgelegd. Wie heeft dit besloten?"
    ]


def test_when_an_effort_stopped_is_told_by_its_decision_or_else_its_end():
    efforts = rows(
        "efforts", effort("besluit", "stopped", end="2019-01-01"), effort("einde", "stopped", end="2019-09-30"),
        effort("nu", "stopped", end="2019-10-01"), effort("ooit", "stopped"),
        effort("loopt", "running", end="2019-01-01"),
    )  # fmt: skip
    log = log_of(decided("2019-10-05", "state", effort="besluit", old="running", new="stopped"))
    before = stopped_before(efforts, log, NOW.period.start_time)
    assert efforts.loc[before, "id"].tolist() == ["einde", "ooit"]


def test_goals_without_a_risk_are_named_by_id_with_their_title_in_quotes(nl):
    behind = pd.DataFrame({"finding": "no_risk_named", "id": ["5", "3"]})
    titles = pd.Series({"3": "In 2022 is er cultuur", "5": "In 2022 zijn er bedrijven"})
    found = gather([behind], rows("budget"), log_of(), {"goals": titles})
    assert steering.questions(found, "college", nl) == [
        "Bij doel 3 ‘In 2022 is er cultuur’ en 5 ‘In 2022 zijn er bedrijven’ is een operationeel doel niet op koers of "
        "niet behaald, en er is geen open risico genoemd dat juist dat doel bedreigt. Wat staat in de weg?"
    ]
