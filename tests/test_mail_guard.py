"""Bad input of the mail, one row each: named, and nothing has left, as counted at the server."""

from __future__ import annotations

import json
import re
import resource
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest
from conftest import ALMELO
from mailroom import PEOPLE, change_summary
from postbox import USER, Authority, Postbox, serving
from test_mail_commands import Desk

from binnenstad.page.summary import summary_path
from binnenstad.programme import CHECKED_VARIABLE, check_programme, vouch

GRIFFIE, COLLEGE, _ = PEOPLE


def invited(**cells: str) -> Callable[[Desk], None]:
    """Have one more recipient, with these cells, beside a good one."""
    names = ["id", "name", "address", "audience", "partner", "language", "attachment"]
    row = [cells.get(name, value) for name, value in zip(names, COLLEGE, strict=True)]
    return lambda desk: desk.invite([GRIFFIE, row])


def titled(title: str) -> Callable[[Desk], None]:
    """Have an overview with this title, as the run made it."""

    def prepare(desk: Desk) -> None:
        desk.invite([GRIFFIE, COLLEGE])
        pieces = json.loads(summary_path(desk.place / "overview.html").read_text(encoding="utf-8"))["pieces"]
        pieces[0]["html"] = re.sub("<h1>.*?</h1>", lambda _: f"<h1>{title}</h1>", pieces[0]["html"])
        change_summary(desk.place, pieces=pieces)

    return prepare


def too_long(desk: Desk) -> None:
    """Have a first block over what a mail may hold."""
    desk.invite([GRIFFIE, COLLEGE])
    pieces = json.loads(summary_path(desk.place / "overview.html").read_text(encoding="utf-8"))["pieces"]
    pieces[0]["html"] += "<p>De bevinding is niet kort.</p>" * 4_000
    change_summary(desk.place, pieces=pieces)


@dataclass(frozen=True)
class Case:
    """What is wrong, what is said of it, and the server, settings and environment it takes."""

    name: str
    why: str
    prepare: Callable[[Desk], None] = lambda desk: None
    server: dict[str, Any] = field(default_factory=dict)
    settings: dict[str, Any] = field(default_factory=dict)
    environment: dict[str, str] = field(default_factory=dict)
    encrypted: bool = True


UNSEEN = "bevat een teken dat niet te zien is"
CASES = [
    Case("no address", r"rij 3, kolom address: .*is geen e-mailadres", invited(address="college")),
    Case("two of one id", r"rij 3, kolom id: .*staat er dubbel", invited(id="griffie")),
    Case("no audience", r"rij 3, kolom audience: .*de cel is leeg", invited(audience="")),
    Case("line break in a name", f"rij 3, kolom name: .*{UNSEEN}", invited(name="College\r\nBcc: x@example.org")),
    Case("encoded-word in a name", f"rij 3, kolom name: .*{UNSEEN}", invited(name="=?utf-8?q?a=0ABcc:_x?=")),
    Case("line break in a subject", "griffie: het onderwerp " + UNSEEN, titled("Titel\r\nBcc: x@example.org")),
    Case("encoded-word in a subject", "college: het onderwerp " + UNSEEN, titled("=?utf-8?q?x=0ABcc:_y?=")),
    Case("right to left", f"rij 3, kolom address: .*{UNSEEN}", invited(address="col\u202elege@example.org")),
    Case("zero width", f"rij 3, kolom address: .*{UNSEEN}", invited(address="col\u200blege@example.org")),
    Case("long body", r"griffie: de mail zelf is 1\d\d\.\d\d\d bytes en mag 102\.000 zijn",
         too_long),
    Case("large attachment", "de mail aan college, griffie, provincie is groter dan de server aanneemt",
         server={"size": 2_000}),
    Case("expired token", r"localhost weigert de aanmelding \(535\): een fout wachtwoord of een verlopen token",
         server={"login": True}, settings={"login": "token", "user": USER},
         environment={"BINNENSTAD_MAIL_TOKEN": "verlopen"}),
    Case("no STARTTLS", r"localhost biedt geen versleuteling \(STARTTLS\); er is niets verstuurd", encrypted=False),
    Case("wrong certificate", "het certificaat van localhost deugt niet: .*; er is niets verstuurd",
         lambda desk: desk.settle(port=desk.port, ca_file=str(Authority(desk.root, "other.example.org").path))),
    Case("domain not listed", "griffie: het domein van het adres staat niet bij domains",
         settings={"domains": ["almelo.test"]}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_bad_is_named_and_nothing_leaves(case: Case, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    box, authority = Postbox(), Authority(tmp_path)
    # a batch may vouch for the tables, but who gets mail is looked at every time
    monkeypatch.setenv(CHECKED_VARIABLE, vouch(ALMELO, check_programme(ALMELO).delivered))
    for name, value in case.environment.items():
        monkeypatch.setenv(name, value)
    with serving(box, authority if case.encrypted else None, **case.server) as port:
        desk = Desk(tmp_path, port, authority)
        desk.report()
        desk.settle(port=port, ca_file=str(authority.path), **case.settings)
        case.prepare(desk)
        result = desk.call("send")
        code, said = result.exit_code, result.output
        if code == 0:
            # only the server can tell; the preview was fine
            code, said = desk.type("ja", "--send", desk.approved())
    assert code == 1
    assert re.search(case.why, said), said
    assert "Traceback" not in said
    assert not box.taken
    assert not list((tmp_path / "reports").rglob("*.eml")) or result.exit_code == 0, "nothing refused is previewed"
    desk.invite(PEOPLE)
    assert "Er is nog niets gemaild." in desk.call("sent").output


def test_a_disk_that_is_full_before_the_ledger_begins(tmp_path: Path) -> None:
    box, authority = Postbox(), Authority(tmp_path)
    with serving(box, authority) as port:
        desk = Desk(tmp_path, port, authority)
        desk.report()
        approved = desk.approved()
        soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            code, said = desk.type("ja", "--send", approved)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert code == 1
        assert "het grootboek mail-ledger.sqlite is niet te gebruiken" in said
        assert not box.taken
        assert "Er is nog niets gemaild." in desk.call("sent").output
        code, said = desk.type("ja", "--send", approved)
        assert code == 0, said
    assert box.counts() == {row[2]: 1 for row in PEOPLE}
