"""Changing a list of texts in a TOML document where it stands: `recipients = ["a@x.cn", …]`, on one line or many.

Only what is needed is understood: texts, commas and remarks.  The caller reads the changed document back and refuses a
change that did more or less than it should.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

_TOKEN = re.compile(r"\"(?:\\.|[^\"\\\n])*\"|'[^'\n]*'|#[^\n]*|,|\]|\s+")


@dataclass(frozen=True, slots=True)
class _List:
    """Where a list stands in a document: its texts (start, end), and its closing bracket."""

    texts: tuple[tuple[int, int], ...]
    start: int
    end: int


def insert_text(text: str, line: int, key: str, value: str) -> str:
    """The document with `value`, quoted already, as the last text of the list; the document itself where it is odd."""
    found = _find_list(text, line, key)
    if found is None:
        return text
    if not found.texts:
        return text[: found.end] + value + text[found.end :]
    start, end = found.texts[-1]
    margin = _margin(text, start)
    closing = text.rfind("\n", 0, found.end) + 1
    if margin is None or closing <= end or text[closing : found.end].strip():
        return f"{text[:end]}, {value}{text[end:]}"
    behind = re.sub(r"#[^\n]*", "", text[end : found.end])
    comma = "" if "," in behind else ","
    return f"{text[:end]}{comma}{text[end:closing]}{margin}{value},\n{text[closing:]}"


def delete_text(text: str, line: int, key: str, index: int) -> str:
    """The document without the text at that place in the list; the document itself where it is odd."""
    found = _find_list(text, line, key)
    if found is None or index >= len(found.texts):
        return text
    start, end = found.texts[index]
    if _margin(text, start) is not None:
        alone = re.compile(r"[ \t]*,?[ \t]*(?:#[^\n]*)?\n").match(text, end)
        # the comma of a line that has none stands on the next one, and is not ours to leave there
        if alone and ("," in alone[0].partition("#")[0] or index == len(found.texts) - 1):
            return text[: text.rfind("\n", 0, start) + 1] + text[alone.end() :]
    behind = re.compile(r"\s*,[ \t]*").match(text, end)
    if behind:
        return text[:start] + text[behind.end() :]
    before = re.search(r",\s*$", text[:start])
    return text[: before.start() if before else start] + text[end:]


def _margin(text: str, at: int) -> str | None:
    """The white space before a text that is the first on its line; None where something else is."""
    before = text[text.rfind("\n", 0, at) + 1 : at]
    return None if before.strip() else before


def _find_list(text: str, line: int, key: str) -> _List | None:
    begin = 0
    for _ in range(line - 1):
        begin = text.index("\n", begin) + 1
    opening = re.compile(rf"[ \t]*[\"']?{key}[\"']?[ \t]*=[ \t]*\[").match(text, begin)
    if opening is None:
        return None
    texts: list[tuple[int, int]] = []
    at = opening.end()
    while token := _TOKEN.match(text, at):
        if token[0] == "]":
            return _List(tuple(texts), opening.end(), at)
        if token[0][0] in "\"'":
            texts.append(token.span())
        at = token.end()
    return None
