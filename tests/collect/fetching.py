"""What the tests of fetching share: a confined network, a server, a clock, a fetcher of short patience."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from digest.collect.access import Access
from digest.collect.http import Fetcher, Limits
from digest.errors import FetchError

QUICK = Limits(size=1_000_000, seconds=2.0, tries=3, redirects=5, longest_wait=3.0, backoff=0.01)
POLITE_ENOUGH = Access(delay=0.0, robots=False)


class Clock:
    """A clock that only moves when told to."""

    def __init__(self) -> None:
        self.now = datetime(2024, 1, 11, 9, 30, tzinfo=UTC)

    def __call__(self) -> datetime:
        return self.now

    def pass_by(self, **span: float) -> None:
        """Lets time go by."""
        self.now += timedelta(**span)


def make_fetcher(**settings: Any) -> Fetcher:
    """A fetcher with short limits and its own clock, unless told otherwise."""
    given: dict[str, Any] = {"limits": QUICK, "clock": Clock(), **settings}
    return Fetcher(**given)


def refusal(fetcher: Fetcher, url: str, access: Access = POLITE_ENOUGH) -> FetchError:
    """The error that fetching a URL ends in."""
    with pytest.raises(FetchError) as caught:
        fetcher.fetch(url, access)
    assert caught.value.hint
    assert "\n" not in str(caught.value)
    return caught.value
