"""A keyword file says what TrendRadar's does, and every mistake in it is told at once."""

from __future__ import annotations

import re
import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.config.wordfile import parse_word_file
from digest.errors import ConfigError
from digest.model import Word, WordFile, WordGroup

SAMPLE = Path(__file__).parents[1] / "samples" / "frequency_words.txt"


def parse(text: str) -> WordFile:
    """The file of that text."""
    return parse_word_file(text, "words.txt")


def mistakes(text: str) -> tuple[str, ...]:
    """What is wrong with a file, one line each."""
    with pytest.raises(ConfigError) as error:
        parse(text)
    return error.value.mistakes


def words(*texts: str) -> tuple[Word, ...]:
    """Plain words."""
    return tuple(map(Word, texts))


def test_nothing_is_no_group() -> None:
    """An empty file, and one of comments and empty lines, hold nothing."""
    assert parse("") == parse("# 说明\n\n  \n#[科技]\n") == WordFile()


def test_empty_lines_end_groups_and_comments_do_not() -> None:
    """One empty line or several, with blanks in them or not, stand between two groups; line ends do not matter."""
    expected = (WordGroup("华为", words("华为", "鸿蒙")), WordGroup("小米", words("小米")))
    for text in (
        "华为\n鸿蒙\n\n小米",
        "华为\n# 系统\n鸿蒙\n \t\n\n\n小米\n",
        "\ufeff华为\r\n鸿蒙\r\n\r\n小米\r\n",
        " 华为 \n鸿蒙\n\n\n小米",
    ):
        assert parse(text).groups == expected


def test_every_sign_has_its_meaning() -> None:
    """Plain words are a choice, + is a must, ! keeps out, @ limits."""
    group = WordGroup("手机", words("华为", "OPPO"), words("发布"), words("招聘"), 10)
    assert parse("[手机]\n华为\nOPPO\n+发布\n!招聘\n@10").groups == (group,)


@pytest.mark.parametrize(
    ("line", "word"),
    [
        ("/华为|小米/", Word("华为|小米", regex=True)),
        ("/华为|小米/i", Word("华为|小米", regex=True)),
        ("/a/b/", Word("a/b", regex=True)),
        (r"/\bAI\b/gi => 智能", Word(r"\bAI\b", regex=True)),
        ("/半截", Word("/半截")),
        ("//", Word("//")),
        ("C++", Word("C++")),
        ("三 体", Word("三 体")),
    ],
)
def test_a_pattern_stands_between_slashes(line: str, word: Word) -> None:
    """Flags behind it are allowed; what only looks a little like a pattern is a word."""
    assert parse(line).groups[0].any == (word,)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        ("[科技]\n华为", "科技"),
        ("[ 科技 / AI ]\n\u3000华为", "科技 / AI"),
        ("华为\n鸿蒙", "华为"),
        ("华为 => 华为公司\n鸿蒙", "华为公司"),
        ("华为=>华为公司", "华为公司"),
        ("华为 =>", "华为"),
        ("/华为|鸿蒙/ => 华为", "华为"),
        ("/华为|鸿蒙/\n余承东", "余承东"),
        ("/华为|鸿蒙/", "华为|鸿蒙"),
        ("+发布", "发布"),
        ("!招聘\n@5\n华为", "华为"),
    ],
)
def test_a_group_is_headed_by_its_name_or_its_first_word(text: str, title: str) -> None:
    """The name in brackets, else what the first word goes by; a bare pattern only where nothing else is there."""
    assert [group.title for group in parse(text).groups] == [title]


def test_a_name_opens_a_group_without_an_empty_line_before_it() -> None:
    """Two names in a row of lines are two groups."""
    assert parse("[甲]\n一\n[乙]\n二").groups == (WordGroup("甲", words("一")), WordGroup("乙", words("二")))


def test_the_global_filter_lasts_until_the_groups_begin() -> None:
    """Empty lines do not end it; case does not matter; groups may stand before it too."""
    text = "一\n\n[GLOBAL_FILTER]\n广告\n\n/震惊|速看/\n\n[word_groups]\n[乙]\n二"
    expected = WordFile(
        (WordGroup("一", words("一")), WordGroup("乙", words("二"))), (Word("广告"), Word("震惊|速看", regex=True))
    )
    assert parse(text) == expected


def test_a_group_of_nothing_but_excluded_words_excludes_them_everywhere() -> None:
    """It would take nothing, so it can mean nothing else."""
    assert parse("!广告\n!招聘\n\n华为") == WordFile((WordGroup("华为", words("华为")),), words("广告", "招聘"))


@pytest.mark.parametrize(
    ("text", "line", "said", "remedy"),
    [
        ("/(/", 1, 'pattern "("', "regular expression"),
        ("华为\n!/[/", 2, 'pattern "["', "regular expression"),
        ("华为\n@", 2, "@", "@5"),
        ("华为\n@五条", 2, "五条", "@5"),
        ("华为\n@-1", 2, "-1", "@5"),
        ("\n+", 2, "no word", "+发布"),
        ("!", 1, "no word", "delete the line"),
        ("=> 名称", 1, "no word", "write one"),
        ("[]\n华为", 1, "brackets are empty", "[科技]"),
        ("[GLOBAL_FILTER]\n!广告", 2, "begins with !", "write the word alone"),
        ("[GLOBAL_FILTER]\n广告\n\n[科技]\n华为", 4, '"科技"', "[WORD_GROUPS]"),
        ("/(华+)+/", 1, "forever", "leave out"),
        ("/(?:a|aa)*b/", 1, "forever", "leave out"),
        ("/(?:a?){30}b/", 1, "forever", "leave out"),
        (r"/.*\w+.*？/", 1, "forever", "leave out"),
    ],
)
def test_a_mistake_says_where_what_and_what_to_write(text: str, line: int, said: str, remedy: str) -> None:
    """The file, the line, the offence and the cure are on one line."""
    (mistake,) = mistakes(text)
    assert mistake.startswith(f"words.txt:{line}: ")
    assert said in mistake
    assert remedy in mistake


def test_all_mistakes_are_told_at_once() -> None:
    """One broken line does not hide the next."""
    with pytest.raises(ConfigError, match=r"words\.txt has 3 mistakes") as error:
        parse("/(/\n@x\n好词\n+")
    assert [mistake.split(":")[1] for mistake in error.value.mistakes] == ["1", "2", "4"]


@pytest.mark.parametrize(
    "pattern",
    ["(?<![a-z])(ai|aigc)(?![a-z])", "(?:小米|华为)+", "(ab){2,5}", r"\(a+\)+", "[(+*)]+", "a+b*c?", "(a|b)*"],
)
def test_a_harmless_pattern_is_let_through(pattern: str) -> None:
    """Only what can be read in many ways, many times over, is refused."""
    assert parse(f"/{pattern}/").groups[0].any == (Word(pattern, regex=True),)


@given(st.text(alphabet="ab()+*?|{}2,", max_size=9))
def test_what_is_let_through_comes_to_an_end(pattern: str) -> None:
    """No nested repetition takes a noticeable time on the text that is worst for it."""
    try:
        taken = parse(f"/{pattern}/").groups[0].any[0]
    except ConfigError:
        return
    if taken.regex:
        start = time.perf_counter()
        re.search(f"(?:{pattern})X", "ab" * 12 + "a" * 24)
        assert time.perf_counter() - start < 1


@given(st.text(max_size=200))
def test_no_file_crashes_the_reader(text: str) -> None:
    """Any text is groups, each with a title and words, or a list of mistakes."""
    groups: tuple[WordGroup, ...] = ()
    found: tuple[str, ...] = ("none",)
    try:
        groups = parse(text).groups
    except ConfigError as error:
        found = error.mistakes
    assert found
    assert all(group.title and (group.any or group.required) and group.limit >= 0 for group in groups)


def test_the_sample_shows_every_feature() -> None:
    """The file of the samples has names, choices, musts, exclusions, limits, patterns and the global filter."""
    file = parse(SAMPLE.read_text("utf-8"))
    everything = [word for group in file.groups for word in group.any]
    assert {group.title for group in file.groups} == {"人工智能", "防汛", "校园"}
    assert any(word.regex for word in everything)
    assert any(group.required for group in file.groups)
    assert any(group.excluded for group in file.groups)
    assert any(group.limit for group in file.groups)
    assert file.excluded
