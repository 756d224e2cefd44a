"""One whole life: news, storms, a machine, and the account of it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random

from tests.smtp_server import FaultServer
from tests.year.account import Account
from tests.year.machine import Machine
from tests.year.news import News
from tests.year.storms import Storms

BEGIN = datetime(2026, 11, 1, tzinfo=UTC)


@contextmanager
def make_machine(
    folder: Path, seed: int, days: int, told: Sequence[tuple[str, str]], a_day: int, asleep: tuple[int, int]
) -> Iterator[Machine]:
    """A machine before its first day; it sleeps at eight from one day to another."""
    dice = Random(seed)
    (folder / "news").mkdir()
    news = News(folder / "news", Random(dice.random()), told, BEGIN, days, a_day)
    sleeps = (BEGIN + timedelta(days=asleep[0]), BEGIN + timedelta(days=asleep[1]))
    with FaultServer() as smtp:
        yield Machine(folder, smtp, news, Storms(Random(dice.random()), smtp, news, sleeps), Random(dice.random()))


def live_through(machine: Machine, days: int, hear: Callable[[str], None] = lambda _: None) -> Account:
    """The account after so many days; `hear` is told how far it is."""
    machine.live(BEGIN, days, hear)
    assert machine.begun
    assert machine.ended
    stories = machine.news.stories
    return Account(machine.database, machine.smtp.received, stories, machine.begun, machine.ended).draw_up()
