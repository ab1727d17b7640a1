"""From a request to reports: what is unchanged stays, the rest is run, and what is known is written as it comes."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from binnenstad.batch.child import Made
from binnenstad.batch.job import Job, Limits, Outcome, outcome_of
from binnenstad.batch.ledger import PATTERN, Ledger
from binnenstad.batch.origins import package_owners
from binnenstad.batch.printing import paper_of
from binnenstad.batch.reason import Reason
from binnenstad.batch.record import Manifest
from binnenstad.batch.request import Request, keep, reasons
from binnenstad.batch.run import Runner
from binnenstad.page.render import exporter
from binnenstad.words.errors import UsageError

# runs jobs and tells of each outcome; a cluster has one of its own
Run = Callable[[Sequence[Job], "Performance"], None]


@dataclass
class Performance:
    """One request being carried out; the functions hear what happens, from the parent's only thread."""

    request: Request
    ledger: Ledger
    jobs: Sequence[Job]
    on_plan: Callable[[Sequence[Job], dict[str, Reason]], None]
    on_start: Callable[[Job], None]
    on_done: Callable[[Job, Outcome], None]
    on_cold: Callable[[], None]
    limits: Limits = field(default_factory=Limits)
    workers: int = 1
    force: bool = False
    bad: list[Outcome] = field(default_factory=list)

    def perform(self, run: Run | None = None) -> Path:
        """Make what is to be made; returns the index to open.

        Raises ``UsageError`` if another batch holds the folder. On Ctrl-C what was ready stays, the manifest
        says what is not, and ``KeyboardInterrupt`` goes on.
        """
        with self.ledger.alone():
            why = reasons(self.jobs, self.ledger, self.force)
            todo = [job for job in self.jobs if job.id in why]
            self.on_plan(todo, why)
            self._manifest = Manifest(self.request.out_folder)
            with self._writing():
                self._begin(todo)
            try:
                (run or _locally)(todo, self)
            finally:
                with self._writing():
                    index = self._manifest.close()
            folders = {index.parent, *(job.out for job in self.jobs)}
            written = [folder / name for folder in sorted(folders) for name in ("index.html", "run.json")]
            with self._writing():
                reports = [job.id for job in self.jobs]
                self.ledger.keep_plan(self.request.key(), reports, self.request.rests_on(), written)
            return index

    def _begin(self, todo: Sequence[Job]) -> None:
        """Write what is known before the first report is made."""
        again = {job.id for job in todo}
        same = [job for job in self.jobs if job.id not in again]
        entries = ((job, self.ledger.entry(job.id)) for job in same)
        self._manifest.restore((job, entry["outcome"]) for job, entry in entries if entry)
        self._manifest.expect(todo)
        for job in same:
            self.ledger.renew(job.id)
        for job in todo:
            self.ledger.forget(job.id)
            # a PDF of the earlier report may not outlive it, even if this batch is killed
            paper_of(job.out / job.file).unlink(missing_ok=True)
            # an index of the earlier reports would vouch for them; the next one is written at the end
            (job.out / "index.html").unlink(missing_ok=True)
        self._hold(todo)

    def _hold(self, todo: Sequence[Job]) -> None:
        """Note what code and declared files are now, not what they may be when a report is ready."""
        for notebook in {job.notebook for job in todo}:
            self.ledger.hold_code(notebook)
        for pattern in {pattern for job in todo for pattern in job.inputs}:
            self.ledger.digest(PATTERN + pattern)

    @contextmanager
    def _writing(self) -> Iterator[None]:
        try:
            yield
        except OSError as error:
            raise UsageError(
                "cannot write in folder {folder}: {why}", folder=self.request.out_folder, why=error
            ) from error

    def done(self, job: Job, outcome: Outcome, made: Made | None) -> None:
        """Take in what became of a job, and write it down."""
        changed = self.ledger.changed_since(made.files) if made and outcome.status == "ok" else None
        with self._writing():
            if changed:
                outcome = _withdrawn(job, outcome, changed)
            self.bad += [outcome] * (outcome.status != "ok")
            self._manifest.note(job, outcome)
            keep(self.ledger, job, outcome, made)
        self.on_done(job, outcome)


def _withdrawn(job: Job, outcome: Outcome, changed: str) -> Outcome:
    """Take a report away whose notebook or code is not what its footer says; returns what became of it."""
    for name in (job.file, *outcome.beside):
        (job.out / name).unlink(missing_ok=True)
    said = job.words.say("{file} was changed while the reports were being made; run again", file=changed)
    return outcome_of(job, "failed", said, made=outcome.made, seconds=outcome.seconds)


def _locally(jobs: Sequence[Job], performance: Performance) -> None:
    Runner(
        performance.workers, performance.done, performance.on_start, performance.on_cold, performance.limits, _look_up
    ).run(jobs)


def _look_up() -> None:
    """Look up what the end of a report takes: who owns which module, and the template of the index."""
    package_owners()
    exporter()
