"""A picture made fit for a mail: small, a JPEG, and with nothing in it but the picture.  Pillow's only door.

What comes from the web may be built to do harm, so that this belongs in a process of its own (`digest.guard`).
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.util import find_spec
from io import BytesIO
from typing import TYPE_CHECKING

from digest.errors import FormatError

if TYPE_CHECKING:
    from PIL.Image import Image

FORMATS = ("JPEG", "PNG", "GIF", "WEBP")
WIDEST = 600
SMALLEST = 120
LONGEST = 3
"""So many times as long as wide, or the other way round, is a banner or a page made into a picture."""
MOST_PIXELS = 40_000_000
LARGEST = 60_000
"""The bytes to aim at."""
_TRIES = ((WIDEST, 80), (WIDEST, 70), (WIDEST, 60), (480, 60), (360, 50))


@dataclass(frozen=True, slots=True)
class Shrunk:
    """A picture as it goes into a mail: the bytes of a JPEG, and its size in pixels."""

    data: bytes
    width: int
    height: int


def can_shrink() -> bool:
    """Whether Pillow is installed."""
    return find_spec("PIL") is not None


def shrink_picture(data: bytes) -> Shrunk:
    """Return the picture in `data`, at most 600 pixels wide, as a JPEG that holds nothing else (no EXIF, no place).

    Raises:
        FormatError: it is none of JPEG, PNG, GIF and WebP, broken, tiny, very long or monstrous.
    """
    from PIL import Image, ImageOps

    try:
        with Image.open(BytesIO(data), formats=FORMATS) as opened:
            _check_size(*opened.size)
            opened.draft("RGB", (2 * WIDEST, 2 * WIDEST))
            upright = ImageOps.exif_transpose(opened)
            return _encode(_on_white(upright))
    except (OSError, SyntaxError, ValueError, EOFError, LookupError, Image.DecompressionBombError) as error:
        raise FormatError(f"it is no picture that can be shown: {error}"[:200], "look at it in a browser") from error


def _check_size(width: int, height: int) -> None:
    told = f"a picture of {width} x {height} pixels"
    if width * height > MOST_PIXELS:
        raise FormatError(f"{told} is too large", "")
    if min(width, height) < SMALLEST:
        raise FormatError(f"{told} is too small", "")
    if max(width, height) > LONGEST * min(width, height):
        raise FormatError(f"{told} is too long", "")


def _on_white(image: Image) -> Image:
    """The first frame without transparency, which a JPEG has not."""
    import PIL.Image

    if image.mode in ("RGB", "L"):
        return image.convert("RGB")
    layer = image.convert("RGBA")
    white = PIL.Image.new("RGBA", layer.size, (255, 255, 255, 255))
    return PIL.Image.alpha_composite(white, layer).convert("RGB")


def _encode(image: Image) -> Shrunk:
    """The picture in the best of some qualities that is small enough; else in the least."""
    for widest, quality in _TRIES:
        made = image.copy()
        made.thumbnail((widest, widest * LONGEST))
        made.info.clear()
        written = BytesIO()
        made.save(written, "JPEG", quality=quality, optimize=True)
        if written.tell() <= LARGEST:
            break
    return Shrunk(written.getvalue(), *made.size)
