"""Sentences on steering: scope, risks, decisions, and what to talk about."""

from __future__ import annotations

import pandas as pd

from binnenstad.efforts.risks import damage
from binnenstad.efforts.say.work import beside, by_source, judges
from binnenstad.programme.checked import Programme
from binnenstad.programme.contract import contract
from binnenstad.words import Words

# what the report on the efforts is made of, beside what every programme has
TABLES = (
    "claims", "areas", "tracks", "effort_indicators", "criteria", "scope_tests", "outside", "team", "risks", "decisions",
)  # fmt: skip

NOTED = ("areas", "outside", "team", "criteria", "tracks")  # what else has remarks
BESIDE = ("criteria", "tracks")  # of which they stand beside it, on a page in their language
MOST_NAMED = 4  # efforts on the overview, before they are counted


def describe_scope(tested: pd.DataFrame, tests: pd.DataFrame, kinds: pd.Series, words: Words) -> list[str]:
    """Return what the programme asks of an effort, how many meet that, and who judged; nothing if it asks none.

    Parameters: ``tested`` of ``scope.outcomes``, the ``tests`` it is made of, and the ``kinds`` of the criteria.
    """
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
    asks = {
        "goal": words.say("An effort belongs in it if it meets a criterion of the goals."),
        "course": words.say("An effort belongs in it if it meets a criterion of the course."),
    }
    both = words.say("An effort belongs in it if it meets a criterion of the goals and one of the course.")
    asked = asks[kinds.iloc[0]] if kinds.nunique() == 1 else both
    who = judges(tests.loc[tests["effort"].isin(tested.index), "judged_by"], words)
    judged = [words.say("Whose verdict that is: {judges}.", judges=who)] if who else []
    return [asked, found, *judged] if total else []


def describe_risks(risks: pd.DataFrame, words: Words) -> list[str]:
    """Return first how many risks are open (``risks.risks_on``), were scored and have no measure, then what they may cost.

    Nothing without risks.
    """
    if risks.empty:
        return []
    still, say_many = risks[risks["state"] == "open"], words.say_many
    bare = words.listing(sorted(still.loc[still["measure"].isna(), "title"]))
    marked = still.dropna(subset=["likelihood", "impact"])
    scored, old, who = len(marked), int(still["old"].sum()), judges(marked["judged_by"], words)
    count = say_many("{count} risk is open.", "{count} risks are open.", len(still))
    if len(still) and still["silent"].all():
        count = by_source(count, still["told"].max().year, words)
    sentences = [
        (len(still), count),
        (still.empty, words.say("No risk is open.")),
        (len(still) and not scored, words.say("Nobody has scored their likelihood and impact.")),
        (scored and scored < len(still), words.say("Likelihood and impact of {count} of them were scored ({judges}).", count=words.number(scored), judges=who)),
        (scored and scored == len(still), words.say("Their likelihood and impact were scored ({judges}).", judges=who)),
        (old, say_many("{count} of these scores is over a year old.", "{count} of these scores are over a year old.", old)),
        (bare, words.say("No measure is named for {risks}.", risks=bare)),
    ]  # fmt: skip
    unowned = len(still) and still[["owner", "due"]].isna().all(axis=None)
    nobody = [words.say("No open risk has an owner, or a day on which its measure is due.")] if unowned else []
    return [" ".join(text for holds, text in sentences if holds), *nobody, *_damage(damage(risks), words)]


def _damage(found: pd.Series, words: Words) -> list[str]:
    """Return what the risks with amounts may cost together, to two digits, for they are estimates; nothing for none."""
    if found.empty:
        return []
    amounts = {name: words.eur(float(f"{found[name]:.2g}")) for name in ("mean", "p50", "p80", "p90")}
    told = words.say("Of {count} open risks the damage was estimated. Together they cost {mean} on average; the chance is 50% that it is at most {p50}, 80% that it is at most {p80} and 90% that it is at most {p90}.", count=words.number(found["count"]), **amounts)  # fmt: skip
    rests = words.say("This counts a likelihood of 1, 2, 3, 4 or 5 as a chance of 10, 30, 50, 70 or 90%, and takes it that the risks occur independently. Whether the budget has room for it is not known: what was spent is in no table.")  # fmt: skip
    return [told, rests]


def describe_decisions(log: pd.DataFrame, found: pd.DataFrame, year: int, words: Words) -> str:
    """Return how much was decided in a year, and how many efforts began in it without (``decisions.loose_ends``)."""
    taken = int((log["date"].dt.year == year).sum())
    begun = int(((found["finding"] == "undecided") & (found["start"].dt.year == year)).sum())
    made = words.say_many("{count} decision on the programme is on record for {year}.", "{count} decisions on the programme are on record for {year}.", taken, year=year)  # fmt: skip
    without = words.say_many("{count} effort began in that year without a decision.", "{count} efforts began in that year without a decision.", begun)  # fmt: skip
    none = words.say("No decision on the programme is on record for {year}.", year=year)
    return " ".join([made if taken else none] + [without] * bool(begun))


def questions(found: pd.DataFrame, body: str, words: Words) -> list[str]:
    """Return what to talk about: one question per kind of finding (``findings.gather``), with what it is about.

    ``body`` decides on the scope. A finding that is told elsewhere raises no question.
    """
    asked = {
        "yes_without_line": words.pattern("{names}: tested as contributing substantially, and no contribution of 2 or 3 is known. Which of the two holds?"),
        "no_with_strong_line": words.pattern("{names}: tested as not contributing substantially, and a contribution of 3 is known. Which of the two holds?"),
        "fails": words.pattern("{names}: not within the criteria of the programme. Does this still belong in it?"),
        "untested": words.pattern("{names}: under way without a test against the criteria. Who tests it, and when?"),
        "undecided": words.pattern("{names}: begun after the start of the programme, and no decision is on record. Who decided on it?"),
        "added": words.pattern("{names}: known only since after the start of the programme; whether this was decided is not on record. Was it?"),
        "ended": words.pattern("{names}: the planned end is over, and nothing on record says that this is done. How does it stand?"),
        "no_decision": words.pattern("{names}: the budget was changed, and no decision on it is on record. Who decided on it?"),
        "other_body": words.pattern("Not every decision on the scope was taken by the body in charge ({body}). Who decides on it?"),
        "past_due": words.pattern("{names}: a measure was due by now. Was it taken?"),
        "no_risk_named": words.pattern("Goal {names}: an operational goal is not on course or was not met, and no open risk is named for that goal itself. What is in its way?"),
        "no_paragraph": words.pattern("{names}: under way, and no risk is named with it. Which risks are there?"),
    }  # fmt: skip
    rows = {str(finding): words.listing(list(own)) for finding, own in found.groupby("finding")["name"]}
    return [text.format(names=rows[key], body=body) for key, text in asked.items() if key in rows]


def criteria_texts(criteria: pd.DataFrame, words: Words) -> list[tuple[str, str]]:
    """Return each criterion with its text and what must be known of it; a dash where neither is there."""
    texts = (criteria["text"].fillna("") + " " + beside(criteria, words).fillna("")).str.strip().replace("", "–")
    return list(zip(criteria["title"], texts, strict=True))


def remarks(data: Programme, efforts: pd.DataFrame, risks: pd.DataFrame, words: Words) -> list[str]:
    """Return the source of a programme, and each remark in its tables with the rows it stands at.

    Parameters: the programme, its ``efforts`` at the moment of the report, and its ``risks`` (``risks.risks_on``).
    """
    found = [words.say("Source: {sources}", sources=data.source)] if data.source else []
    found += [words.say("The remarks are in Dutch, as the tables have them.")] if words.language != "nl" else []
    noted = {name: data[name] for name in NOTED if words.language != "nl" or name not in BESIDE}
    if words.language == "nl":
        noted["team"] = noted["team"].dropna(subset=["partner"])
    for table in (data["claims"].assign(title=data["claims"]["text"]), efforts, *noted.values(), risks):
        for note, own in table.dropna(subset=["note"]).sort_values("title").groupby("note")["title"]:
            # also a long list: a reader must be able to find the rows again
            found.append(words.say("{efforts}: {note}", efforts=words.listing(list(own.unique())), note=str(note)))
    return found


def unknown(data: Programme, efforts: pd.DataFrame, log: pd.DataFrame, risks: pd.DataFrame, words: Words) -> list[str]:
    """Return whether no risk names an effort, and which tables of this report have no rows, by names a researcher knows.

    Of an effort that runs a risk is asked about (``risks.unguarded``). Parameters: ``efforts`` and ``log`` of
    ``decisions.work_at``: a decision of after the day was not there yet; ``risks`` of ``risks.risks_on``.
    """
    bare = len(risks) and not risks["efforts"].map(bool).any() and "running" not in set(efforts["state"])
    found = [words.say("No risk is named with any single effort.")] if bare else []
    title = "title" if words.language == "nl" else f"title_{words.language}"
    empty = [name for name in TABLES if (log if name == "decisions" else data[name]).empty]
    names = [f"{str(contract()[name][title]).lower()} ({name})" for name in empty]
    names += [] if data.scope_body else [words.say("who decides on the scope (scope_body)")]
    told = words.say("Not filled in, and so not in this report: {tables}.", tables=words.listing(names))
    return found + [told] * bool(names)
