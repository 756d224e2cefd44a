"""The list behind a script-drawn page: JSON or JSONP into entries, by paths or by what its fields are called."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from typing import Any
from urllib.parse import quote

from digest.errors import FormatError
from digest.extract.doctext import document_text
from digest.extract.entries import Announced, left_out, make_entry, plain_line, tidy_entries
from digest.extract.fieldnames import usual_value
from digest.extract.jsonpaths import describe, find_path, need_path
from digest.extract.leading import leading_picture, named_pictures
from digest.extract.moments import read_moment
from digest.model import Document, Listing
from digest.urls import clean_url

_WRAPPED = re.compile(
    r"\A\s*+(?:while\s*+\(1\)\s*+;?|for\s*+\(;;\)\s*+;?|\)\]\}',?|&&&START&&&|throw 1;|/\*\*/)*+\s*+"
    r"(?:(?:var|let|const)\s++)?(?:[\w$.\[\]'\"]++\s*+[(=]\s*+)?(?=[\[{])"
)
_BLANK = re.compile(r"\{([^{}]+)\}")
_MOST = 500
_DEEPEST = 40


def read_json_list(document: Document, paths: Mapping[str, str]) -> Listing:
    """Return the entries of a JSON or JSONP answer, in its order.

    `paths` may name `items` (where the list is; without it the longest list of objects with titles is taken) and, from
    each of its objects on, `title`, `url` (or a template such as `https://x.cn/detail/{id}`), `date`, `text`, `author`
    and `site`; from the top on `next`, the URL of the next page.  What is not named is found by the usual names.

    Raises:
        FormatError: it is no JSON, or a path leads nowhere; the keys that are there are listed.
    """
    data = _load(document_text(document), document.name)
    rows = _named_rows(data, paths["items"]) if paths.get("items") else _find_rows(data)
    objects = [row for row in rows if isinstance(row, Mapping)]
    if not objects and (rows or not paths.get("items")):
        raise FormatError(f"{document.name} holds no list of objects with titles", f"there is {describe([data])}")
    for field in ("title", "url", "date", "text", "author", "site"):
        _check_field(objects, field, paths.get(field, ""))
    made = [make_entry(_announced(row, paths, document), document) for row in objects[:_MOST]]
    problems = left_out(made)
    if len(objects) > _MOST:
        problems.append(f"the list holds {len(objects)} rows; only the first {_MOST} were read")
    following = next((str(value) for value in find_path(data, paths["next"])), "") if paths.get("next") else ""
    return Listing(
        entries=tuple(tidy_entries([entry for entry in made if entry], "")),
        following=clean_url(following, document.url),
        problems=tuple(problems),
    )


def _load(text: str, name: str) -> Any:
    """The JSON in `text`, without the call, the assignment or the guard around it; what stands behind it is ignored."""
    wrapped = _WRAPPED.match(text)
    try:
        return json.JSONDecoder().raw_decode(text, wrapped.end() if wrapped else len(text) - len(text.lstrip()))[0]
    except RecursionError as error:
        raise FormatError(f"{name} is nested too deeply", "it may be an attack; leave it out") from error
    except ValueError as error:
        kind = "a web page" if text.lstrip()[:1] == "<" else "broken, or something else"
        raise FormatError(
            f"{name} is no JSON: it is {kind}", "give the address that the page's script asks for its list"
        ) from error


def _named_rows(data: Any, path: str) -> list[Any]:
    """The rows that a path leads to: a list, the values of an object, or several lists joined."""
    rows: list[Any] = []
    for value in need_path(data, path):
        if isinstance(value, list):
            rows.extend(value)
        elif isinstance(value, Mapping) and value and all(isinstance(inner, Mapping) for inner in value.values()):
            rows.extend(value.values())
        elif isinstance(value, Mapping):
            rows.append(value)
        elif value is not None:
            raise FormatError(f'the path "{path}" leads to no list, but to "{str(value)[:40]}"', "name the list")
    return rows


def _find_rows(data: Any) -> list[Any]:
    """The list with the most letters in the titles of its objects, found without recursion."""
    best: list[Any] = []
    weight = 0
    queue: list[tuple[Any, int]] = [(data, 0)]
    for value, depth in queue:
        if depth > _DEEPEST:
            continue
        if isinstance(value, list):
            found = sum(_weigh(row) for row in value if isinstance(row, Mapping))
            if found > weight:
                best, weight = value, found
        inner = value.values() if isinstance(value, Mapping) else value if isinstance(value, list) else ()
        queue.extend((one, depth + 1) for one in inner if isinstance(one, (Mapping, list)))
    return best


def _weigh(row: Mapping[str, Any]) -> int:
    """How much a row looks like an article: the length of its title, more where it has an address or a date."""
    title = _text(usual_value(row, "title"))
    if len(title) < 4:
        return 0
    return min(len(title), 60) * (
        1 + 2 * bool(usual_value(row, "url")) + 2 * bool(read_moment(usual_value(row, "date")))
    )


def _check_field(rows: list[Mapping[str, Any]], field: str, path: str) -> None:
    """Refuse a path that no row knows."""
    names = _BLANK.findall(path) if "{" in path else [path] if path else []
    for name in names:
        if rows and not any(True for row in rows for _ in find_path(row, name)):
            raise FormatError(f'no row has the {field} "{name}"', f"there is {describe(list(rows[:1]))}")


def _announced(row: Mapping[str, Any], paths: Mapping[str, str], document: Document) -> Announced:
    return Announced(
        title=_text(_value(row, "title", paths)),
        summary=_text(_value(row, "text", paths)),
        url=clean_url(_url(row, paths), document.url),
        published=read_moment(_value(row, "date", paths)),
        author=plain_line(_text(_value(row, "author", paths))),
        site=plain_line(_text(_value(row, "site", paths))),
        image=leading_picture(named_pictures(usual_value(row, "image")), document.url),
    )


def _url(row: Mapping[str, Any], paths: Mapping[str, str]) -> str:
    template = paths.get("url", "")
    if "{" not in template:
        return _text(_value(row, "url", paths))
    values = {name: _text(next(find_path(row, name), None)) for name in _BLANK.findall(template)}
    if not all(values.values()):
        return ""
    return _BLANK.sub(lambda match: quote(values[match[1]], safe="/=&?:;,%~+-._"), template)


def _value(row: Mapping[str, Any], field: str, paths: Mapping[str, str]) -> Any:
    path = paths.get(field, "")
    return next(find_path(row, path), None) if path else usual_value(row, field)


def _text(value: Any, *, inside: bool = False) -> str:
    """The text of a value; of an object its name, of a list what it holds."""
    if isinstance(value, Mapping):
        value = next((value[key] for key in ("name", "title", "rendered", "text") if value.get(key)), "")
    if isinstance(value, list) and not inside:
        return "、".join(filter(None, (_text(one, inside=True) for one in value[:8])))
    if isinstance(value, bool) or not isinstance(value, (str, int, float)):
        return ""
    return str(value).strip()
