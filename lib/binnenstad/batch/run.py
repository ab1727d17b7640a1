"""Running: what is unchanged stays, the rest is made, and what is known is written as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing
from pathlib import Path
from typing import Protocol

from binnenstad.batch.child import Outcome
from binnenstad.batch.plan import Job
from binnenstad.batch.progress import Progress
from binnenstad.batch.record import Record, alone, write_whole
from binnenstad.batch.unchanged import why_made
from binnenstad.page.pdf import render_pdf
from binnenstad.words import Words


class Runs(Protocol):
    """What makes reports: processes of this machine, or a cluster."""

    def run(self, jobs: Sequence[Job], on_start: Callable[[Job], None]) -> Iterator[tuple[Job, Outcome]]:
        """Run jobs, and give each with what became of it."""


def run_batch(
    jobs: Sequence[Job], runner: Runs, out: Path, key: str, words: Words, *, force: bool, why: bool, pdf: bool
) -> bool:
    """Make the reports that are not as they would come out, say how it goes, and return whether all are ready.

    ``key`` is that of the request. Raises ``UsageError`` if another batch holds the folder, or it cannot be
    written. On Ctrl-C what was ready stays, ``run.json`` says what is not, and ``KeyboardInterrupt`` goes on.
    """
    with alone(out):
        record = Record(out)
        reasons = {job.id: why_made(job, record.listed(job.out).get(job.file, {}), force, words) for job in jobs}
        progress = Progress(words, jobs, reasons)
        if why:
            progress.explain()
        todo = [job for job in jobs if reasons[job.id]]
        record.expect(todo)
        try:
            with progress.bar, closing(runner.run(todo, progress.start)) as outcomes:
                for job, outcome in outcomes:
                    record.keep(job, outcome)
                    progress.done(job, outcome)
        finally:
            index = record.close(jobs, key)
        for page in [job.out / job.file for job in jobs] if pdf else ():
            # one that is there is of the page as it is: it goes when the page is made anew
            if page.exists() and not page.with_suffix(".pdf").exists():
                write_whole(page.with_suffix(".pdf"), render_pdf(page.read_text(encoding="utf-8")))
    bad = [entry for job in jobs if (entry := record.listed(job.out)[job.file])["status"] != "ok"]
    progress.conclude(index, bad)
    return not bad
