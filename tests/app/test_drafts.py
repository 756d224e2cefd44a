"""A composed issue as text: what comes back is what was put in, and what an editor does to it reaches the ledger."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.app.issues.drafts import (
    DROPPED,
    discard_waiting,
    dump_composition,
    edit_waiting,
    find_waiting,
    keep_waiting,
    load_composition,
    release_waiting,
    require_waiting,
)
from digest.app.issues.letters import write_letter
from digest.app.mail.leaving import shared_way
from digest.app.preview import freeze_next
from digest.app.state import open_state
from digest.compose.editing import drop_items, move_item, note_item
from digest.compose.issue import Composition, Past, compose_issue
from digest.config import MailSettings, Settings, load_settings
from digest.errors import UsageError
from digest.model import Appointment, Article, Edition, Issue, Passage, Revision, Section, SourceReport, Told
from tests.compose.examples import EDITION, REPORTS, SHANGHAI, SLOT, editions, small_articles

ZONES = st.sampled_from([UTC, SHANGHAI])
MOMENTS = st.one_of(
    st.none(),
    st.dates(date(1950, 1, 1), date(2100, 1, 1)),
    st.datetimes(datetime(1950, 1, 1), datetime(2100, 1, 1), timezones=ZONES, allow_imaginary=False).filter(
        lambda moment: not moment.fold
    ),
    st.dates(date(2000, 1, 1), date(2030, 1, 1)).map(lambda day: datetime(day.year, day.month, day.day, tzinfo=UTC)),
)
HALVES = [chr(0xD800), chr(0xD83D), chr(0xDE00), chr(0xDFFF)]
PLAIN = st.text(st.characters(exclude_categories=["Cs"]) | st.sampled_from('。，\0\u2028"\\\ufeff'), max_size=60)
SPLIT = st.lists(st.sampled_from([HALVES[1] + "水", "洪水退了。", "9", HALVES[3] + "😀"]), max_size=12).map("".join)


def any_articles(words: st.SearchStrategy[str]) -> st.SearchStrategy[list[Article]]:
    """Articles made of these words, at any moment."""
    made = st.builds(
        lambda article, said, moment, title: replace(
            article, text=article.text + said, title=title or article.title, published=moment
        ),
        small_articles,
        words,
        MOMENTS,
        words,
    )
    return st.lists(made, min_size=1, max_size=5)


def without_verdicts(composed: Composition) -> Composition:
    """A composition without what is not kept: the verdicts about sentences that are not printed."""

    def bare(section: Section) -> Section:
        items = (replace(item, summary=replace(item.summary, verdicts=())) for item in section.items)
        return replace(section, items=tuple(items))

    return replace(composed, issue=replace(composed.issue, sections=tuple(map(bare, composed.issue.sections))))


def whole(text: str) -> str:
    """A text with U+FFFD for each half of a surrogate pair."""
    return "".join("\ufffd" if char in HALVES else char for char in text)


def past(articles: list[Article]) -> Past:
    """A past with everything in it that can be."""
    told = Told(date(2026, 11, 19), 2, "昨天的一条", tuple(articles[:2]))
    passages = (Passage("甲。", "deleted"), Passage("乙。", "inserted"))
    revision = Revision("k", "changed", "题", "站", "https://x.example/", "新题", passages, date(2026, 11, 18), "m")
    return Past((told,), (), ((date(2026, 11, 19), {"": 3, "洪水": 2}),), (revision,), date(2026, 12, 1))


@given(any_articles(PLAIN), editions)
@settings(max_examples=30)
def test_what_comes_back_is_what_was_put_in(articles: list[Article], edition: Edition) -> None:
    """Law 3 of a draft: any composition, with any characters, days and moments, is the same value as before."""
    sources = (SourceReport("样本", 3, ("坏了",), failing=2, usual=0.1),)
    composed = compose_issue(articles, edition, SLOT, past=past(articles), sources=sources)
    back = load_composition(dump_composition(composed))
    assert back == without_verdicts(composed)
    for one, other in zip(composed.issue.items, back.issue.items, strict=True):
        assert type(one.article.published) is type(other.article.published) or one.article.published is not None
        assert isinstance(one.article.published, datetime) == isinstance(other.article.published, datetime)
        assert one.article.key == other.article.key
    assert dump_composition(back) == dump_composition(composed)


@given(SPLIT)
@settings(max_examples=40)
def test_half_a_pair_becomes_one_sign(said: str) -> None:
    """Each by itself, in title and text, so that every offset stays where it was."""
    article = replace(REPORTS[0], title=f"半{said}个", text=f"{said}{REPORTS[0].text}{said}")
    composed = compose_issue([article], EDITION, SLOT)
    (before,) = composed.issue.items
    (after,) = load_composition(dump_composition(composed)).issue.items
    assert (after.article.title, after.article.text) == (whole(article.title), whole(article.text))
    assert len(after.article.text) == len(article.text)
    for one, other in zip(before.summary.sentences, after.summary.sentences, strict=True):
        assert (one.start, one.end) == (other.start, other.end)
        assert after.article.text[other.start : other.end] == other.text


# ---------------------------------------------------------------------------------------------------- over a store

MORNING = datetime(2026, 11, 22, 7, tzinfo=SHANGHAI)


@pytest.fixture
def office(tmp_path: Path) -> tuple[Settings, Edition]:
    """The settings of an edition over a folder with eight reports, and a second report of the first."""
    news = tmp_path / "news"
    news.mkdir()
    for number, article in enumerate(REPORTS):
        (news / f"{number}.txt").write_text(f"{article.title}\n{article.text}", encoding="utf-8")
    (news / "copy.txt").write_text(f"{REPORTS[0].title} 转载\n{REPORTS[0].text}（转自云泽日报）", encoding="utf-8")
    config = tmp_path / "digest.toml"
    config.write_text(
        f'version = 1\n[[source]]\nname = "news"\nkind = "folder"\npath = \'{news}\'\n'
        '[[edition]]\nname = "daily"\nreview = true\nper_source = 20\n',
        encoding="utf-8",
    )
    found = load_settings(config, {}, tmp_path / "data")
    return found, found.find_edition("daily")


def test_a_draft_waits_as_it_was_composed(office: tuple[Settings, Edition]) -> None:
    """The letter to the character, its calendar file or none, and the slot in the edition's zone; it is held."""
    settings_, edition = office
    made = freeze_next(settings_, edition, MORNING, {})
    with open_state(settings_) as store:
        waiting = require_waiting(store, edition)
    assert (waiting.letter.subject, waiting.letter.html, waiting.letter.text) == (
        made.letter.subject,
        made.letter.html,
        made.letter.text,
    )
    assert waiting.letter.attachments == made.letter.attachments
    assert waiting.held
    assert waiting.issue.slot.isoformat() == "2026-11-22T08:00:00+08:00"
    assert [item.article for item in waiting.issue.items] == [item.article for item in made.issue.items]


def test_what_is_dropped_is_placed_nowhere(office: tuple[Settings, Edition]) -> None:
    """Neither the report that led its item nor those told with it; all others keep the place they had."""
    settings_, edition = office
    issue = freeze_next(settings_, edition, MORNING, {}).issue
    item = next(item for item in issue.items if item.also)
    with open_state(settings_) as store:
        before = require_waiting(store, edition).composed.placements
    after = edit_waiting(settings_, edition, lambda found: drop_items(found, [item.number]), MORNING).composed
    gone = {item.article.key, *(other.key for other in item.also)}
    assert len(gone) == 2
    assert {key for key, placing in after.placements.items() if placing != before[key]} == gone
    assert {after.placements[key][:2] for key in gone} == {("expired", DROPPED)}
    with open_state(settings_) as store:
        (draft,) = store.drafts("daily")
        assert {p.key: (p.state, p.reason) for p in draft.placements} == {
            key: placing[:2] for key, placing in after.placements.items()
        }


def test_moves_and_remarks_leave_every_place(office: tuple[Settings, Edition]) -> None:
    """They change the order and the letter, and what becomes of no article; the moment of composing stays."""
    settings_, edition = office
    freeze_next(settings_, edition, MORNING, {})
    with open_state(settings_) as store:
        before = require_waiting(store, edition)
        (first,) = store.drafts("daily")

    def change(found: Issue) -> Issue:
        return note_item(move_item(found, 1, len(found.items)), 1, "请留意。")

    after = edit_waiting(settings_, edition, change, MORNING + timedelta(minutes=5))
    assert after.composed.placements == before.composed.placements
    assert "请留意。" in after.letter.text
    assert after.issue.items[-1].article == before.issue.items[0].article
    with open_state(settings_) as store:
        (draft,) = store.drafts("daily")
        assert find_waiting(store, edition) == after
    assert (draft.composed_at, draft.changed_at) == (first.composed_at, MORNING + timedelta(minutes=5))
    assert draft.text == after.letter.text


def test_the_days_of_what_is_dropped_are_forgotten() -> None:
    """A document that an editor leaves out sets no day in later issues either."""
    notice = Article(
        title="关于《云泽市采砂办法（征求意见稿）》公开征求意见的通知",
        text="云办发〔2026〕47号\n现就《云泽市采砂办法（征求意见稿）》公开征求意见。意见请于2026年11月28日前反馈市水利局。",
        language="zh-Hans",
    )
    composed = compose_issue([notice, REPORTS[1]], EDITION, SLOT, past=Past(until=date(2026, 12, 4)))
    assert [a.key for a in composed.appointments] == [notice.key] == [a.key for a in composed.issue.agenda]
    number = next(item.number for item in composed.issue.items if item.article == notice)
    assert drop_items(composed.issue, [number]).agenda == ()


def test_letting_go_and_giving_up(office: tuple[Settings, Edition]) -> None:
    """A released draft is not held any more; one that is given up is gone; without one each says so."""
    settings_, edition = office
    issue = freeze_next(settings_, edition, MORNING, {}).issue
    assert release_waiting(settings_, edition, MORNING).slot == issue.slot
    with open_state(settings_) as store:
        assert not require_waiting(store, edition).held
    edit_waiting(settings_, edition, lambda found: drop_items(found, [1]), MORNING)
    with open_state(settings_) as store:
        assert require_waiting(store, edition).held, "what was edited after its release is reviewed again"
    assert discard_waiting(settings_, edition, MORNING).slot == issue.slot
    for act in (
        lambda: discard_waiting(settings_, edition, MORNING),
        lambda: release_waiting(settings_, edition, MORNING),
        lambda: edit_waiting(settings_, edition, lambda found: found, MORNING),
    ):
        with pytest.raises(UsageError, match="no issue of daily waits"):
            act()
    with open_state(settings_) as store:
        assert len(store.candidates("daily", MORNING)) == len(REPORTS) + 1


def test_a_wrong_number_changes_nothing(office: tuple[Settings, Edition]) -> None:
    """It is told as a mistake of usage, and the draft is as it was."""
    settings_, edition = office
    freeze_next(settings_, edition, MORNING, {})
    with open_state(settings_) as store:
        before = store.drafts("daily")
    with pytest.raises(UsageError, match="there is no item 99"):
        edit_waiting(settings_, edition, lambda found: drop_items(found, [1, 99]), MORNING)
    with open_state(settings_) as store:
        assert store.drafts("daily") == before


def test_the_later_draft_stands(office: tuple[Settings, Edition]) -> None:
    """A slot has one draft: the one that was kept last, with its own letter and state."""
    settings_, edition = office
    freeze_next(settings_, edition, MORNING, {})
    with open_state(settings_) as store:
        waiting = require_waiting(store, edition)
        noted = replace(waiting.composed, issue=note_item(waiting.issue, 1, "又改。"))
        letter = write_letter(noted.issue, settings_, settings_.mail)
        assert keep_waiting(store, replace(waiting, composed=noted, letter=letter, held=False), MORNING)
        (draft,) = store.drafts("daily")
        assert (draft.text, draft.state) == (letter.text, "released")


def test_a_follow_up_that_is_dropped_takes_its_day_along(office: tuple[Settings, Edition]) -> None:
    """Its day is kept under the earlier report it goes on with, and is let go of under that key."""
    settings_, edition = office
    freeze_next(settings_, edition, MORNING, {})
    with open_state(settings_) as store:
        waiting = require_waiting(store, edition)
        first, *rest = waiting.issue.items
        before = replace(REPORTS[0], url="https://news.example/before")
        followed = replace(first, standing="follow", earlier=Told(date(2026, 11, 1), 1, before.title, (before,)))
        issue = replace(waiting.issue, sections=(Section("", (followed, *rest)),))
        day = Appointment(date(2026, 12, 1), "deadline", "《低空条例》", key=before.key, item=first.number)
        keep_waiting(
            store, replace(waiting, composed=replace(waiting.composed, issue=issue, appointments=(day,))), MORNING
        )
    kept = edit_waiting(settings_, edition, lambda found: note_item(found, 1, "留意。"), MORNING).composed
    assert kept.appointments == (day,)
    assert edit_waiting(settings_, edition, lambda found: drop_items(found, [1]), MORNING).composed.appointments == ()


def test_the_way_to_leave_stays_through_edits(office: tuple[Settings, Edition]) -> None:
    """Frozen or edited, the foot names the address of this very issue."""
    settings_, edition = office
    mail = MailSettings.model_validate({"host": "127.0.0.1", "port": 25, "security": "none", "from": "a@b.example"})
    settings_ = settings_.model_copy(update={"mail": mail})
    frozen = freeze_next(settings_, edition, MORNING, {})
    edited = edit_waiting(settings_, edition, lambda found: note_item(found, 1, "留意。"), MORNING)
    with open_state(settings_) as store:
        subject = shared_way(mail, frozen.issue, store.signing_key()).partition("subject=")[2]
    assert subject
    assert subject in frozen.letter.html
    assert subject in edited.letter.html
