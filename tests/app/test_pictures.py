"""The pictures of an issue: fetched with all the care of a page, named by what they show, left out without a fuss."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from pathlib import Path

import pytest

from digest.app.issues.drafts import Waiting, edit_waiting, keep_waiting, require_waiting
from digest.app.issues.letters import write_letter
from digest.app.issues.pictures import MOST, TOGETHER, fetch_pictures, page_to_look_at, pictures_of
from digest.app.state import open_state
from digest.compose.editing import note_item
from digest.compose.issue import Composition
from digest.config import Settings, load_settings
from digest.model import Article, Attachment, Edition, Issue, Item, Section, Sentence, Summary
from tests.collect.test_pictures import drawn, noise, written
from tests.web_server import Answer, WebServer

NOW = datetime(2026, 11, 20, 8, tzinfo=UTC)
EDITION = Edition("daily", "每日摘要", images=True)


@pytest.fixture
def web() -> Iterator[WebServer]:
    """A server of pictures."""
    with WebServer() as server:
        yield server


def settings_for(web: WebServer) -> Settings:
    """Settings with a source that may be read on this machine."""
    source = {"name": "office", "kind": "feed", "url": web.url("/feed.xml"), "allow_private": True, "delay": 0}
    return Settings.model_validate({"version": 1, "source": (source,)})


def issue_with(*images: str, source: str = "office") -> Issue:
    """An issue of one item for each address of a picture."""
    items = []
    for number, image in enumerate(images, 1):
        text = f"第{number}条的正文说了一件事。"
        article = Article(f"第{number}条", text, url=f"https://news.example/{number}", source=source, image=image)
        summary = Summary((Sentence(text, 0, len(text), 0),), (), text, "zh-Hans")
        items.append(Item(number, article, article.title, summary))
    return Issue("daily", "每日摘要", NOW, NOW.date(), (Section("", tuple(items)),))


def had(
    issue: Issue, settings: Settings, edition: Edition = EDITION
) -> tuple[Issue, tuple[Attachment, ...], list[str]]:
    """The issue with its pictures, their bytes, and what was said."""
    told: list[str] = []
    issue, pictures = fetch_pictures(edition, issue, settings, {}, lambda: NOW, told.append)
    return issue, pictures, told


def picture(seed: int) -> bytes:
    """One of many different pictures."""
    return written(drawn(300 + seed, 200))


def test_a_picture_is_fetched_made_small_and_shown(web: WebServer) -> None:
    """Its name follows from its bytes, its words from the title and the language."""
    web.routes["/a.jpg"] = Answer(written(drawn(1200, 800)), headers={"Content-Type": "image/jpeg"})
    issue, (attachment,), told = had(issue_with(web.url("/a.jpg")), settings_for(web))
    shown = issue.items[0].picture
    assert shown is not None
    assert (shown.alt, shown.width, shown.height) == ("图：第1条", 600, 400)
    assert shown.cid == attachment.cid
    assert attachment.cid == f"{attachment.name.removesuffix('.jpg')}@digest"
    assert attachment.media_type == "image/jpeg"
    assert told == []
    again = had(issue_with(web.url("/a.jpg")), settings_for(web))
    assert again[1] == (attachment,)


@pytest.mark.parametrize(("language", "alt"), [("zh-Hant", "圖：第1条"), ("en", "Picture: 第1条")])
def test_it_is_described_in_the_language_of_the_edition(web: WebServer, language: str, alt: str) -> None:
    """The word for a picture is the reader's."""
    web.routes["/a.jpg"] = picture(1)
    issue = replace(issue_with(web.url("/a.jpg")), language=language)  # type: ignore[arg-type]  # one of the three
    shown = had(issue, settings_for(web))[0].items[0].picture
    assert shown is not None
    assert shown.alt == alt


def test_without_images_nothing_is_fetched(web: WebServer) -> None:
    """Off is off."""
    web.routes["/a.jpg"] = picture(1)
    issue = issue_with(web.url("/a.jpg"))
    assert had(issue, settings_for(web), replace(EDITION, images=False)) == (issue, (), [])
    assert web.log == []


def test_without_pillow_it_is_said_how_to_get_it(web: WebServer, monkeypatch: pytest.MonkeyPatch) -> None:
    """The issue goes out without pictures, and nothing is fetched in vain."""
    monkeypatch.setitem(sys.modules, "PIL", None)
    issue = issue_with(web.url("/a.jpg"))
    assert had(issue, settings_for(web)) == (
        issue,
        (),
        ["pictures are left out, since Pillow is missing: pip install 'textrank-digest[images]'"],
    )
    assert web.log == []


def test_what_cannot_be_had_is_left_out_in_one_line(web: WebServer) -> None:
    """Missing, no picture, too large a file, tiny: the others are there all the same."""
    web.routes |= {
        "/page.jpg": b"<html>gone</html>",
        "/big.jpg": picture(1) + bytes(3_000_001),
        "/tiny.gif": written(drawn(20, 20), "GIF"),
        "/good.jpg": picture(2),
    }
    addresses = [web.url(path) for path in ("/none.jpg", "/page.jpg", "/big.jpg", "/tiny.gif", "/good.jpg")]
    issue, pictures, told = had(issue_with(*addresses), settings_for(web))
    assert [item.number for item in issue.items if item.picture] == [5]
    assert len(pictures) == 1
    assert len(told) == 1
    assert told[0].startswith("4 of 5 pictures could not be had; item 1: ")


def test_a_private_address_is_not_asked(web: WebServer) -> None:
    """An article that names a picture on this machine gets no request out of it, unless its source is there."""
    web.routes["/a.jpg"] = picture(1)
    issue, pictures, told = had(issue_with(web.url("/a.jpg"), source="elsewhere"), settings_for(web))
    assert (issue.items[0].picture, pictures) == (None, ())
    assert len(told) == 1
    assert web.connections == 0


def test_what_several_items_share_is_a_logo(web: WebServer) -> None:
    """By its address, which is not even asked for, or by what it shows."""
    web.routes |= {"/logo.png": picture(1), "/x.jpg": picture(2), "/y.jpg": picture(2), "/own.jpg": picture(3)}
    paths = ("/logo.png", "/logo.png", "/x.jpg", "/y.jpg", "/own.jpg")
    issue, pictures, _ = had(issue_with(*(web.url(path) for path in paths)), settings_for(web))
    assert [item.number for item in issue.items if item.picture] == [5]
    assert len(pictures) == 1
    assert "/logo.png" not in web.paths()


def test_a_letter_has_twelve_pictures_at_most(web: WebServer) -> None:
    """The first twelve that have one."""
    web.routes |= {f"/{number}.jpg": picture(number) for number in range(MOST + 3)}
    issue, pictures, _ = had(issue_with(*(web.url(f"/{n}.jpg") for n in range(MOST + 3))), settings_for(web))
    assert [item.number for item in issue.items if item.picture] == list(range(1, MOST + 1))
    assert len(pictures) == len({p.cid for p in pictures}) == MOST
    assert sum(len(p.data) for p in pictures) <= TOGETHER


def test_a_preview_holds_its_pictures(web: WebServer) -> None:
    """What a mail shows by reference, the page to look at has inside, and nothing is left to load."""
    web.routes["/a.jpg"] = picture(1)
    issue, pictures, _ = had(issue_with(web.url("/a.jpg")), settings_for(web))
    letter = write_letter(issue, Settings(version=1), None, pictures=pictures)
    assert f'src="cid:{pictures[0].cid}"' in letter.html
    page = page_to_look_at(letter)
    assert 'src="data:image/jpeg;base64,' in page
    assert "cid:" not in page


def test_a_waiting_issue_keeps_its_pictures(web: WebServer, tmp_path: Path) -> None:
    """What is mailed at its slot, and what an editor's letter shows, are the very bytes that were shown."""
    web.routes["/a.jpg"] = noise(400, 300)
    (tmp_path / "digest.toml").write_text(
        'version = 1\n[[source]]\nname = "a"\nkind = "folder"\npath = "."\n'
        '[[edition]]\nname = "daily"\nrecipients = ["a@b.example"]\nimages = true\n',
        encoding="utf-8",
    )
    settings = load_settings(tmp_path / "digest.toml", {}, data_dir=tmp_path / "data")
    (edition,) = settings.editions()
    issue, pictures, _ = had(issue_with(web.url("/a.jpg")), settings_for(web))
    letter = write_letter(issue, settings, None, pictures=pictures)
    with open_state(settings) as store:
        assert keep_waiting(store, Waiting(Composition(issue, {}), letter, False), NOW)
        kept = require_waiting(store, edition)
    assert pictures_of(kept.letter) == pictures
    assert kept.letter.html == letter.html
    web.routes.clear()
    edited = edit_waiting(settings, edition, lambda found: note_item(found, 1, "留意。"), NOW)
    assert pictures_of(edited.letter) == pictures
    assert f"cid:{pictures[0].cid}" in edited.letter.html
