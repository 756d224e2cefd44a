"""What the daemon knows: the configuration it goes by, and when there is something to do."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path

from digest.app.grounds import Stamp, stamp_files, stamp_of
from digest.app.operation.idle import stamp_database
from digest.app.operation.upcoming import Upcoming, find_upcoming
from digest.app.state import database_path, place_of
from digest.config.loading import load_document
from digest.errors import ConfigError
from digest.store import open_store

LONGEST = timedelta(hours=1)
"""How long what was found is believed, where nothing tells of a change (a calendar that was renewed, a server)."""


class Agenda:
    """The last configuration without a mistake, and what is due by it.

    `kept` are the texts of its files by path, where the files have been changed since into something that cannot be
    used: then a run is given these.
    """

    def __init__(self, config: Path, data: Path, environ: Mapping[str, str]) -> None:
        """Read the configuration.

        Raises:
            ConfigError: it is missing or wrong.
        """
        self.config = config.absolute()
        self.data = data.absolute()
        self.kept: dict[str, str] = {}
        self._texts: dict[str, str] = {}
        self._environ = environ
        self._files: dict[str, Stamp] = {}
        self._found: tuple[Upcoming, Stamp, datetime] | None = None
        self.reload()

    def reload(self) -> None:
        """Read the configuration anew.

        Raises:
            ConfigError: it is wrong; the one before stays.
        """
        # looked at before they are read, so that a change in between is seen the next time
        before, files = {path: stamp_of(Path(path)) for path in self._files}, stamp_files(self.config)
        try:
            loaded = load_document(self.config, self._environ, self.data)
        except ConfigError:
            self._files, self.kept = before | files, self._texts
            raise
        self._files, self.kept = files, {}
        self._texts = {str(part.path): part.text for part in loaded.document.parts}
        self.settings = loaded.settings
        self._found = None

    def is_changed(self) -> bool:
        """Return whether a file of the configuration was changed since it was read."""
        return any(stamp != stamp_of(Path(path)) for path, stamp in self._files.items())

    @property
    def stamp(self) -> Stamp:
        """What changes with every write to the database; nothing of one on a server."""
        path = database_path(self.settings)
        return stamp_database(path) if path else []

    def look(self, now: datetime) -> Upcoming:
        """Return what is due next; the database is opened only where it was written to since.

        Raises:
            StoreError: the database cannot be used.
        """
        stamp = self.stamp
        if self._found is not None and stamp and self._found[1] == stamp:
            age = now - self._found[2]
            if timedelta() <= age < LONGEST:  # a look from the future was one by a wrong clock
                return self._found[0]
        with open_store(place_of(self.settings)) as store:
            upcoming = find_upcoming(self.settings, store, now)
        self._found = (upcoming, stamp, now)
        return upcoming
