"""Law 4 over the web: twenty days of a small web that fails at random, and runs that break off in the middle.

Six sources on four hosts publish every day.  On any day a list or a page may be missing, blocked, cut, slow, garbage,
redirected or late; the clock or the store may throw between two steps.  What was published reaches an issue once.
"""

from __future__ import annotations

import json
import os
import random
import sqlite3
import threading
import zlib
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from typing import Any, cast

import pytest

from digest.app.reading.offering import offer_articles
from digest.app.reading.reader import Reader
from digest.config import Settings, load_settings, write_source
from digest.model import Article, Edition
from digest.store import Envelope, FrozenIssue, Placement, Store, Version, open_store
from tests.web_server import Answer, Route, Seen, WebServer, confine
from tests.workers import keep_workers

DAYS = 20
CALM = 2
"""The last days, on which nothing fails."""

LAST_STORM = DAYS - CALM - 1
"""On this day every list is well, and most pages are not."""

LISTED = 6
"""So many stories stand in a list at most: what was missed for long is gone from it."""

SECONDS = 2
"""The time for one answer: as short as a loaded machine allows."""

MORNING = datetime(2026, 11, 1, 1, tzinfo=UTC)
SEED = 7
EDITION = Edition("daily", "每日摘要")
TEASING = ("teasers", "column", "json", "moving", "again")
HOSTS = {"teasers": 0, "whole": 1, "json": 1, "column": 2, "moving": 3, "again": 3}
KINDS = {"json": "json", "column": "page-list"}
PLACES = ("桥梁", "水厂", "医院", "码头", "学校", "隧道", "公园", "剧院", "机场", "书店")

BLOCKED = "<html><head><title>安全验证</title></head><body><p>访问过于频繁，请输入验证码后继续访问</p></body></html>"
GARBAGE = bytes(range(256)) * 8


@dataclass(frozen=True)
class Story:
    """What one source published on one day.  Its number stands in its title and in every paragraph."""

    number: int
    source: str
    day: int

    @property
    def title(self) -> str:
        """Its headline."""
        return f"岚川市第{self.number}号{PLACES[self.number % 10]}工程开工"

    @property
    def lines(self) -> list[str]:
        """Its paragraphs, long enough to be the article itself."""
        place = PLACES[self.number % 10]
        return [
            f"岚川市第{self.number}号{place}工程第{part}标段今天开工，总投资{self.number + part}亿元，计划两年完成。"
            f"市民张先生对记者说，{place}建成以后，他从城南到城北的时间将由{50 + part}分钟缩短到十五分钟。"
            for part in range(1, 6)
        ]


@dataclass
class World:
    """What the sources publish, where it stands today, and which answers were good ones."""

    chance: random.Random
    servers: list[WebServer]
    day: int = 0
    calm: bool = False
    stories: list[Story] = field(default_factory=list)
    moved: bool = False
    again: int = 0
    costly: int = 6  # faults that may still cost seconds
    answered: set[int] = field(default_factory=set)

    def of(self, source: str) -> list[Story]:
        """What stands in the list of a source today, the newest first."""
        own = [story for story in self.stories if story.source == source][::-1]
        if source == "again" and self.again and len(own) > LISTED:
            return [*own[-2:], *own[: LISTED - 2]]  # long past stories come back on top
        return own[:LISTED]

    def server(self, source: str) -> WebServer:
        """The server that a source lies on."""
        return self.servers[HOSTS[source]]

    def path(self, story: Story) -> str:
        """The path of a story's page, as today's list spells it."""
        if story.source == "moving" and self.moved:
            return f"/2026/11/story.shtml?id={story.number}"
        tracked = f"?utm_source=rss{self.again}" if story.source == "again" and self.again else ""
        return f"/{story.source}/{story.number}.html{tracked}"

    def publish(self, day: int, *, calm: bool) -> None:
        """A new day: new stories, and new faults unless it is a calm one."""
        self.day, self.calm = day, calm
        for source in HOSTS:
            # nothing new on calm days: a list that stays the same must not hide a page that failed before them
            for _ in range(0 if calm else self.chance.choice((0, 1, 1, 2))):
                self.stories.append(Story(len(self.stories) + 1, source, day))
        self.moved = self.moved or day >= 8
        self.again = day if day % 4 == 3 else self.again
        for server in self.servers:
            server.routes = {}
        for source in HOSTS:
            self._put(source, f"/{source}", self._list_of(source), [s.number for s in self._whole(source)])
        for story in self.stories:
            if story.source in TEASING:
                self._put(story.source, self.path(story), _page(story), [story.number])

    def _whole(self, source: str) -> list[Story]:
        return [] if source in TEASING else self.of(source)

    def _put(self, source: str, path: str, good: Answer, numbers: Sequence[int]) -> None:
        """Serve something well, or with today's fault."""
        server = self.server(source)
        bare = path if "?id=" in path else path.partition("?")[0]
        likely = 0.2
        if self.day == LAST_STORM:
            likely = 0.0 if path == f"/{source}" else 0.6
        fault = None if self.calm or self.chance.random() >= likely else self.chance.choice(list(FAULTS))
        if fault in COSTLY:
            self.costly -= 1
            fault = fault if self.costly >= 0 else "missing"

        def well(_seen: Seen) -> Answer:
            self.answered.update(numbers)
            return good

        server.routes[bare] = FAULTS[fault](good, well) if fault else well
        if fault == "moved":
            server.routes[f"/moved{bare}"] = well
            server.routes[bare] = Answer(status=302, headers={"Location": f"/moved{bare}"})

    def _list_of(self, source: str) -> Answer:
        body = LISTS.get(source, _feed)(self, source, self.of(source))
        return Answer(body, etag=f'"{zlib.crc32(body)}"', gzip=self.day % 2 == 0)

    def number(self, title: str) -> int:
        """The number of the story with this title."""
        return next(story.number for story in self.stories if story.title == title)

    def url(self, story: Story) -> str:
        """The URL of a story's page, as today's list spells it."""
        return self.server(story.source).url(self.path(story))

    def date(self, story: Story) -> datetime:
        """When a story says that it was published."""
        day = self.day if story.source == "again" and self.again == self.day else story.day
        return MORNING + timedelta(days=day, hours=-1)


def _feed(world: World, source: str, stories: Sequence[Story]) -> bytes:
    """RSS with teasers too short to stand for their articles."""
    rows = "".join(
        f"<item><title>{s.title}</title><link>{world.url(s).replace('&', '&amp;')}</link>"
        f"<guid isPermaLink='false'>{world.again}-{s.number}</guid>"
        f"<description>{s.lines[0][:20]}……</description><pubDate>{format_datetime(world.date(s))}</pubDate></item>"
        for s in stories
    )
    return f"<?xml version='1.0'?><rss version='2.0'><channel><title>{source}</title>{rows}</channel></rss>".encode()


def _atom(world: World, source: str, stories: Sequence[Story]) -> bytes:
    """Atom that carries the articles whole."""
    rows = "".join(
        f"<entry><title>{s.title}</title><link href='{world.url(s)}'/><id>{s.number}</id>"
        f"<updated>{world.date(s).isoformat()}</updated>"
        f"<content type='html'>{''.join(f'&lt;p&gt;{line}&lt;/p&gt;' for line in s.lines)}</content></entry>"
        for s in stories
    )
    return f"<feed xmlns='http://www.w3.org/2005/Atom'><title>{source}</title>{rows}</feed>".encode()


def _json(world: World, source: str, stories: Sequence[Story]) -> bytes:
    """The list behind a page that a script draws."""
    rows = [{"title": s.title, "link": world.url(s), "publishTime": f"{world.date(s):%Y-%m-%d}"} for s in stories]
    return json.dumps({"code": 0, "data": {"list": rows}}).encode()


def _column(world: World, source: str, stories: Sequence[Story]) -> bytes:
    """The list page of an office."""
    rows = "".join(
        f"<li><a href='{world.path(s)}'>{s.title}</a><span>{world.date(s):%Y-%m-%d}</span></li>" for s in stories
    )
    return f"<html><head><title>工作动态</title></head><body><ul class='list'>{rows}</ul></body></html>".encode()


LISTS: Mapping[str, Callable[[World, str, Sequence[Story]], bytes]] = {
    "whole": _atom,
    "json": _json,
    "column": _column,
}


def _page(story: Story) -> Answer:
    body = (
        f"<html><head><meta charset='utf-8'><title>{story.title}_岚川新闻网</title></head><body><ul><li>首页</li></ul>"
        f"<h1>{story.title}</h1><div>{''.join(f'<p>{line}</p>' for line in story.lines)}</div></body></html>"
    )
    return Answer(body.encode(), etag=f'"{story.number}"', gzip=story.number % 3 == 0)


Good = Callable[[Seen], Answer]


def _blip(good: Good) -> Route:
    """Fails once, and answers well when it is tried again."""
    times = Counter[str]()

    def answer(seen: Seen) -> Answer:
        times["asked"] += 1
        return Answer(b"busy", 503) if times["asked"] == 1 else good(seen)

    return answer


FAULTS: Mapping[str, Callable[[Answer, Good], Route]] = {
    "away": lambda good, well: Answer(b"oops", 500, headers={"Retry-After": "3600"}),
    "missing": lambda good, well: Answer(b"gone", 404),
    "forbidden": lambda good, well: Answer(b"no", 403),
    "blocked": lambda good, well: BLOCKED,
    "garbage": lambda good, well: GARBAGE,
    "empty": lambda good, well: b"",
    "moved": lambda good, well: well,
    "to a block page": lambda good, well: Answer(status=302, headers={"Location": "/blocked"}),
    "blip": lambda good, well: _blip(well),
    "slow": lambda good, well: Answer(good.body, wait=SECONDS + 0.5),
    "cut": lambda good, well: Answer(good.body, cut=len(good.body) // 2),
    "broken": lambda good, well: Answer(b"oops", 500),
    "hangs up": lambda good, well: Answer(raw=b""),
}
COSTLY = ("blip", "slow", "cut", "broken", "hangs up")


class BreakError(Exception):
    """The run ends here: the power fails, the process is killed."""


@dataclass
class Fuse:
    """Ends a run at one of its steps, or, in the thread that reads it, at one of its sources."""

    left: int = 0
    source: str = ""

    def burn(self, *args: object) -> None:
        """One step, with what it was asked."""
        if threading.current_thread() is threading.main_thread():
            self.left -= 1
        if self.left == 0 or (self.source and self.source in args):
            self.left = -1
            raise BreakError


class Brittle:
    """A store that breaks off before or after one of its transactions."""

    def __init__(self, store: Store, fuse: Fuse) -> None:
        self._store, self._fuse = store, fuse

    def __getattr__(self, name: str) -> Any:
        found = getattr(self._store, name)

        def step(*args: Any, **named: Any) -> Any:
            self._fuse.burn(*args)
            result = found(*args, **named)
            self._fuse.burn()
            return result

        return step


@dataclass
class Office:
    """Runs the reading half day by day and freezes what it offers."""

    world: World
    settings: Settings
    path: Path
    slots: list[datetime] = field(default_factory=list)
    must: set[int] = field(default_factory=set)
    broken: list[datetime] = field(default_factory=list)

    def run(self, now: datetime, fuse: Fuse | None = None, *, void: bool = False, check: bool = True) -> bool:
        """Whether a run of that moment came to its end; with `void` every mail of it fails."""
        fuse = fuse or Fuse(-1)
        self.world.answered.clear()

        def clock() -> datetime:
            fuse.burn()
            return now

        with open_store(self.path) as real, suppress(BreakError):
            store = cast(Store, Brittle(real, fuse))
            real.recover(now)
            with Reader(self.settings, {}, clock, store, keeps=True) as reader:
                if real.find_issue(EDITION.name, now) is None:
                    found = reader.gather(EDITION)
                    offered, _ = offer_articles(store, EDITION, found, now)
                    if check:
                        reader.check_mailed()
                    self._freeze(store, now, offered)
                self._deliver(store, now, void=void)
                reader.tidy()
            self.must |= self.world.answered
            return True
        self.broken.append(now)
        return False

    def printed(self) -> list[Version]:
        """What was printed in the issues that went out, as it was read first."""
        with open_store(self.path) as store:
            issues = [store.find_issue(EDITION.name, slot) for slot in sorted(set(self.slots))]
            keys = [cast(list[str], i.manifest["placed"]) for i in issues if i and i.state == "carried"]
            return [store.versions(key)[0] for listed in keys for key in listed]

    def _freeze(self, store: Store, now: datetime, candidates: Sequence[Article]) -> None:
        """Freeze an issue of the candidates; each has its day on which there is no room for it."""
        full = {article.key for article in candidates if self.world.number(article.title) % 10 == now.day % 10}
        left = set() if self.world.calm else full
        places = [Placement(article.key, "left_out" if article.key in left else "placed") for article in candidates]
        self.slots.append(now)
        issue = FrozenIssue(
            edition=EDITION.name,
            slot=now,
            day=now.date(),
            subject="",
            html="",
            text="",
            body=b"",
            composed_at=now,
            manifest={"placed": [place.key for place in places if place.state == "placed"]},
        )
        assert store.freeze_issue(issue, [Envelope("a@example.cn", f"<{now:%Y%m%d}@example.cn>", b"To: a")], places)

    def _deliver(self, store: Store, now: datetime, *, void: bool) -> None:
        for row in store.pending(EDITION.name, now=now):
            assert store.claim(row, now)
            if not void:
                store.mark(row, "dot", 0, "", now)
            store.mark(row, "failed" if void else "sent", 0, "", now)


@contextmanager
def make_office(folder: Path, seed: int) -> Iterator[Office]:
    """A world that serves, and an office that reads it."""
    with ExitStack() as stack:
        servers = [stack.enter_context(WebServer(f"127.0.0.{21 + number}")) for number in range(4)]
        world = World(random.Random(seed), servers)
        tables = [
            {"name": name, "kind": KINDS.get(name, "feed"), "url": world.server(name).url(f"/{name}"), "delay": 0}
            | {"allow_private": True, "robots": name == "teasers"}
            for name in HOSTS
        ]
        head = f'version = 1\n[[edition]]\nname = "daily"\n[collect]\nseconds = {SECONDS}\n'
        config = folder / "digest.toml"
        config.write_text(head + "\n".join(map(write_source, tables)), encoding="utf-8")
        settings = load_settings(config, {}, folder / "data")
        yield Office(world, settings, folder / "data" / "digest.db")


def live(office: Office) -> None:
    """Twenty days: runs that come to their end, that break off, that are made up for or not; and mails that fail."""
    chance, quiet = office.world.chance, 0
    for day in range(DAYS):
        now = MORNING + timedelta(days=day)
        office.world.publish(day, calm=day >= DAYS - CALM)
        # never within two days of the last: after three days a candidate has expired, as it should
        trouble = chance.choice(("none", "step", "step", "source", "void")) if quiet >= 2 else "none"
        trouble = "none" if day >= LAST_STORM else trouble
        quiet = quiet + 1 if trouble == "none" else 0
        if trouble in ("step", "source"):
            fuse = Fuse(chance.randrange(1, 50)) if trouble == "step" else Fuse(-1, chance.choice(list(HOSTS)))
            if not office.run(now, fuse) and chance.random() < 0.5:
                assert office.run(now)
        else:
            assert office.run(now, void=trouble == "void")


pytestmark = pytest.mark.xdist_group("office")  # it is lived through once


@pytest.fixture(scope="module")
def after(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Office]:
    """An office twenty days later; on the last ones nothing failed."""
    with pytest.MonkeyPatch.context() as patch, make_office(tmp_path_factory.mktemp("office"), SEED) as office:
        confine(patch)
        keep_workers(patch)
        patch.setattr(
            os, "sched_getaffinity", lambda _: {0}, raising=False
        )  # one worker a run: they take long to start
        live(office)
        yield office


def test_nothing_is_printed_twice(after: Office) -> None:
    """Of all issues that went out, one holds a story, under whatever addresses and dates it came again."""
    printed = Counter(after.world.number(version.title) for version in after.printed())
    assert {number: count for number, count in printed.items() if count > 1} == {}


def test_nothing_that_was_read_or_is_still_listed_is_lost(after: Office) -> None:
    """A story is in an issue if a run that came to its end was given its page, or if it stands in a list at the end."""
    printed = {after.world.number(version.title) for version in after.printed()}
    listed = {story.number for source in HOSTS for story in after.world.of(source)}
    assert after.must | listed <= printed
    assert len(after.must) > 2 * len(HOSTS)
    assert len(after.broken) >= 2


def test_what_is_printed_are_the_stories(after: Office) -> None:
    """No block page, no garbage and no half of an answer ever stands for an article."""
    texts = {story.title: story.lines for story in after.world.stories}
    for version in after.printed():
        assert version.text.splitlines() == texts[version.title]


def test_visits_ledger_and_listings_agree(after: Office) -> None:
    """Every page that was read is an article, every article was offered, every list was read to its end.

    Only what a run kept, and then broke off before it was offered, may be missing in the ledger.
    """
    with open_store(after.path) as store:
        assert store.find_damage() == ""
        ledger = {row.key: row.state for row in store.ledger_rows(EDITION.name)}
        assert {name: (one.failures, one.problem) for name, one in store.source_health().items()} == dict.fromkeys(
            sorted(HOSTS), (0, "")
        )
    with closing(sqlite3.connect(after.path)) as database:
        titles = dict(database.execute("SELECT key, title FROM articles").fetchall())
        seen = dict(database.execute("SELECT key, first_seen FROM articles").fetchall())
        visited = database.execute("SELECT key FROM visits WHERE status = 200").fetchall()
        listings = database.execute("SELECT source, mark, keys FROM listings").fetchall()
    assert set(ledger.values()) == {"carried"}
    assert ledger.keys() <= titles.keys()
    assert {datetime.fromisoformat(seen[key]) for key in titles.keys() - ledger.keys()} <= set(after.broken)
    assert {key for (key,) in visited} <= titles.keys()
    assert all(mark for _, mark, _ in listings)
    listed = {source: [titles[key] for key in json.loads(keys)] for source, _, keys in listings}
    assert listed == {source: [story.title for story in after.world.of(source)] for source in HOSTS}


def test_a_day_without_news_asks_for_the_lists_only(after: Office) -> None:
    """What is known is not asked for again, and nothing is a candidate twice."""
    for server in after.world.servers:
        server.log.clear()
    now = MORNING + timedelta(days=DAYS)
    assert after.run(now, check=False)
    asked = sorted(path for server in after.world.servers for path in server.paths())
    assert asked == sorted(f"/{source}" for source in HOSTS)
    with open_store(after.path) as store:
        issue = store.find_issue(EDITION.name, now)
    assert issue is not None
    assert issue.manifest["placed"] == []
