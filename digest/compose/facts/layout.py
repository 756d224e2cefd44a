"""How a document is laid out: its head before the first sentence, the rows of its table, its parts that only cite."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property

from digest.compose.facts.reading import Line, Reading
from digest.compose.facts.words import WORDS

_HEAD_LINES = 40
_ADDRESS = re.compile(r"(?:各|有关|你|委员|部|局|厅|府|办|司|公司|单位|机构|代表|同志|企业|学校)[^。]*:$|^\S{2,40}:$")
_SPOKEN = re.compile(r"。|;$|!$|^.{36,},|,$")

_KIND = {label: kind for kind, labels in WORDS["labels"].items() for label in labels}
"""What the rows of the table above a document on an official site are called, by the fact they give."""

_LABEL = re.compile(
    r"(?P<label>"
    + "|".join(r"[ ]{0,4}".join(label) for label in sorted(_KIND, key=len, reverse=True))
    + r")(?:(?P<colon>[】\]])|[ ]{0,6}(?:(?P<dots>[:|])|(?=[\n ])))[ |:]{0,8}(?P<alone>(?:\n[ |]{0,8}){1,3})?"
)
_NOTE = re.compile(r"^\((?=[^)]{0,300}[年月日])[^。]{0,390}(?:公布|发布|通过|修订|修正|修改|批准|施行)\)?$")
_CELL_END = re.compile(r"\n| {2,}|\|| (?=[^ ]{2,8}:)")
_BEFORE_LABEL = ("", *"\n |]】[【,;(")
_TABLE_CHARS = 3000


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the table above a document: what it tells of, and the place of what it says."""

    kind: str
    start: int
    end: int


@dataclass(frozen=True)
class Layout:
    """The parts of a text: `head`, the lines before its first sentence, and the `rows` of its table."""

    text: Reading

    @cached_property
    def rows(self) -> tuple[Row, ...]:
        """The rows of the table above the document, in order."""
        plain = self.text.plain[:_TABLE_CHARS]
        marks = [
            mark
            for mark in _LABEL.finditer(plain)
            if plain[max(0, mark.start() - 1) : mark.start()] in _BEFORE_LABEL
            and (mark["colon"] or mark["dots"] or self._begins_line(mark.start()))
        ]
        found = []
        for mark, following in zip(marks, [*marks[1:], None], strict=False):
            limit = following.start() - int(plain[following.start() - 1] in "[【") if following else len(plain)
            cell = _CELL_END.search(plain, mark.end(), limit)
            end = cell.start() if cell else limit
            if end > mark.end():
                found.append(Row(_KIND[mark["label"].replace(" ", "")], mark.end(), end))
        return tuple(found)

    @cached_property
    def head(self) -> tuple[Line, ...]:
        """The lines before the first sentence or address, those of the table too: title, red head, number."""
        head = []
        for line in self.text.lines[:_HEAD_LINES]:
            if not self._in_table(line) and (_SPOKEN.search(line.text) or is_address(line.text)):
                break
            head.append(line)
        return tuple(head)

    @cached_property
    def head_end(self) -> int:
        """The place where the head ends."""
        return self.head[-1].end if self.head else 0

    @cached_property
    def table(self) -> bool:
        """Whether there is such a table: its number, its signature, or the body and one row more."""
        kinds = {row.kind for row in self.rows}
        return "number" in kinds or "signed" in kinds or ("body" in kinds and len(kinds) > 1)

    @cached_property
    def address(self) -> bool:
        """Whether the first lines address somebody, as a letter does: 各省、自治区、直辖市人民政府："""
        lines = self.text.lines[: len(self.head) + 1]
        return any(is_address(line.text) and not self._in_table(line) for line in lines)

    @cached_property
    def note(self) -> Line | None:
        """The note below a title that tells how it came to be: （2022年9月13日省政府令第9号公布）."""
        lines = self.text.lines[:6]
        return next((line for line in lines if _NOTE.match(line.text) and len(line.text) < 400), None)

    def row(self, kind: str) -> Row | None:
        """Return the first row of a kind."""
        return next((row for row in self.rows if row.kind == kind), None)

    def _in_table(self, line: Line) -> bool:
        return any(line.start <= row.end and row.start <= line.end for row in self.rows)

    def _begins_line(self, place: int) -> bool:
        return not self.text.plain[self.text.line_start(place) : place].strip(" |[【")


def is_address(line: str) -> bool:
    """Whether a line says to whom a document goes."""
    return line.endswith(":") and len(line) < 300 and bool(_ADDRESS.search(line)) and not _NO_ADDRESS.search(line)


_NO_ADDRESS = re.compile(r"附件|如下|^\d|^[一二三四五六七八九十]+、|《|日期|时间|编号|来源|文号|字号")
