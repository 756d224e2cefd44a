"""From configured sources, or from paths, to articles: one bad file or source never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from digest.collect.files import find_files, read_file
from digest.config import SourceSettings
from digest.errors import ReadError
from digest.extract.read import read_document
from digest.model import Article, SourceReport

if TYPE_CHECKING:
    from digest.app.reading.collected import Collected

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Place:
    """Where articles come from, and what reports call it: a folder or file, or a source on the web."""

    name: str
    path: Path | None = None
    source: SourceSettings | None = None


@dataclass(slots=True)
class Gathering:
    """Everything read from some places: the articles, a report a place, and how many documents held none.

    `kept` are the keys of further ones that are in the store already.  `stale` says by its key why an article is no
    news; `baseline` are the keys of what was there before its source was added, `files` by its key where an article of
    this machine was read from.  `left` names the sources whose only page is gone, and was gone before; `late` says that
    time was up before any source on the web had brought anything.
    """

    articles: list[Article] = field(default_factory=list)
    reports: list[SourceReport] = field(default_factory=list)
    unreadable: int = 0
    kept: list[str] = field(default_factory=list)
    stale: dict[str, str] = field(default_factory=dict)
    baseline: set[str] = field(default_factory=set)
    files: dict[str, Path] = field(default_factory=dict)
    left: set[str] = field(default_factory=set)
    late: bool = False

    @property
    def troubled(self) -> bool:
        """Whether anything went wrong."""
        return any(report.problems for report in self.reports)

    @property
    def failed(self) -> bool:
        """Whether nothing could be read, and not because there was nothing."""
        return self.late or (bool(self.reports) and all(report.failed for report in self.reports))


def places_of(paths: Sequence[Path]) -> list[Place]:
    """Return a place for each path of a command line, named by its last part."""
    return [Place(path.resolve().name or str(path), path) for path in paths]


def gather(
    places: Sequence[Place],
    progress: Progress | None = None,
    collect: Callable[[Sequence[SourceSettings]], Iterator[Collected]] | None = None,
) -> Gathering:
    """Return the articles of all places in the order of the places; `collect` reads those on the web.

    `progress` is told how many of how many files, then sources, are read.
    """
    on_web = [place.source for place in places if place.source]
    collected: dict[str, Collected] = {}
    for done, part in enumerate(collect(on_web) if collect and on_web else (), 1):
        collected[part.source.name] = part
        if progress:
            progress(done, len(on_web))
    found = Gathering(late=bool(collected) and all(part.late and not part.count for part in collected.values()))
    for place in places:
        if place.name in collected and place.source:
            _add_collected(collected[place.name], found)
        elif place.path:
            _gather_place(place.name, place.path, found, progress)
    return found


def _add_collected(part: Collected, found: Gathering) -> None:
    found.articles.extend(entry.article for entry in part.found)
    found.kept.extend(part.kept)
    found.stale |= {entry.article.key: entry.stale for entry in part.found if entry.stale}
    found.stale |= {key: reason for key, reason in part.kept.items() if reason}
    found.unreadable += sum(map(len, part.unread.values()))
    if part.baseline:
        found.baseline |= {*part.kept, *(entry.article.key for entry in part.found)}
    found.reports.append(part.report)


def _gather_place(name: str, root: Path, found: Gathering, progress: Progress | None) -> None:
    before = len(found.articles)
    problems: list[str] = []
    try:
        paths = list(_paths(root, lambda error: problems.append(str(error))))
    except ReadError as error:
        found.reports.append(SourceReport(name, 0, (str(error),)))
        return
    for done, path in enumerate(paths, 1):
        try:
            reading = read_document(read_file(path, name))
        except ReadError as error:
            problems.append(f"{_shown(path, root)}: {_short(error, path, root)}")
            found.unreadable += 1
        else:
            found.articles.extend(reading.articles)
            found.files |= {article.key: path for article in reading.articles}
            problems.extend(f"{_shown(path, root)}: {problem}" for problem in reading.problems)
            found.unreadable += len(reading.problems)
        if progress:
            progress(done, len(paths))
    found.reports.append(SourceReport(name, len(found.articles) - before, tuple(problems)))


def _paths(path: Path, missed: Callable[[ReadError], None]) -> Iterator[Path]:
    """A file by itself, whatever its name, or the articles of a folder."""
    if path.is_dir():
        yield from find_files(path, missed)
    else:
        yield path


def _shown(path: Path, root: Path) -> str:
    return str(path.relative_to(root)) if path != root and path.is_relative_to(root) else path.name


def _short(error: ReadError, path: Path, root: Path) -> str:
    """The complaint without the path, where that stands before it already."""
    return str(error) if path == root else str(error).removeprefix(f"{path} ")
