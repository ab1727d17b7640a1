"""A report as PDF/UA-1, printed from its HTML; needs the optional extra ``pdf`` (WeasyPrint)."""

from __future__ import annotations

import hashlib
import logging
import os
from pathlib import Path

from bs4 import BeautifulSoup

from binnenstad.words.errors import UsageError


def print_page(page: Path) -> bytes:
    """Return a report as PDF: the file beside it, if that was printed from this very page, or else printed there now.

    Raises ``UsageError`` as ``render_pdf`` does.
    """
    html, paper = page.read_text(encoding="utf-8"), page.with_suffix(".pdf")
    left = paper.read_bytes() if paper.exists() else b""
    # half a file has no end
    if not left.rstrip().endswith(b"%%EOF") or _known_as(html) not in left:
        left = render_pdf(html)
        paper.write_bytes(left)
    return left


def _known_as(html: str) -> bytes:
    # in letters, for bytes would be written with strokes before some
    return hashlib.sha256(html.encode()).hexdigest()[:32].encode()


def render_pdf(html: str) -> bytes:
    """Return a rendered report as a tagged PDF, each figure with its alt text; the same bytes every time.

    Raises ``UsageError`` without WeasyPrint or the Pango libraries it needs.
    """
    try:
        from weasyprint import HTML
        from weasyprint.urls import URLFetcher
    except (ImportError, OSError) as error:
        why = str(error).splitlines()[0]
        raise UsageError("PDF needs WeasyPrint: pip install 'binnenstad[pdf]' ({why})", why=why) from None
    # without HarfBuzz it stamps the fonts with the time of day, unless told another
    os.environ.setdefault("SOURCE_DATE_EPOCH", "0")
    # it warns of each CSS rule it leaves aside; those are for screens
    logging.getLogger("weasyprint").setLevel(logging.CRITICAL)
    # fonts stand in the report itself; nothing is fetched from elsewhere, not even from this disk
    page = HTML(string=_for_paper(html), url_fetcher=URLFetcher(allowed_protocols=["data"]))
    return bytes(page.write_pdf(pdf_variant="pdf/ua-1", pdf_identifier=_known_as(html)))


def _for_paper(html: str) -> str:
    """Leave out what only screens show, and put each alt text where WeasyPrint looks for it."""
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.select(".narrow, nav, .skip, .download"):
        tag.decompose()
    for picture in soup.select("svg[aria-label]"):
        title = soup.new_tag("title")
        title.string = str(picture["aria-label"])
        picture.insert(0, title)
    return str(soup)
