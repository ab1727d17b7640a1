"""The shipped data of Almelo, word for word and to the euro against the programme contract of March 2019.

The expected values were copied by hand from the contract's text, not from the tables.
"""

from __future__ import annotations

import hashlib
import re
import unicodedata

import pandas as pd
import pytest
from conftest import ALMELO, ROOT

from binnenstad.costs.balance import balance_of, outlook_of
from binnenstad.programme.checked import Programme, check_programme
from binnenstad.programme.contract import columns, contract

SOURCE = (ALMELO / "SOURCE.md").read_text(encoding="utf-8")
PROGRAMME, ARRANGEMENT, BUDGET_19 = "Programma binnenstad", "Stadsarrangement", "Begroting '19"

GOALS = {
    "1": "In 2022 recreëren en winkelen meer inwoners en bezoekers in de binnenstad van Almelo",
    "2": "In 2022 staan minder winkels en panden leeg in de binnenstad van Almelo",
    "3": "In 2022 kent de binnenstad betere activiteiten op het gebied van cultuur, vrije tijd en sport met meer "
    "maatschappelijk-economische waarde",
    "4": "In 2022 is de binnenstad van Almelo aantrekkelijker, veiliger en gastvrijer met betere parkeermogelijkheden",
    "5": "In 2022 zijn er meer bedrijven in de binnenstad van Almelo gevestigd met meer omzet",
}

# code: goal, direction, unit, kind of target, target, words of the contract that the title must hold
OPERATIONAL = {
    "1a": ("1", "at_least", "count", "change", 7_000, "bezoekers per week van het centrum"),
    "2a": ("2", "at_most", "m2", "absolute", 0, "winkelvloeroppervlak in het nieuwe kernwinkelgebied"),
    "2b": ("2", "at_most", "m2", "absolute", 6_000, "winkelvloeroppervlak buiten het nieuwe kernwinkelgebied"),
    "3a": ("3", "at_least", "mark", "absolute", 7.0, "evenementenaanbod"),
    "3b": ("3", "at_least", "mark", "absolute", 7.0, "cultuuraanbod"),
    "4a": ("4", "at_least", "mark", "absolute", 6.5, "sfeer en gezelligheid"),
    "4b": ("4", "at_least", "mark", "absolute", 6.6, "parkeermogelijkheden voor auto's"),
    "4c": ("4", "at_least", "share", "absolute", 0.60, "gastvrij"),
    "5a": ("5", "at_least", "count", "absolute", 614, "bedrijven in de binnenstad"),
}

TRACKS = {
    "1": "Compacter centrum en aantrekkelijke binnenstadskwartieren",
    "2": "Versterken Almelose DNA in de binnenstad",
    "3": "De binnenstad als hart van Noordwest Twente",
    "4": "Vermarkten en imago binnenstad",
    "5": "Samenwerking",
}

# the table of the chapter Middelen; its fourth year column is headed 2020 a second time and is 2022
BUDGET = {
    (PROGRAMME, "Pilot 2 uur gratis parkeren"): {2019: 300_000, 2020: 300_000, 2021: 300_000},
    (PROGRAMME, "Gevel-/transformatiefonds"): {2019: 35_000, 2020: 35_000, 2021: 35_000},
    (PROGRAMME, "Communicatie & Marketing"): {2019: 60_000, 2020: 50_000, 2021: 50_000, 2022: 50_000},
    (PROGRAMME, "Programmamonitoring & organisatie"): {2019: 40_000, 2020: 40_000, 2021: 40_000, 2022: 40_000},
    (PROGRAMME, "Overige inspanningen"): {2019: 15_000, 2020: 25_000, 2021: 25_000, 2022: 60_000},
    (ARRANGEMENT, "Stadscafés"): {2019: 7_500},
    (ARRANGEMENT, "Stadscheques (kleine initiatieven)"): {2019: 20_000},
    (ARRANGEMENT, "Stadsinjectie (grote initiatieven)"): {2019: 30_000},
    (ARRANGEMENT, "Aanjagen projecten koers"): {2019: 91_700},
    (ARRANGEMENT, "Samenwerking"): {2019: 50_000},
    (BUDGET_19, "Vergroenen binnenstad"): {2019: 50_000},
}

HOURS = {
    "Programmamanager": 1200,
    "Strategisch programma-adviseur": 1480,
    "Programmaondersteuner": 450,
    "Strategisch communicatieadviseur": 450,
}


@pytest.fixture(scope="module")
def english() -> Programme:
    return check_programme(ALMELO, "en")


# --- goals


def test_the_five_strategic_goals_stand_as_the_contract_words_them(almelo: Programme) -> None:
    assert almelo.titles("goals").to_dict() == GOALS
    assert almelo["goals"]["weight"].isna().all(), "the contract weighs no goal"


def test_the_nine_operational_goals_have_the_targets_of_the_contract(almelo: Programme) -> None:
    indicators = almelo["indicators"].set_index("id")
    found = indicators[["goal", "direction", "unit", "target_kind", "target_value"]]
    assert {code: tuple(row) for code, row in zip(found.index, found.to_numpy(), strict=True)} == {
        code: row[:5] for code, row in OPERATIONAL.items()
    }
    for code, row in OPERATIONAL.items():
        assert row[5].lower() in (indicators.loc[code, "title"] + indicators.loc[code, "definition"]).lower()


def test_every_target_is_for_2022_and_stays_with_the_contract(almelo: Programme) -> None:
    assert almelo["indicators"]["target_date"].dt.year.eq(2022).all()
    assert almelo["indicators"]["anchor"].eq("contract").all()


def test_only_the_visitors_have_a_baseline(almelo: Programme) -> None:
    baseline = almelo["indicators"].set_index("id")[["baseline_value", "baseline_date"]].dropna(how="all")
    assert list(baseline.index) == ["1a"]
    assert baseline.loc["1a", "baseline_value"] == 93_000
    assert baseline.loc["1a", "baseline_date"].year == 2016


def test_limits_are_those_of_the_scale(almelo: Programme) -> None:
    limits = almelo["indicators"].groupby("unit")[["lower_limit", "upper_limit"]].agg(["min", "max"])
    assert limits.loc["mark"].tolist() == [1, 1, 10, 10]
    assert limits.loc["share"].tolist() == [0, 0, 1, 1]
    assert limits.loc[["count", "m2"], "lower_limit"].eq(0).all(axis=None)
    assert limits.loc[["count", "m2"], "upper_limit"].isna().all(axis=None)


# --- claims and scope

# goal: what its wording promises, and by which operational goals it is measured; copied by hand from the contract
CLAIMS = {
    "1": {"meer bezoek": "1a", "recreëren": "", "inwoners": ""},
    "2": {"winkels": "2a 2b", "panden": ""},
    "3": {"cultuur": "3b", "vrije tijd": "3a", "sport": "", "maatschappelijk-economische waarde": ""},
    "4": {"aantrekkelijker": "4a", "veilig": "", "gastvrij": "4c", "parkeermogelijkheden": "4b"},
    "5": {"bedrijven": "5a", "omzet": ""},
}


def test_the_five_goals_make_15_claims_of_which_8_are_measured(almelo: Programme) -> None:
    claims = almelo["claims"]
    assert claims["id"].nunique() == sum(map(len, CLAIMS.values())) == 15
    assert claims.dropna(subset="indicator")["id"].nunique() == 8
    assert set(claims["indicator"].dropna()) == set(OPERATIONAL), "no operational goal measures nothing that is claimed"
    for goal, words in CLAIMS.items():
        for word, indicators in words.items():
            rows = claims[(claims["goal"] == goal) & claims["text"].str.contains(word)]
            assert rows["id"].nunique() == 1, word
            assert rows["indicator"].fillna("").tolist() == (indicators.split() or [""]), word


def test_the_scope_has_one_criterion_of_goals_and_one_of_the_course_per_track(almelo: Programme) -> None:
    criteria = almelo["criteria"]
    assert sorted(criteria["kind"]) == [*["course"] * len(TRACKS), "goal"]
    read_in = criteria["kind"] == "course"
    assert criteria.loc[read_in, "note"].str.startswith("Oordeel onderzoeker").all()
    assert criteria["text"].str.contains(" moeten ").sum() == 3, "the contract says of three tracks what projects must"
    assert almelo["scope_tests"].empty, "the contract tests no single effort"


def test_the_centre_has_a_core_and_four_quarters_whose_names_nobody_made_up(almelo: Programme) -> None:
    areas = almelo["areas"]
    assert areas["kind"].value_counts().to_dict() == {"quarter": 4, "centre": 1, "core": 1, "rest": 1}
    assert areas["valid_from"].isna().all()
    assert areas.loc[areas["kind"] == "quarter", "note"].str.contains("geen namen").all()


def test_what_is_outside_says_only_what_the_contract_does_and_marks_the_rest(almelo: Programme) -> None:
    outside = almelo["outside"].set_index("id")
    assert outside["strength"].dropna().to_dict() == {"aanbod-elders": 2, "woningen-elders": 3}
    judged = outside["strength"].notna() | (outside["direction"] == "hurts")
    assert outside.loc[judged, "judged_by"].eq("onderzoeker").all()
    assert outside.loc[judged, "note"].str.contains("oordeel onderzoeker", case=False).all()
    assert outside.loc[outside["direction"].isna(), "kind"].isin(["line_project", "private"]).all()


def test_the_values_that_the_source_leaves_out_are_said_to_be_missing(almelo: Programme) -> None:
    notes = almelo["tracks"].set_index("id")["note"].dropna()
    assert list(notes.index) == ["2", "5"]
    assert "vier kernwaarden" in notes["2"]
    assert "‘in elk volgende jaar geëvalueerd en geactualiseerd’" in notes["5"]
    assert "vier kernwaarden" in (ALMELO / "SOURCE.md").read_text(encoding="utf-8")


# --- tracks and efforts


def test_the_five_tracks_stand_as_the_contract_words_them(almelo: Programme) -> None:
    assert almelo.titles("tracks").to_dict() == TRACKS


def test_every_effort_of_the_budget_table_and_of_the_text_is_there(almelo: Programme) -> None:
    efforts = almelo["efforts"].set_index("id")
    agreed = efforts[efforts["state"].isin(["agreed", "proposed"])]
    budgeted = set(almelo["budget"]["effort"])
    assert set(agreed.loc[sorted(budgeted), "title"]) == {effort for _, effort in BUDGET}
    named = " | ".join(agreed.drop(index=sorted(budgeted))["title"]).lower()
    for phrase in ("binnenstadsmonitor", "binnenstadspartners over hun bijdrage", "uitvoeringsprogramma",
                   "communicatiestrategie", "flanken", "fysieke verbindingen", "streekproducten"):  # fmt: skip
        assert phrase in named
    states = ["agreed", "proposed", "to_be_developed"]
    assert efforts["state"].isin(states).all(), "in March 2019 nothing runs or is done"


def test_what_the_contract_gives_as_an_example_is_no_agreement_and_no_lead_is_its_own(almelo: Programme) -> None:
    efforts = almelo["efforts"].set_index("id")
    named = ["communicatiestrategie", "streekproducten", "transformatie", "verbindingen"]
    assert efforts.index[efforts["state"] == "proposed"].tolist() == named
    assert efforts["maybe_same_as"].dropna().to_dict() == {
        "aantrekkelijker": "partnerafspraken", "gevels": "gevelfonds", "transformatiegebieden": "transformatie",
    }  # fmt: skip
    led = efforts[efforts["lead_partner"].notna()]
    assert (led[["lead_judged_by", "role_judged_by"]] == "onderzoeker").all(axis=None)
    assert led["note"].str.contains("Trekker en rol: oordeel onderzoeker.", regex=False).all()
    assert "**Trekker en rol**" in SOURCE


def test_each_track_has_one_empty_place_for_efforts_with_partners(almelo: Programme) -> None:
    empty = almelo["efforts"].query("state == 'to_be_developed'")
    assert sorted(empty["track"]) == list(TRACKS)
    assert empty[["lead_partner", "role", "start", "end"]].isna().all(axis=None)
    for table in ("budget", "effort_indicators", "interests"):
        assert not set(almelo[table]["effort"].dropna()) & set(empty["id"])


def test_the_parking_pilot_runs_three_years_and_the_greening_is_for_2019(almelo: Programme) -> None:
    efforts = almelo["efforts"].set_index("id")
    pilot, green = efforts.loc["parkeren"], efforts.loc["vergroenen"]
    assert (pilot["start"].year, pilot["end"].year) == (2019, 2021)
    assert green[["start", "end"]].isna().all()  # the contract gives a budget year, no dates
    assert almelo.titles("partners")[green["lead_partner"]] == "Stichting Bomenstad Almelo"


def test_a_track_that_is_a_judgement_says_so(almelo: Programme) -> None:
    budgeted = almelo["efforts"][almelo["efforts"]["id"].isin(almelo["budget"]["effort"])]
    placed = budgeted[budgeted["track"].notna()]
    assert placed["note"].str.contains("oordeel onderzoeker").all()
    assert budgeted.loc[budgeted["track"].isna(), "title"].tolist() == ["Overige inspanningen"]


# --- money


def test_every_budget_row_is_that_of_the_contract_and_no_other(almelo: Programme) -> None:
    budget = almelo["budget"].assign(effort=almelo["budget"]["effort"].map(almelo.titles("efforts")))
    found = budget.set_index(["fund", "effort", "year"])["amount_eur"].to_dict()
    assert found == {(*key, year): amount for key, years in BUDGET.items() for year, amount in years.items()}


def test_the_sums_are_those_the_contract_names(almelo: Programme) -> None:
    budget = almelo["budget"]
    pilot = budget["effort"] == "parkeren"
    assert budget[pilot].groupby("year")["amount_eur"].sum().to_dict() == dict.fromkeys((2019, 2020, 2021), 300_000)
    rest = budget[~pilot & (budget["fund"] == PROGRAMME)].groupby("year")["amount_eur"].sum()
    assert rest.to_dict() == dict.fromkeys((2019, 2020, 2021, 2022), 150_000)
    whole = budget.groupby("fund")["amount_eur"].sum().to_dict()
    assert whole == {PROGRAMME: 1_500_000, ARRANGEMENT: 199_200, BUDGET_19: 50_000}


def test_the_column_headed_2020_twice_is_explained_where_it_is_read_as_2022(almelo: Programme) -> None:
    notes = almelo["budget"].set_index("year")["note"]
    assert notes[2022].str.contains("2020").all()
    assert notes[2022].str.contains("2022").all()
    assert notes.drop(2022).isna().all()


def test_the_tax_is_in_force_until_the_biz_takes_its_place_and_whose_text_was_not_found_is_said(almelo: Programme):
    levies = almelo["levies"]
    assert levies["instrument"].tolist() == ["advertising_tax", "advertising_tax", "biz"]
    assert levies["until"].dt.strftime("%Y-%m-%d").dropna().tolist() == ["2021-12-31"]
    late = levies[levies["source"].str.contains("CVDR664599")]
    assert len(late) == 2 and late["note"].str.contains("tekst van de verordening is niet gevonden").all()
    assert (late["published"] == "2022-01-01").all()


def test_every_amount_has_the_day_on_which_it_was_known(almelo: Programme) -> None:
    for table, state in (("budget", True), ("payments", True), ("budget_totals", True), ("scenario_lines", False)):
        assert almelo[table]["published"].notna().all()
        assert not state or (almelo[table]["state"] == "original").all()
    contract = almelo["payments"].dropna(subset="fund")
    assert (contract["published"] == "2019-03-31").all(), "the contract is of March 2019"
    assert (almelo["payments"].query("instrument == 'advertising_tax'")["published"] == "2018-11-15").all()


def test_what_partners_bring_in_is_what_each_fund_spends_each_year(almelo: Programme) -> None:
    payments, budget = almelo["payments"].dropna(subset="fund"), almelo["budget"]
    paid = payments.groupby(["fund", "year"])["amount_eur"].sum()
    pd.testing.assert_series_equal(paid, budget.groupby(["fund", "year"])["amount_eur"].sum())
    assert set(payments.loc[payments["fund"] == ARRANGEMENT, "partner"]) == {"provincie"}
    assert set(payments.loc[payments["fund"] != ARRANGEMENT, "partner"]) == {"gemeente"}


def test_the_advertising_tax_stands_as_published_then_as_expected_and_the_levy_of_2022_has_no_amount(
    almelo: Programme,
) -> None:
    """The budget of 2019: 125 (x 1,000 euro) for 2018 and for 2019; of later years no amount is published."""
    beside = almelo["payments"].query("fund.isna() and instrument != 'subsidy'").set_index("year")
    assert beside["amount_eur"].to_dict() == dict.fromkeys((2019, 2020, 2021), 125_000)
    assert set(zip(beside["partner"], beside["instrument"], strict=True)) == {("ondernemers", "advertising_tax")}
    assert beside["certainty"].to_dict() == {2019: "certain", 2020: "expected", 2021: "expected"}
    levy = almelo["levies"].query("instrument == 'biz'").iloc[0]
    assert "Van 2021 is geen bedrag bekend" in beside.loc[2021, "note"]
    for text in (levy["source"] + levy["note"], almelo.row("scenarios", "vandaag")["note"], SOURCE):
        assert "CVDR664599" in text and "niet bekend" in text


@pytest.mark.parametrize("year", [2019, 2020, 2021])
def test_a_higher_advertising_tax_is_set_against_that_of_now_in_every_year(almelo: Programme, year: int) -> None:
    """0.0018 x 90,000,000 is 162,000: 37,000 more than 125,000, and less than the surcharge brings in all."""
    tables = almelo.known_by(almelo.moment(str(year))).tables
    ahead = outlook_of(tables, year, balance_of(tables, year).benefit)
    assert ahead.paid.loc["ondernemers", "reclamebelasting"] - ahead.paid.loc["ondernemers", "vandaag"] == 37_000
    assert ahead.scenarios["net"].idxmax() == "ozb"


def test_the_promotion_subsidy_stands_beside_the_budget_without_what_is_in_the_tax_already(almelo: Programme) -> None:
    """676.750 a year, of which 115.000 comes through the fund that the advertising tax fills."""
    rows = almelo["payments"].query("instrument == 'subsidy' and fund.isna()")
    assert rows[["partner", "year", "amount_eur"]].to_numpy().tolist() == [
        ["gemeente", year, 676_750 - 115_000] for year in (2019, 2020, 2021)
    ]
    assert rows["certainty"].eq("expected").all() and (rows["published"] == "2017-01-31").all()
    for text in (*rows["note"], SOURCE):
        assert all(amount in text for amount in ("676.750", "75.000", "225.000", "115.000"))
    ahead = outlook_of(almelo.tables, 2019, balance_of(almelo.tables, 2019).benefit)
    assert ahead.scenarios.loc["vandaag", "net"] == 824_200, "it pays for the whole city, not for the programme"


def test_the_programme_runs_for_the_four_years_of_its_budget(almelo: Programme) -> None:
    assert (almelo.start.isoformat(), almelo.end.isoformat()) == ("2019-01-01", "2022-12-31")
    assert sorted(almelo["budget"]["year"].unique()) == [2019, 2020, 2021, 2022]


# --- people, partners, risks


def test_the_team_has_the_hours_of_the_contract_and_no_other_role_has_any(almelo: Programme) -> None:
    team = almelo["team"].set_index("title")["hours_per_year"]
    assert team.dropna().to_dict() == HOURS
    assert {"Bestuurlijk opdrachtgever", "Ambtelijk opdrachtgever", "Projectgroepen", "Kennispunt"} <= set(team.index)


def test_the_partners_are_those_the_contract_names(almelo: Programme) -> None:
    assert set(almelo.titles("partners")) == {
        "Gemeente Almelo", "Provincie Overijssel", "Ondernemers", "Vastgoedeigenaren", "Ontwikkelaars en investeerders",
        "Culturele instellingen", "Bewoners", "Stichting Bomenstad Almelo",
    }  # fmt: skip


def test_every_risk_of_the_contract_is_there_and_nobody_has_scored_one(almelo: Programme) -> None:
    titles = almelo["risks"]["title"].tolist()
    for heading in (
        "Nieuwe werkwijze", "Verschillende verwachtingen en weerstand", "Onvoldoende beschikbaarheid van medewerkers",
        "Veranderende politieke landschappen", "Concurrerend aanbod elders in de gemeente",
        "Te veel woningen buiten de binnenstad", "Bijdrage van partners",
    ):  # fmt: skip
        assert sum(title.startswith(heading) for title in titles) == 1, heading
    risks = almelo["risks"]
    assert risks[["owner", "due"]].isna().all(axis=None)
    assert risks[["cause", "consequence"]].notna().all(axis=None)
    assert risks["state"].eq("open").all()
    assert almelo["risk_scores"].empty
    assert risks.groupby("threatens")["id"].agg(list).to_dict() == {
        "goals": ["concurrentie", "woningbouw"], "efforts": ["capaciteit", "projectrisico"],
        "programme": ["partnerbijdrage", "politiek", "weerstand", "werkwijze"],
    }  # fmt: skip
    links = almelo["risk_links"]
    assert links["effort"].isna().all(), "the contract names no single effort"
    assert list(zip(links["risk"], links["goal"], strict=True)) == [
        ("concurrentie", "1"), ("concurrentie", "2"), ("woningbouw", "2"),
    ]  # fmt: skip


def test_the_programme_manager_holds_the_budget_of_what_she_commissions_or_directs(almelo: Programme) -> None:
    efforts = almelo["efforts"]
    holds = efforts["budget_holder"] == "programmamanager"
    assert (holds == efforts["role"].isin(["commissioner", "direction"])).all()
    assert efforts.loc[~holds, "budget_holder"].isna().all()
    assert holds.sum() == 14


def test_only_the_executive_sets_the_goals_and_the_scope(almelo: Programme, english: Programme) -> None:
    assert almelo["goals"]["owner"].eq("college").all()
    assert (almelo.scope_body, english.scope_body) == ("college", "executive")


# hashes of the lower-cased names of the two office holders in the source, so that no name stands here
NAMES = {
    "5d18ffe866ef3fab08def034952731946bc777dff9fae0a19bfb59a374fd29fc",
    "57722940c641305c9411b94c6d77648a35f2fe98bfbbaf236c0b9e466a75a847",
    "8d1502a9660eac6b3d703895035865e67ac097e7abef78bf893cc9ed9380fabd",
}


def test_no_person_of_the_source_is_named_anywhere_in_the_data() -> None:
    texts = [path.read_text(encoding="utf-8-sig") for path in (ROOT / "data").rglob("*") if path.is_file()]
    words = {word for text in texts for word in re.findall(r"\w+", unicodedata.normalize("NFC", text).lower())}
    assert {"overijssel", "programmamanager", "stadscafés"} <= words
    assert not {word for word in words if hashlib.sha256(word.encode()).hexdigest() in NAMES}


def test_roles_are_offices_without_a_titled_person(almelo: Programme) -> None:
    for table in almelo.tables.values():
        for text in table.select_dtypes("str").fillna("").to_numpy().ravel():
            assert not re.search(r"\b([Ww]ethouder|[Dd]irecteur|[Dd]hr\.?|[Mm]evr\.?) (van |de )*[A-Z]", text)


# --- judgements and measurements


def test_judgements_are_marked_as_the_researchers(almelo: Programme) -> None:
    for table, column, allowed in (("effort_indicators", "strength", {1, 2, 3}), ("interests", "weight", {1, 2, 3})):
        assert almelo[table]["judged_by"].eq("onderzoeker").all()
        assert set(almelo[table][column]) <= allowed
    assert set(almelo["effort_indicators"]["indicator"]) == set(OPERATIONAL), "every goal has an effort"
    assert set(almelo["interests"]["goal"].dropna()) == set(GOALS), "every goal has a partner"


def test_every_budgeted_effort_has_beneficiaries(almelo: Programme) -> None:
    """By its own interests, or through the goals it works on."""
    reached = set(almelo["effort_indicators"]["effort"]) | set(almelo["interests"]["effort"].dropna())
    assert set(almelo["budget"]["effort"]) <= reached


def test_every_measured_value_is_marked_illustrative(almelo: Programme) -> None:
    values = almelo["measurements"]
    assert len(values) > 60
    assert values["illustrative"].all()
    assert values["source"].str.startswith("Illustratief").all()
    assert not values["method_break"].any()


def test_each_goal_is_measured_from_2016_to_2022_but_for_one_year(almelo: Programme) -> None:
    values = almelo["measurements"]
    measured = set(zip(values["indicator"], values["date"].dt.year, strict=True)) | {("1a", 2016)}
    expected = {(code, year) for code in OPERATIONAL for year in range(2016, 2023)}
    assert expected - measured == {("4b", 2019)}
    assert measured <= expected


def test_exactly_one_value_is_provisional_and_says_why(almelo: Programme) -> None:
    provisional = almelo["measurements"].query("status == 'provisional'")
    assert len(provisional) == 1
    assert provisional["note"].notna().all()


def test_exactly_one_value_is_revised_by_a_later_publication(almelo: Programme) -> None:
    values = almelo["measurements"]
    twice = values[values.duplicated(["indicator", "date"], keep=False)].sort_values("published")
    assert len(twice) == 2
    assert twice["published"].is_monotonic_increasing
    assert twice["published"].nunique() == twice["value"].nunique() == 2
    assert twice["note"].notna().tolist() == [False, True]


def test_2020_is_a_dip_for_most_goals_and_deepest_for_visitors(almelo: Programme) -> None:
    values = almelo["measurements"].sort_values("published")
    table = values.assign(year=values["date"].dt.year).pivot_table("value", "year", "indicator", "last").ffill()
    change = table.loc[2020] / table.loc[2019] - 1
    falling = change.where(almelo["indicators"].set_index("id")["direction"] == "at_least", -change)
    assert (falling < 0).sum() >= 6
    counts = falling[["1a", "3a", "3b", "4a", "5a"]]
    assert counts.idxmin() == "1a"
    assert counts["1a"] < -0.2


def test_no_series_is_a_straight_line(almelo: Programme) -> None:
    for _, values in almelo["measurements"].groupby("indicator")["value"]:
        assert values.diff().round(6).nunique() > 2


def test_values_are_published_after_the_fact_and_surveys_count_their_answers(almelo: Programme) -> None:
    values = almelo["measurements"].merge(almelo["indicators"][["id", "kind"]], left_on="indicator", right_on="id")
    assert (values["published"] > values["date"]).all()
    survey = values["kind"].str.startswith("survey")
    assert values.loc[survey, "respondents"].between(500, 2000).all()
    assert values.loc[~survey, ["respondents", "standard_error"]].isna().all(axis=None)
    marks = values[values["kind"] == "survey_mean"]
    spread = marks["standard_error"] * marks["respondents"] ** 0.5
    assert spread.between(1, 2).all(), "marks out of ten spread by one to two points"


# --- form


def test_every_fact_names_its_place_in_the_contract(almelo: Programme) -> None:
    tables = ("goals", "indicators", "tracks", "efforts", "budget", "partners", "risks", "risk_links", "team")
    for table in (*tables, "claims", "criteria", "outside", "areas"):
        rows = almelo[table]
        elsewhere = rows["published"].notna() if table == "efforts" else pd.Series(False, rows.index)
        in_contract = rows["source"].str.startswith("Programmacontract Binnenstad (maart 2019)")
        assert in_contract.eq(~elsewhere).all(), table


def test_nine_measures_of_track_1_are_of_the_perspective_note_of_june_2019(almelo: Programme) -> None:
    later = almelo["efforts"].dropna(subset=["published"])
    assert len(later) == 9
    assert later["source"].str.contains("almelo2019.perspectiefnota.nl/p3052", regex=False).all()
    # the note names no lead, no amount and no contribution: nothing of it is invented
    assert later[["lead_partner", "role", "budget_holder", "start", "end"]].isna().all(axis=None)
    assert set(later["track"]) == {"1"} and set(later["state"]) == {"agreed"}
    assert set(later["published"]) == {pd.Timestamp("2019-06-27")}
    for table in ("budget", "effort_indicators", "interests"):
        assert not almelo[table]["effort"].isin(later["id"]).any()


@pytest.mark.parametrize("table", [name for name in contract() if "title_en" in columns(name)])
def test_every_title_has_an_english_twin_of_its_own(almelo: Programme, english: Programme, table: str) -> None:
    for name in [name[:-3] for name in columns(table) if name.endswith("_en")]:
        same = almelo[table][name] == english[table][name]
        assert almelo[table].loc[same, name].tolist() == []


@pytest.mark.parametrize("table", [name for name in contract() if (ALMELO / f"{name}.csv").exists()])
def test_each_table_opens_in_a_dutch_excel_with_the_columns_of_the_contract_in_its_order(table: str) -> None:
    raw = (ALMELO / f"{table}.csv").read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.endswith(b"\r\n")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    head = raw[3:].split(b"\r\n")[0].decode().split(";")
    # what Almelo has no use for (a path that grows, a season, weeks, bridges, a rank) it leaves out
    unused = {"path_shape", "seasonal", "effective_respondents", "valid_weeks", "bridge", "bridge_error"}
    unused |= {"exceptional", "exceptional_reason", "exceptional_reason_en", "rank", "deducted"}
    unused |= {"minimum_eur", "maximum_eur"}
    assert head == [name for name in columns(table) if name not in unused]


def test_the_origin_file_tells_what_is_real_illustrative_and_judged() -> None:
    text = (ALMELO / "SOURCE.md").read_text(encoding="utf-8")
    for word in ("Programmacontract Binnenstad", "Echt", "Illustratief", "Oordeel van de onderzoeker", "2022"):
        assert word in text
