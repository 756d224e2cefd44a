"""Whether what is kept of a frozen issue agrees with itself: its mail, its manifest, the seal and its items."""

from __future__ import annotations

import email
import email.policy
import re
from collections.abc import Iterator, Mapping
from datetime import UTC
from typing import Any

from digest.app.proof.manifest import VERSION, Quote, hash_parts, is_sealed
from digest.errors import StoreError
from digest.store import FrozenIssue, ItemRow, Store
from digest.store.originals import DamagedError, undamaged


def version_of(manifest: Mapping[str, Any]) -> int:
    """Return the version of a manifest; one that names none is of version 1, and any other word of the newest."""
    version = manifest.get("version", 1)
    return version if type(version) is int and version >= 1 else VERSION


def find_mail_faults(frozen: FrozenIssue) -> Iterator[str]:
    """What is wrong with the parts of the mail: they are not of one another."""
    for part, content in (("html", frozen.html), ("text", frozen.text)):
        if _lines(content.encode("utf-8", "replace").decode()) != _lines(_mailed(frozen.body, part)):
            yield f"the {part} that is kept is not the one in the mail"


def find_manifest_faults(store: Store, frozen: FrozenIssue, manifest: Mapping[str, Any]) -> Iterator[str]:
    """What is wrong with a manifest as a whole: it is not the one that was written with this mail."""
    if version_of(manifest) < 2:
        if _follows_a_sealed_one(store, frozen):
            yield "its manifest has no seal, and that of an earlier issue has one"
        return
    if "seal" not in manifest:
        yield "its manifest is not sealed"
    elif not is_sealed(manifest, store.signing_key()):
        yield "the seal of its manifest does not fit: it was changed, or sealed by another database"
    if (manifest.get("edition"), manifest.get("slot")) != (frozen.edition, frozen.slot.astimezone(UTC).isoformat()):
        yield "its manifest is that of another issue"
    marks: Any = manifest.get("sha256")
    for part, mark in hash_parts(frozen.subject, frozen.html, frozen.text, frozen.body).items():
        if not isinstance(marks, Mapping) or not marks.get(part):
            yield f"its manifest has no hash of the {part}"
        elif marks[part] != mark:
            yield f"the {part} is not the one that was frozen"


def find_item_faults(
    store: Store, frozen: FrozenIssue, manifest: Mapping[str, Any], quotes: list[Quote], count: int
) -> Iterator[str]:
    """Where the items that the database keeps of an issue, `count` of them, are not those of its manifest.

    Those of version 1 were written later, from the manifest, for the articles that were still there.
    """
    items = manifest["items"]
    complete = version_of(manifest) >= 2
    numbers = {item.get("number", place) for place, item in enumerate(items, 1)}
    if count > len(items) or (complete and count < len(items)) or len(numbers) < len(items):
        yield f"its manifest names {len(numbers)} items, and the database keeps {count}"
    if frozen.state == "void":  # its articles were given back: nothing tells any more where they stood
        return
    for place, item in enumerate(items, 1):
        number, key = item.get("number", place), item["key"]
        try:
            row = _find_row(store, frozen, key)
        except DamagedError as error:
            yield f"item {number}: {error.message}"
            continue
        own = [quote for quote in quotes if quote.item == number and quote.part != "overview"]
        if row is None:
            if complete:
                yield f"item {number} of its manifest is not among the items that the database keeps"
        elif _as_printed(own) != (row.sentences, row.added):
            yield f"item {number} has other sentences in its manifest than in the database"
        elif complete and (row.number, row.title) != (number, item.get("title")):
            yield f"item {number} has another number or title in its manifest than in the database"


def _as_printed(quotes: list[Quote]) -> tuple[tuple[tuple[int, int], ...], tuple[tuple[str, int, int], ...]]:
    return (
        tuple((quote.start, quote.end) for quote in quotes if quote.part == "summary"),
        tuple((quote.key, quote.start, quote.end) for quote in quotes if quote.part == "added"),
    )


def _find_row(store: Store, frozen: FrozenIssue, key: str) -> ItemRow | None:
    """The item of the issue that an article heads; its key may be one of before an upgrade."""
    with undamaged(f"article {key}, or its item,"):
        courses = ((trace.key, course) for trace in store.trace(key) for course in trace.courses)
        for name, course in courses:
            of_it = (course.row.edition, course.row.slot) == (frozen.edition, frozen.slot)
            if of_it and course.item is not None and course.item.key == name:
                return course.item
    return None


def _follows_a_sealed_one(store: Store, frozen: FrozenIssue) -> bool:
    """Whether the issue before this one has a newer manifest: then this one was written by nobody of ours."""
    slots = [row.slot for row in store.find_issues(frozen.edition) if row.slot < frozen.slot]
    try:
        with undamaged("issue"):
            before = store.find_issue(frozen.edition, slots[0]) if slots else None
    except StoreError:
        return False
    manifest: Any = before.manifest if before else {}
    return isinstance(manifest, Mapping) and version_of(manifest) >= 2


def _mailed(body: bytes, part: str) -> str:
    """The first text of that kind in the body of a message."""
    boundary = body.partition(b"\r\n")[0].removeprefix(b"--")
    head = b'MIME-Version: 1.0\r\nContent-Type: multipart/mixed; boundary="' + boundary + b'"\r\n\r\n'
    wanted = {"html": "text/html", "text": "text/plain"}[part]
    message = email.message_from_bytes(head + body, policy=email.policy.compat32)
    payload = next((p.get_payload(decode=True) for p in message.walk() if p.get_content_type() == wanted), b"")
    return payload.decode("utf-8", "replace") if isinstance(payload, bytes) else ""


def _lines(text: str) -> list[str]:
    return re.split("\r\n|\r|\n", text)
