"""The six laws of the project, end to end.

1. Splitting is only cutting: the sentences of a text, joined, are the text.
2. Every summary sentence is a verbatim slice of the stored text of its article.
3. Same input, same output, on any machine, under any hash seed.
4. Nothing sent is forgotten and nothing forgotten is sent.  (Tested with the store, and by killing senders.)
5. Text that says something never yields an empty summary, and no input crashes.
6. One bad source, article or recipient never stops the others; it is reported.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from datetime import datetime
from functools import cache
from pathlib import Path
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import digest
from digest.app.reading.gather import Gathering, gather, places_of
from digest.compose.issue import Composition, compose_issue
from digest.model import Edition
from digest.rank.sentences import split_sentences
from tests.collect.folders import make_deep_folder
from tests.conftest import ROOT

SLOT = datetime(2026, 11, 20, 18, tzinfo=ZoneInfo("Asia/Shanghai"))
EDITION = Edition("daily", "每日摘要")
ANYTHING = st.text(st.characters(), max_size=300) | st.text(
    st.sampled_from("云泽会议要求。！？“”《》……\n\r ，3.5A\ud83d\0")
)
"""Any characters at all, halves of surrogate pairs among them, and those that matter most."""

BROKEN = {
    "binary.txt": b"\x89PNG\r\n\x1a\n" + bytes(range(256)),
    "broken.json": b'{"title": "',
    "front.md": b"---\ntitle: [\n---\n\xe6\xad\xa3",
    "zeros.html": bytes(5000),
}


@cache
def compose(*folders: Path) -> tuple[Gathering, Composition]:
    """Everything in the folders, gathered and composed."""
    found = gather(places_of(folders))
    return found, compose_issue(found.articles, EDITION, SLOT, sources=found.reports, unreadable=found.unreadable)


def run_preview(folder: Path, seed: str, output: Path) -> bytes:
    """What a fresh process with that hash seed writes: the page and the text."""
    environ = {name: value for name, value in os.environ.items() if not name.startswith("PYTHON")}
    subprocess.run(
        [sys.executable, "-m", "digest", "preview", folder, "--now", "2026-11-20T18:00", "--output", output],
        check=True,
        capture_output=True,
        cwd=folder.parent,
        env=environ | {"PYTHONHASHSEED": seed, "PYTHONPATH": str(ROOT)},
    )
    pages = sorted(output.iterdir())
    assert [page.suffix for page in pages] == [".html", ".txt", ".ics"]
    return b"\0".join(page.read_bytes() for page in pages)


def test_law_one_holds_for_every_sample(samples: Path) -> None:
    """The sentences of every sample article, joined, are its text, and their offsets run on."""
    for article in gather(places_of([samples])).articles:
        sentences = split_sentences(article.text)
        assert "".join(s.text for s in sentences) == article.text
        assert [s.start for s in sentences[1:]] == [s.end for s in sentences[:-1]]


def test_law_two_holds_for_every_sample(samples: Path) -> None:
    """Every sentence of every item and of the overview is `text[start:end]` of the article it stands under."""
    issue = compose(samples)[1].issue
    items = {item.number: item.article.text for item in issue.items}
    printed = [(item.article.text, s) for item in issue.items for s in item.summary.sentences]
    printed += [(items[highlight.item], highlight.sentence) for highlight in issue.overview]
    assert len(issue.items) >= 15
    assert issue.overview
    assert all(text[s.start : s.end] == s.text and s.text for text, s in printed)


def test_law_three_holds_between_processes(samples: Path, tmp_path: Path) -> None:
    """Two processes with different hash seeds write the same page and the same text, byte for byte."""
    folder = tmp_path / "samples"
    shutil.copytree(samples, folder)
    with ThreadPoolExecutor(2) as pool:
        first, second = pool.map(lambda seed: run_preview(folder, seed, tmp_path / seed), ("1", "4242"))
    assert first == second
    assert "今日要点".encode() in first


@given(ANYTHING)
@settings(max_examples=50)
def test_law_five_holds_for_any_text(text: str) -> None:
    """Read, summarized and composed: no text crashes, and one with words in it is never without a sentence."""
    summary = digest.summarize(text)
    assert bool(summary.sentences) == bool(text.strip())
    assert all(text[s.start : s.end] == s.text for s in summary.sentences)
    issue = compose_issue([digest.Article(text=text)], EDITION, SLOT).issue
    assert len(issue.items) == any(map(str.isalnum, text))
    assert all(item.summary.sentences for item in issue.items)


@given(st.binary(max_size=300))
@settings(max_examples=50)
def test_law_five_holds_for_any_bytes(data: bytes) -> None:
    """Any bytes are an article or a DigestError, and what was read can be summed up."""
    with suppress(digest.DigestError):
        article = digest.read_article(data)
        assert bool(digest.summarize(article.text).sentences) == bool(article.text.strip())


@pytest.mark.parametrize("name", BROKEN)
def test_law_six_holds_for_a_broken_file(name: str, samples: Path, tmp_path: Path) -> None:
    """One broken file among good ones changes no article, no item and no place, and is reported by its name."""
    folder = tmp_path / "samples"
    shutil.copytree(samples, folder)
    good_found, good = compose(samples)
    (folder / "lanxi-fabu" / name).write_bytes(BROKEN[name])
    found, composed = compose(folder)
    assert found.articles == good_found.articles
    assert composed.issue.sections == good.issue.sections
    assert composed.issue.overview == good.issue.overview
    assert composed.placements == good.placements
    assert found.unreadable == 1
    assert [problem.partition(":")[0] for problem in found.reports[0].problems] == [f"lanxi-fabu/{name}"]
    assert not found.failed


def test_law_six_holds_for_a_folder_that_cannot_be_read(samples: Path, tmp_path: Path) -> None:
    """It costs its source what is in it and nothing else, and is reported."""
    folder = tmp_path / "samples"
    shutil.copytree(samples, folder)
    make_deep_folder(folder)
    found = gather(places_of([folder]))
    assert found.articles == compose(samples)[0].articles
    assert len(found.reports[0].problems) == 1
    assert "cannot be read" in found.reports[0].problems[0]


def test_law_six_holds_for_a_missing_source(samples: Path, tmp_path: Path) -> None:
    """A folder that is not there is reported, and the others make the same issue."""
    found, composed = compose(tmp_path / "missing", samples)
    assert composed.issue.sections == compose(samples)[1].issue.sections
    assert [report.failed for report in found.reports] == [True, False]
    assert "does not exist" in found.reports[0].problems[0]
