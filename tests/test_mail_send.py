"""Sending over real SMTP: nobody gets a mail twice, none is lost without a word, counted at the server."""

from __future__ import annotations

import pickle
import resource
import signal
import smtplib
import subprocess
import sys
import threading
import time
from collections import Counter
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import keyring
import pytest
from keyring.errors import NoKeyringError
from mailroom import DATE, PERIOD, SETTINGS, files_of, ledger_of, mailing_of, make_run, many, request_of
from postbox import PASSWORD, TOKEN, USER, Authority, Plan, Postbox, serving
from sender import STEPS

from binnenstad.mail.compose import Mailing, compose
from binnenstad.mail.ledger import FORGOTTEN, Ledger
from binnenstad.mail.send import refuse_too_large, send_mailing
from binnenstad.mail.settings import Settings
from binnenstad.mail.transport import connected
from binnenstad.programme.checked import Programme
from binnenstad.words.errors import UsageError

SENDER = Path(__file__).with_name("sender.py")
NAMES = [f"raad-{n:03d}" for n in range(4)]
SECRETS = ("BINNENSTAD_MAIL_PASSWORD", "BINNENSTAD_MAIL_TOKEN")


def address(name: str) -> str:
    return f"{name}@example.org"


def silent(**_: str) -> None:
    """Hear and say nothing."""


ONCE_EACH = Counter({address(name): 1 for name in NAMES})


@pytest.fixture(scope="session")
def authority(tmp_path_factory: pytest.TempPathFactory) -> Authority:
    return Authority(tmp_path_factory.mktemp("ca"))


@pytest.fixture(scope="session")
def mailing(almelo: Programme, tmp_path_factory: pytest.TempPathFactory) -> Mailing:
    """A mailing to four people; nobody changes it."""
    return mailing_of(almelo, tmp_path_factory.mktemp("four"), many(4))


def to(port: int, authority: Authority, **more: Any) -> Settings:
    return replace(SETTINGS, port=port, ca_file=str(authority.path), **more)


def states(ledger: Ledger) -> dict[str, str]:
    return {line.recipient: line.state for line in ledger.deliveries()}


def codes(ledger: Ledger) -> dict[str, str]:
    return {line.recipient: line.code for line in ledger.deliveries()}


def planned(*steps: tuple[str, str, str], times: int = 1) -> Plan:
    """A server that gives these replies (step, recipient, reply) a number of times, and otherwise does as asked."""
    replies = {(step, address(name)): reply for step, name, reply in steps}
    return lambda step, who, time: replies.get((step, who), "") if time <= times else ""


def send_all(mailing: Mailing, authority: Authority, ledger: Ledger, plan: Plan | None = None) -> Postbox:
    """Send once to a server that does as planned; return its box."""
    box = Postbox(plan)
    with serving(box, authority) as port:
        send_mailing(ledger, mailing, to(port, authority), silent)
    return box


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_each_recipient_gets_one_message_with_a_date_and_not_too_fast(
    mailing: Mailing, authority: Authority, tmp_path: Path, tls: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    waits, ledger, box = list[float](), ledger_of(tmp_path), Postbox()
    monkeypatch.setattr("binnenstad.mail.send.time.sleep", waits.append)
    with serving(box, authority, tls=tls) as port:
        send_mailing(ledger, mailing, to(port, authority, tls=tls, per_minute=30), silent)
    assert box.counts() == ONCE_EACH
    assert (set(states(ledger).values()), set(codes(ledger).values())) == ({"sent"}, {"250 2.0.0"})
    assert waits == [2.0] * 4
    for message in box.messages():
        assert message["Date"] == ledger.mailings()[1][1]
        assert len(message["To"].addresses) == 1
    assert box.taken[0][1].split(b"\r\n", 1)[1] == mailing.messages[0].content_bytes


def test_a_line_of_one_dot_arrives_as_it_was(mailing: Mailing, authority: Authority, tmp_path: Path) -> None:
    first = mailing.messages[0]
    dotted = first._replace(content_bytes=first.content_bytes + b".\r\n..\r\n.a\r\n")
    box = send_all(mailing._replace(messages=[dotted]), authority, ledger_of(tmp_path))
    assert box.taken[0][1].endswith(b"\r\n.\r\n..\r\n.a\r\n")


@pytest.mark.parametrize("step", ["RCPT", "START", "DATA"])
def test_a_passing_fault_is_tried_again_and_one_that_stays_is_left_planned(
    mailing: Mailing, authority: Authority, tmp_path: Path, step: str
) -> None:
    ledger, plan = ledger_of(tmp_path), planned((step, NAMES[1], "451 4.7.1 come back"), times=9)
    box = send_all(mailing, authority, ledger, plan)
    assert states(ledger) == {name: "planned" if name == NAMES[1] else "sent" for name in NAMES}
    assert codes(ledger)[NAMES[1]] == "451 4.7.1"
    assert box.counts() == Counter({address(name): 1 for name in NAMES if name != NAMES[1]})
    again = send_all(mailing, authority, ledger, planned((step, NAMES[1], "421 4.3.2 closing")))
    assert again.counts() == {address(NAMES[1]): 1}
    assert set(states(ledger).values()) == {"sent"}


@pytest.mark.parametrize("step", ["RCPT", "START", "DATA"])
def test_a_refusal_is_kept_with_its_code_and_without_the_address(
    mailing: Mailing, authority: Authority, tmp_path: Path, step: str
) -> None:
    ledger, reply = ledger_of(tmp_path), f"550 5.1.1 <{address(NAMES[2])}> unknown"
    box = send_all(mailing, authority, ledger, planned((step, NAMES[2], reply)))
    assert (states(ledger)[NAMES[2]], codes(ledger)[NAMES[2]], len(box.taken)) == ("refused", "550 5.1.1", 3)
    raw = (tmp_path / "mail-ledger.sqlite").read_bytes()
    assert b"raad-000" in raw
    assert b"example.org" not in raw
    assert not send_all(mailing, authority, ledger).taken, "a refusal is not tried again by itself"


def test_a_good_word_before_the_text_is_not_taken_as_sent(
    mailing: Mailing, authority: Authority, tmp_path: Path
) -> None:
    ledger, plan = ledger_of(tmp_path), planned(("START", NAMES[1], "250 2.0.0 fine"), times=9)
    box = send_all(mailing, authority, ledger, plan)
    assert states(ledger) == {name: "planned" if name == NAMES[1] else "sent" for name in NAMES}
    assert box.counts() == Counter({address(name): 1 for name in NAMES if name != NAMES[1]})


@pytest.mark.parametrize(
    "reply", ["lose", "hang up", "nonsense", "-1 no", "2xx", "150 wait", "300 go on", "354 go on", "650 what"]
)
def test_no_clear_reply_to_the_text_is_uncertain_and_resent_only_by_name(
    mailing: Mailing, authority: Authority, tmp_path: Path, reply: str
) -> None:
    ledger, unsure = ledger_of(tmp_path), {name: "uncertain" if name == NAMES[1] else "sent" for name in NAMES}
    first = send_all(mailing, authority, ledger, planned(("DATA", NAMES[1], reply)))
    assert states(ledger) == unsure
    assert not send_all(mailing, authority, ledger).taken
    assert states(ledger) == unsure
    assert not ledger.plan_again(1, NAMES[0]), "what was sent is not planned again"
    assert ledger.plan_again(1, NAMES[1])
    second = send_all(mailing, authority, ledger)
    assert set(states(ledger).values()) == {"sent"}
    assert second.counts() == {address(NAMES[1]): 1}
    if reply == "lose":
        assert first.taken[1] == second.taken[0], "the same message id and date, so that a mail reader shows one"


@pytest.mark.parametrize("came", ["reset", "late", "much too late"])
def test_a_reply_that_is_reset_or_late_doubles_and_loses_nothing(
    mailing: Mailing, authority: Authority, tmp_path: Path, came: str
) -> None:
    ledger = ledger_of(tmp_path)

    def plan(step: str, who: str, times: int) -> str:
        if (step, who, times) != ("DATA", address(NAMES[1]), 1):
            return ""
        if came == "reset":
            return "reset"
        time.sleep(1.5)
        return ""

    box = Postbox(plan)
    with serving(box, authority) as port:
        # the wait for other replies is shorter than for this one
        way = to(port, authority, timeout_seconds=1, final_seconds=30 if came == "late" else 1)
        send_mailing(ledger, mailing, way, silent)
        time.sleep(1)
    unsure = came != "late"
    assert states(ledger) == {name: "uncertain" if unsure and name == NAMES[1] else "sent" for name in NAMES}
    assert box.counts() == ONCE_EACH, "what the server took is not offered again"


@pytest.mark.parametrize(("code", "state"), [("250", "sent"), ("299", "sent"), ("499", "planned"), ("599", "refused")])
def test_a_clear_reply_to_the_text_counts_as_what_it_is(
    mailing: Mailing, authority: Authority, tmp_path: Path, code: str, state: str
) -> None:
    ledger = ledger_of(tmp_path)
    send_all(mailing, authority, ledger, planned(("DATA", NAMES[1], f"{code} so"), times=9))
    assert states(ledger) == {name: state if name == NAMES[1] else "sent" for name in NAMES}


@pytest.mark.parametrize("step", ["RCPT", "START", "DATA"])
def test_a_refusal_followed_by_hanging_up_keeps_its_code(
    mailing: Mailing, authority: Authority, tmp_path: Path, step: str
) -> None:
    ledger = ledger_of(tmp_path)
    box = send_all(mailing, authority, ledger, planned((step, NAMES[1], "550 5.1.1 no, and I hang up"), times=9))
    assert (states(ledger)[NAMES[1]], codes(ledger)[NAMES[1]]) == ("refused", "550 5.1.1")
    assert box.counts() == Counter({address(name): 1 for name in NAMES if name != NAMES[1]})


@pytest.mark.parametrize("reply", ["nonsense", "150 wait", "354 go on", "650 what"])
def test_a_senseless_reply_before_the_text_ends_the_connection_and_sends_nothing(
    mailing: Mailing, authority: Authority, tmp_path: Path, reply: str
) -> None:
    ledger = ledger_of(tmp_path)
    box = send_all(mailing, authority, ledger, planned(("RCPT", NAMES[1], reply), times=9))
    assert states(ledger) == {name: "planned" if name == NAMES[1] else "sent" for name in NAMES}
    assert box.counts() == Counter({address(name): 1 for name in NAMES if name != NAMES[1]})


def test_stopped_while_a_reply_is_due_it_is_waited_for_and_written_down(
    mailing: Mailing, authority: Authority, tmp_path: Path
) -> None:
    asked, go = threading.Event(), threading.Event()

    def plan(step: str, who: str, times: int) -> str:
        if step == "DATA" and who == address(NAMES[1]):
            asked.set()
            go.wait(30)
        return ""

    box = Postbox(plan)
    with serving(box, authority) as port:
        process = start(mailing, to(port, authority), tmp_path)
        assert asked.wait(30)
        # the sender has the text off its hands and reads
        time.sleep(0.5)
        process.send_signal(signal.SIGINT)
        time.sleep(0.5)
        go.set()
        process.communicate(timeout=60)
    assert process.returncode != 0
    with closing(ledger_of(tmp_path)) as ledger:
        assert states(ledger) == dict(zip(NAMES, ["sent", "sent", "planned", "planned"], strict=True))
    assert box.counts() == Counter({address(name): 1 for name in NAMES[:2]})


@pytest.mark.parametrize("end", [b"DATA\r\n", b"\r\n.\r\n"])
def test_stopped_in_a_text_it_says_no_farewell_and_the_line_is_uncertain(
    mailing: Mailing, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, end: bytes
) -> None:
    real, ledger, sent = smtplib.SMTP.send, ledger_of(tmp_path), list[bytes]()

    def stop(smtp: smtplib.SMTP, data: Any) -> None:
        raw = data.encode() if isinstance(data, str) else data
        real(smtp, raw[: len(raw) // 2] if raw[-5:] == b"\r\n.\r\n" else raw)
        sent.append(raw)
        if raw.endswith(end):
            raise KeyboardInterrupt

    monkeypatch.setattr(smtplib.SMTP, "send", stop)
    with pytest.raises(KeyboardInterrupt):
        send_all(mailing, authority, ledger)
    assert sent[-1].endswith(end), "what follows would be part of the text"
    assert states(ledger) == {name: "uncertain" if name == NAMES[0] else "planned" for name in NAMES}


def test_a_server_that_can_is_asked_to_tell_of_refusals_only(
    mailing: Mailing, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    asked, real = list[Any](), smtplib.SMTP.rcpt
    monkeypatch.setattr(smtplib.SMTP, "has_extn", lambda smtp, name: name in ("dsn", "starttls"))

    def rcpt(smtp: smtplib.SMTP, who: str, options: Any = ()) -> Any:
        asked.append(options)
        # the server of the tests does not know the word
        return real(smtp, who)

    monkeypatch.setattr(smtplib.SMTP, "rcpt", rcpt)
    send_all(mailing, authority, ledger_of(tmp_path))
    assert asked == [["NOTIFY=FAILURE"]] * len(NAMES)


def test_a_connection_lost_before_the_text_is_no_doubt(mailing: Mailing, authority: Authority, tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    box = send_all(mailing, authority, ledger, planned(("RCPT", NAMES[1], "hang up")))
    assert box.counts() == ONCE_EACH
    assert set(states(ledger).values()) == {"sent"}


def start(mailing: Mailing, settings: Settings, tmp_path: Path, *how: str) -> subprocess.Popen[bytes]:
    task = tmp_path / "task.pickle"
    task.write_bytes(pickle.dumps((mailing, settings, files_of(tmp_path))))
    return subprocess.Popen([sys.executable, str(SENDER), str(task), *how], stderr=subprocess.PIPE)


@pytest.mark.parametrize("step", STEPS)
def test_a_process_ended_hard_loses_and_doubles_nothing(
    mailing: Mailing, authority: Authority, tmp_path: Path, step: str
) -> None:
    box, victim = Postbox(), NAMES[1]
    with serving(box, authority) as port:
        settings = to(port, authority)
        process = start(mailing, settings, tmp_path, step, victim)
        process.communicate(timeout=60)
        assert process.returncode == -9
        with closing(ledger_of(tmp_path)) as ledger:
            send_mailing(ledger, mailing, settings, silent)
            in_doubt = step in ("claimed", "transferred", "answered")
            assert states(ledger) == {name: "uncertain" if in_doubt and name == victim else "sent" for name in NAMES}
            assert max(box.counts().values()) == 1
            assert set(ONCE_EACH) - set(box.counts()) == ({address(victim)} if step == "claimed" else set())
            if step == "claimed":
                assert ledger.plan_again(1, victim)
                send_mailing(ledger, mailing, settings, silent)
                assert box.counts() == ONCE_EACH
    assert len({message["Date"] for message in box.messages()}) == 1, "a mailing has one date, whoever ends it"


def test_four_senders_at_once_send_each_message_once(almelo: Programme, authority: Authority, tmp_path: Path) -> None:
    mailing, box = mailing_of(almelo, tmp_path, many(24)), Postbox()
    with serving(box, authority) as port:
        senders = [start(mailing, to(port, authority), tmp_path) for _ in range(4)]
        for sender in senders:
            _, said = sender.communicate(timeout=120)
            assert sender.returncode == 0, said.decode()
    assert box.counts() == Counter({message.recipient.address: 1 for message in mailing.messages})
    assert Counter(states(ledger_of(tmp_path)).values()) == {"sent": 24}


def test_one_process_sends_at_a_time_and_what_it_is_sending_is_not_called_uncertain(
    mailing: Mailing, authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, second = ledger_of(tmp_path), ledger_of(tmp_path)
    with first.sending():
        first.begin(1, mailing.fingerprint, DATE, dict.fromkeys(NAMES, ("1", "a", "[]")))
        first.claim(1, NAMES[0])
        assert states(second) == dict.fromkeys(NAMES, "planned") | {NAMES[0]: "busy"}
        assert not second.plan_again(1, NAMES[0])
        with pytest.raises(UsageError, match="another process is sending"), second.sending(0):
            pass
    # the first let go without a word
    assert states(second) == dict.fromkeys(NAMES, "planned") | {NAMES[0]: "uncertain"}
    assert [path.name for path in tmp_path.iterdir() if path.suffix == ".lock"] == [".mail-ledger.lock"]


def test_a_number_given_away_is_refused_and_a_newer_mailing_drops_the_rest(tmp_path: Path) -> None:
    ledger = ledger_of(tmp_path)
    ledger.begin(1, "aa", DATE, {"a": ("1", "a", "[]")})
    with pytest.raises(UsageError, match="begun meanwhile"):
        ledger.begin(1, "bb", DATE, {"a": ("2", "a", "[]")})
    ledger.begin(2, "bb", DATE, {"a": ("2", "a", "[]")})
    assert [(line.number, line.state) for line in ledger.deliveries()] == [(1, "dropped"), (2, "planned")]
    with pytest.raises(UsageError, match="begun meanwhile"):
        ledger.claim(1, "a")
    other = Ledger(files_of(tmp_path, "2020Q1"), "2020Q1", write=True)
    assert (other.mailings(), other.deliveries()) == ({}, [])


@pytest.mark.parametrize("full_at", ["begin", NAMES[1]])
def test_a_full_disk_stops_before_the_text_or_leaves_one_line_uncertain(
    mailing: Mailing, authority: Authority, tmp_path: Path, full_at: str
) -> None:
    soft, hard = resource.getrlimit(resource.RLIMIT_FSIZE)

    def fill(step: str = "DATA", who: str = "", times: int = 0) -> str:
        # a journal of the ledger no longer fits; the test server keeps all in memory
        if (step, who) == ("DATA", address(full_at) if who else ""):
            resource.setrlimit(resource.RLIMIT_FSIZE, (100, hard))
        return ""

    box, ledger = Postbox(fill), ledger_of(tmp_path)
    with serving(box, authority) as port:
        ledger.begin(1, mailing.fingerprint, DATE, {one.recipient.id: one.kept for one in mailing.messages})
        if full_at == "begin":
            fill()
        try:
            with pytest.raises(UsageError, match="mail-ledger.sqlite cannot be used"):
                send_mailing(ledger, mailing, to(port, authority), silent)
        finally:
            resource.setrlimit(resource.RLIMIT_FSIZE, (soft, hard))
        ledger.close()
        box.plan, ledger = lambda *_: "", ledger_of(tmp_path)
        known = dict.fromkeys(NAMES, "planned")
        if full_at in NAMES:
            known |= {NAMES[0]: "sent", NAMES[1]: "uncertain"}
        assert states(ledger) == known
        send_mailing(ledger, mailing, to(port, authority), silent)
    assert states(ledger) == {name: "uncertain" if name == full_at else "sent" for name in NAMES}
    assert box.counts() == ONCE_EACH


# --- the way there


def refused(settings: Settings, mailing: Mailing, tmp_path: Path, why: str) -> None:
    """Try to send what must be refused before any mailing begins."""
    ledger = ledger_of(tmp_path)
    with pytest.raises(UsageError, match=why):
        send_mailing(ledger, mailing, settings, silent)
    assert not ledger.mailings()


@pytest.mark.parametrize("tls", ["starttls", "implicit"])
def test_a_wrong_authority_or_name_is_not_written_to(
    mailing: Mailing, authority: Authority, tmp_path: Path, tls: str
) -> None:
    other, box = Authority(tmp_path, "mail.example.org"), Postbox()
    with serving(box, authority, tls=tls) as port:
        refused(to(port, other, tls=tls), mailing, tmp_path, "localhost is not good: unable to get local issuer")
    with serving(box, other, tls=tls) as port:
        refused(to(port, other, tls=tls), mailing, tmp_path, "localhost is not good: Hostname mis")
    assert not box.taken


@pytest.mark.parametrize("text", [None, "no certificate"])
def test_a_file_that_holds_no_certificates_is_named(authority: Authority, tmp_path: Path, text: str | None) -> None:
    file = tmp_path / "ca.pem"
    if text:
        file.write_text(text)
    settings = replace(to(1, authority), ca_file=str(file))
    with pytest.raises(UsageError, match="is no file of certificates"), connected(settings):
        pass


def test_a_server_without_encryption_or_none_at_all_is_not_written_to(
    mailing: Mailing, authority: Authority, tmp_path: Path
) -> None:
    box = Postbox()
    with serving(box, None) as port:
        refused(to(port, authority), mailing, tmp_path, "offers no encryption")
    refused(to(port, authority), mailing, tmp_path, "localhost cannot be reached safely")
    assert not box.taken


def test_a_message_over_the_size_of_the_server_or_the_settings_stops_all(
    mailing: Mailing, authority: Authority, tmp_path: Path
) -> None:
    box = Postbox()
    with serving(box, authority, size=2_000) as port:
        refused(to(port, authority), mailing, tmp_path, "raad-000, raad-001, raad-002, raad-003 is larger.*2000 bytes")
    assert not box.taken
    largest = len(mailing.messages[3].content_bytes)
    refuse_too_large(mailing.messages[3:], SETTINGS, str(largest))
    with pytest.raises(UsageError, match="raad-003"):
        refuse_too_large(mailing.messages[3:], SETTINGS, str(largest - 1))
    long = mailing.messages[3]._replace(content_bytes=b"x" * 1_000_001)
    with pytest.raises(UsageError, match="1000000 bytes"):
        refuse_too_large([long], replace(SETTINGS, size_limit_mb=1), "0")


@pytest.fixture(scope="module")
def guarded(authority: Authority) -> Any:
    """The port of a server that asks for a login."""
    with serving(Postbox(), authority, login=True) as port:
        yield port


def log_in(settings: Settings) -> None:
    with connected(settings) as smtp:
        assert smtp.noop()[0] == 250


def test_a_login_from_the_environment_is_taken_or_named(
    guarded: int, authority: Authority, monkeypatch: pytest.MonkeyPatch
) -> None:
    good, wrong = {"password": PASSWORD, "token": TOKEN}, {"password": "fout", "token": "verlopen"}
    for login, name in zip(("password", "token"), SECRETS, strict=True):
        settings = to(guarded, authority, login=login, user=USER)
        monkeypatch.setenv(name, good[login])
        log_in(settings)
        monkeypatch.setenv(name, wrong[login])
        with pytest.raises(UsageError, match="refuses the login .535.") as caught:
            log_in(settings)
        assert wrong[login] not in str(caught.value)


def test_a_password_comes_from_the_keyring(guarded: int, authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    kept = {("binnenstad", USER): PASSWORD}
    monkeypatch.delenv(SECRETS[0], raising=False)
    monkeypatch.setattr(keyring, "get_password", lambda service, user: kept.get((service, user)))
    settings = to(guarded, authority, login="password", user=USER)
    log_in(settings)
    kept.clear()
    with pytest.raises(UsageError, match="no password for bureau.*or use keyring set binnenstad bureau"):
        log_in(settings)

    def none(service: str, user: str) -> str:
        raise NoKeyringError

    monkeypatch.setattr(keyring, "get_password", none)
    with pytest.raises(UsageError, match="no password for bureau"):
        log_in(settings)


@pytest.mark.parametrize(
    ("command", "why"),
    [
        (("echo", TOKEN), ""),
        (("false",), "token_command .* failed .CalledProcessError."),
        (("no-such-command",), "token_command .* failed .FileNotFoundError."),
        (("true",), "no token for bureau"),
    ],
)
def test_a_token_comes_from_a_command_or_is_named(
    guarded: int, authority: Authority, command: tuple[str, ...], why: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv(SECRETS[1], raising=False)
    settings = to(guarded, authority, login="token", user=USER, token_command=command)
    if why:
        with pytest.raises(UsageError, match=why):
            log_in(settings)
    else:
        log_in(settings)


def test_a_server_that_knows_no_login_is_named(authority: Authority, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(SECRETS[0], "x")
    for excluded in ({}, {"auth_exclude_mechanism": ["LOGIN", "PLAIN", "XOAUTH2"]}):
        with serving(Postbox(), authority if excluded else None, **excluded) as port:
            settings = to(port, authority, login="password", user=USER)
            if excluded:
                with pytest.raises(UsageError, match="no login of this kind"):
                    log_in(settings)


def test_a_test_goes_to_one_address_and_leaves_the_ledger_alone(
    almelo: Programme, authority: Authority, tmp_path: Path
) -> None:
    place = make_run(tmp_path / PERIOD)
    requests = [request_of(almelo, place, many(3), test=test) for test in ("mij@example.org", "")]
    mine, real = (compose(request, ledger_of(tmp_path)) for request in requests)
    box = send_all(mine, authority, Ledger(FORGOTTEN, PERIOD))
    assert box.counts() == {"mij@example.org": 3}
    messages = box.messages()
    assert [one["Subject"].split("]")[0] for one in messages] == [f"[proef voor raad-{n:03d}" for n in range(3)]
    known = {line for one in real.messages for line in one.content_bytes.split(b"\r\n") if b"Message-ID" in line}
    assert len({one["Message-ID"] for one in messages} | {line.decode().split()[1] for line in known}) == 6
