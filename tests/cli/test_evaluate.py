"""digest evaluate: a user's own pairs, a table for people and figures for machines."""

from __future__ import annotations

import json
import os
import pty
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from digest.rank.baselines import cut_sentences, take_lead
from digest.rank.rouge import Reference, average
from tests.cli.conftest import Terminal

PAIRS: list[dict[str, Any]] = [
    {
        "title": "岚川大桥通车 过江只要一刻钟",
        "text": "入冬以来江上多雾。岚川大桥11月20日正式通车，市民过江的时间由50分钟缩短到15分钟。"
        "大桥全长3.2公里，双向六车道。桥头的早点铺当天多卖了两百碗面。",
        "summary": "岚川大桥正式通车，市民过江缩短到15分钟",
        "budget": 40,
    },
    {
        "title": "赫汀水价每立方米上调两角",
        "text": "赫汀市公布新的自来水价格方案，第一阶梯水价每立方米上调0.2元。低收入家庭可以申请补贴。"
        "新方案自明年1月1日起执行。听证会上有代表建议分两年调整。",
        "summary": "赫汀自来水价格每立方米上调0.2元，低收入家庭可申请补贴",
        "budget": 45,
    },
    {
        "title": "岚西新区人民医院开诊",
        "text": "岚西新区人民医院昨日开诊，设床位800张。医院开通了网上预约挂号。首日接诊患者一千二百人。",
        "summary": "岚西新区人民医院开诊，设床位800张",
        "budget": 30,
    },
]
"""Three articles of our own with a summary of our own."""


def lines(*rows: object) -> str:
    """Rows as JSON Lines."""
    return "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)


def figures(terminal: Terminal, content: str | bytes, *words: str) -> dict[str, Any]:
    """What --json says of some lines that are all well."""
    result = terminal("evaluate", terminal.write("pairs.jsonl", content), "--json", *words)
    assert (result.code, result.err) == (0, "")
    shape: dict[str, Any] = json.loads(result.out)
    return shape


def without(*names: str, **more: object) -> dict[str, Any]:
    """The first pair without some fields, or with others."""
    return {name: value for name, value in PAIRS[0].items() if name not in names} | more


def test_the_table_has_a_row_a_system_and_says_how_to_read_it(terminal: Terminal) -> None:
    """From random to oracle, then what ours are ahead, then what the words mean, in the width of a terminal."""
    result = terminal("evaluate", terminal.write("pairs.jsonl", lines(*PAIRS)))
    assert (result.code, result.err) == (0, "")
    table, ahead, key = result.out.split("\n\n")
    assert table.startswith("3 pairs ")
    assert [line[:22].strip() for line in table.splitlines()[2:]] == [
        "random",
        "lead",
        "title",
        "ours",
        "ours, whole sentences",
        "oracle",
    ]
    assert all(line.endswith("%") for line in table.splitlines()[2:])
    assert [line[:22].strip() for line in ahead.splitlines()[1:]] == ["ours", "ours, whole sentences"]
    assert "gap: " in key
    assert max(map(len, result.out.splitlines())) <= 82


def test_the_figures_are_those_of_the_baselines(terminal: Terminal) -> None:
    """The lead's row is the mean over the pairs of what the lead scores; random is 0 and oracle 100 on the way."""
    shape = figures(terminal, lines(*PAIRS))
    assert (shape["version"], shape["pairs"], shape["untitled"], shape["left_out"]) == (1, 3, 0, [])
    scores = []
    for pair in PAIRS:
        answer = take_lead(cut_sentences(pair["text"]), pair["budget"])
        scores.append(Reference(pair["summary"]).score(answer.fills[0]))
    mean = average(scores)
    lead = shape["systems"]["lead"]["fill"]
    assert (lead["rouge1"], lead["rouge2"], lead["rouge_l"]) == pytest.approx(mean, abs=0.001)
    for length in ("top", "fill"):
        assert shape["systems"]["random"][length]["gap"] == 0
        assert shape["systems"]["oracle"][length]["gap"] == 100
        assert 0 < shape["systems"]["title"][length]["gap"] <= 100


def test_the_lift_is_the_difference_of_the_rows(terminal: Terminal) -> None:
    """Ours minus lead, on the mean of the three scores, lies inside its interval."""
    shape = figures(terminal, lines(*PAIRS))
    for name, lift in shape["ahead_of_lead"].items():
        for length, interval in lift.items():
            ours, lead = (
                sum(shape["systems"][row][length][score] for score in ("rouge1", "rouge2", "rouge_l")) / 3
                for row in (name, "lead")
            )
            assert interval["mean"] == pytest.approx(ours - lead, abs=0.002)
            assert interval["low"] <= interval["mean"] <= interval["high"]


def test_the_same_file_gives_the_same_figures(terminal: Terminal) -> None:
    """Nothing is left to chance, not even random: from a file, a pipe, with a BOM or with foreign line ends."""
    content = lines(*PAIRS)
    first = figures(terminal, content)
    assert figures(terminal, content.replace("\n", "\r\n")) == first
    assert figures(terminal, "\ufeff" + content + "\n \n") == first
    assert json.loads(terminal("evaluate", "-", "--json", stdin=content.encode()).out) == first


def test_other_fields_are_ignored_and_a_missing_budget_is_found(terminal: Terminal) -> None:
    """A reference of 20 characters gets a budget of 30, as if the line had said so; other fields change nothing."""
    summary = PAIRS[0]["summary"]
    assert len(summary) == 20
    told = figures(terminal, lines(without(budget=30)))
    assert figures(terminal, lines(without("budget", id=7, set="x"))) == told
    assert figures(terminal, lines(without(budget=None))) == told


def test_one_budget_for_all(terminal: Terminal) -> None:
    """--chars overrules the budget of every line."""
    rows = [pair | {"budget": 25} for pair in PAIRS]
    assert figures(terminal, lines(*PAIRS), "--chars", "25") == figures(terminal, lines(*rows))
    assert figures(terminal, lines(*PAIRS), "--chars", "25") != figures(terminal, lines(*PAIRS))


def test_only_the_first_lines(terminal: Terminal) -> None:
    """--limit 2 sees two lines, and not what is wrong with the third."""
    assert figures(terminal, lines(*PAIRS[:2], "junk"), "--limit", "2") == figures(terminal, lines(*PAIRS[:2]))


def test_whole_sentences_only(terminal: Terminal) -> None:
    """--whole-sentences leaves out the row of the trimmed ones and changes no other."""
    both, whole = figures(terminal, lines(*PAIRS)), figures(terminal, lines(*PAIRS), "--whole-sentences")
    del both["systems"]["ours"], both["ahead_of_lead"]["ours"]
    assert whole == both


def test_titles_may_be_missing(terminal: Terminal) -> None:
    """Without any headline there is no row for it; with some, the table says for how many the lead stands in."""
    assert "title" not in figures(terminal, lines(without("title"), without(title=None)))["systems"]
    mixed = terminal("evaluate", terminal.write("mixed.jsonl", lines(*PAIRS, without("title"))))
    assert "for 1 without one" in mixed.out


def test_one_pair_has_no_interval(terminal: Terminal) -> None:
    """A single pair is scored, and says nothing of chance."""
    shape = figures(terminal, lines(PAIRS[0]))
    assert shape["ahead_of_lead"]["ours"]["top"]["low"] is None
    assert terminal("evaluate", "pairs.jsonl").out.startswith("1 pair ")


BAD = [
    ("{", "not JSON"),
    ("[" * 100_000, "not JSON"),
    ("[]", "no JSON object"),
    (lines(without("text")).strip(), "no text"),
    (lines(without("summary")).strip(), "no summary"),
    (lines(without(summary="……")).strip(), "no word in summary"),
    (lines(without(text=["a"])).strip(), "text is no text"),
    (lines(without(text="只有一句话。")).strip(), "fewer than two sentences in text"),
    (lines(without(budget=0)).strip(), "budget is no whole number from 1 to a million"),
    (lines(without(budget=True)).strip(), "budget is no whole number from 1 to a million"),
    (lines(without(title=5)).strip(), "title is no text"),
]


@pytest.mark.parametrize(("line", "reason"), BAD)
def test_a_bad_line_is_named_and_the_others_are_done(terminal: Terminal, line: str, reason: str) -> None:
    """Exit 4, the reason with its line numbers on stderr, and on stdout the figures of the good lines."""
    good = figures(terminal, lines(*PAIRS))
    path = terminal.write("pairs.jsonl", f"{line}\n\n{lines(*PAIRS)}{line}\n")
    result = terminal("evaluate", path, "--json")
    assert result.code == 4
    assert f"left out: {reason}: lines 1, 6" in result.lines
    assert "2 of 5 lines" in result.err
    assert json.loads(result.out) == good | {"left_out": [{"reason": reason, "lines": [1, 6]}]}


def test_a_long_list_of_bad_lines_is_cut(terminal: Terminal) -> None:
    """Of thirty bad lines twenty are named and the others counted; the JSON names them all."""
    path = terminal.write("pairs.jsonl", lines(PAIRS[0], *["junk"] * 30))
    result = terminal("evaluate", path, "--json")
    assert "21 and 10 more" in result.lines[0]
    assert json.loads(result.out)["left_out"][0]["lines"] == list(range(2, 32))


def test_half_a_surrogate_pair_is_no_fault(terminal: Terminal) -> None:
    """JSON can hold what no text should; it is scored all the same."""
    row = json.dumps(without(text=PAIRS[0]["text"] + "\ud83d又一句话。", title="\ud83d大桥"))
    assert figures(terminal, row)["pairs"] == 1


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"", "is empty"),
        (b"\n \n", "is empty"),
        (lines("a", "b").encode(), "no line of pairs.jsonl"),
        (lines(*PAIRS).encode("gb18030"), "not UTF-8: lines 1, 2, 3"),
        (lines(*PAIRS).encode("utf-16"), "not UTF-8"),
        (b"\x89PNG\r\n\x1a\n\0\0\0", "no line of pairs.jsonl"),
        (json.dumps(PAIRS, ensure_ascii=False, indent=1).encode(), "one JSON object a line"),
    ],
)
def test_a_file_without_pairs_is_one_clear_error(terminal: Terminal, content: bytes, said: str) -> None:
    """Nothing usable: exit 1, nothing on stdout, what is wrong and what a line should look like."""
    terminal.write("pairs.jsonl", content)
    result = terminal("evaluate", "pairs.jsonl")
    assert (result.code, result.out) == (1, "")
    assert said in result.err
    assert '  Try: write one JSON object a line: {"text": "…", "summary": "…"}' in result.err


def test_what_is_no_file_is_said_so(terminal: Terminal) -> None:
    """A missing file and a folder end in exit 1 and a remedy."""
    missing, folder = terminal("evaluate", "nowhere.jsonl"), terminal("evaluate", ".")
    assert (missing.code, folder.code) == (1, 1)
    assert "does not exist" in missing.err
    assert "is a folder" in folder.err


@pytest.mark.parametrize("words", [("--chars", "0"), ("--limit", "0"), ("--limit", "x")])
def test_impossible_options_are_usage_errors(terminal: Terminal, words: tuple[str, ...]) -> None:
    """Numbers below 1 end in exit 2."""
    assert terminal("evaluate", terminal.write("pairs.jsonl", lines(*PAIRS)), *words).code == 2


def test_an_interrupted_run_leaves_the_terminal_in_order(tmp_path: Path) -> None:
    """Ctrl-C during the progress bar: exit 130, no traceback, no table, and the cursor is back."""
    (tmp_path / "pairs.jsonl").write_text(lines(*PAIRS * 400), "utf-8")
    master, slave = pty.openpty()
    command = [sys.executable, "-m", "digest", "evaluate", "pairs.jsonl"]
    environ = {**os.environ, "TERM": "xterm"}
    with subprocess.Popen(command, cwd=tmp_path, stdout=subprocess.PIPE, stderr=slave, env=environ) as process:
        os.close(slave)
        said = read_until(master, b"#")  # the bar has begun to grow
        process.send_signal(signal.SIGINT)
        said += read_until(master, b"interrupted")
        out, _ = process.communicate(timeout=240)
    os.close(master)
    assert (process.returncode, out) == (130, b"")
    assert b"evaluating" in said
    assert b"Traceback" not in said
    assert said.rfind(b"\x1b[?25h") > said.rfind(b"\x1b[?25l")


def read_until(master: int, sign: bytes, patience: float = 240) -> bytes:
    """What a terminal shows until a sign appears, or until it closes."""
    said, end = b"", time.monotonic() + patience
    while sign not in said and time.monotonic() < end:
        try:
            said += os.read(master, 4096)
        except OSError:  # Linux: the other end is closed
            break
    return said
