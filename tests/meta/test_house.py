"""The house is as its design says: light at the door, complete at the face, nothing lying about."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import digest

ROOT = Path(__file__).parents[2]
MODULES = sorted(
    str(path.relative_to(ROOT).with_suffix("")).replace("/", ".").removesuffix(".__init__")
    for path in (ROOT / "digest").rglob("*.py")
)
HEAVY = (
    "icalendar",
    "chinese_calendar",
    "docx",
    "jieba",
    "networkx",
    "scipy",
    "numpy",
    "jinja2",
    "css_inline",
    "yagmail",
    "sqlalchemy",
    "pydantic",
    "trafilatura",
    "lxml",
    "pypinyin",
    "opencc",
)


def loaded_after(statement: str) -> set[str]:
    """The modules that a fresh interpreter has loaded after a statement."""
    script = f"{statement}\nimport sys\nprint(*sys.modules)"
    return set(
        subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True).stdout.split()
    )


def test_the_public_face_is_whole() -> None:
    """Every public name can be had, and nothing else is promised."""
    assert sorted(digest.__all__) == [
        "Article",
        "DigestError",
        "Event",
        "Issue",
        "Summary",
        "group_events",
        "read_article",
        "summarize",
    ]
    assert all(getattr(digest, name) is not None for name in digest.__all__)
    with pytest.raises(AttributeError):
        _ = digest.nothing_of_that_name


@pytest.mark.parametrize("statement", ["import digest", "import digest.cli.commands"])
def test_the_door_is_light(statement: str) -> None:
    """Importing the package, or the whole command line, loads no heavy library."""
    assert not loaded_after(statement) & set(HEAVY)


def test_summarizing_loads_only_what_it_needs() -> None:
    """A plain text is summarized without the mail, the database, the templates and the page extractor."""
    needless = {"jinja2", "css_inline", "yagmail", "sqlalchemy", "pydantic", "trafilatura", "pypinyin"}
    assert not loaded_after("import digest; digest.summarize('一句话。又一句话。')") & needless


def test_every_module_can_be_imported_alone() -> None:
    """No module needs another to have been imported first.

    The rooms below its own stay loaded: by the contract of the layers they import nothing of it.
    """
    script = """
import sys
order = sys.argv[1].split()
rooms = {room: floor for floor, part in enumerate(order) for room in part.split(",")}
floor_of = lambda name: rooms.get(name.split(".")[1], -1) if "." in name else len(order)
for name in sorted(sys.argv[2:], key=floor_of):
    floor = floor_of(name)
    for module in [m for m in sys.modules if m.split(".")[0] == "digest" and ("." not in m or floor_of(m) >= floor)]:
        del sys.modules[module]
    if name != "digest.__main__":
        __import__(name)
"""
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["tool"]["importlinter"]["contracts"]
    floors = [floor.replace(" | ", ",") for floor in reversed(contracts[0]["layers"])]
    done = subprocess.run(
        [sys.executable, "-W", "error::ImportWarning", "-c", script, " ".join(floors), *MODULES],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_feeds_and_templates_never_reach_a_shell() -> None:
    """No source of the package opens a shell."""
    for path in (ROOT / "digest").rglob("*.py"):
        text = path.read_text("utf-8")
        assert "shell=True" not in text
        assert "os.system" not in text
