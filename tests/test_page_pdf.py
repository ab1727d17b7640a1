"""A report on paper: tagged, every picture with its words, the same bytes every time, nothing fetched."""

from __future__ import annotations

import builtins
import re
import shutil
import subprocess
import time
import zlib
from ctypes.util import find_library
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner, Result
from conftest import ALMELO, ROOT
from mailroom import ALT, blocks_of
from test_batch_run import GOOD, write_notebook

from binnenstad.cli import main
from binnenstad.page.pdf import print_page, render_pdf
from binnenstad.page.provenance import Provenance
from binnenstad.page.render import checked_page
from binnenstad.words.errors import UsageError

pytestmark = pytest.mark.skipif(find_library("pangoft2-1.0") is None, reason="the Pango libraries are not installed")
PAGE = checked_page(
    blocks_of("overview", "nl", "Een van de twee doelen is op koers."), Provenance("X", "2019", "1", {}, "d", "c"), "nl"
)


def inside(pdf: bytes) -> bytes:
    """A PDF with its streams unpacked, for its objects are in them."""
    streams = re.findall(rb"stream\r?\n(.*?)\r?\nendstream", pdf, re.S)
    unpacked = []
    for stream in streams:
        try:
            unpacked.append(zlib.decompress(stream))
        except zlib.error:
            unpacked.append(stream)
    return pdf + b"\n".join(unpacked)


@pytest.fixture(scope="module")
def paper() -> bytes:
    pytest.importorskip("weasyprint", exc_type=OSError, reason="this machine lacks the Pango libraries")
    return render_pdf(PAGE)


def test_a_pdf_says_that_it_is_accessible_and_is_tagged(paper: bytes) -> None:
    text = inside(paper)
    assert paper.startswith(b"%PDF-1.7")
    assert re.search(rb'pdfuaid[^>]*part[^>]*1|pdfuaid:part="1"', text)
    assert b"/MarkInfo" in text
    assert b"/Lang (nl)" in text
    assert b"/S /H1" in text
    assert b"/S /TH" in text


def test_every_picture_has_its_words_and_is_there_once(paper: bytes) -> None:
    text = inside(paper)
    alts = [ALT["nl"].encode(), ALT["nl"].encode("utf-16-be").hex().encode()]
    figures = re.findall(rb"/S /Figure", text)
    assert len(figures) == 1
    assert sum(text.count(b"/Alt (" + alt) + text.lower().count(b"/alt <feff" + alt) for alt in alts) == 1


def test_a_pdf_that_was_left_is_used_for_its_own_page_only(paper: bytes, tmp_path: Path, monkeypatch: Any) -> None:
    page, left = tmp_path / "own.html", tmp_path / "own.pdf"
    page.write_text(PAGE, encoding="utf-8")
    left.write_bytes(paper)
    monkeypatch.setattr("binnenstad.page.pdf.render_pdf", lambda html: b"printed now")
    assert print_page(page) == paper
    left.write_bytes(paper[:-100])
    assert print_page(page) == left.read_bytes() == b"printed now", "half a file; the next mail finds a whole one"
    left.write_bytes(paper)
    page.write_text(PAGE + " ", encoding="utf-8")
    assert print_page(page) == b"printed now", "the print of another page"


def test_a_pdf_is_the_same_bytes_at_any_time(paper: bytes, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(time, "time", lambda: 2_000_000_000.0)
    assert render_pdf(PAGE) == paper
    assert b"/CreationDate" not in inside(paper)
    assert render_pdf(PAGE.replace("op koers", "ver achter")) != paper


def test_nothing_is_fetched_for_a_pdf(paper: bytes, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("geheim")
    page = PAGE.replace("</main>", f'<img alt="een plaatje van buiten" src="file://{tmp_path}/secret.txt"></main>')
    assert b"secret.txt" not in inside(render_pdf(page)).replace(b"/Alt", b"")


def test_without_the_extra_it_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    real = builtins.__import__

    def without(name: str, *arguments: Any, **more: Any) -> Any:
        if name == "weasyprint":
            raise ImportError("No module named 'weasyprint'")
        return real(name, *arguments, **more)

    monkeypatch.setattr(builtins, "__import__", without)
    with pytest.raises(UsageError, match=r"PDF needs WeasyPrint: pip install 'binnenstad\[pdf\]'"):
        render_pdf(PAGE)


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project folder with one small report."""
    write_notebook(tmp_path / "notebooks", "own", GOOD)
    shutil.copytree(ALMELO, tmp_path / "data" / "almelo")
    return tmp_path


def run_own(project: Path, *options: str) -> Result:
    place = ["--data", str(project / "data"), "--out", str(project / "reports")]
    return CliRunner().invoke(main, ["run", "almelo", "--period", "2019Q4", *place, *options])


def test_a_pdf_is_made_when_missing_and_never_outlives_its_report(paper: bytes, project: Path) -> None:
    place = project / "reports" / "almelo" / "2019Q4"
    assert run_own(project).exit_code == 0
    assert not (place / "own.pdf").exists()
    before = (place / "own.html").stat().st_mtime_ns
    result = run_own(project, "--pdf")
    assert result.exit_code == 0, result.output
    assert (place / "own.html").stat().st_mtime_ns == before, "the report itself is unchanged, so skipped"
    first = (place / "own.pdf").read_bytes()
    assert first == render_pdf((place / "own.html").read_text(encoding="utf-8"))
    assert run_own(project).exit_code == 0
    assert (place / "own.pdf").read_bytes() == first, "a report that stays keeps its PDF"
    write_notebook(project / "notebooks", "own", GOOD.replace("bevinding", "andere bevinding"))
    assert run_own(project).exit_code == 0
    assert not (place / "own.pdf").exists()
    assert run_own(project, "--pdf").exit_code == 0
    assert (place / "own.pdf").read_bytes() not in (b"", first)
    write_notebook(project / "notebooks", "own", GOOD, "raise KeyError('x')")
    assert run_own(project, "--pdf").exit_code == 1
    assert not (place / "own.html").exists()
    assert not (place / "own.pdf").exists(), "a report that fails has no PDF"


def test_cleaning_up_keeps_the_ledger_of_the_mail(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Makefile", tmp_path)
    kept = ["almelo/mail-ledger.sqlite", "almelo/mail-ledger.sqlite-journal"]
    gone = ["index.html", "run.json", "almelo/2019Q4/own.html", "almelo/2019Q4/own.pdf"]
    for name in (*kept, *gone):
        path = tmp_path / "reports" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("x")
    subprocess.run(["make", "clean"], cwd=tmp_path, check=True, capture_output=True)
    left = [path for path in (tmp_path / "reports").rglob("*") if path.is_file()]
    assert sorted(path.relative_to(tmp_path / "reports").as_posix() for path in left) == kept
