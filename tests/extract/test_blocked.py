"""A page that stands in the place of an article is told from a page that tells of such things."""

from __future__ import annotations

import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.extract.blocked import find_block
from digest.model import Document

MENU = "".join(
    f"<a href='/c{n}/'>{word}</a> " for n, word in enumerate(["首页", "政务公开", "政务服务", "互动交流"] * 8)
)
FOOT = "<p>主办：岚溪市人民政府办公室 岚ICP备00000000号 网站标识码0000000000</p>"
WALL = "<p>很抱歉，由于您访问的URL有可能对网站造成安全威胁，您的访问被阻断。</p>"
NEWS = "12月3日，记者从岚溪市公安局获悉，近期有不法分子以短信验证码为由实施诈骗，警方提醒市民不要向他人透露。"


def page(title: str, body: str, head: str = "") -> str:
    """A page with that title and body."""
    head = f"<head><meta charset='utf-8'><title>{title}</title>{head}</head>"
    return f"<!DOCTYPE html><html>{head}<body>{body}</body></html>"


def block_of(text: str, media_type: str = "text/html") -> str:
    """Why it is no article."""
    return find_block(Document(text.encode(), "page", "https://x.cn/1.html", media_type))


BLOCKS = {
    "too frequent": (page("", "<p>您的访问过于频繁，请稍后再试。</p>"), "too frequent"),
    "too frequent, in the title": (page("访问频繁", "<p>为保障安全</p>"), "too frequent"),
    "too many requests": (page("429 Too Many Requests", "<h1>Too Many Requests</h1>nginx"), "too frequent"),
    "plain text": ("访问过于频繁，请稍后再试", "too frequent"),
    "verification": (page("安全验证", "<div>请完成下方验证后继续操作</div>"), "verification"),
    "verification behind a name": (page("岚溪网-安全验证", "<p>网络不给力，请稍后重试</p>"), "verification"),
    "captcha": (page("岚溪市人民政府", "<p>请输入验证码：</p><input><p>看不清？换一张</p>"), "verification"),
    "a slider": (page("滑动验证页面", "<p>请按住滑块，拖动到最右边</p>"), "verification"),
    "just a moment": (page("Just a moment...", "<h1>x.cn</h1><p>Verifying you are human.</p>"), "verification"),
    "cookies wanted": (page("x.cn", "<p>Enable JavaScript and cookies to continue</p>"), "verification"),
    "refused": (page("请求被拒绝", "<p>您的请求被拒绝。</p><p>事件编号：1234567890</p>"), "refuses"),
    "a firewall": (page("405", WALL), "refuses"),
    "a firewall without a title": (page("", WALL), "refuses"),
    "illegal parameters": (page("", "<p>您的请求带有不合法参数，已被网站管理员设置拦截！</p>"), "refuses"),
    "access denied": (
        page("Access Denied", "<h1>Access Denied</h1>You don't have permission to access it."),
        "refuses",
    ),
    "403 as plain text": ("403 Forbidden", "refuses"),
    "404": (page("404", "<h1>404</h1><p>页面不存在</p>"), "does not exist"),
    "404 of a server": (page("404 Not Found", "<center><h1>404 Not Found</h1></center><hr>nginx"), "does not exist"),
    "404 inside the site": (page("岚溪", f"{MENU}<p>抱歉，您访问的页面不存在或已删除！</p>{FOOT}"), "does not exist"),
    "deleted": (page("岚溪新闻网", "<p>该文章已被删除</p>"), "does not exist"),
    "not found": (page("Lanxi News", "<p>Sorry, the page you want could not be found.</p>"), "does not exist"),
    "a thread": (page("岚溪论坛", "<p>抱歉，指定的主题不存在或已被删除或正在被审核</p>"), "does not exist"),
    "traditional": (page("嵐溪新聞", "<p>您要查看的頁面不存在或已刪除</p>"), "does not exist"),
    "busy": (page("岚溪市人民政府", "<p>系统繁忙，请稍后再试！</p>"), "trouble"),
    "abnormal": (page("服务异常", "<p>服务异常</p>"), "trouble"),
    "500": (page("500 Internal Server Error", "<h1>Internal Server Error</h1>"), "trouble"),
    "bad gateway": (page("x.cn | 502: Bad gateway", "<h1>Bad gateway</h1>"), "trouble"),
    "maintenance": (page("网站维护中", "<p>网站正在维护，请稍后访问。</p>"), "trouble"),
    "login": (page("用户登录", "<form><input name=u><input type=password></form><p>忘记密码</p>"), "login"),
    "login wanted": (page("岚溪论坛", "<p>抱歉，您尚未登录，没有权限访问该版块</p>"), "login"),
    "a script": ("<html><script>document.cookie='a=1';location.reload()</script><body></body></html>", "script"),
    "a script alone": ("<script>var x=eval('1');</script>", "script"),
    "a script and its excuse": (page("", "<noscript>请开启JavaScript</noscript><script src=a.js></script>"), "script"),
    "drawn by a script": (page("岚溪新闻", "<div id=app></div><script src=a.js></script>"), "script"),
    "sent on": (page("", "", "<meta http-equiv=refresh content='0;url=/index.html'>"), "sends"),
    "a title without a body": (page("岚溪市发布公告", ""), "no text"),
    "an empty body": (page("", ""), "empty"),
    "nothing": ("", "empty"),
    "blank": (" \r\n \u200b", "empty"),
}


@pytest.mark.parametrize(("text", "word"), BLOCKS.values(), ids=BLOCKS)
def test_what_stands_in_the_place_of_an_article_is_named(text: str, word: str) -> None:
    """Each kind of page that is no article is named for what it is."""
    assert word in block_of(text)


ARTICLES = {
    "about codes": page("警方提醒：验证码不能告诉别人", f"<h1>警方提醒</h1><p>{NEWS}</p>"),
    "about verification": page("安全验证技术的发展_岚溪科技", f"<p>{NEWS}</p>" * 3),
    "titled verification": page("验证码", f"<p>{NEWS}</p>" * 3),
    "about a busy system": page("系统繁忙背后的民生期盼", f"<p>{NEWS}</p>" * 8),
    "quoting a notice": page(
        "购票网站一度瘫痪", "<p>12月3日上午，购票网站打开后显示“系统繁忙，请稍后再试”，中午恢复。</p>"
    ),
    "of maintenance": page(
        "系统升级维护公告", "<p>岚溪市政务服务网定于2024年1月13日0时至6时进行系统升级维护，届时将暂停服务。</p>"
    ),
    "404 in the title": page("404教室的灯光", f"<p>{NEWS}</p>"),
    "403 in the title": page("403个项目集中开工", f"<p>{NEWS}</p>"),
    "refused in the title": page("请求被拒绝之后", f"<p>{NEWS}</p>"),
    "frequent in the title": page("外事访问频繁的一年", f"<p>{NEWS}</p>"),
    "a login in the text": page("岚溪市上线统一登录平台", f"<p>{NEWS}</p><p>用户登录后可查看办件进度。</p>"),
    "a teaser before a login": page("岚溪数据条例解读", f"<p>{NEWS}</p><p>请登录后查看全文</p>"),
    "a form beside it": page("岚溪数据条例解读", f"<form>登录<input type=password></form><p>{NEWS}</p>"),
    "a flash": page("快讯：岚溪地铁一号线恢复运营", "<p>岚溪地铁一号线今日9时恢复运营。</p>"),
    "a photograph": page("图片故事：岚溪的秋天", "<img src=a><p>图为岚溪湖畔的银杏林。</p>"),
    "searchers": page("失踪者仍未找到", "<p>搜救队称仍未找到失踪者。</p>"),
    "errors in general": page("错误提示背后", "<p>这是一篇很短的文章。</p>"),
    "English": page(
        "Access denied: how a city lost its data", "<p>Officials said that access was denied for months.</p>"
    ),
    "English with a number": page(
        "Officials seek 404 million yuan", "<p>They said that they seek 404 million yuan.</p>"
    ),
    "lines by <br>": page("标题", f"<div>{NEWS}<br>{NEWS}</div>"),
    "a list": page("政策文件", "<ul>" + "<li><a href='/1'>关于启用登录验证码的通知</a></li>" * 9 + "</ul>"),
    "a fragment": f"<p>{NEWS}</p>",
    "plain text": "岚溪市发布公告，自即日起停止供水检修。",
    "a feed": "<?xml version='1.0'?><rss><channel><title>404</title></channel></rss>",
    "JSON": '{"code": 0, "msg": "页面不存在", "data": []}',
    "a PDF": "%PDF-1.4",
    "a page that moves later": page("岚溪要闻", f"<p>{NEWS}</p>", "<meta http-equiv=refresh content='300'>"),
}


@pytest.mark.parametrize("text", ARTICLES.values(), ids=ARTICLES)
def test_an_article_is_never_called_a_block(text: str) -> None:
    """Pages that tell of codes, errors and refusals, however short, are articles."""
    assert block_of(text) == ""


@pytest.mark.parametrize("name", ["busy", "404 inside the site", "refused"])
def test_the_reason_quotes_the_page(name: str) -> None:
    """The reason carries the words of the page, for the reader to judge."""
    text, _ = BLOCKS[name]
    assert block_of(text).partition(": ")[2][:4] in text


def test_no_page_is_costly() -> None:
    """A page made to slow a pattern down is judged at once."""
    began = time.process_time()
    judged = [block_of(page(filler * 60_000, f"<p>{filler * 60_000}")) for filler in (" ", "请", "- ", "<b>", ">")]
    assert judged[1] == ""
    assert time.process_time() - began < 5


def test_the_encoding_does_not_matter() -> None:
    """A block page in GBK is read like one in UTF-8."""
    text = page("", "<p>您的访问过于频繁，请稍后再试。</p>").replace("utf-8", "gb2312")
    assert "too frequent" in find_block(Document(text.encode("gb18030"), "page"))


@settings(max_examples=60)
@given(st.text(max_size=40), st.sampled_from([text for text, _ in BLOCKS.values()]))
def test_an_article_around_it_outweighs_any_notice(noise: str, block: str) -> None:
    """Whatever stands beside it, a page with much text in sentences is an article."""
    assert block_of(page(noise.replace("<", ""), f"<p>{NEWS}</p>" * 16 + block)) == ""
