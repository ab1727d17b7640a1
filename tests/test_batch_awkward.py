"""Notebooks that go wrong in every way we know: each gets the right status, and nothing stays behind."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from conftest import ALMELO
from test_batch_run import GOOD, silent, write_notebook

from binnenstad.batch.job import KERNEL, Job, Limits, Outcome
from binnenstad.batch.plan import plan
from binnenstad.batch.run import run
from binnenstad.programme import Programme

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, limits and process groups of Linux")
MARK = "binnenstad-awkward-31415"
SLEEPER = f"[sys.executable, '-c', 'import time; time.sleep(600)', '{MARK}']"

# name: cell, status, what the error says
AWKWARD = {
    "error": ("raise ValueError('geen cijfers')", "failed", "ValueError: geen cijfers"),
    "exit_0": ("import sys\nsys.exit(0)", "refused", "was not run"),
    "exit_1": ("import sys\nsys.exit(1)", "failed", "SystemExit: 1"),
    "endless": ("while True:\n    pass", "failed", "CellTimeout: the cell took longer than 3 s"),
    "endless_catching": (
        "import time\nwhile True:\n    try:\n        time.sleep(600)\n    except BaseException: pass",
        "failed",
        "een cel duurde langer dan 3 s; het proces is beëindigd",
    ),
    "lock": ("import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()", "failed", "CellTimeout"),
    "deaf": (
        "import signal, time\nfor n in (1, 2, 3, 14, 15): signal.signal(n, signal.SIG_IGN)\ntime.sleep(600)",
        "failed",
        "een cel duurde langer dan 3 s; het proces is beëindigd",
    ),
    "kill": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "failed", "exit code -9, SIGKILL"),
    "kill_group": ("import os, signal\nos.killpg(0, signal.SIGTERM)", "failed", "exit code -15"),
    "segfault": ("import ctypes\nctypes.string_at(0)", "failed", "exit code -11, SIGSEGV"),
    "abort": ("import os\nos.abort()", "failed", "exit code -6"),
    "os_exit_0": ("import os\nos._exit(0)", "failed", "het proces stopte voordat het rapport klaar was (exit code 0)"),
    "os_exit_3": ("import os\nos._exit(3)", "failed", "exit code 3"),
    "memory": ("x = bytearray(3 * 2**30)", "failed", "MemoryError"),
    "input": ("input('naam?')", "failed", "StdinNotImplementedError"),
    "says_much": ("raise ValueError('x' * 5_000_000)", "failed", "ValueError: xxx"),
    "shows_text": ("import os\nos.write(1, b'past Python')\nNone", "refused", "no block"),
    "figure": ("import matplotlib.pyplot as plt\nplt.plot([1, 2]);", "refused", "no block"),
    "closed_streams": ("import os\nos.close(1)\nos.close(2)\nraise KeyError('x')", "failed", "KeyError: 'x'"),
}
# these go well, and would leave something running
LEAVING = {
    "child": f"import subprocess, sys\nsubprocess.Popen({SLEEPER})\nNone",
    "daemon": f"import subprocess, sys\nsubprocess.Popen({SLEEPER}, start_new_session=True)\nNone",
    "thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\nNone",
    "fork": f"import os, sys\nif not os.fork():\n    os.setsid()\n    os.execv(sys.executable, {SLEEPER})\nNone",
    "fork_goes_on": "import os\nos.fork()\nNone",
    "at_exit": "import atexit, time\natexit.register(time.sleep, 600)\nNone",
}


def marked_processes() -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            text = path.read_text(errors="replace")
        except OSError:
            continue
        if MARK in text:
            found.append(text)
    return found


@pytest.fixture(scope="module")
def jobs(tmp_path_factory: pytest.TempPathFactory, almelo: Programme) -> list[Job]:
    folder = tmp_path_factory.mktemp("awkward")
    for name, (cell, _, _) in AWKWARD.items():
        write_notebook(folder / "notebooks", name, GOOD, cell, "1 + 1\nNone")
    for name, cell in LEAVING.items():
        write_notebook(folder / "notebooks", name, GOOD, cell)
    jobs = plan(ALMELO, almelo, almelo.moment("2019Q4"), folder / "notebooks", folder / "reports")
    jobs[0].out.mkdir(parents=True)
    for job in jobs:
        (job.out / job.file).write_text("an earlier run")
    return jobs


@pytest.fixture(scope="module")
def outcomes(jobs: list[Job]) -> Iterator[dict[str, Outcome]]:
    limits = Limits(cell=3, report=60, memory=2048)
    yield {outcome.report: outcome for outcome in run(jobs, 2, silent, limits)}


@pytest.mark.parametrize("name", AWKWARD)
def test_a_notebook_that_goes_wrong_is_named(name: str, outcomes: dict[str, Outcome], jobs: list[Job]) -> None:
    _, status, error = AWKWARD[name]
    assert outcomes[name].status == status, outcomes[name]
    assert error in outcomes[name].error
    assert len(outcomes[name].error) < 2100
    assert not (jobs[0].out / f"{name}.html").exists()


@pytest.mark.parametrize("name", LEAVING)
def test_a_notebook_that_leaves_something_running_is_made(
    name: str, outcomes: dict[str, Outcome], jobs: list[Job]
) -> None:
    assert outcomes[name].status == "ok", outcomes[name]
    assert "bevinding" in (jobs[0].out / f"{name}.html").read_text(encoding="utf-8")


def test_no_process_is_left_behind(outcomes: dict[str, Outcome]) -> None:
    assert len(outcomes) == len(AWKWARD) + len(LEAVING)
    for _ in range(100):
        if not marked_processes():
            break
        time.sleep(0.05)
    assert marked_processes() == []


# what papermill's own engine alone would call completed, or leave running
IN_KERNEL = {
    "kill": "Kernel died", "segfault": "Kernel died", "os_exit_0": "Kernel died", "endless": "timed out",
    "exit_0": "was not run", "child": "", "daemon": "",
}  # fmt: skip


def test_in_a_kernel_too_each_has_its_status_and_leaves_nothing(almelo: Programme, tmp_path: Path) -> None:
    for name in IN_KERNEL:
        cell = AWKWARD[name][0] if name in AWKWARD else LEAVING[name]
        write_notebook(tmp_path / "notebooks", name, GOOD, cell, "1 + 1\nNone")
    moment = almelo.moment("2019Q4")
    planned = plan(ALMELO, almelo, moment, tmp_path / "notebooks", tmp_path / "reports", engine=KERNEL)
    for outcome in run(planned, 2, silent, Limits(cell=5, report=60, memory=2048)):
        assert outcome.status == (AWKWARD[outcome.report][1] if outcome.report in AWKWARD else "ok"), outcome
        assert IN_KERNEL[outcome.report] in outcome.error
        assert (planned[0].out / outcome.file).exists() == (outcome.status == "ok")
    assert marked_processes() == []


def test_a_report_that_takes_too_long_in_all_is_ended(almelo: Programme, tmp_path: Path) -> None:
    cells = ["import time\ntime.sleep(1.5)"] * 8
    write_notebook(tmp_path / "notebooks", "long", GOOD, *cells)
    planned = plan(ALMELO, almelo, almelo.moment("2019Q4"), tmp_path / "notebooks", tmp_path / "reports")
    (outcome,) = run(planned, 1, silent, Limits(report=3))
    assert outcome.status == "failed"
    assert outcome.error == "het rapport duurde langer dan 3 s; het proces is beëindigd"
    assert outcome.seconds < 8


def test_the_group_of_a_report_is_its_own(almelo: Programme, tmp_path: Path) -> None:
    said = tmp_path / "said"
    cell = f"import os, pathlib\npathlib.Path({str(said)!r}).write_text(f'{{os.getpgid(0)}} {{os.getpid()}}')\nNone"
    write_notebook(tmp_path / "notebooks", "group", GOOD, cell)
    planned = plan(ALMELO, almelo, almelo.moment("2019Q4"), tmp_path / "notebooks", tmp_path / "reports")
    assert [outcome.status for outcome in run(planned, 1, silent)] == ["ok"]
    group, pid = said.read_text().split()
    assert group == pid != str(os.getpgid(0))
