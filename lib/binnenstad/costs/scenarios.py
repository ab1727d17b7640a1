"""Scenarios side by side: today's payments, changed by the lines of a scenario; and which rules of law they meet.

Sources: Wet op de bedrijveninvesteringszones; Gemeentewet articles 219, 220 and 227. A line is one
partner charged by one instrument (table ``scenario_lines`` of the contract).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.costs.money import CERTAINTIES, certain_for_a_year, for_the_centre
from binnenstad.costs.votes import judge_votes
from binnenstad.programme.known import LEVIES

Tables = Mapping[str, pd.DataFrame]
# more years do not fit side by side
MOST_YEARS = 6
# Wet op de bedrijveninvesteringszones, article 3: a levy holds for at most five years
MOST_BIZ_YEARS = 5
# Gemeentewet, article 219 paragraph 2: of every municipal tax
FORBIDDEN_MEASURES = ("income", "profit", "wealth")
CHARGE = ["scenario", "partner", "instrument"]


def yields(lines: pd.DataFrame) -> pd.DataFrame:
    """Return what each line brings in a year [EUR], to the cent.

    A line gives an ``amount_eur``, a tariff per payer (``payers`` x ``flat_eur``) or a ``rate`` on a
    ``base`` (such as the summed WOZ value or the property tax paid); ``participation`` [1] is the part
    that takes part, all if missing; ``collection_share`` [1] stays with who collects, none if missing.
    Returns ``gross`` (what is paid) and ``net`` (what reaches the programme).

    >>> lines = pd.DataFrame({"amount_eur": [None], "payers": [250], "flat_eur": [200.0], "rate": [None],
    ...                       "base": [None], "participation": [None], "collection_share": [0.05]})
    >>> yields(lines).to_dict("records")
    [{'gross': 50000.0, 'net': 47500.0}]
    """
    number = lines[["amount_eur", "payers", "flat_eur", "rate", "base", "participation", "collection_share"]]
    number = number.astype(float)
    tariff = (number["payers"] * number["flat_eur"]).fillna(number["rate"] * number["base"])
    gross = number["amount_eur"].fillna(tariff * number["participation"].fillna(1.0)).round(2)
    collection = (gross * number["collection_share"].fillna(0.0)).round(2)
    return pd.DataFrame({"gross": gross, "net": (gross - collection).round(2)})


def _without(today: pd.DataFrame, lines: pd.DataFrame, by: list[str]) -> pd.DataFrame:
    """Return the rows of today in whose place no line comes: none is of the same scenario, partner, and so on."""
    return today[~pd.MultiIndex.from_frame(today[by]).isin(pd.MultiIndex.from_frame(lines[by]))]


def today_of(tables: Tables) -> str:
    """Return the id of today: the scenario without lines, whatever its row; "" where the table describes none."""
    ids = tables["scenarios"]["id"]
    return next(iter(ids[~ids.isin(tables["scenario_lines"]["scenario"])]), "")


def after_votes(tables: Tables) -> Tables:
    """Return the tables after the support votes in them: no scenario whose vote was lost, and a BIZ that won certain.

    A vote decides: what may not come has no yield, and what may come needs no vote any more. Where one group voted on
    a BIZ of more partners no table says which of them may be charged, so its yield is not known.
    """
    won = {scenario: all(test.met for test in tests) for scenario, tests in judge_votes(tables["votes"]).items()}
    lost = [scenario for scenario, favour in won.items() if not favour]
    scenarios, lines = (
        tables[name][~tables[name][column].isin(lost)]
        for name, column in (("scenarios", "id"), ("scenario_lines", "scenario"))
    )
    decided = (lines["instrument"] == "biz") & lines["scenario"].isin(won)
    lines = lines.assign(certainty=lines["certainty"].mask(decided, "certain"))
    alone = decided & lines["scenario"].isin(tables["votes"]["scenario"].drop_duplicates(keep=False))
    payers = lines[alone].groupby("scenario")["partner"].transform("nunique")
    lines.loc[payers.index[payers > 1], ["amount_eur", "flat_eur", "rate"]] = float("nan")
    return {**tables, "scenarios": scenarios, "scenario_lines": lines}


def scenarios_of_year(tables: Tables, year: int) -> list[str]:
    """Return the ids of the scenarios of a year: today, always and first, and those with a line in the year.

    None where there is nothing to set beside today.
    """
    lines = tables["scenario_lines"]
    own = lines.loc[(lines["start_year"] <= year) & (lines["end_year"] >= year), "scenario"]
    return [today_of(tables), *sorted(own.unique())] if len(own) else []


def years_ahead(tables: Tables, shown: list[str], year: int) -> range:
    """Return a year and the years after it in which a scenario that is shown has a line, at most six."""
    lines = tables["scenario_lines"]
    last = lines.loc[lines["scenario"].isin(shown) & (lines["start_year"] <= year), "end_year"].max()
    return range(year, min(max(int(last), year) if pd.notna(last) else year, year + MOST_YEARS - 1) + 1)


def money_of_scenarios(tables: Tables, shown: list[str], years: range) -> pd.DataFrame:
    """Return the money of the scenarios ``shown``, a row per partner, instrument, band and year.

    A scenario is today's cash (``payments``) with changes: a line of ``scenario_lines`` comes in the
    place of today's payments of that partner by that instrument, in the years it holds, and otherwise
    on top of them. Returns ``scenario``, ``partner``, ``instrument``, ``year``, ``certainty``, ``in_force`` (the
    certainty once the levies of the scenario are in force), ``gross`` and ``net`` [EUR] and ``illustrative``.
    """
    lines, cash = tables["scenario_lines"], for_the_centre(tables["payments"])
    new = lines[lines["scenario"].isin(shown)].merge(pd.DataFrame({"year": years}), how="cross")
    new = new[new["year"].between(new["start_year"], new["end_year"])]
    new = new.assign(**yields(new))
    cash = cash[cash["year"].isin(years)].assign(gross=cash["amount_eur"], net=cash["amount_eur"])
    today = pd.DataFrame({"scenario": shown}, dtype="str").merge(cash, how="cross")
    every = pd.concat([_without(today, new, [*CHARGE, "year"]), new.assign(line=True)], ignore_index=True)
    certainty, levied = certain_for_a_year(every, years.start), every["instrument"].isin(LEVIES) & every["line"].notna()
    every = every.assign(certainty=certainty, in_force=certainty.mask(levied, "certain"))
    return every[[*CHARGE, "year", "certainty", "in_force", "gross", "net", "illustrative"]]


def paid_in_scenarios(money: pd.DataFrame, shown: list[str], year: int) -> pd.DataFrame:
    """Return who pays what in one year: partner x scenario [EUR], before the cost of collecting.

    Scenarios stand as in ``shown``, partners by what they pay in all of them together.
    """
    own = money[money["year"] == year]
    table = own.groupby(["partner", "scenario"])["gross"].sum(skipna=False).unstack(fill_value=0)
    order = table.sum(axis=1).sort_values(ascending=False, kind="stable").index
    return table.reindex(index=order, columns=pd.Index(shown, name="scenario"), fill_value=0.0)


def shares_of_scenarios(paid: pd.DataFrame, benefit: pd.Series) -> pd.DataFrame:
    """Return which part of the money each partner pays in every scenario, beside its part of the benefit [1].

    Parameters: ``paid`` of ``paid_in_scenarios``; ``benefit`` per partner in any unit. Returns partner x
    ``benefit`` and the scenarios; missing where nothing is paid, or no benefit is known.

    >>> paid = pd.DataFrame({"today": [3.0, 1.0]}, index=["city", "shops"])
    >>> shares_of_scenarios(paid, pd.Series({"shops": 1.0})).loc["shops"].to_dict()
    {'benefit': 1.0, 'today': 0.25}
    """
    every = [*paid.index, *benefit.index[benefit > 0].difference(paid.index)]
    table = paid.reindex(every, fill_value=0.0).astype(float)
    table.insert(0, "benefit", benefit.reindex(every).astype(float).fillna(0.0))
    whole = table.sum(skipna=False)
    return table.div(whole.where(whole > 0)).rename_axis("partner")


def yields_ahead(money: pd.DataFrame, shown: list[str], years: range) -> pd.DataFrame:
    """Return what each scenario brings per year: scenario x year [EUR].

    After the cost of collecting and without maintenance money.
    """
    free = money[money["instrument"] != "maintenance_transfer"]
    table = free.groupby(["scenario", "year"])["net"].sum(skipna=False).unstack(fill_value=0)
    return table.reindex(index=shown, columns=years, fill_value=0.0).round(2)


def certain_parts(money: pd.DataFrame) -> pd.DataFrame:
    """Return per scenario which part of what it brings is certain ``now``, and ``in_force`` [1], over all its years.

    Maintenance money is in neither.
    """
    free = money[money["instrument"] != "maintenance_transfer"]
    certain = {"now": free["certainty"] == "certain", "in_force": free["in_force"] == "certain"}
    parts = free[["scenario", "net"]].assign(**{name: free["net"].where(rows, 0.0) for name, rows in certain.items()})
    sums = parts.groupby("scenario").sum()
    return sums[list(certain)].div(sums["net"].where(sums["net"] > 0), axis=0)


def compare_scenarios(money: pd.DataFrame, shown: list[str], benefit: pd.Series, year: int) -> pd.DataFrame:
    """Return per scenario what it brings in one year, and how far payment lies from benefit.

    Parameters: ``money`` of ``money_of_scenarios``; ``benefit`` per partner in any unit. Returns today, the first
    of ``shown``, and then what brings most first: ``gross``, ``collection``, ``tied`` (maintenance money, which
    comes with a task that costs as much) and ``net``, what is left [EUR]; ``certain``, ``expected`` and
    ``uncertain`` [EUR] of what is left; ``now`` and ``in_force`` of ``certain_parts``, over all years of ``money``;
    ``payers`` (partners who pay), ``apart`` [1] (the part of the money that would have to be paid by others for
    payment to follow benefit; missing if either is unknown) and ``illustrative``.
    """
    own, paid = money[money["year"] == year], paid_in_scenarios(money, shown, year)
    tied = own["instrument"] == "maintenance_transfer"
    sums = own.assign(tied=own["net"].where(tied, 0.0)).groupby("scenario")[["gross", "net", "tied"]].sum(skipna=False)
    sums = sums.reindex(paid.columns, fill_value=0.0)
    left = own[~tied].groupby(["scenario", "certainty"])["net"].sum().unstack(fill_value=0)
    shares = shares_of_scenarios(paid, benefit)
    table = sums.assign(collection=sums["gross"] - sums["net"], net=sums["net"] - sums["tied"]).round(2)
    left = left.reindex(index=table.index, columns=CERTAINTIES, fill_value=0.0)
    table[CERTAINTIES] = left.where(table["net"].notna())
    table[["now", "in_force"]] = certain_parts(money).reindex(table.index)
    table["payers"] = (paid != 0).sum()
    table["apart"] = shares[paid.columns].sub(shares["benefit"], axis=0).clip(lower=0.0).sum(min_count=1)
    table["illustrative"] = own.groupby("scenario")["illustrative"].any().reindex(table.index, fill_value=False)
    return pd.concat([table.iloc[:1], table.iloc[1:].sort_values("net", ascending=False, kind="stable")])


def flags_of_scenarios(tables: Tables) -> pd.DataFrame:
    """Return the legal flags of every scenario: ``scenario``, ``partner``, ``instrument`` and ``flag``.

    Flags of today's payments count in every scenario that keeps them: a new levy may meet one of today.
    """
    lines, cash = tables["scenario_lines"], for_the_centre(tables["payments"])
    years = {"start_year": ("year", "min"), "end_year": ("year", "max")}
    span = cash.groupby(["partner", "instrument", "certainty"], as_index=False).agg(**years)
    today = tables["scenarios"][["id"]].set_axis(["scenario"], axis=1).merge(span, how="cross")
    # of today's payments no ground or task is known, so none is asked for
    kept = _without(today, lines, CHARGE).assign(ground="", task="")
    # a line of nothing only ends what is paid today
    charges = pd.concat([kept, lines[yields(lines)["gross"] != 0]], ignore_index=True)
    return legal_flags(charges, tables["partners"].set_index("id")["segment"])


def legal_flags(charges: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return which charges meet a rule, of law or not, that asks for attention.

    Parameters: ``charges`` with ``scenario``, ``partner``, ``instrument``, ``start_year``, ``end_year``,
    ``certainty``, ``measure``, ``ground`` and ``task``; ``segments`` is the customer segment per partner. Returns
    ``scenario``, ``partner``, ``instrument`` and ``flag``, the name of the rule.
    """
    instrument, years = charges["instrument"], charges["end_year"] - charges["start_year"] + 1
    biz, tax, certain = instrument == "biz", instrument == "advertising_tax", charges["certainty"] == "certain"
    homes = charges["partner"].map(segments) == "residents"
    spans = charges[biz | tax].groupby(CHARGE).agg(start=("start_year", "min"), end=("end_year", "max"))
    both = spans.groupby(CHARGE[:2]).agg(levies=("end", "size"), start=("start", "max"), end=("end", "min"))
    # one that ends before the other begins charges nobody twice
    twice = both.index[(both["levies"] > 1) & (both["start"] <= both["end"])]
    found = {
        "biz_over_five_years": biz & (years > MOST_BIZ_YEARS),
        "biz_needs_vote": biz & ~certain,
        "biz_residential": biz & homes,
        "biz_as_subsidy": biz,
        "biz_empty_property": biz,
        "surcharge_everywhere": instrument == "property_tax_surcharge",
        "tax_on_announcements": tax,
        "tax_on_income": instrument.isin(LEVIES) & charges["measure"].isin(FORBIDDEN_MEASURES),
        "tax_without_ground": tax & charges["ground"].isna(),
        "voluntary_not_certain": (instrument == "voluntary") & (years > 1),
        "subsidy_of_years": (instrument == "subsidy") & (years > 1),
        "maintenance_is_cut": (instrument == "maintenance_transfer") & charges["task"].isna(),
        "charged_twice": (biz | tax) & pd.MultiIndex.from_frame(charges[CHARGE[:2]]).isin(twice),
    }
    flags = pd.concat([charges.loc[rows, CHARGE].assign(flag=name) for name, rows in found.items()])
    return flags.drop_duplicates().sort_values([*CHARGE, "flag"], ignore_index=True)
