"""Measure the main job, side by side with the same notebooks by papermill and nbconvert in a shell loop.

Run by ``make bench``; prints and writes docs/benchmarks.md. Times say something only next to each
other and on one machine, which is why no test looks at them.
"""

from __future__ import annotations

import os
import platform
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from statistics import median
from unittest import mock

import nbformat
import papermill
from mailroom import DATE, SETTINGS, make_run, many, request_of
from nbclient import NotebookClient
from postbox import Authority, Postbox, serving

from binnenstad.batch import Job, plan
from binnenstad.mail.ledger import Ledger
from binnenstad.mail.mailing import Mailing, compose
from binnenstad.mail.message import Attachment
from binnenstad.mail.sending import send_mailing
from binnenstad.programme import check_programme
from binnenstad.report import render_report

ROOT = Path(__file__).resolve().parents[1]
BIN = Path(sys.executable).parent
ROUNDS = 3


def seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def our_batch(out: Path, jobs: int) -> None:
    command = [BIN / "binnenstad", "run", "almelo", "--period", "2019Q4", "--out", out, "--jobs", str(jobs)]
    subprocess.run(command, check=True, capture_output=True, cwd=ROOT)


def shell_loop(out: Path) -> None:
    """What a bureau does without us: papermill and nbconvert from a shell, one notebook after the other."""
    for path in sorted((ROOT / "notebooks").glob("*.ipynb")):
        executed = out / path.name
        subprocess.run([BIN / "papermill", "--no-progress-bar", path, executed], check=True, capture_output=True)
        subprocess.run([BIN / "jupyter", "nbconvert", "--to", "html", executed], check=True, capture_output=True)


def phases(job: Job, scratch: Path) -> list[str]:
    """Kernel start, cells, rendering [s] and size [kB] of one report."""
    notebook = nbformat.read(job.notebook, as_version=4)
    client = NotebookClient(notebook, kernel_name="python3", resources={"metadata": {"path": str(ROOT)}})

    def start() -> None:
        client.create_kernel_manager()
        client.start_new_kernel()
        client.start_new_kernel_client()

    kernel = seconds(start)
    client._cleanup_kernel()
    executed = scratch / job.notebook.name
    papermill.execute_notebook(str(job.notebook), str(executed), job.parameters, progress_bar=False, cwd=str(ROOT))
    result = nbformat.read(executed, as_version=4)
    cells = sum(cell.metadata.get("papermill", {}).get("duration") or 0.0 for cell in result.cells)
    html = render_report(result, job.provenance, "nl")
    render = seconds(lambda: render_report(result, job.provenance, "nl"))
    return [job.report, f"{kernel:.2f}", f"{cells:.2f}", f"{render:.2f}", f"{len(html.encode()) / 1000:.0f}"]


def mail_once(folder: Path, authority: Authority, box: Postbox) -> tuple[float, float, int]:
    """Seconds for composing and for sending 100 mails of 600 kB, and the size of one in bytes."""
    report = Attachment("report.html", "html", os.urandom(215_000).hex().encode(), b"")
    request = request_of(check_programme(ROOT / "data" / "almelo"), make_run(folder / "run"), many(100))
    ledger, made = Ledger(folder / "ledger.sqlite", "2019Q4", write=True), list[Mailing]()
    with mock.patch("binnenstad.mail.drafts._attacher", lambda request: lambda recipient: (report,)):
        composing = seconds(lambda: made.append(compose(request, ledger)))
    with serving(box, authority) as port:
        way = replace(SETTINGS, port=port, ca_file=str(authority.path), per_minute=10**9)
        sending = seconds(lambda: send_mailing(ledger, made[0], way, DATE, lambda *_: None))
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


def table(head: list[str], rows: list[list[str]]) -> str:
    lines = [head, ["---"] * len(head), *rows]
    return "\n".join(f"| {' | '.join(line)} |" for line in lines) + "\n"


def main() -> None:
    folder = ROOT / "data" / "almelo"
    programme = check_programme(folder)
    with tempfile.TemporaryDirectory() as name:
        scratch = Path(name)
        jobs = plan(folder, programme, programme.moment("2019Q4"), ROOT / "notebooks", scratch)
        ways: dict[str, Callable[[], object]] = {
            "shell loop: papermill + jupyter nbconvert": lambda: shell_loop(scratch),
            "binnenstad run --jobs 1": lambda: our_batch(scratch, 1),
            "binnenstad run --jobs 2": lambda: our_batch(scratch, 2),
        }
        # interleaved, so that a slow minute of the machine hits every way
        measured = [{way: seconds(work) for way, work in ways.items()} for _ in range(ROUNDS)]
        times = {way: median(one[way] for one in measured) for way in ways}
        per_report = [phases(replace(job, out=scratch), scratch) for job in jobs]
        check = median(seconds(lambda: check_programme(folder)) for _ in range(ROUNDS))
    loop = next(iter(times.values()))
    text = (
        "# Benchmarks\n\n"
        f"Written by `make bench` on {os.cpu_count()} processors, Python {platform.python_version()}, "
        f"{platform.system()}. Median of {ROUNDS} interleaved rounds; compare the ratios, not the seconds.\n\n"
        "## Three reports on Almelo, 2019Q4, everything set up\n\n"
        + table(["way", "s", "times the loop"], [[w, f"{t:.1f}", f"{loop / t:.1f}"] for w, t in times.items()])
        + "\nThe loop makes HTML with code cells and two requests to other sites, and checks nothing.\n\n"
        "## Per report\n\n"
        + table(["report", "kernel start, s", "cells, s", "rendering, s", "HTML, kB"], per_report)
        + "\n## Mail, over TLS to a server on the same machine\n\n"
        + table(["what", "messages", "kB each", "s"], mail())
        + f"\nChecking the programme folder, imports done: {check:.2f} s.\n"
    )
    (ROOT / "docs" / "benchmarks.md").write_text(text, encoding="utf-8")
    print(text)


if __name__ == "__main__":
    main()
