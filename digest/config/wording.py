"""How messages quote what the user wrote, and how they guess what was meant.  Everything fits on one line."""

from __future__ import annotations

import difflib
from collections.abc import Iterable

LONGEST_QUOTE = 60


def quote(text: str) -> str:
    """`text` in double quotes, safe to print: invisible characters are spelled out, a long text is cut."""
    cut = text if len(text) <= LONGEST_QUOTE else text[: LONGEST_QUOTE - 1] + "…"
    return '"' + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + '"'


def find_nearest(word: str, known: Iterable[str]) -> str:
    """The known word most like `word`, or an empty string where none is like it."""
    by_folded = {name.casefold(): name for name in known}
    matches = difflib.get_close_matches(word.casefold(), by_folded, n=1)
    return by_folded[matches[0]] if matches else ""


def suggest(word: str, known: Iterable[str]) -> str:
    """The end of a message about an unknown word: `did you mean "x"?`, or the list of what there is."""
    names = list(dict.fromkeys(known))
    nearest = find_nearest(word, names)
    if nearest:
        return f"did you mean {quote(nearest)}?"
    return f"choose from {', '.join(names)}" if names else "there is nothing of that kind yet: add it first"
