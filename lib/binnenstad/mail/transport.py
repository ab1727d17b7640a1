"""Transport: a connection that is always encrypted and checked, and one message over it, reply by reply."""

from __future__ import annotations

import os
import re
import smtplib
import ssl
import subprocess
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from typing import NamedTuple

from binnenstad.mail.settings import PREFIX, Settings
from binnenstad.words.errors import UsageError

KEYRING_SERVICE = "binnenstad"


class Reply(NamedTuple):
    """What became of a message (``sent``, ``refused``, ``planned`` or ``uncertain``), and the server's code for it."""

    state: str
    code: str


@contextmanager
def connected(settings: Settings, environment: Mapping[str, str] = os.environ) -> Iterator[smtplib.SMTP]:
    """Give a connection to the server, encrypted, its certificate and name checked, logged in.

    Raises ``UsageError`` that names what failed: no server, no STARTTLS, a wrong certificate, a refused login.
    """
    smtp = _connect(settings)
    try:
        _log_in(smtp, settings, environment)
        yield smtp
    finally:
        _leave(smtp)


def _connect(settings: Settings) -> smtplib.SMTP:
    # without a context of its own smtplib checks no certificate at all
    try:
        context = ssl.create_default_context(cafile=settings.ca_file or None)
    except OSError as error:
        raise UsageError(
            "ca_file {file} of mail.toml is no file of certificates ({why}); nothing was sent",
            file=settings.ca_file,
            why=error.strerror or type(error).__name__,
        ) from error
    context.minimum_version = ssl.TLSVersion.TLSv1_2
    # the name of this machine is nobody's business, and asking for it can take long
    known_as = settings.sender.rpartition("@")[2]
    place, wait = (settings.host, settings.port, known_as), settings.timeout_seconds
    smtp: smtplib.SMTP | None = None
    try:
        if settings.tls == "implicit":
            smtp = smtplib.SMTP_SSL(*place, timeout=wait, context=context)
            smtp.ehlo_or_helo_if_needed()
            return smtp
        smtp = smtplib.SMTP(*place, timeout=wait)
        smtp.ehlo_or_helo_if_needed()
        if not smtp.has_extn("starttls"):
            raise UsageError("{host} offers no encryption (STARTTLS); nothing was sent", host=settings.host)
        smtp.starttls(context=context)
        smtp.ehlo()
        return smtp
    except UsageError:
        _close(smtp)
        raise
    except OSError as error:
        _close(smtp)
        raise _no_connection(error, settings.host) from error


def _close(smtp: smtplib.SMTP | None) -> None:
    if smtp is not None:
        smtp.close()


def _no_connection(error: OSError, host: str) -> UsageError:
    if isinstance(error, ssl.SSLCertVerificationError):
        why = error.verify_message
        return UsageError("the certificate of {host} is not good: {why}; nothing was sent", host=host, why=why)
    why = getattr(error, "smtp_code", "") or error.strerror or type(error).__name__
    return UsageError("{host} cannot be reached safely: {why}", host=host, why=why)


def _leave(smtp: smtplib.SMTP) -> None:
    try:
        smtp.quit()
    except (OSError, smtplib.SMTPException):
        # what counted has been written down; a server that hangs up first changes nothing
        smtp.close()


def _log_in(smtp: smtplib.SMTP, settings: Settings, environment: Mapping[str, str]) -> None:
    if settings.login == "none":
        return
    try:
        if settings.login == "password":
            smtp.login(settings.user, _password(settings, environment))
        else:
            first = f"user={settings.user}\x01auth=Bearer {_token(settings, environment)}\x01\x01"
            # a server that says no first sends why, and waits for an empty line
            smtp.auth("XOAUTH2", lambda challenge=None: first if challenge is None else "")
    except smtplib.SMTPAuthenticationError as error:
        raise UsageError(
            "{host} refuses the login ({code}): a wrong password or an expired token; nothing was sent",
            host=settings.host,
            code=error.smtp_code,
        ) from None
    except smtplib.SMTPException as error:
        # the text of the error could repeat what was sent
        raise UsageError(
            "{host} has no login of this kind ({kind})", host=settings.host, kind=type(error).__name__
        ) from None
    except OSError as error:
        raise _no_connection(error, settings.host) from None


def _password(settings: Settings, environment: Mapping[str, str]) -> str:
    # who gives the password in the environment needs no keyring, and many servers have none
    given = environment.get(PREFIX + "PASSWORD")
    if not given:
        import keyring
        from keyring.errors import KeyringError

        try:
            given = keyring.get_password(KEYRING_SERVICE, settings.user)
        except KeyringError:
            given = None
    if not given:
        raise UsageError(
            "there is no password for {user}: set {name}, or: keyring set {service} {user}",
            user=settings.user,
            name=PREFIX + "PASSWORD",
            service=KEYRING_SERVICE,
        )
    return given


def _token(settings: Settings, environment: Mapping[str, str]) -> str:
    given = environment.get(PREFIX + "TOKEN", "")
    if settings.token_command:
        try:
            done = subprocess.run(settings.token_command, capture_output=True, text=True, timeout=60, check=True)
        except (OSError, subprocess.SubprocessError) as error:
            kind = type(error).__name__
            raise UsageError("token_command of the mail settings failed ({kind})", kind=kind) from None
        given = done.stdout
    if not given.strip():
        raise UsageError(
            "there is no token for {user}: set {name} or token_command", user=settings.user, name=PREFIX + "TOKEN"
        )
    return given.strip()


def size_limit(smtp: smtplib.SMTP, settings: Settings) -> int:
    """Return how large a message may be [bytes]: what the server says, and never more than the settings do."""
    own = settings.size_limit_mb * 1_000_000
    said = smtp.esmtp_features.get("size", "")
    return min(own, int(said)) if said.isdigit() and int(said) else own


def deliver(
    smtp: smtplib.SMTP, sender: str, address: str, message: bytes, claim: Callable[[], bool]
) -> tuple[Reply | None, bool]:
    """Offer one message; ``claim`` is asked between RCPT and DATA and must be safe on disk when it says True.

    Returns what became of it (nothing if another sender took it) and whether it was taken. Only a lost
    reply after the text began is uncertain: before it the server has nothing it could deliver.
    """
    taken = False
    try:
        for code, text in _offers(smtp, sender, address, len(message)):
            if code >= 400:
                smtp.rset()
                return _judge(code, text), taken
        taken = claim()
        if not taken:
            smtp.rset()
            return None, taken
        code, text = smtp.docmd("DATA")
        if code != 354:
            # nothing was handed over, whatever else the server calls it
            return _judge(max(code, 400), text), taken
    except (smtplib.SMTPServerDisconnected, OSError):
        smtp.close()
        return Reply("planned", "-"), taken
    return _transfer(smtp, message), taken


def _offers(smtp: smtplib.SMTP, sender: str, address: str, size: int) -> Iterator[tuple[int, bytes]]:
    yield smtp.mail(sender, [f"size={size}"] if smtp.has_extn("size") else [])
    yield smtp.rcpt(address)


def _transfer(smtp: smtplib.SMTP, message: bytes) -> Reply:
    try:
        smtp.send(re.sub(rb"(?m)^\.", b"..", message) + b".\r\n")
        return _judge(*smtp.getreply())
    except (smtplib.SMTPServerDisconnected, OSError):
        smtp.close()
        return Reply("uncertain", "-")


def _judge(code: int, text: bytes) -> Reply:
    """Return what a reply means; of its text only the code is kept, for the rest may repeat the address."""
    extended = re.match(rb"[245]\.\d{1,3}\.\d{1,3}", text)
    state = "sent" if code < 300 else "refused" if code >= 500 else "planned"
    return Reply(state, f"{code} {extended.group().decode()}" if extended else str(code))
