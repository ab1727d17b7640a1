"""Sending over real SMTP: nobody gets a mail twice, none is lost without a word, counted at the server."""

from __future__ import annotations

import pickle
import resource
import subprocess
import sys
from collections import Counter
from dataclasses import replace
from email import policy
from email.parser import BytesParser
from pathlib import Path
from typing import Any

import keyring
import pytest
from mailroom import DATE, SETTINGS, ledger_of, mailing_of, make_run, many, request_of
from postbox import PASSWORD, TOKEN, USER, Authority, Plan, Postbox, serving
from sender import STEPS

from binnenstad.mail.ledger import Ledger
from binnenstad.mail.mailing import Mailing, compose
from binnenstad.mail.sending import refuse_too_large, send_mailing, send_test
from binnenstad.mail.settings import Settings
from binnenstad.mail.transport import connected
from binnenstad.programme import Programme
from binnenstad.words.errors import UsageError

SENDER = Path(__file__).with_name("sender.py")
NAMES = [f"raad-{n:03d}" for n in range(4)]


def address(name: str) -> str:
    return f"{name}@example.org"


def silent(*_: str) -> None:
    """Hear and say nothing."""


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture
def mailing(almelo: Programme, tmp_path: Path) -> Mailing:
    return mailing_of(almelo, tmp_path, many(4))


def to(port: int, authority: Authority, **more: Any) -> Settings:
    return replace(SETTINGS, port=port, ca_file=str(authority.path), **more)


def states(ledger: Ledger) -> dict[str, str]:
    return {line.recipient: line.state for line in ledger.deliveries()}


def send_all(
    mailing: Mailing, authority: Authority, tmp_path: Path, plan: Plan | None = None
) -> tuple[Postbox, dict[str, str], dict[str, str]]:
    """Send once; return the server's box, the states and the codes in the ledger."""
    box, ledger = Postbox(plan), ledger_of(tmp_path)
    with serving(box, authority) as port:
        send_mailing(ledger, mailing, to(port, authority), DATE, silent)
    codes = {line.recipient: line.code for line in ledger.deliveries()}
    result = states(ledger)
    ledger.close()
    return box, result, codes


def test_each_recipient_gets_one_message_with_a_date(mailing: Mailing, authority: Authority, tmp_path: Path) -> None:
    box, found, codes = send_all(mailing, authority, tmp_path)
    assert box.counts() == Counter({address(name): 1 for name in NAMES})
    assert set(found.values()) == {"sent"}
    assert set(codes.values()) == {"250 2.0.0"}
    for message in box.messages():
        assert message["Date"] == DATE
        assert len(message["To"].addresses) == 1
    assert box.taken[0][1].split(b"\r\n", 1)[1] == mailing.messages[0].content_bytes


def test_a_line_of_one_dot_arrives_as_it_was(mailing: Mailing, authority: Authority, tmp_path: Path) -> None:
    first = mailing.messages[0]
    dotted = first.content_bytes + b".\r\n..\r\n.a\r\n"
    one = replace(mailing, messages=(replace(first, content_bytes=dotted),))
    box, _, _ = send_all(one, authority, tmp_path)
    assert box.taken[0][1].endswith(b"\r\n.\r\n..\r\n.a\r\n")


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
@pytest.mark.parametrize("code", ["451 4.7.1 come back", "421 4.3.2 closing"])
def test_a_passing_fault_is_tried_again(
    mailing: Mailing, authority: Authority, tmp_path: Path, step: str, code: str
) -> None:
    def once(at: str, who: str, times: int) -> str:
        return code if (at, who, times) == (step, address(NAMES[1]), 1) else ""

    box, found, _ = send_all(mailing, authority, tmp_path, once)
    assert box.counts() == Counter({address(name): 1 for name in NAMES})
    assert set(found.values()) == {"sent"}


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_fault_that_stays_leaves_the_line_planned(
    mailing: Mailing, authority: Authority, tmp_path: Path, step: str
) -> None:
    def always(at: str, who: str, times: int) -> str:
        return "451 4.7.1 come back" if (at, who) == (step, address(NAMES[1])) else ""

    box, found, codes = send_all(mailing, authority, tmp_path, always)
    assert found == {name: "planned" if name == NAMES[1] else "sent" for name in NAMES}
    assert codes[NAMES[1]] == "451 4.7.1"
    assert box.counts() == Counter({address(name): 1 for name in NAMES if name != NAMES[1]})


@pytest.mark.parametrize("step", ["RCPT", "DATA"])
def test_a_refusal_is_kept_with_its_code_and_without_the_address(
    mailing: Mailing, authority: Authority, tmp_path: Path, step: str
) -> None:
    def never(at: str, who: str, times: int) -> str:
        return f"550 5.1.1 <{who}> unknown" if (at, who) == (step, address(NAMES[2])) else ""

    box, found, codes = send_all(mailing, authority, tmp_path, never)
    assert found[NAMES[2]] == "refused"
    assert codes[NAMES[2]] == "550 5.1.1"
    assert len(box.taken) == 3
    raw = (tmp_path / "mail-ledger.sqlite").read_bytes()
    assert b"raad-000" in raw
    assert b"example.org" not in raw
    again, found, _ = send_all(mailing, authority, tmp_path)
    assert not again.taken, "a refusal is not tried again by itself"


def test_a_lost_reply_is_uncertain_and_resent_only_by_name(
    mailing: Mailing, authority: Authority, tmp_path: Path
) -> None:
    def lose(at: str, who: str, times: int) -> str:
        return "lose" if (at, who, times) == ("DATA", address(NAMES[1]), 1) else ""

    box, ledger = Postbox(lose), ledger_of(tmp_path)
    with serving(box, authority) as port:
        for _ in range(2):
            send_mailing(ledger, mailing, to(port, authority), DATE, silent)
            assert states(ledger) == {name: "uncertain" if name == NAMES[1] else "sent" for name in NAMES}
            assert box.counts() == Counter({address(name): 1 for name in NAMES})
        assert not ledger.plan_again(1, NAMES[0]), "what was sent is not planned again"
        assert ledger.plan_again(1, NAMES[1])
        send_mailing(ledger, mailing, to(port, authority), DATE, silent)
    assert states(ledger)[NAMES[1]] == "sent"
    assert box.counts()[address(NAMES[1])] == 2
    first, second = (raw for who, raw in box.taken if who == address(NAMES[1]))
    assert first == second, "the same message id and date, so that a mail reader shows one"
    ledger.close()


def test_a_connection_lost_before_the_text_is_no_doubt(mailing: Mailing, authority: Authority, tmp_path: Path) -> None:
    def drop(at: str, who: str, times: int) -> str:
        return "hang up" if (at, who, times) == ("RCPT", address(NAMES[1]), 1) else ""

    box, found, _ = send_all(mailing, authority, tmp_path, drop)
    assert set(found.values()) == {"sent"}
    assert set(box.counts().values()) == {1}


def start(mailing: Mailing, settings: Settings, tmp_path: Path, *how: str) -> subprocess.Popen[bytes]:
    task = tmp_path / "task.pickle"
    task.write_bytes(pickle.dumps((mailing, settings, tmp_path / "mail-ledger.sqlite", DATE)))
    return subprocess.Popen([sys.executable, str(SENDER), str(task), *how], stderr=subprocess.PIPE)


@pytest.mark.parametrize("step", STEPS)
@pytest.mark.parametrize("victim", NAMES[:2])
def test_a_process_ended_hard_loses_and_doubles_nothing(
    mailing: Mailing, authority: Authority, tmp_path: Path, step: str, victim: str
) -> None:
    box = Postbox()
    with serving(box, authority) as port:
        settings = to(port, authority)
        process = start(mailing, settings, tmp_path, step, victim)
        process.communicate(timeout=60)
        assert process.returncode == -9
        ledger = ledger_of(tmp_path)
        send_mailing(ledger, mailing, settings, DATE, silent)
        found, counts = states(ledger), box.counts()
        in_doubt = step in ("claimed", "transferred", "answered")
        assert found == {name: "uncertain" if in_doubt and name == victim else "sent" for name in NAMES}
        assert max(counts.values()) == 1
        assert {name for name in NAMES if not counts[address(name)]} == ({victim} if step == "claimed" else set())
        if step == "claimed":
            assert ledger.plan_again(1, victim)
            send_mailing(ledger, mailing, settings, DATE, silent)
            assert box.counts() == Counter({address(name): 1 for name in NAMES})
    ledger.close()


def test_four_senders_at_once_send_each_message_once(almelo: Programme, authority: Authority, tmp_path: Path) -> None:
    mailing, box = mailing_of(almelo, tmp_path, many(24)), Postbox()
    with serving(box, authority) as port:
        senders = [start(mailing, to(port, authority), tmp_path) for _ in range(4)]
        for sender in senders:
            _, said = sender.communicate(timeout=120)
            assert sender.returncode == 0, said.decode()
    ledger = ledger_of(tmp_path)
    assert box.counts() == Counter({message.recipient.address: 1 for message in mailing.messages})
    assert Counter(states(ledger).values()) == {"sent": 24}
    ledger.close()


def test_a_line_of_a_sender_at_work_is_not_called_uncertain(mailing: Mailing, tmp_path: Path) -> None:
    first, second = ledger_of(tmp_path), ledger_of(tmp_path)
    first.begin(1, mailing.fingerprint, DATE, {"a": "1", "b": "2"})
    assert first.claim(1, "a")
    assert not second.claim(1, "a")
    assert states(second) == {"a": "busy", "b": "planned"}
    assert not second.plan_again(1, "a")
    first.close()
    assert states(second) == {"a": "uncertain", "b": "planned"}
    second.close()


def test_a_number_given_away_is_refused_and_a_newer_mailing_drops_the_rest(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    ledger.begin(1, "aa", DATE, {"a": "1"})
    with pytest.raises(UsageError, match="begun meanwhile"):
        ledger.begin(1, "bb", DATE, {"a": "2"})
    ledger.begin(2, "bb", DATE, {"a": "2"})
    assert [(line.number, line.state) for line in ledger.deliveries()] == [(1, "dropped"), (2, "planned")]
    assert not ledger.claim(1, "a")
    ledger.close()


def test_a_full_disk_stops_before_the_text_and_the_ledger_stays_true(
    mailing: Mailing, authority: Authority, tmp_path: Path
) -> None:
    box, ledger = Postbox(), ledger_of(tmp_path)
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)
    with serving(box, authority) as port:
        ledger.begin(
            1, mailing.fingerprint, DATE, {message.recipient.id: message.content for message in mailing.messages}
        )
        # a journal of the ledger no longer fits; the test server keeps all in memory
        resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        try:
            with pytest.raises(UsageError, match="mail-ledger.sqlite cannot be used"):
                send_mailing(ledger, mailing, to(port, authority), DATE, silent)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        assert not box.taken
        assert set(states(ledger).values()) == {"planned"}
        send_mailing(ledger, mailing, to(port, authority), DATE, silent)
    assert box.counts() == Counter({address(name): 1 for name in NAMES})
    ledger.close()


def test_a_disk_that_fills_up_after_the_text_leaves_one_line_uncertain(
    mailing: Mailing, authority: Authority, tmp_path: Path
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(step: str, who: str, times: int) -> str:
        if (step, who) == ("DATA", address(NAMES[1])):
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        return ""

    box, ledger = Postbox(fill), ledger_of(tmp_path)
    with serving(box, authority) as port:
        try:
            with pytest.raises(UsageError, match="mail-ledger.sqlite cannot be used"):
                send_mailing(ledger, mailing, to(port, authority), DATE, silent)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        ledger.close()
        box.plan = lambda *_: ""
        ledger = ledger_of(tmp_path)
        known = dict(zip(NAMES, ["sent", "uncertain", "planned", "planned"], strict=True))
        assert states(ledger) == known
        send_mailing(ledger, mailing, to(port, authority), DATE, silent)
    assert states(ledger) == dict.fromkeys(NAMES, "sent") | {NAMES[1]: "uncertain"}
    assert box.counts() == {address(name): 1 for name in NAMES}
    ledger.close()


def test_no_faster_than_the_settings_say(
    mailing: Mailing, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits = list[float]()
    monkeypatch.setattr("binnenstad.mail.sending.time.sleep", waits.append)
    box, ledger = Postbox(), ledger_of(tmp_path)
    with serving(box, authority) as port:
        send_mailing(ledger, mailing, to(port, authority, per_minute=30), DATE, silent)
    assert len(box.taken) == 4
    assert waits == [2.0] * 4
    ledger.close()


# --- the way there


def refused(
    settings: Settings, mailing: Mailing, box: Postbox, tmp_path: Path, why: str, **environment: str
) -> tuple[int, int]:
    """Try to send what must be refused; return how many messages the server took and how many mailings began."""
    ledger = ledger_of(tmp_path)
    with pytest.MonkeyPatch.context() as patch:
        for name, value in environment.items():
            patch.setenv(name, value)
        with pytest.raises(UsageError, match=why):
            send_mailing(ledger, mailing, settings, DATE, silent)
    begun = ledger.last()
    ledger.close()
    return len(box.taken), begun


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_wrong_authority_or_name_is_not_written_to(mailing: Mailing, tmp_path: Path, tls: str) -> None:
    good, other = Authority(tmp_path), Authority(tmp_path, "mail.example.org")
    box = Postbox()
    with serving(box, good, tls=tls) as port:
        stranger = to(port, other, tls=tls)
        assert refused(
            stranger, mailing, box, tmp_path, "certificate of localhost is not good: unable to get local issuer"
        ) == (0, 0)
    with serving(box, other, tls=tls) as port:
        assert refused(
            to(port, other, tls=tls), mailing, box, tmp_path, "certificate of localhost is not good: Hostname mis"
        ) == (0, 0)


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_file_that_holds_no_certificates_is_named(authority: Authority, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "ca.pem"
    if text:
        file.write_text(text)
    settings = replace(to(1, authority), ca_file=str(file))
    with pytest.raises(UsageError, match="is no file of certificates"), connected(settings):
        pass


def test_a_server_without_encryption_is_not_written_to(mailing: Mailing, authority: Authority, tmp_path: Path) -> None:
    box = Postbox()
    with serving(box, None) as port:
        assert refused(to(port, authority), mailing, box, tmp_path, "offers no encryption") == (0, 0)
    assert refused(to(port, authority), mailing, box, tmp_path, "localhost cannot be reached safely") == (0, 0)


def test_implicit_tls_and_a_relay_without_login_work(mailing: Mailing, authority: Authority, tmp_path: Path) -> None:
    box, ledger = Postbox(), ledger_of(tmp_path)
    with serving(box, authority, tls="implicit") as port:
        send_mailing(ledger, mailing, to(port, authority, tls="implicit"), DATE, silent)
    assert len(box.taken) == 4
    ledger.close()


@pytest.mark.parametrize(
    ("login", "variable", "secret", "good"),
    [
        ("password", "BINNENSTAD_MAIL_PASSWORD", PASSWORD, True),
        ("password", "BINNENSTAD_MAIL_PASSWORD", "fout", False),
        ("token", "BINNENSTAD_MAIL_TOKEN", TOKEN, True),
        ("token", "BINNENSTAD_MAIL_TOKEN", "verlopen", False),
    ],
)
def test_a_login_is_taken_or_named(
    mailing: Mailing, authority: Authority, tmp_path: Path, login: str, variable: str, secret: str, good: bool
) -> None:
    box = Postbox()
    with serving(box, authority, login=True) as port:
        settings = to(port, authority, login=login, user=USER)
        if not good:
            assert refused(settings, mailing, box, tmp_path, "refuses the login .535.", **{variable: secret}) == (0, 0)
            return
        with connected(settings, {variable: secret}) as smtp:
            assert smtp.noop()[0] == 250
    assert login == "password" or secret == TOKEN


def test_a_password_comes_from_the_keyring(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("binnenstad", USER): PASSWORD}
    monkeypatch.setattr(keyring, "get_password", lambda service, user: kept.get((service, user)))
    with serving(Postbox(), authority, login=True) as port:
        settings = to(port, authority, login="password", user=USER)
        with connected(settings, {}) as smtp:
            assert smtp.noop()[0] == 250
        kept.clear()
        with pytest.raises(UsageError, match="no password for bureau"), connected(settings, {}):
            pass


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("false",), "token_command .* failed .CalledProcessError."),
        (("no-such-command",), "token_command .* failed .FileNotFoundError."),
        (("true",), "no token for bureau"),
    ],
)
def test_a_token_command_that_gives_none_is_named(authority: Authority, command: tuple[str, ...], why: str) -> None:
    with serving(Postbox(), authority, login=True) as port:
        settings = to(port, authority, login="token", user=USER, token_command=command)
        with pytest.raises(UsageError, match=why), connected(settings, {}):
            pass


def test_a_token_comes_from_a_command(authority: Authority) -> None:
    with serving(Postbox(), authority, login=True) as port:
        settings = to(port, authority, login="token", user=USER, token_command=("echo", TOKEN))
        with connected(settings, {}) as smtp:
            assert smtp.noop()[0] == 250


def test_a_server_that_knows_no_login_is_named(authority: Authority) -> None:
    with serving(Postbox(), authority, auth_exclude_mechanism=["LOGIN", "PLAIN", "XOAUTH2"]) as port:
        settings = to(port, authority, login="password", user=USER)
        password = {"BINNENSTAD_MAIL_PASSWORD": "x"}
        with pytest.raises(UsageError, match="no login of this kind"), connected(settings, password):
            pass


def test_a_message_over_the_size_of_the_server_stops_all(
    mailing: Mailing, authority: Authority, tmp_path: Path
) -> None:
    box = Postbox()
    with serving(box, authority, size=2_000) as port:
        assert refused(
            to(port, authority), mailing, box, tmp_path, "raad-000, raad-001, raad-002, raad-003 is larger"
        ) == (0, 0)
    with pytest.raises(UsageError, match="raad-003"):
        refuse_too_large(mailing.messages[3:], 10)


def test_a_test_goes_to_one_address_and_leaves_the_ledger_alone(
    almelo: Programme, authority: Authority, tmp_path: Path
) -> None:
    ledger = ledger_of(tmp_path)
    request = request_of(almelo, make_run(tmp_path / "run"), many(3), test="mij@example.org")
    mailing, box = compose(request, ledger, again=True), Postbox()
    with serving(box, authority) as port:
        send_test(mailing, "mij@example.org", to(port, authority), DATE, silent)
    assert box.counts() == {"mij@example.org": 3}
    subjects = [BytesParser(policy=policy.default).parsebytes(raw)["Subject"] for _, raw in box.taken]
    assert [subject.split("]")[0] for subject in subjects] == [f"[proef voor raad-{n:03d}" for n in range(3)]
    ids = {message["Message-ID"] for message in box.messages()}
    assert len(ids) == 3
    assert not ids & {message.message_id for message in mailing.messages}
    assert ledger.last() == 0
    ledger.close()
