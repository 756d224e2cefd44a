"""Keywords are whole names and phrases of the text, and nothing an editor would strike out."""

from __future__ import annotations

import json
import subprocess
import sys
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.rank.keywords import find_keywords
from digest.rank.language import simplify
from digest.rank.sentences import split_sentences
from digest.rank.tokens import stop_words, tokenize_simplified

MEETING = """岚川日报讯（首席记者 顾明）1月13日，市委网络安全和信息化委员会召开全体会议，研究部署今年工作。
市委网络安全和信息化委员会主任覃远舟主持会议并讲话。会议审议通过《岚川市数据出境管理办法》。
会议要求，做好个人信息保护，规范数据出境。覃远舟表示，数据出境要有规矩，个人信息保护要落到实处。
国家互联网信息办公室有关负责人出席会议。国家互联网信息办公室今年将开展检查。"""
ENGLISH = """The Bank of Harwick raised interest rates on Monday.
Governor Ellen Marsh said inflation expectations were high.
Analysts had expected the Bank of Harwick to wait. Ellen Marsh told reporters that inflation expectations would fall.
Inflation expectations have worried small firms quickly."""


def keywords(text: str, title: str = "", count: int = 5) -> tuple[str, ...]:
    """The keywords of a text as summarizing finds them."""
    simple = simplify(text)
    pieces = split_sentences(text)
    words = [tokenize_simplified(simple[piece.start : piece.end]) for piece in pieces]
    return find_keywords(words, simplify(title), count, text=simple, starts=[piece.start for piece in pieces])


def test_names_of_several_words_stay_whole() -> None:
    """A body's name is one keyword, 和 inside it and all, and none of its parts is another."""
    found = keywords(MEETING, count=8)
    assert "市委网络安全和信息化委员会" in found
    assert "国家互联网信息办公室" in found
    assert not {"信息化", "委员会", "网络安全", "办公室", "信息办公室"} & set(found)


def test_titles_in_brackets_are_keywords() -> None:
    """A 《title》 is printed whole, with its brackets."""
    assert "《岚川市湿地管理办法》" in keywords("会议审议《岚川市湿地管理办法》。候鸟已经归来。")


def test_topics_are_phrases() -> None:
    """Words that stand together again and again are one keyword."""
    assert {"个人信息保护", "数据出境"} & set(keywords(MEETING, count=8))
    assert "商业航天" in keywords("商业航天前景广阔。发展商业航天，离不开商业航天的人才。", "商业航天有前景")


@pytest.mark.parametrize("word", ["召开", "会议", "工作", "要求", "今年", "1月13日", "13", "表示", "顾明", "负责人"])
def test_what_says_nothing_is_no_keyword(word: str) -> None:
    """Verbs, generic words, dates, numbers and the reporter are never printed."""
    assert word not in keywords(MEETING, count=50)


def test_a_person_named_once_is_left_out_unless_the_headline_names_them() -> None:
    """People are keywords where they matter: in the headline, or named twice."""
    text = "岚川大桥昨日通车。市长覃远舟表示，岚川大桥将方便市民。"
    assert "覃远舟" not in keywords(text, "岚川大桥通车", 50)
    assert "覃远舟" in keywords(text, "覃远舟出席岚川大桥通车仪式", 50)


def test_a_name_the_segmenter_cuts_is_mended() -> None:
    """What always stands together and no dictionary knows is one name: 斯塔默, not 斯塔."""
    text = "英国首相斯塔默周四访华。斯塔默将访问上海。这是斯塔默首次访华。"
    found = keywords(text, "英国首相斯塔默访华")
    assert "斯塔默" in found
    assert "斯塔" not in found


def test_a_headline_alone_gives_no_keyword() -> None:
    """Every keyword stands in the text; the headline only weighs."""
    assert not any("量子" in word for word in keywords("大桥昨日通车。大桥全长三公里。", "量子计算机问世"))


def test_latin_names_in_chinese_keep_their_capitals_and_numbers() -> None:
    """A product is named as it is written."""
    found = keywords("某厂发布 Aurora Pad 12 平板。Aurora Pad 12 售价不变，5G 版稍后上市。", "Aurora Pad 12 发布")
    assert "Aurora Pad 12" in " ".join(found)


def test_english_gives_names_and_phrases() -> None:
    """Capitalised names stay whole, of and all; the rest are runs between stop words; no adverb, no day."""
    found = keywords(ENGLISH)
    assert {"Bank of Harwick", "Ellen Marsh"} <= set(found)
    assert any(word.lower() == "inflation expectations" for word in found)
    assert not {"Monday", "quickly", "said"} & set(keywords(ENGLISH, count=50))


def test_traditional_text_gives_the_same_as_its_simplified_copy() -> None:
    """The caller simplifies; both copies have the same keywords."""
    text = "市網信辦發布數據安全報告。數據安全關係到每個人，數據安全要從小事做起。"
    assert keywords(text, "數據安全報告發布") == keywords(simplify(text), "数据安全报告发布") != ()


def test_a_short_form_and_its_full_form_are_not_both_printed() -> None:
    """Of 央行-like pairs whose letters the longer holds in order, one is enough."""
    text = "泰国中央银行宣布限制黄金交易。泰国央行说，限制立即生效。泰国中央银行将公布细则。泰国央行行长出席。"
    assert len({"泰国中央银行", "泰国央行"} & set(keywords(text, count=20))) == 1


def test_a_generic_word_is_better_than_none() -> None:
    """Where a text holds only generic nouns, one of them stands in; beside a telling one none does."""
    assert keywords("公司昨日召开会议。") in {("公司",), ("会议",)}
    assert "公司" not in keywords("公司发展很快，公司的芯片畅销。", count=50)


def test_the_code_of_a_page_is_no_keyword() -> None:
    """Words in small Latin letters are a script's, unless the headline has them."""
    text = "岚川大桥通车。var publishdate = page. var publishdate. 岚川大桥全长三公里。"
    assert keywords(text, "岚川大桥通车", 50)[0].startswith("岚川大桥")
    assert not {"var", "publishdate", "var publishdate"} & set(keywords(text, "岚川大桥通车", 50))
    assert "publishdate" in keywords("网页里的publishdate是发布日期。", "什么是publishdate", 50)


@settings(deadline=None, max_examples=60)
@given(
    st.lists(st.sampled_from([*MEETING.split("，"), *ENGLISH.split(". "), "İ", "ﬁ", "5G", "\n", "《", "》"])), st.text()
)
def test_whatever_comes_keywords_are_slices_that_hold_no_other(parts: list[str], noise: str) -> None:
    """Every keyword is in the simplified text, of two characters or more, no stop word, no number, none in another."""
    text = "，".join([*parts, noise])
    found = keywords(text, noise)
    assert len(found) <= 5
    assert all(word in simplify(text) for word in found)
    assert all(len(word) > 1 and not word.isdigit() and word not in stop_words() for word in found)
    assert not any(a != b and a in b for a in found for b in found)


def test_keywords_do_not_hang_on_the_hash_seed() -> None:
    """The same words in the same order, however sets and dicts are shuffled."""
    script = (
        "import json, sys; from tests.rank.test_keywords import MEETING, ENGLISH, keywords; "
        "print(json.dumps([keywords(MEETING, count=30), keywords(ENGLISH, count=30)]))"
    )
    outputs = {
        subprocess.run(
            [sys.executable, "-c", script],
            capture_output=True,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": ":".join([".", *sys.path])},
        ).stdout
        for seed in ("0", "1", "2")
    }
    assert len(outputs) == 1
    assert len(json.loads(outputs.pop())[0]) > 5


def test_a_long_text_costs_no_more_than_a_sample_of_it() -> None:
    """Ten times the text takes nowhere near ten times as long: beyond some thousand words it is sampled."""

    def cost(times: int) -> float:
        text = MEETING * times
        starts = range(0, len(text), len(MEETING))
        words = [tokenize_simplified(MEETING)] * times
        begin = time.process_time()
        assert find_keywords(words, "", text=text, starts=starts)
        return time.process_time() - begin

    once = min(cost(200) for _ in range(3))
    assert min(cost(2000) for _ in range(3)) < 5 * once
