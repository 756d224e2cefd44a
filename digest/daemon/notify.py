"""What systemd wants to hear of a service of Type=notify: see sd_notify(3)."""

from __future__ import annotations

import os
import socket
import time
from collections.abc import Callable, Mapping
from contextlib import suppress

Notify = Callable[[str], None]


def make_notifier(environ: Mapping[str, str]) -> Notify:
    """Return what sends a message to the service manager; nothing is sent where there is none."""
    address = environ.get("NOTIFY_SOCKET", "")
    if not address or not hasattr(socket, "AF_UNIX"):
        return lambda _message: None
    if address.startswith("@"):  # a name of Linux that is in no folder
        address = "\0" + address[1:]

    def notify(message: str) -> None:
        with suppress(OSError), socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM) as out:
            out.connect(address)
            out.sendall(message.encode())

    return notify


def watchdog_seconds(environ: Mapping[str, str]) -> float | None:
    """Return within how many seconds the manager wants to hear of this process each time; None where it does not."""
    told, pid = environ.get("WATCHDOG_USEC", ""), environ.get("WATCHDOG_PID", "")
    if not told.isdecimal() or int(told) == 0 or pid not in ("", str(os.getpid())):
        return None
    return int(told) / 1_000_000


def reloading() -> str:
    """Return the message that the configuration is being read again; READY=1 follows it."""
    return f"RELOADING=1\nMONOTONIC_USEC={time.monotonic_ns() // 1000}"
