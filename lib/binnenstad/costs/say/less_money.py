"""Less money for a fund: what a cut takes, which effort loses most, and what the rules do."""

from __future__ import annotations

import pandas as pd

from binnenstad.programme.contract import code_names
from binnenstad.words import Words


def describe_cut(cut: pd.Series, losses: pd.DataFrame, words: Words) -> list[str]:
    """Return what a cut takes and which effort loses most by the rule chosen; and what rules do whose name is no help.

    ``cut`` is a row of ``cuts``, ``losses`` what ``claims.cuts_ahead`` gives with it, by title.
    """
    now, own, new = losses["now"].sum(), losses[cut["rule"]], cut["new_amount_eur"]
    # who differ by a cent of rounding lose the same
    most = list(own.index[own > own.max() - 0.02])
    values = {"fund": cut["fund"], "year": cut["year"], "day": words.date(cut["published"])}
    values |= {"now": words.eur(now), "new": words.eur(new), "less": words.eur(now - new)}
    values |= {"rule": code_names("cuts", "rule", words.language)[cut["rule"]], "names": words.listing(most)}
    taken = words.say(
        "Known since {day}: in {year} {fund} goes from {now} to {new}, {less} less. By the rule chosen ({rule}) an "
        "effort loses {loss} at most ({names}).", loss=words.eur(own.max()), **values,
    )  # fmt: skip
    return [taken, words.say(
        "Keeping or losing the same goes no further than what an effort has. Talmud: if less than half is left all keep "
        "the same, if more is left all lose the same, and either way no more than half of what they had. First come: the "
        "mean over all orders in which efforts may come and take what is left."
    )]  # fmt: skip
