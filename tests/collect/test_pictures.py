"""Pictures made fit for a mail: small, upright, nothing in them but the picture, and nothing taken that is none."""

from __future__ import annotations

import random
import struct
import zlib
from io import BytesIO

import pytest
from PIL import Image, ImageDraw

from digest.collect.pictures import LARGEST, can_shrink, shrink_picture
from digest.errors import FormatError
from digest.guard import Guard

pytestmark = pytest.mark.workers


def drawn(width: int, height: int, mode: str = "RGB") -> Image.Image:
    """A picture with the left half red, the right half blue."""
    image = Image.new(mode, (width, height), "blue")
    ImageDraw.Draw(image).rectangle((0, 0, width // 2 - 1, height), fill="red")
    return image


def written(image: Image.Image, form: str = "JPEG", **options: object) -> bytes:
    """The bytes of a picture."""
    out = BytesIO()
    image.save(out, form, **options)
    return out.getvalue()


def noise(width: int, height: int) -> bytes:
    """A picture that no format packs well."""
    return written(Image.frombytes("RGB", (width, height), random.Random(1).randbytes(width * height * 3)), quality=95)


def reopened(data: bytes) -> Image.Image:
    """The picture as a mail program sees it."""
    return Image.open(BytesIO(data), formats=("JPEG",))


@pytest.mark.parametrize("form", ["JPEG", "PNG", "GIF", "WEBP"])
def test_every_usual_format_becomes_a_small_jpeg(form: str) -> None:
    """At most 600 wide, in its own shape, red where it was red."""
    made = shrink_picture(written(drawn(1200, 800), form))
    assert (made.width, made.height) == (600, 400) == reopened(made.data).size
    pixel = reopened(made.data).getpixel((100, 200))
    assert isinstance(pixel, tuple)
    red, _, blue = pixel
    assert red > 200 > 60 > blue
    assert len(made.data) <= LARGEST
    assert can_shrink()


def test_a_small_one_is_not_blown_up() -> None:
    """It keeps its size."""
    made = shrink_picture(written(drawn(200, 150)))
    assert (made.width, made.height) == (200, 150)


def test_what_a_camera_wrote_into_it_is_gone() -> None:
    """Neither the place nor a remark nor a profile is mailed, and it stands upright."""
    exif = Image.Exif()
    exif[0x0112] = 6  # lies on its side
    exif[0x010E] = "canary"
    exif.get_ifd(0x8825)[1] = "N"
    data = written(drawn(800, 400), exif=exif, comment=b"canary", icc_profile=b"canary" * 30)
    assert b"canary" in data
    made = shrink_picture(data)
    assert (made.width, made.height) == (400, 800)
    assert b"canary" not in made.data
    assert b"Exif" not in made.data
    assert not reopened(made.data).getexif()


def test_transparency_becomes_white() -> None:
    """Not black, as a program that only drops it makes it."""
    made = shrink_picture(written(Image.new("RGBA", (300, 200), (0, 0, 0, 0)), "PNG"))
    assert reopened(made.data).getpixel((10, 10)) == (255, 255, 255)
    palette = Image.new("P", (300, 200), 0)
    palette.putpalette([0, 0, 0] * 256)
    made = shrink_picture(written(palette, "GIF", transparency=0))
    assert reopened(made.data).getpixel((10, 10)) == (255, 255, 255)


def test_what_packs_badly_gets_smaller_until_it_is_small_enough() -> None:
    """Even noise does not swell the mail."""
    made = shrink_picture(noise(1200, 900))
    assert len(made.data) <= LARGEST
    assert made.width < 600


def test_the_same_picture_gives_the_same_bytes() -> None:
    """So that its name in the mail is the same tomorrow."""
    data = noise(300, 200)
    assert shrink_picture(data) == shrink_picture(data)


def bomb(width: int, height: int) -> bytes:
    """A PNG that claims to be that large."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    body = zlib.compress(bytes(10_000))
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", body) + chunk(b"IEND", b"")


@pytest.mark.parametrize(
    ("data", "told"),
    [
        (b"", "no picture"),
        (b"<html><body>404</body></html>", "no picture"),
        (b'<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"></svg>', "no picture"),
        (b"BM" + bytes(100), "no picture"),
        (b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 600 400\n", "no picture"),
        (written(drawn(400, 300), "TIFF"), "no picture"),
        (written(drawn(400, 300))[:500], "no picture"),
        (written(drawn(400, 300), "PNG")[:150], "no picture"),
        (bomb(30_000, 30_000), "no picture|too large"),
        (bomb(9_000, 9_000), "too large"),
        (written(drawn(119, 400)), "too small"),
        (written(drawn(2, 2), "GIF"), "too small"),
        (written(drawn(1000, 300)), "too long"),
        (written(drawn(300, 5000)), "too long"),
    ],
)
def test_what_is_no_picture_to_show_is_refused(data: bytes, told: str) -> None:
    """Broken, tiny, very long, monstrous or of another kind: in words."""
    with pytest.raises(FormatError, match=told):
        shrink_picture(data)


def test_any_damage_is_refused_or_shown() -> None:
    """Whatever bytes are flipped, no other error comes out."""
    dice = random.Random(7)
    outcomes = set()
    for form in ("JPEG", "PNG", "GIF", "WEBP"):
        data = written(drawn(300, 200), form)
        for _ in range(40):
            broken = bytearray(data)
            for _ in range(dice.randint(1, 8)):
                broken[dice.randrange(len(broken))] = dice.randrange(256)
            try:
                outcomes.add(shrink_picture(bytes(broken)).width > 0)
            except FormatError:
                outcomes.add(False)
    assert outcomes == {True, False}


def test_it_works_in_its_cage() -> None:
    """With the limits that it has in a run, the largest picture that is taken is made small."""
    data = written(Image.new("RGB", (7000, 5700), "red"), "PNG")
    with Guard(1, seconds=20, memory=800_000_000, warm="digest.collect.pictures", bare=True) as guard:
        assert guard.call(shrink_picture, data).width == 600
