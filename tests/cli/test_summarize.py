"""digest summarize: one article, from a file or a pipe, in four forms."""

from __future__ import annotations

import json
import marshal
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.conftest import NEWS, Terminal

STORY = NEWS["qiao.txt"]
LONG = "岚川大桥通车\n" + "".join(f"第{n}段引桥的施工单位在{n}月完成了全部桥面铺装工作。" for n in range(1, 13))


def digest(*words: str, folder: Path, stdin: bytes = b"", **environ: str) -> subprocess.CompletedProcess[bytes]:
    """A command as a process of its own."""
    return subprocess.run(
        [sys.executable, "-m", "digest", *words],
        cwd=folder,
        input=stdin,
        capture_output=True,
        timeout=60,
        env={**os.environ, **environ},
        check=False,
    )


def test_a_pipe_gives_what_the_file_gives(terminal: Terminal) -> None:
    """The same bytes through a pipe and from a file make the same product."""
    path = terminal.write("a.txt", LONG)
    from_file, from_pipe = terminal("summarize", path), terminal("summarize", "-", stdin=LONG.encode())
    assert from_file.code == from_pipe.code == 0
    assert from_file.out == from_pipe.out != ""


def test_the_product_is_on_stdout_and_the_talk_on_stderr(terminal: Terminal) -> None:
    """A good summary says nothing on stderr, and stdout holds sentences of the article only."""
    result = terminal("summarize", terminal.write("a.txt", STORY))
    assert result.err == ""
    assert all(line.replace("……", "") in STORY for line in result.out.splitlines())


@pytest.mark.parametrize(
    "content", [STORY, LONG, STORY.replace("\n", "\r\n"), "\ufeff" + STORY, "🙂你好。\n\n\t再见！"]
)
def test_json_offsets_find_each_sentence(terminal: Terminal, content: str) -> None:
    """In the JSON form every sentence is the slice of `text` that its offsets name."""
    result = terminal("summarize", "-", "--format", "json", stdin=content.encode())
    shape = json.loads(result.out)
    assert shape["version"] == 1
    assert shape["sentences"]
    assert all(shape["text"][s["start"] : s["end"]] == s["text"] for s in shape["sentences"])


def test_json_is_one_document_even_of_an_empty_file(terminal: Terminal) -> None:
    """A program that asked for JSON gets JSON, also where there is nothing to summarize."""
    result = terminal("summarize", terminal.write("a.txt", b""), "--format", "json")
    assert result.code == 0
    assert json.loads(result.out)["sentences"] == []


def test_markdown_has_a_heading_and_the_sentences(terminal: Terminal) -> None:
    """The Markdown form begins with the title as a heading."""
    result = terminal("summarize", terminal.write("a.txt", STORY), "--format", "markdown")
    assert result.out.startswith("# 岚川大桥通车\n")
    assert "正式通车。" in result.out


def test_html_is_a_page_and_nothing_in_it_is_markup_of_the_article(terminal: Terminal) -> None:
    """The HTML form is one complete page, and what looks like markup in the text is shown as text."""
    result = terminal(
        "summarize", "-", "--format", "html", stdin="标题\n公司宣布<script>alert(1)</script>今天发布。".encode()
    )
    assert result.out.lower().startswith("<!doctype html>")
    assert "<script" not in result.out


@pytest.mark.parametrize("limit", [1, 20, 50, 1000])
def test_chars_is_a_limit_never_passed(terminal: Terminal, limit: int) -> None:
    """The sentences of --chars N hold at most N characters together, and at least one character."""
    result = terminal("summarize", "-", "--chars", str(limit), "--format", "json", stdin=LONG.encode())
    texts = [s["text"] for s in json.loads(result.out)["sentences"]]
    assert 0 < sum(map(len, texts)) <= limit


def test_sentences_counts_sentences(terminal: Terminal) -> None:
    """--sentences 2 prints two lines."""
    assert len(terminal("summarize", "-", "--sentences", "2", stdin=LONG.encode()).out.splitlines()) == 2


def test_three_sentences_are_the_default(terminal: Terminal) -> None:
    """Without a limit a long article gives three lines."""
    assert len(terminal("summarize", "-", stdin=LONG.encode()).out.splitlines()) == 3


def test_ratio_takes_a_share(terminal: Terminal) -> None:
    """--ratio 0.5 prints less than everything and not more than half of it."""
    result = terminal("summarize", "-", "--ratio", "0.5", "--format", "json", stdin=LONG.encode())
    shape = json.loads(result.out)
    assert 0 < sum(len(s["text"]) for s in shape["sentences"]) <= len(shape["text"]) / 2 + 1


@pytest.mark.parametrize("ratio", ["0", "1.5", "-1", "nan", "inf", "abc"])
def test_an_impossible_ratio_is_a_usage_error(terminal: Terminal, ratio: str) -> None:
    """A ratio that is no share of a text ends in exit code 2."""
    assert terminal("summarize", "-", "--ratio", ratio, stdin=LONG.encode()).code == 2


def test_two_limits_exclude_each_other(terminal: Terminal) -> None:
    """--chars with --sentences is a usage error that says which to keep."""
    result = terminal("summarize", "-", "--chars", "50", "--sentences", "1", stdin=LONG.encode())
    assert result.code == 2
    assert "exclude each other" in result.err
    assert result.out == ""


def test_a_title_of_ones_own_heads_the_page(terminal: Terminal) -> None:
    """--title is the headline of the Markdown form, also where the file has none."""
    result = terminal(
        "summarize", "-", "--title", "通车消息", "--format", "markdown", stdin="大桥今天通车。市民很高兴。".encode()
    )
    assert result.out.startswith("# 通车消息\n")


def test_a_query_leans_towards_its_words(terminal: Terminal) -> None:
    """A query finds the sentence that speaks of it."""
    text = LONG + "另外，市图书馆下周一起闭馆维修。" + "桥面的路灯和护栏由本地企业制造。"
    result = terminal("summarize", "-", "--sentences", "1", "--query", "图书馆闭馆", stdin=text.encode())
    assert "图书馆" in result.out


def test_whole_sentences_keep_their_dateline(terminal: Terminal) -> None:
    """--whole-sentences leaves the dateline that is dropped otherwise."""
    text = "大桥通车\n本报岚川11月20日电 岚川大桥当天上午正式通车，全长3.2公里。".encode()
    whole = terminal("summarize", "-", "--whole-sentences", stdin=text).out
    assert "正式通车" in terminal("summarize", "-", stdin=text).out
    assert whole.startswith("本报岚川11月20日电")


def test_explain_tells_of_every_sentence(terminal: Terminal) -> None:
    """--explain adds a table with every sentence, taken or left, and its reason."""
    result = terminal("summarize", "-", "--explain", stdin=LONG.encode())
    assert result.out.count("✓") == 3
    assert result.out.count("引桥") >= 12
    shape = json.loads(terminal("summarize", "-", "--explain", "--format", "json", stdin=LONG.encode()).out)
    assert sum(verdict["taken"] for verdict in shape["explain"]) == 3


def test_explain_goes_with_the_html_form_or_is_refused(terminal: Terminal) -> None:
    """--explain is never silently ignored."""
    result = terminal("summarize", "-", "--explain", "--format", "html", stdin=LONG.encode())
    plain = terminal("summarize", "-", "--format", "html", stdin=LONG.encode())
    assert result.code == 2 or result.out != plain.out


@pytest.mark.parametrize("content", [b"", b"\n\n \t\n", b"\xef\xbb\xbf", "\u3000\u3000\n".encode()])
def test_an_empty_file_is_a_clear_note_and_no_error(terminal: Terminal, content: bytes) -> None:
    """Nothing in, nothing out: a note on stderr, an empty stdout, exit code 0."""
    result = terminal("summarize", terminal.write("a.txt", content))
    assert (result.code, result.out) == (0, "")
    assert result.err.strip() == "there is no text to summarize"


@pytest.mark.parametrize("text", ["大桥今天通车", "bridge opens today", "🙂🙂🙂", "。", "2026", "“", "哈"])
def test_one_sentence_without_punctuation_is_its_own_summary(terminal: Terminal, text: str) -> None:
    """A single line is printed as it is, whatever it is made of."""
    result = terminal("summarize", "-", stdin=text.encode())
    assert (result.code, result.out.strip()) == (0, text)


def test_ten_megabytes_of_one_character_give_something_sensible(terminal: Terminal) -> None:
    """A monster without any clause is cut, not printed whole, and does not crash."""
    result = terminal("summarize", "-", "--chars", "100", stdin=b"a" * 10_000_000)
    assert result.code == 0
    assert 0 < len(result.out.strip().replace("……", "")) <= 100


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.txt", bytes(range(256)) * 40),
        ("a.txt", b"\x89PNG\r\n\x1a\n" + bytes(1000)),
        ("a.txt", b"PK\x03\x04" + os.urandom(2000)),
        ("a.md", "---\ntitle: [未关闭\n---\n正文。".encode()),
        ("a.md", "---\ntitle: 没有结尾\n正文。".encode()),
        ("a.json", b"[1, 2, 3]"),
        ("a.json", b"{"),
        ("a.json", b"42"),
        ("a.json", b"[" * 100_000),
    ],
)
def test_what_cannot_be_read_is_one_clear_line_with_a_remedy(terminal: Terminal, name: str, content: bytes) -> None:
    """A file that is no article ends in exit code 1, its name, and something to try."""
    path = terminal.write(name, content)
    result = terminal("summarize", path)
    assert (result.code, result.out) == (1, "")
    assert path.name in result.lines[0]
    assert len(result.lines) == 2
    assert result.lines[1].startswith("  Try: ")


def test_a_missing_file_is_named(terminal: Terminal) -> None:
    """A file that is not there ends in exit code 1 and its name."""
    result = terminal("summarize", "nowhere.txt")
    assert (result.code, result.out) == (1, "")
    assert "nowhere.txt does not exist" in result.err
    assert "Try: " in result.err


def test_a_folder_is_sent_to_preview(terminal: Terminal) -> None:
    """Who summarizes a folder is told about digest preview."""
    result = terminal("summarize", terminal.folder)
    assert result.code == 1
    assert "digest preview" in result.err


def test_a_fifo_does_not_hang(terminal: Terminal) -> None:
    """A named pipe that nobody writes to is refused at once."""
    path = terminal.folder / "pipe.txt"
    os.mkfifo(path)
    result = terminal("summarize", path)
    assert result.code == 1
    assert "not a regular file" in result.err


@pytest.mark.parametrize("name", ["/dev/null", "/dev/zero"])
def test_a_device_is_no_article(terminal: Terminal, name: str) -> None:
    """A device is refused and not read for ever."""
    assert terminal("summarize", name).code == 1


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_says_how_to_allow_it(terminal: Terminal) -> None:
    """A file without the right to read it ends in exit code 1 and the command that gives the right."""
    path = terminal.write("a.txt", STORY)
    path.chmod(0)
    result = terminal("summarize", path)
    assert result.code == 1
    assert "chmod u+r" in result.err


def test_a_file_name_that_is_no_text_is_only_a_name(terminal: Terminal) -> None:
    """A name of bytes that are not UTF-8 is read, and can be complained of."""
    name = os.fsdecode(b"\xff\xfe.txt")
    terminal.write(name, STORY)
    assert terminal("summarize", name).code == 0
    terminal.write(name, bytes(5000))
    assert terminal("summarize", name).code == 1


def test_control_characters_never_reach_the_terminal(terminal: Terminal) -> None:
    """Escape sequences in an article are not carried out by the terminal of its reader."""
    text = "\x1b[31m红色\x1b[0m标题\n\x1b]0;owned\x07正文里有\x1b[2J控制字符，今天通车。\u202e倒写的话。" + STORY * 5
    for form in ("text", "markdown", "html"):
        result = terminal(
            "summarize", "-", "--format", form, "--explain" if form == "text" else "--title=x", stdin=text.encode()
        )
        assert result.code == 0
        assert not {"\x1b", "\x07", "\u202e"} & set(result.out + result.err)


def test_a_closed_pipe_is_quiet(terminal: Terminal) -> None:
    """digest … | head -1 ends without a word."""
    terminal.write("a.txt", "大桥\n" + "今天大桥正式通车了，" * 20_000)
    command = f'"{sys.executable}" -m digest summarize a.txt --format json | head -c 10; echo "${{PIPESTATUS[0]}}"'
    done = subprocess.run(["bash", "-c", command], cwd=terminal.folder, capture_output=True, timeout=60, check=False)
    assert done.stderr == b""
    assert done.stdout.endswith(b"\n0\n") or done.stdout.endswith(b"0\n")


def test_a_process_of_its_own_is_as_quiet_as_the_function(terminal: Terminal) -> None:
    """As a process nothing else talks on stderr: no library, no progress, no colour, even in LC_ALL=C."""
    done = digest("summarize", "-", folder=terminal.folder, stdin=STORY.encode(), PYTHONWARNINGS="default", LC_ALL="C")
    assert (done.returncode, done.stderr) == (0, b"")
    assert b"\x1b" not in done.stdout
    assert "正式通车" in done.stdout.decode()


def test_what_lies_in_the_shared_temporary_folder_changes_nothing(terminal: Terminal) -> None:
    """jieba keeps its dictionary in a /tmp that everybody may write: a foreign one is neither believed nor reported."""
    poison = terminal.write(
        "tmp/jieba.cache", marshal.dumps(({"桥正式通": 10**6, "桥": 1, "桥正": 0, "桥正式": 0}, 10**6))
    )
    os.utime(poison, (4e9, 4e9))
    (terminal.folder / "tmp2" / "jieba.cache").mkdir(parents=True)
    words = ("summarize", "-", "--format", "json")
    told = terminal(*words, stdin=STORY.encode()).out
    for name in ("tmp", "tmp2"):
        done = digest(*words, folder=terminal.folder, stdin=STORY.encode(), TMPDIR=str(terminal.folder / name))
        assert (done.stderr.decode(), done.stdout.decode()) == ("", told)


@pytest.mark.parametrize("encoding", ["gb18030", "big5", "utf-16", "utf-8-sig"])
def test_every_encoding_gives_the_same_sentences(terminal: Terminal, encoding: str) -> None:
    """The encoding of a file is found, and changes nothing."""
    text = "大橋通車\n" + "市政府今天宣布大橋正式通車，全長三公里。市民很高興。" * 3
    expected = terminal("summarize", "-", stdin=text.encode()).out
    assert terminal("summarize", terminal.write("a.txt", text.encode(encoding))).out == expected


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="only Linux has a disk that is always full")
def test_a_full_disk_is_not_called_a_fault_of_digest(terminal: Terminal) -> None:
    """Where stdout cannot be written the reason is said in one line, with exit code 1."""
    command = f'"{sys.executable}" -m digest --help > /dev/full'
    done = subprocess.run(["bash", "-c", command], cwd=terminal.folder, capture_output=True, timeout=60, check=False)
    assert done.returncode == 1
    assert done.stderr.decode().startswith("digest: No space left on device\n")
    assert b"fault" not in done.stderr


@pytest.mark.parametrize(
    ("words", "code"), [("--help >&-", 0), ("--help 2>&-", 0), ("summarize - <&-", 2), ("summarize - <&- >&- 2>&-", 2)]
)
def test_closed_streams_are_no_fault(terminal: Terminal, words: str, code: int) -> None:
    """Who starts digest with stdin, stdout or stderr closed gets an exit code that means what it says."""
    command = f'"{sys.executable}" -m digest {words}'
    done = subprocess.run(["bash", "-c", command], cwd=terminal.folder, capture_output=True, timeout=60, check=False)
    assert done.returncode == code
    assert b"fault" not in done.stderr
    assert b"Traceback" not in done.stderr


def test_a_working_folder_that_was_deleted_is_no_fault(terminal: Terminal) -> None:
    """In a folder that is gone what needs no folder works, and the rest says so in one line."""
    path = terminal.write("a.txt", STORY)
    (terminal.folder / "weg").mkdir()
    script = f'cd weg; rmdir ../weg; "{sys.executable}" -m digest preview "{path}" --text'
    done = subprocess.run(["bash", "-c", script], cwd=terminal.folder, capture_output=True, timeout=60, check=False)
    assert b"fault" not in done.stderr
    assert done.returncode == 1
    assert done.stderr.startswith(b"digest: No such file or directory")
