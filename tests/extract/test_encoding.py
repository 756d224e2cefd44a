"""Bytes become the right text, or an honest refusal; never mojibake."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from digest.errors import FormatError
from digest.extract.encoding import decode

TEXT = "云泽市召开网络安全工作会议，部署全年任务。会议要求各单位压实责任，及时报告。\n"
TRADITIONAL = "雲澤市召開網絡安全工作會議，部署全年任務。會議要求各單位壓實責任，及時報告。\n"


@pytest.mark.parametrize(
    "encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "gb18030", "gbk", "gb2312"]
)
@pytest.mark.parametrize("times", [1, 40])
def test_every_chinese_encoding_is_told_by_its_bytes(encoding: str, times: int) -> None:
    """Nothing is declared, a line is enough."""
    assert decode((TEXT * times).encode(encoding))[0] == TEXT * times


@pytest.mark.parametrize("encoding", ["big5", "big5hkscs", "utf-8"])
def test_traditional_encodings_are_told_by_their_bytes(encoding: str) -> None:
    """Big5 is not mistaken for GB18030."""
    assert decode(TRADITIONAL.encode(encoding))[0] == TRADITIONAL


@pytest.mark.parametrize(
    ("declared", "truth"),
    [
        ("gb2312", "gb18030"),
        ("GBK", "gb18030"),
        ("utf-8", "utf-8"),
        ("big5", "big5"),
        ("utf-8", "gb18030"),
        ("gb2312", "utf-8"),
        ("no-such-charset", "utf-8"),
    ],
)
def test_a_meta_tag_is_believed_unless_the_bytes_say_otherwise(declared: str, truth: str) -> None:
    """gb2312 means gb18030, and a lying declaration is overruled."""
    body = TRADITIONAL if truth == "big5" else TEXT
    meta = f'<meta http-equiv="Content-Type" content="text/html; charset={declared}">'
    page = f"<html><head>{meta}</head><body>{body * 5}</body></html>"
    assert body in decode(page.encode(truth))[0]


CHARSETS = ("", "utf-8", "gb2312", "big5", "iso-8859-1", "utf-16")


@pytest.mark.parametrize("truth", ["utf-8", "utf-8-sig", "gb18030", "big5", "utf-16", "utf-16-le"])
@pytest.mark.parametrize("header", [*CHARSETS, "no-such-charset"])
@pytest.mark.parametrize("meta", CHARSETS)
def test_whatever_is_declared_the_bytes_are_read_right(truth: str, header: str, meta: str) -> None:
    """252 ways to tell the truth or to lie, in the first kilobytes or behind them, by <meta> or XML: all read right."""
    body = TRADITIONAL if truth == "big5" else TEXT
    tag = f'<meta charset="{meta}">' if meta else ""
    xml = f'<?xml version="1.0" encoding="{meta}"?>' if meta else ""
    for page in (
        f"<html><head>{tag}</head><body>{body}</body></html>",
        f"<html><head>{' ' * 20_000}{tag}</head><body>{body * 8}</body></html>",
        f"{xml}<html><body>{body}</body></html>",
    ):
        assert decode(page.encode(truth), header)[0] == page


@pytest.mark.parametrize("truth", ["gb18030", "big5"])
def test_a_bom_that_lies_is_not_believed(truth: str) -> None:
    """A template with the mark of UTF-8 before bytes that are something else."""
    body = (TRADITIONAL if truth == "big5" else TEXT) * 3
    assert decode(b"\xef\xbb\xbf" + body.encode(truth))[0] == body


def test_one_broken_byte_costs_one_character() -> None:
    """UTF-8 with a rare bad byte stays UTF-8, whatever is declared; a cut last character too."""
    data = (TEXT * 5).encode()
    for declared in ("", "utf-8", "gb2312"):
        text, _ = decode(data[:31] + b"\xff" + data[32:], declared)
        assert TEXT * 4 in text
        assert TEXT * 4 in decode(data[:-2], declared)[0]


@pytest.mark.parametrize(("first", "second"), [("utf-8", "latin-1"), ("gb18030", "latin-1")])
def test_text_that_was_encoded_twice_is_decoded_twice(first: str, second: str) -> None:
    """Bytes taken for Western letters and saved as UTF-8 once more."""
    assert decode((TEXT * 3).encode(first).decode(second).encode())[0] == TEXT * 3


@pytest.mark.parametrize(
    "garbled", ["锟斤拷" * 20, (TEXT * 3).encode().decode("gb18030", "replace"), "\ufffd" * 50 + TEXT]
)
def test_what_is_lost_is_refused(garbled: str) -> None:
    """Characters nobody writes are no article; the error says so."""
    with pytest.raises(FormatError, match="garbled") as caught:
        decode(garbled.encode())
    assert caught.value.hint


@pytest.mark.parametrize(
    ("text", "charset"),
    [
        ("L’été à la façade, déjà vu: où êtes-vous née? Ça été très agréable.", "windows-1252"),
        ("東京都は新しい計画を発表した。", "shift_jis"),
        ("서울시는 새로운 계획을 발표했다.", "euc-kr"),
        ("喆镕㛃龘靐齉爩", "gb18030"),
    ],
)
def test_other_languages_and_rare_names_are_not_garbled(text: str, charset: str) -> None:
    """A true declaration stands, however unusual its characters."""
    assert decode(text.encode(charset), charset)[0] == text


def test_a_rare_character_beyond_gb2312_survives() -> None:
    """A page that declares gb2312 and uses the whole of GB18030 is read whole."""
    page = '<meta charset="gb2312">' + TEXT + "记者㛃然、喆、镕报道。€"
    assert decode(page.encode("gb18030"))[0] == page


@pytest.mark.parametrize(
    "data",
    [
        b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR",
        b"%PDF-1.7 \xe2\xe3",
        b"PK\x03\x04" + bytes(range(256)),
        bytes(range(256)) * 20,
        b"\0" * 1000,
    ],
)
def test_a_binary_file_is_refused(data: bytes) -> None:
    """A picture, a PDF, an archive and noise are no text, and the error says what to do."""
    with pytest.raises(FormatError, match="binary") as caught:
        decode(data)
    assert caught.value.hint


@given(st.binary(max_size=400))
def test_no_bytes_crash(data: bytes) -> None:
    """Any bytes are text or a FormatError."""
    try:
        text, encoding = decode(data)
    except FormatError:
        return
    assert isinstance(text, str)
    assert encoding


@given(
    st.text(st.sampled_from("云泽市网络安全工作会议要求各单位，。\n0123abc"), min_size=30, max_size=200),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_what_is_encoded_comes_back(text: str, encoding: str) -> None:
    """Unicode encodings are exact for any text."""
    assert decode(text.encode(encoding))[0] == text
