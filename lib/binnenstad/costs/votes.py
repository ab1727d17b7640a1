"""The support vote of a business improvement zone (BIZ): every threshold, in exact arithmetic.

Source: Wet op de bedrijveninvesteringszones, articles 4 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)


@dataclass(frozen=True)
class Test:
    """One threshold of the vote: ``reached`` and ``needed`` as exact shares [1].

    ``group`` is empty for all who are liable together; ``strict`` means: more than what is needed.
    """

    name: str
    group: str
    reached: Fraction
    needed: Fraction
    strict: bool = False

    @property
    def met(self) -> bool:
        """Return whether the threshold is met, to the last vote."""
        return self.reached > self.needed or (not self.strict and self.reached == self.needed)


def judge_votes(votes: pd.DataFrame) -> dict[str, list[Test]]:
    """Return the tests of every scenario in table ``votes`` of the contract, users before owners."""
    return {
        str(scenario): support_vote(rows.set_index("group"), flat=bool(rows["flat"].iloc[0]))
        for scenario, rows in votes.sort_values("group", ascending=False).groupby("scenario")
    }


def support_vote(counts: pd.DataFrame, *, flat: bool) -> list[Test]:
    """Judge a support vote: the levy may come if every ``Test`` is met.

    Parameters: ``counts`` per group (users, owners or both) with ``liable``, ``in_favour``, ``against``,
    ``woz_in_favour_eur`` and ``woz_against_eur``, as the check of the contract lets them pass; ``flat`` if
    everybody pays the same, when heads count and WOZ values do not. At least half of those
    liable answer; at least 2/3 of the answers are in favour; the WOZ value in favour is above that
    against; with users and owners, half of each group answers and half of its answers is in favour.

    >>> counts = pd.DataFrame({"liable": [300], "in_favour": [174], "against": [88]}, index=["users"])
    >>> [(test.name, test.met) for test in support_vote(counts, flat=True)]
    [('turnout', True), ('in_favour', False)]
    """
    tests = _heads("", counts, TWO_THIRDS)
    if not flat:
        favour, against = (Fraction(float(counts[f"woz_{side}_eur"].sum())) for side in ("in_favour", "against"))
        tests.append(Test("woz", "", _share(favour, favour + against), HALF, strict=True))
    if len(counts) > 1:
        for group in counts.index:
            tests += _heads(str(group), counts.loc[[group]], HALF)
    return tests


def _heads(group: str, counts: pd.DataFrame, needed: Fraction) -> list[Test]:
    liable, favour, against = (Fraction(int(counts[name].sum())) for name in ("liable", "in_favour", "against"))
    answers = favour + against
    return [
        Test("turnout", group, _share(answers, liable), HALF),
        Test("in_favour", group, _share(favour, answers), needed),
    ]


def _share(part: Fraction, whole: Fraction) -> Fraction:
    # where nobody answered, nothing is in favour
    return part / whole if whole else Fraction(0)
