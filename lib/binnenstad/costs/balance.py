"""Who pays and who benefits in one year: everything the costs report and a partner's page are made of."""

from __future__ import annotations

from dataclasses import dataclass

import pandas as pd

from binnenstad.costs import money as finance
from binnenstad.costs import scenarios as ways
from binnenstad.costs.checks import Checks, check_splits, compare_shares, rewarded_for_cost, share_ranges, three_shares
from binnenstad.costs.split import SIZES, compare_splits, lacking_sizes, spread_costs
from binnenstad.efforts.network import beneficiary_weights, vary_interests


@dataclass(frozen=True)
class Balance:
    """The money of one year by id [EUR]: ``costs`` per effort, ``paid`` and ``benefit`` per partner.

    ``spread`` is effort x partner, ``unshared`` the costs of efforts of which nobody is known to
    benefit. ``shares`` holds both shares and the range of the benefit; ``say`` interest, payment and
    seats; ``splits`` of ``split.compare_splits``, ``lacking`` of ``split.lacking_sizes`` and ``checks`` of
    ``checks.check_splits``; ``weights`` effort x partner, of efforts that have a beneficiary.
    """

    costs: pd.Series
    paid: pd.Series
    spread: pd.DataFrame
    unshared: pd.Series
    shares: pd.DataFrame
    say: pd.DataFrame
    splits: pd.DataFrame
    lacking: dict[str, list[str]]
    checks: dict[str, Checks]
    weights: pd.DataFrame

    @property
    def benefit(self) -> pd.Series:
        """Return the part of the costs that lands with each partner [EUR]."""
        return self.spread.sum()

    @property
    def rewards(self) -> dict[str, pd.DataFrame]:
        """Return who would pay less if an effort cost more (``checks.rewarded_for_cost``); only one report asks."""
        own = self.costs[self.weights.index]
        return {} if self.splits.empty else rewarded_for_cost(own, self.weights)


def balance_of(tables: ways.Tables, year: int) -> Balance:
    """Return who pays and who benefits in a year, from the tables of the contract.

    Only the programme's own cash counts as paid; hours, goods and money beside the budget do not. Where a fund has no
    payment, nobody's part of the whole is known (``money.known_payers``).
    """
    budget, payments = (finance.of_year(tables[name], year) for name in ("budget", "payments"))
    costs = finance.cost_per_effort(budget)
    weights = beneficiary_weights(costs.index, tables)
    spread, unshared = spread_costs(costs, weights)
    own, used = costs[spread.index], weights.loc[spread.index]
    known = payments if finance.known_payers(tables, year) else payments.iloc[:0]
    paid = finance.per_partner(finance.programme_money(known))
    interest = tables["interests"].dropna(subset=["goal"]).groupby("partner")["weight"].sum()
    partners = tables["partners"].set_index("id")
    splits = compare_splits(paid, interest, own, used, partners[SIZES])
    ranges = share_ranges(costs, vary_interests(costs.index, tables), weights.columns)
    seats = partners["seats"]
    # of who has neither interest nor payment an unknown say adds nothing
    everybody = spread.columns.union(paid.index)
    seats = seats[seats.notna() | seats.index.isin(everybody)]
    # of whom no interest is recorded it is unknown, which is no 0
    benefit = spread.sum().reindex(everybody.union(seats.index))
    return Balance(
        costs=costs,
        paid=paid,
        spread=spread,
        unshared=unshared,
        shares=compare_shares(paid, benefit.reindex(everybody)).join(ranges),
        say=three_shares(benefit, paid, seats),
        splits=splits,
        lacking=lacking_sizes(splits, partners[SIZES]),
        checks={} if splits.empty else check_splits(splits, own, used),
        weights=used,
    )


@dataclass(frozen=True)
class Outlook:
    """Ways to pay for the programme: ``scenarios`` side by side, ``paid`` partner x scenario, ``flags`` of law.

    Scenarios stand in one order everywhere: today first, then what brings most. ``shares`` is what ``paid`` is of
    the whole, with ``benefit`` in front [1]; ``ahead`` scenario x year is what each brings in this year and the
    years after (``scenarios.yields_ahead``); ``years`` is the money of today per year against the budget
    (``money.continuity``).
    """

    scenarios: pd.DataFrame
    paid: pd.DataFrame
    flags: pd.DataFrame
    shares: pd.DataFrame
    ahead: pd.DataFrame
    years: pd.DataFrame


def outlook_of(tables: ways.Tables, year: int, benefit: pd.Series) -> Outlook:
    """Return the scenarios in a year against ``benefit`` per partner, and the money of every budgeted year.

    Where it is not known who pays (``money.known_payers``) today is unknown: there is nothing to set scenarios beside,
    nor is it known what one brings in a later year. A support vote in the tables decides over its scenario
    (``scenarios.after_votes``).
    """
    tables = ways.after_votes(tables)
    shown = ways.scenarios_of_year(tables, year) if finance.known_payers(tables, year) else []
    years = ways.years_ahead(tables, shown, year)
    unknown = [own for own in set(years) & set(tables["budget"]["year"]) if not finance.known_payers(tables, own)]
    money = ways.money_of_scenarios(tables, shown, years)
    compared = ways.compare_scenarios(money, shown, benefit, year)
    shown, flags = list(compared.index), ways.flags_of_scenarios(tables)
    paid = ways.paid_in_scenarios(money, shown, year)
    budgeted = finance.programme_money(tables["payments"])
    budgeted = budgeted.assign(certainty=finance.certain_for_a_year(budgeted, year))
    return Outlook(
        scenarios=compared,
        paid=paid,
        flags=flags[flags["scenario"].isin(shown)],
        shares=ways.shares_of_scenarios(paid, benefit),
        ahead=ways.yields_ahead(money, shown, years).drop(columns=unknown).reindex(columns=years),
        years=finance.continuity(budgeted, tables["budget"], year),
    )
