"""Whole pages of folders with awkward series: what one sentence says, no table, picture or other sentence denies."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest

Series = dict[str, list[tuple]]
Pages = Callable[..., dict[str, str]]
QUARTERS = [f"{year}-{end}" for year in range(2017, 2022) for end in ("03-31", "06-30", "09-30", "12-31")]
SURE = {"standard_error": "0,01", "respondents": "900"}


@pytest.fixture
def given(edit: Callable[..., object]) -> Callable[..., None]:
    """Put other values, goals and decisions in the place of those of the copy."""

    def put(series: Series, goals: dict[str, dict[str, str]], decisions: list[dict[str, str]] | None = None) -> None:
        rows = [
            {"indicator": goal, "date": day, "value": str(value).replace(".", ","), "published": day,
             "status": "final", "illustrative": "true", "method_break": "false", "source": "Test"} | dict(*more)
            for goal, own in series.items() for day, value, *more in own
        ]  # fmt: skip
        edit("measurements", lambda old: old.__setitem__(slice(None), [r for r in old if r["indicator"] not in series]))
        edit("measurements", lambda old: old.extend(rows))
        edit("indicators", lambda old: [row.update(goals.get(row["id"], {})) for row in old])
        if decisions:
            edit("decisions", lambda old: old.extend(decisions))

    return put


def said_of(page: str, goal: str) -> str:
    """What the page says of one goal, by the id and title that head it, up to its efforts."""
    (found,) = re.findall(rf" {goal} [^:\[\]|]+: \S (.*?) Afgesproken inspanningen", page)
    return found


def test_a_page_of_awkward_series_contradicts_itself_nowhere(given, pages: Pages) -> None:
    bridge = {"method_break": "true", "bridge": "1,1", "bridge_error": "0,02"}
    shock = {"exceptional": "true", "exceptional_reason": "coronamaatregelen"}
    given(
        {
            "1a": [("2017-12-31", 94100), ("2018-12-31", 95900), ("2019-12-31", 96000, bridge), ("2021-12-31", 109000)],
            "2b": [(day, 9250 - 150 * at) for at, day in enumerate(QUARTERS)],
            "3a": [("2015-10-01", "6,1")],
            "3b": [("2017-10-01", "7,24", SURE), ("2018-10-01", "7,18", SURE), ("2019-10-01", "7,2", SURE)],
            "4a": [("2021-09-30", "6,2"), ("2021-12-31", "6,3")],
            "4c": [("2017-10-01", "0,55"), ("2019-10-01", "0,6", {"method_break": "true"}), ("2021-10-01", "0,64")],
            "5a": [("2016-04-01", 570), ("2017-04-01", 580), ("2018-04-01", 587), ("2019-04-01", 596),
                   ("2020-04-01", 540, shock), ("2021-04-01", 611)],
        },
        {
            "2b": {"baseline_value": "9400", "baseline_date": "2016-12-31"},
            "3a": {"baseline_value": "6,5", "baseline_date": "2016-10-01"},
            "3b": {"target_value": "7,5"},
            "4a": {"kind": "flow_per_week"},
            "4c": {"baseline_value": "0,52", "baseline_date": "2016-10-01", "target_kind": "change",
                   "target_value": "0,08"},
        },
    )  # fmt: skip
    page = pages("goals", period="2021Q4")["goals"]
    # a bridge: what was agreed stands beside what it is now, and so do the values
    assert (
        "streefwaarde: minstens 110.000. Afgesproken: van 93.000 naar 100.000. Sinds 2019 wordt anders gemeten (factor "
        "1,1): dat is nu van 102.300 naar 110.000."
    ) in said_of(page, "1a")
    assert "94.100 (nu 103.510) | 95.900 (nu 105.490) | 96.000 |" in page
    # a break without one
    assert "Sinds 2019 wordt anders gemeten dan bij de nulmeting, en omrekenen kan niet." in said_of(page, "4c")
    # steps of one size, all the right way: no margin of nothing, and nothing gets worse
    assert "sinds 2016 was de verandering per jaar steeds gelijk, dus een marge is er niet. Gaat het zo door" in page
    assert "tussen 5." not in said_of(page, "2b")
    chart = page[page.index("2b: het niveau is veranderd sinds het 3e kwartaal van 2019 (verbetering)") :]
    assert "Buiten de grenzen (boven): 1e kwartaal 2017" in chart and "verslechtering" not in page
    assert "die twee kunnen verschillen" in page and "toeval" not in page and "wat gewoon is" not in chart[:900]
    # figures there are, though none that judges
    assert said_of(page, "3a").endswith("Sinds de nulmeting is er geen cijfer om op te oordelen; de streefwaarde is "
                                        "minstens 7,0.")  # fmt: skip
    assert "Bekend van het jaar tot en met 31 december 2021: 2 van de 4 metingen." in said_of(page, "4a")
    assert "Geen cijfer om op te oordelen: 3a en 4a." in page and "Niet gemeten:" not in page
    # two ends of a margin differ
    assert "De streefwaarde valt buiten de marge (7,18 tot 7,22)." in page
    # a year left out is named with its reason, beside the forecast
    assert "Niet meegeteld in deze verwachting: 2020 (coronamaatregelen)." in said_of(page, "5a")


def test_a_page_of_the_target_day_promises_no_time_that_is_over(given, pages: Pages) -> None:
    lowered = {"date": "2022-06-01", "body": "college", "indicator": "5a", "subject": "target_value", "old": "614",
               "new": "590", "reason": "Minder geld."}  # fmt: skip
    later = lowered | {"date": "2022-11-20", "indicator": "3a", "subject": "target_date"}
    given(
        {
            "1a": [("2017-12-31", 94100), ("2018-12-31", 95900), ("2021-12-31", 99500)],
            "2b": [("2017-12-31", 8000), ("2021-12-31", 6500), ("2022-12-31", 6400)],
            "5a": [("2017-04-01", 575), ("2022-04-01", 594)],
        },
        {
            "2b": {"baseline_value": "9400", "baseline_date": "2016-12-31", "target_date": "2022-06-30"},
            "3a": {"target_date": "2024-12-31"},
            "5a": {"baseline_value": "571", "baseline_date": "2016-04-01", "target_value": "590"},
        },
        [lowered, later | {"old": "2022-12-31", "new": "2024-12-31"}],
    )
    page = pages("goals", period="2022Q4")["goals"]
    due = said_of(page, "1a")
    assert "De streefdatum is bereikt; een eindmeting is er nog niet." in due
    assert not re.search(r"nodig|maanden voor|wordt gehaald|wordt waarschijnlijk", due)
    # the path ends at the target, and is that of the day of the figure
    assert "pad op de meetdag" in page and "pad nu" not in page
    assert re.search(r"\[2b [^|]+\| 9\.400 \(nulmeting 2016\) \| 6\.400 \(2022\) \| [^|]*\| ≤ 6\.000 \(2022\) \|", page)
    assert re.search(r"\[2b [^|]+\| volledige telling \| 6\.000 \|", page)
    # a lowered target: the first verdict with the first numbers
    both = said_of(page, "5a")
    assert "Tegen het oorspronkelijke doel: niet behaald. Van de eerst afgesproken verandering is 53% bereikt." in both
    assert "Van de later afgesproken verandering is 121% bereikt." in both
    # a date put off is no failure yet, and named
    assert "De streefdatum is uitgesteld: 3a Waardering van het evenementenaanbod (31 december 2024)." in page
    assert "in minstens 7,0 op 31 december 2024." in said_of(page, "3a") and "≥ 7,0 in 2024 (eerst ≥ 7,0 in" in page
    failed = re.search(r"(\d)× niet behaald", page)
    listed = re.search(r"Niet behaald: (.*?)\.\s", page)
    assert failed and listed and int(failed[1]) == len(re.findall(r"\d[a-c] ", listed[1]))
    assert "Besluit van 20 november 2022 (college): " in page


def test_a_page_of_bridges_tells_one_promise(given, pages: Pages) -> None:
    def bridge(factor: str) -> dict[str, str]:
        return {"method_break": "true", "bridge": factor, "bridge_error": "0,01"}

    raised = {"date": "2020-06-01", "body": "college", "indicator": "1a", "subject": "target_value", "old": "7000",
              "new": "8000", "reason": "Meer geld."}  # fmt: skip
    given(
        {
            "1a": [("2017-12-31", 94100), ("2018-12-31", 95900), ("2019-12-31", 105600, bridge("1,1")),
                   ("2020-12-31", 53500, bridge("0,5")), ("2021-12-31", 54500)],
            "2b": [("2018-12-31", 8000), ("2019-12-31", 9500, bridge("1,25")), ("2021-12-31", 9000)],
            "5a": [("2016-04-01", 560), ("2018-04-01", 570), ("2020-04-01", 640, bridge("1,1")), ("2021-04-01", 650)],
        },
        {
            "1a": {"target_value": "8000"},
            "2b": {"baseline_value": "9400", "baseline_date": "2016-12-31"},
            "5a": {"baseline_value": "570", "baseline_date": "2016-04-01", "target_kind": "change",
                   "target_value": "40", "anchor": "moving"},
        },
        [raised],
    )  # fmt: skip
    page = pages("goals", period="2021Q4")["goals"]
    # the first promise stands as it was agreed, and nowhere on another scale
    first = said_of(page, "1a")
    assert "Afgesproken: van 93.000 naar 101.000. Sinds 2020 wordt anders gemeten (factor 0,55): dat is nu van" in first
    assert "Oorspronkelijk minstens 100.000 op 31 december 2022 (nulmeting: 93.000); op 1 juni 2020 gewijzigd" in first
    assert "(college) in minstens 101.000 op 31 december 2022." in first
    assert "55.000" not in page and "≥ 55.550 (eerst" not in page
    # what a moving target rests on is not called agreed
    moving = said_of(page, "5a")
    assert "Gerekend vanaf de gemeten nulmeting: van 560 naar 600. Sinds 2020 wordt anders gemeten" in moving
    assert "Als nulmeting is 570 afgesproken en 560 gemeten. De streefwaarde rust op 560." in page
    assert "Afgesproken: van" not in moving
    # a target of its own is not converted, and the page says so
    assert (
        "Afgesproken: van 9.400 naar 6.000. Sinds 2019 wordt anders gemeten (factor 1,25): dat is nu van 11.750 naar "
        "6.000."
    ) in said_of(page, "2b")
    assert "De streefwaarde is een vaste waarde en is dus niet omgerekend." in page
