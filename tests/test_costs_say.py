"""Sentences on costs, benefit and who bears them."""

import re

import numpy as np
import pandas as pd
import pytest

from binnenstad.costs import checks
from binnenstad.costs import money as finance
from binnenstad.costs.say import other_splits, reconciliation, unknown_money, who_benefits, who_pays
from binnenstad.programme.contract import code_names
from binnenstad.words import Words

EN = Words("en")
EUR = "€\u00a0"
NONE = pd.Series(dtype=float)
INSTRUMENTS = code_names("payments", "instrument", "nl")


def shares(cost: dict[str, float], benefit: dict[str, float]) -> pd.DataFrame:
    return checks.compare_shares(eur(cost), eur(benefit))


def eur(amounts: dict[str, float]) -> pd.Series:
    return pd.Series(amounts, dtype=float)


def sums(budgeted: float, paid: float) -> pd.DataFrame:
    """The one fund of a year, as ``money.reconcile`` gives it."""
    row = {"budgeted": budgeted, "paid": paid, "difference": paid - budgeted, "rounding": paid == budgeted}
    return pd.DataFrame([row | {"fund": "A", "year": 2019}])


@pytest.fixture(scope="module")
def costs_2019(almelo):
    names = almelo.titles("partners")
    budget, payments = (finance.of_year(almelo[table], 2019) for table in ("budget", "payments"))
    return budget, payments.assign(estimated=False, note=""), names


def test_the_lead_of_the_costs_names_every_payer_and_the_benefit_elsewhere(nl):
    paid = eur({"Provincie": 50_000, "Gemeente": 150_000, "Winkels": 0})
    benefit = eur({"Gemeente": 10, "Winkels": 60, "Bewoners": 30})
    beside = eur({"Winkels": 125_000, "Gemeente": 7, "Kerk": 3})
    lead = (
        f"De programmabegroting van 2019 is {EUR}200.000, betaald door Gemeente (75%) en Provincie (25%). "
        "De onderzoeker schat dat 90% van het voordeel naar partijen gaat die niets van de begroting betalen."
    )
    assert who_pays.lead_costs(paid, benefit, NONE, sums(200_000, 200_000), 2019, nl) == lead
    assert who_pays.lead_costs(paid, benefit, beside, sums(200_000, 200_000), 2019, nl) == (
        f"{lead} Buiten de begroting komt er wel geld van Winkels ({EUR}125.000)."
    )


def test_one_payer_who_is_the_only_one_to_benefit(nl):
    lead = who_pays.lead_costs(eur({"Gemeente": 5}), eur({"Gemeente": 3}), NONE, sums(5, 5), 2019, nl)
    assert lead == f"De programmabegroting van 2019 is {EUR}5, betaald door Gemeente (100%)."


def test_a_payer_nobody_knows_the_benefit_of(nl):
    lead = who_pays.lead_costs(eur({"Gemeente": 5}), eur({}), NONE, sums(5, 5), 2019, nl)
    assert lead == f"De programmabegroting van 2019 is {EUR}5, betaald door Gemeente (100%)."


@pytest.mark.parametrize(
    ("paid", "budgeted", "sentence"),
    [
        ({}, 0, "Voor 2017 is geen begroting bekend."),
        ({"Gemeente": 0}, 200, f"De begroting van 2017 is {EUR}200; wie die betaalt, is niet bekend."),
        ({}, 200, f"De begroting van 2017 is {EUR}200; wie die betaalt, is niet bekend."),
        ({"Gemeente": 150, "BIZ": 50}, 200, f"De begroting van 2017 is {EUR}200; 75% daarvan komt van Gemeente."),
        ({"Gemeente": 200}, 200, f"De hele begroting van 2017, {EUR}200, komt van Gemeente."),
        ({"Gemeente": 200, "BIZ": 0}, 200, f"De hele begroting van 2017, {EUR}200, komt van Gemeente."),
    ],
)
def test_one_sentence_on_the_budget_of_a_year(nl, paid, budgeted, sentence):
    assert who_pays.lead_money(eur(paid), sums(budgeted, sum(paid.values())), 2017, nl) == sentence
    if not sum(paid.values()):
        assert who_pays.lead_costs(eur(paid), eur({"BIZ": 1}), NONE, sums(budgeted, 0), 2017, nl) == sentence


def test_a_budget_that_is_paid_for_in_part_is_not_said_to_be_paid_in_full(nl):
    """Shares are of what came in, as in every picture and table; that half has no payer yet is said beside it."""
    paid, open_still = eur({"Gemeente": 100}), f"Er is geen betaler bekend voor A ({EUR}100)."
    assert who_pays.lead_money(paid, sums(200, 100), 2019, nl) == (
        f"De begroting van 2019 is {EUR}200; van de {EUR}100 die daarvoor binnenkomt, komt 100% van Gemeente. "
        f"{open_still}"
    )
    assert who_pays.lead_costs(paid, eur({"Gemeente": 1}), NONE, sums(200, 100), 2019, nl) == (
        f"De programmabegroting van 2019 is {EUR}200. Daarvoor komt {EUR}100 binnen, van Gemeente (100%). {open_still}"
    )
    lead = who_pays.lead_money(eur({"Gemeente": 199.99}), sums(200, 199.99), 2019, nl)
    assert f"is {EUR}200,00; van de {EUR}199,99 die daarvoor" in lead, "what differs by a cent reads so"


def test_where_more_comes_in_than_is_budgeted_the_shares_are_of_what_comes_in(nl):
    paid, beyond = eur({"Gemeente": 1100, "Rijk": 100}), f"Er komt meer binnen dan er is begroot voor A ({EUR}100)."
    assert who_pays.lead_money(paid, sums(1100, 1200), 2022, nl) == (
        f"De begroting van 2022 is {EUR}1.100; van de {EUR}1.200 die daarvoor binnenkomt, komt 92% van Gemeente. "
        f"{beyond}"
    )
    assert who_pays.lead_costs(paid, eur({}), NONE, sums(1100, 1200), 2022, nl) == (
        f"De programmabegroting van 2022 is {EUR}1.100. Daarvoor komt {EUR}1.200 binnen, van Gemeente (92%) en Rijk "
        f"(8%). {beyond}"
    )


def test_one_fund_fills_no_other_and_rounding_is_no_gap(nl):
    funds = pd.concat([sums(100, 90), sums(100, 115.5), sums(50, 52)]).assign(rounding=[False, False, True])
    lead = who_pays.lead_money(eur({"Gemeente": 257.5}), funds, 2019, nl)
    said = f"Er is geen betaler bekend voor A ({EUR}10). Er komt meer binnen dan er is begroot voor A ({EUR}15,50)."
    assert lead.endswith(said), "what is left of 2 is rounding"


def test_what_is_in_no_share_is_said_of_cash_beside_the_budget_and_of_hours(costs_2019, almelo, nl, assert_clean):
    _, payments, names = costs_2019
    team = almelo["team"]
    sentences = who_pays.outside_the_shares(payments, team, names, nl)
    hours = nl.number(team.loc[team["partner"] == "gemeente", "hours_per_year"].sum())
    assert_clean(sentences)
    assert sentences == [
        f"Buiten de begroting komt {EUR}561.750 van Gemeente Almelo (subsidie). Dat zit niet in de percentages.",
        f"Buiten de begroting komt {EUR}125.000 van Ondernemers (reclamebelasting). Dat zit niet in de percentages.",
        f"Volgens het programma werken medewerkers van Gemeente Almelo er {hours} uur per jaar aan. Dat is niet in "
        "geld omgerekend.",
    ]
    filling = payments[payments["fund"].notna()]
    for nobody in (team.iloc[:0], team.assign(hours_per_year=np.nan)):
        assert who_pays.outside_the_shares(filling, nobody, names, nl) == []


def test_a_levy_of_which_the_amount_is_not_known_is_named_and_in_no_sum(costs_2019, almelo, nl):
    _, payments, names = costs_2019
    unknown = payments.assign(amount_eur=payments["amount_eur"].where(payments["partner"] != "ondernemers"))
    (said, _) = who_pays.outside_the_shares(unknown, almelo["team"].iloc[:0], names, nl)
    assert said == "In 2019 geldt voor Ondernemers een heffing waarvan het bedrag niet bekend is: reclamebelasting."
    amounts = finance.spread(unknown, "partner", "instrument").rename(names)
    assert np.isnan(amounts.loc["Ondernemers", "advertising_tax"])
    beside = unknown[unknown["fund"].isna()].groupby("partner")["amount_eur"].sum(skipna=False).rename(names)
    lead = who_pays.lead_costs(eur({"Gemeente": 5}), eur({"Ondernemers": 1}), beside, sums(5, 5), 2019, nl)
    assert lead.endswith("Buiten de begroting komt er wel geld van Ondernemers.")


def test_who_pays_is_titled_by_the_largest_payer(costs_2019, nl):
    _, payments, names = costs_2019
    amounts = finance.spread(payments, "partner", "instrument").rename(names)
    title, what = who_pays.about_payments(amounts.rename(columns=INSTRUMENTS), 2019, nl)
    assert (
        title == f"Gemeente Almelo: {nl.percent(1_061_750 / payments['amount_eur'].sum())} van het geld voor de "
        "begroting van 2019"
    )
    assert what == "Staafdiagram van wie de begroting betaalt"


def test_what_the_budget_is_for_is_titled_by_the_largest_effort(costs_2019, almelo, nl):
    amounts = finance.spread(costs_2019[0], "effort", "fund").rename(almelo.titles("efforts"))
    title, what = who_pays.about_efforts(amounts, nl)
    assert title == f"43% van de begroting gaat naar {amounts.index[0]}"
    assert what == "Staafdiagram van waar de begroting heen gaat"


def test_without_money_there_is_nothing_to_title(almelo, nl):
    budget, payments = (finance.of_year(almelo[table], 2017) for table in ("budget", "payments"))
    assert who_pays.about_payments(finance.spread(payments, "partner", "instrument"), 2017, nl) == ("", "")
    assert who_pays.about_efforts(finance.spread(budget, "effort", "fund"), nl) == ("", "")
    assert who_benefits.about_shares(shares({}, {}), nl) == ("", "")
    assert who_benefits.about_shares(shares({"A": 0}, {"A": 1}), nl) == ("", "")


def test_shares_are_titled_by_who_pays_least_for_its_benefit(nl):
    title, what = who_benefits.about_shares(shares({"A": 90, "B": 10}, {"A": 20, "B": 80}), nl)
    assert title == "B: 10% van de begroting, 80% van het voordeel"
    assert what.startswith("Stippengrafiek")


NOBODY = pd.Series(dtype=object)


def test_each_way_of_sharing_is_explained_also_where_nothing_is_paid(nl):
    splits = pd.DataFrame({"now": [0.0], "equal": [9.0], "proportional": [9.0], "per_effort": [9.0]}, index=["A"])
    explained = [
        "Gelijk: elke partij met een belang betaalt evenveel.",
        "Evenredig: naar het belang bij de doelen, ongeacht wat de inspanningen kosten.",
        "Per inspanning: wie voordeel heeft van een inspanning betaalt die, naar zwaarte van het belang.",
    ]
    assert other_splits.describe_splits(splits, {}, NOBODY, nl) == explained
    unknown = other_splits.describe_splits(splits.assign(now=np.nan, proportional=np.nan), {}, NOBODY, nl)
    assert unknown[0] == "Nu: wat elke partij nu betaalt. Dat is niet bekend."
    assert unknown[2] == f"{explained[1]} Er is geen belang bij de doelen bekend, dus dit is niet te berekenen."


def test_what_is_paid_is_judged_as_scaled_to_what_the_splits_divide():
    costs, weights = pd.Series({"park": 10.0}), pd.DataFrame({"city": [2.0], "shops": [3.0]}, ["park"])
    splits = pd.DataFrame({"now": [12.0, 0.0], "per_effort": [4.0, 6.0]}, index=["city", "shops"])
    now, _ = other_splits.describe_splits(
        splits, checks.check_splits(splits, costs, weights), pd.Series({"city": "City", "shops": "Shops"}), EN
    )
    assert now == (
        f"Now: what each partner pays now. {EUR}12 is paid for the budget, and of {EUR}10 it is known who benefits: "
        "the first is scaled to the second. No partner and no group pays more than it would alone. This partner "
        "pays more than twice its part of the benefit: City (2.50 times). This partner pays less than half of its "
        "part: Shops (nothing)."
    )
    assert who_benefits.how_it_is_scaled(9.99, 10, EN).startswith(
        f"{EUR}9.99 is paid for the budget, and of {EUR}10.00 it"
    )
    assert who_benefits.how_it_is_scaled(0, 10, EN) == who_benefits.how_it_is_scaled(10.001, 10, EN) == ""


READ_AS_2022 = (
    "Communicatie & Marketing, Programmamonitoring & organisatie en Overige inspanningen (2022): het bedrag staat in "
    "de vierde jaarkolom, die in het contract voor de tweede keer 2020 heet; gelezen als 2022."
)


def test_what_is_unknown_about_the_money_of_almelo(almelo, nl, assert_clean):
    notes = unknown_money.unknown_about_money(almelo.tables, 2020, pd.Series(dtype=float), nl)
    assert_clean(notes)
    payments = almelo["payments"].query("year == 2020 and certainty != 'certain'")
    names = almelo.titles("partners")
    assert notes == [
        "Uitgaven zijn niet bekend: dit gaat over wat is begroot, niet over wat is uitgegeven.",
        "Hoe zwaar elk belang weegt, is ingeschat door: onderzoeker. Geen partij heeft dat bevestigd.",
        "Welk voordeel er is voor Stichting Bomenstad Almelo, is niet bekend en telt niet mee.",
        READ_AS_2022,
        *[
            f"Nog niet zeker, buiten de begroting: {nl.eur(amount)} van {names[partner]}."
            for partner, amount in payments.groupby("partner")["amount_eur"].sum().items()
        ],
    ]
    assert len(notes) == 6


def test_what_was_amended_or_realised_and_how_a_row_was_read_is_said(almelo, nl, assert_clean):
    budget = almelo["budget"].query("year == 2022")
    for states, word in ((["realised"] * 3, "gerealiseerd"), (["original", "realised", "amended"], "bijgesteld en")):
        tables = almelo.tables | {"budget": budget.assign(state=states)}
        notes = unknown_money.unknown_about_money(tables, 2022, pd.Series(dtype=float), nl)
        assert_clean(notes)
        assert any(note.startswith(f"Van de begroting van 2022 zijn bedragen intussen {word}") for note in notes)
        assert any(note.startswith("Uitgaven zijn niet bekend") for note in notes) == ("bijgesteld" in word)
    assert any("Overige inspanningen" in note and "2020 heet; gelezen als 2022." in note for note in notes)


def test_everyone_who_is_not_certain_is_named_once_with_the_sum(almelo, nl):
    payments = almelo["payments"].query("year == 2019")
    both = [payments.assign(certainty=certainty, amount_eur=1000.0) for certainty in ("expected", "uncertain")]
    doubtful = pd.concat(both)
    # of another year
    doubtful = pd.concat([doubtful, doubtful.assign(year=2020, amount_eur=1.0)])
    counts = payments["partner"].value_counts().sort_index()
    names = almelo.titles("partners")
    notes = unknown_money.unknown_about_money(almelo.tables | {"payments": doubtful}, 2019, pd.Series(dtype=float), nl)
    assert len(counts) == 3
    # what is beside the budget is no part of it
    of_fund = payments.groupby("partner")["fund"].count()
    parts = {"": of_fund[of_fund > 0], ", buiten de begroting": (counts - of_fund)[counts > of_fund]}
    assert notes[4:] == [
        f"Nog niet zeker{where}: {nl.eur(2000 * n)} van {names[who]}."
        for where, rows in parts.items()
        for who, n in rows.items()
    ]
    certain = almelo.tables | {"payments": payments.assign(certainty="certain")}
    assert len(unknown_money.unknown_about_money(certain, 2019, pd.Series(dtype=float), nl)) == 4


def test_missing_payments_interests_and_beneficiaries_are_each_named(almelo, nl):
    empty = almelo.tables | {name: almelo[name].iloc[:0] for name in ("interests", "payments")}
    notes = unknown_money.unknown_about_money(empty, 2019, pd.Series({"Groen": 50_000.0}), nl)
    assert notes[1:] == [
        "Er zijn geen belangen bekend; wie er voordeel van heeft, is niet te zeggen.",
        "Wie de begroting betaalt, is niet bekend.",
        READ_AS_2022,
        f"Wie er voordeel heeft van Groen ({EUR}50.000), is niet bekend; dat zit niet in de percentages van het "
        "voordeel.",
    ]


def test_what_is_judged_and_what_is_an_example_is_said(almelo, nl, assert_clean):
    notes = unknown_money.judged_or_example(almelo.tables, 2019, nl)
    assert_clean(notes)
    assert notes[0].startswith("Hoe sterk een inspanning aan een doel bijdraagt, is ingeschat door: onderzoeker.")
    assert notes[1] == "De cijfers over de scenario’s zijn voorbeelden."
    bare = almelo.tables | {name: almelo[name].iloc[:0] for name in ("effort_indicators", "scenario_lines")}
    assert unknown_money.judged_or_example(bare, 2019, nl) == []


def test_the_budget_of_almelo_adds_up(almelo, nl):
    rows = finance.reconcile(almelo["budget"], almelo["payments"])
    sentence = "Ja: per geldbron en jaar zijn de bijdragen tot op de cent gelijk aan de begroting."
    assert reconciliation.budget_adds_up(rows, nl) == sentence
    assert reconciliation.budget_adds_up(rows.iloc[:0], nl) == "Er is geen begroting om mee te vergelijken."


def test_a_budget_that_adds_up_but_for_rounding_and_a_year_of_which_nothing_is_known(nl):
    rows = pd.concat([sums(100, 110), sums(100, 100), sums(100, 100)])
    rows = rows.assign(year=[2019, 2022, 2024], rounding=True)
    assert reconciliation.budget_adds_up(rows, nl) == (
        "Ja: per geldbron en jaar zijn de bijdragen op afronding na gelijk aan de begroting. "
        "Over 2020, 2021 en 2023 is niets bekend."
    )


def test_a_budget_that_does_not_add_up_names_fund_year_and_difference(almelo, nl):
    payments = almelo["payments"].copy()
    rows = payments.set_index(["fund", "year"]).index.get_indexer_for(
        [("Programma binnenstad", 2019), ("Stadsarrangement", 2019)]
    )
    payments.loc[rows, "amount_eur"] += [0.01, -200]
    sentence = reconciliation.budget_adds_up(finance.reconcile(almelo["budget"], payments), nl)
    assert sentence == (
        "Nee: begroting en bijdragen verschillen bij "
        f"Programma binnenstad 2019 ({EUR}0,01 te veel) en Stadsarrangement 2019 ({EUR}200,00 te weinig)."
    )


def test_the_source_line_names_each_source_once_or_else_that_of_the_programme(nl):
    rows = pd.DataFrame({"source": ["B", "A", "B", np.nan]})
    assert who_pays.source_line("Contract", rows, nl) == "Bron: A; B"
    assert who_pays.source_line("Contract", rows.iloc[3:], nl) == "Bron: Contract"


def test_english_sentences_on_money(almelo, assert_clean):
    paid, benefit = eur({"Town": 150_000, "Province": 50_000}), eur({"Town": 10, "Shops": 90})
    budget = almelo["budget"].assign(note=None)
    assert who_pays.lead_costs(paid, benefit, NONE, sums(200_000, 200_000), 2019, EN) == (
        f"The programme budget of 2019 is {EUR}200,000, paid by Town (75%) and Province (25%). "
        "By the researcher's estimate 90% of the benefit goes to partners who pay none of the budget."
    )
    said = [
        who_benefits.how_benefit_is_counted(90.0, 100.0, EN),
        *who_benefits.name_unbalanced(shares({"Town": 75, "Province": 25}, {"Town": 10, "Shops": 90}), EN),
        *unknown_money.unknown_about_money(almelo.tables | {"budget": budget}, 2019, pd.Series({"Greening": 1.0}), EN),
    ]
    assert_clean(said)
    assert not re.search(r"\b(de|het|een|niet|van|doel|onderzoeker)\b", " ".join(said))
