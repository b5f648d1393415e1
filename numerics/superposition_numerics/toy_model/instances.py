"""Checked arguments of the toy model, their leading axes flattened into one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt
from superposition_theory import InputError

from superposition_numerics.matrices import FloatArray

from .activity import MOST_FEATURES, Activity
from .arguments import numbers


@dataclass(frozen=True)
class Instances:
    """Instances along one axis.

    Attributes
    ----------
    W : ndarray, shape (count, m, n)
    biases, importances : ndarray, shape (count, n)
    probabilities : ndarray, shape (count, 2^n)
    shape : tuple of int
        The leading axes that were flattened.
    """

    W: FloatArray
    biases: FloatArray
    importances: FloatArray
    probabilities: FloatArray
    shape: tuple[int, ...]

    @property
    def count(self) -> int:
        """The number of instances."""
        return int(self.W.shape[0])

    @property
    def features(self) -> int:
        """The number n of features."""
        return int(self.W.shape[-1])


def instances_of(
    W: npt.ArrayLike,
    biases: npt.ArrayLike,
    importances: npt.ArrayLike,
    density: npt.ArrayLike | Activity = 0.0,
) -> Instances:
    """Check the arguments of `population_loss` and broadcast them against each other.

    Raises
    ------
    InputError
        Shapes that do not fit, entries that are not finite, densities outside [0, 1], negative
        importances.

    Examples
    --------
    >>> from superposition_numerics.toy_model.instances import instances_of
    >>> given = instances_of([[1.0, -1.0]], [[0.0, 0.0], [0.1, 0.1]], 1.0, 0.5)
    >>> given.W.shape, given.shape
    ((2, 1, 2), (2,))
    """
    weights = numbers("W", W)
    if weights.ndim < 2:
        raise InputError(
            f"W has shape {weights.shape}; accepted: (..., m, n), columns are features"
        )
    n = weights.shape[-1]
    if not 1 <= n <= MOST_FEATURES:
        raise InputError(f"W has n = {n} features; accepted: 1 to {MOST_FEATURES}")
    offsets = numbers("biases", biases)
    if offsets.ndim < 1 or offsets.shape[-1] != n:
        raise InputError(f"biases has shape {offsets.shape}; accepted: (..., {n})")
    importance = numbers("importances", importances)
    if importance.ndim and importance.shape[-1] not in (1, n):
        raise InputError(
            f"importances has shape {importance.shape}; accepted: a number, or a last axis of "
            f"length 1 or {n} (the features)"
        )
    if not np.all(importance >= 0):
        raise InputError(f"importances has the entry {importance.min()}; accepted: at least 0")
    law = density if isinstance(density, Activity) else Activity.independent(density, features=n)
    if law.features != n:
        raise InputError(f"density is a law of {law.features} features; accepted: of {n}")
    leading = {
        "W": weights.shape[:-2],
        "biases": offsets.shape[:-1],
        "importances": importance.shape[:-1],
        "density": law.probabilities.shape[:-1],
    }
    try:
        shape = np.broadcast_shapes(*leading.values())
    except ValueError as error:
        raise InputError(
            f"leading axes are {leading}; accepted: axes that broadcast to one shape"
        ) from error
    count = int(np.prod(shape, dtype=np.intp))

    def flat(values: FloatArray, tail: tuple[int, ...]) -> FloatArray:
        return np.broadcast_to(values, (*shape, *tail)).reshape(count, *tail)

    return Instances(
        flat(weights, weights.shape[-2:]),
        flat(offsets, (n,)),
        flat(importance, (n,)),
        flat(law.probabilities, (1 << n,)),
        shape,
    )


def held(result: FloatArray) -> FloatArray:
    """Return a result, or refuse it where it has overflowed.

    Raises
    ------
    InputError
        An entry is infinite or NaN.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.toy_model.instances import held
    >>> held(np.ones(2)).tolist()
    [1.0, 1.0]
    """
    if not np.isfinite(result).all():
        raise InputError(
            "W, biases or importances are so large that the result overflows; "
            "accepted: results below 1e308"
        )
    return result
