"""Directions with their cosines and norms, and the vectors that share each."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from ..matrices import FloatArray

# Norms count as equal up to 4 % of their median: training leaves up to 3 %, and 5 % is a shape.
# Of many norms with 1 % of noise the largest deviation is about sqrt(2 ln n) %.
EQUAL_NORMS = 0.04
_NOISE_OF_NORMS = 0.01


@dataclass(frozen=True, eq=False)
class Points:
    """Directions, each with the vectors that share it.

    Attributes
    ----------
    cosines : ndarray, shape (k, k)
    norms : ndarray, shape (k,)
        Mean norm of the vectors of each direction.
    members : tuple of tuple of int
        Positions of the vectors of each direction.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.recognition.points import Points
    >>> Points(np.eye(3), np.ones(3), ((0,), (1,), (2,))).part([2, 0]).members
    ((2,), (0,))
    """

    cosines: FloatArray
    norms: FloatArray
    members: tuple[tuple[int, ...], ...]

    def part(self, chosen: npt.ArrayLike) -> Points:
        """Return some of the directions."""
        at = np.asarray(chosen)
        return Points(
            self.cosines[np.ix_(at, at)], self.norms[at], tuple(self.members[k] for k in at)
        )

    def merged(self, groups: list[npt.NDArray[np.intp]]) -> Points:
        """Return the mean direction of each group, of vectors or of lines."""
        signs = np.zeros((len(self.members), len(groups)))
        for k, group in enumerate(groups):
            signs[group, k] = np.where(self.cosines[group, group[0]] < 0, -1.0, 1.0)
        gram = signs.T @ self.cosines @ signs
        lengths = np.sqrt(gram.diagonal())
        cosines = np.clip(gram / np.outer(lengths, lengths), -1.0, 1.0)
        np.fill_diagonal(cosines, 1.0)
        members = tuple(tuple(i for k in group for i in self.members[k]) for group in groups)
        return Points(cosines, np.array([self.norms[g].mean() for g in groups]), members)

    @property
    def norm_spread(self) -> float:
        """The largest relative deviation of a norm from the median."""
        return float(np.abs(self.norms / np.median(self.norms) - 1).max())

    @property
    def equal_norms(self) -> bool:
        """Whether the norms are equal up to 4 %, or a little more where there are very many."""
        largest = _NOISE_OF_NORMS * (1 + math.sqrt(2 * math.log(len(self.norms))))
        return self.norm_spread <= max(EQUAL_NORMS, largest)

    @property
    def gram(self) -> FloatArray:
        """The cosines where norms are equal, else inner products in units of the median norm."""
        if self.equal_norms:
            return self.cosines
        relative = self.norms / np.median(self.norms)
        return np.asarray(self.cosines * np.outer(relative, relative))

    @property
    def norm_classes(self) -> npt.NDArray[np.int64]:
        """The same number for equal norms: one class, or a cut where persistence is greatest."""
        if self.equal_norms:
            return np.zeros(len(self.norms), np.int64)
        order = np.argsort(self.norms)
        gaps = np.diff(self.norms[order])
        widest = np.sort(gaps)[::-1]
        floor = _NOISE_OF_NORMS * float(np.median(self.norms))
        cuts = int((widest / np.maximum(np.append(widest[1:], 0.0), floor)).argmax())
        classes = np.empty(len(self.norms), np.int64)
        classes[order] = np.append(0, np.cumsum(gaps >= widest[cuts]))
        return classes
