"""A date is read as it is written; a day stays a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.extract.dates import BEIJING, date_in_url, read_date


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2024-01-11", date(2024, 1, 11)),
        ("2024年1月11日", date(2024, 1, 11)),
        ("2024/1/11", date(2024, 1, 11)),
        ("2024.01.11", date(2024, 1, 11)),
        ("2024-01-11 00:00:00", date(2024, 1, 11)),
        ("2024年1月11日 09:30", datetime(2024, 1, 11, 9, 30, tzinfo=BEIJING)),
        ("2024-01-11 09:30:15", datetime(2024, 1, 11, 9, 30, 15, tzinfo=BEIJING)),
        ("2024年1月11日 星期四 9时30分", datetime(2024, 1, 11, 9, 30, tzinfo=BEIJING)),
        ("2024-01-11T09:30:00Z", datetime(2024, 1, 11, 9, 30, tzinfo=UTC)),
        ("2024-01-11T09:30:00.123+0900", datetime(2024, 1, 11, 9, 30, tzinfo=timezone(timedelta(hours=9)))),
        ("Fri, 14 Jan 2022 01:43:49 GMT", datetime(2022, 1, 14, 1, 43, 49, tzinfo=UTC)),
        ("发布时间：2024-01-11 来源：云泽日报", date(2024, 1, 11)),
        ("2024年1月11日 下午3:20", datetime(2024, 1, 11, 15, 20, tzinfo=BEIJING)),
        ("11 Jan 2024 03:20 PM", datetime(2024, 1, 11, 15, 20, tzinfo=BEIJING)),
        ("January 11, 2024", date(2024, 1, 11)),
        ("Thu Jan 11 2024 09:30:00 GMT+0800 (中国标准时间)", datetime(2024, 1, 11, 9, 30, tzinfo=BEIJING)),
        ("二〇二四年一月十一日", date(2024, 1, 11)),
        ("二○二三年十二月三十一日", date(2023, 12, 31)),
        ("2024-02-30，2024-03-01", date(2024, 3, 1)),
        ("2024-01-11 25:99", date(2024, 1, 11)),
        ("1月11日", None),
        ("3小时前", None),
        ("2024-13-41", None),
        ("昨天", None),
        ("", None),
        ("12345678901234567890", None),
    ],
)
def test_the_forms_of_the_wild(text: str, expected: object) -> None:
    """ISO, Chinese, slashes, mail; without a zone it is Beijing's, midnight without a zone is a day."""
    found = read_date(text)
    assert found == expected
    assert type(found) is type(expected)


NOW = datetime(2024, 1, 11, 15, 30, tzinfo=BEIJING)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("1月11日", date(2024, 1, 11)),
        ("1月12日", date(2024, 1, 12)),
        ("1月13日 08:00", datetime(2023, 1, 13, 8, 0, tzinfo=BEIJING)),
        ("12-31", date(2023, 12, 31)),
        ("[01-11 09:30]", datetime(2024, 1, 11, 9, 30, tzinfo=BEIJING)),
        ("今天 09:30", datetime(2024, 1, 11, 9, 30, tzinfo=BEIJING)),
        ("昨天", date(2024, 1, 10)),
        ("前天", date(2024, 1, 9)),
        ("发布于 3小时前", datetime(2024, 1, 11, 12, 30, tzinfo=BEIJING)),
        ("半小时前", datetime(2024, 1, 11, 15, 0, tzinfo=BEIJING)),
        ("刚刚", NOW),
        ("两天前", date(2024, 1, 9)),
        ("他昨天说，三天前就知道了。", None),
        ("10-12 人", None),
    ],
)
def test_what_is_short_of_a_date_is_told_by_the_day_it_was_read(text: str, expected: object) -> None:
    """The year of the last such day, the days before, the hours before; a sentence is no date line."""
    found = read_date(text, NOW)
    assert found == expected
    assert type(found) is type(expected)


def test_with_only_a_day_hours_stay_unknown() -> None:
    """昨天 can be told from a day, 3小时前 cannot."""
    assert read_date("昨天", NOW.date()) == date(2024, 1, 10)
    assert read_date("3小时前", NOW.date()) is None


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/2024/01/11/x.html", date(2024, 1, 11)),
        ("/202401/t20240111_123.html", date(2024, 1, 11)),
        ("/n1/2024/0111/c1-123.html", date(2024, 1, 11)),
        ("/art/2024/1/11/art_1.html", date(2024, 1, 11)),
        ("/c/20241341.html", None),
        ("/12024011199.html", None),
        ("/x.html?d=20240111", None),
    ],
)
def test_a_day_in_a_url(path: str, expected: date | None) -> None:
    """Eight digits or three steps that are a possible day; longer numbers and queries are none."""
    assert date_in_url("https://a.example" + path) == expected


@given(st.text(max_size=60), st.sampled_from([None, NOW, NOW.date()]))
def test_no_text_crashes(text: str, today: datetime | date | None) -> None:
    """Whatever a page calls a date, the answer is a date, an aware moment, or None."""
    found = read_date(text, today)
    assert found is None or not isinstance(found, datetime) or found.tzinfo is not None
