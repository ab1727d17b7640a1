"""Columns of a table as the contract describes them: head, codes in words, days and numbers as a reader writes them."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import pandas as pd

from binnenstad.page.table import Column
from binnenstad.programme.contract import code_names, columns
from binnenstad.words import Words


def contract_columns(table: str, rows: pd.DataFrame, names: Sequence[str], words: Words) -> list[Column]:
    """Return the columns ``names`` of a table of the contract, with the heads a researcher knows; codes in words.

    Parameters: ``rows`` of that table, in which ids may have given way to titles. Columns without a value are left out,
    but for the first: a column of dashes tells nobody anything.
    """
    title = "title" if words.language == "nl" else f"title_{words.language}"
    write: dict[str, Callable[..., str]] = {"date": words.date, "number": words.number, "integer": words.number}
    found = []
    for name in [*names[:1], *(name for name in names[1:] if rows[name].notna().any())]:
        field = columns(table)[name]
        codes = code_names(table, name, words.language) if "categories" in field else {}
        how, text = write.get(field["type"], str), field["type"] in ("string", "date")
        found.append(Column(field[title], rows[name].replace(codes), how, text))
    return found
