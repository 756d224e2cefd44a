"""Every setting in effect, its value, and where it is from; secrets are masked."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any, Literal

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from digest.config.fields import Table
from digest.config.lines import KeyPath
from digest.config.loading import Loaded
from digest.config.patching import write_key, write_value
from digest.config.sources import GOES_WITH
from digest.model import Recipient, WordFile
from digest.model.schedule import is_cron

Origin = Literal["default", "file", "variable", "preset"]

HIDDEN = "***"
_SECRET_QUERY = re.compile(r"([?&;][^=&#]*(?:key|token|secret|passw|pwd|sign|auth|code)[^=&#]*=)[^&#]+", re.IGNORECASE)
_LOGIN = re.compile(r"(?<=://)([^/@:\s]*):\S*@")


@dataclass(frozen=True, slots=True)
class Setting:
    """One key: its path with the numbers of tables, its value as the file would write it, and where it is from.

    `where` is the place in the file, the variable, or the preset; the value is None where nothing is set.
    """

    path: KeyPath
    value: Any
    origin: Origin
    where: str = ""


def list_settings(loaded: Loaded) -> list[Setting]:
    """Every setting in effect, in the order of the models, the tables of a list one after another."""
    return list(_walk(loaded, loaded.settings, ()))


def name_setting(path: KeyPath, settings: Mapping[KeyPath, Any]) -> str:
    """The key as `digest config set` takes it: tables of a list go by their names."""
    words: list[str] = []
    for end, part in enumerate(path):
        if isinstance(part, str):
            words.append(part)
        else:
            head = path[: end + 1]
            words.append(str(settings.get((*head, "name")) or settings.get((*head, "title")) or part))
    return ".".join(words)


def print_toml(settings: list[Setting]) -> Iterator[str]:
    """The settings as lines of TOML, each with a remark that says where it is from."""
    head: KeyPath = ()
    # keys of the top come first, for TOML would put them into the table above
    for setting in sorted(settings, key=lambda one: len(one.path) > 1):
        table = _header(setting.path)
        if table != head:
            head = table
            words = ".".join(part for part in table if isinstance(part, str))
            yield ""
            yield f"[[{words}]]" if isinstance(table[-1], int) else f"[{words}]"
        key = ".".join(write_key(str(part)) for part in setting.path[len(table) :])
        if setting.path == ("include",) and setting.value:
            yield f"# {key} = {write_value(setting.value)}  # {setting.where}: what these files say stands here already"
        elif setting.value is None:
            yield f"# {key} is not set"
        else:
            yield f"{key} = {write_value(setting.value)}  # {setting.where or setting.origin}"


def _header(path: KeyPath) -> KeyPath:
    """The header that the key stands under: the innermost table of a list, or its single table."""
    lists = [end for end, part in enumerate(path) if isinstance(part, int)]
    return path[: lists[-1] + 1] if lists else path[:1] if len(path) > 1 else ()


def _walk(loaded: Loaded, table: Table, path: KeyPath) -> Iterator[Setting]:
    later: list[Setting] = []
    for name, field in type(table).model_fields.items():
        key = field.alias or name
        here: KeyPath = (*path, key)
        value = getattr(table, name)
        if _is_idle(table, key, value):
            continue
        if isinstance(value, Table):
            yield from _walk(loaded, value, here)
        elif isinstance(value, tuple) and value and isinstance(value[0], Table):
            for n, inner in enumerate(value):
                later += _walk(loaded, inner, (*here, n))
        elif key not in ("source", "group", "edition", "section"):
            yield _describe(loaded, here, field, value)
    yield from later


def _is_idle(table: Table, key: str, value: object) -> bool:
    """Whether the key means nothing here: what web sources have, for a folder; times beside a cron line."""
    if key == "at" and is_cron(getattr(table, "days", "")):
        return True
    wanted = GOES_WITH.get(key) if hasattr(table, "on_web") else None
    return (wanted is not None and getattr(table, "kind", "") not in wanted) or (key == "password" and value is None)


def _describe(loaded: Loaded, path: KeyPath, field: FieldInfo, value: Any) -> Setting:
    said = _find_raw(loaded.document.tree, path)
    plain = said if isinstance(value, WordFile) else mask_value(field, _plain(value))
    for end in range(len(path), 0, -1):
        if variable := loaded.variables.get(path[:end]):
            return Setting(path, plain, "variable", variable)
    if said is not None and path in loaded.document.places:
        place = loaded.document.places[path]
        return Setting(path, plain, "file", f"{place.label}:{place.line}")
    if path == ("mail", "from"):
        return Setting(path, plain, "preset", "mail.user")
    if path[0] == "mail" and path[-1] in ("host", "port", "security", "user") and value:
        preset = loaded.settings.require_mail().preset
        return Setting(path, plain, "preset", f'preset "{preset}"') if preset else Setting(path, plain, "default")
    return Setting(path, plain, "default")


def _find_raw(tree: Any, path: KeyPath) -> Any:
    """What the files say at the path, or None."""
    for part in path:
        if isinstance(tree, Mapping):
            tree = tree.get(part)
        else:
            tree = tree[part] if isinstance(tree, list) and isinstance(part, int) and part < len(tree) else None
    return tree


def _plain(value: Any) -> Any:
    """The value as TOML has it."""
    if isinstance(value, Recipient):
        return f"{value.name} <{value.address}>" if value.name else value.address
    if isinstance(value, SecretStr):
        return HIDDEN
    if isinstance(value, Path):
        return str(value)
    if isinstance(value, tuple):
        return [_plain(one) for one in value]
    return dict(value) if isinstance(value, Mapping) else value


def mask_value(field: FieldInfo, value: Any) -> Any:
    """The value without what may be secret: passwords in addresses, headers, the words of a program."""
    if isinstance(value, str):
        # whoever knows the address of a heartbeat can send one
        if field.repr is False and value.startswith(("http://", "https://")):
            return re.sub(r"(?<=://)(?:[^/]*@)?([^/?#]*).*", rf"\1/{HIDDEN}", value)
        return _SECRET_QUERY.sub(rf"\1{HIDDEN}", _LOGIN.sub(rf"\1:{HIDDEN}@", value)) if "://" in value else value
    if field.repr is not False:
        return value
    if isinstance(value, Mapping):
        return {key: one if re.fullmatch(r"\$\w+", one) else HIDDEN for key, one in value.items()}
    return [*value[:1], *(HIDDEN for _ in value[1:])] if isinstance(value, list) else value


def jsonable(value: Any) -> Any:
    """The value with days as texts."""
    if isinstance(value, list):
        return [jsonable(one) for one in value]
    return value.isoformat() if isinstance(value, date) else value
