"""What language a text is in, and its simplified copy for segmenting.  OpenCC's only door."""

from __future__ import annotations

import re
from functools import cache
from operator import ne
from typing import Any

HAN = r"[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]"
"""A Han character, for patterns."""

_HAN = re.compile(f"{HAN}+")
_KANA_HANGUL = re.compile(r"[\u3040-\u30ff\uac00-\ud7af]+")
_LETTERS = re.compile(r"[A-Za-z]+")
_SURROGATE = re.compile("[\ud800-\udfff]")
_SAMPLE = 4000


def detect_language(text: str) -> str:
    """Return a BCP 47 tag for `text`: `zh-Hans`, `zh-Hant`, `en` (Latin letters prevail) or `und`."""
    sample = text[:_SAMPLE]
    han, latin, other = (sum(map(len, kind.findall(sample))) for kind in (_HAN, _LETTERS, _KANA_HANGUL))
    if other > han:
        return "und"
    if han * 10 >= latin and han:
        return "zh-Hant" if _is_traditional(sample) else "zh-Hans"
    return "en" if latin else "und"


def is_chinese(language: str) -> bool:
    """Whether a BCP 47 tag names Chinese."""
    return language.lower().startswith("zh")


def simplify(text: str) -> str:
    """Return `text` in simplified characters, character for character: offsets stay valid.

    OpenCC's t2s replaces a few words by shorter or longer ones; a line where that happens is converted character by
    character instead.
    """
    simple = _convert(text, "t2s")
    if len(simple) == len(text):
        return simple
    return "".join(_simplify_line(line) for line in text.splitlines(keepends=True))


def _simplify_line(line: str) -> str:
    simple = _convert(line, "t2s")
    return simple if len(simple) == len(line) else "".join(map(_simplify_char, line))


@cache
def _simplify_char(char: str) -> str:
    simple = _convert(char, "t2s")
    return simple if len(simple) == 1 else char


def _is_traditional(sample: str) -> bool:
    """Whether more characters are traditional only (changed by t2s) than simplified only (changed by s2t)."""
    traditional = _changed(sample, "t2s")
    return bool(traditional) and traditional > _changed(sample, "s2t")


def _changed(sample: str, conversion: str) -> int:
    converted = _convert(sample, conversion)
    return 0 if converted == sample else sum(map(ne, sample, converted))


def _convert(text: str, conversion: str) -> str:
    """The converted text; half a surrogate pair, which JSON can hold and OpenCC cannot, becomes U+FFFD."""
    converted: str = _converter(conversion).convert(_SURROGATE.sub("\ufffd", text))
    return converted


@cache
def _converter(conversion: str) -> Any:
    import opencc

    return opencc.OpenCC(conversion)
