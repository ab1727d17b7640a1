"""Scenarios side by side: today's payments, changed by the lines of a scenario; and which rules of law they meet.

Sources: Wet op de bedrijveninvesteringszones; Gemeentewet articles 219, 220 and 227. A line is one
partner charged by one instrument (table ``scenario_lines`` of the contract).
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.costs.money import CERTAINTIES, in_cash

Tables = Mapping[str, pd.DataFrame]
# more years do not fit side by side
MOST_YEARS = 6
# Wet op de bedrijveninvesteringszones, article 3: a levy holds for at most five years
MOST_BIZ_YEARS = 5
# Gemeentewet, article 219 paragraph 2
FORBIDDEN_MEASURES = ("income", "profit")
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


def money_of_scenarios(tables: Tables, years: range) -> pd.DataFrame:
    """Return the money of every scenario, a row per partner, instrument, band and year.

    A scenario is today's cash (``payments``) with changes: a line of ``scenario_lines`` comes in the
    place of today's payments of that partner by that instrument, in the years it holds, and otherwise
    on top of them. A scenario without lines is today; one whose lines hold in none of the years is left
    out, and without any other than today there is nothing to set side by side. Returns ``scenario``, ``partner``,
    ``instrument``, ``year``, ``certainty``, ``gross`` and ``net`` [EUR] and ``illustrative``.
    """
    lines, ids = tables["scenario_lines"], tables["scenarios"]["id"].rename("scenario")
    new = lines.assign(**yields(lines)).merge(pd.DataFrame({"year": years}), how="cross")
    new = new[new["year"].between(new["start_year"], new["end_year"])]
    shown = ids[~ids.isin(lines["scenario"]) | ids.isin(new["scenario"])] if len(new) else ids[:0]
    cash = in_cash(tables["payments"])
    today = shown.to_frame().merge(cash.assign(gross=cash["amount_eur"], net=cash["amount_eur"]), how="cross")
    every = pd.concat([_without(today, new, [*CHARGE, "year"]), new], ignore_index=True)
    every = every.sort_values("scenario", key=lambda names: names.map(list(ids).index), kind="stable")
    return every[[*CHARGE, "year", "certainty", "gross", "net", "illustrative"]]


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


def yields_ahead(tables: Tables, year: int) -> pd.DataFrame:
    """Return what each scenario of a year brings in that year and after, while its lines hold: scenario x year [EUR].

    After the cost of collecting and without maintenance money; at most six years.
    """
    lines = tables["scenario_lines"]
    last = lines.loc[(lines["start_year"] <= year) & (lines["end_year"] >= year), "end_year"].max()
    years = range(year, min(int(last), year + MOST_YEARS - 1) + 1) if pd.notna(last) else range(year, year + 1)
    now = money_of_scenarios(tables, range(year, year + 1))["scenario"].unique()
    money = money_of_scenarios(tables, years)
    free = money[money["year"].isin(years) & (money["instrument"] != "maintenance_transfer")]
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
    own, paid = money[money["year"] == year], paid_in_scenarios(money, year)
    tied = own["instrument"] == "maintenance_transfer"
    sums = own.assign(tied=own["net"].where(tied, 0.0)).groupby("scenario", sort=False)[["gross", "net", "tied"]].sum()
    left = own[~tied].pivot_table(index="scenario", columns="certainty", values="net", aggfunc="sum", fill_value=0.0)
    shares = shares_of_scenarios(paid, benefit)
    table = pd.DataFrame(
        {
            "gross": sums["gross"],
            "collection": sums["gross"] - sums["net"],
            "tied": sums["tied"],
            "net": sums["net"] - sums["tied"],
        }
    ).round(2)
    table[CERTAINTIES] = left.reindex(index=table.index, columns=CERTAINTIES).fillna(0.0)
    table["payers"] = (paid > 0).sum()
    table["apart"] = shares[paid.columns].sub(shares["benefit"], axis=0).clip(lower=0.0).sum(min_count=1)
    table["illustrative"] = own.groupby("scenario")["illustrative"].any()
    return table


def flags_of_scenarios(tables: Tables) -> pd.DataFrame:
    """Return the legal flags of every scenario: ``scenario``, ``partner``, ``instrument`` and ``flag``.

    Flags of today's payments count in every scenario that keeps them: a new levy may meet one of today.
    """
    lines, cash = tables["scenario_lines"], in_cash(tables["payments"])
    span = cash.groupby(["partner", "instrument", "certainty"], as_index=False).agg(
        start_year=("year", "min"), end_year=("year", "max")
    )
    today = tables["scenarios"][["id"]].set_axis(["scenario"], axis=1).merge(span, how="cross")
    # of today's payments no ground or task is known, so none is asked for
    kept = _without(today, lines, CHARGE).assign(ground="", task="")
    # a line of nothing only ends what is paid today
    charges = pd.concat([kept, lines[yields(lines)["gross"] > 0]], ignore_index=True)
    return legal_flags(charges, tables["partners"].set_index("id")["segment"])


def legal_flags(charges: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return which charges meet a rule of law that asks for attention.

    Parameters: ``charges`` with ``scenario``, ``partner``, ``instrument``, ``start_year``, ``end_year``,
    ``certainty``, ``measure``, ``ground`` and ``task``; ``segments`` is the customer segment per partner. Returns
    ``scenario``, ``partner``, ``instrument`` and ``flag``: biz_over_five_years, biz_residential, tax_residential,
    tax_on_income, tax_without_ground, biz_needs_vote, voluntary_not_certain, subsidy_not_certain,
    maintenance_is_cut, charged_twice.
    """
    instrument, years = charges["instrument"], charges["end_year"] - charges["start_year"] + 1
    biz, tax, certain = instrument == "biz", instrument == "advertising_tax", charges["certainty"] == "certain"
    homes = charges["partner"].map(segments) == "residents"
    levies = instrument.where(biz | tax).groupby([charges["scenario"], charges["partner"]]).transform("nunique")
    found = {
        "biz_over_five_years": biz & (years > MOST_BIZ_YEARS),
        "biz_needs_vote": biz & ~certain,
        "biz_residential": biz & homes,
        "tax_residential": tax & homes,
        "tax_on_income": tax & charges["measure"].isin(FORBIDDEN_MEASURES),
        "tax_without_ground": tax & charges["ground"].isna(),
        "voluntary_not_certain": (instrument == "voluntary") & (years > 1),
        "subsidy_not_certain": (instrument == "subsidy") & certain & (years > 1),
        "maintenance_is_cut": (instrument == "maintenance_transfer") & charges["task"].isna(),
        "charged_twice": (biz | tax) & (levies > 1),
    }
    flags = pd.concat([charges.loc[rows, CHARGE].assign(flag=name) for name, rows in found.items()])
    return flags.drop_duplicates().sort_values([*CHARGE, "flag"], ignore_index=True)
