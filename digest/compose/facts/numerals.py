"""Numbers as official documents write them: 47, 六十二, 二〇二三."""

from __future__ import annotations

ZEROS = "〇○◯零OoΟ0"
"""What stands for zero in a year of Chinese numerals: 二〇二三, 二○二三, 二OO三."""

HAN_DIGIT = "一二三四五六七八九"
NUMBER = rf"(?:\d(?:\s?\d){{0,4}}|[{HAN_DIGIT}十百千零〇两]{{1,7}})"
"""A number in either writing, for patterns."""

_UNITS = {"十": 10, "百": 100, "千": 1000}


def read_number(text: str) -> int | None:
    """Return the number that `text` writes in digits or Chinese numerals, or None."""
    text = "".join(text.split())
    if text.isascii() and text.isdecimal():
        return int(text)
    if text == "元" or text == "正":
        return 1
    if text.startswith("廿"):
        text = "二十" + text[1:]
    return _read_han(text.replace("两", "二"))


def read_year(text: str) -> int:
    """Return the year that four digits write, Chinese or not."""
    return int("".join(_digit(char) for char in "".join(text.split())))


def _digit(char: str) -> str:
    return char if char.isdecimal() else "0" if char in ZEROS else str(HAN_DIGIT.index(char) + 1)


def _read_han(text: str) -> int | None:
    if not text or any(char not in HAN_DIGIT and char not in _UNITS and char not in "零〇" for char in text):
        return None
    if not any(char in _UNITS for char in text):
        return int("".join(map(_digit, text)))
    total, digit = 0, 0
    for char in text:
        if char in _UNITS:
            total, digit = total + (digit or 1) * _UNITS[char], 0
        else:
            digit = int(_digit(char))
    return total + digit
