"""Isomorphism of two coloured complete graphs, exhibited by a permutation of the points."""

from __future__ import annotations

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
    base, keys = _base(model)
    return _Search(model, given, base, keys).run()


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
        self.left = MOST_STEPS

    def run(self) -> Points | None:
        """Return the first permutation that the search finds."""
        return self._extended(self.given.diagonal().astype(np.intp), 0)

    def _extended(self, classes: Points, depth: int) -> Points | None:
        """Return a permutation that extends the images chosen so far."""
        sizes = np.bincount(classes, minlength=len(self.sizes[depth]))
        if not np.array_equal(sizes, self.sizes[depth]):
            return None
        if depth == len(self.base):
            return self._complete(classes)
        wanted = self.steps[depth][self.base[depth]]
        for image in np.flatnonzero(classes == wanted):
            self.left -= 1
            if self.left < 0:
                return None
            refined = self._refined_alike(classes, depth, int(image))
            found = None if refined is None else self._extended(refined, depth + 1)
            if found is not None:
                return found
        return None

    def _refined_alike(self, classes: Points, depth: int, image: int) -> Points | None:
        """Return the classes after one more image, numbered as in the model; None if unlike."""
        row, mine = self.model[self.base[depth]], self.given[image]
        width = int(max(row.max(), mine.max())) + 1
        names = np.unique(self.steps[depth] * width + row)
        pairs = classes * width + mine
        at = np.searchsorted(names, pairs)
        if (at == len(names)).any() or (names[at] != pairs).any():
            return None
        return at  # steps[depth + 1] numbers the same pairs in the same order

    def _complete(self, classes: Points) -> Points | None:
        """Return the permutation that the classes decide, if it maps every colour right."""
        permutation: Points = np.asarray(np.argsort(classes)[self.steps[-1]], np.intp)
        if np.array_equal(self.given[np.ix_(permutation, permutation)], self.model):
            return permutation
        return None
