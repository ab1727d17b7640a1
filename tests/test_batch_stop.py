"""Ctrl-C, and the plug pulled from each process of a batch: nothing lies, and the next run mends it."""

from __future__ import annotations

import os
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from functools import partial
from pathlib import Path

import pytest
from test_batch_run import GOOD, PERIOD, call, project_of, statuses, write_notebook

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="signals, and /proc")
COMMAND = [sys.executable, "-c", "from binnenstad.cli import main; main()"]
READY = {"one": "ok", "slow": "unfinished"}
STOPPED = "Afgebroken; wat klaar was, is blijven staan."


def command_on(data: Path, *options: str) -> list[str]:
    return [*COMMAND, "run", "almelo", *PERIOD, "--data", str(data), "--jobs", "1", *options]


def start(data: Path, *options: str, **settings: object) -> subprocess.Popen[str]:
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT, "text": True}
    return subprocess.Popen(command_on(data, *options), **{**pipes, "preexec_fn": _listen, **settings})


def _listen() -> None:
    """As at a terminal, also where the tests themselves are to outlive theirs."""
    for stop in (signal.SIGINT, signal.SIGTERM):
        signal.signal(stop, signal.SIG_DFL)


def said_by(path: Path, process: subprocess.Popen[str]) -> int:
    """Wait until the last report is being made; its process. A crowded machine takes its time."""
    for _ in range(2400):
        # a file is there before anything is written in it
        if path.exists() and (text := path.read_text()).endswith("."):
            return int(text[:-1])
        assert process.poll() is None, process.communicate()
        time.sleep(0.05)
    raise AssertionError(f"{path} did not come")


def parent_of(pid: int) -> int:
    return int(Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[1])


def wait_until_ended(pid: int) -> None:
    for _ in range(400):
        try:
            if Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] == "Z":
                return
        except (FileNotFoundError, ProcessLookupError):
            return
        time.sleep(0.05)
    raise AssertionError(f"process {pid} goes on")


@pytest.fixture
def slow(tmp_path: Path) -> Path:
    """A project whose last report takes long: a file that comes when it has begun, and tells its process."""
    said = tmp_path / "said"
    cell = f"import os, pathlib, time\npathlib.Path({str(said)!r}).write_text(f'{{os.getpid()}}.')\ntime.sleep(600)"
    project_of(tmp_path, "one")
    write_notebook(tmp_path / "notebooks", "slow", GOOD, cell)
    return said


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM])
def test_what_is_stopped_says_so_in_a_line_and_leaves_nothing(stop: signal.Signals, slow: Path) -> None:
    # the path of a socket is at most 107 bytes, and that of a test can be longer
    scratch = Path(tempfile.mkdtemp(prefix="b"))
    project = slow.parent
    with start(project / "data", env=os.environ | {"TMPDIR": str(scratch)}) as process:
        child = said_by(slow, process)
        process.send_signal(stop)
        output, _ = process.communicate(timeout=90)
    assert process.returncode == 128 + stop
    assert re.fullmatch(r"one: klaar \([\d,]+ s\)\n" + STOPPED + "\n", output)
    assert not list(scratch.glob("binnenstad-*"))
    shutil.rmtree(scratch)
    wait_until_ended(child)
    assert statuses(project) == READY
    place = project / "reports" / "almelo" / "2019Q4"
    assert {path.name for path in place.iterdir()} == {"one.html", "run.json", "index.html"}
    assert "Niet gemaakt: slow" in (place / "index.html").read_text(encoding="utf-8")


def test_ctrl_c_while_the_imports_are_done_is_one_line(tmp_path: Path) -> None:
    """A terminal sends it to all that the command has started, also to the server that imports."""
    with start(project_of(tmp_path, "one"), start_new_session=True) as process:
        children = Path(f"/proc/{process.pid}/task/{process.pid}/children")
        while not any(b"forkserver" in command_of(pid) for pid in children.read_text().split()):
            time.sleep(0.01)
        os.killpg(process.pid, signal.SIGINT)
        output, _ = process.communicate(timeout=90)
    assert (process.returncode, output) == (130, STOPPED + "\n")
    assert not (tmp_path / "reports" / "almelo").exists()


def command_of(pid: str) -> bytes:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes()
    except OSError:
        return b""


def test_the_plug_pulled_from_the_parent_leaves_the_truth(slow: Path) -> None:
    """Meanwhile another batch on the same folder is refused, and what forks has one thread."""
    project = slow.parent
    process = start(project / "data", start_new_session=True)
    child = said_by(slow, process)
    server = Path(f"/proc/{parent_of(child)}")
    assert len(list((server / "task").iterdir())) == 1
    # not for want of the library that would have started more
    assert "openblas" in (server / "maps").read_text()
    second = call("run", "almelo", *PERIOD, "--data", project / "data")
    assert second.exit_code == 1
    assert "er is al een andere opdracht bezig in map" in second.output
    process.kill()
    process.communicate()
    assert statuses(project) == READY
    assert not (project / "reports/almelo/2019Q4/index.html").exists()
    wait_until_ended(child)
    write_notebook(project / "notebooks", "slow", GOOD)
    result = call("run", "almelo", *PERIOD, "--data", project / "data")
    assert "1 rapport is niet veranderd" in result.output
    assert statuses(project) == {"one": "ok", "slow": "ok"}


def test_the_plug_pulled_from_a_child_is_one_failed_report(slow: Path) -> None:
    with start(slow.parent / "data") as process:
        os.kill(said_by(slow, process), signal.SIGKILL)
        output, _ = process.communicate(timeout=90)
    assert process.returncode == 1
    assert "exit code -9" in output
    assert statuses(slow.parent) == {"one": "ok", "slow": "failed"}


COLD = "Het voorbereiden is niet gelukt"


def test_a_server_that_is_lost_costs_no_report(tmp_path: Path) -> None:
    """Nor does a terminal that is closed, of a batch that was started to outlive it."""
    said, data = tmp_path / "said", project_of(tmp_path, "zlast")
    cell = f"import os, pathlib, time\npathlib.Path({str(said)!r}).write_text(f'{{os.getpid()}}.')\ntime.sleep(1)"
    write_notebook(tmp_path / "notebooks", "slow", GOOD, cell)
    # as ``nohup`` starts it
    with start(data, preexec_fn=partial(signal.signal, signal.SIGHUP, signal.SIG_IGN)) as process:
        child = said_by(said, process)
        process.send_signal(signal.SIGHUP)
        os.kill(parent_of(child), signal.SIGKILL)
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert output.count(COLD) == 1
    assert statuses(tmp_path) == {"slow": "ok", "zlast": "ok"}
    wait_until_ended(child)


SERVER = "import sys\nif any('forkserver' in text for text in sys.orig_argv):\n    "


@pytest.mark.parametrize(
    "spoil", ["sys.modules['IPython'] = None", "import os\n    os._exit(3)", ""], ids=["import", "ends", "deep"]
)
def test_without_a_server_reports_are_made_all_the_same(spoil: str, tmp_path: Path) -> None:
    """It lacks a library that a plain process has, ends, or its socket would have too long a name."""
    deep = tmp_path / ("d" * 100)
    deep.mkdir()
    (tmp_path / "sitecustomize.py").write_text(SERVER + spoil if spoil else "")
    environment = os.environ | {"PYTHONPATH": str(tmp_path)} | ({} if spoil else {"TMPDIR": str(deep)})
    with start(project_of(tmp_path, "one"), env=environment) as process:
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output
    assert output.count(COLD) == 1
    assert "Traceback" not in output
    assert statuses(tmp_path) == {"one": "ok"}


def test_a_terminal_shows_the_last_report_ready_and_the_time_left(slow: Path) -> None:
    import pty

    # the time left is reckoned once a second
    write_notebook(slow.parent / "notebooks", "one", GOOD, "import time\ntime.sleep(1.2)")
    ours, theirs = pty.openpty()
    with start(slow.parent / "data", stderr=theirs) as process:
        said_by(slow, process)
        process.send_signal(signal.SIGINT)
        process.communicate(timeout=90)
    os.close(theirs)
    shown = b""
    while chunk := _read(ours):
        shown += chunk
    os.close(ours)
    states = shown.decode().split("\r")
    assert any("0/2" in state for state in states)
    assert any(re.search(r"1/2 +\d\d:\d\d:\d\d +one", state) for state in states)
    assert STOPPED in states[-1] + states[-2]
    assert process.returncode == 130


def _read(terminal: int) -> bytes:
    """Read what a terminal shows; at its end Linux raises an error."""
    try:
        return os.read(terminal, 65536)
    except OSError:
        return b""
