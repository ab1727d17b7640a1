"""The last look before a message leaves: its own bytes, read again, by rules that know nothing of how it was made."""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from functools import lru_cache

from binnenstad.mail.body import MOST_BYTES
from binnenstad.words import Words
from binnenstad.words.addresses import hides

REQUIRED = {"from", "to", "subject", "message-id", "auto-submitted", "x-auto-response-suppress", "content-language",
            "mime-version", "content-type"}  # fmt: skip
ALLOWED = REQUIRED | {"date", "reply-to", "list-id", "list-unsubscribe", "in-reply-to", "references"}
# in a tag or a style sheet only: a goal may be called url( or have an address such as naam@importeur.nl
OUTSIDE = r"""(?i)<[^>]*[\s"'](src|href|background)\s*=\s*"(?!cid:|mailto:)|<(script|iframe|form|object|link)"""
# RFC 6068, 2
WAY_OUT = rb"(?im)^list-unsubscribe: (?!<mailto:(?:[\w.~$!*'+@-]|%[0-9a-f]{2})+\?subject=unsubscribe>\r?$)"
FETCHED = r'(?i)(<style[^<]*|<[^>]*\sstyle="[^"]*)(url\(|@import)'


def message_faults(message: bytes, address: str, words: Words, link_base: str = "") -> list[str]:
    """Return every reason why a message to one address may not leave; empty when it may.

    A reader may go to pages below ``link_base``; nothing is ever fetched.
    """
    head, _, rest = message.partition(b"\r\n\r\n")
    about = re.findall(rb"(?im)^(?:mime-version|content-type):.*(?:\r\n[ \t].*)*\r\n", head + b"\r\n")
    to = message_from_bytes(head, policy=policy.default).get_all("To", [])
    wrong = [one.addr_spec for header in to for one in header.addresses] != [address]
    said = [words.say("the mail is not addressed to this one recipient")] * wrong
    return [*_head_faults(head, words), *said, *_content_faults(b"".join(about) + b"\r\n" + rest, words, link_base)]


def _head_faults(head: bytes, words: Words) -> list[str]:
    """Python before 3.11.10 lets a subject bring a header of its own (CVE-2024-6923), so headers are counted raw."""
    say, lines = words.say, re.sub(rb"\r\n[ \t]+", b" ", head).decode("ascii", "replace").split("\r\n")
    headers = [line.partition(":") for line in lines]
    counts = Counter(name.lower() for name, _, _ in headers)
    stray = re.search(rb"(?<!\r)\n|\r(?!\n)", head) or not head.isascii()
    once = [name for name in ALLOWED if counts[name] > 1 or (name in REQUIRED and not counts[name])]
    # RFC 2047, 2, and RFC 5322, 2.1.1
    long = max(map(len, re.findall(rb"=\?\S+\?=", head)), default=0) > 75 or max(map(len, head.split(b"\r\n"))) > 998
    hidden = [name.lower() for name, _, value in headers if hides(str(make_header(decode_header(value.strip()))))]
    return [
        *[say("a header holds a stray line break or letter")] * bool(stray),
        *[say("a header holds a line or an encoded word that is too long")] * long,
        *[say("the address to unsubscribe is not written as a link")] * bool(re.search(WAY_OUT, head)),
        *(say("header {name} does not belong in this mail", name=name) for name in sorted(counts.keys() - ALLOWED)),
        *(say("header {name} does not stand there exactly once", name=name) for name in sorted(once)),
        *(say("header {name} holds a character that cannot be seen", name=name) for name in hidden),
    ]


@lru_cache(maxsize=8)  # what a whole council gets is looked at once
def _content_faults(message: bytes, words: Words, link_base: str) -> list[str]:
    read, say = message_from_bytes(message, policy=policy.default), words.say
    parts = list(read.walk())
    kinds = [part.get_content_type() for part in parts]
    in_order = kinds[:3] == ["multipart/mixed", "multipart/alternative", "text/plain"] and "text/html" in kinds[3:5]
    page = parts[kinds.index("text/html")].get_content() if in_order else ""
    # RFC 2392, 2: an id of the whole world
    shown = sorted(re.findall(r'src="cid:([^"@\s]+@[^"@\s]+)"', page))
    # RFC 2387, 3.1: the kind of what comes first
    untold = {part.get_param("type") for part in parts if part.get_content_subtype() == "related"} - {"text/html"}
    there = sorted(str(part["Content-ID"]).strip("<>") for part in parts if part["Content-ID"])
    asked = re.sub(rf'(<a[^>]*) href="{re.escape(link_base.rstrip("/"))}/[^"]*"', r"\1", page) if link_base else page
    size, images = len(page.encode()), re.findall("<img[^>]*>", page)
    too_long = say("the body is {size} bytes and may be {most}", size=words.number(size), most=words.number(MOST_BYTES))
    wrong = {
        say("the text does not stand before the page"): not in_order,
        say("the mail cannot be read back without a fault"): any(part.defects for part in parts) or untold,
        say("the pictures in the page are not the pictures in the mail"): not shown == there == sorted(set(there)),
        too_long: size > MOST_BYTES,
        say("the page asks for something outside the mail"): re.search(OUTSIDE, asked) or re.search(FETCHED, asked),
        say("a picture has no words beside it"): not all(re.search(r'alt="[^"]{15,}"', image) for image in images),
    }
    return [fault for fault, found in wrong.items() if found]
