"""Words, numbers and periods in both languages, and a catalogue that is complete."""

from __future__ import annotations

import ast
import datetime as dt
import json
import os
import re
import string
import subprocess
import sys
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path
from typing import NamedTuple

import pandas as pd
import pytest
from babel.messages.catalog import Catalog
from babel.messages.pofile import read_po
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from binnenstad.words import Words, parse_day, parse_period
from binnenstad.words.errors import UsageError
from binnenstad.words.numbers import MINUS

NAN = float("nan")
LIBRARY = ROOT / "lib" / "binnenstad"
CATALOGUE = LIBRARY / "words" / "locale" / "nl.po"


@pytest.fixture(scope="module")
def en() -> Words:
    return Words("en")


# --- numbers


@pytest.mark.parametrize(
    ("value", "decimals", "dutch", "english"),
    [
        (0, 0, "0", "0"),
        (7, 1, "7,0", "7.0"),
        (6.85, 1, "6,9", "6.9"),
        (2.675, 2, "2,68", "2.68"),
        (1.005, 2, "1,01", "1.01"),
        (0.285 * 100, 0, "29", "29"),
        (0.145 * 100, 0, "15", "15"),
        (0.5, 0, "1", "1"),
        (1.5, 0, "2", "2"),
        (2.5, 0, "3", "3"),
        (-2.5, 0, f"{MINUS}3", f"{MINUS}3"),
        (-0.0, 0, "0", "0"),
        (-0.4, 0, "0", "0"),
        (-0.04, 1, "0,0", "0.0"),
        (999.95, 1, "1.000,0", "1,000.0"),
        (1000, 0, "1.000", "1,000"),
        (93_000, 0, "93.000", "93,000"),
        (-1_234_567.891, 2, f"{MINUS}1.234.567,89", f"{MINUS}1,234,567.89"),
        (0.1 + 0.2, 1, "0,3", "0.3"),
        (1e15, 0, "1.000.000.000.000.000", "1,000,000,000,000,000"),
        (12_345_678_901.49, 0, "12.345.678.901", "12,345,678,901"),
        (12_345_678_901.25, 2, "12.345.678.901,25", "12,345,678,901.25"),
    ],
)
def test_number_rounds_half_up_and_groups_thousands(
    nl: Words, en: Words, value: float, decimals: int, dutch: str, english: str
) -> None:
    assert nl.number(value, decimals) == dutch
    assert en.number(value, decimals) == english


@settings(deadline=None)
@given(st.decimals(-(10**9), 10**9, places=2), st.integers(0, 2), st.sampled_from(["nl", "en"]))
def test_a_written_number_reads_back_as_the_rounded_amount(amount: Decimal, decimals: int, language: str) -> None:
    written = Words(language).number(float(amount), decimals)
    group, mark = (".", ",") if language == "nl" else (",", ".")
    back = Decimal(written.replace(group, "").replace(mark, ".").replace(MINUS, "-"))
    assert back == amount.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert len(written.partition(mark)[2]) == decimals
    assert "-" not in written
    assert not (back == 0 and written.startswith(MINUS))


@settings(deadline=None)
@given(st.decimals(-2, 2, places=4), st.integers(0, 1))
def test_a_percentage_is_the_share_rounded_half_up_in_decimals(share: Decimal, decimals: int) -> None:
    written = Words("en").percent(float(share), decimals)
    assert written.endswith("%")
    expected = (share * 100).quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)
    assert Decimal(written[:-1].replace(MINUS, "-")) == expected


@settings(deadline=None)
@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e20, max_value=1e20), st.integers(0, 3))
def test_every_finite_number_can_be_written_and_never_shows_a_float(value: float, decimals: int) -> None:
    assert set(Words("nl").number(value, decimals)) <= set(string.digits + ".," + MINUS)


@pytest.mark.parametrize("missing", [NAN, None, pd.NA, pd.NaT])
def test_a_missing_number_is_unknown_in_words(nl: Words, en: Words, missing: float) -> None:
    assert nl.number(missing, 2) == nl.eur(missing) == nl.measure(missing, "count") == "onbekend"
    assert en.number(missing) == en.eur(missing, 2) == en.measure(missing, "eur") == "unknown"


def test_a_missing_share_or_mark_is_unknown_without_its_unit(nl: Words) -> None:
    assert nl.percent(NAN) == nl.percent(pd.NA) == nl.measure(NAN, "share") == "onbekend"
    assert nl.measure(NAN, "mark", unlike=7.0) == nl.change(NAN, "mark") == "onbekend"


def test_a_missing_difference_is_unknown_without_sign_or_point(nl: Words) -> None:
    assert nl.signed(NAN) == "onbekend"
    assert nl.change(NAN, "share") == "onbekend"


def test_amounts_stand_behind_the_euro_sign_on_one_line(nl: Words, en: Words) -> None:
    assert nl.eur(150_000) == "€\u00a0150.000"
    assert nl.eur(1234.5, 2) == "€\u00a01.234,50"
    assert nl.eur(-5) == f"€\u00a0{MINUS}5"
    assert en.eur(1234.5, 2) == "€\u00a01,234.50"


@pytest.mark.parametrize(
    ("value", "unit", "unlike", "written"),
    [
        (96_000, "count", None, "96.000"),
        (1880, "m2", None, "1.880"),
        (6.97, "mark", None, "7,0"),
        (6.97, "mark", 7.0, "6,97"),
        (6.9996, "mark", 7.0, "6,9996"),
        (7.0, "mark", 7.0, "7,0"),
        (6.5, "mark", 7.0, "6,5"),
        (6.97, "mark", NAN, "7,0"),
        (0.57, "share", 0.6, "57%"),
        (0.599, "share", 0.6, "59,9%"),
        (0.5999, "share", 0.6, "59,99%"),
        (6.99999, "mark", 7.0, "6,99999"),
        (0.6, "share", 0.3 + 0.3, "60%"),
        (5999.6, "m2", 6000, "5.999,6"),
        (613.7, "count", 614, "613,7"),
        (100_000, "eur", None, "€\u00a0100.000"),
        (104.25, "index", None, "104,3"),
    ],
)
def test_a_measured_value_is_written_by_its_unit_and_not_as_the_target_it_missed(
    nl: Words, value: float, unit: str, unlike: float | None, written: str
) -> None:
    assert nl.measure(value, unit, unlike) == written


@settings(deadline=None)
@given(st.decimals("5.950", "7.050", places=3), st.sampled_from([Decimal("6.5"), Decimal("7")]))
def test_a_mark_never_reads_as_a_target_it_differs_from(mark: Decimal, target: Decimal) -> None:
    nl = Words("nl")
    written = nl.measure(float(mark), "mark", unlike=float(target))
    decimals = len(written.partition(",")[2])
    assert (written == nl.number(float(target), decimals)) == (mark == target)


def test_quantities_put_the_mark_behind_its_name_in_dutch_only(nl: Words, en: Words) -> None:
    assert nl.quantity(6.5, "mark", "rapportcijfer") == "rapportcijfer 6,5"
    assert en.quantity(6.5, "mark", "out of ten") == "6.5 out of ten"
    assert nl.quantity(596, "count", "bedrijven") == "596 bedrijven"
    assert nl.quantity(0.57, "share", "van de Almeloërs") == "57% van de Almeloërs"
    assert nl.quantity(6.97, "mark", "rapportcijfer", unlike=7.0) == "rapportcijfer 6,97"


@pytest.mark.parametrize(
    ("value", "decimals", "written"),
    [
        (3, 0, "+3"),
        (-3, 0, f"{MINUS}3"),
        (0, 0, "0"),
        (0.25, 1, "+0,3"),
        (0.2, 0, "0"),
        (-0.2, 0, "0"),
        (-0.0, 1, "0,0"),
    ],
)
def test_a_difference_has_a_sign_unless_it_reads_as_nothing(
    nl: Words, value: float, decimals: int, written: str
) -> None:
    assert nl.signed(value, decimals) == written


@pytest.mark.parametrize(
    ("value", "unit", "dutch", "english"),
    [
        (0.0646, "mark", "+0,06", "+0.06"),
        (-0.04, "mark", f"{MINUS}0,04", f"{MINUS}0.04"),
        (0.0092, "share", "+0,9 procentpunt", "+0.9 percentage points"),
        (-0.0145, "share", f"{MINUS}1,5 procentpunt", f"{MINUS}1.5 percentage points"),
        (1333.4, "count", "+1.333", "+1,333"),
        (-273.5, "m2", f"{MINUS}274", f"{MINUS}274"),
        (2.5, "index", "+2,50", "+2.50"),
        (0.004, "mark", "+0,004", "+0.004"),
        (-0.25, "count", f"{MINUS}0,3", f"{MINUS}0.3"),
        (0.00002, "share", "+0,002 procentpunt", "+0.002 percentage points"),
        (0.0, "mark", "0,00", "0.00"),
    ],
)
def test_a_change_has_its_sign_and_one_decimal_more_than_its_level_and_reads_as_0_only_if_it_is(
    nl: Words, en: Words, value: float, unit: str, dutch: str, english: str
) -> None:
    assert nl.change(value, unit) == dutch
    assert en.change(value, unit) == english


# --- sentences, days and periods


def test_listing_joins_with_a_word_before_the_last(nl: Words, en: Words) -> None:
    assert [nl.listing(items) for items in ([], ["a"], ["a", "b"], ["a", "b", "c"])] == ["", "a", "a en b", "a, b en c"]
    assert en.listing(["a", "b", "c"]) == "a, b and c"


def test_bounds_and_counts_are_spoken_in_the_language(nl: Words, en: Words) -> None:
    assert nl.at_least("7,0") == "minstens 7,0"
    assert nl.at_most("6.000") == "hoogstens 6.000"
    assert (en.at_least("7.0"), en.at_most("6,000")) == ("at least 7.0", "at most 6,000")
    counts = [words.say_many("{count} row", "{count} rows", n) for words in (nl, en) for n in (0, 1, 1000)]
    assert counts == ["0 rijen", "1 rij", "1.000 rijen", "0 rows", "1 row", "1,000 rows"]


def test_days_are_written_in_full(nl: Words, en: Words) -> None:
    assert nl.date(dt.date(2019, 3, 1)) == "1 maart 2019"
    assert nl.date(pd.Timestamp("2019-12-31")) == "31 december 2019"
    assert en.date(dt.date(2019, 3, 1)) == "1 March 2019"


@pytest.mark.parametrize(
    ("text", "dutch", "last"),
    [
        ("2019Q1", "1e kwartaal 2019", "2019-03-31"),
        ("2019Q4", "4e kwartaal 2019", "2019-12-31"),
        ("2019", "2019", "2019-12-31"),
        ("2020Q1", "1e kwartaal 2020", "2020-03-31"),
    ],
)
def test_periods_are_quarters_and_years(nl: Words, en: Words, text: str, dutch: str, last: str) -> None:
    period = parse_period(text)
    assert nl.period(period) == dutch
    assert en.period(period) == (f"quarter {text[-1]} of {text[:4]}" if "Q" in text else text)
    assert period.end_time.date().isoformat() == last


@pytest.mark.parametrize(
    "text",
    ["2019Q5", "2019Q0", "2019q4", "2019-Q4", "Q4", "", "19", "201", "20190", "2019Q44", " 2019", "2019\n", "1850",
     "2100", "2019-12", "nan", "2019Q4; rm", "20\u0661\u0669"],
)  # fmt: skip
def test_a_text_that_is_no_period_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="2019Q4 or 2019") as caught:
        parse_period(text)
    assert repr(text) in str(caught.value)


def test_a_day_is_written_year_first() -> None:
    assert parse_day("2020-02-29") == dt.date(2020, 2, 29)


@pytest.mark.parametrize("text", ["", "31-12-2019", "2019-02-29", "2019-13-01", "20191231", "2019", "2019-12-31T00:00"])
def test_a_text_that_is_no_day_is_refused_with_an_example(text: str) -> None:
    with pytest.raises(UsageError, match="2020-02-14"):
        parse_day(text)


@pytest.mark.parametrize("language", ["de", "", "NL", "nl_NL", "../nl"])
def test_an_unknown_language_is_refused_with_those_there_are(language: str) -> None:
    with pytest.raises(UsageError, match="nl.*en"):
        Words(language)


def test_values_with_braces_and_percent_signs_are_left_alone(nl: Words) -> None:
    assert nl.at_least("{x} 100% %s") == "minstens {x} 100% %s"


SPOKEN = """
import datetime as dt
from binnenstad.words import Words, parse_period
for w in (Words("nl"), Words("en")):
    print(ascii([w.number(1234567.891, 2), w.eur(-1234.5, 2), w.percent(0.285), w.date(dt.date(2019, 3, 1)),
                 w.period(parse_period("2019Q4")), w.say("unknown"), w.change(0.0092, "share")]))
"""


@pytest.mark.parametrize("locale", ["tr_TR.UTF-8", "not-a-locale"])
def test_the_locale_of_the_machine_has_no_influence(locale: str, nl: Words, en: Words) -> None:
    settings = dict.fromkeys(("LANG", "LC_ALL", "LC_NUMERIC", "LC_TIME", "LANGUAGE"), locale)
    done = subprocess.run(
        [sys.executable, "-c", SPOKEN], env=os.environ | settings, capture_output=True, text=True, check=True
    )
    spoken = [ast.literal_eval(line) for line in done.stdout.splitlines()]
    nbsp = "\u00a0"
    assert spoken == [
        [
            "1.234.567,89",
            f"€{nbsp}{MINUS}1.234,50",
            "29%",
            "1 maart 2019",
            "4e kwartaal 2019",
            "onbekend",
            "+0,9 procentpunt",
        ],
        [
            "1,234,567.89",
            f"€{nbsp}{MINUS}1,234.50",
            "29%",
            "1 March 2019",
            "quarter 4 of 2019",
            "unknown",
            "+0.9 percentage points",
        ],
    ]


# --- the catalogue

SPEAKERS = ("say", "pattern", "say_many", "UsageError")
# what a template says reads as Python, filters and all
SAID = re.compile(r'\bsay(?:_many)?\((?:[^()"]|"[^"]*"|\([^()]*\))*\)')
# the command line says the message that a UsageError brings along
NOT_CONSTANT = {("command_line.py", "error.message")}


class Spoken(NamedTuple):
    """A call that says something: where, what, and the values it fills in."""

    file: str
    line: int
    ids: tuple[ast.expr, ...]
    values: set[str] | None

    @property
    def texts(self) -> tuple[object, ...]:
        return tuple(node.value if isinstance(node, ast.Constant) else None for node in self.ids)


def sources() -> Iterator[tuple[str, str]]:
    for path in sorted(LIBRARY.glob("**/*.py")):
        yield path.name, path.read_text(encoding="utf-8")
    for path in sorted(LIBRARY.glob("**/*.j2")):
        yield path.name, "\n".join(SAID.findall(path.read_text(encoding="utf-8")))
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        for cell in json.loads(path.read_text(encoding="utf-8"))["cells"]:
            if cell["cell_type"] == "code":
                yield path.name, "".join(cell["source"])


def calls(sources: Iterable[tuple[str, str]]) -> Iterator[Spoken]:
    for file, source in sources:
        for node in ast.walk(ast.parse(source)):
            name = getattr(node.func, "attr", getattr(node.func, "id", "")) if isinstance(node, ast.Call) else ""
            if isinstance(node, ast.Call) and name in SPEAKERS and node.args:
                names = {keyword.arg for keyword in node.keywords}
                many = name == "say_many"
                values = None if None in names or name == "pattern" else names | ({"count"} if many else set())
                yield Spoken(file, node.lineno, tuple(node.args[: 2 if many else 1]), values)


CALLS = [call for call in calls(sources()) if (call.file, ast.unparse(call.ids[0])) not in NOT_CONSTANT]


def placeholders(text: str) -> set[str]:
    return {name for _, name, _, _ in string.Formatter().parse(text) if name is not None}


def as_tuple(text: object) -> tuple[str, ...]:
    return tuple(text) if isinstance(text, list | tuple) else (str(text),)


@pytest.fixture(scope="module")
def catalogue() -> Catalog:
    with CATALOGUE.open("rb") as file:
        return read_po(file, locale="nl", abort_invalid=True)


def test_the_walk_finds_the_calls_in_library_and_notebooks() -> None:
    assert len(CALLS) > 200
    assert {"numbers.py", "dates.py", "exporter.py", "goals.ipynb"} <= {call.file for call in CALLS}


def test_every_message_is_a_constant_so_that_it_can_be_found() -> None:
    assert [f"{c.file}:{c.line}" for c in CALLS if not all(isinstance(text, str) for text in c.texts)] == []


def without_dutch(said: Iterable[Spoken], catalogue: Catalog) -> list[str]:
    known = {as_tuple(message.id) for message in catalogue if message.id}
    return [f"{call.file}:{call.line} {call.texts}" for call in said if call.texts not in known]


def test_every_message_of_library_and_notebooks_is_in_the_dutch_catalogue(catalogue: Catalog) -> None:
    assert without_dutch(CALLS, catalogue) == []
    new = "say('unknown')\nheadline(words.say('Elephants'), say_many('{count} herd', '{count} herds', 2))"
    assert without_dutch(calls([("own.ipynb", new)]), catalogue) == [
        "own.ipynb:2 ('Elephants',)",
        "own.ipynb:2 ('{count} herd', '{count} herds')",
    ]


def test_a_message_without_dutch_is_said_with_a_warning_before_it(nl: Words, en: Words) -> None:
    own = "Elephants in {place}: 100% of them"
    assert nl.say(own, place="Almelo") == "zonder vertaling: Elephants in Almelo: 100% of them"
    assert nl.pattern(own) == f"zonder vertaling: {own}"
    herds = [nl.say_many("{count} herd", "{count} herds", count) for count in (1, 1000)]
    assert herds == ["zonder vertaling: 1 herd", "zonder vertaling: 1.000 herds"]
    assert en.say(own, place="Almelo") == "Elephants in Almelo: 100% of them"
    assert en.say_many("{count} herd", "{count} herds", 1) == "1 herd"


def test_no_message_of_the_catalogue_is_obsolete_or_fuzzy(catalogue: Catalog) -> None:
    said = {call.texts for call in CALLS}
    assert [message.id for message in catalogue if message.id and as_tuple(message.id) not in said] == []
    assert [message.id for message in catalogue if message.id and message.fuzzy] == []
    assert not catalogue.obsolete


def test_no_translation_is_empty(catalogue: Catalog) -> None:
    for message in catalogue:
        assert all(text.strip() for text in as_tuple(message.string)), message.id
        assert len(as_tuple(message.string)) == len(as_tuple(message.id)), message.id


def test_placeholders_of_message_and_translation_agree(catalogue: Catalog) -> None:
    for message in catalogue:
        if message.id:
            for text, translated in zip(as_tuple(message.id), as_tuple(message.string), strict=True):
                assert placeholders(text) == placeholders(translated), message.id


def test_every_call_fills_in_what_its_message_asks_for() -> None:
    wrong = [
        f"{call.file}:{call.line} {call.texts}"
        for call in CALLS
        for text in call.texts
        if call.values is not None and isinstance(text, str) and not placeholders(text) <= call.values
    ]
    assert wrong == []


def test_no_message_stands_twice_in_the_catalogue() -> None:
    lines = CATALOGUE.read_text(encoding="utf-8").splitlines()
    ids = [line for line in lines if line.startswith("msgid ") and line != 'msgid ""']
    assert len(ids) == len(set(ids))


def test_no_module_asks_the_machine_for_its_locale() -> None:
    paths = [Path(file).name for file, source in sources() if "setlocale" in source or "import locale" in source]
    assert paths == []
