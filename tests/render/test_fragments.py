"""Links that lead to a sentence: their form, and what headless Chromium makes of them."""

from __future__ import annotations

import html
import re
import subprocess
from pathlib import Path
from urllib.parse import unquote, urlsplit

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.render.fragments import with_fragment
from digest.render.typography import LONGEST_URL
from tests.render.render_samples import ANY_TEXT, CHROMIUM

PAGE = "https://news.example.cn/a/1.html"
LONG = (
    "岚川市人民政府办公厅20日印发关于进一步优化岚川大桥通行秩序的若干措施，自12月1日起施行，"
    "市民可以在三十日内对措施提出意见，也可以直接到岚川市交通运输局反映问题。"
)


def terms(sentence: str, href: str = PAGE) -> list[str]:
    """What a browser looks for."""
    return [unquote(term) for term in with_fragment(href, sentence).partition(":~:text=")[2].split(",")]


def test_a_short_sentence_is_named_whole() -> None:
    """Everything but letters and digits is escaped, also what would say something in a fragment: - , &."""
    assert terms("大桥今天通车。") == ["大桥今天通车。"]
    link = with_fragment(PAGE, "A-B, C & D.")
    assert link == f"{PAGE}#:~:text=A%2DB%2C%20C%20%26%20D."
    assert with_fragment(PAGE, "通车").isascii()


def test_a_long_sentence_is_named_by_its_ends() -> None:
    """Its beginning and its end, each cut at a punctuation mark, so that no word is cut."""
    assert terms(LONG) == [
        "岚川市人民政府办公厅20日印发关于进一步优化岚川大桥通行秩序的若干措施，",
        "也可以直接到岚川市交通运输局反映问题。",
    ]
    assert terms("The mayor said on Monday that the bridge, which cost 3,000 yuan, opens at the end of the week.") == [
        "The mayor said on",
        "end of the week.",
    ]


def test_a_long_sentence_without_any_seam_is_named_whole() -> None:
    """No word is cut where nobody knows the words, nor a number at its comma."""
    unbroken = "岚川" * 40
    assert terms(unbroken) == [unbroken]
    number = "一共1，234，567元" + "岚川" * 30
    assert terms(number) == [number]


def test_what_the_page_does_not_have_is_left_out() -> None:
    """The …… of the printed form, outer white space and line breaks are in no link."""
    assert terms("……大桥今天通车……") == ["大桥今天通车"]
    assert terms("\u3000\u3000大桥今天通车。\n") == ["大桥今天通车。"]
    assert terms("大桥通车。\n市民过桥。") == ["大桥通车。", "市民过桥。"]
    assert terms("the\t bridge") == ["the bridge"]


def test_a_fragment_that_is_there_stays() -> None:
    """The page of a script-drawn site is still the one that is opened."""
    assert with_fragment(f"{PAGE}#/news/1", "通车").startswith(f"{PAGE}#/news/1:~:text=")
    linked = f"{PAGE}#:~:text=x"
    assert with_fragment(linked, "通车") == linked


@pytest.mark.parametrize("href", ["", "mailto:a@b.cn", "#item-1", "/a/1.html", "file:///a", "javascript:x"])
def test_only_pages_of_the_web_have_sentences(href: str) -> None:
    """Other addresses come back as they are."""
    assert with_fragment(href, "通车") == href


@pytest.mark.parametrize("sentence", ["", "  ", "……", "\n\u3000\n"])
def test_nothing_to_find_changes_nothing(sentence: str) -> None:
    """An address without a sentence is the address."""
    assert with_fragment(PAGE, sentence) == PAGE


@given(ANY_TEXT)
@settings(deadline=None, max_examples=300)
def test_any_sentence_gives_an_address(sentence: str) -> None:
    """The page stays the page, the link is ASCII without a space or quote, and is never longer than a link may be."""
    link = with_fragment(PAGE, sentence)
    assert re.fullmatch(r"[!#-;=?-~]+", link)
    assert link.partition("#")[0] == PAGE
    assert urlsplit(link).hostname == "news.example.cn"
    assert len(link) <= LONGEST_URL
    assert link.count(":~:") <= 1
    assert len(terms(sentence)) <= 2


@given(st.lists(st.text("岚川大桥ab1， 。、", min_size=1, max_size=30), min_size=1, max_size=6).map("，".join))
@settings(deadline=None, max_examples=300)
def test_the_terms_stand_in_the_sentence(sentence: str) -> None:
    """The first begins it and the last ends it, they do not overlap, and nothing else is looked for."""
    first, *last = terms(sentence)
    plain = re.sub(" +", " ", sentence.strip())
    assert plain.startswith(first)
    if last:
        assert plain.endswith(last[0])
        assert len(first) + len(last[0]) <= len(plain)


# ----------------------------------------------------------------------------------------------------------- Chromium

SENTENCES = {
    "short": "大桥今天通车。",
    "long": LONG,
    "no white space around it": "据介绍，岚川大桥全长3.2公里，双向六车道，市民从城南到城北的时间由50分钟缩短到15分钟。",
    "quotes": "他说：“桥通了，路就近了，两岸的孩子上学再也不用等渡船了。”",
    "cut": "……低收入家庭可以申请补贴，符合条件的家庭按照规定享受阶梯水价优惠……",
    "english": "The bridge - 3,200 metres & six lanes - opens today, and the ferry stops at the end of the week.",
    "two scripts": "新系统采用5G-A技术，AI模型每秒处理1,200帧图像，误报率下降约30%，年底前覆盖全市。",
}
DOCUMENT = """<!DOCTYPE html><html lang="zh"><meta charset="utf-8"><body style="margin:0">
<div style="height:2000px"></div>
%s<div style="height:2000px"></div><pre id="out"></pre><script>
setTimeout(() => {
  const middle = innerHeight / 2, place = p => { const r = p.getBoundingClientRect(); return (r.top + r.bottom) / 2; };
  const nearest = [...document.querySelectorAll("p")].sort(
    (a, b) => Math.abs(place(a) - middle) - Math.abs(place(b) - middle))[0];
  out.textContent = "shown:" + (scrollY ? nearest.id : "none");
}, 1000);
</script>"""


def shown_by_chromium(folder: Path, paragraphs: list[str], fragment: str) -> str:
    """The number of the paragraph in the middle of the window, `none` where nothing was found."""
    page = folder / "page.html"
    body = "".join(f'<p id="{n}" style="margin:400px 0">{text}</p>' for n, text in enumerate(paragraphs))
    page.write_text(DOCUMENT % body, encoding="utf-8")
    options = (
        *("--headless", "--no-sandbox", "--disable-gpu", "--no-first-run", "--disable-sync", "--window-size=800,600"),
        *("--disable-background-networking", "--disable-component-update", "--virtual-time-budget=3000"),
        *(f"--user-data-dir={folder / 'profile'}", "--dump-dom"),
    )
    command = [str(CHROMIUM), *options, f"{page.as_uri()}#{fragment}"]
    dom = subprocess.run(command, check=True, capture_output=True, timeout=120).stdout.decode()
    found = re.search(r"shown:(\w+)</pre>", dom)
    assert found, dom[-500:]
    return found[1]


def fragment_of(sentence: str) -> str:
    """What stands behind the # of a link to a sentence."""
    return with_fragment(PAGE, sentence).partition("#")[2]


@pytest.mark.chromium
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
@pytest.mark.parametrize("name", SENTENCES)
def test_chromium_finds_the_sentence(tmp_path: Path, name: str) -> None:
    """Among others, in the middle of a paragraph, without a space before or behind it."""
    paragraphs = [f"前面说了别的事。{html.escape(s.strip('…'))}后面还有别的事。" for s in SENTENCES.values()]
    assert shown_by_chromium(tmp_path, paragraphs, fragment_of(SENTENCES[name])) == str([*SENTENCES].index(name))


@pytest.mark.chromium
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_chromium_finds_a_sentence_with_markup_in_it(tmp_path: Path) -> None:
    """Bold words, links, a line break, a note between the ends and white space in the source do not hide it."""
    marked = (
        "岚川市<b>人民政府</b>办公厅20日印发关于<a href='#'>进一步优化</a>岚川大桥通行秩序的若干措施，自12月1日起施行，"
        "<br>（记者 王芳）市民可以在三十日内对措施提出意见，\n也可以<i>直接到岚</i>川市交通运输局反映问题。"
    )
    assert shown_by_chromium(tmp_path, ["别的事。", marked, "又一件事。"], fragment_of(LONG)) == "1"


@pytest.mark.chromium
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_chromium_cuts_no_word(tmp_path: Path) -> None:
    """Why the ends are cut at punctuation: half a word is not found, and neither is what is not there."""
    paragraphs = ["别的事。", LONG, "又一件事。"]
    halved = with_fragment(PAGE, "通运输局反映问题。").partition("#")[2]
    assert shown_by_chromium(tmp_path, paragraphs, halved) == "none"
    assert shown_by_chromium(tmp_path, paragraphs, fragment_of("桥断了。")) == "none"
