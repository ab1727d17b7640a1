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
from typing import NamedTuple

import pytest
from distributed import Client
from test_batch_run import GOOD, PERIOD, call, project_of, statuses, write_notebook
from test_batch_stop import start


class Cluster(NamedTuple):
    address: str
    scheduler: subprocess.Popen[bytes]
    workers: list[subprocess.Popen[bytes]]


def begin(*words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "distributed.cli." + words[0], *words[1:]]
    return subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, start_new_session=True)


def end(process: subprocess.Popen[bytes]) -> None:
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()


@pytest.fixture(scope="module")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Cluster]:
    """A scheduler and two workers, which the tests below end one after the other."""
    place = tmp_path_factory.mktemp("dask")
    about = place / "scheduler.json"
    options = ["--host", "127.0.0.1", "--port", "0", "--no-dashboard", "--scheduler-file", str(about)]
    scheduler = begin("dask_scheduler", *options)
    for _ in range(600):
        if about.exists() and about.read_text():
            break
        time.sleep(0.1)
    address = json.loads(about.read_text())["address"]
    local = ["--no-nanny", "--nthreads", "1", "--no-dashboard", "--local-directory", str(place)]
    workers = [begin("dask_worker", address, *local) for _ in range(2)]
    try:
        with Client(address) as client:
            client.wait_for_workers(2, timeout=60)
        yield Cluster(address, scheduler, workers)
    finally:
        for process in (scheduler, *workers):
            end(process)


def files(out: Path) -> dict[str, bytes]:
    return {path.name: path.read_bytes() for path in sorted((out / "almelo" / "2019Q4").glob("*.html"))}


def test_a_cluster_makes_the_same_reports(tmp_path: Path, cluster: Cluster) -> None:
    data = project_of(tmp_path, "good")
    write_notebook(tmp_path / "notebooks", "bad", GOOD, "1 / 0")
    run = ("run", "almelo", *PERIOD, "--data", data)
    here = call(*run, "--out", tmp_path / "here")
    there = call(*run, "--out", tmp_path / "there", "--scheduler", cluster.address)
    assert here.exit_code == there.exit_code == 1
    assert "bad: mislukt: ZeroDivisionError" in there.output
    assert files(tmp_path / "here") == files(tmp_path / "there")
    assert (tmp_path / "there" / "almelo" / "2019Q4" / "failed" / "bad.ipynb").exists()
    again = call(*run, "--out", tmp_path / "there", "--only", "good")
    assert "1 rapport is niet veranderd" in again.output


def run_slow(tmp_path: Path, address: str, pull: Callable[[], object]) -> tuple[int, str]:
    """Run four reports on a cluster, and pull a plug once one of them has begun; exit code and what was said."""
    said = tmp_path / "said"
    said.mkdir()
    cell = f"import os, pathlib, time\n(pathlib.Path({str(said)!r}) / str(os.getpid())).write_text('')\ntime.sleep(1)"
    data = project_of(tmp_path, *(f"report{number}" for number in range(4)), cells=[GOOD, cell])
    with start(data, "--scheduler", address) as process:
        for _ in range(600):
            if list(said.iterdir()):
                break
            time.sleep(0.1)
        pull()
        output, _ = process.communicate(timeout=120)
    return process.returncode, output


def test_a_worker_that_is_lost_loses_nothing(tmp_path: Path, cluster: Cluster) -> None:
    code, output = run_slow(tmp_path, cluster.address, lambda: end(cluster.workers[0]))
    assert code == 0, output
    assert set(statuses(tmp_path).values()) == {"ok"}


def test_a_scheduler_that_is_lost_is_named_and_nothing_is_claimed(tmp_path: Path, cluster: Cluster) -> None:
    code, output = run_slow(tmp_path, cluster.address, lambda: end(cluster.scheduler))
    assert code == 1
    assert "is weggevallen; wat klaar was, is blijven staan: geef de opdracht opnieuw voor de rest" in output
    assert "Traceback" not in output
    assert "unfinished" in set(statuses(tmp_path).values()) <= {"ok", "unfinished"}


def test_a_scheduler_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("binnenstad.batch.cluster.PATIENCE", 0.5)
    data = project_of(tmp_path, "good")
    result = call("run", "almelo", *PERIOD, "--data", data, "--scheduler", "tcp://127.0.0.1:9")
    assert result.exit_code == 1
    assert "scheduler tcp://127.0.0.1:9 antwoordt niet" in result.output
    assert not (tmp_path / "reports").exists()
