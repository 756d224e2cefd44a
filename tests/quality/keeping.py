"""What slow systems said of an article, and how it was marked, kept in a file between runs."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from digest.rank import baselines, rouge
from digest.rank.baselines import Answer, Mark, mark_answer
from digest.rank.rouge import Reference, Rouge


@dataclass(frozen=True, slots=True)
class Case:
    """An article, a person's summary of it, and how many characters another may have."""

    text: str
    title: str
    summary: str
    budget: int

    @property
    def key(self) -> str:
        """A name no other case has."""
        words = json.dumps([self.text, self.title, self.summary, self.budget], ensure_ascii=False)
        return blake2b(words.encode(), digest_size=12).hexdigest()


class Cache:
    """The answers of the peers, and the marks of every system but ours.

    Answers stay good; marks are dropped when the code of the measure changes.
    """

    def __init__(self, path: Path | None) -> None:
        self._path = path
        self._answers: dict[str, dict[str, tuple[str, str]]] = {}
        self._marks: dict[str, dict[str, list[float]]] = {}
        self._fresh = 0
        if path and path.exists():
            kept = json.loads(path.read_text(encoding="utf-8"))
            self._answers = kept["answers"]
            self._marks = kept["marks"] if kept["measure"] == _measure() else {}

    def mark(self, system: str, case: Case, answer: Callable[[], Answer]) -> Mark:
        """Return the kept mark of `system` on `case`, or mark its answer now."""
        marks = self._marks.setdefault(system, {})
        if case.key not in marks:
            mark = mark_answer(answer(), Reference(case.summary), case.budget)
            marks[case.key] = [*mark.top, *mark.fill, mark.used]
            self._fresh += 1
        kept = marks[case.key]
        return Mark(Rouge(*kept[:3]), Rouge(*kept[3:6]), kept[6])

    def answer(self, system: str, case: Case, ask: Callable[[], tuple[str, str]]) -> Answer:
        """Return what `system` said of `case`: one sentence, and a text of the budget; it is asked once only."""
        answers = self._answers.setdefault(system, {})
        if case.key not in answers:
            answers[case.key] = ask()
            self._fresh += 1
        top, fill = answers[case.key]
        return Answer([top], [fill])

    def is_empty(self, system: str, case: Case) -> bool:
        """Return whether `system` had nothing to say of `case`: it crashed, or chose no sentence."""
        return not "".join(self._answers[system][case.key])

    def save(self) -> None:
        """Write the file, if there is one and anything is new; a reader never sees half of it."""
        if not self._path or not self._fresh:
            return
        kept = {"measure": _measure(), "answers": self._answers, "marks": self._marks}
        whole = self._path.with_suffix(".new")
        whole.write_text(json.dumps(kept, ensure_ascii=False), encoding="utf-8")
        whole.replace(self._path)
        self._fresh = 0


def _measure() -> str:
    """The name of the measure as it is today."""
    code = b"".join(Path(str(module.__file__)).read_bytes() for module in (rouge, baselines))
    return blake2b(code, digest_size=12).hexdigest()
