"""Reasons: why a report is made again, in the words of whoever asks."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from binnenstad.batch.opened import ABSENT
from binnenstad.words import Words

# of every file, the digest of each definition by its name
Code = Mapping[str, Mapping[str, str]]


@dataclass(frozen=True)
class Reason:
    """Why a report is made again; ``what`` names what changed, and ``where`` the file it stands in."""

    kind: str
    what: str = ""
    where: str = ""

    def in_words(self, words: Words) -> str:
        """Return the reason as a reader says it."""
        return {
            "new": words.say("it was not made before"),
            "unreadable": words.say("its record could not be read"),
            "failed": words.say("it failed the last time"),
            "gone": words.say("its file is gone"),
            "edited": words.say("its file was changed"),
            "parameters": words.say("its parameters changed: {names}", names=self.what),
            "packages": words.say("packages changed: {names}", names=self.what),
            "input": words.say("{file} changed", file=self.what),
            "code": words.say("{name} in {file} changed", name=self.what, file=self.where),
            "appeared": words.say("{file} is new", file=self.what),
            "vanished": words.say("{file} is gone", file=self.what),
            "starts": words.say("it starts other programs, and what those open cannot be seen"),
            "asks": words.say("it asks another machine, and whether that answers the same cannot be seen"),
            "kernel": words.say("it ran in a kernel, and what that opens cannot be seen"),
            "force": words.say("--force was given"),
        }[self.kind]


def moved(tables: Mapping[str, str], there: Mapping[str, tuple[str, str]]) -> Reason | None:
    """Return which table is no longer what a report was made of: it changed, came or went."""
    for name, before in tables.items():
        file, now = there.get(name, (f"{name}.csv", ABSENT))
        if now != before:
            return change(before, now, file)
    return None


def change(before: str, now: str, name: str) -> Reason:
    """Return how a file changed, by its digest before and now."""
    return Reason({before: "appeared", now: "vanished"}.get(ABSENT, "input"), name)


def rewritten(before: Code, now: Code) -> Reason | None:
    """Return the first definition that is not what it was; one that came or went changed too.

    >>> rewritten({"a.py": {"f": "1", "g": "2"}}, {"a.py": {"f": "1", "g": "3"}})
    Reason(kind='code', what='g', where='a.py')
    """
    for file in sorted({*before, *now}):
        then, there = before.get(file, {}), now.get(file, {})
        for name in sorted({*then, *there}):
            if then.get(name) != there.get(name):
                return Reason("code", name, file) if name else Reason("input", file)
    return None
