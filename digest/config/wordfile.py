"""A keyword file in the syntax that TrendRadar's config/frequency_words.txt made common, as groups of words.

    # a comment                    [GLOBAL_FILTER]  below it, words that keep an article out of every group
    [科技]       the group's name   [WORD_GROUPS]    below it, groups again
    华为         one of these       /小米|雷军/ => 小米   a pattern, and the name it goes by
    +发布        every one of these
    !招聘        none of these; of this group alone, while TrendRadar lets it empty the other groups too
    @5           so many items at most

An empty line ends a group.  Case never matters, so the flags after a pattern (`/…/i`) are read and say nothing.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from digest.config.wording import quote
from digest.errors import ConfigError
from digest.model import Word, WordFile, WordGroup

_GLOBAL = "GLOBAL_FILTER"
_GROUPS = "WORD_GROUPS"
_HEADER = re.compile(r"\[(.*)\]")
_ALIAS = re.compile(r"\s*=>\s*")
_PATTERN = re.compile(r"/(.+)/[a-z]*")
_TOKEN = re.compile(r"\\.|\[\^?\]?(?:\\.|[^\]\\])*\]|\((?:\?(?:[:=!>]|<[=!]|P?<\w+>|[a-zA-Z-]+:))?|.", re.DOTALL)
_VARYING = re.compile(r"[*+?]|\{\d*,\d*\}")
_MANY_TIMES = re.compile(r"[*+]|\{\d*,\}|\{(?:\d*,)?\d{2,}\}")
_WILD = re.compile(r"(?:(?:\.|\\[wWSD])(?:[*+]|\{\d*,\})[?+]?){3}")
_SPECIAL = frozenset(".^$*+?{}[]|()\\")


class _MistakeError(Exception):
    """What is wrong with a line, in words that end in a remedy."""


@dataclass(slots=True)
class _Draft:
    """A group while its lines are read; `names` are those its words go by, the best first."""

    title: str = ""
    any: list[Word] = field(default_factory=list)
    required: list[Word] = field(default_factory=list)
    excluded: list[Word] = field(default_factory=list)
    names: list[str] = field(default_factory=list)
    limit: int = 0

    def finish(self) -> WordGroup:
        """The group, headed by its name or its first word."""
        title = self.title or next(iter(self.names), "") or (*self.any, *self.required)[0].text
        return WordGroup(title, tuple(self.any), tuple(self.required), tuple(self.excluded), self.limit)


def parse_word_file(text: str, name: str) -> WordFile:
    """The groups and the excluded words of a keyword file; raises ConfigError with every mistake in it.

    `name` is what the messages call the file.
    """
    reader = _Reader()
    mistakes = []
    for number, line in enumerate(text.removeprefix("\ufeff").splitlines(), 1):
        try:
            reader.read(line.strip())
        except _MistakeError as mistake:
            mistakes.append(f"{name}:{number}: {mistake}")
    reader.close()
    if mistakes:
        count = "1 mistake" if len(mistakes) == 1 else f"{len(mistakes)} mistakes"
        raise ConfigError(f"{name} has {count}", "mend what is listed and try again", tuple(mistakes))
    return WordFile(tuple(reader.groups), tuple(reader.excluded))


class _Reader:
    def __init__(self) -> None:
        self.draft = _Draft()
        self.groups: list[WordGroup] = []
        self.excluded: list[Word] = []
        self.in_filter = False

    def read(self, line: str) -> None:
        """Take in one line without the blanks around it."""
        header = _HEADER.fullmatch(line)
        if not line or header:
            self.close()
        if header:
            self.read_header(header[1].strip())
        elif self.in_filter and line and not line.startswith("#"):
            self.read_filter(line)
        elif line and not line.startswith("#"):
            self.read_word(line)

    def close(self) -> None:
        """End the group; one of nothing but excluded words can only mean to exclude them everywhere."""
        if self.draft.any or self.draft.required:
            self.groups.append(self.draft.finish())
        else:
            self.excluded += self.draft.excluded
        self.draft = _Draft()

    def read_header(self, title: str) -> None:
        if title.upper() in (_GLOBAL, _GROUPS):
            self.in_filter = title.upper() == _GLOBAL
        elif not title:
            raise _MistakeError("the brackets are empty: write a name for the group, such as [科技]")
        elif self.in_filter:
            raise _MistakeError(f"the group {quote(title)} stands below [{_GLOBAL}]: write [{_GROUPS}] above it")
        else:
            self.draft.title = title

    def read_filter(self, line: str) -> None:
        if line[0] in "+@!":
            raise _MistakeError(f"below [{_GLOBAL}] no line begins with {line[0]}: write the word alone, such as 广告")
        self.excluded.append(_read_word(line)[0])

    def read_word(self, line: str) -> None:
        draft = self.draft
        if line[0] == "@":
            draft.limit = _read_count(line[1:].strip())
        elif line[0] == "!":
            draft.excluded.append(_read_word(line[1:])[0])
        else:
            word, alias = _read_word(line.removeprefix("+"))
            (draft.required if line[0] == "+" else draft.any).append(word)
            if alias or not word.regex:
                draft.names.append(alias or word.text)


def _read_count(said: str) -> int:
    if not said.isdecimal():
        raise _MistakeError(f"after @ stands {quote(said)}, which is no whole number: write @5 for at most five items")
    return int(said)


def _read_word(line: str) -> tuple[Word, str]:
    """The word of a line, and the name it goes by or an empty string."""
    said, *rest = _ALIAS.split(line.strip(), maxsplit=1)
    alias = "".join(rest).strip()
    if not said:
        raise _MistakeError("there is no word on the line: write one after the sign, such as +发布, or delete the line")
    pattern = _PATTERN.fullmatch(said)
    if pattern is None:
        return Word(said), alias
    _check_pattern(pattern[1])
    return Word(pattern[1], regex=True), alias


def _check_pattern(pattern: str) -> None:
    """Raise the mistake of a pattern that cannot be read, or that might never come to an end."""
    try:
        re.compile(pattern, re.IGNORECASE)
    except (re.error, RecursionError, OverflowError) as error:
        raise _MistakeError(
            f"the pattern {quote(pattern)} is broken ({error}): "
            "write a regular expression of Python, such as /华为|小米/"
        ) from None
    if _repeats_repetition(pattern) or _WILD.search(pattern):
        raise _MistakeError(
            f"the pattern {quote(pattern)} repeats what varies by itself, which may take forever: "
            "leave out one of the signs * and +"
        )


@dataclass(slots=True)
class _Bracket:
    """What an open bracket holds so far: whether one text can be read in two ways, and how its branches begin."""

    ambiguous: bool = False
    openings: list[str] = field(default_factory=lambda: [""])

    def read(self, piece: str) -> None:
        if piece == "|":
            self.openings.append("")
        elif not self.openings[-1]:
            self.openings[-1] = piece

    def is_risky(self) -> bool:
        """Whether repeating it many times may take forever: (a+)+, (a|ab)+; not (小米|华为)+."""
        plain = all(opening and opening not in _SPECIAL and len(opening) == 1 for opening in self.openings)
        choice = len(self.openings) > 1 and not (plain and len(set(self.openings)) == len(self.openings))
        return self.ambiguous or choice


def _repeats_repetition(pattern: str) -> bool:
    """Whether a bracket whose content may be read in many ways is repeated many times."""
    open_: list[_Bracket] = [_Bracket()]
    for token in _TOKEN.finditer(pattern):
        if token[0] == ")":
            risky = open_.pop().is_risky()
            if risky and _MANY_TIMES.match(pattern, token.end()):
                return True
            open_[-1].ambiguous |= risky
            continue
        open_[-1].read(token[0])
        if token[0][0] == "(":
            open_.append(_Bracket())
        elif _VARYING.match(pattern, token.start()):
            open_[-1].ambiguous = True
    return False
