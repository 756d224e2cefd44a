"""`digest config schema`: a JSON Schema that takes what digest takes, and refuses misspelt keys and wrong kinds."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterator
from datetime import date
from functools import cache
from pathlib import Path
from typing import Any

import pytest

from digest.config import read_template
from digest.config.schema import DIALECT, make_schema
from digest.config.settings import TABLES
from tests.config.conftest import OWN

README = (Path(__file__).parents[2] / "README.md").read_text("utf-8")
SHOWN = re.findall(r"```toml\n(.*?)```", README, re.S)


def as_json(value: Any) -> Any:
    """What an editor hands to its validator: days are texts."""
    if isinstance(value, dict):
        return {key: as_json(inner) for key, inner in value.items()}
    if isinstance(value, list):
        return [as_json(inner) for inner in value]
    return value.isoformat() if isinstance(value, date) else value


@cache
def make_validator() -> Any:
    """A validator of the schema, which is one itself."""
    jsonschema = pytest.importorskip("jsonschema")
    schema = make_schema()
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(schema)


def complaints(text: str) -> list[str]:
    """What the schema says against a document."""
    found = make_validator().iter_errors(as_json(tomllib.loads(text)))
    return ["/".join(map(str, error.absolute_path)) + f": {error.message}" for error in found]


@pytest.mark.parametrize("text", [read_template(), OWN, *SHOWN])
def test_what_digest_takes_is_valid(text: str) -> None:
    """The template, a file with a [mail] that a preset fills in, every example of the README."""
    assert complaints(text) == []


def test_the_template_with_all_that_it_offers_is_valid() -> None:
    """Commented lines too, each alone."""
    table = ""
    for line in read_template().splitlines():
        head = re.match(r"(?:# )?(\[+[a-z.]+\]+)", line)
        if head:
            table = head[1]
        offered = re.match(r"# ([a-z_]+ = .*)", line)
        if offered:
            above = "[[edition]]\n" if table == "[[edition.section]]" else ""
            found = complaints(f"version = 1\n{above}{table}\n{offered[1]}\n")
            assert [one for one in found if "required" not in one] == [], line


@pytest.mark.parametrize(
    ("old", "new", "where"),
    [
        ("timezone", "timezoen", "timezoen"),
        ("seconds = 20", 'seconds = "20"', "collect/seconds"),
        ("seconds = 20", "seconds = 0", "collect/seconds"),
        ('kind = "feed"', 'kind = "rss"', "source/1/kind"),
        ('at = "08:00"', "at = 8", "edition/0/schedule/at"),
        ("summary.chars = 90", "summary = 90", "edition/1/summary"),
        ('name = "weekly"', 'title = "x"', "name"),
        ("version = 1", "", "version"),
    ],
)
def test_what_digest_refuses_is_marked(old: str, new: str, where: str) -> None:
    """A misspelt key, a wrong kind, a number out of bounds, what is missing."""
    assert any(where in complaint for complaint in complaints(OWN.replace(old, new, 1)))


def walk(node: Any) -> Iterator[dict[str, Any]]:
    """Every table of the schema."""
    if isinstance(node, dict):
        yield node
    for inner in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        yield from walk(inner)


def test_every_key_of_the_models_is_explained_but_the_password() -> None:
    """An editor shows a word and an example for each; the password, which never stands in the file, is no key."""
    schema = make_schema()
    assert schema["$schema"] == DIALECT
    keys = {key for node in walk(schema) for key in node.get("properties", {})}
    assert keys == {key for table in TABLES.values() for key in table.list_examples()} - {"password"}
    for node in walk(schema):
        for key, told in node.get("properties", {}).items():
            if "$ref" not in told and not (told.get("items", {}).get("$ref")):
                assert told.get("description") or told.get("allOf"), key
                assert told.get("examples"), key
    assert {"type": "null"} not in list(walk(schema))
