"""Until when money is there: per year what is certain, expected and uncertain."""

from __future__ import annotations

import pandas as pd

from binnenstad.costs.coalitions import raise_faults

CERTAINTIES = ["certain", "expected", "uncertain"]


def continuity(money: pd.DataFrame, needed: pd.Series) -> pd.DataFrame:
    """Set what comes in against what is needed, per year [EUR].

    Parameters: ``money`` with ``year``, ``amount_eur`` and ``certainty`` (certain: in force or decided;
    expected: intended; uncertain: voluntary); ``needed`` per year. Raises ``AllocationError`` for
    another word of certainty. Returns per year ``certain``, ``expected``, ``uncertain``, ``needed`` and ``short``: what
    certain money falls short, 0 if it does not.

    >>> money = pd.DataFrame({"year": [2019, 2020], "amount_eur": [9.0, 5.0], "certainty": ["certain", "uncertain"]})
    >>> continuity(money, pd.Series({2019: 9.0, 2020: 6.0}))["short"].to_dict()
    {2019: 0.0, 2020: 6.0}
    """
    strange = sorted(set(money["certainty"].dropna()) - set(CERTAINTIES))
    raise_faults([f"{word!r} is no certainty; write {', '.join(CERTAINTIES)}" for word in strange])
    sums = money.pivot_table(index="year", columns="certainty", values="amount_eur", aggfunc="sum", fill_value=0.0)
    years = needed.index.union(sums.index.astype(needed.index.dtype))
    table = sums.reindex(index=years, columns=CERTAINTIES, fill_value=0.0).rename_axis(columns=None)
    table["needed"] = needed.reindex(years, fill_value=0.0)
    table["short"] = (table["needed"] - table["certain"]).clip(lower=0.0).round(2)
    return table.astype(float)


def funded_until(table: pd.DataFrame) -> int | None:
    """Return the last year up to which certain money covers every year of ``continuity``; none if not the first.

    >>> funded_until(pd.DataFrame({"short": [0.0, 0.0, 5.0, 0.0]}, index=[2019, 2020, 2021, 2022]))
    2020
    """
    covered = (table["short"] == 0).cumprod().astype(bool)
    return int(table.index[covered].max()) if covered.any() else None
