"""The comparison with peers: what a ranking becomes, what a crash counts, and that a peer is asked once."""

from __future__ import annotations

from pathlib import Path

from digest.rank.baselines import Answer, cut_sentences
from tests.quality.compare_peers import Set, as_markdown, compare, mark_others, mark_ours, read_sets, take_ranked
from tests.quality.keeping import Cache, Case
from tests.quality.peers import Pick, rank_by_title

TEXT = "清晨下了一场雨。市政府宣布新桥通车。渡口的老人收起了船桨。大桥全长三公里。"
CASE = Case(TEXT, "新桥今日通车", "新桥通车", 18)


def rank_backwards(text: str, title: str) -> list[Pick]:
    """Rank the last sentence first."""
    return [Pick(place, sentence) for place, sentence in enumerate(cut_sentences(text))][::-1]


def crash(text: str, title: str) -> list[Pick]:
    """Do what some peers do with a short text."""
    raise ZeroDivisionError


def test_ranking_fills_the_budget_in_reading_order() -> None:
    """Sentences are taken by rank until the budget is reached, stand in reading order, and are cut at the budget."""
    assert take_ranked(rank_backwards, CASE) == ("大桥全长三公里。", "渡口的老人收起了船桨。大桥全长三公里。"[:18])


def test_crash_is_an_empty_summary() -> None:
    """A peer that raises has said nothing, and the comparison goes on."""
    assert take_ranked(crash, CASE) == ("", "")


def test_title_ranking_prefers_shared_words_and_else_the_lead() -> None:
    """The sentence with the title's words comes first; without a title the first sentence does."""
    assert rank_by_title(TEXT, "新桥今日通车")[0].place == 1
    assert [pick.place for pick in rank_by_title(TEXT, "")] == [0, 1, 2, 3]


def test_peer_is_asked_once(tmp_path: Path) -> None:
    """What a peer said is read from the file the next time, and so is its mark."""
    path = tmp_path / "cache.json"
    first = Cache(path)
    mark = first.mark("peer", CASE, lambda: first.answer("peer", CASE, lambda: ("市政府宣布新桥通车。", "新桥")))
    first.save()

    def refuse() -> Answer:
        raise AssertionError("marked again")

    assert Cache(path).mark("peer", CASE, refuse) == mark


def test_tables_name_every_system_and_set() -> None:
    """A crashing peer stays in the tables, with the count of its empty summaries; another is the best one."""
    own = Set("bridge", [CASE, Case(TEXT, "", "老人收起船桨", 12)])
    mark_others(own, {"crashing 1.0": crash, "backwards 1.0": rank_backwards}, Cache(None))
    mark_ours(own)
    figures = compare([own], ["crashing 1.0", "backwards 1.0"])
    assert figures["systems"]["crashing 1.0"]["empty"] == 2
    assert figures["sets"]["bridge"]["top"]["best_peer"] == "backwards 1.0"
    assert as_markdown(figures).count("| bridge | 2 |") == 2


def test_sets_are_read_by_their_field_or_their_file(tmp_path: Path) -> None:
    """A line's set is its field, else its file's name; articles of one sentence are left out, and the limit holds."""
    line = '{"text": "甲市下雨了。乙市天晴了。", "title": null, "summary": "下雨", "budget": 9'
    (tmp_path / "rain.jsonl").write_text(f'{line}}}\n{line}, "set": "other"}}\n{line}}}\n', encoding="utf-8")
    (tmp_path / "short.jsonl").write_text(line.replace("乙市天晴了。", "") + "}\n", encoding="utf-8")
    assert [(own.name, len(own.cases)) for own in read_sets(tmp_path, [], 1)] == [("rain", 1), ("other", 1)]
    assert [own.name for own in read_sets(tmp_path, ["other"], None)] == ["other"]
