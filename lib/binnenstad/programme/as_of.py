"""What was known on a day: the rows of a table that had been published by then."""

from __future__ import annotations

from collections.abc import Sequence

import pandas as pd


def known_at(table: pd.DataFrame, day: pd.Timestamp, key: Sequence[str]) -> pd.DataFrame:
    """Return per key the last row published on or before ``day``, so that an old report can be made again.

    Of a table with a ``date`` the last row is that of the last date, and of that date the one published last: a
    correction of an old date that appears late does not hide what was found since. Rows come sorted by ``key`` and
    counted from 0; without rows none. The order of the rows does not matter while key, date and publication differ,
    which the contract asks.

    >>> days = pd.to_datetime(["2019-06-30", "2019-09-30", "2020-02-01"])
    >>> scores = pd.DataFrame({"risk": "staff", "likelihood": [2, 4, 3], "published": days})
    >>> known_at(scores, pd.Timestamp("2019-12-31"), ["risk"])["likelihood"].tolist()
    [4]
    """
    order = [name for name in ("date", "published") if name in table and name not in key]
    known = table[table["published"] <= day].sort_values([*key, *order])
    return known.drop_duplicates(list(key), keep="last").reset_index(drop=True)
