"""A run as the batch leaves it, small and without notebooks, and what a mailing needs beside it.

Run as a program it accepts the messages of today as those of tests/expected/mail.
"""

from __future__ import annotations

import base64
import hashlib
import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd

from binnenstad.mail.compose import Mailing, Request, compose
from binnenstad.mail.ledger import FORGOTTEN, Files, Ledger
from binnenstad.mail.message import Recipient, message_bytes
from binnenstad.mail.settings import Settings
from binnenstad.page.blocks import Block, bullets, headline, section
from binnenstad.page.summary import SUMMARISED, summary_path
from binnenstad.page.table import table
from binnenstad.programme.checked import Programme, check_programme
from binnenstad.programme.delivered import Delivery
from binnenstad.words import Words

PERIOD = "2019Q4"
DATE = "Sat, 21 Nov 2026 09:00:00 +0000"
DATA = "0123456789ab"
FILES = [("overview", "nl"), ("overview", "en"), ("goals", "nl"), ("partner-provincie", "en")]
NOW = {"goals": Delivery("goals.csv", DATA)}
COLUMNS = ["id", "name", "address", "audience", "partner", "language", "attachment", "opted_out"]
PEOPLE = [
    ["griffie", "Griffie, gemeenteraad", "griffie@example.org", "council", "", "nl", "html"],
    ["college", "Secretariaat van het college", "college@example.org", "executive", "", "nl", "none"],
    ["provincie", "Province of Overijssel", "provincie@example.org", "partner", "provincie", "en", "html"],
]
SETTINGS = Settings(
    host="localhost",
    sender="binnenstad@example.org",
    sender_name="Programma Binnenstad",
    list_id="binnenstad.example.org",
    unsubscribe="afmelden@example.org",
    reply_to="bureau@example.org",
    per_minute=60_000,
    retry_seconds=0,
    timeout_seconds=5,
)
TITLES = {
    "overview": {"nl": "In het kort", "en": "At a glance"},
    "goals": {"nl": "De doelen: één voor één", "en": "The goals"},
    "partner": {"nl": "Voor {partner}", "en": "For {partner}"},
}
# one white point, 2 x 2; its head says how wide it is shown
PNG = bytes.fromhex(
    "89504e470d0a1a0a0000000d494844520000000200000002080000000057dd52f80000000e494441"
    "54789c63f8ff9fe1ff7f000bfa03fde0258a100000000049454e44ae426082"
)
ALT = {
    "nl": "Er is een balk en die is even lang als het doel.",
    "en": "There is one bar and it is as long as the goal.",
}


def picture_of(alt: str) -> Block:
    """A figure as the chart kit makes it, with a drawing that is the same on every machine."""
    svg = f'<svg role="img" aria-label="{alt}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>'
    html = (
        f'<figure data-png="p1">\n<figcaption>De balk</figcaption>\n<div class="wide">{svg}</div>\n'
        f'<div class="narrow" style="display:none">{svg}</div>\n</figure>'
    )
    return Block(html, f"De balk\n{alt}")


def blocks_of(report: str, language: str, finding: str, verdict: str = "● op koers") -> list[Block]:
    nl = language == "nl"
    title = f"Het rapport {report} van de stad" if nl else f"The report {report} of the city"
    rows = [("doel" if nl else "goal", ["1a Bezoekers", "2a Leegstand"]), ("stand", [verdict, "○ ver achter"])]
    head = (
        "Hoe staan de doelen ervoor, en wat is er van het geld?" if nl else "Where do the goals stand, and the money?"
    )
    missing = "De meting van het jaar is er niet." if nl else "The measurement of the year is not there."
    return [
        headline(title, finding, illustrative=True),
        section(head, table("De doelen" if nl else "The goals", rows, text=["stand"])),
        section("De balk" if nl else "The bar", picture_of(ALT[language])),
        section("Wat ontbreekt" if nl else "What is missing", bullets([missing])),
    ]


def rendered(report: str, language: str, finding: str, data: str, verdict: str) -> tuple[str, str]:
    """The page of a report, as far as a mail knows it, and its summary."""
    blocks = blocks_of(report, language, finding, verdict)
    html = "\n".join(block.html for block in blocks) + f"\n<footer>{data}</footer>\n"
    pieces = [
        {"html": f'<div class="block">{block.html}</div>', "plain": block.plain, "illustrative": block.illustrative}
        for block in blocks
    ]
    png = base64.b64encode(PNG).decode()
    kept = {
        "programme": "Programma X",
        "period": "4e kwartaal 2019",
        "html_sha256": sha256(html),
        "pieces": pieces,
        "pngs": {"p1-narrow": png},
    }
    return html, json.dumps(kept)


def sha256(text: str | bytes) -> str:
    return hashlib.sha256(text.encode() if isinstance(text, str) else text).hexdigest()


def make_run(
    place: Path, *, finding: str = "", files: Any = None, data: str = DATA, verdict: str = "● op koers", **changed: Any
) -> Path:
    """Write reports, summaries and run.json below ``place``; ``changed`` goes into every entry of run.json."""
    place.mkdir(parents=True, exist_ok=True)
    entries = []
    for report, language in files or FILES:
        said = finding or (
            "Een van de twee doelen is op koers." if language == "nl" else "One of the two goals is on course."
        )
        said = "Overijssel pays a part." if report.startswith("partner") else said
        html, summary = rendered(report, language, said, data, verdict)
        path = place / (f"{report}.html" if language == "nl" else f"{report}.{language}.html")
        path.write_text(html, encoding="utf-8", newline="\n")
        entry = {"file": path.name, "status": "ok", "tables": {"goals": data}, "sha256": sha256(html), "beside": {}}
        entry |= {"title": TITLES[report.partition("-")[0]], "subject": "Provincie: Overijssel"}
        if report.startswith(SUMMARISED):
            summary_path(path).write_text(summary, encoding="utf-8", newline="\n")
            entry["beside"] = {summary_path(path).name: sha256(summary)}
        entries.append(entry | {"made": {"as_of": "14 februari 2020", "parameters": {"language": language}}})
    (place / "run.json").write_text(json.dumps({"reports": entries}), encoding="utf-8")
    change_run(place, **changed)
    return place


def change_run(place: Path, file: str = "", **changed: Any) -> None:
    """Change what run.json says of a report, or of every one."""
    path = place / "run.json"
    entries = json.loads(path.read_text(encoding="utf-8"))["reports"]
    for entry in entries:
        if file in ("", entry["file"]):
            entry |= changed
    path.write_text(json.dumps({"reports": entries}), encoding="utf-8")


def change_summary(place: Path, **changed: Any) -> None:
    """Change the summary of the Dutch overview as if the run had made it so."""
    path = summary_path(place / "overview.html")
    text = json.dumps(json.loads(path.read_text(encoding="utf-8")) | changed)
    path.write_text(text, encoding="utf-8", newline="\n")
    change_run(place, "overview.html", beside={path.name: sha256(text)})


def padded(row: list[str]) -> list[str]:
    """Return a row with a cell for every column."""
    return [*row, *[""] * (len(COLUMNS) - len(row))]


def people(rows: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame([padded(row) for row in rows], columns=COLUMNS, dtype="str").replace("", None)


def many(count: int) -> list[list[str]]:
    return [
        [f"raad-{n:03d}", f"Fractie {n}", f"raad-{n:03d}@example.org", "council", "", "nl", "none"]
        for n in range(count)
    ]


def request_of(
    almelo: Programme, place: Path, rows: list[list[str]] | None = None, settings: Settings = SETTINGS, **more: Any
) -> Request:
    tables = almelo.tables | {"recipients": people(PEOPLE if rows is None else rows)}
    return Request(replace(almelo, tables=tables, delivered=NOW), place, settings, Words("nl"), **more)


def files_of(tmp_path: Path, period: str = PERIOD) -> Files:
    ledger = tmp_path / "mail-ledger.sqlite"
    return Files(ledger, tmp_path / "copy" / ledger.name, tmp_path / "copy" / f"{period}.txt")


def ledger_of(tmp_path: Path) -> Ledger:
    return Ledger(files_of(tmp_path), PERIOD, write=True)


def mailing_of(almelo: Programme, tmp_path: Path, rows: list[list[str]] | None = None) -> Mailing:
    """The first mailing of a small run."""
    return compose(request_of(almelo, make_run(tmp_path / PERIOD), rows), Ledger(FORGOTTEN, PERIOD))


def golden(almelo: Programme, tmp_path: Path) -> dict[str, bytes]:
    """The messages that are accepted byte for byte, in tests/expected/mail; without a whole report in them."""
    bare = mailing_of(almelo, tmp_path, [[*row[:6], "none"] for row in PEOPLE])
    made = {message.recipient.id: message.content_bytes for message in bare.messages}
    files = {"Almelo - In het kort.html": "<p>één</p>\n".encode(), "Almelo - De doelen.pdf": b"%PDF-1.7\n"}
    raad = Recipient("raad", "Café, de raad", "raad@example.org", "council", "", "nl", "html")
    subject = "Onderwerp: één " * 9
    made["raad"] = message_bytes(raad, subject, ["<1.raad@example.org>"], bare.messages[0].body, files, SETTINGS)
    return {name: f"Date: {DATE}\r\n".encode() + raw for name, raw in made.items()}


if __name__ == "__main__":
    from conftest import ALMELO, ROOT

    with TemporaryDirectory() as scratch:
        for name, raw in golden(check_programme(ALMELO), Path(scratch)).items():
            (ROOT / "tests" / "expected" / "mail" / f"{name}.eml").write_bytes(raw)
