"""The folder and the file of the database, made so that nobody else can read them."""

from __future__ import annotations

import os
from pathlib import Path

from digest.errors import StoreError


def make_folder(folder: Path) -> None:
    """Makes the folder with mode 0700; one that is there stays as it is."""
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise StoreError(
            f"the folder {folder} cannot be made: {error.strerror}", "choose another one with [store] path"
        ) from error


def make_file(path: Path) -> None:
    """Makes the file, empty and with mode 0600, unless it is there.

    SQLite would make it 0644 under the usual umask; of a file that is there it takes the mode for `-wal` and `-shm`.
    """
    try:
        os.close(os.open(path, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600))
    except FileExistsError:
        if not path.is_file():
            raise StoreError(f"{path} is not a file", "choose another one with [store] path") from None
    except OSError as error:
        raise StoreError(
            f"the database {path} cannot be made: {error.strerror}", "check the permissions of its folder"
        ) from error
