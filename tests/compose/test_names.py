"""Who and what a day is about: people by office or speech, bodies by name or ending; a wrong one is worse than none."""

from __future__ import annotations

import subprocess
import sys
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.names import find_names, known_words
from digest.model import Article
from digest.model.issue import Names
from tests.compose.examples import small_articles


def twice(text: str) -> list[Article]:
    """Two articles that say the same, so that whoever is named is named by two."""
    return [Article("第一篇", text), Article("第二篇", text)]


def people(text: str) -> list[str]:
    """Whom two articles with this text name."""
    return sorted(name for name, _ in find_names(twice(text), {}).people)


def bodies(text: str) -> list[str]:
    """Which bodies two articles with this text name."""
    return sorted(name for name, _ in find_names(twice(text), {}).bodies)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("云泽市市长林岚在现场表示，水已退去。", ["林岚"]),
        ("市长林岚说，堤防完好。", ["林岚"]),
        ("国务院副总理顾近明同来访的总理奥斯特伦会谈。", ["奥斯特伦", "顾近明"]),
        ("总统卡洛斯·巴尔泰克和外长贝拉·诺维奇出席。", ["巴尔泰克", "诺维奇"]),
        ("首席执行官 欧阳若水、创始人何舟，共同宣布。", ["何舟", "欧阳若水"]),
        ("日本首相高桥义男宣布辞职。", ["高桥义男"]),
        ("CEO 沈一帆认为，市场回暖。", ["沈一帆"]),
        ("總統柯斯特將訪問鷺汀。", ["柯斯特"]),
    ],
)
def test_who_holds_an_office_is_a_person(text: str, expected: list[str]) -> None:
    """The name behind an office is told: Chinese, Japanese or foreign, of a full foreign name the last part."""
    assert people(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "武汉市长江大桥今天通车，市长江面封航。",
        "主席团成员到会，总统府发表声明。",
        "董事长计划在年底退休，总裁安排在下月。",
        "主任医师表示，部长会议将于明天举行。",
        "农民说，学者指出，高管表示，文章认为，官员称。",
        "安全表示重要，方面指出，成都表示欢迎。",
        "（记者 顾明）记者沈一帆报道，摄影何舟。",
        "总理俄罗斯之行，总统西班牙语讲话。",
        "院长郑重表示，书记常常说，行长期待在年内开业。",
        "董事长特斯拉持股，总裁英伟达任职。",
    ],
)
def test_what_only_looks_like_a_name_is_none(text: str) -> None:
    """Words behind an office, speakers without a name, reporters, countries and companies are no people."""
    assert people(text) == []


def test_a_speaker_without_an_office_is_not_enough() -> None:
    """Who only speaks may be anybody; once an article tells the office, the speech of another counts too."""
    speaks = Article("甲", "会上，林岚表示，水已退去。")
    assert find_names([speaks, Article("乙", speaks.text)], {}).people == ()
    assert find_names([speaks, Article("丙", "市长林岚在现场。")], {}).people == (("林岚", 2),)


def test_a_person_counts_in_every_article() -> None:
    """Once known, a name counts wherever it stands, in the headline too, once an article."""
    articles = [
        *twice("市长林岚在现场，林岚说水已退去。"),
        Article("林岚再赴堤防", "水位回落。"),
        Article("无关", "只谈天气。"),
    ]
    assert find_names(articles, {}).people == (("林岚", 3),)


def test_a_name_cut_short_or_long_is_dropped() -> None:
    """林岚同 is 林岚 with a word too many, and a foreign name is not told in pieces."""
    articles = [
        *twice("总理林岚同外宾会见。总理林岚在京。"),
        *twice("首相斯泰默尔和总统会见，首相斯泰默尔说。"),
        *twice("总理林岚抵达。"),
    ]
    assert find_names(articles, {}).people == (("林岚", 4), ("斯泰默尔", 2))


def test_a_surname_that_is_a_word_needs_more() -> None:
    """向 and 安 begin sentences as well as names: three articles must show them."""
    assert "安" in known_words("risky")
    article = Article("甲", "教授安若水在展厅。")
    assert find_names([article] * 2, {}).people == ()
    assert find_names([article] * 3, {}).people == (("安若水", 3),)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("国家互联网信息办公室发布规定。", ["国家网信办"]),
        ("国家网信办、工信部、央视。", ["国家网信办", "工业和信息化部"]),
        ("江苏省委网信办近日通报，苏州市公安局立案。", ["江苏省委网信办", "苏州市公安局"]),
        ("浙江大学发布成果，上海银行跟投。", ["上海银行", "浙江大学"]),
        ("欧盟委员会提出方案。", ["欧盟委员会"]),
        ("OpenAI 发布模型，Meta 跟进，Metal 乐队演出。", ["Meta", "OpenAI"]),
        ("京東在北京東城區開店。", ["京东"]),
    ],
)
def test_bodies_are_told_by_one_name(text: str, expected: list[str]) -> None:
    """A body has one printed name whatever it is called; a local one is told whole, by its longest name."""
    assert bodies(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "商务部门、公安部门和教育部门到场。",
        "美国国务院与俄外交部回应。日本财政部官员。",
        "北京东路封闭，提高通行效率，气温近一百度。",
        "亚马逊雨林起火，腾讯新闻报道，金京东方。",
        "他在北京公司上班，上海集团开会。",
        "国防部长到访，外交部长讲话。",
    ],
)
def test_what_only_looks_like_a_body_is_none(text: str) -> None:
    """Departments, other countries' ministries, streets, forests and posts are no bodies of ours."""
    ours = {"商务部", "公安部", "教育部", "国务院", "外交部", "财政部", "国防部", "京东", "亚马逊", "腾讯"}
    found = bodies(text)
    assert not ours & set(found)
    assert not any(name.endswith(("公司", "集团")) for name in found)


def test_one_article_is_not_enough() -> None:
    """What a single article names is left out, of people, bodies and places alike."""
    article = Article("市长林岚会见客人", "国家网信办派员。")
    assert find_names([article], {"南京": 1, "苏州": 2}) == Names(places=(("苏州", 2),))


def test_places_are_the_callers() -> None:
    """Places are those given, the most named first, equals by name, five at most."""
    given_places = {"苏州": 4, "南京": 9, "无锡": 4, "常州": 2, "徐州": 3, "南通": 2, "扬州": 1}
    assert find_names([], given_places).places == (("南京", 9), ("无锡", 4), ("苏州", 4), ("徐州", 3), ("南通", 2))


def test_at_most_five_of_each() -> None:
    """Of seven people named alike the first five by name are told."""
    names = ["林一凡", "林二凡", "林若水", "林若海", "林若山", "林若川", "林若冰"]
    articles = [article for name in names for article in twice(f"馆长{name}在展厅。")]
    found = find_names(articles, {}).people
    assert len(found) == 5
    assert all(n == 2 for _, n in found)


@given(st.lists(small_articles, max_size=6), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_articles_does_not_matter(articles: list[Article], random: Random) -> None:
    """The same articles in any order have the same names, none in more articles than there are."""
    mixed = list(articles)
    random.shuffle(mixed)
    names = find_names(articles, {})
    assert names == find_names(mixed, {})
    assert all(2 <= n <= len(articles) for _, n in (*names.people, *names.bodies))


@given(st.text(max_size=80), st.sampled_from(["市长", "，", "国务院", "江苏省", "总统·", "Meta", ""]))
@settings(deadline=None, max_examples=100)
def test_no_text_crashes(text: str, opening: str) -> None:
    """Any characters behind any opening give names or none, each a slice of the simplified text or a known name."""
    names = find_names(twice(opening + text), {})
    assert all(n == 2 and name for name, n in (*names.people, *names.bodies))


def test_names_do_not_hang_on_the_hash_seed() -> None:
    """Another process with another hash seed finds the same names."""
    text = "市长林岚和总理奥斯特伦在场，国家网信办、商务部、苏州市公安局到会。"
    code = (
        "from digest.model import Article; from digest.compose.names import find_names;"
        f"print(find_names([Article('甲', {text!r}), Article('乙', {text!r})], {{}}))"
    )
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONIOENCODING": "utf-8"},
            capture_output=True,
            check=True,
        ).stdout.decode()
        for seed in ("1", "2")
    }
    assert outs == {f"{find_names([Article('甲', text), Article('乙', text)], {})}\n"}
