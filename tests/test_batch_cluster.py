"""A Dask cluster of two workers on this machine: the same reports, also when a worker is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path

import pytest
from distributed import Client
from test_batch_run import GOOD, write_notebook
from test_cli import COMMAND, call

PERIOD = ("--period", "2019Q4")


def start(*words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[bytes]]]]:
    """A scheduler and two workers; their address and processes."""
    about = tmp_path / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(about)]
    processes = [start("dask_scheduler", *options)]
    # its own name for it, so that a test can end it
    (tmp_path / "scheduler.pid").write_text(str(processes[0].pid))
    for _ in range(300):
        if about.exists() and about.read_text():
            break
        time.sleep(0.1)
    address = json.loads(about.read_text())["address"]
    local = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(tmp_path / "dask")]
    processes += [start("dask_worker", address, *local) for _ in range(2)]
    try:
        with Client(address) as client:
            client.wait_for_workers(2, timeout=60)
        yield address, processes[1:]
    finally:
        for process in processes:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)
            process.wait()


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "almelo" / "2019Q4").glob("*.html"))}


def test_a_cluster_makes_the_same_reports(
    folder: Path, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, _ = cluster
    write_notebook(tmp_path / "notebooks", "good", GOOD)
    write_notebook(tmp_path / "notebooks", "bad", GOOD, "1 / 0")
    run = ("run", "almelo", *PERIOD, "--data", folder.parent)
    here = call(*run, "--out", tmp_path / "here")
    there = call(*run, "--out", tmp_path / "there", "--scheduler", address)
    assert here.exit_code == there.exit_code == 1
    assert "bad: mislukt: ZeroDivisionError" in there.output
    assert files(tmp_path / "here") == files(tmp_path / "there")
    assert (tmp_path / "there" / "almelo" / "2019Q4" / "failed" / "bad.ipynb").exists()
    again = call(*run, "--out", tmp_path / "there", "--only", "good")
    assert "1 rapport is niet veranderd" in again.output


def test_a_worker_that_is_lost_loses_nothing(
    folder: Path, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    address, workers = cluster
    code, output = run_slow(folder, tmp_path, address, lambda: os.killpg(workers[0].pid, signal.SIGKILL))
    assert code == 0, output
    assert statuses(tmp_path) == ["ok"] * 6


def run_slow(folder: Path, tmp_path: Path, address: str, pull: Callable[[], object]) -> tuple[int, str]:
    """Run six reports on a cluster, and pull a plug once one of them has begun; exit code and what was said."""
    said = tmp_path / "said"
    said.mkdir()
    cell = f"import os, pathlib, time\n(pathlib.Path({str(said)!r}) / str(os.getpid())).write_text('')\ntime.sleep(1.5)"
    for number in range(6):
        write_notebook(tmp_path / "notebooks", f"report{number}", GOOD, cell)
    options = ["run", "almelo", *PERIOD, "--data", str(folder.parent), "--scheduler", address]
    with subprocess.Popen([*COMMAND, *options], stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        for _ in range(600):
            if list(said.iterdir()):
                break
            time.sleep(0.1)
        pull()
        output, _ = process.communicate(timeout=120)
    return process.returncode, output.decode()


def statuses(tmp_path: Path) -> list[str]:
    entries = json.loads((tmp_path / "reports/almelo/2019Q4/run.json").read_text())["reports"]
    return [entry["status"] for entry in entries]


def test_a_scheduler_that_is_lost_is_named_and_nothing_is_claimed(
    folder: Path, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]]
) -> None:
    scheduler = int((tmp_path / "scheduler.pid").read_text())
    code, output = run_slow(folder, tmp_path, cluster[0], lambda: os.killpg(scheduler, signal.SIGKILL))
    assert code == 1
    assert output.splitlines()[-1].endswith(
        "is weggevallen; wat klaar was, is blijven staan: geef de opdracht opnieuw voor de rest"
    )
    assert "Traceback" not in output
    assert set(statuses(tmp_path)) <= {"ok", "unfinished"}
    assert "unfinished" in statuses(tmp_path)


def test_a_cluster_without_workers_is_named(
    folder: Path, tmp_path: Path, cluster: tuple[str, list[subprocess.Popen[bytes]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    address, workers = cluster
    for worker in workers:
        os.killpg(worker.pid, signal.SIGKILL)
    monkeypatch.setattr("binnenstad.batch.cluster.PATIENCE", 2.0)
    write_notebook(tmp_path / "notebooks", "good", GOOD)
    result = call("run", "almelo", *PERIOD, "--data", folder.parent, "--scheduler", address)
    assert result.exit_code == 1
    assert f"scheduler {address} heeft geen werkers" in result.output
    assert statuses(tmp_path) == ["unfinished"]


def test_a_scheduler_that_does_not_answer_is_named(folder: Path, tmp_path: Path) -> None:
    write_notebook(tmp_path / "notebooks", "good", GOOD)
    result = call("run", "almelo", *PERIOD, "--data", folder.parent, "--scheduler", "tcp://127.0.0.1:9")
    assert result.exit_code == 1
    assert "scheduler tcp://127.0.0.1:9 antwoordt niet" in result.output
