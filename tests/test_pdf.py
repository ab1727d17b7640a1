"""A report on paper: tagged, every picture with its words, the same bytes every time, nothing fetched."""

from __future__ import annotations

import builtins
import re
import zlib
from pathlib import Path
from typing import Any

import pytest
from mailroom import ALT, blocks_of

from binnenstad.batch.printing import print_reports
from binnenstad.errors import UsageError
from binnenstad.pdf import render_pdf
from binnenstad.report import Provenance, checked_page

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


def test_a_pdf_is_the_same_bytes_every_time(paper: bytes) -> None:
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


def test_a_pdf_of_an_earlier_run_does_not_outlive_its_report(paper: bytes, tmp_path: Path) -> None:
    (tmp_path / "overview.html").write_text(PAGE, encoding="utf-8")
    (tmp_path / "goals.pdf").write_bytes(b"old")
    reports = ["overview.html", "goals.html"]
    assert print_reports(tmp_path, reports, reports, wanted=True) == [tmp_path / "overview.pdf"]
    assert (tmp_path / "overview.pdf").read_bytes() == paper
    assert print_reports(tmp_path, reports, [], wanted=True) == []
    assert print_reports(tmp_path, reports, reports, wanted=False) == []
    assert [path.name for path in tmp_path.iterdir()] == ["overview.html"]
