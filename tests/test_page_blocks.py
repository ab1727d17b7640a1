"""Blocks of a report: escaped, marked where illustrative, the same as HTML and as text."""

from __future__ import annotations

import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from binnenstad.page.blocks import Block, bullets, headline, links, paragraph, section, slug

NASTY = "<script>alert('x')</script> & \"quoted\""
TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cc", "Cs"]), min_size=1).filter(str.strip)


@pytest.mark.parametrize(
    "block",
    [
        headline(NASTY, NASTY),
        section(NASTY, paragraph(NASTY)),
        paragraph(NASTY),
        bullets([NASTY, NASTY]),
        links({'a".html': NASTY}),
    ],
    ids=["headline", "section", "paragraph", "bullets", "links"],
)
def test_text_is_escaped_in_html_and_left_whole_in_plain_text(block: Block) -> None:
    soup = BeautifulSoup(block.html, "html.parser")
    assert soup.find("script") is None
    assert NASTY in soup.get_text()
    assert " ".join(NASTY.split()) in " ".join(block.plain.split())


def test_a_link_cannot_break_out_of_its_attribute() -> None:
    soup = BeautifulSoup(links({'x" onclick="alert(1)': "tekst"}).html, "html.parser")
    assert soup.a is not None
    assert soup.a.attrs == {"href": 'x" onclick="alert(1)'}


@settings(deadline=None, max_examples=25)
@given(TEXTS, TEXTS)
def test_any_text_comes_back_from_the_html_as_it_was(title: str, lead: str) -> None:
    soup = BeautifulSoup(headline(title, lead).html, "html.parser")
    assert soup.h1 is not None
    assert soup.h1.get_text() == title
    assert soup.select_one("p.lead").get_text() == lead


def test_a_block_shows_itself_as_html_and_as_text() -> None:
    block = paragraph("Zes van de negen doelen zijn op koers.")
    bundle = block._repr_mimebundle_()
    assert bundle == {
        "text/html": '<div class="block"><p>Zes van de negen doelen zijn op koers.</p></div>',
        "text/plain": "Zes van de negen doelen zijn op koers.",
    }
    assert block._repr_mimebundle_(include=["text/html"], exclude=[]) == bundle


@pytest.mark.parametrize("illustrative", [True, False])
def test_a_block_on_an_example_figure_carries_the_mark(illustrative: bool) -> None:
    made = [
        headline("a", "b", illustrative=illustrative),
        paragraph("a", illustrative=illustrative),
        bullets(["a"], illustrative=illustrative),
        section("a", paragraph("a", illustrative=illustrative)),
    ]
    marked = ['data-illustrative="true"' in block._repr_mimebundle_()["text/html"] for block in made]
    assert marked == [illustrative] * len(made)


def test_one_illustrative_part_marks_its_whole_section_at_any_depth() -> None:
    real, example = paragraph("echt"), paragraph("voorbeeld", illustrative=True)
    assert section("a", real, section("b", real, example)).illustrative
    assert not section("a", real, section("b", real)).illustrative


def test_pictures_are_drawn_for_a_mail_only_in_a_section_that_goes_into_one() -> None:
    kind = "application/vnd.binnenstad.png+json"
    picture = Block("<figure></figure>", "balk", pngs=(("p1-wide", lambda: b"wide"), ("p1-narrow", lambda: b"narrow")))
    parts = [paragraph("tekst"), section("Deel", picture)]
    assert kind not in picture._repr_mimebundle_()
    kept = section("Geld", *parts)._repr_mimebundle_()
    mailed = section("Geld", *parts, mailed=True)._repr_mimebundle_()
    assert mailed == kept | {kind: {"p1-wide": "d2lkZQ==", "p1-narrow": "bmFycm93"}}


def test_a_section_is_labelled_by_its_own_heading() -> None:
    soup = BeautifulSoup(section("Wie betaalt?", paragraph("een"), paragraph("twee")).html, "html.parser")
    assert soup.section is not None
    assert soup.h2 is not None
    assert soup.section["aria-labelledby"] == soup.h2["id"] == "s-" + slug("Wie betaalt?")
    assert [p.get_text() for p in soup.section.find_all("p")] == ["een", "twee"]


def test_plain_text_is_underlined_wrapped_and_separated() -> None:
    assert headline("Kosten", "Een zin.").plain == "Kosten\n======\nEen zin.\n"
    assert section("Deel", paragraph("een"), paragraph("twee")).plain == "Deel\n----\n\neen\n\ntwee"
    assert bullets(["een", "twee"]).plain == "- een\n- twee"
    assert links({"goals.html": "De doelen"}).plain == "- De doelen: goals.html"
    assert max(map(len, paragraph("woord " * 100).plain.splitlines())) <= 78


def test_no_items_give_no_empty_list() -> None:
    assert bullets([]) == Block("", "")


@settings(deadline=None, max_examples=25)
@given(st.text(max_size=300))
def test_a_slug_can_be_an_anchor(text: str) -> None:
    assert re.fullmatch(r"[a-z0-9-]{0,40}-[0-9a-f]{12}", slug(text))
    assert slug(text) == slug(text)


def test_different_texts_have_different_slugs() -> None:
    texts = ["Wie betaalt?", "wie betaalt", "Wie betaalt!", "", "é", "è", "x" * 41, "x" * 42, "<b>", "a b", "a-b"]
    assert len({slug(text) for text in texts}) == len(texts)
