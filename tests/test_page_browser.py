"""The finished reports in a real browser: accessible, silent, and fitting on paper and on a phone."""

import datetime as dt
import os
import platform
import re
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from importlib.resources import files
from pathlib import Path
from typing import Any

import pytest
from conftest import ALMELO, ROOT
from test_batch_run import call

pytestmark = pytest.mark.browser

BROWSERS = ("chromium", "chromium-browser", "google-chrome")
ARGUMENTS = [
    "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
    "--disable-component-update", "--disable-sync",
]  # fmt: skip
TAGS = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa", "best-practice"]
REPORTS = ("overview", "goals", "efforts", "costs", "canvas", "partner", "index")
PAGES = [(language, report) for language in ("nl", "en") for report in REPORTS]
PICTURES = [page for page in PAGES if page[1] not in ("canvas", "index")]
A4_MINUS_MARGINS = 680  # 210 mm - 2 x 15 mm, in CSS px

# what sticks out of the window, or out of its own box, without a region to scroll in (on paper nothing scrolls)
STICKING_OUT = """(width) => [...document.querySelectorAll('body *:not(.skip):not(thead, thead *)')]
  .filter(el => el.getClientRects().length && !el.closest('svg'))
  .filter(el => matchMedia('print').matches || !el.parentElement.closest('.scroll'))
  .filter(el => {
    const box = el.getBoundingClientRect(), inline = getComputedStyle(el).display === 'inline';
    // the board of the canvas is wider than the column of text it stands in, not than the window
    const spills = !inline && !el.matches('.scroll') && !el.querySelector('.board')
      && el.scrollWidth > el.clientWidth + 1;
    return box.right > width + 1 || box.left < -1 || spills;
  })
  .map(el => el.tagName + '.' + el.className + ': ' + el.textContent.slice(0, 60))"""
# texts of the pictures on show: [svg, text, left, top, right, bottom, size of its letters in px]
LETTERS = """() => [...document.querySelectorAll('figure svg')].filter(svg => svg.getClientRects().length)
  .flatMap((svg, number) => [...svg.querySelectorAll('text')].map(text => {
    const box = text.getBoundingClientRect(), edge = svg.getBoundingClientRect();
    const size = parseFloat(getComputedStyle(text).fontSize) * text.getScreenCTM().a;
    return [number, text.textContent, box.left - edge.left, box.top - edge.top, box.right - edge.left,
            box.bottom - edge.top, size, edge.width];
  }))"""


def file_of(report: str, mark: str = "") -> str:
    """The file of a report; of the pages of partners the one of the entrepreneurs stands for all."""
    name = "partner-ondernemers" if report == "partner" else report
    return f"{name}.html" if report == "index" else f"{name}{mark}.html"


def make_reports(out: Path, *options: object) -> Path:
    """Make the reports of Almelo with the command line and return their folder."""
    made = call("run", "almelo", "--period", "2019Q4", "--partner", "ondernemers", "--out", out, *options)
    assert made.exit_code == 0, made.output
    return out / "almelo" / "2019Q4"


@pytest.fixture(scope="session")
def made(tmp_path_factory) -> dict[tuple[str, str], Path]:
    """The file of each report by language and name."""
    out = tmp_path_factory.mktemp("reports")
    shipped = "--data", ALMELO.parent
    dutch, english = make_reports(out / "nl", *shipped), make_reports(out / "en", *shipped, "--language", "en")
    return {
        (language, report): folder / file_of(report, mark)
        for language, folder, mark in (("nl", dutch, ""), ("en", english, ".en"))
        for report in REPORTS
    }


@pytest.fixture(scope="module")
def browser() -> Iterator[Any]:
    """Debian's Chromium; closed after this module, because its event loop is in the way of others."""
    playwright = pytest.importorskip("playwright.sync_api", reason="playwright is not installed")
    program = next(filter(None, map(shutil.which, BROWSERS)), None)
    if program is None:
        pytest.skip(f"no browser on this machine: none of {', '.join(BROWSERS)} is installed")
    with playwright.sync_playwright() as running:
        try:
            chromium = running.chromium.launch(executable_path=program, args=ARGUMENTS)
        except playwright.Error as error:
            pytest.skip(f"{program} does not start: {error.message.splitlines()[0]}")
        yield chromium
        chromium.close()


class Visit:
    """A page that was opened, with all it tried to do."""

    def __init__(self, page: Any, path: Path):
        self.page = page
        self.requests: list[str] = []
        self.troubles: list[str] = []
        page.on("request", lambda request: self.requests.append(request.url))
        page.on("console", lambda message: self.troubles.append(message.text))
        page.on("pageerror", lambda error: self.troubles.append(str(error)))
        page.on("dialog", self._dialog)
        page.goto(path.as_uri())
        page.evaluate("document.fonts.ready.then(() => true)")

    def _dialog(self, dialog: Any) -> None:
        self.troubles.append(f"dialog: {dialog.message}")
        dialog.dismiss()


@pytest.fixture
def visit(browser) -> Iterator[Callable[..., Visit]]:
    contexts = []

    def opened(path: Path, width: int = 1200) -> Visit:
        contexts.append(browser.new_context(viewport={"width": width, "height": 900}))
        return Visit(contexts[-1].new_page(), path)

    yield opened
    for context in contexts:
        context.close()


@pytest.fixture(scope="module")
def opened(browser, made) -> Iterator[Callable[..., Visit]]:
    """A report that was opened once for all tests, on a screen of the width asked; leave it as it is."""
    context = browser.new_context()
    visits: dict[tuple[str, str], Visit] = {}

    def shown(page: tuple[str, str], width: int = 1200) -> Visit:
        visited = visits.get(page) or visits.setdefault(page, Visit(context.new_page(), made[page]))
        visited.page.set_viewport_size({"width": width, "height": 900})
        visited.page.emulate_media(media="screen")
        return visited

    yield shown
    context.close()


def only_itself(visited: Visit, path: Path) -> bool:
    return {url for url in visited.requests if not url.startswith("data:")} == {path.as_uri()}


AXE = """tags => axe.run(document, {runOnly: {type: 'tag', values: tags}, resultTypes: ['violations']})
  .then(found => [found.violations.map(one => [one.id, one.nodes[0].html.slice(0, 200)]), found.passes.length])"""


# the two languages have the same markup: one will do for a desk, the other for a phone
@pytest.mark.parametrize(("language", "width"), [("nl", 1200), ("en", 360)])
@pytest.mark.parametrize("report", REPORTS)
def test_axe_finds_no_violation(opened, report, language, width):
    shown = opened((language, report), width).page
    shown.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    violations, passed = shown.evaluate(AXE, TAGS)
    assert violations == []
    assert passed > 10


def test_axe_would_notice_a_violation(visit, made):
    shown = visit(made["nl", "index"]).page
    shown.evaluate((files("axe_playwright_python") / "axe.min.js").read_text(encoding="utf-8"))
    shown.evaluate("document.documentElement.removeAttribute('lang')")
    ((violation, _),), _ = shown.evaluate(AXE, TAGS)
    assert violation == "html-has-lang"


@pytest.mark.parametrize("page", PAGES, ids="-".join)
def test_a_report_asks_for_nothing_and_complains_of_nothing(made, opened, page):
    visited = opened(page)
    assert only_itself(visited, made[page])
    assert visited.troubles == []


@pytest.mark.parametrize("page", PAGES, ids="-".join)
def test_a_report_is_at_most_one_megabyte(made, page):
    assert made[page].stat().st_size <= 1_000_000


def assert_fits(page: Any) -> None:
    """No sideways scroll and nothing cut off, from a small phone to a desk, on either side of each style switch."""
    for width in (320, 360, 783, 785, 1200):
        page.set_viewport_size({"width": width, "height": 900})
        assert page.evaluate("document.documentElement.scrollWidth") <= width
        assert page.evaluate(STICKING_OUT, width) == []


def assert_fits_on_paper(page: Any) -> None:
    page.set_viewport_size({"width": A4_MINUS_MARGINS, "height": 900})
    page.emulate_media(media="print")
    assert page.evaluate(STICKING_OUT, A4_MINUS_MARGINS) == []


@pytest.mark.parametrize("page", PAGES, ids="-".join)
def test_nothing_sticks_out_of_the_window(opened, page):
    assert_fits(opened(page).page)


def test_a_wide_thing_would_be_noticed(made, visit):
    opened = visit(made["nl", "goals"]).page
    for broken in ("width: 1300px", "width: 3rem; white-space: nowrap"):
        opened.evaluate("style => document.querySelector('.lead').style = style", broken)
        assert opened.evaluate(STICKING_OUT, 1200)


@pytest.mark.parametrize("page", PAGES, ids="-".join)
def test_nothing_sticks_out_of_the_paper(opened, page):
    shown = opened(page).page
    assert_fits_on_paper(shown)
    assert not shown.locator("nav, .skip").locator("visible=true").count()


@pytest.mark.parametrize("page", PAGES[:2], ids="-".join)
def test_the_first_tab_reaches_the_skip_link_and_it_leads_to_the_content(made, visit, page):
    opened = visit(made[page]).page
    opened.keyboard.press("Tab")
    assert opened.evaluate("document.activeElement.className") == "skip"
    assert opened.locator(".skip").bounding_box()["x"] >= 0
    opened.keyboard.press("Enter")
    # the browser moves when it gets to it
    opened.wait_for_url("**#main")
    assert opened.evaluate("location.hash") == "#main"


@pytest.mark.parametrize(("width", "shown", "hidden"), [(1200, "wide", "narrow"), (360, "narrow", "wide")])
@pytest.mark.parametrize("page", PICTURES, ids="-".join)
def test_each_screen_gets_its_own_pictures_with_letters_of_a_readable_size(opened, page, width, shown, hidden):
    screen = opened(page, width).page
    figures = screen.locator("figure").count()
    # a small picture is the same on both
    own = screen.locator(f".{shown} > svg, figure > svg").locator("visible=true").count()
    assert figures and own == figures
    assert screen.locator(f".{hidden} > svg").locator("visible=true").count() == 0
    assert min(letter[6] for letter in screen.evaluate(LETTERS)) >= 10


def test_a_table_behind_a_picture_is_folded_and_downloads_as_a_file(made, visit):
    page = visit(made["nl", "goals"]).page
    page.locator("summary", has_text="Alle cijfers").first.click()
    with page.expect_download() as caught:
        page.locator("details[open] a[download]").first.click()
    assert caught.value.suggested_filename == "oordelen-per-strategisch-doel.csv"
    assert Path(caught.value.path()).read_bytes().startswith(b"\xef\xbb\xbfstrategisch doel;doelen;oordelen\r\n")


@pytest.mark.parametrize(("report", "most"), [("goals", 15), ("overview", 7)])
def test_a_phone_shows_a_report_in_few_screens(opened, report, most):
    """Of 360 x 740 px, with all that folds closed."""
    height = opened(("nl", report), 360).page.evaluate("document.documentElement.scrollHeight")
    print(f"{report}: {height / 740:.1f} screens")
    assert height / 740 <= most


@pytest.mark.parametrize("width", [1200, 360])
@pytest.mark.parametrize("page", PICTURES, ids="-".join)
def test_texts_of_a_picture_lie_inside_it_and_apart(opened, page, width):
    letters = opened(page, width).page.evaluate(LETTERS)
    outside = [text for _, text, left, _, right, _, _, most in letters if left < -1 or right > most + 1]
    assert outside == []
    # the box of a text is the height of its line: only the letters in the middle of it may not meet
    boxes = [(n, text, x0, y0 + (y1 - y0) / 3, x1, y1 - (y1 - y0) / 3) for n, text, x0, y0, x1, y1, _, _ in letters]
    both = [
        (a[1], b[1])
        for i, a in enumerate(boxes)
        for b in boxes[i + 1 :]
        if a[0] == b[0] and a[2] < b[4] - 1 and b[2] < a[4] - 1 and a[3] < b[5] and b[3] < a[5]
    ]
    assert both == []


@pytest.mark.parametrize(("width", "columns"), [(1300, 5), (900, 3), (360, 1)])
def test_the_canvas_has_as_many_columns_as_there_is_room_for(opened, width, columns):
    shown = opened(("nl", "canvas"), width).page
    sides = shown.evaluate(
        "[...document.querySelectorAll('.board > section')].map(s => s.getBoundingClientRect().left)"
    )
    assert len(sides) == 9
    across = ".key_partners, .key_activities, .value_propositions, .customer_relationships, .customer_segments"
    assert len(set(shown.evaluate(f"[...document.querySelectorAll('{across}')].map(s => s.offsetLeft)"))) == columns
    assert shown.locator(".board h3").all_inner_texts()[:2] == ["Waardepropositie", "Klanten"], (
        "read in the order of the method"
    )
    assert not shown.locator(".board svg, .board img").count()


def test_the_canvas_stays_on_one_sheet(opened):
    shown = opened(("nl", "canvas"), A4_MINUS_MARGINS).page
    shown.emulate_media(media="print")
    assert shown.locator(".board").bounding_box()["height"] < 700  # of the 980 px of an A4 without margins


def test_letters_are_drawn_in_the_font_that_comes_with_the_report(opened):
    shown = opened(("nl", "goals")).page
    assert shown.evaluate("[...document.fonts].filter(f => f.status === 'loaded').map(f => f.family)")
    assert shown.evaluate(
        "document.fonts.check('13px \"Open Sans\"') && document.fonts.check('13px \"Binnenstad Symbols\"', '◐')"
    )


@pytest.mark.parametrize("language", ["nl", "en"])
def test_every_link_of_the_index_opens_a_report(made, visit, language):
    opened = visit(made[language, "index"]).page
    links = opened.evaluate("[...document.querySelectorAll('main li a')].map(a => a.href)")
    shown = {made[language, report].as_uri() for report in REPORTS[:-1]}
    assert shown <= set(links)
    made_here = {path.name for path in made[language, "index"].parent.glob("*.html")}
    assert {Path(link).name for link in links} == made_here - {"index.html"}
    opened.locator("main li a").first.click()
    assert opened.locator("h1").count() == 1


@pytest.mark.parametrize("page", PAGES, ids="-".join)
def test_a_report_tells_nothing_of_the_machine_or_the_day_it_was_made(made, page):
    html, today = made[page].read_text(encoding="utf-8"), dt.date.today()
    for private in (str(ROOT), str(Path.home()), str(made[page].parent), today.isoformat(), today.strftime("%d-%m-%Y")):
        assert private not in html
    assert not re.search(rf"\b{re.escape(platform.node())}\b", re.sub(r"base64,[^)]+", "", html))


@pytest.fixture(scope="module")
def lab(tmp_path_factory) -> Iterator[tuple[str, Path]]:
    """JupyterLab on a copy of the notebooks: its address, with the token to enter, and their folder."""
    place = tmp_path_factory.mktemp("lab")
    notebooks = shutil.copytree(ROOT / "notebooks", place / "notebooks")
    own = {f"JUPYTER_{name}_DIR": str(place / name) for name in ("CONFIG", "DATA", "RUNTIME")}
    command = [str(Path(sys.executable).parent / "jupyter"), "lab", "--no-browser", "--allow-root"]
    options = ["--ServerApp.port=0", "--IdentityProvider.token=lab", f"--notebook-dir={notebooks}"]
    log = place / "log"
    with (
        log.open("w") as file,
        subprocess.Popen([*command, *options], cwd=ROOT, env=os.environ | own, stderr=file) as server,
    ):
        try:
            yield heard(log, r"http://localhost:\d+"), notebooks
        finally:
            server.kill()


def heard(log: Path, pattern: str) -> str:
    """What a server says in its log, as soon as it does."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        found = re.search(pattern, log.read_text())
        if found:
            return found.group()
        time.sleep(0.1)
    raise AssertionError(log.read_text())


RAN = """() => [...document.querySelectorAll('.jp-Notebook .jp-CodeCell .jp-InputPrompt')]
  .every(prompt => /\\d/.test(prompt.textContent))"""


def test_jupyterlab_exports_the_page_that_the_batch_makes(made, browser, lab):
    address, notebooks = lab
    context = browser.new_context()
    page = context.new_page()

    def choose(*path: str) -> None:
        for text in path:
            page.locator(".lm-Menu-itemLabel, .lm-MenuBar-itemLabel").get_by_text(text, exact=True).click()

    page.goto(f"{address}/lab/tree/goals.ipynb?token=lab")
    page.get_by_text("| Idle").wait_for(timeout=60_000)
    choose("Run", "Run All Cells")
    page.wait_for_function(RAN, timeout=60_000)
    with context.expect_event("response", lambda response: "/nbconvert/" in response.url) as answered:
        choose("File", "Save and Export Notebook As", "Binnenstad")
    assert answered.value.url == f"{address}/nbconvert/binnenstad/goals.ipynb?download=true"
    # the browser keeps what it downloads to itself
    exported = context.request.get(answered.value.url, headers={"Referer": address})
    assert exported.text() == made["nl", "goals"].read_text(encoding="utf-8")
    context.close()


SCRIPT, FORMULA = "<script>alert(1)</script>", '=HYPERLINK("http://example.org")'
LONG = [("De waardering van de binnenstad " * 10)[:300], "Binnenstadswaardering" * 15]


def test_text_that_would_do_harm_is_only_text(visit, edit, tmp_path):
    def titles(rows: list[dict[str, str]], *new: str) -> None:
        for row, title in zip(rows, new, strict=False):
            row["title"] = title

    edit("partners", lambda rows: titles(rows, f"Gemeente {SCRIPT}", FORMULA, LONG[1]))
    edit("indicators", lambda rows: titles(rows, *LONG, f'" onload="alert(1) {SCRIPT}'))
    edit("goals", lambda rows: titles(rows, *LONG))
    path = edit("efforts", lambda rows: titles(rows, *LONG, FORMULA))
    reports = make_reports(tmp_path / "out", "--data", path.parents[1])
    for name in REPORTS:
        file = reports / file_of(name)
        visited = visit(file)
        assert_fits(visited.page)
        assert_fits_on_paper(visited.page)
        assert visited.troubles == [] and only_itself(visited, file)
        assert visited.page.locator("script").count() == 0
    text = visit(reports / "costs.html").page.locator("main").inner_text()
    assert SCRIPT in text and FORMULA in text
