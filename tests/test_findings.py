"""Sentences: what a council member reads, in correct Dutch, with the numbers of the frame."""

import re

import numpy as np
import pandas as pd
import pytest

from binnenstad import finance
from binnenstad.allocation import fairness, keys
from binnenstad.blocks import status_label
from binnenstad.efforts import unlinked
from binnenstad.findings import goals as find
from binnenstad.findings import money
from binnenstad.findings import splits as splits_
from binnenstad.goals import KNOWN, UNKNOWN, assess, series
from binnenstad.programme import Moment
from binnenstad.text import Words

EN = Words("en")
EUR = "€\u00a0"
STATUSES = [*KNOWN, *UNKNOWN]


@pytest.fixture(scope="module")
def moment(almelo) -> Moment:
    return almelo.moment("2019Q4")


@pytest.fixture(scope="module")
def tables(almelo, moment):
    return almelo["indicators"], almelo["measurements"], moment.reference, moment.as_of


@pytest.fixture
def assessed(tables) -> pd.DataFrame:
    return assess(*tables)


@pytest.fixture
def visitors(assessed) -> pd.DataFrame:
    """Goal 1a, the one with a baseline."""
    return assessed.iloc[[0]].copy()


def shares(cost: dict[str, float], benefit: dict[str, float]) -> pd.DataFrame:
    return fairness.compare_shares(eur(cost), eur(benefit))


def eur(amounts: dict[str, float]) -> pd.Series:
    return pd.Series(amounts, dtype=float)


def assert_clean(sentences: list[str]) -> None:
    """Whole sentences, nothing left unfilled, no missing value written out."""
    assert sentences
    for sentence in sentences:
        assert sentence[-1] in ".?!" and not sentence.endswith("..")
        assert not re.search(r"[{}]|\bnan\b|\bNaT\b|\bNone\b|\binf\b|  | [.,;]", sentence), sentence


# the goals


def test_the_lead_of_almelo_counts_the_goals(assessed, moment, nl):
    lead = find.lead_goals(assessed, moment, nl)
    counts = assessed["status"].value_counts()
    assert sum(int(n) for n in re.findall(r"(?:: |, | en )(\d+) ", lead.split(". ")[0])) == len(assessed)
    assert f"{counts['not_met_no_baseline']} nog niet (geen nulmeting)" in lead
    assert lead.endswith("Van 7 doelen is niet te zeggen of ze op koers liggen: een bruikbare nulmeting ontbreekt.")
    assert "31 december 2019" in lead


def test_one_goal_without_baseline_is_spoken_of_in_the_singular(assessed, moment, nl):
    lead = find.lead_goals(assessed.iloc[[0, 1]], moment, nl)
    assert lead.endswith("Van 1 doel is niet te zeggen of het op koers ligt: een bruikbare nulmeting ontbreekt.")


@pytest.mark.parametrize(
    ("statuses", "end"),
    [
        (["on_course", "no_measurement"], "1 doel is niet gemeten."),
        (["no_measurement", "no_measurement"], "2 doelen zijn niet gemeten."),
        (["on_course", "behind"], None),
    ],
)
def test_the_lead_says_how_many_goals_were_not_measured(assessed, moment, nl, statuses, end):
    lead = find.lead_goals(assessed.iloc[:2].assign(status=statuses), moment, nl)
    assert lead.endswith(end) if end else "gemeten" not in lead


def test_a_goal_measured_before_its_target_year_is_not_called_unmeasured(visitors, moment, nl):
    lead = find.lead_goals(visitors.assign(status="not_measured_in_target_year"), moment, nl)
    assert lead.endswith(": 1 niet gemeten in het doeljaar. 1 doel is in het doeljaar niet gemeten.")
    assert "1 doel is niet gemeten" not in lead


@pytest.mark.parametrize("status", STATUSES)
@pytest.mark.parametrize("words", [Words("nl"), EN], ids=["nl", "en"])
def test_every_status_has_a_word_and_a_place_in_the_count(visitors, moment, words, status):
    lead = find.lead_goals(visitors.assign(status=status), moment, words)
    assert f"1 {status_label(status, words)}" in lead
    assert_clean([lead, *find.describe_goals(visitors.assign(status=status), words)])


def test_goals_are_counted_from_best_to_worst_with_the_unknown_last(assessed, nl):
    mixed = pd.concat([assessed, assessed]).iloc[: len(STATUSES)].assign(status=STATUSES[::-1])
    phrase = find.count_goals(mixed, nl)
    places = [phrase.index(f"1 {status_label(status, nl)}") for status in STATUSES]
    assert places == sorted(places)
    assert " en 1 " in phrase and phrase.count(" en 1 ") == 1


def test_a_broken_norm_is_not_called_exceeded_when_it_was_a_lower_bound(visitors, nl):
    label = find.describe_goals(visitors.assign(status="norm_broken", keep=True, direction="at_least"), nl)[0]
    assert label.startswith("1a Aantal bezoekers per week van het centrum: norm niet gehaald. ")
    assert "overschreden" not in label


def test_a_goal_is_described_by_its_own_figures(visitors, nl):
    goal = visitors.iloc[0]
    assert find.describe_goals(visitors, nl) == [
        "1a Aantal bezoekers per week van het centrum: loopt achter. Gemeten: 96.000 bezoekers per week "
        "(31 december 2019); streefwaarde: minstens 100.000. 43% van de afgesproken verandering is bereikt; dat is "
        "5 maanden achter op het pad. Nodig is +1.333 per jaar; sinds 2016 was de verandering gemiddeld "
        "+1.000 per jaar."
    ]
    assert (goal["attainment"], round(goal["lead"] * 12)) == (pytest.approx(3 / 7), -5)
    assert goal["needed_per_year"] == pytest.approx(4000 / 3)


def test_every_goal_of_almelo_gets_clean_sentences_with_its_value_and_target(assessed, nl):
    sentences = find.describe_goals(assessed, nl)
    assert_clean(sentences)
    for goal, sentence in zip(assessed.itertuples(), sentences, strict=True):
        assert sentence.startswith(f"{goal.id} {goal.title}: ")
        assert nl.quantity(goal.value, goal.unit, goal.unit_label, goal.target) in sentence
        assert (nl.at_least if goal.direction == "at_least" else nl.at_most)(
            nl.measure(goal.target, goal.unit)
        ) in sentence
        assert ("bereikt" in sentence) is pd.notna(goal.baseline)
        assert ("Dit cijfer is verouderd." in sentence) is bool(goal.stale)
        assert ("Nodig is " in sentence) is not bool(goal.met)


@pytest.mark.parametrize(
    ("months", "words", "end"),
    [
        (0.0, "nl", "is bereikt; dat is vrijwel op het pad."),
        (0.4, "nl", "is bereikt; dat is vrijwel op het pad."),
        (1.0, "nl", "is bereikt; dat is 1 maand voor op het pad."),
        (-1.0, "nl", "is bereikt; dat is 1 maand achter op het pad."),
        (-0.5, "nl", "is bereikt; dat is 1 maand achter op het pad."),
        (14.0, "nl", "is bereikt; dat is 14 maanden voor op het pad."),
        (-26.0, "nl", "is bereikt; dat is 26 maanden achter op het pad."),
        (1.0, "en", "has been reached; that is 1 month ahead of the path."),
        (-26.0, "en", "has been reached; that is 26 months behind the path."),
    ],
)
def test_months_ahead_of_or_behind_the_path(visitors, months, words, end):
    goal = visitors.assign(lead=months / 12, needed_per_year=np.nan)
    assert find.describe_goals(goal, Words(words))[0].endswith(end)


def test_the_month_in_the_sentence_is_the_month_in_the_table(visitors, nl):
    for months in np.arange(0.1, 3, 0.2):
        sentence = find.describe_goals(visitors.assign(lead=-months / 12), nl)[0]
        written = nl.number(abs(visitors.assign(lead=-months / 12)["lead"].iloc[0] * 12))
        said = "bereikt; dat is vrijwel op het pad." if written == "0" else f"bereikt; dat is {written} maand"
        assert said in sentence


@pytest.mark.parametrize(("value", "label", "share"), [(96_000, "niet behaald", "43%"), (101_400, "behaald", "120%")])
def test_once_the_target_year_is_measured_no_months_are_named(tables, nl, value, label, share):
    """There is no path left to be ahead of."""
    indicators, measurements, *moments = tables
    due = indicators.iloc[[0]].assign(target_date=pd.Timestamp("2019-12-31"))
    rows = measurements[measurements["indicator"] == "1a"]
    rows = rows.assign(value=rows["value"].where(rows["date"] < "2019-12-31", float(value)))
    goal = assess(due, rows, *moments)
    assert goal["lead"].notna().all()
    assert find.describe_goals(goal, nl) == [
        f"1a Aantal bezoekers per week van het centrum: {label}. Gemeten: {nl.number(value)} bezoekers per week "
        f"(31 december 2019); streefwaarde: minstens 100.000. {share} van de afgesproken verandering is bereikt."
    ]


@pytest.mark.parametrize(("attainment", "share"), [(-0.4, "−40%"), (-1.2, "−120%")])
def test_a_goal_that_worsened_is_not_said_to_have_reached_something(visitors, nl, attainment, share):
    goal = visitors.assign(attainment=attainment, lead=-4.0, status="worsening", needed_per_year=np.nan)
    sentence = find.describe_goals(goal, nl)[0]
    assert sentence.endswith(
        f" De stand ligt verder van het doel dan bij de nulmeting ({share} van de afgesproken verandering)."
    )
    assert "bereikt" not in sentence


def test_a_goal_to_keep_a_level_has_no_agreed_change(visitors, tables, nl):
    keep = tables[0].iloc[[0]].assign(target_kind="absolute", target_value=90_000.0)
    goal = assess(keep, *tables[1:])
    assert goal["keep"].all() and goal["met"].all()
    sentence = find.describe_goals(goal, nl)[0]
    assert goal["attainment"].isna().all()
    assert sentence == (
        "1a Aantal bezoekers per week van het centrum: norm gehaald. Gemeten: 96.000 bezoekers per week "
        "(31 december 2019); streefwaarde: minstens 90.000."
    )


def test_a_goal_without_target_says_that_it_is_unknown(visitors, nl):
    goal = visitors.assign(
        target=np.nan, attainment=np.nan, lead=np.nan, needed_per_year=np.nan, status="no_target", certainty=""
    )
    assert find.describe_goals(goal, nl)[0].endswith("geen streefwaarde. Gemeten: 96.000 bezoekers per week "
                                                     "(31 december 2019); streefwaarde: onbekend.")  # fmt: skip


def test_a_goal_without_measurement_says_no_more_than_that(tables, nl):
    unmeasured = assess(tables[0], tables[1].iloc[:0], *tables[2:])
    sentences = find.describe_goals(unmeasured, nl)
    assert sentences == [f"{goal.id} {goal.title}: geen meting." for goal in unmeasured.itertuples()]


def test_without_earlier_value_only_what_is_needed_is_said(visitors, nl):
    goal = visitors.assign(change_per_year=np.nan)
    assert find.describe_goals(goal, nl)[0].endswith(" op het pad. Nodig is +1.333 per jaar.")


def ids(assessed: pd.DataFrame, found: pd.Series, words: Words) -> str:
    return words.listing(list(assessed.loc[found, "id"]))


def test_what_is_unknown_about_the_goals_of_almelo(assessed, almelo, moment, nl):
    notes = find.unknown_about_goals(assessed, almelo["measurements"], moment, nl)
    assert_clean(notes)
    without = ids(assessed, assessed["baseline"].isna(), nl)
    assert f"Er is geen nulmeting afgesproken, dus doelbereik en tempo zijn niet te berekenen: {without}." in notes
    assert f"Het cijfer is voorlopig: {ids(assessed, assessed['provisional'], nl)}." in notes
    assert "Het laatste cijfer is verouderd: 4b." in notes
    assert "Geen marge bekend, dus een verschil kan toeval zijn: 1a." in notes
    assert "Het verschil met het doel valt binnen de marge van de enquête: 3b en 4c." in notes
    assert not any("verschenen" in note for note in notes)


def test_values_published_later_are_counted_and_left_out(almelo, nl):
    moment = almelo.moment("2018Q4")
    rows = almelo["measurements"]
    later = rows[(rows["date"] <= moment.reference) & (rows["published"] > moment.as_of)]
    tables = almelo["indicators"], rows, moment.reference, moment.as_of
    notes = find.unknown_about_goals(assess(*tables), rows, moment, nl)
    assert len(later) == 1
    assert notes[-1] == "1 cijfer over deze periode is na 14 februari 2019 verschenen en niet gebruikt."
    twice = pd.concat([rows, later])
    assert find.unknown_about_goals(assess(*tables), twice, moment, nl)[-1].startswith(
        "2 cijfers over deze periode zijn"
    )


def test_goals_never_measured_are_named(tables, moment, nl):
    unmeasured = assess(tables[0], tables[1].iloc[:0], *tables[2:])
    notes = find.unknown_about_goals(unmeasured, tables[1].iloc[:0], moment, nl)
    assert notes == ["Niet gemeten: 1a, 2a, 2b, 3a, 3b, 4a, 4b, 4c en 5a."]


def test_a_final_measurement_still_to_come_is_announced(almelo, nl):
    moment = almelo.moment("2022Q1")
    tables = almelo["indicators"], almelo["measurements"], moment.reference, moment.as_of
    pending = assess(*tables)
    notes = find.unknown_about_goals(pending, almelo["measurements"], moment, nl)
    assert f"De eindmeting volgt nog: {ids(pending, pending['final_pending'], nl)}." in notes


def test_a_method_break_is_named(visitors, almelo, moment, nl):
    goal = visitors.assign(broken=True, baseline=np.nan)
    notes = find.unknown_about_goals(goal, almelo["measurements"], moment, nl)
    assert "Er wordt anders gemeten dan bij de nulmeting, dus doelbereik is niet te berekenen: 1a." in notes
    assert not any("geen nulmeting" in note for note in notes)


def test_goals_of_which_all_is_known_are_said_to_be_complete(visitors, almelo, moment, nl):
    known = visitors.assign(certainty="certain")
    notes = find.unknown_about_goals(known, almelo["measurements"], moment, nl)
    assert notes == ["Elk doel heeft een nulmeting, een streefwaarde en een recent cijfer."]


@pytest.mark.parametrize(
    ("hole", "note"),
    [
        ({"target": np.nan, "status": "no_target"}, "Er is geen streefwaarde afgesproken: 1a."),
        ({"status": "invalid"}, "De invoer klopt niet, dus er is niets berekend: 1a."),
    ],
)
def test_goals_with_a_hole_are_not_said_to_be_complete(visitors, almelo, moment, nl, hole, note):
    notes = find.unknown_about_goals(visitors.assign(certainty="certain", **hole), almelo["measurements"], moment, nl)
    assert notes == [note]


def network(states: list[str]) -> pd.DataFrame:
    return pd.DataFrame({"id": [f"e{n}" for n in range(len(states))], "state": states})


def test_what_is_unknown_about_the_efforts_is_named(nl):
    states = ["running", "to_be_developed", "to_be_developed"]
    loose, bare = pd.Series(["Kermis"]), pd.Series(["Bezoekers", "Leegstand", "Groen"])
    assert find.unknown_about_efforts(network(states), loose, bare, nl) == [
        "Aan geen doel gekoppeld: Kermis.",
        "Doelen zonder inspanning: Bezoekers, Leegstand en Groen.",
        "2 inspanningen moeten nog met de partners worden ontwikkeld.",
    ]
    assert find.unknown_about_efforts(network(states[1:2]), loose.iloc[:0], bare.iloc[:0], nl) == [
        "1 inspanning moet nog met de partners worden ontwikkeld."
    ]


def test_of_efforts_that_are_all_linked_and_filled_nothing_is_unknown(nl):
    none = pd.Series(dtype=str)
    assert find.unknown_about_efforts(network(["running"]), none, none, nl) == []
    assert find.unknown_about_efforts(network([]), none, none, nl) == []


def test_what_is_unknown_about_the_efforts_of_almelo(almelo, nl):
    loose = unlinked(*(almelo[name] for name in ("efforts", "indicators", "effort_indicators")))
    notes = find.unknown_about_efforts(almelo["efforts"], *loose, nl)
    empty = int((almelo["efforts"]["state"] == "to_be_developed").sum())
    assert_clean(notes)
    assert len(notes) == sum(map(bool, (len(loose[0]), len(loose[1]), empty)))
    for title in (*loose[0], *loose[1]):
        assert sum(title in note for note in notes) == 1
    assert [note for note in notes if note.startswith(f"{empty} inspanning")] == notes[-1:]


def test_the_bars_are_titled_by_how_many_there_are(assessed, nl):
    title, alt = find.about_attainment(assessed, nl)
    assert title == "Van 1 van de 9 doelen is het doelbereik te berekenen"
    assert alt == " ".join(find.describe_goals(assessed, nl))


def test_the_trends_are_titled_by_how_many_moved_the_right_way(assessed, tables, nl):
    values = series(*tables)
    title, alt = find.about_trends(assessed, values, nl)
    right = 0
    for goal in assessed.itertuples():
        own = values.loc[values["indicator"] == goal.id, "value"]
        right += (own.iloc[-1] - own.iloc[0]) * (1 if goal.direction == "at_least" else -1) > 0
    assert right == len(assessed) == 9
    assert title == "Alle 9 doelen bewogen de goede kant op"
    assert alt.startswith("1a: van 94.100 in 2017 naar 96.000 in 2019. 2a: van 2.700 in 2016 naar 1.880 in 2019.")


def test_a_trend_of_one_value_is_no_trend(assessed, tables, nl):
    title, alt = find.about_trends(assessed.assign(change_per_year=np.nan), series(*tables).iloc[:1], nl)
    assert alt.startswith("1a: minder dan twee vergelijkbare waarden. 2a: minder dan twee vergelijkbare waarden.")
    assert title == "Van geen doel is al een ontwikkeling bekend"


def test_the_title_of_the_trends_counts_who_moved_the_wrong_way_and_speaks_of_one_goal_as_one(assessed, tables, nl):
    values = series(*tables)
    turned = assessed.assign(direction=assessed["direction"].where(assessed["id"] != "1a", "at_most"))
    titles = [find.about_trends(goals, values, nl)[0] for goals in (turned, turned.iloc[[0]], assessed.iloc[[0]])]
    assert titles == [
        "De goede kant op: 8 van de 9 doelen waarvan een ontwikkeling bekend is",
        "Het doel bewoog niet de goede kant op",
        "Het doel bewoog de goede kant op",
    ]


def test_a_value_above_the_baseline_is_the_right_way_though_it_is_the_first(almelo, nl):
    moment, values = almelo.moment("2017Q4"), almelo["measurements"]
    only = values[(values["indicator"] == "1a") & (values["date"].dt.year == 2017)]
    goals = almelo["indicators"].iloc[[0]]
    judged = assess(goals, only, moment.reference, moment.as_of)
    trend = series(goals, only, moment.reference, moment.as_of)
    assert find.about_trends(judged, trend, nl)[0] == "Het doel bewoog de goede kant op"


def test_values_before_a_method_break_are_not_compared_with_those_after(almelo, nl):
    moment, values = almelo.moment("2019Q4"), almelo["measurements"]
    broken = values.assign(method_break=(values["indicator"] == "2a") & (values["date"].dt.year == 2018))
    tables = almelo["indicators"], broken, moment.reference, moment.as_of
    _, alt = find.about_trends(assess(*tables), series(*tables), nl)
    assert "2a: van 2.130 in 2018 naar 1.880 in 2019." in alt


def test_an_unmet_goal_never_reads_as_its_target_in_the_alt_text(almelo, nl):
    moment = almelo.moment("2022Q4")
    tables = almelo["indicators"], almelo["measurements"], moment.reference, moment.as_of
    _, alt = find.about_trends(assess(*tables), series(*tables), nl)
    assert "3a: van 6,5 in 2016 naar 6,97 in 2022." in alt


def test_sources_are_named_once_each(assessed, nl):
    assert find.sources("Reserve", assessed, nl) == [
        f"Doelen, nulmetingen en streefwaarden: {assessed['source'].iloc[0]}.",
        f"Meetwaarden: {assessed['value_source'].iloc[0]}.",
    ]
    bare = assessed.assign(source=np.nan, value_source=np.nan)
    assert find.sources("Reserve", bare, nl) == ["Doelen, nulmetingen en streefwaarden: Reserve."]


def test_the_reading_guide_names_every_verdict_it_explains(nl):
    guide = find.how_to_read(nl)
    assert_clean(guide)
    for status in ("on_course", "behind", "far_behind", "worsening"):
        assert f"{status_label(status, nl).capitalize()}:" in " ".join(guide)


# the money


@pytest.fixture(scope="module")
def costs_2019(almelo):
    names = almelo.titles("partners")
    budget, payments = (finance.of_year(almelo[table], 2019) for table in ("budget", "payments"))
    return budget, payments, names


def test_the_lead_of_the_costs_names_every_payer_and_the_benefit_elsewhere(nl):
    paid = eur({"Provincie": 50_000, "Gemeente": 150_000, "Winkels": 0})
    benefit = eur({"Gemeente": 10, "Winkels": 60, "Bewoners": 30})
    assert money.lead_costs(paid, benefit, 200_000, 2019, nl) == (
        f"De programmabegroting van 2019 is {EUR}200.000. 2 partijen brengen geld op: Gemeente (75%) en "
        "Provincie (25%). "
        "Naar het oordeel van de onderzoeker komt 90% van de baten terecht bij partijen die niet aan de begroting "
        "meebetalen."
    )


def test_one_payer_who_is_the_only_one_to_benefit(nl):
    lead = money.lead_costs(eur({"Gemeente": 5}), eur({"Gemeente": 3}), 5, 2019, nl)
    assert lead == f"De programmabegroting van 2019 is {EUR}5. 1 partij brengt geld op: Gemeente (100%)."


def test_a_payer_nobody_knows_the_benefit_of(nl):
    lead = money.lead_costs(eur({"Gemeente": 5}), eur({}), 5, 2019, nl)
    assert lead == f"De programmabegroting van 2019 is {EUR}5. 1 partij brengt geld op: Gemeente (100%)."


@pytest.mark.parametrize(
    ("paid", "budgeted", "sentence"),
    [
        ({}, 0, "Voor 2017 is geen begroting bekend."),
        ({"Gemeente": 0}, 200, f"De begroting van 2017 is {EUR}200; wie die opbrengt, is niet bekend."),
        ({}, 200, f"De begroting van 2017 is {EUR}200; wie die opbrengt, is niet bekend."),
        ({"Gemeente": 150, "BIZ": 50}, 200, f"De begroting van 2017 is {EUR}200; 75% daarvan komt van Gemeente."),
        ({"Gemeente": 200}, 200, f"De hele begroting van 2017, {EUR}200, komt van Gemeente."),
        ({"Gemeente": 200, "BIZ": 0}, 200, f"De hele begroting van 2017, {EUR}200, komt van Gemeente."),
    ],
)
def test_one_sentence_on_the_budget_of_a_year(nl, paid, budgeted, sentence):
    assert money.lead_money(eur(paid), budgeted, 2017, nl) == sentence
    if not sum(paid.values()):
        assert money.lead_costs(eur(paid), eur({"BIZ": 1}), budgeted, 2017, nl) == sentence


def test_a_budget_that_is_paid_for_in_part_is_not_said_to_be_paid_in_full(nl):
    """Share of the budget, not of what came in: half of it has no payer yet."""
    paid, open_still = eur({"Gemeente": 100}), f"Voor {EUR}100 is geen betaler bekend."
    assert money.lead_money(paid, 200, 2019, nl) == (
        f"De begroting van 2019 is {EUR}200; 50% daarvan komt van Gemeente. {open_still}"
    )
    assert money.lead_costs(paid, eur({"Gemeente": 1}), 200, 2019, nl) == (
        f"De programmabegroting van 2019 is {EUR}200. 1 partij brengt geld op: Gemeente (50%). {open_still}"
    )


def test_money_beside_the_budget_is_named_with_its_instrument(costs_2019, nl):
    _, payments, names = costs_2019
    sentences = money.money_beside(payments, names, nl)
    beside = payments[payments["fund"].isna()]
    assert_clean(sentences)
    assert [nl.eur(amount) in sentence for amount, sentence in zip(beside["amount_eur"], sentences, strict=True)] == [
        True
    ]
    assert sentences == [
        f"Naast de programmabegroting is er {EUR}125.000 van Ondernemers uit reclamebelasting; dit telt niet mee in "
        "de aandelen."
    ]
    assert money.money_beside(payments[payments["fund"].notna()], names, nl) == []


def test_every_instrument_of_the_contract_has_a_name_in_both_languages(nl):
    assert set(money.instrument_names(nl)) == set(money.instrument_names(EN))
    assert not set(money.instrument_names(nl).values()) & set(money.instrument_names(EN).values())


def test_hours_are_summed_per_partner_and_nobody_without_hours_is_named(almelo, nl):
    team, names = almelo["team"], almelo.titles("partners")
    total = team.loc[team["partner"] == "gemeente", "hours_per_year"].sum()
    sentences = money.hours_of_team(team, names, nl)
    assert_clean(sentences)
    assert sentences == [
        f"Gemeente Almelo zet daarnaast {nl.number(total)} uur per jaar in; die zijn niet in euro's uitgedrukt en "
        "tellen niet mee in de aandelen."
    ]
    assert money.hours_of_team(team.assign(hours_per_year=np.nan), names, nl) == []
    assert money.hours_of_team(team.iloc[:0], names, nl) == []


def test_who_pays_is_titled_by_the_largest_payer(costs_2019, nl):
    _, payments, names = costs_2019
    amounts = finance.spread(payments, "partner", "instrument").rename(names)
    title, alt = money.about_payments(amounts.rename(columns=money.instrument_names(nl)), 2019, nl)
    assert title == f"Gemeente Almelo: {nl.percent(500_000 / payments['amount_eur'].sum())} van het geld in 2019"
    assert alt == (
        f"Gemeente Almelo: {EUR}500.000 (gemeentebegroting). Provincie Overijssel: {EUR}199.200 (subsidie). "
        f"Ondernemers: {EUR}125.000 (reclamebelasting)."
    )
    both = money.about_payments(amounts.rename(columns=money.instrument_names(nl)), 2019, nl, beside=True)
    share = nl.percent(500_000 / payments["amount_eur"].sum())
    assert both == (
        f"Gemeente Almelo: {share} van al het geld in 2019, ook dat naast de programmabegroting", alt,
    )  # fmt: skip


def test_what_the_budget_is_for_is_titled_by_the_largest_effort(costs_2019, almelo, nl):
    amounts = finance.spread(costs_2019[0], "effort", "fund").rename(almelo.titles("efforts"))
    title, alt = money.about_efforts(amounts, nl)
    assert title == f"{amounts.index[0]} vraagt 43% van de begroting"
    assert alt.count(EUR) == len(amounts)


def test_without_money_there_is_nothing_to_title(almelo, nl):
    budget, payments = (finance.of_year(almelo[table], 2017) for table in ("budget", "payments"))
    assert money.about_payments(finance.spread(payments, "partner", "instrument"), 2017, nl) == ("", "")
    assert money.about_efforts(finance.spread(budget, "effort", "fund"), nl) == ("", "")
    assert money.about_shares(shares({}, {}), nl) == ("", "")
    assert money.about_shares(shares({"A": 0}, {"A": 1}), nl) == ("", "")


def test_shares_are_titled_by_who_pays_least_for_its_benefit(nl):
    title, alt = money.about_shares(shares({"A": 90, "B": 10}, {"A": 20, "B": 80}), nl)
    assert title == "B: 10% van de begroting, 80% van de baten"
    assert alt == "B: 10% van de begroting, 80% van de baten. A: 90% van de begroting, 20% van de baten."


NOBODY = pd.Series(dtype=object)


def meanings(words: Words) -> list[str]:
    """What each key does, without what it does to whom: of money nobody pays now nothing more is said."""
    names = ("now", "equal", "proportional", "per_effort")
    return splits_.describe_splits(pd.DataFrame({name: [0.0] for name in names}, index=["A"]), {}, NOBODY, words)


def test_each_key_says_whom_it_costs_most_and_whom_it_spares_most(nl):
    paid = pd.Series({"Gemeente": 100.0}, name="x").rename_axis("partner")
    benefit = pd.DataFrame({"Gemeente": [40.0], "Winkels": [60.0]}, index=["groen"])
    splits = keys.compare_keys(paid, pd.Series({"Gemeente": 1.0, "Winkels": 3.0}), benefit)
    sentences = splits_.describe_splits(splits, {}, NOBODY, nl)
    for sentence, meaning, amount in zip(sentences, meanings(nl), (50, 75, 60), strict=True):
        assert sentence == (
            f"{meaning} Het meeste komt erbij voor Winkels ({EUR}{amount}); het meeste gaat eraf voor "
            f"Gemeente ({EUR}{amount})."
        )
    assert_clean(sentences)


def test_partners_whom_a_key_costs_the_same_are_named_together(nl):
    now = {"now": [100.0, 0.0, 0.0]}
    split = dict.fromkeys(("equal", "proportional", "per_effort"), [33.34, 33.33, 33.33])
    splits = pd.DataFrame(now | split, index=["Gemeente", "Winkels", "Bewoners"])
    assert splits_.describe_splits(splits, {}, NOBODY, nl)[0].endswith(
        f" Het meeste komt erbij voor Winkels en Bewoners ({EUR}33); het meeste gaat eraf voor Gemeente ({EUR}67)."
    )


def test_keys_without_payments_of_now_are_only_explained(nl):
    splits = pd.DataFrame({"now": [0.0], "equal": [9.0], "proportional": [9.0], "per_effort": [9.0]}, index=["A"])
    assert splits_.describe_splits(splits, {}, NOBODY, nl) == [
        "Gelijk: elke partij met een belang betaalt evenveel.",
        "Evenredig: naar het belang bij de doelen, ongeacht wat de inspanningen kosten.",
        "Per inspanning: wie baat heeft bij een inspanning betaalt die, naar zwaarte van het belang.",
    ]


def test_a_key_that_changes_nothing_names_no_winner_or_loser(nl):
    splits = pd.DataFrame({name: [5.0] for name in ("now", "equal", "proportional", "per_effort")}, index=["Gemeente"])
    assert splits_.describe_splits(splits, {}, NOBODY, nl) == meanings(nl)
    assert splits_.describe_splits(splits.assign(equal=5.01), {}, NOBODY, nl) == meanings(nl)


def test_of_shares_nobody_knows_no_imbalance_is_said(nl):
    sentence = "Over de verhouding tussen kosten en baten is niets te zeggen."
    for cost, benefit in (({}, {}), ({"A": 5}, {}), ({"A": 0}, {"A": 1})):
        assert money.describe_imbalance(shares(cost, benefit), nl) == sentence


def test_partners_between_half_and_twice_their_benefit_are_in_balance(nl):
    sentence = "Elke partij betaalt tussen de helft en het dubbele van haar deel van de baten."
    for cost, benefit in (
        ({"A": 60, "B": 40}, {"A": 50, "B": 50}),
        ({"A": 50, "B": 50, "C": 0}, {"A": 25, "B": 75, "C": 0}),
    ):
        assert money.describe_imbalance(shares(cost, benefit), nl) == sentence


def test_who_pays_far_too_little_and_far_too_much_is_named_on_its_own_side(nl):
    little = "Minder dan de helft van het eigen deel van de baten wordt betaald door: {}."
    much = "Meer dan het dubbele van het eigen deel van de baten wordt betaald door: {}."
    frame = shares(
        {"Gemeente": 60, "Provincie": 20, "Winkels": 10, "BIZ": 10},
        {"Gemeente": 10, "Winkels": 40, "BIZ": 10, "Bewoners": 40},
    )
    assert money.describe_imbalance(frame, nl) == (
        f"{little.format('Bewoners en Winkels')} {much.format('Provincie en Gemeente')}"
    )
    one_low = shares({"A": 62, "B": 38, "C": 0}, {"A": 50, "B": 30, "C": 20})
    assert money.describe_imbalance(one_low, nl) == little.format("C")
    one_high = shares({"A": 30, "B": 35, "C": 35}, {"A": 10, "B": 45, "C": 45})
    assert money.describe_imbalance(one_high, nl) == much.format("A")


def test_what_is_unknown_about_the_money_of_almelo(almelo, nl):
    notes = money.unknown_about_money(almelo.tables, 2019, pd.Series(dtype=float), nl)
    assert_clean(notes)
    payments = almelo["payments"].query("year == 2019 and certainty != 'certain'")
    names = almelo.titles("partners")
    assert notes == [
        "Uitgaven zijn niet bekend: dit gaat over wat is begroot, niet over wat is uitgegeven.",
        "De gewichten van de belangen zijn het oordeel van: onderzoeker. Geen partij heeft ze bevestigd.",
        "Van Stichting Bomenstad Almelo is geen belang bekend: er telt geen baat voor hen mee.",
        *[
            f"Nog niet zeker: {nl.eur(amount)} van {names[partner]}."
            for partner, amount in payments.groupby("partner")["amount_eur"].sum().items()
        ],
    ]
    assert len(notes) == 4


def test_everyone_who_is_not_certain_is_named_once_with_the_sum(almelo, nl):
    payments = almelo["payments"].query("year == 2019")
    both = [payments.assign(certainty=certainty, amount_eur=1000.0) for certainty in ("expected", "uncertain")]
    doubtful = pd.concat(both)
    # of another year
    doubtful = pd.concat([doubtful, doubtful.assign(year=2020, amount_eur=1.0)])
    counts = payments["partner"].value_counts().sort_index()
    names = almelo.titles("partners")
    notes = money.unknown_about_money(almelo.tables | {"payments": doubtful}, 2019, pd.Series(dtype=float), nl)
    assert len(counts) == 3
    assert notes[3:] == [f"Nog niet zeker: {nl.eur(2000 * n)} van {names[who]}." for who, n in counts.items()]
    certain = almelo.tables | {"payments": payments.assign(certainty="certain")}
    assert len(money.unknown_about_money(certain, 2019, pd.Series(dtype=float), nl)) == 3


def test_missing_payments_interests_and_beneficiaries_are_each_named(almelo, nl):
    empty = almelo.tables | {name: almelo[name].iloc[:0] for name in ("interests", "payments")}
    notes = money.unknown_about_money(empty, 2019, pd.Series({"Groen": 50_000.0}), nl)
    assert notes[1:] == [
        "Er zijn geen belangen bekend; wie er baat bij heeft, is niet te zeggen.",
        "Er zijn geen bijdragen bekend: wie het geld opbrengt, is niet te zeggen.",
        f"Van Groen ({EUR}50.000) is niet bekend wie er baat bij heeft; het telt in de aandelen niet mee.",
    ]


def test_the_budget_of_almelo_adds_up(almelo, nl):
    rows = finance.reconcile(almelo["budget"], almelo["payments"])
    sentence = "Ja: per geldbron en jaar zijn de bijdragen tot op de cent gelijk aan de begroting."
    assert money.adds_up(rows, nl) == sentence
    assert money.adds_up(rows.iloc[:0], nl) == "Er is geen begroting om mee te vergelijken."


def test_a_budget_that_does_not_add_up_names_fund_year_and_difference(almelo, nl):
    payments = almelo["payments"].copy()
    payments.loc[[0, 4], "amount_eur"] += [0.01, -200]
    sentence = money.adds_up(finance.reconcile(almelo["budget"], payments), nl)
    assert sentence == (
        "Nee: begroting en bijdragen verschillen bij "
        f"Programma binnenstad 2019 ({EUR}0,01 te veel) en Stadsarrangement 2019 ({EUR}200,00 te weinig)."
    )


def test_the_source_line_names_each_source_once_or_else_that_of_the_programme(nl):
    rows = pd.DataFrame({"source": ["B", "A", "B", np.nan]})
    assert money.source_line("Contract", rows, nl) == "Bron: A; B"
    assert money.source_line("Contract", rows.iloc[3:], nl) == "Bron: Contract"


def test_english_sentences(visitors, moment, almelo):
    assert find.describe_goals(visitors.assign(title="Visitors", unit_label="visitors per week"), EN) == [
        "1a Visitors: behind. Measured: 96,000 visitors per week (31 December 2019); target: at least 100,000. "
        "43% of the agreed change has been reached; that is 5 months behind the path. "
        "Needed is +1,333 per year; since 2016 the change was +1,000 per year on average."
    ]
    paid, benefit = eur({"Town": 150_000, "Province": 50_000}), eur({"Town": 10, "Shops": 90})
    assert money.lead_costs(paid, benefit, 200_000, 2019, EN) == (
        f"The programme budget of 2019 is {EUR}200,000. 2 partners bring it: Town (75%) and Province (25%). "
        "In the researcher's judgement 90% of the benefit goes to partners who pay none of it."
    )
    said = [
        find.lead_goals(visitors, moment, EN),
        *find.unknown_about_goals(visitors, almelo["measurements"], moment, EN),
        *find.how_to_read(EN),
        money.how_benefit_is_counted(EN),
        *find.unknown_about_efforts(network(["to_be_developed"]), pd.Series(["Fair"]), pd.Series(["Green"]), EN),
        money.describe_imbalance(shares({"Town": 75, "Province": 25}, {"Town": 10, "Shops": 90}), EN),
        *money.unknown_about_money(almelo.tables, 2019, pd.Series({"Greening": 1.0}), EN),
    ]
    assert_clean(said)
    assert not re.search(r"\b(de|het|een|niet|van|doel)\b", " ".join(said))
