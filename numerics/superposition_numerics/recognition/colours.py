"""Levels of the cosines: partitions that persist over a range of thresholds.

Cutting the sorted cosines at every gap wider than t gives levels; between two consecutive gap
widths the levels do not depend on t. A range of thresholds by a factor of 2 or more is a candidate,
and longer ranges (in the logarithm) come first. The largest gap alone would take 300 random vectors
in ten dimensions for a simplex; the partition with the best separation is always the trivial one.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..matrices import FloatArray

_RATIO = 2.0
_CANDIDATES = 12
_DIAMETER = 2.0


@dataclass(frozen=True, eq=False)
class Levels:
    """A partition of the cosines by value.

    Attributes
    ----------
    boundaries : ndarray, shape (k,)
        Increasing thresholds between the k + 1 levels.
    means : ndarray, shape (k + 1,)
        Mean cosine of each level; the last level holds the value 1 of a vector with itself.
    margin : float
        The least, over the levels, of half the distance to the nearest other level mean divided by
        the largest deviation from the level's own mean. Above 1 every cosine is nearer to its own
        level than to any other.
    persistence : float
        Ratio of the largest to the smallest threshold with these levels.
    parallel : bool
        Whether cosines of different vectors lie in the level of 1.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.recognition import candidate_levels
    >>> square = np.array([[1, 0, -1, 0], [0, 1, 0, -1], [-1, 0, 1, 0], [0, -1, 0, 1.0]])
    >>> next(candidate_levels(square, rounding=1e-15)).means
    array([-1.,  0.,  1.])
    """

    boundaries: FloatArray
    means: FloatArray
    margin: float
    persistence: float
    parallel: bool

    def colours(self, cosines: FloatArray) -> npt.NDArray[np.int64]:
        """Return the level of each cosine, counted from the largest; 0 is the level of 1."""
        return np.asarray(len(self.boundaries) - np.searchsorted(self.boundaries, cosines))


def candidate_levels(cosines: FloatArray, *, rounding: float) -> Iterator[Levels]:
    """Yield the partitions into at most n levels that persist, the most persistent first.

    Parameters
    ----------
    cosines : ndarray, shape (n, n)
        Symmetric with diagonal 1.
    rounding : float
        Gaps below this are no gaps: thresholds do not go below it.

    Yields
    ------
    Levels
        At most 12.

    Examples
    --------
    A pentagon: two levels besides the diagonal, and no other cut persists by a factor of 2.

    >>> import numpy as np
    >>> from superposition_numerics.recognition import candidate_levels
    >>> angles = 2 * np.pi * np.arange(5) / 5
    >>> pentagon = np.cos(angles[:, None] - angles)
    >>> [levels.means.round(3).tolist() for levels in candidate_levels(pentagon, rounding=1e-14)]
    [[-0.809, 0.309, 1.0]]
    """
    n = len(cosines)
    ordered = np.sort(np.append(cosines[np.triu_indices(n, 1)], 1.0))
    gaps = np.diff(ordered)
    widest = np.sort(gaps)[::-1][:n]
    uppers = np.append(_DIAMETER, widest)
    lowers = np.maximum(np.append(widest, 0.0), rounding)
    ratios = uppers / lowers
    # At most n - 1 cuts: a scheme on n points has at most n colours, one for each valency.
    eligible = np.flatnonzero(ratios[:n] >= _RATIO)
    for cuts in eligible[np.argsort(-ratios[eligible], kind="stable")][:_CANDIDATES]:
        at = np.flatnonzero(gaps > lowers[cuts] * (1 + 1e-12))
        yield _levels(ordered, at, rounding, float(ratios[cuts]))


def _levels(
    ordered: FloatArray, at: npt.NDArray[np.intp], rounding: float, persistence: float
) -> Levels:
    """Return the levels of sorted values cut after the given positions."""
    starts = np.append(0, at + 1)
    sizes = np.diff(starts, append=ordered.size)
    means = np.add.reduceat(ordered, starts) / sizes
    deviations = np.maximum(ordered[starts + sizes - 1] - means, means - ordered[starts])
    distances = np.diff(means)
    nearest = np.minimum(np.append(np.inf, distances), np.append(distances, np.inf))
    margin = float((nearest / 2 / np.maximum(deviations, rounding)).min())
    return Levels(
        boundaries=(ordered[at] + ordered[at + 1]) / 2,
        means=means,
        margin=margin if at.size else _DIAMETER / max(float(deviations[0]), rounding),
        persistence=persistence,
        parallel=bool(sizes[-1] > 1),
    )


def parallel_groups(
    cosines: FloatArray, boundary: float, allowed: float
) -> list[npt.NDArray[np.intp]] | None:
    """Group vectors whose cosines exceed a boundary, if that is an equivalence relation.

    Parameters
    ----------
    cosines : ndarray, shape (n, n)
        Of vectors, or absolute values where vectors are given up to sign.
    boundary : float
        Vectors with a larger cosine are one direction.
    allowed : float
        Largest 1 - cos inside a group.

    Returns
    -------
    list of ndarray, or None
        The groups in order of their first vectors; None where being parallel is not transitive or
        two vectors of a group are too far apart.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.recognition import parallel_groups
    >>> cosines = np.array([[1.0, 0.0, 1.0], [0.0, 1.0, 0.0], [1.0, 0.0, 1.0]])
    >>> [group.tolist() for group in parallel_groups(cosines, 0.5, 1e-9)]
    [[0, 2], [1]]
    """
    near = cosines > boundary
    first = near.argmax(axis=1)
    if not np.array_equal(near, first[:, None] == first) or 1 - cosines[near].min() > allowed:
        return None
    return [np.flatnonzero(first == k) for k in np.unique(first)]
