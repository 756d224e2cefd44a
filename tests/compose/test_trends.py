"""Words of the day: counted by article, told where they are more than usual, and silent where nobody can know."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Mapping
from datetime import date, timedelta
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.trends import ARTICLES, count_words, find_trends
from digest.model import Article
from digest.model.issue import Trend
from tests.compose.examples import REPORTS, small_articles

DAY = date(2026, 11, 20)


def past(*counts: Mapping[str, int]) -> list[tuple[date, Mapping[str, int]]]:
    """Earlier issues of forty articles, one a day, the last yesterday."""
    first = DAY - timedelta(days=len(counts))
    return [(first + timedelta(days=n), {ARTICLES: 40, **own}) for n, own in enumerate(counts)]


def told(today: Mapping[str, int], *counts: Mapping[str, int]) -> list[str]:
    """The words of a day of forty articles."""
    return [trend.word for trend in find_trends({ARTICLES: 40, **today}, past(*counts), DAY)]


def test_a_word_counts_once_an_article() -> None:
    """However often an article repeats a word, it is one article; what stands in one article only is left out."""
    articles = [
        Article("水库放水", "白鹭水库今日放水，白鹭水库上次放水是在春天，白鹭水库还将放水。"),
        Article("渔民返航", "渔船绕过白鹭水库大坝返航，量子计算机没有参加。"),
    ]
    counts = count_words(articles)
    assert counts[ARTICLES] == 2
    assert counts["水库"] == 2
    assert not any("量子" in word for word in counts)


def test_a_phrase_is_counted_whole() -> None:
    """What always stands together is one phrase, beside its words but not its halves."""
    texts = ["云泽启动新能源电池工厂。", "鹭汀的新能源电池工厂已经上路。", "澜川发布新能源电池工厂。"]
    counts = count_words([Article(f"第{n}条", text) for n, text in enumerate(texts)])
    assert {word: n for word, n in counts.items() if word} == {"新能源电池工厂": 3, "新能源": 3, "电池": 3, "工厂": 3}


@pytest.mark.parametrize(
    "word",
    ["2026", "星期三", "周三", "记者", "新华社", "鹭汀晚报", "报道", "的", "水"],
)
def test_no_noise_is_counted(word: str) -> None:
    """No number, weekday, medium, dateline, stop word or single character is a word of the day."""
    text = "鹭汀晚报讯（记者 何舟）据新华社报道，2026年星期三（周三）的水位下降，机器人下水。"
    counts = count_words([Article(f"水位{n}", text, site="鹭汀晚报") for n in range(3)])
    assert counts["机器人"] == 3
    assert word not in counts


def test_latin_names_keep_their_spelling() -> None:
    """A Latin name is counted whatever its case, and printed as most articles write it."""
    texts = ["岚溪采购 OpenMind 系统。", "OpenMind 中标。", "openmind 回应质疑。"]
    assert count_words([Article(f"其{n}", text) for n, text in enumerate(texts)])["OpenMind"] == 3


def test_traditional_and_simplified_are_one_word() -> None:
    """An article in traditional characters counts with the others."""
    counts = count_words([Article("机器人比赛", "机器人上场。"), Article("機器人比賽", "機器人上場。")])
    assert counts["机器人"] == 2


def test_only_the_head_of_an_article_is_counted() -> None:
    """What an article mentions far down is not what it is about."""
    text = "云泽今天没有降雨。" * 60 + "机器人路过。"
    assert "机器人" not in count_words([Article(f"天气{n}", text) for n in range(2)])


def test_nothing_is_counted_of_nothing() -> None:
    """No articles have no words."""
    assert count_words([]) == {}


def test_a_list_is_bounded() -> None:
    """However many words there are, at most 400 entries are kept, the most frequent first."""
    names = [f"{a}{b}{c}" for a in "kmnprs" for b in "aeiou" for c in ("lor", "mit", "nas", "tek", "vic", "zum", "bar")]
    texts = [" ".join(names[n : n + 40]) for n in range(0, len(names), 20) for _ in range(2)]
    more = [" ".join(f"x{name}" for name in names[n : n + 40]) for n in range(0, len(names), 20) for _ in range(2)]
    counts = count_words([Article("标题", text) for text in [*texts, *more]])
    assert len(counts) <= 400
    words = [n for word, n in counts.items() if word != ARTICLES]
    assert words == sorted(words, reverse=True)


@given(st.lists(small_articles, max_size=6), st.randoms(use_true_random=False))
@settings(deadline=None, max_examples=40)
def test_the_order_of_articles_does_not_matter(articles: list[Article], random: Random) -> None:
    """The same articles in any order give the same counts in the same order; none is above their number."""
    mixed = list(articles)
    random.shuffle(mixed)
    counts = count_words(articles)
    assert list(counts.items()) == list(count_words(mixed).items())
    assert all(2 <= n <= len(articles) for word, n in counts.items() if word != ARTICLES)


def test_counts_do_not_hang_on_the_hash_seed() -> None:
    """Another process with another hash seed counts the same in the same order."""
    code = (
        "from tests.compose.examples import REPORTS; from digest.compose.trends import count_words;"
        "print(list(count_words([*REPORTS, *REPORTS]).items()))"
    )
    outs = {
        subprocess.run(
            [sys.executable, "-c", code],
            env={"PYTHONHASHSEED": seed, "PYTHONPATH": "."},
            capture_output=True,
            check=True,
        ).stdout
        for seed in ("1", "2")
    }
    assert outs == {f"{list(count_words([*REPORTS, *REPORTS]).items())}\n".encode()}


def test_a_new_word_is_told() -> None:
    """A word that no earlier issue had and several articles have today is a new one."""
    trends = find_trends({ARTICLES: 40, "溃坝": 9, "桥梁": 2}, past({"桥梁": 2}, {"桥梁": 3}, {"桥梁": 2}), DAY)
    assert trends == (Trend("溃坝", (0, 0, 0, 9), new=True),)


def test_a_word_far_above_its_rate_is_told() -> None:
    """A word that stood in one article a day and stands in twelve today is told, and is not new."""
    trends = find_trends({ARTICLES: 40, "台风": 12}, past(*[{"台风": 1}] * 5), DAY)
    assert trends == (Trend("台风", (1, 1, 1, 1, 1, 12)),)


def test_a_usual_word_is_not_told() -> None:
    """What stands in many articles every day is no news today."""
    assert told({"台风": 12}, {"台风": 11}, {"台风": 13}, {"台风": 12}) == []


def test_what_comes_back_every_weekend_is_not_told() -> None:
    """A word that was as loud on two of the earlier days is usual, though rare on the whole."""
    assert told({"球赛": 12}, *[{"球赛": 12}, {}, {}, {}, {}, {}, {"球赛": 12}, {}, {}, {}]) == []


def test_rates_are_compared_not_counts() -> None:
    """Ten times the articles bring ten times the words: nothing rose."""
    trends = find_trends({ARTICLES: 400, "台风": 40}, past(*[{"台风": 4}] * 5), DAY)
    assert trends == ()


@pytest.mark.parametrize("issues", [0, 1, 2])
def test_too_few_issues_tell_nothing(issues: int) -> None:
    """With fewer than three earlier issues nobody knows what is usual."""
    assert told({"溃坝": 20}, *[{}] * issues) == []
    assert told({"溃坝": 20}, *[{}] * 3) == ["溃坝"]


def test_only_the_last_thirty_days_count() -> None:
    """What was two months ago says nothing of now; an issue of the day itself or a later one is not earlier."""
    old = [(DAY - timedelta(days=60 + n), {ARTICLES: 40, "溃坝": 20}) for n in range(5)]
    same = [(DAY, {ARTICLES: 40, "溃坝": 20}), (DAY + timedelta(days=1), {ARTICLES: 40, "溃坝": 20})]
    today = {ARTICLES: 40, "溃坝": 20}
    assert find_trends(today, old, DAY) == ()
    assert find_trends(today, [*old, *past({}, {}, {}), *same], DAY) == (Trend("溃坝", (0, 0, 0, 20), new=True),)


def test_a_gap_of_days_is_no_issue() -> None:
    """An edition of workdays has one count an issue, in the order of the days, whatever order they are given in."""
    friday, monday, tuesday = date(2026, 11, 13), date(2026, 11, 16), date(2026, 11, 17)
    earlier = [(tuesday, {ARTICLES: 40}), (friday, {ARTICLES: 40, "台风": 1}), (monday, {ARTICLES: 40, "台风": 2})]
    (trend,) = find_trends({ARTICLES: 40, "台风": 15}, earlier, DAY)
    assert trend.counts == (1, 2, 0, 15)


def test_ten_earlier_issues_are_shown() -> None:
    """A row holds the last ten issues and today, also where more were compared."""
    (trend,) = find_trends({ARTICLES: 40, "溃坝": 20}, past({"溃坝": 1}, *[{}] * 15), DAY)
    assert trend.counts == (*[0] * 10, 20)
    assert not trend.new


def test_at_most_eight_the_most_surprising_first() -> None:
    """Of twelve new words the eight loudest are told, equals by name."""
    words = {f"词语{letter}": 20 - n // 2 for n, letter in enumerate("甲乙丙丁戊己庚辛壬癸子丑")}
    assert told(words, {}, {}, {}) == sorted(words, key=lambda word: (-words[word], word))[:8]


def test_a_phrase_and_its_part_are_not_both_told() -> None:
    """The phrase speaks for its part where it stands nearly as often, else the part for the phrase."""
    assert told({"溃坝": 20, "白鹭水库溃坝": 18}, {}, {}, {}) == ["白鹭水库溃坝"]
    assert told({"溃坝": 20, "白鹭水库溃坝": 7}, {}, {}, {}) == ["溃坝"]


def test_a_full_list_does_not_make_a_word_new() -> None:
    """A list of 400 may have left a word out that stood in fewer articles than its last one."""
    full = {f"词{n}": 5 for n in range(399)}
    assert told({"溃坝": 5}, *[full] * 3) == []
    (trend,) = find_trends({ARTICLES: 40, "溃坝": 30}, past(*[full] * 3), DAY)
    assert not trend.new


def test_the_case_of_a_latin_name_is_the_days() -> None:
    """OpenMind today and openmind yesterday are one word."""
    assert told({"OpenMind": 12}, *[{"openmind": 12}] * 3) == []
