"""The last look before a message leaves: its own bytes, read again, by rules that know nothing of how it was made."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from email import message_from_bytes, policy
from email.header import decode_header, make_header
from email.message import EmailMessage

from binnenstad.mail.body import MOST_BYTES
from binnenstad.programme.addresses import hides
from binnenstad.words import Words

REQUIRED = {"from", "to", "subject", "message-id", "auto-submitted", "x-auto-response-suppress", "content-language",
            "mime-version", "content-type"}  # fmt: skip
ALLOWED = REQUIRED | {"date", "reply-to", "list-id", "list-unsubscribe"}
OUTSIDE = re.compile(
    r'(src|href|background)\s*=\s*"(?!cid:|mailto:)|url\(|@import|<(script|iframe|form|object|link)', re.IGNORECASE
)
MIXED = ["multipart/mixed", "multipart/alternative", "text/plain"]


def message_faults(message: bytes, address: str, words: Words) -> list[str]:
    """Return every reason why a message may not leave; empty when it may.

    Python before 3.11.10 lets a subject bring a header of its own (CVE-2024-6923), so the headers are
    counted in the raw bytes and once more decoded.
    """
    read = message_from_bytes(message, policy=policy.default)
    assert isinstance(read, EmailMessage)
    checks = (_header_faults(message, words), _recipient_faults(read, address, words), _part_faults(read, words))
    return [fault for check in checks for fault in check]


def _header_faults(message: bytes, words: Words) -> Iterator[str]:
    head = message.split(b"\r\n\r\n", 1)[0]
    if re.search(rb"(?<!\r)\n|\r(?!\n)", head) or not head.isascii():
        yield words.say("a header holds a stray line break or letter")
    headers = _headers(head)
    yield from _count_faults(Counter(name for name, _ in headers), words)
    for name, value in headers:
        if hides(str(make_header(decode_header(value)))):
            yield words.say("header {name} holds a character that cannot be seen", name=name)


def _headers(head: bytes) -> list[tuple[str, str]]:
    lines = re.sub(rb"\r\n[ \t]+", b" ", head).decode("ascii", "replace").split("\r\n")
    return [(name.lower(), value.strip()) for name, _, value in (line.partition(":") for line in lines)]


def _count_faults(counts: Counter[str], words: Words) -> Iterator[str]:
    for name in sorted(counts.keys() - ALLOWED):
        yield words.say("header {name} does not belong in this mail", name=name)
    for name in sorted(name for name in ALLOWED if counts[name] > 1 or (name in REQUIRED and not counts[name])):
        yield words.say("header {name} does not stand there exactly once", name=name)


def _recipient_faults(read: EmailMessage, address: str, words: Words) -> Iterator[str]:
    to = [found.addr_spec for header in read.get_all("To", []) for found in header.addresses]
    if to != [address]:
        yield words.say("the mail is not addressed to this one recipient")
    if read.defects or any(part.defects for part in read.walk()):
        yield words.say("the mail cannot be read back without a fault")


def _part_faults(read: EmailMessage, words: Words) -> Iterator[str]:
    parts = list(read.walk())
    kinds = [part.get_content_type() for part in parts]
    if kinds[:3] != MIXED or "text/html" not in kinds[3:5]:
        yield words.say("the text does not stand before the page")
        return
    page = next(part for part in parts if part.get_content_type() == "text/html").get_content()
    shown = sorted(re.findall(r'src="cid:([^"]+)"', page))
    there = sorted(str(part["Content-ID"]).strip("<>") for part in parts if part["Content-ID"])
    if shown != there or shown != sorted(set(shown)):
        yield words.say("the pictures in the page are not the pictures in the mail")
    yield from _page_faults(page, words)


def _page_faults(page: str, words: Words) -> Iterator[str]:
    size = len(page.encode())
    if size > MOST_BYTES:
        most = words.number(MOST_BYTES)
        yield words.say("the body is {size} bytes and may be {most}", size=words.number(size), most=most)
    if OUTSIDE.search(page):
        yield words.say("the page asks for something outside the mail")
    if not all(re.search(r'alt="[^"]{15,}"', image) for image in re.findall("<img[^>]*>", page)):
        yield words.say("a picture has no words beside it")
