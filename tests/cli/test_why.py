"""digest why tells the life of an article, digest why-empty what became of a day."""

from __future__ import annotations

import re

import pytest

from tests.cli.conftest import ANNA, BEN, Office, edition, fingerprint

MORNING, NEXT = "2026-11-22T09:00", "2026-11-23T09:00"


def keys(office: Office) -> dict[str, str]:
    """The key of every item of the next issue, by title."""
    explained = office("preview", "--explain").err
    return {m[2].strip(): m[1] for m in re.finditer(r"^ *\d+\. ([0-9a-f]{16})  .*  (.+)$", explained, re.MULTILINE)}


def test_the_life_of_a_printed_article(office: Office) -> None:
    """Found, printed with these very sentences under this number, of this score, mailed to these addresses."""
    found = keys(office)
    office("run", now=MORNING)
    told = office("why", found["岚川大桥通车"], now=NEXT)
    assert told.code == 0
    assert "edition daily: sent" in told.out
    assert "in the issue of 2026-11-22 08:00, item" in told.out
    assert "大桥全长3.2公里" in told.out
    assert re.search(r"score +\d+\.\d\d = ", told.out)
    assert all(f"{address}: sent" in told.out for address in (ANNA, BEN))


def test_the_beginning_of_a_key_is_enough(office: Office) -> None:
    """Six digits mean the article they begin."""
    key = keys(office)["新医院开诊"]
    office("run", now=MORNING)
    assert office("why", key[:6], now=NEXT).out == office("why", key, now=NEXT).out


def test_an_article_that_found_no_room_says_so(office: Office) -> None:
    """With room for one item the other two are candidates still, and say why they were left out."""
    found = keys(office).values()
    office.configure(editions=edition(more="items = 1"))
    office("run", now=MORNING)
    lives = [office("why", key, now=MORNING).out for key in found]
    assert sum("not among the first 1" in life for life in lives) == 2
    assert sum("edition daily: sent" in life for life in lives) == 1


@pytest.mark.parametrize("name", ["0123456789abcdef", "https://news.example/never", "x"])
def test_an_article_nobody_knows(office: Office, name: str) -> None:
    """It is a mistake of usage that says what can be asked."""
    office("run", now=MORNING)
    result = office("why", name, now=NEXT)
    assert result.code == 2
    assert "why-empty" in result.err


def test_why_a_day_is_empty(office: Office) -> None:
    """Before the run nothing is decided; after it the issue, its mails and all decisions are counted."""
    before = office("why-empty", "2026-11-22", now=MORNING).out
    assert "there is no issue of 2026-11-22" in before
    assert "nothing was decided" in before
    office("run", now=MORNING)
    after = office("why-empty", "2026-11-22", now=MORNING).out
    assert "has 3 items and is carried" in after
    assert f"{ANNA} sent" in after
    assert re.search(r"^ +3 sent", after, re.MULTILINE)
    office("run", now=NEXT)
    assert "has 0 items" in office("why-empty", "2026-11-23", now=NEXT).out


def test_asking_changes_nothing(office: Office) -> None:
    """Both commands only look."""
    key = keys(office)["新医院开诊"]
    office("run", now=MORNING)
    before = fingerprint(office.data)
    office("why", key, now=NEXT)
    office("why-empty", now=NEXT)
    assert fingerprint(office.data) == before


def test_a_day_that_is_none(office: Office) -> None:
    """It says how a day is written."""
    result = office("why-empty", "heute", now=NEXT)
    assert result.code == 2
    assert "2026-11-20" in result.err
