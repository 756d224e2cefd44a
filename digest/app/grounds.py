"""What the settings of a run rest on: the files of the configuration and the environment, with what marks a change."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from hashlib import sha256
from pathlib import Path

import digest

Stamp = list[int]

_SECRETS = ("PASSWORD", "SECRET", "TOKEN", "KEY", "HEARTBEAT")
"""What is in the name of a variable that makes nothing due, and whose value is to be found in no file."""

_ZONE = ("TZ", "TZDIR", "PYTHONTZPATH")


@dataclass(frozen=True, slots=True)
class Grounds:
    """What the settings of a run came from, looked at before they were read.

    `config` and `data` are the file and the folder for data; `files` are the files and folders of the configuration,
    each with its stamp.
    """

    config: str
    data: str
    files: dict[str, Stamp]
    environment: str
    version: str = digest.__version__


def take_grounds(config: Path, data: Path, environ: Mapping[str, str]) -> Grounds | None:
    """Return what settings read from now on will rest on; None where not everything of it can be looked at."""
    files = stamp_files(config)
    if not all(files.values()):
        return None
    return Grounds(str(config.absolute()), str(data.absolute()), files, digest_of(environ))


def stamp_files(config: Path) -> dict[str, Stamp]:
    """Return the stamp of every file and folder a configuration is made of."""
    from digest.config import watched_paths

    return {str(path): stamp_of(path) for path in watched_paths(config)}


def stamp_of(path: Path) -> Stamp:
    """Return what changes with every write to a file, or with every change in a folder; nothing where none is there."""
    try:
        found = path.stat()
    except (OSError, ValueError):
        return []
    return [found.st_ino, found.st_mtime_ns, found.st_size]


def digest_of(environ: Mapping[str, str]) -> str:
    """A mark of the variables that settings and clocks come from; of a secret only whether it is set."""
    names = sorted(name for name in environ if name.startswith("DIGEST_") or name in _ZONE)
    told = [(name, "" if _is_secret(name) else environ[name], bool(environ[name])) for name in names]
    return _mark(f"{name}={value}:{is_set}" for name, value, is_set in told)


def _is_secret(name: str) -> bool:
    return any(word in name for word in _SECRETS)


def _mark(parts: Iterable[str]) -> str:
    return sha256("\0".join(parts).encode("utf-8", "surrogateescape")).hexdigest()
