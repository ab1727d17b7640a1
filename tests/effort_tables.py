"""Small tables of the contract for tests of efforts, in the types a checked programme has."""

from __future__ import annotations

import pandas as pd

from binnenstad.programme.cells import DTYPES
from binnenstad.programme.checked import Moment
from binnenstad.programme.contract import columns

QUARTER = pd.Period("2019Q4")
# a report on the last quarter of 2019 that uses what was known on 14 February 2020
NOW = Moment(QUARTER, pd.Timestamp("2019-12-31"), pd.Timestamp("2020-02-14"))


def rows(table: str, *given: dict) -> pd.DataFrame:
    """Rows of a table of the contract; what is not given is missing, and false for a boolean."""
    fields = {name: field["type"] for name, field in columns(table).items() if not name.endswith("_en")}
    empty = {name: False for name, kind in fields.items() if kind == "boolean"}
    frame = pd.DataFrame([empty | row for row in given], columns=list(fields))
    return frame.astype({name: DTYPES[kind] for name, kind in fields.items()})


def effort(id: str, state: str = "agreed", **more: object) -> dict:
    return {"id": id, "title": id.capitalize(), "state": state} | more


def line(effort: str, indicator: str, strength: int) -> dict:
    return {"effort": effort, "indicator": indicator, "strength": strength, "judged_by": "onderzoeker"}
