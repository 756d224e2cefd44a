"""Whatever a server repeats of a secret, and however: nothing of it is left."""

from __future__ import annotations

import base64
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.deliver.masking import Mask
from digest.deliver.server import Server
from digest.deliver.trouble import readable

SERVER = Server("smtp.example.cn", 465, "tls", "me@example.cn", "x")
SECRET = "Kanarienvogel+7f/3a=b%20c"
LONG = "eyJ0" + "".join(f"{number:x}~" for number in range(500, 900))
PLAIN = base64.b64encode(f"\0me@example.cn\0{SECRET}".encode()).decode()


def squeeze(text: str) -> str:
    """The text without white space."""
    return "".join(text.split())


@pytest.mark.parametrize(
    "form",
    [
        SECRET,
        quote(SECRET, safe=""),
        "".join(f"%{ord(letter):02x}" for letter in SECRET),
        base64.b64encode(SECRET.encode()).decode(),
        base64.urlsafe_b64encode(SECRET.encode()).decode(),
        PLAIN,
        f"{SECRET[:9]}\r\n {SECRET[9:]}",
        f"{PLAIN[:20]}\n{PLAIN[20:40]}\n{PLAIN[40:]}",
        " ".join(SECRET),
    ],
)
def test_every_form_is_hidden(form: str) -> None:
    """Plain, percent-encoded, in base64, folded or spaced out; what is around it stays."""
    assert readable(f"bad: {form} , sorry", Mask(SERVER, SECRET).hide) == "bad: *** , sorry"


@given(start=st.integers(0, 300), size=st.integers(12, 700), before=st.text(max_size=600))
def test_no_piece_of_a_long_token_is_left(start: int, size: int, before: str) -> None:
    """Where the server, or our own 500 characters, cut it in the middle, the rest is hidden all the same."""
    piece = LONG[start : start + size]
    shown = squeeze(readable(f"{before} {piece}", Mask(SERVER, LONG).hide))
    assert not any(piece[at : at + 12] in shown for at in range(len(piece) - 11))


@given(text=st.text(max_size=80))
def test_without_a_secret_nothing_is_touched(text: str) -> None:
    """No login, no mask."""
    assert Mask(SERVER, "").hide(text) == text


def test_ordinary_words_stay() -> None:
    """A reply that repeats nothing is shown as it is, and the mask itself shows nothing."""
    mask = Mask(SERVER, SECRET)
    said = "535 5.7.8 authentication failed for me@example.cn: 50% full, a=b"
    assert mask.hide(said) == said
    assert SECRET not in repr(mask)
