"""The files of a configuration as one document: digest.toml, and what it includes, with the place of each key.

    digest.toml ─┬─ sources.toml         [[source]], [[group]] and [[edition]] follow those before them,
                 └─ conf.d/*.toml        the keys of single tables are put together, and none may stand twice

Only the first file includes others, so that there is no going round in circles.
"""

from __future__ import annotations

import glob
import os
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from digest.config.lines import KeyPath, find_line
from digest.config.mistakes import Mistake, Place
from digest.config.reading import parse_text, read_text
from digest.config.wording import quote
from digest.errors import ConfigError

LISTS = ("source", "group", "edition")
"""The tables that there may be many of."""


@dataclass(frozen=True, slots=True)
class Part:
    """One file: `label` is what messages call it, `tree` what it says, `lines` where."""

    path: Path
    label: str
    text: str
    tree: Mapping[str, Any]
    lines: Mapping[KeyPath, int]


@dataclass(slots=True)
class Document:
    """All files of a configuration: what they say together, where each key stands, and what does not go together."""

    parts: tuple[Part, ...]
    tree: dict[str, Any] = field(default_factory=dict)
    places: dict[KeyPath, Place] = field(default_factory=dict)
    mistakes: list[Mistake] = field(default_factory=list)

    @property
    def main(self) -> Part:
        """The first file, which includes the others."""
        return self.parts[0]

    def find_part(self, kind: str, at: int) -> tuple[Part, int]:
        """The file in which the n-th table of a list stands, and its number there."""
        for part in self.parts:
            count = len(tables_of(part.tree, kind))
            if at < count:
                return part, at
            at -= count
        raise IndexError(at)


def read_document(path: Path, replaced: Mapping[Path, str] | None = None) -> Document:
    """The files of the configuration; raises ConfigError where one is missing, unreadable or broken.

    `replaced` are texts to take instead of what stands in files.
    """
    texts = replaced or {}
    main = _read_part(path, path.name, texts)
    mistakes: list[Mistake] = []
    parts = [main]
    broken: list[str] = []
    for file in _find_included(main, mistakes):
        try:
            parts.append(_read_part(file, _label(file, path.parent), texts))
        except ConfigError as error:
            broken += error.mistakes or (f"{_label(file, path.parent)}: {error.message}: {error.hint}",)
    if broken:
        count = "1 mistake" if len(broken) == 1 else f"{len(broken)} mistakes"
        raise ConfigError(f"{path} has {count}", "mend what is listed and try again", tuple(broken))
    document = Document(tuple(parts), mistakes=mistakes)
    for number, part in enumerate(parts):
        _merge(document, number, part)
    return document


def watched_paths(path: Path) -> tuple[Path, ...]:
    """Every file the configuration is made of, the first one first, then the folders in which more may turn up."""
    path = path.absolute()
    try:
        document = read_document(path)
    except ConfigError:
        return (path,)
    patterns = [name for name in _includes(document.main.tree) if glob.has_magic(name)]
    folders = dict.fromkeys(folder for name in patterns for folder in _list_folders(path.parent, name))
    return (*(part.path for part in document.parts), *folders)


def loose_files(path: Path) -> tuple[Path, ...]:
    """The files of the configuration that others may write, and so decide who is mailed what and which programs run."""
    if os.name != "posix":
        return ()
    files = [file for file in watched_paths(path) if _is_file(file)]
    return tuple(file for file in files if file.stat().st_mode & 0o022)


def _list_folders(folder: Path, pattern: str) -> Iterator[Path]:
    """The folders in which a new file would match the pattern, and those in which such a folder would turn up."""
    above = Path(os.path.expanduser(pattern)).parent  # noqa: PTH111  Path.expanduser fails where there is no home
    while glob.has_magic(str(above)):
        # a pattern that ends in a slash matches folders alone
        yield from (folder / name for name in sorted(glob.glob(f"{above}/", root_dir=folder)))  # noqa: PTH207
        above = above.parent
    yield folder / above


def _is_file(path: Path) -> bool:
    """Whether there is such a file; no name that a system refuses is one."""
    try:
        return path.is_file()
    except (OSError, ValueError):
        return False


def _read_part(path: Path, label: str, texts: Mapping[Path, str]) -> Part:
    text = texts[path] if path in texts else read_text(path)
    tree, lines = parse_text(text, path, label)
    return Part(path, label, text, tree, lines)


def _label(path: Path, folder: Path) -> str:
    return path.relative_to(folder).as_posix() if path.is_relative_to(folder) else str(path)


def _includes(tree: Mapping[str, Any]) -> list[str]:
    """The names and patterns that are texts; what else stands there is left to the models."""
    names = tree.get("include")
    return [name for name in names if isinstance(name, str)] if isinstance(names, list) else []


def _find_included(main: Part, mistakes: list[Mistake]) -> list[Path]:
    """The files that the first one includes, each once; a pattern may match none, a name may not."""
    folder, found = main.path.parent, {main.path.resolve(): main.path}
    for n, name in enumerate(_includes(main.tree)):
        wanted = os.path.expanduser(name)  # noqa: PTH111  Path.expanduser fails where there is no home
        pattern = glob.has_magic(wanted) and "\0" not in wanted
        names = sorted(glob.glob(wanted, root_dir=folder)) if pattern else [wanted]  # noqa: PTH207
        files = [folder / one for one in names if _is_file(folder / one)]
        if not pattern and not files:
            said = f'names {quote(name)}, and there is no such file: write it, or a pattern like "conf.d/*.toml"'
            mistakes.append(Mistake(("include", n), f"include {said}"))
            continue
        for file in files:
            found.setdefault(file.resolve(), file)
    return list(found.values())[1:]


def _merge(document: Document, number: int, part: Part) -> None:
    """Put what a file says to what those before it say."""
    offsets = {key: len(tables_of(document.tree, key)) for key in LISTS}
    clashes = {path for key in part.tree for path in _merge_key(document, number, part, key)}
    for path, line in part.lines.items():
        moved = path
        if path[0] in offsets and len(path) > 1 and isinstance(path[1], int):
            moved = (path[0], path[1] + offsets[str(path[0])], *path[2:])
        document.places.setdefault(moved, Place(number, part.label, line))
    for path in sorted(clashes, key=str):
        _tell_clash(document, number, part, path)


def _merge_key(document: Document, number: int, part: Part, key: str) -> list[KeyPath]:
    """Take in one key of the file, and return the paths of what stands already."""
    value, tree = part.tree[key], document.tree
    if number and key == "include":
        return [("include",)]
    if key not in tree:
        tree[key] = dict(value) if isinstance(value, dict) else list(value) if isinstance(value, list) else value
    elif key in LISTS and isinstance(value, list) and isinstance(tree[key], list):
        tree[key] += value
    elif isinstance(value, dict) and isinstance(tree[key], dict):
        clashes: list[KeyPath] = [(key, inner) for inner in value if inner in tree[key]]
        tree[key] |= {inner: one for inner, one in value.items() if inner not in tree[key]}
        return clashes
    elif key != "version" or value != tree[key]:
        return [(key,)]
    return []


def _tell_clash(document: Document, number: int, part: Part, path: KeyPath) -> None:
    """Note the mistake at its own place in the later file: a path that no key of the document has."""
    here = Place(number, part.label, find_line(part.lines, path))
    said = f"{path[-1]} belongs to {document.main.label} alone: move what it names there"
    if path != ("include",):
        there = document.places[path]
        said = f"{path[-1]} stands in {there.label}:{there.line} already: keep one of them"
    label = f"[{path[0]}] " if len(path) > 1 else ""
    own: KeyPath = (f"\0{number}", *path)
    document.places[own] = here
    document.mistakes.append(Mistake(own, said, label.strip()))


def tables_of(tree: Mapping[str, Any], key: str) -> list[Any]:
    """What stands in a list of tables; nothing where it is no list."""
    tables = tree.get(key)
    return tables if isinstance(tables, list) else []
