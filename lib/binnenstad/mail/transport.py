"""Transport: a connection that is always encrypted and checked, and one message over it, reply by reply."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import subprocess
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager, suppress
from functools import partial
from typing import Any

import keyring
from keyring.errors import KeyringError

from binnenstad.mail.say import login_refused, no_certificates, no_secret, not_plain
from binnenstad.mail.settings import PREFIX, Settings
from binnenstad.words.errors import UsageError

LAST_WAIT = 10  # s for a reply that is due, once a person has said to stop


@contextmanager
def connected(settings: Settings) -> Iterator[smtplib.SMTP]:
    """Give a connection to the server, encrypted, its certificate and name checked, logged in.

    Raises ``UsageError`` that names what failed: no server, no STARTTLS, a wrong certificate, a refused login.
    """
    context, place = _trusting(settings.ca_file), (settings.host, settings.port, settings.domain)
    with ExitStack() as stack:
        try:
            kind = partial(smtplib.SMTP_SSL, context=context) if settings.tls == "implicit" else smtplib.SMTP
            smtp = kind(*place, timeout=settings.timeout_seconds)
            stack.push(partial(_leave, smtp))
            smtp.ehlo_or_helo_if_needed()
            if settings.tls == "starttls":
                if not smtp.has_extn("starttls"):
                    raise UsageError("{host} offers no encryption (STARTTLS); nothing was sent", host=settings.host)
                smtp.starttls(context=context)
                smtp.ehlo()
            _log_in(smtp, settings)
        except UnicodeError:
            raise not_plain() from None
        except OSError as error:
            # the text of the error could repeat what was sent
            raise _failure(error, settings.host) from None
        yield smtp


def _trusting(ca_file: str) -> ssl.SSLContext:
    # without a context of its own smtplib checks no certificate at all
    try:
        return ssl.create_default_context(cafile=ca_file or None)
    except OSError as error:
        raise no_certificates(ca_file, error.strerror or type(error).__name__) from error


def _leave(smtp: smtplib.SMTP, kind: object, *_: object) -> None:
    if kind is KeyboardInterrupt:
        # a farewell would become part of a text that is not whole
        smtp.close()
    # what counted has been written down; a server that hangs up first changes nothing
    with suppress(OSError):
        smtp.quit()


def _failure(error: OSError, host: str) -> UsageError:
    """Return what is said of a connection that failed; smtplib's own errors are OSErrors too."""
    kind = type(error).__name__
    why = getattr(error, "verify_message", "") or getattr(error, "smtp_code", "") or error.strerror or kind
    if isinstance(error, ssl.SSLCertVerificationError):
        return UsageError("the certificate of {host} is not good: {why}; nothing was sent", host=host, why=why)
    if isinstance(error, smtplib.SMTPAuthenticationError):
        return login_refused(host, error.smtp_code)
    if kind in ("SMTPException", "SMTPNotSupportedError"):
        return UsageError("{host} has no login of this kind ({kind})", host=host, kind=kind)
    return UsageError("{host} cannot be reached safely: {why}", host=host, why=why)


def _log_in(smtp: smtplib.SMTP, settings: Settings) -> None:
    if settings.login == "password":
        smtp.login(settings.user, _secret(settings))
    elif settings.login == "token":
        first = f"user={settings.user}\x01auth=Bearer {_secret(settings).strip()}\x01\x01"
        # a server that says no first sends why, and waits for an empty line
        smtp.auth("XOAUTH2", lambda challenge=None: first if challenge is None else "")


def _secret(settings: Settings) -> str:
    """Return the password or token, of a command or the environment, a password otherwise of the keyring."""
    login, user, token = settings.login, settings.user, settings.login == "token"
    name, way = f"{PREFIX}{login.upper()}", "token_command" if token else f"keyring set binnenstad {user}"
    given = _printed(settings.token_command) if token and settings.token_command else os.environ.get(name, "")
    # who gives the password in the environment needs no keyring, and many servers have none
    with suppress(KeyringError):
        given = given or ("" if token else keyring.get_password("binnenstad", user) or "")
    if not given.strip():
        raise no_secret(login, user, name, way)
    return given


def _printed(command: Sequence[str]) -> str:
    try:
        return subprocess.run(command, capture_output=True, text=True, timeout=60, check=True).stdout
    except (OSError, ValueError, subprocess.SubprocessError) as error:
        raise UsageError("token_command of the mail settings failed ({kind})", kind=type(error).__name__) from None


def deliver(
    smtp: smtplib.SMTP, settings: Settings, address: str, message: bytes,
    claim: Callable[[], None], settle: Callable[[str, str], None],
) -> tuple[str, str]:  # fmt: skip
    """Offer one message; return ``sent``, ``refused``, ``planned`` or ``uncertain``, and the server's code for it.

    ``claim`` is called between RCPT and DATA and returns once it is safe on disk that this message may be there.
    Only a lost or senseless reply after the text is uncertain: before it the server has nothing it could deliver.
    Stopped while a reply is due, it waits a little for that, and writes it down with ``settle``.
    """
    sock: Any = smtp.sock
    sock.settimeout(settings.timeout_seconds)
    try:
        code, text = smtp.mail(settings.sender, [f"size={len(message)}"] if smtp.has_extn("size") else [])
        if code // 100 == 2:
            code, text = smtp.rcpt(address, ["NOTIFY=FAILURE"] if smtp.has_extn("dsn") else [])
        if code // 100 != 2:
            return _not_taken(smtp, code, text)
        claim()
        code, text = smtp.docmd("DATA")
    except OSError:
        smtp.close()
        return "planned", "-"
    if code != 354:
        return _not_taken(smtp, code, text)
    try:
        smtp.send(re.sub(rb"(?m)^\.", b"..", message) + b".\r\n")
        sock.settimeout(settings.final_seconds)
        return _judge(*_final_reply(smtp, sock, settle))
    except OSError:
        smtp.close()
        return "uncertain", "-"


def _not_taken(smtp: smtplib.SMTP, code: int, text: bytes) -> tuple[str, str]:
    """Return what a server said instead of asking for the text; who says what it may not is left."""
    state, said = _judge(code, text)
    if state not in ("planned", "refused"):
        smtp.close()
        return "planned", said
    try:
        smtp.rset()
    except OSError:
        # its code stands, whether it stays or not
        smtp.close()
    return state, said


def _final_reply(smtp: smtplib.SMTP, sock: Any, settle: Callable[[str, str], None]) -> tuple[int, bytes]:
    try:
        return smtp.getreply()
    except KeyboardInterrupt:
        sock.settimeout(LAST_WAIT)
        with suppress(OSError):
            settle(*_judge(*smtp.getreply()))
        raise


def _judge(code: int, text: bytes) -> tuple[str, str]:
    """Return what a reply means; of its text only the code is kept, for the rest may repeat the address."""
    extended = re.match(rb"[245]\.\d{1,3}\.\d{1,3}", text)
    state = {2: "sent", 4: "planned", 5: "refused"}.get(code // 100, "uncertain")
    return state, f"{code} {extended.group().decode()}" if extended else str(code)
