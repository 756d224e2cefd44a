"""What official documents say of themselves."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Literal

FactKind = Literal[
    "number",
    "cited",
    "body",
    "title",
    "signed",
    "published",
    "effective",
    "expires",
    "deadline",
    "repeals",
    "amends",
    "attachment",
]


@dataclass(frozen=True, slots=True)
class Fact:
    """Something an official document says of itself: a slice of the article's title or text (`where`).

    `number` is its own 文号 and `cited` another's; `signed` 成文, `published` 发布, `effective` 施行, `expires` 有效期,
    `deadline` the last day to answer (征求意见).  `value` is the normal form: an ISO day for dates, 〔〕 and ASCII
    digits for 文号, else the text without outer space.
    """

    kind: FactKind
    text: str
    start: int
    end: int
    value: str
    where: Literal["text", "title"] = "text"


@dataclass(frozen=True, slots=True)
class DocumentCard:
    """What an official document, or a report about one, says of it; a kind that is missing is unknown.

    `genre` is the kind of document in its own words (通知, 公告, 办法, 令, 征求意见稿 …), empty where it is none.
    """

    genre: str = ""
    facts: tuple[Fact, ...] = ()

    def of(self, kind: FactKind) -> tuple[Fact, ...]:
        """Return the facts of one kind, in the order they are printed in the document."""
        return tuple(fact for fact in self.facts if fact.kind == kind)

    def value(self, kind: FactKind) -> str:
        """Return the first fact of a kind in its normal form, or an empty string where it is unknown."""
        return next((fact.value for fact in self.facts if fact.kind == kind), "")


@dataclass(frozen=True, slots=True)
class Appointment:
    """A day an official document sets, soon after the issue: the last one to answer, or the first it is in force.

    `number` is the document's 文号; `told` is the day of the earlier issue that printed it, `item` its number in this
    very issue, 0 where it is not in it.
    """

    on: date
    kind: Literal["deadline", "effective"]
    title: str
    body: str = ""
    number: str = ""
    url: str = ""
    key: str = ""
    told: date | None = None
    item: int = 0
