"""Two runs on one database, which the run lock should prevent: even then each mail goes out once."""

from __future__ import annotations

import subprocess
import sys
import threading
from collections import Counter
from pathlib import Path

from digest.deliver import deliver_pending
from digest.store import open_store
from tests.deliver.conftest import plain
from tests.smtp_server import FaultServer
from tests.store.examples import NOW, freeze, mails

ADDRESSES = [f"r{number:02}@example.cn" for number in range(20)]

ROOT = Path(__file__).parents[2]  # scripts run there find the package and the tests
SEND = """
import sys
from pathlib import Path
from digest.deliver import Server, deliver_pending
from digest.store import open_store
from tests.store.examples import NOW
print("ready", flush=True)
sys.stdin.readline()
with open_store(Path(sys.argv[1])) as store:
    server = Server("127.0.0.1", int(sys.argv[2]), "none")
    print(len(deliver_pending(store, server, sender="me@qq.com", now=NOW)))
"""


def test_two_threads_send_each_mail_once(path: Path) -> None:
    """Each mail belongs to whoever claimed it, and both together send them all."""
    with open_store(path) as store:
        freeze(store, ADDRESSES)
    counts: list[int] = []
    start = threading.Barrier(2)

    def send(server: FaultServer) -> None:
        with open_store(path) as store:
            start.wait()
            counts.append(len(deliver_pending(store, plain(server), sender="me@qq.com", now=NOW)))

    with FaultServer(pause=lambda: 0.002) as server:
        threads = [threading.Thread(target=send, args=(server,)) for _ in range(2)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert Counter(server.recipients) == Counter(ADDRESSES)
    assert sum(counts) == 20


def test_two_processes_send_each_mail_once(path: Path) -> None:
    """The same between processes, where only the database is shared."""
    with open_store(path) as store:
        freeze(store, ADDRESSES)
    with FaultServer(pause=lambda: 0.002) as server:
        command = [sys.executable, "-c", SEND, str(path), str(server.port)]
        runs = [
            subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
            for _ in range(2)
        ]
        for run in runs:
            assert run.stdout is not None
            assert run.stdout.readline() == "ready\n"
        counts = [int(run.communicate("go\n")[0]) for run in runs]
        assert Counter(server.recipients) == Counter(ADDRESSES)
    assert sum(counts) == 20
    with open_store(path) as store:
        assert set(mails(store).values()) == {"sent"}
