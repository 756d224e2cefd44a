"""A year of three editions in one process, with all that goes wrong in a year, and real kills beside it.

    python -m tests.bench.year [--days 365] [--seed 7] [--stories week.jsonl] [--a-day 1] [--kills 50]

The clock is ours, the database, the mail server and the runs are real.  What must never be is printed at the end, and
makes the exit code 1: an article that is neither mailed nor accounted for, a mail that came twice, an edition that was
due and of which nothing is known.  `--days 0` or `--kills 0` leave one half out.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
import time
from collections.abc import Iterable
from pathlib import Path

from tests.year.kills import kill_for_days
from tests.year.life import live_through, make_machine
from tests.year.news import made_up, read_stories

SHOWN = 40
"""So many lines of what must not be are printed."""


def measure_year(days: int, seed: int, told: list[tuple[str, str]], a_day: int) -> list[str]:
    """What must not be, after printing the account of so many days."""
    began = time.monotonic()
    asleep = (days // 3, days // 3 + 30 if days > 90 else days // 3 + 3)
    with (
        tempfile.TemporaryDirectory() as folder,
        make_machine(Path(folder), seed, days, told, a_day, asleep) as machine,
    ):
        account = live_through(
            machine, days, lambda line: print(f"{time.monotonic() - began:5.0f} s  {line}", flush=True)
        )
        seconds = time.monotonic() - began
        print(f"\n{days} days, {len(machine.news.stories)} articles, seed {seed}")
        print(f"{seconds:.0f} s of real time, {time.process_time():.0f} s of the processor")
        print_table("what was done", machine.counts.items())
        print_table("where runs were killed", machine.fuse.died.items())
        print_table("what went wrong outside", machine.storms.counts.items())
        print_table("exit codes", machine.codes.items())
        print_table("the account", account.counts.items())
        return [*machine.amiss, *account.amiss]


def print_table(title: str, rows: Iterable[tuple[str, int]]) -> None:
    """Print names with their numbers."""
    print(f"\n{title}")
    for name, count in sorted(rows):
        print(f"{count:>8}  {name}")


def main() -> None:
    """Print both halves."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--days", type=int, default=365)
    parser.add_argument("--seed", type=int, default=7)
    parser.add_argument("--stories", type=Path, help="JSON Lines with title and text; else they are made up")
    parser.add_argument("--a-day", type=int, default=1, help="articles a day and source, on the mean")
    parser.add_argument("--kills", type=int, default=50)
    given = parser.parse_args()
    told = read_stories(given.stories) if given.stories else made_up()
    amiss = measure_year(given.days, given.seed, told, given.a_day) if given.days else []
    if given.kills:
        amiss += kill_for_days(given.kills, given.seed, told, lambda line: print(line, flush=True))
    print(f"\n{len(amiss)} things amiss", *amiss[:SHOWN], sep="\n")
    sys.exit(1 if amiss else 0)


if __name__ == "__main__":
    main()
