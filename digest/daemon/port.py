"""Health and readiness on a port of this machine: GET /healthz and /readyz, 200 or 503 and a word."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from digest.errors import UsageError

Ask = Callable[[], str]
"""What is wrong; nothing where all is well."""


@contextmanager
def answering(port: int, alive: Ask, ready: Ask) -> Iterator[int]:
    """Yield the port that answers inside the block; 0 takes a free one.

    Raises:
        UsageError: another program has the port.
    """
    try:
        server = ThreadingHTTPServer(("127.0.0.1", port), _make_handler({"/healthz": alive, "/readyz": ready}))
    except OSError as error:
        raise UsageError(f"--port {port} cannot be had: {error.strerror}", "choose another one") from None
    server.daemon_threads = True
    thread = threading.Thread(target=server.serve_forever, name="health", daemon=True)
    thread.start()
    try:
        yield server.server_address[1]
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def _make_handler(answers: dict[str, Ask]) -> type[BaseHTTPRequestHandler]:
    class Handler(BaseHTTPRequestHandler):
        """One question."""

        timeout = 10
        server_version = "digest"
        sys_version = ""

        def do_GET(self) -> None:
            """Answer it."""
            self._answer(with_body=True)

        def do_HEAD(self) -> None:
            """Answer it without a body."""
            self._answer(with_body=False)

        def log_message(self, *_: object) -> None:
            """Say nothing: who asks every ten seconds would fill the log."""

        def _answer(self, *, with_body: bool) -> None:
            ask = answers.get(self.path.partition("?")[0])
            wrong = ask() if ask else "there are /healthz and /readyz"
            body = f"{wrong or 'ok'}\n".encode()
            self.send_response(200 if not wrong else 503 if ask else 404)
            self.send_header("Content-Type", "text/plain; charset=utf-8")
            self.send_header("Content-Length", str(len(body)))
            self.send_header("Cache-Control", "no-store")
            self.end_headers()
            if with_body:
                self.wfile.write(body)

    return Handler
