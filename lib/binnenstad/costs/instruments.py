"""What the instruments bring, after the cost of collecting, and which rules of law they meet.

Sources: Wet op de bedrijveninvesteringszones; Gemeentewet articles 219, 220 and 227. A line is one
partner charged by one instrument (table ``scenario_lines`` of the contract).
"""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.coalitions import raise_faults

# Wet op de bedrijveninvesteringszones, article 3: a levy holds for at most five years
MOST_BIZ_YEARS = 5
# Gemeentewet, article 219 paragraph 2
FORBIDDEN_MEASURES = ("income", "profit")


def yields(lines: pd.DataFrame) -> pd.DataFrame:
    """Return what each line brings in a year [EUR], to the cent.

    A line gives an ``amount_eur``, a tariff per payer (``payers`` x ``flat_eur``) or a ``rate`` on a
    ``base`` (such as the summed WOZ value or the property tax paid); ``participation`` [1] is the part
    that takes part, all if missing; ``collection_share`` [1] stays with who collects, none if missing.
    Returns ``gross`` (what is paid), ``collection`` and ``net`` (what reaches the programme). Raises
    ``AllocationError`` naming every line without an amount, payers or base.

    >>> lines = pd.DataFrame({"partner": ["shops"], "instrument": ["biz"], "amount_eur": [None], "payers": [250],
    ...                       "flat_eur": [200.0], "rate": [None], "base": [None], "participation": [None],
    ...                       "collection_share": [0.05]})
    >>> yields(lines)[["gross", "net"]].to_dict("records")
    [{'gross': 50000.0, 'net': 47500.0}]
    """
    number = lines[["amount_eur", "payers", "flat_eur", "rate", "base", "participation", "collection_share"]].astype(
        float
    )
    # a rate on nothing says nothing, rather than that nothing is brought
    tariff = (number["payers"] * number["flat_eur"]).fillna(number["rate"] * number["base"].where(number["base"] > 0))
    gross = number["amount_eur"].fillna(tariff * number["participation"].fillna(1.0)).round(2)
    raise_faults([
        f"{row['partner']}, {row['instrument']}: no amount can be computed; give an amount, payers and a tariff, "
        "or a rate and its base (such as the WOZ value)"
        for _, row in lines[gross.isna()].iterrows()
    ])  # fmt: skip
    collection = (gross * number["collection_share"].fillna(0.0)).round(2)
    return pd.DataFrame({"gross": gross, "collection": collection, "net": (gross - collection).round(2)})


def legal_flags(lines: pd.DataFrame, segments: pd.Series) -> pd.DataFrame:
    """Return which lines meet a rule of law that asks for attention.

    Parameters: ``lines`` with ``partner``, ``instrument``, ``start_year``, ``end_year``, ``certainty``
    and, where known, ``measure``, ``ground`` and ``task``; a rule whose column is not there is not
    asked. ``segments`` is the customer segment per partner. Returns the columns of ``lines`` that say
    whose, and ``flag``: biz_over_five_years, biz_residential, tax_residential, tax_on_income, tax_without_ground,
    biz_needs_vote, voluntary_not_certain, subsidy_not_certain, maintenance_is_cut, charged_twice.
    """
    is_ = {name: lines["instrument"] == name for name in lines["instrument"].unique()}
    none = pd.Series(False, index=lines.index)
    years = lines["end_year"] - lines["start_year"] + 1
    biz, tax = is_.get("biz", none), is_.get("advertising_tax", none)
    beyond = (lines["certainty"] == "certain") & (years > 1)
    found = {
        "biz_over_five_years": biz & (years > MOST_BIZ_YEARS),
        "biz_needs_vote": biz & (lines["certainty"] != "certain"),
        "biz_residential": biz & (lines["partner"].map(segments) == "residents"),
        "tax_residential": tax & (lines["partner"].map(segments) == "residents"),
        "voluntary_not_certain": is_.get("voluntary", none) & (years > 1),
        "subsidy_not_certain": is_.get("subsidy", none) & beyond,
        "charged_twice": (biz | tax) & _with_both(lines, biz, tax),
    }
    if "measure" in lines:
        found["tax_on_income"] = tax & lines["measure"].isin(FORBIDDEN_MEASURES)
        found["tax_without_ground"] = tax & lines["ground"].isna()
        found["maintenance_is_cut"] = is_.get("maintenance_transfer", none) & lines["task"].isna()
    keys = [name for name in ("scenario", "partner", "instrument") if name in lines]
    flags = [lines.loc[rows, keys].assign(flag=name) for name, rows in found.items() if rows.any()]
    table = pd.concat(flags) if flags else pd.DataFrame(columns=[*keys, "flag"])
    return table.drop_duplicates().sort_values([*keys, "flag"], ignore_index=True)


def _with_both(lines: pd.DataFrame, biz: pd.Series, tax: pd.Series) -> pd.Series:
    keys = [name for name in ("scenario", "partner") if name in lines]
    whose = pd.MultiIndex.from_frame(lines[keys])
    both = set(whose[biz.to_numpy()]) & set(whose[tax.to_numpy()])
    return pd.Series([key in both for key in whose], index=lines.index, dtype=bool)
