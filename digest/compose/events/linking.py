"""Groups out of pairs by average link: two groups are one when their members agree on the mean.

Single link chains: A like B like C, and soon a day is one event.
"""

from __future__ import annotations

from collections.abc import Mapping
from heapq import heapify, heappop, heappush

FLOOR = -5.0
"""What a pair that nobody compared counts for."""

CEILING = 4.0
"""More certain than this is not counted: one sure pair must not carry a group."""

Pair = tuple[int, int]


def link(n: int, scores: Mapping[Pair, float | None], threshold: float) -> list[list[int]]:
    """Return the numbers below `n` in groups, each sorted.

    `scores` holds the log odds of the pairs (i, j), i < j, that were compared; None keeps i and j apart for good.
    """
    return _Linking(n, scores, threshold).groups()


class _Linking:
    def __init__(self, n: int, scores: Mapping[Pair, float | None], threshold: float) -> None:
        self.members: dict[int, list[int]] = {i: [i] for i in range(n)}
        self.gains: list[dict[int, float]] = [{} for _ in range(n)]
        self.barred: list[set[int]] = [set() for _ in range(n)]
        self.threshold = threshold
        self.queue: list[tuple[float, int, int]] = []
        for (i, j), score in scores.items():
            if score is None:
                self.barred[i].add(j)
                self.barred[j].add(i)
            else:
                self.gains[i][j] = self.gains[j][i] = min(max(score, FLOOR), CEILING) - FLOOR
                if score >= threshold:
                    self.queue.append((-self._mean(i, j), i, j))
        heapify(self.queue)

    def groups(self) -> list[list[int]]:
        """Merge what agrees best, again and again."""
        while self.queue:
            score, i, j = heappop(self.queue)
            current = i in self.members and j in self.members and j in self.gains[i] and self._mean(i, j) == -score
            if current and j not in self.barred[i]:
                self._merge(i, j)
        return [sorted(group) for group in self.members.values()]

    def _mean(self, i: int, j: int) -> float:
        """The mean over all pairs of two groups, rounded: no last bit decides which come first."""
        return round(self.gains[i][j] / (len(self.members[i]) * len(self.members[j])) + FLOOR, 6)

    def _merge(self, i: int, j: int) -> None:
        """Put group j into group i, i < j, and ask anew whom the larger group agrees with."""
        self.members[i] += self.members.pop(j)
        for k in self.barred[j]:
            self.barred[k].add(i)
        self.barred[i] |= self.barred[j]
        for k, gain in self.gains[j].items():
            del self.gains[k][j]
            if k != i:
                self.gains[i][k] = self.gains[k][i] = self.gains[i].get(k, 0.0) + gain
        self.gains[j] = {}
        for k in self.gains[i]:
            if (mean := self._mean(i, k)) >= self.threshold:
                heappush(self.queue, (-mean, min(i, k), max(i, k)))
