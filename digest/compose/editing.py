"""What an editor may do to a composed issue: leave items out, move one, put a remark to one.  Nothing is reworded."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

from digest.model import Appointment, Coverage, Highlight, Issue, Item, Section


def drop_items(issue: Issue, numbers: Collection[int]) -> Issue:
    """Return the issue without these items; the rest is numbered anew.

    Raises:
        ValueError: one of the numbers is no item.
    """
    for number in numbers:
        _find(issue, number)
    gone = [item for item in issue.items if item.number in numbers]
    kept = [item for item in issue.items if item.number not in numbers]
    return replace(_rebuild(issue, kept), coverage=_count_out(issue.coverage, gone))


def move_item(issue: Issue, number: int, to: int) -> Issue:
    """Return the issue with an item at another place, in the section of the item that stands there now.

    Raises:
        ValueError: one of the two is no item.
    """
    moved, there = _find(issue, number), _find(issue, to)
    items = [item for item in issue.items if item is not moved]
    items.insert(to - 1, replace(moved, section=there.section))
    return _rebuild(issue, items)


def note_item(issue: Issue, number: int, note: str) -> Issue:
    """Return the issue with an editor's remark at an item, in place of one that was there; none where it is empty.

    Raises:
        ValueError: it is no item.
    """
    noted = _find(issue, number)
    return _rebuild(issue, [replace(item, note=_one_line(note)) if item is noted else item for item in issue.items])


def _one_line(note: str) -> str:
    """A remark without line ends and control characters."""
    return " ".join("".join(char if char.isprintable() else " " for char in note).split())


def _find(issue: Issue, number: int) -> Item:
    found = next((item for item in issue.items if item.number == number), None)
    if found is None:
        raise ValueError(f"there is no item {number}: the issue has {len(issue.items)}")
    return found


def _rebuild(issue: Issue, items: Sequence[Item]) -> Issue:
    """The issue with these items in this order, and every pointer to an item following it."""
    groups = [(s.title, [item for item in items if item.section == s.title]) for s in issue.sections]
    numbers: dict[int, int] = {}
    sections = []
    for title, members in groups:
        for member in members:
            numbers[member.number] = len(numbers) + 1
        if members:
            sections.append(Section(title, tuple(replace(item, number=numbers[item.number]) for item in members)))
    told = {word for item in items for word in item.summary.keywords}
    return replace(
        issue,
        sections=tuple(sections),
        keywords=tuple(word for word in issue.keywords if word in told) if items else (),
        overview=tuple(sorted(_point(issue.overview, numbers), key=lambda h: h.item)),
        agenda=tuple(_follow(a, numbers) for a in issue.agenda if not a.item or a.item in numbers),
    )


def _point(overview: Sequence[Highlight], numbers: dict[int, int]) -> list[Highlight]:
    return [replace(light, item=numbers[light.item]) for light in overview if light.item in numbers]


def _follow(appointment: Appointment, numbers: dict[int, int]) -> Appointment:
    return replace(appointment, item=numbers[appointment.item]) if appointment.item else appointment


def _count_out(coverage: Coverage, gone: Sequence[Item]) -> Coverage:
    """The coverage with these items, and what was merged into them, among what is left out."""
    merged = sum(len(item.also) for item in gone)
    reasons = dict(coverage.reasons)
    reasons["dropped"] = reasons.get("dropped", 0) + len(gone) + merged
    return replace(
        coverage,
        printed=coverage.printed - len(gone),
        merged=coverage.merged - merged,
        left_out=coverage.left_out + len(gone) + merged,
        reasons=tuple(sorted(reasons.items(), key=lambda pair: (-pair[1], pair[0]))),
    )
