"""临近截止 and 即将施行: the days that official documents set, of this issue and of earlier ones."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from typing import Literal

from digest.model import Appointment, Item

_TITLE = re.compile(r"《([^《》]{4,})》")
_KINDS: tuple[Literal["deadline", "effective"], ...] = ("deadline", "effective")


def find_appointments(items: Sequence[Item], day: date) -> tuple[Appointment, ...]:
    """Return the days on or after `day` that the documents of the items set, in the order of the items.

    A report that is no document, and names none by its 《title》, sets no day: a shop's sale ends on one too.
    """
    found = []
    for item in items:
        card = item.card
        named = card.value("title")
        for kind in _KINDS if card.genre or named else ():
            on = card.value(kind)
            if on and date.fromisoformat(on) >= day:
                found.append(
                    Appointment(
                        on=date.fromisoformat(on),
                        kind=kind,
                        title=named or item.title,
                        body=card.value("body"),
                        number=card.value("number"),
                        url=item.article.url,
                        key=document_key(item),
                        item=item.number,
                    )
                )
    return tuple(found)


def document_key(item: Item) -> str:
    """Return the key under which an item's day is kept: that of an earlier report it goes on with."""
    return item.earlier.articles[0].key if item.earlier and item.earlier.articles else item.article.key


def inherit(own: Sequence[Appointment], earlier: Sequence[Appointment]) -> tuple[Appointment, ...]:
    """Return the appointments with the words of the document that set them first, where a later report repeats them."""
    first = {(appointment.key, appointment.kind, appointment.on): appointment for appointment in earlier}
    return tuple(
        replace(first[key], item=a.item, told=None) if (key := (a.key, a.kind, a.on)) in first else a for a in own
    )


def _named(title: str) -> str:
    """What a title is about: the 《title》 in it, or all of it."""
    return max(_TITLE.findall(title), key=len, default=title.strip("《》"))


def plan_agenda(
    own: Sequence[Appointment], earlier: Sequence[Appointment], first: date, last: date
) -> tuple[Appointment, ...]:
    """Return the appointments from `first` to `last`, each once, by day: those of the issue before earlier ones."""
    found: dict[tuple[date, str, str], Appointment] = {}
    keys = {(appointment.key, appointment.kind) for appointment in own}
    for appointment in [*own, *(a for a in earlier if (a.key, a.kind) not in keys)]:
        if first <= appointment.on <= last:
            found.setdefault((appointment.on, appointment.kind, _named(appointment.title)), appointment)
    return tuple(sorted(found.values(), key=lambda a: (a.on, a.kind, a.title)))
