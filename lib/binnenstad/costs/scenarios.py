"""Scenarios side by side: today's payments, changed by the lines of a scenario."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.costs.instruments import legal_flags, yields

# more years do not fit side by side
MOST_YEARS = 6
LINE = ["scenario", "partner", "instrument", "year", "certainty"]


def money_of_scenarios(tables: Mapping[str, pd.DataFrame], years: range) -> pd.DataFrame:
    """Return the money of every scenario, a row per partner, instrument, band and year.

    A scenario is today's cash (``payments``) with changes: a line of ``scenario_lines`` comes in the
    place of today's payments of that partner by that instrument, in the years it holds, and otherwise
    on top of them. A scenario without lines is today; one whose lines hold in none of the years is left
    out, and without any other than today there is nothing to set side by side. Returns ``scenario``, ``partner``,
    ``instrument``, ``year``, ``certainty``, ``gross`` and ``net`` [EUR] and ``illustrative``.
    """
    cash = tables["payments"][tables["payments"]["kind"] == "cash"]
    today = cash.rename(columns={"amount_eur": "gross"})
    today = today.assign(illustrative=cash.get("illustrative", False))
    today = today.assign(net=today["gross"])
    lines = tables["scenario_lines"]
    lines = lines.assign(**yields(lines))
    parts: list[pd.DataFrame] = []
    in_force = lines[(lines["start_year"] < years.stop) & (lines["end_year"] >= years.start)]
    asleep = set(lines["scenario"]) - set(in_force["scenario"])
    for scenario in tables["scenarios"]["id"]:
        if scenario in asleep or in_force.empty:
            continue
        own = [lines[(lines["scenario"] == scenario) & (lines["start_year"] <= year) & (lines["end_year"] >= year)]
               .assign(year=year) for year in years]  # fmt: skip
        new = pd.concat(own) if own else lines.iloc[:0].assign(year=0)
        keys = ["partner", "instrument", "year"]
        kept = today[~pd.MultiIndex.from_frame(today[keys]).isin(pd.MultiIndex.from_frame(new[keys]))]
        parts += [frame.assign(scenario=scenario) for frame in (kept, new) if len(frame)]
    columns = [*LINE, "gross", "net", "illustrative"]
    every: pd.DataFrame = pd.concat(parts or [pd.DataFrame(columns=columns)], ignore_index=True)
    return every[columns]


def paid_in_scenarios(money: pd.DataFrame, year: int) -> pd.DataFrame:
    """Return who pays what in one year: partner x scenario [EUR], before the cost of collecting.

    Scenarios stand in the order of the table, partners by what they pay in all of them together.
    """
    own = money[money["year"] == year]
    table = own.pivot_table(index="partner", columns="scenario", values="gross", aggfunc="sum", fill_value=0.0)
    order = table.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return table.reindex(index=order, columns=own["scenario"].unique())


def shares_of_scenarios(paid: pd.DataFrame, benefit: pd.Series) -> pd.DataFrame:
    """Return which part of the money each partner pays in every scenario, beside its part of the benefit [1].

    Parameters: ``paid`` of ``paid_in_scenarios``; ``benefit`` per partner in any unit. Returns partner x
    ``benefit`` and the scenarios; missing where nothing is paid, or no benefit is known.

    >>> paid = pd.DataFrame({"today": [3.0, 1.0]}, index=["city", "shops"])
    >>> shares_of_scenarios(paid, pd.Series({"shops": 1.0})).loc["shops"].to_dict()
    {'benefit': 1.0, 'today': 0.25}
    """
    every = [*paid.index, *benefit.index[benefit > 0].difference(paid.index)]
    table = paid.reindex(every).astype(float).fillna(0.0)
    table.insert(0, "benefit", benefit.reindex(every).astype(float).fillna(0.0))
    return table.div(table.sum().where(table.sum() > 0)).rename_axis("partner")


def yields_ahead(tables: Mapping[str, pd.DataFrame], year: int) -> pd.DataFrame:
    """Return what each scenario of a year brings in that year and after, while its lines hold: scenario x year [EUR].

    After the cost of collecting and without maintenance money; at most six years.
    """
    lines = tables["scenario_lines"]
    held = lines[(lines["start_year"] <= year) & (lines["end_year"] >= year)]
    last = min(int(held["end_year"].max()), year + MOST_YEARS - 1) if len(held) else year
    now = money_of_scenarios(tables, range(year, year + 1))["scenario"].unique()
    money = money_of_scenarios(tables, range(year, last + 1))
    money = money[money["scenario"].isin(now) & money["year"].between(year, last)]
    free = money[money["instrument"] != "maintenance_transfer"]
    table = free.pivot_table(index="scenario", columns="year", values="net", aggfunc="sum", fill_value=0.0)
    return table.reindex(now).round(2)


def compare_scenarios(money: pd.DataFrame, benefit: pd.Series, year: int) -> pd.DataFrame:
    """Return per scenario what it brings in one year, and how far payment lies from benefit.

    Parameters: ``money`` of ``money_of_scenarios``; ``benefit`` per partner in any unit. Returns per
    scenario ``gross``, ``collection``, ``tied`` (maintenance money, which comes with a task that costs as
    much) and ``net``, what is left [EUR]; ``certain``, ``expected`` and ``uncertain`` [EUR] of what is
    left; ``payers`` (partners who pay), ``apart`` [1] (the part of the money that would have to be paid
    by others for payment to follow benefit; missing if either is unknown) and ``illustrative``.
    """
    own = money[money["year"] == year]
    paid = paid_in_scenarios(money, year)
    table = own.groupby("scenario", sort=False)[["gross", "net"]].sum().round(2)
    table.insert(1, "collection", (table["gross"] - table["net"]).round(2))
    is_tied = own["instrument"] == "maintenance_transfer"
    tied = own[is_tied].groupby("scenario")["net"].sum().reindex(table.index, fill_value=0.0)
    table.insert(2, "tied", tied.round(2))
    table["net"] = (table["net"] - table["tied"]).round(2)
    for certainty in ("certain", "expected", "uncertain"):
        rows = own[(own["certainty"] == certainty) & ~is_tied]
        table[certainty] = rows.groupby("scenario")["net"].sum().reindex(table.index, fill_value=0.0)
    table["payers"] = (paid > 0).sum()
    every = paid.index.union(benefit.index)
    cost = paid.reindex(every, fill_value=0.0).div(paid.sum().where(paid.sum() > 0))
    gets = (
        (benefit / benefit.sum()).reindex(every, fill_value=0.0)
        if benefit.sum()
        else benefit.reindex(every) * float("nan")
    )
    table["apart"] = cost.sub(gets, axis=0).clip(lower=0.0).sum(min_count=len(every))
    table["illustrative"] = own.groupby("scenario")["illustrative"].any()
    return table


def flags_of_scenarios(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the legal flags of every scenario: ``scenario``, ``partner``, ``instrument`` and ``flag``.

    Flags of today's payments count in every scenario that keeps them.
    """
    segments = tables["partners"].set_index("id")["segment"]
    lines = tables["scenario_lines"]
    cash = tables["payments"][tables["payments"]["kind"] == "cash"]
    span = cash.groupby(["partner", "instrument", "certainty"], as_index=False).agg(
        start_year=("year", "min"), end_year=("year", "max")
    )
    # a line of nothing only ends what is paid today
    paid = lines[yields(lines)["gross"] > 0]
    parts = [legal_flags(paid, segments)]
    replaced = set(zip(lines["scenario"], lines["partner"], lines["instrument"], strict=True))
    for scenario in tables["scenarios"]["id"]:
        is_kept = [(scenario, row.partner, row.instrument) not in replaced for row in span.itertuples()]
        kept = span[pd.Series(is_kept, index=span.index, dtype=bool)].assign(scenario=scenario)
        # together, for a new levy may meet one of today; of today's payments no measure or ground is known
        together = pd.concat([kept, paid.loc[paid["scenario"] == scenario, kept.columns]])
        parts.append(legal_flags(together, segments))
    every = pd.concat(parts).drop_duplicates()
    return every.sort_values(["scenario", "partner", "instrument", "flag"], ignore_index=True)
