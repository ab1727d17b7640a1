"""What was asked of the command line: programmes x periods x languages, and which of their reports to make."""

from __future__ import annotations

import gc
import os
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from itertools import product
from pathlib import Path
from typing import TYPE_CHECKING, Any

from binnenstad.batch.ledger import PATTERN, Ledger
from binnenstad.batch.origins import LIBRARY, resources
from binnenstad.batch.reason import Reason
from binnenstad.programme.folders import data_root, find_notebooks, find_programme
from binnenstad.words.errors import UsageError

if TYPE_CHECKING:
    from binnenstad.batch.child import Made
    from binnenstad.batch.job import Job, Outcome


@dataclass(frozen=True)
class Request:
    """A request: every programme for every period in every language; no period is the last one measured."""

    programmes: Sequence[str]
    periods: Sequence[str] = ()
    languages: Sequence[str] = ("nl",)
    only: Sequence[str] = ()
    partners: Sequence[str] = ()
    as_of: str = ""
    parameters: Sequence[str] = ()
    engine: str = ""
    despite_faults: bool = False
    data: Path | None = None
    out: Path | None = None

    @property
    def data_folder(self) -> Path:
        """Return the folder with the programmes."""
        return (self.data or data_root()).resolve()

    @property
    def root(self) -> Path:
        """Return the project folder."""
        return self.data_folder.parent

    @property
    def out_folder(self) -> Path:
        """Return the folder that the reports go to."""
        return (self.out or self.root / "reports").resolve()

    def ledger(self) -> Ledger:
        """Return the ledger of the output folder."""
        return Ledger(self.out_folder, self.root)

    def key(self) -> Mapping[str, Any]:
        """Return what makes this request differ from others to the same output folder."""
        notebooks = str(find_notebooks(self.root))
        return {name: str(value) for name, value in asdict(replace(self, out=None)).items()} | {"notebooks": notebooks}

    def rests_on(self) -> Iterator[Path]:
        """Return the files and folders that the plan rests on: tables, notebooks, library."""
        notebooks = find_notebooks(self.root)
        folders = [find_programme(name, self.data_folder) for name in self.programmes]
        for folder in (notebooks, *folders):
            yield folder
            yield from sorted(path for path in folder.iterdir() if path.is_file())
        yield from (*sorted(LIBRARY.rglob("*.py")), *resources())

    def plan(self) -> list[Job]:
        """Return the jobs of this request; raises ``UsageError`` and ``DataError``."""
        from binnenstad.batch.plan import plan
        from binnenstad.programme import check_programme

        parameters, periods, notebooks = self._parameters(), self._periods(), find_notebooks(self.root)
        folders = [find_programme(name, self.data_folder) for name in dict.fromkeys(self.programmes)]
        jobs: dict[str, Job] = {}
        for folder, language in product(folders, dict.fromkeys(self.languages)):
            checked = check_programme(folder, language)
            for period in periods or [checked.last_period()]:
                planned = plan(
                    folder, checked, checked.moment(period, self.as_of), notebooks, self.out_folder,
                    language=language, as_of=self.as_of, only=self.only, partners=self.partners,
                    parameters=parameters, engine=self.engine,
                )  # fmt: skip
                jobs |= {job.id: job for job in planned}
            # a check leaves much that holds itself; of a hundred programmes that would be the most of the memory
            gc.collect()
        return list(jobs.values())

    def _parameters(self) -> dict[str, str]:
        strange = [text for text in self.parameters if "=" not in text]
        if strange:
            raise UsageError("parameter {names} must be written as NAME=VALUE", names=", ".join(strange))
        return dict(text.split("=", 1) for text in self.parameters)

    def _periods(self) -> list[str]:
        from binnenstad.words import parse_period

        periods = [period for text in self.periods for period in expand_periods(text)]
        for period in periods:
            parse_period(period)
        return periods


def expand_periods(text: str) -> list[str]:
    """Return the periods of a range, ends included; raises ``UsageError`` for a range that is none.

    >>> expand_periods("2019Q3:2020Q2"), expand_periods("2019:2021"), expand_periods("2019Q4")
    (['2019Q3', '2019Q4', '2020Q1', '2020Q2'], ['2019', '2020', '2021'], ['2019Q4'])
    """
    if ":" not in text:
        return [text]
    ends = re.fullmatch(r"(\d{4})(?:Q([1-4]))?:(\d{4})(?:Q([1-4]))?", text)
    if not ends or bool(ends[2]) != bool(ends[4]):
        raise UsageError("periods {text!r} are no range; write for instance 2019Q1:2019Q4 or 2019:2022", text=text)
    per_year = 4 if ends[2] else 1
    first, last = (int(ends[n]) * per_year + int(ends[n + 1] or 1) - 1 for n in (1, 3))
    if first > last:
        raise UsageError("periods {text!r} end before they begin; put the earlier one first", text=text)
    numbers = range(first, last + 1)
    return [f"{n // 4}Q{n % 4 + 1}" if per_year == 4 else str(n) for n in numbers]


def reasons(jobs: Sequence[Job], ledger: Ledger, force: bool) -> dict[str, Reason]:
    """Return why each job is to be run, by id; what is not in it would come out the same."""
    found = {}
    for job in jobs:
        there = {name: (ledger.name(job.folder / file), digest) for name, (file, digest) in job.delivered.items()}
        reason = Reason("force") if force else ledger.why(job.id, _key(job), there)
        if reason:
            found[job.id] = reason
    return found


def keep(ledger: Ledger, job: Job, outcome: Outcome, made: Made | None) -> None:
    """Write in the ledger what a report was made of."""
    from binnenstad.batch.origins import versions_of

    files = dict(made.files) if made else {}
    inputs = {ledger.name(path): digest for path, digest in files.items() if Path(path) != job.data.resolve()}
    # what was there before the first report: as the server of the reports and the plan found it
    key = _key(job)
    known = [ledger.name(path) for path in resources(job.parameters["language"])]
    for name in (*ledger.code(key["notebook"]), *known, *(PATTERN + pattern for pattern in job.inputs)):
        inputs[name] = ledger.digest(name)
    unseen = "kernel" if job.engine else made.unseen if made else ""
    ledger.keep(
        job.id, key=key, outcome=asdict(outcome), inputs=dict(sorted(inputs.items())), unseen=unseen,
        code=ledger.keep_code(key["notebook"]), packages=versions_of(made.modules if made else ()),
    )  # fmt: skip


def _key(job: Job) -> dict[str, str]:
    # a notebook of another folder is another notebook; the project as a whole may move
    notebook = os.path.relpath(job.notebook, job.data.parent)
    about = {"engine": job.engine, "notebook": notebook, "sound": str(job.sound)}
    # head and footer show these, whatever the notebook reads
    about |= {"title": job.provenance.programme, "known_until": job.provenance.as_of}
    return {name: str(value) for name, value in job.parameters.items()} | about
