"""The list behind a script-drawn page is read by its paths, or by what such lists look like."""

from __future__ import annotations

import json
from collections.abc import Mapping
from datetime import date, datetime, timedelta, timezone
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.errors import FormatError
from digest.extract.jsonlists import read_json_list
from digest.model import Article, Document, Listing

BEIJING = timezone(timedelta(hours=8))
MORNING = datetime(2024, 1, 11, 9, 30, tzinfo=BEIJING)
ROWS = [
    {"id": 7, "title": "岚溪市出台数据条例", "link": "/a/7.html", "publishTime": 1704936600000, "source": "新闻办"},
    {"id": 8, "title": "云泽市发布公告", "link": "https://y.cn/8", "publishTime": "2024-01-11", "source": ""},
]
MENU = [{"name": "首页导航"}, {"name": "政务公开"}, {"name": "关于我们"}]


def read(data: Any, paths: Mapping[str, str] = {}) -> Listing:
    """What the list announces, as if fetched from x.cn."""
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False)
    return read_json_list(Document(text.encode(), "list", "https://x.cn/api/list?page=1"), paths)


def articles(data: Any, paths: Mapping[str, str] = {}) -> list[Article]:
    """The articles of the list."""
    return [entry.article for entry in read(data, paths).entries]


WRAPPED = {
    "a list": json.dumps(ROWS),
    "an envelope": json.dumps({"code": 0, "menu": MENU, "data": {"list": ROWS, "total": 2}}),
    "deep": json.dumps({"a": {"b": [{"c": {"d": {"rows": ROWS}}}]}}),
    "a callback": f"jQuery1102_345({json.dumps({'list': ROWS})});",
    "a callback with a comment": f"/**/ cb({json.dumps(ROWS)})",
    "an endless loop before it": "while(1);" + json.dumps(ROWS),
    "a guard before it": ")]}',\n" + json.dumps(ROWS),
    "a variable": f"var list = {json.dumps(ROWS)};\nvar other = 1;",
    "a BOM": "\ufeff" + json.dumps(ROWS),
}


@pytest.mark.parametrize("text", WRAPPED.values(), ids=WRAPPED)
def test_the_list_of_titles_is_found_by_itself(text: str) -> None:
    """Without paths the objects with titles are found wherever they are, and their usual fields are understood."""
    first, second = articles(text)
    assert (first.title, first.url, first.published) == ("岚溪市出台数据条例", "https://x.cn/a/7.html", MORNING)
    assert (second.url, second.published, first.site) == ("https://y.cn/8", date(2024, 1, 11), "新闻办")


@pytest.mark.parametrize(
    ("data", "items"),
    [
        ({"data": {"list": ROWS}}, "data.list"),
        ({"pages": [{}, {"rows": ROWS}]}, "pages[1].rows"),
        ([{"rows": ROWS}], "[0].rows"),
        ({"groups": {"a": {"items": ROWS[:1]}, "b": {"items": ROWS[1:]}}}, "groups.*.items"),
        ({"groups": [{"items": ROWS[:1]}, {"items": ROWS[1:]}]}, "groups[*].items"),
        ({"rows": {"7": ROWS[0], "8": ROWS[1]}}, "rows"),
    ],
)
def test_paths_lead_to_the_list(data: Any, items: str) -> None:
    """Keys, places in lists and stars are steps of a path."""
    assert [article.title for article in articles(data, {"items": items})] == ["岚溪市出台数据条例", "云泽市发布公告"]


def test_an_address_is_made_from_a_template() -> None:
    """A template is filled from the row, its values escaped; a row without them has no address."""
    rows = [
        {"id": "7 8", "meta": {"kind": "公告"}, "title": "标题之甲"},
        {"id": 9, "title": "标题之乙", "text": "文字。"},
    ]
    paths = {"url": "https://x.cn/{meta.kind}/{id}.html", "text": "text"}
    first, second = articles(rows, paths)
    assert first.url == "https://x.cn/%E5%85%AC%E5%91%8A/7%208.html"
    assert (second.url, second.text) == ("", "文字。")


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1704936600, MORNING),
        (1704936600000, MORNING),
        ("1704936600000", MORNING),
        (1704936600000000, MORNING),
        ("/Date(1704936600000+0800)/", MORNING),
        ([2024, 1, 11, 9, 30], MORNING),
        ([2024, 1, 11], date(2024, 1, 11)),
        ("20240111093000", MORNING),
        ("202401110930", MORNING),
        (20240111, date(2024, 1, 11)),
        ("2024-01-11 09:30:00", MORNING),
        ("2024-01-11 00:00:00", date(2024, 1, 11)),
        (7, None),
        (True, None),
        (10**30, None),
        ([2024, 13, 1], None),
        ({}, None),
    ],
)
def test_a_date_may_be_a_number(value: object, expected: object) -> None:
    """Seconds, milliseconds and the other ways of programs to write a moment give Beijing time or a day."""
    found = articles([{"title": "岚溪市出台数据条例", "url": "/1", "date": value}])[0].published
    assert found == expected
    assert isinstance(found, datetime) == isinstance(expected, datetime)


def test_text_is_plain() -> None:
    """Markup in titles and bodies is taken off, as of search results and WordPress."""
    row = {
        "title": {"rendered": "<em>数据</em>条例&#8220;一&#8221;"},
        "link": "/1",
        "content": {"rendered": "<p>甲。</p><p>乙。</p>"},
    }
    assert [(a.title, a.text) for a in articles([row])] == [("数据条例“一”", "甲。\n乙。")]


@pytest.mark.parametrize(
    ("paths", "words"),
    [
        ({"items": "data.lists"}, 'no "lists" in data.*list, total'),
        ({"items": "date"}, 'no "date" at the top.*there is data'),
        ({"items": "data.list[9]"}, 'no "9" in data.list.*a list of 2, each with id, title'),
        ({"items": "data.total"}, 'leads to no list, but to "2"'),
        ({"items": "data.list", "title": "tilte"}, 'title "tilte".*id, title, link'),
        ({"items": "data.list", "url": "https://x.cn/{nid}"}, 'url "nid".*id, title, link'),
    ],
)
def test_a_wrong_path_is_told_with_the_keys_that_are_there(paths: Mapping[str, str], words: str) -> None:
    """Who mistypes a path reads in the error what to write instead."""
    with pytest.raises(FormatError, match=words):
        read({"data": {"list": ROWS, "total": 2}}, paths)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("<html><body>访问频繁</body></html>", "web page"),
        ("", "no JSON"),
        ('{"a": [', "no JSON"),
        ("[" * 100_000, "nested"),
        ('{"code": 500}', "no list of objects.*code"),
        ("[1, 2, 3]", "no list of objects"),
    ],
)
def test_what_is_no_list_is_refused(text: str, words: str) -> None:
    """An answer without a list fails with a word that says what it is."""
    with pytest.raises(FormatError, match=words):
        read(text)


def test_an_empty_list_at_its_path_is_no_error() -> None:
    """A day without news is an empty listing."""
    assert read({"data": {"list": []}}, {"items": "data.list", "title": "title"}) == Listing()


def test_the_next_page_is_named_by_a_path() -> None:
    """`next` leads from the top to the address of the next page."""
    assert (
        read({"list": ROWS, "links": {"next": "list?page=2"}}, {"next": "links.next"}).following
        == "https://x.cn/api/list?page=2"
    )


def test_a_long_list_is_cut() -> None:
    """Of more than 500 rows the first 500 are read, and the rest is told."""
    listing = read([{"title": f"岚溪市发布第{n}号公告", "url": f"/{n}"} for n in range(600)])
    assert (len(listing.entries), listing.problems) == (500, ("the list holds 600 rows; only the first 500 were read",))


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=12),
    lambda inner: (
        st.lists(inner, max_size=4) | st.dictionaries(st.sampled_from(["title", "url", "date", "text", "x"]), inner)
    ),
    max_leaves=20,
)


@settings(max_examples=100)
@given(
    VALUES, st.dictionaries(st.sampled_from(["items", "title", "url", "date"]), st.text(".[]*x0titleurl{}", max_size=9))
)
def test_no_json_and_no_path_crashes_the_reader(data: Any, paths: dict[str, str]) -> None:
    """Whatever the JSON and the paths are, there is a listing or our own error."""
    try:
        assert all(entry.article.title or entry.article.text for entry in read(data, paths).entries)
    except FormatError as error:
        assert error.message  # noqa: PT017  # refused is as good as read
