"""What a programme knew on a day: the last publication, decided amounts, levies in force, and nothing of later."""

from __future__ import annotations

from dataclasses import replace

import pandas as pd
import pytest
from programme_folders import faults, places

from binnenstad.programme.checked import Programme, check_programme

DAY = pd.Timestamp("2020-02-14")


def known(programme: Programme, day: str = "2020-02-14", year: int = 2019) -> Programme:
    return programme.known_by(programme.moment(str(year), day))


def parking(programme: Programme, year: int = 2019) -> list[tuple[float, str]]:
    rows = programme["budget"].query("effort == 'parkeren' and year == @year")
    return list(rows[["amount_eur", "state"]].itertuples(index=False, name=None))


# --- publications
@pytest.mark.parametrize(
    ("day", "amounts"),
    [
        ("2019-03-30", []),
        ("2019-03-31", [(300_000, "original")]),
        ("2019-09-30", [(300_000, "original")]),
        ("2019-10-01", [(290_000, "amended")]),
        ("2020-05-01", [(287_654.32, "realised")]),
    ],
)
def test_of_a_line_the_row_counts_that_was_published_last(edit, folder, day, amounts):
    def newer(rows):
        rows.append(rows[0] | {"amount_eur": "290000", "state": "amended", "published": "2019-10-01"})
        rows.append(rows[0] | {"amount_eur": "287654,32", "state": "realised", "published": "2020-05-01"})

    edit("budget", newer)
    assert parking(known(check_programme(folder), day)) == amounts


def test_a_row_without_a_date_is_known_from_the_first_day_of_its_year(edit, folder):
    # of a line with two dates one is left, for without them they are one row
    edit("scenario_lines", lambda rows: rows.__delitem__(slice(13, None)))
    for table in ("budget", "payments", "budget_totals", "scenario_lines"):
        edit(table, lambda rows: [row.update(published="") for row in rows])
    programme = check_programme(folder)
    assert known(programme, "2018-12-31")["budget"].empty
    now = known(programme)
    assert set(now["budget"]["year"]) == set(now["payments"].dropna(subset="amount_eur")["year"]) == {2019, 2020}
    assert now["scenario_lines"]["start_year"].unique().tolist() == [2019]
    assert known(programme, "2018-12-31")["scenarios"]["id"].tolist() == ["vandaag"], "today has no lines to be later"


def test_an_amount_that_was_decided_keeps_the_rank_of_its_row(edit, folder):
    edit("budget", lambda rows: [row.update(rank="2") for row in rows if row["effort"] == "gevelfonds"])
    (folder / "decisions.csv").write_text(
        "date;body;effort;subject;old;new;effective;reason\n"
        "2019-06-01;raad;gevelfonds;budget;35000;30000;2019-06-01;Minder aanvragen\n",
        encoding="utf-8",
    )
    budget = known(check_programme(folder))["budget"].query("effort == 'gevelfonds' and year == 2019")
    assert budget[["amount_eur", "rank"]].to_numpy().tolist() == [[30_000, 2]]


def test_a_row_dated_on_new_years_day_is_newer_than_one_without_a_date(edit, folder):
    edit("budget", lambda rows: rows.append(rows[0] | {"published": "2019-01-01", "amount_eur": "5"}))
    edit("budget", lambda rows: rows[0].update(published=""))
    assert parking(known(check_programme(folder))) == [(5, "original")]


def test_an_effort_that_a_later_decision_added_is_in_no_table(edit, folder):
    edit("risk_links", lambda rows: rows.append({"risk": "capaciteit", "effort": "vergroenen"}))
    (folder / "decisions.csv").write_text(
        "date;body;effort;subject;reason\n2019-06-01;college;vergroenen;effort_added;Groen\n"
        "2020-06-01;college;vergroenen;effort_added;Opnieuw\n",
        encoding="utf-8",
    )
    programme = check_programme(folder)
    for day, there in {"2019-05-31": False, "2019-06-01": True}.items():
        now = known(programme, day)
        of = {name: "vergroenen" in set(now[name]["effort"]) for name in ("budget", "effort_indicators", "risk_links")}
        assert {"efforts": "vergroenen" in set(now["efforts"]["id"]), **of} == dict.fromkeys(["efforts", *of], there)


def test_the_money_of_a_report_starts_at_its_own_year(almelo):
    now = known(almelo, "2022-02-14", 2021)
    for table in ("budget", "payments", "budget_totals"):
        assert now[table]["year"].min() == 2021
    assert now["scenario_lines"]["start_year"].min() == 2019, "a line of before may still hold"
    late = known(almelo, "2024-02-14", 2023)
    assert set(late["scenario_lines"]["scenario"]) == {"biz"}, "and what held up to 2022, or less, is over"
    assert late["scenarios"]["id"].tolist() == ["biz", "vandaag"]


def test_who_or_what_is_named_in_later_money_only_is_not_known(edit, folder):
    edit("partners", lambda rows: rows.append(rows[0] | {"id": "laat", "title": "Late betaler"}))
    edit("efforts", lambda rows: rows.append(rows[0] | {"id": "later", "title": "Late inspanning"}))
    edit("payments", lambda rows: rows.append(rows[0] | {"partner": "laat", "published": "2020-03-01"}))
    edit("budget", lambda rows: rows.append(rows[0] | {"effort": "later", "published": "2020-03-01"}))
    programme = check_programme(folder)
    for table, id, count in (("partners", "laat", 8), ("efforts", "later", len(programme["efforts"]) - 1)):
        early, late = (set(known(programme, day)[table]["id"]) for day in ("2020-02-29", "2020-03-01"))
        assert late - early == {id} and len(early) == count


# --- decisions
DECISION = "date;body;indicator;effort;subject;old;new;effective;reason;source"


def decide(folder, *rows: str) -> None:
    lines = [f"{row};Bezuiniging;Raadsbesluit" for row in rows]
    (folder / "decisions.csv").write_text("\n".join([DECISION, *lines]), encoding="utf-8")


def test_a_decision_changes_an_amount_from_its_day_on_and_only_that_of_its_year(folder):
    decide(
        folder,
        "2019-11-05;raad;;parkeren;budget;250000;200000,50;2019-12-01",
        "2019-06-04;raad;;parkeren;budget;300000;250000;2019-06-04",
    )
    programme = check_programme(folder)
    assert parking(known(programme, "2019-06-03")) == [(300_000, "original")]
    assert parking(known(programme, "2019-06-04")) == [(250_000, "amended")]
    assert parking(known(programme, "2019-12-31")) == [(200_000.50, "amended")]
    assert parking(known(programme), 2020) == [(300_000, "original")]


@pytest.mark.parametrize(
    ("row", "column", "rule"),
    [
        ("parkeren;budget;300000;250000;2018-06-01", "old, new", "is niet het bedrag van daarvoor"),
        ("parkeren;budget;300000;250000;", "old, new", "is niet het bedrag van daarvoor"),
        ("parkeren;budget;300000;;2019-06-01", "old, new", "is niet het bedrag van daarvoor"),
        ("parkeren;budget;300001;250000;2019-06-01", "old, new", "is niet het bedrag van daarvoor"),
        ("parkeren;budget;300000;minder;2019-06-01", "old, new", "is niet het bedrag van daarvoor"),
    ],
)
def test_a_decision_that_no_row_of_the_budget_can_follow_is_refused(folder, row, column, rule):
    decide(folder, f"2019-06-04;raad;;{row}")
    (fault,) = [fault for fault in faults(folder) if fault.column == column]
    assert (fault.file, fault.row) == ("decisions.csv", 2) and fault.rule.startswith(rule) and fault.way_out


def test_a_decision_on_no_effort_is_for_mention_only(folder):
    decide(folder, "2019-06-04;raad;;;budget;300000;265000;")
    assert parking(known(check_programme(folder))) == [(300_000, "original")]


# --- levies
def charges(programme: Programme) -> dict[tuple[str, int], tuple[float | None, str]]:
    rows = programme["payments"].query("partner == 'ondernemers'")
    rows = rows.assign(amount=rows["amount_eur"].astype(object).where(rows["amount_eur"].notna(), None))
    return {(row.instrument, row.year): (row.amount, row.certainty) for row in rows.itertuples()}


def test_a_year_of_a_levy_without_an_amount_is_unknown_and_no_nothing(almelo):
    """In 2020 nobody knew that the tax would end; on 1 January 2022 the BIZ was in force."""
    assert charges(known(almelo)) == {
        ("advertising_tax", 2019): (125_000, "certain"), ("advertising_tax", 2020): (125_000, "certain"),
        ("advertising_tax", 2021): (125_000, "expected"), ("advertising_tax", 2022): (None, "certain"),
        ("advertising_tax", 2023): (None, "certain"),
    }  # fmt: skip
    # the programme ends in 2022, and a scenario in 2023
    late = {("biz", year): (None, "certain") for year in (2022, 2023)}
    assert charges(known(almelo, "2022-02-14", 2022)) == late


@pytest.mark.parametrize(
    ("day", "year", "certainty"),
    [("2019-08-14", 2020, "expected"), ("2020-08-14", 2020, "certain"), ("2021-02-14", 2020, "certain"),
     ("2021-02-14", 2021, "certain"), ("2020-12-31", 2021, "expected")],
)  # fmt: skip
def test_a_levy_in_force_or_of_a_year_that_is_over_is_certain(almelo, day, year, certainty):
    assert charges(known(almelo, day))["advertising_tax", year] == (125_000, certainty)


def test_what_is_realised_is_certain_and_other_money_of_the_past_is_not(edit, folder):
    def doubtful(rows):
        for row, state in zip(rows[:2], ("realised", "original"), strict=True):
            row.update(certainty="expected", state=state)

    edit("payments", doubtful)
    programme = check_programme(folder)
    rows = known(programme, "2023-02-14")["payments"].query("partner == 'gemeente'").set_index("year")
    rows = rows[rows["fund"] == "Programma binnenstad"]
    assert rows["certainty"].loc[[2019, 2020]].tolist() == ["certain", "expected"]


def test_a_levy_of_the_past_is_certain_also_where_no_table_says_until_when_it_held(folder):
    (folder / "levies.csv").unlink()
    programme = check_programme(folder)
    assert charges(known(programme, "2021-02-14"))["advertising_tax", 2020] == (125_000, "certain")
    assert ("advertising_tax", 2022) not in charges(known(programme, "2021-02-14"))


def test_a_levy_that_ends_before_it_begins_is_a_fault(edit, folder):
    edit("levies", lambda rows: rows[1].update(until="2015-12-31"))
    assert places(folder) == [("levies.csv", 3, "until", "2015-12-31")]


# --- votes and what stays
def test_measurements_and_decisions_stay_whole_and_nothing_is_changed(almelo):
    before = {name: table.copy() for name, table in almelo.tables.items()}
    now = known(almelo, "2019-12-31")
    for name in ("measurements", "decisions", "indicators"):
        pd.testing.assert_frame_equal(now[name], almelo[name])
    for name, table in before.items():
        pd.testing.assert_frame_equal(almelo[name], table)
    assert (now.id, now.title, now.start) == (almelo.id, almelo.title, almelo.start)


def test_of_a_programme_without_money_nothing_is_known(almelo):
    bare = replace(almelo, tables={name: table.iloc[:0] for name, table in almelo.tables.items()})
    assert all(table.empty for table in known(bare).tables.values())
