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
