"""A month of three editions in one process, with faults of every kind, and real processes killed beside it.

`python -m tests.bench.year` is a whole year of the same; MONTH_SEED changes what happens.
"""

from __future__ import annotations

import os
from collections import Counter
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta

import pytest

from tests.year.account import Account
from tests.year.ending import Fuse, KilledError, burning
from tests.year.kills import kill_for_days
from tests.year.life import live_through, make_machine
from tests.year.machine import TAIL, Machine
from tests.year.news import made_up
from tests.year.offices import OPERATOR

SEED = int(os.environ.get("MONTH_SEED", "3"))
DAYS = 30 - TAIL
KILLS = 3

one_life = pytest.mark.xdist_group("month")  # it is lived through once

Life = tuple[Machine, Account]


@pytest.fixture(scope="module")
def life(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Life]:
    """A machine thirty days later, and the account."""
    folder = tmp_path_factory.mktemp("month")
    with make_machine(folder, SEED, DAYS, made_up(), a_day=1, asleep=(10, 13)) as machine:
        yield machine, live_through(machine, DAYS)


@one_life
def test_everything_is_accounted_for(life: Life) -> None:
    """Each article is mailed once an edition, merged or left for a reason; each slot has its issue or a reason."""
    machine, account = life
    assert account.amiss == []
    assert account.counts["mails"] > DAYS * 4
    assert all(account.counts[f"{name}: printed"] > DAYS for name in ("office", "week", "berlin"))
    assert account.counts["berlin: merged"] + account.counts["office: merged"] > 0
    assert len(machine.news.stories) > DAYS


@one_life
def test_no_run_was_silent_about_what_it_left(life: Life) -> None:
    """A run that ends well leaves nothing due behind, and what the note of the next moment says is so."""
    machine, _ = life
    assert machine.amiss == []
    assert machine.counts["answered by the note"] > machine.counts["runs"] / 4


@one_life
def test_it_was_a_bad_month(life: Life) -> None:
    """Runs were killed in the database and mails were refused; else the rest would say little."""
    machine, account = life
    assert machine.counts["killed"] >= 3
    assert machine.storms.counts.total() > 20
    assert account.counts["mails to the operator"] > 0
    assert len(machine.codes) > 2


@one_life
def test_the_account_would_notice(life: Life) -> None:
    """A mail that is missing or came twice, a story and a slot that nobody knows of: each is something amiss."""
    _, account = life
    mails = [mail for mail in account.mails if mail.recipient != OPERATOR]
    for tampered in (
        replace(account, mails=mails[1:]),
        replace(account, mails=[*mails, mails[0]]),
        replace(account, stories=[replace(account.stories[0], number=1)]),
        replace(account, last=account.last + timedelta(days=1)),
    ):
        drawn = replace(tampered, amiss=[], counts=Counter()).draw_up()
        assert drawn.amiss, drawn


def test_killed_processes_repeat_and_lose_nothing() -> None:
    """Real runs under kill -9: every mail once, every article and every slot accounted for."""
    said: list[str] = []
    assert kill_for_days(KILLS, SEED, made_up(), said.append) == []
    assert f"{KILLS} kills" in said[0]


def test_a_fuse_ends_what_burns_it() -> None:
    """The step it is set to fails, and so does every step behind it; without a number none does."""
    with burning(Fuse(left=2)) as fuse:
        fuse.burn("first")
        for _ in range(2):
            with pytest.raises(KilledError):
                fuse.burn("second")
    assert dict(fuse.died) == {"second": 1}
    with burning(Fuse()) as fuse:
        fuse.burn("any")
    with burning(Fuse(left=1, kind="other")) as fuse:
        fuse.burn("any")
    assert not fuse.dead
