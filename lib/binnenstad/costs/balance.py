"""Who pays and who benefits in one year: everything the costs report and a partner's page are made of."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from binnenstad.costs.checks import Checks, share_ranges, three_shares
from binnenstad.costs.compare import check_splits, compare_splits, rewarded_for_cost
from binnenstad.costs.continuity import continuity
from binnenstad.costs.fairness import compare_shares
from binnenstad.costs.keys import spread_costs
from binnenstad.costs.money import cost_per_effort, of_year, programme_money
from binnenstad.costs.scenarios import (
    compare_scenarios,
    flags_of_scenarios,
    money_of_scenarios,
    paid_in_scenarios,
    shares_of_scenarios,
    yields_ahead,
)
from binnenstad.efforts.network import beneficiary_weights, contribution, vary_interests

Tables = Mapping[str, pd.DataFrame]


@dataclass(frozen=True)
class Balance:
    """The money of one year by id [EUR]: ``costs`` per effort, ``paid`` and ``benefit`` per partner.

    ``spread`` is effort x partner, ``unshared`` the costs of efforts of which nobody is known to
    benefit. ``shares`` holds both shares and the range of the benefit; ``say`` interest, payment and
    seats; ``splits`` and ``checks`` are those of ``allocation.compare``; ``efforts`` contribution
    beside cost; ``weights`` effort x partner, of efforts that have a beneficiary.
    """

    costs: pd.Series
    paid: pd.Series
    spread: pd.DataFrame
    unshared: pd.Series
    shares: pd.DataFrame
    say: pd.DataFrame
    splits: pd.DataFrame
    checks: dict[str, Checks]
    efforts: pd.DataFrame
    weights: pd.DataFrame

    @property
    def benefit(self) -> pd.Series:
        """Return the part of the costs that lands with each partner [EUR]."""
        return self.spread.sum()

    @property
    def rewards(self) -> dict[str, pd.DataFrame]:
        """Return who would pay less if an effort cost more (``compare.rewarded_for_cost``); only one report asks."""
        own = self.costs[self.weights.index]
        return {} if self.splits.empty else rewarded_for_cost(own, self.weights)


def balance_of(tables: Tables, year: int) -> Balance:
    """Return who pays and who benefits in a year, from the tables of the contract.

    Only the programme's own cash counts as paid; hours, goods and money beside the budget do not.
    """
    costs = cost_per_effort(of_year(tables["budget"], year))
    weights = beneficiary_weights(costs.index, tables)
    spread, unshared = spread_costs(costs, weights)
    own, paid = (
        costs[spread.index],
        programme_money(of_year(tables["payments"], year)).groupby("partner")["amount_eur"].sum(),
    )
    interest = tables["interests"].dropna(subset=["goal"]).groupby("partner")["weight"].sum()
    ranges = share_ranges(costs, vary_interests(costs.index, tables), weights.columns)
    splits = compare_splits(paid, interest, own, weights.loc[own.index])
    seats = tables["partners"].set_index("id")["seats"]
    # of who has neither interest nor payment an unknown say adds nothing
    seats = seats[seats.notna() | seats.index.isin(spread.columns.union(paid.index))]
    return Balance(
        costs, paid, spread, unshared,
        compare_shares(paid, spread.sum()).join(ranges),
        three_shares(spread.sum(), paid, seats),
        splits,
        {} if splits.empty else check_splits(splits, own, weights.loc[own.index]),
        contribution(costs, tables),
        weights.loc[own.index],
    )  # fmt: skip


@dataclass(frozen=True)
class Outlook:
    """Ways to pay for the programme: ``scenarios`` side by side, ``paid`` partner x scenario, ``flags`` of law.

    ``shares`` is what ``paid`` is of the whole, with ``benefit`` in front [1]; ``ahead`` scenario x year is what
    each brings in this year and the years after (``scenarios.yields_ahead``); ``years`` is the money of
    today per year against the budget (``continuity.continuity``).
    """

    scenarios: pd.DataFrame
    paid: pd.DataFrame
    flags: pd.DataFrame
    shares: pd.DataFrame
    ahead: pd.DataFrame
    years: pd.DataFrame


def outlook_of(tables: Tables, year: int, benefit: pd.Series) -> Outlook:
    """Return the scenarios in a year against ``benefit`` per partner, and the money of every budgeted year."""
    money = money_of_scenarios(tables, range(year, year + 1))
    needed = tables["budget"].groupby("year")["amount_eur"].sum()
    flags, paid = flags_of_scenarios(tables), paid_in_scenarios(money, year)
    return Outlook(
        compare_scenarios(money, benefit, year),
        paid,
        flags[flags["scenario"].isin(money["scenario"])],
        shares_of_scenarios(paid, benefit),
        yields_ahead(tables, year),
        continuity(programme_money(tables["payments"]), needed),
    )
