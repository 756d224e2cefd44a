"""`days` as people write them: one spelling, a remedy for every slip, and cron lines as the library reads them."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
from cronsim import CronSim, CronSimError
from hypothesis import example, given, settings
from hypothesis import strategies as st

from digest.model.schedule import WEEKDAYS, check_days, is_cron

START = datetime(2026, 1, 1, tzinfo=UTC)

names = st.sampled_from(
    ["MON", "tue", "Sun", "JAN", "dec", "L", "LW", "5L", "MON#2", "7#5", "fri#6", "8L", "*", "", "?"]
)
numbers = st.integers(0, 70).map(str)
values = st.one_of(numbers, names)
spans = st.one_of(values, st.just("*"), st.builds("{}-{}".format, values, values))
terms = st.one_of(spans, st.builds("{}/{}".format, spans, values))
fields = st.one_of(st.just("*"), numbers, terms, st.lists(terms, min_size=1, max_size=3).map(",".join))
lines = st.lists(fields, min_size=5, max_size=5).map(" ".join)


def likely(least: int, most: int) -> st.SearchStrategy[str]:
    """A field that is right more often than not."""
    number = st.integers(least, most)
    ranges = st.tuples(number, number).filter(lambda pair: pair[0] < pair[1]).map(lambda pair: f"{pair[0]}-{pair[1]}")
    span = st.one_of(st.just("*"), number.map(str), ranges)
    stepped = st.builds("{}/{}".format, span, st.integers(1, most - least + 1))
    return st.one_of(st.just("*"), st.lists(st.one_of(span, stepped), min_size=1, max_size=2).map(",".join))


likely_lines = st.builds(
    "{} {} {} {} {}".format, likely(0, 59), likely(0, 23), likely(1, 31), likely(1, 12), likely(0, 7)
)


def is_read_by_cronsim(line: str) -> bool:
    """Whether the library takes a line, and it ever comes."""
    try:
        return next(CronSim(line, START), None) is not None
    except (CronSimError, AssertionError):  # it asserts that L has no place before a step
        return False


def is_taken(days: str) -> bool:
    """Whether a configuration may say so."""
    try:
        check_days(days)
    except ValueError:
        return False
    return True


@given(st.one_of(lines, likely_lines))
@settings(max_examples=200, deadline=None)
@example("0 8 29 2 *")
@example("5 4 * * sun")
@example("0 8 * * MON#2")
@example("0 8 L,LW * *")
def test_what_a_configuration_may_say_the_library_reads(line: str) -> None:
    """A line that is taken is one that cronsim takes too; and it comes, unless `L` and `#` contradict a star's days."""
    if is_taken(line):
        assert CronSim(line, START).minutes
        assert is_read_by_cronsim(line) or any(mark in line for mark in "L#")


@given(likely_lines)
@settings(max_examples=150, deadline=None)
@example("0 8 31 2 *")
@example("0 8 30 2 *")
@example("0 8 31 2,4,6 */2")
@example("0 8 31 2 1")
@example("0 8 */31 2 *")
def test_a_line_is_taken_just_where_it_ever_comes(line: str) -> None:
    """Of numbers, lists, ranges and steps only what never comes is refused: 31 February, but not 31 or any Monday."""
    assert is_taken(line) == is_read_by_cronsim(line)


@given(st.one_of(st.text(max_size=30), lines, st.text("weklymontu:, @0*", max_size=12)))
@settings(max_examples=100, deadline=None)
@example("9" * 30 + " * * * *")
@example("² 1 1 1 1")
@example("* * * * ٣")
def test_any_text_is_taken_or_refused_with_what_to_write(text: str) -> None:
    """No text breaks the check; the words are one line and end with what to write, which is taken."""
    if is_taken(text):
        assert check_days(check_days(text)) == check_days(text)
        return
    with pytest.raises(ValueError, match="^is ") as refused:
        check_days(text)
    remedy, _, rest = str(refused.value).rpartition('write "')[2].partition('"')
    assert is_taken(remedy) or rest == " in its place"
    assert str(refused.value).isprintable()


@pytest.mark.parametrize(
    ("written", "spelled"),
    [
        ("daily", "daily"),
        (" Workdays ", "workdays"),
        ("weekly:mon", "weekly:mon"),
        ("weekly: Thu, Mon,thu", "weekly:mon,thu"),
        ("0  8 * *   mon-fri", "0 8 * * mon-fri"),
        ("0 8 29 2 *", "0 8 29 2 *"),
        ("0 8 L * *", "0 8 L * *"),
        ("0 8 * * 5L", "0 8 * * 5L"),
        ("*/15 9-17 * jan-mar MON#2", "*/15 9-17 * jan-mar MON#2"),
    ],
)
def test_days_have_one_spelling(written: str, spelled: str) -> None:
    """Spaces and capitals make no difference, and a week begins with Monday."""
    assert check_days(written) == spelled
    assert is_cron(spelled) == (" " in spelled)


@pytest.mark.parametrize(
    ("written", "remedy"),
    [
        ("workday", '"workdays"'),
        ("weekdays", '"workdays"'),
        ("工作日", '"workdays"'),
        ("dialy", '"daily"'),
        ("every day", '"daily"'),
        ("", '"daily"'),
        ("weekly", '"weekly:mon"'),
        ("weekly:", '"weekly:mon"'),
        ("monday", '"weekly:mon"'),
        ("weekly:sunday", '"weekly:sun"'),
        ("weekly:mon,tux", '"weekly:tue"'),
        ("@daily", '"daily"'),
        ("@monthly", '"0 8 1 * *"'),
        ("0 25 * * *", "25"),
        ("0 8 * *", "five fields, this has 4"),
        ("0 0 8 * * *", "five fields, this has 6"),
        ("*/90 * * * *", "from 1 to 60"),
        ("0 8 * * fri-sun", '"fri-7,0-sun"'),
        ("0 22-2 * * *", '"22-23,0-2"'),
        ("0 8 31 2 *", "never comes"),
        ("0 8 32 * *", "day of the month"),
    ],
)
def test_a_slip_is_answered_with_what_was_meant(written: str, remedy: str) -> None:
    """The nearest word, or what is wrong with which field."""
    with pytest.raises(ValueError, match="^is ") as refused:
        check_days(written)
    assert remedy in str(refused.value)


def test_what_stands_for_a_backward_range_is_read() -> None:
    """The two ranges that are proposed for one that runs over the end of the week are the days that were meant."""
    seen = CronSim(check_days("0 8 * * fri-7,0-sun"), START)
    assert {f"{next(seen):%a}".lower() for _ in range(14)} == set(WEEKDAYS[4:])
