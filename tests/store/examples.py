"""Articles, issues and envelopes to test with: small, telling, and the same every time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta

from digest.model import Appointment, Article, Document, State
from digest.store import (
    BounceRow,
    Draft,
    Envelope,
    FrozenIssue,
    ItemRow,
    NoticeRow,
    OutboxRow,
    Placement,
    Run,
    Store,
)

NOW = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
WINDOW = timedelta(hours=48)
DAY = timedelta(days=1)
EDITION = "daily"
SPELLINGS = (
    "https://example.cn/{}",
    "http://www.example.cn/{}.html",
    "https://m.example.cn/{}?utm_source=feed",
    "https://news.example.cn/story?number={}",  # another page, as far as its URL says
)


def hours(number: float) -> datetime:
    """The moment that many hours after NOW."""
    return NOW + timedelta(hours=number)


def make_article(number: int) -> Article:
    """The article with this number."""
    return Article(title=f"第{number}条", text=f"正文{number}。", url=f"https://example.cn/{number}", source="样本")


def make_story(number: int, spelling: int = 0, text: str = "", **fields: object) -> Article:
    """An article with this number that is long enough to be known by its text, under one spelling of its URL."""
    told = (
        text or f"第{number}次会议在北京举行，会上通过了关于第{number}号工程的决定，并对下一阶段的各项工作作出了部署。"
    )
    known: Mapping[str, object] = {
        "title": f"第{number}条",
        "url": SPELLINGS[spelling].format(number),
        "source": "样本",
    }
    return Article(text=told, **{**known, **fields})  # type: ignore[arg-type]  # fields of Article


def make_page(content: str, now: datetime | None = NOW) -> Document:
    """The page that was read, with this content."""
    return Document(content.encode(), "a page", "https://example.cn/", "text/html; charset=utf-8", "样本", now)


def make_issue(slot: datetime = NOW, edition: str = EDITION, body: bytes = b"Good morning.\r\n") -> FrozenIssue:
    """An issue for one slot."""
    return FrozenIssue(
        edition=edition,
        slot=slot,
        day=slot.date(),
        subject="每日摘要",
        html="<p>早上好</p>",
        text="早上好",
        body=body,
        composed_at=slot,
        manifest={"segmenter": "jieba"},
    )


def make_envelope(address: str, slot: datetime = NOW, edition: str = EDITION) -> Envelope:
    """The envelope of one recipient, its Message-ID built as a real one is: once for each issue and address."""
    message_id = f"<{edition}.{slot:%Y%m%d%H%M%S}.{address.replace('@', '.at.')}>"
    header = f"To: {address}\r\nMessage-ID: {message_id}\r\n\r\n".encode()
    return Envelope(address, message_id, header)


def freeze(
    store: Store,
    addresses: Iterable[str],
    placements: Iterable[Placement] = (),
    slot: datetime = NOW,
    edition: str = EDITION,
    body: bytes = b"Good morning.\r\n",
) -> bool:
    """Freezes an issue with a mail for each address."""
    envelopes = [make_envelope(address, slot, edition) for address in addresses]
    return store.freeze_issue(make_issue(slot, edition, body), envelopes, placements)


def make_draft(
    placements: Iterable[Placement] = (), slot: datetime = NOW, edition: str = EDITION, **fields: object
) -> Draft:
    """A draft for one slot."""
    known: Mapping[str, object] = {
        "day": slot.date(),
        "subject": "每日摘要",
        "html": "<p>早上好</p>",
        "text": "早上好",
        "issue": '{"title": "每日摘要"}',
        "composed_at": slot,
        "changed_at": slot,
    }
    return Draft(edition=edition, slot=slot, placements=tuple(placements), **{**known, **fields})  # type: ignore[arg-type]  # fields of Draft


def print_events(
    store: Store,
    events: Iterable[Sequence[str]],
    slot: datetime = NOW,
    edition: str = EDITION,
    addresses: Iterable[str] = ("a@example.cn",),
) -> bool:
    """Freezes an issue that prints these events, each the keys of its articles, and leaves all that an issue leaves."""
    numbered = list(enumerate(events, 1))
    return store.freeze_issue(
        make_issue(slot, edition),
        [make_envelope(address, slot, edition) for address in addresses],
        [
            Placement(key, "placed" if key == keys[0] else "merged", "", keys[0], 1.5 / number)
            for number, keys in numbered
            for key in keys
        ],
        items=[ItemRow(number, keys[0], f"第{number}项", sentences=((0, 2),)) for number, keys in numbered],
        appointments=[Appointment((slot + 9 * DAY).date(), "deadline", "办法", key=keys[0]) for _, keys in numbered],
        words={"会议": len(numbered), "": sum(len(keys) for _, keys in numbered)},
        notices=[NoticeRow(keys[0], "changed", f"{slot:%d}") for _, keys in numbered],
    )


def end_mails(store: Store, slot: datetime, state: State, edition: str = EDITION) -> None:
    """Takes every mail of an issue to its end."""
    for row in store.outbox_rows(edition, slot):
        assert store.claim(row, slot)
        if state in ("sent", "unknown"):
            store.mark(row, "dot", 0, "", slot)
        store.mark(row, state, 0, "", slot)


def offer(store: Store, numbers: Iterable[int], now: datetime = NOW, edition: str = EDITION) -> list[str]:
    """Records and offers the articles with these numbers; their keys."""
    found = [make_article(number) for number in numbers]
    kept = store.record_articles(found, now)
    store.offer(edition, kept.values(), now, WINDOW)
    return list(kept.values())


def states(store: Store, edition: str = EDITION) -> dict[str, str]:
    """The state of every article of an edition."""
    return {row.key: row.state for row in store.ledger_rows(edition)}


def mails(store: Store) -> dict[str, str]:
    """The state of every address's mail."""
    return {row.address: row.state for row in store.outbox_rows()}


def only_row(store: Store) -> OutboxRow:
    """The one mail there is."""
    (row,) = store.outbox_rows()
    return row


def fill(store: Store) -> None:
    """Puts something into every table."""
    store.record_fetched([(make_story(1), make_page("1")), (make_story(2), make_page("2"))], NOW)
    store.record_fetched([(make_story(1, 3), make_page("1")), (make_story(2, text="改" * 50), make_page("3"))], NOW)
    keys = offer(store, range(3, 6))
    print_events(store, [keys])
    store.keep_draft(make_draft([Placement(keys[0], "placed")], hours(24)))
    store.record_visit("https://example.cn/1", make_story(1).key, "样本", 200, NOW)
    store.record_source("样本", NOW, "", 2, 2)
    store.begin_rest("mail.example.cn:465", hours(1), "busy")
    store.suppress("A@example.cn", "", "by hand", "", NOW)
    store.skip_slot(EDITION, hours(48), "nothing new", NOW)
    store.record_run(Run(NOW, NOW, 0, ()))
    store.renew_alerts({"源": "silent"}, NOW)
    store.record_bounces([BounceRow("m", "a@example.cn", "", None, "hard", "5.1.1", "no such user", NOW)])
