"""From configured sources, or from paths, to articles: one bad file or source never stops the others."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path

from digest.collect.files import find_files, read_file
from digest.errors import ReadError
from digest.extract.read import read_document
from digest.model import Article, SourceReport

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class Place:
    """A folder or file to read articles from, and what reports call it."""

    name: str
    path: Path


@dataclass(slots=True)
class Gathering:
    """Everything read from some places: the articles, a report a place, and how many documents held none."""

    articles: list[Article] = field(default_factory=list)
    reports: list[SourceReport] = field(default_factory=list)
    unreadable: int = 0

    @property
    def troubled(self) -> bool:
        """Whether anything went wrong."""
        return any(report.problems for report in self.reports)

    @property
    def failed(self) -> bool:
        """Whether nothing could be read, and not because there was nothing."""
        return bool(self.reports) and all(report.failed for report in self.reports)


def places_of(paths: Sequence[Path]) -> list[Place]:
    """Return a place for each path of a command line, named by its last part."""
    return [Place(path.resolve().name or str(path), path) for path in paths]


def gather(places: Iterable[Place], progress: Progress | None = None) -> Gathering:
    """Return the articles of all places in a stable order."""
    found = Gathering()
    for place in places:
        _gather_place(place, found, progress)
    return found


def _gather_place(place: Place, found: Gathering, progress: Progress | None) -> None:
    before = len(found.articles)
    problems: list[str] = []
    try:
        paths = list(_paths(place.path, lambda error: problems.append(str(error))))
    except ReadError as error:
        found.reports.append(SourceReport(place.name, 0, (str(error),)))
        return
    for done, path in enumerate(paths, 1):
        try:
            reading = read_document(read_file(path, place.name))
        except ReadError as error:
            problems.append(f"{_shown(path, place.path)}: {_short(error, path, place.path)}")
            found.unreadable += 1
        else:
            found.articles.extend(reading.articles)
            problems.extend(f"{_shown(path, place.path)}: {problem}" for problem in reading.problems)
            found.unreadable += len(reading.problems)
        if progress:
            progress(done, len(paths))
    found.reports.append(SourceReport(place.name, len(found.articles) - before, tuple(problems)))


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
