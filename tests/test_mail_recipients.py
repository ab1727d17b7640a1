"""The table of recipients: who may be written to, what is refused by name, and where it may not stand."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest
from conftest import ALMELO
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from binnenstad.programme.checked import check_programme
from binnenstad.words.addresses import hides, is_address
from binnenstad.words.errors import DataError

GOOD = ["griffie", "Griffie", "griffie@example.org", "council", "", "nl", "html"]
COLUMNS = ["id", "name", "address", "audience", "partner", "language", "attachment"]


def write(folder: Path, *rows: list[str]) -> None:
    with (folder / "recipients.csv").open("w", encoding="utf-8", newline="") as file:
        csv.writer(file, delimiter=";").writerows([COLUMNS, *rows])


def faults(folder: Path, *rows: list[str]) -> list[str]:
    write(folder, *rows)
    with pytest.raises(DataError) as error:
        check_programme(folder)
    return str(error.value).splitlines()[1:]


def changed(**cells: str) -> list[str]:
    return [cells.get(name, value) for name, value in zip(COLUMNS, GOOD, strict=True)]


def test_the_example_is_in_order_and_is_not_read(folder: Path) -> None:
    assert check_programme(folder)["recipients"].empty
    (folder / "recipients.csv").write_bytes((folder / "recipients.example.csv").read_bytes())
    recipients = check_programme(folder)["recipients"]
    assert len(recipients) == 5
    assert recipients["address"].str.endswith("@example.org").all()
    assert not (ALMELO / "recipients.csv").exists() or (ALMELO / "recipients.csv").name in (
        ALMELO.parents[1] / ".gitignore"
    ).read_text(encoding="utf-8")


UNSEEN = "bevat een teken dat niet te zien is"
WRONG_CELLS = [
    ({"address": ""}, "address", "de cel is leeg"),
    ({"audience": ""}, "audience", "de cel is leeg"),
    ({"audience": "raad"}, "audience", "is niet een van de bekende woorden"),
    ({"attachment": "docx"}, "attachment", "is niet een van de bekende woorden"),
    ({"id": "fine"}, "id", "staat er dubbel"),
]
WRONG_ROWS = [
    ({"address": "griffie"}, "address", "is geen e-mailadres"),
    ({"address": "a@example.org, b@example.org"}, "address", "is geen e-mailadres"),
    ({"address": "griffie@example"}, "address", "is geen e-mailadres"),
    ({"address": "raad\u202e@example.org"}, "address", UNSEEN),
    ({"address": "ra\u200bad@example.org"}, "address", UNSEEN),
    ({"address": "raad@example.org\r\nBcc: x@example.org"}, "address", UNSEEN),
    ({"name": "Griffie\nBcc: x@example.org"}, "name", UNSEEN),
    ({"name": "=?utf-8?q?a=0ABcc:_x?="}, "name", UNSEEN),
    ({"audience": "partner"}, "partner", "is leeg bij een ontvanger met doelgroep partner"),
    ({"partner": "gemeente"}, "partner", "is gevuld bij een ontvanger met een andere doelgroep"),
    ({"audience": "partner", "partner": "zwolle"}, "partner", "is geen id van partners"),
    ({"address": "Fine@Example.org"}, "address", "zou dezelfde mail twee keer krijgen"),
]


@pytest.mark.parametrize("wrong", [WRONG_CELLS, WRONG_ROWS])
def test_every_wrong_recipient_is_named(folder: Path, wrong: list[tuple[dict[str, str], str, str]]) -> None:
    fine = {"id": "fine", "address": "fine@example.org"}
    rows = [{"id": f"n{row}", "address": f"n{row}@example.org"} | cells for row, (cells, *_) in enumerate(wrong)]
    said = faults(folder, *(changed(**cells) for cells in (fine, *rows)))
    for row, (_, column, why) in enumerate(wrong, start=3):
        found = [line for line in said if f"recipients.csv, rij {row}, kolom {column}" in line and why in line]
        assert len(found) == 1, (row, column, why, said)
    assert len(said) == len(wrong)


def test_a_partner_may_also_be_another_audience_at_the_same_address(folder: Path) -> None:
    write(folder, GOOD, changed(id="b", audience="partner", partner="gemeente"))
    assert len(check_programme(folder)["recipients"]) == 2


def test_addresses_do_not_stand_in_a_workbook(folder: Path) -> None:
    book = Workbook()
    book.active.title = "recipients"
    book.active.append(COLUMNS)
    book.active.append(GOOD)
    book.save(folder / "post.xlsx")
    with pytest.raises(DataError, match="hoort niet in een werkmap. Zet het in recipients.csv"):
        check_programme(folder)


def test_a_new_recipient_makes_no_report_old(folder: Path) -> None:
    before = check_programme(folder).delivered
    write(folder, GOOD)
    assert check_programme(folder).delivered == before
    (folder / "goals.csv").write_bytes((folder / "goals.csv").read_bytes() + b"\n")
    assert check_programme(folder).delivered != before


@given(st.emails())
def test_what_passes_as_an_address_has_one_at_sign_and_nothing_hidden(text: str) -> None:
    if is_address(text):
        assert text.count("@") == 1
        assert text.isascii()
        assert not hides(text)
    assert not is_address(text + "\r\nBcc: x@example.org")
    assert not is_address(f"{text}, {text}")
