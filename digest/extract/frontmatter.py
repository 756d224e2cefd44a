"""YAML front matter: the block between two `---` lines that a static-site crawler writes above an article."""

from __future__ import annotations

import re
from collections.abc import Mapping

from digest.errors import FormatError

_BLOCK = re.compile(r"\A\s*---[ \t]*\r?\n(.*?)(?:\r?\n)?^(?:---|\.\.\.)[ \t]*\r?$\n?", re.S | re.M)
_OPENING = re.compile(r"\A\s*---[ \t]*\r?\n[ \t]*[\w-]+[ \t]*:(?:\s|$)")
_LONGEST = 20_000


def has_front_matter(text: str) -> bool:
    """Whether `text` opens with `---` and a `key:` line."""
    return bool(_OPENING.match(text))


def split_front_matter(text: str) -> tuple[dict[str, str | tuple[str, ...]], str]:
    """Return the fields of the front matter and the body behind it.

    Values stay text, exactly as written; a list becomes a tuple of texts.

    Raises:
        FormatError: the block does not end, or is not YAML.
    """
    match = _BLOCK.match(text)
    if match is None:
        raise FormatError(
            "the front matter opens with --- but has no closing --- line", "close the block, or remove its first line"
        )
    return _fields(match.group(1)), text[match.end() :]


def _fields(block: str) -> dict[str, str | tuple[str, ...]]:
    import yaml

    if len(block) > _LONGEST:
        raise FormatError(
            f"the front matter is longer than {_LONGEST:,} characters", "keep the article below the block"
        )
    try:
        loaded = yaml.load(block, Loader=yaml.BaseLoader)  # noqa: S506  # BaseLoader makes nothing but text
    except yaml.YAMLError as error:
        raise FormatError(f"the front matter is not YAML: {_place(error)}", "quote values that hold : or '") from error
    except RecursionError as error:
        raise FormatError("the front matter is nested too deeply", "keep plain key: value lines") from error
    if not isinstance(loaded, Mapping):
        raise FormatError("the front matter holds no key: value lines", "write fields such as title: and date:")
    return {str(key).strip().lower(): _value(value) for key, value in loaded.items()}


def _value(value: object) -> str | tuple[str, ...]:
    if isinstance(value, list):
        return tuple(v.strip() for v in value if isinstance(v, str) and v.strip())
    return value.strip() if isinstance(value, str) else ""


def _place(error: Exception) -> str:
    """The parser's complaint in one line, with the line of the file."""
    mark = getattr(error, "problem_mark", None)
    problem = str(getattr(error, "problem", None) or error).splitlines()[0]
    return f"line {mark.line + 2}: {problem}" if mark is not None else problem
