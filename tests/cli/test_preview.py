"""digest preview: an edition made and shown, with nothing sent and nothing remembered."""

from __future__ import annotations

import contextlib
import json
import os
import subprocess
from pathlib import Path

import pytest

from tests.cli.conftest import NEWS, Office, Terminal, edition, fingerprint, source

TITLES = ("岚川大桥通车", "自来水价格调整", "新医院开诊")


def page_of(out: str) -> str:
    """The page whose path the command printed."""
    (path,) = out.splitlines()
    assert Path(path).is_absolute()
    return Path(path).read_text("utf-8")


def test_a_folder_becomes_a_page(terminal: Terminal) -> None:
    """A folder of articles without any configuration gives one page that names them all, and its path."""
    result = terminal("preview", terminal.write_news(), "--output", "out")
    assert result.code == 0
    assert result.err.startswith("subject: 每日摘要 ")
    assert all(title in page_of(result.out) for title in TITLES)
    assert Path(result.out.strip()).with_suffix(".txt").is_file()


def test_without_output_the_page_lies_in_the_cache(terminal: Terminal) -> None:
    """The default page is written below the user's own cache folder and not into the working directory."""
    terminal.write_news()
    before = fingerprint(terminal.folder)
    result = terminal("preview", "news")
    assert Path(result.out.strip()).is_relative_to(Path.home())
    assert fingerprint(terminal.folder) == before


def test_a_file_and_several_paths_are_taken_together(terminal: Terminal) -> None:
    """Files and folders named together make one edition, and one named twice is printed once."""
    terminal.write_news()
    terminal.write("mehr/x.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    one = terminal("preview", "news/qiao.txt", "--text")
    both = terminal("preview", "news/qiao.txt", "mehr", "news/qiao.txt", "--text")
    assert one.out.count("岚川大桥通车") >= 1
    assert "港口扩建" not in one.out
    assert both.out.count("岚川大桥通车") == one.out.count("岚川大桥通车")
    assert "港口扩建" in both.out


def test_text_prints_the_digest_and_writes_nothing(terminal: Terminal) -> None:
    """--text puts the digest on stdout and no file anywhere."""
    terminal.write_news()
    before = fingerprint(terminal.folder)
    result = terminal("preview", "news", "--text", "--output", "out")
    assert all(title in result.out for title in TITLES)
    assert fingerprint(terminal.folder) == before


def test_the_same_folder_gives_the_same_bytes(terminal: Terminal) -> None:
    """Two previews of the same articles at the same moment are the same page."""
    terminal.write_news()
    first, second = (terminal("preview", "news", "--output", "out", "--now", "2026-11-22T09:00") for _ in range(2))
    assert first == second
    files = [terminal("preview", "news", "--output", name, "--now", "2026-11-22T09:00").out.strip() for name in "ab"]
    assert Path(files[0]).read_bytes() == Path(files[1]).read_bytes()


def test_now_dates_the_page(terminal: Terminal) -> None:
    """--now is the moment the edition is made, in its own time zone."""
    terminal.write_news()
    late = terminal("preview", "news", "--output", "out", "--now", "2026-11-20T20:00+00:00")
    assert late.out.strip().endswith("daily-2026-11-21.html")
    assert terminal("preview", "news", "--now", "gestern").code == 2
    assert terminal("preview", "news", "--now", "2026-11-20").out.strip().endswith("daily-2026-11-20.html")


@pytest.mark.parametrize(
    "moment", ["0001-01-01T00:00", "9999-12-31T23:59", "0001-01-01T00:00+14:00", "9999-12-31T23:59-12:00", "", "8:00"]
)
def test_an_impossible_moment_is_a_usage_error(terminal: Terminal, moment: str) -> None:
    """A --now at the edge of the calendar, or none at all, ends in a usable page or a usage error."""
    terminal.write_news()
    assert terminal("preview", "news", "--text", "--now", moment).code in (0, 2)


def test_a_broken_file_is_named_and_the_rest_is_shown(terminal: Terminal) -> None:
    """Broken files do not stop the others: exit code 4, each is named on stderr and in the foot of the page."""
    terminal.write_news()
    terminal.write("news/kaputt.json", "{")
    terminal.write("news/bild.txt", bytes(range(256)) * 20)
    os.mkfifo(terminal.folder / "news" / "rohr.txt")
    result = terminal("preview", "news", "--output", "out")
    page = page_of(result.out)
    assert result.code == 4
    assert all(title in page for title in TITLES)
    for name in ("kaputt.json", "bild.txt", "rohr.txt"):
        assert name in result.err
        assert name in page


@pytest.mark.skipif(os.geteuid() == 0, reason="root may read everything")
def test_an_unreadable_file_is_named_and_the_rest_is_shown(terminal: Terminal) -> None:
    """A file without the right to read it does not stop the others."""
    terminal.write_news()
    terminal.write("news/zu.txt", "x").chmod(0)
    result = terminal("preview", "news", "--text")
    assert result.code == 4
    assert "zu.txt" in result.err


def test_a_record_that_is_broken_does_not_lose_the_others(terminal: Terminal) -> None:
    """In a file of records each is read by itself."""
    rows = [json.dumps({"title": "好记录", "text": "今天天气很好，适合出行。"}, ensure_ascii=False), "{kaputt", "7"]
    result = terminal("preview", terminal.write("a.jsonl", "\n".join(rows)), "--text")
    assert result.code == 4
    assert "好记录" in result.out
    assert "a.jsonl" in result.err


def test_nothing_but_broken_files_is_a_failure(terminal: Terminal) -> None:
    """Where nothing at all could be read the exit code is 1, and the reason stands above."""
    terminal.write("news/kaputt.json", "{")
    result = terminal("preview", "news", "--output", "out")
    assert result.code == 1
    assert "kaputt.json" in result.err


def test_an_empty_folder_is_an_edition_that_says_so(terminal: Terminal) -> None:
    """A folder without articles is no error, and the page says that there is nothing."""
    (terminal.folder / "leer").mkdir()
    result = terminal("preview", "leer", "--text")
    assert result.code == 0
    assert "没有" in result.out or "无" in result.out


def test_a_missing_path_is_a_failure_that_names_it(terminal: Terminal) -> None:
    """A path that is not there is named, and the exit code is 1."""
    result = terminal("preview", "nirgends")
    assert result.code == 1
    assert "nirgends" in result.err


def test_a_missing_path_among_others_is_part_of_the_trouble(terminal: Terminal) -> None:
    """One path that is not there does not stop the others."""
    result = terminal("preview", terminal.write_news(), "nirgends", "--text")
    assert result.code == 4
    assert "岚川大桥通车" in result.out


def test_what_is_no_article_is_left_alone(terminal: Terminal) -> None:
    """A configuration, pictures, hidden files and other programs' files in the folder are no articles."""
    terminal.write_news()
    for name in ("digest.toml", "a.png", ".versteckt.txt", ".git/a.txt", "x.py", "data.db", "a.txt~"):
        terminal.write(f"news/{name}", b"\x89PNG" + bytes(100))
    result = terminal("preview", "news", "--text")
    assert (result.code, len(result.lines)) == (0, 1), result.err
    assert result.out.count("【") == terminal("preview", "news", "--text").out.count("【")


def test_a_folder_called_like_an_article_is_a_folder(terminal: Terminal) -> None:
    """A folder named a.txt is read into."""
    terminal.write("news/a.txt/qiao.txt", NEWS["qiao.txt"])
    result = terminal("preview", "news", "--text")
    assert (result.code, len(result.lines)) == (0, 1), result.err
    assert "岚川大桥通车" in result.out


def test_links_that_run_in_circles_are_not_followed(terminal: Terminal) -> None:
    """A link to its own folder, to itself or to nothing neither hangs nor doubles an article."""
    news = terminal.write_news()
    (news / "kreis").symlink_to(news)
    (news / "selbst.txt").symlink_to(news / "selbst.txt")
    (news / "nichts.txt").symlink_to(news / "fehlt.txt")
    result = terminal("preview", "news", "--text")
    assert (result.code, len(result.lines)) == (0, 1), result.err
    assert result.out == terminal("preview", terminal.write_news("gerade"), "--text").out.replace("gerade", "news")


def test_folders_within_folders_within_folders_are_no_fault(terminal: Terminal) -> None:
    """However deep a tree is, what lies at its top is read."""
    news = terminal.write_news()
    with contextlib.chdir(news):
        for _ in range(1100):
            Path("d").mkdir()
            os.chdir("d")
    try:
        result = terminal("preview", "news", "--text")
    finally:
        subprocess.run(["rm", "-rf", news / "d"], check=True)  # shutil.rmtree would not get to the bottom of it
    assert result.code in (0, 4)
    assert "岚川大桥通车" in result.out


def test_zero_bytes_are_no_article_and_no_error(terminal: Terminal) -> None:
    """Files without a byte are counted and do no harm."""
    terminal.write_news()
    for number in range(3):
        terminal.write(f"news/{number}.txt", b"")
    result = terminal("preview", "news", "--text")
    assert result.code == 0
    assert all(title in result.out for title in TITLES)


def test_titles_of_every_kind_stay_within_bounds(terminal: Terminal) -> None:
    """Long titles, markup and control characters in them change nothing but themselves."""
    terminal.write("news/lang.json", json.dumps([{"title": "长" * 300, "text": "很长的标题下面是一句普通的话。"}]))
    evil = '<script>alert(1)</script>\x1b[31m红\u202e"\r\nSubject: x'
    terminal.write("news/boese.json", json.dumps([{"title": evil, "text": "公司今天发布新产品，市场反应积极。"}]))
    pages = [page_of(terminal("preview", "news", "--output", "out").out), terminal("preview", "news", "--text").out]
    for page in pages:
        assert not {"\x1b", "\u202e"} & set(page)
        assert "普通的话" in page
    assert "<script" not in pages[0]
    assert "长" * 300 not in pages[0]


def test_line_ends_do_not_matter(terminal: Terminal) -> None:
    """CRLF, CR and LF give the same digest."""
    texts = set()
    for end in ("\n", "\r\n", "\r"):
        terminal.write("news/a.txt", NEWS["qiao.txt"].replace("\n", end))
        texts.add(terminal("preview", "news", "--text", "--now", "2026-11-22T09:00").out)
    assert len(texts) == 1


def test_a_page_of_five_megabytes_is_read(terminal: Terminal) -> None:
    """A huge HTML file is an article like any other."""
    clutter = "x" * 10_000
    body = "".join(f"<p data-x='{clutter}'>第{n}号文件规定，各部门应当在本月底前完成检查。</p>" for n in range(500))
    terminal.write("a.html", f"<html><head><title>大文件</title></head><body><article>{body}</article></body></html>")
    result = terminal("preview", "a.html", "--text")
    assert result.code == 0
    assert "大文件" in result.out


def test_nothing_to_preview_says_what_to_do(terminal: Terminal) -> None:
    """Without paths and without a configuration the exit code is 3 and the remedy is digest init."""
    result = terminal("preview")
    assert (result.code, result.out) == (3, "")
    assert "digest init" in result.err


def test_an_output_that_cannot_be_a_folder_is_said(terminal: Terminal) -> None:
    """A file in the place of the output folder is one clear line."""
    terminal.write("out", "x")
    for name in ("out", "out/sub"):
        result = terminal("preview", terminal.write_news(), "--output", name)
        assert result.code in (1, 2)
        assert "out" in result.err


def test_the_configuration_says_what_to_read(office: Office) -> None:
    """With a digest.toml nothing need be named, and nothing is sent or remembered."""
    result = office("preview", "--text")
    assert result.code == 0
    assert all(title in result.out for title in TITLES)
    assert not office.data.exists()
    assert office.smtp.connections == 0


def test_a_preview_shows_what_the_next_issue_will_hold(office: Office) -> None:
    """After a run the preview shows only what is new, and --all shows everything again."""
    assert office("run").code == 0
    office.terminal.write("news/neu.txt", "港口扩建\n鹿汀港今天开始扩建三号码头，工期两年。")
    before = fingerprint(office.data)
    fresh, full = office("preview", "--text"), office("preview", "--text", "--all")
    assert "港口扩建" in fresh.out
    assert "岚川大桥通车" not in fresh.out
    assert "岚川大桥通车" in full.out
    assert fingerprint(office.data) == before


def test_an_edition_is_found_by_name_or_suggested(office: Office) -> None:
    """--edition chooses one; a wrong name gets the nearest one suggested."""
    other = source(office.terminal.write_news("zwei", {"x.txt": "港口扩建\n鹿汀港今天开始扩建三号码头。"}), "zwei")
    office.configure(
        sources=source(office.news) + other,
        editions=edition(more='sources = ["news"]') + edition(name="abend", more='sources = ["zwei"]'),
    )
    result = office("preview", "--edition", "abend", "--text")
    assert "港口扩建" in result.out
    assert "岚川大桥通车" not in result.out
    wrong = office("preview", "--edition", "abent")
    assert wrong.code == 2
    assert "abend" in wrong.err


def test_a_source_that_is_missing_stands_in_the_foot(office: Office) -> None:
    """A configured folder that is not there is named on stderr and in the page, and the others are shown."""
    office.configure(sources=source(office.news) + source(office.terminal.folder / "fehlt", "verschwunden"))
    result = office("preview", "--output", "out")
    page = page_of(result.out)
    assert result.code == 4
    assert "verschwunden" in result.err
    assert "verschwunden" in page
    assert "岚川大桥通车" in page


def test_the_first_page_of_the_readme(terminal: Terminal, samples: Path) -> None:
    """The samples make a digest without any trouble."""
    result = terminal("preview", samples, "--output", "out")
    assert (result.code, len(result.lines)) == (0, 1), result.err
