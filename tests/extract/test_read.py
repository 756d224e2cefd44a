"""Every form an article comes in reads clean."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import digest
from digest.errors import DigestError, FormatError
from digest.extract.read import read_document
from digest.model import Document


def read_or_refuse(data: bytes) -> digest.Article | DigestError:
    """The article in `data`, or the error that says why there is none."""
    try:
        return digest.read_article(data)
    except DigestError as error:
        return error


CRAWLED = """
---
title: '云泽市委网信委召开会议 部署全年工作'
categories:
 - 时政
 - 云泽新闻
author: 云泽新闻
comments: false
date: Wed, 18 Nov 2026 01:43:49 GMT
---

<div>
<p>　　原标题：市委网信委召开会议</p>
<p>　　云泽日报讯（记者 顾明）11月18日，市委网信委召开会议，部署全年工作。</p>
<p>　　会议指出，要压实责任&mdash;&mdash;一级抓一级。</p><!-- news_keyword_pub -->

<!-- 正文下iframe -->

            <!-- 二维码 -->
            <style>
            .qr{width:1px}
            </style>
            <div><img src="https://cdn.example/1.png"><div>海量资讯，尽在云泽新闻APP</div></div>
<p class="article-editor">责任编辑：王小蒙 </p>
</div>
"""
PAGE = """<!DOCTYPE html><html><head><meta charset="utf-8"><title>岚溪市出台数据条例_岚溪新闻网</title>
<meta name="SiteName" content="岚溪市人民政府"><meta name="ArticleTitle" content="岚溪市出台数据条例">
<meta name="PubDate" content="2026-11-19 10:20"></head><body>
<div class="nav"><a href="/">首页</a><a href="/b">政务</a><a href="/c">服务</a></div>
<div class="main"><h1>岚溪市出台数据条例</h1><p>时间：2026-11-19 来源：岚溪日报 字体：大 中 小</p>
<p>岚溪市人大常委会近日审议通过《岚溪市数据条例》，自2027年1月1日起施行，共七章五十二条，是该市首部数据领域地方性法规。</p>
<p>条例明确，公共数据应当依法有序开放，任何单位和个人不得非法买卖个人信息，违者依法追究责任。</p>
<p>责任编辑：李想</p></div><div class="footer">版权所有 岚溪市人民政府 岚ICP备00000000号</div></body></html>"""


def test_a_crawled_file_comes_out_clean() -> None:
    """Front matter gives the fields; 原标题, comments, styles, slogan and editor are gone; the text is whole."""
    article = digest.read_article(CRAWLED)
    assert article.title == "云泽市委网信委召开会议 部署全年工作"
    assert article.site == article.author == "云泽新闻"
    assert article.categories == ("时政", "云泽新闻")
    assert article.published == datetime(2026, 11, 18, 1, 43, 49, tzinfo=UTC)
    assert article.text == (
        "云泽日报讯（记者 顾明）11月18日，市委网信委召开会议，部署全年工作。\n会议指出，要压实责任——一级抓一级。"
    )


def test_a_saved_page_gives_its_official_metadata_and_its_body() -> None:
    """The government tags name title, date and site; navigation, credits and footer are no text."""
    article = digest.read_article(PAGE)
    assert article.title == "岚溪市出台数据条例"
    assert article.site == "岚溪市人民政府"
    assert article.published is not None
    assert article.published.isoformat() == "2026-11-19T10:20:00+08:00"
    assert article.text.startswith("岚溪市人大常委会近日审议通过")
    assert article.text.endswith("依法追究责任。")


@pytest.mark.parametrize("encoding", ["utf-8", "gb18030", "utf-16"])
def test_a_page_is_read_in_its_encoding(encoding: str) -> None:
    """The bytes decide, whatever the page declares."""
    assert "岚溪市数据条例" in digest.read_article(PAGE.encode(encoding)).text


def test_markdown_loses_its_marks() -> None:
    """Headings, emphasis, links and lists are text; the first heading is the title."""
    article = digest.read_article(
        "# 标题在此\n\n正文**很重要**，见[《办法》](https://a.example/x)。\n\n- 第一条。\n- 第二条。\n"
    )
    assert article.title == "标题在此"
    assert article.text == "正文很重要，见《办法》。\n第一条。\n第二条。"


def test_a_plain_text_has_its_title_on_the_first_line() -> None:
    """A short first line without a full stop is the headline; a sentence is not."""
    titled = digest.read_article(
        "岚溪启用新码头\n2026-11-19 来源：岚溪日报\n岚溪市新码头昨日正式启用，年吞吐能力达到三百万吨。\n"
    )
    assert (titled.title, titled.site, titled.published) == ("岚溪启用新码头", "岚溪日报", date(2026, 11, 19))
    assert titled.text == "岚溪市新码头昨日正式启用，年吞吐能力达到三百万吨。"
    assert digest.read_article("岚溪市新码头启用。\n年吞吐能力三百万吨，可停靠万吨轮。\n").title == ""


def test_wrapped_lines_are_put_together() -> None:
    """An English text wrapped at 72 columns is one paragraph again."""
    line = "The harbour of Lanxi opened on Thursday after three years of work that"
    article = digest.read_article(f"{line}\n{line}\n{line}\nended well.\n")
    assert article.text == f"{line} {line} {line} ended well."


def test_records_give_their_fields() -> None:
    """title, text, url, source and date of JSON; one bad line of JSON Lines costs only itself."""
    rows = [
        {
            "title": f"第{n}条新闻的标题",
            "text": "正文第一段。\n正文第二段。",
            "url": f"https://a.example/{n}",
            "source": "岚溪网",
            "date": "2026-11-19",
        }
        for n in (1, 2)
    ]
    for data in (json.dumps(rows), json.dumps({"articles": rows}), "\n".join(map(json.dumps, rows))):
        reading = read_document(Document(data.encode(), "x.json"))
        assert [a.title for a in reading.articles] == ["第1条新闻的标题", "第2条新闻的标题"]
        assert reading.articles[0].published == date(2026, 11, 19)
        assert reading.articles[0].site == "岚溪网"
        assert not reading.problems
    broken = read_document(Document((json.dumps(rows[0]) + "\n{oops\n[1]\n{}\n").encode(), "x.jsonl"))
    assert len(broken.articles) == 1
    assert [problem.split(":")[0] for problem in broken.problems] == ["line 2", "line 3", "line 4"]


@pytest.mark.parametrize(
    ("text", "complaint"),
    [
        ("---\ntitle: 没有结束\n正文", "no closing ---"),
        ("---\ntitle: 'a\nb: [\n---\n正文", "not YAML: line"),
        ("---\ntitle: a\n- b\n---\n正文", "not YAML"),
    ],
)
def test_broken_front_matter_says_what_is_wrong(text: str, complaint: str) -> None:
    """The complaint names the line, and the hint says what to try."""
    with pytest.raises(FormatError, match=complaint) as caught:
        digest.read_article(text)
    assert caught.value.hint


def test_a_string_is_content_and_never_a_path(tmp_path: Path) -> None:
    """A str that happens to name a file is not opened; a Path is."""
    file = tmp_path / "a.txt"
    file.write_text("秘密正文。", "utf-8")
    assert digest.read_article(str(file)).text == str(file)
    assert digest.read_article(file).text == "秘密正文。"


@pytest.mark.parametrize(
    "deep", ["[" * 100_000, '{"a":' * 100_000, "<div>" * 50_000 + "正文。", "---\na: " + "[" * 5_000 + "\n---\n正文"]
)
def test_deep_nesting_is_harmless(deep: str) -> None:
    """A text nested beyond reason is an article or an error, not a crash."""
    result = read_or_refuse(deep.encode())
    assert isinstance(result, digest.Article) or result.hint


def test_a_page_nested_beyond_reason_keeps_its_text() -> None:
    """Where lxml gives up on the depth, the words between the tags are still read."""
    assert digest.read_article("<div>" * 50_000 + "正文第一句&amp;。").text == "正文第一句&。"


TAGS = st.lists(
    st.sampled_from(
        [
            "<p>",
            "</p>",
            "<div>",
            "<br>",
            "<script>x</script>",
            "<!--c-->",
            "&amp;",
            "云泽，",
            "网信。",
            "\n",
            " ",
            "<b>",
            "</b>",
        ]
    ),
    max_size=40,
)


@given(TAGS.map("".join))
@settings(max_examples=80)
def test_the_text_is_the_source_with_deletions_only(source: str) -> None:
    """Law 2: every character of the article stands in the source, in that order."""
    text = digest.read_article("<p>开头。</p>" + source).text
    left = iter("开头。" + source.replace("&amp;", "&"))
    assert all(char in left for char in text if not char.isspace())


@given(st.binary(max_size=300))
@settings(max_examples=80)
def test_no_bytes_crash(data: bytes) -> None:
    """Law 5: any bytes are an article that can be summed up, or a clear refusal."""
    result = read_or_refuse(data)
    if isinstance(result, DigestError):
        assert result.message
    else:
        assert bool(digest.summarize(result.text).sentences) == bool(result.text.strip())


def test_every_sample_reads_clean(samples: Path) -> None:
    """No sample shows markup, boilerplate, a gloss or mojibake."""
    found = 0
    for path in sorted(p for p in samples.rglob("*") if p.suffix in {".md", ".txt", ".html", ".json", ".jsonl"}):
        for article in read_document(Document(path.read_bytes(), str(path))).articles:
            found += 1
            for mark in ("<", "责任编辑", "原标题", "ICP备", "扫码", "\ufffd", "ǎ", "字体：", "版权所有"):
                assert mark not in article.text, (path, mark)
            assert len(article.text) > 40
    assert found >= 14
