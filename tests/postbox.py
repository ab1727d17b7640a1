"""A real SMTP server on loopback, with its own certificate authority, that counts what it took and can misbehave."""

from __future__ import annotations

import asyncio
import socket
import ssl
import struct
import threading
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any

import trustme
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import SMTP, AuthResult, LoginPassword, syntax

USER, PASSWORD, TOKEN = "bureau", "geheim-1", "token-1"
Plan = Callable[[str, str, int], str]


class Postbox:
    """What the server does: it keeps every message it answered 250 for, and every one it took before it broke off.

    ``plan(step, address, times)`` decides the reply at ``RCPT``, at ``START`` (the command DATA) or at ``DATA`` (the
    text of a message): "" is fine; "lose" takes the message and hangs up without a reply, "reset" resets the
    connection then; "hang up" hangs up, at once
    or, behind a reply, after that.
    ``times`` counts from 1 per step and address.
    """

    def __init__(self, plan: Plan | None = None) -> None:
        self.plan = plan or (lambda step, address, times: "")
        self.taken: list[tuple[str, bytes]] = []
        self._times: Counter[tuple[str, str]] = Counter()
        self.guard = threading.Lock()

    def counts(self) -> Counter[str]:
        return Counter(address for address, _ in self.taken)

    def messages(self) -> list[EmailMessage]:
        return [message_from_bytes(raw, policy=policy.default) for _, raw in self.taken]  # type: ignore[misc]

    def say(self, step: str, address: str) -> str:
        self._times[step, address] += 1
        return self.plan(step, address, self._times[step, address])

    async def handle_RCPT(self, server: Any, session: Any, envelope: Any, address: str, options: Any) -> str:  # noqa: N802
        reply = self.say("RCPT", address)
        if reply == "hang up":
            server.transport.abort()
        elif reply.endswith("hang up"):
            _close_soon(server)
        if not reply:
            envelope.rcpt_tos.append(address)
        return reply or "250 2.1.5 ok"

    async def handle_DATA(self, server: Any, session: Any, envelope: Any) -> str:  # noqa: N802
        (address,) = envelope.rcpt_tos
        reply = self.say("DATA", address)
        if reply == "hang up":
            server.transport.abort()
        elif reply.endswith("hang up"):
            _close_soon(server)
        elif not reply or reply in ("lose", "reset"):
            with self.guard:
                self.taken.append((address, envelope.original_content))
            if reply == "reset":
                # closed at once, what is under way is thrown away and the other side gets RST
                raw = server.transport.get_extra_info("socket")
                raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
            if reply:
                server.transport.abort()
        return reply or "250 2.0.0 taken"


def _close_soon(server: Any) -> None:
    """Hang up once the reply is on its way."""
    asyncio.get_running_loop().call_later(0.05, server.transport.close)


class _Server(SMTP):
    @syntax("DATA")
    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        reply = self.event_handler.say("START", *self.envelope.rcpt_tos)
        if reply:
            await self.push(reply)
            if reply.endswith("hang up"):
                _close_soon(self)
        else:
            await super().smtp_DATA(arg)

    async def auth_XOAUTH2(self, _: Any, arguments: list[str]) -> AuthResult:  # noqa: N802
        import base64

        said = base64.b64decode(arguments[1]).decode() if len(arguments) > 1 else ""
        if said == f"user={USER}\x01auth=Bearer {TOKEN}\x01\x01":
            return AuthResult(success=True)
        await self.challenge_auth('{"status":"401"}')
        return AuthResult(success=False, handled=False)


class _Controller(Controller):
    def factory(self) -> SMTP:
        return _Server(self.handler, **self.SMTP_kwargs)


def _authenticate(server: Any, session: Any, envelope: Any, mechanism: str, data: Any) -> AuthResult:
    good = isinstance(data, LoginPassword) and (data.login, data.password) == (USER.encode(), PASSWORD.encode())
    return AuthResult(success=good, handled=False)


class Authority:
    """A certificate authority, the context of a server it vouches for, and the file that makes a client believe it."""

    def __init__(self, folder: Path, name: str = "localhost") -> None:
        self.path = folder / f"ca-{name}.pem"
        authority = trustme.CA()
        authority.cert_pem.write_to_path(self.path)
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(self.context)


@contextmanager
def serving(
    box: Postbox,
    authority: Authority | None,
    *,
    tls: str = "starttls",
    login: bool = False,
    size: int = 33_554_432,
    **more: Any,
) -> Iterator[int]:
    """Serve on a free port of loopback; without ``authority`` there is no encryption."""
    settings: dict[str, Any] = {"data_size_limit": size, "auth_require_tls": tls == "starttls"}
    settings |= more
    if authority and tls == "starttls":
        settings |= {"tls_context": authority.context, "require_starttls": True}
    if login:
        settings |= {"authenticator": _authenticate, "auth_required": True}
    implicit = authority.context if authority and tls == "implicit" else None
    controller = _Controller(box, hostname="localhost", port=0, ssl_context=implicit, **settings)
    # the controller asks the port it was given; 0 asks the system for a free one
    controller.loop = asyncio.new_event_loop()
    server = None

    async def start() -> Any:
        return await controller.loop.create_server(controller._factory_invoker, "127.0.0.1", 0, ssl=implicit)

    thread = threading.Thread(target=controller.loop.run_forever, daemon=True)
    thread.start()
    server = asyncio.run_coroutine_threadsafe(start(), controller.loop).result(10)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        controller.loop.call_soon_threadsafe(server.close)
        controller.loop.call_soon_threadsafe(controller.loop.stop)
        thread.join(10)
