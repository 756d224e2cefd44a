"""An IMAP server in this process, over TLS: one folder, one login, and every command written down."""

from __future__ import annotations

import re
import socketserver
import ssl
import threading
from collections.abc import Sequence
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any, Self

ALLOWED = ("CAPABILITY", "ID", "LOGIN", "AUTHENTICATE", "EXAMINE", "UID SEARCH", "UID FETCH", "LOGOUT")
"""What a reader that changes nothing needs; anything else is refused, and written down all the same."""


@dataclass
class ImapServer:
    """Serves `messages` as the folder INBOX to whoever knows the login; a context manager."""

    context: ssl.SSLContext
    messages: Sequence[bytes] = ()
    login: tuple[str, str] = ("me@qq.com", "geheim")
    wants_id: bool = False
    commands: list[str] = field(default_factory=list)
    port: int = 0

    def __enter__(self) -> Self:
        server = self

        class Handler(socketserver.StreamRequestHandler):
            def handle(self) -> None:
                try:
                    with server.context.wrap_socket(self.request, server_side=True) as sock:
                        _Session(server, sock.makefile("rb"), sock.makefile("wb", buffering=0)).serve()
                except OSError:
                    pass  # the client did not trust us, or went

        self._listener = socketserver.ThreadingTCPServer(("127.0.0.1", 0), Handler)
        self._listener.daemon_threads = True
        self.port = self._listener.server_address[1]
        threading.Thread(target=self._listener.serve_forever, daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._listener.shutdown()
        self._listener.server_close()


class _Session:
    def __init__(self, server: ImapServer, reader: Any, writer: Any) -> None:
        self._server, self._reader, self._writer = server, reader, writer
        self._known = False

    def say(self, text: bytes) -> None:
        self._writer.write(text + b"\r\n")

    def serve(self) -> None:
        self.say(b"* OK ready")
        while line := self._reader.readline():
            tag, _, command = line.decode().rstrip("\r\n").partition(" ")
            self._server.commands.append(command)
            verb = next((word for word in ALLOWED if command.upper().startswith(word)), "")
            answer = getattr(self, f"do_{verb.lower().replace(' ', '_')}", None)
            self.say(tag.encode() + b" " + (answer(command) if answer else b"BAD not here"))
            if verb == "LOGOUT":
                return

    def do_capability(self, _: str) -> bytes:
        self.say(b"* CAPABILITY IMAP4rev1 ID AUTH=XOAUTH2")
        return b"OK done"

    def do_id(self, _: str) -> bytes:
        self._known = True
        self.say(b"* ID NIL")
        return b"OK done"

    def do_login(self, command: str) -> bytes:
        user, password = self._server.login
        return b"OK in" if command == f'LOGIN {user} "{password}"' else f"NO not with {command}".encode()

    def do_authenticate(self, _: str) -> bytes:
        self.say(b"+ ")
        self._server.commands.append(self._reader.readline().decode().strip())
        return b"OK in"

    def do_examine(self, command: str) -> bytes:
        if self._server.wants_id and not self._known:
            return b"NO Unsafe Login. Say who you are"
        if "INBOX" not in command:
            return b"NO no such folder"
        self.say(f"* {len(self._server.messages)} EXISTS".encode())
        return b"OK [READ-ONLY] open"

    def do_uid_search(self, _: str) -> bytes:
        self.say(b"* SEARCH " + b" ".join(str(n + 7).encode() for n in range(len(self._server.messages))))
        return b"OK done"

    def do_uid_fetch(self, command: str) -> bytes:
        numbers, size = re.fullmatch(r"UID FETCH ([\d,]+) \(UID BODY\.PEEK\[\]<0\.(\d+)>\)", command).groups()  # type: ignore[union-attr]  # what else is asked is a fault
        for number in map(int, numbers.split(",")):
            data = self._server.messages[number - 7][: int(size)]
            head = f"* {number - 6} FETCH (UID {number} BODY[]<0> {{{len(data)}}}\r\n".encode()
            self._writer.write(head + data)
            self.say(b")")
        return b"OK done"

    def do_logout(self, _: str) -> bytes:
        self.say(b"* BYE")
        return b"OK bye"
