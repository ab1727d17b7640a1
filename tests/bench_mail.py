"""Measure preview, test and send of 100 mails; run by ``make bench``, writes docs/benchmarks-mail.md."""

from __future__ import annotations

import os
import platform
import shutil
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median

from click.testing import CliRunner
from mailroom import PERIOD, SETTINGS, ledger_of, people
from postbox import Authority, Postbox, serving

from binnenstad.cli import main as binnenstad
from binnenstad.mail.approve import preview_page, write_preview
from binnenstad.mail.compose import Mailing, Request, compose
from binnenstad.mail.ledger import FORGOTTEN, Ledger
from binnenstad.mail.send import send_mailing
from binnenstad.page.pdf import render_pdf
from binnenstad.programme.checked import check_programme
from binnenstad.words import Words

ROOT = Path(__file__).resolve().parents[1]
DATA = ROOT / "data"
ROUNDS, COUNT = 3, 100
SENDING = "sending, test", "sending, send"


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def request_of(place: Path, **more: str) -> Request:
    """100 members of a council who get the overview as PDF."""
    names = [f"raad-{n:03d}" for n in range(COUNT)]
    rows = [[name, f"Fractie {name}", f"{name}@example.org", "council", "", "nl", "pdf"] for name in names]
    programme = check_programme(DATA / "almelo")
    tables = programme.tables | {"recipients": people(rows)}
    return Request(replace(programme, tables=tables), place, SETTINGS, Words("nl"), **more)


def mail_once(folder: Path, place: Path, authority: Authority, box: Postbox) -> dict[str, float]:
    """Seconds for one PDF and for each step of a mailing, each from the start as a person gives it."""
    took, made, ledger = dict[str, float](), dict[str, Mailing](), ledger_of(folder)
    html = (place / "overview.html").read_text(encoding="utf-8")
    took["one PDF"] = seconds(lambda: render_pdf(html))

    def composed(step: str, known: Ledger, **more: str) -> None:
        made[step] = compose(request_of(place, **more), known)

    def preview() -> None:
        composed("preview", ledger)
        page = preview_page(folder / "mail", PERIOD, made["preview"].fingerprint)
        write_preview(
            page, made["preview"], dict.fromkeys((f"raad-{n:03d}" for n in range(COUNT)), "planned"), words, []
        )

    words = Words("nl")
    took["preview"] = seconds(preview)
    took["compose a test"] = seconds(lambda: composed("test", Ledger(FORGOTTEN, PERIOD), test="mij@example.org"))
    took["compose to send"] = seconds(lambda: composed("send", ledger))
    with serving(box, authority) as port:
        way = replace(SETTINGS, port=port, ca_file=str(authority.path), per_minute=10**9)
        for step, known in (("test", Ledger(FORGOTTEN, PERIOD)), ("send", ledger)):
            took[f"sending, {step}"] = seconds(
                lambda step=step, known=known: send_mailing(known, made[step], way, lambda **_: None)
            )
    ledger.close()
    return took


def mail(printed: bool) -> dict[str, float]:
    """The median of each step over a few rounds; with the PDF of the run beside the report, or without."""
    box, rounds = Postbox(), []
    with tempfile.TemporaryDirectory() as name:
        authority, out = Authority(Path(name)), Path(name) / "reports"
        asked = ["run", "almelo", "--period", PERIOD, "--only", "overview", "--out", str(out), "--data", str(DATA)]
        result = CliRunner().invoke(binnenstad, [*asked, *["--pdf"] * printed])
        if result.exit_code:
            raise RuntimeError(result.output)
        for number in range(ROUNDS):
            (Path(name) / str(number)).mkdir()
            rounds.append(mail_once(Path(name) / str(number), out / "almelo" / PERIOD, authority, box))
            shutil.rmtree(Path(name) / str(number) / "mail")
            if not printed:
                # the mail kept what it printed
                (out / "almelo" / PERIOD / "overview.pdf").unlink()
    if len(box.taken) != 2 * COUNT * ROUNDS:
        raise RuntimeError(f"the server took {len(box.taken)} of {2 * COUNT * ROUNDS} messages")
    return {step: median(one[step] for one in rounds) for step in rounds[0]}


def main() -> None:
    load = [os.getloadavg()[0]]
    fresh, ready = mail(printed=False), mail(printed=True)
    load.append(os.getloadavg()[0])
    lines = [["step", "s", "s, with the PDF of the run"], ["---"] * 3]
    lines += [[step, f"{took:.1f}", f"{ready[step]:.1f}"] for step, took in fresh.items()]
    ratios = " and ".join(
        f"{(sum(took.values()) - took['one PDF']) / sum(took[name] for name in ('one PDF', *SENDING)):.2f}"
        for took in (fresh, ready)
    )
    table = "\n".join(f"| {' | '.join(row)} |" for row in lines)
    text = (
        "# Benchmark of the mail\n\n"
        f"Written by `make bench` on {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"{platform.system()}: {COUNT} recipients who get the overview of Almelo as PDF, median of {ROUNDS} rounds, "
        f"over TLS to a server on the same machine, at a load of {load[0]:.1f} before and {load[1]:.1f} after.\n\n"
        f"{table}\n\n"
        f"All steps take {ratios} times one PDF and the sending; at most 1.2 is asked.\n"
    )
    (ROOT / "docs" / "benchmarks-mail.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
