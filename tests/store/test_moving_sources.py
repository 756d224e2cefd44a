"""Law 4 for a source that lives: it breaks, recovers, moves, corrects and republishes, and the digest stays right.

Hypothesis plays the site and the clock; each run reads the site as the program does, and mails what is new.
"""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date, datetime, timedelta

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from digest.model import Article
from digest.store import Placement, empty_store
from tests.store.conftest import NewStore, few
from tests.store.examples import EDITION, SPELLINGS, freeze, hours, make_page, make_story

FOREVER = timedelta(days=9999)
LATE = "late"  # an edition to which the source was added later


class MovingSource(RuleBasedStateMachine):
    """A site of a few stories, and what two editions have printed of it."""

    new_store: NewStore = empty_store

    def __init__(self) -> None:
        super().__init__()
        self.doors = ExitStack()
        self.store = self.doors.enter_context(self.new_store())
        self.clock = 0
        self.stories: list[Article] = []  # as they stand on the site now
        self.broken = False
        self.scheme = 0  # of its URLs
        self.keys: dict[str, int] = {}  # kept key -> story
        self.printed: dict[str, list[str]] = {EDITION: [], LATE: []}
        self.baseline: set[str] | None = None

    def teardown(self) -> None:
        """In the end the site recovers, and everything it ever wrote has been printed once."""
        self.broken = False
        self.run(kept_only=True)
        numbers = [self.keys[key] for key in self.printed[EDITION]]
        assert sorted(numbers) == list(range(len(self.stories)))
        self.doors.close()

    @property
    def now(self) -> datetime:
        """The moment it is."""
        return hours(self.clock)

    # -------------------------------------------------------------------------------------------- what the site does

    @rule(count=st.integers(1, 3))
    def write(self, count: int) -> None:
        """New stories appear."""
        for _ in range(count):
            number = len(self.stories)
            self.stories.append(self.moved(number, make_story(number)))

    @rule(scheme=st.sampled_from(range(len(SPELLINGS) + 1)))
    def move(self, scheme: int) -> None:
        """Every URL changes: https, www, without .html, or a scheme nobody has seen."""
        self.scheme = scheme
        self.stories = [self.moved(number, story) for number, story in enumerate(self.stories)]

    def moved(self, number: int, story: Article) -> Article:
        """The story under the site's present addresses."""
        known = (*SPELLINGS, f"https://example.cn/{self.clock}/{{}}")
        fields = {"text": story.text, "published": story.published, "url": known[self.scheme].format(number)}
        return make_story(number, **fields)  # type: ignore[arg-type]  # fields of Article

    @rule()
    def break_or_recover(self) -> None:
        """The site does not answer, or answers again."""
        self.broken = not self.broken

    @precondition(lambda self: self.stories)
    @rule(data=st.data())
    def republish(self, data: st.DataObject) -> None:
        """An old story is put on top again, with a new date."""
        number = data.draw(st.sampled_from(range(len(self.stories))))
        story = self.moved(number, self.stories[number])
        day = date(2026, 3, 1) + timedelta(days=self.clock)
        self.stories[number] = make_story(number, text=story.text, url=story.url, published=day)

    @precondition(lambda self: self.stories and not self.broken)
    @rule(data=st.data())
    def correct(self, data: st.DataObject) -> None:
        """A story is corrected at an address we know: both at once, nobody could tell from a new story."""
        self.run(kept_only=False)
        number = data.draw(st.sampled_from(range(len(self.stories))))
        story = self.stories[number]
        self.stories[number] = make_story(number, text=story.text + "更正。", url=story.url)
        self.run(kept_only=True)

    # ------------------------------------------------------------------------------------------- what the program does

    @rule(kept_only=st.booleans())
    def run(self, kept_only: bool) -> None:
        """The site is read and an issue made of what is new; offering a story under its other key is the same."""
        self.clock += 1
        if self.broken:
            self.store.record_source("样本", self.now, "timed out", 0, 0)
        else:
            self.collect(kept_only)
        for edition in self.printed:
            self.mail(edition)

    def collect(self, kept_only: bool) -> None:
        """What the program does with an answer."""
        pairs = [(story, make_page(story.text, self.now)) for story in self.stories]
        kept = self.store.record_fetched(pairs, self.now)
        for number, story in enumerate(self.stories):
            assert self.keys.setdefault(kept[story.key], number) == number
        keys = list(kept.values()) if kept_only else list(kept)
        if self.store.is_new_source("样本"):
            self.store.offer_baseline(LATE, keys, self.now)
            self.baseline = set(kept.values())
        for edition in self.printed:
            self.store.offer(edition, keys, self.now, FOREVER)
        self.store.record_source("样本", self.now, "", len(pairs), 0)

    def mail(self, edition: str) -> None:
        """An issue of all candidates, which somebody gets."""
        keys = [article.key for article in self.store.candidates(edition, self.now)]
        assert freeze(self.store, ["a@example.cn"], [Placement(key, "placed") for key in keys], self.now, edition)
        (row,) = self.store.pending(edition)
        assert self.store.claim(row, self.now)
        self.store.mark(row, "dot", 0, "", self.now)
        self.store.mark(row, "sent", 250, "ok", self.now)
        self.printed[edition] += keys

    # ---------------------------------------------------------------------------------------------- what must be true

    @invariant()
    def nothing_twice(self) -> None:
        """No story was printed twice, and no baseline at all."""
        for edition, keys in self.printed.items():
            assert len(keys) == len({self.keys[key] for key in keys}), edition
        assert not set(self.printed[LATE]) & (self.baseline or set())

    @invariant()
    def nothing_lost(self) -> None:
        """Every story that was ever read is in the ledger once, carried by now; health says what is true."""
        rows = self.store.ledger_rows(EDITION)
        assert {row.key for row in rows} == set(self.keys)
        assert {row.state for row in rows} <= {"carried"}
        assert sorted(self.keys.values()) == list(range(len(self.keys)))

    @invariant()
    def no_move_is_a_withdrawal_or_a_correction(self) -> None:
        """Only corrections are changes."""
        corrected = {number for number, story in enumerate(self.stories) if story.text.endswith("更正。")}
        assert {self.keys[change.article.key] for change in self.store.changes(hours(-1))} <= corrected


def test_a_moving_source(new_store: NewStore) -> None:
    """Whatever a site does to its addresses, each story is printed once, and no move is a change."""

    class Here(MovingSource):
        pass

    Here.new_store = staticmethod(new_store)  # or it would be a method
    run_state_machine_as_test(Here, settings=settings(parent=few(new_store), stateful_step_count=20))
