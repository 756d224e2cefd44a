"""Pinyin glosses out: 網(wǎng)信辦 -> 網信辦, where the reading is really one of that character's own.

Mirror sites for learners put a reading behind every other character.  (中心), (IMF) and 选项(a) are no readings.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

from digest.rank.language import HAN

_GLOSS = re.compile(rf"({HAN})[(（]\s*([A-Za-zÀ-ɏɑɡ\u0300-\u036f'’]{{1,10}})\s*[)）]")
_SYLLABLE = re.compile(
    r"(?:[bpmfdtnlgkhjqxrzcsyw]|[zcs]h)?(?:[aoeêiuü]|ai|ei|ao|ou|an|en|ang|eng|ong|er|ia|ie|iao|iu|ian|in|iang|ing|iong|"
    r"ua|uo|uai|ui|uan|un|uang|ue|üe|üan|ün)|h?(?:ng?|m)"
)
"""What a syllable of Mandarin can be, without its tone; `fix` and `tones` are none, and cost no dictionary."""

_LOOKALIKES = str.maketrans({"ɑ": "a", "ɡ": "g", "v": "ü", "’": "", "'": ""})


def strip_glosses(text: str) -> str:
    """Return `text` without the pinyin glosses behind its characters."""
    return _GLOSS.sub(lambda m: m.group(1) if is_reading(m.group(1), m.group(2)) else m.group(0), text)


def is_reading(char: str, reading: str) -> bool:
    """Whether `reading` is pinyin for `char`, in any of its readings.

    The tone may differ (一 is yī, yí and yì in running text) or be left out, but a single letter without a tone mark is
    taken for a letter, and capitals for an abbreviation.
    """
    if reading != reading.lower():
        return False
    spoken = unicodedata.normalize("NFC", reading).translate(_LOOKALIKES)
    if len(spoken) == 1 and spoken.isascii():
        return False
    syllable = _toneless(spoken)
    return bool(_SYLLABLE.fullmatch(syllable)) and syllable in _readings(char)


@cache
def _readings(char: str) -> frozenset[str]:
    """Every reading of a character, without tones."""
    from pypinyin import Style, pinyin

    found = pinyin(char, style=Style.TONE, heteronym=True, errors="ignore")
    return frozenset(_toneless(reading) for readings in found[:1] for reading in readings)


def _toneless(reading: str) -> str:
    """`wǎng` -> `wang`, `nǚ` -> `nü`: the tone marks off, the two dots kept."""
    decomposed = unicodedata.normalize("NFD", reading)
    return unicodedata.normalize("NFC", "".join(c for c in decomposed if c == "\u0308" or not unicodedata.combining(c)))
