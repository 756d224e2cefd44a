"""A real SMTP server on 127.0.0.1 that can be told to go wrong at every stage, and remembers what it saw.

    with FaultServer(security="starttls", context=context, login=("me", "secret")) as server:
        server.fail("rcpt", "550 5.1.1 no such user", who="b@example.cn")
        server.fail("dot", drop=True, times=1)
        ...
        server.recipients          # whose mail arrived
        server.plain               # every byte that came unencrypted

Stages: greeting, ehlo, starttls, auth, mail, rcpt, data (the answer to DATA), body (in the middle of the text), dot
(the answer to the final dot), rset, quit.  A message counts as received once its dot came, unless it was refused.
"""

from __future__ import annotations

import asyncio
import logging
import ssl
import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, AnyStr, Literal

from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session

# The server runs in the process of the program that is tested: its own remarks are none of the program's.
logging.getLogger("mail.log").setLevel(logging.ERROR)

Stage = Literal["greeting", "ehlo", "starttls", "auth", "mail", "rcpt", "data", "body", "dot", "rset", "quit"]


@dataclass
class Fault:
    """What to do instead of the usual; `times` None means always."""

    reply: str = ""
    drop: bool = False
    delay: float = 0
    times: int | None = None


@dataclass(frozen=True)
class Received:
    """One message the server took."""

    sender: str
    recipient: str
    content: bytes
    encrypted: bool


class FaultServer:
    """A server in a thread of its own; a context manager that leaves neither thread nor socket behind."""

    def __init__(
        self,
        *,
        security: Literal["none", "starttls", "tls"] = "none",
        context: ssl.SSLContext | None = None,
        login: tuple[str, str] | None = None,
        offers_login: bool = True,
        pause: Callable[[], float] = lambda: 0.0,
    ) -> None:
        self.security = security
        self.context = context
        self.login = login
        self.offers_login = offers_login
        self.pause = pause  # seconds before the answer to each dot
        self.port = 0
        self.plain = bytearray()
        self.commands: list[str] = []
        self.received: list[Received] = []
        self.connections = 0
        self.sessions: list[FaultSession] = []
        self._faults: dict[tuple[Stage, str | None], Fault] = {}
        self._ready = threading.Event()
        self._thread = threading.Thread(target=lambda: asyncio.run(self._serve()), daemon=True)

    def __enter__(self) -> FaultServer:
        self._thread.start()
        assert self._ready.wait(10), "the server did not start"
        return self

    def __exit__(self, *_: object) -> None:
        self._loop.call_soon_threadsafe(self._stop.set)
        self._thread.join(10)
        assert not self._thread.is_alive(), "the server did not stop"

    def fail(
        self,
        stage: Stage,
        reply: str = "",
        *,
        who: str | None = None,
        drop: bool = False,
        delay: float = 0,
        times: int | None = None,
    ) -> None:
        """From now on goes wrong at `stage`, for everybody or for one address: late, with a reply, by hanging up."""
        self._faults[stage, who] = Fault(reply, drop, delay, times)

    def heal(self) -> None:
        """Forgets every fault."""
        self._faults.clear()

    @property
    def recipients(self) -> list[str]:
        """The addresses whose mail arrived, in order, as often as it arrived."""
        return [message.recipient for message in self.received]

    def take_fault(self, stage: Stage, who: str | None) -> Fault | None:
        """The fault for this moment, counted down; the one for an address before the one for everybody."""
        for key in ((stage, who), (stage, None)):
            fault = self._faults.get(key)
            if fault is not None and fault.times != 0:
                if fault.times is not None:
                    fault.times -= 1
                return fault
        return None

    async def _serve(self) -> None:
        self._loop = asyncio.get_running_loop()
        self._stop = asyncio.Event()
        implicit = self.context if self.security == "tls" else None
        server = await self._loop.create_server(self._make_session, "127.0.0.1", 0, ssl=implicit)
        self.port = server.sockets[0].getsockname()[1]
        self._ready.set()
        await self._stop.wait()
        server.close()
        for session in self.sessions:
            if session.transport is not None:
                session.transport.abort()  # type: ignore[attr-defined]  # typed as the base class, is a socket's
        await asyncio.sleep(0.01)  # lets every transport notice

    def _make_session(self) -> FaultSession:
        session = FaultSession(self)
        self.sessions.append(session)
        return session


class FaultSession(SMTP):
    """One connection: asks for a fault at each stage and goes on as usual where there is none."""

    def __init__(self, server: FaultServer) -> None:
        self.owner = server
        self.greeted = False
        super().__init__(
            Hooks(server),
            hostname="mail.test",
            ident="ESMTP",
            tls_context=server.context if server.security == "starttls" else None,
            auth_require_tls=server.security == "starttls",
            authenticator=self.check_password,
            data_size_limit=None,
            loop=asyncio.get_running_loop(),
        )

    def check_password(self, _server: SMTP, _session: Session, _envelope: Envelope, _how: str, data: Any) -> AuthResult:
        assert isinstance(data, LoginPassword)
        given = (data.login.decode(), data.password.decode())
        return AuthResult(success=given == self.owner.login, handled=False)

    @property
    def encrypted(self) -> bool:
        """Whether what arrives came through TLS."""
        if self._tls_protocol is not None:
            return True
        return self.transport is not None and self.transport.get_extra_info("ssl_object") is not None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Counts the connection (a STARTTLS comes by here a second time)."""
        if self.transport is None:
            self.owner.connections += 1
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Remembers what came in the clear."""
        if not self.encrypted:
            self.owner.plain += data
        super().data_received(data)

    async def push(self, status: AnyStr) -> None:
        """Answers; the very first answer is the greeting."""
        if not self.greeted:
            self.greeted = True
            if await self.goes_wrong("greeting"):
                return
        await super().push(status)

    async def goes_wrong(self, stage: Stage, who: str | None = None) -> bool:
        """Whether a fault has answered in place of the usual code."""
        fault = self.owner.take_fault(stage, who)
        if fault is None:
            return False
        await asyncio.sleep(fault.delay)
        if fault.reply:
            await super().push(fault.reply.encode())  # servers answer in Chinese as well
        if fault.drop:
            await self.hang_up(at_once=not fault.reply)
        return bool(fault.reply)

    async def hang_up(self, at_once: bool) -> None:
        """Closes the connection, and waits to be cancelled for it."""
        if self.transport is not None:
            self.transport.abort() if at_once else self.transport.close()  # type: ignore[attr-defined]  # as above
        await asyncio.Event().wait()

    async def smtp_EHLO(self, hostname: str) -> None:  # noqa: N802  # the names are aiosmtpd's
        """EHLO, or its fault."""
        self.owner.commands.append("EHLO")
        if not await self.goes_wrong("ehlo"):
            await super().smtp_EHLO(hostname)

    async def smtp_STARTTLS(self, arg: str) -> None:  # noqa: N802
        """STARTTLS, or its fault."""
        self.owner.commands.append("STARTTLS")
        if not await self.goes_wrong("starttls"):
            await super().smtp_STARTTLS(arg)

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802
        """AUTH, or its fault."""
        self.owner.commands.append("AUTH")
        if not await self.goes_wrong("auth"):
            await super().smtp_AUTH(arg)

    async def smtp_MAIL(self, arg: str | None) -> None:  # noqa: N802
        """MAIL, or its fault; refused before a login where one is needed."""
        self.owner.commands.append("MAIL")
        if await self.goes_wrong("mail"):
            return
        if self.owner.login is not None and not (self.session and self.session.authenticated):
            await self.push("530 5.7.0 Authentication required")
            return
        await super().smtp_MAIL(arg)

    async def smtp_RCPT(self, arg: str | None) -> None:  # noqa: N802
        """RCPT, or its fault for this recipient."""
        self.owner.commands.append("RCPT")
        who = (arg or "").partition("<")[2].partition(">")[0]
        if not await self.goes_wrong("rcpt", who):
            await super().smtp_RCPT(arg)

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802
        """DATA, or its fault, or a hang-up after the first line of the text."""
        self.owner.commands.append("DATA")
        if await self.goes_wrong("data", self.recipient):
            return
        fault = self.owner.take_fault("body", self.recipient)
        if fault is not None:
            await self.push("354 go on")
            await self._reader.readline()
            if fault.reply:
                await self.push(fault.reply)
            await self.hang_up(at_once=not fault.reply)
        await super().smtp_DATA(arg)

    async def smtp_RSET(self, arg: str) -> None:  # noqa: N802
        """RSET, or its fault."""
        self.owner.commands.append("RSET")
        if not await self.goes_wrong("rset"):
            await super().smtp_RSET(arg)

    async def smtp_QUIT(self, arg: str) -> None:  # noqa: N802
        """QUIT, or its fault."""
        self.owner.commands.append("QUIT")
        if not await self.goes_wrong("quit"):
            await super().smtp_QUIT(arg)

    @property
    def recipient(self) -> str:
        """The recipient of the message under way."""
        tos = self.envelope.rcpt_tos if self.envelope is not None else []
        return str(tos[0]) if tos else ""


class Hooks:
    """What aiosmtpd asks at EHLO and at the final dot."""

    def __init__(self, server: FaultServer) -> None:
        self.server = server

    async def handle_EHLO(  # noqa: N802
        self, session: FaultSession, state: Session, _envelope: Envelope, hostname: str, answer: list[str]
    ) -> list[str]:
        """Leaves AUTH out where no login is offered."""
        state.host_name = hostname
        return answer if self.server.offers_login else [line for line in answer if "AUTH" not in line]

    async def handle_DATA(self, session: FaultSession, state: Session, envelope: Envelope) -> str:  # noqa: N802
        """Takes the message, unless it is to be refused; the reply to the dot, if any."""
        fault = self.server.take_fault("dot", session.recipient)
        if fault is None or not fault.reply or fault.reply.startswith("2"):
            self.server.received.append(
                Received(
                    str(envelope.mail_from), session.recipient, envelope.original_content or b"", session.encrypted
                )
            )
        await asyncio.sleep(self.server.pause() + (fault.delay if fault else 0))
        if fault is not None and fault.drop:
            await session.hang_up(at_once=True)
        return fault.reply if fault is not None and fault.reply else "250 2.0.0 taken"
