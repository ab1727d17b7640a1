"""What the law asks of a way to pay, with act, article and where that was read; and what to mind that is no law."""

from __future__ import annotations

import json
from importlib.resources import files

import pandas as pd

from binnenstad.words import Words


def describe_flags(
    flags: pd.DataFrame, titles: pd.Series, names: pd.Series, year: int, words: Words
) -> tuple[list[str], list[str]]:
    """Return a sentence per rule that asks for attention, with whom it concerns in which scenarios: law, and no law.

    ``flags`` is the result of ``scenarios.legal_flags``; ``titles`` those of the scenarios, in their order, and
    ``names`` of the partners, by id. Both are empty without flags. The rules stand in ``rules_of_law.json``; one
    without an act is no law. A ruling of after the ``year`` of the report is not cited (``read_since``).
    """
    said: dict[bool, list[str]] = {True: [], False: []}
    read = words.pattern("{rule} ({act}, article {articles}; read in {read}).")
    bare = words.pattern("{rule} ({act}, article {articles}).")
    concerns = words.pattern("{rule} This concerns {cases}.")
    for rule in json.loads((files("binnenstad.costs") / "rules_of_law.json").read_text(encoding="utf-8")):
        found = flags[flags["flag"] == rule["flag"]].groupby("scenario")["partner"].unique()
        payers = found.reindex(titles.index).dropna().map(lambda ids: words.listing(list(names[ids])))
        cases = [f"{who} ({'; '.join(titles[same.index])})" for who, same in payers.groupby(payers, sort=False)]
        text = rule["rule" if words.language == "nl" else "rule_en"]
        articles = words.listing(rule.get("articles", []))
        source = read if rule.get("read_since", year) <= year else bare
        sentence = source.format(**rule | {"rule": text, "articles": articles}) if "act" in rule else f"{text}."
        said["act" in rule] += [concerns.format(rule=sentence, cases="; ".join(cases))] * bool(cases)
    return said[True], said[False]
