"""Centrality: TextRank over a sparse similarity graph.  networkx's only door.

Mihalcea and Tarau, "TextRank: Bringing Order into Texts" (EMNLP 2004), with tf-idf cosine for similarity (Erkan and
Radev, "LexRank", JAIR 2004) and a prior in place of the uniform jump (Haveliwala, "Topic-Sensitive PageRank", 2002).
Nodes are positions, never texts; only the strongest edges of a node are kept, so the graph grows linearly.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from typing import Any

DAMPING = 0.25
"""How much a sentence's rank comes from its neighbours.  The web's 0.85 drowns the prior in a graph of thirty nodes."""

STRONGEST = 10
_BLOCK = 512
_COMMON = 300
"""A word in more texts than this links none of them: it says little, and its pairs grow with their number squared."""


class Similarity:
    """The tf-idf vectors of some texts, and the cosine of any two of them."""

    def __init__(self, texts: Sequence[Sequence[str]]) -> None:
        self._vectors = _vectors(texts)

    def cosine(self, i: int, j: int) -> float:
        """Return the cosine of texts `i` and `j`, from 0 to 1."""
        row, column = self._vectors[i], self._vectors[j]
        return float((row @ column.T).sum())

    def strongest(self, count: int = STRONGEST) -> Any:
        """Return the symmetric sparse matrix (n x n) of each text's `count` strongest similarities."""
        from scipy import sparse

        vectors, n = _without_common(self._vectors), self._vectors.shape[0]
        rows = [_keep_strongest(vectors[i : i + _BLOCK] @ vectors.T, i, count) for i in range(0, n, _BLOCK)]
        kept = sparse.vstack(rows, format="csr")
        return kept.maximum(kept.T).tocsr()


def centrality(similarity: Similarity, prior: Sequence[float]) -> list[float]:
    """Return the PageRank of every text, rounded so that order never hangs on the last bit; the ranks sum to about 1.

    `prior` (one number >= 0 a text, not all 0) is where the random reader jumps to: `personalization`.
    """
    import networkx as nx

    if len(prior) < 2:
        return [1.0] * len(prior)
    graph = nx.from_scipy_sparse_array(similarity.strongest())
    ranks = nx.pagerank(graph, alpha=DAMPING, personalization=dict(enumerate(prior)), max_iter=200)
    return [round(float(ranks[i]), 10) for i in range(len(prior))]


def _vectors(texts: Sequence[Sequence[str]]) -> Any:
    """Unit-length tf-idf rows; a word that stands in every text still counts a little."""
    import numpy as np
    from scipy import sparse

    place: dict[str, int] = {}
    indptr, indices, counts = [0], [], []
    for text in texts:
        for word, count in sorted(Counter(text).items()):
            indices.append(place.setdefault(word, len(place)))
            counts.append(count)
        indptr.append(len(indices))
    shape = (len(texts), max(1, len(place)))
    matrix = sparse.csr_array((np.asarray(counts, float), np.asarray(indices, int), np.asarray(indptr)), shape=shape)
    frequency = np.bincount(np.asarray(indices, int), minlength=shape[1])
    matrix.data = (1 + np.log(matrix.data)) * np.log1p(len(texts) / np.maximum(frequency, 1))[matrix.indices]
    norms = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
    norms[norms == 0] = 1
    matrix.data /= np.repeat(norms, np.diff(matrix.indptr))
    return matrix


def _without_common(vectors: Any) -> Any:
    """The vectors without the columns of the words that stand in too many texts."""
    import numpy as np

    frequency = np.bincount(vectors.indices, minlength=vectors.shape[1])
    if frequency.max(initial=0) <= _COMMON:
        return vectors
    kept = vectors.copy()
    kept.data[frequency[kept.indices] > _COMMON] = 0
    kept.eliminate_zeros()
    return kept


def _keep_strongest(block: Any, first: int, count: int) -> Any:
    """Drop the diagonal and all but each row's `count` largest values; of equal ones the earlier stays."""
    import numpy as np
    from scipy import sparse

    indptr, indices, data = [0], [], []
    for i in range(block.shape[0]):
        span = slice(block.indptr[i], block.indptr[i + 1])
        columns, values = block.indices[span], np.round(block.data[span], 12)
        other = columns != first + i
        columns, values = columns[other], values[other]
        order = np.lexsort((columns, -values))[:count]
        indices.append(columns[order])
        data.append(values[order])
        indptr.append(indptr[-1] + len(order))
    return sparse.csr_array((np.concatenate(data), np.concatenate(indices), np.asarray(indptr)), shape=block.shape)
