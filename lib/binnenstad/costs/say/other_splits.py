"""Other splits of the money: what each does, for whom it differs from now, and who could complain.

The frames here have the titles a reader knows as index; ``checks`` hold ids, named by ``names``.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.costs.checks import Checks
from binnenstad.costs.split import SIZES
from binnenstad.programme.contract import columns
from binnenstad.words import Words


def _size_names(words: Words) -> dict[str, str]:
    title = "title" if words.language == "nl" else "title_en"
    return {key: columns("partners")[key][title] for key in SIZES}


def split_names(words: Words) -> dict[str, str]:
    """Return the name of each split as a reader knows it."""
    return {
        "now": words.say("now"),
        "equal": words.say("equal"),
        "proportional": words.say("proportional"),
        "per_effort": words.say("per effort"),
        "shapley": words.say("equal per effort"),
        "nucleolus": words.say("least complaint"),
        **{key: words.say("by {size}", size=size) for key, size in _size_names(words).items()},
    }


def nothing_to_split(budgeted: float, words: Words) -> str:
    """Return why there are no splits: no budget [EUR], or a budget of which nobody is known to benefit."""
    if not budgeted:
        return words.say("There is nothing to split.")
    message = words.pattern(
        "Nobody is known to benefit from what {amount} is budgeted for, so no split by interest can be made."
    )
    return message.format(amount=words.eur(budgeted))


def describe_splits(splits: pd.DataFrame, checks: Mapping[str, Checks], names: pd.Series, words: Words) -> list[str]:
    """Return a few sentences per split: what it does, for whom it differs most from now, and its checks.

    ``splits`` is the result of ``split.compare_splits`` [EUR], ``checks`` of ``checks.check_splits``.
    What is paid now cannot be judged where it is not what the splits divide.
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
    by_size = words.pattern("By {size}: every partner with an interest pays in proportion to its {size}.")
    meanings |= {key: by_size.format(size=size) for key, size in _size_names(words).items()}
    judged = {key: _checked(found, names, words) for key, found in checks.items()}
    paid, shared = splits["now"].sum(), splits["per_effort"].sum()
    if splits["now"].isna().all():
        judged["now"] = words.say("what each partner pays is not known.")
    if paid and abs(paid - shared) >= 0.01:
        message = words.pattern(
            "{paid} is paid and {shared} is known to benefit somebody, so it cannot be said who pays too much."
        )
        judged["now"] = message.format(paid=words.eur(paid), shared=words.eur(shared))
    return [
        " ".join(filter(None, [meanings[key], _difference(splits, key, words), judged.get(key)]))
        for key in map(str, splits)
        if key != "now" or key in judged
    ]


def describe_lacking(lacking: Mapping[str, list[str]], names: pd.Series, words: Words) -> list[str]:
    """Return which splits by a size cannot be computed, and for whom it is not known (``split.lacking_sizes``)."""
    message, sizes = words.pattern("By {size}: not computed, for it is not known of {names}."), _size_names(words)
    return [message.format(size=sizes[key], names=words.listing(list(names[ids]))) for key, ids in lacking.items()]


def _difference(splits: pd.DataFrame, key: str, words: Words) -> str:
    """Return for whom a split differs most from now, where it divides the same money; or why it is not known."""
    if splits[key].isna().all() and key == "nucleolus":
        return words.say("There are too many partners to compare all groups, so this is not computed.")
    if splits[key].isna().all() and key != "now":
        return words.say("No interest in the goals is known, so this cannot be computed.")
    change = splits[key] - splits["now"]
    if change.isna().any() or abs(change.sum()) >= 0.01:
        return ""
    # who differ by a cent of rounding differ by nothing
    most, least = (
        {"names": words.listing(list(change.index[(change - end).abs() < 0.02])), "amount": words.eur(abs(end))}
        for end in (change.max(), change.min())
    )
    said = {
        words.say("most is added for {names} ({amount})", **most): change.max() >= 0.02,
        words.say("most is taken off for {names} ({amount})", **least): change.min() <= -0.02,
    }
    sentence = "; ".join(part for part, holds in said.items() if holds)
    return sentence[:1].upper() + sentence[1:] + "." * bool(sentence)


def _checked(found: Checks, names: pd.Series, words: Words) -> str:
    """Return who could complain: the group that overpays most, and who does not pay what it adds."""
    group, short = (words.listing([names[id] for id in ids]) for ids in (found.group, found.subsidised.index))
    over = {"name": group, "names": group, "amount": words.eur(found.excess)}
    under = {"names": short, "amount": words.eur(found.subsidised.sum())}
    said = {
        words.say("Nobody pays more than it would on its own, and no group does."): not group,
        words.say("{name} pays {amount} more than it would on its own.", **over): len(found.group) == 1,
        words.say("{names} together pay {amount} more than they would on their own.", **over): len(found.group) > 1,
        words.say("Less than what is there for them alone is paid by {names} ({amount} too little).", **under): short,
    }
    return " ".join(sentence for sentence, holds in said.items() if holds)


def describe_rewards(rewards: Mapping[str, pd.DataFrame], titles: pd.Series, names: pd.Series, words: Words) -> str:
    """Return whether anybody would pay less if an effort cost 1 % more (``checks.rewarded_for_cost``)."""
    known, message = split_names(words), words.pattern("{partner} ({split}, {effort}: {amount} less)")
    found = [
        message.format(partner=names[who], split=known[split], effort=titles[effort], amount=words.eur(less, 2))
        for split, rows in rewards.items()
        for effort, who, less in rows.itertuples(index=False)
    ]
    if found:
        return words.say("If one effort costs 1% more, some would pay less: {found}.", found=words.listing(found))
    splits = words.listing([known[split] for split in rewards])
    return words.say("If an effort costs more, nobody pays less under these splits: {splits}.", splits=splits)


def how_splits_differ(splits: pd.DataFrame, partner: str, words: Words) -> str:
    """Return under which split a partner pays least and most (``split.compare_splits``, by id)."""
    if partner not in splits.index:
        return words.say("No split reaches it: it neither pays nor is known to benefit.")
    line = splits.loc[[partner]].iloc[0].rename(split_names(words))
    now, others = line.iloc[0], line.iloc[1:].dropna()
    low, high = words.eur(others.min()), words.eur(others.max())
    if others.max() - others.min() < 0.02:
        return words.say("Under every split it pays {amount}.", amount=high)
    values = {"least": others.idxmin(), "low": low, "most": others.idxmax(), "high": high}
    known = words.say("Now it pays {now} of the budget.", now=words.eur(now))
    said = [
        words.say('It would pay least under "{least}" ({low}) and most under "{most}" ({high}).', **values),
        words.say("What it pays now is not known.") if pd.isna(now) else known,
    ]
    return " ".join(said)


def describe_checks(checks: Mapping[str, Checks], partner: str, alone: float, words: Words) -> list[str]:
    """Return whether a partner pays more than it would on its own, and under which splits.

    ``checks`` per split as ``checks.check_splits`` gives them; ``alone`` [EUR] is what the efforts cost
    that it has an interest in.
    """
    named = {name: checks[key] for key, name in split_names(words).items() if key in checks}
    over = [f"{name} ({words.eur(found.alone[partner], 2)})" for name, found in named.items() if partner in found.alone]
    group = [name for name, found in named.items() if partner in found.group and partner not in found.alone]
    short = {name: found.subsidised.get(partner) for name, found in named.items()}
    under = [f"{name} ({words.eur(amount, 2)})" for name, amount in short.items() if amount]
    more, together, less = map(words.listing, (over, group, under))
    own = words.pattern("The efforts it has an interest in cost {amount} if it paid them on its own.")
    said = {
        own.format(amount=words.eur(alone, 2)): True,
        words.say("Under no split does it pay more than that."): not over,
        words.say("It pays more than that under: {splits} (by how much).", splits=more): over,
        words.say(
            "Together with others it pays more than they would on their own under: {splits}.", splits=together
        ): group,
        words.say("It pays less than what is there for it alone under: {splits} (by how much).", splits=less): under,
    }
    return [sentence for sentence, holds in said.items() if holds]
