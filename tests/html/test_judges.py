"""The judges are awake: a page that has every fault is found guilty of each."""

from __future__ import annotations

from base64 import b64encode
from pathlib import Path

import pytest

from tests.html.judges import ask, needs_node
from tests.render.render_samples import CHROMIUM

pytestmark = [*needs_node, pytest.mark.xdist_group("judges")]

GUILTY = (
    '<!DOCTYPE html><html><head><title>x</title></head><body><img src="http://tracker.example/pixel.gif">'
    '<p style="color:#ddd;background:#fff">faint</p><a href="#nowhere">nowhere</a>'
    '<div style="width:900px">wide<b style="position:fixed">fixed</b><p>unclosed<div></p></div></body></html>'
)


@pytest.mark.chromium
@pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed")
def test_the_browser_sees_pictures_links_widths_and_colours(tmp_path: Path) -> None:
    """What asks the network, leads nowhere, is too wide, has no language or can hardly be read is reported."""
    view = {"html": GUILTY, "width": 320, "scheme": "light", "styled": True}
    (seen,) = ask("browse", {"chromium": CHROMIUM, "profile": str(tmp_path), "views": [view]})
    assert seen["asked"] == ["http://tracker.example/pixel.gif"]
    assert seen["lost"] == ["#nowhere"]
    assert seen["scroll"] >= 900
    assert {"image-alt", "html-has-lang", "color-contrast"} <= {problem["rule"] for problem in seen["axe"]}


def test_the_validator_sees_what_is_not_closed() -> None:
    """Elements that end where they may not, and a picture without words, are reported."""
    found = " ".join(ask("validate", {"guilty": GUILTY})["guilty"])
    assert "close-order" in found
    assert "wcag/h37" in found


def test_the_table_of_clients_knows_what_they_do_not() -> None:
    """`position` is unknown to Gmail and to Outlook on Windows."""
    found = ask("clients", {"guilty": GUILTY})
    assert "position" in found["gmail"]
    assert "position" in found["outlook"]


def test_the_parser_sees_a_header_that_was_slipped_in() -> None:
    """Two recipients are two, whatever Python thinks."""
    raw = b"From: a@example.cn\r\nTo: b@example.cn, c@example.cn\r\nSubject: =?utf-8?b?5qGl?=\r\n\r\nx"
    (mail,) = ask("parse", [b64encode(raw).decode()])
    assert [one["address"] for one in mail["to"]] == ["b@example.cn", "c@example.cn"]
    assert mail["subject"] == "桥"
