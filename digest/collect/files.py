"""Files and folders as Documents.  Only regular files, only inside the folder, only up to a size."""

from __future__ import annotations

import os
import stat
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import BinaryIO

from digest.errors import ReadError
from digest.model import Document

LARGEST = 50_000_000
"""No file larger than this many bytes is read as an article."""

SUFFIXES = frozenset(
    (".txt", ".md", ".markdown", ".html", ".htm", ".xhtml", ".json", ".jsonl", ".ndjson", ".pdf", ".docx")
)
"""The files of a folder that may be articles; a digest.toml or a picture is none."""

NO_ARTICLES = frozenset(("frequency_words.txt",))
"""Files that look like articles by their suffix and are none: a keyword file beside its digest.toml."""


def read_file(path: Path, source: str = "") -> Document:
    """Return the bytes of one file.

    Raises:
        ReadError: it is missing, a folder, no regular file, too large, or may not be read.
    """
    try:
        # O_NONBLOCK: a FIFO with nobody writing must not hang us; what kind of file it is, the open file itself says.
        handle = os.open(path, os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_CLOEXEC", 0))
    except OSError as error:
        raise _cannot(path, error) from error
    try:
        _check(path, os.fstat(handle))
        with os.fdopen(handle, "rb", closefd=False) as file:
            return Document(file.read(LARGEST + 1), name=str(path), source=source)
    except OSError as error:
        raise _cannot(path, error) from error
    finally:
        os.close(handle)


def read_stream(stream: BinaryIO, name: str = "standard input") -> Document:
    """Return the bytes of an open stream, such as standard input.

    Raises:
        ReadError: it is longer than LARGEST.
    """
    data = stream.read(LARGEST + 1)
    if len(data) > LARGEST:
        raise ReadError(f"{name} is longer than {LARGEST // 1_000_000} MB", "split it into articles first")
    return Document(data, name=name)


def find_files(folder: Path, missed: Callable[[ReadError], None] | None = None) -> Iterator[Path]:
    """Yield the files of a folder that may be articles, recursively, in the order of their names.

    Hidden files and links are left alone: a link leads out of the folder, or to what is found anyway.  `missed` is told
    of every folder inside that cannot be read; the others are read all the same.

    Raises:
        ReadError: the folder itself is missing or may not be read.
    """
    # A stack of our own: a tree deeper than Python's is no fault.
    open_folders = [_entries(folder)]
    while open_folders:
        entry = next(open_folders[-1], None)
        if entry is None:
            open_folders.pop()
        elif entry.name.startswith("."):
            continue
        elif entry.is_dir(follow_symlinks=False):
            try:
                open_folders.append(_entries(Path(entry.path)))
            except ReadError as error:
                if missed:
                    missed(error)
        elif _may_be_article(Path(entry.name)) and not entry.is_symlink():
            yield Path(entry.path)


def _entries(folder: Path) -> Iterator[os.DirEntry[str]]:
    """What lies in a folder, in the order of the names."""
    try:
        with os.scandir(folder) as found:
            return iter(sorted(found, key=lambda entry: entry.name))
    except OSError as error:
        raise _cannot(folder, error) from error


def _check(path: Path, status: os.stat_result) -> None:
    if stat.S_ISDIR(status.st_mode):
        raise ReadError(f"{path} is a folder", "give a file, or preview the folder: digest preview FOLDER")
    if not stat.S_ISREG(status.st_mode):
        raise ReadError(f"{path} is not a regular file", "give a file; for a pipe use -")
    if status.st_size > LARGEST:
        raise ReadError(f"{path} is larger than {LARGEST // 1_000_000} MB", "split it into articles first")


def _cannot(path: Path, error: OSError) -> ReadError:
    if isinstance(error, FileNotFoundError):
        return ReadError(f"{path} does not exist", "check the name")
    if isinstance(error, PermissionError):
        return ReadError(f"{path} may not be read", f"allow it: chmod u+r {path}")
    if isinstance(error, NotADirectoryError):
        return ReadError(f"{path} is not a folder", "give a folder, or a file by itself")
    return ReadError(f"{path} cannot be read: {error.strerror or error}", "check the disk and the name")


def _may_be_article(path: Path) -> bool:
    return path.suffix.lower() in SUFFIXES and path.name not in NO_ARTICLES
