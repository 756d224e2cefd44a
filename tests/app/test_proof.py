"""The proof of an issue on a real database: what is whole is proved, and whatever is tampered with is found out."""

from __future__ import annotations

import json
import zlib
from collections.abc import Callable
from dataclasses import replace
from datetime import date
from hashlib import sha256
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from digest.app.proof.manifest import Shown, keep_files, make_manifest, seal_manifest
from digest.app.proof.verifying import verify_issue
from digest.errors import FormatError, StoreError, UsageError
from digest.extract.quoting import find_quotes, squeeze, visible_text
from digest.model import Document, Letter
from digest.render import render_letter
from digest.store import open_store
from tests.app.newsroom import BRIDGE, PAGES, SLOT, Newsroom, address, open_newsroom
from tests.render.render_samples import TEMPLATES, large_issue, morning_issue

BRIDGE_URL, WATER_URL, _ = PAGES


@pytest.fixture
def newsroom(tmp_path: Path) -> Newsroom:
    """A newsroom with an issue of three pages, all of them kept."""
    return open_newsroom(tmp_path)


def test_an_untouched_issue_is_proved(newsroom: Newsroom) -> None:
    """A page in GBK with markup within a sentence, a plain text, JSON with escapes: every sentence is proved."""
    proof = newsroom.verify()
    assert (proof.edition, proof.day, proof.faults, proof.exit_code) == ("daily", date(2026, 11, 20), (), 0)
    printed = [s.text for item in newsroom.issue.items for s in item.summary.sentences]
    assert {item.article.url for item in newsroom.issue.items} == set(PAGES)
    assert sorted(check.text for check in proof.checks if check.part == "summary") == sorted(printed)
    assert proof.count("proved") == len(proof.checks) == len(printed) + len(newsroom.issue.overview)
    assert {check.verdict for check in proof.checks} == {"proved"}


def test_the_manifest_names_everything(newsroom: Newsroom) -> None:
    """Its hashes are those of the mail's parts, the texts and the slices; it is JSON, and the same each time."""
    manifest = json.loads(newsroom.ask("SELECT manifest FROM issues"))
    subject, html, text, body = (
        newsroom.ask(f"SELECT {part} FROM issues") for part in ("subject", "html", "text", "body")
    )
    assert (manifest["version"], manifest["edition"], manifest["slot"]) == (2, "daily", "2026-11-20T00:00:00+00:00")
    assert manifest["sha256"] == {
        "subject": sha256(subject.encode()).hexdigest(),
        "html": sha256(html.encode()).hexdigest(),
        "text": sha256(text.encode()).hexdigest(),
        "body": sha256(body).hexdigest(),
    }
    for item, printed in zip(manifest["items"], newsroom.issue.items, strict=True):
        article = printed.article
        assert (item["key"], item["title"], item["url"]) == (article.key, printed.title, article.url)
        assert item["sha256"] == sha256(article.text.encode()).hexdigest()
        for quote, sentence in zip(item["sentences"], printed.summary.sentences, strict=True):
            assert quote["sha256"] == sha256(sentence.text.encode()).hexdigest()
            assert article.text[quote["start"] : quote["end"]] == sentence.text
            assert "left_off" not in quote
    letter = render_letter(newsroom.issue, TEMPLATES)
    again = make_manifest(newsroom.issue, letter, address(letter)[1])
    assert seal_manifest(again, newsroom.ask("SELECT value FROM keys WHERE name = 'signing'")) == manifest


def test_what_the_html_has_no_room_for_is_told() -> None:
    """Where a letter had to be made smaller, the sentences that only its text prints are named so; no others are."""
    issue = large_issue(150)
    letter = render_letter(issue, TEMPLATES)
    assert len(letter.warnings) >= 2
    items = make_manifest(issue, letter, b"")["items"]
    marks = [[quote.get("left_off") for quote in item["sentences"]] for item in items]
    shown = Shown(visible_text(letter.html), squeeze(letter.text))
    missing = [[shown.missing(s.text) or None for s in item.summary.sentences] for item in issue.items]
    assert marks == missing
    assert marks[0] == [None, ["html"], ["html"]]
    assert marks[-2] == [["html"]] * 3


def test_a_page_that_is_unfolded_has_room() -> None:
    """A first sentence that the HTML of a shortened letter changes is not left off, nor any of a whole letter."""
    issue = large_issue(150)
    letter = render_letter(issue, TEMPLATES)
    first = issue.items[0].summary.sentences[0].text.strip()
    forged = replace(letter, html=letter.html.replace(first, "2.0元"))
    assert forged.html != letter.html
    assert "left_off" not in make_manifest(issue, forged, b"")["items"][0]["sentences"][0]
    small = morning_issue()
    first = small.items[0].summary.sentences[0].text.strip()
    letter = render_letter(small, TEMPLATES)
    forged = replace(letter, html=letter.html.replace(first, ""))
    assert "left_off" not in str(make_manifest(small, forged, b""))


def test_a_template_that_changes_a_sentence_is_found_out(tmp_path: Path) -> None:
    """The issue was frozen with it, and all hashes fit; still the HTML does not print what the text prints."""
    changed = TEMPLATES["item.html.j2"].replace("{{ story.summary", "{{ story.summary | replace('0.2元', '2.0元')", 1)
    assert changed != TEMPLATES["item.html.j2"]
    proof = open_newsroom(tmp_path, templates={**TEMPLATES, "item.html.j2": changed}).verify()
    wrong = [(check.title, check.told) for check in proof.checks if check.verdict == "wrong"]
    assert wrong == [("自来水价格调整", "the html of the mail does not print it")]
    assert (proof.faults, proof.exit_code) == ((), 1)


def the_issue(column: str, change: Callable[[Any], Any]) -> Callable[[Newsroom], None]:
    """What changes one column of the frozen issue."""

    def tamper(newsroom: Newsroom) -> None:
        before = newsroom.ask(f"SELECT {column} FROM issues")
        assert change(before) != before
        newsroom.tamper(f"UPDATE issues SET {column} = ?", change(before))

    return tamper


def the_text(newsroom: Newsroom) -> None:
    """The text of an article says 5 kilometres."""
    newsroom.tamper("UPDATE articles SET text = replace(text, '3.2', '5.0') WHERE url = ?", BRIDGE_URL)


def the_bytes(newsroom: Newsroom) -> None:
    """The kept page says 5 kilometres."""
    newsroom.replace_original(BRIDGE_URL, BRIDGE.replace(b"3.2", b"5.0"))


def the_packing(newsroom: Newsroom) -> None:
    """The kept page is cut off in the middle."""
    packed = zlib.compress(BRIDGE)
    mark = sha256(BRIDGE).hexdigest()
    newsroom.tamper("UPDATE originals SET data = ? WHERE sha256 = ?", packed[: len(packed) // 2], mark)


def the_version(newsroom: Newsroom) -> None:
    """A later version of the page is kept, whose text cannot be unpacked."""
    key = newsroom.ask("SELECT key FROM articles WHERE url = ?", BRIDGE_URL)
    newsroom.tamper("UPDATE versions SET text = ? WHERE key = ?", b"x\x9c broken", key)


def all_alike(newsroom: Newsroom) -> None:
    """Text and manifest say 5 kilometres, with hashes that fit; only the page still says 3.2."""
    key, text = (newsroom.ask(f"SELECT {column} FROM articles WHERE url = ?", BRIDGE_URL) for column in ("key", "text"))
    forged = text.replace("3.2", "5.0")
    manifest = newsroom.ask("SELECT manifest FROM issues")
    slices = [
        text[s.start : s.end]
        for item in newsroom.issue.items
        if item.article.key == key
        for s in item.summary.sentences
    ]
    pairs = [(text, forged), *((s, s.replace("3.2", "5.0")) for s in slices)]
    for old, new in pairs:
        manifest = manifest.replace(sha256(old.encode()).hexdigest(), sha256(new.encode()).hexdigest())
    newsroom.tamper("UPDATE issues SET manifest = ?", manifest)
    newsroom.tamper("UPDATE articles SET text = ? WHERE key = ?", forged, key)


TAMPERING: dict[str, tuple[Callable[[Newsroom], None], str]] = {
    "a sentence in the html": (the_issue("html", lambda html: html.replace("3.2公里", "5.0公里")), "html"),
    "a space in the html": (the_issue("html", lambda html: html + " "), "the html is not the one that was frozen"),
    "a sentence in the text": (the_issue("text", lambda text: text.replace("3.2公里", "5.0公里")), "text"),
    "the body": (the_issue("body", lambda body: body[:-40] + body[-40:].swapcase()), "the body is not the one"),
    "the article's text": (the_text, "the text that is kept is not the one it was taken from"),
    "the original's bytes": (the_bytes, "the original is not the one that was fetched"),
    "the original's packing": (the_packing, "the original is damaged"),
    "text and manifest together": (all_alike, "the html and the text of the mail do not print it"),
    "the subject": (the_issue("subject", lambda subject: subject + "！"), "the subject is not the one that was frozen"),
    "a version's packing": (the_version, "is damaged"),
}


@pytest.mark.parametrize("what", TAMPERING)
def test_tampering_is_found_out(newsroom: Newsroom, what: str) -> None:
    """One change anywhere between the bytes and the mail is wrong, and said where; nothing else is called wrong."""
    tamper, told = TAMPERING[what]
    tamper(newsroom)
    proof = newsroom.verify()
    assert proof.exit_code == 1
    assert any(told in reason for reason in (*proof.faults, *(check.told for check in proof.checks)))
    assert all(check.title == "岚川大桥通车" for check in proof.checks if check.verdict == "wrong")


def without(*path: str | int) -> Callable[[dict[str, Any]], Any]:
    """What takes one thing out of a manifest."""

    def drop(manifest: dict[str, Any]) -> Any:
        inner: Any = manifest
        for step in path[:-1]:
            inner = inner[step]
        del inner[path[-1]]
        return manifest

    return drop


def with_pairs(manifest: dict[str, Any]) -> dict[str, Any]:
    """The manifest with bare offsets, as version 1 had them."""
    item = manifest["items"][0]
    item["sentences"] = [[quote["start"], quote["end"]] for quote in item["sentences"]]
    return manifest


FORGED: dict[str, tuple[Callable[[dict[str, Any]], Any], str]] = {
    "nothing": (lambda _: {}, "its manifest is missing"),
    "no items": (without("items"), "its manifest is not as it was written"),
    "empty items": (
        lambda m: m | {"items": [], "overview": []},
        "its manifest names 0 items, and the database keeps 3",
    ),
    "an item dropped": (without("items", 2), "its manifest names 2 items, and the database keeps 3"),
    "an item twice": (
        lambda m: m | {"items": [m["items"][0], m["items"][0], m["items"][2]]},
        "its manifest names 2 items, and the database keeps 3",
    ),
    "a sentence dropped": (without("items", 1, "sentences", 0), "item 2 has other sentences in its manifest"),
    "another title": (without("items", 0, "title"), "item 1 has another number or title"),
    "no hashes of the mail": (without("sha256"), "its manifest has no hash of the html"),
    "no hash of the subject": (without("sha256", "subject"), "its manifest has no hash of the subject"),
    "an empty hash": (lambda m: m | {"sha256": m["sha256"] | {"body": ""}}, "its manifest has no hash of the body"),
    "offsets without hashes": (with_pairs, "its manifest has no hash of it"),
    "another edition": (lambda m: m | {"edition": "weekly"}, "its manifest is that of another issue"),
    "a text for a number": (lambda m: m | {"overview": [{"item": "1"}]}, "its manifest is not as it was written"),
}


@pytest.mark.parametrize("what", FORGED)
def test_a_manifest_that_does_not_agree(newsroom: Newsroom, what: str) -> None:
    """Even with a seal that fits it must have all its hashes, and name what the items and the mail say."""
    change, told = FORGED[what]
    newsroom.change_manifest(change, sealed=what != "nothing")
    proof = newsroom.verify()
    assert proof.exit_code == 1
    assert any(told in reason for reason in (*proof.faults, *(check.told for check in proof.checks)))
    assert not any("seal" in fault for fault in proof.faults)


@pytest.mark.parametrize("drop", [False, True])
def test_the_seal_covers_what_nothing_else_does(newsroom: Newsroom, drop: bool) -> None:
    """A manifest changed or written by somebody without the key is found out by its seal alone."""
    newsroom.change_manifest(lambda manifest: manifest | {"configuration": "another"}, sealed=True)
    assert newsroom.verify().exit_code == 0
    newsroom.change_manifest(without("seal") if drop else lambda manifest: manifest | {"configuration": "forged"})
    proof = newsroom.verify()
    missing, other = "its manifest is not sealed", "the seal of its manifest does not fit"
    assert [fault.partition(":")[0] for fault in proof.faults] == [missing if drop else other]
    assert proof.exit_code == 1


def test_a_left_off_text_is_no_excuse(newsroom: Newsroom) -> None:
    """The text part is complete: a manifest that says otherwise, sealed or not, excuses nothing."""

    def excuse(manifest: dict[str, Any]) -> dict[str, Any]:
        for quote in (quote for item in manifest["items"] for quote in item["sentences"]):
            quote["left_off"] = ["html", "text"]
        return manifest

    newsroom.change_manifest(excuse, sealed=True)
    the_issue("text", lambda text: text.replace("3.2公里", "5.0公里"))(newsroom)
    told = [check.told for check in newsroom.verify().checks if check.verdict == "wrong"]
    assert told
    assert set(told) == {"the text of the mail does not print it"}


def test_items_that_are_not_those_of_the_manifest(newsroom: Newsroom) -> None:
    """An item's row that was changed, or one that is gone, disagrees with the manifest."""
    newsroom.tamper("UPDATE items SET sentences = '[[0, 2]]' WHERE number = 2")
    assert newsroom.verify().faults == ("item 2 has other sentences in its manifest than in the database",)
    newsroom.tamper("DELETE FROM items WHERE number = 2")
    assert newsroom.verify().faults == (
        "its manifest names 3 items, and the database keeps 2",
        "item 2 of its manifest is not among the items that the database keeps",
    )


def test_an_old_manifest_after_a_sealed_one(newsroom: Newsroom) -> None:
    """Whoever takes version and seal away gets no proof: an earlier issue has them, so this one had them too."""
    later = ", ".join(
        "'2026-11-21T00:00:00+00:00'" if column == "slot" else column for column in newsroom.columns("issues")
    )
    newsroom.tamper(f"INSERT INTO issues SELECT {later} FROM issues")
    newsroom.tamper("UPDATE issues SET manifest = '{\"items\": []}' WHERE slot > '2026-11-21'")
    proof = newsroom.verify()
    assert proof.faults == ("its manifest has no seal, and that of an earlier issue has one",)
    assert proof.exit_code == 1


@pytest.mark.parametrize("manifest", ["null", "[]", "7", '"x"', '{"items": 3}', '{"version": 2}', '{"version": []}'])
def test_a_manifest_that_is_none(newsroom: Newsroom, manifest: str) -> None:
    """Whatever JSON stands in its place is a fault, told in a sentence; never a proof, never a crash."""
    newsroom.tamper("UPDATE issues SET manifest = ?", manifest)
    proof = newsroom.verify()
    assert "its manifest is not as it was written" in proof.faults
    assert proof.exit_code == 1


@pytest.mark.parametrize("manifest", ["", "{", "[" * 200_000, "\udcff"])
def test_a_manifest_that_is_no_json(newsroom: Newsroom, manifest: str) -> None:
    """Then the row is damaged, and nothing of it is believed."""
    newsroom.tamper("UPDATE issues SET manifest = ?", manifest.encode("utf-8", "surrogateescape"))
    with pytest.raises(StoreError, match="the stored issue of daily is damaged"):
        newsroom.verify()


ORIGINAL = "UPDATE originals SET data = 'x' WHERE sha256 = (SELECT sha256 FROM versions WHERE key = {0})"
DAMAGE: dict[str, tuple[str, str]] = {
    "categories": ("UPDATE articles SET categories = '[' WHERE key = {0}", "or its item, is damaged"),
    "a moment": ("UPDATE articles SET first_seen = 'x' WHERE key = {0}", "is damaged"),
    "an item's sentences": ("UPDATE items SET sentences = '{{' WHERE key = {0}", "or its item, is damaged"),
    "an original": (ORIGINAL, "the original is damaged"),
}


@pytest.mark.parametrize("what", DAMAGE)
def test_damaged_rows_are_told(newsroom: Newsroom, what: str) -> None:
    """A row that cannot be read is a fault of that item, and the other items are proved all the same."""
    statement, told = DAMAGE[what]
    newsroom.tamper(statement.format("(SELECT key FROM articles WHERE url = ?)"), BRIDGE_URL)
    proof = newsroom.verify()
    assert proof.exit_code == 1
    assert any(told in reason for reason in (*proof.faults, *(check.told for check in proof.checks)))
    assert all(check.verdict == "proved" for check in proof.checks if check.title != "岚川大桥通车")


def test_a_damaged_issue_is_told(newsroom: Newsroom) -> None:
    """Where not even the mail can be read, there is one sentence and a hint."""
    newsroom.tamper("UPDATE issues SET body = 'text'")
    with pytest.raises(StoreError, match="the stored issue of daily is damaged"):
        newsroom.verify()


def test_a_forger_who_changes_everything_but_the_bytes(newsroom: Newsroom) -> None:
    """Where text, manifest and mail agree on a sentence that the page does not say, the page convicts them."""
    all_alike(newsroom)
    issue = newsroom.issue
    html, text = (newsroom.ask(f"SELECT {part} FROM issues").replace("3.2", "5.0") for part in ("html", "text"))
    _, body = address(Letter("每日摘要", html, text))
    manifest = json.loads(newsroom.ask("SELECT manifest FROM issues"))
    marks = {"html": html.encode(), "text": text.encode(), "body": body}
    manifest["sha256"] |= {part: sha256(content).hexdigest() for part, content in marks.items()}
    manifest = seal_manifest(manifest, newsroom.ask("SELECT value FROM keys WHERE name = 'signing'"))
    statement = "UPDATE issues SET html = ?, text = ?, body = ?, manifest = ?"
    newsroom.tamper(statement, html, text, body, json.dumps(manifest))
    proof = newsroom.verify()
    assert proof.faults == ()
    assert {check.told for check in proof.checks if check.verdict == "wrong"} == {"the original does not say it"}
    assert {check.text.strip() for check in proof.checks if check.verdict == "wrong"} == {
        "大桥全长5.0公里，双向六车道。"
    }
    assert len(issue.items) == 3


def test_without_its_bytes_a_sentence_is_unproved(tmp_path: Path) -> None:
    """What came from a folder has no bytes in the store, what is old has none any more: said so, and not wrong."""
    newsroom = open_newsroom(tmp_path, pages=[BRIDGE_URL, WATER_URL])
    newsroom.tamper("DELETE FROM originals WHERE sha256 = ?", sha256(BRIDGE).hexdigest())
    proof = newsroom.verify()
    assert proof.exit_code == 4
    told = {check.title: check.told for check in proof.checks}
    assert told == {
        "岚川大桥通车": "the original is kept no more",
        "自来水价格调整": "",
        "新医院开诊": "the bytes it was read from were not kept",
    }
    assert proof.count("wrong") == 0


def test_the_files_that_are_printed_are_kept(tmp_path: Path) -> None:
    """An issue of files is proved even after they are gone; a file that reads otherwise by now is not taken for one."""
    newsroom = open_newsroom(tmp_path, pages=[])
    articles = {item.article.url: item.article for item in newsroom.issue.items}
    files = {}
    for number, (suffix, (url, data)) in enumerate(zip(("html", "txt", "jsonl"), PAGES.items(), strict=True)):
        path = tmp_path / f"{number}.{suffix}"
        path.write_bytes(data.replace("0.2元".encode(), "0.3元".encode()))
        files[articles[url].key] = path
    with open_store(newsroom.path) as store:
        keep_files(store, newsroom.issue, files, SLOT)
    for path in files.values():
        path.unlink()
    told = {check.title: check.verdict for check in newsroom.verify().checks}
    assert told == {"岚川大桥通车": "proved", "自来水价格调整": "unproved", "新医院开诊": "proved"}
    with open_store(newsroom.path) as store:
        keep_files(store, newsroom.issue, files, SLOT)
    assert newsroom.verify().count("wrong") == 0


def test_an_issue_of_the_first_version_is_proved_as_far_as_it_goes(tmp_path: Path) -> None:
    """Its sentences are; a changed article or a mail whose parts disagree is found out without any hash of the mail."""
    newsroom = open_newsroom(tmp_path, manifest=False)
    proof = newsroom.verify()
    assert proof.exit_code == 0
    assert [note for note in proof.notes if "version 1" in note]
    assert proof.count("proved") == sum(len(item.summary.sentences) for item in newsroom.issue.items)
    the_issue("html", lambda html: html.replace("3.2公里", "5.0公里"))(newsroom)
    proof = newsroom.verify()
    assert proof.faults == ("the html that is kept is not the one in the mail",)
    the_text(newsroom)
    assert newsroom.verify().count("wrong") > 0


def test_an_issue_that_is_not_there(tmp_path: Path, newsroom: Newsroom) -> None:
    """Another day, or no database at all, is a mistake of usage; no database is made by asking."""
    edition = newsroom.settings.editions()[0]
    assert verify_issue(newsroom.settings, edition, date(2026, 11, 20)).exit_code == 0
    with pytest.raises(UsageError, match="no issue of 2026-11-21"):
        verify_issue(newsroom.settings, edition, date(2026, 11, 21))
    newsroom.path.unlink()
    with pytest.raises(UsageError, match="no issue"):
        newsroom.verify()
    assert not newsroom.path.exists()


def test_what_is_between_the_characters_of_a_quote() -> None:
    """Markup, comments, references, readings and white space may be; a character of its own may not."""
    page = (
        "<div><p>大桥<b>全长</b>3.2<!-- 广告 -->公里，\n双(shuāng)向&#20845;车<span class='x'></span>道。</p></div>"
    ).encode()
    document = Document(page, "a")
    far = 9_000  # no article this version reads has a slice there
    quotes = [(far, far + 15, "大桥全长3.2公里，双向六车道。"), (far, far + 13, "大桥全长5公里，双向六车道。")]
    assert find_quotes(document, "", {}, quotes) == ("found", "missing")
    text = "大桥全长3.2公里，双向六车道。"
    assert find_quotes(document, "", {}, [(0, len(text), text)]) == ("read",)


def test_a_sentence_of_a_feed_is_read_again() -> None:
    """Its bytes are the feed's, where its markup is escaped."""
    feed = (
        "<?xml version='1.0'?><rss version='2.0'><channel><title>岚川新闻</title><item><title>岚川大桥通车</title>"
        "<link>https://a.cn/1</link><description>&lt;p&gt;大桥&lt;b&gt;全长&lt;/b&gt;3.2公里，双向六车道。&lt;/p&gt;"
        "</description></item></channel></rss>"
    ).encode()
    document = Document(feed, "https://a.cn/feed.xml", "https://a.cn/feed.xml")
    text = "大桥全长3.2公里，双向六车道。"
    assert find_quotes(document, "feed", {}, [(0, len(text), text)]) == ("read",)
    assert find_quotes(document, "", {}, [(7, 8, text), (0, 4, "大桥很长")]) == ("found", "missing")


def test_bytes_that_are_no_text_are_no_proof() -> None:
    """They are refused with a reason, so that the sentence is unproved and nobody is accused."""
    with pytest.raises(FormatError):
        find_quotes(Document(bytes(range(256)) * 20, "a"), "", {}, [(0, 2, "大桥")])


@given(st.binary(max_size=400) | st.text('<a>/script&amp;#x!-大桥\\"{}[]: u5c9a', max_size=200).map(str.encode))
@settings(deadline=None, max_examples=150)
def test_any_bytes_can_be_looked_into(data: bytes) -> None:
    """They say it, do not say it, or are no text; what is not in them is never found."""
    try:
        findings = find_quotes(Document(data, "a"), "", {}, [(0, 4, "岚川通车")])
    except FormatError:
        return
    assert findings == ("missing",)
