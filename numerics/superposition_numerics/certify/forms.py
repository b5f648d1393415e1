"""Bounds of functions on boxes that several rules and questions use."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from superposition_theory.errors import InputError

from ..matrices import FloatArray
from .functions import Differentiable, Function
from .intervals import Arithmetic


def centred_value(
    function: Differentiable, arithmetic: Arithmetic, lower: FloatArray, upper: FloatArray
) -> Any:
    """Return a value below which the function does not fall on a box, by its slopes.

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.certify import FLOATS, Formula, centred_value
    >>> f = Formula(lambda x: x[0] - x[0] ** 2 / 4)
    >>> box = np.array([[1.0]]), np.array([[1.5]])
    >>> bool(abs(centred_value(f, FLOATS, *box).bounds()[0][0] - 0.75) < 1e-12)
    True
    """
    slopes = function.gradient(arithmetic.values(lower, upper))
    low, high = lower.copy(), upper.copy()
    for k, slope in enumerate(slopes):
        rising, falling = slope.bounds()[0] >= 0, slope.bounds()[1] <= 0
        high[k] = np.where(rising, lower[k], upper[k])
        low[k] = np.where(falling & ~np.asarray(rising), upper[k], lower[k])
    middle = (low + high) / 2
    m, x = arithmetic.values(middle, middle), arithmetic.values(low, high)
    value = function.value(m)
    for slope, side, centre in zip(slopes, x, m, strict=True):
        value = value + slope * (side - centre)
    return value


def hessian_of(function: Differentiable, x: Sequence[Any]) -> list[list[Any]]:
    """Return the second derivatives of a function that has them.

    Raises
    ------
    InputError
        If it has none.
    """
    if not isinstance(function, Function):
        raise InputError(
            f"objective and constraints must have a method hessian for this rule, got {function!r}"
        )
    return function.hessian(x)
