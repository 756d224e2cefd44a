"""When the sources of an edition were last tried: what a run and the next moment both go by."""

from __future__ import annotations

from datetime import datetime, timedelta

from digest.config import Settings
from digest.model import Edition
from digest.store import Store

WRONG = timedelta(days=2)
"""A source tried so far in the future was tried under a wrong clock."""


def find_tried(settings: Settings, store: Store, edition: Edition, now: datetime) -> dict[str, datetime | None]:
    """Return when each source on the web of an edition was last tried; None where it never was, or by a wrong clock.

    Folders, whose files stay, are read with each issue; while one is held, they are read in between as well.
    """
    held = any(draft.state == "held" for draft in store.drafts(edition.name))
    tried = {name: fares.last_tried for name, fares in store.source_health().items() if fares.last_tried <= now + WRONG}
    return {source.name: tried.get(source.name) for source in settings.sources_of(edition) if held or source.on_web}
