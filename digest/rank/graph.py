"""Centrality: TextRank over a sparse similarity graph.  networkx's only door.

Mihalcea and Tarau, "TextRank: Bringing Order into Texts" (EMNLP 2004), with tf-idf cosine for similarity (Erkan and
Radev, "LexRank", JAIR 2004) and a prior in place of the uniform jump (Haveliwala, "Topic-Sensitive PageRank", 2002).
Nodes are positions, never texts; only the strongest edges of a node are kept, so the graph grows linearly.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import cached_property
from itertools import chain, pairwise
from typing import Any

DAMPING = 0.25
"""How much a rank comes from the neighbours where no weights say it.  The web's 0.85 drowns the prior of 30 nodes."""

_BLOCK = 512
_STRONGEST, _STRONGEST_LONG = 10, 3
_COMMON, _COMMON_LONG = 300, 100
"""A word in more texts than this links none of them: it says little, and its pairs grow with their number squared."""

_LONG = 6000
"""From so many texts (sentences of 300,000 characters) the graph is thinned, down to the second number of each pair."""

_PRECISION = 12
"""Digits of a similarity: below them stands only the order in which somebody added."""


class Similarity:
    """The tf-idf vectors of some texts, and the cosine of any two of them."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._texts = texts
        self._opened: dict[int, dict[int, float]] = {}

    def cosine(self, i: int, j: int) -> float:
        """Return the cosine of texts `i` and `j`, from 0 to 1."""
        one, other = sorted((self._row(i), self._row(j)), key=len)
        return round(sum((weight * other[word] for word, weight in one.items() if word in other), 0.0), _PRECISION)

    def edges(self) -> Iterator[tuple[int, int, float]]:
        """Yield every pair of texts of which one is among the ten most similar of the other, and the cosine."""
        import numpy as np
        from scipy import sparse

        n = len(self._texts)
        share = min(1.0, _LONG / max(1, n))
        common, count = max(_COMMON_LONG, round(_COMMON * share)), max(_STRONGEST_LONG, round(_STRONGEST * share))
        vectors = _without_common(sparse.csr_array(self._vectors, shape=self._shape), common)
        columns = vectors.T.tocsr()
        blocks = ((i, vectors[i : i + _BLOCK] if n > _BLOCK else vectors) for i in range(0, n, _BLOCK))
        kept = [_strongest(block @ columns, i, count) for i, block in blocks]
        one, other, cosine = (np.concatenate(parts) for parts in zip(*kept, strict=True))
        _, first = np.unique(np.minimum(one, other) * n + np.maximum(one, other), return_index=True)
        yield from zip(one[first].tolist(), other[first].tolist(), cosine[first].tolist(), strict=True)

    def _row(self, i: int) -> dict[int, float]:
        """The weights of text `i` by word."""
        if i not in self._opened:
            weights, words, starts = self._vectors
            span = slice(starts[i], starts[i + 1])
            self._opened[i] = dict(zip(words[span].tolist(), weights[span].tolist(), strict=True))
        return self._opened[i]

    @property
    def _shape(self) -> tuple[int, int]:
        return len(self._texts), int(self._vectors[1].max(initial=0)) + 1

    @cached_property
    def _vectors(self) -> tuple[Any, Any, Any]:
        """Unit-length tf-idf rows as weights, words and where each row starts; a word in every text counts a little."""
        import numpy as np

        n = len(self._texts)
        place = {word: i for i, word in enumerate(dict.fromkeys(chain.from_iterable(self._texts)))}
        words = np.fromiter(map(place.__getitem__, chain.from_iterable(self._texts)), np.int64)
        rows = np.repeat(np.arange(n), [len(text) for text in self._texts])
        width = max(1, len(place))
        cells, counts = np.unique(rows * width + words, return_counts=True)
        rows, words = np.divmod(cells, width)
        frequency = np.bincount(words, minlength=width)
        weights = (1 + np.log(counts)) * np.log1p(n / np.maximum(frequency, 1))[words]
        weights /= np.sqrt(np.bincount(rows, weights * weights, minlength=n))[rows]
        starts = np.searchsorted(rows, np.arange(n + 1))
        return weights, words.astype(np.int32), starts.astype(np.int32)


def centrality(similarity: Similarity, prior: Sequence[float], damping: float = DAMPING) -> list[float]:
    """Return the PageRank of every text, rounded so that order never hangs on the last bit; the ranks sum to about 1.

    `prior` (one number >= 0 a text, not all 0) is where the random reader jumps to: `personalization`.
    `damping` is how much of a rank comes from the neighbours.
    """
    import networkx as nx

    if len(prior) < 2:
        return [1.0] * len(prior)
    graph = nx.Graph()
    graph.add_nodes_from(range(len(prior)))
    graph.add_weighted_edges_from(similarity.edges())
    ranks = nx.pagerank(graph, alpha=damping, personalization=dict(enumerate(prior)), max_iter=200)
    return [round(float(ranks[i]), 10) for i in range(len(prior))]


def _without_common(vectors: Any, common: int) -> Any:
    """The vectors without the columns of the words that stand in too many texts."""
    import numpy as np

    frequency = np.bincount(vectors.indices, minlength=vectors.shape[1])
    if frequency.max(initial=0) <= common:
        return vectors
    kept = vectors.copy()
    kept.data[frequency[kept.indices] > common] = 0
    kept.eliminate_zeros()
    return kept


def _strongest(block: Any, first: int, count: int) -> tuple[Any, Any, Any]:
    """Rows, columns and values of each row's `count` largest off the diagonal; of equal ones the earlier stays."""
    import numpy as np

    sizes = np.diff(block.indptr)
    rows = np.repeat(np.arange(first, first + block.shape[0]), sizes)
    values = np.where(rows == block.indices, 0.0, block.data)
    near = values > np.repeat(_least(values, block.indptr.tolist(), count) - 10.0**-_PRECISION, sizes)
    near &= values > 0
    rows, columns, values = rows[near], block.indices[near].astype(np.int64), np.round(values[near], _PRECISION)
    order = np.lexsort((columns, -values, rows))
    rows, columns, values = rows[order], columns[order], values[order]
    kept = (np.arange(len(rows)) - np.searchsorted(rows, rows)) < count
    return rows[kept], columns[kept], values[kept]


def _least(values: Any, starts: Sequence[int], count: int) -> Any:
    """The least of the `count` largest values of each row; 0 where a row holds no more than those."""
    import numpy as np

    least = np.zeros(len(starts) - 1)
    for row, (start, end) in enumerate(pairwise(starts)):
        if end - start > count:
            own = values[start:end].copy()
            own.partition(-count)
            least[row] = own[-count]
    return least
