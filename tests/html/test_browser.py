"""Every letter as axe-core finds it in Chromium: light and dark, on telephones, with and without style sheets."""

from __future__ import annotations

from typing import Any

import pytest

from tests.html.judges import ask, needs_node
from tests.html.pages import THEMES, letter
from tests.render.render_samples import CHROMIUM

pytestmark = [
    *needs_node,
    pytest.mark.xdist_group("browser"),
    pytest.mark.chromium,
    pytest.mark.skipif(CHROMIUM is None, reason="no Chromium is installed"),
]

VIEWS = (
    *((day, width, scheme, True) for day in ("full",) for width in (320, 375) for scheme in ("light", "dark")),
    ("empty", 320, "light", True),
    ("thirty", 375, "light", True),
    ("full", 320, "light", False),
)
"""A day, the width of the screen, what its reader prefers, and whether style sheets are obeyed."""

Seen = dict[tuple[str, str, int, str, bool], dict[str, Any]]
"""What Chromium showed, by theme and view."""


@pytest.fixture(scope="module")
def seen(tmp_path_factory: pytest.TempPathFactory) -> Seen:
    """What one browser showed of all of them."""
    views = [(theme, *view) for theme in THEMES for view in VIEWS]
    asked = [
        {"html": letter(theme, day).html, "width": width, "scheme": scheme, "styled": styled}
        for theme, day, width, scheme, styled in views
    ]
    profile = tmp_path_factory.mktemp("browser")
    answers = ask("browse", {"chromium": CHROMIUM, "profile": str(profile), "views": asked})
    return dict(zip(views, answers, strict=True))


def test_everybody_can_read_it(seen: Seen) -> None:
    """axe-core finds nothing but that the name of the wrapper, no content, is outside of the landmarks."""
    found = {view: [one for one in answer["axe"] if not _is_wrapper(one)] for view, answer in seen.items()}
    assert {view: problems for view, problems in found.items() if problems} == {}


def test_nothing_is_fetched(seen: Seen) -> None:
    """Opening a letter asks no server for anything."""
    assert {view: answer["asked"] for view, answer in seen.items() if answer["asked"]} == {}


def test_it_fits_a_telephone(seen: Seen) -> None:
    """Nobody has to scroll sideways."""
    assert {view: answer["scroll"] for view, answer in seen.items() if answer["scroll"] > view[2]} == {}


def test_every_link_within_the_letter_leads_somewhere(seen: Seen) -> None:
    """Each `#item` has its item, and full days have such links."""
    assert {view: answer["lost"] for view, answer in seen.items() if answer["lost"]} == {}
    assert all(answer["links"] >= 3 for view, answer in seen.items() if view[1] == "full")


def _is_wrapper(problem: dict[str, str]) -> bool:
    """Whether it is about the aria-label of the element around <main>, which axe takes for text of its own."""
    return problem["rule"] == "region" and problem["where"].startswith(
        '<div role="article" aria-roledescription="email"'
    )
