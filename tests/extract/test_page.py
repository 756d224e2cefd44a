"""The article is found in pages of every make, and nothing around it is taken for it."""

from __future__ import annotations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import digest
from digest.extract.boilerplate import drop_boilerplate, is_boilerplate
from digest.extract.density import densest_lines
from digest.extract.html import parse
from digest.extract.layout import lay_out

TITLE = "岚溪市启动老旧小区加装电梯工程"
LEAD = "岚溪市住房和城乡建设局昨日宣布，今年全市计划为三百二十个单元加装电梯，惠及居民四千余户，工程款由政府补贴六成。"
SECOND = "根据方案，每个单元须经三分之二以上业主同意，由街道统一受理，施工期间设置临时通道，确保老人和儿童出行安全。"
LAST = "市民可以在政务服务大厅查询进度，有意见的，可以在公示期内向街道书面提出，由街道在七个工作日内答复。"
BODY = (LEAD, SECOND, LAST)
NAVIGATION = "<ul>" + "".join(f"<li><a href='/c{n}'>第{n}个栏目的名称</a></li>" for n in range(12)) + "</ul>"
HEADLINES = (
    "<ul>" + "".join(f"<li><a href='/{n}.html'>岚溪市第{n}条别的新闻标题在此</a></li>" for n in range(8)) + "</ul>"
)


def page(middle: str, head: str = "", below: str = "") -> str:
    """A page with navigation above, `middle`, and a list of headlines and a footer below."""
    return (
        f"<!DOCTYPE html><html><head><meta charset='utf-8'><title>{TITLE}_岚溪新闻网</title>{head}</head><body>"
        f"<div>{NAVIGATION}</div>{middle}{below}<div>{HEADLINES}</div>"
        "<div>关于我们 | 联系我们 | 版权所有 岚溪新闻网</div></body></html>"
    )


def in_elements(name: str) -> str:
    return "<div>" + "".join(f"<{name}>{text}</{name}>" for text in BODY) + "</div>"


MAKES = {
    "paragraphs": in_elements("p"),
    "divs": in_elements("div"),
    "sections": in_elements("section"),
    "line breaks": "<div>" + "<br><br>".join(f"　　{text}" for text in BODY) + "</div>",
    "line breaks in fonts": "<font size=3>" + "<br>".join(f"<span>　　{text}</span>" for text in BODY) + "</font>",
    "a table of layout": "<table><tr><td width=20>&nbsp;</td><td>" + in_elements("p") + "</td></tr></table>",
    "nested tables": "<table><tr><td>" * 5 + "<br>".join(BODY) + "</td></tr></table>" * 5,
    "a row each": "<table>" + "".join(f"<tr><td>{text}</td></tr>" for text in BODY) + "</table>",
    "a form around all": f"<form action='x.aspx'><input type=hidden name=v>{in_elements('p')}</form>",
    "unclosed paragraphs": "<div>" + "".join(f"<p>{text}" for text in BODY) + "</div>",
    "two bodies": "</body><body>" + in_elements("p"),
    "no wrapper": "".join(f"<p>{text}</p>" for text in BODY),
    "preformatted": "<pre>" + "\n\n".join(BODY) + "</pre>",
    "unknown elements": f"<news-text><x-p>{'</x-p><br><x-p>'.join(BODY)}</x-p></news-text>",
    "a script between": f"<div><p>{LEAD}</p><script>var a='广告';</script><p>{SECOND}</p><!-- x --><p>{LAST}</p></div>",
}


@pytest.mark.parametrize("make", MAKES)
def test_the_article_is_found_whatever_it_is_made_of(make: str) -> None:
    """Paragraphs, tables, fonts and line breaks: the three paragraphs, and no line of navigation."""
    text = digest.read_article(page(f"<h1>{TITLE}</h1>" + MAKES[make])).text
    assert text.split("\n") == list(BODY)


@pytest.mark.parametrize("make", ["paragraphs", "line breaks", "nested tables"])
def test_a_page_without_html_head_and_body_is_a_page(make: str) -> None:
    """Some servers send only what stands inside; the navigation in it is navigation all the same."""
    source = f"<table><tr><td>{NAVIGATION}</td></tr></table>{MAKES[make]}<div>{HEADLINES}</div>"
    assert digest.read_article(source).text.split("\n") == list(BODY)


def test_short_lines_inside_the_article_stay() -> None:
    """A heading or a short answer between two paragraphs is part of the article."""
    inside = f"<div><p>{LEAD}</p><p><b>怎样申请</b></p><p>{SECOND}</p><p>问：要交钱吗？</p><p>{LAST}</p></div>"
    text = digest.read_article(page(inside)).text
    assert text.split("\n") == [LEAD, "怎样申请", SECOND, "问：要交钱吗？", LAST]


def test_a_list_of_links_inside_the_article_goes_with_its_heading() -> None:
    """Recommendations between paragraphs, and the word above them, are no text."""
    inside = f"<div><p>{LEAD}</p><div><h4>大家都在看</h4>{HEADLINES}</div><p>{SECOND}</p><p>{LAST}</p></div>"
    assert digest.read_article(page(inside)).text.split("\n") == list(BODY)


def test_comments_below_are_not_the_article() -> None:
    """However long the talk below it, the article is what comes first."""
    talk = "".join(f"<li><p>读者{n}：这件事早就该办了，支持政府，希望能够快一点落实。</p></li>" for n in range(30))
    asked = "<form><textarea></textarea><p>请文明发言，评论仅代表网友个人观点，不代表本网立场。</p></form>"
    text = digest.read_article(page(in_elements("p"), below=f"<div><h3>评论</h3><ul>{talk}</ul>{asked}</div>")).text
    assert text.startswith(LEAD)
    assert "文明发言" not in text


def test_a_short_notice_is_found_among_many_links() -> None:
    """One paragraph is an article too."""
    assert digest.read_article(page(f"<h1>{TITLE}</h1><div><p>{LEAD}</p></div>", below=HEADLINES * 3)).text == LEAD


def test_hidden_text_is_not_read() -> None:
    """What the page does not show, its article does not say."""
    hidden = "<p style='display: none'>这一段文字是隐藏的，读者在浏览器里看不到它，所以摘要里也不能有。</p>"
    text = digest.read_article(page(f"<div><p>{LEAD}</p>{hidden}<p>{SECOND}</p></div>")).text
    assert "隐藏" not in text


def test_a_caption_that_is_given_twice_stands_once() -> None:
    """The words below a picture, repeated for screen readers, are one line."""
    figure = "<p>电梯井道施工现场 岚溪日报记者摄</p><figcaption>电梯井道施工现场 岚溪日报记者摄</figcaption>"
    text = digest.read_article(page(f"<div><p>{LEAD}</p>{figure}<p>{SECOND}</p><p>{LAST}</p></div>")).text
    assert text.count("电梯井道施工现场") <= 1


@pytest.mark.parametrize(
    "line",
    [
        "您当前的位置：首页 > 新闻中心 > 时政要闻 > 正文",
        "微信 微博 QQ空间 复制链接",
        "[1] [2] [3] 下一页",
        "上一篇：岚溪市召开全市生态环境保护大会部署重点任务推进美丽岚溪建设工作",
        "【打印】【关闭】",
        "字体：【大 中 小】",
        "责任编辑：李想",
        "扫一扫在手机打开当前页",
        "用微信扫描二维码分享至好友和朋友圈",
        "主办单位：岚溪市人民政府办公室 承办单位：岚溪市大数据局",
        "128人参与",
        "发表评论(12)",
        "相关阅读：",
        "重点推荐",
        "免责声明：本文仅代表作者个人观点",
        "凡本网注明来源的作品，版权均属于本网",
    ],
)
def test_furniture_is_known_by_its_words(line: str) -> None:
    """Ways, share bars, printing, editors, codes, footers and notices."""
    assert is_boilerplate(line)


@pytest.mark.parametrize(
    "line",
    [
        "01",
        "位置偏僻的村庄也通了公交",
        "微信支付今日宣布，将在全国推行新的收费标准。",
        "声明发布后，双方代表握手。",
        "分享会现场座无虚席，读者提问踊跃。",
        "主办方表示，明年将继续举办。",
        "举报人说，他已经等了三年。",
    ],
)
def test_text_that_begins_alike_stays(line: str) -> None:
    """A sentence that only begins with such a word is text."""
    assert not is_boilerplate(line)


def test_the_statement_behind_an_article_ends_it() -> None:
    """What follows a heading 版权声明 in the second half is the lawyer's."""
    lines = [
        *BODY,
        "岚溪新闻网版权与免责声明：",
        "① 转载的目的在于传递更多信息，并不代表赞同其观点，也不证实其描述。",
        "电话：0",
    ]
    assert drop_boilerplate(lines) == list(BODY)


TAGS = [
    "<div>",
    "</div>",
    "<p>",
    "</p>",
    "<a href='/x'>",
    "</a>",
    "<td>",
    "<tr>",
    "<table>",
    "</table>",
    "<br>",
    "<ul>",
]
WORDS = ["岚溪市今日宣布，新码头已经启用。", "首页", "更多", "据了解，", "<input>", "<textarea>", "&nbsp;", "\n"]


@given(st.lists(st.sampled_from(TAGS + WORDS), max_size=60).map("".join))
@settings(max_examples=100, deadline=None)
def test_any_layout_has_its_lines_in_order(source: str) -> None:
    """The lines of a page are its visible characters in order, and a choice among them keeps the order."""
    root = parse(f"<html><body>{source}</body></html>")
    assert root is not None
    layout = lay_out(root)
    shown = iter("".join(root.itertext()))
    assert all(char in shown for line in layout.lines for char in line.text if not char.isspace())
    chosen = densest_lines(layout)
    assert chosen == sorted(set(chosen))
    assert all(0 <= line.linked <= len(line.text) for line in layout.lines)
