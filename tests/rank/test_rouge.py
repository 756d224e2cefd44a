"""ROUGE, the baselines and the interval: figures worked out by hand, and what must hold for every text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.rank.baselines import (
    Answer,
    cut_sentences,
    mark_answer,
    take_lead,
    take_oracle,
    take_random,
    take_title_overlap,
)
from digest.rank.rouge import (
    Interval,
    Reference,
    Rouge,
    average,
    gap_closed,
    paired_interval,
    tokenize_characters,
)

WORDS = st.text(st.sampled_from("岚川大桥通车。，；！？ab 3\n“”Ａ"), max_size=60)
SENTENCES = ["岚川今天晴。", "赫汀大桥通车了。", "市民说方便多了。", "大桥长三公里。"]


def test_a_token_is_a_han_character_or_a_run_of_latin_and_digits() -> None:
    """Punctuation is no token; wide letters and capitals are folded."""
    assert tokenize_characters("岚川５Ｇ基站，共120个！Wi-Fi") == [
        "岚",
        "川",
        "5g",
        "基",
        "站",
        "共",
        "120",
        "个",
        "wi",
        "fi",
    ]


def test_rouge_is_what_one_gets_by_hand() -> None:
    """大桥今天通车 against 大桥通车: 4 of 6 and 4 tokens, 2 of 5 and 3 pairs, a common subsequence of 4."""
    score = Reference("大桥通车").score("大桥今天通车。")
    assert score == pytest.approx((80, 50, 80))


def test_a_repeated_token_counts_as_often_as_the_reference_has_it() -> None:
    """Saying a word three times earns it once; order counts for ROUGE-L only."""
    assert Reference("车").score("车车车") == pytest.approx((50, 0, 50))
    assert Reference("桥车").score("车桥") == pytest.approx((100, 0, 50))


@pytest.mark.parametrize(("reference", "text"), [("", "车"), ("车", ""), ("。", "！"), ("车", "桥")])
def test_nothing_in_common_is_zero(reference: str, text: str) -> None:
    """Empty texts divide by nothing, and strangers score nothing."""
    assert Reference(reference).score(text) == (0, 0, 0)


@given(WORDS, WORDS)
def test_rouge_is_symmetric_and_bounded(one: str, other: str) -> None:
    """F1 does not care which text is the reference; every score lies between 0 and 100, ROUGE-L below ROUGE-1."""
    score = Reference(one).score(other)
    assert score == pytest.approx(Reference(other).score(one))
    assert 0 <= score.rouge_l <= score.rouge1 <= 100
    assert 0 <= score.rouge2 <= 100
    assert sum(score) <= Reference(one).ceiling(other) + 1e-9


@given(WORDS)
def test_the_reference_itself_is_perfect(text: str) -> None:
    """A text of two tokens or more scores 100 three times against itself."""
    if len(tokenize_characters(text)) > 1:
        assert Reference(text).score(text) == pytest.approx((100, 100, 100))


def longest_common(one: list[str], other: list[str]) -> int:
    """The textbook table, cell by cell."""
    row = [0] * (len(other) + 1)
    for x in one:
        before, row = row, [0]
        for j, y in enumerate(other):
            row.append(before[j] + 1 if x == y else max(before[j + 1], row[j]))
    return row[-1]


@given(WORDS, WORDS)
def test_the_bits_agree_with_the_table(one: str, other: str) -> None:
    """ROUGE-L computed on bits is the one computed on the textbook's table."""
    a, b = tokenize_characters(one), tokenize_characters(other)
    expected = 200 * longest_common(a, b) / (len(a) + len(b)) if a and b else 0
    assert Reference(one).score(other).rouge_l == pytest.approx(expected)


def test_sentences_keep_their_closing_marks_and_lose_their_crumbs() -> None:
    """A closing quotation mark stays with its sentence, a line break ends one, and fewer than three tokens are none."""
    text = "“大桥通车了！”她说。好。\n赫汀市晚报讯\n雨停了；风也停了"
    assert cut_sentences(text) == ["“大桥通车了！”", "赫汀市晚报讯", "雨停了；", "风也停了"]
    assert cut_sentences('The bridge is open. "We are glad!" she said; it was late.') == [
        "The bridge is open.",
        '"We are glad!"',
        "she said; it was late.",
    ]


def test_no_more_than_two_hundred_sentences_are_looked_at() -> None:
    """The oracle's work is bounded."""
    assert len(cut_sentences("大桥通车了。" * 300)) == 200


def test_the_lead_fills_the_budget_from_the_front() -> None:
    """The first sentence, and the beginning up to the sentence that passes the budget."""
    answer = take_lead(SENTENCES, 10)
    assert list(answer.tops) == SENTENCES[:1]
    assert list(answer.fills) == ["岚川今天晴。赫汀大桥"]


def test_the_headline_points_at_the_sentence_that_has_its_words() -> None:
    """The most alike first; without a headline it is the lead; the summary is in reading order."""
    assert list(take_title_overlap(SENTENCES, "赫汀大桥通车", 12).tops) == [SENTENCES[1]]
    assert list(take_title_overlap(SENTENCES, "大桥长三公里 市民方便", 12).fills) == ["市民说方便多了。大桥长三"]
    assert take_title_overlap(SENTENCES, "", 12) == take_lead(SENTENCES, 12)


def test_chance_is_the_same_at_every_call() -> None:
    """One sentence is averaged over all of them; the summaries are full, differ, and do not change."""
    answer = take_random(SENTENCES, 12)
    assert list(answer.tops) == SENTENCES
    assert {len(text) for text in answer.fills} == {12}
    assert len(set(answer.fills)) > 3
    assert answer == take_random(SENTENCES, 12)


def test_chance_is_fair() -> None:
    """Over many texts each of four sentences is thrown first about a quarter of the time."""
    first = [0] * 4
    for n in range(50):
        sentences = [f"{name}在第{n}天通车。" for name in "甲乙丙丁"]
        for text in take_random(sentences, 1).fills:
            first["甲乙丙丁".index(text)] += 1
    assert all(190 < count < 310 for count in first)


@given(st.lists(WORDS.filter(bool), min_size=1, max_size=6), WORDS, st.integers(1, 80))
def test_nobody_beats_the_oracle_with_one_sentence(sentences: list[str], summary: str, chars: int) -> None:
    """The oracle's sentence has the best sum, and its summary is at least as good as any first step."""
    reference = Reference(summary)
    (top,), (fill,) = (take_oracle(sentences, reference, chars).tops, take_oracle(sentences, reference, chars).fills)
    assert sum(reference.score(top)) == max(sum(reference.score(sentence)) for sentence in sentences)
    steps = [sum(reference.score(sentence[:chars])) for sentence in sentences]
    assert sum(reference.score(fill)) >= max(steps)
    assert len(fill) <= chars


def test_what_is_past_the_budget_does_not_count() -> None:
    """A summary twice as long as the budget is cut; one of half the budget used half of it."""
    reference = Reference("大桥通车")
    long, short = (
        mark_answer(Answer(["大桥"], ["大桥通车了吗"]), reference, 4),
        mark_answer(Answer(["大桥"], ["大桥"]), reference, 4),
    )
    assert (long.fill, long.used) == ((100, 100, 100), 1)
    assert (short.fill, short.used) == (short.top, 0.5)


def test_an_average_is_column_by_column() -> None:
    """Each of the three scores has its own mean."""
    assert average([Rouge(10, 0, 20), Rouge(30, 10, 20)]) == (20, 5, 20)


def test_the_gap_is_the_share_of_the_way() -> None:
    """0 at the floor, 100 at the top, below 0 under the floor; no way, no share."""
    floor, top = Rouge(10, 10, 10), Rouge(30, 30, 30)
    assert [gap_closed(score, floor, top) for score in (floor, Rouge(15, 15, 15), top)] == [0, 25, 100]
    assert gap_closed(Rouge(), floor, top) == -50
    assert gap_closed(top, top, top) is None


def test_the_interval_holds_the_mean_and_does_not_change() -> None:
    """Equal differences leave no doubt, mixed ones do; one pair tells nothing; the same at every call."""
    assert paired_interval([2.0, 2.0, 2.0]) == (2, 2, 2)
    assert paired_interval([5.0]) == Interval(5)
    mixed = [3.0, -1.0, 2.0, -2.0, 1.0, 0.5] * 5
    mean, low, high = paired_interval(mixed)
    assert low is not None
    assert high is not None
    assert low < 0 < mean < high
    assert paired_interval(mixed) == (mean, low, high)
    # the textbook's normal interval is close by
    assert high - low == pytest.approx(2 * 1.96 * 1.706 / 30**0.5, rel=0.1)
