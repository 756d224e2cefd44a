"""Law 4 as a machine: whatever happens in whatever order, nothing sent is forgotten and nothing forgotten is sent.

Hypothesis plays the part of the world: feeds, time, composing, servers, crashes and people's decisions.
"""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from typing import Literal

import pytest
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule, run_state_machine_as_test

from digest.errors import StoreError
from digest.model import State
from digest.store import LedgerRow, OutboxRow, Placement, empty_store
from tests.store.conftest import NewStore, few
from tests.store.examples import SPELLINGS, WINDOW, freeze, hours, make_draft, make_story

EDITIONS = st.sampled_from(["daily", "weekly"])
PLACES: st.SearchStrategy[Literal["placed", "merged", "left_out"]] = st.sampled_from(["placed", "merged", "left_out"])
ADDRESSES = ["a@example.cn", "b@example.cn"]
ADDRESS = st.sampled_from(range(len(SPELLINGS)))
NUMBERS = st.sets(st.integers(1, 8), min_size=1)
HELD = ("placed", "merged", "carried")
Slot = tuple[str, datetime]
Ledger = dict[str, tuple[LedgerRow, ...]]


class LawFour(RuleBasedStateMachine):
    """The store beside a plain memory of what was offered, printed and handed over."""

    new_store: NewStore = empty_store

    def __init__(self) -> None:
        super().__init__()
        self.doors = ExitStack()
        self.store = self.doors.enter_context(self.new_store())
        self.clock = 0.0
        self.offered: dict[str, set[str]] = {"daily": set(), "weekly": set()}
        self.printed: dict[Slot, set[str]] = {}  # issue -> articles placed or merged in it
        self.keys: dict[int, str] = {}  # story -> key under which it is kept
        self.reached: set[Slot] = set()  # issues that somebody has, or may have
        self.drafts: dict[Slot, list[Placement]] = {}

    def teardown(self) -> None:
        """Closes the store."""
        self.doors.close()

    @property
    def now(self) -> datetime:
        """The moment it is."""
        return hours(self.clock)

    def state_of(self, slot: Slot) -> str:
        """The state of an issue."""
        issue = self.store.find_issue(*slot)
        assert issue is not None
        return issue.state

    def rows(self, edition: str) -> dict[str, LedgerRow]:
        """The ledger of an edition, by article."""
        return {row.key: row for row in self.store.ledger_rows(edition)}

    # ---------------------------------------------------------------------------------------------- what may happen

    @rule(edition=EDITIONS, numbers=NUMBERS, spelling=ADDRESS)
    def publish(self, edition: str, numbers: set[int], spelling: int) -> None:
        """A feed brings articles, old ones and new ones, under whatever addresses it likes today."""
        kept = self.record(numbers, spelling)
        self.store.offer(edition, kept, self.now, WINDOW)
        self.offered[edition] |= set(kept)

    @rule(edition=EDITIONS, numbers=NUMBERS, spelling=ADDRESS, first=st.booleans())
    def publish_what_is_old(self, edition: str, numbers: set[int], spelling: int, first: bool) -> None:
        """A source is added, or republishes what is long past: what the edition does not know is left for good."""
        kept = self.record(numbers, spelling)
        known = self.rows(edition)
        if first:
            self.store.offer_baseline(edition, kept, self.now)
        else:
            self.store.offer(edition, [], self.now, WINDOW, dict.fromkeys(kept, "too old"))
        self.offered[edition] |= set(kept)
        after = self.rows(edition)
        assert {key: after[key] for key in known} == known
        assert {after[key].state for key in set(kept) - known.keys()} <= {"expired"}

    def record(self, numbers: set[int], spelling: int) -> list[str]:
        """The keys of the stories, which are as many as the stories, after they were recorded."""
        found = [make_story(number, spelling) for number in sorted(numbers)]
        kept = self.store.record_articles(found, self.now)
        for story in found:
            number = int(story.title[1:-1])
            assert self.keys.setdefault(number, kept[story.key]) == kept[story.key]
        assert len(set(self.keys.values())) == len(self.keys)
        return list(kept.values())

    @rule(span=st.sampled_from([1.0, 12.0, 50.0]), expire=st.booleans())
    def wait(self, span: float, expire: bool) -> None:
        """Time passes, and perhaps somebody clears up."""
        self.clock += span
        if expire:
            for edition in self.offered:
                self.store.expire(edition, self.now)

    @rule(edition=EDITIONS, data=st.data(), addresses=st.sets(st.sampled_from(ADDRESSES), min_size=1))
    def compose(self, edition: str, data: st.DataObject, addresses: set[str]) -> None:
        """An issue is made of the candidates."""
        self.clock += 0.01
        keys = [article.key for article in self.store.candidates(edition, self.now)]
        places = [Placement(key, data.draw(PLACES)) for key in keys]
        assert freeze(self.store, addresses, places, slot=self.now, edition=edition)
        self.printed[edition, self.now] = {place.key for place in places if place.state != "left_out"}

    @rule(edition=EDITIONS, data=st.data())
    def draft(self, edition: str, data: st.DataObject) -> None:
        """An issue is made of the candidates and kept for a person: nothing is decided by that."""
        self.clock += 0.01
        before = (self.store.ledger_rows(edition), self.store.outbox_rows(), self.store.latest_slot(edition))
        keys = [article.key for article in self.store.candidates(edition, self.now)]
        places = [Placement(key, data.draw(PLACES)) for key in keys]
        assert self.store.keep_draft(make_draft(places, self.now, edition))
        after = (self.store.ledger_rows(edition), self.store.outbox_rows(), self.store.latest_slot(edition))
        assert after == before
        self.drafts[edition, self.now] = places

    @precondition(lambda self: self.drafts)
    @rule(data=st.data(), what=st.sampled_from(["change", "release", "drop", "freeze", "freeze", "freeze"]))
    def take_up_a_draft(self, data: st.DataObject, what: str) -> None:
        """A person changes, releases or drops a draft, or it is frozen: whole, or not where another issue was first."""
        edition, slot = data.draw(st.sampled_from(sorted(self.drafts)))
        before = self.store.ledger_rows(edition)
        if what == "freeze":
            self.freeze_draft(edition, slot)
            return
        if what == "change":
            self.drafts[edition, slot] = self.drafts[edition, slot][1:]
            assert self.store.keep_draft(make_draft(self.drafts[edition, slot], slot, edition))
        elif what == "release":
            self.store.release_draft(edition, slot, self.now)
        else:
            assert self.store.drop_draft(edition, slot, self.now)
            del self.drafts[edition, slot]
        now = self.store.ledger_rows(edition)  # a draft that is dropped gives its articles their window again
        assert [replace(row, window_until=self.now) for row in now] == [
            replace(row, window_until=self.now) for row in before
        ]

    def freeze_draft(self, edition: str, slot: datetime) -> None:
        """The draft becomes the issue of its slot, unless one of its articles is no candidate any more."""
        places = self.drafts[edition, slot]
        before = self.rows(edition)
        if all(before[place.key].state in ("new", "left_out") for place in places):
            assert freeze(self.store, ADDRESSES, places, slot=slot, edition=edition)
            self.printed[edition, slot] = {place.key for place in places if place.state != "left_out"}
            del self.drafts[edition, slot]
            assert not self.store.keep_draft(make_draft(places, slot, edition))
        else:
            with pytest.raises(StoreError):
                freeze(self.store, ADDRESSES, places, slot=slot, edition=edition)
            assert self.rows(edition) == before

    @precondition(lambda self: self.printed)
    @rule(data=st.data(), edition=EDITIONS)
    def compose_with_what_is_no_candidate(self, data: st.DataObject, edition: str) -> None:
        """An issue made of an old list of candidates is refused."""
        candidates = {article.key for article in self.store.candidates(edition, self.now)}
        open_ones = {key for key, row in self.rows(edition).items() if row.state in ("new", "left_out")}
        taken = sorted(self.offered[edition] - candidates - open_ones)
        if not taken:
            return
        before = self.store.ledger_rows(edition)
        self.clock += 0.01
        placement = Placement(data.draw(st.sampled_from(taken)), "placed")
        with pytest.raises(StoreError):
            freeze(self.store, ADDRESSES, [placement], slot=self.now, edition=edition)
        assert self.store.find_issue(edition, self.now) is None
        assert self.store.ledger_rows(edition) == before

    @precondition(lambda self: self.printed)
    @rule(data=st.data())
    def freeze_the_same_slot_again(self, data: st.DataObject) -> None:
        """A second process is too late, and changes nothing."""
        edition, slot = data.draw(st.sampled_from(sorted(self.printed)))
        before = (self.store.ledger_rows(edition), self.store.outbox_rows())
        keys = [article.key for article in self.store.candidates(edition, self.now)]
        assert not freeze(self.store, ADDRESSES, [Placement(key, "placed") for key in keys], slot, edition)
        assert (self.store.ledger_rows(edition), self.store.outbox_rows()) == before

    @rule(data=st.data(), edition=EDITIONS, end=st.sampled_from(["sent", "failed"]))
    def live_a_day(self, data: st.DataObject, edition: str, end: State) -> None:
        """What happens most: articles come, an issue is made of them, and all its mails come to the same end."""
        self.publish(edition, data.draw(NUMBERS), data.draw(ADDRESS))
        self.compose(edition, data, set(ADDRESSES))
        for row in self.store.outbox_rows(edition, self.now):
            self.try_to_send(row, end)

    @precondition(lambda self: self.store.pending())
    @rule(data=st.data(), end=st.sampled_from(["sent", "unknown", "failed", "deferred", "queued"]))
    def send(self, data: st.DataObject, end: State) -> None:
        """One mail is tried and comes to an end."""
        self.try_to_send(data.draw(st.sampled_from(self.store.pending())), end)

    def try_to_send(self, row: OutboxRow, end: State) -> None:
        """The lawful steps to that end."""
        assert self.store.claim(row, self.now)
        if end in ("sent", "unknown"):
            self.store.mark(row, "dot", 0, "", self.now)
            self.reached.add((row.edition, row.slot))
        self.store.mark(row, end, 0, "", self.now)

    @precondition(lambda self: self.store.pending())
    @rule(data=st.data(), dot=st.booleans())
    def crash(self, data: st.DataObject, dot: bool) -> None:
        """The program dies in the middle of a mail, and the next run finds it so."""
        row = data.draw(st.sampled_from(self.store.pending()))
        assert self.store.claim(row, self.now)
        if dot:
            self.store.mark(row, "dot", 0, "", self.now)
            self.reached.add((row.edition, row.slot))
        (touched,) = self.store.recover(self.now)
        assert touched.state == ("unknown" if dot else "queued")

    @precondition(lambda self: self.store.outbox_rows())
    @rule(data=st.data(), resend=st.booleans())
    def decide(self, data: st.DataObject, resend: bool) -> None:
        """A person resends or forgets a mail, if that is allowed."""
        row = data.draw(st.sampled_from(self.store.outbox_rows()))
        void = self.state_of((row.edition, row.slot)) == "void"
        try:
            (self.store.resend if resend else self.store.forget)(row.message_id, self.now)
        except StoreError:
            assert void or row.state == "sent" or (resend and row.state == "queued")
        else:
            assert not (resend and void)

    # -------------------------------------------------------------------------------------------- what must be true

    @invariant()
    def law_four(self) -> None:
        """The whole law, on one look at the store."""
        ledger = {edition: self.store.ledger_rows(edition) for edition in self.offered}
        issues = {slot: self.state_of(slot) for slot in self.printed}
        self.every_article_is_in_exactly_one_state(ledger)
        self.candidates_are_the_open_ones_in_their_window(ledger)
        self.what_somebody_has_is_carried(ledger, issues)
        self.a_void_issue_holds_nothing(ledger, issues)
        self.no_article_is_printed_twice(issues)
        self.drafts_wait_beside_the_issues(ledger)

    def every_article_is_in_exactly_one_state(self, ledger: Ledger) -> None:
        """The ledger holds what was offered, each once."""
        for edition, rows in ledger.items():
            assert sorted(row.key for row in rows) == sorted(self.offered[edition])

    def candidates_are_the_open_ones_in_their_window(self, ledger: Ledger) -> None:
        """Nothing that was placed, carried or has expired is offered to an issue."""
        for edition, rows in ledger.items():
            wanted = {r.key for r in rows if r.state in ("new", "left_out") and r.window_until > self.now}
            assert {article.key for article in self.store.candidates(edition, self.now)} == wanted

    def what_somebody_has_is_carried(self, ledger: Ledger, issues: dict[Slot, str]) -> None:
        """An issue is carried if and only if a mail of it was, or may have been, delivered; so are its articles."""
        carried = {edition: {row.key for row in rows if row.state == "carried"} for edition, rows in ledger.items()}
        for slot, state in issues.items():
            assert (state == "carried") == (slot in self.reached)
            if state == "carried":
                assert self.printed[slot] <= carried[slot[0]]
        for edition, keys in carried.items():
            assert keys == set().union(*(self.printed[slot] for slot in self.reached if slot[0] == edition))

    def a_void_issue_holds_nothing(self, ledger: Ledger, issues: dict[Slot, str]) -> None:
        """An issue all of whose mails failed has given its articles back, and no mail of it is waiting."""
        void = {slot for slot, state in issues.items() if state == "void"}
        for edition, rows in ledger.items():
            assert not [row for row in rows if (edition, row.slot) in void and row.state in HELD]
        if void:
            mails = {row.state for row in self.store.outbox_rows() if (row.edition, row.slot) in void}
            assert mails == {"failed"}

    def no_article_is_printed_twice(self, issues: dict[Slot, str]) -> None:
        """Of all issues of an edition that anybody got or may still get, at most one holds an article."""
        for edition in self.offered:
            living = [slot for slot, state in issues.items() if slot[0] == edition and state != "void"]
            printed = [key for slot in living for key in self.printed[slot]]
            assert len(printed) == len(set(printed))

    def drafts_wait_beside_the_issues(self, ledger: Ledger) -> None:
        """No slot has both a draft and an issue, and what a draft prints has not expired while it waited."""
        kept = {(draft.edition, draft.slot): list(draft.placements) for draft in self.store.drafts()}
        assert kept == self.drafts
        assert not kept.keys() & self.printed.keys()
        for edition, rows in ledger.items():
            spared = {
                p.key for slot, places in kept.items() for p in places if slot[0] == edition if p.state != "left_out"
            }
            assert not [row for row in rows if row.key in spared and row.state == "expired"]


def test_law_four(new_store: NewStore) -> None:
    """It holds in whatever order things happen."""

    class Here(LawFour):
        pass

    Here.new_store = staticmethod(new_store)  # or it would be a method
    run_state_machine_as_test(Here, settings=settings(parent=few(new_store), stateful_step_count=25))
