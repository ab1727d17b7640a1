"""Measure composing and sending; run by ``make bench``, writes docs/benchmarks-mail.md."""

from __future__ import annotations

import os
import platform
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from unittest import mock

from mailroom import PERIOD, SETTINGS, ledger_of, make_run, many, request_of
from postbox import Authority, Postbox, serving

from binnenstad.mail.compose import Mailing, compose
from binnenstad.mail.send import send_mailing
from binnenstad.programme.checked import check_programme

ROOT = Path(__file__).resolve().parents[1]
ROUNDS = 3


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def mail_once(folder: Path, authority: Authority, box: Postbox) -> tuple[float, float, int]:
    """Seconds for composing and for sending 100 mails of 600 kB, and the size of one in bytes."""
    report, people = os.urandom(215_000).hex().encode(), [[*row[:6], "html"] for row in many(100)]
    request = request_of(check_programme(ROOT / "data" / "almelo"), make_run(folder / PERIOD), people)
    ledger, made = ledger_of(folder), list[Mailing]()
    with mock.patch("binnenstad.mail.compose._attachment", lambda request, file, kind: report):
        composing = seconds(lambda: made.append(compose(request, ledger)))
    with serving(box, authority) as port:
        way = replace(SETTINGS, port=port, ca_file=str(authority.path), per_minute=10**9)
        sending = seconds(lambda: send_mailing(ledger, made[0], way, lambda *_: None))
    ledger.close()
    return composing, sending, len(made[0].messages[0].content_bytes)


def mail() -> list[list[str]]:
    """Composing and sending 100 mails of 600 kB over TLS to a server on this machine, as rows of a table."""
    box, rounds = Postbox(), []
    with tempfile.TemporaryDirectory() as name:
        authority = Authority(Path(name))
        for number in range(ROUNDS):
            rounds.append(mail_once(Path(name) / str(number), authority, box))
    if len(box.taken) != 100 * ROUNDS:
        raise RuntimeError(f"the server took {len(box.taken)} of {100 * ROUNDS} messages")
    size = f"{rounds[0][2] / 1000:.0f}"
    return [
        ["composing", "100", size, f"{median(one[0] for one in rounds):.1f}"],
        ["sending", "100", size, f"{median(one[1] for one in rounds):.1f}"],
    ]


def main() -> None:
    lines = "\n".join(f"| {' | '.join(row)} |" for row in [["what", "messages", "kB each", "s"], ["---"] * 4, *mail()])
    text = (
        "# Benchmark of the mail\n\n"
        f"Written by `make bench` on {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"{platform.system()}. Median of {ROUNDS} rounds, over TLS to a server on the same machine.\n\n{lines}\n"
    )
    (ROOT / "docs" / "benchmarks-mail.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
