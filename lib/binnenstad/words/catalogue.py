"""Messages in English, said in the language of the reader."""

from __future__ import annotations

import gettext
import io
from collections.abc import Sequence
from functools import lru_cache
from importlib.resources import files

from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po

from binnenstad.words.errors import UsageError

LANGUAGES = ("nl", "en")


class Sentences:
    """Says the messages of the catalogue in one language.

    A message that the Dutch catalogue lacks is said with "zonder vertaling: " before it, so that nobody can miss it.
    Raises ``UsageError`` for a language other than ``nl`` and ``en``.
    """

    def __init__(self, language: str = "nl"):
        if language not in LANGUAGES:
            raise UsageError("language {text!r} is not known; choose one of: {known}", text=language, known=LANGUAGES)
        self.language = language
        self.catalogue = _catalogue(language)

    def say(self, message: str, /, **values: object) -> str:
        """Return the message in this language, its ``{names}`` filled in.

        >>> Sentences("nl").say("unknown"), Sentences("nl").say("{count} elephants", count=3)
        ('onbekend', 'zonder vertaling: 3 elephants')
        """
        return self.catalogue.gettext(message).format(**values)

    def pattern(self, message: str) -> str:
        """Return the message in this language with its ``{names}`` still to be filled."""
        return self.catalogue.gettext(message)

    def at_least(self, written: str) -> str:
        """Return a bound from below: minstens 7,0."""
        return self.say("at least {target}", target=written)

    def at_most(self, written: str) -> str:
        """Return a bound from above: hoogstens 6.000."""
        return self.say("at most {target}", target=written)

    def listing(self, items: Sequence[str]) -> str:
        """Return items as one phrase: a, b en c."""
        if len(items) < 2:
            return "".join(items)
        return self.say("{first} and {last}", first=", ".join(items[:-1]), last=items[-1])


class _Untranslated(gettext.NullTranslations):
    """What is said where the Dutch catalogue lacks a message."""

    def gettext(self, message: str) -> str:
        """Return the message as it is, marked."""
        return f"zonder vertaling: {message}"

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the singular or plural message as it is, marked."""
        return self.gettext(msgid1 if n == 1 else msgid2)


@lru_cache
def _catalogue(language: str) -> gettext.NullTranslations:
    if language == "en":
        return gettext.NullTranslations()
    compiled = io.BytesIO()
    path = files("binnenstad.words") / "locale" / f"{language}.po"
    write_mo(compiled, read_po(io.BytesIO(path.read_bytes()), locale=language))
    compiled.seek(0)
    dutch = gettext.GNUTranslations(compiled)
    dutch.add_fallback(_Untranslated())
    return dutch
