"""What came of reading one source: its articles, what is wrong, and what is still to be read."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace

from digest.config import SourceSettings
from digest.model import Article, Document, SourceReport

NAMED = 3
"""So many titles of pages that were not read are told for each reason."""

REASONS = 4
"""So many reasons why pages were not read are told of one source."""


@dataclass(frozen=True, slots=True)
class Found:
    """One article of a source; `document` is what it was read from, where it was read now, and `page` its URL.

    `fresh` says that it was not known before, `stale` why it is no news, where it is none.
    """

    article: Article
    document: Document | None = None
    page: str = ""
    stale: str = ""
    fresh: bool = False


@dataclass(slots=True)
class Collected:
    """What came of one source: its articles in the order of its list, and what went wrong.

    Once the store has them, `found` is empty and `kept` says of each by its key there why it is no news, if it is none.

    It took `seconds`.  Its list named `listed` entries, `old` of which are no news any more and were left alone.
    `baseline` is True where all of it was there before the source was added, and is not to be offered.  `mark` names
    the list as it was read, empty where some of it is still to be read.  `late` says why the reading was broken off
    or, where it was never `asked`, not begun; `gone` that the server says there is no such page (any more).
    """

    source: SourceSettings
    found: list[Found] = field(default_factory=list)
    kept: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    unread: dict[str, list[str]] = field(default_factory=dict)
    title: str = ""
    listed: int = 0
    old: int = 0
    seconds: float = 0.0
    baseline: bool = False
    mark: str = ""
    late: str = ""
    asked: bool = True
    gone: bool = False

    @property
    def report(self) -> SourceReport:
        """How many articles, and every problem in one line."""
        late = (self.late,) if self.late else ()
        problems = (*late, *self.problems, *self._unread_pages())
        return SourceReport(self.source.name, self.count, problems)

    @property
    def count(self) -> int:
        """How many articles it has brought."""
        return len(self.found) or len(self.kept)

    def release(self, kept: Mapping[str, str] | None = None) -> None:
        """Let go of the bytes that were read; where the store has the articles (key -> key there), of these as well."""
        if kept is None:
            self.found = [replace(found, document=None) for found in self.found]
            return
        self.kept = {kept.get(found.article.key, found.article.key): found.stale for found in self.found}
        self.found = []

    def _unread_pages(self) -> Iterator[str]:
        """The reasons why pages were not read, the most frequent first, each with some of the titles it concerns."""
        told = sorted(self.unread.items(), key=lambda pair: -len(pair[1]))
        rest = sum(len(titles) for _, titles in told[REASONS:])
        for reason, titles in told[:REASONS]:
            named = "; ".join(title[:40] for title in titles[:NAMED]) + ("; …" if len(titles) > NAMED else "")
            yield f"{len(titles)} {'page was' if len(titles) == 1 else 'pages were'} not read: {reason}: {named}"
        if rest:
            yield f"{rest} more pages were not read for other reasons"

    @property
    def told(self) -> str:
        """One line about the source, for who waits."""
        fresh = sum(found.fresh for found in self.found)
        return f"{self.source.name}: {self.listed or len(self.found)} entries, {fresh} new, {self.seconds:.1f} s"
