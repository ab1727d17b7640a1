"""``run.json`` and the index, whatever happens to a batch: what they say is what lies there."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Iterator
from dataclasses import asdict, replace
from pathlib import Path

import pytest
from conftest import ALMELO
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from test_batch_run import NOTEBOOKS

from binnenstad.batch.job import Job, outcome_of
from binnenstad.batch.plan import plan
from binnenstad.batch.record import Manifest
from binnenstad.programme import check_programme
from binnenstad.words.errors import UsageError

REPORTS = ("overview", "goals", "costs")
STATUSES = ("ok", "ok", "ok", "failed", "refused", "unfinished")
PLANNED = check_programme(ALMELO, "nl")


def planned(out: Path) -> Iterator[Job]:
    """Three reports of two programmes in two quarters, and of one also in English."""
    for period, language in (("2019Q4", "nl"), ("2019Q3", "nl"), ("2019Q4", "en")):
        jobs = plan(ALMELO, PLANNED, PLANNED.moment(period), NOTEBOOKS, out, language=language, only=REPORTS)
        yield from jobs
        if language == "nl":
            for job in jobs:
                yield replace(job, out=out / "second" / period, parameters=job.parameters | {"programme": "second"})


class Batches(RuleBasedStateMachine):
    """Batches after each other on one output folder, each with some of the reports, some ended half-way."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.out = Path(self.folder.name)
        self.jobs = list(planned(self.out))
        self.said: dict[str, str] = {}
        self.manifest: Manifest | None = None
        self.todo: list[Job] = []
        self.touched: set[Path] = set()

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize(chosen=st.sets(st.integers(0, 14), min_size=1))
    def first(self, chosen: set[int]) -> None:
        self.begin(chosen, set())

    @rule(chosen=st.sets(st.integers(0, 14), min_size=1), force=st.sets(st.integers(0, 14)))
    def begin(self, chosen: set[int], force: set[int]) -> None:
        """Another batch; the one before may have been killed."""
        mine = [self.jobs[number] for number in sorted(chosen)]
        same = [job for job in mine if self.said.get(job.id) == "ok" and (job.out / job.file).exists()]
        same = [job for job in same if self.jobs.index(job) not in force]
        self.todo = [job for job in mine if job not in same]
        self.manifest = Manifest(self.out)
        self.manifest.restore((job, asdict(outcome_of(job, "ok", made=asdict(job.provenance)))) for job in same)
        self.manifest.expect(self.todo)
        self.said |= {job.id: "unfinished" for job in self.todo}
        self.touched = {job.out for job in mine}

    @precondition(lambda self: self.todo)
    @rule(status=st.sampled_from(STATUSES))
    def finish(self, status: str) -> None:
        """The next report is ready, or is not."""
        assert self.manifest
        job = self.todo.pop()
        page = job.out / job.file
        page.write_text("made") if status == "ok" else page.unlink(missing_ok=True)
        self.manifest.note(job, outcome_of(job, status, "<nan> & None", made=asdict(job.provenance)))
        self.said[job.id] = status

    @rule(number=st.integers(0, 14))
    def lose(self, number: int) -> None:
        """Somebody removes a page."""
        (self.jobs[number].out / self.jobs[number].file).unlink(missing_ok=True)

    @precondition(lambda self: self.manifest)
    @rule()
    def close(self) -> None:
        assert self.manifest
        manifest, self.manifest, self.todo = self.manifest, None, []
        if not all(self.listed_in(folder) for folder in self.touched):
            with pytest.raises(UsageError, match="removed meanwhile"):
                manifest.close()
            return
        index = manifest.close()
        assert index.exists()
        for folder in self.touched:
            self.look(folder / "index.html", {job.id for job in self.jobs if job.out == folder})
        if index.parent == self.out:
            self.look(index, set(self.said))
            entries = json.loads((self.out / "run.json").read_text(encoding="utf-8"))["reports"]
            parts = [json.loads(path.read_text()) for path in sorted(self.out.glob("*/*/run.json"))]
            listed = [entry for part in parts for entry in part["reports"]]
            assert entries == [e for e in listed if e["status"] != "ok" or (self.out / e["id"]).exists()]

    def listed_in(self, folder: Path) -> list[Job]:
        here = [job for job in self.jobs if job.out == folder and job.id in self.said]
        return [job for job in here if self.said[job.id] != "ok" or (job.out / job.file).exists()]

    def look(self, index: Path, reports: set[str]) -> None:
        """Every report of these that is there has its link, and every one that failed is named."""
        html = index.read_text(encoding="utf-8")
        links = {(index.parent / to).resolve() for to in re.findall(r'href="([^"#]+\.html)"', html)}
        there = {job.out / job.file for job in self.jobs if job.id in reports and self.said.get(job.id) == "ok"}
        assert links == {path.resolve() for path in there if path.exists()}
        failed = [name for name in reports if self.said.get(name, "ok") != "ok"]
        assert len(re.findall("Niet gemaakt|Not made", html)) == len(failed)
        assert "None" not in html

    @invariant()
    def tells_what_became_of_each(self) -> None:
        told = {
            entry["id"]: entry["status"]
            for path in self.out.glob("*/*/run.json")
            for entry in json.loads(path.read_text(encoding="utf-8"))["reports"]
        }
        gone = {job.id for job in self.jobs if not (job.out / job.file).exists()}
        assert {name: status for name, status in told.items() if status != "ok" or name not in gone} == {
            name: status for name, status in self.said.items() if status != "ok" or name not in gone
        }


TestBatches = Batches.TestCase
TestBatches.settings = settings(deadline=None, max_examples=25, stateful_step_count=25)
