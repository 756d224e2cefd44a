"""Articles, issues and envelopes to test with: small, telling, and the same every time."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from digest.model import Article, Document
from digest.store import Envelope, FrozenIssue, OutboxRow, Placement, Store

NOW = datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
WINDOW = timedelta(hours=48)
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
