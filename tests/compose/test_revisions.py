"""What became of a page: what differs is told as it was and as it is, and nothing else."""

from __future__ import annotations

from datetime import date
from typing import Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.compose.revisions import CHARS, PASSAGES, compare_texts, compose_revision, is_worth_telling
from digest.model import Passage, Revision

BEFORE = (
    "11月18日夜间，云泽北部山区出现强降雨。全市连夜转移群众1864人。\n"
    "白鹭水库水位回落，下游堤防没有出现险情。市防汛办提醒市民远离河道。"
)
TRADITIONAL = (
    "11月18日夜間，雲澤北部山區出現強降雨。全市連夜轉移群眾1864人。\n"
    "白鷺水庫水位回落，下游堤防沒有出現險情。市防汛辦提醒市民遠離河道。"
)
AFTER = BEFORE.replace("1864人", "1902人")


def revise(
    before: str,
    after: str,
    titles: tuple[str, str] = ("云泽暴雨", "云泽暴雨"),
    kind: Literal["changed", "gone"] = "changed",
) -> Revision | None:
    """The revision of one page, everything else being the same."""
    return compose_revision(
        "0" * 16,
        kind,
        titles[0],
        before,
        titles[1],
        after,
        site="云泽日报",
        url="https://example.cn/1",
        told=date(2026, 11, 19),
        mark="etag-2",
    )


def test_a_changed_figure_stands_beside_the_old_one() -> None:
    """A sentence with another figure is shown as it was and, beside it, as it is; what stayed is not listed."""
    assert compare_texts(BEFORE, AFTER) == (
        Passage("全市连夜转移群众1864人。", "deleted"),
        Passage("全市连夜转移群众1902人。", "inserted"),
    )


def test_passages_follow_the_page() -> None:
    """What is gone and what is new stand in the order in which a reader of the page meets them."""
    after = "云泽日报核实：" + BEFORE.replace("全市连夜转移群众1864人。", "") + "未来两天仍有小雨。"
    shown = compare_texts(BEFORE, after)
    assert [passage.kind for passage in shown] == ["deleted", "inserted", "deleted", "inserted"]
    assert shown[1].text.startswith("云泽日报核实：")
    assert shown[2].text == "全市连夜转移群众1864人。"
    assert shown[3].text == "未来两天仍有小雨。"


def test_neighbours_are_one_passage() -> None:
    """Two new sentences that follow each other are one passage."""
    after = BEFORE + "道路已经恢复通行。学校照常上课。"
    assert compare_texts(BEFORE, after) == (Passage("道路已经恢复通行。学校照常上课。", "inserted"),)


@pytest.mark.parametrize(
    "after",
    [
        BEFORE,
        BEFORE.replace("。", "。  \n\n"),
        BEFORE.replace("，", ",").replace("1864", "１８６４"),
        TRADITIONAL,
        BEFORE.replace("回落，下游", "回落。下游"),
        "\n".join(reversed(BEFORE.split("\n"))),
        BEFORE + "\n（责任编辑：林岚）\n阅读 3.2万\n更新时间：2026-11-19 10:32",
        BEFORE + "\n相关阅读\n白鹭水库今日开闸\n云泽启动四级响应",
        "2026-11-19 10:32:08\n1204次阅读\n" + BEFORE,
    ],
    ids=["same", "space", "width", "script", "cut otherwise", "moved", "credits", "links", "stamps"],
)
def test_looks_are_no_change(after: str) -> None:
    """Space, width, script, order and what stands around an article are not worth telling."""
    assert not is_worth_telling(BEFORE, after)
    assert compare_texts(BEFORE, after) == ()


@pytest.mark.parametrize(
    ("before", "after"),
    [("涨幅为3.5%。", "涨幅为35%。"), ("占5%。", "占5。"), ("气温-3度。", "气温3度。")],
)
def test_the_signs_of_a_figure_count(before: str, after: str) -> None:
    """A point, a per cent sign and a minus are part of what is said."""
    assert is_worth_telling(before, after)


def test_only_what_was_cut_otherwise_is_left_out() -> None:
    """Where a sentence was only divided, the new one behind it is told alone."""
    after = BEFORE.replace("回落，下游", "回落。下游") + "热线已经开通。"
    assert compare_texts(BEFORE, after) == (Passage("热线已经开通。", "inserted"),)


def test_a_long_sentence_is_shown_from_where_it_differs() -> None:
    """The two forms of a long sentence show the clause that changed, not the same opening twice."""
    long = "，".join(f"第{n}个街道已经完成排查并且报送了结果" for n in range(1, 20))
    shown = compare_texts(f"{long}，共查出隐患31处。", f"{long}，共查出隐患34处。")
    assert [("31处" in p.text, "34处" in p.text) for p in shown] == [(True, False), (False, True)]
    assert all(p.text.startswith("……") and len(p.text) <= CHARS + 4 for p in shown)


@given(
    st.lists(st.sampled_from("甲乙丙丁戊己庚辛"), max_size=30),
    st.lists(st.sampled_from("甲乙丙丁戊己庚辛"), max_size=30),
)
@settings(deadline=None)
def test_passages_are_few_short_and_from_the_texts(one: list[str], other: list[str]) -> None:
    """There are at most six, each short, and each is made of sentences of the text it speaks of."""
    before, after = ("".join(f"{c}市今天通报了情况{c * 9}。" for c in own) for own in (one, other))
    shown = compare_texts(before, after)
    assert len(shown) <= PASSAGES
    for passage in shown:
        assert len(passage.text) <= CHARS + 4
        own = before if passage.kind == "deleted" else after
        assert all(piece in own for piece in passage.text.replace("……", "").split("。"))
    assert bool(shown) == (sorted(one) != sorted(other))


def test_a_long_page_is_compared_in_moderate_time() -> None:
    """A page of eight thousand sentences of which every sentence changed is compared, and six passages are shown."""
    before = "".join(f"第{n}号公告说明了今年的安排。" for n in range(8_000))
    after = "".join(f"第{n}号公告取消了今年的安排。" for n in range(8_000))
    assert len(compare_texts(before, after)) == PASSAGES


def test_a_revision_tells_what_changed() -> None:
    """The revision of a page holds both headlines, what differs and where it was told."""
    revision = revise(BEFORE, AFTER, ("云泽暴雨", "云泽暴雨转移1902人"))
    assert revision is not None
    assert (revision.title, revision.after) == ("云泽暴雨", "云泽暴雨转移1902人")
    assert [p.kind for p in revision.passages] == ["deleted", "inserted"]
    assert (revision.told, revision.mark, revision.site) == (date(2026, 11, 19), "etag-2", "云泽日报")


def test_a_changed_headline_alone_is_told() -> None:
    """Another headline is a revision; the same one in traditional characters is none."""
    renamed = revise(BEFORE, BEFORE, ("云泽暴雨", "云泽暴雨成灾"))
    assert renamed is not None
    assert renamed.passages == ()
    assert revise(BEFORE, BEFORE, ("云泽暴雨", "雲澤暴雨")) is None


def test_nothing_worth_telling_is_no_revision() -> None:
    """A counter that went on makes no revision, nor does a page that could not be read."""
    assert revise(BEFORE + "\n阅读 12", BEFORE + "\n阅读 9000") is None
    assert revise(BEFORE, "") is None


def test_a_page_that_is_gone_is_told() -> None:
    """A page taken down is told without passages."""
    gone = revise(BEFORE, "", kind="gone")
    assert gone is not None
    assert (gone.kind, gone.passages, gone.after) == ("gone", (), "")
