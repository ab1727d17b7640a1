"""What stops a mailing, in whole sentences with the way out."""

from __future__ import annotations

from pathlib import Path

from binnenstad.words.errors import UsageError


def ledgers_differ(ledger: Path, copy: Path, lines: int) -> UsageError:
    """Return what is said of a ledger that does not say what its copy says, in a number of lines."""
    return UsageError("the ledger {ledger} and its copy {copy} do not say the same ({lines} lines differ); nothing is sent. One of the two is old or gone: find out which says everything, and copy it over the other", ledger=ledger, copy=copy, lines=lines)  # fmt: skip


def ledger_lacks(ledger: Path, copy: Path, marker: Path, lost: str) -> UsageError:
    """Return what is said of a ledger without mailings that the marker beside the reports knows of."""
    return UsageError("according to {marker} these reports were mailed ({lost}), and the ledger {ledger} does not know that; nothing is sent. Put the right ledger back there, and its copy as {copy}", marker=marker, lost=lost, ledger=ledger, copy=copy)  # fmt: skip


def no_run(period: str) -> UsageError:
    """Return what is said where no run left reports."""
    return UsageError("there is no run of {period} to mail; first run the reports: binnenstad run", period=period)


def too_large(names: str, most: int) -> UsageError:
    """Return what is said of messages of more than ``most`` bytes."""
    return UsageError("the mail to {names} is larger than the server takes ({most} bytes); nothing was sent. Give them attachment none, or fewer reports in mail.toml", names=names, most=most)  # fmt: skip


def not_previewed(given: str, command: str) -> UsageError:
    """Return what is said of a fingerprint that is not that of the mailing as it would be sent now."""
    return UsageError("{given} is not what would be sent now; look at the preview first: {command}", given=given, command=command)  # fmt: skip


def no_certificates(file: str, why: str) -> UsageError:
    """Return what is said of a ``ca_file`` that cannot be read as such."""
    return UsageError("ca_file {file} of mail.toml is no file of certificates ({why}); nothing was sent", file=file, why=why)  # fmt: skip


def login_refused(host: str, code: int) -> UsageError:
    """Return what is said of a server that does not take the password or token."""
    return UsageError("{host} refuses the login ({code}): a wrong password or an expired token; nothing was sent", host=host, code=code)  # fmt: skip


def no_secret(login: str, user: str, name: str, way: str) -> UsageError:
    """Return what is said of a password or token (``login``) that nothing gives; ``name`` is that of its variable."""
    return UsageError("there is no {login} for {user}: set {name}, or use {way}", login=login, user=user, name=name, way=way)  # fmt: skip


def not_plain() -> UsageError:
    """Return what is said of settings that a login or the name of a server cannot hold."""
    return UsageError("host, user, password or token of the mail settings holds a letter outside ASCII, or host an empty or too long part; nothing was sent. Correct it, or choose a password without")  # fmt: skip
