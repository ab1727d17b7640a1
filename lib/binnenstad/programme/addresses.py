"""Addresses: who may be written to, and what hides in a name."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

import pandas as pd

from binnenstad.words import Words

# the dot-atom of RFC 5322 and the lengths of RFC 5321; quoted and international forms are refused, because
# few gateways take them and all the more mistakes look like them
ADDRESS = re.compile(
    r"(?=.{6,254}\Z)(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z",
    re.ASCII | re.IGNORECASE,
)
Broken = tuple[pd.Series, str, str, str]


def is_address(text: str) -> bool:
    """Return whether a text is exactly one plain e-mail address.

    >>> [is_address(text) for text in ("raad@example.org", "raad@example", "a@example.org, b@example.org")]
    [True, False, False]
    """
    return bool(ADDRESS.match(text))


def hides(text: str) -> bool:
    """Return whether a text holds what a reader cannot see.

    That is a line break, a control, zero-width or direction character, or an encoded-word, in which
    any of these can be wrapped.

    >>> [hides(text) for text in ("Griffie", "Griffie\\nBcc: x", "=?utf-8?q?=0ABcc?=", "raad\\u200b")]
    [False, True, True, True]
    """
    return "=?" in text or any(unicodedata.category(sign) in ("Cc", "Cf", "Zl", "Zp", "Cs", "Co") for sign in text)


def recipient_faults(recipients: pd.DataFrame, words: Words) -> Iterator[Broken]:
    """Return what is wrong with recipients: rows at fault, column, rule and way out.

    ``recipients`` is the typed table of the contract; an empty one has no faults.
    """
    rule, way_out = words.say("holds a character that cannot be seen"), words.say("Type it anew, do not paste it.")
    seen = {name: ~recipients[name].dropna().map(hides).astype(bool) for name in ("name", "address")}
    yield from ((~good, name, rule, way_out) for name, good in seen.items())
    plain = recipients["address"].dropna()[seen["address"]]
    wrong = ~plain.map(is_address).astype(bool)
    yield wrong, "address", words.say("is no e-mail address"), words.say("Write it as name@example.org, one address.")
    of_partner = recipients["audience"] == "partner"
    lonely = of_partner & recipients["partner"].isna()
    rule = words.say("is empty for a recipient of audience partner")
    yield lonely, "partner", rule, words.say("Say which partner, or choose another audience.")
    strange = recipients["audience"].notna() & ~of_partner & recipients["partner"].notna()
    rule = words.say("is filled for a recipient of another audience")
    yield strange, "partner", rule, words.say("Leave it empty, or make the audience partner.")
    same = recipients.assign(address=recipients["address"].str.lower())
    twice = same.duplicated(["address", "audience", "partner", "language"]) & same["address"].notna()
    rule = words.say("would get the same mail twice")
    yield twice, "address", rule, words.say("Remove one of the rows.")
