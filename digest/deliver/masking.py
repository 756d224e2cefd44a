"""Takes the secret of a login out of whatever a server says, in every form a server could repeat it in."""

from __future__ import annotations

import base64
import re
from collections.abc import Iterable

from digest.deliver.server import Server

PIECE = 12
"""So many characters in a row of a secret are hidden even where the rest of it is missing: servers cut what they echo.

A shorter secret is hidden where all of it stands.
"""

_ENCODING = {"%", "="}
ENCODED = re.compile(r"[%=]([0-9A-Fa-f]{2})|\S")


class Mask:
    """Hides one secret.  It has no repr of its own, so that no traceback with local variables shows what it hides."""

    __slots__ = ("_pieces", "_sizes")

    def __init__(self, server: Server, secret: str) -> None:
        self._pieces: set[str] = set()
        for form in _forms(server, secret) if secret else ():
            size = min(PIECE, len(form))
            self._pieces.update(form[start : start + size] for start in range(len(form) - size + 1))
        self._pieces.discard("")
        self._sizes = sorted({len(piece) for piece in self._pieces})

    def hide(self, text: str) -> str:
        """The text with the secret masked: plain, percent-encoded or as AUTH sends it, whole, cut, folded or spaced."""
        if not self._pieces:
            return text
        squeezed = "".join(text.split())
        if not (_ENCODING & set(squeezed) or self._is_in(squeezed)):  # nearly every reply, four for each mail
            return text
        spoken = [(match.start(), match.end(), match[0]) for match in re.finditer(r"\S", text)]
        covered = self._cover(spoken)
        if "%" in text or "=" in text:
            decoded = ENCODED.finditer(text)
            letters = [(m.start(), m.end(), chr(int(m[1], 16)) if m[1] else m[0]) for m in decoded]
            covered += self._cover(letters)
        return _blot(text, covered) if covered else text

    def _is_in(self, squeezed: str) -> bool:
        return any(
            squeezed[start : start + size] in self._pieces
            for size in self._sizes
            for start in range(len(squeezed) - size + 1)
        )

    def _cover(self, letters: list[tuple[int, int, str]]) -> list[tuple[int, int]]:
        """Where in the text pieces of the secret stand, letter by letter, whatever white space is between them."""
        squeezed = "".join(letter for _, _, letter in letters)
        return [
            (letters[start][0], letters[start + size - 1][1])
            for size in self._sizes
            for start in range(len(squeezed) - size + 1)
            if squeezed[start : start + size] in self._pieces
        ]


def bearer(server: Server, token: str) -> str:
    """What XOAUTH2 sends (Google's and Microsoft's description of the mechanism)."""
    return f"user={server.user}\1auth=Bearer {token}\1\1"


def _forms(server: Server, secret: str) -> Iterable[str]:
    """The secret as it may be repeated, without white space."""
    yield "".join(secret.split())
    for spoken in (secret, f"\0{server.user}\0{secret}", bearer(server, secret)):
        yield base64.b64encode(spoken.encode()).decode()
        yield base64.urlsafe_b64encode(spoken.encode()).decode()


def _blot(text: str, covered: list[tuple[int, int]]) -> str:
    """The text with three stars in place of each run of what is covered."""
    parts, end = [], 0
    for first, last in sorted(covered):
        if first >= end:
            parts += [text[end:first], "***"]
        end = max(end, last)
    return "".join((*parts, text[end:]))
