"""Share of the costs against share of the benefit, per partner."""

from __future__ import annotations

import pandas as pd

# listed as out of balance below and above these ratios (docs/method.md, fairness)
LOW, HIGH = 0.5, 2.0


def compare_shares(cost: pd.Series, benefit: pd.Series) -> pd.DataFrame:
    """Set what partners pay against what they get, as shares of the whole.

    Parameters: ``cost`` and ``benefit`` per partner, in any one unit each; a partner in only one
    of them has 0 in the other. Returns: per partner ``cost_share`` and ``benefit_share`` [1],
    ``difference`` (cost minus benefit) and ``ratio`` (cost / benefit; NaN without benefit),
    sorted from paying least to paying most compared with the benefit. NaN where a whole is 0.

    >>> compare_shares(pd.Series({"city": 90, "shops": 10}), pd.Series({"city": 30, "shops": 70})).round(2)
           cost_share  benefit_share  difference  ratio
    shops         0.1            0.7        -0.6   0.14
    city          0.9            0.3         0.6   3.00
    """
    table = pd.DataFrame({"cost_share": _shares(cost), "benefit_share": _shares(benefit)}).fillna(
        {"cost_share": 0.0 if cost.sum() else float("nan"), "benefit_share": 0.0 if benefit.sum() else float("nan")}
    )
    table["difference"] = table["cost_share"] - table["benefit_share"]
    table["ratio"] = table["cost_share"] / table["benefit_share"].where(table["benefit_share"] > 0)
    return table.sort_values("difference", kind="stable")


def out_of_balance(shares: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of ``compare_shares`` whose ratio is below 0.5 or above 2."""
    return shares[
        (shares["ratio"] < LOW)
        | (shares["ratio"] > HIGH)
        | ((shares["benefit_share"] == 0) & (shares["cost_share"] > 0))
    ]


def _shares(amounts: pd.Series) -> pd.Series:
    total = amounts.sum()
    return amounts / total if total else amounts * float("nan")
