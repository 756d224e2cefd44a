"""The days that documents set: found in the issue that prints them, and told again until they have passed."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.agenda import find_appointments, plan_agenda
from digest.model import Appointment, Article, DocumentCard, Fact, FactKind, Item, Summary

DAY = date(2026, 11, 20)
LAST = date(2026, 12, 4)


def fact(kind: FactKind, value: str) -> Fact:
    """A fact with this value, wherever it stood."""
    return Fact(kind, value, 0, len(value), value)


def item(number: int, *facts: Fact, genre: str = "通知") -> Item:
    """An item whose document says these things."""
    article = Article(title=f"第{number}号文件", text="正文。", url=f"https://news.example/{number}")
    return Item(number, article, article.title, Summary(), card=DocumentCard(genre, facts))


def appointment(
    on: date, title: str = "《甲办法》", kind: str = "deadline", key: str = "a", told: date | None = None, item: int = 0
) -> Appointment:
    """A day to come."""
    return Appointment(on, "effective" if kind == "effective" else "deadline", title, key=key, told=told, item=item)


def test_a_document_sets_its_days() -> None:
    """The last day to answer and the first in force, with the name, the body and the number of the document."""
    found = find_appointments(
        [
            item(
                1,
                fact("title", "《河道采砂管理办法》"),
                fact("body", "市水利局"),
                fact("number", "云水〔2026〕4号"),
                fact("deadline", "2026-11-28"),
                fact("effective", "2027-01-01"),
            )
        ],
        DAY,
    )
    assert [(a.kind, a.on, a.item) for a in found] == [
        ("deadline", date(2026, 11, 28), 1),
        ("effective", date(2027, 1, 1), 1),
    ]
    assert {(a.title, a.body, a.number, a.url) for a in found} == {
        ("《河道采砂管理办法》", "市水利局", "云水〔2026〕4号", "https://news.example/1")
    }
    assert all(a.told is None and a.key == item(1).article.key for a in found)


def test_a_document_without_a_name_is_called_by_its_headline() -> None:
    """A notice that prints no 《title》 stands under the headline of its item."""
    (found,) = find_appointments([item(3, fact("deadline", "2026-11-28"))], DAY)
    assert (found.title, found.item) == ("第3号文件", 3)


def test_what_is_no_document_sets_no_day() -> None:
    """A shop's sale ends on a day too; a report that names its document by title is one about it."""
    assert find_appointments([item(1, fact("deadline", "2026-11-28"), genre="")], DAY) == ()
    named = item(2, fact("deadline", "2026-11-28"), fact("title", "《甲办法》"), genre="")
    assert len(find_appointments([named], DAY)) == 1


@pytest.mark.parametrize(("on", "count"), [("2026-11-19", 0), ("2026-11-20", 1), ("2026-11-21", 1), ("2030-01-01", 1)])
def test_what_has_passed_is_no_appointment(on: str, count: int) -> None:
    """A day before the issue's is none; the issue's own day still counts, and no day is too far to be kept."""
    assert len(find_appointments([item(1, fact("deadline", on))], DAY)) == count


def test_the_days_follow_the_items() -> None:
    """In the order in which the items are read, the deadline of each before its coming into force."""
    both = (fact("effective", "2026-12-01"), fact("deadline", "2026-12-02"))
    found = find_appointments([item(1, *both), item(2, *both)], DAY)
    assert [(a.item, a.kind) for a in found] == [(1, "deadline"), (1, "effective"), (2, "deadline"), (2, "effective")]


def test_the_agenda_ends_where_it_is_told_to() -> None:
    """From the first day to the last, both included, of this issue as of earlier ones."""
    own = [appointment(DAY + timedelta(days=n), f"《第{n}》", key=str(n), item=1) for n in (-1, 0, 14, 15)]
    earlier = [replace(one, key=f"e{one.key}", title=f"《旧{one.title}》", item=0, told=DAY) for one in own]
    shown = plan_agenda(own, earlier, DAY, LAST)
    assert [a.on for a in shown] == [DAY, DAY, LAST, LAST]


def test_a_document_told_again_stands_once() -> None:
    """By its article, or by its name, day and kind where another report tells of it; with the number in this issue."""
    earlier = [appointment(LAST, told=date(2026, 11, 18))]
    assert plan_agenda([appointment(LAST, item=4)], earlier, DAY, LAST) == (appointment(LAST, item=4),)
    other = appointment(LAST, title="甲办法", key="b", item=2)
    assert plan_agenda([other], earlier, DAY, LAST) == (other,)


def test_a_day_that_was_put_off_is_told_as_it_is_now() -> None:
    """Where a document sets another day than before, the old one is not told any more, even if the new one is far."""
    earlier = [appointment(DAY + timedelta(days=2), told=date(2026, 11, 18))]
    later = appointment(DAY + timedelta(days=5), item=1)
    assert plan_agenda([later], earlier, DAY, LAST) == (later,)
    assert plan_agenda([replace(later, on=date(2027, 3, 1))], earlier, DAY, LAST) == ()


def test_two_documents_of_one_day_stand_both() -> None:
    """So do a deadline and a coming into force of one document on one day."""
    shown = plan_agenda([appointment(LAST, item=1), appointment(LAST, "《乙》", key="b", item=2)], [], DAY, LAST)
    assert len(shown) == 2
    both = [appointment(LAST, item=1), appointment(LAST, kind="effective", item=1)]
    assert [a.kind for a in plan_agenda(both, [], DAY, LAST)] == ["deadline", "effective"]


days = st.integers(-3, 20).map(lambda n: DAY + timedelta(days=n))
appointments = st.lists(
    st.builds(
        appointment,
        days,
        st.sampled_from(["《甲办法》", "甲办法", "《乙》"]),
        st.sampled_from(["deadline", "effective"]),
        st.sampled_from("abc"),
    ),
    max_size=6,
)


@given(appointments, appointments)
@settings(max_examples=100)
def test_an_agenda_is_in_order_and_without_repetition(own: list[Appointment], earlier: list[Appointment]) -> None:
    """Nothing twice, nothing outside its days, nothing invented, the next day first; and nothing of this issue lost."""
    shown = plan_agenda(own, earlier, DAY, LAST)
    names = [(a.on, a.kind, a.title.strip("《》")) for a in shown]
    assert len(names) == len(set(names))
    assert [a.on for a in shown] == sorted(a.on for a in shown)
    assert all(DAY <= a.on <= LAST and a in [*own, *earlier] for a in shown)
    assert {(a.on, a.kind, a.title.strip("《》")) for a in own if DAY <= a.on <= LAST} <= set(names)
