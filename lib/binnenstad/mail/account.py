"""How a mailing stands, in words."""

from __future__ import annotations

from collections.abc import Mapping

from binnenstad.words import Words


def state_word(state: str, words: Words) -> str:
    """Return the word for a state of the ledger."""
    return {
        "planned": words.say("to be sent"),
        "busy": words.say("being sent"),
        "sent": words.say("sent"),
        "refused": words.say("refused by the server"),
        "uncertain": words.say("uncertain"),
        "dropped": words.say("dropped: a newer mailing came"),
    }[state]


def uncertain_lines(states: Mapping[str, str], words: Words) -> list[str]:
    """Return the line that names which recipient ids may or may not have their mail; none if nobody.

    >>> uncertain_lines({"griffie": "sent"}, Words("nl"))
    []
    """
    names = [name for name, state in states.items() if state in ("uncertain", "busy")]
    if not names:
        return []
    listed = ", ".join(names)
    return [
        words.say(
            "Uncertain, the server took it or not: {names}. Ask the recipient; then, if need be, --resend NAME.",
            names=listed,
        )
    ]
