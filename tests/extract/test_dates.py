"""A date is read as it is written; a day stays a day."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.extract.dates import BEIJING, read_date


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


@given(st.text(max_size=60))
def test_no_text_crashes(text: str) -> None:
    """Whatever a page calls a date, the answer is a date, an aware moment, or None."""
    found = read_date(text)
    assert found is None or not isinstance(found, datetime) or found.tzinfo is not None
