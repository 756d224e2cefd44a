"""What digest init finds out about answers while they are given: whether a source and a login are what they seem."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from digest.app.state import open_state
from digest.app.timetable import timetable_of
from digest.collect.files import find_files
from digest.config import make_source
from digest.config.settings import Settings
from digest.errors import DigestError, UsageError
from digest.schedule.due import due_slot
from digest.urls import host_of

if TYPE_CHECKING:
    from digest.app.reading.sources import Identified

PATIENCE = 10
"""Seconds a mail server may take: somebody waits in front of the screen."""

MOST_COUNTED = 1000


def folder_source(path: Path, home: Path) -> dict[str, Any]:
    """Return the [[source]] table of a folder of articles, as the configuration in the folder `home` writes it.

    Raises:
        UsageError: it is no folder.
    """
    if not path.is_dir():
        raise UsageError(f"{path} is no folder", "name a folder of articles: digest init --source FOLDER")
    place = path.absolute()
    shown = place.relative_to(home).as_posix() if place.is_relative_to(home) else place.as_posix()
    name = "".join(char if char.isprintable() and char not in "\"'\\" else "-" for char in place.name)
    return {"name": name or "articles", "kind": "folder", "path": shown}


def count_articles(path: Path) -> int:
    """Return how many files a folder holds that may be articles, 1,000 at most."""
    count = 0
    with suppress(DigestError):
        for count, _ in enumerate(find_files(path, lambda _: None), 1):
            if count >= MOST_COUNTED:
                break
    return count


def web_source(
    url: str, settings: Settings, environ: Mapping[str, str], clock: Callable[[], datetime], *, private: bool = False
) -> Identified:
    """Return what an address of the web is, with its [[source]] table.

    Raises:
        DigestError: it is no address, cannot be fetched, or is no source.
    """
    from digest.app.reading.collecting import Collector
    from digest.app.reading.sources import identify_source

    wanted = make_source({"name": "new", "kind": "feed", "url": url} | ({"allow_private": True} if private else {}))
    with Collector(settings.collect, environ, clock) as collector:
        found = identify_source(wanted, collector.tools)
    if private and host_of(found.table["url"]) == host_of(url):
        found.table["allow_private"] = True
    return found


@dataclass(frozen=True, slots=True)
class First:
    """When the first issue goes out: at `following`, or with the next run where today's time has `passed`."""

    passed: datetime | None
    following: datetime


def find_first(settings: Settings, now: datetime) -> First:
    """Return when the first edition goes out first."""
    timetable = timetable_of(settings, settings.editions()[0])
    passed = due_slot(timetable, now, None)
    return First(passed, timetable.following(now) or now)


def leave_out(settings: Settings, slot: datetime, now: datetime) -> None:
    """Note that the first edition has no issue of that slot; raises StoreError."""
    with open_state(settings) as store:
        store.skip_slot(settings.editions()[0].name, slot, "before the edition began", now)


def try_login(settings: Settings, password: str, environ: Mapping[str, str], tell: Callable[[str], None]) -> str:
    """Return how the mail server was reached with that password; nothing is kept of it.

    Raises:
        MailError: it was not, with what to try.
    """
    from digest.app.mail.posting import server_of
    from digest.deliver import check_login

    mail = settings.require_mail()
    server = server_of(mail, {**environ, "DIGEST_MAIL__PASSWORD": password})
    return check_login(replace(server, timeout=PATIENCE), tell)
