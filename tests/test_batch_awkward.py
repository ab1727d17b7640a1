"""Notebooks that go wrong in every way we know: each gets the right status, and nothing stays behind."""

from __future__ import annotations

import os
import sys
import time
from collections.abc import Iterator, Mapping
from pathlib import Path

import pytest
from test_batch_run import GOOD, plan_almelo, project_of, write_notebook

from binnenstad.batch.run import Outcome, Runner
from binnenstad.batch.server import start_server

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, limits and process groups of Linux")
MARK = "binnenstad-awkward-31415"
SLEEPER = f"[sys.executable, '-c', 'import time; time.sleep(600)', '{MARK}']"

# name: cell, status, what the error says
AWKWARD = {
    "error": ("raise ValueError('geen cijfers')", "failed", "ValueError: geen cijfers"),
    "exit_0": ("import sys\nsys.exit(0)", "refused", "was not run"),
    "exit_1": ("import sys\nsys.exit(1)", "failed", "SystemExit: 1"),
    "kill": ("import os, signal\nos.kill(os.getpid(), signal.SIGKILL)", "failed", "exit code -9"),
    "kill_group": ("import os, signal\nos.killpg(0, signal.SIGTERM)", "failed", "exit code -15"),
    "segfault": ("import ctypes\nctypes.string_at(0)", "failed", "exit code -11"),
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
# these never end
ENDLESS = {
    "endless": "while True:\n    pass",
    "catching": "import time\nwhile True:\n    try:\n        time.sleep(600)\n    except BaseException: pass",
    "lock": "import threading\nlock = threading.Lock()\nlock.acquire()\nlock.acquire()",
    "deaf": "import signal, time\nfor n in (1, 2, 3, 14, 15): signal.signal(n, signal.SIG_IGN)\ntime.sleep(600)",
}
# these go well, and would leave something running
LEAVING = {
    "child": f"import subprocess, sys\nsubprocess.Popen({SLEEPER})\nNone",
    "thread": "import threading, time\nthreading.Thread(target=time.sleep, args=(600,)).start()\nNone",
    "fork": f"import os, sys\nif not os.fork():\n    os.execv(sys.executable, {SLEEPER})\nNone",
    "fork_goes_on": "import os\nos.fork()\nNone",
    "at_exit": "import atexit, time\natexit.register(time.sleep, 600)\nNone",
}
# what papermill's own engine alone would call completed, or leave running
IN_KERNEL = {"segfault": "Kernel died", "os_exit_0": "Kernel died", "exit_0": "was not run", "child": ""}


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


def run(data: Path, workers: int, seconds: float, memory: int = 2048, **options: object) -> dict[str, Outcome]:
    """Run the notebooks of a project; what became of each."""
    runner = Runner(workers, seconds, memory, cold=not start_server())
    jobs = plan_almelo(data, **options)
    outcomes = {job.notebook.path.stem: outcome for job, outcome in runner.run(jobs)}
    assert not runner.cold
    return outcomes


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    root = tmp_path_factory.mktemp("awkward")
    for name, (cell, _, _) in AWKWARD.items():
        write_notebook(root / "notebooks", name, GOOD, cell, "1 + 1\nNone")
    for name, cell in {**LEAVING, **ENDLESS}.items():
        write_notebook(root / "notebooks", name, GOOD, cell)
    return project_of(root)


@pytest.fixture(scope="module")
def outcomes(data: Path) -> Iterator[Mapping[str, Outcome]]:
    yield run(data, 2, 60, only=[*AWKWARD, *LEAVING])


@pytest.mark.parametrize("name", AWKWARD)
def test_a_notebook_that_goes_wrong_is_named(name: str, outcomes: Mapping[str, Outcome]) -> None:
    _, status, error = AWKWARD[name]
    assert outcomes[name].status == status, outcomes[name]
    assert error in outcomes[name].error
    assert len(outcomes[name].error) < 2100
    assert not [file for file in outcomes[name].files if file.endswith(".html")]


@pytest.mark.parametrize("name", LEAVING)
def test_a_notebook_that_leaves_something_running_is_made(name: str, outcomes: Mapping[str, Outcome]) -> None:
    assert outcomes[name].status == "ok", outcomes[name]
    assert "bevinding" in outcomes[name].files[f"{name}.html"]


def test_no_process_is_left_in_a_group(outcomes: Mapping[str, Outcome]) -> None:
    assert len(outcomes) == len(AWKWARD) + len(LEAVING)
    wait_until_gone()


def wait_until_gone() -> None:
    for _ in range(100):
        if not marked_processes():
            break
        time.sleep(0.05)
    assert marked_processes() == []


def test_what_never_ends_is_ended(data: Path, outcomes: Mapping[str, Outcome]) -> None:
    # after the others, whose server is warm: a limit counts from the start of a process
    for name, outcome in run(data, 4, 2.5, memory=0, only=list(ENDLESS)).items():
        assert outcome.error == "het rapport duurde langer dan 2.5 s; het proces is beëindigd", name
        assert outcome.status == "failed"
        assert outcome.seconds < 10


def test_in_a_kernel_too_each_has_its_status_and_leaves_nothing(data: Path) -> None:
    made = run(data, 2, 60, engine="kernel", only=list(IN_KERNEL))
    for name, error in IN_KERNEL.items():
        assert made[name].status == (AWKWARD[name][1] if name in AWKWARD else "ok"), made[name]
        assert error in made[name].error
    wait_until_gone()


def test_the_group_of_a_report_is_its_own(tmp_path: Path) -> None:
    cell = (
        f"import os, pathlib\npathlib.Path({str(tmp_path / 'said')!r}).write_text(f'{{os.getpgid(0)}} {{os.getpid()}}')"
    )
    (outcome,) = run(project_of(tmp_path, "group", cells=[GOOD, cell + "\nNone"]), 1, 60).values()
    assert outcome.status == "ok", outcome
    group, pid = (tmp_path / "said").read_text().split()
    assert group == pid != str(os.getpgid(0))
