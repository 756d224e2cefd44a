"""Trying again: how often, after how long, and when a fetch has cost enough."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import TypeVar

from digest.errors import FetchError

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Limits:
    """What one fetch may cost.

    Attributes:
        size: bytes of the body, unpacked.
        seconds: for one answer as a whole: connecting, headers, body, however slowly they come.
        tries: how often a page is asked for where trying again may help.
        redirects: how many are followed.
        longest_wait: the seconds we are ready to wait before trying again, or because a server asks us to.
        backoff: the seconds before the second try; each further pause is twice as long.
    """

    size: int = 10_000_000
    seconds: float = 30.0
    tries: int = 3
    redirects: int = 5
    longest_wait: float = 60.0
    backoff: float = 1.0

    @property
    def whole_fetch(self) -> float:
        """The seconds that one fetch may take with all its tries, without the time it waits for others."""
        return 2 * self.seconds + self.longest_wait


class AgainError(Exception):
    """It did not work, but may the next time: `error` says why, `wait` how many seconds the server asks for."""

    def __init__(self, error: FetchError, wait: float = 0.0) -> None:
        super().__init__(error.message)
        self.error = error
        self.wait = wait


class Allowance:
    """The seconds that one fetch has left."""

    def __init__(self, limits: Limits) -> None:
        self.limits = limits
        self._left = limits.whole_fetch

    @property
    def left(self) -> float:
        """The seconds that are left."""
        return self._left

    @contextmanager
    def spending(self) -> Iterator[float]:
        """Counts the seconds of the block; gives the moment of `time.monotonic` at which one answer must be whole."""
        begun = time.monotonic()
        try:
            yield begun + max(min(self.limits.seconds, self._left), 0.0)
        finally:
            self._left -= time.monotonic() - begun


def persist(attempt: Callable[[], T], allowance: Allowance, sleep: Callable[[float], None]) -> T:
    """Return what `attempt` gives, trying again where it asks for that and the limits allow it.

    The pauses grow by two and hang on nothing random: within a host requests are one after another anyway.

    Raises:
        FetchError: it did not work, even so.
    """
    limits = allowance.limits
    for tried in range(1, limits.tries + 1):
        try:
            return attempt()
        except AgainError as failed:
            pause = max(failed.wait, limits.backoff * 2 ** (tried - 1))
            if tried >= limits.tries or pause > min(limits.longest_wait, allowance.left):
                raise failed.error from None
        with allowance.spending():
            sleep(pause)
    raise AssertionError("the last try returns or raises")
