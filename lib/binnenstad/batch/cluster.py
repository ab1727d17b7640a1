"""Running on a Dask cluster: the same job in the same kind of process, on whichever machine is free.

Workers see the project through a shared folder and are started without nanny (``docs/handleiding.md``);
reports come back as text, so that the output folder need not be shared. A worker that is lost loses
nothing: its jobs go to another, under the same key.
"""

from __future__ import annotations

import logging
from collections.abc import Generator, Sequence

from binnenstad.batch.plan import Job
from binnenstad.batch.run import Outcome, Runner
from binnenstad.batch.server import start_server
from binnenstad.batch.unchanged import basis_of
from binnenstad.words import Words
from binnenstad.words.errors import UsageError

PATIENCE = 10  # s a scheduler gets to answer


class Cluster:
    """Runs jobs on the cluster at ``address``; raises ``UsageError`` if it cannot be reached or has no workers."""

    cold = False

    def __init__(self, address: str, seconds: float, memory: int):
        self._address, self._limits = address, (seconds, memory)
        try:
            from distributed import Client

            # what a client logs about a connection on its way is no message to the researcher
            logging.disable(logging.CRITICAL)
            self._client = Client(address, timeout=PATIENCE)
        except ImportError:
            raise UsageError("a cluster needs the extra 'scale': pip install 'binnenstad[scale]'") from None
        except (OSError, ValueError) as error:
            raise UsageError("scheduler {address} does not answer: {why}", address=address, why=error) from error
        if not self._client.scheduler_info()["workers"]:
            raise UsageError("scheduler {address} has no workers; start them and run again", address=address)

    def run(self, jobs: Sequence[Job]) -> Generator[tuple[Job, Outcome]]:
        """Run jobs, and give each with what became of it; raises ``UsageError`` if the scheduler is lost."""
        from distributed import as_completed

        with self._client as client:
            left = {client.submit(make_alone, job, *self._limits, key=f"{job.id} {basis_of(job)}"): job for job in jobs}
            for future in as_completed(list(left)):
                if future.cancelled():
                    raise UsageError("scheduler {address} was lost; run again for the rest", address=self._address)
                # a worker keeps what it made for as long as somebody may ask for it
                job, error = left.pop(future), future.exception()
                lost = Words(job.parameters["language"]).say("the worker was lost: {why}", why=error)
                yield job, Outcome("failed", lost) if error else future.result()


def make_alone(job: Job, seconds: float, memory: int) -> Outcome:
    """Make one report on a worker, in a process of its own."""
    ((_, outcome),) = Runner(1, seconds, memory, cold=not start_server()).run([job])
    return outcome
