"""The costs report: its chapters, sentences, tables and pictures, from Almelo's tables and from spoiled ones."""

from __future__ import annotations

import numpy as np
import pandas as pd
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from conftest import ROOT
from effort_tables import rows as rows_in

from binnenstad.cli import main
from binnenstad.costs import chapters
from binnenstad.costs.balance import balance_of, outlook_of
from binnenstad.costs.checks import Checks, check_splits, compare_shares, out_of_balance, rewarded_for_cost
from binnenstad.costs.money import by_kind, in_cash
from binnenstad.costs.say import other_splits, reconciliation, who_benefits, who_pays
from binnenstad.costs.say import scenario_income as income
from binnenstad.costs.show.money_bars import draw_shares
from binnenstad.costs.show.money_tables import tabulate_scenarios, tabulate_shares, tabulate_three_shares
from binnenstad.costs.split import compare_splits
from binnenstad.efforts.network import beneficiary_weights, vary_interests
from binnenstad.page.blocks import Block
from binnenstad.programme.checked import check_programme
from binnenstad.programme.contract import code_names
from binnenstad.words import Words

EN = Words("en")
NAMES = pd.Series({"city": "City", "shops": "Shops", "owners": "Owners"})
NOTHING = pd.Series(dtype=float)
BALANCED = compare_shares(NOTHING, NOTHING)


def found(group: tuple[str, ...] = (), excess: float = 0.0, short: dict[str, float] | None = None) -> Checks:
    return Checks(NOTHING, group, excess, pd.Series(short or {}, dtype=float), BALANCED)


@pytest.fixture(scope="module")
def now(almelo):
    return balance_of(almelo.tables, 2019)


@pytest.fixture(scope="module")
def ahead(almelo, moment, now):
    return outlook_of(almelo.known_by(moment).tables, 2019, now.benefit)


# --- the balance -------------------------------------------------------------------------------------------------
def test_almelos_splits_all_divide_the_budget_and_the_city_overpays_with_the_province(now):
    assert now.splits.sum().round(2).tolist() == [699_200.0] * 6
    assert (now.checks["now"].group, now.checks["now"].excess) == (("gemeente", "provincie"), 300_000.0)
    assert all(now.checks[rule].group == () for rule in ("per_effort", "shapley", "nucleolus"))
    assert all(rows.empty for rows in now.rewards.values())


def test_the_range_of_the_benefit_holds_the_benefit(now):
    assert (
        (now.shares["low"] <= now.shares["benefit_share"]) & (now.shares["benefit_share"] <= now.shares["high"])
    ).all()


def test_a_year_without_budget_has_an_empty_balance(almelo):
    empty = balance_of(almelo.tables, 2018)
    assert empty.splits.empty and not empty.checks and empty.costs.empty
    assert "Er is niets te verdelen" in chapters.splits_side_by_side(empty, NAMES, NAMES, Words("nl")).plain
    assert outlook_of(almelo.tables, 2018, empty.benefit).scenarios.empty


def test_interests_that_do_not_vary_give_the_weights_and_the_same_seed_the_same_draws(almelo):
    efforts = pd.Index(almelo["efforts"]["id"])
    weights = beneficiary_weights(efforts, almelo.tables).to_numpy()
    assert np.allclose(vary_interests(efforts, almelo.tables, draws=2, spread=0.0), weights)
    first, again = (vary_interests(efforts, almelo.tables, draws=3, seed=5) for _ in range(2))
    assert (first == again).all() and not np.allclose(first[0], first[1])


def test_more_than_twenty_partners_have_no_nucleolus_and_all_other_splits():
    costs = pd.Series({"greening": 210.0})
    weights = pd.DataFrame(1.0, ["greening"], [f"p{number}" for number in range(21)])
    table = compare_splits(pd.Series({"p0": 210.0}), NOTHING, costs, weights)
    assert table["nucleolus"].isna().all()
    assert table["shapley"].tolist() == [10.0] * 21
    assert set(check_splits(table, costs, weights)) == {"now", "equal", "per_effort", "shapley"}
    assert set(rewarded_for_cost(costs, weights)) == {"per_effort", "shapley"}
    sentences = other_splits.describe_splits(table, {}, NAMES, EN)
    assert sentences[-1].endswith("There are too many partners to compare all groups, so this is not computed.")


def test_beyond_twenty_efforts_the_what_if_is_without_the_nucleolus():
    costs = pd.Series(10.0, [f"e{number}" for number in range(21)])
    weights = pd.DataFrame(1.0, costs.index, ["city", "shops"])
    assert set(rewarded_for_cost(costs, weights)) == {"per_effort", "shapley"}
    assert set(rewarded_for_cost(costs[:20], weights[:20])) == {"per_effort", "shapley", "nucleolus"}


# --- sentences on splits -----------------------------------------------------------------------------------------
SPLITS = pd.DataFrame({"now": [9.0, 1.0], "per_effort": [5.0, 5.0]}, index=["City", "Shops"])


@pytest.mark.parametrize(
    ("check", "sentence"),
    [
        (found(), "No partner and no group pays more than it would alone."),
        (found(("city",), 12_400), "From City at least €\xa012,400 goes to efforts without known benefit to it."),
        (found(("shops", "owners"), 12_400), "From Shops and Owners at least €\xa012,400 goes to efforts without known "
         "benefit to it."),
        (found((), 0, {"shops": 7.0}), "No partner and no group pays more than it would alone. "
         "Less than what is there for them alone is paid by Shops (€\xa07 too little)."),
    ],
)  # fmt: skip
def test_the_checks_of_a_split_in_words(check, sentence):
    (now, other) = other_splits.describe_splits(SPLITS, {"now": check, "per_effort": check}, NAMES, EN)
    fair = "Every partner pays between half and twice its part of the benefit."
    assert now == f"Now: what each partner pays now. {sentence} {fair}"
    assert other.startswith("Per effort: whoever benefits") and other.endswith(f"{sentence} {fair}")


def test_who_is_out_of_balance_is_named_with_how_many_times_its_part_it_pays():
    paid, benefit = pd.Series({"A": 60.0, "B": 20, "C": 10, "D": 10}), pd.Series({"A": 10.0, "C": 40, "D": 10, "E": 40})
    assert who_benefits.name_unbalanced(out_of_balance(compare_shares(paid, benefit)), EN) == [
        "These partners pay more than twice their part of the benefit: A (6.00 times) and B (without any benefit).",
        "These partners pay less than half of their part: E (nothing) and C (0.25 times).",
    ]
    edge = out_of_balance(compare_shares(pd.Series({"A": 4996.0, "B": 5004}), pd.Series({"A": 9996.0, "B": 4.0})))
    assert (
        who_benefits.name_unbalanced(edge, EN)[1]
        == "This partner pays less than half of its part: A (just under half)."
    )


def test_whom_a_dearer_effort_would_favour_is_named():
    rows = pd.DataFrame({"effort": ["park"], "partner": ["shops"], "less": [0.5]})
    said = other_splits.describe_rewards(
        {"shapley": rows, "nucleolus": rows.iloc[:0]}, pd.Series({"park": "Park"}), NAMES, EN
    )
    assert said == "If one effort costs 1% more, some would pay less: Shops (equal per effort, Park: €\xa00.50 less)."


@pytest.mark.parametrize(
    ("unshared", "budgeted", "start"),
    [({}, 10.0, "Yes: every split divides the whole budget, €\xa010.00"), ({}, 11.0, "No: these splits do not add up"),
     ({"park": 2.0}, 12.0, "Yes: every split divides €\xa010.00 to the cent; that is the budget less €\xa02.00")],
)  # fmt: skip
def test_splits_are_reconciled_with_the_budget_to_the_cent(unshared, budgeted, start):
    assert reconciliation.splits_add_up(SPLITS, pd.Series(unshared, dtype=float), budgeted, EN).startswith(start)
    assert reconciliation.splits_add_up(SPLITS.iloc[:0], NOTHING, 0.0, EN) == "There is nothing to split."


def test_say_without_seats_is_unknown_and_with_nothing_known_nothing_is_said():
    shares = pd.DataFrame({"interest": [0.2, 0.8], "payment": [1.0, 0.0], "say": [np.nan] * 2, "gap": [0.8, 0.8]},
                          index=["City", "Shops"])  # fmt: skip
    assert who_benefits.describe_say(shares, EN) == (
        "Stake and contribution lie furthest apart for City: 80 percentage points. Not known, and so not in it: "
        "say (seats)."
    )
    assert who_benefits.describe_say(shares * np.nan, EN) == (
        "Stake, contribution and seats cannot be compared; not known: stake, contribution and say (seats)."
    )
    no_interest = who_benefits.describe_say(shares.assign(interest=np.nan, say=[0.5, 0.5]), EN)
    assert no_interest.startswith("Contribution and say (seats) lie furthest apart") and "for City: 80" in no_interest
    assert other_splits.gaps_per_split(shares, SPLITS, EN) == ""
    assert "–" in tabulate_three_shares(shares, EN).plain


def test_rules_under_which_a_dearer_effort_favours_nobody_are_named(now, almelo):
    said = other_splits.describe_rewards(now.rewards, almelo.titles("efforts"), almelo.titles("partners"), EN)
    assert said.endswith("these ways of sharing: per effort, equal per effort and least complaint.")
    fewer = {name: rows for name, rows in now.rewards.items() if name != "nucleolus"}
    assert other_splits.describe_rewards(fewer, NAMES, NAMES, EN).endswith(
        "these ways of sharing: per effort and equal per effort."
    )


def test_published_totals_that_do_not_close_are_shown_and_without_totals_nothing_is_said(nl):
    almere = check_programme(ROOT / "data" / "almere")
    now = balance_of(almere.tables, 2024)
    printed = almere["budget_totals"].replace({"costs_eur": {3_900_000: 4_400_000}})
    report = chapters.adds_up(now, almere.tables | {"budget_totals": printed}, nl).plain
    assert "Opgave Almere Centrum 2024: het totaal is" in report and "4.400.000" in report
    assert "op afronding na gelijk" in chapters.adds_up(now, almere.tables, nl).plain
    without = almere.tables | {"budget_totals": almere["budget_totals"].iloc[:0]}
    assert "het totaal is" not in chapters.adds_up(now, without, nl).plain


# --- scenarios, years, efforts -----------------------------------------------------------------------------------
def test_scenarios_say_what_they_bring_beside_today_and_carry_the_banner(ahead, almelo, nl):
    said = income.describe_scenarios(ahead.scenarios, income.name_scenarios(almelo.tables, nl), ahead.ahead.columns, nl)
    assert said[0].startswith("Vandaag. Zoals nu: de bijdragen van het contract en, voor zover bekend, de heffing die")
    assert "€\xa075.525 meer dan nu" in said[2]
    assert (
        said[5].endswith("komt 73% van het geld van andere partijen dan hier.")
        and "Daarnaast komt €\xa060.000 mee voor een taak die evenveel kost." in said[5]
    )
    title, what = income.about_scenarios(ahead.scenarios, almelo.titles("scenarios"), 2019, nl)
    assert title == "Opslag op de ozb levert in 2019 het meest op: €\xa0971.540"
    assert what.startswith("Staafdiagram")
    tables = almelo.known_by(almelo.moment("2019Q4")).tables
    chapter = chapters.scenarios_side_by_side(ahead, tables, almelo.titles("partners"), 2019, nl)
    assert chapter.illustrative
    assert (
        "Een vrijwillige bijdrage is langer dan een jaar niet zeker. Dat geldt voor Vastgoedeigenaren en Ondernemers "
        "(Vrijwillige bijdrage)." in " ".join(chapter.plain.split())
    )
    assert tabulate_scenarios(ahead.scenarios.iloc[:0], NAMES, nl) == Block("", "")
    assert income.about_scenarios(ahead.scenarios.iloc[:0], NAMES, 2019, nl) == ("", "")


@pytest.mark.parametrize(
    ("short", "sentence"),
    [((0, 0), "Certain money covers the budget of every year up to 2020"),
     ((0, 5), "Certain money covers the budget up to 2019; 2020 falls €\xa05 short"),
     ((5, 0), "In 2019 certain money already falls €\xa05 short")],
)  # fmt: skip
def test_until_when_there_is_money(short, sentence):
    table = pd.DataFrame(
        {"certain": 9.0, "expected": 0.0, "uncertain": 1.0, "needed": 9.0, "short": short}, [2019, 2020]
    )
    title, what = income.about_continuity(table.astype(float), EN)
    assert title == sentence
    assert what == "Bar chart of the money per year, by certainty"
    assert income.about_continuity(table.iloc[:0], EN) == ("", "")


def test_what_a_scenario_brings_in_a_later_year_is_unknown_where_who_pays_is(almelo, moment, now):
    """Today brought 125.000 in 2020 without a word of the 450.000 that somebody pays of the budget."""
    tables = almelo.known_by(moment).tables
    payments = tables["payments"].query("year != 2020 or fund.isna()")
    years = outlook_of(tables | {"payments": payments}, 2019, now.benefit).ahead
    assert years[2020].isna().all() and years[[2019, 2021]].notna().all(axis=None)


def test_a_programme_without_budget_says_so_in_every_chapter(almelo, nl):
    bare = almelo.tables | {
        name: almelo[name].iloc[:0] for name in ("budget", "payments", "scenarios", "scenario_lines")
    }
    now = balance_of(bare, 2019)
    ahead = outlook_of(bare, 2019, now.benefit)
    names, activities = almelo.titles("partners"), almelo.titles("efforts")
    assert "Er is geen begroting bekend." in chapters.money_per_year(ahead, bare["payments"], "", nl).plain
    moment = almelo.moment("2019")
    value = chapters.value_per_goal(now, bare, activities, moment, "", nl)
    assert value.plain.count("Niets te vergelijken, want hoogstens één inspanning heeft geld in de begroting:") == 1
    assert "<svg" not in value.html and "overtroffen" not in value.plain
    assert (
        chapters.value_per_goal(
            now, bare | {"effort_indicators": almelo["effort_indicators"].iloc[:0]}, activities, moment, "", nl
        ).html
        == ""
    )
    # what was agreed after the day was only named then
    later = {"subject": "state", "effort": "streekproducten", "old": "proposed", "new": "agreed"}
    efforts = almelo["efforts"].assign(
        state=almelo["efforts"]["state"].mask(almelo["efforts"]["id"] == later["effort"], "agreed")
    )
    made = bare | {
        "efforts": efforts,
        "decisions": rows_in("decisions", later | {"date": "2020-05-01", "body": "college"}),
    }
    assert chapters.value_per_goal(now, made, activities, moment, "", nl).html == value.html
    assert "zeggenschap zijn niet te vergelijken" in chapters.interest_and_say(now, names, nl).plain
    assert "geen scenario" in chapters.scenarios_side_by_side(ahead, bare, names, 2019, nl).plain


# --- kinds of payment, and the band ------------------------------------------------------------------------------
def test_hours_and_goods_are_kept_apart_from_cash(almelo, nl):
    rows = [("city", "cash", 5.0), ("shops", "hours", 300.0), ("shops", "in_kind", 2.0), ("shops", "hours", 20.0)]
    payments = pd.DataFrame(rows, columns=["partner", "kind", "amount_eur"]).assign(fund="A", instrument="voluntary")
    payments = payments.assign(estimated=False, note="")
    assert in_cash(payments)["amount_eur"].tolist() == [5.0]
    assert by_kind(payments).loc["shops"].to_dict() == {"cash": 0.0, "hours": 320.0, "in_kind": 2.0}
    assert who_pays.outside_the_shares(payments, almelo["team"].iloc[:0], NAMES, nl) == [
        "Naast het geld komen van Shops uren werk ter waarde van €\xa0320. Dat zit niet in de percentages.",
        "Naast het geld komen van Shops spullen en diensten ter waarde van €\xa02. Dat zit niet in de percentages.",
    ]


def test_shares_with_a_range_show_it_in_picture_and_table(now, nl):
    plain, banded = (draw_shares(table, nl, "Een titel", "Een alt-tekst die iets zegt.", "Bron: x")
                     for table in (now.shares.drop(columns=["low", "high"]), now.shares))  # fmt: skip
    assert "voordeel als het belang anders weegt" in banded.html and "anders weegt" not in plain.html
    assert "25,6% – 38,4%" in tabulate_shares(now.shares, nl).plain
    assert "–" in tabulate_shares(now.shares.assign(low=np.nan), nl).plain


# --- more series than a picture can tell apart -------------------------------------------------------------------
def test_seven_instruments_and_seven_funds_give_a_report_whose_tables_keep_them_all(folder, edit, tmp_path):
    instruments, funds = code_names("payments", "instrument", "nl"), [f"Geldbron {number}" for number in range(7)]

    def _by_seven(rows):
        first = next(row for row in rows if row["year"] == "2019")
        for at, (fund, instrument) in enumerate(zip(funds, instruments, strict=True)):
            rows.append(first | {"fund": fund, "amount_eur": str(1000 + at)})
            rows[-1] |= {"instrument": instrument} if "instrument" in first else {}
        del rows[:-7]

    edit("payments", _by_seven)
    edit("budget", _by_seven)
    (folder / "budget_totals.csv").unlink()
    arguments = ["run", "almelo", "--period", "2019Q4", "--only", "costs", "--data", folder.parent, "--out", tmp_path]
    result = CliRunner().invoke(main, list(map(str, arguments)))
    assert result.exit_code == 0, result.output
    page = BeautifulSoup((tmp_path / "almelo" / "2019Q4" / "costs.html").read_text(encoding="utf-8"), "html.parser")
    heads = {head.text for head in page.select("thead th")}
    for names, picture in zip((instruments.values(), funds), page.select("figure .wide"), strict=False):
        drawn = [text.text for text in picture.select("text")]
        assert "overige" in drawn and sum(name in drawn for name in names) == 4
        assert set(names) <= heads
