"""The contract every programme folder meets."""

from __future__ import annotations

import json
from functools import lru_cache
from importlib.resources import files
from typing import Any


@lru_cache
def contract() -> dict[str, dict[str, Any]]:
    """Return the tables of the contract by name, as Table Schema resources (``datapackage.json``)."""
    package = json.loads((files("binnenstad.programme") / "datapackage.json").read_text(encoding="utf-8"))
    return {resource["name"]: resource for resource in package["resources"]}


def columns(table: str) -> dict[str, dict[str, Any]]:
    """Return the fields of one table by column name, in contract order.

    >>> list(columns("effort_indicators"))
    ['effort', 'indicator', 'strength', 'judged_by', 'note']
    """
    return {field["name"]: field for field in contract()[table]["schema"]["fields"]}


def code_names(table: str, column: str, language: str) -> dict[str, str]:
    """Return how a reader knows each code of a column, in the order of the contract.

    >>> code_names("payments", "kind", "nl")
    {'cash': 'geld', 'hours': 'uren werk', 'in_kind': 'spullen en diensten'}
    """
    label = "label" if language == "nl" else f"label_{language}"
    return {category["value"]: category[label] for category in columns(table)[column]["categories"]}


def is_private(table: str) -> bool:
    """Return whether a table holds what no report may show and git may not keep.

    >>> is_private("recipients"), is_private("goals")
    (True, False)
    """
    return bool(contract()[table].get("private"))
