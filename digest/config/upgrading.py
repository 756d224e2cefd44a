"""Bringing a configuration of an earlier digest to this one's version, with every comment kept.

Each step leads from one version to the next and changes texts only where it must (`digest.config.patching`).  The file
as it was stays beside it, as digest.toml.bak.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from digest.config.loading import READS_VERSION, load_document, refuse_newer
from digest.config.patching import insert_lines, lines_of, put_value
from digest.config.reading import parse_text, read_text
from digest.config.writing import edit_text, replace_file
from digest.errors import ConfigError
from digest.files import keep_owner


@dataclass(frozen=True, slots=True)
class Step:
    """What makes of a text of one version the text of the next, and a word about it."""

    said: str
    change: Callable[[str], str]


@dataclass(frozen=True, slots=True)
class Upgrade:
    """The text before and after, and what was done to it, step by step; no step where nothing was to do."""

    before: str
    after: str
    steps: tuple[str, ...]


def plan_upgrade(path: Path, environ: Mapping[str, str], data_dir: Path | None = None) -> Upgrade:
    """What brings the file to the present version, checked whole.

    Raises:
        ConfigError: it is of a newer version, missing or broken, or would be wrong.
    """
    before = read_text(path)
    tree, _ = parse_text(before, path)
    refuse_newer(tree, path)
    version = tree.get("version", 0)
    if type(version) is not int or version < 0:
        raise ConfigError(f"{path} has no version that ever was", f"write version = {READS_VERSION}")
    after, done = before, []
    for number in range(version, READS_VERSION):
        after = edit_text(after, STEPS[number].change)
        done.append(STEPS[number].said)
    if done:
        load_document(path, environ, data_dir, {path.absolute(): after})
    return Upgrade(before, after, tuple(done))


def write_upgrade(path: Path, upgrade: Upgrade) -> Path:
    """Put the new text in the place of the old, and return the copy of the old one."""
    copy = _free_name(path)
    try:
        shutil.copy2(path, copy)
        keep_owner(copy, path.stat())
    except OSError as error:
        raise ConfigError(f"{copy} cannot be written: {error.strerror}", "check who owns its folder") from error
    replace_file(path, upgrade.after)
    return copy


def _free_name(path: Path) -> Path:
    """digest.toml.bak, or digest.toml.bak2 where that is taken: no copy is ever lost."""
    names = (path.with_name(f"{path.name}.bak{number if number > 1 else ''}") for number in range(1, 1000))
    return next(name for name in names if not name.exists())


def _add_version(text: str) -> str:
    """The text with `version = 1` below the remarks that it begins with."""
    if parse_text(text, Path("digest.toml"))[0].get("version") is not None:
        return put_value(text, ("version",), 1)
    lines = lines_of(text)
    head = next((n for n, line in enumerate(lines) if not line.startswith("#")), len(lines))
    gap = "\n" if head and head < len(lines) and lines[head].strip() == "" else ""
    return insert_lines(text, head, f"{gap}version = 1\n")


STEPS: Mapping[int, Step] = {0: Step("version = 1 was added", _add_version)}
"""The step that leads on from each version; what has no version, or 0, is of the first days."""
