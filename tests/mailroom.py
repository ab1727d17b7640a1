"""A run as the batch leaves it, small and without notebooks, and what a mailing needs beside it.

Run as a program it accepts the messages of today as those of tests/expected/mail.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict, replace
from functools import lru_cache, partial
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pandas as pd
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_notebook, new_output

from binnenstad.batch.job import Job, outcome_of
from binnenstad.batch.record import Manifest
from binnenstad.mail.drafts import Request
from binnenstad.mail.ledger import Ledger
from binnenstad.mail.mailing import Mailing, compose
from binnenstad.mail.message import Attachment, Envelope, build_message, dated
from binnenstad.mail.outputs import Outputs
from binnenstad.mail.settings import Settings
from binnenstad.page.blocks import Block, bullets, headline, section
from binnenstad.page.provenance import Provenance
from binnenstad.page.render import render_report
from binnenstad.page.summary import SUMMARISED, summary_path, summary_text
from binnenstad.page.table import table
from binnenstad.programme import Programme, check_programme
from binnenstad.programme.delivered import Delivery
from binnenstad.words import Words

DATE = "Sat, 21 Nov 2026 09:00:00 +0000"
DATA = "0123456789ab"
NOW = {"goals": Delivery("goals.csv", DATA)}
COLUMNS = ["id", "name", "address", "audience", "partner", "language", "attachment"]
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
    """A figure as ``figures`` makes it, with a drawing that is the same on every machine."""
    svg = f'<svg role="img" aria-label="{alt}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"></svg>'
    html = (
        f'<figure data-png="p1">\n<figcaption>De balk</figcaption>\n<div class="wide">{svg}</div>\n'
        f'<div class="narrow" style="display:none">{svg}</div>\n</figure>'
    )
    draw = partial(bytes, PNG)
    return Block(html, f"De balk\n{alt}", pngs=(("p1-wide", draw), ("p1-narrow", draw)))


def blocks_of(report: str, language: str, finding: str) -> list[Block]:
    nl = language == "nl"
    title = f"Het rapport {report} van de stad" if nl else f"The report {report} of the city"
    rows = [("doel" if nl else "goal", ["1a Bezoekers", "2a Leegstand"]), ("stand", ["● op koers", "○ ver achter"])]
    head = (
        "Hoe staan de doelen ervoor, en wat is er van het geld?" if nl else "Where do the goals stand, and the money?"
    )
    missing = "De meting van het jaar is er niet." if nl else "The measurement of the year is not there."
    return [
        headline(title, finding, illustrative=True),
        section(
            head,
            table("De doelen" if nl else "The goals", rows, text=["stand"]),
            picture_of(ALT[language]),
            mailed=True,
        ),
        section("Wat ontbreekt" if nl else "What is missing", bullets([missing])),
    ]


def notebook_of(blocks: list[Block]) -> NotebookNode:
    cells = []
    for number, block in enumerate(blocks):
        output = new_output("execute_result", data=block._repr_mimebundle_(), execution_count=1)
        cells.append(new_code_cell("x", outputs=[output], execution_count=1, id=f"c{number}"))
    return new_notebook(cells=cells)


@lru_cache(maxsize=64)
def rendered(report: str, language: str, finding: str, data: str) -> tuple[str, str]:
    """The page of a report and its summary."""
    provenance = Provenance("Programma X", "4e kwartaal 2019", "14 februari 2020", {}, data, "1")
    notebook = notebook_of(blocks_of(report, language, finding))
    html = render_report(notebook, provenance, language)
    return html, summary_text(notebook, provenance, html)


def make_run(place: Path, *, finding: str = "", files: Any = None, data: str = DATA, **changed: Any) -> Path:
    """Write reports, summaries and run.json below ``place``; ``changed`` goes into every entry of run.json."""
    place.mkdir(parents=True, exist_ok=True)
    (place / "run.json").unlink(missing_ok=True)
    manifest = Manifest(place.parents[1])
    wanted = files or [("overview", "nl"), ("overview", "en"), ("goals", "nl"), ("partner-provincie", "en")]
    for report, language in wanted:
        said = finding or (
            "Een van de twee doelen is op koers." if language == "nl" else "One of the two goals is on course."
        )
        html, summary = rendered(report, language, said, data)
        job = job_of(report, language, place, data)
        (place / job.file).write_text(html, encoding="utf-8", newline="\n")
        beside = {}
        if job.report == SUMMARISED:
            path = summary_path(place / job.file)
            path.write_text(summary, encoding="utf-8", newline="\n")
            beside[path.name] = hashlib.sha256(summary.encode()).hexdigest()
        digest = hashlib.sha256(html.encode()).hexdigest()
        about = {"made": asdict(job.provenance), "tables": {"goals": data}}
        manifest.note(job, outcome_of(job, "ok", sha256=digest, beside=beside, **about))
    change_run(place, **changed)
    return place


def job_of(report: str, language: str, place: Path, data: str) -> Job:
    """The job of which a report is the outcome; ``partner-provincie`` is the page of one partner."""
    name, _, partner = report.partition("-")
    parameters = {"programme": "almelo", "period": "2019Q4", "language": language}
    if partner:
        parameters["partner"] = partner
    provenance = Provenance("Programma X", "4e kwartaal 2019", "14 februari 2020", parameters, data, "1")
    return Job(name, Path(f"{name}.ipynb"), parameters, place, place, provenance)


def change_run(place: Path, file: str = "", **changed: Any) -> None:
    """Change what run.json says of a report, or of every one; what it says of how it was made is added to."""
    path = place / "run.json"
    entries = json.loads(path.read_text(encoding="utf-8"))["reports"]
    for entry in entries:
        if file in ("", entry["file"]):
            made = entry["made"] | changed.get("made", {})
            entry |= changed | {"made": made}
    path.write_text(json.dumps({"reports": entries}), encoding="utf-8")


def change_summary(place: Path, **changed: Any) -> None:
    """Change the summary of the Dutch overview as if the run had made it so."""
    path = summary_path(place / "overview.html")
    text = json.dumps(json.loads(path.read_text(encoding="utf-8")) | changed)
    path.write_text(text, encoding="utf-8", newline="\n")
    change_run(place, "overview.html", beside={path.name: hashlib.sha256(text.encode()).hexdigest()})


def people(rows: list[list[str]]) -> pd.DataFrame:
    return pd.DataFrame(rows, columns=COLUMNS, dtype="str").replace("", None)


def many(count: int) -> list[list[str]]:
    return [
        [f"raad-{n:03d}", f"Fractie {n}", f"raad-{n:03d}@example.org", "council", "", "nl", "none"]
        for n in range(count)
    ]


def request_of(
    almelo: Programme, place: Path, rows: list[list[str]] | None = None, settings: Settings = SETTINGS, test: str = ""
) -> Request:
    programme = replace(almelo, tables=almelo.tables | {"recipients": people(PEOPLE if rows is None else rows)})
    words = Words("nl")
    return Request(
        programme,
        "2019Q4",
        Outputs(place, NOW, words),
        settings,
        words,
        lambda html: b"%PDF " + html.encode()[:9],
        test,
    )


def ledger_of(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "mail-ledger.sqlite", "2019Q4", write=True)


def mailing_of(almelo: Programme, tmp_path: Path, rows: list[list[str]] | None = None) -> Mailing:
    """The first mailing of a small run."""
    ledger = Ledger(tmp_path / "none.sqlite", "2019Q4")
    try:
        return compose(request_of(almelo, make_run(tmp_path / "run"), rows), ledger)
    finally:
        ledger.close()


def golden(almelo: Programme, tmp_path: Path) -> dict[str, bytes]:
    """The messages that are accepted byte for byte, in tests/expected/mail; without a whole report in them."""
    bare = mailing_of(almelo, tmp_path, [[*row[:6], "none"] for row in PEOPLE])
    made = {message.recipient.id: message.content_bytes for message in bare.messages}
    files = [
        Attachment("almelo-2019Q4-overview.html", "html", "<p>één</p>\n".encode(), b""),
        Attachment("almelo-2019Q4-overview.pdf", "pdf", b"%PDF-1.7\n", b""),
    ]
    envelope = Envelope("Café, de raad", "raad@example.org", "Onderwerp: één " * 9, "<1.raad@example.org>", "nl")
    made["raad"] = build_message(envelope, bare.messages[0].body, files, SETTINGS)
    return {name: dated(raw, DATE) for name, raw in made.items()}


if __name__ == "__main__":
    from conftest import ALMELO, ROOT

    with TemporaryDirectory() as scratch:
        for name, raw in golden(check_programme(ALMELO), Path(scratch)).items():
            (ROOT / "tests" / "expected" / "mail" / f"{name}.eml").write_bytes(raw)
