"""Which sentences to print, in which form: the dearest first, no near-repeats, within the budget, in reading order.

Redundancy is refused by maximal marginal relevance (Carbonell and Goldstein, SIGIR 1998).  A sentence that opens with
他 or 对此 takes the sentence before along or stays out: 30 % of extractive summaries mislead by such an opening (Zhang,
Wan and Bansal, "Extractive is not Faithful", 2022).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from heapq import heapify, heappop, heappush

from digest.model import Sentence
from digest.rank.analysis import Analysis
from digest.rank.forms import Drafts, Form, forms_of, worth
from digest.rank.prior import weights

REPEAT = 0.7
"""Two sentences whose words are this similar (cosine) say the same."""

_REDUNDANCY = 1.5
_FAR_BELOW = 1.0
_PLENTY = 120
_LEAST_ROOM = 14
_LOOKED_AT = 60
_CHARS_A_SENTENCE = 10
_ABSTRACT = 100
_FOR_A_FRONT = 2.0
_UNSEEN = -1
_TOO_LITTLE = "says too little beside what was taken"


@dataclass(frozen=True, slots=True)
class Budget:
    """What may be printed: at most `chars` printed characters, at most `sentences` sentences, or both unbounded.

    `gap` is what is printed between two sentences, and `scale` how many letters say as much as one Chinese character.
    """

    chars: int | None = None
    sentences: int | None = None
    trim: bool = True
    gap: int = 0
    scale: float = 1.0

    def cost(self, sentence: Sentence) -> int:
        """Printed characters of one sentence with what parts it from the next."""
        return len(sentence.printed) + max(self.gap, not sentence.ends)

    @property
    def enough(self) -> float:
        """Characters after which only a sentence nearly as good as the best is worth more length.

        A headline's 40 characters are well filled by one clause of 10, an abstract's 400 by 300.
        """
        return 0.0 if self.chars is None else self.chars**2 / (self.chars + _PLENTY * self.scale)


@dataclass(slots=True)
class Selection:
    """The sentences chosen so far, in order of choice, and why each of the others was left."""

    chosen: list[Sentence] = field(default_factory=list)
    reasons: dict[int, str] = field(default_factory=dict)
    used: int = 0
    best: float = 0.0

    def take(self, form: Form, budget: Budget, reason: str) -> None:
        if not self.chosen:
            self.best = form.worth
        self.chosen.append(form.sentence)
        self.reasons[form.sentence.index] = reason
        self.used += budget.cost(form.sentence)

    def room(self, budget: Budget) -> float:
        return float("inf") if budget.chars is None else budget.chars - self.used

    def full(self, budget: Budget) -> bool:
        if budget.sentences is not None and len(self.chosen) >= budget.sentences:
            return True
        return bool(self.chosen) and self.room(budget) < _LEAST_ROOM


def select(known: Analysis, budget: Budget) -> Selection:
    """Return a selection of the candidates of an analysed text.

    Lazy greedy (Minoux 1978): what a sentence adds only falls as more is taken and room shrinks, so only the dearest is
    ever looked at again; and only when it is looked at first are its shorter forms worked out.
    """
    desk = _Desk(known, budget)
    while not desk.done():
        desk.step(lone=False)
    if not desk.taken.chosen:
        desk.lay_out()
        while not desk.done():
            desk.step(lone=True)
    reason = "the summary is full" if desk.taken.full(budget) else _TOO_LITTLE
    desk.taken.reasons.update({at: reason for _, at, *_ in desk.waiting if at not in desk.taken.reasons})
    return desk.taken


class _Desk:
    """The candidates on the table, dearest first, and what was taken."""

    def __init__(self, known: Analysis, budget: Budget) -> None:
        self.known, self.budget, self.taken = known, budget, Selection()
        wanted = (budget.chars or 0) // _CHARS_A_SENTENCE + 4 * (budget.sentences or 0) + _LOOKED_AT
        ranked = sorted(known.candidates, key=lambda i: (-known.sentences[i].score, i))
        self.candidates = set(known.candidates)
        self.looked_at = ranked[:wanted]
        self.taken.reasons.update(dict.fromkeys(ranked[wanted:], "ranks far below"))
        self.drafts: dict[int, Drafts] = {}
        self.forms: dict[int, list[Form]] = {}
        self.lay_out()

    def lay_out(self) -> None:
        """Put every candidate on the table at the most it may be worth."""
        self.picked: list[int] = []
        self.waiting = [(-self._hope(at), at, 0.0, _UNSEEN) for at in self.looked_at]
        heapify(self.waiting)

    def _hope(self, at: int) -> float:
        if at in self.forms:
            return next(form.worth for form in self.forms[at] if self._stands(form))
        drafts = self._drafts(at)
        return self.known.rank(at) + worth(drafts.features, weights().form) + drafts.most_gained

    def done(self) -> bool:
        """Whether nothing that is left is worth its length."""
        return not self.waiting or self.taken.full(self.budget) or self._adds_too_little(-self.waiting[0][0])

    def step(self, *, lone: bool) -> None:
        """Look at the dearest candidate once: take it, leave it, or put it back at what it is worth now."""
        value, at, similar, seen = heappop(self.waiting)
        others = self.picked[max(0, seen) :]
        similar = max([similar, *(self.known.similarity.cosine(at, other) for other in others)])
        form = self._fitting(at, self.taken.room(self.budget), leaning=True)
        if form is None:
            self.taken.reasons[at] = "too long for what is left"
        elif similar >= REPEAT:
            self.taken.reasons[at] = "says again what was taken"
        elif -(now := round(form.worth - _REDUNDANCY * similar, 9)) > value:
            heappush(self.waiting, (-now, at, similar, len(self.picked)))
        elif self._adds_too_little(now):
            self.taken.reasons[at] = _TOO_LITTLE
        elif host := self._host_before(at):
            self._take(host.sentence.index, host, "the host speaks before the guest")
            heappush(self.waiting, (value, at, similar, seen))
        elif form.leans and not lone:
            self._take_leaning(at, form)
        else:
            self._take(at, form)

    def _host_before(self, at: int) -> Form | None:
        """The first words of the host of a meeting, where they fit and a guest's would be printed before them."""
        host = self.known.talk.host
        if host is None or at not in self.known.talk.guests or host in self.picked or host not in self.candidates:
            return None
        return self._fitting(host, self.taken.room(self.budget), leaning=False)

    def _forms(self, at: int) -> list[Form]:
        """All forms of a sentence, dearest first, whether they stand or not."""
        if at not in self.forms:
            forms = forms_of(self._drafts(at), self.known.rank(at))
            self.forms[at] = sorted(forms, key=lambda form: form.order)
        return self.forms[at]

    def _drafts(self, at: int) -> Drafts:
        if at not in self.drafts:
            self.drafts[at] = self.known.drafts(at, trim=self.budget.trim)
        return self.drafts[at]

    def _stands(self, form: Form) -> bool:
        """Whether a form says a whole thing: asked last, because it takes longest."""
        return form.run is None or self.drafts[form.sentence.index].stands(form.run)

    def _fitting(self, at: int, room: float, *, leaning: bool) -> Form | None:
        """The dearest form of a sentence that fits."""
        fits = (f for f in self._forms(at) if len(f.sentence.printed) <= room and (leaning or not f.leans))
        return next(filter(self._stands, fits), None)

    def _adds_too_little(self, value: float) -> bool:
        if self.known.topic.genre.headings:  # each tells of another item
            return False
        enough = bool(self.taken.chosen) and self.budget.chars is not None and self.taken.used >= self.budget.enough
        return enough and value < self.taken.best - _FAR_BELOW

    def restore(self) -> None:
        """Give the sentences taken the tails back that there is room for: who asks for an abstract wants it filled."""
        if self.budget.chars is None or self.budget.chars < _ABSTRACT * self.budget.scale:
            return
        for place, taken in enumerate(self.taken.chosen):
            room = self.taken.room(self.budget) + self.budget.cost(taken)
            longer = (
                form
                for form in sorted(self._forms(self.picked[place]), key=lambda form: -form.sentence.end)
                if form.sentence.start == taken.start and taken.end < form.sentence.end
            )
            fitting = (form for form in longer if self.budget.cost(form.sentence) <= room and self._stands(form))
            best = next(fitting, None)
            if best is not None:
                self.taken.used += self.budget.cost(best.sentence) - self.budget.cost(taken)
                self.taken.chosen[place] = best.sentence

    def _take_leaning(self, at: int, form: Form) -> None:
        """Take a sentence that points back with the one before it, or in a form that does not, or not at all."""
        if at - 1 in self.picked:
            self._take(at, form)
            return
        room = self.taken.room(self.budget) - self.budget.cost(form.sentence)
        alone = self._fitting(at, self.taken.room(self.budget), leaning=False)
        single = self.budget.sentences is not None and len(self.taken.chosen) + 2 > self.budget.sentences
        before = None if single or at - 1 not in self.candidates else self._whole(at - 1, room)
        if alone is not None:
            self._take(at, alone)
        elif before is not None:
            self._take(at - 1, before, "taken with the sentence that leans on it")
            self._take(at, form)
        else:
            self.taken.reasons[at] = "leans on a sentence that does not fit"

    def _paid(self, at: int, form: Form) -> Form:
        """The form of a sentence that tells the time and the owner which `form` owes, with its end if it may be."""
        room, end, least = self.taken.room(self.budget), form.sentence.end, form.worth - _FOR_A_FRONT
        paying = (f for f in self._forms(at) if f.worth > least and not f.owes and not f.leans)
        fits = [f for f in paying if len(f.sentence.printed) <= room]
        return next(filter(self._stands, sorted(fits, key=lambda f: f.sentence.end != end)), form)

    def _whole(self, at: int, room: float) -> Form | None:
        """The sentence at `at` with its end, which is what the next one points to, where that fits and stands."""
        fits = (f for f in self._forms(at) if len(f.sentence.printed) <= room and not f.leans and not f.sentence.cut)
        return next(filter(self._stands, fits), None)

    def _take(self, at: int, form: Form, reason: str = "") -> None:
        if form.owes and not reason:
            form = self._paid(at, form)
        cut = form.sentence.cut or form.sentence.cut_before
        self.taken.take(form, self.budget, reason or ("taken, shortened" if cut else "taken whole"))
        self.picked.append(at)
        self.restore()
        self.waiting = [entry for entry in self.waiting if entry[1] != at] if reason else self.waiting
        if reason:
            heapify(self.waiting)
