"""Checking a programme folder: every fault named by place, value, rule and way out, all of them at once."""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest
from conftest import ALMELO
from programme_folders import SHIPPED, Place, cells, faults, places, replace

from binnenstad.programme.checked import Programme, check_programme, read_programme
from binnenstad.programme.contract import contract
from binnenstad.programme.delivered import digests, fingerprint
from binnenstad.programme.folders import find_programme
from binnenstad.words.errors import DataError, UsageError

# --- one planted fault at a time: table, row index, cells changed, then column, value and rule of the fault

PARTNER_RULE = "is empty while its partner column is filled"
LIMIT_RULE = "lies outside the natural limits of its goal"
TWICE_RULE = "stands twice: the key is already used in an earlier row"
YEARS_RULE = "lies outside the programme (2019-2022)"
CLAIM_RULE = "differs from an earlier row of the same claim"
ONE_OF_TWO_IN = ("interests", "risk_links")
ONE_OF_TWO = "stands beside a goal, or both are empty"
REACH_RULE = "puts the target outside the natural limits of its goal"
WITHOUT_LIMITS = {"lower_limit": "", "upper_limit": ""}
FROM_52 = {"baseline_value": "0,52", "baseline_date": "2016-10-01"}
PLANTED: list[tuple[str, int, dict[str, str], str, str, str]] = [
    ("indicators", 3, {"target_kind": ""}, "target_kind", "", PARTNER_RULE),
    ("indicators", 3, {"target_date": ""}, "target_date", "", PARTNER_RULE),
    ("indicators", 3, {"target_value": "", "target_kind": ""}, "target_value", "", PARTNER_RULE),
    ("indicators", 0, {"baseline_date": ""}, "baseline_date", "", PARTNER_RULE),
    ("indicators", 3, {"baseline_value": "6,5"}, "baseline_date", "", PARTNER_RULE),
    ("indicators", 3, {"baseline_date": "2018-12-31"}, "baseline_value", "", PARTNER_RULE),
    ("indicators", 0, {"baseline_value": "", "baseline_date": ""}, "baseline_value", "",
     "is empty while the target is a change on it"),
    ("indicators", 1, {"target_kind": "relative"}, "baseline_value", "", "is empty while the target is a change on it"),
    ("indicators", 0, {"target_date": "31-12-2016"}, "target_date", "2016-12-31", "is not after the baseline date"),
    ("indicators", 0, {"baseline_value": "-1"}, "baseline_value", "-1", LIMIT_RULE),
    ("indicators", 3, {"target_value": "10,5"}, "target_value", "10.5", LIMIT_RULE),
    ("indicators", 7, {"target_value": "60"}, "target_value", "60", LIMIT_RULE),
    ("indicators", 7, WITHOUT_LIMITS | {"target_value": "57"}, "target_value", "57", LIMIT_RULE),
    ("indicators", 7, {"lower_limit": "0", "upper_limit": "100", "target_value": "1,1"}, "target_value", "1.1",
     LIMIT_RULE),
    ("indicators", 7, WITHOUT_LIMITS | FROM_52 | {"baseline_value": "52"}, "baseline_value", "52", LIMIT_RULE),
    ("indicators", 7, WITHOUT_LIMITS | FROM_52 | {"target_kind": "change", "target_value": "0,6"}, "target_value",
     "0.6", REACH_RULE),
    ("indicators", 7, FROM_52 | {"target_kind": "relative", "target_value": "0,95"}, "target_value", "0.95",
     REACH_RULE),
    ("indicators", 0, {"direction": "at_most", "target_value": "-93001"}, "target_value", "-93001", REACH_RULE),
    ("indicators", 0, {"direction": "at_most"}, "direction, target_value", "at_most, 7000", "contradict each other"),
    ("indicators", 0, {"target_kind": "relative", "target_value": "-0,05"}, "direction, target_value",
     "at_least, -0.05", "contradict each other"),
    ("indicators", 0, {"target_kind": "relative", "target_value": "5"}, "target_value", "5",
     "is more than the whole baseline"),
    ("indicators", 0, {"baseline_value": "0", "target_kind": "relative", "target_value": "0,05"}, "baseline_value",
     "0", "is not above 0 while the target is a part of it"),
    ("indicators", 3, {"direction": "up"}, "direction", "up", "is not one of the known words"),
    ("indicators", 3, {"maximum_age_years": "0"}, "maximum_age_years", "0", "is out of bounds"),
    ("measurements", 21, {"value": "11"}, "value", "11", LIMIT_RULE),
    ("measurements", 50, {"value": "57"}, "value", "57", LIMIT_RULE),
    ("measurements", 0, {"published": "30-12-2017"}, "published", "2017-12-30", "is before date"),
    ("measurements", 21, {"respondents": "0"}, "respondents", "0", "is out of bounds"),
    ("measurements", 21, {"respondents": "905,0"}, "respondents", "905,0", "is not a whole number"),
    ("measurements", 21, {"respondents": "1.012"}, "respondents", "1.012", "is not a whole number"),
    ("measurements", 21, {"value": ""}, "value", "", "the cell is empty"),
    ("measurements", 2, {"published": "2019-01-31"}, "indicator, date, published", "1a, 2018-12-31, 2019-01-31",
     TWICE_RULE),
    ("measurements", 22, {"standard_error": "0"}, "standard_error", "0", "is out of bounds"),
    ("measurements", 23, {"standard_error": "-0,5"}, "standard_error", "-0.5", "is out of bounds"),
    ("measurements", 4, {"value": "inf"}, "value", "inf", "is not a number"),
    ("measurements", 5, {"value": "-Infinity"}, "value", "-Infinity", "is not a number"),
    ("measurements", 6, {"value": "nan"}, "value", "nan", "is not a number"),
    ("measurements", 24, {"effective_respondents": "0"}, "effective_respondents", "0", "is out of bounds"),
    ("measurements", 25, {"valid_weeks": "54"}, "valid_weeks", "54", "is out of bounds"),
    ("indicators", 3, {"baseline_standard_error": "-1"}, "baseline_standard_error", "-1", "is out of bounds"),
    ("indicators", 4, {"unit": "procent"}, "unit", "procent", "is not one of the known words"),
    ("indicators", 5, {"path_shape": "bocht"}, "path_shape", "bocht", "is not one of the known words"),
    ("indicators", 3, {"target_value": "1.234"}, "target_value", "1.234",
     "can be read in two ways (thousands or decimals)"),
    ("indicators", 3, {"target_date": "31-02-2022"}, "target_date", "31-02-2022", "is not a date"),
    ("indicators", 0, {"baseline_value": "93.000"}, "baseline_value", "93.000",
     "can be read in two ways (thousands or decimals)"),
    ("indicators", 0, {"baseline_date": "31-02-2016"}, "baseline_date", "31-02-2016", "is not a date"),
    ("interests", 0, {"weight": "zwaar"}, "weight", "zwaar", "is not a number"),
    ("interests", 0, {"effort": "parkeren"}, "effort", "parkeren", ONE_OF_TWO),
    ("interests", 0, {"goal": ""}, "effort", "", ONE_OF_TWO),
    ("interests", 1, {"partner": "ondernemers"}, "partner, effort, goal", "ondernemers, , 1", TWICE_RULE),
    ("interests", 0, {"weight": "0"}, "weight", "0", "is out of bounds"),
    ("efforts", 0, {"end": "2018-12-31"}, "end", "2018-12-31", "is before start"),
    ("efforts", 0, {"role": "boss"}, "role", "boss", "is not one of the known words"),
    ("effort_indicators", 0, {"strength": "4"}, "strength", "4", "is out of bounds"),
    ("budget", 0, {"year": "2018"}, "year", "2018", YEARS_RULE),
    ("budget", 0, {"year": "2023"}, "year", "2023", YEARS_RULE),
    ("budget", 0, {"year": "2019,5"}, "year", "2019,5", "is not a year"),
    ("budget", 0, {"amount_eur": "-1"}, "amount_eur", "-1", "is out of bounds"),
    ("budget", 0, {"amount_eur": "300000,005"}, "amount_eur", "300000.005", "has parts of a cent"),
    ("budget_totals", 0, {"income_eur": "0,125"}, "income_eur", "0.125", "has parts of a cent"),
    ("payments", 4, {"amount_eur": "199199,999"}, "amount_eur", "199199.999", "has parts of a cent"),
    ("scenario_lines", 0, {"flat_eur": "200,0001"}, "flat_eur", "200.0001", "has parts of a cent"),
    ("scenario_lines", 1, {"start_year": "2021", "end_year": "2020"}, "end_year", "2020", "is before start_year"),
    ("partners", 0, {"woz_eur": "0,001"}, "woz_eur", "0.001", "has parts of a cent"),
    ("payments", 4, {"year": "2035"}, "year", "2035", YEARS_RULE),
    ("payments", 4, {"fund": "Stadsarangement"}, "fund", "Stadsarangement", "is no fund of the budget"),
    ("risks", 0, {"threatens": "iedereen"}, "threatens", "iedereen", "is not one of the known words"),
    ("team", 1, {"id": "Programma adviseur"}, "id", "Programma adviseur", "is not a code"),
    ("claims", 0, {"goal": ""}, "goal", "", "the cell is empty"),
    ("claims", 4, {"text": "minder winkels"}, "text", "minder winkels", CLAIM_RULE),
    ("claims", 4, {"goal": "1"}, "goal", "1", CLAIM_RULE),
    ("claims", 4, {"indicator": "2a"}, "id, indicator", "winkels, 2a", TWICE_RULE),
    ("claims", 9, {"id": "sport", "text": "betere activiteiten op het gebied van sport"}, "id, indicator", "sport, ",
     TWICE_RULE),
    ("criteria", 0, {"kind": "eis"}, "kind", "eis", "is not one of the known words"),
    ("areas", 0, {"valid_from": "2018"}, "valid_from", "2018", "is not a date"),
    ("outside", 0, {"strength": "0"}, "strength", "0", "is out of bounds"),
    ("outside", 0, {"direction": "remt"}, "direction", "remt", "is not one of the known words"),
    ("effort_indicators", 1, {"strength": "0"}, "strength", "0", "is out of bounds"),
    ("risk_links", 0, {"effort": "parkeren"}, "effort", "parkeren", ONE_OF_TWO),
    ("risk_links", 0, {"goal": ""}, "effort", "", ONE_OF_TWO),
    ("risk_links", 1, {"goal": "1"}, "risk, goal, effort", "concurrentie, 1, ", TWICE_RULE),
    ("goals", 0, {"owner": "raad"}, "owner", "raad", "is not one of the known words"),
    ("efforts", 0, {"track": "1, 2"}, "track", "1, 2", "is no id of tracks"),
    ("risks", 0, {"due": "voorjaar"}, "due", "voorjaar", "is not a date"),
    ("team", 0, {"title": ""}, "title", "", "the cell is empty"),
    ("team", 1, {"id": "programmamanager"}, "id", "programmamanager", TWICE_RULE),
]  # fmt: skip


def rounds() -> list[list[tuple[str, int, dict[str, str], str, str, str]]]:
    """Deal the planted faults into rounds with at most one per table, so that few checks try them all."""
    dealt: list[list[tuple[str, int, dict[str, str], str, str, str]]] = []
    for planted in PLANTED:
        free = next((deal for deal in dealt if planted[0] not in [other[0] for other in deal]), None)
        dealt.append([planted]) if free is None else free.append(planted)
    return dealt


@pytest.mark.parametrize("planted", rounds())
def test_a_planted_fault_is_named_by_place_value_and_rule_and_brings_no_other(
    edit: Callable[..., Path], folder: Path, planted: list[tuple[str, int, dict[str, str], str, str, str]]
) -> None:
    for table, at, changes, *_ in planted:
        edit(table, lambda rows, at=at, changes=changes: rows[at].update(changes))
    found = faults(folder, "en")
    assert [(f.file, f.row, f.column, f.value, f.rule) for f in found] == sorted(
        (f"{table}.csv", at + 2, column, value, rule) for table, at, _, column, value, rule in planted
    )
    assert all(fault.way_out.endswith(".") for fault in found)


def test_every_unknown_id_is_named_with_the_table_it_should_stand_in(edit: Callable[..., Path], folder: Path) -> None:
    links = [
        (name, key["fields"][0], key["reference"]["resource"])
        for name, table in ((name, contract()[name]) for name in SHIPPED)
        for key in table["schema"].get("foreignKeys", [])
    ]
    assert len(links) >= 14
    for number, (table, column, _) in enumerate(links):
        only_one = {"goal": "", "effort": ""} if table in ONE_OF_TWO_IN and column in ("goal", "effort") else {}
        edit(table, lambda rows, row=number, cell={**only_one, column: f"niemand-{number}"}: rows[row % 2].update(cell))
    expected = sorted(
        (f"{table}.csv", number % 2 + 2, column, f"niemand-{number}", f"is no id of {target}",
         f"Add it to {target} or correct it here; a cell holds one id.")
        for number, (table, column, target) in enumerate(links)
    )  # fmt: skip
    found = faults(folder, "en")
    assert [(f.file, f.row, f.column, f.value, f.rule, f.way_out) for f in found] == expected


@pytest.mark.parametrize("table", ["goals", "indicators"])
@pytest.mark.parametrize(
    ("weights", "rows", "rule"),
    [(["1", ""], "empty", "is empty while other rows have a weight"), (["0", "0"], "every", "is 0 in every row")],
)
def test_weights_are_filled_everywhere_or_nowhere(
    edit: Callable[..., Path], table: str, weights: list[str], rows: str, rule: str
) -> None:
    def change(lines: list[dict[str, str]]) -> None:
        for number, line in enumerate(lines):
            line["weight"] = weights[min(number, 1)]

    found = faults(edit(table, change).parent, "en")
    count = len(cells(table)) - 1
    expected = range(3, count + 2) if rows == "empty" else range(2, count + 2)
    assert [(f.row, f.column, f.value, f.rule) for f in found] == [
        (row, "weight", weights[1], rule) for row in expected
    ]


def test_weights_in_every_row_are_fine(edit: Callable[..., Path]) -> None:
    path = edit("goals", lambda rows: [row.update(weight=w) for row, w in zip(rows, "31200", strict=True)])
    assert check_programme(path.parent)["goals"]["weight"].tolist() == [3, 1, 2, 0, 0]


def test_limits_the_wrong_way_round_are_named(edit: Callable[..., Path]) -> None:
    def change(rows: list[dict[str, str]]) -> None:
        rows.append({**rows[3], "id": "3c", "lower_limit": "10", "upper_limit": "1"})
        rows[-1].update(target_kind="", target_value="", target_date="")

    [fault] = faults(edit("indicators", change).parent, "en")
    assert (fault.row, fault.column, fault.value, fault.rule) == (11, "upper_limit", "1", "is below lower_limit")


def test_a_measured_share_lies_between_0_and_1_also_where_the_goal_gives_no_limits(edit: Callable[..., Path]) -> None:
    edit("indicators", lambda rows: rows[7].update(WITHOUT_LIMITS))
    path = edit("measurements", lambda rows: rows[50].update(value="57"))
    [fault] = faults(path.parent, "en")
    assert (fault.file, fault.row, fault.column, fault.rule) == ("measurements.csv", 52, "value", LIMIT_RULE)
    assert "0,60" in fault.way_out


@pytest.mark.parametrize(
    ("row", "change"),
    [
        (0, {"target_kind": "relative", "target_value": "1"}),
        (0, {"direction": "at_most", "target_kind": "relative", "target_value": "-1"}),
        (0, {"target_value": "0"}),
        (0, {"target_kind": "absolute", "target_value": "90000"}),
        (7, FROM_52 | {"target_kind": "change", "target_value": "0,48"}),
    ],
    ids=["doubled", "to nothing", "kept", "kept from below", "everybody"],
)
def test_a_target_at_the_edge_of_what_makes_sense_is_fine(
    edit: Callable[..., Path], row: int, change: dict[str, str]
) -> None:
    assert check_programme(edit("indicators", lambda rows: rows[row].update(change)).parent)


def test_two_unreadable_cells_in_a_key_are_not_also_a_double_key(edit: Callable[..., Path]) -> None:
    path = edit("budget", lambda rows: [rows[at].update(year=text) for at, text in enumerate(("later", "nooit"))])
    assert places(path.parent) == [("budget.csv", 2, "year", "later"), ("budget.csv", 3, "year", "nooit")]


def test_a_year_of_two_digits_is_explained_in_the_language_of_the_reader(edit: Callable[..., Path]) -> None:
    found = faults(edit("budget", lambda rows: rows[0].update(year="19")).parent)
    assert not any("type is" in fault.way_out for fault in found)


def test_an_amount_of_whole_cents_is_fine_also_as_a_workbook_computed_it(edit: Callable[..., Path]) -> None:
    amounts = ["0,07", "1234567,89", f"{0.1 + 0.2:.17f}", "300000,00"]
    path = edit("budget", lambda rows: [row.update(amount_eur=text) for row, text in zip(rows, amounts, strict=False)])
    assert {0.07, 1234567.89} <= set(check_programme(path.parent)["budget"]["amount_eur"])


# --- all at once


@pytest.fixture
def spoiled(edit: Callable[..., Path], folder: Path) -> tuple[Path, list[Place]]:
    """A copy with sixteen faults in eleven tables and one file too many, and where they are."""
    planted: list[tuple[str, int, dict[str, str]]] = [
        ("goals", 1, {"title": ""}),
        ("indicators", 0, {"target_date": "2016-12-31"}),
        ("indicators", 3, {"direction": "up"}),
        ("indicators", 7, {"target_value": "60"}),
        ("measurements", 0, {"value": "94.100"}),
        ("measurements", 1, {"indicator": "9z"}),
        ("measurements", 2, {"published": "2018-06-15"}),
        ("efforts", 0, {"end": "31-02-2021"}),
        ("budget", 0, {"year": "2018"}),
        ("budget", 1, {"amount_eur": "-1"}),
        ("payments", 4, {"fund": "Stadsarangement"}),
        ("interests", 0, {"effort": "parkeren"}),
        ("risks", 0, {"state": "weg"}),
        ("team", 0, {"partner": "niemand"}),
    ]
    where: list[Place] = [
        (f"{table}.csv", at + 2, column, text) for table, at, change in planted for column, text in change.items()
    ]
    for name in dict.fromkeys(table for table, _, _ in planted):
        mine = [(at, change) for table, at, change in planted if table == name]
        edit(name, lambda rows, mine=mine: [rows[at].update(change) for at, change in mine])
    edit("tracks", lambda rows: rows.append(dict(rows[4])))
    (folder / "notities.csv").write_text("wat;dan\r\n", encoding="utf-8")
    return folder, sorted([*where, ("tracks.csv", 7, "id", "5"), ("notities.csv", 0, "", "notities")])


def test_all_faults_are_found_at_once_and_each_is_named_once(spoiled: tuple[Path, list[Place]]) -> None:
    folder, expected = spoiled
    assert places(folder) == expected


def test_the_message_counts_the_faults_and_gives_each_its_line(spoiled: tuple[Path, list[Place]]) -> None:
    folder, expected = spoiled
    with pytest.raises(DataError) as caught:
        check_programme(folder)
    head, *lines = str(caught.value).splitlines()
    assert head == f"{len(expected)} fouten in almelo:"
    assert len(lines) == len(expected)
    assert '  measurements.csv, rij 2, kolom value: "94.100" is op twee manieren te lezen' in str(caught.value)


def test_faults_are_told_in_english_at_the_same_places(spoiled: tuple[Path, list[Place]]) -> None:
    folder, expected = spoiled
    english, dutch = faults(folder, "en"), faults(folder, "nl")
    assert sorted((f.file, f.row, f.column, f.value) for f in english) == expected
    told = {(f.file, f.row, f.column): (f.rule, f.way_out) for f in dutch}
    assert all(told[f.file, f.row, f.column][0] != f.rule for f in english)
    with pytest.raises(DataError, match=r"^16 faults in almelo:\n.*budget.csv, row 2, column year: \"2018\" lies out"):
        check_programme(folder, "en")


def test_a_faulty_programme_changes_no_file(spoiled: tuple[Path, list[Place]]) -> None:
    folder, _ = spoiled
    before = {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*")}
    faults(folder)
    assert {path: (path.read_bytes(), path.stat().st_mtime_ns) for path in folder.rglob("*")} == before


# --- programme.toml


@pytest.mark.parametrize(
    ("old", "new", "column", "rule"),
    [
        ('title = "Programma Binnenstad Almelo"', "", "title", "the setting is missing"),
        ("start = 2019-01-01", "", "start", "the setting is missing"),
        ("end = 2022-12-31", "", "end", "the setting is missing"),
        ("report_after_days", "report_days", "report_days", "is no setting"),
        ("start = 2019-01-01", 'start = "2019-01-01"', "start", "is of the wrong kind"),
        ("start = 2019-01-01", "start = 2019-01-01T00:00:00", "start", "is of the wrong kind"),
        ("start = 2019-01-01", "start = 2019", "start", "is of the wrong kind"),
        ("days = 45", 'days = "45"', "report_after_days", "is of the wrong kind"),
        ("days = 45", "days = 1.5", "report_after_days", "is of the wrong kind"),
        ("days = 45", "days = true", "report_after_days", "is of the wrong kind"),
        ('scope_body = "college"', 'scope_body = ""', "scope_body", "is of the wrong kind"),
        ('title = "Programma Binnenstad Almelo"', "title = 5", "title", "is of the wrong kind"),
        ("end = 2022-12-31", "end = 2018-12-31", "end", "is before the start"),
    ],
)
def test_a_wrong_setting_is_named(folder: Path, old: str, new: str, column: str, rule: str) -> None:
    replace(folder, "programme.toml", old, new)
    found = [f for f in faults(folder, "en") if f.file == "programme.toml"]
    assert [(f.column, f.rule) for f in found] == [(column, rule)]


def test_settings_and_tables_are_told_together(folder: Path, edit: Callable[..., Path]) -> None:
    edit("team", lambda rows: rows[0].update(partner="niemand"))
    replace(folder, "programme.toml", "end = 2022-12-31", "end = 2022-12-31\nkleur = 1")
    assert places(folder) == [("programme.toml", 0, "kleur", ""), ("team.csv", 2, "partner", "niemand")]


@pytest.mark.parametrize("damage", [b"title = \nstart", b'title = "half', b"\xff\xfe\x00title"])
def test_broken_toml_is_one_fault_that_says_why(folder: Path, damage: bytes) -> None:
    (folder / "programme.toml").write_bytes(damage)
    [fault] = faults(folder, "en")
    assert (fault.file, fault.row) == ("programme.toml", 0)
    assert fault.rule.startswith("is not readable: ")


def test_a_folder_without_programme_toml_is_a_fault_and_no_traceback(folder: Path) -> None:
    (folder / "programme.toml").unlink()
    assert {fault.file for fault in faults(folder)} == {"programme.toml"}


def test_programme_toml_may_have_a_bom_and_leave_out_what_is_optional(folder: Path) -> None:
    (folder / "programme.toml").write_bytes(b'\xef\xbb\xbftitle = "Kort"\r\nstart = 2019-01-01\r\nend = 2022-12-31\r\n')
    programme = check_programme(folder, "en")
    assert (programme.title, programme.report_after_days, programme.source) == ("Kort", 0, "")


def mark(folder: Path) -> str:
    return fingerprint(digests(check_programme(folder).delivered))


# --- finding, moments and fingerprints


@pytest.mark.parametrize("name", ["../almelo", "../x", "", ".", "/almelo", "almere", "Almelo", "almelo/", "almelo\n"])
def test_a_name_that_is_no_programme_is_refused_with_those_there_are(folder: Path, name: str) -> None:
    with pytest.raises(UsageError, match="known: almelo"):
        find_programme(name, folder.parent)


def test_a_programme_is_found_below_the_data_folder(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert find_programme("almelo", folder.parent) == folder
    monkeypatch.setenv("BINNENSTAD_DATA", str(folder.parent))
    assert find_programme("almelo") == folder
    monkeypatch.delenv("BINNENSTAD_DATA")
    (folder / "raw").mkdir()
    monkeypatch.chdir(folder / "raw")
    assert find_programme("almelo") == folder


def test_a_data_folder_without_programmes_is_no_traceback(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="almelo"):
        find_programme("almelo", tmp_path)


@pytest.mark.parametrize(
    ("period", "as_of", "reference", "known"),
    [
        ("2019Q4", "", "2019-12-31", "2020-02-14"),
        ("2019", "", "2019-12-31", "2020-02-14"),
        ("2019Q1", "", "2019-03-31", "2019-05-15"),
        ("2019Q4", "2019-12-31", "2019-12-31", "2019-12-31"),
        ("2016Q2", "", "2016-06-30", "2016-08-14"),
    ],
)
def test_a_moment_is_the_last_day_of_its_period_and_what_was_known(
    almelo: Programme, period: str, as_of: str, reference: str, known: str
) -> None:
    moment = almelo.moment(period, as_of)
    assert moment.reference == pd.Timestamp(reference)
    assert moment.as_of == pd.Timestamp(known)
    assert moment.year == int(period[:4])


@pytest.mark.parametrize(
    ("period", "as_of"), [("2019Q5", ""), ("2019Q0", ""), ("", ""), ("2019-12", ""), ("2019Q4", "31-12-2019")]
)
def test_a_text_that_is_no_period_or_day_is_refused(almelo: Programme, period: str, as_of: str) -> None:
    with pytest.raises(UsageError, match=re.escape(repr(as_of or period))):
        almelo.moment(period, as_of)


@pytest.mark.parametrize("period", ["2016Q1", "1999"])
def test_a_period_before_the_first_data_says_when_they_begin(almelo: Programme, period: str) -> None:
    with pytest.raises(UsageError, match=rf"{period} .* almelo \(2016-04-01\)"):
        almelo.moment(period)


@pytest.mark.parametrize("name", ["programme.toml", "goals.csv", "measurements.csv"])
def test_the_fingerprint_changes_with_any_table_or_setting(folder: Path, name: str) -> None:
    before = mark(folder)
    (folder / name).write_bytes((folder / name).read_bytes() + b" ")
    assert mark(folder) != before


def test_the_fingerprint_tells_a_table_that_is_not_there_and_no_other_file(folder: Path) -> None:
    before = mark(folder)
    assert before == mark(ALMELO)
    assert len(before) == 12
    (folder / "SOURCE.md").write_text("anders")
    (folder / "raw").mkdir()
    (folder / "raw" / "levering.csv").write_text("a;b")
    assert mark(folder) == before
    (folder / "canvas.csv").unlink()
    assert mark(folder) != before


def test_a_report_opens_no_private_table_and_a_check_does(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (folder / "recipients.csv").write_text("id;name\r\n")
    monkeypatch.setenv("BINNENSTAD_DATA", str(folder.parent))
    assert read_programme("almelo")["recipients"].empty
    assert {fault.file for fault in faults(folder)} == {"recipients.csv"}


# --- languages


def test_english_takes_the_twin_and_falls_back_to_dutch(edit: Callable[..., Path]) -> None:
    path = edit("tracks", lambda rows: rows[1].update(title_en=""))
    english, dutch = check_programme(path.parent, "en"), check_programme(path.parent)
    assert english.title == "City-centre programme Almelo"
    assert dutch.title == "Programma Binnenstad Almelo"
    assert english.titles("tracks")["5"] == "Cooperation"
    assert english.titles("tracks")["2"] == dutch.titles("tracks")["2"] == "Versterken Almelose DNA in de binnenstad"
    assert english["indicators"].loc[0, "unit_label"] == "visitors per week"
    for frame in (*english.tables.values(), *dutch.tables.values()):
        assert not [name for name in frame.columns if name.endswith("_en")]


@pytest.mark.parametrize(
    ("cells", "column", "rule"),
    [
        ({"bridge": "1,1", "bridge_error": "0,02"}, "bridge", "is filled while method_break is not"),
        ({"bridge": "1,1", "method_break": "true"}, "bridge", "is filled while bridge_error is not"),
        ({"bridge_error": "0,1", "method_break": "true"}, "bridge_error", "is filled while bridge is not"),
        ({"bridge": "-1", "bridge_error": "1", "method_break": "true"}, "bridge", "is out of bounds"),
        ({"exceptional": "true"}, "exceptional", "is filled while exceptional_reason is not"),
        ({"exceptional_reason": "Corona"}, "exceptional_reason", "is filled while exceptional is not"),
    ],
)
def test_a_bridge_needs_its_break_and_error_and_an_exception_its_reason(edit, cells, column, rule):
    path = edit("measurements", lambda rows: rows[3].update(cells))
    [fault] = faults(path.parent, "en")
    assert (fault.file, fault.row, fault.column, fault.rule) == ("measurements.csv", 5, column, rule)
    assert fault.way_out.endswith(".")


def test_a_bridge_and_an_exception_can_be_told(edit):
    cells = {"method_break": "true", "bridge": "1,08", "bridge_error": "0,02"}
    cells |= {"exceptional": "ja", "exceptional_reason": "De markt was dicht.", "exceptional_reason_en": "No market."}
    path = edit("measurements", lambda rows: rows[3].update(cells))
    row = check_programme(path.parent, "en")["measurements"].loc[3]
    assert (row["bridge"], row["exceptional"], row["exceptional_reason"]) == (1.08, True, "No market.")
