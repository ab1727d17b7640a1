"""A Dask cluster of two workers on this machine: the same reports, also when a worker is lost."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from distributed import Client
from test_batch import GOOD, write_notebook
from test_cli import call

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
    said = tmp_path / "said"
    said.mkdir()
    cell = f"import os, pathlib, time\n(pathlib.Path({str(said)!r}) / str(os.getpid())).write_text('')\ntime.sleep(1.5)"
    for number in range(6):
        write_notebook(tmp_path / "notebooks", f"report{number}", GOOD, cell)
    options = ["run", "almelo", *PERIOD, "--data", str(folder.parent), "--scheduler", address]
    command = [sys.executable, "-c", "from binnenstad.cli import main; main()", *options]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as process:
        for _ in range(600):
            if list(said.iterdir()):
                break
            time.sleep(0.1)
        os.killpg(workers[0].pid, signal.SIGKILL)
        output, _ = process.communicate(timeout=120)
    assert process.returncode == 0, output.decode()
    entries = json.loads((tmp_path / "reports/almelo/2019Q4/run.json").read_text())["reports"]
    assert [entry["status"] for entry in entries] == ["ok"] * 6


def test_a_scheduler_that_does_not_answer_is_named(folder: Path, tmp_path: Path) -> None:
    write_notebook(tmp_path / "notebooks", "good", GOOD)
    result = call("run", "almelo", *PERIOD, "--data", folder.parent, "--scheduler", "tcp://127.0.0.1:9")
    assert result.exit_code == 1
    assert "scheduler tcp://127.0.0.1:9 antwoordt niet" in result.output
