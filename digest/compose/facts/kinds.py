"""What kind of text it is: a document, what explains one, or news; the document's kind and title."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cached_property
from itertools import pairwise

from digest.compose.facts.layout import Layout
from digest.compose.facts.names import ends_as_body
from digest.compose.facts.reading import Reading
from digest.compose.facts.words import WORDS, either
from digest.rank.language import HAN

_FIRM = WORDS["genres"]["firm"]
_GENRES = either([*_FIRM, *WORDS["genres"]["loose"]])
_TAIL = r"(?:[(\[〔][^()\[\]〔〕\n]{1,30}[)\]〕])*"
_GENRE = re.compile(rf"(?P<genre>{_GENRES})[》〉”]?{_TAIL}$")
_ABOUT_WORDS = either(WORDS["genres"]["about"])
_ABOUT = re.compile(
    rf"^(?:{_ABOUT_WORDS})(?=[|:·《丨 ])|^(?:{_ABOUT_WORDS})《|(?:{_ABOUT_WORDS})(?:[(][^()]{{1,12}}[)])?$"
)
_DOCUMENT_WORD = re.compile(r"《|关于|办法|条例|规定|规则|细则|通知|意见|方案|政策|措施|[〕\]]\s?\d+号|第\S{1,5}号")
_SITE = re.compile(r"\s*[_|]\s*|\s+-+\s+|-{2,}|-(?=[^-\d]{2,12}(?:网|政府|门户|部|局|委员会)$)")
_NUMBER_TAIL = re.compile(r"\s{0,2}(?:[(\[][^()\n]{2,28}?(?:[〕\])]\s?第?\s?\d{1,6}|第\s?\S{1,8}\s?)号[)\]])$")
_NUMBERED = re.compile(r"^\S{2,20}?[〔\[(]\d{4}[〕\])]\s?第?\d{1,5}号\s?《(?P<name>[^\n]{4,200})》\s*$")
_DATE_TAIL = re.compile(r"\s(?:19|20)\d\d\s?[-/.年]\s?\d{1,2}\s?[-/.月]\s?\d{1,2}\s?日?\s*(?:发布|公布)?$")
_RECENT = r"(?:近日|日前|今天|今日|昨日|昨天|\d{1,2}日)"
_NEWS = re.compile(
    rf"记者|[^\n]{{2,14}}\d{{1,2}}日(?:电|讯|消息)|本报讯|本报\S{{2,4}}\d|获悉|据悉|据了解|据[^,。\n]{{1,12}}(?:消息|报道)|通讯员|"
    rf"(?:(?:^|[\n。,]){_RECENT},|{_RECENT}[,从在由]?{HAN}{{2,24}}?(?:印发|公布|发布|出台|召开))|(?:^|\n)[^\n。]{{2,20}}{_RECENT}(?:印发|公布|发布|出台)"
)
_OF = re.compile(rf"关于[^\n]{{2,200}}的?(?:{_GENRES})[》]?{_TAIL}$")
_LONGEST = 300
_HEADLINE = re.compile(r"[!?:,]|\S \S{5,}.{0,30}(?:将|拟|起|已|获|遭)|最新|重磅|速看|来了|定了|提示")
_DATE_LINE = re.compile(
    r"^\(?(?:(?:19|20)\d\d|[一二][〇○零OΟ0一二三四五六七八九]{3})\s?[-/.年]\s?[\d一二三四五六七八九十]{1,3}\s?[-/.月]\s?[\d一二三四五六七八九十]{1,3}\s?日?\)?$"
)
_PUT_OUT = re.compile(r"现(?:将[^。]{0,40})?(?:予以?)?(?:公布|发布|颁布)")
_ORDER = re.compile(r"(?:院|部|席|府|局|委|会|署|国)令\s{0,3}(?:\(?第|$|\n)")
_RED_HEAD = re.compile(rf"^{HAN}[{HAN[1:-1]} 、]{{2,60}}文件$")


@dataclass(frozen=True)
class Kind:
    """What an article is: `document`, what explains one (`about`), or neither, which is news."""

    title: Reading
    layout: Layout

    @cached_property
    def heading(self) -> tuple[Reading, int, int]:
        """The document's own title without site and number: where it stands, and from where to where.

        It is the article's, or a line of the head, where there is none or a headline stands above a whole document.
        """
        title = self._trim(self.title, 0, len(self.title.plain))
        titled = bool(self.title.plain.strip())
        if titled and (not self.layout.address or _GENRE.search(title[0].plain[title[1] : title[2]])):
            return title
        for index, line in enumerate(self.layout.head):
            named = "关于" in line.text or (index < 3 and not titled)
            if named and 4 < len(line.text) < _LONGEST and _is_title(line.text):
                return self._trim(self.layout.text, line.start, line.end)
        return title

    @cached_property
    def name(self) -> str:
        """The document's own title, in the plain copy."""
        reading, start, end = self.heading
        return reading.plain[start:end]

    @cached_property
    def about(self) -> bool:
        """Whether it explains a document: 解读, 答记者问."""
        return bool(_ABOUT.search(self.name) and _DOCUMENT_WORD.search(self.name))

    @cached_property
    def told(self) -> bool:
        """Whether its first lines tell of it as news do: a dateline, a reporter, 近日."""
        return bool(_NEWS.search(self.layout.text.plain[:260]))

    @cached_property
    def document(self) -> bool:
        """Whether it is an official document: by its table, red head and address, else by its title."""
        if self.about:
            return False
        if self.layout.table or self.red_head or self.signed or self.order:
            return True
        if _tells(self.name) or (self.told and not self.layout.address):
            return False
        match = _GENRE.search(self.name)
        if not match:
            return False
        if _OF.search(self.name) and not re.search(r"[!?]", self.name):
            return True
        if match["genre"] in _FIRM:
            return not _HEADLINE.search(self.name)
        return self.layout.address or bool(re.match(r"第[一二三四五六七八九十]+条|第一章", self._body_start))

    @cached_property
    def signed(self) -> bool:
        """Whether a body's name and a day stand below the text, as nothing but a document has them."""
        lines = self.layout.text.lines
        if len(lines) < 3:
            return False
        return any(
            _DATE_LINE.match(line.text) and ends_as_body(above.text) and len(above.text) < 40
            for above, line in pairwise(lines[1:])
        )

    @cached_property
    def red_head(self) -> bool:
        """Whether a line of the head is the red one: 国务院文件."""
        return any(_RED_HEAD.match(line.text) and ends_as_body(line.text[:-2].strip()) for line in self.layout.head)

    @cached_property
    def order(self) -> bool:
        """Whether it is an order that puts something out by being signed: 国务院令, 现予公布."""
        start, note = self.layout.text.plain[:600], self.layout.note
        start = start.replace(note.text, "") if note else start
        return not self.told and bool(_ORDER.search(f"{self.name}\n{start}") and _PUT_OUT.search(start))

    @cached_property
    def genre(self) -> str:
        """The kind of document in its own word, or what explains one in its (解读); empty for news."""
        if self.about:
            found = _ABOUT.search(self.name)
            return "" if found is None else {"记者问": "答记者问"}.get(found.group(), found.group())
        return self._own_genre if self.document else ""

    @cached_property
    def _own_genre(self) -> str:
        names = [self.name, *(line.text for line in self.layout.head[:12])]
        for name in names:
            if "关于" not in name and (draft := re.search(r"征求意见稿|送审稿", name[-12:])):
                return draft.group()
            match = _GENRE.search(_bare(name))
            if match:
                return _short(match["genre"])
        return ""

    @cached_property
    def _body_start(self) -> str:
        place = self.layout.head_end
        return self.layout.text.plain[place : place + 200].strip()

    @staticmethod
    def _trim(reading: Reading, start: int, end: int) -> tuple[Reading, int, int]:
        piece = reading.plain[start : min(end, start + _LONGEST)]
        site = next((m for m in _SITE.finditer(piece) if m.start() >= 4), None)
        if site:
            piece = piece[: site.start()]
        piece = _DATE_TAIL.sub("", piece.rstrip())
        shorter = _NUMBER_TAIL.sub("", piece.rstrip())
        piece = shorter if len(shorter.strip()) > 3 else piece
        named = _NUMBERED.match(piece)
        if named:
            return reading, start + named.start("name"), start + named.end("name")
        lead = len(piece) - len(piece.lstrip(" >*#"))
        return reading, start + lead, start + len(piece.rstrip())


def _is_title(line: str) -> bool:
    """Whether a line ends in a kind of document, and is neither the red head nor news of one."""
    return bool(_GENRE.search(_bare(line))) and not _RED_HEAD.match(line) and not _tells(line)


def _bare(line: str) -> str:
    """A title without the number and the day behind it."""
    return _NUMBER_TAIL.sub("", _DATE_TAIL.sub("", line).rstrip())


def _tells(name: str) -> bool:
    """Whether a title tells of a document as news do: 国务院公布《节水条例》."""
    return name.endswith("》") and not name.startswith("《") and "关于" not in name.partition("《")[0]


def _short(genre: str) -> str:
    """The kind itself: 管理办法 is 办法, 实施细则 is 细则, 国务院令 is 令."""
    for word in ("征求意见稿", "处罚决定书", "通知书", "告知书", "裁定书", "修正案"):
        if genre.endswith(word):
            return word
    for word in ("办法", "规定", "细则", "条例", "令", "意见", "措施", "规则", "目录", "答复", "草案"):
        if genre.endswith(word):
            return word
    return genre
