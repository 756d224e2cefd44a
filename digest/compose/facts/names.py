"""What the names of issuing bodies look like."""

from __future__ import annotations

import re

from digest.compose.facts.words import WORDS, either
from digest.rank.language import HAN

ENDINGS = either(WORDS["bodies"]["endings"])
"""What the name of a body ends in, for patterns."""

_BODY = re.compile(rf"^[{HAN[1:-1]}()、 ]{{0,60}}(?:{ENDINGS})(?:\([^()]{{2,12}}\))?$")
_NO_NAME = re.compile(r"抄送|附件|印发|关于|^第[一二三四五六七八九十]+[章节]|:|返回|顶部|首页|位置")


def ends_as_body(line: str) -> bool:
    """Whether a short line is the name of a body, or the names of some: 教育部 财政部."""
    return 3 <= len(line) <= 64 and bool(_BODY.match(line)) and not _NO_NAME.search(line)
