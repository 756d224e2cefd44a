"""What it costs to hand over the mails of one issue to many recipients, beside the conversation itself.

    python tests/bench/mailing.py [--recipients 1000] [--body 90000]

An issue is frozen for that many recipients and sent to a server of its own process, which takes everything; then the
same bytes are sent to it by bare smtplib.  The difference in seconds of the processor is what claims, marks and
messages cost.  Memory is that of the sender at its highest, after a tenth of the mails and after all of them.
"""

from __future__ import annotations

import argparse
import multiprocessing
import resource
import smtplib
import tempfile
import time
from datetime import UTC, datetime
from multiprocessing.connection import Connection
from pathlib import Path

from digest.deliver import Server, deliver_pending
from digest.model import Receipt
from digest.store import Envelope, FrozenIssue, Store, open_store

NOW = datetime(2026, 3, 1, tzinfo=UTC)
LINE = b"5pel5pys5Lit5Zu95paw6Ze75pGY6KaB5LiA6KeI77yM5q+P5aSp5LiA5bCB6YKu5Lu244CC5pel5pysMTIz\r\n"
ME = "me@example.cn"
context = multiprocessing.get_context("spawn")


def serve(gate: Connection) -> None:
    """Takes every mail until somebody says stop; says its port first and how many came last."""
    from tests.smtp_server import FaultServer

    with FaultServer() as server:
        gate.send(server.port)
        gate.recv()
        gate.send(len(server.received))


def freeze(store: Store, recipients: int, body: bytes) -> list[Envelope]:
    """Freezes an issue with a mail for each recipient; their envelopes."""
    addresses = [f"r{number:05}@example.cn" for number in range(recipients)]
    headers = [b"X-Filler: " + b"x" * 60 + b"\r\n"] * 12
    envelopes = [
        Envelope(address, f"<{address}>", f"To: {address}\r\n".encode() + b"".join(headers) + b"\r\n")
        for address in addresses
    ]
    issue = FrozenIssue("daily", NOW, NOW.date(), "每日摘要", "", "", body, NOW)
    assert store.freeze_issue(issue, envelopes)
    return envelopes


def send_bare(port: int, envelopes: list[Envelope], body: bytes) -> float:
    """Seconds of the processor for the same conversations without any of ours."""
    start = time.process_time()
    for first in range(0, len(envelopes), 20):
        with smtplib.SMTP("127.0.0.1", port, "localhost") as smtp:
            smtp.ehlo()
            for envelope in envelopes[first : first + 20]:
                smtp.mail(ME)
                smtp.rcpt(envelope.address)
                smtp.data(envelope.header + body)
    return time.process_time() - start


def peak() -> int:
    """The most memory this process ever had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024


def main() -> None:
    """Print both times, their difference a mail, and the memory."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--recipients", type=int, default=1000)
    parser.add_argument("--body", type=int, default=90_000)
    wanted = parser.parse_args()
    body = LINE * (wanted.body // len(LINE))
    here, there = context.Pipe()
    process = context.Process(target=serve, args=(there,))
    process.start()
    port: int = here.recv()
    peaks: list[int] = []

    def note(_receipt: Receipt) -> None:
        peaks.append(peak())

    with tempfile.TemporaryDirectory() as folder, open_store(Path(folder) / "digest.db") as store:
        envelopes = freeze(store, wanted.recipients, body)
        deliver_pending(store, Server("127.0.0.1", port, "none"), sender=ME, now=NOW, edition="none")
        began, start = time.monotonic(), time.process_time()
        receipts = deliver_pending(store, Server("127.0.0.1", port, "none"), sender=ME, now=NOW, on_progress=note)
        ours, wall = time.process_time() - start, time.monotonic() - began
    assert all(receipt.state == "sent" for receipt in receipts)
    bare = send_bare(port, envelopes, body)
    here.send("stop")
    assert here.recv() == 2 * wanted.recipients
    process.join()
    each = (ours - bare) / wanted.recipients * 1000
    print(f"{wanted.recipients} mails of {len(body):,} bytes in {wall:.1f} s")
    print(f"processor: ours {ours:.2f} s, bare smtplib {bare:.2f} s, so {each:.2f} ms a mail beside the conversation")
    print(f"memory: {peaks[wanted.recipients // 10 - 1]} MB after a tenth, {peaks[-1]} MB after all")


if __name__ == "__main__":
    main()
