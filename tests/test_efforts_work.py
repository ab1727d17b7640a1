"""The work: promises and whether they are measured, states, who leads, and what is outside."""

import pandas as pd
import pytest
from conftest import cells_of
from effort_tables import NOW, effort, rows

from binnenstad.efforts.promises import promises
from binnenstad.efforts.roles import leads, majority
from binnenstad.efforts.say import work
from binnenstad.efforts.show.work_tables import (
    show_outside,
    show_tracks,
    tabulate_areas,
    tabulate_leads,
    tabulate_promises,
)
from binnenstad.words import Words

CLAIMS = rows(
    "claims",
    {"id": "winkels", "goal": "2", "text": "minder lege winkels", "indicator": "2a"},
    {"id": "winkels", "goal": "2", "text": "minder lege winkels", "indicator": "2b"},
    {"id": "panden", "goal": "2", "text": "minder lege panden"},
    {"id": "bezoek", "goal": "1", "text": "meer bezoek", "indicator": "1a"},
)
PARTNERS = rows(
    "partners",
    {"id": "gemeente", "title": "Gemeente", "kind": "municipality"},
    {"id": "winkeliers", "title": "Winkeliers", "kind": "private"},
    {"id": "wijkraad", "title": "Wijkraad", "kind": "civic"},
    {"id": "bureau", "title": "Bureau"},
)
NOBODY = rows("team")


def led(*partners: str | None) -> pd.DataFrame:
    """Efforts of track 1, each of a partner or of nobody known, and an empty place."""
    own = [effort(f"e{at}", track="1", lead_partner=partner) for at, partner in enumerate(partners)]
    return rows("efforts", *own, effort("leeg", "to_be_developed", track="1"))


@pytest.mark.parametrize(
    ("measured", "told"),
    [
        (
            {"1a": False, "2a": True, "2b": True},
            "Van de 3 dingen die de 2 doelen beloven, worden er 2 gemeten; niet gemeten: minder lege panden.",
        ),
        (
            {"2b": False, "2a": True},
            "Van de 3 dingen die de 2 doelen beloven, wordt er 1 gemeten; niet gemeten: minder lege panden; nog zonder "
            "cijfer: meer bezoek.",
        ),
        (
            {"2b": True, "1a": True},
            "Van de 3 dingen die de 2 doelen beloven, worden er 2 gemeten (met voorbeeldcijfers); niet gemeten: minder "
            "lege panden.",
        ),
        (
            {},
            "Van de 3 dingen die de 2 doelen beloven, wordt er geen gemeten; niet gemeten: minder lege panden; nog "
            "zonder cijfer: meer bezoek en minder lege winkels.",
        ),
    ],
)
def test_a_promise_counts_once_and_is_measured_if_any_of_its_goals_is(nl, measured, told):
    assert work.describe_promises(promises(CLAIMS, figures(measured)), nl) == told


def figures(measured: dict[str, bool]) -> pd.DataFrame:
    """Operational goals of which those measured have a figure, real or an example."""
    values = [1.0 if id in measured else None for id in ("1a", "2a", "2b")]
    examples = [measured.get(id, False) for id in ("1a", "2a", "2b")]
    return pd.DataFrame({"id": ["1a", "2a", "2b"], "value": values, "illustrative": examples})


def test_no_promises_are_no_sentence_and_no_table(nl):
    none = promises(CLAIMS[:0], figures({}))
    assert work.describe_promises(none, nl) == ""
    assert tabulate_promises(none, rows("goals"), nl).html == ""


def test_the_table_of_promises_has_a_row_per_goal(nl):
    goals = rows(
        "goals", {"id": "2", "title": "Minder leegstand"}, {"id": "1", "title": "Meer bezoek", "owner": "partners"}
    )
    more = rows("claims", {"id": "omzet", "goal": "2", "text": "meer omzet"})
    found = promises(pd.concat([CLAIMS, more]), figures({"1a": False, "2b": False}))
    assert cells_of(tabulate_promises(found, goals, nl)) == {
        "doel": ["1 Meer bezoek", "2 Minder leegstand"],
        "van wie": ["de partners", "–"],
        "gemeten": ["meer bezoek (1a)", "minder lege winkels (2a, 2b)"],
        "niet gemeten": ["–", "meer omzet en minder lege panden"],
    }


@pytest.mark.parametrize(
    ("states", "told"),
    [
        (["agreed"], "Er is 1 inspanning afgesproken; nergens staat dat zij is begonnen."),
        (["running"] * 2, "Alle 2 inspanningen lopen."),
        (["agreed"] * 3, "Alle 3 inspanningen zijn afgesproken; nergens staat dat er al een is begonnen."),
        (
            ["running", "done", "done", "stopped", "agreed", "to_be_developed"],
            "Van de 5 inspanningen loopt er 1, zijn er 2 gereed, is er 1 gestopt en is er 1 afgesproken. 1 plaats moet "
            "nog met partners worden ingevuld.",
        ),
        (
            ["done"] * 3 + ["proposed"],
            "Alle 3 inspanningen zijn gereed. Nog 1 wordt alleen genoemd en is niet afgesproken.",
        ),
        ([], "Er is geen inspanning afgesproken."),
        (
            ["to_be_developed"] * 2,
            "Er is geen inspanning afgesproken. 2 plaatsen moeten nog met partners worden ingevuld.",
        ),
    ],
)
def test_states_in_words_and_silence_is_no_progress(nl, states, told):
    assert work.describe_states(stood(*states), NOW.today, nl) == told


def test_what_may_be_another_effort_is_counted_where_both_count(nl):
    same = stood("agreed", "agreed", "proposed", "agreed").assign(maybe_same_as=["e1", None, "e0", "e2"])
    assert work.describe_states(same, NOW.today, nl) == (
        "Alle 3 inspanningen zijn afgesproken; nergens staat dat er al een is begonnen. Mogelijk is er 1 dubbel. Nog 1 "
        "wordt alleen genoemd en is niet afgesproken."
    )


def test_whether_the_work_is_on_course_is_said_first_with_why_it_is_not_known(nl, assert_clean):
    log, ends = rows("decisions", {"subject": "state"}), pd.DataFrame({"finding": ["ended", "added", "ended"]})
    told = work.lead_work(stood("agreed"), log[:0], ends[:0], NOW, nl)
    assert told.startswith(
        "Of het werk op koers ligt, is niet bekend: op 14 februari 2020 was er nog geen voortgangsbericht. Er is 1 "
    )
    told = work.lead_work(stood("running", "done"), log, ends, NOW, nl)
    assert_clean([told])
    assert told.startswith(
        "Of het werk op koers ligt, is niet bekend: op 14 februari 2020 was van inspanningen alleen de stand "
        "vastgelegd, niet hoe het ermee gaat. Van 2 inspanningen is het geplande einde voorbij, en nergens staat dat "
        "zij gereed zijn. Van de 2 inspanningen loopt er 1 en"
    )
    assert work.lead_work(stood("done"), log, ends[:0], NOW, nl) == "Er is 1 inspanning gereed."


def stood(*states: str, told: str = "2018-12-31") -> pd.DataFrame:
    """Efforts in these states, of which the first was told on a day of its own."""
    efforts = rows("efforts", *(effort(f"e{at}", state) for at, state in enumerate(states)))
    days = [told, *["2018-12-31"] * (len(states) - 1)] if states else []
    return efforts.assign(told=pd.to_datetime(pd.Series(days, dtype="str")))


def test_an_old_state_is_said_with_the_year_of_its_source(nl):
    later = NOW.today + pd.Timedelta(days=1)
    assert work.describe_states(stood("running", "done", "to_be_developed"), later, nl).startswith(
        "Van de 2 inspanningen loopt er 1 en is er 1 gereed. Van 1 inspanning is meer dan een jaar niets gemeld."
    )
    assert work.describe_states(stood("running", "running"), later, nl) == (
        "Volgens de bron van 2018 (sindsdien is niets gemeld): alle 2 inspanningen lopen."
    )
    fresh = work.describe_states(stood("running", "agreed", told="2019-12-01"), later, nl)
    assert fresh.endswith("Van 1 inspanning is meer dan een jaar niets gemeld.")


def test_who_leads_how_many_efforts_and_how_much_money(nl):
    efforts = led("gemeente", "winkeliers", "wijkraad", "bureau", None)
    table = leads(efforts, PARTNERS, pd.Series({"e0": 50.0, "e1": 30.0, "e3": 20.0, "leeg": 900.0}))
    assert table.loc["programme"].to_dict() == {
        "efforts": 5, "efforts_eur": 100, "others": 2, "others_eur": 30, "private": 1, "private_eur": 30,
        "unknown": 2, "unknown_eur": 20, "no_lead": 1, "no_lead_eur": 0,
    }  # fmt: skip
    # 900 stands on an empty place, or on a kind of cost
    team = rows(
        "team", {"id": "a", "title": "Trekkers", "note": "Particulieren voeren het meeste uit."}, {"id": "b"},
        {"id": "c", "title": "Adviseur", "partner": "gemeente", "note": "Vier dagen."},
    )  # fmt: skip
    assert work.describe_leads(table, efforts, team, 1000.0, 2019, nl) == [
        "Voor zover bekend trekken andere partijen dan de gemeente 2 van de 5 inspanningen.",
        "Daar gaat minstens 3% van de begroting van 2019 heen.",
        "Van de begroting van 2019 is €\xa0900 niet over inspanningen verdeeld.",
        "Van 1 inspanning is niet bekend wie haar trekt.",
        "Van 1 inspanning is niet bekend wat voor partij haar trekt.",
        "Of particuliere partijen het grootste deel van de inspanningen trekken, is niet te zeggen; bekend: 1 van de "
        "5.",
        "Wie een inspanning trekt, voert haar niet altijd zelf uit; wie dat doet, staat hier niet per inspanning.",
        "Trekkers: Particulieren voeren het meeste uit.",
    ]
    assert len(work.describe_leads(table, efforts, team, 1000.0, 2019, Words("en"))) == 7, "a remark in Dutch"
    tracks, example = pd.Series({"1": "Kade"}), rows("budget", {"illustrative": True}, {"illustrative": False})
    shown = tabulate_leads(table, tracks, example, 2019, nl)
    assert shown.illustrative and not tabulate_leads(table, tracks, example[1:], 2019, nl).illustrative
    cells = cells_of(shown)
    assert cells["trekker of soort partij onbekend"] == ["2", "2"]
    assert cells["spoor"] == ["1 Kade", "samen"]
    assert cells["waarvan door anderen getrokken"] == ["€\xa030"] * 2
    # without money for an effort no column of it: 0 would say that nothing was budgeted
    bare = leads(efforts, PARTNERS, pd.Series({"leeg": 900.0}))
    assert not any("€" in cell for cell in tabulate_leads(bare, tracks, example, 2019, nl).html.split())
    judged = work.describe_leads(bare, efforts.assign(lead_judged_by="onderzoeker"), NOBODY, 900.0, 2019, nl)
    assert judged[:2] == [
        "Voor zover bekend (oordeel: onderzoeker) trekken andere partijen dan de gemeente 2 van de 5 inspanningen.",
        "Van de begroting van 2019 is €\xa0900 niet over inspanningen verdeeld.",
    ]
    known = led("gemeente", "winkeliers")
    nothing = work.describe_leads(leads(known, PARTNERS, pd.Series({"e0": 10.0})), known, NOBODY, 10.0, 2019, nl)
    assert nothing[1] == "Daarvoor is in 2019 niets begroot."


@pytest.mark.parametrize(
    ("partners", "begin"),
    [
        (["winkeliers"] * 2 + ["gemeente"], "Voor zover bekend trekken particuliere partijen het grootste deel"),
        (["winkeliers", "gemeente"], "Voor zover bekend trekken particuliere partijen niet het grootste deel"),
        ([None, "winkeliers", "gemeente"], "Of particuliere partijen het grootste deel"),
    ],
)
def test_whether_private_parties_lead_most_is_tested(nl, partners, begin):
    table = leads(led(*partners), PARTNERS, pd.Series(dtype=float))
    told = work.describe_leads(table, led(*partners), NOBODY, 0.0, 2019, nl)
    assert sum(sentence.startswith(begin) for sentence in told) == 1
    assert not any("begroting" in sentence for sentence in told)


def test_without_an_effort_of_others_no_money_of_theirs_is_told(nl):
    table = leads(led("gemeente"), PARTNERS, pd.Series({"e0": 10.0}))
    told = work.describe_leads(table, led("gemeente"), NOBODY, 10.0, 2019, nl)
    assert told[0] == "Van geen enkele inspanning is bekend dat een ander dan de gemeente haar trekt."
    assert not any("begroting" in sentence for sentence in told)
    assert work.describe_leads(leads(led(), PARTNERS, pd.Series(dtype=float)), led(), NOBODY, 0.0, 2019, nl) == []


def test_a_majority_with_unknowns_agrees_with_going_through_what_they_may_be():
    for whole in range(1, 8):
        for part in range(whole + 1):
            for unknown in range(whole - part + 1):
                outcomes = {2 * (part + more) > whole for more in range(unknown + 1)}
                assert majority(part, unknown, whole) == (outcomes.pop() if len(outcomes) == 1 else None)


def test_an_effort_and_an_empty_place_stand_in_the_table_of_their_track(nl):
    efforts = rows(
        "efforts", effort("markt", track="1"), effort("leeg", "to_be_developed", track="1"),
        effort("kade", "running", track="1", lead_partner="winkeliers", role="direction", budget_holder="manager",
               lead_judged_by="onderzoeker", start="2019-05-01", end="2019-06-30"),
        effort("los", "done"),
    ).assign(told=pd.Timestamp("2018-06-28"))  # fmt: skip
    tracks = rows(
        "tracks",
        {"id": "1", "title": "Kade", "description": "De kade als plek.", "note": "De kaart ontbreekt."},
        {"id": "2", "title": "Plein"},
    )
    titles = {"partners": PARTNERS.set_index("id")["title"], "team": pd.Series({"manager": "Programmamanager"})}
    tested = pd.DataFrame({"outcome": "untested", "illustrative": False}, index=efforts["id"]).drop("leeg")
    key, first, second, rest = show_tracks(efforts, tracks, titles, tested, NOW, nl)
    assert "De stand is die van 14 februari 2020; tussen haakjes staat het jaar van het bericht." in key.html
    assert cells_of(first) == {
        "inspanning": ["Kade", "Markt", "Leeg"],
        "stand": [
            "loopt (2018); begin 1 mei 2019; einde 30 juni 2019",
            "afgesproken (2018)",
            "nog met partners in te vullen (2018)",
        ],
        "trekker": ["Winkeliers (oordeel: onderzoeker)", "–", "–"],
        "rol": ["regie", "–", "–"],
        "budgethouder": ["Programmamanager", "–", "–"],
    }
    assert "<h3" in first.html
    assert "De kade als plek.</p>\n<p>De kaart ontbreekt." in first.html
    # a page in another language has it among the remarks at its end
    assert "ontbreekt" not in show_tracks(efforts, tracks, titles, tested, NOW, Words("en"))[1].html
    assert "Voor dit spoor is nog geen inspanning afgesproken." in second.html
    assert cells_of(rest) == {"inspanning": ["Los"], "stand": ["gereed (2018)"]}
    tested.loc["kade", "outcome"] = "passes"
    tested_too = cells_of(show_tracks(efforts, tracks, titles, tested, NOW, nl)[1])
    assert [cell.split("; ")[-1] for cell in tested_too["stand"]] == [
        "voldoet aan de criteria", "niet getoetst", "nog met partners in te vullen (2018)",
    ]  # fmt: skip


def test_the_parts_of_the_centre_have_their_kind(nl):
    areas = rows(
        "areas", {"id": "k", "title": "De kade", "kind": "quarter"}, {"id": "c", "title": "Alles", "kind": "centre"}
    )
    assert cells_of(tabulate_areas(areas, nl)) == {
        "gebied": ["Alles", "De kade"],
        "soort gebied": ["centrum", "kwartier"],
    }
    assert tabulate_areas(areas[:0], nl).html == ""


def test_what_is_outside_helps_hurts_or_is_not_known(nl):
    outside = rows(
        "outside",
        {
            "id": "a",
            "title": "Plan A",
            "kind": "private",
            "direction": "hurts",
            "indicator": "1a",
            "strength": 2,
            "judged_by": "onderzoeker",
        },
        {"id": "b", "title": "Plan B", "kind": "programme", "direction": "helps"},
        {"id": "c", "title": "Plan C", "kind": "line_project"},
    )
    assert work.describe_outside(outside, nl) == (
        "Van de 3 invloeden van buiten het programma helpt er 1, hindert er 1 en is het van 1 niet bekend. "
        "Richting en sterkte zijn voor een deel geschat (onderzoeker)."
    )
    assert work.describe_outside(outside[:1].assign(judged_by=None), nl) == (
        "Er is 1 invloed van buiten het programma genoemd, en die hindert."
    )
    assert work.describe_outside(outside[:0], nl) == ""
    cells = cells_of(show_outside(outside, pd.Series({"1a": "Bezoekers"}), nl)[1])
    assert cells["richting"] == ["helpt", "hindert", "–"]
    assert cells["sterkte"] == ["–", "2", "–"]
