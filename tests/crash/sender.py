"""One run of the program as the crash test kills it: lock, recover, deliver, until the outbox is empty."""

from __future__ import annotations

from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from digest.deliver import Server, deliver_pending
from digest.deliver.hearing import client_class
from digest.store import open_store, run_lock

NOW = datetime(2026, 3, 1, tzinfo=UTC)


def send_all(path: Path, port: int, gate: Connection) -> None:
    """Empties the outbox; says through the gate when the sending begins."""
    server = Server("127.0.0.1", port, "none")
    with run_lock(path), open_store(path) as store:
        store.recover(NOW)
        client_class()  # yagmail takes longer to import than the whole test gives a run
        gate.send("begin")
        while store.pending(now=NOW):
            deliver_pending(store, server, sender="me@qq.com", now=NOW)
