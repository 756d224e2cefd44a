"""Who speaks in the report of a meeting, a call or a visit: the host, whom its headline names first, and the others.

A report gives the host's words and then the guest's; the guest's alone would be half the talk.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

_MEETING = re.compile(r"会见|会谈|会晤|通话|[同与和][^，。]{2,24}举行")
# 江望会见岚国外长  江望同岚国外长通话  会见岚国外长 江望称…
_HOST = re.compile(
    r"^(?P<first>[\u3400-\u9fff·]{2,10}?)(?:分别|应约|今日|视频|将)?(?:在[^，]{2,8})?(?:会见|会晤|[同与和])"
    r"|^会见.*[ \u3000，](?P<last>[\u3400-\u9fff·]{2,4})(?:称|说|表示|指出|强调)"
)
_SPEAKER = re.compile(
    r"^\s*(?:据[^，。]{2,12}，)?(?P<who>[^，。：“”]{2,16}?)(?:还|也|则)?(?:表示|指出|强调|说|称|重申)[，：,:“]"
)

_RANK = 3
"""A name may be followed by a rank this long: 江望主席 speaks, 岚国总统府发表声明 is not 岚国总统."""


@dataclass(frozen=True, slots=True)
class Talk:
    """Where the host of a meeting first speaks, None where nowhere, and where the others do."""

    host: int | None = None
    guests: frozenset[int] = frozenset()


def find_talk(sentences: Sequence[str], title: str) -> Talk:
    """Return who speaks where; an empty talk where the headline reports no meeting.  Both in simplified characters."""
    named = _HOST.search(title.strip()) if _MEETING.search(title) else None
    if named is None:
        return Talk()
    host = named["first"] or named["last"]
    speakers = {at: found["who"] for at, text in enumerate(sentences) if (found := _SPEAKER.search(text))}
    own = [at for at, who in speakers.items() if who[max(0, len(who) - len(host) - _RANK) :].find(host) >= 0]
    return Talk(min(own), frozenset(speakers.keys() - own)) if own else Talk()
