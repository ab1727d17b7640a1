"""The commands send and sent, as a researcher meets them at a terminal, with a real server at the other end."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import resource
import shutil
import signal
import stat
import sys
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from dataclasses import dataclass, field, replace
from email import message_from_bytes, message_from_string
from email.mime.base import MIMEBase
from email.mime.message import MIMEMessage
from email.mime.multipart import MIMEMultipart
from email.mime.text import MIMEText
from itertools import product
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner, Result
from conftest import ALMELO
from mailroom import COLUMNS, DATE, PEOPLE, PERIOD, SETTINGS, change_summary, make_run, padded
from playwright.sync_api import Route, sync_playwright
from postbox import USER, Authority, Postbox, serving
from test_page_browser import ARGUMENTS, BROWSERS

from binnenstad.cli import main
from binnenstad.mail.approve import LEDGER
from binnenstad.mail.body import compose_body
from binnenstad.mail.ledger import Files, Ledger
from binnenstad.page.figures import figures
from binnenstad.page.summary import read_summary, summary_path
from binnenstad.programme.folders import digest
from binnenstad.words import Words

pty = pytest.importorskip("pty", reason="a typed yes needs a terminal")
FINDING = "Een van de twee doelen is op koers, of in English: one of the two is on course."


class Desk:
    """A project folder with reports, recipients and settings, a server, and a researcher who types."""

    def __init__(self, root: Path, port: int, authority: Authority) -> None:
        self.root, self.data, self.port, self.ca_file = root, root / "data", port, str(authority.path)
        shutil.copytree(ALMELO, self.data / "almelo")
        self.invite(PEOPLE)
        self.settle()
        self.place, self.mail = root / "reports" / "almelo" / "2019Q4", root / "mail" / "almelo"
        self.files = Files(self.mail / LEDGER, self.data / "almelo" / LEDGER, self.place / "mail-ledger.txt")

    def invite(self, people: list[list[str]]) -> None:
        with (self.data / "almelo" / "recipients.csv").open("w", encoding="utf-8", newline="") as file:
            csv.writer(file, delimiter=";").writerows([COLUMNS, *map(padded, people)])

    def settle(self, **more: object) -> None:
        """Write mail.toml: who sends, how, and what else is given."""
        known = {"host": "localhost", "sender": SETTINGS.sender, "sender_name": SETTINGS.sender_name}
        known |= {"port": self.port, "ca_file": self.ca_file, "per_minute": 60_000}
        lines = [f"{name} = {json.dumps(value)}" for name, value in (known | more).items()]
        (self.root / "mail.toml").write_text("\n".join(lines), encoding="utf-8")

    def report(self, **more: Any) -> None:
        data = digest((self.data / "almelo" / "goals.csv").read_bytes())
        make_run(self.place, **({"finding": FINDING, "data": data} | more))

    def options(self) -> list[str]:
        return ["almelo", "--period", "2019Q4", "--data", str(self.data)]

    def call(self, command: str, *more: str) -> Result:
        return CliRunner().invoke(main, [command, *self.options(), *more])

    def approved(self, *more: str) -> str:
        result = self.call("send", *more)
        assert result.exit_code == 0, result.output
        found = re.search(r"--send ([0-9a-f]{12})$", result.output.rstrip())
        assert found, result.output
        return found[1]

    def type(self, answer: str, *more: str) -> tuple[int, str]:
        """Give ``send`` at a terminal, type an answer to its question, and return exit code and what was said."""
        master, slave = pty.openpty()
        os.write(master, f"{answer}\n".encode())
        said = io.StringIO()
        with os.fdopen(slave) as terminal, pytest.MonkeyPatch.context() as patch:
            for name, stream in (("stdin", terminal), ("stdout", said), ("stderr", said)):
                patch.setattr(sys, name, stream)
            with pytest.raises(SystemExit) as end:
                main(["send", *self.options(), *more])
        os.close(master)
        return int(str(end.value.code)), said.getvalue()


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def box() -> Postbox:
    return Postbox()


@pytest.fixture
def desk(tmp_path: Path, box: Postbox, authority: Authority) -> Iterator[Desk]:
    with serving(box, authority) as port:
        made = Desk(tmp_path, port, authority)
        made.report()
        yield made


def test_the_whole_way_from_preview_to_correction(desk: Desk, box: Postbox) -> None:
    preview = desk.call("send")
    assert preview.exit_code == 0, preview.output
    assert "Er zouden 3 berichten worden verstuurd." in preview.output
    assert not box.taken
    assert "Er is nog niets gemaild." in desk.call("sent").output
    assert not list(desk.root.rglob("*.sqlite")), "who only looks makes no ledger"

    approved = desk.approved()
    code, said = desk.type("nee", "--send", approved)
    assert (code, "niet goedgekeurd; er is niets verstuurd" in said) == (1, True)
    assert not box.taken
    code, said = desk.type("ja", "--send", approved)
    assert code == 0, said
    assert "Dit is de eerste mailing over deze periode" in said
    assert "Griffie, gemeenteraad <griffie@example.org>" in said
    assert "verstuurd: 3" in said
    everybody = Counter({row[2]: 1 for row in PEOPLE})
    assert box.counts() == everybody

    code, said = desk.type("ja", "--send", approved)
    assert (code, box.counts(), said) == (0, everybody, "al eerder verstuurd: 3\n")
    again = desk.call("send").output
    assert "Niets veranderd sinds de vorige mailing, dus niet opnieuw verstuurd: college, griffie, provincie." in again
    listed = desk.call("sent").output
    assert re.search(rf"Mailing 1, {approved}, begonnen \d\d? [a-z]+ \d{{4}} \d\d:\d\d\n", listed), "a Dutch date"
    assert "@" not in listed

    desk.report(verdict="◐ loopt achter")
    code, said = desk.type("ja", "--send", approved)
    assert "is niet wat er nu verstuurd zou worden" in said
    assert (code, box.counts()) == (1, everybody)
    code, said = desk.type("ja", "--send", desk.approved())
    assert code == 0, said
    assert "eerste mailing" not in said
    assert set(box.counts().values()) == {2}
    subjects = [message["Subject"] for message in box.messages()[3:]]
    assert all(re.search(r"\((correctie|correction) 1\)$", subject) for subject in subjects)
    assert "Mailing 2, " in desk.call("sent").output


def refused(desk: Desk, why: str) -> None:
    """Both commands refuse to go on, and say why."""
    for command in ("send", "sent"):
        result = desk.call(command)
        assert (result.exit_code, why in result.output) == (1, True), result.output


def put(desk: Desk, ledger: bytes | None, copy: bytes | None) -> None:
    """Have this ledger and this copy, or none."""
    for path, content in zip(desk.files[:2], (ledger, copy), strict=True):
        path.unlink(missing_ok=True)
        if content is not None:
            path.write_bytes(content)


def test_a_ledger_that_is_gone_old_or_elsewhere_stops_the_mail(desk: Desk, box: Postbox) -> None:
    with closing(Ledger(desk.files, PERIOD, write=True)):
        before = desk.files.ledger.read_bytes()
    assert desk.type("ja", "--send", desk.approved())[0] == 0
    assert {stat.S_IMODE(path.stat().st_mode) for path in desk.files[:2]} == {0o600}
    now = desk.files.ledger.read_bytes()
    for bad, copy in ((before, now), (now, before), (b"", now), (None, now)):
        put(desk, bad, copy)
        refused(desk, f"{desk.files.ledger} en de kopie {desk.files.copy} zijn het niet eens (3 regels verschillen)")
    for both in (None, before):
        put(desk, both, both)
        refused(desk, f"volgens {desk.files.marker} zijn deze rapporten gemaild")
    put(desk, now, now)
    known = desk.files.marker.read_bytes()
    desk.files.marker.write_bytes(b"\xff")
    refused(desk, f"volgens {desk.files.marker} zijn deze rapporten gemaild")
    desk.files.marker.write_bytes(known)
    shutil.copytree(desk.root / "reports", desk.root / "published")
    for more in ((), ("--out", str(desk.root / "published"))):
        said = desk.call("send", *more).output
        assert "dus niet opnieuw verstuurd: college, griffie, provincie." in said, said
    assert set(box.counts().values()) == {1}


def bounce(box: Postbox, address: str, action: str = "failed", *, headers_only: bool = False) -> bytes:
    """The bounce of the last mail to an address, as the server of a recipient makes it."""
    raw = next(raw for to, raw in reversed(box.taken) if to == address)
    back = MIMEMultipart("report", report_type="delivery-status")
    back["Message-ID"], back["From"] = "<1.x@mx.example.net>", "MAILER-DAEMON@mx.example.net"
    # a line may begin as those between the mails in an mbox do
    back.attach(MIMEText("I am sorry.\n\nFrom my side all was tried."))
    report = MIMEBase("message", "delivery-status")
    status = f"Final-Recipient: rfc822; {address}\r\nAction: {action}\r\nStatus: 5.1.1\r\n"
    report.set_payload([message_from_string("Reporting-MTA: dns; mx\n\n"), message_from_string(status)])
    back.attach(report)
    original = message_from_bytes(raw)
    back.attach(
        MIMEText(raw.split(b"\r\n\r\n")[0].decode(), "rfc822-headers") if headers_only else MIMEMessage(original)
    )
    return back.as_bytes()


def test_a_bounce_is_read_once_and_resent_by_name(desk: Desk, box: Postbox) -> None:
    approved, folder = desk.approved(), desk.root / "bounces"
    assert desk.type("ja", "--send", approved)[0] == 0
    folder.mkdir()
    (folder / "1.eml").write_bytes(bounce(box, "griffie@example.org"))
    late, lost = bounce(box, "college@example.org", "delayed"), bounce(box, "provincie@example.org", headers_only=True)
    (folder / "2.mbox").write_bytes(
        b"".join(
            b"From x Sat Nov 21 09:00:00 2026\n" + one.replace(b"\nFrom ", b"\n>From ") + b"\n\n"
            for one in (late, lost)
        )
    )
    (folder / "note.eml").write_bytes(b"Subject: lunch\n\nAction: failed\n")
    for _ in range(2):
        said = " ".join(desk.call("sent", "--bounces", str(folder)).output.split())
        assert "griffie niet aangekomen 5.1.1" in said and "provincie niet aangekomen 5.1.1" in said
        assert "college verstuurd 250" in said, "a mail that is late may still arrive"
        assert "Vertraagd, kan nog aankomen: college. Geen onbestelbare mail" in said
        assert "lees ze zelf: note.eml." in said
        assert "Niet aangekomen: griffie, provincie." in said
    assert "Niet aangekomen: griffie, provincie." in desk.call("send").output
    assert desk.type("ja", "--send", approved, "--resend", "griffie")[0] == 1, "provincie has not got it"
    said = " ".join(desk.call("sent", "--bounces", str(folder)).output.split())
    assert "griffie verstuurd" in said, "an old bounce says nothing of the new mail"
    assert box.counts() == {"griffie@example.org": 2, "college@example.org": 1, "provincie@example.org": 1}
    desk.report(verdict="◐ loopt achter")
    corrected, page = desk.approved(), (desk.mail / PERIOD).glob("*/index.html")
    assert "Niet aangekomen: provincie." in desk.call("send").output, "who lacks the last mail is named before the next"
    assert {path.parent.name for path in page} == {approved, corrected}, "what was sent is kept"
    desk.report(verdict="✓ behaald")
    latest = desk.approved()
    assert {path.name for path in (desk.mail / PERIOD).iterdir()} == {approved, latest}, "what was not sent is not kept"


def test_what_was_not_previewed_or_approved_is_not_sent(desk: Desk, box: Postbox) -> None:
    approved = desk.approved()
    result = desk.call("send", "--send", approved)
    assert (result.exit_code, "een terminal; er is niets verstuurd" in result.output) == (1, True)
    shutil.rmtree(desk.mail / PERIOD)
    for given in (approved, "0123456789ab"):
        code, said = desk.type("ja", "--send", given)
        assert code == 1
        assert f"{given} is niet wat er nu verstuurd zou worden; bekijk eerst het voorbeeld" in said
    table = desk.data / "almelo" / "goals.csv"
    table.write_bytes(table.read_bytes() + b"\n")
    result = desk.call("send")
    assert result.exit_code == 1
    assert "overview.html: is gemaakt met andere gegevens dan er nu zijn" in result.output
    assert not (desk.mail / PERIOD).exists()
    assert not box.taken


def test_a_real_run_is_mailed(desk: Desk) -> None:
    out = str(desk.root / "made")
    desk.invite([[*PEOPLE[1][:6], "html"]])
    ran = desk.call("run", "--only", "overview", "--jobs", "1", "--out", out)
    assert ran.exit_code == 0, ran.output
    desk.approved("--out", out)
    (page,) = desk.mail.glob("*/*/index.html")
    (frame, _) = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser").select("iframe")
    body = BeautifulSoup(str(frame["srcdoc"]), "html.parser")
    assert body.select_one("h1") and body.select_one("p.lead") and body.select("table.data")
    assert [title.text for title in body.select("h2")] == ["Waar gaan de doelen naartoe?", "Wat is er veranderd?"]
    assert [head.get_text("|") for head in body.select("table.data th[scope=col]")] == [
        "doel",
        "nu|streefwaarde",
        "oordeel",
    ]
    assert "Binnenstad Almelo: Als het zo doorgaat: 1 van de 9 doelen wordt " in page.read_text(encoding="utf-8"), (
        "of what"
    )
    overview = desk.root / "made" / "almelo" / PERIOD / "overview.html"
    held = figures(overview.read_text(encoding="utf-8"))
    cells = [key for key in held if key[2] == "oordeel"]
    assert len(cells) == 9, "a verdict never changes in plain words alone: a cell gives it too"
    assert "4e kwartaal 2019 - In het kort.html" in (page.parent / "college.eml").read_text(encoding="utf-8")


def test_a_mailing_makes_no_report_old(desk: Desk) -> None:
    only = ["--only", "overview", "--jobs", "1", "--out", str(desk.root / "made")]
    assert "overview: klaar" in desk.call("run", *only).output
    assert desk.type("ja", "--send", desk.approved())[0] == 0
    assert desk.files.copy.exists()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("binnenstad.batch.plan.plan", lambda **_: pytest.fail("it looked further than the files"))
        assert "niet veranderd" in desk.call("run", *only).output


def test_a_test_goes_to_one_address(desk: Desk, box: Postbox) -> None:
    result = desk.call("send", "--test", "mij@example.org")
    assert result.exit_code == 0, result.output
    assert "3 proefberichten verstuurd." in result.output
    assert box.counts() == {"mij@example.org": 3}
    assert "‘mij’ is geen e-mailadres" in desk.call("send", "--test", "mij").output
    assert "kies --send of --test" in desk.call("send", "--test", "mij@example.org", "--send", "x").output


def test_an_uncertain_delivery_is_shown_and_resent_by_name(desk: Desk, box: Postbox) -> None:
    desk.settle(retry_seconds=0)
    box.plan = lambda step, who, times: "lose" if (step, who, times) == ("DATA", "griffie@example.org", 1) else ""
    approved = desk.approved()
    code, said = desk.type("ja", "--send", approved)
    assert code == 1
    assert "Onzeker of de server het heeft aangenomen: griffie." in said
    assert re.search(r"griffie +onzeker", desk.call("sent").output)
    assert "Onzeker of de server het heeft aangenomen: griffie." in desk.call("send").output
    code, said = desk.type("ja", "--send", approved, "--resend", "wethouder")
    assert "wethouder is geen ontvanger van deze mailing" in said
    assert box.counts()["griffie@example.org"] == 1
    code, said = desk.type("ja", "--send", approved, "--resend", "griffie")
    assert code == 0, said
    assert box.counts() == {"griffie@example.org": 2, "college@example.org": 1, "provincie@example.org": 1}


def test_what_the_server_puts_off_waits_for_the_same_command(desk: Desk, box: Postbox) -> None:
    desk.settle(retry_seconds=0, attempts=1)
    box.plan = lambda step, who, times: (
        "451 later" if (step, who) == ("RCPT", "griffie@example.org") and times < 3 else ""
    )
    approved = desk.approved()
    code, said = desk.type("ja", "--send", approved)
    assert code == 1
    assert "Nog niet alles is verstuurd; geef later hetzelfde commando opnieuw." in said
    code, said = desk.type("ja", "--send", approved)
    assert code == 0, said
    assert set(box.counts().values()) == {1}


def test_ctrl_c_is_told_and_the_reply_that_is_due_is_waited_for(desk: Desk, box: Postbox) -> None:
    def stop(step: str, who: str, times: int) -> str:
        if (step, who) == ("DATA", "griffie@example.org"):
            # the sender has the text off its hands and reads
            time.sleep(0.3)
            os.kill(os.getpid(), signal.SIGINT)
            time.sleep(0.3)
        return ""

    box.plan, approved = stop, desk.approved()
    code, said = desk.type("ja", "--send", approved)
    assert (code, said.splitlines()[-1]) == (130, "Afgebroken; in het grootboek staat wat er is verstuurd.")
    assert set(box.counts()) == {"college@example.org", "griffie@example.org"}
    listed = " ".join(desk.call("sent").output.split())
    assert "griffie verstuurd 250 2.0.0 provincie nog te versturen" in listed
    assert desk.type("ja", "--send", approved)[0] == 0
    assert box.counts() == Counter({row[2]: 1 for row in PEOPLE})


def test_every_state_of_the_ledger_is_said_in_words(desk: Desk) -> None:
    with closing(Ledger(desk.files, PERIOD, write=True)) as ledger:
        with ledger.sending():
            ledger.begin(1, "aaaaaaaaaaaa", DATE, {name: (name, name, "[]") for name in ("griffie", "college", "raad")})
            ledger.claim(1, "griffie")
            ledger.settle(1, "college", "refused", "550 5.1.1")
            ledger.begin(2, "bbbbbbbbbbbb", DATE, {"college": ("4", "college", "[]")})
            ledger.begin(3, "cccccccccccc", DATE, {"griffie": ("4", "griffie", "[]")})
            said = " ".join(desk.call("sent").output.split())
        for words in ("wordt verstuurd", "geweigerd door de server 550 5.1.1", "vervallen: er kwam een nieuwere"):
            assert words in said
        assert "Geweigerd door de server: college." in said, "also when a later mailing to it was dropped"
        assert "uncertain" in desk.call("sent", "--language", "en").output


# --- bad input, one row each: named, and nothing has left, as counted at the server

GRIFFIE, COLLEGE, _ = PEOPLE


def invited(*wrong: dict[str, str]) -> Callable[[Desk], None]:
    """Have more recipients, with these cells, after a good one."""
    rows = [dict(zip(COLUMNS, padded(COLLEGE), strict=True)) | {"id": f"n{n}"} | cells for n, cells in enumerate(wrong)]
    return lambda desk: desk.invite([GRIFFIE, *([row[name] for name in COLUMNS] for row in rows)])


def leading(lead: str) -> Callable[[Desk], None]:
    """Have an overview with this finding, as the run made it."""

    def prepare(desk: Desk) -> None:
        desk.invite([GRIFFIE, COLLEGE])
        pieces = json.loads(summary_path(desk.place / "overview.html").read_text(encoding="utf-8"))["pieces"]
        pieces[0]["html"] = re.sub("(?<=lead..).*?</p>", lambda _: f"{lead}</p>", pieces[0]["html"])
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
    Case("wrong recipients", rf"rij 3, kolom address: .*is geen e-mailadres(.|\n)*rij 4, kolom name: .*{UNSEEN}",
         invited({"address": "college"}, {"name": "College\r\nBcc: x@example.org", "address": "b@example.org"})),
    Case("hidden in a subject", "griffie: het onderwerp " + UNSEEN, leading("Zin =?utf-8?q?x=0ABcc:_x?=")),
    Case("long body", r"griffie: de mail zelf is 2\d\d\.\d\d\d bytes en mag 102\.000 zijn",
         too_long),
    Case("large attachment", "de mail aan college, griffie, provincie is groter dan de server aanneemt",
         server={"size": 2_000}),
    Case("expired token", r"localhost weigert de aanmelding \(535\): een fout wachtwoord of een verlopen token",
         server={"login": True}, settings={"login": "token", "user": USER},
         environment={"BINNENSTAD_MAIL_TOKEN": "verlopen"}),
    Case("password outside ASCII", "password of token van de mailinstellingen bevat een letter buiten ASCII",
         server={"login": True}, settings={"login": "password", "user": USER},
         environment={"BINNENSTAD_MAIL_PASSWORD": "wachtwóórd"}),
    Case("token outside ASCII", "password of token van de mailinstellingen bevat een letter buiten ASCII",
         server={"login": True}, settings={"login": "token", "user": USER},
         environment={"BINNENSTAD_MAIL_TOKEN": "tokén"}),
    Case("user outside ASCII", "password of token van de mailinstellingen bevat een letter buiten ASCII",
         server={"login": True}, settings={"login": "password", "user": "bureáu"},
         environment={"BINNENSTAD_MAIL_PASSWORD": "x"}),
    Case("host with a part too long", "host, user, password of token .* of host een leeg of te lang deel",
         settings={"host": "a" * 64 + ".example.org"}),
    Case("token in bytes", r"token_command uit de mailinstellingen mislukte \(UnicodeDecodeError\)",
         server={"login": True}, settings={"login": "token", "user": USER, "token_command": ["printf", r"\377"]}),
    Case("host with an empty part", "host, user, password of token .* of host een leeg of te lang deel",
         settings={"host": "smtp..example.org"}),
    Case("long id", "rij 3, kolom id", invited({"id": "a" * 251, "address": "b@example.org"})),
    Case("everybody opted out", "iedereen in recipients.csv heeft zich afgemeld",
         lambda desk: desk.invite([[*GRIFFIE, "2026-01-01"]])),
    Case("no STARTTLS", r"localhost biedt geen versleuteling \(STARTTLS\); er is niets verstuurd", encrypted=False),
    Case("wrong certificate", "het certificaat van localhost deugt niet: .*; er is niets verstuurd",
         lambda desk: desk.settle(ca_file=str(Authority(desk.root, "other.example.org").path))),
    Case("domain not listed", "griffie: het domein van het adres staat niet bij domains",
         settings={"domains": ["almelo.test"]}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda case: case.name)
def test_what_is_bad_is_named_and_nothing_leaves(
    case: Case, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    box = Postbox()
    for name, value in case.environment.items():
        monkeypatch.setenv(name, value)
    with serving(box, authority if case.encrypted else None, **case.server) as port:
        desk = Desk(tmp_path, port, authority)
        desk.report()
        desk.settle(**case.settings)
        case.prepare(desk)
        result = desk.call("send")
        code, said = result.exit_code, result.output
        if code == 0:
            # only the server can tell; the preview was fine
            found = re.search(r"--send (\w+)", said)
            assert found
            code, said = desk.type("ja", "--send", found[1])
    assert code == 1
    assert re.search(case.why, said), said
    assert "Traceback" not in said
    assert not box.taken
    assert not list(tmp_path.rglob("*.eml")) or result.exit_code == 0, "nothing refused is previewed"
    desk.invite(PEOPLE)
    assert "Er is nog niets gemaild." in desk.call("sent").output


def test_a_disk_that_is_full_before_the_ledger_begins(authority: Authority, tmp_path: Path) -> None:
    box = Postbox()
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


# --- in a browser


def corrections(desk: Desk) -> Iterator[str]:
    """The mail of more than fits, with few and with many things revised since the last one."""
    summary = read_summary(summary_path(desk.place / "overview.html"))
    more = replace(summary, pngs={}, pieces=[*summary.pieces, *summary.pieces[1:] * 9])
    change = "1a Bezoekers per week van het hele centrum, stand: ● op koers → ◐ loopt achter"
    said = {"attached": ["In het kort.html"], "links": {}, "whole": True, "unsubscribe": SETTINGS.unsubscribe}
    for count in (1, 40):
        yield compose_body(more, Words("nl"), "example.org", **said, revised=[change] * count).html


@pytest.mark.browser
def test_the_body_asks_for_nothing_and_reads_on_a_phone(desk: Desk) -> None:
    path = next(filter(None, map(shutil.which, BROWSERS)), None)
    if path is None:
        pytest.skip("no Chromium on this machine")
    desk.approved()
    (page_path,) = (desk.mail / PERIOD).glob("*/index.html")
    asked: list[str] = []

    def note(route: Route) -> None:
        asked.append(route.request.url)
        route.continue_()

    with sync_playwright() as player:
        browser = player.chromium.launch(executable_path=path, args=ARGUMENTS)
        page = browser.new_page(viewport={"width": 1200, "height": 900})
        page.route(re.compile("^(?!data:)"), note)
        page.goto(page_path.as_uri())
        frames = page.locator("iframe")
        bodies = [frames.nth(number).get_attribute("srcdoc") or "" for number in range(frames.count())]
        assert len(bodies) == 6
        for body in (*bodies[::2], *corrections(desk)):
            # many mail readers drop the style sheet, and keep what stands in the tags
            for bare, width in product((False, True), (360, 600)):
                page.set_viewport_size({"width": width, "height": 740})
                page.set_content(re.sub("<style>.*?</style>", "", body, flags=re.S) if bare else body)
                # also what is cut off or runs over another part
                out = page.evaluate(
                    "[...document.querySelectorAll('body *')].filter(e => e.getClientRects().length &&"
                    " (e.getBoundingClientRect().right > innerWidth || e.scrollWidth > e.clientWidth + 1 &&"
                    " e.clientWidth)).map(e => e.outerHTML.slice(0, 80))"
                )
                assert (out, page.evaluate("document.documentElement.scrollWidth")) == ([], width)
                assert page.evaluate("document.body.scrollHeight") <= 2 * 740 or width > 360
                assert not page.locator(".preheader").is_visible()
                sizes = page.evaluate(
                    "[...document.querySelectorAll('td, th, p, li')].filter(e => e.getClientRects().length)"
                    ".map(e => parseFloat(getComputedStyle(e).fontSize))"
                )
                assert min(sizes) >= 13
        browser.close()
    assert asked == [page_path.as_uri()]
