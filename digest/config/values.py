"""Values written as bare text, in a variable or behind `digest config set`, read as the models want them.

    port           465                     a number, as the file writes it
    user           me@qq.com               text, as it is
    recipients     a@x.cn,b@y.cn           a list of texts, or ["a@x.cn", "b@y.cn"]
    holidays       2027-02-08,2027-02-09   a list of other things

What cannot be read so is left as text, and the models say what is wrong with it.
"""

from __future__ import annotations

import tomllib
from contextlib import suppress
from pathlib import Path
from types import UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

from pydantic import SecretStr
from pydantic.fields import FieldInfo

from digest.config.fields import Table
from digest.config.settings import TABLES
from digest.model import Recipient, WordFile

_TEXTS = {str, Path, Recipient, SecretStr, WordFile}


def find_field(table: tuple[str, ...], key: str) -> FieldInfo | None:
    """The field of the models that a key of a table is, or None where there is no such key."""
    fields = TABLES[table].model_fields if table in TABLES else {}
    return next((field for name, field in fields.items() if (field.alias or name) == key), None)


def read_value(table: tuple[str, ...], key: str, text: str) -> Any:
    """The value that `text` means for the key; the text itself where it means none."""
    field = find_field(table, key)
    if field is None:
        return text
    kinds = list_kinds(field.annotation)
    if tuple in kinds:
        return _read_list(field, text)
    return text if kinds & _TEXTS else _read_toml(text, text)


def list_kinds(annotation: Any) -> set[Any]:
    """What a value may be: `{int}`, `{str}`, `{tuple}`, `{float}`, without None."""
    origin = get_origin(annotation)
    if origin is Annotated:
        return list_kinds(get_args(annotation)[0])
    if origin in (Union, UnionType):
        return set().union(*(list_kinds(one) for one in get_args(annotation))) - {type(None)}
    if origin is Literal:
        return {type(one) for one in get_args(annotation)}
    return {origin or annotation}


def element_of(annotation: Any) -> Any:
    """The type of the elements of a list."""
    return next(one for one in get_args(annotation) if one is not Ellipsis)


def is_table(kinds: set[Any]) -> bool:
    """Whether the value is a table of ours."""
    return any(isinstance(kind, type) and issubclass(kind, Table) for kind in kinds)


def _read_list(field: FieldInfo, text: str) -> Any:
    whole = _read_toml(text, None)
    if isinstance(whole, list):
        return whole
    kinds = list_kinds(element_of(field.annotation))
    if is_table(kinds) or field.repr is False:
        return text  # a program and its words, which a comma does not part, or tables
    if not kinds & _TEXTS:
        return _read_toml(f"[{text}]", text)
    words = [word.strip() for word in text.replace("，", ",").split(",") if word.strip()]
    return words[0] if len(words) == 1 and may_stand_alone(field) else words


def may_stand_alone(field: FieldInfo) -> bool:
    """Whether one element may be written without brackets, as in at = "08:00"."""
    return str((field.examples or ["["])[0])[:1] in "\"'"


def _read_toml(text: str, otherwise: Any) -> Any:
    with suppress(ValueError, RecursionError):
        read = tomllib.loads(f"value = {text}")
        if len(read) == 1:
            return read["value"]
    return otherwise
