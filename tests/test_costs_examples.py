"""Whose judgement stands behind the costs, and which of their tables hold examples."""

from binnenstad.costs.say.examples import judged_or_example


def test_what_is_judged_and_what_is_an_example_is_said(almelo, nl, assert_clean):
    notes = judged_or_example(almelo.tables, 2019, nl)
    assert_clean(notes)
    assert notes[0].startswith("Hoe sterk een inspanning aan een doel bijdraagt, is het oordeel van: onderzoeker.")
    assert notes[1] == "Voorbeeldcijfers staan in: de scenario’s."
    bare = almelo.tables | {name: almelo[name].iloc[:0] for name in ("effort_indicators", "scenario_lines")}
    assert judged_or_example(bare, 2019, nl) == []
