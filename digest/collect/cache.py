"""The HTTP cache: bodies and what a server needs to say "unchanged", one file an URL.

It is no state: without it everything is only fetched anew.  So what is broken or missing is a miss, and a disk that is
full stops nobody.  It is a reader's own copy, no shared cache, and so keeps what servers would not have others keep.
"""

from __future__ import annotations

import hashlib
import itertools
import json
import os
import threading
import zlib
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

_FIRST_LINE = b"digest http cache 1\n"
_TEXTS = ("asked", "url", "media_type", "etag", "last_modified")


@dataclass(frozen=True, slots=True)
class Cached:
    """A body as it was fetched.  `url`: where redirects led; `confirmed`: when the server last said so."""

    body: bytes
    url: str
    media_type: str
    etag: str
    last_modified: str
    confirmed: datetime


class HttpCache:
    """Bodies in the files of one folder, readable by its owner only.  Safe for threads and for several processes."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._made = False
        self._numbers = itertools.count()

    def get(self, url: str, sent: Mapping[str, str]) -> Cached | None:
        """What is kept of a URL that was asked for with these headers and cookies; None where there is nothing good."""
        path = self._path(url, sent)
        try:
            with path.open("rb") as file:
                moment = os.fstat(file.fileno()).st_mtime
                return _read(file.read(), url, datetime.fromtimestamp(moment, UTC))
        except (OSError, OverflowError):
            return None

    def put(self, url: str, sent: Mapping[str, str], cached: Cached) -> None:
        """Keeps a body in the place of what was kept of the URL."""
        head = {name: getattr(cached, name) for name in _TEXTS[1:]} | {"asked": url, "size": len(cached.body)}
        # level 1: a page of 20 KB costs a quarter of a millisecond
        data = _FIRST_LINE + json.dumps(head).encode() + b"\n" + zlib.compress(cached.body, 1)
        path = self._path(url, sent)
        temporary = self.folder / f".{os.getpid()}-{threading.get_ident()}-{next(self._numbers)}.tmp"
        try:
            self._make_folder()
            handle = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
            with os.fdopen(handle, "wb") as file:
                file.write(data)
            _date(temporary, cached.confirmed)
            temporary.replace(path)
        except OSError:
            with suppress(OSError):
                temporary.unlink()

    def confirm(self, url: str, sent: Mapping[str, str], now: datetime) -> None:
        """Notes that the server says, now, that the body is still the same.  The file's own date is the note."""
        with suppress(OSError):
            _date(self._path(url, sent), now)

    def drop(self, url: str, sent: Mapping[str, str]) -> None:
        """Deletes what is kept of one URL."""
        with suppress(OSError):
            self._path(url, sent).unlink()

    def forget(self, before: datetime) -> int:
        """Deletes what was last confirmed before a moment, and what a killed process left; returns how many files."""
        gone = 0
        with suppress(OSError), os.scandir(self.folder) as found:
            for entry in found:
                with suppress(OSError):
                    if entry.is_file(follow_symlinks=False) and entry.stat().st_mtime < before.timestamp():
                        Path(entry.path).unlink()
                        gone += 1
        return gone

    def _path(self, url: str, sent: Mapping[str, str]) -> Path:
        asked = json.dumps([url, sorted((name.lower(), value) for name, value in sent.items())])
        return self.folder / hashlib.sha256(asked.encode("utf-8", "surrogatepass")).hexdigest()[:40]

    def _make_folder(self) -> None:
        if not self._made:
            self.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._made = True


def _date(path: Path, moment: datetime) -> None:
    os.utime(path, (moment.timestamp(), moment.timestamp()))


def _read(data: bytes, url: str, confirmed: datetime) -> Cached | None:
    """The parts of one file, None where any of them is not as it was written."""
    if not data.startswith(_FIRST_LINE):
        return None
    line, _, packed = data[len(_FIRST_LINE) :].partition(b"\n")
    try:
        head = json.loads(line)
        if not isinstance(head, dict) or not all(isinstance(head.get(name), str) for name in _TEXTS):
            return None
        size = head.get("size")
        unpack = zlib.decompressobj()
        body = unpack.decompress(packed, size + 1) if isinstance(size, int) and size >= 0 else b""
        whole = unpack.eof and len(body) == size and head["asked"] == url
    except (ValueError, RecursionError, OverflowError, zlib.error):
        return None
    texts = {name: head[name] for name in _TEXTS[1:]}
    return Cached(body, confirmed=confirmed, **texts) if whole else None
