"""Orthogonal components: the connected components of the graph |cos| > t."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from scipy.sparse import coo_array
from scipy.sparse.csgraph import connected_components

from ..matrices import FloatArray

# A cut between orthogonal and not: interference up to 0.1 may be noise (1e-2 of the norm in each
# coordinate leaves at most 0.08 among the 2 million cosines of 2000 vectors), and what is kept is
# at least twice as large.
_ORTHOGONAL = 0.1
_RATIO = 2.0
# Vectors whose squared cosines with other components sum to more share their dimensions with them.
MOST_SHARED = 0.5


@dataclass(frozen=True, eq=False)
class Components:
    """A partition of vectors into mutually orthogonal components, ordered by their first vector.

    Attributes
    ----------
    members : tuple of ndarray of int
        The vectors of each component, increasing.
    threshold : float
        Cosines up to this in absolute value do not join vectors.
    separation : float
        Ratio of the smallest cosine that joins to the largest that does not, at least 1; 1 where
        there is one component.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.recognition import orthogonal_components
    >>> digon = np.array([[1.0, -1.0], [-1.0, 1.0]])
    >>> parts = orthogonal_components(np.kron(np.eye(2), digon), rounding=1e-15)
    >>> [part.tolist() for part in parts.members]
    [[0, 1], [2, 3]]
    """

    members: tuple[npt.NDArray[np.intp], ...]
    threshold: float
    separation: float


def orthogonal_components(
    cosines: FloatArray, *, rounding: float, tolerance: float = 0.03
) -> Components:
    """Split vectors where |cos| falls most steeply towards zero.

    The weights of a maximum spanning tree of the graph |cos| are the thresholds at which it falls
    apart. They are sorted, and the cut is made in the largest gap of their logarithms whose lower
    side is at most 0.1, whose ratio is at least 2 and that leaves cosines between components within
    the tolerance, and at most half a dimension of any vector in other components; everything up to
    ``rounding`` is cut anyway.
    Eigenspaces are not used: components with equal frame bounds share an eigenspace.

    Parameters
    ----------
    cosines : ndarray, shape (n, n)
        Symmetric, n >= 1.
    rounding : float
        Cosines up to this count as zero.
    tolerance : float
        Largest root mean square of the cosines between components.

    Returns
    -------
    Components

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.recognition import orthogonal_components
    >>> len(orthogonal_components(np.eye(3), rounding=1e-15).members)
    3
    """
    weights, ends = _spanning_tree(np.abs(cosines))
    weights = np.maximum(weights, rounding)
    ordered = np.sort(weights)[::-1]
    upper, lower = ordered[:-1], ordered[1:]
    eligible = np.flatnonzero((lower <= _ORTHOGONAL) & (upper >= _RATIO * lower))
    for k in eligible[np.argsort(-(upper / lower)[eligible], kind="stable")]:
        threshold = float(np.sqrt(upper[k] * lower[k]))
        labels = _labels(weights, ends, threshold)
        mean, most = _between(cosines, labels)
        if mean <= tolerance and most <= MOST_SHARED:
            return Components(_members(labels), threshold, float(upper[k] / lower[k]))
    return Components(_members(_labels(weights, ends, rounding)), rounding, 1.0)


def _labels(
    weights: FloatArray, ends: npt.NDArray[np.intp], threshold: float
) -> npt.NDArray[np.intp]:
    """Return the number of the component of each vertex when weak edges of the tree are cut."""
    joined = np.flatnonzero(weights > threshold)
    n = len(weights) + 1
    graph = coo_array((np.ones(joined.size), (joined + 1, ends[joined])), shape=(n, n))
    return np.asarray(connected_components(graph, directed=False)[1], dtype=np.intp)


def _between(cosines: FloatArray, labels: npt.NDArray[np.intp]) -> tuple[float, float]:
    """Return the cosines between components: root mean square, and most squares at one vector."""
    squares = np.where(labels[:, None] == labels, 0.0, cosines**2)
    pairs = int((labels[:, None] != labels).sum())
    return float(np.sqrt(squares.sum() / max(pairs, 1))), float(squares.sum(axis=1).max())


def _members(labels: npt.NDArray[np.intp]) -> tuple[npt.NDArray[np.intp], ...]:
    """Return the vertices of each component, ordered by the first."""
    order = np.argsort(labels, kind="stable")
    parts = np.split(order, np.cumsum(np.bincount(labels))[:-1])
    return tuple(sorted(parts, key=lambda part: int(part[0])))


def _spanning_tree(weights: FloatArray) -> tuple[FloatArray, npt.NDArray[np.intp]]:
    """Return weight and other end of the edge by which each vertex 1, 2, ... joins (Prim)."""
    n = len(weights)
    best = weights[0].copy()
    ends = np.zeros(n, np.intp)
    outside = np.ones(n, bool)
    result = np.zeros(n)
    chosen = 0
    best[0] = -1.0
    for _ in range(n - 1):
        outside[chosen] = False
        chosen = int(best.argmax())
        result[chosen] = best[chosen]
        best[chosen] = -1.0
        closer = outside & (weights[chosen] > best)
        closer[chosen] = False
        best[closer] = weights[chosen, closer]
        ends[closer] = chosen
    return result[1:], ends[1:]
