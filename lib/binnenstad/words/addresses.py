"""Addresses: who may be written to, and what hides in a name."""

from __future__ import annotations

import re
import unicodedata

# the dot-atom of RFC 5322 and the lengths of RFC 5321; quoted and international forms are refused, because
# few gateways take them and all the more mistakes look like them
ADDRESS = re.compile(
    r"(?=.{6,254}\Z)(?=[^@]{1,64}@)[\w!#$%&'*+/=?^`{|}~-]+(\.[\w!#$%&'*+/=?^`{|}~-]+)*"
    r"@([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z][a-z0-9-]{0,61}[a-z0-9]\Z",
    re.ASCII | re.IGNORECASE,
)


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
