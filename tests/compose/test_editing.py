"""An editor leaves out, moves and remarks; every pointer follows, and no word of a source changes."""

from __future__ import annotations

from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.compose.editing import drop_items, move_item, note_item
from digest.model import (
    Appointment,
    Article,
    Coverage,
    Highlight,
    Issue,
    Item,
    Reference,
    Section,
    Sentence,
    Summary,
)
from tests.compose.examples import SLOT

TEXT = "今天开馆。"


def made_item(number: int, section: str) -> Item:
    """An item with one other report."""
    article = Article(title=f"第{number}条", text=TEXT, url=f"https://news.example/{number}")
    summary = Summary((Sentence(TEXT, 0, len(TEXT), 0),), (), TEXT, "zh-Hans")
    return Item(number, article, article.title, summary, section, also=(Reference("另一家"),))


ISSUE = Issue(
    edition="daily",
    title="每日摘要",
    slot=SLOT,
    day=SLOT.date(),
    sections=(
        Section("要闻", (made_item(1, "要闻"), made_item(2, "要闻"))),
        Section("民生", (made_item(3, "民生"), made_item(4, "民生"), made_item(5, "民生"))),
    ),
    overview=(Highlight(Sentence(TEXT, 0, len(TEXT), 0), 2), Highlight(Sentence(TEXT, 0, len(TEXT), 0), 4)),
    agenda=(
        Appointment(date(2026, 11, 30), "deadline", "《甲》", item=4),
        Appointment(date(2026, 12, 1), "effective", "《乙》", told=date(2026, 11, 2)),
    ),
    coverage=Coverage(read=12, printed=5, merged=5, left_out=2),
)


def titles(issue: Issue) -> list[str]:
    """The headlines in their order."""
    return [item.title for item in issue.items]


def pointed(issue: Issue) -> list[str]:
    """What the overview and the agenda point at."""
    named = {item.number: item.title for item in issue.items}
    return [named[h.item] for h in issue.overview] + [named[a.item] for a in issue.agenda if a.item]


def test_what_is_dropped_is_gone_everywhere() -> None:
    """Its item, its sentence in the overview and its day; the rest is numbered anew, and counted as left out."""
    edited = drop_items(ISSUE, [2])
    assert titles(edited) == ["第1条", "第3条", "第4条", "第5条"]
    assert [item.number for item in edited.items] == [1, 2, 3, 4]
    assert pointed(edited) == ["第4条", "第4条"]
    assert edited.coverage == Coverage(read=12, printed=4, merged=4, left_out=4, reasons=(("dropped", 2),))
    assert len(drop_items(ISSUE, [4]).agenda) == 1


def test_a_section_without_items_is_gone() -> None:
    """Two items dropped leave one heading; all dropped leave none."""
    assert [section.title for section in drop_items(ISSUE, [1, 2]).sections] == ["民生"]
    assert drop_items(ISSUE, range(1, 6)).sections == ()


def test_a_moved_item_takes_the_place_and_the_section_of_another() -> None:
    """Forwards and backwards; pointers follow it."""
    up, down = move_item(ISSUE, 4, 1), move_item(ISSUE, 1, 5)
    assert titles(up) == ["第4条", "第1条", "第2条", "第3条", "第5条"]
    assert up.items[0].section == "要闻"
    assert titles(down) == ["第2条", "第3条", "第4条", "第5条", "第1条"]
    assert down.items[-1].section == "民生"
    assert sorted(pointed(up)) == sorted(pointed(down)) == sorted(pointed(ISSUE))
    assert [light.item for light in up.overview] == sorted(light.item for light in up.overview)


def test_a_note_is_put_and_taken_away() -> None:
    """It stands at its item only; an empty one leaves the issue as it was."""
    noted = note_item(ISSUE, 3, " 请法务留意。 ")
    assert [item.note for item in noted.items] == ["", "", "请法务留意。", "", ""]
    assert note_item(noted, 3, "") == ISSUE


@pytest.mark.parametrize("number", [0, 6, -1])
def test_an_item_that_is_not_there_is_a_mistake(number: int) -> None:
    """Nothing is guessed."""
    told = f"there is no item {number}: the issue has 5"
    with pytest.raises(ValueError, match=told):
        drop_items(ISSUE, [1, number])
    with pytest.raises(ValueError, match=told):
        move_item(ISSUE, 1, number)
    with pytest.raises(ValueError, match=told):
        note_item(ISSUE, number, "x")


@given(st.lists(st.tuples(st.integers(1, 5), st.integers(1, 5)), max_size=6))
def test_moving_loses_nothing(moves: list[tuple[int, int]]) -> None:
    """After any moves the same items stand there, numbered in reading order, with the words they had."""
    issue = ISSUE
    for number, to in moves:
        issue = move_item(issue, number, to)
        assert issue.items[to - 1].number == to
    assert [item.number for item in issue.items] == [1, 2, 3, 4, 5]
    assert sorted(titles(issue)) == sorted(titles(ISSUE))
    assert sorted(pointed(issue)) == sorted(pointed(ISSUE))
    bare = {replace(item, number=0, section="").title: replace(item, number=0, section="") for item in issue.items}
    assert bare == {item.title: replace(item, number=0, section="") for item in ISSUE.items}
