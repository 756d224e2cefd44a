"""Pacing: no more mails a minute than the provider likes."""

from __future__ import annotations

import time
from collections import deque
from collections.abc import Callable

MINUTE = 60.0


class Pace:
    """At most `per_minute` mails in any minute: the first ones go at once, later ones wait for their turn."""

    def __init__(
        self,
        per_minute: int,
        sleep: Callable[[float], None] = time.sleep,
        tick: Callable[[], float] = time.monotonic,
    ) -> None:
        self._begun: deque[float] = deque(maxlen=per_minute)
        self._sleep = sleep
        self._tick = tick

    def left(self) -> float:
        """How many seconds it is until one more mail may be begun."""
        if len(self._begun) < (self._begun.maxlen or 0):
            return 0.0
        return max(0.0, self._begun[0] + MINUTE - self._tick())

    def wait(self, most: float = MINUTE) -> None:
        """Returns as soon as one more mail may be begun, or after `most` seconds."""
        left = min(self.left(), most)
        if left > 0:
            self._sleep(left)

    def note(self) -> None:
        """Counts a mail that is begun now."""
        self._begun.append(self._tick())
