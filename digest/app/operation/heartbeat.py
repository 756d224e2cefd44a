"""The dead man's switch: a URL that is asked after each delivery, so that somebody else notices where none comes."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

from digest.app.call import Call
from digest.app.operation.status import EditionStatus, Status
from digest.app.outcome import Outcome
from digest.errors import FetchError

SECONDS = 10
_URL = re.compile(r"https?://\S+")


def is_delivered(outcome: Outcome, status: Status) -> bool:
    """Return whether this run mailed an issue, and every edition that should have gone out did, to most readers."""
    sent = any(receipt.state == "sent" for receipt in outcome.receipts)
    missing = any(
        (edition.due and not edition.held) or edition.late or _is_missed(edition) for edition in status.editions
    )
    return sent and not missing and not outcome.broken and not outcome.aside


def _is_missed(edition: EditionStatus) -> bool:
    """Whether fewer readers have the last issue than have it not: one wrong address rings no alarm."""
    mails = edition.last.mails if edition.last else {}
    had = mails.get("sent", 0)
    return had < sum(mails.values()) - had


def ask_heartbeat(call: Call) -> str:
    """Ask the URL once, and return who answered; the URL, which is a secret, is in no word of it.

    It may lead into the office's own network: whoever wrote the configuration wants it there.

    Raises:
        FetchError: no answer within ten seconds, or not a good one.
    """
    from digest.collect.access import Access, place_of
    from digest.collect.http import Fetcher, Limits

    url = call.settings.monitoring.heartbeat or ""
    host = urlsplit(url).hostname or ""
    limits = Limits(size=100_000, seconds=SECONDS, tries=1, longest_wait=0)
    try:
        access = Access(robots=False, allow_private=place_of(url), delay=0)
        with Fetcher(limits=limits, environ=call.environ, clock=call.clock) as fetcher:
            fetcher.fetch(url, access)
    except FetchError as error:
        if error.status // 100 != 2:  # 204: it has nothing to say, which is well
            told = f"the heartbeat at {host}: {_URL.sub(host, error.message)}"
            raise FetchError(told, "check [monitoring] heartbeat", status=error.status) from None
    return host
