"""The body of an answer, whole or not at all: counted while it is unpacked, and stopped at a size."""

from __future__ import annotations

import zlib

from urllib3.response import HTTPResponse

from digest.errors import FetchError

_STEP = 65_536
_FOREIGN = frozenset(("br", "zstd", "compress", "x-compress", "dcb", "dcz"))


class CutBodyError(Exception):
    """The body ended before its end."""


def read_body(response: HTTPResponse, size: int, name: str, *, cut: bool = False) -> bytes:
    """Return the unpacked body.

    Args:
        response: an answer whose body was not read yet.
        size: the most bytes that are taken, after unpacking.
        name: what messages call it.
        cut: give the first `size` bytes of a longer one instead of refusing it.

    Raises:
        FetchError: it is too long, or packed in a way that was not asked for.
        CutBodyError: it is packed, and the packing ended early.
    """
    unpack = _unpacker(response.headers.get("content-encoding", ""), name)
    declared = response.headers.get("content-length", "")
    if not cut and declared.isdecimal() and int(declared[:20]) > size:
        raise _too_long(name, size)
    kept = bytearray()
    while data := response.read(_STEP, decode_content=False):
        kept += unpack.feed(data, size - len(kept) + 1)
        if len(kept) > size:
            if cut:
                return bytes(kept[:size])
            raise _too_long(name, size)
    if not unpack.whole:
        raise CutBodyError
    return bytes(kept)


def drain(response: HTTPResponse) -> None:
    """Reads a body of no interest: all of a short one, so that the connection stays good."""
    while response.tell() < _STEP and response.read(_STEP, decode_content=False):
        pass


class _Plain:
    """A body that is not packed."""

    whole = True

    def feed(self, data: bytes, most: int) -> bytes:
        """The bytes themselves, up to `most`."""
        return data[:most]


class _Packed:
    """gzip or deflate, unpacked once and only once; a body that is packed only by its header is taken as it is."""

    def __init__(self, gzip: bool) -> None:
        self._gzip = gzip
        self._unpack: zlib._Decompress | None = None
        self._begun = b""
        self._plain = False
        self._ended = False

    @property
    def whole(self) -> bool:
        """Whether the end of the packing was seen."""
        return self._plain or (not self._begun if self._unpack is None else self._unpack.eof)

    def feed(self, data: bytes, most: int) -> bytes:
        """The next unpacked bytes, up to `most`; more than that are not even made."""
        if self._plain:
            return data[:most]
        if self._ended:
            return b""
        if self._unpack is None:
            self._begun += data
            if len(self._begun) < 2:
                return b""
            data, self._begun = self._begun, b""
            self._unpack = self._recognise(data)
            if self._unpack is None:
                self._plain = True
                return data[:most]
        return self._unpacked(data, most)

    def _recognise(self, data: bytes) -> zlib._Decompress | None:
        if self._gzip:
            return zlib.decompressobj(16 + zlib.MAX_WBITS) if data.startswith(b"\x1f\x8b") else None
        # "deflate" should have a zlib header (RFC 9110 section 8.4.1.2), but some servers leave it out
        zlib_header = data[0] & 0x0F == 8 and int.from_bytes(data[:2], "big") % 31 == 0
        return zlib.decompressobj(zlib.MAX_WBITS if zlib_header else -zlib.MAX_WBITS)

    def _unpacked(self, data: bytes, most: int) -> bytes:
        made = bytearray()
        while data and len(made) < most and self._unpack is not None:
            try:
                made += self._unpack.decompress(data, most - len(made))
            except zlib.error:
                raise CutBodyError from None
            data = self._unpack.unconsumed_tail
            if self._unpack.eof:
                data = self._unpack.unused_data
                if not data:  # another member may follow
                    break
                if not (self._gzip and data.startswith(b"\x1f\x8b")):
                    self._ended = True  # what stands behind the end is rubbish, as gunzip says
                    break
                self._unpack = zlib.decompressobj(16 + zlib.MAX_WBITS)
        return bytes(made)


def _unpacker(encoding: str, name: str) -> _Plain | _Packed:
    words = [word.strip().lower() for word in encoding.split(",") if word.strip().lower() not in ("", "identity")]
    if len(words) > 1:
        raise FetchError(f"{name} is packed {len(words)} times over", "no honest server does that; tell the site")
    if words and words[0] in _FOREIGN:
        raise FetchError(f"{name} is packed as {words[0]}, which was not asked for", "tell the site")
    if words and words[0] in ("gzip", "x-gzip"):
        return _Packed(gzip=True)
    return _Packed(gzip=False) if words and words[0] == "deflate" else _Plain()


def _too_long(name: str, size: int) -> FetchError:
    shown = f"{size / 1_000_000:g} MB" if size >= 100_000 else f"{size:,} bytes"
    return FetchError(
        f"{name} is longer than {shown}", "it is not read any further; follow another address of the site"
    )
