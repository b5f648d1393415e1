"""An exact objective at some of its instances."""

from __future__ import annotations

from typing import cast

import numpy as np

from ...line_searches import Rows
from ...matrices import FloatArray
from ..objectives import Objective
from ..objectives.exact import ExactObjective


def losses_at(
    objective: Objective, count: int, rows: Rows, points: FloatArray
) -> tuple[FloatArray, FloatArray]:
    """Return losses and gradients of some instances.

    Parameters
    ----------
    objective : Objective
        A deterministic one.
    count : int
        The number of instances.
    rows : ndarray of int
    points : ndarray, shape (rows, size)

    Returns
    -------
    ndarray, shape (rows,)
    ndarray, shape (rows, size)

    Examples
    --------
    >>> import numpy as np
    >>> from superposition_numerics.training import Instance, Model, Population, Problem
    >>> from superposition_numerics.training.methods.rows import losses_at
    >>> problem = Problem(Model("relu", 1, 1), [Instance(), Instance(0.5)])
    >>> objective = Population().objective(problem, dtype="float64", backend="numpy")
    >>> losses, _ = losses_at(objective, 2, np.array([1]), np.zeros((1, 2)))
    >>> losses.round(12).tolist()
    [0.166666666667]
    """
    if len(rows) < count:
        objective = cast(ExactObjective, objective).part(rows)
    gradient = np.zeros_like(points)
    return objective(points, gradient), gradient
