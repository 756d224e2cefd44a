"""Where things are on this machine: the configuration in use and the folder for data.

It imports next to nothing, so that a command which finds nothing to do has not read the configuration.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path


def find_config(explicit: Path | None, environ: Mapping[str, str], cwd: Path) -> Path | None:
    """Return the configuration to read: the explicit one, DIGEST_CONFIG, ./digest.toml, the user's, or None.

    The first two are returned even where no such file exists, so that who reads it can say so.
    """
    named = explicit or (Path(environ["DIGEST_CONFIG"]) if environ.get("DIGEST_CONFIG") else None)
    if named is not None:
        return cwd / Path(os.path.expanduser(named))  # noqa: PTH111  Path.expanduser fails where there is no home
    from platformdirs import user_config_path  # a tenth of what `digest --help` takes

    candidates = (cwd / "digest.toml", user_config_path("digest", appauthor=False) / "config.toml")
    return next((path for path in candidates if _is_there(path)), None)


def find_data(explicit: Path | None) -> Path:
    """Return the folder for data: the explicit one, or the user's."""
    if explicit:
        return explicit.absolute()
    from platformdirs import user_data_path

    return user_data_path("digest", appauthor=False)


def name_beside(kind: str, config: Path | str, data: Path, ending: str) -> Path:
    """Return the path of a file about one configuration in the folder for data, which several may share."""
    return data / f"{kind}-{sha256(os.fsencode(os.path.abspath(config))).hexdigest()[:12]}{ending}"  # noqa: PTH100


def _is_there(path: Path) -> bool:
    """Whether the file exists; one in a home that belongs to somebody else (sudo -u) does not."""
    try:
        return path.is_file()
    except OSError:
        return False
