"""What goes out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file that goes with a letter; `media_type` is its Content-Type without parameters.

    One with a `cid` is shown inside the HTML, at `<img src="cid:…">`; the others are offered for saving.
    """

    name: str
    media_type: str
    data: bytes
    cid: str = ""


@dataclass(frozen=True, slots=True)
class LeftOff:
    """What the HTML of a letter had no room for: later sentences (`short`), or the items of these numbers.

    `folded` are listed by title, the `unlisted` among them not even so.
    """

    short: bool = False
    folded: tuple[int, ...] = ()
    unlisted: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Letter:
    """An issue rendered: the subject, the HTML part and the plain-text part, ready to be put into messages."""

    subject: str
    html: str
    text: str
    warnings: tuple[str, ...] = ()
    attachments: tuple[Attachment, ...] = ()
    left_off: LeftOff = LeftOff()


State = Literal["queued", "sending", "dot", "sent", "deferred", "failed", "unknown"]


@dataclass(frozen=True, slots=True)
class Receipt:
    """What a mail server said about one recipient's message.  `code` is 0 where no reply came."""

    recipient: str
    state: State
    code: int = 0
    reply: str = ""
    message_id: str = ""
