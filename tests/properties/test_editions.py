"""Laws of an edition: of one issue, whatever it is made of; and of many, whatever happens between them.

The first half composes from any mixture of articles, with items told before, filters and limits.  The second plays an
office over the real store and the real use cases: two editions read one folder, which grows from day to day, issues are
frozen, edited, held, given up or mailed, mails fail, days pass; every article stays accounted for.
"""

from __future__ import annotations

import email
import email.policy
import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from datetime import date, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.app.issues.drafts import Waiting, discard_waiting, edit_waiting, find_waiting, release_waiting
from digest.app.preview import freeze_next
from digest.app.recipients.roster import take_in
from digest.app.sending import Call, run, send_now
from digest.app.state import open_state
from digest.compose.editing import drop_items, move_item, note_item
from digest.compose.events.grouping import group_events
from digest.compose.issue import Composition, Past, compose_issue
from digest.config import load_settings
from digest.errors import MailError, UsageError
from digest.extract.read import read_document
from digest.model import Article, Document, Edition, Filter, Issue, Recipient, SectionRule, Told
from digest.store import LedgerRow, Store
from tests.compose.examples import SHANGHAI, SLOT, TITLES, small_articles
from tests.postgres_server import PostgresServer
from tests.smtp_server import FaultServer

DECREE = Article(
    title="云泽市人民政府办公室关于印发《云泽市河道采砂管理办法》的通知",
    text="云泽市人民政府办公室关于印发《云泽市河道采砂管理办法》的通知\n云办发〔2026〕47号\n各区人民政府，市各委办局：\n"
    "现将《云泽市河道采砂管理办法》印发给你们，请认真遵照执行。本办法自2026年12月1日起施行。"
    "意见请于2026年11月28日前反馈市水利局。《云泽市采砂暂行办法》同时废止。\n云泽市人民政府办公室\n2026年11月17日",
    url="https://news.example/decree",
    language="zh-Hans",
    published=date(2026, 11, 18),
)
POWER = "国网云泽供电公司当日抢修线路27条，恢复石门渡镇5100户供电。"
RELIEF = "云泽市民政局向石门渡镇发放棉被860条、方便食品1400箱。"
FLOOD = next(iter(TITLES))
reports = st.builds(
    lambda title, more, n, site: Article(
        title=title,
        text=TITLES[title] + more,
        url=f"https://news.example/{n}",
        site=site,
        source="样本",
        language="zh-Hans",
        published=datetime(2026, 11, 18 + n % 2, 9, tzinfo=SHANGHAI),
    ),
    st.sampled_from([FLOOD, FLOOD, *TITLES]),
    st.sampled_from(["", POWER, RELIEF]),
    st.integers(1, 99),
    st.sampled_from(["甲站", "乙站", "丙站"]),
)
mixtures = st.builds(
    lambda found, again: [*found, *found[:again]],
    st.lists(
        st.one_of(reports, small_articles, st.just(DECREE)),
        min_size=1,
        max_size=9,
        unique_by=lambda article: article.key,
    ),
    st.integers(0, 2),
)
"""Any articles, some of them given twice; those of one key are one and the same."""
strict_editions = st.builds(
    Edition,
    name=st.just("daily"),
    title=st.just("每日摘要"),
    chars=st.sampled_from([40, 120]),
    items=st.integers(0, 6),
    group_by=st.sampled_from(["none", "source"]),
    sections=st.sampled_from([(), (SectionRule("民生", ("食堂", "预付卡", "石门渡"), limit=1),)]),
    filter=st.sampled_from([Filter(), Filter(exclude=("食堂",)), Filter(words=("石门渡", "开馆", "采砂"))]),
    per_source=st.integers(0, 2),
    query=st.sampled_from(["", "防汛 水库"]),
)
KNOWN_REASONS = {"repeated", "no_room", "alike", "full", "not_wanted"}


def past_of(articles: Sequence[Article]) -> Past:
    """What an issue made of these articles the day before leaves for the next one."""
    day = SLOT - timedelta(days=1)
    composed = compose_issue(articles, Edition("daily", "每日摘要"), day)
    of = {article.key: article for article in articles}
    told = tuple(
        Told(
            day.date(),
            item.number,
            item.title,
            (item.article, *(of[other.key] for other in item.also)),
        )
        for item in composed.issue.items
    )
    earlier = tuple(replace(a, told=day.date(), item=0) for a in composed.appointments)
    return Past(told, earlier, ((day.date(), composed.words),), until=date(2026, 12, 4))


def compose(articles: Sequence[Article], edition: Edition, past: Past) -> Composition:
    """The issue of the day."""
    return compose_issue(articles, edition, SLOT, past=past, known=2)


pasts = st.lists(reports, max_size=3).map(past_of)


@given(st.data(), mixtures, strict_editions, pasts)
@settings(max_examples=20)
def test_the_order_of_arrival_makes_no_difference(
    data: st.DataObject, articles: list[Article], edition: Edition, past: Past
) -> None:
    """Law 3: however the articles came, the issue, the placements and what is kept of the day are the same."""
    shuffled = data.draw(st.permutations(articles))
    assert compose(shuffled, edition, past) == compose(articles, edition, past)


@given(mixtures)
@settings(max_examples=20)
def test_every_article_is_in_one_event(articles: list[Article]) -> None:
    """The very objects that were given, each once, and no event is empty."""
    events = group_events(articles)
    assert Counter(id(article) for event in events for article in event.articles) == Counter(map(id, articles))
    assert all(event.articles for event in events)


@given(mixtures, strict_editions, pasts)
@settings(max_examples=30)
def test_every_article_has_one_placing_and_is_counted(articles: list[Article], edition: Edition, past: Past) -> None:
    """With items told before, filters and limits: every key has a place, every place a reason, every number adds up."""
    composed = compose(articles, edition, past)
    issue, coverage = composed.issue, composed.issue.coverage
    assert set(composed.placements) == {article.key for article in articles}
    told = [item.article.key for item in issue.items] + [other.key for item in issue.items for other in item.also]
    assert len(told) == len(set(told))
    states = {key: placing.state for key, placing in composed.placements.items()}
    assert set(told) == {key for key, state in states.items() if state in ("placed", "merged")}
    assert all(placing.reason for placing in composed.placements.values() if placing.state != "placed")
    parts = (coverage.printed, coverage.merged, coverage.left_out, coverage.empty, coverage.known)
    assert coverage.read == len(articles) + 2 == sum(parts)
    assert coverage.printed == len(issue.items) <= edition.items
    assert coverage.left_out == sum(count for _, count in coverage.reasons)
    assert {reason for reason, _ in coverage.reasons} <= KNOWN_REASONS


@given(mixtures, strict_editions, pasts)
@settings(max_examples=30)
def test_filters_and_limits_are_never_passed(articles: list[Article], edition: Edition, past: Past) -> None:
    """No section and no source has more items than it may, and no printed report holds an excluded word."""
    items = compose(articles, edition, past).issue.items
    if edition.per_source:
        sites = Counter(item.article.site or item.article.source for item in items)
        assert all(count <= edition.per_source for count in sites.values())
    if edition.sections:
        assert sum(item.section == "民生" for item in items) <= 1
    for word in edition.filter.exclude:
        assert not any(word in item.article.text[:100] for item in items)


@given(mixtures, strict_editions, pasts)
@settings(max_examples=30)
def test_whatever_is_printed_is_a_slice(articles: list[Article], edition: Edition, past: Past) -> None:
    """Law 2: sentences, additions, highlights and facts are `text[start:end]` of the article they are told of."""
    issue = compose(articles, edition, past).issue
    given_articles = {*articles}
    items = {item.number: item for item in issue.items}
    printed = [(item.article, s) for item in issue.items for s in item.summary.sentences]
    printed += [(added.article, added.sentence) for item in issue.items for added in item.added]
    printed += [(items[light.item].article, light.sentence) for light in issue.overview]
    for article, sentence in printed:
        assert article in given_articles
        assert article.text[sentence.start : sentence.end] == sentence.text != ""
    for item in issue.items:
        for fact in item.card.facts:
            whole = item.article.title if fact.where == "title" else item.article.text
            assert whole[fact.start : fact.end] == fact.text != ""
        assert {added.article.key for added in item.added} <= {other.key for other in item.also}


# ------------------------------------------------------------------------------------------------ many issues, one life

PLACES = ("石门渡", "鹭汀镇", "柳湾", "白鹤乡", "青溪", "南浦", "东岭", "西坝", "北河", "桃源里", "枫桥镇", "云台")
WORKS = ("新水厂", "跨江隧道", "养老院", "光伏电站", "图书馆", "污水管网", "换热站")
MORNING = datetime(2026, 11, 1, 8, tzinfo=SHANGHAI)
PATIENCE = timedelta(hours=36)
"""An office that is in trouble for longer has time for a whole window to end meanwhile; after it all is put right."""

CONFIG = """version = 1
timezone = "Asia/Shanghai"
[mail]
host = "127.0.0.1"
port = {port}
security = "none"
from = "me@example.cn"
[[source]]
name = "news"
kind = "folder"
path = '{folder}'
[[edition]]
name = "all"
recipients = ["all@example.cn"]
items = 3
per_source = 3
[[edition]]
name = "works"
recipients = ["works@example.cn"]
review = true
items = 4
filter = {{ words = ["石门渡", "柳湾", "水厂", "隧道"], exclude = ["养老院"] }}
"""
MOST_ISSUES = 50
"""So many an edition may need until everything is told."""

EDITIONS = ("all", "works")
Days = tuple[int, list[tuple[int, int]], list[tuple[str, int, int]]]


def write_story(folder: Path, number: int, version: int) -> Path:
    """The file of a report: version 1 tells the same in a copy, 2 goes on with it, 3 has nothing to read in it."""
    place, work = PLACES[number % 12], WORKS[number % 7]
    title = f"{place}举行{work}开工仪式 第{number}号工程第{version}报"
    text = (
        f"{place}今天举行{work}的开工仪式，总投资{number * 37 + 11}亿元。"
        f"{work}建成以后，{place}的居民可以少走{number + 2}公里的路。\n"
        f"施工单位从{number + 3}月起分{number % 4 + 2}批招收当地工人。"
    )
    more = (
        "",
        "本台记者报道。",
        f"21日，{place}又公布了征地补偿方案，涉及{number + 130}户，每户补贴{number + 2}万元。",
        "",
    )
    path = folder / f"{number:02}-{version}.txt"
    path.write_text(f"{title}\n{text + more[version] if version < 3 else '！！！……'}\n", encoding="utf-8")
    return path


@dataclass
class Office:
    """Two editions over one folder, what was done, and what must therefore be true."""

    folder: Path
    smtp: FaultServer
    now: datetime = MORNING
    calm: datetime = MORNING
    published: dict[str, Article] = field(default_factory=dict)
    shown: dict[str, tuple[datetime, str]] = field(default_factory=dict)
    dropped: dict[str, set[str]] = field(default_factory=dict)
    known: dict[str, set[str]] = field(default_factory=lambda: {name: set() for name in EDITIONS})
    environ: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.news = self.folder / "news"
        self.news.mkdir()
        config = self.folder / "digest.toml"
        config.write_text(CONFIG.format(port=self.smtp.port, folder=self.news), encoding="utf-8")
        self.settings = load_settings(config, self.environ, self.folder / "data")
        self.call = Call(self.settings, lambda: self.now, {}, lambda _: None)
        self.seen = len(self.smtp.received)
        self.smtp.heal()

    # ------------------------------------------------------------------------------------------------- what may happen

    def publish(self, number: int, version: int) -> None:
        """A file more in the folder; the same again is the same file."""
        path = write_story(self.news, number, version)
        (article,) = read_document(Document(path.read_bytes(), path.name, source="news")).articles
        self.published[article.key] = article

    def wait(self, hours: int) -> None:
        """Time passes, unless the office was in trouble for too long already."""
        if self.now + timedelta(hours=hours) - self.calm > PATIENCE:
            self.put_right()
        self.now += timedelta(hours=hours)

    def put_right(self) -> None:
        """The mail server is well, and everything that waits goes out, with all there is to tell."""
        self.smtp.heal()
        for name in EDITIONS:
            self.release(EDITIONS.index(name), 0)
        self.run(0, 0)
        self.now += timedelta(hours=2)  # deferred mails are tried again by now
        with open_state(self.settings) as store:  # who was refused for three issues is taken in again
            for suppression in store.suppressions():
                take_in(store, suppression, self.now)
        for which, name in enumerate(EDITIONS):
            for _ in range(MOST_ISSUES):
                if not self._is_open(name):
                    break
                self.send(which, 0)
                self.release(which, 0)
            assert not self._is_open(name), "an edition that never ends"
        self.calm = self.now

    def run(self, _: int, __: int) -> None:
        """digest run."""
        with suppress(MailError):
            run(self.call)
        self._look()

    def send(self, which: int, _: int) -> None:
        """digest send."""
        with suppress(MailError):
            send_now(self.call, self._edition(which))
        self._look()

    def send_aside(self, which: int, _: int) -> None:
        """digest send --to: somebody gets a mail, and the state stays as it is."""
        before = self._state()
        with suppress(MailError):
            send_now(self.call, self._edition(which), [Recipient("c@example.cn")])
        assert self._state() == before

    def rehearse(self, _: int, __: int) -> None:
        """digest run --dry-run: nothing is mailed, and the state stays as it is."""
        before, mails = self._state(), len(self.smtp.received)
        run(replace(self.call, dry_run=True))
        assert (self._state(), len(self.smtp.received)) == (before, mails)

    def freeze(self, which: int, _: int) -> None:
        """digest preview --freeze."""
        with suppress(UsageError):
            freeze_next(self.settings, self._edition(which), self.now, {})
            self._look()

    def edit(self, which: int, how: int) -> None:
        """digest issue drop, move or note."""

        def change(issue: Issue) -> Issue:
            count = len(issue.items)
            if how % 3 == 0:
                return drop_items(issue, {how % count + 1} if count else ())
            if how % 3 == 1:
                return move_item(issue, 1, count)
            return note_item(issue, how % max(count, 1) + 1, f"第{how}条备注")

        name = EDITIONS[which % 2]
        before = self._waiting(name)
        with suppress(UsageError):
            after = edit_waiting(self.settings, self._edition(which), change, self.now)
            kept = {item.article.key for item in after.issue.items}
            gone = {item.article.key for item in before.issue.items} - kept if before else set()
            self.dropped.setdefault(name, set()).update(gone)
            self._look()

    def release(self, which: int, _: int) -> None:
        """digest issue release."""
        with suppress(UsageError):
            release_waiting(self.settings, self._edition(which), self.now)

    def discard(self, which: int, _: int) -> None:
        """digest issue discard: what was dropped from it may come again."""
        with suppress(UsageError):
            discard_waiting(self.settings, self._edition(which), self.now)
            self.shown.pop(EDITIONS[which % 2], None)
            self.dropped.pop(EDITIONS[which % 2], None)

    def trouble(self, _: int, how: int) -> None:
        """The mail server refuses for good, refuses for now, breaks off behind a mail, or is well."""
        self.smtp.heal()
        if how % 4 == 1:
            self.smtp.fail("rcpt", "550 5.1.1 no such user")
        elif how % 4 == 2:
            self.smtp.fail("rcpt", "451 4.7.1 try again later")
        elif how % 4 == 3:
            self.smtp.fail("dot", drop=True)

    # ---------------------------------------------------------------------------------------------- what must be true

    def check(self) -> None:
        """Everything that must be true at any moment."""
        with open_state(self.settings) as store:
            for name in EDITIONS:
                rows = {row.key: row for row in store.ledger_rows(name)}
                assert self.known[name] <= rows.keys() <= self.published.keys()
                self.known[name] |= rows.keys()
                printed = self._check_issues(store, name, rows)
                assert not printed.keys() & self._gone(store, name, rows)
        self._check_mails()

    def finish(self) -> None:
        """A last calm day; then each edition has sent every article of the folder, or left it for good for a reason."""
        self.put_right()
        self.now += timedelta(days=1)
        self.put_right()
        with open_state(self.settings) as store:
            for name in EDITIONS:
                rows = store.ledger_rows(name)
                assert {row.key for row in rows} == self.published.keys()
                for row in rows:
                    assert row.state in ("carried", "left_out", "expired"), row
                    assert row.reason or row.state == "carried", row

    def _check_issues(self, store: Store, name: str, rows: dict[str, LedgerRow]) -> Counter[str]:
        """What the issues that were not void hold, each article once; and the ledger says the same."""
        issues = {row.slot: store.find_issue(name, row.slot) for row in store.find_issues(name) if row.state != "void"}
        listed = {slot: [item["key"] for item in issue.manifest["items"]] for slot, issue in issues.items() if issue}  # type: ignore[attr-defined]  # JSON
        printed = Counter(key for keys in listed.values() for key in keys)
        assert set(printed.values()) <= {1}
        held = {key: row for key, row in rows.items() if row.state in ("placed", "merged", "carried")}
        assert printed.keys() <= held.keys()
        for row in held.values():
            assert row.slot in listed, row
            assert row.event in listed[row.slot], row
        for row in rows.values():
            assert row.state != "left_out" or row.reason, row
        if (shown := self.shown.get(name)) and (issue := issues.get(shown[0])):
            assert issue.text == shown[1]
        return printed

    def _gone(self, store: Store, name: str, rows: dict[str, LedgerRow]) -> set[str]:
        """What an editor dropped from an issue that was frozen since."""
        slot = self.shown[name][0] if name in self.shown else None
        if slot is None or store.find_issue(name, slot) is None:
            return set()
        gone = self.dropped.get(name, set())
        assert all(rows[key].state == "expired" for key in gone)
        return gone

    def _check_mails(self) -> None:
        """Each mail arrived once, and in all of them each headline of an edition stands once, but --to."""
        mails = [(m.recipient, parse(m.content)) for m in self.smtp.received[self.seen :]]
        for name in EDITIONS:
            own = [mail for recipient, mail in mails if recipient == f"{name}@example.cn"]
            assert len({mail["Message-ID"] for mail in own}) == len(own)
            titles = Counter(title for mail in own for title in set(headlines(mail)))
            assert {title for title, count in titles.items() if count > 1} == set()

    # ---------------------------------------------------------------------------------------------------------- inside

    def _edition(self, which: int) -> Edition:
        return self.settings.find_edition(EDITIONS[which % 2])

    def _is_open(self, name: str) -> bool:
        """Whether an issue waits, or an article was offered and never looked at, or a mail is not sent."""
        with open_state(self.settings) as store:
            new = any(row.state == "new" for row in store.ledger_rows(name))
            return new or bool(store.drafts(name)) or bool(store.pending(name))

    def _waiting(self, name: str) -> Waiting | None:
        with open_state(self.settings) as store:
            return find_waiting(store, self.settings.find_edition(name))

    def _look(self) -> None:
        """Remember what is shown of every issue that waits."""
        for name in EDITIONS:
            if waiting := self._waiting(name):
                self.shown[name] = (waiting.issue.slot, waiting.letter.text)

    def _state(self) -> tuple[object, ...]:
        with open_state(self.settings) as store:
            ledgers = [store.ledger_rows(name) for name in EDITIONS]
            return ledgers, store.drafts(), store.find_issues(), store.outbox_rows()


def parse(content: bytes) -> EmailMessage:
    """A mail as its reader's program sees it."""
    message = email.message_from_bytes(content, policy=email.policy.default)
    assert isinstance(message, EmailMessage)
    return message


def headlines(mail: EmailMessage) -> list[str]:
    """The numbered headlines and the headlines below them, of the plain text; each ends in its own numbers."""
    body = mail.get_body(("plain",))
    assert isinstance(body, EmailMessage)
    text = re.sub(r"\s", "", re.sub(r"修改与撤下.*", "", body.get_content(), flags=re.S))
    text = re.sub(r"11月\d+日第\d+条：.*?第\d+报", "", text)  # where an item stood in an earlier issue
    return re.findall(r"第\d+号工程第\d报", text)


ACTIONS = ("run", "run", "run", "freeze", "freeze", "edit", "edit", "release", "release", "discard", "send")
RARELY = ("send_aside", "rehearse", "trouble", "trouble")
acts = st.tuples(st.sampled_from([*ACTIONS, *RARELY]), st.integers(0, 1), st.integers(0, 7))
stories = st.tuples(st.integers(0, 9), st.integers(0, 3))
times = st.tuples(st.sampled_from([1, 9, 24, 24, 30]), st.lists(stories, max_size=5), st.lists(acts, max_size=5))


@pytest.fixture(scope="module")
def smtp() -> Iterator[FaultServer]:
    """A mail server for all examples."""
    with FaultServer() as server:
        yield server


EDITED: list[Days] = [
    (24, [(0, 0), (1, 0), (2, 0), (4, 0)], [("freeze", 0, 0), ("edit", 0, 0), ("run", 0, 0)]),
    (24, [(6, 0), (8, 0)], [("edit", 1, 0), ("release", 1, 0), ("run", 0, 0), ("send_aside", 0, 0)]),
    (1, [(6, 2), (9, 1)], [("trouble", 0, 1), ("run", 0, 0), ("freeze", 0, 0), ("edit", 0, 1), ("discard", 0, 0)]),
]
"""Two issues that an editor leaves an item out of, one that reaches nobody, one that is given up."""


@given(st.lists(times, min_size=3, max_size=5))
@example(EDITED)
@settings(max_examples=5)
def test_whatever_happens_every_article_is_accounted_for(
    smtp: FaultServer, tmp_path_factory: pytest.TempPathFactory, life: list[Days]
) -> None:
    """Law 4 over whole days: printed or merged once an edition, or left for a reason; and mailed as it was shown."""
    _live(Office(tmp_path_factory.mktemp("office"), smtp), life)


def test_every_article_is_accounted_for_on_a_server(
    smtp: FaultServer, tmp_path: Path, postgres: PostgresServer
) -> None:
    """Law 4 over days whose state is on a PostgreSQL server."""
    with postgres.fresh("TEMPLATE template0") as url:
        _live(Office(tmp_path, smtp, environ={"DIGEST_STORE__URL": url}), EDITED)


def _live(office: Office, life: list[Days]) -> None:
    for hours, told, done in life:
        for number, version in told:
            office.publish(number, version)
        for name, which, how in done:
            getattr(office, name)(which, how)
            office.check()
        office.wait(hours)
    office.finish()
    office.check()
