"""``run.json`` and the index, whatever happens to a batch: what they say is what lies there."""

from __future__ import annotations

import json
import re
import tempfile
from collections.abc import Sequence
from dataclasses import replace
from functools import cache
from pathlib import Path

from conftest import ALMELO
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from binnenstad.batch.plan import Job, plan
from binnenstad.batch.record import Record
from binnenstad.batch.run import Outcome
from binnenstad.programme.delivered import Delivery

PARTNERS = ["ondernemers", "bewoners"]


@cache
def planned() -> Sequence[Job]:
    """All reports of two quarters, with the pages of two partners; of one quarter also in English."""
    jobs = plan(["almelo"], ALMELO.parent, Path("out"), periods=["2019Q3", "2019Q4"], partners=PARTNERS)
    return jobs + plan(["almelo"], ALMELO.parent, Path("out"), periods=["2019Q4"], partners=PARTNERS, languages=["en"])


def jobs_in(out: Path) -> list[Job]:
    return [replace(job, out=out / job.out.relative_to("out")) for job in planned()]


def elsewhere(job: Job, name: str, title: str = "") -> Job:
    """The same report of another programme."""
    made = replace(job.provenance, programme=title or job.provenance.programme)
    place = job.out.parents[1] / name / job.out.name
    values = {**job.parameters, "programme": name}
    return replace(job, folder=job.folder.parent / name, out=place, parameters=values, provenance=made)


def page(job: Job) -> Outcome:
    return Outcome("ok", files={job.file: "<html></html>"})


def index_of(jobs: Sequence[Job], outcomes: Sequence[Outcome]) -> str:
    """The index after these outcomes."""
    record = Record(jobs[0].out.parents[1])
    record.expect(jobs)
    for job, outcome in zip(jobs, outcomes, strict=True):
        record.keep(job, outcome)
    return record.close(jobs, "").read_text(encoding="utf-8")


def test_reports_of_earlier_runs_stay_listed(tmp_path: Path) -> None:
    overview, goals, _, costs, *_ = jobs_in(tmp_path)
    assert "1 rapport kon niet worden gemaakt" in index_of([overview, costs], [page(overview), Outcome("failed", "x")])
    html = index_of([goals], [page(goals)])
    assert 'href="overview.html"' in html
    assert 'href="goals.html"' in html
    assert "Er zijn 2 rapporten klaar. 1 rapport kon niet worden gemaakt." in html
    entries = json.loads((goals.out / "run.json").read_text(encoding="utf-8"))["reports"]
    assert {e["report"]: e["status"] for e in entries} == {"overview": "ok", "goals": "ok", "costs": "failed"}
    assert entries[0]["made"]["parameters"]["period"] == "2019Q3"
    assert "Er zijn 3 rapporten klaar." in index_of([costs], [page(costs)])


def test_the_index_of_all_has_the_dutch_page_of_a_report_first(tmp_path: Path) -> None:
    jobs = [job for job in reversed(jobs_in(tmp_path)) if re.match("overview|partner", job.file)]
    jobs += [elsewhere(jobs[-1], title, title) for title in ("a", "b", "c")]
    html = index_of(jobs, list(map(page, jobs)))
    assert '<p class="of">4 programma&#39;s</p>' in html
    names = ("overview", "partner-bewoners", "partner-ondernemers")
    assert re.findall(r'href="almelo/2019Q4/([^"]+)"', html) == [f"{n}{m}.html" for n in names for m in ("", ".en")]
    assert "Voor Bewoners (English)" in html


def test_the_index_names_what_failed_and_what_is_old(tmp_path: Path) -> None:
    _, goals, _, costs, *_ = jobs_in(tmp_path)
    index_of([goals], [page(goals)])
    newer = replace(costs, delivered={**costs.delivered, "votes": Delivery("votes.csv", "0123456789abcdef")})
    html = index_of([newer], [Outcome("refused", "KeyError: 'None' <empty>")])
    assert "De doelen (gemaakt met eerdere gegevens)" in html
    assert "Niet gemaakt: Wie betaalt en wie heeft er voordeel van" in html
    assert "KeyError" not in html
    assert "KeyError: 'None' <empty>" in (costs.out / "run.json").read_text(encoding="utf-8")


def test_the_index_gives_each_page_its_own_day_also_in_another_language(tmp_path: Path) -> None:
    pages = [job for job in jobs_in(tmp_path) if re.match("overview|goals", job.file)]
    assert "gepubliceerd tot en met" not in index_of(pages, list(map(page, pages))), "all as of one day"
    (goals,) = (job for job in pages if job.file == "goals.en.html")
    given = replace(goals.provenance, as_of="15 December 2019", parameters={"as_of": "2019-12-15"})
    again = replace(goals, provenance=given)
    index_of([again], [page(again)])
    for place, before in ((tmp_path, "almelo/2019Q4/"), (goals.out, "")):
        html = (place / "index.html").read_text(encoding="utf-8")
        for file, day in (("goals.en", "15 december 2019"), ("overview.en", "14 februari 2020")):
            assert re.search(rf'href="{before}{file}.html">[^<]*\(English, gepubliceerd tot en met {day}\)', html), html
        assert re.search(r'goals.html">De doelen \(Nederlands, gepubliceerd tot en met 14 februari 2020\)', html)
        assert html.count("gepubliceerd tot en met") == 4, "where every page is as of one day it is not said"
    assert "Met cijfers" not in html.partition("<footer")[0]


def test_the_index_of_many_reports_that_begin_alike_is_made(tmp_path: Path) -> None:
    goals = jobs_in(tmp_path)[1]
    jobs = [elsewhere(goals, f"p{number}") for number in range(120)]
    html = index_of(jobs, list(map(page, jobs)))
    assert html.count(">De doelen</a>") == 120
    assert '<p class="of">Programma Binnenstad Almelo</p>' in html
    assert "Eurostat" not in html, "an index judges nothing"
    entries = json.loads((tmp_path / "run.json").read_text(encoding="utf-8"))["reports"]
    assert {entry["id"] for entry in entries} == {job.id for job in jobs}


class Batches(RuleBasedStateMachine):
    """Batches after each other on one output folder, each with some of the reports, some ended half-way."""

    def __init__(self) -> None:
        super().__init__()
        self.folder = tempfile.TemporaryDirectory()
        self.out = Path(self.folder.name)
        some = [job for job in jobs_in(self.out) if not re.match("canvas|partner", job.file)]
        self.jobs = some + [elsewhere(job, "second") for job in some[:3]]
        self.said: dict[str, str] = {}
        self.record: Record | None = None
        self.mine: list[Job] = []
        self.todo: list[Job] = []

    def teardown(self) -> None:
        self.folder.cleanup()

    @initialize(chosen=st.sets(st.integers(0, 11), min_size=1))
    def first(self, chosen: set[int]) -> None:
        self.begin(chosen, set())

    @rule(chosen=st.sets(st.integers(0, 11), min_size=1), force=st.sets(st.integers(0, 11)))
    def begin(self, chosen: set[int], force: set[int]) -> None:
        """Another batch; the one before may have been killed."""
        self.record = Record(self.out)
        self.mine = [self.jobs[number] for number in sorted(chosen)]
        self.todo = [
            job for job in self.mine
            if not self.is_ready(job) or self.jobs.index(job) in force
        ]  # fmt: skip
        self.record.expect(self.todo)
        self.said |= {job.id: "unfinished" for job in self.todo}

    def is_ready(self, job: Job) -> bool:
        assert self.record
        return self.record.before.get(job.id, {}).get("status") == "ok" and (job.out / job.file).exists()

    @precondition(lambda self: self.todo)
    @rule(status=st.sampled_from(["ok", "ok", "ok", "failed", "refused"]))
    def finish(self, status: str) -> None:
        """The next report is ready, or is not."""
        job = self.todo.pop()
        assert self.record
        self.record.keep(job, page(job) if status == "ok" else Outcome(status, "<nan> & None"))
        self.said[job.id] = status

    @precondition(lambda self: not self.record)
    @rule(number=st.integers(0, 11))
    def lose(self, number: int) -> None:
        """Somebody removes a page between two batches."""
        (self.jobs[number].out / self.jobs[number].file).unlink(missing_ok=True)

    @precondition(lambda self: self.record)
    @rule()
    def close(self) -> None:
        assert self.record
        index, self.record, self.todo = self.record.close(self.mine, ""), None, []
        for folder in {job.out for job in self.mine}:
            self.look(folder / "index.html", {job.id for job in self.jobs if job.out == folder})
        if index.parent == self.out:
            self.look(index, set(self.said))
            assert {e["id"]: e["status"] for e in self.listed(self.out)} == self.expected()

    def listed(self, folder: Path) -> list[dict[str, str]]:
        return list(json.loads((folder / "run.json").read_text(encoding="utf-8"))["reports"])

    def expected(self) -> dict[str, str]:
        return {name: status for name, status in self.said.items() if status != "ok" or (self.out / name).exists()}

    def look(self, index: Path, reports: set[str]) -> None:
        """Every report of these that is there has its link, and every one that failed is named."""
        html = index.read_text(encoding="utf-8")
        links = {(index.parent / to).resolve() for to in re.findall(r'href="([^"#]+\.html)"', html)}
        expected = {name: status for name, status in self.expected().items() if name in reports}
        assert links == {(self.out / name).resolve() for name, status in expected.items() if status == "ok"}
        assert len(re.findall("Niet gemaakt|Not made", html)) == sum(status != "ok" for status in expected.values())
        assert "None" not in html

    @invariant()
    def tells_what_became_of_each(self) -> None:
        told = {e["id"]: e["status"] for path in self.out.glob("*/*/run.json") for e in self.listed(path.parent)}
        there = {name: status for name, status in told.items() if status != "ok" or (self.out / name).exists()}
        assert there == self.expected()


TestBatches = Batches.TestCase
TestBatches.settings = settings(deadline=None, max_examples=12, stateful_step_count=20)
