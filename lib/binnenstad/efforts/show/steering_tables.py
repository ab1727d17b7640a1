"""Tables of steering: the tests of scope, the risks and the log of decisions."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.efforts.say.work import judges
from binnenstad.efforts.show.contract_columns import contract_columns
from binnenstad.page.blocks import Block
from binnenstad.page.table import Column, table
from binnenstad.programme.cells import ISO_DATE, PLAIN
from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def tabulate_tests(tests: pd.DataFrame, names: Mapping[str, str], words: Words) -> Block:
    """Return each test of ``scope_tests`` that counts on the day: of what, why and by whom; nothing without any.

    ``names`` of efforts and criteria by id.
    """
    rows = tests.assign(effort=tests["effort"].map(names), criterion=tests["criterion"].map(names))
    rows["judged_by"] = [judges(rows["judged_by"].iloc[at : at + 1], words) for at in range(len(rows))]
    heads = ["criterion", "effort", "verdict", "reason", "judged_by", "date"]
    columns = contract_columns("scope_tests", rows.sort_values(heads[:2]), heads, words)
    return table(words.say("The efforts against the criteria"), columns, illustrative=tests["illustrative"])


def show_risks(risks: pd.DataFrame, names: Mapping[str, str], words: Words) -> list[Block]:
    """Return the open risks of ``risks.risks_on`` that were scored on a grid of likelihood and impact, and all of them.

    On the grid likelihood goes down from 5 and impact up to 5; there is none where nothing open was scored. ``names``
    of strategic goals and efforts by id.
    """
    known = risks[risks["state"] == "open"].dropna(subset=["likelihood", "impact"])
    grid = known.groupby(["likelihood", "impact"])["title"].agg("; ".join).unstack()
    grid = grid.reindex(index=range(5, 0, -1), columns=range(1, 6))
    # on a phone a row has no head but this
    columns = [Column(words.say("likelihood"), [words.say("likelihood {score}", score=score) for score in grid.index])]
    columns += [Column(words.say("impact {score}", score=score), grid[score], text=True) for score in range(1, 6)]
    caption = words.say("Open risks by likelihood and impact, 5 being the largest")
    drawn = table(caption, columns if len(known) else [], illustrative=known["illustrative"])
    return [drawn, tabulate_risks(risks, names, words)]


def tabulate_risks(risks: pd.DataFrame, names: Mapping[str, str], words: Words) -> Block:
    """Return the risks of ``risks.risks_on``: what they threaten, why, what is done, and the last score.

    Open risks first; by likelihood times impact, the largest first, and what was not scored last; then by title.
    ``names`` of strategic goals and efforts by id.
    """
    size = (risks["likelihood"] * risks["impact"]).astype(float)
    order = risks.assign(size=-size, over=risks["state"] != "open")
    risks = order.sort_values(["over", "size", "title"], na_position="last")
    linked = (risks["goals"] + risks["efforts"]).map(lambda ids: "; ".join(names[id] for id in ids) or None)
    rows = risks.assign(threatens=linked.fillna(risks["threatens"]).fillna("programme"))
    heads = ["title", "state", "threatens", "cause", "consequence", "measure", "due", "owner"]
    columns = contract_columns("risks", rows, heads, words)
    known = risks.dropna(subset=["likelihood", "impact"])
    if len(known):
        pairs = zip(known["likelihood"], known["impact"], strict=True)
        told = pd.Series([words.listing([*map(words.number, pair)]) for pair in pairs], known.index, dtype="str")
        scored = told.mask(known["old"], told + " " + words.say("(old)")).reindex(risks.index)
        columns.append(Column(words.say("likelihood and impact (1 to 5)"), scored, text=True))
    return table(words.say("The risks"), columns, illustrative=risks["illustrative"])


def tabulate_decisions(log: pd.DataFrame, names: Mapping[str, str], body: str, words: Words) -> Block:
    """Return the log of ``decisions.decision_log``: day, body, what, from what to what, why, and what is amiss.

    ``names`` of operational goals and efforts by id; ``body`` decides on the scope.
    """
    subjects, about = code_names("decisions", "subject", words.language), log["indicator"].fillna(log["effort"])
    what = log["subject"].map(subjects) + (": " + about.map(dict(names))).fillna("")
    amiss = {
        "other_body": words.say("not decided by the body in charge ({body})", body=body),
        "no_amount": words.say("decision without an amount"),
    }
    pairs = (zip(log["subject"], log[of], strict=True) for of in ("old", "new"))
    old, new = (pd.Series([_cell(*pair, words) for pair in own], log.index, dtype="str") for own in pairs)
    rows = log.assign(subject=what, old=old, new=new)
    columns = contract_columns("decisions", rows, ["date", "body", "subject", "old", "new", "reason"], words)
    if log["finding"].any():
        columns.append(Column(words.say("remark"), log["finding"].map(amiss), text=True))
    return table(words.say("Decisions, the last one first"), columns)


def _cell(subject: str, cell: str, words: Words) -> str | None:
    """Return what was or is by decision, as a reader writes amounts, numbers, days and states."""
    if pd.isna(cell):
        return None
    if PLAIN.fullmatch(cell):
        write = words.eur if subject in ("budget", "transfer") else words.number
        return write(float(cell.replace(",", ".")), len(cell.replace(",", ".").partition(".")[2]))
    if ISO_DATE.fullmatch(cell):
        return words.date(pd.Timestamp(cell))
    return code_names("efforts", "state", words.language).get(cell, cell) if subject == "state" else cell
