"""An executed notebook becomes one page that stands alone, or is refused with every reason."""

import datetime as dt
import platform
import re
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import nbformat
import pandas as pd
import papermill
import pytest
from bs4 import BeautifulSoup
from click.testing import CliRunner
from conftest import ROOT
from nbconvert.exporters import get_exporter
from nbformat import NotebookNode
from nbformat.v4 import new_code_cell, new_markdown_cell, new_notebook, new_output

from binnenstad.cli import main
from binnenstad.page.blocks import Block, bullets, headline, paragraph, section
from binnenstad.page.checks import page_faults
from binnenstad.page.provenance import Provenance, code_version, parameters_of, provenance_of
from binnenstad.page.render import checked_page, render_report
from binnenstad.page.table import table
from binnenstad.programme.delivered import digests, fingerprint
from binnenstad.words.errors import ReportRefused, UsageError

PROVENANCE = Provenance(
    programme="Programma Binnenstad Almelo",
    period="4e kwartaal 2019",
    as_of="14 februari 2020",
    parameters={"period": "2019Q4", "language": "nl"},
    data="0123456789ab",
    code="0.1.0 (ba9876543210)",
)
TITLE = headline(
    "De doelen", "Het aantal bezoekers van de binnenstad steeg en dat is een goed begin van het programma."
)
ALT = "Een lijn die van 93.000 naar 96.000 bezoekers loopt."
ENGLISH = [
    headline("The goals", "The number of visitors of the city centre is up and that is a good start of the programme."),
    section("The rest", paragraph("The target is not met and the path to it is longer than the part behind us.")),
]


def shows(block: Block, *tags: str, **cell: object) -> NotebookNode:
    """A cell that has run and shows a block."""
    output = new_output("execute_result", data=block._repr_mimebundle_(), execution_count=1)
    return new_code_cell("block", outputs=[output], execution_count=1, metadata={"tags": list(tags)}, **cell)


def outputs(output: NotebookNode) -> NotebookNode:
    return new_code_cell("something", outputs=[output], execution_count=1)


def chapter(name: str, text: str = "Dit is de tekst van een deel van het rapport.") -> Block:
    return section(name, paragraph(text))


def render(*cells: NotebookNode, language: str = "nl") -> str:
    return render_report(new_notebook(cells=list(cells)), PROVENANCE, language)


def page_of(*blocks: Block, language: str = "nl") -> str:
    return render(*(shows(block) for block in blocks), language=language)


def refusal(make: Callable[[], object]) -> str:
    with pytest.raises(ReportRefused) as refused:
        make()
    return "\n".join(refused.value.reasons)


def raw(html: str) -> Block:
    """HTML as it stands, beside a text: a section with nothing else would be refused for that."""
    return Block(f"<p>De tekst van het deel, dat niet leeg is.</p>{html}", "")


@pytest.fixture(scope="module")
def soup() -> BeautifulSoup:
    blocks = [TITLE, chapter("Wie betaalt?"), chapter("Waar is het voor?"), chapter("Wat we niet weten")]
    return BeautifulSoup(page_of(*blocks), "html.parser")


def test_a_good_notebook_gives_one_page_with_language_title_and_landmarks(soup):
    assert soup.html["lang"] == "nl"
    assert soup.title.text == "De doelen"
    assert [len(soup.select(name)) for name in ("h1", "main", "header", "footer")] == [1, 1, 1, 1]
    assert soup.select_one("main .lead").text.startswith("Het aantal bezoekers")
    assert "4e kwartaal 2019" in soup.header.text


def test_the_skip_link_comes_first_and_leads_to_the_content(soup):
    skip = soup.select_one("body a")
    assert skip.text == "Naar de inhoud"
    assert skip["href"] == f"#{soup.main['id']}"


def test_the_page_forbids_everything_from_outside(soup):
    policy = soup.select_one('meta[http-equiv="Content-Security-Policy"]')["content"]
    assert policy == "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'"
    assert not soup.select("script, link, iframe, form")


def test_the_contents_lead_to_every_section_in_order(soup):
    links = soup.select("main nav a")
    assert [link.text for link in links] == ["Wie betaalt?", "Waar is het voor?", "Wat we niet weten"]
    assert [soup.find(id=link["href"][1:]).text for link in links] == [link.text for link in links]


def test_two_sections_need_no_contents():
    assert "<nav" not in page_of(TITLE, chapter("Een"), chapter("Twee"))


def test_the_footer_says_how_the_report_was_made(soup):
    for fact in (PROVENANCE.programme, PROVENANCE.period, PROVENANCE.as_of, PROVENANCE.data, PROVENANCE.code):
        assert fact in soup.footer.text
    assert "language=nl, period=2019Q4" in soup.footer.text
    assert "Eurostat" in soup.footer.text


def test_an_english_page_speaks_english_throughout():
    soup = BeautifulSoup(page_of(*ENGLISH, language="en"), "html.parser")
    assert soup.html["lang"] == "en"
    assert "How this report was made" in soup.footer.text
    assert not re.search(r"\b(Periode|Versie|Inhoud|Let op)\b", soup.get_text())


@pytest.mark.parametrize("illustrative", [True, False])
def test_the_banner_is_there_exactly_when_a_block_is_illustrative(illustrative):
    text = 'Wie data-illustrative="true" in een tekst zet, is nog geen voorbeeld.'
    blocks = [TITLE, section("Deel", paragraph(text), paragraph("Het cijfer.", illustrative=illustrative))]
    banner = BeautifulSoup(page_of(*blocks), "html.parser").select(".banner")
    assert bool(banner) is illustrative
    assert all("illustratieve cijfers" in found.text for found in banner)


def test_what_is_tagged_remove_cell_is_not_published():
    note = new_markdown_cell("Alleen voor de onderzoeker", metadata={"tags": ["remove-cell"]})
    control = outputs(new_output("stream", text="totaal 123"))
    control.metadata["tags"] = ["remove-cell"]
    hidden = shows(paragraph("Dit blijft binnen."), "remove-cell")
    html = render(note, shows(TITLE), control, hidden, shows(chapter("Deel")))
    assert not re.search("onderzoeker|totaal 123|Dit blijft binnen", html)


def test_code_and_warnings_are_not_published():
    cell = shows(chapter("Deel"))
    cell.source = "geheim = 1"
    cell.outputs.insert(0, new_output("stream", name="stderr", text="FutureWarning: foei"))
    assert not re.search("geheim|foei", render(shows(TITLE), cell))


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        (new_output("stream", text="los eindje"), "no block"),
        (new_output("execute_result", data={"text/plain": "3"}, execution_count=1), "no block"),
        (
            new_output("display_data", data={"text/html": pd.DataFrame({"a": [1]}).to_html(), "text/plain": "a"}),
            "no block",
        ),
        (new_output("display_data", data={"image/png": "iVBORw0KGgo="}), "no block"),
        (new_output("error", ename="KeyError", evalue="'1a'", traceback=[]), "failed: KeyError: '1a'"),
    ],
    ids=["print", "number", "frame", "png", "error"],
)
def test_output_that_is_no_block_is_refused(output, reason):
    assert reason in refusal(lambda: render(shows(TITLE), outputs(output)))


def test_a_cell_that_was_not_run_is_refused_and_an_empty_one_is_not():
    assert "was not run" in refusal(lambda: render(shows(TITLE), new_code_cell("1 + 1")))
    assert "<h1>" in render(shows(TITLE), new_code_cell(""))


def test_an_error_in_a_cell_that_is_not_published_still_refuses_the_report():
    bad = outputs(new_output("error", ename="ValueError", evalue="mis", traceback=[]))
    bad.metadata["tags"] = ["remove-cell"]
    assert "ValueError: mis" in refusal(lambda: render(shows(TITLE), bad))


def test_every_bad_cell_is_named_at_once():
    failed = outputs(new_output("error", ename="ValueError", evalue="mis", traceback=[]))
    printed = outputs(new_output("stream", text="los eindje"))
    reasons = refusal(lambda: render(shows(TITLE), failed, new_code_cell("1 + 1"), printed)).splitlines()
    assert len(reasons) == 3
    assert reasons[0].startswith("cell 2 ") and reasons[1].startswith("cell 3 ") and printed.id in reasons[2]


def test_every_fault_of_the_page_is_named_at_once():
    blocks = [chapter("Deel", "Het doel is nan."), raw('<h4>Te diep</h4><img src="http://example.org/x.png">')]
    reasons = refusal(lambda: page_of(*blocks))
    for part in ("one title", "skips a level", "lead", "'nan'", "no alt text", "http://example.org/x.png"):
        assert part in reasons


@pytest.mark.parametrize(
    ("blocks", "reason"),
    [
        ([], "one title"),
        ([chapter("Deel")], "one title"),
        ([TITLE, TITLE], "one title"),
        ([chapter("Deel"), TITLE], "one title"),
        ([raw("<h1>De doelen</h1>"), chapter("Deel")], "lead"),
        ([headline("De doelen", ""), chapter("Deel")], "lead"),
        ([headline("De doelen", "  "), chapter("Deel")], "lead"),
        ([TITLE, raw("<h3>Te diep</h3><p>Tekst.</p>")], "skips a level"),
        ([TITLE, section("Leeg deel")], "'Leeg deel' is empty"),
        ([TITLE, section("Leeg deel", bullets([]))], "'Leeg deel' is empty"),
        ([TITLE, chapter("Deel"), chapter("Deel")], "stands twice"),
        ([TITLE, raw("<table><tr><td>1</td></tr></table>")], "caption"),
    ],
)
def test_a_page_without_proper_outline_is_refused(blocks, reason):
    assert reason in refusal(lambda: page_of(*blocks))


@pytest.mark.parametrize("word", ["nan", "NaN", "NaT", "None", "<NA>", "inf", "-inf", "−inf", "nan%", "€\u00a0nan"])
@pytest.mark.parametrize(
    "place",
    [
        lambda text: paragraph(f"Gemeten: {text} bezoekers."),
        lambda text: table("Het niveau", [("doel", ["1a"]), ("gemeten", [text])]),
        lambda text: raw(f'<svg role="img" aria-label="{ALT} {text.replace("<", "&lt;")}."></svg>'),
    ],
    ids=["prose", "cell", "alt"],
)
def test_a_missing_value_written_out_is_refused(word, place):
    assert "stands in the text" in refusal(lambda: page_of(TITLE, section("Deel", place(word))))


@pytest.mark.parametrize(
    "text", ["Nantes", "nano", "inform", "financieel", "informatie", "Nonesuch", "Natuur", "nan0", "finance", "Nan Kai"]
)
def test_a_word_that_only_looks_like_a_missing_value_passes(text):
    assert text in page_of(TITLE, chapter("Deel", f"Het cijfer komt van {text}."))


@pytest.mark.parametrize(
    ("picture", "reason"),
    [
        ('<svg role="img"><text>1</text></svg>', "no alt text"),
        ('<svg role="img" aria-label=" "></svg>', "no alt text"),
        ('<img src="data:image/png;base64,AA==">', "no alt text"),
        ('<img src="data:image/png;base64,AA==" alt="Figuur 1">', "says nothing"),
        ('<svg role="img" aria-label="grafiek"></svg>', "says nothing"),
        ('<svg role="img" aria-label="Leegstand: 9%."></svg>', "says nothing"),
    ],
)
def test_a_picture_without_words_is_refused(picture, reason):
    assert reason in refusal(lambda: page_of(TITLE, section("Deel", raw(picture))))


@pytest.mark.parametrize("alt", ["Leegstand: 9,9%", "Doelbereik 2019: 43%"])
def test_a_picture_needs_no_more_than_fifteen_letters(alt):
    assert f'aria-label="{alt}"' in page_of(TITLE, section("Deel", raw(f'<svg role="img" aria-label="{alt}"></svg>')))


@pytest.mark.parametrize(
    "html",
    [
        '<a href="https://example.org">bron</a>',
        '<a href="//example.org">bron</a>',
        '<a href="javascript:alert(1)">bron</a>',
        f'<img src="http://example.org/x.png" alt="{ALT}">',
        f'<img srcset="http://example.org/x.png 2x" alt="{ALT}">',
        f'<svg role="img" aria-label="{ALT}"><image xlink:href="http://example.org/x.png"/></svg>',
        f'<svg role="img" aria-label="{ALT}"><rect fill="url(http://example.org/#a)"/></svg>',
        '<p style="background: url(http://example.org/x.png)">tekst</p>',
        "<p style=\"background: URL('//example.org/x.png')\">tekst</p>",
        "<style>p { background: url(http://example.org/x.png) }</style>",
        "<style>@import 'http://example.org/x.css';</style>",
        "<style>@IMPORT 'http://example.org/x.css';</style>",
        '<meta http-equiv="refresh" content="0; url=http://example.org">',
        "<script>alert(1)</script>",
        '<p onload="alert(1)">tekst</p>',
        '<p ONCLICK="alert(1)">tekst</p>',
        '<iframe src="about:blank"></iframe>',
        '<link rel="stylesheet" href="x.html">',
        '<form action="x.html"></form>',
        '<base href="x.html">',
    ],
)
def test_anything_that_calls_outside_or_runs_is_refused(html):
    assert re.search("external|not allowed|event", refusal(lambda: page_of(TITLE, section("Deel", raw(html)))))


def test_references_within_the_page_and_to_the_reports_beside_it_pass():
    html = f'<svg role="img" aria-label="{ALT}"><g id="a"/><use xlink:href="#a" clip-path="url(#a)"/></svg>'
    page = page_of(TITLE, section("Deel", raw(html + '<a href="goals.en.html">De doelen</a>')))
    assert all(part in page for part in ('xlink:href="#a"', 'clip-path="url(#a)"', 'href="goals.en.html"'))


@pytest.mark.parametrize(
    ("language", "blocks"), [("en", [TITLE, chapter("Het deel van de gemeente")]), ("nl", ENGLISH)]
)
def test_a_text_in_another_language_than_it_is_marked_as_is_refused(language, blocks):
    assert "not in the language" in refusal(lambda: page_of(*blocks, language=language))


def test_a_page_without_language_is_refused():
    html = page_of(TITLE, chapter("Deel"))
    assert "does not say" in "\n".join(page_faults(html.replace('lang="nl"', ""), "nl"))


@pytest.mark.parametrize(
    "text",
    [
        "<script>alert(1)</script>",
        '=HYPERLINK("http://example.org")',
        '" onload="alert(1)',
        "Zie https://example.org/doelen en url(http://example.org)",
        "<img src=x onerror=alert(1)>",
        "A & B < C > D ' E",
        "{{ page.title }} {% raw %}",
    ],
)
def test_text_from_data_is_shown_as_it_stands_and_does_nothing(text):
    blocks = [
        headline(f"Doel {text}", f"De stand van {text} is een van de cijfers die het niet en het wel doen."),
        section(f"Deel {text}", paragraph(text), bullets([text]), table(text, [("doel", [text]), (text, [text])])),
    ]
    soup = BeautifulSoup(page_of(*blocks), "html.parser")
    assert [tag.text for tag in soup.select("section p, section li, td")] == [text] * 3
    assert soup.title.text == soup.h1.text == f"Doel {text}"
    assert not soup.select("script, img, [onload], [onerror]")


def test_a_title_of_300_characters_stays_whole():
    title = "Doel " + "a" * 295
    soup = BeautifulSoup(page_of(headline(title, "Het is de lead."), chapter(title)), "html.parser")
    assert soup.title.text == soup.h1.text == soup.h2.text == title
    assert len(soup.h2["id"]) < 60


def test_two_renderings_give_the_same_bytes():
    assert page_of(TITLE, chapter("Deel")) == page_of(TITLE, chapter("Deel"))


def test_the_page_tells_nothing_of_the_machine_it_was_made_on():
    html, today = page_of(TITLE, chapter("Deel")), dt.date.today()
    text = BeautifulSoup(html, "html.parser").get_text(" ")
    assert not re.search(rf"\b{re.escape(platform.node())}\b", text)
    for private in (str(Path.home()), str(Path.cwd()), today.isoformat(), f"{today:%d-%m-%Y}"):
        assert private not in html


def test_blocks_can_be_a_page_without_a_notebook():
    many = [chapter(f"Deel {number}") for number in range(120)]
    html = checked_page([TITLE, *many], PROVENANCE, "nl")
    assert html == page_of(TITLE, *many)
    assert html.count("<section") == html.count('href="#s-deel') == 120
    assert "'nan'" in refusal(lambda: checked_page([TITLE, *many, chapter("Gat", "Het is nan.")], PROVENANCE, "nl"))


# --- exported with nbconvert

BATCH = ["run", "almelo", "--period", "2020", "--language", "en", "--only", "goals"]
OWN = """
period: str = "2019Q4"  # quarter or year
programme: str = "almelo"
language: str = "nl"  # nl or en
as_of: str = ""
threshold: float = -0.5
note: str
"""


def parameters(source: str, tag: str = "parameters") -> NotebookNode:
    return new_code_cell(source, execution_count=1, metadata={"tags": [tag]})


def test_parameters_are_those_of_the_notebook_and_over_them_those_put_in():
    own = new_notebook(cells=[parameters(OWN), new_code_cell('period = "1999"')])
    given = {"period": "2019Q4", "programme": "almelo", "language": "nl", "as_of": "", "threshold": -0.5}
    assert parameters_of(own) == given
    injected = '# Parameters\nperiod = "2020"\nas_of = "2021-01-01"\npartner = "gemeente"\n'
    own.cells.insert(1, parameters(injected, "injected-parameters"))
    assert parameters_of(own) == given | {"period": "2020", "as_of": "2021-01-01", "partner": "gemeente"}


def test_provenance_comes_from_the_parameters_and_the_programme(almelo, monkeypatch):
    monkeypatch.chdir(ROOT)
    notebook = new_notebook(cells=[parameters(OWN.replace('as_of: str = ""', 'as_of: str = "2020-02-20"'))])
    found = provenance_of(notebook, "goals")
    assert (found.programme, found.period, found.as_of) == (almelo.title, "4e kwartaal 2019", "20 februari 2020")
    assert found.parameters == {
        "report": "goals", "period": "2019Q4", "programme": "almelo", "language": "nl", "as_of": "2020-02-20",
        "threshold": "-0.5",
    }  # fmt: skip
    assert found.data == fingerprint(digests(almelo.delivered))
    assert found.code == code_version()
    # papermill knows what the notebook is called that it ran
    notebook.metadata["papermill"] = {"input_path": "/elsewhere/costs.ipynb"}
    assert provenance_of(notebook, "executed").parameters["report"] == "costs"


@pytest.mark.parametrize(
    ("source", "reason"),
    [
        ("", "own: the parameters cell lacks programme, period, language, as_of"),
        (OWN.replace("as_of", "until"), "own: the parameters cell lacks as_of"),
        (OWN.replace("almelo", "hengelo"), "programme 'hengelo' is not in folder data"),
        (OWN.replace("2019Q4", "2019-12"), "period '2019-12' is no quarter or year"),
        (OWN.replace('"nl"', '"de"'), "language 'de' is not known"),
    ],
)
def test_a_notebook_that_does_not_say_what_it_is_about_is_refused(source, reason, monkeypatch):
    monkeypatch.chdir(ROOT)
    with pytest.raises(UsageError) as refused:
        provenance_of(new_notebook(cells=[parameters(source)]), "own")
    assert reason in str(refused.value)


@pytest.fixture(scope="module")
def executed(tmp_path_factory) -> Path:
    """The notebook on goals as papermill leaves it, with another period than its own."""
    path = tmp_path_factory.mktemp("papermill") / "executed.ipynb"
    own = ROOT / "notebooks" / "goals.ipynb"
    given = {"period": "2020", "programme": "almelo", "language": "en", "as_of": ""}
    papermill.execute_notebook(own, path, given, engine_name="binnenstad", progress_bar=False, cwd=own.parent)
    return path


def test_nbconvert_gives_the_page_that_the_batch_gives(executed, tmp_path):
    assert CliRunner().invoke(main, BATCH + ["--out", str(tmp_path)]).exit_code == 0
    command = [str(Path(sys.executable).parent / "jupyter"), "nbconvert", "--to", "binnenstad", str(executed)]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    page = executed.with_suffix(".html").read_text(encoding="utf-8")
    assert page == (tmp_path / "almelo" / "2020" / "goals.en.html").read_text(encoding="utf-8")


def test_the_exporter_refuses_what_may_not_be_published(executed, tmp_path):
    notebook = nbformat.read(executed, 4)
    notebook.cells[-2].execution_count = None
    nbformat.write(notebook, tmp_path / "bad.ipynb")
    exporter = get_exporter("binnenstad")()
    assert "was not run" in refusal(lambda: exporter.from_filename(str(tmp_path / "bad.ipynb")))
