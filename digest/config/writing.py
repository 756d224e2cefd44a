"""Putting a changed configuration in the place of the old: checked whole first, each file at one stroke."""

from __future__ import annotations

import stat
import tomllib
from codecs import BOM_UTF8
from collections.abc import Callable, Mapping
from contextlib import suppress
from pathlib import Path
from typing import Any

from digest.config.document import Document
from digest.config.loading import load_document
from digest.config.reading import read_text
from digest.errors import ConfigError
from digest.files import follow_links, replace_bytes

Edit = Callable[[str], str]


def write_changes(
    document: Document,
    changed: Mapping[Path, tuple[str, Mapping[str, Any]]],
    environ: Mapping[str, str],
    data_dir: Path | None = None,
) -> None:
    """Write files of a configuration as it was read: for each the new text, and what it must say.

    Raises:
        ConfigError: one says something else, the whole would be wrong, somebody changed it meanwhile, or it cannot be
            written; no file is changed.
    """
    for file, (text, tree) in changed.items():
        if read_back(text) != tree:
            raise ConfigError(f"{file} is written in a way that cannot be changed safely", "change it in an editor")
    load_document(document.main.path, environ, data_dir, {file: text for file, (text, _) in changed.items()})
    before = {part.path: part.text for part in document.parts if part.path in changed}
    for file, text in before.items():
        if read_text(file) != text:
            raise ConfigError(f"{file} was changed meanwhile by somebody else", "try again; nothing was written")
    written: list[Path] = []
    try:
        for file, (text, _) in changed.items():
            replace_file(file, text)
            written.append(file)
    except ConfigError:
        for file in written:
            replace_file(file, before[file])
        raise


def edit_text(text: str, edit: Edit) -> str:
    """The text as `edit` changes it; where every line ends as on Windows, it sees plain ends and they come back."""
    # where only some lines end so, each is left as it is
    if "\r\n" not in text or text.count("\r\n") != text.count("\n"):
        return edit(text)
    return edit(text.replace("\r\n", "\n")).replace("\n", "\r\n")


def read_back(text: str) -> dict[str, Any] | None:
    """What the text says, or None where it is no TOML."""
    with suppress(ValueError, RecursionError):
        return tomllib.loads(text)
    return None


def replace_file(path: Path, text: str) -> None:
    """Put the new text in the place of the old, with the same permissions and byte order mark; a link stays a link."""
    try:
        target = follow_links(path)
        encoding = "utf-8-sig" if _has_mark(target) else "utf-8"
        replace_bytes(target, text.encode(encoding), stat.S_IMODE(target.stat().st_mode))
    except OSError as error:
        raise ConfigError(f"{path} cannot be written: {error.strerror}", "check who owns it and its folder") from error


def _has_mark(path: Path) -> bool:
    """Whether the file begins with a byte order mark, which `read_text` takes off."""
    with path.open("rb") as file:
        return file.read(len(BOM_UTF8)) == BOM_UTF8
