"""What runs digest by itself here: a daemon, or timers."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from digest.app.operation.beat import Beat, judge_beat, read_beat
from digest.places import find_data


@dataclass(frozen=True, slots=True)
class Service:
    """The daemon's last word, what is wrong with it, and the timers installed; each empty where there is none."""

    beat: Beat | None = None
    trouble: str = ""
    timers: tuple[str, ...] = ()

    @property
    def runs(self) -> bool:
        """Whether anything calls digest by itself, as far as can be seen from here."""
        return bool(self.timers) or (self.beat is not None and not self.trouble)


def look_at_service(config: str, data_dir: Path | None, now: datetime) -> Service:
    """Return what runs digest for a configuration; the programs that keep timers are asked."""
    from digest.app.operation.timers import installed_kinds

    if not config:
        return Service()
    beat = read_beat(config, find_data(data_dir))
    return Service(beat, judge_beat(beat, now) if beat else "", installed_kinds(Path(config), data_dir))
