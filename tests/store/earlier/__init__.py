"""Databases as earlier programs left them, each written by that program: <version>-<commit>.sql.gz.

Every one that changed the tables or what stands in them has one.  All hold the same days: on March 1st an issue of two
items went to a@, may have reached b@ (held) and was refused for c@; on March 2nd another one reached a@ and waits for
b@ and c@; two files and a page, read twice and met under a second address, are candidates.  From version 3 on an issue
for March 3rd is frozen, from 4 on d@ and e@ get no mail, version 5 has a skipped slot, a run and an alert.
"""

from __future__ import annotations

import gzip
import sqlite3
from contextlib import closing
from pathlib import Path

NAMES = tuple(sorted(path.name.removesuffix(".sql.gz") for path in Path(__file__).parent.glob("*.sql.gz")))


def write_earlier(name: str, path: Path) -> None:
    """Makes the database `path` as that program left it."""
    path.parent.mkdir(parents=True, exist_ok=True)
    script = gzip.decompress((Path(__file__).parent / f"{name}.sql.gz").read_bytes()).decode("utf-8", "surrogatepass")
    with closing(sqlite3.connect(path)) as raw:
        raw.executescript(script)
        raw.execute("PRAGMA journal_mode = WAL")


def version_of(name: str) -> int:
    """The version of that database."""
    return int(name.partition("-")[0])
