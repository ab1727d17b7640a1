"""A programme as it was known on a day: what was published and decided by then, and the levies in force."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.programme.contract import code_names, columns, contract, is_private
from binnenstad.programme.rules import YEARS

# from when a row without a publication date is known
SINCE = YEARS | {"levies": "from"}
# what everybody must pay once it is in force
LEVIES = tuple(code_names("levies", "instrument", "en"))
CHARGE = ["partner", "instrument", "year"]


def known_by(given: Mapping[str, pd.DataFrame], day: pd.Timestamp, years: range) -> dict[str, pd.DataFrame]:
    """Return the tables of a programme with the money of the first of ``years`` and later as known on a day.

    Of each line of a table counts the row last published up to the day; one without a date is known from the first
    day of its year. A decision on the budget of an effort is a newer row of it. A support vote is known once that of
    every group is; a scenario, partner or effort of which there are only later rows is not known, and nothing is of an
    effort that was published, or added by a decision, later. Measurements and other decisions stay: a report looks back
    on earlier days. A year of a levy in force of which ``payments`` has no amount, of the ``years`` and up to the last
    one of a scenario, gets a row with a missing one. Certain is also what is realised, and a levy of a year that is
    over, or in force now; ``estimated`` is one whose amount was not certain.
    """
    tables = dict(given)
    tables["budget"] = _with_decisions(tables["budget"], tables["decisions"])
    for name in (name for name in SINCE if "published" in columns(name)):
        tables[name] = _last_published(tables[name], name, day)
    added = tables["decisions"].query("subject == 'effort_added'").groupby("effort")["date"].min()
    late = {*tables["efforts"].query("published > @day")["id"], *added.index[added > day]}
    about = {name: "effort" for name, rows in tables.items() if "effort" in rows} | {"efforts": "id"}
    tables |= {name: tables[name][~tables[name][of].isin(late)] for name, of in about.items()}
    tables["scenario_lines"] = tables["scenario_lines"].query(f"end_year >= {years.start}")
    votes = tables["votes"][tables["votes"]["scenario"].isin(tables["scenario_lines"]["scenario"])]
    tables["votes"] = votes[votes.groupby("scenario")["date"].transform("max") <= day]
    ahead = range(years.start, max([years.stop, *tables["scenario_lines"]["end_year"] + 1]))
    tables["payments"] = _with_levies(tables["payments"], tables["levies"], ahead, day)
    for by, later in {"partner": "payments", "effort": "budget", "scenario": "scenario_lines"}.items():
        # who is written to is in no report, so in no plan of them either
        open_to_all = [rows[by] for name, rows in tables.items() if by in rows and not is_private(name)]
        named, rows = pd.concat(open_to_all), tables[f"{by}s"]
        tables[f"{by}s"] = rows[rows["id"].isin(named) | ~rows["id"].isin(given[later][by])]
    return tables | {name: tables[name][tables[name][of] >= years.start] for name, of in YEARS.items() if of == "year"}


def _last_published(rows: pd.DataFrame, name: str, day: pd.Timestamp) -> pd.DataFrame:
    key = [column for column in contract()[name]["schema"]["primaryKey"] if column != "published"]
    since = rows["published"].fillna(pd.to_datetime(rows[SINCE[name]].astype("str"), format="ISO8601"))
    # of a row with a date and one without that are known from one day, the first is the newer
    ordered = rows.assign(since=since)[since <= day].sort_values(["since", "published"], na_position="first")
    return ordered.drop_duplicates(key, keep="last").drop(columns="since").sort_index()


def _with_decisions(budget: pd.DataFrame, decisions: pd.DataFrame) -> pd.DataFrame:
    """Add a row for every decision on the budget of an effort: what it becomes in the year of ``effective``."""
    made = decisions[(decisions["subject"] == "budget") & decisions["effort"].notna()]
    made = made.assign(year=made["effective"].dt.year, amount_eur=made["new"].str.replace(",", ".").astype(float))
    made = made[["effort", "year", "amount_eur", "date", "source"]].rename(columns={"date": "published"})
    lines = budget.drop_duplicates(["fund", "effort", "year"])[["fund", "effort", "year", "rank", "illustrative"]]
    amended = lines.merge(made.assign(state="amended"), on=["effort", "year"])
    return pd.concat([budget, amended], ignore_index=True)


def _with_levies(payments: pd.DataFrame, levies: pd.DataFrame, years: range, day: pd.Timestamp) -> pd.DataFrame:
    """Add the years of levies in force of which no amount is known, and say which levies are certain."""
    span = levies.merge(pd.DataFrame({"year": years}), how="cross")
    span = span[(span["from"].dt.year <= span["year"]) & ~(span["until"].dt.year < span["year"])]
    paid, due = (pd.MultiIndex.from_frame(rows[CHARGE]) for rows in (payments, span))
    unknown: pd.DataFrame = span[~due.isin(paid)].drop_duplicates(CHARGE)[[*CHARGE, "source", "note"]]
    over = payments["instrument"].isin(LEVIES) & (payments["year"] < day.year) | (payments["state"] == "realised")
    over |= paid.isin(due) & (payments["year"] == day.year)
    # that it must be paid is certain, and how much is not
    guess = over & (payments["certainty"] != "certain") & (payments["state"] != "realised")
    levied = payments.assign(certainty=payments["certainty"].mask(over, "certain"), estimated=guess)
    unknown = unknown.assign(kind="cash", certainty="certain", illustrative=False, estimated=False)
    return pd.concat([levied, unknown], ignore_index=True)
