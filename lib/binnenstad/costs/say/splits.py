"""What can be said about splits: what each does, for whom it differs from now, and who could complain.

The frames here have the titles a reader knows as index; ``checks`` hold ids, named by ``names``.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.costs.checks import Checks
from binnenstad.words import Words


def split_names(words: Words) -> dict[str, str]:
    """Return the name of each split as a reader knows it."""
    return {
        "now": words.say("now"),
        "equal": words.say("equal"),
        "proportional": words.say("proportional"),
        "per_effort": words.say("per effort"),
        "shapley": words.say("equal per effort"),
        "nucleolus": words.say("least complaint"),
    }


def nothing_to_split(budgeted: float, words: Words) -> str:
    """Return why there are no splits: no budget [EUR], or a budget of which nobody is known to benefit."""
    if not budgeted:
        return words.say("There is nothing to split.")
    return words.say(
        "Nobody is known to benefit from what {amount} is budgeted for, so no split by interest can be made.",
        amount=words.eur(budgeted),
    )


def describe_splits(splits: pd.DataFrame, checks: Mapping[str, Checks], names: pd.Series, words: Words) -> list[str]:
    """Return a few sentences per split: what it does, for whom it differs most from now, and its checks.

    ``splits`` is the result of ``compare.compare_splits`` [EUR], ``checks`` of ``compare.check_splits``.
    """
    meanings = {
        "now": words.say("Now:"),
        "equal": words.say("Equal: every partner with an interest pays the same."),
        "proportional": words.say(
            "Proportional: in proportion to the interest in the goals, whatever the efforts cost."
        ),
        "per_effort": words.say("Per effort: who benefits from an effort pays it, in proportion to the interest."),
        "shapley": words.say("Equal per effort: all who benefit from an effort pay the same part of it."),
        "nucleolus": words.say(
            "Least complaint: the group that saves least by taking part saves as much as it can, then the next."
        ),
    }
    sentences = []
    unchecked = _why_unchecked(splits, words)
    for key in [key for key in meanings if key in checks or (key in splits and (key != "now" or unchecked))]:
        meaning = meanings[key]
        judged = unchecked if key == "now" and unchecked else _checked(checks.get(key), names, words)
        parts = [meaning, _difference(splits, key, words), judged]
        sentences.append(" ".join(part for part in parts if part))
    return sentences


def _difference(splits: pd.DataFrame, key: str, words: Words) -> str:
    if splits[key].isna().all():
        return _why_unknown(key, words)
    comparable = key != "now" and abs(splits[key].sum() - splits["now"].sum()) < 0.01
    return _differences(splits[key] - splits["now"], words) if comparable else ""


def _why_unchecked(splits: pd.DataFrame, words: Words) -> str:
    """Return why what is paid now cannot be judged: it is not what the splits divide."""
    if "per_effort" not in splits:
        return ""
    paid, shared = splits["now"].sum(), splits["per_effort"].sum()
    if not paid or abs(paid - shared) < 0.01:
        return ""
    return words.say(
        "{paid} is paid and {shared} is known to benefit somebody, so it cannot be said who pays too much.",
        paid=words.eur(paid),
        shared=words.eur(shared),
    )


def _why_unknown(key: str, words: Words) -> str:
    if key == "nucleolus":
        return words.say("There are too many partners to compare all groups, so this is not computed.")
    return words.say("No interest in the goals is known, so this cannot be computed.")


def _differences(change: pd.Series, words: Words) -> str:
    # who differ by a cent of rounding differ by nothing
    more, less = (
        list(map(str, change.index[near])) for near in (_near(change, change.max()), _near(change, change.min()))
    )
    parts = []
    if change.max() >= 0.02:
        parts.append(
            words.say("most is added for {names} ({amount})", names=words.listing(more), amount=words.eur(change.max()))
        )
    if change.min() <= -0.02:
        parts.append(
            words.say(
                "most is taken off for {names} ({amount})", names=words.listing(less), amount=words.eur(-change.min())
            )
        )
    sentence = "; ".join(parts)
    return sentence[:1].upper() + sentence[1:] + "." * bool(parts)


def _near(change: pd.Series, edge: float) -> pd.Series:
    return (change - edge).abs() < 0.02


def _checked(found: Checks | None, names: pd.Series, words: Words) -> str:
    """Return who could complain: the group that overpays most, and who does not pay what it adds."""
    if found is None:
        return ""
    members, amount = _named(found.group, names, words), words.eur(found.excess)
    if not found.group:
        sentence = words.say("Nobody pays more than it would on its own, and no group does.")
    elif len(found.group) == 1:
        sentence = words.say("{name} pays {amount} more than it would on its own.", name=members, amount=amount)
    else:
        sentence = words.say(
            "{names} together pay {amount} more than they would on their own.", names=members, amount=amount
        )
    added = _named(found.subsidised.index, names, words)
    short = words.eur(found.subsidised.sum())
    if added:
        sentence += " " + words.say("Less than what is there for them alone is paid by {names} ({amount} too little).",
                                    names=added, amount=short)  # fmt: skip
    return sentence


def _named(ids: pd.Index | tuple[str, ...], names: pd.Series, words: Words) -> str:
    return words.listing([str(names.get(name, name)) for name in ids])


def describe_rewards(rewards: Mapping[str, pd.DataFrame], titles: pd.Series, names: pd.Series, words: Words) -> str:
    """Return whether anybody would pay less if an effort cost 1 % more (``compare.rewarded_for_cost``)."""
    odd = [(split, row) for split, rows in rewards.items() for _, row in rows.iterrows()]
    known = split_names(words)
    if not odd:
        return words.say(
            "If an effort costs more, nobody pays less under these splits: {splits}.",
            splits=words.listing([known[split] for split in rewards]),
        )
    message = words.pattern("{partner} ({split}, {effort}: {amount} less)")
    found = [
        message.format(partner=names[row["partner"]], split=known[split], effort=titles[row["effort"]],
                       amount=words.eur(row["less"], 2)) for split, row in odd
    ]  # fmt: skip
    return words.say("If one effort costs 1% more, some would pay less: {found}.", found=words.listing(found))


def splits_add_up(splits: pd.DataFrame, unshared: pd.Series, budgeted: float, words: Words) -> str:
    """Return whether every split divides the budget to the cent, less the efforts of which nobody benefits."""
    if splits.empty:
        return nothing_to_split(budgeted, words)
    aim = round(budgeted - float(unshared.sum()), 2)
    known = splits.drop(columns="now").dropna(axis=1).sum().round(2)
    off = known[known != aim]
    if len(off):
        names = split_names(words)
        return words.say("No: these splits do not add up to {amount}: {names}.", amount=words.eur(aim, 2),
                         names=words.listing([names[str(name)] for name in off.index]))  # fmt: skip
    if not unshared.sum():
        return words.say("Yes: every split divides the whole budget, {amount}, to the cent.", amount=words.eur(aim, 2))
    return words.say(
        "Yes: every split divides {amount} to the cent; that is the budget less {rest} of which nobody is known to benefit.",
        amount=words.eur(aim, 2),
        rest=words.eur(unshared.sum(), 2),
    )


def describe_say(shares: pd.DataFrame, words: Words) -> str:
    """Return how far interest, payment and say lie apart (``checks.three_shares``, by title)."""
    if shares[["interest", "payment"]].isna().all(axis=None):
        return words.say("Neither interest nor payment is known, so they cannot be compared with say.")
    partner = str(shares["gap"].idxmax())
    sentence = words.say(
        "Interest, payment and say lie furthest apart for {partner}: {points} points.",
        partner=partner,
        points=words.number(shares["gap"].max() * 100),
    )
    unknown = shares.index[shares["say"].isna()]
    if len(unknown) == len(shares):
        return sentence + " " + words.say("How many seats each partner has is not known, so say is not in it.")
    if len(unknown):
        names = words.listing(list(map(str, unknown)))
        sentence += " " + words.say("Of {names} it is not known how many seats they have.", names=names)
    return sentence
