"""Isomorphism of two coloured complete graphs, exhibited by a permutation of the points."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import numpy.typing as npt

Colours = npt.NDArray[np.int32]
Points = npt.NDArray[np.intp]

MOST_STEPS = 20_000


def isomorphism(model: Colours, given: Colours) -> Points | None:
    """Return a permutation with ``given[p][:, p] == model``, or None.

    A base of points of the model is chosen such that no two points have the same colours to all of
    it; images of the base are searched with backtracking, and an image of the whole base decides
    the permutation, which is then compared entry by entry. What is returned is therefore certain;
    None says that none exists, or that it was not found in `MOST_STEPS` steps.

    Parameters
    ----------
    model, given : ndarray of int32, shape (n, n)
        Colours with one meaning in both; the diagonal may have several.

    Returns
    -------
    ndarray of int, shape (n,), or None

    Examples
    --------
    >>> import numpy as np
    >>> path = np.array([[0, 1, 2], [1, 0, 1], [2, 1, 0]], np.int32)
    >>> moved = path[[1, 0, 2]][:, [1, 0, 2]]
    >>> isomorphism(path, moved).tolist()
    [1, 0, 2]
    """
    if model.shape != given.shape or (np.bincount(model.ravel()) != _counts(given, model)).any():
        return None
    if np.array_equal(model, given):
        return np.arange(len(model))
    base, steps = _base(model)
    return _Search(model, given, base, steps).run()


def _counts(given: Colours, model: Colours) -> npt.NDArray[np.intp]:
    """Return the number of pairs of each colour, as many numbers as the model has colours."""
    counts = np.bincount(given.ravel(), minlength=int(model.max()) + 1)
    return counts if counts.size == int(model.max()) + 1 else np.full(int(model.max()) + 1, -1)


def _base(model: Colours) -> tuple[list[int], list[Points]]:
    """Return points that tell all others apart, and the classes of points after each of them."""
    n = len(model)
    classes: Points = model.diagonal().astype(np.intp)
    base: list[int] = []
    steps = [classes]
    while len(np.unique(classes)) < n:
        # a point of the largest class splits most
        largest = np.bincount(classes).argmax()
        point = int(np.flatnonzero(classes == largest)[0])
        base.append(point)
        classes = _refined(classes, model[point])
        steps.append(classes)
    return base, steps


def _refined(classes: Points, colours: npt.NDArray[np.int32]) -> Points:
    """Return the number of each point's pair (class, colour), in increasing order of pairs."""
    pairs = classes * (int(colours.max()) + 1) + colours
    numbers: Points = np.unique(pairs, return_inverse=True)[1]
    return numbers


class _Search:
    """Backtracking over the images of the base."""

    def __init__(
        self, model: Colours, given: Colours, base: list[int], steps: list[Points]
    ) -> None:
        self.model, self.given, self.base, self.steps = model, given, base, steps
        self.sizes = [np.bincount(classes) for classes in steps]
        self.width = int(max(model.max(), given.max())) + 1
        self.left = MOST_STEPS

    def run(self) -> Points | None:
        """Return the first permutation that the search finds."""
        start: Points = self.given.diagonal().astype(np.intp)
        # the base of a simplex holds almost all of its points: no recursion
        branches = [iter([start])]
        while branches:
            classes = next(branches[-1], None)
            depth = len(branches) - 1
            if classes is None:
                branches.pop()
            elif not np.array_equal(np.bincount(classes), self.sizes[depth]):
                continue
            elif depth < len(self.base):
                branches.append(self._images(classes, depth))
            else:
                found = self._complete(classes)
                if found is not None:
                    return found
        return None

    def _images(self, classes: Points, depth: int) -> Iterator[Points]:
        """Yield the classes after each image of the next point of the base, numbered alike."""
        row = self.model[self.base[depth]]
        names = np.unique(self.steps[depth] * self.width + row)
        for image in np.flatnonzero(classes == self.steps[depth][self.base[depth]]):
            self.left -= 1
            if self.left < 0:
                return
            pairs = classes * self.width + self.given[image]
            at = np.searchsorted(names, pairs)
            if at.max() < len(names) and np.array_equal(names[at], pairs):
                yield at  # steps[depth + 1] numbers the same pairs in the same order

    def _complete(self, classes: Points) -> Points | None:
        """Return the permutation that the classes decide, if it maps every colour right."""
        permutation: Points = np.asarray(np.argsort(classes)[self.steps[-1]], np.intp)
        if np.array_equal(self.given[np.ix_(permutation, permutation)], self.model):
            return permutation
        return None
