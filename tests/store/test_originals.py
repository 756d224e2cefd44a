"""Originals: a printed sentence can be proved, and a changed page keeps every version."""

from __future__ import annotations

from dataclasses import replace
from hashlib import sha256

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.model import Article, Document
from digest.store import Placement, Store
from tests.store.conftest import NewStore
from tests.store.examples import EDITION, NOW, WINDOW, freeze, hours, make_page, make_story

OLD, NEW = (
    make_story(1),
    make_story(1, text="更正：会议在上海举行，会上通过了关于第1号工程的决定，并对下一阶段的各项工作作出了部署。"),
)
PAGE, LATER = make_page("<p>旧</p>"), make_page("<p>新</p>", hours(5))


def mark(document: Document) -> str:
    """The SHA-256 of a document's bytes."""
    return sha256(document.data).hexdigest()


def kept(store: Store, document: Document) -> bool:
    """Whether the bytes of the document are kept."""
    return store.original(mark(document)) == document.data


@given(data=st.binary(max_size=2000), text=st.text(st.characters(), max_size=60))
@settings(deadline=None, max_examples=40)
def test_any_bytes_and_any_text_come_back(new_store: NewStore, data: bytes, text: str) -> None:
    """The bytes to the byte, the texts of both versions to the character, lone surrogates too."""
    document = Document(data, "x", fetched_at=hours(1))
    with new_store() as store:
        store.record_articles([OLD], NOW)
        store.record_fetched([(replace(OLD, text=text), document)], hours(2))
        first, second = store.versions(OLD.key)
        assert (first.text, first.sha256) == (OLD.text, "")
        assert (second.text, second.sha256, second.fetched_at) == (text, mark(document), hours(1))
        assert store.original(second.sha256) == data


def test_a_changed_page_keeps_both_versions(store: Store) -> None:
    """The first stays what issues quote; each knows its bytes and when they came."""
    assert store.record_fetched([(OLD, PAGE)], hours(1)) == {OLD.key: OLD.key}
    assert store.record_fetched([(NEW, LATER)], hours(6)) == {NEW.key: OLD.key}
    versions = store.versions(OLD.key)
    assert [(v.text, v.sha256, v.fetched_at) for v in versions] == [
        (OLD.text, mark(PAGE), NOW),
        (NEW.text, mark(LATER), hours(5)),
    ]
    assert list(store.find_known([OLD.url], "样本").values()) == [OLD]
    assert kept(store, PAGE)
    assert kept(store, LATER)


def test_an_unchanged_page_adds_nothing(store: Store) -> None:
    """The same text from other bytes, as of a page with a clock in it, is no version, and its bytes are not kept."""
    store.record_fetched([(OLD, PAGE)], NOW)
    store.record_fetched([(OLD, LATER), (OLD, PAGE)], hours(6))
    assert len(store.versions(OLD.key)) == 1
    assert not kept(store, LATER)


def test_the_bytes_of_a_feed_are_kept_once(store: Store) -> None:
    """Its articles all name the same original, also where equal bytes came as two documents."""
    pairs = [(make_story(number), replace(PAGE, name=str(number // 2))) for number in range(4)]
    store.record_fetched(pairs, NOW)
    assert {store.versions(story.key)[0].sha256 for story, _ in pairs} == {mark(PAGE)}
    assert store.forget_originals(hours(1)) == 1


def test_a_file_is_dated_by_the_run(store: Store) -> None:
    """A document without a moment of its own was read when it was recorded."""
    store.record_fetched([(OLD, make_page("x", None))], hours(3))
    assert store.versions(OLD.key)[0].fetched_at == hours(3)


def test_what_nobody_recorded_has_no_versions(store: Store) -> None:
    """An unknown key and unknown bytes are answered with nothing."""
    assert store.versions("0123456789abcdef") == ()
    assert store.original("0" * 64) is None


def test_old_bytes_are_forgotten_and_texts_stay(store: Store) -> None:
    """What came at the given moment or after it is kept; a second call finds nothing to do."""
    store.record_fetched([(OLD, PAGE)], NOW)
    store.record_fetched([(NEW, LATER)], hours(6))
    assert store.forget_originals(hours(5)) == 1
    assert not kept(store, PAGE)
    assert kept(store, LATER)
    assert [version.text for version in store.versions(OLD.key)] == [OLD.text, NEW.text]
    assert store.forget_originals(hours(5)) == 0


def test_the_bytes_of_a_candidate_are_kept(store: Store) -> None:
    """While any edition may still print it, or has and waits for the mails, an article can be proved."""
    shared = replace(PAGE)
    other = make_story(2)
    store.record_fetched([(OLD, shared), (other, shared)], NOW)
    store.offer(EDITION, [OLD.key, other.key], NOW, WINDOW)
    assert store.forget_originals(hours(99)) == 0
    freeze(store, ["a@example.cn"], [Placement(OLD.key, "placed"), Placement(other.key, "left_out")])
    store.expire(EDITION, hours(48))
    assert store.forget_originals(hours(99)) == 0
    (row,) = store.pending()
    assert store.claim(row, NOW)
    store.mark(row, "dot", 0, "", NOW)
    store.mark(row, "sent", 250, "ok", NOW)
    assert store.forget_originals(hours(99)) == 1


def test_one_call_may_bring_both_versions(store: Store) -> None:
    """The first of them is what the article is kept as."""
    store.record_fetched([(OLD, PAGE), (NEW, LATER), (OLD, PAGE)], hours(6))
    assert [version.text for version in store.versions(OLD.key)] == [OLD.text, NEW.text]


def test_a_failing_record_leaves_nothing(store: Store) -> None:
    """Articles and bytes are kept together or not at all."""
    broken = replace(make_story(2), categories=({1},))  # type: ignore[arg-type]  # what cannot be written
    with pytest.raises(Exception, match="JSON"):
        store.record_fetched([(OLD, PAGE), (broken, LATER)], NOW)
    assert store.find_known([OLD.url], "样本") == {}
    assert not kept(store, PAGE)


def test_articles_of_many_documents(store: Store) -> None:
    """More originals than are written together are all kept."""
    pairs: list[tuple[Article, Document]] = [(make_story(n), make_page(str(n))) for n in range(150)]
    store.record_fetched(pairs, NOW)
    assert all(kept(store, document) for _, document in pairs)
