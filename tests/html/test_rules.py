"""Every letter as judges find it that read the HTML without showing it: a validator, and a table of mail programs."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.html.judges import ask, needs_node
from tests.html.pages import pages

pytestmark = [*needs_node, pytest.mark.xdist_group("judges")]

UNSUPPORTED = Path(__file__).with_name("unsupported.json")
"""For each family of mail programs, what our letters use and it does not know; all of it may be missing."""


@pytest.fixture(scope="module")
def letters() -> dict[str, str]:
    """Every letter that is judged."""
    return pages()


def test_the_html_is_valid(letters: dict[str, str]) -> None:
    """html-validate has no complaint about any theme on any day."""
    assert {name: found for name, found in ask("validate", letters).items() if found} == {}


def test_no_program_loses_more_than_it_did(letters: dict[str, str]) -> None:
    """What mail programs do not know of ours is what the list says: more is a mistake, less shortens the list."""
    found = {family: set(titles) for family, titles in ask("clients", letters).items()}
    known = {family: set(titles) for family, titles in json.loads(UNSUPPORTED.read_text("utf-8")).items()}
    families = found.keys() | known.keys()
    more = {f: sorted(found.get(f, set()) - known.get(f, set())) for f in families}
    less = {f: sorted(known.get(f, set()) - found.get(f, set())) for f in families}
    assert {family: titles for family, titles in more.items() if titles} == {}
    assert {family: titles for family, titles in less.items() if titles} == {}, "shorten unsupported.json"
