"""The support vote of a business improvement zone (BIZ): every threshold, in exact arithmetic.

Source: Wet op de bedrijveninvesteringszones, articles 4 and 5.
"""

from __future__ import annotations

from dataclasses import dataclass
from fractions import Fraction

import pandas as pd

from binnenstad.costs.coalitions import raise_faults

HALF, TWO_THIRDS = Fraction(1, 2), Fraction(2, 3)
GROUPS = ("users", "owners")
COUNTS = ["liable", "in_favour", "against"]
WOZ = ["woz_in_favour", "woz_against"]


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


def count_ballots(ballots: pd.DataFrame) -> pd.DataFrame:
    """Return the counts that ``support_vote`` judges, from one row per ballot paper sent.

    Parameters: ``group`` ("users" or "owners"), ``answer`` ("in_favour", "against" or missing) and
    ``woz_eur``. Returns per group ``liable``, ``in_favour``, ``against`` and the WOZ value [EUR] of
    both. Raises ``AllocationError`` with every ballot whose group or answer is no such word, or that answered
    without a WOZ value being known (then the column is missing for its group under a flat tariff only).

    >>> sent = pd.DataFrame({"group": "users", "answer": ["in_favour", "against", None], "woz_eur": [9.0, 5.0, 7.0]})
    >>> count_ballots(sent).loc["users"].to_dict()
    {'liable': 3.0, 'in_favour': 1.0, 'against': 1.0, 'woz_in_favour': 9.0, 'woz_against': 5.0}
    """
    known = ballots["answer"].isna() | ballots["answer"].isin(["in_favour", "against"])
    faults = [f"ballot {row}: {answer!r} is no answer; write in_favour, against or nothing"
              for row, answer in ballots.loc[~known, "answer"].items()]  # fmt: skip
    faults += [f"ballot {row}: {group!r} is no group; write users or owners"
               for row, group in ballots.loc[~ballots["group"].isin(GROUPS), "group"].items()]  # fmt: skip
    raise_faults(faults)
    by_group = ballots.groupby("group", sort=True)
    table = by_group.size().rename("liable").to_frame()
    for answer in ("in_favour", "against"):
        own = ballots[ballots["answer"] == answer].groupby("group")
        table[answer] = own.size().reindex(table.index, fill_value=0)
        table[f"woz_{answer}"] = own["woz_eur"].sum(min_count=0).reindex(table.index, fill_value=0.0)
        # one unknown value makes the sum unknown
        unknown = own["woz_eur"].apply(lambda values: values.isna().any()).reindex(table.index, fill_value=False)
        table[f"woz_{answer}"] = table[f"woz_{answer}"].mask(unknown.astype(bool))
    return table[[*COUNTS, *WOZ]].astype(float)


def judge_votes(votes: pd.DataFrame) -> dict[str, list[Test]]:
    """Return the tests of every scenario in table ``votes`` of the contract, in the order of the table."""
    judged = {}
    for scenario, rows in votes.groupby("scenario", sort=False):
        counts = rows.rename(columns={f"{name}_eur": name for name in WOZ}).set_index("group")[[*COUNTS, *WOZ]]
        judged[str(scenario)] = support_vote(counts.astype(float), flat=bool(rows["flat"].iloc[0]))
    return judged


def support_vote(counts: pd.DataFrame, *, flat: bool) -> list[Test]:
    """Judge a support vote: the levy may come if every ``Test`` is met.

    Parameters: ``counts`` per group as ``count_ballots`` gives them, for users, owners or both;
    ``flat`` if everybody pays the same, when heads count and WOZ values do not. At least half of those
    liable answer; at least 2/3 of the answers are in favour; the WOZ value in favour is above that
    against; with users and owners, half of each group answers and half of its answers is in favour.
    Raises ``AllocationError`` with every fault: nobody answered, counts that are no whole numbers,
    more answers than liable, and WOZ values that are missing.

    >>> counts = pd.DataFrame({"liable": [300], "in_favour": [174], "against": [88]}, index=["users"])
    >>> [(test.name, test.met) for test in support_vote(counts, flat=True)]
    [('turnout', True), ('in_favour', False)]
    """
    raise_faults(_faults(counts, flat=flat))
    every = counts.sum()
    tests = _heads("", every, TWO_THIRDS)
    if not flat:
        favour, against = (Fraction(float(every[name])) for name in WOZ)
        share = favour / (favour + against) if favour + against else Fraction(0)
        tests.append(Test("woz", "", share, HALF, strict=True))
    if len(counts) > 1:
        for group, own in counts.iterrows():
            tests += _heads(str(group), own, HALF)
    return tests


def _heads(group: str, counts: pd.Series, needed: Fraction) -> list[Test]:
    liable, favour, against = (int(counts[name]) for name in COUNTS)
    answers = favour + against
    turnout = Test("turnout", group, Fraction(answers, liable), HALF)
    # a group in which nobody answered fails its turnout; nothing of it is in favour
    return [turnout, Test("in_favour", group, Fraction(favour, answers) if answers else Fraction(0), needed)]


def _faults(counts: pd.DataFrame, *, flat: bool) -> list[str]:
    faults = []
    for group, own in counts.iterrows():
        heads = own[COUNTS]
        if not ((heads >= 0) & (heads % 1 == 0)).all():
            faults.append(f"{group}: liable, in favour and against must be whole numbers of 0 or more; correct them")
        elif heads["in_favour"] + heads["against"] > heads["liable"] or not heads["liable"]:
            faults.append(f"{group}: {heads['in_favour'] + heads['against']:g} answers of {heads['liable']:g} liable "
                          "cannot be; correct the counts")  # fmt: skip
        if not flat and own.reindex(WOZ).isna().any():
            faults.append(f"{group}: the WOZ value of the answers is missing; fill it in, or use a flat tariff")
    if not faults and not counts[["in_favour", "against"]].to_numpy().sum():
        faults.append("nobody answered: the vote has no result; hold it again or correct the counts")
    return faults
