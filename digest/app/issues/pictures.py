"""The leading pictures of an issue's items: fetched, made small, and named so that its letter can show them."""

from __future__ import annotations

import base64
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import datetime
from hashlib import sha256
from typing import TYPE_CHECKING

from digest.collect.pictures import Shrunk, can_shrink, shrink_picture
from digest.errors import DigestError
from digest.guard import Guard
from digest.model import Attachment, Edition, Issue, Item, Letter, Picture
from digest.render.words import interface_words

if TYPE_CHECKING:
    from digest.collect.access import Access
    from digest.collect.http import Fetcher
    from digest.config import Settings

MOST = 12
"""So many items of an issue have a picture, at most."""

SIZE = 3_000_000
"""A larger file is not fetched."""

TOGETHER = 600_000
"""The bytes that all pictures of a letter may have."""

SECONDS = 10.0
MEMORY = 800_000_000
THREADS = 4

_HEAD = re.compile(r"(?is)\A(?:.*?<head(?:\s[^>]*)?>|.*?<html(?:\s[^>]*)?>|\s*<!doctype[^>]*>)?")
_POLICY = (
    '<meta http-equiv="Content-Security-Policy" '
    "content=\"default-src 'none'; img-src data:; style-src 'unsafe-inline'; form-action 'none'; base-uri 'none'\">"
)


def fetch_pictures(
    edition: Edition,
    issue: Issue,
    settings: Settings,
    environ: Mapping[str, str],
    clock: Callable[[], datetime],
    announce: Callable[[str], None],
) -> tuple[Issue, tuple[Attachment, ...]]:
    """Return the issue with the pictures of its items, where the edition wants them, and the pictures' bytes.

    One that cannot be had, or that several items share as they share a logo, is left out; `announce` is told how many.
    """
    wanted = _candidates(issue) if edition.images else []
    if not wanted:
        return issue, ()
    if not can_shrink():
        announce("pictures are left out, since Pillow is missing: pip install 'textrank-digest[images]'")
        return issue, ()
    had, problems = _fetch(wanted, settings, environ, clock)
    if problems:
        announce(f"{len(problems)} of {len(wanted)} pictures could not be had; {problems[0]}")
    return _place(issue, had)


def _candidates(issue: Issue) -> list[Item]:
    """The first items with a picture of their own."""
    used = Counter(item.article.image for item in issue.items)
    return [item for item in issue.items if item.article.image and used[item.article.image] == 1][:MOST]


def _fetch(
    items: Sequence[Item], settings: Settings, environ: Mapping[str, str], clock: Callable[[], datetime]
) -> tuple[dict[int, Shrunk], list[str]]:
    """The pictures by the number of their item, and what is wrong with the others."""
    from digest.collect.http import Fetcher, Limits

    limits = Limits(size=SIZE, seconds=SECONDS, tries=2, longest_wait=2.0)
    had: dict[int, Shrunk] = {}
    problems: list[str] = []
    with (
        Fetcher(limits=limits, environ=environ, clock=clock) as fetcher,
        Guard(1, seconds=SECONDS, memory=MEMORY, warm="digest.collect.pictures", bare=True) as guard,
        ThreadPoolExecutor(THREADS, thread_name_prefix="picture") as threads,
    ):
        for item, got in zip(
            items, threads.map(lambda item: _fetch_one(item, settings, environ, fetcher, guard), items), strict=True
        ):
            if isinstance(got, Shrunk):
                had[item.number] = got
            else:
                problems.append(f"item {item.number}: {got.message}")
    return had, problems


def _fetch_one(
    item: Item, settings: Settings, environ: Mapping[str, str], fetcher: Fetcher, guard: Guard
) -> Shrunk | DigestError:
    try:
        document = fetcher.fetch(item.article.image, _access(item, settings, environ))
        return guard.call(shrink_picture, document.data)
    except DigestError as error:
        return error


def _access(item: Item, settings: Settings, environ: Mapping[str, str]) -> Access:
    """As the article's own source may be read."""
    from digest.app.reading.following import access_of
    from digest.collect.access import Access

    source = next((s for s in settings.source if s.name == item.article.source and s.on_web), None)
    return access_of(source, environ) if source else Access()


def _place(issue: Issue, had: Mapping[int, Shrunk]) -> tuple[Issue, tuple[Attachment, ...]]:
    """The issue with its pictures, as many as go together, and none that two items have."""
    pictures: dict[int, Picture] = {}
    attachments: list[Attachment] = []
    seen = Counter(shrunk.data for shrunk in had.values())
    left = TOGETHER
    for item in issue.items:
        shrunk = had.get(item.number)
        if shrunk is None or seen[shrunk.data] > 1 or len(shrunk.data) > left:
            continue
        left -= len(shrunk.data)
        name = sha256(shrunk.data).hexdigest()[:16]
        pictures[item.number] = Picture(
            f"{name}@digest", interface_words(issue.language)["picture"] % item.title, shrunk.width, shrunk.height
        )
        attachments.append(Attachment(f"{name}.jpg", "image/jpeg", shrunk.data, f"{name}@digest"))
    sections = tuple(
        replace(section, items=tuple(replace(item, picture=pictures.get(item.number)) for item in section.items))
        for section in issue.sections
    )
    return replace(issue, sections=sections), tuple(attachments)


def pictures_of(letter: Letter) -> tuple[Attachment, ...]:
    """Return the pictures that a letter shows."""
    return tuple(attachment for attachment in letter.attachments if attachment.cid)


def dump_attachments(attachments: Sequence[Attachment]) -> list[dict[str, str]]:
    """Return attachments as they are kept with a draft."""
    return [
        {"name": a.name, "media_type": a.media_type, "cid": a.cid, "data": base64.b64encode(a.data).decode("ascii")}
        for a in attachments
    ]


def load_attachments(kept: Iterable[Mapping[str, str]]) -> Iterator[Attachment]:
    """Yield what `dump_attachments` has written."""
    for one in kept:
        yield Attachment(one["name"], one["media_type"], base64.b64decode(one["data"]), one["cid"])


def page_to_look_at(letter: Letter) -> str:
    """Return the HTML of a letter as a file for a browser: with its pictures inside, and forbidden to load anything."""
    page = letter.html
    for picture in pictures_of(letter):
        inside = f"data:{picture.media_type};base64,{base64.b64encode(picture.data).decode('ascii')}"
        page = page.replace(f"cid:{picture.cid}", inside)
    return _HEAD.sub(lambda head: head[0] + _POLICY, page, count=1)
