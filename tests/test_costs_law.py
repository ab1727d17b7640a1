"""What the law asks of a way to pay: each rule with act, article and where it was read, and what is no law apart."""

from __future__ import annotations

import json
import re
from importlib.resources import files

import pandas as pd
import pytest

from binnenstad.costs.say.rules_of_law import describe_flags
from binnenstad.costs.scenarios import legal_flags
from binnenstad.words import Words

RULES = json.loads((files("binnenstad.costs") / "rules_of_law.json").read_text(encoding="utf-8"))
NAMES = pd.Series({"city": "City", "shops": "Shops", "owners": "Owners"})
TITLES = pd.Series({"today": "Today", "plan": "Plan", "mix": "Mix"})


def flags(*rows: tuple[str, str, str]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=["scenario", "partner", "flag"])


def test_a_rule_comes_once_with_its_act_whom_it_concerns_and_where():
    found = flags(("mix", "owners", "biz_over_five_years"), ("plan", "shops", "biz_over_five_years"),
                  ("plan", "owners", "biz_over_five_years"), ("today", "city", "charged_twice"))  # fmt: skip
    assert describe_flags(found, TITLES, NAMES, 2019, Words("en")) == (
        ["A BIZ holds for at most five years (Wet op de bedrijveninvesteringszones, article 3; read in Platform "
         "Binnenstadsmanagement, Business Model Canvas voor centrummanagement). This concerns Shops and Owners (Plan); "
         "Owners (Mix)."],
        ["Whoever pays both a BIZ and an advertising tax is charged twice. This concerns City (Today)."],
    )  # fmt: skip
    assert describe_flags(found.iloc[:0], TITLES, NAMES, 2019, Words("nl")) == ([], [])


def test_every_flag_has_a_rule_and_every_rule_of_law_an_act_an_article_and_a_place(nl):
    """A line of every kind that breaks every rule raises every flag, and none is without words."""
    kinds = ["biz", "advertising_tax", "property_tax_surcharge", "voluntary", "subsidy", "maintenance_transfer"]
    line = {"scenario": "plan", "partner": "homes", "start_year": 2019, "end_year": 2030, "certainty": "expected"}
    charges = pd.DataFrame([line | {"instrument": kind} for kind in kinds]).assign(
        measure="wealth", ground=None, task=None
    )
    found = legal_flags(charges, pd.Series({"homes": "residents"}))
    assert set(found["flag"]) == {rule["flag"] for rule in RULES}
    law, others = describe_flags(found, TITLES, pd.Series({"homes": "Bewoners"}), 2025, nl)
    assert (len(law), len(others)) == (10, 3)
    acts = "Wet op de bedrijveninvesteringszones|Gemeentewet|Algemene wet bestuursrecht"
    act = rf"\(({acts}), artikel \d[^;]*; gelezen in \S"
    assert all(re.search(act, sentence) for sentence in law)
    assert not any("artikel" in sentence for sentence in others)
    assert all(sentence.endswith("Dat geldt voor Bewoners (Plan).") for sentence in law + others)


@pytest.mark.parametrize("instrument", ["biz", "advertising_tax", "property_tax_surcharge"])
def test_income_profit_and_wealth_are_excluded_for_every_municipal_tax(instrument):
    line = {"scenario": "plan", "partner": "shops", "instrument": instrument, "start_year": 2019, "end_year": 2019,
            "certainty": "certain", "ground": "zone", "task": "sweep"}  # fmt: skip
    for measure, excluded in (("income", True), ("profit", True), ("wealth", True), ("woz", False)):
        found = legal_flags(pd.DataFrame([line | {"measure": measure}]), pd.Series(dtype=object))
        assert ("tax_on_income" in set(found["flag"])) == excluded


def test_law_and_what_is_no_law_stand_under_their_own_heading(pages):
    made = pages("costs", "partner", partner="ondernemers")
    for page in (made["costs"], made["partner-ondernemers"]):
        law, _, others = page.partition("Wat de wet vraagt")[2].partition("Aandachtspunten die niet in een wet staan")
        assert "De opbrengst van een BIZ gaat als subsidie naar een vereniging of stichting van de betalers" in law
        assert "in de gemeente, niet voor een deel ervan (Gemeentewet, artikel 220 en 220f). Dat" in law, "read in 2025"
        assert "gelezen in ECLI:NL:GHARL:2016:8056)" in law and "ECLI:NL:GHARL:2025" not in page
        assert (
            "Van een leegstaand pand stemt en betaalt de eigenaar" in law
            and "vrijwillige bijdrage is langer" not in law
        )
        assert "Een vrijwillige bijdrage is langer dan een jaar niet zeker. Dat geldt voor " in others
    assert "Vastgoedeigenaren" not in law + others.partition("]")[0], "rules for others are not on this page"
