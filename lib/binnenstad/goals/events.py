"""Events: where something outside the programme may have bent the line of a goal."""

from __future__ import annotations

from itertools import product

import pandas as pd


def turns(events: pd.DataFrame, values: pd.DataFrame) -> pd.DataFrame:
    """Return the events in whose year the line of a goal turned: a row per event and ``indicator``.

    A line turns where the change to the last value of that year goes the other way than the change before it. Values
    before a method break are not held against those after it. Parameters: the table ``events``; ``values`` from
    ``goals.series``. No rows where nothing turned.
    """
    found, events = [], events.sort_values(["date", "text"])
    for (_, event), (name, own) in product(events.iterrows(), values.groupby("indicator", sort=False)):
        own = own.assign(year=own["date"].dt.year, part=own["method_break"].cumsum())
        three = own[own["year"] <= event["date"].year].drop_duplicates("year", keep="last").tail(3)
        comparable = len(three) == 3 and three["part"].nunique() == 1 and three["date"].iloc[-1] >= event["date"]
        found += [{"indicator": name, **event}] * bool(comparable and three["value"].diff().prod() < 0)
    return pd.DataFrame(found, columns=["indicator", *events.columns]).astype(dict(events.dtypes))
