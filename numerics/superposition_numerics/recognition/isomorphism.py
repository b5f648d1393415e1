"""Isomorphism of two coloured complete graphs, exhibited by a permutation of the points."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

from .closure import Residues, checked_colours, residues

Colours = npt.NDArray[np.int64]
Points = npt.NDArray[np.intp]

_MOST_STEPS = 20_000
# One step takes about n^2 multiplications: some seconds in all.
_MOST_MULTIPLICATIONS = 4_000_000_000


class SearchLimitError(Exception):
    """The search for an isomorphism was given up: nothing is known.

    Examples
    --------
    >>> from superposition_numerics.recognition import SearchLimitError
    >>> raise SearchLimitError("20000 steps")
    Traceback (most recent call last):
    superposition_numerics.recognition.isomorphism.SearchLimitError: 20000 steps
    """


def isomorphism(model: npt.ArrayLike, given: npt.ArrayLike) -> Points | None:
    """Return a permutation p with ``given[p][:, p] == model``, or None where there is none.

    Points are told apart by their keys: first by the colours in their rows, then with each point
    of a base by their own and all other points' classes and colours to the point of the base. The
    base of the model is chosen such that no two points are left alike. Its images are searched
    with backtracking; they decide the permutation, which is then compared entry by entry. Keys are
    hashed, in the same way on both sides: points that an isomorphism maps to each other have equal
    keys, and a collision costs nothing but time.

    Parameters
    ----------
    model, given : array_like of int, shape (n, n)
        Colours of pairs, with one meaning in both.

    Returns
    -------
    ndarray of int, shape (n,), or None

    Raises
    ------
    InputError
        Not square arrays of nonnegative integers.
    SearchLimitError
        After 20,000 images of points, or 4 10^9 / n^2 where this is less.

    References
    ----------
    McKay 1981, "Practical graph isomorphism", for individualisation and refinement.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.recognition import isomorphism
    >>> path = np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]], np.int32)
    >>> moved = path[[1, 0, 2]][:, [1, 0, 2]]
    >>> isomorphism(path, moved).tolist()
    [1, 0, 2]
    """
    first, second = checked_colours(model, "model"), checked_colours(given, "given")
    if first.shape != second.shape:
        return None
    if np.array_equal(first, second):
        return np.arange(len(first))
    first, second = _marked(first), _marked(second)
    size = int(max(first.max(), second.max())) + 1
    if size > 2 * first.size:  # large numbers, few colours
        names, numbers = np.unique((first, second), return_inverse=True)
        first, second = numbers.reshape(2, *first.shape)
        size = names.size
    return _Search(first, second, size).run()


def _marked(colours: Colours) -> Colours:
    """Return colours where those of the diagonal are its own."""
    marked: Colours = 2 * colours
    marked[np.diag_indices(len(marked))] += 1
    return marked


class _Search:
    """Backtracking over the images of the base."""

    def __init__(self, model: Colours, given: Colours, size: int) -> None:
        self.model, self.given = model, given
        n = len(model)
        source = np.random.default_rng(0)
        by_colour, self.by_class, self.by_row = (residues(k, source) for k in (size, n, size))
        self.left = min(_MOST_STEPS, _MOST_MULTIPLICATIONS // n**2)
        self.base: list[int] = []
        self.names: list[Residues] = []
        self.steps: list[Points] = []
        weighted = by_colour[model]
        self._extend(weighted.sum(axis=1))
        while len(self.names[-1]) < n:
            classes = self.steps[-1]
            # a point of the largest class splits most
            point = int((classes == np.bincount(classes).argmax()).argmax())
            self.base.append(point)
            self._extend(self._keys(weighted, classes, model[point]))
        self.weighted = by_colour[given]

    def _extend(self, keys: Residues) -> None:
        """Add classes of points of the model, those of equal keys."""
        names, numbers = np.unique(keys, return_inverse=True)
        self.names.append(names)
        self.steps.append(numbers)

    def _keys(self, weighted: Residues, classes: Points, row: Colours) -> Residues:
        """Return the key of each point, given the colours to a new point of the base."""
        keys: Residues = weighted @ (self.by_class[classes] * self.by_row[row])
        return keys

    def _alike(self, keys: Residues, depth: int) -> Points | None:
        """Return the classes numbered as in the model; None where a key is not met in it."""
        names = self.names[depth]
        classes = np.minimum(np.searchsorted(names, keys), names.size - 1)
        return classes if np.array_equal(names[classes], keys) else None

    def run(self) -> Points | None:
        """Return the first permutation that the search finds."""
        # the base of a simplex holds almost all of its points: no recursion
        branches = [iter([self._alike(self.weighted.sum(axis=1), 0)])]
        while branches:
            classes = next(branches[-1], None)
            depth = len(branches) - 1
            if classes is None:
                branches.pop()
            elif depth < len(self.base):
                branches.append(self._images(classes, depth))
            else:
                found = self._complete(classes)
                if found is not None:
                    return found
        return None

    def _images(self, classes: Points, depth: int) -> Iterator[Points]:
        """Yield the classes after each image of the next point of the base."""
        for image in np.flatnonzero(classes == self.steps[depth][self.base[depth]]):
            self.left -= 1
            if self.left < 0:
                raise SearchLimitError(f"no isomorphism on {len(self.model)} points so far")
            refined = self._alike(self._keys(self.weighted, classes, self.given[image]), depth + 1)
            if refined is not None:
                yield refined

    def _complete(self, classes: Points) -> Points | None:
        """Return the permutation that the classes decide, if it maps every colour right."""
        permutation: Points = np.asarray(np.argsort(classes)[self.steps[-1]], np.intp)
        if np.array_equal(self.given[np.ix_(permutation, permutation)], self.model):
            return permutation
        return None
