"""Sentences on steering: scope, risks, decisions, and what to talk about."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

import pandas as pd

from binnenstad.efforts.risks import damage
from binnenstad.programme.contract import contract
from binnenstad.words import Words

# what the report on the efforts is made of, beside what every programme has
TABLES = (
    "claims",
    "areas",
    "tracks",
    "effort_indicators",
    "criteria",
    "scope_tests",
    "outside",
    "team",
    "risks",
    "decisions",
)

MOST_NAMED = 4  # rows with one remark, before they are counted


def describe_scope(tested: pd.DataFrame, words: Words) -> list[str]:
    """Return what the programme asks of an effort, and how many meet that (``scope.outcomes``); nothing if it asks none."""
    say_many, n = words.say_many, tested["outcome"].value_counts()
    passes, fails, undecided, untested = (int(n.get(key, 0)) for key in ("passes", "fails", "undecided", "untested"))
    total = passes + fails + undecided + untested
    rows = [
        (passes, say_many("{count} meets the criteria", "{count} meet the criteria", passes)),
        (fails, say_many("{count} does not meet them", "{count} do not meet them", fails)),
        (undecided, say_many("of {count} it cannot be told", "of {count} it cannot be told", undecided)),
        (untested, say_many("{count} was not tested", "{count} were not tested", untested)),
    ]
    clauses = words.listing([clause for count, clause in rows if count])
    found = words.say("Of the {total} efforts, {clauses}.", total=words.number(total), clauses=clauses)
    if untested == total:
        found = words.say("No effort has been tested against the criteria.")
    asked = words.say("An effort belongs in it if it meets a criterion of the goals and one of the course.")
    return [asked, found] if total else []


def describe_risks(risks: pd.DataFrame, words: Words) -> list[str]:
    """Return first how many risks are open (``risks.risks_on``), were scored and have no measure, then what they may cost.

    Nothing without risks.
    """
    if risks.empty:
        return []
    still = risks[risks["state"] == "open"]
    bare = words.listing(sorted(still.loc[still["measure"].isna(), "title"]))
    scored = int(still[["likelihood", "impact"]].notna().all(axis=1).sum())
    old = int(still["old"].sum())
    count = words.say_many("{count} risk is open.", "{count} risks are open.", len(still))
    of_those = words.say_many(
        "Likelihood and impact of {count} of them were scored.", "Likelihood and impact of {count} of them were scored.",
        scored,
    )  # fmt: skip
    sentences = [
        (len(still), count),
        (still.empty, words.say("No risk is open.")),
        (len(still) and not scored, words.say("Nobody has scored their likelihood and impact.")),
        (scored, of_those),
        (
            old,
            words.say_many(
                "{count} of these scores is over a year old.", "{count} of these scores are over a year old.", old
            ),
        ),
        (bare, words.say("No measure is named for {risks}.", risks=bare)),
    ]
    return [" ".join(text for holds, text in sentences if holds), *_damage(damage(risks), words)]


def _damage(found: pd.Series, words: Words) -> list[str]:
    """Return what the risks with amounts may cost together, to two digits, for they are estimates; nothing for none."""
    if found.empty:
        return []
    amounts = {name: words.eur(float(f"{found[name]:.2g}")) for name in ("mean", "p50", "p80", "p90")}
    told = words.say("Of {count} open risks the damage was estimated. Together they cost {mean} on average; the chance is 50% that it is at most {p50}, 80% that it is at most {p80} and 90% that it is at most {p90}.", count=words.number(found["count"]), **amounts)  # fmt: skip
    rests = words.say("This counts a likelihood of 1, 2, 3, 4 or 5 as a chance of 10, 30, 50, 70 or 90%, and takes it that the risks occur independently. Whether the budget has room for it is not known: what was spent is in no table.")  # fmt: skip
    return [told, rests]


def describe_decisions(log: pd.DataFrame, undecided: pd.DataFrame, year: int, words: Words) -> str:
    """Return how much was decided in a year, and how many efforts began without (``decisions.begun_undecided``)."""
    taken = int((log["date"].dt.year == year).sum())
    made = words.say_many(
        "{count} decision on the programme is on record for {year}.",
        "{count} decisions on the programme are on record for {year}.",
        taken,
        year=year,
    )
    without = words.say_many(
        "{count} effort began without a decision.", "{count} efforts began without a decision.", len(undecided)
    )
    none = words.say("No decision on the programme is on record for {year}.", year=year)
    return " ".join([made if taken else none] + [without] * bool(len(undecided)))


def questions(found: pd.DataFrame, body: str, words: Words) -> list[str]:
    """Return what to talk about: one question per kind of finding (``findings.gather``), with what it is about.

    ``body`` decides on the scope. A finding that is told elsewhere raises no question.
    """
    asked = {
        "yes_without_line": words.pattern(
            "{names}: tested as contributing substantially, and no contribution of 2 or 3 is known. Which of the two holds?"
        ),
        "no_with_strong_line": words.pattern(
            "{names}: tested as not contributing substantially, and a contribution of 3 is known. Which of the two holds?"
        ),
        "fails": words.pattern("{names}: not within the criteria of the programme. Does this still belong in it?"),
        "untested": words.pattern("{names}: under way without a test against the criteria. Who tests it, and when?"),
        "undecided": words.pattern(
            "{names}: begun after the start of the programme, and no decision is on record. Who decided on it?"
        ),
        "no_decision": words.pattern(
            "{names}: the budget was changed, and no decision on it is on record. Who decided on it?"
        ),
        "other_body": words.pattern(
            "Not every decision on the scope was taken by the body in charge ({body}). Who decides on it?"
        ),
        "past_due": words.pattern("{names}: a measure was due by now. Was it taken?"),
        "no_risk_named": words.pattern(
            "{names}: the goal is behind, and no open risk is named for it. What is in its way?"
        ),
        "no_paragraph": words.pattern("{names}: under way without a risk paragraph. Which risks are there?"),
    }
    rows = {str(finding): words.listing(list(own)) for finding, own in found.groupby("finding")["name"]}
    return [text.format(names=rows[key], body=body) for key, text in asked.items() if key in rows]


def remarks(source: str, tables: Sequence[tuple[pd.DataFrame, str]], words: Words) -> list[str]:
    """Return the source of the programme, and each remark in tables with the rows it stands at.

    Parameters: the tables, each with the column that names its rows.
    """
    found = [words.say("Source: {sources}", sources=source)] if source else []
    for table, name in tables:
        for note, own in table.dropna(subset=["note"]).sort_values(name).groupby("note")[name]:
            rows = list(own.unique())
            count = words.say("{count} efforts", count=words.number(len(rows)))
            told = words.listing(rows) if len(rows) < MOST_NAMED else count
            found.append(words.say("{efforts}: {note}", efforts=told, note=str(note)))
    return found


def to_fill_in(tables: Mapping[str, pd.DataFrame], words: Words) -> list[str]:
    """Return which tables of this report have no rows yet, with the names a researcher knows them by."""
    title = "title" if words.language == "nl" else f"title_{words.language}"
    empty = [name for name in TABLES if tables[name].empty]
    names = words.listing([f"{str(contract()[name][title]).lower()} ({name})" for name in empty])
    return [words.say("Not filled in, and so not in this report: {tables}.", tables=names)] if empty else []
