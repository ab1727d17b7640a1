"""Rules between rows, columns and tables: small functions, each says once which rows break it and the way out."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

import pandas as pd

from binnenstad.programme.cells import ISO_DATE, READERS, Broken, Wrong, written
from binnenstad.programme.contract import columns
from binnenstad.words import Words
from binnenstad.words.addresses import hides, is_address

Frames = dict[str, pd.DataFrame]
YEARS = dict.fromkeys(("budget", "payments", "budget_totals", "cuts"), "year") | {"scenario_lines": "start_year"}
# random arrival goes through all groups of claimants, 2^n of them
MOST_CLAIMANTS = 20
# the target is then this much more than the baseline, or this part of it more
CHANGES = ("change", "relative")
# what a decision of each kind is about, in which table; the others are for mention only
DECIDED = {
    "indicators": ("target_value", "target_kind", "target_date", "baseline_value", "baseline_date", "weight"),
    "efforts": ("state",),
}


def _targets(goals: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    has = goals.notna()
    rule = words.say("is empty while its partner column is filled")
    for pair in (("target_value", "target_kind"), ("target_value", "target_date"), ("baseline_value", "baseline_date")):
        way_out = words.say("Fill both or neither: {columns}.", columns=", ".join(pair))
        yield from (Broken(has[filled] & ~has[empty], empty, rule, way_out) for filled, empty in (pair, pair[::-1]))
    on_nothing = goals["target_kind"].isin(CHANGES) & ~has["baseline_value"]
    rule = words.say("is empty while the target is a change on it")
    yield Broken(on_nothing, "baseline_value", rule, words.say("Give the baseline or an absolute target."))
    early, rule = goals["target_date"] <= goals["baseline_date"], words.say("is not after the baseline date")
    yield Broken(early, "target_date", rule, words.say("Correct one of the two dates."))


def _changes(goals: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    """Give targets that make no sense as a change on the baseline; an absolute one may be a level to keep."""
    relative = goals["target_kind"] == "relative"
    rule = words.say("is not above 0 while the target is a part of it")
    way_out = words.say("Correct the baseline, or give the target as absolute or change.")
    yield Broken(relative & (goals["baseline_value"] <= 0), "baseline_value", rule, way_out)
    change = goals["target_value"].where(goals["target_kind"].isin(CHANGES))
    rule = words.say("is more than the whole baseline")
    way_out = words.say("Write a part of 1 (0,05 is 5% more), or give a larger target as absolute or change.")
    yield Broken(relative & (change.abs() > 1), "target_value", rule, way_out)
    at_least = goals["direction"] == "at_least"
    against, rule = at_least & (change < 0) | ~at_least & (change > 0), words.say("contradict each other")
    way_out = words.say("at_least goes with a rise, at_most with a fall; a level to keep is an absolute target.")
    yield Broken(against & goals["direction"].notna(), "direction, target_value", rule, way_out)


def _limits(goals: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    absolute = goals["target_value"].where(goals["target_kind"] == "absolute")
    yield from (_outside(values, goals, words) for values in (goals["baseline_value"], absolute))
    factor = goals["baseline_value"].where(goals["target_kind"] == "relative", 1.0)
    target = goals["baseline_value"] + factor * goals["target_value"].where(goals["target_kind"].isin(CHANGES))
    rule = words.say("puts the target outside the natural limits of its goal")
    yield _outside(target.rename("target_value"), goals, words)._replace(rule=rule)


def _measured(values: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    yield _outside(values["value"], _goals_of(values, frames), words)


def _goals_of(rows: pd.DataFrame, frames: Frames) -> pd.DataFrame:
    return frames["indicators"].drop_duplicates("id").set_index("id").reindex(rows["indicator"]).set_axis(rows.index)


def _outside(values: pd.Series, goals: pd.DataFrame, words: Words) -> Broken:
    """Give values outside the natural limits of their goals; a share has those of 0 and 1 as well."""
    outside = (values < goals["lower_limit"]) | (values > goals["upper_limit"])
    outside |= (goals["unit"] == "share") & ((values < 0) | (values > 1))
    way_out = words.say("Correct it or the limits in indicators; a share is written as part of 1 (0,60).")
    return Broken(outside, str(values.name), words.say("lies outside the natural limits of its goal"), way_out)


def _weights(rows: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    weight, way_out = rows["weight"], words.say("Fill the weight in every row or in none.")
    some, rule = bool(weight.notna().any()), words.say("is empty while other rows have a weight")
    yield Broken(weight.isna() & some, "weight", rule, way_out)
    yield Broken((weight == 0) & (weight.sum() == 0), "weight", words.say("is 0 in every row"), way_out)


def _funds(rows: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    known = sorted(frames["budget"]["fund"].dropna().unique())
    names, rule = ", ".join(known), words.say("is no fund of the budget")
    way_out = words.say("Write it as in the budget ({names}).", names=names)
    if "partner" in rows:
        way_out = words.say("Write it as in the budget ({names}), or leave it empty for money beside it.", names=names)
    yield Broken(rows["fund"].notna() & ~rows["fund"].isin(known), "fund", rule, way_out, ("budget", "fund"))


def _tariffs(lines: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    has = lines.notna().assign(deducted=lines["deducted"])
    one = has[["amount_eur", "flat_eur", "rate"]].sum(axis=1) == 1
    rule = words.say("a row needs exactly one amount, tariff or rate")
    yield Broken(~one, "amount_eur", rule, words.say("Fill exactly one of the three: amount_eur, flat_eur or rate."))
    rule, way_out = words.say("is empty while there is a tariff per payer"), words.say("Say how many pay it.")
    yield Broken(has["flat_eur"] & ~has["payers"], "payers", rule, way_out)
    way_out = words.say("Give the summed WOZ value, or whatever measure the rate is on.")
    yield Broken(has["rate"] & ~has["base"], "base", words.say("is empty while there is a rate on it"), way_out)
    rule, way_out = words.say("counts for nothing beside what this row charges"), words.say("Leave the cell empty.")
    unused = {"payers": ~has["flat_eur"], "deducted": ~has["rate"] | ~has["above"]}
    unused |= dict.fromkeys(("base", "minimum_eur", "maximum_eur"), ~has["rate"])
    unused |= dict.fromkeys(("participation", "above", "up_to"), has["amount_eur"])
    yield from (Broken(has[column] & without & one, column, rule, way_out) for column, without in unused.items())


def _cuts(cuts: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    # a later budget may have taken the cut in, so it is held against the most that was ever budgeted
    most = frames["budget"].groupby(["fund", "year", "effort"]).agg({"amount_eur": "max", "rank": "count"})
    found = most.assign(effort=1).groupby(["fund", "year"]).sum()
    now = found.reindex(pd.MultiIndex.from_frame(cuts[["fund", "year"]])).set_axis(cuts.index)
    rule = words.say("is not less than the budget of that fund and year")
    way_out = words.say("Correct the fund, the year or the amount.")
    wrong = cuts["new_amount_eur"] >= now["amount_eur"].fillna(0.0)
    yield Broken(wrong, "fund, year, new_amount_eur", rule, way_out, ("budget", "amount_eur"))
    wrong = (cuts["rule"] == "priority") & (now["rank"] == 0)
    wrong |= (cuts["rule"] == "random_arrival") & (now["effort"] > MOST_CLAIMANTS)
    rule = words.say("asks a rank in budget (priority) or {most} efforts at most (random_arrival)", most=MOST_CLAIMANTS)
    yield Broken(wrong, "rule", rule, words.say("Fill in rank in the budget, or choose another rule."))


def _voted_on(votes: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    levies = frames["scenario_lines"].query("instrument == 'biz'")
    rule = words.say("is a scenario without a BIZ, and only a BIZ is voted on")
    way_out = words.say("Name a scenario with a BIZ in scenario_lines, or remove the row.")
    yield Broken(~votes["scenario"].isin(levies["scenario"]), "scenario", rule, way_out)
    tariffs = levies.groupby(["scenario", "partner"])["flat_eur"].transform("nunique")
    differs = levies[levies["rate"].notna() | (tariffs > 1)]["scenario"]
    rule = words.say("is true while the tariff of the BIZ in scenario_lines differs with the WOZ value")
    way_out = words.say("Write false and give the WOZ values, or correct the tariff.")
    yield Broken(votes["flat"] & votes["scenario"].isin(differs), "flat", rule, way_out)


def _vote_counts(votes: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    answers, way_out = votes["in_favour"] + votes["against"], words.say("Correct the counts.")
    rule = words.say("is, with the votes against, more than the number who are liable")
    yield Broken(answers > votes["liable"], "in_favour", rule, way_out)
    nobody = answers.groupby(votes["scenario"]).transform("sum") == 0
    yield Broken(nobody, "in_favour", words.say("has no answer in any group, so the vote has no result"), way_out)
    flat, rule = votes.groupby("scenario")["flat"], words.say("differs from other rows of the scenario")
    yield Broken(flat.transform("nunique") > 1, "flat", rule, words.say("Write the same in every row of the scenario."))
    rule = words.say("is empty while the tariff is not flat")
    way_out = words.say("Give the WOZ value of the answers, or write true in flat.")
    for column in ("woz_in_favour_eur", "woz_against_eur"):
        yield Broken(~votes["flat"] & votes[column].isna(), column, rule, way_out)


def _effort_or_goal(rows: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    ok, rule = rows[["effort", "goal"]].notna().sum(axis=1) == 1, words.say("stands beside a goal, or both are empty")
    yield Broken(~ok, "effort", rule, words.say("Fill exactly one of the two: effort or goal."))


def _recipients(recipients: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    rule, way_out = words.say("holds a character that cannot be seen"), words.say("Type it anew, do not paste it.")
    yield from (Broken(recipients[it].fillna("").map(hides), it, rule, way_out) for it in ("name", "address"))
    address = recipients["address"]
    wrong = address.notna() & ~address.fillna("").map(is_address)
    rule, way_out = words.say("is no e-mail address"), words.say("Write it as name@example.org, one address.")
    yield Broken(wrong, "address", rule, way_out)
    of_partner, partner = recipients["audience"] == "partner", recipients["partner"]
    rule = words.say("is empty for a recipient of audience partner")
    way_out = words.say("Say which partner, or choose another audience.")
    yield Broken(of_partner & partner.isna(), "partner", rule, way_out)
    strange = recipients["audience"].notna() & ~of_partner & partner.notna()
    rule = words.say("is filled for a recipient of another audience")
    yield Broken(strange, "partner", rule, words.say("Leave it empty, or make the audience partner."))
    same = recipients.assign(address=address.str.lower()).duplicated(["address", "audience", "partner", "language"])
    rule = words.say("would get the same mail twice")
    yield Broken(same & address.notna(), "address", rule, words.say("Remove one of the rows."))


def _decisions(decisions: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    subject, of, again = decisions["subject"], ["indicator", "effort"], decisions.duplicated()
    about = {"indicator": [*DECIDED["indicators"], "control_limits"], "effort": [*DECIDED["efforts"], "effort_added"]}
    for name, subjects in {**about, "effective": ["control_limits"]}.items():
        empty, rule = subject.isin(subjects) & decisions[name].isna(), words.say("is empty, and the decision needs it")
        yield Broken(empty, name, rule, words.say("Fill it in."))
    by_year = decisions.assign(effective=decisions["effective"].dt.year.where(subject == "budget"))
    same = again | by_year.duplicated(["date", "subject", *of, "effective"]) & decisions[of].notna().any(axis=1)
    yield Broken(same, "date, subject", words.say("is decided twice on one day"), words.say("Keep the one that holds."))


def _claims(claims: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    rule, firsts = words.say("differs from an earlier row of the same claim"), claims.groupby("id").transform("first")
    for column in ("goal", "text"):
        differs = claims[column].notna() & (claims[column] != firsts[column])
        yield Broken(differs, column, rule, words.say("Write the same, or give it an id of its own."))
    goals, own = _goals_of(claims, frames)["goal"], firsts["goal"]
    other = goals.notna() & (goals != own) & own.isin(frames["indicators"]["goal"])
    yield Broken(other, "indicator", words.say("belongs to another goal"), words.say("Correct one of the two."))
    bare = claims["indicator"].isna() & firsts["indicator"].notna()
    yield Broken(bare, "indicator", words.say("is empty in one row of the claim only"), words.say("Remove the row."))


def _amounts(decisions: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    amounts = {name: pd.to_numeric(decisions[name].str.replace(",", "."), errors="coerce") for name in ("old", "new")}
    made, budget = decisions.assign(year=decisions["effective"].dt.year, **amounts), frames["budget"]
    of_one = budget[budget.groupby(["effort", "year"])["fund"].transform("nunique") == 1]
    held = pd.concat([of_one.rename(columns={"amount_eur": "new"}), made])[["effort", "year", "new"]]
    strange = ~made[["effort", "year", "old"]].apply(tuple, axis=1).isin(held.apply(tuple, axis=1))
    about = (decisions["subject"] == "budget") & decisions["effort"].notna()
    rule = words.say("is not the amount of before, or none, of the one row of this effort in the budget of that year")
    way_out = words.say("Correct the amounts or the day in effective; the budget keeps the amount of before.")
    yield Broken(about & (strange | made["new"].isna()), "old, new", rule, way_out)


def _outcomes(decisions: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    """Give decisions whose old or new cannot be, and whose new is not the old of the next one, or the table now."""
    subjects = decisions["subject"]
    old, new = (decisions[name].combine(subjects, partial(_meant, words=words)) for name in ("old", "new"))
    rule = words.say("does not fit the column it is about")
    way_out = words.say("Write it as in that column: a number without thousands separators, or yyyy-mm-dd.")
    yield from (Broken(cells.isna(), name, rule, way_out) for name, cells in (("old", old), ("new", new)))
    goals, kinds = _goals_of(decisions, frames), decisions.loc[subjects == "target_kind", "indicator"]
    absolute = (goals["target_kind"] == "absolute") & ~decisions["indicator"].isin(kinds)
    limited = (subjects == "baseline_value") | (subjects == "target_value") & absolute
    for column, cells in (("old", old), ("new", new)):
        yield _outside(pd.to_numeric(cells.where(limited)).rename(column), goals, words)
    wrong = pd.Series(False, index=decisions.index)
    for table, of in (("indicators", "indicator"), ("efforts", "effort")):
        now = frames[table].drop_duplicates("id").set_index("id")
        decided = decisions[subjects.isin(DECIDED[table]) & decisions[of].isin(now.index)]
        for (name, subject), lines in decided.sort_values("date", kind="stable").groupby([of, "subject"]):
            then = [*old[lines.index[1:]], written(now.at[name, subject])]
            wrong[lines.index] = new[lines.index] != then
    rule = words.say("is not what the table, or the next decision, says")
    yield Broken(wrong, "new", rule, words.say("Correct the decision, or the cell it changed."))


def _meant(cell: object, subject: str, words: Words) -> str | None:
    """Return old or new as the column it is about would show it; empty is "", and None does not fit there."""
    if not isinstance(cell, str):
        return written(cell)
    table = "efforts" if subject in DECIDED["efforts"] else "indicators"
    field = (columns(table) | {"budget": columns("budget")["amount_eur"]}).get(subject, {"type": "string"})
    # one way to write a date: 05-03-2022 must not become the third of May
    if field["type"] == "date" and not ISO_DATE.fullmatch(cell):
        return None
    value = READERS[field["type"]](cell, words)
    fits = not isinstance(value, Wrong) and value in field.get("constraints", {}).get("enum", [value])
    return written(value) if fits else None


def _today(scenarios: pd.DataFrame, frames: Frames, words: Words) -> Iterator[Broken]:
    without = ~scenarios["id"].isin(frames["scenario_lines"]["scenario"])
    rule = words.say("has no lines, and so has another scenario, while only today has none")
    way_out = words.say("Give it lines in scenario_lines, or remove it.")
    yield Broken(without & (without.sum() > 1), "id", rule, way_out, ("scenario_lines", "scenario"))


RULES = {
    "goals": (_weights,), "indicators": (_targets, _changes, _limits, _weights), "measurements": (_measured,),
    "claims": (_claims,), "risk_links": (_effort_or_goal,), "interests": (_effort_or_goal,),
    "payments": (_funds,), "budget_totals": (_funds,), "cuts": (_funds, _cuts), "scenario_lines": (_tariffs,),
    "votes": (_voted_on, _vote_counts), "recipients": (_recipients,), "scenarios": (_today,),
    "decisions": (_decisions, _amounts, _outcomes),
}  # fmt: skip
