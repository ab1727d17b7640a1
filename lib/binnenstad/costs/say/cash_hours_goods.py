"""Cash, hours and goods in words: each is named apart, for they are never added."""

from __future__ import annotations

import pandas as pd

from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def name_kinds(sums: pd.Series, words: Words) -> str:
    """Return sums [EUR] by kind of payment as one phrase: the cash, and hours and goods as what they are worth.

    What is no kind is left out, and so is a sum of 0; without any other the phrase is empty.
    """
    kinds, worth = code_names("payments", "kind", words.language), words.pattern("{kind} valued at {amount}")
    found = {kind: words.eur(sums[kind]) for kind in kinds if sums.get(kind, 0) > 0}
    said = [worth.format(kind=kinds[kind], amount=amount) for kind, amount in found.items() if kind != "cash"]
    return words.listing([*filter(None, [found.get("cash")]), *said])
