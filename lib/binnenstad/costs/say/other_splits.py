"""Other splits of the money: what each does, for whom it differs from now, and who could complain.

The frames here have the titles a reader knows as index; ``checks`` hold ids, named by ``names``.
"""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from binnenstad.costs.checks import Checks, three_shares
from binnenstad.costs.say.who_benefits import how_it_is_scaled, name_unbalanced
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
    message = words.pattern("Nobody is known to benefit from what {amount} is budgeted for, so it cannot be shared.")
    return message.format(amount=words.eur(budgeted))


def describe_splits(splits: pd.DataFrame, checks: Mapping[str, Checks], names: pd.Series, words: Words) -> list[str]:
    """Return a few sentences per split: what it does, why it is not known, or its checks.

    ``splits`` is the result of ``split.compare_splits`` [EUR], ``checks`` of ``checks.check_splits``.
    """
    meanings = {
        "now": words.say("Now: what each partner pays now."),
        "equal": words.say("Equal: every partner with an interest pays the same."),
        "proportional": words.say("Proportional: by the interest in the goals, whatever the efforts cost."),
        "per_effort": words.say("Per effort: whoever benefits from an effort pays it, in proportion to the interest."),
        "shapley": words.say("Equal per effort: all who benefit from an effort pay the same part of it."),
        "nucleolus": words.say(
            "Least complaint: also who gains least by taking part gains as much as it can, and then the next."
        ),
    }
    by_size = words.pattern("By {size}: every partner with an interest pays in proportion to its {size}.")
    meanings |= {key: by_size.format(size=size) for key, size in _size_names(words).items()}
    judged = {key: _checked(found, names, words) for key, found in checks.items()}
    scale = {"now": how_it_is_scaled(splits["now"].sum(), splits["per_effort"].sum(), words)}
    return [
        " ".join(filter(None, [meanings[key], _missing(splits[key], words), scale.get(key), judged.get(key)]))
        for key in map(str, splits)
        if key != "now" or key in judged or splits[key].isna().all()
    ]


def describe_lacking(lacking: Mapping[str, list[str]], names: pd.Series, words: Words) -> list[str]:
    """Return which splits by a size cannot be computed, and for whom it is not known (``split.lacking_sizes``)."""
    message, sizes = words.pattern("By {size}: not computed, for it is not known of {names}."), _size_names(words)
    return [message.format(size=sizes[key], names=words.listing(list(names[ids]))) for key, ids in lacking.items()]


def what_alone_means(words: Words) -> str:
    """Return what it means that nobody pays more than it would alone, and what it does not."""
    return words.say(
        "Alone means: a partner or group pays every effort it benefits from in full. Whoever pays no more than that can still pay many times its part of the benefit. A way of sharing in which nobody pays more than alone always exists: per effort is one."
    )


def _missing(split: pd.Series, words: Words) -> str:
    """Return why a split is not known; nothing if it is."""
    if split.notna().any():
        return ""
    many = words.say("There are too many partners to compare all groups, so this is not computed.")
    none = words.say("No interest in the goals is known, so this cannot be computed.")
    return {"now": words.say("That is not known."), "nucleolus": many}.get(str(split.name), none)


def _checked(found: Checks, names: pd.Series, words: Words) -> str:
    """Return who could complain: the group that overpays most, who is out of balance, and who pays too little."""
    group, short = (words.listing([names[id] for id in ids]) for ids in (found.group, found.subsidised.index))
    over = {"name": group, "amount": words.eur(found.excess)}
    under = {"names": short, "amount": words.eur(found.subsidised.sum())}
    said = {
        words.say("No partner and no group pays more than it would alone."): not group,
        words.say("From {name} at least {amount} goes to efforts without known benefit to it.", **over): found.group,
        words.say("Less than what is there for them alone is paid by {names} ({amount} too little).", **under): short,
    }
    unbalanced = name_unbalanced(found.unbalanced.rename(index=names.to_dict()), words)
    return " ".join([*(sentence for sentence, holds in said.items() if holds), *unbalanced])


def gaps_per_split(say: pd.DataFrame, splits: pd.DataFrame, words: Words) -> str:
    """Return for whom interest, payment and say lie furthest apart under each split; nothing if no seats are known.

    ``say`` is the result of ``checks.three_shares``, ``splits`` of ``split.compare_splits``, both by title.
    """
    if say[["interest", "say"]].isna().all().any():
        return ""
    gap = words.pattern("{split}: {points} percentage points ({partner})")
    found, stake = [], say["interest"]
    for key, name in split_names(words).items():
        if splits.filter([key]).sum().any():
            # of whom no interest is known no other way of sharing says what it would pay
            gaps = three_shares(stake, splits[key], say["say"])["gap"].where(stake.notna() | (key == "now"))
            found.append(gap.format(split=name, points=words.number(gaps.max() * 100), partner=gaps.idxmax()))
    return words.say("The largest gap in each way of sharing: {gaps}.", gaps="; ".join(found)) if found else ""


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
    return words.say("If an effort costs more, nobody pays less in these ways of sharing: {splits}.", splits=splits)


def how_splits_differ(splits: pd.DataFrame, partner: str, words: Words) -> str:
    """Return what a partner pays now, and from how little to how much in other ways (``split.compare_splits``, by id)."""
    if partner not in splits.index:
        return words.say("No way of sharing reaches it: it neither pays nor is known to benefit.")
    line = splits.loc[[partner]].iloc[0]
    cents = 2 * bool(line["now"] % 1 > 0)
    low, high = (words.eur(amount, cents) for amount in line.drop("now").agg(["min", "max"]))
    known = words.say("It now pays {now} of the budget.", now=words.eur(line["now"], cents))
    now = words.say("What it pays now is not known.") if pd.isna(line["now"]) else known
    if not line.drop("now").any():
        return f"{now} " + words.say("In no other way of sharing would it pay.")
    return f"{now} " + words.say("In other ways of sharing it would pay from {low} to {high}.", low=low, high=high)


def describe_checks(checks: Mapping[str, Checks], partner: str, alone: float, words: Words) -> list[str]:
    """Return in which ways of sharing a partner pays more than it would alone, or does so together with others.

    ``checks`` per split as ``checks.check_splits`` gives them; ``alone`` [EUR] is what the efforts cost
    that it has an interest in.
    """
    own = words.say("The efforts it benefits from cost {amount} if it paid them all alone.", amount=words.eur(alone, 2))
    named = {name: checks[key] for key, name in split_names(words).items() if key in checks}
    now = words.pattern("It now pays {amount} more than that.")
    other = words.pattern('Under "{split}" it would pay {amount} more than that.')
    over = [
        (now if found is checks.get("now") else other).format(split=name, amount=words.eur(found.alone[partner], 2))
        for name, found in named.items()
        if partner in found.alone
    ]
    group = words.listing([name for name, found in named.items() if partner in found.group and len(found.group) > 1])
    together = words.say("Together with others it pays more than they would alone under: {splits}.", splits=group)
    return [own, *(over or [words.say("In no way of sharing does it pay more than that.")]), *[together] * bool(group)]
