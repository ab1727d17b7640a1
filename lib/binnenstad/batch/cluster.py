"""Running on a Dask cluster: the same job in the same kind of process, on whichever machine is free.

Workers see the project through a shared folder and are started without nanny (``docs/handleiding.md``);
reports come back as bytes, so that the output folder need not be shared. A worker that is lost loses
nothing: its jobs go to another, under the same key.
"""

from __future__ import annotations

import hashlib
import logging
import tempfile
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from binnenstad.batch.child import Made
from binnenstad.batch.job import Job, Limits, Outcome, outcome_of
from binnenstad.batch.origins import version_of
from binnenstad.batch.run import Runner
from binnenstad.batch.whole import write_whole
from binnenstad.programme.folders import digest
from binnenstad.words.errors import UsageError

if TYPE_CHECKING:
    from distributed import Client, Future

    from binnenstad.batch.perform import Performance, Run

PATIENCE = 30.0  # s without any worker before the rest is given up
LOOK = 1.0  # s without news before the scheduler is asked for its workers
POLL = 0.02  # s between two looks at what is ready


@dataclass(frozen=True)
class Delivered:
    """What comes back from a worker: the outcome, what it was made of, and the files by name."""

    outcome: Outcome
    made: Made | None
    files: dict[str, str]


def on_cluster(address: str) -> Run:
    """Return a way to run jobs on the cluster at ``address``; raises ``UsageError`` if it cannot be reached."""
    try:
        from distributed import Client
    except ImportError:
        raise UsageError("a cluster needs the extra 'scale': pip install 'binnenstad[scale]'") from None
    try:
        client = Client(address, timeout=10)
    except (OSError, ValueError) as error:
        raise UsageError("scheduler {address} does not answer: {why}", address=address, why=error) from error

    def _run(jobs: Sequence[Job], performance: Performance) -> None:
        with _quietly(), client:
            futures = {client.submit(deliver, job, performance.limits, key=_key(job)): job for job in jobs}
            for future in _completed(client, list(futures), address):
                # a worker keeps what it made for as long as somebody may ask for it
                job = futures.pop(future)
                performance.on_start(job)
                delivered = _delivered(job, future)
                performance.done(job, _settled(job, delivered), delivered.made)

    return _run


@contextmanager
def _quietly() -> Iterator[None]:
    """Keep from the researcher what a client logs about a connection on its way; what came of it is said."""
    before = logging.root.manager.disable
    logging.disable(logging.CRITICAL)
    try:
        yield
    finally:
        logging.disable(before)


def _completed(client: Client, futures: list[Future[Delivered]], address: str) -> Iterator[Future[Delivered]]:
    """Give each future once it is done; raises ``UsageError`` if the scheduler, or every worker, is lost.

    Neither comes back by itself, and to wait for them would look like a report that takes long.
    """
    from distributed import as_completed

    completed, heard = as_completed(futures), time.monotonic()
    while not completed.is_empty():
        done = completed.next_batch(block=False)
        if any(future.cancelled() for future in done):
            raise _lost(address)
        yield from done
        if done or _has_workers(client, address, after=heard + LOOK):
            heard = time.monotonic()
        elif time.monotonic() - heard > PATIENCE:
            raise UsageError(
                "scheduler {address} has no workers; start them and run again, what was ready has stayed",
                address=address,
            )
        time.sleep(POLL)


def _has_workers(client: Client, address: str, after: float) -> bool:
    """Return whether there are workers, if it is time to ask; raises ``UsageError`` if nobody answers."""
    if time.monotonic() < after:
        return False
    try:
        return bool(client.scheduler_info()["workers"])
    except OSError:
        raise _lost(address) from None


def _lost(address: str) -> UsageError:
    return UsageError(
        "scheduler {address} was lost; what was ready has stayed, run again for the rest", address=address
    )


def _delivered(job: Job, future: Future[Delivered]) -> Delivered:
    error = future.exception()
    if error is None:
        return future.result()
    said = job.words.say("the worker was lost: {why}", why=error)
    lost = outcome_of(job, "failed", said, made=vars(job.provenance))
    return Delivered(lost, None, {})


def _settled(job: Job, delivered: Delivered) -> Outcome:
    """Put the files that came back in place, whole; a report that failed has none."""
    if delivered.outcome.status != "ok":
        (job.out / job.file).unlink(missing_ok=True)
    for name, text in delivered.files.items():
        write_whole(job.out / name, text)
    return delivered.outcome


def _key(job: Job) -> str:
    """Return what makes a job this job: made twice, it is made of the same."""
    about = f"{sorted(job.parameters.items())}{job.provenance}{job.engine}"
    return f"{job.id}-{hashlib.sha256(about.encode()).hexdigest()[:16]}"


def deliver(job: Job, limits: Limits) -> Delivered:
    """Make one report on a worker, in a process of its own, and return its files."""
    if not _sees(job):
        text = job.words.say(
            "this worker does not see the same {folder}, {notebook} and library; share the project folder",
            folder=job.folder, notebook=job.notebook,
        )  # fmt: skip
        return Delivered(outcome_of(job, "failed", text, made=vars(job.provenance)), None, {})
    done: list[tuple[Outcome, Made | None]] = []
    with tempfile.TemporaryDirectory(prefix="binnenstad-") as name:
        here = replace(job, out=Path(name))
        Runner(1, lambda _, outcome, made: done.append((outcome, made)), limits=limits).run([here])
        files = [path for path in Path(name).rglob("*") if path.is_file()]
        texts = {path.relative_to(name).as_posix(): path.read_text(encoding="utf-8") for path in files}
    return Delivered(*done[0], texts)


def _sees(job: Job) -> bool:
    """Return whether notebook, library and tables are here as they are where the job comes from."""
    if not job.notebook.exists() or version_of(job.notebook, job.parameters["language"]) != job.provenance.code:
        return False
    paths = {job.folder / file: held for file, held in job.delivered.values()}
    return all(path.exists() and digest(path.read_bytes()) == held for path, held in paths.items())
