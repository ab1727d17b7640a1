"""The mail as Debian's Postfix takes it: an instance of its own, on loopback, with its own folders."""

from __future__ import annotations

import os
import shutil
import socket
import subprocess
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from email import message_from_bytes
from pathlib import Path

import pytest
import trustme
from mailroom import PERIOD, SETTINGS, ledger_of, mailing_of, many

from binnenstad.mail.ledger import read_bounces
from binnenstad.mail.send import send_mailing
from binnenstad.programme.checked import Programme

POSTFIX = shutil.which("postfix", path=f"{os.environ['PATH']}:/usr/sbin")
MAIN = """
compatibility_level = 3.6
queue_directory = {root}/queue
data_directory = {root}/data
maillog_file = /dev/stdout
inet_interfaces = 127.0.0.1
inet_protocols = ipv4
myhostname = localhost
mydestination =
virtual_mailbox_domains = example.org
virtual_mailbox_base = {root}/mail
virtual_mailbox_maps = texthash:{root}/known
virtual_uid_maps = static:65534
virtual_gid_maps = static:65534
smtpd_tls_security_level = encrypt
smtpd_tls_chain_files = {root}/server.pem
smtpd_reject_unlisted_recipient = yes
"""
MASTER = """
127.0.0.1:{port} inet n - n - - smtpd
cleanup unix n - n - 0 cleanup
qmgr unix n - n 300 1 qmgr
tlsmgr unix - - n 1000? 1 tlsmgr
rewrite unix - - n - - trivial-rewrite
bounce unix - - n - 0 bounce
defer unix - - n - 0 bounce
virtual unix - n n - - virtual
anvil unix - - n - 1 anvil
proxymap unix - - n - - proxymap
postlog unix-dgram n - n - 1 postlogd
"""


@pytest.fixture
def postfix() -> Iterator[tuple[Path, int]]:
    """A running Postfix that knows seven of eight people, one with a full mailbox, and the sender: folder and port."""
    if POSTFIX is None or os.geteuid() != 0:
        pytest.skip("needs Debian's Postfix, and root to start it")
    # other users work in it, who may not enter the folders of the tests
    root = Path(tempfile.mkdtemp(prefix="binnenstad-postfix-"))
    root.chmod(0o755)
    with closing(socket.create_server(("127.0.0.1", 0))) as free:
        port = free.getsockname()[1]
    for name in ("queue", "data", "mail", "conf"):
        (root / name).mkdir()
    shutil.chown(root / "data", "postfix")
    shutil.chown(root / "mail", 65534, 65534)
    boxes = {row[2]: f"{row[0]}/" for row in many(6)} | {SETTINGS.sender: "bureau/", "raad-007@example.org": "full"}
    (root / "known").write_text("".join(f"{address} {box}\n" for address, box in boxes.items()))
    (root / "mail" / "full").touch()
    # as large as a mailbox of Postfix may be
    os.truncate(root / "mail" / "full", 51_200_000)
    shutil.chown(root / "mail" / "full", 65534, 65534)
    authority = trustme.CA()
    authority.cert_pem.write_to_path(root / "ca.pem")
    authority.issue_cert("localhost").private_key_and_cert_chain_pem.write_to_path(root / "server.pem")
    (root / "conf" / "main.cf").write_text(MAIN.format(root=root))
    (root / "conf" / "master.cf").write_text(MASTER.format(port=port))
    order = [POSTFIX, "-c", str(root / "conf")]
    try:
        subprocess.run([*order, "start"], check=True, capture_output=True, timeout=60)
        yield root, port
    finally:
        subprocess.run([*order, "stop"], capture_output=True, timeout=60)
        shutil.rmtree(root, ignore_errors=True)


def arrived(root: Path, count: int) -> Counter[str]:
    """How many mails came to whom, once there are so many or half a minute has gone, and one more would have come."""
    until = time.monotonic() + 30
    while len(list((root / "mail").glob("*/new/*"))) < count and time.monotonic() < until:
        time.sleep(0.2)
    time.sleep(1)
    return Counter(path.parts[-3] for path in (root / "mail").glob("*/new/*"))


@pytest.mark.postfix
def test_postfix_delivers_six_and_one_refusal_and_one_bounce_are_named(
    almelo: Programme, tmp_path: Path, postfix: tuple[Path, int]
) -> None:
    (root, port), ledger, mailing = postfix, ledger_of(tmp_path), mailing_of(almelo, tmp_path, many(8))
    way = replace(SETTINGS, port=port, ca_file=str(root / "ca.pem"))
    for _ in range(2):
        send_mailing(ledger, mailing, way, lambda **_: None)
    lines = {line.recipient: (line.state, line.code) for line in ledger.deliveries()}
    assert lines.pop("raad-006") == ("refused", "550 5.1.1")
    assert Counter(state for state, _ in lines.values()) == {"sent": 7}
    assert arrived(root, 7) == dict.fromkeys(["bureau", *list(lines)[:6]], 1)
    message = message_from_bytes((next((root / "mail").glob("raad-003/new/*"))).read_bytes())
    assert message["Message-ID"] == f"<almelo.{PERIOD}.1.raad-003@example.org>"
    assert read_bounces(root / "mail" / "bureau", ledger, "almelo", PERIOD) == ([], [])
    states = {line.recipient: (line.state, line.code) for line in ledger.deliveries()}
    assert states.pop("raad-007") == ("bounced", "5.2.2"), "its mailbox is full"
    assert Counter(state for state, _ in states.values()) == {"sent": 6, "refused": 1}
