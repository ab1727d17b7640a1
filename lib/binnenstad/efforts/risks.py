"""Risks: what they threaten, how they were last scored, and what is not looked after."""

from __future__ import annotations

from collections.abc import Collection, Iterable

import numpy as np
import pandas as pd
from scipy.special import betaincinv

from binnenstad.programme.as_of import known_at
from binnenstad.programme.checked import Moment

DAMAGE = ["low_eur", "likely_eur", "high_eur"]
SCORES = ["date", "judged_by", "likelihood", "impact", *DAMAGE, "illustrative"]
# the chance that a risk of likelihood 1 to 5 occurs: a convention, said in the report (docs/method.md)
CHANCES = {1: 0.1, 2: 0.3, 3: 0.5, 4: 0.7, 5: 0.9}
FEWEST = 3  # risks with amounts, before they are added up


def risks_on(risks: pd.DataFrame, links: pd.DataFrame, scores: pd.DataFrame, moment: Moment) -> pd.DataFrame:
    """Return the risks as they stood at a moment, with their last score and what they threaten; by id.

    Parameters: the tables ``risks``, ``risk_links`` and ``risk_scores``. The ``state`` of the last score goes before
    that of the risk; without a score ``likelihood`` and ``impact`` are missing. ``goals`` and ``efforts`` are lists of
    ids, empty where the risk threatens them as a whole; ``old`` is true of a score of more than a year ago,
    ``silent`` of a risk of which nothing was ``told`` since (its last score, else its publication). What was published
    later was not known; of the rows of one risk the last one counts.
    """
    last = known_at(scores[scores["date"] <= moment.reference], moment.as_of, ["risk"]).set_index("risk")
    rows = risks[~(risks["published"] > moment.as_of)].sort_values("published", na_position="first")
    table = rows.drop_duplicates("id", keep="last").set_index("id", drop=False).sort_index()
    table = table.join(last[SCORES]).assign(state=last["state"].reindex(table.index).fillna(table["state"]))
    table["told"] = table["date"].fillna(table["published"])
    table["old"], table["silent"] = (table[of] < moment.reference - pd.DateOffset(years=1) for of in ("date", "told"))
    table["illustrative"] = table["illustrative"].eq(True)
    for of in ("goal", "effort"):
        own = links.dropna(subset=[of]).sort_values(of).groupby("risk")[of].agg(list)
        table[f"{of}s"] = [own.get(risk, []) for risk in table.index]
    return table


def damage(risks: pd.DataFrame, draws: int = 20_000, seed: int = 0) -> pd.Series:
    """Return what the open risks of known likelihood and damage may cost together; empty for fewer than three.

    Each occurs or not by the chance of its likelihood, and then costs an amount by the PERT distribution of its low,
    likely and high estimate (Malcolm et al. 1959: the beta on [low, high] with mean (low + 4 likely + high) / 6),
    whatever the others do. Parameters: ``risks`` of ``risks_on``. Returns ``count`` and, in EUR, ``mean``, ``p50``,
    ``p80`` and ``p90`` of ``draws``: one draw of each risk from every ``draws``-th part of its distribution, which
    keeps the mean close to the exact one (Latin hypercube: McKay, Beckman and Conover 1979).
    """
    known = risks[risks["state"] == "open"].dropna(subset=["likelihood", *DAMAGE])
    random, total = np.random.default_rng(seed), np.zeros(draws)
    for _, risk in known.iterrows():
        low, likely, high = (float(risk[name]) for name in DAMAGE)
        chance, width = CHANCES[int(risk["likelihood"])], high - low
        part = random.permutation(draws) + random.random(draws)
        occurs = part < chance * draws
        shapes = (1 + 4 * (end / (width or 1.0)) for end in (likely - low, high - likely))
        total[occurs] += low + width * betaincinv(*shapes, part[occurs] / (chance * draws))
    figures = [len(known), total.mean(), *np.quantile(total, [0.5, 0.8, 0.9])]
    found = pd.Series(figures, ["count", "mean", "p50", "p80", "p90"])
    return found if len(known) >= FEWEST else found[:0]


def unguarded(
    risks: pd.DataFrame, efforts: pd.DataFrame, behind: Collection[str], reference: pd.Timestamp
) -> pd.DataFrame:
    """Return what is not looked after: ``finding`` and ``id``.

    ``no_measure``: an open risk without a measure; ``past_due``: the day of its measure is over; ``no_risk_named``: a
    strategic goal among those ``behind`` that no open risk names, while none threatens all goals; ``no_paragraph``: a
    running effort that no risk names. Parameters: ``risks`` from ``risks_on``, ``efforts`` as agreed on the day.
    Without risks nothing is found, for then nobody has looked.
    """
    still = risks[risks["state"] == "open"]
    all_goals = ((still["threatens"] == "goals") & ~still["goals"].map(bool).astype(bool)).any()
    running = efforts.loc[efforts["state"] == "running", "id"]
    rows: dict[str, Iterable[str]] = {
        "no_measure": still.index[still["measure"].isna()],
        "past_due": still.index[still["due"] < reference],
        "no_risk_named": [] if all_goals else sorted(set(behind) - set(still["goals"].explode())),
        "no_paragraph": sorted(set(running) - set(risks["efforts"].explode())),
    }
    found = [(name, id) for name, ids in rows.items() for id in ids if len(risks)]
    return pd.DataFrame(found, columns=["finding", "id"])
