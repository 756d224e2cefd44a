"""A real web server on 127.0.0.x with faults to switch on, and a network that ends there.

`confine(monkeypatch)` gives a test the only network it may have: names are looked up in a table, and connections end on
this computer.  A name of `Names.serve` has a public address, which leads to a WebServer all the same, so that the code
under test does all its checking.
"""

from __future__ import annotations

import gzip
import http.server
import socket
import ssl
import threading
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from types import TracebackType
from typing import Any

import pytest

PUBLIC = "20.127."
"""A public net that stands for 127.0.0.0/16 here: 20.127.0.5 leads to 127.0.0.5."""


@dataclass(frozen=True)
class Seen:
    """One request: the Host header without its port, the path with its query, the headers in lower case."""

    host: str
    path: str
    headers: Mapping[str, str]


@dataclass
class Answer:
    """What is answered, and how badly.

    Attributes:
        body: the content.
        status: 200 by default.
        headers: more headers; a name with None leaves a usual one out; a list sends several of the name.
        etag: answered to If-None-Match with 304; `modified` likewise for Last-Modified.
        gzip: packs the body.
        chunked: sends it in chunks, without a Content-Length.
        wait: seconds before anything is sent.
        drip: seconds between two bytes of the body; `drip_headers` between two of the headers.
        cut: ends the connection after so many bytes of the body.
        endless: sends the body again and again, in chunks.
        raw: is sent instead of all this, bytes as they are, and the connection ended.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str | list[str] | None] = field(default_factory=dict)
    etag: str = ""
    modified: str = ""
    gzip: bool = False
    chunked: bool = False
    wait: float = 0.0
    drip: float = 0.0
    drip_headers: float = 0.0
    cut: int | None = None
    endless: bool = False
    raw: bytes | None = None


Route = bytes | str | Answer | Callable[[Seen], "Answer | bytes | str"]


class WebServer:
    """A server for any number of host names, on one address; a context manager.

    `routes` maps a path, a path with its query, or `host/path` to an answer or to a function of the request; what has
    no route is answered with 404.  `log` holds the requests in their order, `connections` how many there were.
    """

    def __init__(self, address: str = "127.0.0.1", *, tls: ssl.SSLContext | None = None, port: int = 0) -> None:
        self.address = address
        self.routes: dict[str, Route] = {}
        self.log: list[Seen] = []
        self.connections = 0
        self.closing = threading.Event()
        self.tls = tls
        self._server = _Server(self, (address, port))
        self.port = int(self._server.server_address[1])
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True)

    def __enter__(self) -> WebServer:
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.closing.set()
        self._server.shutdown()
        self._server.hang_up()
        self._server.server_close()
        self._thread.join()

    @property
    def place(self) -> str:
        """The address and port: what `allow_private` must name."""
        return f"{self.address}:{self.port}"

    def url(self, path: str = "/", host: str = "") -> str:
        """The URL of a path, by a host's name or by the address."""
        return f"{'https' if self.tls else 'http'}://{host or self.address}:{self.port}{path}"

    def paths(self, host: str = "") -> list[str]:
        """The paths that were asked for, of one host or of all, without robots.txt."""
        return [seen.path for seen in self.log if host in ("", seen.host) and seen.path != "/robots.txt"]

    def answer(self, seen: Seen) -> Answer:
        """What a request is answered with."""
        bare = seen.path.partition("?")[0]
        keys = (f"{seen.host}{seen.path}", f"{seen.host}{bare}", seen.path, bare)
        route = next((self.routes[key] for key in keys if key in self.routes), Answer(b"nothing here", 404))
        made = route(seen) if callable(route) else route
        if isinstance(made, str):
            made = made.encode()
        return Answer(made) if isinstance(made, bytes) else made


class _Server(http.server.ThreadingHTTPServer):
    daemon_threads = True
    block_on_close = False
    request_queue_size = 128
    allow_reuse_address = True

    def __init__(self, web: WebServer, place: tuple[str, int]) -> None:
        self.web = web
        self._open: set[socket.socket] = set()
        self._workers: list[threading.Thread] = []
        self._lock = threading.Lock()
        super().__init__(place, _Handler)

    def process_request(self, request: Any, client_address: Any) -> None:
        with self._lock:
            self._open.add(request)
            self.web.connections += 1
            thread = threading.Thread(target=self.process_request_thread, args=(request, client_address), daemon=True)
            self._workers.append(thread)
        thread.start()

    def finish_request(self, request: Any, client_address: Any) -> None:
        if self.web.tls is None:
            super().finish_request(request, client_address)
            return
        request.settimeout(20)
        with self.web.tls.wrap_socket(request.dup(), server_side=True) as wrapped:
            super().finish_request(wrapped, client_address)

    def shutdown_request(self, request: Any) -> None:
        with self._lock:
            self._open.discard(request)
        super().shutdown_request(request)

    def hang_up(self) -> None:
        """Ends every connection and waits for its thread."""
        with self._lock:
            for request in self._open:
                try:
                    request.shutdown(socket.SHUT_RDWR)
                except OSError:
                    continue
        for thread in self._workers:
            thread.join(5)

    def handle_error(self, request: Any, client_address: Any) -> None:
        """Clients that hang up are what some tests are about."""


class _Handler(http.server.BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: _Server
    wbufsize = -1
    disable_nagle_algorithm = True

    def do_GET(self) -> None:
        headers = {name.lower(): value for name, value in self.headers.items()}
        host = headers.get("host", "")
        host = host if host.endswith("]") else host.rpartition(":")[0] or host
        seen = Seen(host, self.path, headers)
        self.server.web.log.append(seen)
        self._send(self.server.web.answer(seen), headers)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # its name in the library
        """Says nothing."""

    def _send(self, answer: Answer, asked: Mapping[str, str]) -> None:
        self._pause(answer.wait)
        if answer.raw is not None:
            self.close_connection = True
            self._write(answer.raw, answer.drip)
            return
        known = (answer.etag and asked.get("if-none-match") == answer.etag) or (
            answer.modified and not answer.etag and asked.get("if-modified-since") == answer.modified
        )
        body = b"" if known else gzip.compress(answer.body, 1) if answer.gzip else answer.body
        status = 304 if known else answer.status
        self._write(self._head(answer, status, body), answer.drip_headers)
        if status == 304 or status == 204:
            return
        if answer.chunked or answer.endless:
            self._send_chunks(answer, body)
        else:
            self._write(body if answer.cut is None else body[: answer.cut], answer.drip)
        self.close_connection = self.close_connection or answer.cut is not None

    def _head(self, answer: Answer, status: int, body: bytes) -> bytes:
        usual: dict[str, str | list[str] | None] = {"Content-Type": "text/html; charset=utf-8"}
        if answer.chunked or answer.endless:
            usual["Transfer-Encoding"] = "chunked"
        elif status not in (204, 304):
            usual["Content-Length"] = str(len(body))
        if answer.gzip:
            usual["Content-Encoding"] = "gzip"
        usual |= {"ETag": answer.etag or None, "Last-Modified": answer.modified or None}
        lines = [f"HTTP/1.1 {status} {http.server.BaseHTTPRequestHandler.responses.get(status, ('Odd',))[0]}"]
        for name, value in (usual | dict(answer.headers)).items():
            for one in value if isinstance(value, list) else [value]:
                if one is not None:
                    lines.append(f"{name}: {one}")
                    self.close_connection = self.close_connection or (name.lower(), one) == ("connection", "close")
        return "\r\n".join([*lines, "", ""]).encode("utf-8")

    def _send_chunks(self, answer: Answer, body: bytes) -> None:
        sent = 0
        for piece in self._pieces(body, endless=answer.endless):
            if answer.cut is not None and sent + len(piece) > answer.cut:
                self._write(b"%x\r\n%b" % (len(piece), piece[: answer.cut - sent]), 0)
                return
            self._write(b"%x\r\n%b\r\n" % (len(piece), piece), answer.drip)
            sent += len(piece)
        self._write(b"0\r\n\r\n", 0)

    def _pieces(self, body: bytes, *, endless: bool) -> Iterator[bytes]:
        while True:
            for start in range(0, len(body), 4_000):
                yield body[start : start + 4_000]
            if not endless or self.server.web.closing.is_set():
                return

    def _write(self, data: bytes, drip: float) -> None:
        for place in range(len(data)) if drip else (None,):
            self.wfile.write(data if place is None else data[place : place + 1])
            self.wfile.flush()
            self._pause(drip)

    def _pause(self, seconds: float) -> None:
        if seconds and self.server.web.closing.wait(seconds):
            raise ConnectionError


class Names:
    """The names that a test's network knows.  `table` maps a name to its addresses, or to a function that gives them.

    `asked` lists the look-ups, `reached` the addresses that were connected to.
    """

    def __init__(self) -> None:
        self.table: dict[str, list[str] | Callable[[], list[str]]] = {}
        self.asked: list[str] = []
        self.reached: list[str] = []
        self.refused: list[str] = []

    def serve(self, name: str, server: WebServer | str) -> str:
        """Gives a name a public address that leads to a server; returns the name."""
        address = server if isinstance(server, str) else server.address
        self.table[name] = [PUBLIC + address.removeprefix("127.0.")]
        return name

    def find(self, host: str) -> list[str]:
        """The addresses of a name or a number; numbers are read as the system reads them, in all spellings."""
        found = self.table.get(host)
        if found is not None:
            return found() if callable(found) else found
        try:
            return [socket.inet_ntop(socket.AF_INET6, socket.inet_pton(socket.AF_INET6, host))]
        except OSError:
            pass
        try:
            return [socket.inet_ntoa(socket.inet_aton(host))]
        except OSError:
            raise socket.gaierror(socket.EAI_NONAME, "Name or service not known") from None


def confine(monkeypatch: pytest.MonkeyPatch) -> Names:
    """Confines the process to 127.0.0.0/8: any other address is a failed connection, noted in `refused`."""
    names = Names()
    real_connect = socket.socket.connect

    def getaddrinfo(host: Any, port: Any, *rest: Any, **named: Any) -> list[Any]:
        name = host.decode() if isinstance(host, bytes) else host
        names.asked.append(name)
        found: Iterable[str] = names.find(name)
        number = int(port or 0)
        six = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in found]
        return [
            (family, socket.SOCK_STREAM, 6, "", (address, number, 0, 0) if ":" in address else (address, number))
            for family, address in zip(six, found, strict=True)
        ]

    def connect(self: socket.socket, place: Any) -> None:
        address = str(place[0])
        names.reached.append(address)
        if address.startswith(PUBLIC):
            place = ("127.0." + address.removeprefix(PUBLIC), place[1])
        elif not address.startswith("127."):
            names.refused.append(address)
            pytest.fail(f"a connection to {address} would have left this computer")
        real_connect(self, place)

    def connect_ex(self: socket.socket, place: Any) -> int:
        pytest.fail("connect_ex is not confined")

    monkeypatch.setattr(socket, "getaddrinfo", getaddrinfo)
    monkeypatch.setattr(socket.socket, "connect", connect)
    monkeypatch.setattr(socket.socket, "connect_ex", connect_ex)
    return names
